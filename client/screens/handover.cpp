// 交接草稿: what another machine of the unit had not sent is taken out of its backup file.
#include "client/app.hpp"
#include "client/platform/browser.hpp"
#include "client/screens/parts.hpp"
#include "client/widgets/controls.hpp"
#include "client/widgets/dialog.hpp"
#include "client/widgets/layout.hpp"
#include "client/widgets/words.hpp"
#include "shared/device/rescue.hpp"

#include <optional>
#include <span>

namespace {

using base::Outcome;
using device::Handover;

// A file that was picked and whose content was looked at, until it is taken or put away.
struct Picked {
    std::string    content;
    device::Rescue rescue;
};
std::optional<Picked> picked;

std::string refusal_words(App& app, const base::Fault& fault) {
    switch (fault.outcome) {
    case Outcome::not_enrolled: return "保存这个文件的设备没有登记过，里面没有草稿。";
    case Outcome::foreign_unit:
        return "这是“" + fault.detail + "”的备份文件。本机登记的是“" +
               app.desk().find_enrolment()->unit.name + "”，不能接收。";
    case Outcome::foreign_server:
        return "这个文件来自另一个申报网址（例如演练），不能接收。";
    default: return backup_words(fault);
    }
}

void pick(App& app) {
    platform::pick_file(".sqlite", [&app](platform::PickedFile file) {
        std::string& wrong = app.visit_memory("handover/wrong");
        picked.reset();
        auto rescue = app.desk().preview_rescue(std::as_bytes(std::span(file.content)));
        wrong = rescue ? "" : refusal_words(app, rescue.error());
        if (rescue) picked = Picked{std::move(file.content), std::move(*rescue)};
    });
}

void take(App& app) {
    const auto taken = app.desk().take_rescue(std::as_bytes(std::span(picked->content)));
    picked.reset();
    if (!taken) {
        app.visit_memory("handover/wrong") = refusal_words(app, taken.error());
        return;
    }
    app.changed();
    const std::size_t count = taken->made.size() + taken->revised.size();
    std::string       words = count == 0 ? "" : "已接收 " + std::to_string(count) + " 份草稿";
    if (!taken->copies.empty())
        words += (count == 0 ? "已另存 " : "，另存 ") + std::to_string(taken->copies.size()) + " 份";
    app.say(words + "。", [&app, undo = *taken] { app.tell(app.desk().undo_rescue(undo)); });
}

void draw_preview(App& app) {
    const device::Rescue&   rescue = picked->rescue;
    const int               here = rescue.count(Handover::here);
    const int               waits = rescue.count(Handover::waits);
    const int               all = int(rescue.drafts.size());
    widgets::Dialog         dialog("handover", "接收“" + rescue.device + "”的草稿", 640);
    const auto              number = [](int n) { return std::to_string(n); };
    widgets::text(rescue.unit_name + "　" + rescue.device, widgets::bold_text);
    widgets::text(all == 0 ? "文件里没有未提交的草稿。"
                           : "未提交的草稿 " + number(all) + " 份，其中本机已有 " + number(here) +
                                 " 份；最后修改于 " +
                                 base::clerk_day_minute(app.shown_time(rescue.updated_at)) + "。");
    bool was_signed = false;
    for (const device::RescueDraft& draft : rescue.drafts) {
        const widgets::Scope scope(draft.root.text());
        const bool           taken = draft.handover != Handover::here;
        widgets::Line        line;
        widgets::badge(device::handover_word(draft.handover),
                       draft.handover == Handover::waits ? widgets::Tone::attention
                       : taken                           ? widgets::Tone::info
                                                         : widgets::Tone::plain);
        widgets::text(draft.words, {.size = widgets::type_size::small});
        was_signed = was_signed || (draft.was_signed && taken);
    }
    if (was_signed)
        widgets::text("原来已签名但没有送达的，接收后要在本机重新签名提交。",
                      widgets::second_text);
    if (rescue.count(Handover::copy) > 0)
        widgets::text("本机已有不同内容的，本机的不动，文件里的另存一份，可在“另存的草稿”中查看、换用。",
                      widgets::second_text);
    if (waits > 0)
        widgets::text("标“请先同步”的已有一版送达过服务器，本机同步后才能接收它的修改。",
                      widgets::second_text);
    widgets::gap(8);
    bool          ended = dialog.dismissed();
    const int     count = all - here - waits;
    widgets::Line line;
    line.push_right();
    if (widgets::button("no", count == 0 ? "关闭" : "取消")) ended = true;
    if (count > 0 &&
        widgets::button("yes", "接收 " + number(count) + " 份", widgets::primary_button))
        return take(app);
    if (ended) picked.reset();
}

void draw_copy(App& app, const device::DraftCopy& copy) {
    const widgets::Scope scope(copy.id.text());
    widgets::text(copy.name, {.size = widgets::type_size::small, .weight = widgets::Weight::bold});
    for (const device::Carryover::Value& value : copy.values)
        widgets::text((value.row > 0 ? "第" + std::to_string(value.row) + "行　" : "") +
                          value.label + "：" + value.text,
                      {.size = widgets::type_size::small});
    std::string&        asked = app.visit_memory("handover/drop");
    const widgets::Line line;
    if (widgets::button("use", "换用这一份",
                        {.size = widgets::ButtonSize::small, .name = "换用 " + copy.name}) &&
        app.tell(app.desk().use_copy(copy.id))) // Refused, with what to do, beside what is signed.
        app.say("已换用，原来的那份另存在这里。",
                [&app, id = copy.id] { app.tell(app.desk().use_copy(id)); });
    if (widgets::button("drop", "删除",
                        {.size = widgets::ButtonSize::small, .name = "删除 " + copy.name}))
        asked = copy.id.text();
    if (asked != copy.id.text()) return;
    const auto answer = widgets::ask("ask", {.title = "删除另存的草稿？",
                                             .words = copy.name + "。删除后不能恢复。",
                                             .yes = "删除",
                                             .dangerous = true});
    if (answer == widgets::Answer::yes) app.tell(app.desk().drop_copy(copy.id));
    if (answer != widgets::Answer::none) asked.clear();
}

} // namespace

void draw_handover(App& app) {
    if (!is_school(app)) return; // Offices keep no drafts.
    {
        const widgets::Card card("handover", {.title = "交接草稿"});
        widgets::text("换了设备，或原来的设备已停用：在原来的设备上保存备份文件，在这里选择它，"
                      "没有提交的草稿就接到本机。只取草稿，不取签名密钥，不覆盖本机的内容。");
        widgets::gap(4);
        const std::string_view off = app.desk().revoked() ? "本机已停用，请在新设备上接收。"
                                     : app.desk().find_package() == nullptr ? "请先同步一次。"
                                                                            : "";
        if (widgets::button("take", "从备份文件接收草稿", {.off_because = off})) pick(app);
        if (const std::string& wrong = app.visit_memory("handover/wrong"); !wrong.empty())
            widgets::notice("wrong", widgets::Tone::wrong, wrong + "本机的内容没有改动。");
        if (picked) draw_preview(app);
    }
    const std::vector<device::DraftCopy> copies = app.desk().copies();
    if (copies.empty()) return;
    const widgets::Card card("copies", {.title = "另存的草稿"});
    widgets::text("接收时本机已有不同的内容，这些没有覆盖本机，也不会提交。",
                  widgets::second_text);
    for (const device::DraftCopy& copy : copies) draw_copy(app, copy);
}
