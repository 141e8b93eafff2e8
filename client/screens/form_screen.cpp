// The screen on which a form stands as paper, with its checks and acts beside it: one of many, or
// that of the chosen period.
#include "client/app.hpp"
#include "client/platform/browser.hpp"
#include "client/screens/all.hpp"
#include "client/screens/form_paper.hpp"
#include "client/screens/parts.hpp"
#include "client/screens/table_entry.hpp"
#include "client/texts/words.hpp"
#include "client/widgets/controls.hpp"
#include "client/widgets/dialog.hpp"
#include "client/widgets/fields.hpp"
#include "client/widgets/layout.hpp"
#include "client/widgets/words.hpp"

#include <algorithm>

namespace {

using device::Matter;
using device::MatterState;

void draw_state(App& app, const Matter& matter) {
    widgets::Line line;
    draw_state_badge(app, matter);
    if (!matter.newest) return;
    const auto item = app.desk().find_item(*matter.newest);
    if (item && item->receipt_fields)
        widgets::text("回执 " + texts::index_words(item->receipt_fields->index) + "　" +
                          base::clerk_day_second(item->receipt_fields->received_at),
                      widgets::second_text);
}

// Why it cannot be signed right now; "" when it can.
std::string why_not(App& app, const Matter& matter) {
    const device::Judgement* judged = app.judgement(matter.root);
    if (judged == nullptr) return "暂时不能检查";
    // Nothing can be mended here.
    if (const rules::Finding* dead_end = judged->dead_end()) return dead_end->text;
    if (judged->errors > 0) return "改好标出的 " + std::to_string(judged->errors) + " 处即可提交。";
    if (judged->to_explain > 0)
        return "还有 " + std::to_string(judged->to_explain) + " 处需要写明原因。";
    return judged->sealable ? "" : "内容还不完整";
}

// What was changed since the last signing is lost by it, so it is asked.
void draw_discard(App& app, const Matter& matter) {
    std::string& asking = app.visit_memory("discard/" + matter.root.text());
    if (asking.empty()) {
        if (!widgets::button("discard", "放弃修改")) return;
        if (app.change_of(matter).any) asking = "?";
        else app.tell(app.desk().discard_revision(matter.root));
        return;
    }
    const widgets::Answer answer =
        widgets::ask("discard", {.title = "放弃这次修改？",
                                 .words = "改动的内容不再保留，回到上次签名提交的内容。",
                                 .yes = "放弃修改",
                                 .dangerous = true});
    if (answer == widgets::Answer::none) return;
    asking.clear();
    if (answer == widgets::Answer::yes) app.tell(app.desk().discard_revision(matter.root));
}

// While a filing is changed: what of it stands meanwhile.
void draw_standing(App& app, const Matter& matter) {
    const auto timing = app.timing(matter);
    if (!matter.revising || !timing || *timing == envelope::Timing::late || matter.review) return;
    const auto closes = app.desk().closes_at(matter);
    widgets::text(closes && app.now() >= *closes
                      ? "现在提交算逾期补报；省级延期以前，仍以已送达的那一份为准。"
                      : "改好重新签名、送达以前，仍以已送达的那一份为准。",
                  widgets::second_text);
}

// Of a form with one sheet a period: another machine of the unit has filed that already.
bool is_filed_elsewhere(App& app, const notice::Form& form, const Matter& matter) {
    if (form.many || matter.newest) return false;
    const auto& all = app.matters(form.id, matter.period);
    return std::any_of(all.begin(), all.end(), [&](const Matter& other) {
        return other.root != matter.root && other.newest && device::counts(other.state);
    });
}

void draw_open_acts(App& app, const Matter& matter) {
    const notice::Form* form = app.desk().form_of(matter);
    const std::string   early =
        form == nullptr ? "" : not_open_yet(app, *form, matter.period);
    const std::string   off = early.empty() ? why_not(app, matter) : early + "。";
    if (widgets::button("seal", "签名并提交",
                        {.kind = widgets::ButtonKind::primary,
                         .size = widgets::ButtonSize::large,
                         .width = widgets::Width::fill,
                         .off_because = off}) &&
        app.tell(app.desk().seal(matter.root))) {
        app.say(platform::online() ? "已签名，正在发送。" : "已签名，联网后自动发送。");
        if (platform::online()) app.courier().start();
    }
    widgets::text(!off.empty()          ? off
                  : platform::online() ? "签名后马上发送。"
                                       : "签名后放入待同步，联网后自动发送。",
                  widgets::second_text);
    draw_standing(app, matter);
    if (matter.revising && !app.change_of(matter).any && matter.state == MatterState::editing)
        widgets::text("内容和上次提交的相同，还没有改动。",
                      {.size = widgets::type_size::small, .colour = widgets::colour::attention});
    if (matter.revising && matter.newest) draw_discard(app, matter);
    if (form == nullptr || matter.newest) return;
    const device::Judgement* judged = app.judgement(matter.root);
    const bool               stuck = matter.state == MatterState::refused ||
                       (judged != nullptr && judged->dead_end() != nullptr);
    if ((form->many || stuck || is_filed_elsewhere(app, *form, matter)) &&
        widgets::button("remove", "删除", widgets::quiet_button) &&
        remove_matter(app, *form, matter.root) && form->many)
        app.open_form(form->id);
}

void draw_withdrawal(App& app, const Matter& matter) {
    std::string& asking = app.memory("withdraw/" + matter.root.text());
    if (asking.empty()) {
        if (widgets::button("withdraw", "撤回", widgets::quiet_button)) asking = "?";
        return;
    }
    const bool many = app.find_form()->many;
    switch (widgets::ask("withdraw", {.title = many ? "撤回这份申报？" : "撤回这张表？",
                                      .words = many ? "撤回后不再计入汇总；需要时可以重新填写一份。"
                                                    : "撤回后等于没有报送，要重新填写一张。只是改几处的，"
                                                      "请按“修改”。",
                                      .yes = "撤回",
                                      .dangerous = true})) {
    case widgets::Answer::yes:
        asking.clear();
        if (!app.tell(app.desk().withdraw(matter.root, ""))) break;
        app.say(platform::online() ? "撤回已签名，正在发送。" : "撤回已签名，联网后自动发送。");
        if (platform::online()) app.courier().start();
        break;
    case widgets::Answer::no: asking.clear(); break;
    case widgets::Answer::none: break;
    }
}

// `outdated`: what a print says of it now, App::outdated_words().
void draw_acts(App& app, const Matter& matter, const std::string& outdated) {
    const widgets::Card card("acts", {.name = "操作"});
    draw_state(app, matter);
    {
        widgets::Line line;
        if (widgets::button("print", "打印")) app.print({app.sheet_of(matter)});
        if (!device::is_open(matter.state) && device::counts(matter.state) &&
            matter.state != MatterState::returned && // It is opened where the reviewer's word stands.
            widgets::button("revise", "修改",
                            {.off_because = device::is_frozen(matter.state)
                                                ? "审核已通过，退回后才能修改"
                                                : ""}))
            reopen(app, matter.root);
    }
    if (device::is_frozen(matter.state))
        widgets::text(std::string(texts::state_word(matter.state)) + "，要改请审核部门先退回。",
                      widgets::second_text);
    if (!outdated.empty())
        widgets::text("现在打印，页眉会注明“" + outdated + "”。", widgets::second_text);
    if (device::is_open(matter.state)) draw_open_acts(app, matter);
    else if (matter.state == MatterState::submitted || matter.state == MatterState::returned)
        draw_withdrawal(app, matter);
    else if (matter.state == MatterState::withdrawing && widgets::button("keep", "取消撤回"))
        app.tell(app.desk().cancel_withdrawal(matter.root));
}

// What the province has approved: "批准 60 人", for rows in their order "批准 120、80 人"; "" when it
// has approved nothing.
std::string approved_words(const std::vector<std::int64_t>& numbers) {
    return numbers.empty() ? std::string() : "批准 " + numbers_words(numbers) + " 人";
}

// Where a remark leads: to a form's own field, or to the row that it names.
device::Cell cell_of_remark(const base::FieldId& name, const std::string& words) {
    constexpr std::string_view in_table = "rows.";
    const std::string&         id = name.text();
    if (id.compare(0, in_table.size(), in_table) != 0) return {0, name};
    return {std::max(1, row_in_words(words)), base::FieldId(id.substr(in_table.size()))};
}

// What the reviewer said about what was sent last.
void draw_review(App& app, const Matter& matter, const notice::Form& form) {
    if (!matter.review) return;
    const envelope::Decision& said = matter.review->decision;
    const bool                first = said.stage == envelope::ReviewStage::first_review;
    const widgets::Card       card("review", {.title = first ? "市级审核意见" : "省级审核意见"});
    {
        widgets::Line line;
        switch (said.verdict) {
        case envelope::ReviewVerdict::send_back:
            widgets::badge("退回修改", widgets::Tone::wrong);
            break;
        case envelope::ReviewVerdict::reject:
            widgets::badge("不通过", widgets::Tone::wrong);
            break;
        case envelope::ReviewVerdict::pass: widgets::badge("通过", widgets::Tone::done); break;
        }
        widgets::text(approved_words(approved_numbers(app, matter)));
    }
    if (!said.reason.empty()) widgets::text(said.reason);
    const bool open = device::is_open(matter.state);
    int        number = 0;
    for (const auto& [id, words] : said.remarks) {
        const widgets::Scope scope(std::to_string(number++));
        const std::string    sentence = label_of(form, id) + "：" + words;
        if (!open) widgets::text(sentence);
        else if (widgets::link("remark", sentence, {.colour = widgets::colour::text,
                                                    .wrapping = widgets::Wrapping::wrap}))
            app.wish_focus(matter.root, cell_of_remark(id, words));
    }
    widgets::text(base::clerk_day_minute(matter.review->at), widgets::second_text);
    if (said.due)
        widgets::text(texts::mend_by_words(*said.due),
                      {.weight = widgets::Weight::bold, .colour = widgets::colour::attention});
    if (said.verdict != envelope::ReviewVerdict::send_back) return;
    if (matter.state == MatterState::returned &&
        widgets::button("mend", "按意见修改", {.kind = widgets::ButtonKind::primary,
                                               .width = widgets::Width::fill}))
        reopen(app, matter.root);
    if (!open) return;
    const auto  noted = matter.notes.find(device::reply_rule);
    std::string reply = noted == matter.notes.end() ? std::string() : noted->second;
    if (widgets::text_area("reply", reply, 2,
                           {.label = "回复说明",
                            .hint = "可以不写；写了至少4个字，随新的一版提交。",
                            .max_length = 500}))
        app.tell(app.desk().explain(matter.root, device::reply_rule, reply));
}

// Why the newest version is not at the server, and what can be done about it.
void draw_trouble(App& app, const Matter& matter) {
    if (matter.state == MatterState::conflict) {
        const device::Judgement* judged = app.judgement(matter.root);
        const bool               choice = judged == nullptr || judged->dead_end() == nullptr;
        widgets::notice("conflict", widgets::Tone::attention,
                        "本单位的另一台电脑已经提交了这份表的新版本。" +
                            std::string(choice ? "按“签名并提交”，以本机的内容替代它；" : "") +
                            "按“放弃修改”，采用已提交的版本。");
    }
    const notice::Form* form = app.desk().form_of(matter);
    const bool          elsewhere = form != nullptr && is_filed_elsewhere(app, *form, matter);
    if (elsewhere && device::is_open(matter.state))
        widgets::notice("elsewhere", widgets::Tone::attention,
                        "本单位的另一台电脑已经提交了这份表。要采用它，请按“删除”，删去本机的这一份。");
    if (matter.state != MatterState::refused) return;
    for (const device::OutboxItem& item : app.refused()) {
        if (item.root != matter.root || item.kind != "filing") continue;
        std::string words = "上次提交未被接收";
        if (item.refusal) words += "：" + item.refusal->detail;
        for (const rules::Finding& finding : item.findings)
            if (finding.severity != notice::Severity::hint) words += " " + finding.text;
        if (!matter.newest && !elsewhere) words += " 不需要这一份的，请按“删除”。";
        return widgets::notice("refused", widgets::Tone::wrong, words);
    }
}

// What the notice asks for without a blank on its paper (the name behind a signature).
void draw_off_paper(App& app, const Matter& matter, const notice::Form& form) {
    const std::vector<const notice::Field*> missing = fields_off_paper(form);
    if (missing.empty()) return;
    const widgets::Card card("off_paper", {.title = "另需填写"});
    for (const notice::Field* field : missing) draw_card_field(app, matter, *field);
}

// The notice's word on each field, where it has one; below all that one acts on, so that nothing
// moves.
void draw_help(const notice::Form& form) {
    std::vector<const notice::Field*> told;
    for (const notice::Field& field : form.fields)
        if (!field.help.empty()) told.push_back(&field);
    if (form.table)
        for (const notice::Field& field : form.table->columns)
            if (!field.help.empty()) told.push_back(&field);
    if (told.empty()) return;
    const widgets::Card card("field_help", {.title = "填写说明"});
    for (const notice::Field* field : told) {
        widgets::text(field->label, {.size = widgets::type_size::small,
                                     .weight = widgets::Weight::bold});
        widgets::text(field->help, widgets::second_text);
    }
}

void draw_form(App& app, const Matter& matter, const notice::Form& form) {
    draw_trouble(app, matter);
    const std::string outdated = app.outdated_words(matter);
    if (!outdated.empty()) {
        const auto now = app.desk().answers_of(matter.root);
        const bool nothing = matter.state == MatterState::submitted && now &&
                             now->value("rows", base::Json::array()).empty();
        widgets::notice("outdated", widgets::Tone::attention,
                        "需更新：申报表在" + form.short_title + "签名之后" +
                            (nothing ? "都撤回了，或者审核不通过。本表可以按“撤回”撤回。"
                                     : "有变动。请按“修改”后重新签名提交。"));
    }
    widgets::Columns columns(beside_paper(), {.gap = 20});
    columns.next();
    draw_form_paper(app, matter);
    columns.next();
    draw_review(app, matter, form);
    draw_off_paper(app, matter, form);
    draw_findings(app, matter);
    draw_acts(app, matter, outdated);
    draw_mail(app, matter);
    draw_platform(app, matter);
    if (const auto& timeline = app.timeline(matter.root); !timeline.empty())
        draw_history(app, form, timeline);
    draw_help(form);
    entry::draw_preview(app);
}

void draw_head(App& app, const notice::Form& form, const Matter& matter) {
    const notice::Window* window = form.find_window(matter.period);
    base::Time            closes, own; // Of the unit's window, and of this matter, when returned.
    if (window != nullptr) {
        closes = app.closes_at(form, *window);
        own = app.desk().closes_at(matter).value_or(closes);
    }
    {
        widgets::Line line({.gap = 6});
        if (form.many) {
            if (widgets::link("back", "‹ 返回" + form.short_title)) app.open_form(form.id);
        } else {
            draw_period_choice(app, form);
        }
        line.push_right();
        if (window != nullptr)
            draw_closing(app, *window, own, own > closes ? "退回修改" : "已延期",
                         device::is_delivered(matter.state) &&
                                 matter.state != MatterState::returned
                             ? Countdown::hidden
                             : Countdown::shown);
    }
    // What has arrived in time is not told that it would now be late.
    if (window != nullptr && own == closes &&
        (device::is_open(matter.state) || matter.state == MatterState::returned))
        draw_window_notice(app, *window, closes);
}

// In a month without a report there is no paper to fill in; the others can still be turned to.
bool draw_month_off(App& app, const notice::Form& form) {
    if (form.many || app.period_chosen(form)) return false;
    const auto off = month_off_of(app, form);
    if (!off) return false;
    widgets::heading(form.short_title, 1);
    const widgets::Card card("month_off", {.name = form.short_title});
    widgets::empty_state("本月（" + std::to_string(off->month.month) + "月）无需报送", next_report_words(app, *off));
    widgets::Line line({.side = widgets::Side::centre});
    const notice::Window* last = nullptr;
    for (const notice::Window& window : form.windows)
        if (window.opens_at() <= app.now()) last = &window;
    for (const notice::Window* window : {last, off->next}) {
        const notice::Period* period =
            window == nullptr ? nullptr : app.package_of(form).find_period(window->period);
        if (period != nullptr &&
            widgets::button(period->id.text(), (window == last ? "查看" : "先看") + period->name))
            app.choose_period(form, period->id);
    }
    return true;
}

// The matter of a form that has one a period; it is made when it is first looked at.
std::optional<Matter> matter_of(App& app, const notice::Form& form, const base::Period& period) {
    // One that was only looked at gives way to what another machine has filed.
    std::optional<Matter> blank;
    for (const Matter& matter : app.matters(form.id, period)) {
        // A withdrawal can be given up there.
        if (!device::counts(matter.state) && matter.state != MatterState::withdrawing) continue;
        if (matter.newest || !is_blank(matter)) return matter;
        if (!blank) blank = matter;
    }
    if (blank) return blank;
    const auto root = app.desk().create_matter(form.id, period);
    if (!root) {
        app.tell(base::fail(root.error()));
        return std::nullopt;
    }
    app.changed();
    return app.desk().find_matter(*root);
}

} // namespace

void draw_form_paper_screen(App& app) {
    const notice::Form* form = app.find_form();
    if (form == nullptr) return app.go(ScreenId::home);
    if (draw_month_off(app, *form)) return;
    const base::Period period = app.period_of(*form);
    const auto matter = form->many ? app.desk().find_matter(app.open_root())
                                   : matter_of(app, *form, period);
    if (!matter) return form->many ? app.open_form(form->id) : app.go(ScreenId::home);
    // What was filed under an earlier notice is read by that.
    if (const notice::Form* own = app.desk().form_of(*matter)) form = own;
    draw_head(app, *form, *matter);
    draw_form(app, *matter, *form);
}
