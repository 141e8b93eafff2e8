// The summaries for bureaus and the province: on the screen, kept for reading offline, as
// downloads.
#include "client/app.hpp"
#include "client/platform/browser.hpp"
#include "client/platform/page.hpp"
#include "client/screens/all.hpp"
#include "client/screens/offices.hpp"
#include "client/screens/parts.hpp"
#include "client/screens/summaries.hpp"
#include "client/widgets/controls.hpp"
#include "client/widgets/fields.hpp"
#include "client/widgets/layout.hpp"
#include "client/widgets/table.hpp"
#include "client/widgets/words.hpp"
#include "shared/base/text.hpp"

#include <algorithm>
#include <numeric>

namespace {

// Without a table of their own on the screen. The total is named for who reads it.
constexpr struct {
    std::string_view name, title;
} downloads[] = {{"rows", "申报明细"}, {"province", ""}, {"sources", "来源与回执"}},
  of_reports[] = {{"progress-by-city", "各市进度"}, {"progress-province", "进度合计"}};

// The forms that schools can fail to send: those with windows.
std::vector<const notice::Form*> missable_forms(App& app) {
    std::vector<const notice::Form*> forms;
    for (const notice::Form* form : app.known_forms())
        if (std::any_of(form->windows.begin(), form->windows.end(),
                        [](const notice::Window& window) { return !window.always; }))
            forms.push_back(form);
    return forms;
}

// The form whose periods are chosen from; null when the summary has none.
const notice::Form* form_of(App& app, const Summary& summary) {
    const notice::Package* package = app.desk().find_package();
    if (package == nullptr || summary.asks == Summary::Asks::nothing) return nullptr;
    if (summary.asks == Summary::Asks::period_and_form)
        for (const notice::Form* form : missable_forms(app))
            if (form->id.text() == app.memory("tables/form")) return form;
    return package->find_serving(summary.of);
}

// Its address and the name under which it is kept, without format.
struct Asked {
    std::string query; // "?period=2023-spring", "?"
    std::string period; // "2023年春季"; empty: of all.
};
Asked asked_of(App& app, const Summary& summary) {
    const notice::Form* form = form_of(app, summary);
    if (form == nullptr) return {"?", ""};
    Asked asked;
    const base::Period period = app.period_of(*form);
    asked.period = period_words(&app.package_of(*form), period);
    asked.query = "?period=" + period.text();
    if (summary.asks == Summary::Asks::period_and_form) asked.query += "&form=" + form->id.text();
    return asked;
}

std::string path_of(std::string_view name, const std::string& query, std::string_view format) {
    return "/summaries/" + std::string(name) + query + (query == "?" ? "" : "&") +
           "format=" + std::string(format);
}

std::string kept_name(App& app, const Summary& summary) {
    return "summary/" + std::string(summary.name) + "/" + asked_of(app, summary).query;
}

// Nothing is waiting to be sent here, so the sentence for a school would be wrong.
std::string sentence_of(const base::Fault& fault) {
    if (fault.outcome == base::Outcome::offline)
        return "现在连不上服务器，不能读取最新的数据。下面如有数据，是上次读取的。";
    return std::string(base::outcome_text(fault.outcome).sentence);
}

void refresh(App& app, const Summary& summary) {
    std::string& running = app.memory("tables/running");
    if (!running.empty()) return;
    running = summary.name;
    const std::string kept = kept_name(app, summary);
    const std::string path = path_of(summary.name, asked_of(app, summary).query, "json");
    app.courier().read(path, [&app, kept](base::Result<std::string> body) {
        app.memory("tables/running").clear();
        app.memory("tables/fault") = body ? std::string() : sentence_of(body.error());
        if (!body) return platform::request_frame();
        app.tell(app.desk().keep(kept, *body));
        app.tell(app.desk().keep(kept + "/at",
                                 base::to_rfc3339(app.now())));
    });
}

void save(App& app, std::string_view name, const Asked& asked, std::string_view title) {
    const std::string file = asked.period + (asked.period.empty() ? "" : "-") +
                             std::string(title) + ".csv";
    const std::string path = path_of(name, asked.query, "csv");
    app.courier().read(path, [&app, file](base::Result<std::string> body) {
        if (!body) return app.say(sentence_of(body.error()));
        app.download(file, "text/csv", *body);
        app.say("已下载 " + file);
    });
}

void draw_filing(App& app, const base::Json& row) {
    const base::EnvelopeId root(row.value("filing", std::string()));
    const auto             cell_words = row.value("school_name", std::string()) + "　" +
                            row.value("certificate_name", std::string());
    if (find_review_row(app, root) != nullptr &&
        widgets::link("open", "打开", {.name = "打开" + cell_words}))
        app.open_review(root);
}

// The row says another thing in a member that should say the same as the column's.
bool differs(const SummaryColumn& column, const base::Json& row) {
    return column.as != nullptr &&
           row.value(column.member, base::Json()) != row.value(column.as, base::Json());
}

// A summary is read in the server's order, or by one of its figures: who is slow, who declares most
// (R34). The rest of this visit.
struct Order {
    int  column = -1;
    bool descending = false;
};

Order order_of(App& app, const Summary& summary) {
    const std::string& text = app.visit_memory("order/" + std::string(summary.name));
    if (text.empty()) return {};
    return {text[0] - 'a', text[1] == '-'};
}

void set_order(App& app, const Summary& summary, Order order) {
    app.visit_memory("order/" + std::string(summary.name)) = {char('a' + order.column),
                                                              order.descending ? '-' : '+'};
}

// The rows' places in that order; those of which nothing is known stand last in either direction.
std::vector<std::size_t> places_of(const Summary& summary, const Order& order,
                                   const base::Json& rows) {
    std::vector<std::size_t> places(rows.size());
    std::iota(places.begin(), places.end(), std::size_t(0));
    if (order.column < 0) return places;
    const char* member = summary.columns[std::size_t(order.column)].member;
    std::vector<std::optional<std::int64_t>> figures;
    for (const base::Json& row : rows) {
        const auto found = row.find(member);
        figures.push_back(found != row.end() && found->is_number_integer()
                              ? std::optional(found->get<std::int64_t>())
                              : std::nullopt);
    }
    std::stable_sort(places.begin(), places.end(), [&](std::size_t a, std::size_t b) {
        if (!figures[a] || !figures[b]) return figures[a].has_value() && !figures[b].has_value();
        return order.descending ? *figures[a] > *figures[b] : *figures[a] < *figures[b];
    });
    return places;
}

void draw_rows(App& app, const Summary& summary, const base::Json& rows) {
    std::vector<widgets::TableColumn> columns;
    float                             width = 0;
    for (const SummaryColumn& column : summary.columns) {
        const bool figure = is_figure(column.kind);
        columns.push_back({.title = column.head,
                           .width = column.width,
                           .align = figure ? widgets::Align::right : widgets::Align::left,
                           .sorts = figure});
        width += std::max(column.width.fixed, 120 * column.width.share);
    }
    const Order    order = order_of(app, summary);
    widgets::Table table(summary.name, columns,
                         {.name = summary.title,
                          .width_min = std::max(620.f, width),
                          .sorted_by = order.column,
                          .descending = order.descending});
    if (const auto pressed = table.sort()) // The largest first, then the smallest.
        set_order(app, summary, {*pressed, *pressed != order.column || !order.descending});
    const std::vector<std::size_t> places = places_of(summary, order, rows);
    const auto put = [&](const SummaryColumn& column, const std::string& words,
                         widgets::Colour colour = widgets::colour::text) {
        const bool figure = is_figure(column.kind);
        table.text(words, {.colour = colour,
                           .figures = figure ? widgets::Figures::tabular
                                             : widgets::Figures::natural,
                           .right = figure});
    };
    table.rows(int(rows.size()), [&](int index) {
        const std::size_t place = places[std::size_t(index)];
        const base::Json& row = rows.at(place);
        table.row(std::to_string(place));
        for (const SummaryColumn& column : summary.columns) {
            if (column.kind == SummaryColumn::Kind::filing) {
                const auto cell = table.cell();
                draw_filing(app, row);
                continue;
            }
            const auto found = row.find(column.member);
            put(column, summary_words(column.kind, found == row.end() ? base::Json() : *found),
                differs(column, row) ? widgets::colour::wrong : widgets::colour::text);
        }
    });
    if (!summary.has_total) return;
    table.row("total", {.weight = widgets::Weight::bold});
    for (std::size_t i = 0; i < summary.columns.size(); ++i)
        put(summary.columns[i],
            i == 0 ? std::string("合计") : summary_total(summary.columns[i], rows));
}

// Which form is meant, where that is to be chosen, and which of its periods.
void draw_choices(App& app, const Summary& summary) {
    const notice::Form* form = form_of(app, summary);
    if (form == nullptr) return;
    if (summary.asks == Summary::Asks::period_and_form) {
        const std::vector<const notice::Form*> forms = missable_forms(app);
        std::vector<std::string>               names;
        int                                    chosen = 0;
        for (const notice::Form* one : forms) {
            if (one == form) chosen = int(names.size());
            names.push_back(one->short_title);
        }
        if (widgets::select("form", names, chosen,
                            {.label = "报表", .shape = widgets::Shape::cell, .width = 150}))
            app.memory("tables/form") = forms[std::size_t(chosen)]->id.text();
    }
    draw_period_choice(app, *form);
}

// What has no period to choose spans all years: a total over several would mean nothing.
base::Json of_this_year(App& app, const Summary& summary, const base::Json& all) {
    const notice::Package* package = app.desk().find_package();
    if (package == nullptr || summary.asks != Summary::Asks::nothing) return all;
    base::Json rows = base::Json::array();
    for (const base::Json& row : all)
        if (row.value("period", package->year).compare(0, 4, package->year) == 0)
            rows.push_back(row);
    return rows;
}

void draw_body(App& app, const Summary& summary, const std::string& kept) {
    const widgets::Card card("table", {.name = summary.title, .padding_x = 16, .padding_y = 12});
    const auto          body = app.desk().kept(kept);
    const auto          json =
        body ? base::parse_json(*body) : base::Result<base::Json>(base::Json());
    if (!json || !json->is_object() || !json->contains("rows"))
        return widgets::empty_state("还没有读取", "联网后按“刷新”。");
    const base::Json rows = of_this_year(app, summary, json->at("rows"));
    if (rows.empty())
        return widgets::empty_state(summary.has_total ? "还没有数据" : "没有未报的学校",
                                    summary.empty);
    const auto at = app.desk().kept(kept + "/at");
    const auto read_at = at ? base::parse_rfc3339(*at) : base::Result<base::Time>(base::Time());
    const auto index = json->find("as_of_index");
    if (at && read_at && index != json->end() && index->is_number_integer())
        widgets::text("数据截至第 " + std::to_string(index->get<std::int64_t>()) + " 条记录，" +
                          base::clerk_day_minute(*read_at) + " 读取" +
                          (summary.has_total ? ""
                                             : "，共 " + std::to_string(rows.size()) +
                                                   " 所（退回后没有重新报送的，在下面催报里）"),
                      widgets::second_text);
    if (!is_province(app)) // The province counts under a city its other schools as well.
        widgets::text("只含由本局初审的学校。", widgets::second_text);
    draw_rows(app, summary, rows);
    for (const SummaryColumn& column : summary.columns)
        if (std::any_of(rows.begin(), rows.end(),
                        [&](const base::Json& row) { return differs(column, row); }))
            widgets::text("红色的" + std::string(column.head) + "和台账不同，请核对。",
                          widgets::second_text);
}

void draw_downloads(App& app) {
    const widgets::Card card("downloads", {.title = "其他下载"});
    // A bureau sees the schools it reviews, so its total is not the province's.
    const std::string_view total = is_province(app) ? "全省合计" : "本市合计";
    {
        const Asked   asked = asked_of(app, summaries().front());
        widgets::Line line;
        widgets::text(asked.period + "：", widgets::second_text);
        for (const auto& download : downloads) {
            const std::string_view title = download.title.empty() ? total : download.title;
            if (widgets::button(download.name, title)) save(app, download.name, asked, title);
        }
    }
    for (const Summary& summary : summaries()) {
        if (summary.name != "progress") continue;
        const Asked   asked = asked_of(app, summary);
        widgets::Line line;
        widgets::text(asked.period + "：", widgets::second_text);
        for (const auto& [name, title] : of_reports)
            if (widgets::button(name, title)) save(app, name, asked, title);
    }
    {
        // Every form of the notice, field by field, of all its periods.
        widgets::Line line;
        widgets::text("全部时段：", widgets::second_text);
        for (const notice::Form* form : app.known_forms()) {
            const std::string title = form->appendix + form->short_title + "逐项";
            if (widgets::button("form_" + form->id.text(), title))
                save(app, form->id.text(), {"?", ""}, title);
        }
    }
    widgets::text("“申报明细”每份列最新一版，已撤回、不通过和逾期补报的也在内；“" + std::string(total) +
                      "”和上面各表不含这些，所以人数可能少于明细相加。",
                  widgets::second_text);
}

} // namespace

void draw_tables(App& app) {
    std::string& tab_text = app.memory("tables/tab");
    int          tab = tab_text.empty() ? 0 : tab_text[0] - '0';
    std::vector<std::string_view> titles;
    for (const Summary& summary : summaries()) titles.push_back(summary.title);
    const Summary* summary = &summaries()[std::size_t(tab)];
    {
        widgets::Line line;
        widgets::heading("申报汇总", 1);
        draw_choices(app, *summary);
        if (widgets::tabs("tabs", "汇总方式", titles, tab)) {
            tab_text = std::string(1, char('0' + tab));
            summary = &summaries()[std::size_t(tab)];
            app.memory("tables/fault").clear();
        }
        line.push_right();
        if (widgets::button("csv", "下载CSV", {.name = "下载" + std::string(summary->file)}))
            save(app, summary->name, asked_of(app, *summary), summary->file);
        if (widgets::button("refresh", app.memory("tables/running").empty() ? "刷新" : "正在刷新…",
                            widgets::primary_button))
            refresh(app, *summary);
    }
    const std::string kept = kept_name(app, *summary);
    // Whoever opens the screen sees what is there now, once a visit; offline what was read last.
    std::string& looked = app.visit_memory("looked/" + kept);
    if (looked.empty() && platform::online() && app.memory("tables/running").empty()) {
        looked = "1";
        refresh(app, *summary);
    }
    if (!app.memory("tables/fault").empty())
        widgets::notice("fault", widgets::Tone::attention, app.memory("tables/fault"));
    draw_body(app, *summary, kept);
    const notice::Form* form = form_of(app, *summary);
    const auto          body = app.desk().kept(kept);
    if (form != nullptr && body && summary->asks == Summary::Asks::period_and_form)
        if (const auto json = base::parse_json(*body); json && json->contains("rows"))
            draw_chase(app, *form, app.period_of(*form), json->at("rows"));
    draw_downloads(app);
}
