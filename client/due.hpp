// What the notice wants of this unit, and how far it is: one Due for each form and period of the
// package. The home screen and the rail read it; words only, nothing is drawn here.
#pragma once

#include "shared/device/desk.hpp"
#include "shared/notice/calendar.hpp"

#include <optional>
#include <string>
#include <vector>

class App;

// How far a unit is with all it files of one form and period, withdrawn ones left out.
struct Standing {
    int filings = 0, unsigned_filings = 0;
    int queued = 0;
    int arrived = 0; // The server has a version of them.
    int reopened = 0; // Of the unsigned: a version of them has arrived.
    int wrong = 0;   // Refused, or changed on two machines.
    int returned = 0; // By a reviewer.
};
Standing standing_of(const std::vector<device::Matter>& matters);

// What their numbers (number_of()) come to. Where something is wrong, beyond what is still missing,
// the number is left out: one that cannot be read, a certificate and level that were declared
// already.
struct Tally {
    std::int64_t total = 0;
    int          left_out = 0;
};
Tally tally_of(App& app, const notice::Form& form, const std::vector<device::Matter>& matters);
// "1 张有误未计入"; to be said wherever the total is and something was left out.
std::string left_out_words(const Tally& tally, const notice::Form& form);

// The field whose sum says how much a form's filings come to: the declared number, or else the only
// number the form asks for. Null when there is none.
const notice::Field* number_of(const notice::Form& form);

// "张" of a form that is one sheet of many, "份" of everything else.
std::string_view counter_of(const notice::Form& form);

// True of a form of which there are many sheets, each with fields alone: they are made in a grid.
bool in_grid(const notice::Form& form);

// True of a form whose rows are made from what another form's filings say.
bool is_made(const notice::Form& form);

// "附件1", of a form without an appendix its title.
const std::string& form_label(const notice::Form& form);

// "证书申报表（附件1）".
std::string form_name(const notice::Form& form);

// True while nothing has been typed into it.
bool is_blank(const device::Matter& matter);

struct Due {
    enum class State {
        nothing,  // Not begun.
        drafting, // Begun, not signed.
        waiting,  // Signed, waits for the line.
        done,     // The server has it.
        wrong,    // Something stands against it: refused, returned, outdated, in conflict.
    };
    const notice::Package* package = nullptr; // Under which it is filed.
    const notice::Form*   form = nullptr;
    const notice::Window* window = nullptr;
    const notice::Period* period = nullptr;
    base::Time            closes; // For this unit, extensions counted in.
    State                 state = State::nothing;
    std::string           word;   // The state in one word: "已提交", "需更新".
    std::string           words;  // The same with figures: "5 张，合计 267 人，2 张未签名".
    bool                  late = false;     // It arrived after the closing time.
    bool                  expected = false; // Missing it would be noticed.
    bool                  arrived = false;  // There is some, and the server has a version of all.
    // The first of the dates until which what was returned may be replaced; that included.
    std::optional<base::Time> mend_by;

    // What was returned can still be replaced in time, whatever the window.
    bool mends(base::Time now) const { return mend_by && now < base::first_late(*mend_by); }
    bool extended() const { return !window->always && closes > window->closes_at(); }
};

// All of the notice, and what an earlier one still asks for, in the order of closing; forms that
// are always open stand last.
std::vector<Due> make_calendar(App& app);

// True of a matter that a reviewer has returned and that was not sent again yet.
bool is_sent_back(const device::Matter& matter);

// No report of this form is due this month, by any notice (notice::month_off()).
std::optional<notice::MonthOff> month_off_of(App& app, const notice::Form& form);

// "截止日为周六", "截止日为清明节"; "" on working days.
std::string day_off_words(const notice::Package& package, base::Time closes);
