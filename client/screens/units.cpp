// Units and devices: who is in the roster, codes for new machines, machines that may speak no more.
// The province keeps the roster; a bureau gives codes to its own schools.
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
#include "shared/protocol/slips.hpp"

#include <algorithm>

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
    typed(app, "code").clear();
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

// What the server answered; a fault is said at the foot of the page.
template <class Answer>
std::optional<Answer> answered(App& app, const base::Result<std::string>& body,
                               base::Result<Answer> (*read)(std::string_view)) {
    auto answer = body ? read(*body) : base::Result<Answer>(base::fail(body.error()));
    if (answer) return std::move(*answer);
    app.say(std::string(base::outcome_text(answer.error().outcome).sentence));
    return std::nullopt;
}

// Whether this office gives codes to the unit and stops its devices: a bureau to the schools that
// it reviews.
bool keeps(App& app, const UnitEntry& unit) {
    return is_province(app) || unit.review_by == app.desk().find_enrolment()->unit.unit;
}

const char* line_needed() { return platform::online() ? "" : "登记码和变更记录需要联网。"; }

// Codes that are still open are the server's to know: they are asked for when somebody looks at
// units, and after each change of theirs.
void read_codes(App& app) {
    typed(app, "codes") = "read";
    app.courier().read("/codes", [&app](base::Result<std::string> body) {
        if (body && app.desk().kept("codes") != *body) app.tell(app.desk().keep("codes", *body));
    });
}

std::size_t open_codes(App& app, const UnitEntry& unit) {
    return std::size_t(std::count_if(app.codes().begin(), app.codes().end(),
                                     [&](const auto& code) { return code.unit == unit.unit; }));
}

bool has_device(App& app, const UnitEntry& unit) {
    return std::any_of(app.devices().begin(), app.devices().end(), [&](const auto& device) {
        return device.unit == unit.unit && !device.revoked;
    });
}

// A slip with a new code for each of them, to be handed out.
void print_slips(App& app, const std::vector<base::UnitId>& units) {
    app.courier().ask("/codes/slips", protocol::write_slips_request(units),
                      [&app, count = units.size()](base::Result<std::string> body) {
        if (!body) {
            app.say(std::string(base::outcome_text(body.error().outcome).sentence));
            return;
        }
        platform::print_html(*body);
        app.say("已生成 " + std::to_string(count) + " 个登记码");
        read_codes(app);
    });
}

void draw_slips_button(App& app, const std::vector<const UnitEntry*>& shown) {
    std::vector<base::UnitId> units;
    for (const UnitEntry* unit : shown)
        if (keeps(app, *unit)) units.push_back(unit->unit);
    if (units.empty()) return;
    const std::string count = std::to_string(units.size());
    std::string&      asked = typed(app, "slips");
    if (widgets::button("slips", "打印 " + count + " 张登记码单", {.off_because = line_needed()}))
        asked = "1";
    if (asked.empty()) return;
    const auto answer = widgets::ask(
        "ask_slips", {.title = "为列出的 " + count + " 个单位各生成一个登记码？",
                      .words = "每个单位一页，随即打印。登记码只印在单子上，不再显示；没发出的可以作废。",
                      .yes = "生成并打印"});
    if (answer == widgets::Answer::yes) print_slips(app, units);
    if (answer != widgets::Answer::none) asked.clear();
}

void draw_list(App& app) {
    std::string& search = app.visit_memory("units/search");
    std::string& shown = app.visit_memory("units/shown");
    {
        const widgets::Line line;
        widgets::text_field("search", search,
                            {.label = "查找", .placeholder = "单位名称、市或编号", .width = 320});
        choose("shown", {.label = "显示", .width = 180}, {"", "deviceless", "open_code"},
               {"全部单位", "没有设备的", "有未用登记码的"}, shown);
    }
    std::vector<const UnitEntry*> found;
    for (const UnitEntry& unit : app.desk().units())
        if (matches(unit, search) &&
            (shown.empty() || (shown == "deviceless" ? !has_device(app, unit)
                                                     : open_codes(app, unit) > 0)))
            found.push_back(&unit);
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

// Codes that were given out, or lost, and not used yet.
void draw_open_codes(App& app, const UnitEntry& unit) {
    const std::size_t count = open_codes(app, unit);
    if (count == 0) return;
    base::Time last{};
    for (const protocol::OpenCode& code : app.codes())
        if (code.unit == unit.unit) last = std::max(last, code.expires_at);
    std::string& asked = typed(app, "expire");
    widgets::Line line;
    widgets::text("未用的登记码 " + std::to_string(count) + " 个，" +
                      base::clerk_date(base::date_of(last)) + "前有效",
                  widgets::second_text);
    line.push_right();
    if (widgets::button("expire", "作废",
                        {.size = widgets::ButtonSize::small,
                         .off_because = line_needed(),
                         .name = "作废未用的登记码"}))
        asked = "1";
    if (asked.empty()) return;
    const auto answer = widgets::ask(
        "ask_expire", {.title = "作废这 " + std::to_string(count) + " 个未用的登记码？",
                       .words = unit.name + "还没有用它登记的人要重新领取。已登记的设备不受影响。",
                       .yes = "作废",
                       .dangerous = true});
    if (answer == widgets::Answer::yes)
        app.courier().ask("/codes/expire", protocol::write_code_request(unit.unit),
                          [&app](base::Result<std::string> body) {
            const auto expired = answered(app, body, protocol::read_expired_codes);
            if (!expired) return;
            app.say("已作废 " + std::to_string(*expired) + " 个登记码");
            typed(app, "code").clear();
            read_codes(app);
        });
    if (answer != widgets::Answer::none) asked.clear();
}

void draw_code(App& app, const UnitEntry& unit) {
    const std::string code = typed(app, "code");
    if (code.empty()) {
        if (widgets::button("code", "生成登记码", {.off_because = line_needed()}))
            app.courier().ask("/codes", protocol::write_code_request(unit.unit),
                              [&app, unit](base::Result<std::string> body) {
                const auto made = answered(app, body, protocol::read_new_code);
                if (!made) return;
                read_codes(app);
                open_unit(app, unit);
                typed(app, "code") = made->code;
                typed(app, "slip") = protocol::read_slip(*body);
                typed(app, "expires") = base::to_rfc3339(made->expires_at);
            });
        return;
    }
    const auto       parsed = base::parse_rfc3339(typed(app, "expires"));
    const base::Time expires_at = parsed ? *parsed : base::Time{};
    widgets::figure(code, "登记码");
    widgets::text("只显示这一次，只能登记一台设备，" +
                      base::clerk_date(base::date_of(expires_at)) + "前有效。",
                  widgets::second_text);
    const widgets::Line line;
    if (widgets::button("copy", "复制")) {
        platform::copy_text(code);
        app.say("已复制登记码");
    }
    if (widgets::button("print", "打印",
                        {.off_because = typed(app, "slip").empty() ? "服务器没有给出单子" : ""}))
        platform::print_html(typed(app, "slip"));
}

void draw_devices(App& app, const UnitEntry& unit) {
    widgets::heading("设备", 3);
    const auto   all = app.devices(); // A copy: what is issued below makes the list anew.
    std::string& asked = typed(app, "revoke");
    bool         any = false;
    for (const protocol::DeviceInfo& one : all) {
        if (one.unit != unit.unit) continue;
        any = true;
        const widgets::Scope scope(one.kid.text());
        widgets::Line        line;
        widgets::text(one.device);
        widgets::text("登记 " + base::to_iso(base::date_of(app.shown_time(one.enrolled_at))) +
                          (one.seen_at ? "，最近 " + base::clerk_day(base::date_of(*one.seen_at))
                                       : std::string()),
                      widgets::second_text);
        line.push_right();
        if (one.revoked) widgets::badge("已停用", widgets::Tone::plain);
        else if (one.kid != app.desk().find_enrolment()->kid && keeps(app, unit) &&
                 widgets::button("revoke", "停用",
                                 {.size = widgets::ButtonSize::small, .name = "停用 " + one.device}))
            asked = one.kid.text();
        if (asked != one.kid.text()) continue;
        const auto answer = widgets::ask(
            "ask", {.title = "停用“" + one.device + "”？",
                    .words = "停用后这台设备不能再提交，也不能恢复；它已送达的申报不受影响。",
                    .yes = "停用",
                    .dangerous = true});
        if (answer == widgets::Answer::yes)
            issue(app, envelope::Revocation{one.kid, "停用"},
                  "停用设备：" + unit.name + "　" + one.device);
        if (answer != widgets::Answer::none) asked.clear();
    }
    if (!any) widgets::text("还没有登记的设备。", widgets::second_text);
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
    if (!widgets::button("history", "变更记录", {.off_because = line_needed()})) return;
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
    if (known == nullptr)
        widgets::text_field("id", typed(app, "id"),
                            {.label = "编号", .error = error("id", "应为1到32个字母、数字或 . _ -")});
    widgets::text_field("name", typed(app, "name"),
                        {.label = "名称", .error = error("name", "请填写名称")});
    choose("kind", {.label = "类别", .error = error("kind", "请选择类别")}, kinds, kind_names,
           typed(app, "kind"));
    widgets::text_field("city", typed(app, "city"), {.label = "所在市"});
    choose("review_by", {.label = "初审单位"}, offices, office_names, typed(app, "review_by"));
    widgets::text_field("from", typed(app, "from"),
                        {.label = "从哪天起", .hint = "如 2023-09-01；不填为立即",
                         .error = error("from", "日期应写作 2023-09-01")});
    if (!widgets::button("save", known == nullptr ? "新增" : "保存修改", widgets::primary_button))
        return;
    UnitEntry  entry;
    const auto id = base::parse_unit_id(known == nullptr ? typed(app, "id") : known->unit.text());
    const auto day = base::parse_date(typed(app, "from"));
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
    if (typed(app, "codes").empty() && platform::online()) read_codes(app);
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
        if (keeps(app, shown)) {
            draw_code(app, shown);
            draw_open_codes(app, shown);
        }
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
