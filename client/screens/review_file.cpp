// One filing before its reviewer: left the form as it was filed, with what was explained and what
// has changed since the last review; right the decision and the history.
#include "client/app.hpp"
#include "client/platform/page.hpp"
#include "client/platform/timer.hpp"
#include "client/screens/all.hpp"
#include "client/screens/form_paper.hpp"
#include "client/screens/parts.hpp"
#include "client/texts/words.hpp"
#include "client/widgets/controls.hpp"
#include "client/widgets/fields.hpp"
#include "client/widgets/layout.hpp"
#include "client/widgets/words.hpp"
#include "shared/base/text.hpp"
#include "shared/base/typed_date.hpp"

#include <algorithm>

namespace {

using device::Cell;
using device::Dossier;
using device::QueueRow;
using envelope::ReviewVerdict;
using notice::Field;
namespace key = semantics::key;

constexpr int days_to_mend = 3; // Proposed to a reviewer who returns something.

const Field* field_at(const notice::Form& form, const Cell& cell) {
    return cell.first == 0 ? form.find_field(cell.second.text())
                           : form.find_column(cell.second.text());
}

// As remarks and rules name it: "headcount", "rows.level".
base::FieldId name_of(const Cell& cell) {
    return cell.first == 0 ? cell.second : base::FieldId("rows." + cell.second.text());
}

std::string row_words(int row) {
    return row == 0 ? std::string() : "第" + std::to_string(row) + "行：";
}

// --- What is said --------------------------------------------------------------------------------

// Nobody is asked for more and given less than there was.
std::int64_t least_number(const Dossier& dossier, std::size_t row) {
    const Field* before = dossier.form->find_standard("approved_before");
    const auto   rows = dossier.answers.find("rows");
    if (before == nullptr || rows == dossier.answers.end() || row >= rows->size()) return 0;
    return rows->at(row).value(before->id.text(), std::int64_t(0));
}

bool may(App& app, const QueueRow& row, ReviewVerdict verdict) {
    return app.desk().reviews().may(row, verdict).outcome == base::Outcome::accepted &&
           (verdict != ReviewVerdict::pass || row.timing != envelope::Timing::late);
}

std::vector<ReviewVerdict> verdicts_of(App& app, const QueueRow& row) {
    std::vector<ReviewVerdict> verdicts;
    for (const auto verdict :
         {ReviewVerdict::pass, ReviewVerdict::send_back, ReviewVerdict::reject})
        if (may(app, row, verdict)) verdicts.push_back(verdict);
    return verdicts;
}

// For a newer version the words stay and the numbers begin anew. A decision that was refused begins
// with what it said.
Reviews::Said& said_of(App& app, const Dossier& dossier) {
    const auto [at, is_new] = app.reviews().said.try_emplace(dossier.row.root);
    Reviews::Said& said = at->second;
    if (is_new) {
        // Typed before the page was opened again.
        if (const auto half = app.desk().reviews().half_word(dossier.row.root))
            static_cast<device::HalfWord&>(said) = said.kept = *half;
        else if (dossier.refused_word) said = said_again(*dossier.refused_word);
    }
    const bool other = said.version != dossier.row.newest;
    const bool fresh = other && said.reason.empty() && said.remarks.empty(); // Only looked at.
    if (fresh) said = {};
    if (other) {
        said.version = dossier.row.newest;
        said.newer = !fresh;
        said.approved.clear();
    }
    if (said.approved.empty()) // As filed.
        for (const std::int64_t number : filed_numbers(*dossier.form, dossier.answers))
            said.approved.push_back(std::to_string(number));
    if (!fresh) return said;
    base::Time until = app.now();
    until.microseconds += days_to_mend * 24 * 3600 * std::int64_t(1000000);
    said.due = base::to_iso(base::date_of(until));
    const std::vector<ReviewVerdict> verdicts = verdicts_of(app, dossier.row);
    if (!verdicts.empty()) said.verdict = verdicts.front();
    said.kept = said;
    return said;
}

// As drafts are: what was typed last is there after the page was closed.
void keep_said(App& app, const Dossier& dossier) {
    const auto found = app.reviews().said.find(dossier.row.root);
    if (found == app.reviews().said.end()) return;
    const device::HalfWord& word = found->second;
    if (word == found->second.kept) return;
    found->second.kept = word;
    app.tell(app.desk().reviews().keep_half_word(dossier.row.root, word));
}

bool needs_reason(App& app, const QueueRow& row, ReviewVerdict verdict) {
    return app.desk().reviews().may(row, verdict).needs == review::Needs::reason;
}

// Why a number that is given is none that can be approved; "" when it is one. `row`: from 0.
std::string number_fault(const Dossier& dossier, std::size_t row, const std::string& text,
                         std::int64_t filed, std::int64_t& number) {
    Field field;
    field.type = notice::FieldType::integer;
    field.min = least_number(dossier, row);
    field.max = filed;
    const notice::Typed typed = notice::parse_typed(field, text);
    if (typed.state != notice::Typed::State::value)
        return "审核通过人数应为 " + base::grouped(field.min) + " 到 " + base::grouped(filed) +
               " 的整数。";
    number = typed.value.get<std::int64_t>();
    return {};
}

// Why what stands there is no day until which something may be replaced; "" when it is one or empty.
std::string due_fault(App& app, const std::string& text) {
    if (base::trim(text).empty()) return {};
    const auto day = base::read_typed_date(text);
    if (!day) return "修改期限请按“2023-04-05”的样子填写，也可以留空。";
    return base::end_of(*day) <= app.now() ? "修改期限已经过去。" : "";
}

// Not more in any row than there was before.
bool approves_nobody(const Dossier& dossier, const envelope::Approved& approved) {
    const auto numbers = envelope::numbers_of(approved);
    for (std::size_t i = 0; i < numbers.size(); ++i)
        if (numbers[i] != least_number(dossier, i)) return false;
    return !numbers.empty();
}

// The numbers that the province's pass would approve, as they are typed: nothing when as filed.
struct TypedNumbers {
    envelope::Approved approved;
    std::string        fault; // Why they cannot be approved.
};

TypedNumbers read_numbers(App& app, const Dossier& dossier, const Reviews::Said& said) {
    if (said.verdict != ReviewVerdict::pass || !is_province(app)) return {};
    const std::vector<std::int64_t> filed = filed_numbers(*dossier.form, dossier.answers);
    std::vector<std::int64_t>       numbers;
    for (std::size_t i = 0; i < filed.size() && i < said.approved.size(); ++i) {
        std::int64_t number = 0;
        if (auto fault = number_fault(dossier, i, said.approved[i], filed[i], number);
            !fault.empty())
            return {{}, fault};
        numbers.push_back(number);
    }
    if (numbers == filed) return {};
    if (dossier.form->serves == notice::Serves::declared) return {numbers.front(), {}};
    return {numbers, {}};
}

// What stands against signing it now; "" when nothing does. Fills `word`.
std::string read_said(App& app, const Dossier& dossier, device::Word& word) {
    const Reviews::Said& said = said_of(app, dossier);
    word.verdict = said.verdict;
    // Only what is shown is signed: a reason that was typed for another verdict is not.
    if (needs_reason(app, dossier.row, said.verdict)) {
        word.reason = base::trim(said.reason);
        if (word.reason.empty()) return "请写明理由。";
    }
    if (said.verdict == ReviewVerdict::pass) {
        const TypedNumbers numbers = read_numbers(app, dossier, said);
        if (!numbers.fault.empty()) return numbers.fault;
        word.approved = numbers.approved;
        if (envelope::numbers_of(word.approved).empty()) return {};
        word.reason = base::trim(said.reason); // Asked for, not demanded, unless nothing is left.
        if (word.reason.empty() && approves_nobody(dossier, word.approved))
            return "人数一个也没有批准，请写明理由，或者选“不通过”。";
        return {};
    }
    if (said.verdict == ReviewVerdict::reject) return {};
    for (const auto& [field, text] : said.remarks) {
        const std::string words(base::trim(text));
        // Of a row only its number stands there until something is said.
        if (!words.empty() && words != base::trim(row_words(row_in_words(words))))
            word.remarks.push_back({field, words});
    }
    if (auto fault = due_fault(app, said.due); !fault.empty()) return fault;
    if (const auto day = base::read_typed_date(said.due)) word.due = base::end_of(*day);
    return {};
}

// A value of the paper was pressed: what is said of it stands in the list.
void remark_on(App& app, const Dossier& dossier, const Cell& cell) {
    if (!may(app, dossier.row, ReviewVerdict::send_back)) return;
    Reviews::Said&    said = said_of(app, dossier);
    const std::string begin = row_words(cell.first);
    if (said.verdict == ReviewVerdict::pass) said.verdict = ReviewVerdict::send_back;
    app.visit_memory("out_of_turn") = "1";
    const auto same = std::find_if(said.remarks.begin(), said.remarks.end(), [&](const auto& one) {
        return one.first == name_of(cell) && one.second.compare(0, begin.size(), begin) == 0;
    });
    const auto number = std::size_t(same - said.remarks.begin());
    if (number == said.remarks.size()) said.remarks.emplace_back(name_of(cell), begin);
    app.visit_memory("focus") = "remark" + std::to_string(number);
}

void sign(App& app, const Dossier& dossier) {
    device::Word      word;
    const std::string wrong = read_said(app, dossier, word);
    if (!wrong.empty()) return app.say(wrong);
    const bool was_listed = is_listed(app);
    if (!decide(app, {dossier.row.root}, word)) return;
    app.reviews().said.erase(dossier.row.root);
    // On to the next one of the list; back to it when this was the last, or none of it.
    const int step = is_listed(app) ? 1 : 0;
    if (!was_listed || !go_in_list(app, step)) return app.go(ScreenId::review_queue);
    app.open_review(app.reviews().current);
    constexpr double settling_ms = 800;
    app.visit_memory("settling") = "1"; // A second click was meant for the one before.
    platform::after_ms(settling_ms, [&app] {
        app.visit_memory("settling").clear();
        platform::request_frame();
    });
}

// --- The left side -------------------------------------------------------------------------------

// Of the version that is shown, and of the word that is being made or was last said about it.
FiledMark mark_at(App& app, const Dossier& dossier, const Cell& cell) {
    FiledMark mark;
    if (may(app, dossier.row, ReviewVerdict::send_back)) mark.about = "按一下可写修改意见";
    for (const auto& [rule, note] : dossier.notes)
        if (const auto found = std::find_if(
                dossier.form->rules.begin(), dossier.form->rules.end(),
                [&, id = &rule](const notice::Rule& one) { return one.id == *id; });
            found != dossier.form->rules.end() &&
            std::find(found->fields.begin(), found->fields.end(), name_of(cell)) !=
                found->fields.end()) {
            mark.tone = widgets::Tone::attention;
            mark.about = "原因说明：" + note;
            mark.note = note;
        }
    for (const device::Difference& one : dossier.differences)
        if (one.cell == cell) {
            const Field* field = field_at(*dossier.form, cell);
            mark.tone = widgets::Tone::info;
            mark.before = field == nullptr ? std::string() : value_words(app, *field, one.before);
            if (mark.before.empty()) mark.before = "空";
            mark.about = "自上次审核以来有改动";
        }
    const std::string begin = row_words(cell.first);
    for (const auto& [field, text] : said_of(app, dossier).remarks)
        if (field == name_of(cell) && text.compare(0, begin.size(), begin) == 0) {
            mark.tone = widgets::Tone::wrong;
            mark.about = "修改意见：" + text;
        }
    return mark;
}

void draw_differences(App& app, const Dossier& dossier) {
    std::vector<std::string> lines;
    for (const device::Difference& one : dossier.differences) {
        const Field* field = field_at(*dossier.form, one.cell);
        if (field == nullptr || field->type == notice::FieldType::filing) continue;
        const auto shown = [&](const base::Json& value) {
            const std::string words = value_words(app, *field, value);
            return words.empty() ? std::string("空") : words;
        };
        lines.push_back(row_words(one.cell.first) + field->label + "　" + shown(one.before) +
                        " → " + shown(one.now));
    }
    if (lines.empty()) return;
    const widgets::Card card("differences", {.title = "自上次审核以来的改动"});
    for (const std::string& line : lines) widgets::text(line);
}

void draw_notes(const Dossier& dossier) {
    if (dossier.notes.empty()) return;
    const widgets::Card card("notes", {.title = "学校的说明"});
    for (const auto& [rule, note] : dossier.notes) {
        const auto  asked = dossier.asked.find(rule);
        std::string label = rule == device::reply_rule  ? "回复退回意见"
                            : rule == device::late_rule ? "逾期补报的原因"
                            : asked == dossier.asked.end() ? ""
                                                           : asked->second;
        for (const notice::Rule& one : dossier.form->rules)
            if (label.empty() && one.id == rule && !one.fields.empty())
                label = label_of(*dossier.form, one.fields.front());
        widgets::text(label, widgets::second_text);
        widgets::text(note);
    }
}

// --- The right side ------------------------------------------------------------------------------

std::string approved_words(const envelope::Decision& decision) {
    std::string words;
    for (const std::int64_t number : envelope::numbers_of(decision.approved))
        words += (words.empty() ? "，批准 " : "、") + base::grouped(number) + " 人";
    return words;
}

void draw_word(const notice::Form& form, const envelope::Decision& decision) {
    for (const envelope::Remark& remark : decision.remarks)
        widgets::text(label_of(form, remark.field) + "：" + remark.text,
                      {.size = widgets::type_size::small});
    if (!decision.reason.empty())
        widgets::text("理由：" + decision.reason, {.size = widgets::type_size::small});
    if (decision.due)
        widgets::text("请于 " + texts::closing_words(*decision.due) + " 前报送",
                      widgets::second_text);
}

// What this desk has signed about it and the server has not answered yet, or has refused.
void draw_own(App& app, const Dossier& dossier) {
    const QueueRow& row = dossier.row;
    if (row.refused) {
        widgets::notice("refused", widgets::Tone::wrong,
                        "您的审核意见没有被接收：" + refusal_words(row));
        if (widgets::button("drop", "知道了", {.size = widgets::ButtonSize::small}))
            take_back(app, row.root);
        return;
    }
    if (!row.queued) return;
    if (const std::string words = approved_words(*row.queued); !words.empty())
        widgets::text(words.substr(std::string_view("，").size()));
    draw_word(*dossier.form, *row.queued);
    if (widgets::button("take_back", "取回，重新审核")) take_back(app, row.root);
}

std::string out_of_turn_words(App& app, const QueueRow& row) {
    if (row.state.stage == review::Stage::submitted && row.way == review::Way::two_steps &&
        is_province(app))
        return "市级还没有初审。省级现在直接决定，须写明理由。";
    if (row.state.stage == review::Stage::approved)
        return "已经审核通过。再次决定会更改指标台账，须写明理由。";
    return "已有审核结果。再次决定会替代它，须写明理由。";
}

void draw_approved(App& app, const Dossier& dossier, Reviews::Said& said) {
    if (!is_province(app)) return;
    const std::vector<std::int64_t> filed = filed_numbers(*dossier.form, dossier.answers);
    const auto                      rows = dossier.answers.find("rows");
    for (std::size_t i = 0; i < filed.size() && i < said.approved.size(); ++i) {
        std::string label = "审核通过人数";
        if (dossier.form->serves == notice::Serves::increase && rows != dossier.answers.end())
            label = "第" + std::to_string(i + 1) + "行调增后人数";
        std::int64_t      number = 0;
        const std::string hint = "申报 " + base::grouped(filed[i]) + " 人，可以少于申报人数",
                          fault = number_fault(dossier, i, said.approved[i], filed[i], number);
        widgets::text_field("approved" + std::to_string(i), said.approved[i],
                            {.label = label,
                             .hint = hint,
                             .error = fault,
                             .entry = widgets::Entry::digits});
    }
}

void draw_remarks(App& app, const Dossier& dossier, Reviews::Said& said) {
    if (said.remarks.empty())
        widgets::text("按左边表上的任意一栏，可以对那一栏写修改意见。", widgets::second_text);
    for (std::size_t i = 0; i < said.remarks.size(); ++i) {
        const std::string    id = "remark" + std::to_string(i);
        const std::string    label = label_of(*dossier.form, said.remarks[i].first);
        const widgets::Scope scope(id);
        widgets::text_area("text", said.remarks[i].second, 1,
                           {.label = label + "：修改意见", .max_length = 500});
        if (app.visit_memory("focus") == id) {
            app.visit_memory("focus").clear();
            platform::focus(platform::mirror().handle_of("text"));
        }
        if (widgets::link("drop", "去掉", {.size = widgets::type_size::small,
                                           .name = "去掉对" + label + "的意见"})) {
            said.remarks.erase(said.remarks.begin() + std::ptrdiff_t(i));
            return platform::request_frame();
        }
    }
}

void draw_decision(App& app, const Dossier& dossier) {
    const QueueRow&     row = dossier.row;
    const widgets::Card card("decision", {.title = "审核"});
    if (const std::string outdated = app.outdated_words(dossier); !outdated.empty())
        widgets::notice("outdated", widgets::Tone::attention,
                        outdated + "，请学校重新提交；打印件的页眉会注明。");
    {
        widgets::Line line;
        draw_review_badge(row);
        if (row.timing != envelope::Timing::on_time)
            widgets::badge(texts::timing_word(row.timing), row.timing == envelope::Timing::late
                                                               ? widgets::Tone::wrong
                                                               : widgets::Tone::info);
        if (row.approved) widgets::text("批准 " + base::grouped(*row.approved) + " 人");
    }
    if (row.queued || row.refused) draw_own(app, dossier);
    if (row.queued) return;
    const std::vector<ReviewVerdict> verdicts = verdicts_of(app, row);
    if (row.way == review::Way::received)
        return widgets::text("这张表只接收，不需要审核。", widgets::second_text);
    if (row.timing == envelope::Timing::late)
        widgets::text("逾期补报，省级延期后才能通过。", widgets::second_text);
    if (verdicts.empty())
        return widgets::text(row.state.stage == review::Stage::withdrawn
                                 ? "学校已撤回。"
                                 : "现在没有需要本单位做的事。",
                             widgets::second_text);
    // Whose turn it is not has to want it.
    if (!row.mine && !row.refused && app.visit_memory("out_of_turn").empty()) {
        if (widgets::button("out_of_turn", row.state.stage == review::Stage::submitted
                                               ? "仍要审核"
                                               : "变更审核结果"))
            app.visit_memory("out_of_turn") = "1";
        return;
    }
    Reviews::Said&                said = said_of(app, dossier);
    if (said.newer && !row.refused)
        widgets::notice("newer", widgets::Tone::attention,
                        "学校已经提交了新的一版。您写的意见还在，请重新看一遍再签名。");
    std::vector<std::string_view> words;
    int                           chosen = 0;
    for (const ReviewVerdict verdict : verdicts) {
        if (verdict == said.verdict) chosen = int(words.size());
        // Short, so that the three stand in one line.
        words.push_back(verdict == ReviewVerdict::send_back ? "退回"
                                                            : texts::verdict_word(verdict));
    }
    if (widgets::radios("verdict", "审核结果", words, chosen))
        said.verdict = verdicts[std::size_t(chosen)];
    bool reason = needs_reason(app, row, said.verdict);
    if (said.verdict == ReviewVerdict::pass) {
        if (reason)
            widgets::notice("out_of_turn", widgets::Tone::attention, out_of_turn_words(app, row));
        draw_approved(app, dossier, said);
    }
    const TypedNumbers numbers = read_numbers(app, dossier, said);
    const bool         other =
        !numbers.fault.empty() || !envelope::numbers_of(numbers.approved).empty();
    reason = reason || approves_nobody(dossier, numbers.approved);
    if (reason || other) {
        widgets::text_area("reason", said.reason, 2,
                           {.label = "理由",
                            .hint = reason ? "" : "人数和申报的不同。写明理由，学校可以看到；也可以不填。",
                            .need = reason ? widgets::Need::required : widgets::Need::optional,
                            .max_length = 500});
        if (app.visit_memory("focus") == "reason") {
            app.visit_memory("focus").clear();
            platform::focus(platform::mirror().handle_of("reason"));
        }
    }
    if (said.verdict == ReviewVerdict::send_back) {
        draw_remarks(app, dossier, said);
        const std::string fault = due_fault(app, said.due);
        widgets::text_field("due", said.due,
                            {.label = "修改期限",
                             .hint = "学校在这一天 24:00 前可以重新提交；可以晚于申报截止日。",
                             .error = fault});
    }
    device::Word      word;
    const std::string wrong = read_said(app, dossier, word);
    if (widgets::button("sign", "签名：" + std::string(texts::verdict_word(said.verdict)),
                        {.kind = said.verdict == ReviewVerdict::reject
                                     ? widgets::ButtonKind::danger
                                     : widgets::ButtonKind::primary,
                         .size = widgets::ButtonSize::large,
                         .width = widgets::Width::fill,
                         .off_because = app.visit_memory("settling").empty()
                                            ? wrong
                                            : "请先看清这一份。"}))
        sign(app, dossier);
    widgets::text(wrong.empty() ? "签名后放入待同步，发送之前可以取回。" : wrong,
                  widgets::second_text);
}

// --- The head ------------------------------------------------------------------------------------

void draw_head(App& app, const Dossier& dossier) {
    Reviews&      reviews = app.reviews();
    widgets::Line line;
    if (widgets::link("back", "‹ 返回审核")) app.go(ScreenId::review_queue);
    widgets::text(dossier.row.unit_name, widgets::bold_text);
    widgets::text(matter_words(app, dossier.row));
    line.push_right();
    const int  count = int(shown_rows(app).rows.size());
    const bool listed = is_listed(app);
    if (listed)
        widgets::text("第 " + std::to_string(reviews.place + 1) + " / " + std::to_string(count) +
                          " 份",
                      widgets::second_text);
    if (widgets::button("print", "打印")) app.print({app.sheet_of(dossier)});
    for (const int step : {-1, 1})
        if (widgets::button(step < 0 ? "previous" : "next", step < 0 ? "上一份" : "下一份",
                            {.off_because = step < 0 ? reviews.place == 0 ? "前面没有了" : ""
                                            : reviews.place + listed >= count ? "后面没有了"
                                                                              : ""}) &&
            go_in_list(app, step))
            app.open_review(reviews.current);
}

void act_on_keys(App& app, const Dossier& dossier) {
    switch (widgets::page_keys("keys", key::next | key::previous | key::pass | key::send_back |
                                           key::escape)) {
    case key::next:
        if (go_in_list(app, 1)) app.open_review(app.reviews().current);
        break;
    case key::previous:
        if (go_in_list(app, -1)) app.open_review(app.reviews().current);
        break;
    case key::pass:
        if (dossier.row.queued || !may(app, dossier.row, ReviewVerdict::pass)) break;
        said_of(app, dossier).verdict = ReviewVerdict::pass;
        if (passes_simply(app, dossier.row) && !said_of(app, dossier).newer)
            return sign(app, dossier);
        app.visit_memory("out_of_turn") = "1";
        app.visit_memory("focus") = "reason";
        break;
    case key::send_back: app.visit_memory("verdict") = "return"; break;
    case key::escape: app.go(ScreenId::review_queue); break;
    default: break;
    }
    std::string& wanted = app.visit_memory("verdict");
    if (wanted.empty()) return;
    wanted.clear();
    if (dossier.row.queued || !may(app, dossier.row, ReviewVerdict::send_back)) return;
    said_of(app, dossier).verdict = ReviewVerdict::send_back;
    app.visit_memory("out_of_turn") = "1";
    app.visit_memory("focus") = "reason";
}

// Who did it: a unit, and the machine that it was done on.
std::string who_words(App& app, const device::HistoryEntry& entry) {
    const device::Enrolment& enrolment = *app.desk().find_enrolment();
    std::string              name;
    if (entry.unit == enrolment.unit.unit) name = enrolment.unit.name;
    for (const envelope::UnitEntry& unit : app.desk().units())
        if (name.empty() && unit.unit == entry.unit) name = unit.name;
    if (name.empty() && entry.decision)
        name = entry.decision->stage == envelope::ReviewStage::first_review ? "市级主管部门"
                                                                            : "省级主管部门";
    return name + machine_words(app, entry.kid);
}

} // namespace

void draw_history(App& app, const notice::Form& form,
                  const std::vector<device::HistoryEntry>& history) {
    const widgets::Card card("history", {.title = "经过"});
    int                 version = 0;
    std::vector<int>    versions; // Of each entry.
    for (const device::HistoryEntry& entry : history)
        versions.push_back(version += entry.filing.has_value());
    for (std::size_t i = history.size(); i-- > 0;) {
        const device::HistoryEntry& entry = history[i];
        const widgets::Scope        scope(entry.id.text());
        std::string                 what = texts::history_words(entry, versions[i]);
        if (entry.decision) what += approved_words(*entry.decision);
        widgets::text(what, widgets::bold_text);
        if (entry.decision) draw_word(form, *entry.decision);
        if (!entry.reason.empty()) widgets::text(entry.reason);
        widgets::text(base::clerk_day_second(entry.at) + "　回执 " + texts::index_words(entry.index),
                      widgets::second_text);
        widgets::text(who_words(app, entry), widgets::second_text);
    }
}

void draw_review_file(App& app) {
    const Dossier* found = app.dossier(app.reviews().current);
    if (found == nullptr || found->form == nullptr) return app.go(ScreenId::review_queue);
    Dossier dossier = *found; // A copy: acts change it.
    // What has changed is for whoever decides now.
    if (dossier.row.state.stage != review::Stage::submitted &&
        dossier.row.state.stage != review::Stage::first_passed)
        dossier.differences.clear();
    said_of(app, dossier);
    act_on_keys(app, dossier);
    draw_head(app, dossier);
    widgets::Columns columns(beside_paper(), {.gap = 20});
    columns.next();
    const auto pressed = draw_filed_paper(
        app, {*dossier.form, dossier.row.root.text(), dossier.row.unit_name, dossier.answers,
              dossier.computed, [&](const Cell& cell) { return mark_at(app, dossier, cell); },
              !dossier.row.queued && may(app, dossier.row, ReviewVerdict::send_back)});
    if (pressed) remark_on(app, dossier, *pressed);
    columns.next();
    draw_decision(app, dossier);
    keep_said(app, dossier);
    draw_differences(app, dossier);
    draw_notes(dossier);
    draw_history(app, *dossier.form, dossier.history);
}
