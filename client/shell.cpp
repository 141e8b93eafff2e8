#include "client/shell.hpp"

#include "client/app.hpp"
#include "client/platform/browser.hpp"
#include "client/platform/disk.hpp"
#include "client/platform/offline.hpp"
#include "client/screens/parts.hpp"
#include "client/widgets/controls.hpp"
#include "client/widgets/dialog.hpp"
#include "client/widgets/shell.hpp"
#include "client/widgets/words.hpp"

namespace {

using platform::disk::SaveState;

void draw_saving(App& app) {
    const platform::disk::Saving saving = platform::disk::saving();
    switch (saving.state) {
    case SaveState::saving:
        widgets::status("saved", "正在保存…",
                        {.size = widgets::type_size::small, .colour = widgets::colour::second});
        break;
    case SaveState::saved:
        if (saving.saved_at.microseconds > 0)
            widgets::status("saved", "✓ 已保存 " + base::clerk_minute(app.shown_time(saving.saved_at)),
                            {.size = widgets::type_size::small, .colour = widgets::colour::done});
        break;
    case SaveState::failed:
        widgets::status("saved", "没有保存",
                        {.size = widgets::type_size::small, .colour = widgets::colour::wrong});
        break;
    }
}

void draw_line_state(App& app) {
    const bool offline = !platform::online() || app.courier().reached() == false;
    widgets::pill("line", !offline         ? "在线"
                  : is_school(app) ? "离线 · 不影响填写"
                                   : "离线 · 不影响审核",
                  offline ? widgets::Tone::attention : widgets::Tone::done);
}

void draw_top_bar(App& app) {
    const device::Enrolment& enrolment = *app.desk().find_enrolment();
    widgets::TopBar          bar("申报", enrolment.unit.name);
    if (enrolment.rehearsal) {
        const base::Time now = app.now();
        widgets::pill("rehearsal",
                      "演练 " + base::to_iso(base::date_of(now)) + " " + base::clerk_minute(now),
                      widgets::Tone::rehearsal);
    }
    bar.push_right();
    draw_saving(app);
    draw_line_state(app);
}

// The notice's forms, under its number.
void draw_forms(App& app) {
    const std::vector<const notice::Form*> forms = app.forms();
    if (forms.empty()) return;
    widgets::nav_heading(app.desk().find_package()->document_number);
    const bool on_form =
        app.screen() == ScreenId::form_list || app.screen() == ScreenId::form_paper;
    for (const notice::Form* form : forms) {
        int count = 0;
        if (form->many)
            count = standing_of(app.matters(form->id, app.period_of(*form))).filings;
        if (widgets::nav_item("form/" + form->id.text(), form->short_title,
                              {.current = on_form && app.form_id() == form->id, .count = count}))
            app.open_form(form->id);
    }
}

void draw_rail(App& app) {
    const std::string&  role = app.desk().find_enrolment()->role;
    const widgets::Rail rail;
    for (const Screen& screen : screens()) {
        if (screen.title.empty() || screen.roles.find(role) == std::string_view::npos) continue;
        if (!screen.group.empty()) widgets::nav_heading(screen.group);
        if (widgets::nav_item(screen.key, screen.title,
                              {.current = app.screen() == screen.id,
                               .count = screen.count == nullptr ? 0 : screen.count(app),
                               .tone = screen.count_waits ? widgets::CountTone::waits
                                                          : widgets::CountTone::informs}))
            app.go(screen.id);
        if (screen.id == ScreenId::home && role == "school") draw_forms(app);
    }
}

// What must be known on every screen: that nothing is saved, or that the notice is not there yet.
void draw_warnings(App& app) {
    const platform::disk::Saving saving = platform::disk::saving();
    if (saving.state == SaveState::failed) {
        widgets::notice("unsaved", widgets::Tone::wrong,
                        base::outcome_text(saving.fault.outcome).sentence);
        widgets::Line line;
        if (widgets::button("retry", "再试一次")) platform::disk::retry();
        if (widgets::button("rescue", "另存为备份文件", widgets::primary_button))
            app.download_rescue();
    }
    if (app.desk().revoked()) {
        widgets::notice("revoked", widgets::Tone::wrong,
                        "本机已被停用，不能再签名提交。已送达的申报不受影响，没有提交的内容都还在本机。");
        widgets::text(is_school(app)
                          ? "请先保存备份文件，再向主管部门要新的登记码，在另一台电脑（或本机的另一种浏览器）上"
                            "登记，然后在那里的“设置与备份”中按“从备份文件接收草稿”。"
                          : "请向上级要新的登记码，在另一台电脑（或本机的另一种浏览器）上登记。");
        if (widgets::button("rescue_drafts", "保存备份文件", widgets::primary_button))
            app.download_rescue();
    }
    if (app.desk().find_package() == nullptr && !app.courier().running())
        widgets::notice("no_notice", widgets::Tone::attention,
                        "还没有收到通知和证书目录。请在有网络时同步一次，之后就可以离线填写。");
}

} // namespace

void draw_shell(App& app, const std::string& said, bool can_undo) {
    const widgets::Frame frame;
    draw_top_bar(app);
    draw_rail(app);
    const Screen& screen = screen_of(app.screen());
    {
        const notice::Form* form = app.find_form();
        const bool          of_form = screen.title.empty() && form != nullptr;
        // A list is come back to where it was left; a paper is read from its top.
        const bool          from_top = app.take_opening() && app.screen() == ScreenId::form_paper;
        const widgets::Page page(of_form ? std::string(screen.key) + "/" + form->id.text() + "/" +
                                               app.open_root().text()
                                         : std::string(screen.key),
                                 of_form ? form->short_title : screen.title,
                                 from_top ? widgets::Page::Begins::at_top
                                          : widgets::Page::Begins::where_left);
        draw_warnings(app);
        screen.draw(app);
    }
    if (!said.empty() && widgets::toast("said", said, can_undo ? "撤销" : "")) app.undo();
}
