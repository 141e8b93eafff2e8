#include "client/screens.hpp"

#include "client/app.hpp"
#include "client/screens/all.hpp"
#include "shared/base/check.hpp"

namespace {

int outbox_count(App& app) { return int(app.queued().size() + app.refused().size()); }
int receipt_count(App& app) { return int(app.receipts().size()); }

int review_count(App& app) { return app.reviews_waiting(); }

constexpr std::string_view everybody = "school city province";

constexpr Screen list[] = {
    // id, key, title, group, roles, draw, count, the count waits for somebody
    {ScreenId::home, "home", "首页", "", everybody, draw_home, nullptr},
    {ScreenId::form_list, "form_list", "", "", "school", draw_form_list, nullptr},
    {ScreenId::form_paper, "form_paper", "", "", "school", draw_form_paper_screen, nullptr},
    {ScreenId::ledger, "ledger", "指标台账", "", "school", draw_ledger, nullptr},
    {ScreenId::review_queue, "review_queue", "审核", "", "city province", draw_review_queue,
     review_count, true},
    {ScreenId::review_file, "review_file", "", "", "city province", draw_review_file, nullptr},
    {ScreenId::outbox, "outbox", "待同步", "往来", everybody, draw_outbox, outbox_count, true},
    {ScreenId::receipts, "receipts", "回执", "", everybody, draw_receipts, receipt_count},
    {ScreenId::tables, "tables", "申报汇总", "数据", "city province", draw_tables, nullptr},
    {ScreenId::units, "units", "单位与设备", "管理", "city province", draw_units, nullptr},
    {ScreenId::extensions, "extensions", "延期", "", "city province", draw_extensions, nullptr},
    {ScreenId::announcements, "announcements", "通知公告", "", "province",
     draw_announcement_screen, nullptr},
    {ScreenId::settings, "settings", "设置与备份", "本机", everybody, draw_settings, nullptr},
};

} // namespace

std::span<const Screen> screens() { return list; }

const Screen& screen_of(ScreenId id) {
    for (const Screen& screen : list)
        if (screen.id == id) return screen;
    SHENBAO_CHECK(!"every id is in the list");
    return list[0];
}
