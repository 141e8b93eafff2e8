#include "shared/notice/calendar.hpp"

#include <algorithm>

namespace notice {

Phase phase_of(const Window& window, base::Time closes, base::Time now) {
    if (window.always) return Phase::always;
    if (now < window.opens_at()) return Phase::before;
    return now < closes ? Phase::open : Phase::closed;
}

const Window* current_window(const Form& form, base::Time now, const ClosesAt& closes_at) {
    const Window *open = nullptr, *next = nullptr, *last = nullptr;
    for (const Window& window : form.windows) {
        if (window.always) return &window; // Such a form has no rounds.
        const base::Time closes = closes_at(form, window);
        switch (phase_of(window, closes, now)) {
        case Phase::open:
            if (open == nullptr || closes < closes_at(form, *open)) open = &window;
            break;
        case Phase::before:
            if (next == nullptr || window.opens < next->opens) next = &window;
            break;
        case Phase::closed:
        case Phase::always:
            if (last == nullptr || window.closes > last->closes) last = &window;
            break;
        }
    }
    return open != nullptr ? open : next != nullptr ? next : last;
}

const Window* opened_window(const Form& form, base::Time now) {
    const Window* opened = nullptr;
    for (const Window& window : form.windows)
        if (opened == nullptr || (now >= window.opens_at() && window.opens >= opened->opens))
            opened = &window;
    return opened;
}

std::optional<MonthOff> month_off(const Package& package, const Form& form, base::Time now,
                                  const ClosesAt& closes_at) {
    const base::Date today = base::date_of(now);
    const auto       month = [](base::Date date) { return date.year * 12 + date.month; };
    MonthOff         off{today, nullptr};
    for (const Window& window : form.windows) {
        const Period* period = package.find_period(window.period);
        if (window.always || period == nullptr || period->kind != Period::Kind::month)
            return std::nullopt;
        const base::Date closes = last_day_before(closes_at(form, window));
        if (month(window.opens) <= month(today) && month(today) <= month(closes))
            return std::nullopt;
        if (window.opens > today && (off.next == nullptr || window.opens < off.next->opens))
            off.next = &window;
    }
    return form.windows.empty() ? std::nullopt : std::optional(off);
}

std::string day_off(const Package& package, base::Date day) {
    for (const Holiday& holiday : package.holidays)
        if (holiday.date == day) return holiday.name;
    switch (base::weekday_of(day)) {
    case 6: return "周六";
    case 7: return "周日";
    default: return {};
    }
}

base::Date last_day_before(base::Time closes) {
    return base::date_of({closes.microseconds - 1});
}

} // namespace notice
