// Worked values of the notice (tests/vectors/worked_values.json) against the shipped package: what
// people type, the rates, the mail subjects, the windows and due days, who reviews first.
#include "shared/base/csv.hpp"
#include "shared/notice/answers.hpp"
#include "tests/rules/context.hpp"

#include <doctest/doctest.h>

#include <map>

namespace vectors {
extern const std::string_view anhui_2023_14;
extern const std::string_view worked_values;
extern const std::string_view demo_units;
} // namespace vectors

using base::Json;

namespace {

const notice::Package& package() {
    static const notice::Package loaded = *notice::load(vectors::anhui_2023_14).package;
    return loaded;
}

Json values(const char* name) { return base::parse_json(vectors::worked_values)->at(name); }

std::string text(const Json& object, const char* name) {
    return object.at(name).get<std::string>();
}

const notice::Form& form(const std::string& id) {
    const notice::Form* found = package().find_form(base::FormId(id));
    REQUIRE(found != nullptr);
    return *found;
}

// "not open", "open", "closed".
std::string state_at(base::Time at, base::Date opens, base::Date closes) {
    if (at < base::start_of(opens)) return "not open";
    return at < base::end_of(closes) ? "open" : "closed";
}

std::string window_state(const std::string& whose, const base::Period& period, base::Time at) {
    for (const notice::ReviewWindow& window : package().review_windows)
        if (window.stage == whose && window.period == period)
            return state_at(at, window.opens, window.closes);
    const notice::Window* window = form(whose).find_window(period);
    REQUIRE(window != nullptr);
    return state_at(at, window->opens, window->closes);
}

} // namespace

TEST_CASE("worked values: what people type") {
    for (const Json& row : values("typed")) {
        const std::string    name = text(row, "field");
        const notice::Form&  of = form(text(row, "form"));
        const notice::Field* field = name.rfind("rows.", 0) == 0 ? of.find_column(name.substr(5))
                                                                 : of.find_field(name);
        REQUIRE(field != nullptr);
        const notice::Typed typed = notice::parse_typed(*field, text(row, "typed"));
        const std::string   shown = base::to_text(row);
        CAPTURE(shown);
        if (row.at("value").is_null()) CHECK(typed.state == notice::Typed::State::missing);
        else if (row.at("value") == "rejected") CHECK(typed.state == notice::Typed::State::rejected);
        else CHECK(typed.value == row.at("value"));
    }
}

TEST_CASE("worked values: the rate of one school and of many") {
    sqlite::Database database = rules_test::open_context();
    auto engine = rules::Engine::prepare(database, package(), rules_test::views);
    REQUIRE(engine.has_value());
    const notice::Form&     report = *package().find_serving(notice::Serves::report);
    const notice::Computed& rate = report.computed.front();
    const auto judged = [&](std::int64_t quota, std::int64_t assessed) {
        // The ledger says what the report does.
        REQUIRE(database.run_script("DELETE FROM t_quota; INSERT INTO t_quota VALUES('C1', '初级', " +
                                    std::to_string(quota) + ")")
                    .has_value());
        const auto verdict =
            engine->check_draft(report, {{"quota", quota}, {"cum_assessed", assessed}}, {});
        REQUIRE(verdict.has_value());
        return *verdict;
    };
    for (const Json& row : values("rates")) {
        const std::string shown = base::to_text(row);
        CAPTURE(shown);
        const rules::Verdict verdict =
            judged(row.at("quota").get<std::int64_t>(), row.at("assessed").get<std::int64_t>());
        CHECK(notice::printed_computed(rate, verdict.computed.at(rate.id)) == text(row, "printed"));
        std::string found;
        for (const rules::Finding& finding : verdict.findings)
            if (finding.severity != notice::Severity::hint) found += finding.rule.text();
        CHECK(found == row.value("finding", ""));
    }
    // Sum over sum, never a mean of rates.
    for (const Json& row : values("rates_of_many")) {
        std::int64_t quota = 0, assessed = 0;
        for (const Json& school : row.at("rows")) {
            quota += school.at(0).get<std::int64_t>();
            assessed += school.at(1).get<std::int64_t>();
        }
        const std::string printed =
            notice::printed_computed(rate, judged(quota, assessed).computed.at(rate.id));
        CHECK(printed == text(row, "printed"));
        CHECK(printed != text(row, "not"));
    }
}

TEST_CASE("worked values: mail subjects") {
    for (const Json& row : values("mail")) {
        const notice::Form& mailed = form(text(row, "form"));
        REQUIRE(mailed.mail.has_value());
        CHECK(mailed.mail->subject_of(text(row, "unit")) == text(row, "subject"));
        CHECK(mailed.mail->to == "ahxzsbgs@126.com");
    }
}

TEST_CASE("worked values: windows of schools and reviewers, to the second") {
    for (const Json& row : values("windows")) {
        const auto at = base::parse_rfc3339(text(row, "at"));
        REQUIRE(at.has_value());
        const std::string shown = base::to_text(row);
        CAPTURE(shown);
        for (const auto& [whose, state] : row.items())
            if (whose != "at" && whose != "period")
                CHECK(window_state(whose, base::Period(text(row, "period")), *at) ==
                      state.get<std::string>());
    }
}

TEST_CASE("worked values: the due day of each month") {
    const notice::Form& report = *package().find_serving(notice::Serves::report);
    for (const Json& row : values("due")) {
        const notice::Window* window = report.find_window(base::Period(text(row, "month")));
        CHECK((window == nullptr) == row.at("last_second").is_null());
        if (window == nullptr) continue;
        CHECK(base::to_rfc3339(base::Time{window->closes_at().microseconds - 1000000}) ==
              text(row, "last_second"));
    }
}

TEST_CASE("worked values: who reviews first, by kind and by place (R12-R14, C9)") {
    for (const Json& row : values("routes"))
        CHECK(package().find_unit_kind(text(row, "kind"))->first_review ==
              !row.at("first").is_null());
    // The roster follows: a school that is reviewed first has the bureau of the place where it
    // stands, whoever owns it; the counties under the province have their own; others have none.
    const auto rows = base::parse_csv(vectors::demo_units);
    REQUIRE(rows.has_value());
    std::map<std::string, std::string> city_of_bureau;
    for (const base::CsvRow& row : *rows)
        if (row.cells.at(2).find("_bureau") != std::string::npos)
            city_of_bureau[row.cells.at(0)] = row.cells.at(3);
    int schools = 0, counties = 0;
    for (const base::CsvRow& row : *rows) {
        const notice::UnitKind* kind = package().find_unit_kind(row.cells.at(2));
        if (kind == nullptr || kind->role != "school") continue;
        CAPTURE(row.cells.at(1));
        if (kind->first_review) CHECK(city_of_bureau[row.cells.at(4)] == row.cells.at(3));
        else CHECK((row.cells.size() < 5 || row.cells.at(4).empty()));
        ++schools;
        counties += row.cells.at(3) == "宿松县" || row.cells.at(3) == "广德市";
    }
    CHECK(schools > 10);
    CHECK(counties == 2);
}
