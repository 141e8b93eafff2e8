#include "client/due.hpp"

#include "client/app.hpp"
#include "client/texts/words.hpp"
#include "shared/base/text.hpp"

#include <algorithm>

namespace {

using device::Matter;
using device::MatterState;

std::string count_words(int count, const notice::Form& form) {
    return std::to_string(count) + " " + std::string(counter_of(form));
}

// Of a form with many sheets.
void read_many(App& app, const std::vector<Matter>& matters, const Standing& standing, Due& due) {
    const notice::Field* number = number_of(*due.form);
    if (standing.filings == 0) {
        due.words = "还没有填写";
        return;
    }
    due.words = count_words(standing.filings, *due.form);
    if (number != nullptr) {
        const Tally tally = tally_of(app, *due.form, matters);
        due.words += "，合计 " + base::grouped(tally.total) + " " + number->unit;
        if (tally.left_out > 0) due.words += "，" + left_out_words(tally, *due.form);
    }
    if (standing.wrong > 0) {
        due.state = Due::State::wrong;
        due.word = "未被接收";
        due.words += "，" + count_words(standing.wrong, *due.form) + "未被接收";
    } else if (standing.returned > 0) {
        due.state = Due::State::wrong;
        due.word = "退回修改";
        due.words += "，" + count_words(standing.returned, *due.form) + "退回修改";
    } else if (standing.unsigned_filings > 0) {
        due.state = Due::State::drafting;
        due.word = "未签名";
        due.words += "，" + count_words(standing.unsigned_filings, *due.form) + "未签名";
    } else if (standing.queued > 0) {
        due.state = Due::State::waiting;
        due.word = "待同步";
        due.words += "，" + count_words(standing.queued, *due.form) + "待同步";
    } else {
        due.state = Due::State::done;
        due.word = "已提交";
    }
    for (const Matter& matter : matters) due.late = due.late || app.late(matter);
}

std::string_view blank_words(const notice::Form& form) {
    return is_made(form) ? "自动生成，待核对" : "还没有填写";
}

void read_draft(App& app, const Matter& matter, Due& due) {
    if (is_blank(matter)) {
        due.words = blank_words(*due.form);
        return;
    }
    const device::Judgement* judged = app.judgement(matter.root);
    due.state = Due::State::drafting;
    due.word = "未签名";
    if (judged == nullptr) due.words = "正在填写";
    else if (judged->sealable) due.words = "已填好，待签名提交";
    else if (judged->errors > 0)
        due.words = "还有 " + std::to_string(judged->errors) + " 处要填写或修改";
    else due.words = "还有 " + std::to_string(judged->to_explain) + " 处要写明原因";
}

// Of a form with one sheet a period.
void read_one(App& app, const std::vector<Matter>& matters, Due& due) {
    const Matter* matter = nullptr;
    for (const Matter& one : matters)
        if (device::counts(one.state)) matter = &one;
    if (matter == nullptr) {
        due.words = blank_words(*due.form);
        return;
    }
    if (matter->state == MatterState::editing) return read_draft(app, *matter, due);
    due.word = texts::state_word(matter->state);
    due.words = due.word;
    if (matter->state == MatterState::queued) {
        due.state = Due::State::waiting;
        due.words = "已签名，待同步";
    } else if (device::is_open(matter->state) || matter->state == MatterState::returned) {
        due.state = Due::State::wrong;
    } else {
        due.state = Due::State::done;
        due.late = app.late(*matter);
    }
    if (const auto outdated = app.desk().outdated(matter->root);
        outdated && *outdated && !device::is_open(matter->state)) {
        due.state = Due::State::wrong;
        due.word = "需更新";
        due.words = "内容有变动，需更新";
    }
}

} // namespace

Standing standing_of(const std::vector<Matter>& matters) {
    Standing standing;
    for (const Matter& matter : matters) {
        if (!device::counts(matter.state)) continue;
        const bool open = device::is_open(matter.state);
        ++standing.filings;
        standing.unsigned_filings += open;
        standing.wrong +=
            matter.state == MatterState::refused || matter.state == MatterState::conflict;
        standing.queued += matter.state == MatterState::queued;
        standing.arrived += matter.arrived;
        standing.reopened += open && matter.arrived;
        standing.returned += matter.state == MatterState::returned;
    }
    return standing;
}

Tally tally_of(App& app, const notice::Form& form, const std::vector<Matter>& matters) {
    Tally                tally;
    const notice::Field* number = number_of(form);
    if (number == nullptr) return tally;
    for (const Matter& matter : matters) {
        const auto found = matter.values.find({0, number->id});
        if (!device::counts(matter.state) || found == matter.values.end() ||
            found->second.text.empty())
            continue;
        const device::Judgement* judged =
            device::is_open(matter.state) ? app.judgement(matter.root) : nullptr;
        // What is not filled in yet may still come.
        if (judged != nullptr && judged->missing < judged->errors) ++tally.left_out;
        else if (found->second.value.is_number_integer())
            tally.total += found->second.value.get<std::int64_t>();
    }
    return tally;
}

std::string left_out_words(const Tally& tally, const notice::Form& form) {
    return count_words(tally.left_out, form) + "有误未计入";
}

const notice::Field* number_of(const notice::Form& form) {
    if (form.serves == notice::Serves::declared) return form.find_standard("headcount");
    const notice::Field* only = nullptr;
    for (const notice::Field& field : form.fields) {
        if (field.type != notice::FieldType::integer) continue;
        if (only != nullptr) return nullptr;
        only = &field;
    }
    return only;
}

std::string_view counter_of(const notice::Form& form) { return in_grid(form) ? "张" : "份"; }

bool in_grid(const notice::Form& form) { return form.many && !form.table; }

bool is_made(const notice::Form& form) { return form.table && !form.table->rows_from.empty(); }

const std::string& form_label(const notice::Form& form) {
    return form.appendix.empty() ? form.short_title : form.appendix;
}

std::string form_name(const notice::Form& form) {
    return form.appendix.empty() ? form.short_title
                                 : form.short_title + "（" + form.appendix + "）";
}

bool is_blank(const Matter& matter) {
    return std::all_of(matter.values.begin(), matter.values.end(),
                       [](const auto& value) { return base::trim(value.second.text).empty(); });
}

bool is_sent_back(const Matter& matter) {
    return matter.review && matter.review->decision.verdict == envelope::ReviewVerdict::send_back &&
           (matter.state == MatterState::returned || device::is_open(matter.state));
}

std::vector<Due> make_calendar(App& app) {
    std::vector<Due> calendar;
    for (const device::Duty& duty : app.duties()) {
        const notice::Form&   form = *duty.form;
        const notice::Window& window = *duty.window;
        Due                   due;
        due.package = duty.package;
        due.form = &form;
        due.window = &window;
        due.period = duty.package->find_period(window.period);
        due.closes = app.closes_at(form, window);
        const std::vector<Matter> matters = app.matters(form.id, window.period);
        const Standing            standing = standing_of(matters);
        if (form.many) read_many(app, matters, standing, due);
        else read_one(app, matters, due);
        due.arrived = standing.filings > 0 && standing.arrived == standing.filings;
        for (const Matter& matter : matters)
            if (const auto last = is_sent_back(matter) ? matter.review->decision.due : std::nullopt)
                due.mend_by = std::min(due.mend_by.value_or(*last), *last);
        // A unit may declare nothing; what it has begun, and what everybody files, is missed.
        due.expected =
            !window.always && (form.many ? due.state != Due::State::nothing : !is_made(form));
        calendar.push_back(std::move(due));
    }
    // A table made from other forms' filings is expected as soon as there are any.
    for (Due& due : calendar) {
        if (due.form->many || due.expected || due.window->always) continue;
        for (const Due& other : calendar)
            due.expected = due.expected || (other.form->serves == notice::Serves::declared &&
                                            other.window->period == due.window->period &&
                                            other.state != Due::State::nothing);
    }
    std::stable_sort(calendar.begin(), calendar.end(), [](const Due& a, const Due& b) {
        if (a.window->always != b.window->always) return b.window->always;
        return !a.window->always && a.closes < b.closes;
    });
    return calendar;
}

std::optional<notice::MonthOff> month_off_of(App& app, const notice::Form& form) {
    const notice::Package& package = app.package_of(form);
    for (const device::Duty& duty : app.duties())
        if (duty.form->id == form.id && duty.package != &package &&
            notice::phase_of(*duty.window, app.closes_at(*duty.form, *duty.window), app.now()) ==
                notice::Phase::open)
            return std::nullopt;
    return notice::month_off(package, form, app.now(), app.closing());
}

std::string day_off_words(const notice::Package& package, base::Time closes) {
    const std::string reason = notice::day_off(package, notice::last_day_before(closes));
    return reason.empty() ? reason : "截止日为" + reason;
}
