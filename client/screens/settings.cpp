#include "client/app.hpp"
#include "client/platform/browser.hpp"
#include "client/platform/disk.hpp"
#include "client/platform/offline.hpp"
#include "client/screens/all.hpp"
#include "client/screens/parts.hpp"
#include "client/widgets/controls.hpp"
#include "client/widgets/layout.hpp"
#include "client/widgets/words.hpp"

namespace {

void pair(std::string_view label, std::string_view value) {
    widgets::Line line({.gap = 12});
    widgets::text(label, widgets::second_text);
    widgets::text(value);
}

void draw_machine(App& app) {
    const device::Enrolment& enrolment = *app.desk().find_enrolment();
    const widgets::Card      card("machine", {.title = "本机"});
    pair("单位", enrolment.unit.name);
    pair("本机名称", enrolment.device);
    pair("密钥编号", enrolment.kid.text());
    pair("服务器密钥", envelope::key_id(enrolment.server_key).text());
}

void draw_program(App& app) {
    const widgets::Card card("program", {.title = "程序"});
    switch (platform::offline::readiness()) {
    case platform::offline::Readiness::ready:
        widgets::text("程序已保存在本机，没有网络也能打开。");
        break;
    case platform::offline::Readiness::fetching: widgets::text("正在把程序保存到本机…"); break;
    case platform::offline::Readiness::unavailable:
        widgets::notice("no_offline", widgets::Tone::attention,
                        "程序还没有保存到本机，没有网络时可能打不开。请在网络好时再打开一次。");
        break;
    }
    if (platform::offline::update_waiting()) {
        widgets::text("有新版本。更新不会影响已填写的内容。");
        if (widgets::button("update", "更新并重新打开", widgets::primary_button) &&
            !platform::offline::use_update())
            app.say("还有内容正在保存，请稍后再更新。");
    }
}

void draw_backup(App& app) {
    const widgets::Card card("backup", {.title = "备份"});
    widgets::text("把本机的全部内容（草稿、已签名的文件、回执）存为一个文件。");
    widgets::text("备份文件含本机的签名密钥，请像公章一样保管。",
                  {.size = widgets::type_size::small, .colour = widgets::colour::attention});
    widgets::gap(4);
    const widgets::Line line;
    if (widgets::button("backup", "保存备份文件")) app.download_rescue();
    draw_restore(app);
}

void draw_notice(App& app) {
    const notice::Package* package = app.desk().find_package();
    if (package == nullptr) return;
    const widgets::Card card("notice", {.title = "通知原文"});
    for (std::size_t at = 0; at < package->body.size();) {
        const std::size_t end = std::min(package->body.find('\n', at), package->body.size());
        widgets::text(std::string_view(package->body).substr(at, end - at));
        at = end + 1;
    }
}

} // namespace

void draw_settings(App& app) {
    widgets::heading("设置与备份", 1);
    widgets::Columns columns({widgets::share(1), widgets::share(1)});
    columns.next();
    draw_machine(app);
    draw_backup(app);
    draw_handover(app);
    draw_program(app);
    columns.next();
    draw_notice(app);
}
