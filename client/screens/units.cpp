// The roster: who is in it, what they were before. The province keeps it; what a bureau does for
// its own schools stands in devices.cpp.
#include "client/platform/browser.hpp"
#include "client/screens/all.hpp"
#include "client/screens/offices.hpp"
#include "client/screens/parts.hpp"
#include "client/widgets/controls.hpp"
#include "client/widgets/dialog.hpp"
#include "client/widgets/fields.hpp"
#include "client/widgets/layout.hpp"
#include "client/widgets/table.hpp"
#include "shared/base/text.hpp"
#include "shared/base/typed_date.hpp"

#include <algorithm>
#include <set>

using envelope::UnitEntry;

std::string kind_words(App& app, const std::string& kind) {
    const notice::Package*  package = app.desk().find_package();
    const notice::UnitKind* found = package == nullptr ? nullptr : package->find_unit_kind(kind);
    return found == nullptr ? kind : found->name;
}

std::string unit_words(App& app, const base::UnitId& unit, std::string_view otherwise) {
    for (const UnitEntry& one : app.desk().units())
        if (one.unit == unit) return one.name;
    return otherwise.empty() ? unit.text() : std::string(otherwise);
}

std::vector<std::string> cities(App& app) {
    std::vector<std::string> list;
    for (const UnitEntry& one : app.desk().units())
        if (!one.city.empty() && std::find(list.begin(), list.end(), one.city) == list.end())
            list.push_back(one.city);
    return list;
}

bool is_school_kind(App& app, const std::string& kind) {
    const notice::Package*  package = app.desk().find_package();
    const notice::UnitKind* found = package == nullptr ? nullptr : package->find_unit_kind(kind);
    return found != nullptr && found->role == "school";
}

bool issue(App& app, const envelope::Act& act, const std::string& words) {
    if (!app.tell(app.desk().issue(act, words))) return false;
    app.say(words + "　已签名，同步后生效");
    return true;
}

namespace {

// What is typed about the unit that is open.
std::string& typed(App& app, const char* field) {
    return app.visit_memory(std::string("unit/") + field);
}

void open_unit(App& app, const UnitEntry& unit) {
    typed(app, "open") = unit.unit.text();
    typed(app, "name") = unit.name;
    typed(app, "kind") = unit.kind;
    typed(app, "city") = unit.city;
    typed(app, "review_by") = unit.review_by ? unit.review_by->text() : "";
    typed(app, "from").clear();
    typed(app, "history").clear();
    typed(app, "wrong").clear();
}

bool matches(const UnitEntry& unit, const std::string& search) {
    return search.empty() ||
           base::has_parts(unit.name + "\n" + unit.city + "\n" + unit.unit.text(), search);
}

// A choice among names of which one is remembered by its id.
void choose(std::string_view id, const widgets::FieldLook& look,
            const std::vector<std::string>& ids, const std::vector<std::string>& names,
            std::string& value) {
    int chosen = int(std::find(ids.begin(), ids.end(), value) - ids.begin());
    if (chosen == int(ids.size())) chosen = -1;
    if (widgets::select(id, names, chosen, look)) value = ids[std::size_t(chosen)];
}

void draw_list(App& app) {
    std::string& search = app.visit_memory("units/search");
    std::string& shown = app.visit_memory("units/shown");
    {
        const widgets::Line line;
        widgets::text_field("search", search,
                            {.label = "查找", .placeholder = "单位名称、市或编号", .width = 320});
        choose("shown", {.label = "显示", .width = 220}, {"", "deviceless", "without", "open_code"},
               {"全部单位", "没有设备的", "没有设备和登记码的", "有未用登记码的"}, shown);
    }
    std::set<base::UnitId> with_device, with_code;
    if (!shown.empty()) {
        with_device = units_with_device(app);
        with_code = units_with_code(app);
        draw_unread(app);
    }
    std::vector<const UnitEntry*> found;
    for (const UnitEntry& unit : app.desk().units()) {
        const bool device = with_device.count(unit.unit) > 0, code = with_code.count(unit.unit) > 0;
        if (matches(unit, search) && (shown.empty() || (shown == "deviceless" && !device) ||
                                      (shown == "without" && !device && !code) ||
                                      (shown == "open_code" && code)))
            found.push_back(&unit);
    }
    {
        widgets::Line line;
        widgets::text("共 " + std::to_string(found.size()) + " 个单位", widgets::second_text);
        line.push_right();
        draw_slips_button(app, found);
    }
    widgets::Table table("units",
                         {{"单位", widgets::share(2)},
                          {"类别", widgets::share(1)},
                          {"市", widgets::fixed(100)}},
                         {.name = "单位"});
    table.rows(int(found.size()), [&](int index) {
        const UnitEntry& unit = *found[std::size_t(index)];
        table.row(unit.unit.text(), {.marked = unit.unit.text() == typed(app, "open")});
        {
            const auto cell = table.cell();
            if (widgets::link("open", unit.name)) open_unit(app, unit);
        }
        table.text(kind_words(app, unit.kind), widgets::second_text);
        table.text(unit.city, widgets::second_text);
    });
}

// Two lines for each time: what the unit was from when on, and who said so.
std::string history_lines(App& app, const protocol::UnitHistory& history) {
    std::string lines;
    for (const protocol::UnitHistory::Change& change : history.changes) {
        const UnitEntry& unit = change.unit;
        // What the first list says holds from ever on.
        lines += (unit.from->microseconds == 0 ? "最初"
                                               : base::to_iso(base::date_of(*unit.from)) + " 起") +
                 "　" + unit.name + "　" + kind_words(app, unit.kind) + "　" + unit.city;
        if (unit.review_by)
            lines += "　初审：" + unit_words(app, *unit.review_by, "其他教育局");
        lines += "\n第 " + std::to_string(change.index) + " 条记录　" +
                 (change.by.text() == "operator"
                      ? "系统管理员"
                      : unit_words(app, change.by, "省级主管部门") + machine_words(app, change.kid)) +
                 "\n";
    }
    return lines;
}

// Only the server keeps what a unit was before.
void draw_history(App& app, const UnitEntry& unit) {
    const std::string& lines = typed(app, "history");
    if (!lines.empty()) {
        widgets::heading("变更记录", 3);
        bool said = false; // The line before said what the unit was; this one who said so.
        for (const std::string& line : base::lines_of(lines)) {
            widgets::text(line, said ? widgets::second_text : widgets::TextLook{});
            said = !said;
        }
        return;
    }
    if (!widgets::button("history", "变更记录",
                         {.off_because = platform::online() ? "" : "查看变更记录需要联网。"}))
        return;
    app.courier().read("/units/" + unit.unit.text(),
                       [&app, asked = unit.unit](base::Result<std::string> body) {
        const auto history = answered(app, body, protocol::read_unit_history);
        if (history && typed(app, "open") == asked.text()) // Not another one by now.
            typed(app, "history") = history_lines(app, *history);
    });
}

void draw_edit(App& app, const UnitEntry* known) {
    std::vector<std::string> kinds, kind_names, offices{""}, office_names{"无（直接报省级）"};
    for (const notice::UnitKind& kind : app.desk().find_package()->unit_kinds) {
        kinds.push_back(kind.id);
        kind_names.push_back(kind.name);
    }
    for (const UnitEntry& one : app.desk().units())
        if (const auto* kind = app.desk().find_package()->find_unit_kind(one.kind);
            kind != nullptr && kind->role == "city") {
            offices.push_back(one.unit.text());
            office_names.push_back(one.name);
        }
    std::string& wrong = typed(app, "wrong"); // The field that is; empty: none so far.
    const auto   error = [&](std::string_view field, std::string_view words) {
        return wrong == field ? words : std::string_view();
    };
    // What is typed anew is not called wrong before it is looked at again.
    const auto field = [&](const char* id, const widgets::FieldLook& look) {
        if (widgets::text_field(id, typed(app, id), look) && wrong == id) wrong.clear();
    };
    if (known == nullptr)
        field("id", {.label = "编号", .error = error("id", "应为1到32个字母、数字或 . _ -")});
    field("name", {.label = "名称", .error = error("name", "请填写名称")});
    choose("kind", {.label = "类别", .error = error("kind", "请选择类别")}, kinds, kind_names,
           typed(app, "kind"));
    field("city", {.label = "所在市"});
    choose("review_by", {.label = "初审单位"}, offices, office_names, typed(app, "review_by"));
    field("from", {.label = "从哪天起", .hint = "如 2023-09-01；不填为立即",
                   .error = error("from", "日期应写作 2023-09-01")});
    if (!widgets::button("save", known == nullptr ? "新增" : "保存修改", widgets::primary_button))
        return;
    UnitEntry  entry;
    const auto id = base::parse_unit_id(known == nullptr ? typed(app, "id") : known->unit.text());
    const auto day = base::read_typed_date(typed(app, "from"));
    wrong = !id                                   ? "id"
            : typed(app, "name").empty()          ? "name"
            : typed(app, "kind").empty()          ? "kind"
            : !day && !typed(app, "from").empty() ? "from"
                                                  : "";
    if (!wrong.empty()) return;
    entry.unit = *id;
    entry.name = typed(app, "name");
    entry.kind = typed(app, "kind");
    entry.city = typed(app, "city");
    if (!typed(app, "review_by").empty()) entry.review_by = base::UnitId(typed(app, "review_by"));
    if (day) entry.from = base::start_of(*day);
    if (issue(app, entry, (known == nullptr ? "新增单位：" : "修改单位：") + entry.name))
        typed(app, "open").clear();
}

} // namespace

void draw_units(App& app) {
    keep_devices_fresh(app);
    {
        widgets::Line line;
        widgets::heading("单位与设备", 1);
        line.push_right();
        if (is_province(app) && widgets::button("add", "新增单位")) {
            open_unit(app, {});
            typed(app, "open") = "+";
        }
    }
    widgets::Columns columns({widgets::share(1), widgets::fixed(400)});
    columns.next();
    {
        const widgets::Card card("list", {.name = "单位"});
        draw_list(app);
    }
    columns.next();
    const std::string open = typed(app, "open");
    if (open == "+") {
        const widgets::Card card("new", {.title = "新增单位"});
        draw_edit(app, nullptr);
    }
    for (const UnitEntry& unit : app.desk().units()) {
        if (unit.unit.text() != open) continue;
        const UnitEntry     shown = unit; // A copy: what is issued below changes no list yet.
        const widgets::Card card("unit", {.title = shown.name});
        widgets::text(kind_words(app, shown.kind) + "　" + shown.city + "　" + shown.unit.text(),
                      widgets::second_text);
        if (shown.review_by)
            widgets::text("初审：" + unit_words(app, *shown.review_by), widgets::second_text);
        draw_codes(app, shown);
        draw_devices(app, shown);
        draw_history(app, shown);
        if (is_province(app)) {
            widgets::separator();
            draw_edit(app, &shown);
        }
        break;
    }
    draw_sync_card(app);
}
