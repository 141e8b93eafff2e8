#include "shared/notice/calendar.hpp"

#include <doctest/doctest.h>

namespace vectors {
extern const std::string_view anhui_2023_14;
} // namespace vectors

namespace {

base::Time at(std::string_view text) { return *base::parse_rfc3339(text); }

struct Shipped {
    notice::Package package = *notice::load(vectors::anhui_2023_14).package;

    const notice::Form& serving(notice::Serves serves) { return *package.find_serving(serves); }
    std::string current(const notice::Form& form, std::string_view now) {
        const auto* window = notice::current_window(form, at(now), notices_own);
        return window == nullptr ? "" : window->period.text();
    }
    // "" while something is to be reported; else the period that comes next, or "none".
    std::string off(std::string_view now) {
        const auto off = notice::month_off(package, serving(notice::Serves::report), at(now),
                                           notices_own);
        return !off ? "" : off->next == nullptr ? "none" : off->next->period.text();
    }
    static base::Time notices_own(const notice::Form&, const notice::Window& window) {
        return window.closes_at();
    }
};

} // namespace

TEST_CASE_FIXTURE(Shipped, "calendar: a window is open from its first day to 24:00 of its last") {
    const notice::Window& spring = serving(notice::Serves::declared).windows.front();
    const auto phase = [&](std::string_view now) {
        return notice::phase_of(spring, spring.closes_at(), at(now));
    };
    CHECK(phase("2023-03-19T23:59:59+08:00") == notice::Phase::before);
    CHECK(phase("2023-03-20T00:00:00+08:00") == notice::Phase::open);
    CHECK(phase("2023-03-31T23:59:59+08:00") == notice::Phase::open);
    CHECK(phase("2023-04-01T00:00:00+08:00") == notice::Phase::closed);
    // The same moments as a clock in London and one in New York write them.
    CHECK(phase("2023-03-31T15:59:59Z") == notice::Phase::open);
    CHECK(phase("2023-03-31T12:00:00-04:00") == notice::Phase::closed);
    // An extension to the 3rd of April.
    const base::Time extended = at("2023-04-04T00:00:00+08:00");
    CHECK(notice::phase_of(spring, extended, at("2023-04-03T23:59:59+08:00")) ==
          notice::Phase::open);
    CHECK(notice::phase_of(spring, extended, extended) == notice::Phase::closed);
    CHECK(notice::phase_of(serving(notice::Serves::increase).windows.front(), {}, at(
              "2023-08-01T00:00:00+08:00")) == notice::Phase::always);
}

TEST_CASE_FIXTURE(Shipped, "calendar: what is open now, else what comes next, else what was last") {
    const notice::Form& declared = serving(notice::Serves::declared);
    CHECK(current(declared, "2023-03-01T12:00:00+08:00") == "2023-spring");
    CHECK(current(declared, "2023-03-31T23:59:59+08:00") == "2023-spring");
    CHECK(current(declared, "2023-04-01T00:00:00+08:00") == "2023-autumn");
    CHECK(current(declared, "2023-10-01T00:00:00+08:00") == "2023-autumn");
    CHECK(current(declared, "2024-02-01T00:00:00+08:00") == "2023-autumn");
    const notice::Form& report = serving(notice::Serves::report);
    CHECK(current(report, "2023-05-27T23:59:59+08:00") == "2023-05");
    CHECK(current(report, "2023-05-28T00:00:00+08:00") == "2023-06");
    CHECK(current(report, "2023-07-15T00:00:00+08:00") == "2023-09");
    CHECK(current(serving(notice::Serves::increase), "2023-07-15T00:00:00+08:00") == "2023");
    // Who reviews looks at what was opened last.
    const auto opened = [&](std::string_view now) {
        return notice::opened_window(declared, at(now))->period.text();
    };
    CHECK(opened("2023-03-01T12:00:00+08:00") == "2023-spring");
    CHECK(opened("2023-04-05T12:00:00+08:00") == "2023-spring");
    CHECK(opened("2023-09-18T00:00:00+08:00") == "2023-autumn");
    // Two are open at once by an extension: the one that closes first.
    const auto until_june = [](const notice::Form&, const notice::Window& window) {
        return window.period.text() == "2023-05" ? at("2023-06-11T00:00:00+08:00")
                                                 : window.closes_at();
    };
    CHECK(notice::current_window(report, at("2023-06-05T00:00:00+08:00"), until_june)
              ->period.text() == "2023-05");
    CHECK(notice::current_window(report, at("2023-06-11T00:00:00+08:00"), until_june)
              ->period.text() == "2023-06");
}

TEST_CASE_FIXTURE(Shipped, "calendar: months without a report name the next that has one") {
    CHECK(off("2023-04-30T23:59:59+08:00") == "2023-05");
    CHECK(off("2023-05-01T00:00:00+08:00") == "");
    CHECK(off("2023-05-31T23:59:59+08:00") == ""); // Too late, but not without a report.
    CHECK(off("2023-06-30T23:59:59+08:00") == "");
    CHECK(off("2023-07-01T00:00:00+08:00") == "2023-09");
    CHECK(off("2023-08-31T23:59:59+08:00") == "2023-09");
    CHECK(off("2023-12-31T23:59:59+08:00") == "");
    CHECK(off("2024-01-01T00:00:00+08:00") == "none");
    // Rounds are no months, and what is always open is never off.
    for (const notice::Serves serves : {notice::Serves::declared, notice::Serves::increase})
        CHECK_FALSE(notice::month_off(package, serving(serves), at("2023-07-01T00:00:00+08:00"),
                                      notices_own));
}

TEST_CASE_FIXTURE(Shipped, "calendar: days on which nobody is at work") {
    CHECK(notice::day_off(package, {2023, 3, 31}) == "");
    CHECK(notice::day_off(package, {2023, 4, 5}) == "清明节");
    CHECK(notice::day_off(package, {2023, 5, 27}) == "周六");
    CHECK(notice::day_off(package, {2023, 5, 28}) == "周日");
    CHECK(notice::day_off(package, {2023, 9, 30}) == "中秋节、国庆节"); // A Saturday, too.
    CHECK(notice::last_day_before(base::end_of({2023, 3, 31})) == base::Date{2023, 3, 31});
    CHECK(notice::last_day_before(at("2023-04-03T12:00:00+08:00")) == base::Date{2023, 4, 3});
}
