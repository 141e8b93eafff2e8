// Extensions: for one unit, a kind of unit or a city, an envelope for each unit; and a text to
// remind those who have not filed.
#include "client/platform/browser.hpp"
#include "client/screens/all.hpp"
#include "client/screens/offices.hpp"
#include "client/screens/parts.hpp"
#include "client/texts/words.hpp"
#include "client/widgets/controls.hpp"
#include "client/widgets/dialog.hpp"
#include "client/widgets/fields.hpp"
#include "client/widgets/layout.hpp"
#include "client/widgets/table.hpp"
#include "shared/base/csv.hpp"
#include "shared/base/text.hpp"
#include "shared/base/typed_date.hpp"

#include <algorithm>
#include <map>

namespace {

struct Window {
    const notice::Form*   form;
    const notice::Window* window;
    std::string           name;
};

std::string window_words(App& app, const notice::Form& form, const base::Period& period) {
    return form.short_title + "　" + period_words(&app.package_of(form), period);
}

// Of every notice: what an earlier one asked for may be late, too.
std::vector<Window> all_windows(App& app) {
    std::vector<Window> list;
    for (const notice::Package* package : app.packages())
        for (const notice::Form& form : package->forms)
            for (const notice::Window& window : form.windows)
                if (!window.always &&
                    std::none_of(list.begin(), list.end(), [&](const Window& one) {
                        return one.form->id == form.id && one.window->period == window.period;
                    }))
                    list.push_back({&form, &window, window_words(app, form, window.period)});
    return list;
}

// Whom it is for: a unit's id, or those of a kind or a city who file the form.
std::vector<const envelope::UnitEntry*> meant(App& app, const notice::Form& form,
                                              const std::string& whom) {
    std::vector<const envelope::UnitEntry*> list;
    for (const envelope::UnitEntry& unit : app.desk().units())
        if (app.package_of(form).files(form, unit.kind) && !whom.empty() &&
            (whom == "k" + unit.kind || whom == "c" + unit.city || whom == "u" + unit.unit.text()))
            list.push_back(&unit);
    return list;
}

std::string& typed(App& app, const char* field) {
    return app.visit_memory(std::string("extend/") + field);
}

void choose_whom(App& app, const notice::Form& form) {
    const notice::Package&           package = app.package_of(form);
    std::vector<widgets::Suggestion> all;
    for (const notice::UnitKind& kind : package.unit_kinds)
        if (package.files(form, kind.id))
            all.push_back({"k" + kind.id, "全部" + kind.name, ""});
    for (const std::string& city : cities(app)) all.push_back({"c" + city, city + "全部学校", ""});
    for (const envelope::UnitEntry& unit : app.desk().units())
        if (package.files(form, unit.kind))
            all.push_back({"u" + unit.unit.text(), unit.name, unit.city});
    choose_by_search("单位", all, typed(app, "whom_typed"), typed(app, "whom"));
}

// What is said to each unit of its own time: the window's end, or until when it was extended.
std::map<base::UnitId, base::Time> extended_until(App& app, const notice::Form& form,
                                                  const base::Period& period) {
    std::map<base::UnitId, std::pair<base::Time, base::Time>> newest; // Received, until.
    for (const protocol::ExtensionInfo& one : app.extensions()) {
        if (one.extension.form != form.id || one.extension.period != period) continue;
        auto& kept = newest[one.extension.for_unit];
        if (kept.first <= one.received_at) kept = {one.received_at, one.extension.until};
    }
    std::map<base::UnitId, base::Time> until;
    for (const auto& [unit, times] : newest) until.emplace(unit, base::first_late(times.second));
    return until;
}

// To whom an extension to the end of the day gives more time: of a group, and of what comes with
// another form, not to those who have as much already.
std::vector<const envelope::UnitEntry*> gaining(App& app, const Window& window,
                                                const std::string& whom, base::Date day) {
    auto       list = meant(app, *window.form, whom);
    const auto until = extended_until(app, *window.form, window.window->period);
    std::erase_if(list, [&](const envelope::UnitEntry* unit) {
        const auto own = until.find(unit->unit);
        return std::max(window.window->closes_at(),
                        own == until.end() ? base::Time{} : own->second) >= base::end_of(day);
    });
    return list;
}

// A form's window and those for whom it is extended.
struct Grant {
    const Window*                           window;
    std::vector<const envelope::UnitEntry*> units;
};

// Other forms of the same period, for as many of these units as file them and would have less time:
// whoever is late with one is late with them, and what is made from it is otherwise due before it.
std::vector<Grant> choose_companions(App& app, const std::vector<Window>& all,
                                     const Window& window, const std::string& whom,
                                     base::Date day) {
    std::vector<Grant> grants;
    for (const Window& one : all) {
        if (one.form == window.form || one.window->period != window.window->period ||
            &app.package_of(*one.form) != &app.package_of(*window.form))
            continue;
        auto units = gaining(app, one, whom, day);
        if (units.empty()) continue;
        std::string& alone = app.visit_memory("extend/alone/" + one.name);
        bool         with = alone.empty();
        if (widgets::checkbox(one.name, one.name + "也延到这一天", with)) alone = with ? "" : "1";
        if (with) grants.push_back({&one, std::move(units)});
    }
    return grants;
}

void draw_granting(App& app) {
    const widgets::Card       card("grant", {.title = "延期"});
    const std::vector<Window> all = all_windows(app);
    if (all.empty()) return;
    std::vector<std::string> names;
    int                      chosen = 0;
    for (const Window& one : all) {
        if (one.name == typed(app, "window")) chosen = int(names.size());
        names.push_back(one.name);
    }
    if (widgets::select("window", names, chosen, {.label = "报表"}))
        typed(app, "window") = names[std::size_t(chosen)];
    const Window& window = all[std::size_t(chosen)];
    choose_whom(app, *window.form);
    std::string&      wrong = typed(app, "wrong");
    const std::string hint =
        "原截止 " + base::to_iso(window.window->closes) + "；最后一天算到24:00";
    widgets::text_field("until", typed(app, "until"),
                        {.label = "延到哪天",
                         .hint = hint,
                         .error = wrong});
    widgets::text_field("reason", typed(app, "reason"), {.label = "原因"});
    const auto         day = base::read_typed_date(typed(app, "until"));
    const std::string& whom = typed(app, "whom");
    std::vector<Grant> grants = {{&window, !day || whom.starts_with('u')
                                               ? meant(app, *window.form, whom)
                                               : gaining(app, window, whom, *day)}};
    if (day)
        for (Grant& one : choose_companions(app, all, window, whom, *day))
            grants.push_back(std::move(one));
    const auto&       units = grants.front().units;
    const std::string count = std::to_string(units.size());
    if (widgets::button("sign", "为 " + count + " 个单位签名延期",
                        {.kind = widgets::ButtonKind::primary,
                         .off_because = !units.empty() ? ""
                                        : whom.empty() ? "请先选择单位。"
                                                       : "这些单位的截止时间已经不早于这一天。"})) {
        wrong = !day                                ? "日期应写作 2023-04-10"
                : *day < window.window->closes      ? "应晚于原来的截止日"
                : typed(app, "reason").empty()      ? "请填写原因"
                                                    : "";
        if (wrong.empty()) typed(app, "ask") = "1";
    }
    if (typed(app, "ask").empty()) return;
    std::vector<std::string> named;
    for (const envelope::UnitEntry* unit : units) named.push_back(unit->name);
    std::string forms;
    std::size_t signing = 0;
    for (const Grant& grant : grants) {
        forms += (forms.empty() ? "" : "，") + grant.window->name;
        signing += grant.units.size();
    }
    const auto answer = widgets::ask(
        "ask", {.title = "为 " + count + " 个单位延期？",
                .words = names_of(named) + "：" + forms + "，延到 " +
                         (day ? base::to_iso(*day) : std::string()) + " 24:00。",
                .yes = "签名"});
    if (answer == widgets::Answer::none) return;
    typed(app, "ask").clear();
    if (answer == widgets::Answer::no || !day) return;
    const base::Time until{base::end_of(*day).microseconds - 1};
    for (const Grant& grant : grants) {
        for (const envelope::UnitEntry* unit : grant.units)
            if (!issue(app,
                       envelope::Extension{unit->unit, grant.window->form->id,
                                           grant.window->window->period, until,
                                           typed(app, "reason")},
                       "延期：" + unit->name + "　" + grant.window->name))
                return;
        app.visit_memory("extend/alone/" + grant.window->name).clear();
    }
    // What is signed is not signed twice by another press.
    typed(app, "until").clear();
    app.say("已签名 " + std::to_string(signing) + " 份延期，在“待同步”里，同步后生效");
}

void draw_granted(App& app) {
    const widgets::Card card("granted", {.title = "已延期"});
    const auto          all = app.extensions(); // A copy: what is issued below makes it anew.
    if (all.empty()) return widgets::text("还没有延期。", widgets::second_text);
    const std::vector<Window> windows = all_windows(app);
    for (const protocol::ExtensionInfo& one : all) {
        const envelope::Extension& act = one.extension;
        const auto                 found =
            std::find_if(windows.begin(), windows.end(), [&](const Window& known) {
                return known.form->id == act.form && known.window->period == act.period;
            });
        if (found == windows.end()) continue;
        const base::Time     own_end{found->window->closes_at().microseconds - 1};
        const bool           over = act.until <= own_end;
        const widgets::Scope scope(one.id.text());
        if (&one != &all.front()) widgets::separator();
        widgets::text(unit_words(app, act.for_unit), widgets::bold_text);
        widgets::text(found->name + "　" +
                      (over ? "已收回" : "延到 " + base::clerk_date(base::date_of(act.until))));
        widgets::Line line;
        widgets::text(act.reason, widgets::second_text);
        line.push_right();
        // Only who grants takes back.
        if (!over && is_province(app) &&
            widgets::button("back", "收回", {.size = widgets::ButtonSize::small}))
            typed(app, "back") = one.id.text();
        if (typed(app, "back") != one.id.text()) continue;
        const auto answer = widgets::ask(
            "ask", {.title = "收回“" + unit_words(app, act.for_unit) + "”的延期？",
                    .words = found->name + "回到原来的截止时间。已在延期内送达的仍然有效。",
                    .yes = "收回",
                    .dangerous = true});
        if (answer == widgets::Answer::yes)
            issue(app, envelope::Extension{act.for_unit, act.form, act.period, own_end, "收回延期"},
                  "收回延期：" + unit_words(app, act.for_unit) + "　" + found->name);
        if (answer != widgets::Answer::none) typed(app, "back").clear();
    }
}

} // namespace

void choose_by_search(std::string_view label, const std::vector<widgets::Suggestion>& all,
                      std::string& text, std::string& chosen) {
    const auto now = std::find_if(all.begin(), all.end(),
                                  [&](const auto& one) { return one.id == chosen; });
    // What has been chosen can be changed to anything, so its name does not narrow the list.
    const bool whole = now != all.end() && now->title == text;
    std::vector<widgets::Suggestion> found;
    for (const widgets::Suggestion& one : all)
        if (whole || base::has_parts(one.title + "\n" + one.detail, text)) found.push_back(one);
    constexpr std::size_t shown_max = 50;
    if (found.size() > shown_max) found.resize(shown_max);
    const widgets::Searched searched = widgets::search_box(
        "whom", text, found,
        {.label = label, .hint = "输入名称的任一部分；也可选一类学校或一个市",
         .placeholder = "查找单位"});
    if (searched.chosen) {
        const widgets::Suggestion& one = found[std::size_t(*searched.chosen)];
        chosen = one.id;
        text = one.title;
    } else if (searched.edited.changed) {
        chosen.clear(); // Another text names nobody until one is chosen.
    }
}

void draw_extensions(App& app) {
    widgets::heading("延期", 1);
    widgets::Columns columns({widgets::share(1), widgets::fixed(330)});
    columns.next();
    if (is_province(app)) draw_granting(app);
    draw_granted(app);
    columns.next();
    draw_sync_card(app);
}

namespace {

std::string due_words(App& app, base::Time closes) {
    const std::string day = texts::closing_words(closes) + "（北京时间）";
    return app.now() < closes ? "截止 " + day + "，请尽快填报并同步"
                              : "已于 " + day + " 截止，请尽快补报，并写明逾期的原因";
}

// A school that is to be reminded, and of what.
struct Reminder {
    base::UnitId unit;
    std::string  name, city, due;
};

// The form as the notice has it that knows the period: an earlier one's is named by its own words.
const notice::Form& form_with(App& app, const notice::Form& form, const base::Period& period) {
    for (const notice::Package* package : app.packages())
        if (const notice::Form* found = package->find_form(form.id);
            found != nullptr && found->find_window(period) != nullptr)
            return *found;
    return form;
}

// Those from whom nothing has come; what came late waits for the province and not for its school.
std::vector<Reminder> missing_ones(App& app, const notice::Form& form, const base::Period& period,
                                   const base::Json& rows) {
    const notice::Window* window = form.find_window(period);
    const bool            timed = window != nullptr && !window->always;
    const auto            extended = extended_until(app, form, period);
    std::vector<Reminder> list;
    for (const base::Json& row : rows) {
        const auto cell = [&](const char* name) { return row.value(name, std::string()); };
        const auto timing = row.find("timing");
        if (timing != row.end() && timing->is_string()) continue;
        Reminder& one = list.emplace_back();
        one = {base::UnitId(cell("school_code")), cell("school_name"), cell("city"),
               "请尽快填报并同步"};
        if (!timed) continue;
        const auto own = extended.find(one.unit);
        one.due = due_words(app, own == extended.end() ? window->closes_at() : own->second);
    }
    return list;
}

// Those who were asked to change something and have not sent it again.
std::vector<Reminder> returned_ones(App& app, const notice::Form& form,
                                    const base::Period& period) {
    std::vector<Reminder> list;
    for (const device::QueueRow& row : app.review_rows())
        if (row.form == form.id && row.period == period &&
            row.state.stage == review::Stage::returned)
            list.push_back({row.unit, row.unit_name, row.city,
                            !row.due               ? "请尽快修改报送"
                            : app.now() < *row.due ? texts::mend_by_words(*row.due)
                                                   : "修改期限已过，请尽快修改报送"});
    return list;
}

// Shows what is said to these, and adds it to the text that can be copied.
void draw_reminders(const std::string& head, const std::vector<Reminder>& list,
                    std::string& text) {
    if (list.empty()) return;
    std::map<std::string, std::string> names; // By what is said of the time.
    for (const Reminder& one : list) {
        std::string& group = names[one.due];
        // A school with several of them is named once.
        if (("、" + group + "、").find("、" + one.name + "、") == std::string::npos)
            group += (group.empty() ? "" : "、") + one.name;
    }
    widgets::text(head);
    text += (text.empty() ? "" : "\n") + head;
    for (const auto& [due, units] : names) {
        const std::string words = due + "：" + units + "。";
        widgets::text(words);
        text += "\n" + words;
    }
}

// A line of the list for each of them.
std::string csv_lines(App& app, const std::string& what, const std::vector<Reminder>& list) {
    std::string lines;
    for (const Reminder& one : list)
        lines += base::csv_cell(one.name) + "," + base::csv_cell(one.city) + "," +
                 base::csv_cell(app.desk().reviews().phone_of(one.unit)) + "," +
                 base::csv_cell(what + "，" + one.due + "。") + "\r\n";
    return lines;
}

} // namespace

void draw_chase(App& app, const notice::Form& newest, const base::Period& period,
                const base::Json& rows) {
    const notice::Form& form = form_with(app, newest, period);
    const notice::Window* window = form.find_window(period);
    if (window != nullptr && !window->always && app.now() < window->opens_at()) {
        const widgets::Card card("chase", {.title = "催报"});
        return widgets::text(window_words(app, form, period) + "从" +
                                 base::clerk_day(window->opens) + "开始接收，还不用催。",
                             widgets::second_text);
    }
    const auto          missing = missing_ones(app, form, period, rows);
    const auto          returned = returned_ones(app, form, period);
    if (missing.empty() && returned.empty()) return;
    const widgets::Card card("chase", {.title = "催报"});
    const std::string   what = window_words(app, form, period);
    std::string         text;
    draw_reminders("【催报】以下学校还没有报送" + what + "。", missing, text);
    draw_reminders("【催报】以下学校的" + what + "已退回修改，还没有重新报送。", returned, text);
    const widgets::Line line;
    if (widgets::button("copy", "复制文字")) {
        platform::copy_text(text);
        app.say("已复制，可以粘贴到工作群");
    }
    if (widgets::button("sms", "下载短信名单"))
        app.download("短信名单.csv", "text/csv",
                     std::string(base::csv_mark) + "单位,市,联系电话,内容\r\n" +
                         csv_lines(app, "还没有收到" + what, missing) +
                         csv_lines(app, what + "已退回修改，还没有重新报送", returned));
}
