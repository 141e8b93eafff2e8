// Machines of a unit and the codes that enrol them: given, printed for many at once, made void, and
// machines that may speak no more. A bureau does so for its own schools, the province for all.
#include "client/platform/browser.hpp"
#include "client/screens/offices.hpp"
#include "client/screens/parts.hpp"
#include "client/widgets/controls.hpp"
#include "client/widgets/dialog.hpp"
#include "client/widgets/layout.hpp"
#include "shared/base/text.hpp"
#include "shared/protocol/slips.hpp"

#include <algorithm>

using envelope::UnitEntry;

namespace {

// What stands open on this visit.
std::string& visit(App& app, const char* name) {
    return app.visit_memory(std::string("devices/") + name);
}

// Not empty while the server has been asked about codes and has not answered: nothing else is asked
// meanwhile, so that no answer overtakes another. It outlives the visit.
std::string& waiting(App& app) { return app.memory("devices/waiting"); }

// Not empty when the lists could not be read on this visit.
std::string& unread(App& app) { return visit(app, "unread"); }

const char* why_not(App& app) {
    if (!platform::online()) return "登记码需要联网。";
    return waiting(app).empty() ? "" : "正在等服务器的回答。";
}

// Whether this office gives codes to the unit and stops its devices.
bool keeps(App& app, const UnitEntry& unit) {
    return is_province(app) || unit.review_by == app.desk().find_enrolment()->unit.unit;
}

void keep_list(App& app, std::string_view name, const base::Result<std::string>& body) {
    if (!body) unread(app) = "1";
    else if (app.desk().kept(name) != *body) app.tell(app.desk().keep_list(name, *body));
}

void read_lists(App& app) {
    visit(app, "read") = "1";
    unread(app).clear();
    waiting(app) = "1";
    app.courier().read("/codes", [&app](base::Result<std::string> codes) {
        keep_list(app, "codes", codes);
        app.courier().read("/devices", [&app](base::Result<std::string> devices) {
            keep_list(app, "devices", devices);
            waiting(app).clear();
            platform::request_frame();
        });
    });
}

// Asks for something about codes and reads the lists again, whatever came: an answer that was lost
// may have been given.
void ask_about_codes(App& app, std::string path, std::string body,
                     std::function<void(const base::Result<std::string>&)> answered) {
    waiting(app) = "1";
    app.courier().ask(std::move(path), std::move(body),
                      [&app, answered = std::move(answered)](base::Result<std::string> answer) {
        answered(answer);
        read_lists(app);
    });
}

// A slip with a new code for each of them, to be handed out.
void print_slips(App& app, const std::vector<base::UnitId>& units) {
    ask_about_codes(app, "/codes/slips", protocol::write_slips_request(units),
                    [&app, count = units.size()](const base::Result<std::string>& document) {
        if (!document)
            return app.say("没有收到登记码单。登记码可能已经生成，请看“有未用登记码的”，不要的请作废。");
        platform::print_html(*document);
        app.say("已生成 " + std::to_string(count) + " 个登记码");
    });
}

// The code that was made on this visit for this unit.
void draw_made_code(App& app) {
    const std::string& code = visit(app, "code");
    const auto         expires_at = base::parse_rfc3339(visit(app, "expires"));
    widgets::figure(code, "登记码");
    widgets::text("只显示这一次，限一台设备，" +
                      base::clerk_date(base::date_of(expires_at.value_or(base::Time{}))) +
                      "前有效。",
                  widgets::second_text);
    const widgets::Line line;
    if (widgets::button("copy", "复制")) {
        platform::copy_text(code);
        app.say("已复制登记码");
    }
    const std::string& slip = visit(app, "slip");
    if (widgets::button("print", "打印", {.off_because = slip.empty() ? "服务器没有给出单子" : ""}))
        platform::print_html(slip);
}

// Codes that were given out, or lost, and not used yet.
void draw_open_codes(App& app, const UnitEntry& unit) {
    std::string& asked = visit(app, "expire"); // The unit's id.
    if (app.codes() == nullptr) return;
    int        count = 0;
    base::Time last{};
    for (const protocol::OpenCode& code : *app.codes())
        if (code.unit == unit.unit) {
            ++count;
            last = std::max(last, code.expires_at);
        }
    if (count == 0) return asked.clear();
    widgets::Line line;
    widgets::text("未用的登记码 " + std::to_string(count) + " 个，最迟 " +
                      base::clerk_date(base::date_of(last)) + "前有效",
                  widgets::second_text);
    line.push_right();
    if (widgets::button("expire", "作废",
                        {.size = widgets::ButtonSize::small,
                         .off_because = why_not(app),
                         .name = "作废未用的登记码"}))
        asked = unit.unit.text();
    if (asked != unit.unit.text()) return;
    const auto answer = widgets::ask(
        "ask_expire", {.title = "作废这 " + std::to_string(count) + " 个未用的登记码？",
                       .words = unit.name + "还没有用它登记的人要重新领取。已登记的设备不受影响。",
                       .yes = "作废",
                       .dangerous = true});
    if (answer == widgets::Answer::yes)
        ask_about_codes(app, "/codes/expire", protocol::write_code_request(unit.unit),
                        [&app, about = unit.unit](const base::Result<std::string>& body) {
            const auto expired = answered(app, body, protocol::read_expired_codes);
            if (!expired) return;
            app.say("已作废 " + std::to_string(*expired) + " 个登记码");
            if (visit(app, "code_of") == about.text()) visit(app, "code_of").clear();
        });
    if (answer != widgets::Answer::none) asked.clear();
}

} // namespace

void keep_devices_fresh(App& app) {
    if (app.courier().running()) visit(app, "read").clear(); // A sync may change them.
    else if (visit(app, "read").empty() && waiting(app).empty() && platform::online())
        read_lists(app);
}

std::set<base::UnitId> units_with_device(App& app) {
    std::set<base::UnitId> units;
    for (const protocol::DeviceInfo& device : app.devices())
        if (!device.revoked) units.insert(device.unit);
    return units;
}

std::set<base::UnitId> units_with_code(App& app) {
    std::set<base::UnitId> units;
    if (app.codes() != nullptr)
        for (const protocol::OpenCode& code : *app.codes()) units.insert(code.unit);
    return units;
}

void draw_unread(App& app) {
    if (!unread(app).empty() || app.codes() == nullptr)
        widgets::text("没有读到最新的设备和登记码，名单可能不全。", {.colour = widgets::colour::attention});
}

void draw_slips_button(App& app, const std::vector<const UnitEntry*>& shown) {
    const auto count = std::size_t(std::count_if(
        shown.begin(), shown.end(), [&](const UnitEntry* unit) { return keeps(app, *unit); }));
    if (count == 0) return;
    std::string&      asked = visit(app, "slips"); // The units' ids, as they were listed.
    const std::string many =
        "一次最多打印 " + std::to_string(protocol::slips_max) + " 张，请先查找一部分单位。";
    if (widgets::button("slips", "打印 " + std::to_string(count) + " 张登记码单",
                        {.off_because = count > protocol::slips_max ? many : why_not(app)}))
        for (const UnitEntry* unit : shown)
            if (keeps(app, *unit)) asked += unit->unit.text() + "\n";
    if (asked.empty()) return;
    std::vector<base::UnitId> units;
    for (const std::string& id : base::lines_of(asked)) units.emplace_back(id);
    const auto answer = widgets::ask(
        "ask_slips", {.title = "为 " + std::to_string(units.size()) + " 个单位各生成一个登记码？",
                      .words = "每个单位一页，随即打印。登记码只印在单子上，不再显示；没发出的可以作废。",
                      .yes = "生成并打印"});
    if (answer == widgets::Answer::yes) print_slips(app, units);
    if (answer != widgets::Answer::none) asked.clear();
}

void draw_codes(App& app, const UnitEntry& unit) {
    if (!keeps(app, unit)) return;
    // What was made here has been used since, or made void elsewhere: before it is drawn, for no
    // other frame need follow.
    if (std::string& code_of = visit(app, "code_of");
        code_of == unit.unit.text() && app.codes() != nullptr && waiting(app).empty() &&
        unread(app).empty() && units_with_code(app).count(unit.unit) == 0)
        code_of.clear();
    const bool made = visit(app, "code_of") == unit.unit.text();
    if (made) draw_made_code(app);
    if (widgets::button("code", made ? "再生成一个登记码" : "生成登记码",
                        {.off_because = why_not(app)}))
        ask_about_codes(app, "/codes", protocol::write_code_request(unit.unit),
                        [&app](const base::Result<std::string>& body) {
            const auto code = answered(app, body, protocol::read_new_code);
            if (!code) return;
            visit(app, "code_of") = code->unit.text();
            visit(app, "code") = code->code;
            visit(app, "slip") = protocol::read_slip(*body);
            visit(app, "expires") = base::to_rfc3339(code->expires_at);
        });
    draw_open_codes(app, unit);
}

void draw_devices(App& app, const UnitEntry& unit) {
    widgets::heading("设备", 3);
    const auto   all = app.devices(); // A copy: what is issued below makes the list anew.
    std::string& asked = visit(app, "revoke");
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
