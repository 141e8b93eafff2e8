// The reviewer's queue: which filings there are, in any order and by any filter, with the keys J,
// K, P and R for whoever has many.
#include "client/app.hpp"
#include "client/screens/all.hpp"
#include "client/screens/parts.hpp"
#include "client/texts/words.hpp"
#include "client/widgets/controls.hpp"
#include "client/widgets/dialog.hpp"
#include "client/widgets/fields.hpp"
#include "client/widgets/layout.hpp"
#include "client/widgets/shell.hpp"
#include "client/widgets/table.hpp"
#include "client/widgets/words.hpp"
#include "shared/base/text.hpp"
#include "shared/notice/calendar.hpp"

#include <algorithm>
#include <numeric>

namespace {

using device::Dossier;
using device::QueueRow;
using Column = Reviews::Column;
using View = Reviews::View;
namespace key = semantics::key;

const QueueRow& row_at(App& app, int place) {
    return app.review_rows()[std::size_t(shown_rows(app).rows[std::size_t(place)])];
}

// --- Filters -------------------------------------------------------------------------------------

void draw_views(App& app) {
    const Reviews::Shown& shown = shown_rows(app);
    const char* const     words[] = {"待我审核", "已签待同步",
                                     is_province(app) ? "待市级初审" : "市级初审通过",
                                     "退回修改", "审核通过", "不通过", "逾期补报", "只接收", "全部"};
    std::vector<std::string> labels;
    for (std::size_t i = 0; i < std::size(words); ++i)
        labels.push_back(words[i] + (" " + std::to_string(shown.counts[i])));
    const std::vector<std::string_view> seen(labels.begin(), labels.end());
    int                                 chosen = int(app.reviews().view);
    if (widgets::tabs("views", "审核状态", seen, chosen)) app.reviews().view = View(chosen);
}

// A list to filter by, whose first entry is all. Returns the place among `names`, -1 for all;
// nothing when nothing was chosen.
std::optional<int> draw_filter(std::string_view id, std::string_view label, std::string_view all,
                               const std::vector<std::string>& names, int now, float width) {
    std::vector<std::string> options = {std::string(all)};
    options.insert(options.end(), names.begin(), names.end());
    int chosen = now + 1;
    if (!widgets::select(id, options, chosen,
                         {.label = label, .shape = widgets::Shape::cell, .width = width}))
        return std::nullopt;
    return chosen - 1;
}

// The same by ids that have names; `wanted` is what is asked for.
template <typename Id>
void draw_filter_by(std::string_view id, std::string_view label, std::string_view all,
                    const std::vector<std::pair<Id, std::string>>& named, std::optional<Id>& wanted,
                    float width) {
    std::vector<std::string> names;
    int                      now = -1;
    for (const auto& [one, name] : named) {
        if (wanted && one == *wanted) now = int(names.size());
        names.push_back(name);
    }
    if (const auto chosen = draw_filter(id, label, all, names, now, width))
        wanted = *chosen < 0 ? std::nullopt
                             : std::optional(named[std::size_t(*chosen)].first);
}

void draw_filters(App& app) {
    const notice::Package* package = app.desk().find_package();
    device::QueueQuery&    query = app.reviews().query;
    widgets::Line          line({.gap = 6});
    widgets::text_field("search", query.search,
                        {.label = "搜索学校或证书",
                         .placeholder = "学校、证书",
                         .shape = widgets::Shape::cell,
                         .width = 150});
    if (package == nullptr) return;
    std::vector<std::pair<base::FormId, std::string>> forms;
    for (const notice::Form* form : app.known_forms())
        forms.emplace_back(form->id, form_name(*form));
    draw_filter_by("form", "报表", "全部报表", forms, query.form, 130);
    std::vector<std::pair<base::Period, std::string>> periods;
    for (const notice::Package* one : app.packages())
        for (const notice::Period& period : one->periods)
            if (std::none_of(periods.begin(), periods.end(),
                             [&](const auto& known) { return known.first == period.id; }))
                periods.emplace_back(period.id, period.name);
    draw_filter_by("period", "轮次或月份", "全部时段", periods, query.period, 124);
    if (is_province(app)) {
        const std::vector<std::string>& cities = shown_rows(app).cities;
        const auto at = std::find(cities.begin(), cities.end(), query.city);
        const int  now = at == cities.end() ? -1 : int(at - cities.begin());
        if (const auto chosen = draw_filter("city", "市", "全部市", cities, now, 104))
            query.city = *chosen < 0 ? "" : cities[std::size_t(*chosen)];
    }
    std::vector<std::pair<std::string, std::string>> kinds;
    for (const notice::UnitKind& kind : package->unit_kinds)
        if (kind.role == "school" && (is_province(app) || kind.first_review))
            kinds.emplace_back(kind.id, kind.name);
    std::optional<std::string> kind;
    if (!query.unit_kind.empty()) kind = query.unit_kind;
    draw_filter_by("kind", "学校类型", "全部类型", kinds, kind, 124);
    query.unit_kind = kind.value_or("");
    draw_filter_by("certificate", "证书", "全部证书", shown_rows(app).certificates,
                   query.certificate, 120);
    std::vector<std::pair<envelope::Timing, std::string>> timings;
    for (const auto timing :
         {envelope::Timing::on_time, envelope::Timing::extended, envelope::Timing::late})
        timings.emplace_back(timing, texts::timing_word(timing));
    draw_filter_by("timing", "时限", "全部时限", timings, query.timing, 104);
    widgets::gap(6);
    widgets::checkbox("warned", "有提示", query.warned);
    widgets::gap(6);
    widgets::checkbox("explained", "有说明", query.explained);
}

// --- The list ------------------------------------------------------------------------------------

struct QueueColumn {
    Column               column;
    widgets::TableColumn look;
};

// From here on all columns have room; below, what one can do without is left out.
constexpr float all_columns_min = 900, few_columns_min = 560;

std::vector<QueueColumn> columns_of(App& app) {
    using widgets::fixed;
    using widgets::share;
    const float room = widgets::width_left();
    const bool  few = few_columns_min <= room && room < all_columns_min;
    std::vector<QueueColumn> columns;
    if (is_province(app) && !few)
        columns.push_back({Column::city, {.title = "市", .width = fixed(84)}});
    columns.push_back({Column::unit, {.title = "学校", .width = share(1.5f)}});
    if (!few) columns.push_back({Column::form, {.title = "报表", .width = fixed(72)}});
    columns.push_back({Column::matter, {.title = "申报内容", .width = share(1.5f)}});
    // Of its own, so that a long name never cuts it off.
    columns.push_back({Column::level, {.title = "级别", .width = fixed(62)}});
    columns.push_back({Column::headcount,
                       {.title = "人数", .width = fixed(68), .align = widgets::Align::right}});
    if (shown_rows(app).approved)
        columns.push_back({Column::approved,
                           {.title = "批准", .width = fixed(68), .align = widgets::Align::right}});
    if (!few) columns.push_back({Column::received, {.title = "收到时间", .width = fixed(112)}});
    columns.push_back({Column::state, {.title = "状态", .width = fixed(few ? 168 : 236)}});
    for (QueueColumn& column : columns) column.look.sorts = column.column != Column::level;
    return columns;
}

void draw_marks(App& app, const QueueRow& row) {
    draw_review_badge(row);
    if (row.state.stage == review::Stage::returned && row.due)
        widgets::badge(app.now() < *row.due
                           ? "限 " + base::clerk_day(notice::last_day_before(*row.due))
                           : "修改期限已过",
                       app.now() < *row.due ? widgets::Tone::plain : widgets::Tone::wrong);
    if (row.timing != envelope::Timing::on_time)
        widgets::badge(texts::timing_word(row.timing), row.timing == envelope::Timing::late
                                                           ? widgets::Tone::wrong
                                                           : widgets::Tone::info);
    if (row.versions > 1)
        widgets::badge("第" + std::to_string(row.versions) + "版", widgets::Tone::plain);
    if (row.explained)
        widgets::badge(row.warned ? "提示" : "说明", widgets::Tone::attention);
}

const Dossier* approved_increase(App& app, const QueueRow& row) {
    if (row.headcount || row.state.stage != review::Stage::approved) return nullptr;
    const Dossier* dossier = app.dossier(row.root);
    return dossier == nullptr || dossier->form == nullptr ? nullptr : dossier;
}

std::int64_t sum_of(const std::vector<std::int64_t>& numbers) {
    return std::accumulate(numbers.begin(), numbers.end(), std::int64_t(0));
}

// Of an approved increase the rows' sums: only then is the filing itself read.
std::optional<std::int64_t> filed_of(App& app, const QueueRow& row) {
    const Dossier* dossier = approved_increase(app, row);
    return dossier == nullptr ? row.headcount
                              : sum_of(filed_numbers(*dossier->form, dossier->answers));
}

std::optional<std::int64_t> approved_of(App& app, const QueueRow& row) {
    const Dossier* dossier = approved_increase(app, row);
    if (dossier == nullptr) return row.approved;
    for (auto entry = dossier->history.rbegin(); entry != dossier->history.rend(); ++entry)
        if (entry->decision)
            return sum_of(approved_numbers(*dossier->form, dossier->answers, *entry->decision));
    return std::nullopt;
}

void draw_row(App& app, const std::vector<QueueColumn>& columns, const QueueRow& row,
              bool takes_focus, widgets::Table& table) {
    Reviews& reviews = app.reviews();
    table.row(row.root.text(), {.marked = row.root == reviews.current});
    const std::string what = row.unit_name + "　" + matter_words(app, row);
    {
        const auto cell = table.cell();
        bool       chosen = reviews.chosen.count(row.newest) > 0;
        if (passes_simply(app, row) && widgets::checkbox("choose", "", chosen, "选择" + what)) {
            if (chosen) reviews.chosen.insert(row.newest);
            else reviews.chosen.erase(row.newest);
        }
    }
    for (const QueueColumn& column : columns) {
        switch (column.column) {
        case Column::city: table.text(row.city); break;
        case Column::unit: {
            const auto cell = table.cell();
            if (takes_focus) platform::focus(platform::mirror().handle_of("open"));
            if (widgets::link("open", row.unit_name, {.name = "打开" + what}))
                app.open_review(row.root);
            break;
        }
        case Column::form: {
            const notice::Form* form = app.find_known_form(row.form);
            table.text(form == nullptr || form->appendix.empty() ? row.form.text()
                                                                 : form->appendix,
                       widgets::second_text);
            break;
        }
        case Column::matter:
            table.text(row.certificate ? row.certificate_name : matter_words(app, row));
            break;
        case Column::level: table.text(row.level); break;
        case Column::headcount: table.number(filed_of(app, row)); break;
        case Column::approved: table.number(approved_of(app, row)); break;
        case Column::received:
            table.text(base::clerk_day_minute(row.received_at), widgets::second_text);
            break;
        case Column::state: {
            const auto cell = table.cell();
            draw_marks(app, row);
            break;
        }
        }
    }
}

std::string empty_words(App& app) {
    if (app.review_rows().empty()) return "学校提交的申报，同步一次就会出现在这里。";
    if (app.reviews().view != View::mine) return "换一个状态或筛选条件再看。";
    // Of the province: what a city can pass on to it now.
    const auto first =
        std::count_if(app.review_rows().begin(), app.review_rows().end(), [&](const QueueRow& row) {
            return is_province(app) && row.way == review::Way::two_steps &&
                   row.state.stage == review::Stage::submitted &&
                   row.timing != envelope::Timing::late && !row.queued && !row.refused;
        });
    return first > 0 ? std::to_string(first) + " 份还在等市级初审，通过后同步一次就会出现在这里；"
                                               "急需时也可以在“待市级初审”里先审核，须写明理由。"
                     : "学校提交后，同步一次就会出现在这里。";
}

void draw_list(App& app, bool moved) {
    Reviews&              reviews = app.reviews();
    const Reviews::Shown& shown = shown_rows(app);
    if (shown.rows.empty())
        return widgets::empty_state(reviews.view == View::mine ? "没有等待审核的申报"
                                                               : "没有这样的申报",
                                    empty_words(app));
    const std::vector<QueueColumn>    columns = columns_of(app);
    std::vector<widgets::TableColumn> looks = {{.width = widgets::fixed(42), .name = "选择"}};
    int                               sorted_by = -1;
    for (const QueueColumn& column : columns) {
        if (column.column == reviews.column) sorted_by = int(looks.size());
        looks.push_back(column.look);
    }
    widgets::Table table("queue", looks,
                         {.name = "申报清单",
                          .width_min = few_columns_min,
                          .narrow = widgets::Narrow::stack,
                          .sorted_by = sorted_by,
                          .descending = reviews.descending});
    if (const auto sort = table.sort()) {
        const Column column = columns[std::size_t(*sort) - 1].column;
        reviews.descending = column == reviews.column && !reviews.descending;
        reviews.column = column;
    }
    const bool listed = is_listed(app);
    // A copy: opening a row or passing it makes the list anew.
    const std::vector<int> rows = shown.rows;
    table.rows(
        int(rows.size()),
        [&](int index) {
            const QueueRow& row = app.review_rows()[std::size_t(rows[std::size_t(index)])];
            draw_row(app, columns, row, moved && row.root == reviews.current, table);
        },
        listed ? reviews.place : -1);
}

// --- Passing -------------------------------------------------------------------------------------

std::vector<base::EnvelopeId> chosen_of(App& app) {
    std::vector<base::EnvelopeId> roots;
    for (const QueueRow& row : app.review_rows())
        if (app.reviews().chosen.count(row.newest) > 0) roots.push_back(row.root);
    return roots;
}

// What the question says of the selection, so that a slip is seen.
std::string selection_words(App& app) {
    std::set<base::UnitId> units;
    std::int64_t           total = 0;
    for (const QueueRow& row : app.review_rows()) {
        if (app.reviews().chosen.count(row.newest) == 0) continue;
        units.insert(row.unit);
        total += row.headcount.value_or(0);
    }
    return std::to_string(app.reviews().chosen.size()) + " 份申报，" +
           std::to_string(units.size()) + " 所学校，合计 " + base::grouped(total) +
           " 人，按申报人数通过。签名后放入待同步，发送之前可以撤销。";
}

void draw_selection(App& app) {
    Reviews&              reviews = app.reviews();
    const Reviews::Shown& shown = shown_rows(app);
    std::string&          asking = app.visit_memory("bulk");
    widgets::Line         line;
    const int             able = shown.passable;
    bool                  all = able > 0 && int(reviews.chosen.size()) == able;
    if (able > 0 && widgets::checkbox("all", "全选 " + std::to_string(able) + " 份", all)) {
        reviews.chosen.clear();
        for (const int at : shown.rows)
            if (const QueueRow& row = app.review_rows()[std::size_t(at)];
                all && passes_simply(app, row))
                reviews.chosen.insert(row.newest);
    }
    const std::string count = std::to_string(reviews.chosen.size());
    if (!reviews.chosen.empty() &&
        widgets::button("pass", "通过所选 " + count + " 份", widgets::primary_button))
        asking = "?";
    line.push_right();
    if (!widgets::is_phone())
        widgets::text("J K 上下移动　Enter 打开　P 通过　R 退回修改", widgets::second_text);
    if (asking.empty()) return;
    switch (widgets::ask("bulk", {.title = "通过所选的 " + count + " 份？",
                                  .words = selection_words(app),
                                  .yes = "通过 " + count + " 份"})) {
    case widgets::Answer::yes:
        asking.clear();
        if (decide(app, chosen_of(app), {})) reviews.chosen.clear();
        break;
    case widgets::Answer::no: asking.clear(); break;
    case widgets::Answer::none: break;
    }
}

// Returns true when the row one is at is another than before.
bool act_on_keys(App& app) {
    Reviews&   reviews = app.reviews();
    const auto pressed =
        widgets::page_keys("keys", key::next | key::previous | key::down | key::up | key::enter |
                                       key::pass | key::send_back);
    if (pressed == 0) return false;
    const bool listed = is_listed(app);
    if (pressed & (key::next | key::down)) return go_in_list(app, listed ? 1 : 0);
    if (pressed & (key::previous | key::up)) return go_in_list(app, -1);
    if (pressed == key::pass && !reviews.chosen.empty()) {
        app.visit_memory("bulk") = "?";
        return false;
    }
    if (!listed) return false;
    const QueueRow row = row_at(app, reviews.place);
    if (pressed == key::pass && passes_simply(app, row))
        return decide(app, {row.root}, {}) && go_in_list(app, 0);
    app.open_review(row.root);
    if (pressed == key::send_back) app.visit_memory("verdict") = "return";
    return false;
}

} // namespace

void draw_review_queue(App& app) {
    const bool moved = act_on_keys(app);
    if (app.screen() != ScreenId::review_queue) return platform::request_frame();
    {
        widgets::Line line;
        widgets::heading("审核", 1);
        const std::size_t waiting = app.queued().size();
        line.push_right();
        if (widgets::button("sync",
                            app.courier().running() ? "正在同步…"
                            : waiting > 0 ? "同步，发送 " + std::to_string(waiting) + " 份"
                                          : "同步",
                            {.kind = waiting > 0 ? widgets::ButtonKind::primary
                                                 : widgets::ButtonKind::secondary,
                             .off_because = app.courier().running() ? "正在同步" : ""}))
            app.courier().start();
    }
    draw_views(app);
    const widgets::Card card("queue", {.name = "申报清单", .padding_x = 12, .padding_y = 10});
    draw_filters(app);
    draw_selection(app);
    draw_list(app, moved);
}
