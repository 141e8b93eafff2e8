// The calendar of a notice: which window of a form matters at a moment, and how a moment stands to
// it. What is due is read from the package; the closing time of a unit may lie later than the
// window's own (an extension), so callers pass it in.
#pragma once

#include "shared/notice/package.hpp"

#include <functional>
#include <optional>
#include <string>

namespace notice {

enum class Phase {
    before, // Not open yet: may be filled in, not sent.
    open,
    closed, // What arrives now is late.
    always, // Has no window.
};

// `closes`: the first moment that is late, as it is for the unit.
Phase phase_of(const Window& window, base::Time closes, base::Time now);

// When a window of a form closes for the unit.
using ClosesAt = std::function<base::Time(const Form&, const Window&)>;

// The window people mean when they open a form now: of those that are open the one that closes
// first, else the next to open, else the last. Null when the form has none.
const Window* current_window(const Form& form, base::Time now, const ClosesAt& closes_at);

// The window that was opened last, else the first: what reviewers look at, who come after it has
// closed. Null when the form has none.
const Window* opened_window(const Form& form, base::Time now);

// Of a form that is reported by the month: no window of it lies in the current month, so nothing is
// to be reported (C1). next: the one that opens next; null when the year is over.
struct MonthOff {
    base::Date    month; // Any day of it.
    const Window* next = nullptr;
};
std::optional<MonthOff> month_off(const Package& package, const Form& form, base::Time now,
                                  const ClosesAt& closes_at);

// Why nobody is at work on that day: "清明节", "周六"; "" when the notice knows no reason.
std::string day_off(const Package& package, base::Date day);

// The last day that still counts before `closes`: 24:00 of a day is 00:00 of the next.
base::Date last_day_before(base::Time closes);

} // namespace notice
