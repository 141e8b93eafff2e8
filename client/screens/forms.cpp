// The two screens on which a form stands as paper: one declaration, and the school's summary.
#include "client/app.hpp"
#include "client/platform/browser.hpp"
#include "client/screens/all.hpp"
#include "client/screens/form_paper.hpp"
#include "client/screens/parts.hpp"
#include "client/texts/words.hpp"
#include "client/widgets/controls.hpp"
#include "client/widgets/dialog.hpp"
#include "client/widgets/fields.hpp"
#include "client/widgets/layout.hpp"
#include "client/widgets/words.hpp"

namespace {

using device::Matter;
using device::MatterState;

widgets::Tone tone_of(MatterState state) {
    switch (state) {
    case MatterState::submitted: return widgets::Tone::done;
    case MatterState::queued: return widgets::Tone::attention;
    case MatterState::refused:
    case MatterState::conflict: return widgets::Tone::wrong;
    default: return widgets::Tone::info;
    }
}

void draw_state(App& app, const Matter& matter) {
    widgets::Line line;
    widgets::badge(texts::state_word(matter.state), tone_of(matter.state));
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
    if (judged->errors > 0) return "改好标出的 " + std::to_string(judged->errors) + " 处即可提交。";
    if (judged->to_explain > 0)
        return "还有 " + std::to_string(judged->to_explain) + " 处需要写明原因。";
    return judged->sealable ? "" : "内容还不完整";
}

void draw_open_acts(App& app, const Matter& matter) {
    const notice::Form* form = app.desk().find_package()->find_form(matter.form);
    const std::string   early = form == nullptr ? "" : not_open_yet(app, *form);
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
    widgets::text(off.empty() ? "签名后放入待同步，联网后发送。" : off, widgets::second_text);
    if (matter.revising && matter.newest && widgets::button("discard", "放弃修改"))
        app.tell(app.desk().discard_revision(matter.root));
}

void draw_withdrawal(App& app, const Matter& matter) {
    std::string& asking = app.memory("withdraw/" + matter.root.text());
    if (asking.empty()) {
        if (widgets::button("withdraw", "撤回", widgets::quiet_button)) asking = "?";
        return;
    }
    switch (widgets::ask("withdraw", {.title = "撤回这份申报？",
                                      .words = "撤回后不再计入汇总；需要时可以重新填写一份。",
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

void draw_acts(App& app, const Matter& matter) {
    const widgets::Card card("acts", {.name = "操作"});
    draw_state(app, matter);
    {
        widgets::Line line;
        if (widgets::button("print", "打印")) app.print({app.sheet_of(matter)});
        if (!device::is_open(matter.state) && device::counts(matter.state) &&
            widgets::button("revise", "修改"))
            app.tell(app.desk().revise(matter.root));
    }
    if (device::is_open(matter.state)) draw_open_acts(app, matter);
    else if (matter.state == MatterState::submitted &&
             matter.form == base::FormId("declaration"))
        draw_withdrawal(app, matter);
    else if (matter.state == MatterState::withdrawing && widgets::button("keep", "取消撤回"))
        app.tell(app.desk().cancel_withdrawal(matter.root));
}

void draw_mail(App& app, const Matter& matter) {
    const notice::Form* form = app.desk().find_package()->find_form(matter.form);
    if (form == nullptr || !form->mail) return;
    std::string subject = form->mail->subject_pattern;
    if (const std::size_t at = subject.find("{unit_name}"); at != std::string::npos)
        subject.replace(at, 11, app.desk().find_enrolment()->unit.name);
    const widgets::Card card("mail", {.title = "邮件"});
    // Schools whose bureau reviews first send the paper there (R29); the others to the mailbox.
    const envelope::UnitEntry& unit = app.desk().find_enrolment()->unit;
    const notice::UnitKind*    kind = app.desk().find_package()->find_unit_kind(unit.kind);
    const bool                 to_bureau = kind != nullptr && kind->first_review;
    widgets::text(to_bureau ? "盖章扫描件报送所在市教育行政部门，作为市级初审的依据。文件可命名为："
                            : "盖章扫描件发送至 " + form->mail->to + "，邮件命名为：",
                  widgets::second_text);
    widgets::text(subject);
    if (widgets::button("copy", "复制邮件名称")) {
        platform::copy_text(subject);
        app.say("已复制。");
    }
}

// Why the newest version is not at the server, and what can be done about it.
void draw_trouble(App& app, const Matter& matter) {
    if (matter.state == MatterState::conflict)
        widgets::notice("conflict", widgets::Tone::attention,
                        "本单位的另一台电脑已经提交了这份表的新版本。按“签名并提交”，以本机的内容替代它；"
                        "按“放弃修改”，采用已提交的版本。");
    if (matter.state != MatterState::refused) return;
    for (const device::OutboxItem& item : app.refused()) {
        if (item.root != matter.root || item.kind != "filing") continue;
        std::string words = "上次提交未被接收";
        if (item.refusal) words += "：" + item.refusal->detail;
        for (const rules::Finding& finding : item.findings) words += " " + finding.text;
        return widgets::notice("refused", widgets::Tone::wrong, words);
    }
}

void draw_form(App& app, const Matter& matter) {
    draw_trouble(app, matter);
    widgets::Columns columns({widgets::share(1), widgets::fixed(290)}, {.gap = 20});
    columns.next();
    draw_form_paper(app, matter);
    columns.next();
    draw_findings(app, matter);
    draw_acts(app, matter);
    draw_mail(app, matter);
}

} // namespace

void draw_findings(App& app, const Matter& matter) {
    const widgets::Card      card("findings", {.title = "检查"});
    const device::Judgement* judged = app.judgement(matter.root);
    if (judged == nullptr || !device::is_open(matter.state)) {
        widgets::text("已签名。", widgets::second_text);
        for (const auto& [rule, note] : matter.notes)
            if (!note.empty()) widgets::text("原因说明：" + note);
        return;
    }
    if (judged->findings.empty()) {
        widgets::Line line;
        widgets::badge("通过", widgets::Tone::done);
        widgets::text("没有发现问题。");
        return;
    }
    const std::vector<rules::Finding> findings = judged->findings; // A note judges anew.
    int                               number = 0;
    for (const rules::Finding& finding : findings) {
        const widgets::Scope scope(finding.rule.text() + std::to_string(number++));
        const bool           warning = finding.severity == notice::Severity::warning;
        const bool           error = finding.severity == notice::Severity::error;
        const bool           missing = finding.rule == device::required_rule;
        widgets::badge(missing   ? "待填"
                       : error   ? "错误"
                       : warning ? "说明"
                                 : "提示",
                       missing   ? widgets::Tone::plain
                       : error   ? widgets::Tone::wrong
                       : warning ? widgets::Tone::attention
                                 : widgets::Tone::info);
        widgets::text(finding.text);
        if (!warning) continue;
        const auto  noted = matter.notes.find(finding.rule);
        std::string note = noted == matter.notes.end() ? std::string() : noted->second;
        if (widgets::text_area("note", note, 2,
                               {.label = "原因说明",
                                .hint = "至少4个字，随申报一起提交。",
                                .placeholder = "请写明原因…",
                                .max_length = 500}))
            app.tell(app.desk().explain(matter.root, finding.rule, note));
    }
}

void draw_declaration(App& app) {
    const auto matter = app.desk().find_matter(app.open_root());
    if (!matter || app.desk().find_package() == nullptr) return app.go(ScreenId::declarations);
    if (widgets::link("back", "‹ 返回证书申报表")) app.go(ScreenId::declarations);
    draw_form(app, *matter);
}

void draw_summary(App& app) {
    if (app.desk().find_package() == nullptr) {
        widgets::heading("学校汇总表", 1);
        return;
    }
    const base::FormId form("school_summary");
    std::optional<Matter> shown;
    for (const Matter& matter : app.matters(form))
        if (device::counts(matter.state)) shown = matter;
    if (!shown) {
        const auto root = app.desk().create_matter(form, app.period());
        if (!root) {
            app.tell(base::fail(root.error()));
            return;
        }
        app.changed();
        shown = app.desk().find_matter(*root);
        if (!shown) return;
    }
    const auto outdated = app.desk().outdated(shown->root);
    if (outdated && *outdated && !device::is_open(shown->state)) {
        widgets::notice("outdated", widgets::Tone::attention,
                        "需更新：申报表在汇总表签名之后有变动。请按“修改”后重新签名提交。");
    }
    draw_form(app, *shown);
}
