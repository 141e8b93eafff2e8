// Announcements: the province writes them, every home shows them until they are read.
#include "client/screens/all.hpp"
#include "client/screens/offices.hpp"
#include "client/screens/parts.hpp"
#include "client/widgets/controls.hpp"
#include "client/widgets/fields.hpp"
#include "client/widgets/layout.hpp"
#include "shared/base/text.hpp"
#include "shared/base/typed_date.hpp"

namespace {

// "全部单位", "亳州市　中等职业学校"; "" of one that was kept without it.
std::string whom_words(App& app, const envelope::Announcement::Audience& to) {
    std::string words = to.city.value_or("");
    const auto  add = [&](const std::string& name) { words += (words.empty() ? "" : "　") + name; };
    if (to.kind && !to.kind->empty()) add(kind_words(app, *to.kind));
    if (to.unit) add(unit_words(app, *to.unit));
    return !words.empty() || to.kind ? words : "全部单位";
}

} // namespace

void draw_announcements(App& app) {
    for (const device::Announcement& one : app.desk().announcements()) {
        if (one.read) continue;
        const widgets::Scope scope(one.id.text());
        const widgets::Card  card("announcement", {.title = "通知公告"});
        widgets::text(one.text);
        const widgets::Line line;
        const std::string whom = whom_words(app, one.to);
        widgets::text("省级　" + base::clerk_day_minute(one.at) +
                          (whom.empty() ? "" : "　发给 " + whom),
                      widgets::second_text);
        if (widgets::button("read", "标为已读", {.size = widgets::ButtonSize::small}))
            app.tell(app.desk().mark_announcement_read(one.id));
    }
}

namespace {

void draw_writing(App& app) {
    const widgets::Card card("write", {.title = "写公告"});
    std::string& text = app.visit_memory("announce/text");
    std::string& until = app.visit_memory("announce/until");
    std::string& to = app.visit_memory("announce/to");
    std::string& wrong = app.visit_memory("announce/wrong");
    widgets::text_area("text", text, 4, {.label = "内容", .hint = "4到500字", .max_length = 500});
    std::string& named = app.visit_memory("announce/named");
    std::vector<widgets::Suggestion> all{{"a", "全部单位", ""}};
    for (const notice::UnitKind& kind : app.desk().find_package()->unit_kinds)
        all.push_back({"k" + kind.id, "全部" + kind.name, ""});
    for (const std::string& city : cities(app)) all.push_back({"c" + city, city + "全部单位", ""});
    for (const envelope::UnitEntry& unit : app.desk().units())
        all.push_back({"u" + unit.unit.text(), unit.name, unit.city});
    if (std::string& begun = app.visit_memory("announce/begun"); begun.empty()) {
        begun = "1";
        to = all.front().id;
        named = all.front().title;
    }
    choose_by_search("发给", all, named, to);
    widgets::text_field("until", until,
                        {.label = "显示到哪天", .hint = "如 2023-04-03", .error = wrong});
    if (!widgets::button("sign", "签名发布",
                         {.kind = widgets::ButtonKind::primary,
                          .off_because = to.empty() ? "请先选择发给谁。" : ""}))
        return;
    const auto        day = base::read_typed_date(until);
    const std::size_t length = base::character_count(text);
    wrong = length < 4 || length > 500 ? "内容应为4到500字"
            : !day                     ? "日期应写作 2023-04-03"
                                       : "";
    if (!wrong.empty()) return;
    envelope::Announcement act;
    act.text = text;
    act.until = base::Time{base::end_of(*day).microseconds - 1};
    if (to.starts_with('k')) act.to.kind = to.substr(1);
    if (to.starts_with('c')) act.to.city = to.substr(1);
    if (to.starts_with('u')) act.to.unit = base::UnitId(to.substr(1));
    if (issue(app, act, "公告：" + named)) text.clear();
}

} // namespace

void draw_announcement_screen(App& app) {
    widgets::heading("通知公告", 1);
    widgets::Columns columns({widgets::share(1), widgets::fixed(330)});
    columns.next();
    draw_writing(app);
    {
        const widgets::Card card("sent", {.title = "已发布"});
        const auto          all = app.desk().announcements();
        if (all.empty()) widgets::text("没有正在显示的公告。", widgets::second_text);
        for (const device::Announcement& one : all) {
            widgets::text(one.text);
            const std::string whom = whom_words(app, one.to);
            widgets::text((whom.empty() ? "" : "发给 " + whom + "，") +
                              base::clerk_day_minute(one.at) + " 送达，显示到 " +
                              base::clerk_date(base::date_of(one.until)),
                          widgets::second_text);
        }
    }
    columns.next();
    draw_sync_card(app);
}
