// The summaries for bureaus and the province: on the screen, kept for reading offline, as
// downloads.
#include "client/app.hpp"
#include "client/platform/browser.hpp"
#include "client/platform/page.hpp"
#include "client/screens/all.hpp"
#include "client/screens/parts.hpp"
#include "client/widgets/controls.hpp"
#include "client/widgets/fields.hpp"
#include "client/widgets/layout.hpp"
#include "client/widgets/table.hpp"
#include "client/widgets/words.hpp"
#include "shared/base/text.hpp"

namespace {

struct Column {
    const char*     member;
    const char*     head;
    widgets::Track  width;
    bool            number = false;
};

struct Summary {
    std::string_view    name;  // As on the wire.
    notice::Serves      of;    // What it sums up; its periods are that form's.
    std::string_view    title; // On its tab.
    std::string_view    file;  // Its download's name.
    std::vector<Column> columns;
};

const std::vector<Summary>& summaries() {
    static const std::vector<Summary> list = {
        {"by-city", notice::Serves::declared, "按市", "按市汇总",
         {{"city", "市", widgets::share(2)},
          {"schools", "学校", widgets::fixed(90), true},
          {"filings", "项数", widgets::fixed(90), true},
          {"planned_headcount", "拟申报人数", widgets::fixed(130), true},
          {"approved_headcount", "审核通过", widgets::fixed(130), true}}},
        {"by-certificate", notice::Serves::declared, "按证书", "按证书汇总",
         {{"certificate_name", "职业技能等级证书", widgets::share(2)},
          {"level", "级别", widgets::fixed(70)},
          {"schools", "学校", widgets::fixed(80), true},
          {"filings", "项数", widgets::fixed(80), true},
          {"planned_headcount", "拟申报人数", widgets::fixed(120), true},
          {"approved_headcount", "审核通过", widgets::fixed(110), true}}},
        {"by-school", notice::Serves::declared, "按学校", "按学校汇总",
         {{"school_name", "学校", widgets::share(2)},
          {"city", "市", widgets::fixed(110)},
          {"filings", "项数", widgets::fixed(80), true},
          {"planned_headcount", "拟申报人数", widgets::fixed(120), true},
          {"approved_headcount", "审核通过", widgets::fixed(110), true}}},
    };
    return list;
}

// Without a table of their own on the screen.
constexpr struct {
    std::string_view name, title;
} downloads[] = {{"rows", "申报明细"}, {"province", "全省合计"}, {"sources", "来源与回执"}};

// The period that the summaries of what such forms say are shown for.
std::string period_of(App& app, notice::Serves of) {
    const notice::Package* package = app.desk().find_package();
    const notice::Form*    form = package == nullptr ? nullptr : package->find_serving(of);
    return form == nullptr ? std::string() : app.period_of(*form).text();
}

std::string path_of(std::string_view name, const std::string& period, std::string_view format) {
    return "/summaries/" + std::string(name) + "?period=" + period +
           "&format=" + std::string(format);
}

std::string kept_name(std::string_view name, const std::string& period) {
    return "summary/" + std::string(name) + "/" + period;
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
    const std::string period = period_of(app, summary.of);
    const std::string kept = kept_name(summary.name, period);
    app.courier().read(path_of(summary.name, period, "json"), [&app, kept](base::Result<std::string> body) {
        app.memory("tables/running").clear();
        app.memory("tables/fault") = body ? std::string() : sentence_of(body.error());
        if (!body) return platform::request_frame();
        app.tell(app.desk().keep(kept, *body));
        app.tell(app.desk().keep(kept + "/at",
                                 base::to_rfc3339(app.now())));
    });
}

void save(App& app, std::string_view name, notice::Serves of, std::string_view title) {
    const std::string period = period_of(app, of);
    const std::string file = period + "-" + std::string(title) + ".csv";
    app.courier().read(path_of(name, period, "csv"), [&app, file](base::Result<std::string> body) {
        if (!body) return app.say(sentence_of(body.error()));
        platform::download(file, "text/csv", *body);
        app.say("已下载 " + file);
    });
}

std::int64_t integer_of(const base::Json& row, const char* member) {
    const auto found = row.find(member);
    return found == row.end() || !found->is_number_integer() ? 0 : found->get<std::int64_t>();
}

std::string text_of(const base::Json& row, const char* member) {
    const auto found = row.find(member);
    return found == row.end() || !found->is_string() ? std::string() : found->get<std::string>();
}

void draw_rows(const Summary& summary, const base::Json& rows) {
    std::vector<widgets::TableColumn> columns;
    for (const Column& column : summary.columns)
        columns.push_back({column.head, column.width,
                           column.number ? widgets::Align::right : widgets::Align::left});
    widgets::Table table(summary.name, columns, {.name = summary.title, .width_min = 620});
    std::vector<std::optional<std::int64_t>> totals(summary.columns.size()); // Nothing known: empty.
    for (const base::Json& row : rows)
        for (std::size_t i = 0; i < summary.columns.size(); ++i)
            if (const auto found = row.find(summary.columns[i].member);
                found != row.end() && found->is_number_integer())
                totals[i] = totals[i].value_or(0) + found->get<std::int64_t>();
    table.rows(int(rows.size()), [&](int index) {
        const base::Json& row = rows.at(std::size_t(index));
        table.row(std::to_string(index));
        for (const Column& column : summary.columns) {
            if (!column.number) table.text(text_of(row, column.member));
            else if (const auto found = row.find(column.member);
                     found != row.end() && found->is_number_integer())
                table.number(found->get<std::int64_t>());
            else table.text("—");
        }
    });
    table.row("total", {.weight = widgets::Weight::bold});
    for (std::size_t i = 0; i < summary.columns.size(); ++i) {
        const Column& column = summary.columns[i];
        // Schools of several certificates would be counted more than once.
        const bool adds = column.number && !(std::string_view(column.member) == "schools" &&
                                             summary.name != "by-city");
        if (i == 0) table.text("合计");
        else if (adds) table.number(totals[i]);
        else table.text("");
    }
}

} // namespace

void draw_tables(App& app) {
    std::string& tab_text = app.memory("tables/tab");
    int          tab = tab_text.empty() ? 0 : tab_text[0] - '0';
    std::vector<std::string_view> titles;
    for (const Summary& summary : summaries()) titles.push_back(summary.title);
    const Summary*         summary = &summaries()[std::size_t(tab)];
    {
        widgets::Line line;
        widgets::heading("申报汇总", 1);
        const notice::Package* package = app.desk().find_package();
        if (const notice::Form* form =
                package == nullptr ? nullptr : package->find_serving(summary->of))
            draw_period_choice(app, *form);
        if (widgets::tabs("tabs", "汇总方式", titles, tab)) {
            tab_text = std::string(1, char('0' + tab));
            summary = &summaries()[std::size_t(tab)];
            refresh(app, *summary);
        }
        line.push_right();
        if (widgets::button("csv", "下载CSV", {.name = "下载" + std::string(summary->file)}))
            save(app, summary->name, summary->of, summary->file);
        if (widgets::button("refresh", app.memory("tables/running").empty() ? "刷新" : "正在刷新…",
                            widgets::primary_button))
            refresh(app, *summary);
    }
    const std::string kept = kept_name(summary->name, period_of(app, summary->of));
    const auto        body = app.desk().kept(kept);
    // Whoever opens the screen sees what is there now, once a visit; offline what was read last.
    std::string& looked = app.visit_memory("looked/" + kept);
    if (looked.empty() && platform::online() && app.memory("tables/running").empty()) {
        looked = "1";
        refresh(app, *summary);
    }
    if (!app.memory("tables/fault").empty())
        widgets::notice("fault", widgets::Tone::attention, app.memory("tables/fault"));
    {
        const widgets::Card card("table", {.name = summary->title, .padding_x = 16, .padding_y = 12});
        const auto json = body ? base::parse_json(*body) : base::Result<base::Json>(base::Json());
        const bool has_rows = json && json->is_object() && json->contains("rows") &&
                              !json->at("rows").empty();
        if (!has_rows) {
            widgets::empty_state(body ? "还没有收到申报" : "还没有读取",
                                 body ? "学校的申报送达后显示在这里。" : "联网后按“刷新”。");
        } else {
            if (const auto at = app.desk().kept(kept + "/at"))
                if (const auto read_at = base::parse_rfc3339(*at))
                    widgets::text("数据截至第 " + std::to_string(integer_of(*json, "as_of_index")) +
                                      " 条记录，" + base::clerk_day_minute(*read_at) + " 读取",
                                  widgets::second_text);
            draw_rows(*summary, json->at("rows"));
        }
    }
    const widgets::Card card("downloads", {.title = "其他下载"});
    widgets::Line       line;
    for (const auto& download : downloads) {
        // A bureau sees the schools it reviews, so its total is not the province's.
        const bool city_total = std::string_view(download.name) == "province" &&
                                app.desk().find_enrolment()->role == "city";
        const std::string_view title = city_total ? "本市合计" : download.title;
        if (widgets::button(download.name, title))
            save(app, download.name, notice::Serves::declared, title);
    }
}
