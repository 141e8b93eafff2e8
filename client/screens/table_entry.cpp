#include "client/screens/table_entry.hpp"

#include "client/app.hpp"
#include "client/platform/browser.hpp"
#include "client/screens/form_paper.hpp"
#include "client/screens/parts.hpp"
#include "client/widgets/controls.hpp"
#include "client/widgets/dialog.hpp"
#include "client/widgets/layout.hpp"
#include "client/widgets/paper.hpp"
#include "client/widgets/table.hpp"
#include "client/widgets/words.hpp"
#include "shared/base/csv.hpp"
#include "shared/base/limits.hpp"
#include "shared/base/text.hpp"

#include <algorithm>
#include <optional>

namespace entry {
namespace {

using device::Matter;
using notice::Field;
using notice::FieldType;

constexpr std::size_t suggestions_max = 30;
constexpr float       paper_table_min = 520; // Narrower, cells stand one under another.
constexpr float       beside_margin = 52;
constexpr const char* fills_itself = "由系统填写，不能改动";
constexpr const char* spreadsheet_files = ".csv,.txt,.tsv,text/csv";

// One person has one focus: where it is, and in which column of its row Tab set out.
struct Run {
    Row         row;
    std::size_t first = 0, last = 0;
    bool        any = false;
} run;

// The cell that gets the focus when it is drawn next.
std::optional<std::pair<Row, base::FieldId>> wish;

// A block that was pasted or picked, and what would be taken of it.
struct Pending {
    base::FormId                     form;
    base::Period                     period;
    Row                              at;
    base::FieldId                    column; // Empty: of a file, which is not put down on a cell.
    device::Grid                     grid;
    std::optional<device::GridPreview> preview;
    std::int64_t                     change_count = -1; // Of the desk when the preview was made.
};
std::optional<Pending> pending;

const std::string asking = "entry/asking"; // In the visit's memory: leaving the screen is 取消.

const device::TypedValue* typed_at(const Matter& matter, const device::Cell& cell) {
    const auto found = matter.values.find(cell);
    return found == matter.values.end() ? nullptr : &found->second;
}

bool has_text(const Matter& matter, int row) {
    return std::any_of(matter.values.begin(), matter.values.end(), [&](const auto& value) {
        return value.first.first == row && !value.second.text.empty();
    });
}

const std::vector<Field>& siblings_of(const notice::Form& form, const device::Cell& cell) {
    return cell.first > 0 && form.table ? form.table->columns : form.fields;
}

// The levels that the certificate chosen in the same row has, where the field chooses from levels:
// others cannot be chosen by mistake.
std::vector<std::string> choices_of(App& app, const Matter& matter, const Field& field,
                                    const device::Cell& cell) {
    const notice::Form* form = app.desk().form_of(matter);
    for (const Field& other : siblings_of(*form, cell)) {
        const auto* typed = other.type == FieldType::certificate
                                ? typed_at(matter, {cell.first, other.id})
                                : nullptr;
        if (typed == nullptr || !typed->value.is_string()) continue;
        const auto* chosen =
            app.desk().find_certificate(base::CertificateId(typed->value.get<std::string>()));
        std::vector<std::string> offered;
        for (const std::string& choice : field.choices)
            if (chosen != nullptr && std::find(chosen->levels.begin(), chosen->levels.end(),
                                               choice) != chosen->levels.end())
                offered.push_back(choice);
        if (!offered.empty()) return offered;
    }
    return field.choices;
}

widgets::Edited draw_choice(App& app, const Matter& matter, const Field& field,
                            const device::Cell& cell, const widgets::FieldLook& look,
                            const widgets::Rect* place) {
    // A select's first option stands for "not chosen yet".
    std::vector<std::string> options = choices_of(app, matter, field, cell);
    options.insert(options.begin(), "请选择");
    const auto* typed = typed_at(matter, cell);
    int         chosen = 0;
    if (typed != nullptr && !typed->text.empty()) {
        const std::string words =
            typed->value.is_string() ? typed->value.get<std::string>() : typed->text;
        if (std::find(options.begin(), options.end(), words) == options.end())
            options.push_back(words);
        chosen = int(std::find(options.begin(), options.end(), words) - options.begin());
    }
    widgets::Edited edited;
    if (place != nullptr)
        edited = widgets::select_at(field.id.text(), *place, options, chosen, look);
    else edited.changed = widgets::select(field.id.text(), options, chosen, look);
    if (edited)
        app.tell(app.desk().type(matter.root, cell,
                                 chosen == 0 ? std::string() : options[std::size_t(chosen)]));
    return edited;
}

widgets::Edited draw_certificate(App& app, const Matter& matter, const Field& field,
                                 const device::Cell& cell, const widgets::FieldLook& look,
                                 const widgets::Rect* place) {
    const auto* typed = typed_at(matter, cell);
    std::string text = typed == nullptr ? std::string() : typed->text;
    const bool  picked = typed != nullptr && typed->value.is_string();
    // Only the field that one is in has a list; a hundred rows need not be searched for.
    std::vector<envelope::CatalogueEntry> found;
    const auto handle = platform::mirror().handle_of(field.id.text());
    if (platform::input().focus() == handle) {
        found = app.desk().search_catalogue(picked ? std::string_view() : std::string_view(text),
                                            suggestions_max);
        // The list opens on its first line, and Enter takes that: what is chosen stands there.
        if (picked) {
            const base::CertificateId chosen(typed->value.get<std::string>());
            std::erase_if(found, [&](const auto& one) { return one.certificate == chosen; });
            if (const auto* one = app.desk().find_certificate(chosen))
                found.insert(found.begin(), *one);
        }
    }
    std::vector<widgets::Suggestion> suggestions;
    for (const envelope::CatalogueEntry& one : found)
        suggestions.push_back({one.certificate.text(), one.name, one.organisation});
    const widgets::Searched searched =
        place == nullptr ? widgets::search_box(field.id.text(), text, suggestions, look)
                         : widgets::search_at(field.id.text(), *place, text, suggestions, look);
    if (searched.chosen)
        app.tell(app.desk().choose(matter.root, cell,
                                   found[std::size_t(*searched.chosen)].certificate));
    else if (searched.edited) app.tell(app.desk().type(matter.root, cell, text));
    return searched.edited;
}

widgets::Edited draw_text(App& app, const Matter& matter, const Field& field,
                          const device::Cell& cell, widgets::FieldLook look,
                          const widgets::Rect* place) {
    look.entry = field.type == FieldType::integer ? widgets::Entry::digits
                 : field.type == FieldType::phone ? widgets::Entry::telephone
                                                  : widgets::Entry::text;
    const auto* typed = typed_at(matter, cell);
    std::string text = typed == nullptr ? std::string() : typed->text;
    // What was signed is the value, not the keys that were pressed ("１００人").
    if (typed != nullptr && !typed->value.is_null() && !device::is_open(matter.state))
        text = value_words(app, field, typed->value);
    const widgets::Edited edited =
        place == nullptr ? widgets::text_field(field.id.text(), text, look)
                         : widgets::field_at(field.id.text(), *place, text, look);
    if (edited) app.tell(app.desk().type(matter.root, cell, text));
    return edited;
}

// A field that fills itself, in a list of matters.
void draw_locked(App& app, const Matter& matter, const Field& field, widgets::FieldLook look,
                 const widgets::Rect& place) {
    const device::Judgement* judged = app.judgement(matter.root);
    std::string words = judged == nullptr
                            ? std::string()
                            : value_words(app, field,
                                          judged->answers.value(field.id.text(), base::Json()));
    look.locked_because = fills_itself;
    look.takes_cells = false;
    widgets::field_at(field.id.text(), place, words, look);
}

void ask_about(App& app, Pending asked) {
    pending = std::move(asked);
    app.visit_memory(asking) = "?";
}

} // namespace

Marks marks_of(App& app, const Matter& matter, const Field& field, const device::Cell& cell,
               int number) {
    Marks marks;
    const base::FieldId name(cell.first > 0 ? "rows." + field.id.text() : field.id.text());
    // What a reviewer has said about the field, until it is sent again.
    if (matter.review && matter.review->decision.verdict == envelope::ReviewVerdict::send_back)
        for (const envelope::Remark& remark : matter.review->decision.remarks)
            if (const int row = row_in_words(remark.text);
                remark.field == name && (cell.first == 0 || row == 0 || row == number))
                marks.attention = "审核意见：" + remark.text;
    if (!device::is_open(matter.state)) return marks; // What was signed stands as it is.
    if (const auto* typed = typed_at(matter, cell); typed && !typed->wrong.empty())
        marks.error = typed->wrong;
    const device::Judgement* judged = app.judgement(matter.root);
    if (judged == nullptr || (cell.first > 0 && number == 0)) return marks;
    for (const rules::Finding& finding : judged->verdict.findings) {
        if ((cell.first > 0 && finding.row != number) ||
            std::find(finding.fields.begin(), finding.fields.end(), name) == finding.fields.end())
            continue;
        if (finding.severity == notice::Severity::error && marks.error.empty())
            marks.error = finding.text;
        if (finding.severity == notice::Severity::warning && marks.attention.empty())
            marks.attention = finding.text;
    }
    return marks;
}

widgets::Edited draw_value(App& app, const Matter& matter, const Field& field,
                           const device::Cell& cell, const widgets::FieldLook& look,
                           const widgets::Rect* place) {
    switch (field.type) {
    case FieldType::choice: return draw_choice(app, matter, field, cell, look, place);
    case FieldType::certificate: return draw_certificate(app, matter, field, cell, look, place);
    default: return draw_text(app, matter, field, cell, look, place);
    }
}

// --- Cells ---------------------------------------------------------------------------------------

Cells::Cells(App& app, const notice::Form& form, std::vector<Row> rows, Growth growth)
    : m_app(app), m_form(form), m_columns(device::typed_columns(form)), m_rows(std::move(rows)),
      m_growth(growth) {}

void Cells::draw(const Matter& matter, std::size_t index, const Field& field, int number,
                 widgets::FieldLook look, const widgets::Rect& place) {
    const Row          row = m_rows[index];
    const device::Cell cell{row.row, field.id};
    const Marks        marks = marks_of(m_app, matter, field, cell, number);
    look.error = marks.error;
    look.attention = marks.attention;
    look.in_table = true;
    if (row.row == 0 || number > 0) look.need = widgets::Need::required;
    if (device::is_open(matter.state)) look.takes_cells = true;
    else look.locked_because = "已签名，按“修改”后才能改动";
    const auto handle = platform::mirror().handle_of(field.id.text());
    const bool wished = wish && wish->first == row && wish->second == field.id;
    // The list 检查 counts rows as the answers do.
    if (wished || m_app.take_focus_wish(matter.root, {row.row == 0 ? 0 : number, field.id}))
        platform::focus(handle);
    if (wished) wish.reset();
    if (!field.prefill.empty()) return draw_locked(m_app, matter, field, look, place);
    if (platform::input().focus() == handle) {
        const auto at = std::size_t(std::find(m_columns.begin(), m_columns.end(), &field) -
                                    m_columns.begin());
        if (!run.any || !(run.row == row) || (at != run.last && at != run.last + 1))
            run = {row, at, at, true};
        run.last = at;
    }
    act_on(draw_value(m_app, matter, field, cell, look, &place), matter, index, field);
}

void Cells::draw_next(const Matter& matter, std::size_t index, const Field& field,
                      bool in_column) {
    const std::string  label = "第" + std::to_string(index + 1) + "行" + field.label;
    const bool         figure = field.type == FieldType::integer || field.type == FieldType::money;
    widgets::FieldLook look{.shape = widgets::Shape::cell};
    look.label = label;
    look.right = in_column && figure;
    look.placeholder = field.type == FieldType::certificate ? "输入名称或培训评价组织查找" : "";
    const float height = std::max(32.f, widgets::target_height() - 4);
    draw(matter, index, field, 0, look,
         widgets::next_place(widgets::area().bounds.w, height));
}

void Cells::act_on(const widgets::Edited& edited, const Matter& matter, std::size_t index,
                   const Field& field) {
    if (edited.pasted != nullptr)
        ask_about(m_app, {m_form.id, matter.period, m_rows[index], field.id,
                          device::parse_cells(*edited.pasted), std::nullopt, -1});
    if (edited.move == widgets::Move::copy_above) copy_above(matter, index, field);
    else if (edited.move != widgets::Move::none) move(edited.move, index, field);
}

// Enter goes down; where Tab led through the row before, it goes to where that began, as in a
// spreadsheet.
void Cells::move(widgets::Move move, std::size_t index, const Field& field) {
    const Field* column = &field;
    if (move == widgets::Move::enter && run.any && run.row == m_rows[index] &&
        run.first < run.last && m_columns[run.last] == &field)
        column = m_columns[run.first];
    if (move == widgets::Move::up) {
        if (index > 0) wish = {m_rows[index - 1], column->id};
        return;
    }
    if (index + 1 < m_rows.size()) {
        wish = {m_rows[index + 1], column->id};
        return;
    }
    if (move != widgets::Move::enter || m_growth == Growth::fixed) return;
    const auto last = m_app.desk().find_matter(m_rows[index].root);
    if (!last || !has_text(*last, 0)) return;
    const auto made = m_app.desk().create_matter(m_form.id, last->period);
    if (!made) return void(m_app.tell(base::fail(made.error())));
    m_app.changed();
    wish = {Row{*made, 0}, column->id};
}

void Cells::copy_above(const Matter& matter, std::size_t index, const Field& field) {
    if (index == 0 || !device::is_open(matter.state)) return;
    const Row  above = m_rows[index - 1], here = m_rows[index];
    const auto copied = m_app.desk().copy_cell(above.root, {above.row, field.id}, here.root,
                                               {here.row, field.id});
    if (!copied) return void(m_app.tell(base::fail(copied.error())));
    const auto* before = typed_at(matter, {here.row, field.id});
    if (before != nullptr && !before->text.empty())
        m_app.say("已复制上一行的“" + field.label + "”。", [&app = m_app, change = *copied] {
            app.tell(app.desk().undo(change));
        });
    else m_app.changed();
}

// --- A form's own table --------------------------------------------------------------------------

namespace {

// How much a row adds to what was approved before: "+50"; "" where it adds nothing or nothing can be
// said yet.
std::string added_words(const notice::Form& form, const Field& field, const base::Json& row) {
    if (form.serves != notice::Serves::increase || form.find_standard("approved_after") != &field)
        return {};
    const Field* before = form.find_standard("approved_before");
    if (before == nullptr) return {};
    const base::Json from = row.value(before->id.text(), base::Json()),
                     to = row.value(field.id.text(), base::Json());
    if (!from.is_number_integer() || !to.is_number_integer()) return {};
    const std::int64_t more = to.get<std::int64_t>() - from.get<std::int64_t>();
    return more > 0 ? "+" + base::grouped(more) : std::string();
}

struct TypedTable {
    App&                  app;
    const Matter&         matter;
    const notice::Form&   form;
    const notice::Block&  block;
    bool                  open;
    std::vector<int>      filled; // Rows with text.
    std::vector<Row>      rows;   // As they are shown.
    // Of the filled rows. A copy: what is typed while the table is drawn makes another judgement.
    base::Json            answers;

    // The row's place among the answers, from 1; 0 for an empty one.
    int number_of(int row) const {
        const auto found = std::find(filled.begin(), filled.end(), row);
        return found == filled.end() ? 0 : int(found - filled.begin()) + 1;
    }
    const base::Json& answer(int number) const {
        static const base::Json none = base::Json::object();
        return number > 0 && std::size_t(number) <= answers.size()
                   ? answers.at(std::size_t(number) - 1)
                   : none;
    }
    std::string place_words(std::size_t index) const {
        return "第" + std::to_string(index + 1) + "行";
    }
    void removed(std::size_t index) const {
        const auto change = app.desk().remove_row(matter.root, rows[index].row);
        if (!change) return void(app.tell(base::fail(change.error())));
        app.say("已删除" + place_words(index) + "。",
                [&here = app, undo = *change] { here.tell(here.desk().undo(undo)); });
    }
};

TypedTable typed_table(App& app, const Matter& matter, const notice::Form& form,
                       const notice::Block& block) {
    const device::Judgement* judged = app.judgement(matter.root);
    TypedTable table{app, matter, form, block, device::is_open(matter.state),
                     device::filled_rows(matter), {},
                     judged != nullptr && judged->answers.contains("rows")
                         ? judged->answers.at("rows")
                         : base::Json::array()};
    const int last = table.filled.empty() ? 0 : table.filled.back();
    const int shown = std::min(std::max(last + (table.open ? 1 : 0), block.blank_rows),
                               int(form.table->rows_max));
    for (int row = 1; row <= shown; ++row) table.rows.push_back({matter.root, row});
    return table;
}

std::string plain_head(const notice::TableColumn& column) {
    std::string head = column.head;
    std::erase(head, '\n');
    return head;
}

// "+50" small at the left of the cell, the field in what is left of it.
void draw_cell(const TypedTable& table, Cells& cells, std::size_t index, const Field& field,
               const base::Json& answer, int number, widgets::Side side, widgets::Rect place) {
    const std::string added = added_words(table.form, field, answer);
    if (!added.empty()) {
        const widgets::Type type{platform::Face::sans, widgets::type_size::small};
        const float         w = widgets::text_width(type, added) + 4;
        widgets::draw_text(type, widgets::colour::done, place.x,
                           widgets::base_line(type, place.y, place.h), added);
        const std::string   said = "增加 " + added.substr(1) + " " + field.unit;
        semantics::Node     node;
        node.role = semantics::Role::text;
        node.id = "added";
        node.name = said;
        node.rect = {place.x, place.y, w, place.h};
        platform::mirror().leaf(node);
        place.x += w, place.w -= w;
    }
    widgets::FieldLook look{.shape = widgets::Shape::cell, .size = widgets::type_size::body};
    const std::string  label = table.place_words(index) + field.label;
    look.label = label;
    look.right = side == widgets::Side::right;
    look.centre = side == widgets::Side::centre;
    cells.draw(table.matter, index, field, number, look, place);
}

void draw_on_paper(const TypedTable& table, Cells& cells) {
    std::vector<std::string>          heads;
    std::vector<widgets::PaperColumn> columns;
    for (const notice::TableColumn& column : table.block.columns)
        heads.push_back(plain_head(column));
    for (std::size_t i = 0; i < heads.size(); ++i) {
        const auto align = table.block.columns[i].align;
        columns.push_back({heads[i], widgets::share(float(table.block.columns[i].share)),
                           align == notice::TableColumn::Align::left    ? widgets::Side::left
                           : align == notice::TableColumn::Align::right ? widgets::Side::right
                                                                        : widgets::Side::centre});
    }
    widgets::PaperTable paper("rows", table.form.short_title, columns,
                              table.open ? beside_margin : 0);
    for (std::size_t index = 0; index < table.rows.size(); ++index) {
        const int        number = table.number_of(table.rows[index].row);
        const base::Json& answer = table.answer(number);
        paper.row(std::to_string(index));
        for (const notice::TableColumn& column : table.block.columns) {
            const Field* field = table.form.find_column(column.id.text());
            if (field == nullptr) {
                paper.text(column.id.text() == "seq" && number > 0 ? std::to_string(number) : "");
            } else if (!field->prefill.empty()) {
                paper.text(value_words(table.app, *field,
                                       answer.value(field->id.text(), base::Json())),
                           1, {widgets::colour::second, fills_itself});
            } else {
                const widgets::Side side = paper.side();
                paper.blank([&](const widgets::Rect& place) {
                    draw_cell(table, cells, index, *field, answer, number, side, place);
                });
            }
        }
        if (!table.open || number == 0) continue;
        paper.beside([&](const widgets::Rect& place) {
            widgets::Area at;
            at.bounds = place;
            at.x = place.x;
            at.y = place.y + (place.h - 32) / 2;
            widgets::push_area(at);
            if (widgets::button("remove", "×", {.kind = widgets::ButtonKind::quiet,
                                                .size = widgets::ButtonSize::small,
                                                .name = "删除" + table.place_words(index)}))
                table.removed(index);
            widgets::pop_area();
        });
    }
    draw_total_row(table.block,
                   computed_words(table.app, table.matter, table.block.total_computed), paper);
}

// On a phone: each row a block, its cells one under another.
void draw_in_blocks(const TypedTable& table, Cells& cells) {
    std::vector<std::string>          heads;
    std::vector<widgets::TableColumn> columns;
    for (const notice::TableColumn& column : table.block.columns)
        heads.push_back(plain_head(column));
    for (const std::string& head : heads) columns.push_back({.title = head});
    columns.push_back({});
    widgets::Table blocks("rows", columns,
                          {.name = table.form.short_title,
                           .width_min = paper_table_min,
                           .narrow = widgets::Narrow::stack});
    for (std::size_t index = 0; index < table.rows.size(); ++index) {
        const int        number = table.number_of(table.rows[index].row);
        const base::Json& answer = table.answer(number);
        // Of the rows that the paper leaves empty, one is enough to go on.
        if (number == 0 && index > 0 && table.number_of(table.rows[index - 1].row) == 0) continue;
        blocks.row(std::to_string(index));
        for (const notice::TableColumn& column : table.block.columns) {
            const Field* field = table.form.find_column(column.id.text());
            if (field == nullptr) {
                blocks.text(column.id.text() == "seq" ? std::to_string(index + 1) : "");
            } else if (!field->prefill.empty()) {
                const std::string words = value_words(
                    table.app, *field, answer.value(field->id.text(), base::Json()));
                blocks.text(words.empty() ? "—" : words, {.colour = widgets::colour::second});
            } else {
                const auto          cell = blocks.cell();
                const widgets::Rect place =
                    widgets::next_place(widgets::area().bounds.w, widgets::target_height() - 4);
                draw_cell(table, cells, index, *field, answer, number, widgets::Side::left, place);
            }
        }
        const auto cell = blocks.cell();
        if (table.open && number > 0 &&
            widgets::link("remove", "删除", {.name = "删除" + table.place_words(index)}))
            table.removed(index);
    }
    if (!table.block.total_label.empty())
        widgets::text(table.block.total_label + "：" +
                          computed_words(table.app, table.matter, table.block.total_computed),
                      widgets::bold_text);
}

// --- Files ---------------------------------------------------------------------------------------

void import_file(App& app, const base::FormId& form, const base::Period& period, const Row& at) {
    const auto read = [&app, form, period, at](platform::PickedFile file) {
        auto grid = device::parse_table_file(file.content);
        if (!grid) {
            app.say("没有导入“" + file.name + "”：" + grid.error().detail + "。");
            return;
        }
        ask_about(app, {form, period, at, base::FieldId(), std::move(*grid), std::nullopt, -1});
    };
    platform::pick_text_file(spreadsheet_files, read);
}

void export_file(App& app, const notice::Form& form, const base::Period& period,
                 const std::vector<std::vector<std::string>>& lines) {
    std::string content(base::csv_mark);
    for (const auto& line : lines) content += base::csv_line(line);
    app.download(form.appendix + "-" + form.short_title + "-" + period.text() + ".csv",
                 "text/csv;charset=utf-8", content);
}

// A value in full: money to the 分, where the paper rounds.
std::string exact_words(App& app, const Field& field, const base::Json& value) {
    if (field.type == FieldType::certificate && value.is_string())
        return app.certificate_name(base::CertificateId(value.get<std::string>()));
    return value.is_null() ? std::string() : notice::typed_value(field, value);
}

// What stands in a cell of an exported file: digits without separators, so that a spreadsheet can
// count with them; what cannot be read, as it was typed.
std::string exported(App& app, const Field& field, const device::TypedValue* typed) {
    if (typed == nullptr) return {};
    return typed->value.is_null() ? typed->text : exact_words(app, field, typed->value);
}

// Of a table that nobody types, all of its cells are answers.
void export_table(const TypedTable& table) {
    std::vector<std::vector<std::string>> lines(1);
    for (const notice::TableColumn& column : table.block.columns)
        lines[0].push_back(plain_head(column));
    const bool        typed = table.form.table->rows_from.empty();
    const std::size_t count = typed ? table.filled.size() : table.answers.size();
    for (std::size_t at = 0; at < count; ++at) {
        const int         number = int(at) + 1;
        const base::Json& answer = table.answer(number);
        lines.emplace_back();
        for (const notice::TableColumn& column : table.block.columns) {
            const Field* field = table.form.find_column(column.id.text());
            if (field == nullptr)
                lines.back().push_back(column.id.text() == "seq" ? std::to_string(number) : "");
            else if (!typed || !field->prefill.empty())
                lines.back().push_back(exact_words(
                    table.app, *field, answer.value(field->id.text(), base::Json())));
            else
                lines.back().push_back(exported(
                    table.app, *field, typed_at(table.matter, {table.filled[at], field->id})));
        }
    }
    export_file(table.app, table.form, table.matter.period, lines);
}

// What is done with the row that one was in last.
void draw_row_acts(const TypedTable& table) {
    if (!run.any || run.row.root != table.matter.root || run.row.row < 1) return;
    const int         row = run.row.row;
    const std::string place = "第" + std::to_string(row) + "行";
    const bool        last = table.filled.empty() || row > table.filled.back();
    if (widgets::button("insert", "在" + place + "上方插入一行",
                        {.size = widgets::ButtonSize::small,
                         .off_because = last ? std::string_view("这里已经是空行") : ""})) {
        const auto change = table.app.desk().insert_row(table.matter.root, row);
        table.app.tell(change ? base::Status{} : base::fail(change.error()));
        if (change && !device::typed_columns(table.form).empty())
            wish = {Row{table.matter.root, row}, device::typed_columns(table.form).front()->id};
    }
    if (widgets::button("clear", "清空" + place,
                        {.size = widgets::ButtonSize::small,
                         .off_because = table.number_of(row) == 0 ? std::string_view("这一行是空的")
                                                                  : ""})) {
        const auto change = table.app.desk().clear_row(table.matter.root, row);
        if (!change) return void(table.app.tell(base::fail(change.error())));
        table.app.say("已清空" + place + "。", [&app = table.app, undo = *change] {
            app.tell(app.desk().undo(undo));
        });
    }
}

} // namespace

void paste_over(App& app, const Matter& matter, const Field& field, std::string_view cells) {
    ask_about(app, {matter.form, matter.period, {matter.root, 0}, field.id,
                    device::parse_cells(cells), std::nullopt, -1});
}

void draw_export(App& app, const Matter& matter, const notice::Form& form,
                 const notice::Block& block) {
    const TypedTable table = typed_table(app, matter, form, block);
    widgets::gap(8);
    if (widgets::button("export", "导出表格",
                        {.size = widgets::ButtonSize::small,
                         .off_because = table.answers.empty() ? "表中还没有内容" : ""}))
        export_table(table);
}

void draw_typed_table(App& app, const Matter& matter, const notice::Form& form,
                      const notice::Block& block) {
    const TypedTable table = typed_table(app, matter, form, block);
    Cells            cells(app, form, table.rows, Cells::Growth::fixed);
    if (widgets::width_left() < paper_table_min) draw_in_blocks(table, cells);
    else draw_on_paper(table, cells);
    widgets::gap(8);
    {
        widgets::Line line;
        if (table.open && widgets::button("import", "导入表格文件",
                                          {.size = widgets::ButtonSize::small}))
            import_file(app, form.id, matter.period, {matter.root, 1});
        if (widgets::button("export", "导出表格",
                            {.size = widgets::ButtonSize::small,
                             .off_because = table.filled.empty() ? "表中还没有内容" : ""}))
            export_table(table);
        if (table.open) draw_row_acts(table);
    }
    if (table.open)
        widgets::text("可以从WPS、Excel复制后粘贴到任一格。Enter到下一行，Tab到右边一格，"
                      "Ctrl+D复制上一行的内容。",
                      widgets::second_text);
}

void draw_file_acts(App& app, const notice::Form& form, const base::Period& period,
                    const std::vector<Matter>& matters) {
    if (widgets::button("import", "导入表格文件")) import_file(app, form.id, period, {});
    if (!widgets::button("export", "导出表格",
                         {.off_because = matters.empty() ? "表中还没有内容" : ""}))
        return;
    std::vector<std::vector<std::string>> lines = {{"序号"}};
    for (const Field& field : form.fields) lines[0].push_back(field.label);
    for (const Matter& matter : matters) {
        if (!device::counts(matter.state)) continue;
        lines.push_back({std::to_string(lines.size())});
        for (const Field& field : form.fields)
            lines.back().push_back(exported(app, field, typed_at(matter, {0, field.id})));
    }
    export_file(app, form, period, lines);
}

// --- The preview ---------------------------------------------------------------------------------

namespace {

// Made anew when the desk has changed meanwhile: the package or the catalogue may be others.
bool make_preview(App& app, const notice::Form& form) {
    if (pending->preview && pending->change_count == app.desk().change_count()) return true;
    const std::string& name = pending->column.text();
    const Field* column = form.table ? form.find_column(name) : form.find_field(name);
    const bool        one_row = device::is_one_row(form);
    const std::size_t most = form.table ? form.table->rows_max
                             : one_row  ? 1
                                        : base::limits::rows_max;
    const auto        with_room_behind = [&](std::size_t used) {
        return app.desk().preview_grid(form, pending->grid, column, most - std::min(used, most));
    };
    std::size_t used = 0;
    if (form.table) {
        if (const auto matter = app.desk().find_matter(pending->at.root))
            used = device::filled_rows(*matter).size();
    } else if (!one_row) {
        used = app.desk().matters(form.id, pending->period).size();
    }
    auto made = with_room_behind(used);
    // Laid over rows that are there, it needs no new ones.
    if (made && !made->whole && !pending->column.empty())
        made = with_room_behind(form.table ? std::size_t(std::max(pending->at.row, 1)) - 1 : 0);
    if (!made) {
        app.tell(base::fail(made.error()));
        return false;
    }
    if (pending->column.empty()) made->whole = true; // A file is added to what is there.
    pending->preview = std::move(*made);
    pending->change_count = app.desk().change_count();
    return true;
}

void take(App& app, const notice::Form& form) {
    const device::GridPreview& preview = *pending->preview;
    const auto change =
        form.table ? app.desk().take_rows(pending->at.root, preview, std::max(pending->at.row, 1))
        : device::is_one_row(form)
            ? app.desk().take_rows(pending->at.root, preview, 0)
            : app.desk().take_matters(form.id, pending->period, preview,
                                             pending->at.root.empty() || preview.whole
                                                 ? nullptr
                                                 : &pending->at.root);
    if (!change) return void(app.tell(base::fail(change.error())));
    app.say("已填入 " + std::to_string(preview.rows.size()) + " 行。",
            [&app, undo = *change] { app.tell(app.desk().undo(undo)); });
}

std::string summary_words(const device::GridPreview& preview) {
    std::string words = "将填入 " + std::to_string(preview.rows.size()) + " 行";
    if (preview.findings > 0)
        words += "，其中 " + std::to_string(preview.findings) + " 格有问题，填入后可以再改";
    if (!preview.left_out.empty())
        words += "；不取用 " + std::to_string(preview.left_out.size()) + " 行";
    if (preview.empty_rows > 0) words += "，另有空行 " + std::to_string(preview.empty_rows) + " 行";
    return words + "。";
}

std::string overlay_words(const device::GridPreview& preview) {
    std::string columns;
    for (const Field* field : preview.columns)
        columns += (columns.empty() ? "“" : "、“") + field->label + "”";
    return "只有" + columns + "，将从所在的行起填入，这些格原有的内容会被替换。";
}

// What is laid over a row that is signed is not taken: which rows of the list these are.
std::string signed_words(App& app, const device::GridPreview& preview) {
    if (preview.whole || pending->at.root.empty()) return {};
    const auto matters = app.desk().matters(pending->form, pending->period);
    std::size_t first = 0;
    while (first < matters.size() && matters[first].root != pending->at.root) ++first;
    std::string rows;
    for (const device::GridRow& row : preview.rows) {
        const std::size_t at = first + (row.line - preview.first_line);
        if (at < matters.size() && !device::is_open(matters[at].state))
            rows += (rows.empty() ? "第" : "、") + std::to_string(at + 1);
    }
    return rows.empty() ? rows : rows + "行已签名，不会改动。";
}

widgets::TableColumn preview_column(const Field& field) {
    switch (field.type) {
    case FieldType::choice: return {.title = field.label, .width = widgets::fixed(96)};
    case FieldType::integer:
    case FieldType::money:
        return {.title = field.label,
                .width = widgets::fixed(116),
                .align = widgets::Align::right};
    default: return {.title = field.label, .width = widgets::share(2)};
    }
}

void draw_rows(App& app, const device::GridPreview& preview) {
    std::vector<widgets::TableColumn> columns = {
        {"行", widgets::fixed(52), widgets::Align::right}};
    for (const Field* field : preview.columns) columns.push_back(preview_column(*field));
    columns.push_back({.title = "问题", .width = widgets::share(3)});
    widgets::Table table("taken", columns,
                         {.name = "将要填入的内容",
                          .width_min = 520,
                          .narrow = widgets::Narrow::stack});
    table.rows(int(preview.rows.size()), [&](int index) {
        const device::GridRow& row = preview.rows[std::size_t(index)];
        table.row(std::to_string(row.line));
        table.text(std::to_string(row.line), widgets::second_text);
        std::string findings;
        for (std::size_t i = 0; i < row.cells.size(); ++i) {
            const device::GridCell& cell = row.cells[i];
            const bool              read = !cell.value.is_null();
            table.text(read ? value_words(app, *preview.columns[i], cell.value) : cell.text,
                       {.colour = cell.finding.empty() ? widgets::colour::text
                                                       : widgets::colour::wrong});
            findings += cell.finding;
        }
        table.text(findings, {.size = widgets::type_size::small, .colour = widgets::colour::wrong});
    });
}

// The grid's rows that are not taken, each with its reason; many alike are not all listed.
void draw_left_out(const device::GridPreview& preview) {
    constexpr std::size_t listed_max = 12;
    const widgets::Stack  stack(2);
    const std::size_t     count = std::min(preview.left_out.size(), listed_max);
    for (std::size_t i = 0; i < count; ++i) {
        const device::LeftOutRow& row = preview.left_out[i];
        widgets::text("第" + std::to_string(row.line) + "行不取用（" + row.reason + "）：" + row.text,
                      {.size = widgets::type_size::small,
                       .colour = widgets::colour::second,
                       .wrapping = widgets::Wrapping::one_line});
    }
    if (count < preview.left_out.size())
        widgets::text("还有 " + std::to_string(preview.left_out.size() - count) + " 行不取用。",
                      widgets::second_text);
}

} // namespace

void draw_preview(App& app) {
    if (!pending) return;
    const auto          duty = app.desk().find_duty(pending->form, pending->period);
    const notice::Form* form = duty ? duty->form : nullptr;
    if (app.visit_memory(asking).empty() || form == nullptr || !make_preview(app, *form)) {
        pending.reset();
        return;
    }
    const device::GridPreview& preview = *pending->preview;
    bool                       done = false;
    {
        widgets::Dialog dialog("preview", "填入“" + form->short_title + "”", 1000);
        widgets::text(preview.rows.empty() ? "没有可以填入的行。" : summary_words(preview));
        const bool one_row = device::is_one_row(*form);
        if ((!preview.whole || one_row) && !preview.rows.empty())
            widgets::text(one_row ? std::string("填入后，这些格原有的内容会被替换。")
                                  : overlay_words(preview),
                          {.colour = widgets::colour::attention});
        if (const std::string words = form->many && !form->table ? signed_words(app, preview)
                                                                 : std::string();
            !words.empty())
            widgets::text(words, {.colour = widgets::colour::attention});
        for (const std::string& remark : preview.remarks)
            widgets::text(remark, widgets::second_text);
        if (!preview.rows.empty()) {
            const float   width = widgets::width_left();
            const float   room = std::max(180.f, platform::viewport().h - 400);
            const float   wanted = 42 + 44 * float(preview.rows.size());
            const float   height = width < paper_table_min ? room : std::min(wanted, room);
            const widgets::Scroll rows("rows", widgets::next_place(width, height),
                                       {.name = "将要填入的内容"});
            draw_rows(app, preview);
        }
        draw_left_out(preview);
        widgets::gap(4);
        widgets::Line line({.gap = 12, .side = widgets::Side::right});
        if (widgets::button("no", "取消") || dialog.dismissed()) done = true;
        if (widgets::button("yes", "填入 " + std::to_string(preview.rows.size()) + " 行",
                            {.kind = widgets::ButtonKind::primary,
                             .off_because = preview.rows.empty() ? "没有可以填入的行" : ""})) {
            take(app, *form);
            done = true;
        }
    }
    if (!done) return;
    app.visit_memory(asking).clear();
    pending.reset();
}

} // namespace entry
