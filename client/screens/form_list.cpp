// A form of which there may be many in a period. Sheets with fields alone (附件1) are made in a grid,
// all at once; those with a table (附件3) stand in a list and open as paper.
#include "client/app.hpp"
#include "client/platform/browser.hpp"
#include "client/screens/all.hpp"
#include "client/screens/form_paper.hpp"
#include "client/screens/parts.hpp"
#include "client/screens/table_entry.hpp"
#include "client/widgets/controls.hpp"
#include "client/widgets/fields.hpp"
#include "client/widgets/layout.hpp"
#include "client/widgets/table.hpp"
#include "client/widgets/words.hpp"
#include "shared/base/text.hpp"

#include <algorithm>

namespace {

using device::Matter;
using device::MatterState;
using notice::Field;
using notice::FieldType;
using notice::Form;

// Signed with the others by one button. In a conflict a person must choose first; what was refused
// may be sent as it is, for what stood against it may be gone.
bool is_sealable(App& app, const Matter& matter) {
    if (!device::is_open(matter.state) || matter.state == MatterState::conflict) return false;
    const device::Judgement* judged = app.judgement(matter.root);
    return judged != nullptr && judged->sealable;
}

// Returns the new one; nothing when it could not be made, which was told.
std::optional<Matter> add_one(App& app, const Form& form) {
    const auto root = app.desk().create_matter(form.id, app.period_of(form));
    if (!app.tell(root ? base::Status{} : base::fail(root.error()))) return std::nullopt;
    return app.desk().find_matter(*root);
}

void seal_all(App& app, const Form& form, const std::vector<Matter>& matters) {
    int sealed = 0;
    for (const Matter& matter : matters)
        if (is_sealable(app, matter)) sealed += app.tell(app.desk().seal(matter.root));
    app.say(std::to_string(sealed) + " " + std::string(counter_of(form)) +
            (platform::online() ? "已签名，正在发送。" : "已签名，联网后自动发送。"));
    if (platform::online()) app.courier().start();
}

// "附件1，同一职业技能等级证书、级别只填一张".
std::string subtitle_of(const Form& form) {
    std::string words;
    for (const base::FieldId& id : form.key)
        if (const Field* field = form.find_field(id.text()))
            words += (words.empty() ? "同一" : "、") + field->label;
    if (!words.empty()) words += "只填一" + std::string(counter_of(form));
    if (form.appendix.empty() || words.empty()) return form.appendix + words;
    return form.appendix + "，" + words;
}

void draw_head(App& app, const Form& form, const std::vector<Matter>& matters,
               const Standing& standing) {
    const std::string counter(counter_of(form));
    const auto        sealable =
        std::count_if(matters.begin(), matters.end(),
                      [&app](const Matter& matter) { return is_sealable(app, matter); });
    const bool        conflict =
        std::any_of(matters.begin(), matters.end(), [](const Matter& matter) {
            return matter.state == MatterState::conflict;
        });
    const std::string early = not_open_yet(app, form, app.period_of(form));
    widgets::Line     line;
    widgets::heading(form.short_title, 1);
    widgets::text(subtitle_of(form), widgets::second_text);
    line.push_right();
    draw_period_choice(app, form);
    if (widgets::button("print_all", "打印全部",
                        {.off_because = standing.filings == 0 ? "还没有可以打印的内容" : ""})) {
        std::vector<print::Sheet> sheets;
        for (const Matter& matter : matters)
            if (device::counts(matter.state)) sheets.push_back(app.sheet_of(matter));
        app.print(sheets);
    }
    if (widgets::button("seal_all",
                        sealable > 0
                            ? "签名并提交 " + std::to_string(sealable) + " " + counter
                            : std::string("签名并提交"),
                        {.kind = widgets::ButtonKind::primary,
                         .off_because = !early.empty() ? std::string_view(early)
                                        : sealable > 0 ? ""
                                        : conflict     ? "存在冲突的，请打开后选择"
                                                       : "没有填好而未签名的内容"}))
        seal_all(app, form, matters);
}

// Where it stands in the list, as it is read out and as findings count: "第2行".
std::string place_words(int number) { return "第" + std::to_string(number) + "行"; }

void draw_row_acts(App& app, const Form& form, const Matter& matter, int number) {
    const std::string place = place_words(number);
    if (widgets::link("open", "打开", {.name = "打开" + place})) app.open_matter(matter);
    if (!matter.newest && device::is_open(matter.state) &&
        widgets::link("remove", "删除", {.name = "删除" + place}))
        remove_matter(app, form, matter.root);
}

// --- The grid ------------------------------------------------------------------------------------

widgets::TableColumn column_of(const Field& field) {
    switch (field.type) {
    case FieldType::choice:
        return {.title = field.label, .width = widgets::fixed(96), .inset = 8};
    case FieldType::integer:
    case FieldType::money:
        return {.title = field.label,
                .width = widgets::fixed(106),
                .align = widgets::Align::right,
                .inset = 8};
    case FieldType::phone:
        return {.title = field.label, .width = widgets::fixed(150), .inset = 8};
    default: return {.title = field.label, .inset = 8};
    }
}

// What was approved stands beside what was filed, as soon as anything of the list was.
enum class Approved { hidden, shown };

Approved approved_of(App& app, const std::vector<Matter>& matters) {
    for (const Matter& matter : matters)
        if (!approved_numbers(app, matter).empty()) return Approved::shown;
    return Approved::hidden;
}

void draw_grid_row(App& app, const Form& form, const Matter& matter, int number, Approved approved,
                   widgets::Table& table, entry::Cells& cells) {
    table.row(matter.root.text());
    table.number(std::int64_t(number));
    for (const Field& field : form.fields) {
        const auto cell = table.cell();
        cells.draw_next(matter, std::size_t(number) - 1, field, !table.stacked());
        if (approved == Approved::shown && &field == number_of(form))
            table.text(numbers_words(approved_numbers(app, matter)));
    }
    {
        const auto cell = table.cell();
        draw_state_badge(app, matter);
    }
    const auto cell = table.cell();
    draw_row_acts(app, form, matter, number);
}

void draw_total_row(App& app, const Form& form, const std::vector<Matter>& matters,
                    const Standing& standing, Approved approved, widgets::Table& table) {
    const Field*      number = number_of(form);
    const Tally       tally = tally_of(app, form, matters);
    const std::string total =
        "合计 " + std::to_string(standing.filings) + " " + std::string(counter_of(form));
    table.row("total", {.weight = widgets::Weight::bold});
    table.text("");
    bool labelled = false;
    for (const Field& field : form.fields) {
        if (&field != number) {
            table.text(std::exchange(labelled, true) ? std::string() : total);
            continue;
        }
        table.number(tally.total);
        std::int64_t sum = 0;
        for (const Matter& matter : matters)
            for (const std::int64_t one : approved_numbers(app, matter)) sum += one;
        if (approved == Approved::shown) table.number(sum);
    }
    if (tally.left_out > 0)
        table.text(left_out_words(tally, form), {.colour = widgets::colour::attention});
}

void draw_grid(App& app, const Form& form, const std::vector<Matter>& matters,
               const Standing& standing) {
    const widgets::Card card("grid", {.name = form.short_title + "清单",
                                      .padding_x = 12,
                                      .padding_y = 12});
    if (matters.empty())
        widgets::empty_state("还没有" + form.short_title, "按“新增一张”开始填写，每张占一行。");
    {
        std::vector<widgets::TableColumn> columns = {
            {"序号", widgets::fixed(52), widgets::Align::right}};
        const Approved approved = approved_of(app, matters);
        for (const Field& field : form.fields) {
            columns.push_back(column_of(field));
            if (approved == Approved::shown && &field == number_of(form))
                columns.push_back({"批准人数", widgets::fixed(96), widgets::Align::right});
        }
        columns.push_back({"状态", widgets::fixed(148)});
        columns.push_back({"", widgets::fixed(104)});
        widgets::Table table("declarations", columns,
                             {.name = form.short_title,
                              .width_min = 320 + 100 * float(form.fields.size()),
                              .narrow = widgets::Narrow::stack});
        int number = 0;
        std::vector<entry::Row> rows;
        for (const Matter& matter : matters) rows.push_back({matter.root, 0});
        entry::Cells cells(app, form, std::move(rows), entry::Cells::Growth::grows);
        for (const Matter& matter : matters)
            draw_grid_row(app, form, matter, ++number, approved, table, cells);
        if (!matters.empty()) draw_total_row(app, form, matters, standing, approved, table);
    }
    widgets::gap(8);
    {
        widgets::Line line;
        if (widgets::button("add", "新增一张")) add_one(app, form);
        entry::draw_file_acts(app, form, app.period_of(form), matters);
    }
}

// What stands against the rows that are not signed, in the words that each has beside its paper.
// What is not filled in yet is seen in the row itself.
void draw_grid_findings(App& app, const Form& form, const std::vector<Matter>& matters) {
    constexpr std::size_t shown_max = 10;
    struct Row {
        const Matter*         matter;
        int                   number; // As the list counts.
        const rules::Finding* finding; // Null: what the server or another machine has against it.
    };
    std::vector<Row> found;
    for (std::size_t i = 0; i < matters.size(); ++i) {
        const device::Judgement* judged =
            device::is_open(matters[i].state) ? app.judgement(matters[i].root) : nullptr;
        if (judged == nullptr) continue;
        if (matters[i].state != MatterState::editing)
            found.push_back({&matters[i], int(i) + 1, nullptr});
        const auto& unexplained = judged->verdict.unexplained;
        for (const rules::Finding& finding : judged->findings)
            if (finding.severity == notice::Severity::error
                    ? finding.rule != device::required_rule
                    : std::count(unexplained.begin(), unexplained.end(), finding.rule) > 0)
                found.push_back({&matters[i], int(i) + 1, &finding});
    }
    if (found.empty()) return;
    const widgets::Card card("findings", {.title = "检查"});
    for (std::size_t i = 0; i < std::min(found.size(), shown_max); ++i) {
        const auto& [matter, number, finding] = found[i];
        const widgets::Scope scope(std::to_string(i));
        widgets::Line        line({.gap = 6, .upright = widgets::Upright::first_line});
        if (finding == nullptr) draw_state_badge(app, *matter);
        else draw_finding_badge(*finding);
        if (!widgets::link("words",
                           place_words(number) + "：" +
                               (finding == nullptr ? "打开这一张，看原因和怎么办。" : finding->text),
                           {.colour = widgets::colour::text, .wrapping = widgets::Wrapping::wrap}))
            continue;
        // A value is mended here; reasons and replies are written beside the paper.
        const auto cell = finding != nullptr && finding->severity == notice::Severity::error
                              ? cell_of(form, *finding)
                              : std::nullopt;
        if (cell) app.wish_focus(matter->root, *cell);
        else app.open_matter(*matter);
    }
    if (found.size() > shown_max)
        widgets::text("还有 " + std::to_string(found.size() - shown_max) + " 处，改好以上的再看。",
                      widgets::second_text);
}

// --- The list of requests ------------------------------------------------------------------------

std::string add_words(const Form& form) {
    const bool request = form.serves == notice::Serves::increase ||
                         form.short_title.find("申请") != std::string::npos;
    return request ? "新建申请" : "新建一份";
}

void draw_request(App& app, const Form& form, const Matter& matter, int number, Approved approved,
                  widgets::Table& table) {
    table.row(matter.root.text());
    table.number(std::int64_t(number));
    const device::Judgement* judged = app.judgement(matter.root);
    table.text(is_blank(matter) || judged == nullptr
                   ? std::string("还没有填写")
                   : answers_words(app, app.package_of(form), form, matter.period,
                                   judged->answers));
    if (approved == Approved::shown)
        table.text(judged == nullptr ? std::string()
                                     : numbers_words(filed_numbers(form, judged->answers)));
    if (approved == Approved::shown)
        table.text(numbers_words(approved_numbers(app, matter)));
    table.text(base::clerk_day_minute(app.shown_time(matter.updated_at)), widgets::second_text);
    {
        const auto cell = table.cell();
        draw_state_badge(app, matter);
    }
    const auto cell = table.cell();
    draw_row_acts(app, form, matter, number);
}

void draw_requests(App& app, const Form& form, const std::vector<Matter>& matters) {
    const widgets::Card card("requests", {.name = form.short_title + "清单"});
    const std::string   add = add_words(form);
    if (matters.empty())
        widgets::empty_state("还没有填写",
                             "按“" + add + "”，在和纸质表一样的版面上填写。");
    else {
        std::vector<widgets::TableColumn> columns = {
            {"序号", widgets::fixed(52), widgets::Align::right}, {"内容", widgets::share(1)}};
        const Approved approved = approved_of(app, matters);
        if (approved == Approved::shown)
            for (const char* title : {"申报人数", "批准人数"})
                columns.push_back({title, widgets::fixed(110), widgets::Align::right});
        columns.insert(columns.end(), {{"最后改动", widgets::fixed(140)},
                                       {"状态", widgets::fixed(110)},
                                       {"", widgets::fixed(104)}});
        widgets::Table table("requests", columns,
                             {.name = form.short_title,
                              .width_min = approved == Approved::shown ? 780.f : 600.f,
                              .narrow = widgets::Narrow::stack});
        int number = 0;
        for (const Matter& matter : matters)
            draw_request(app, form, matter, ++number, approved, table);
    }
    widgets::gap(8);
    if (widgets::button("add", add, widgets::primary_button))
        if (const auto made = add_one(app, form)) app.open_matter(*made);
}

} // namespace

void draw_form_list(App& app) {
    const Form* form = app.find_form();
    if (form == nullptr) return app.go(ScreenId::home);
    const base::Period        period = app.period_of(*form);
    const std::vector<Matter> matters = app.matters(form->id, period); // A copy: acts change it.
    const Standing            standing = standing_of(matters);
    draw_head(app, *form, matters, standing);
    if (const notice::Window* window = form->find_window(period)) {
        const base::Time closes = app.closes_at(*form, *window);
        draw_window_notice(app, *window, closes);
        widgets::Line line({.gap = 6});
        draw_closing(app, *window, closes);
    }
    if (in_grid(*form)) {
        draw_grid(app, *form, matters, standing);
        draw_grid_findings(app, *form, matters);
        entry::draw_preview(app);
    } else draw_requests(app, *form, matters);
}
