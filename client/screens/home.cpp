#include "client/app.hpp"
#include "client/screens/all.hpp"
#include "client/screens/offices.hpp"
#include "client/screens/parts.hpp"
#include "client/platform/browser.hpp"
#include "client/texts/words.hpp"
#include "client/widgets/controls.hpp"
#include "client/widgets/fields.hpp"
#include "client/widgets/layout.hpp"
#include "client/widgets/table.hpp"
#include "client/widgets/words.hpp"
#include "shared/base/text.hpp"

#include <algorithm>

namespace {

using Calendar = std::vector<Due>;

widgets::Sign sign_of(Due::State state) {
    switch (state) {
    case Due::State::nothing:
    case Due::State::drafting: return widgets::Sign::open;
    case Due::State::waiting: return widgets::Sign::waiting;
    case Due::State::done: return widgets::Sign::done;
    case Due::State::wrong: return widgets::Sign::wrong;
    }
    return widgets::Sign::open;
}

std::string_view sign_words(const Due& due) {
    if (due.state == Due::State::done) return "已完成";
    return due.word.empty() ? std::string_view("待办") : std::string_view(due.word);
}

// What is to be done with a form, in the order in which a clerk does it.
std::string task_words(const Due& due) {
    return (is_made(*due.form) ? "核对" : "填写") + form_name(*due.form);
}

std::string act_words(const Due& due, notice::Phase phase) {
    if (due.state == Due::State::done || due.state == Due::State::waiting) return "查看";
    if (due.state == Due::State::wrong) return "去修改";
    if (phase == notice::Phase::closed) return "去补报";
    return is_made(*due.form) ? "去核对" : "去填写";
}

struct Task {
    std::string_view id;
    widgets::Sign    sign;
    std::string_view sign_words, what, how;
    std::string      act = {}; // Empty: no button.
};

// One thing to do: a sign, what, how it stands, a button. True when the button was pressed.
bool draw_task(widgets::Table& table, const Task& task) {
    table.row(task.id);
    {
        const auto cell = table.cell();
        widgets::sign(task.sign, task.sign_words);
    }
    table.text(task.what);
    table.text(task.how, widgets::second_text);
    const auto cell = table.cell();
    return !task.act.empty() &&
           widgets::button("go", task.act, {.size = widgets::ButtonSize::small,
                                            .name = task.act + "：" + std::string(task.what)});
}

widgets::Table task_table(std::string_view name) {
    return widgets::Table("tasks",
                          {{"状态", widgets::fixed(34)},
                           {"事项", widgets::share(1)},
                           {"进展", widgets::share(1.5f)},
                           {"", widgets::fixed(118), widgets::Align::right}},
                          {.name = name, .row_height = 48, .width_min = 500,
                           .narrow = widgets::Narrow::stack, .head = widgets::Head::hidden});
}

// --- One period that is open now -----------------------------------------------------------------

// The closing time that the head of a card tells: the first of what is still to be done, else the
// last of all.
const Due& head_of(const Calendar& dues) {
    const Due *first = nullptr, *last = &dues.front();
    for (const Due& due : dues) {
        if (due.closes > last->closes) last = &due;
        if (due.state != Due::State::done && (first == nullptr || due.closes < first->closes))
            first = &due;
    }
    return first == nullptr ? *last : *first;
}

void draw_time(App& app, const Due& due) {
    const base::Time now = app.now(), opens = due.window->opens_at();
    const auto       hours = [](base::Time from, base::Time to) {
        return int((to.microseconds - from.microseconds) / 3600000000LL);
    };
    widgets::progress_bar("window", "填报时间",
                          std::min(hours(opens, now), hours(opens, due.closes)),
                          hours(opens, due.closes), texts::time_left(now, due.closes));
    widgets::text("填报时间 " + base::clerk_day(due.window->opens) + " 至 " +
                      base::clerk_day(notice::last_day_before(due.closes)) + "，今天是第 " +
                      std::to_string(hours(opens, now) / 24 + 1) + " 天",
                  widgets::second_text);
}

// "附件2盖章扫描件于 4月3日 24:00 前发送至 …": the mail is due with the form.
void draw_mail_lines(App& app, const Calendar& dues) {
    for (const Due& due : dues)
        if (due.form->mail) {
            const auto [words, again] =
                mail_words(app, *due.form, due.window->period, due.closes);
            if (again)
                widgets::notice("mail_" + due.form->id.text(), widgets::Tone::attention, words);
            else widgets::text(words, widgets::second_text);
        }
}

// Who looks at it afterwards, and when.
void draw_review_line(App& app, const notice::Package& package, const base::Period& period) {
    const notice::UnitKind* kind =
        package.find_unit_kind(app.desk().find_enrolment()->unit.kind);
    std::string words;
    for (const notice::ReviewWindow& window : package.review_windows) {
        const bool first = window.stage == "first_review";
        if (window.period != period || (first && (kind == nullptr || !kind->first_review)))
            continue;
        words += (words.empty() ? "提交后：" : "，") + std::string(first ? "市级初审 " : "省级审核 ") +
                 base::clerk_day(window.opens) + " 至 " + base::clerk_day(window.closes);
    }
    if (!words.empty()) widgets::text(words, widgets::second_text);
}

void draw_sending(App& app, widgets::Table& table, const Calendar& dues) {
    const base::Period& period = dues.front().window->period;
    int                 waiting = 0, arrived = 0, fresh = 0, reopened = 0;
    bool                all_there = true;
    std::string         wrong; // What stands against the rest.
    for (const device::OutboxItem& item : app.queued()) waiting += item.period == period;
    for (const Due& due : dues) {
        const Standing standing = standing_of(app.matters(due.form->id, period));
        arrived += standing.arrived;
        reopened += standing.reopened;
        fresh += standing.unsigned_filings - standing.reopened;
        all_there = all_there && due.state == Due::State::done;
        if (due.state == Due::State::wrong && standing.unsigned_filings == 0)
            wrong += "，" + due.form->short_title + due.word;
    }
    std::string how = arrived > 0 ? std::to_string(arrived) + " 份已送达" : "";
    if (waiting > 0) how = std::to_string(waiting) + " 份已签名，等待发送";
    else if (all_there) how += "，回执已保存";
    else if (arrived == 0) how = "签名后自动发送，也可按“一键同步”";
    else {
        if (reopened > 0)
            how += "，其中 " + std::to_string(reopened) + " 份正在修改，还没有重新签名";
        if (fresh > 0) how += "，另有 " + std::to_string(fresh) + " 份还没有签名";
    }
    if (waiting == 0 && arrived > 0) how += wrong;
    draw_task(table, {"send",
                      waiting > 0 ? widgets::Sign::waiting
                      : all_there ? widgets::Sign::done
                                  : widgets::Sign::open,
                      waiting > 0 ? "等待发送" : all_there ? "已完成" : "待办", "提交", how});
}

void draw_open_period(App& app, const Calendar& dues) {
    const Due&        head = head_of(dues);
    const std::string title =
        head.period->name + (head.period->kind == notice::Period::Kind::round ? "申报" : "报送");
    const widgets::Card card(head.period->id.text(), {.name = title});
    {
        widgets::Line line({.gap = 4});
        widgets::heading(title, 2);
        line.push_right();
        draw_closing(app, *head.window, head.closes, "已延期",
                     head.state == Due::State::done ? Countdown::hidden : Countdown::shown);
    }
    draw_time(app, head);
    {
        widgets::Table table = task_table(title);
        for (const Due& due : dues) {
            std::string how = due.words;
            if (due.closes != head.closes) how += "　截止 " + texts::closing_words(due.closes);
            const std::string what = task_words(due);
            if (draw_task(table, {due.form->id.text(), sign_of(due.state), sign_words(due), what,
                                  how, act_words(due, notice::Phase::open)}))
                app.open_form(due.form->id, due.window->period);
        }
        draw_sending(app, table, dues);
    }
    draw_mail_lines(app, dues);
    draw_review_line(app, *head.package, head.period->id);
}

// --- What waits, whatever its period -------------------------------------------------------------

void draw_refused(App& app) {
    if (app.refused().empty()) return;
    const widgets::Card card("refused", {.title = "未被接收"});
    widgets::Table      table = task_table("未被接收");
    for (const device::OutboxItem& item : app.refused()) {
        const std::string what = item_words(app, item);
        if (draw_task(table, {item.sha256.text(), widgets::Sign::wrong, "未被接收", what,
                              item.refusal ? std::string_view(item.refusal->detail) : "",
                              item.kind == "filing" ? "去修改" : "查看"}))
            app.go(ScreenId::outbox);
    }
}

// What a reviewer wants to have changed: why, and until when.
void draw_returned(App& app, const Calendar& calendar) {
    std::vector<device::Matter> returned;
    for (const Due& due : calendar)
        for (const device::Matter& matter : app.matters(due.form->id, due.window->period))
            if (is_sent_back(matter)) returned.push_back(matter);
    if (returned.empty()) return;
    const widgets::Card card("returned", {.title = "退回修改"});
    for (const device::Matter& matter : returned) {
        const envelope::Decision& said = matter.review->decision;
        const notice::Package*    package = app.desk().package_of(matter);
        const notice::Form*       form = package->find_form(matter.form);
        const device::Judgement*  judged = app.judgement(matter.root);
        if (form == nullptr || judged == nullptr) continue;
        const widgets::Scope scope(matter.root.text());
        const std::string    what =
            answers_words(app, *package, *form, matter.period, judged->answers);
        if (&matter != &returned.front()) widgets::separator();
        {
            widgets::Line line;
            widgets::sign(widgets::Sign::wrong, "退回修改");
            widgets::text(what);
            line.push_right();
            if (widgets::button("go", "去修改", {.size = widgets::ButtonSize::small,
                                                 .name = "去修改：" + what}))
                app.open_matter(matter);
        }
        // In full: it says what is to be done.
        widgets::text(std::string(said.stage == envelope::ReviewStage::first_review ? "市级" : "省级") +
                      "退回：" + said.reason);
        for (const envelope::Remark& remark : said.remarks)
            widgets::text(label_of(*form, remark.field) + "：" + remark.text,
                          widgets::second_text);
        if (said.due)
            widgets::text(texts::mend_by_words(*said.due),
                          {.weight = widgets::Weight::bold, .colour = widgets::colour::attention});
    }
}

// What reviewers have said last, so that nobody has to look for it.
void draw_reviewed(App& app, const Calendar& calendar) {
    constexpr std::size_t       shown_max = 5;
    std::vector<device::Matter> reviewed;
    for (const Due& due : calendar)
        for (const device::Matter& matter : app.matters(due.form->id, due.window->period))
            if (matter.review && !is_sent_back(matter) &&
                (device::counts(matter.state) || matter.state == device::MatterState::rejected))
                reviewed.push_back(matter);
    if (reviewed.empty()) return;
    std::stable_sort(reviewed.begin(), reviewed.end(), [](const auto& a, const auto& b) {
        return b.review->at < a.review->at;
    });
    const widgets::Card card("reviewed", {.title = "最近的审核意见"});
    widgets::Table      table("reviewed",
                              {{"时间", widgets::fixed(128)},
                               {"内容", widgets::share(1)},
                               {"结果", widgets::fixed(130)},
                               {"批准人数", widgets::fixed(96), widgets::Align::right},
                               {"", widgets::fixed(60), widgets::Align::right}},
                              {.name = "最近的审核意见", .width_min = 600,
                               .narrow = widgets::Narrow::stack});
    for (std::size_t i = 0; i < std::min(reviewed.size(), shown_max); ++i) {
        const device::Matter&    matter = reviewed[i];
        const notice::Package*   package = app.desk().package_of(matter);
        const notice::Form*      form = package->find_form(matter.form);
        const device::Judgement* judged = app.judgement(matter.root);
        if (form == nullptr || judged == nullptr) continue;
        const envelope::Decision& said = matter.review->decision;
        const std::string         what =
            answers_words(app, *package, *form, matter.period, judged->answers);
        table.row(matter.root.text());
        table.text(base::clerk_day_minute(matter.review->at));
        table.text(what);
        {
            const auto cell = table.cell();
            widgets::badge(texts::state_word(device::state_after(said)),
                           said.verdict == envelope::ReviewVerdict::pass ? widgets::Tone::done
                                                                         : widgets::Tone::wrong);
        }
        table.text(numbers_words(approved_numbers(app, matter)),
                   {.figures = widgets::Figures::tabular, .right = true});
        const auto cell = table.cell();
        if (widgets::link("open", "打开", {.name = "打开审核意见：" + what}))
            app.open_matter(matter);
    }
}

// What should have been sent by now. What was returned is not, before its own date.
void draw_overdue(App& app, const Calendar& calendar) {
    Calendar overdue;
    for (const Due& due : calendar)
        if (due.expected && due.state != Due::State::done && !due.arrived &&
            notice::phase_of(*due.window, due.closes, app.now()) == notice::Phase::closed &&
            !due.mends(app.now()))
            overdue.push_back(due);
    if (overdue.empty()) return;
    const widgets::Card card("overdue", {.title = "已过截止时间"});
    {
        widgets::Table table = task_table("已过截止时间");
        for (const Due& due : overdue) {
            const std::string what = form_name(*due.form) + "　" + due.period->name;
            const std::string how =
                "已于 " + texts::closing_words(due.closes) + " 截止，" + due.words;
            if (draw_task(table, {due.form->id.text() + due.window->period.text(),
                                  widgets::Sign::wrong, "逾期未报", what, how,
                                  act_words(due, notice::Phase::closed)}))
                app.open_form(due.form->id, due.window->period);
        }
    }
    widgets::text("之后送达的标为逾期补报，省级延期前不计入汇总。", widgets::second_text);
}

// Nothing is open: what comes next, and from when.
void draw_pause(App& app, const Calendar& calendar) {
    const widgets::Card card("pause", {.name = "当前没有要报送的内容"});
    std::string         words;
    bool                months = false;
    for (const notice::Form* form : app.forms())
        if (const auto off = month_off_of(app, *form)) {
            months = true;
            words += form_name(*form) + next_report_words(app, *off);
        }
    const Due* next = nullptr;
    for (const Due& due : calendar)
        if (notice::phase_of(*due.window, due.closes, app.now()) == notice::Phase::before &&
            (next == nullptr || due.window->opens < next->window->opens))
            next = &due;
    if (!months && next != nullptr)
        words = "下一项：" + next->period->name + form_name(*next->form) + "，" +
                base::clerk_day(next->window->opens) + " 开始。";
    widgets::empty_state(months ? "本月无需报送" : "当前没有要报送的内容",
                         words.empty() ? std::string("本年度的报送已经结束。") : words);
}

// --- The whole year ------------------------------------------------------------------------------

void draw_due_state(App& app, const Due& due) {
    const base::Time now = app.now();
    const auto       phase = notice::phase_of(*due.window, due.closes, now);
    if (due.late) return widgets::badge("逾期补报", widgets::Tone::attention);
    switch (due.state) {
    case Due::State::done: return widgets::badge(due.word, widgets::Tone::done);
    case Due::State::waiting: return widgets::badge(due.word, widgets::Tone::attention);
    case Due::State::wrong: return widgets::badge(due.word, widgets::Tone::wrong);
    case Due::State::nothing:
    case Due::State::drafting: break;
    }
    switch (phase) {
    case notice::Phase::before:
        return widgets::text(base::clerk_day(due.window->opens) + " 开始", widgets::second_text);
    case notice::Phase::open:
        return widgets::text(texts::time_left(now, due.closes),
                             {.size = widgets::type_size::small,
                              .weight = widgets::Weight::bold,
                              .colour = widgets::colour::attention});
    case notice::Phase::closed:
        if (due.mends(now)) return widgets::badge("退回修改", widgets::Tone::wrong);
        if (due.expected && !due.arrived)
            return widgets::badge("逾期未报", widgets::Tone::wrong);
        return widgets::text("未填报", widgets::second_text);
    case notice::Phase::always: return widgets::text("随时可报", widgets::second_text);
    }
}

// "周六", "清明节", while it still matters; "" on working days.
std::string ahead_day_off(App& app, const Due& due) {
    return due.window->always || app.now() >= due.closes
               ? std::string()
               : notice::day_off(*due.package, notice::last_day_before(due.closes));
}

void draw_calendar_row(App& app, const Due& due, bool marks, widgets::Table& table) {
    const bool           always = due.window->always;
    const bool           over = !always && app.now() >= due.closes;
    const widgets::TextLook look{.colour = over ? widgets::colour::second
                                                : widgets::colour::text};
    table.row(due.form->id.text() + due.window->period.text());
    {
        const auto        cell = table.cell();
        const std::string name = due.period->name + "　" + due.form->short_title;
        if (widgets::link("open", name)) app.open_form(due.form->id, due.window->period);
    }
    table.text(always ? std::string("全年")
                      : base::clerk_day(due.window->opens) + " 至 " +
                            texts::closing_words(due.closes),
               look);
    if (marks) {
        const auto cell = table.cell();
        if (due.extended()) widgets::badge("已延期", widgets::Tone::info);
        const std::string off = ahead_day_off(app, due);
        if (!off.empty()) widgets::badge(off, widgets::Tone::attention);
    }
    const auto cell = table.cell();
    draw_due_state(app, due);
}

void draw_calendar(App& app, Calendar calendar) {
    const widgets::Card card("calendar", {.title = "全年日程"});
    widgets::text("时间为北京时间，最后一天算到 24:00。", widgets::second_text);
    for (const notice::Form* form : app.forms())
        if (const auto off = month_off_of(app, *form))
            widgets::text(form_name(*form) + "：本月（" + std::to_string(off->month.month) +
                              "月）无需报送，" + next_report_words(app, *off),
                          widgets::second_text);
    widgets::gap(4);
    std::vector<widgets::TableColumn> columns = {{"事项", widgets::share(1.2f)},
                                                 {"填报时间", widgets::share(1)},
                                                 {"状态", widgets::fixed(132)}};
    const bool marks = std::any_of(calendar.begin(), calendar.end(), [&](const Due& due) {
        return due.extended() || !ahead_day_off(app, due).empty();
    });
    if (marks)
        columns.insert(columns.end() - 1, {.title = "截止日", .width = widgets::fixed(132)});
    widgets::Table table("calendar", columns,
                         {.name = "全年日程", .width_min = 620, .narrow = widgets::Narrow::stack});
    for (const Due& due : calendar) draw_calendar_row(app, due, marks, table);
}

// --- The right side ------------------------------------------------------------------------------

// What the school declares in the round that matters now.
void draw_declared(App& app) {
    const notice::Package* package = app.desk().find_package();
    const notice::Form*    form =
        package == nullptr ? nullptr : package->find_serving(notice::Serves::declared);
    if (form == nullptr) return;
    const notice::Window* window = notice::opened_window(*form, app.now());
    if (window == nullptr) return;
    const notice::Period* period = package->find_period(window->period);
    const auto&           matters = app.matters(form->id, window->period);
    const Tally           tally = tally_of(app, *form, matters);
    const std::string     title = (period == nullptr ? "" : period->name) + "拟申报";
    const widgets::Card   card("mine", {.title = title});
    widgets::figure(base::grouped(tally.total), "人");
    widgets::text(std::to_string(standing_of(matters).filings) + " 张" + form->short_title +
                      (tally.left_out > 0 ? "，" + left_out_words(tally, *form) : ""),
                  widgets::second_text);
    std::int64_t approved = 0;
    for (const device::LedgerEntry& entry : app.ledger())
        if (entry.year() == package->year) approved += entry.amount;
    if (approved > 0)
        widgets::text(package->year + "年已批准 " + base::grouped(approved) + " 人", widgets::second_text);
    if (widgets::link("ledger", "查看指标台账")) app.go(ScreenId::ledger);
}

void draw_help(App& app) {
    const widgets::Card card("help", {.title = "帮助"});
    widgets::text("怎样填写、打印、盖章、同步，遇到问题怎么办。", widgets::second_text);
    if (widgets::link("help", "打开使用说明")) platform::open_link("help.html");
    // What was dropped then stands nowhere else.
    if (!app.desk().carryovers().empty() && widgets::link("carried", "通知更新前填写的内容"))
        app.visit_memory("home/carryovers") = "1";
}

// What is open now, what waits, what is late, and what came of it.
void draw_now(App& app, Calendar calendar) { // A copy: acts change the original.
    draw_refused(app);
    draw_returned(app, calendar);
    // Of one period together, in the order in which the first of each closes.
    std::vector<Calendar> open;
    for (const Due& due : calendar) {
        if (notice::phase_of(*due.window, due.closes, app.now()) != notice::Phase::open) continue;
        const auto same = std::find_if(open.begin(), open.end(), [&](const Calendar& one) {
            return one.front().window->period == due.window->period;
        });
        if (same == open.end()) open.push_back({due});
        else same->push_back(due);
    }
    for (Calendar& dues : open) {
        // In the notice's order, in which they are filled in; the package holds its forms in a row.
        std::sort(dues.begin(), dues.end(),
                  [](const Due& a, const Due& b) { return a.form < b.form; });
        draw_open_period(app, dues);
    }
    if (open.empty()) draw_pause(app, calendar);
    draw_overdue(app, calendar);
    draw_reviewed(app, calendar);
    if (app.receipts().empty()) return;
    const widgets::Card card("receipts", {.title = "最近的回执"});
    draw_newest_receipts(app);
}

// What became of drafts when a new version of the notice came, until somebody has read it.
void draw_carryovers(App& app) {
    const std::vector<device::Carryover> told = app.desk().carryovers();
    std::string& again = app.visit_memory("home/carryovers"); // It was read, and is looked up.
    const bool   unread = std::any_of(told.begin(), told.end(),
                                    [](const device::Carryover& one) { return !one.read; });
    if (told.empty() || (!unread && again.empty())) return;
    const widgets::Card card("carryovers", {.title = "通知已更新，草稿已转入新版本"});
    for (const device::Carryover& one : told) {
        widgets::text(one.form + "（" + one.period.text() + "）",
                      {.weight = widgets::Weight::bold});
        if (one.gone) widgets::text("新的通知里没有这张表或这个时段，原来填写的内容如下，只供查看：");
        for (const device::Carryover::Value& value : one.values) {
            const std::string words = value.label + "：" + value.text;
            if (one.gone) widgets::text(words);
            else if (value.now.empty()) widgets::text("不再填报　" + words);
            else if (value.now != value.label)
                widgets::text("改列为“" + value.now + "”　" + words);
            else widgets::text("已保留　" + words, widgets::second_text);
        }
        for (const std::string& label : one.fresh) widgets::text("新增待填　" + label);
    }
    if (!widgets::button("read", "知道了")) return;
    again.clear();
    app.tell(app.desk().acknowledge_carryovers());
}

void draw_school_home(App& app) {
    const bool has_notice = app.desk().find_package() != nullptr;
    bool       stacked = false;
    widgets::heading("今天要做的事", 1);
    {
        widgets::Columns columns({widgets::share(1), widgets::fixed(330)});
        stacked = columns.stacked();
        columns.next();
        draw_announcements(app);
        draw_carryovers(app);
        if (has_notice) draw_now(app, app.calendar());
        if (has_notice && !stacked) draw_calendar(app, app.calendar());
        columns.next();
        draw_sync_card(app);
        draw_declared(app);
        draw_help(app);
    }
    // On a phone the one button must not lie beneath the whole year.
    if (has_notice && stacked) draw_calendar(app, app.calendar());
}

// A reviewer's window marks decisions, it refuses none: still it is what the notice asks for.
void draw_review_windows(App& app) {
    const notice::Package* package = app.desk().find_package();
    if (package == nullptr || package->review_windows.empty()) return;
    const widgets::Card card("review_windows", {.title = "审核日程"});
    widgets::text("时间为北京时间，最后一天算到 24:00。", widgets::second_text);
    widgets::Table table("review_windows",
                         {{"事项", widgets::share(1)},
                          {"审核时间", widgets::share(1.2f)},
                          {.title = "截止日", .width = widgets::fixed(132)},
                          {"状态", widgets::fixed(140)}},
                         {.name = "审核日程", .width_min = 600, .narrow = widgets::Narrow::stack});
    const base::Time now = app.now();
    for (const notice::ReviewWindow& window : package->review_windows) {
        const notice::Period*   period = package->find_period(window.period);
        const base::Time        opens = base::start_of(window.opens);
        const base::Time        closes = base::end_of(window.closes);
        const bool              over = now >= closes;
        const widgets::TextLook look{.colour = over ? widgets::colour::second
                                                    : widgets::colour::text};
        table.row(window.period.text() + window.stage);
        table.text((period == nullptr ? std::string() : period->name + "　") +
                       (window.stage == "first_review" ? "市级初审" : "省级审核"),
                   look);
        table.text(base::clerk_day(window.opens) + " 至 " + texts::closing_words(closes), look);
        {
            const auto        cell = table.cell();
            const std::string off = notice::day_off(*package, window.closes);
            if (!off.empty() && !over) widgets::badge(off, widgets::Tone::attention);
        }
        table.text(over         ? std::string("已结束")
                   : now < opens ? base::clerk_day(window.opens) + " 开始"
                                 : texts::time_left(now, closes),
                   {.size = widgets::type_size::small,
                    .weight = over || now < opens ? widgets::Weight::regular
                                                  : widgets::Weight::bold,
                    .colour = over || now < opens ? widgets::colour::second
                                                  : widgets::colour::attention});
    }
}

void draw_bureau_home(App& app) {
    widgets::heading("今天要做的事", 1);
    draw_announcements(app);
    widgets::Columns columns({widgets::share(1), widgets::fixed(330)});
    columns.next();
    {
        const widgets::Card card("review", {.title = "待我审核"});
        const int           waiting = app.reviews_waiting();
        if (waiting == 0) widgets::text("没有等待审核的申报。");
        else widgets::figure(base::grouped(waiting), "份");
        if (!app.refused().empty())
            widgets::notice("refused", widgets::Tone::wrong,
                            std::to_string(app.refused().size()) +
                                " 份审核意见没有被接收，请到“待同步”中查看原因。");
        if (widgets::button("queue", waiting == 0 ? "查看审核" : "去审核",
                            {.kind = waiting == 0 ? widgets::ButtonKind::secondary
                                                  : widgets::ButtonKind::primary}))
            app.go(ScreenId::review_queue);
    }
    {
        const widgets::Card card("look", {.title = "已收到的申报"});
        widgets::text("按市、按证书、按学校查看和下载汇总；每个数出自哪份申报和回执，在“来源与回执”里下载。");
        if (widgets::button("tables", "查看汇总")) app.go(ScreenId::tables);
    }
    draw_review_windows(app);
    columns.next();
    draw_sync_card(app);
    if (app.desk().find_enrolment()->role == "city") draw_bundle(app);
    draw_help(app);
}

} // namespace

void draw_home(App& app) {
    if (is_school(app)) draw_school_home(app);
    else draw_bureau_home(app);
}
