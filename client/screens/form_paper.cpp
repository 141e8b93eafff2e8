#include "client/screens/form_paper.hpp"

#include "client/app.hpp"
#include "client/screens/parts.hpp"
#include "client/screens/table_entry.hpp"
#include "client/widgets/fields.hpp"
#include "client/widgets/inside.hpp"
#include "client/widgets/paper.hpp"
#include "shared/base/text.hpp"

#include <algorithm>

namespace {

using device::Matter;
using notice::Block;
using notice::Field;

constexpr float       em = widgets::type_size::paper; // A character of the paper.

// A field whose value is the judgement's, not the clerk's.
void draw_locked(App& app, const Matter& matter, const Field& field, widgets::FieldLook look,
                 const widgets::Rect* place) {
    const device::Judgement* judged = app.judgement(matter.root);
    const base::Json value = judged == nullptr
                                 ? base::Json()
                                 : judged->answers.value(field.id.text(), base::Json());
    std::string words = value.is_null() ? "—" : value_words(app, field, value);
    look.locked_because = "取自审核台账，不能改动";
    if (place == nullptr) widgets::text_field(field.id.text(), words, look);
    else widgets::field_at(field.id.text(), *place, words, look);
}

// One field, at a place of the paper or, without one, where the next widget stands.
void draw_field(App& app, const Matter& matter, const Field& field, widgets::FieldLook look,
                const widgets::Rect* place) {
    const device::Cell cell{0, field.id};
    const entry::Marks marks = entry::marks_of(app, matter, field, cell, 0);
    look.error = marks.error;
    look.attention = marks.attention;
    look.need = widgets::Need::required;
    if (look.hint.empty()) look.hint = field.help;
    if (!device::is_open(matter.state)) look.locked_because = "已签名，按“修改”后才能改动";
    if (app.take_focus_wish(matter.root, cell))
        platform::focus(platform::mirror().handle_of(field.id.text()));
    if (!field.prefill.empty()) return draw_locked(app, matter, field, look, place);
    entry::draw_value(app, matter, field, cell, look, place);
}

void draw_sentence(App& app, const Matter& matter, const notice::Form& form, const Block& block,
                   int indent) {
    widgets::Paragraph paragraph({.indent = indent, .above = 6});
    for (const notice::Inline& part : block.inlines) {
        const float width = float(part.width_em) * em + 20;
        std::string words;
        switch (part.kind) {
        case notice::Inline::Kind::text: paragraph.words(part.text); break;
        case notice::Inline::Kind::field: {
            const Field* field = form.find_field(part.text);
            paragraph.blank(width, [&app, &matter, field](const widgets::Rect& place) {
                widgets::FieldLook look = widgets::paper_field;
                look.label = field->label;
                draw_field(app, matter, *field, look, &place);
            });
            break;
        }
        case notice::Inline::Kind::computed:
            words = computed_words(app, matter, base::FieldId(part.text));
            paragraph.words(words.empty() ? "　　" : words);
            break;
        case notice::Inline::Kind::context:
            paragraph.blank(width, [&app](const widgets::Rect& place) {
                std::string        name = app.desk().find_enrolment()->unit.name;
                widgets::FieldLook look = widgets::paper_field;
                look.label = "学校";
                look.locked_because = "由登记信息填写";
                widgets::field_at("unit_name", place, name, look);
            });
            break;
        }
    }
    paragraph.set();
}

// The heads of a table's columns; the screen breaks their lines where it must.
std::vector<std::string> heads_of(const Block& block) {
    std::vector<std::string> heads;
    for (const notice::TableColumn& column : block.columns) {
        heads.push_back(column.head);
        std::string& head = heads.back();
        head.erase(std::remove(head.begin(), head.end(), '\n'), head.end());
    }
    return heads;
}

// A table that has the form's own fields as its one row; where the columns would be too narrow to
// type in, a row a field.
void draw_field_table(App& app, const Matter& matter, const notice::Form& form,
                      const Block& block) {
    constexpr float   column_min = 80;
    const std::size_t count = block.columns.size();
    const bool        upright = widgets::width_left() < column_min * float(count);
    std::vector<widgets::PaperColumn> columns;
    std::vector<std::string>          heads = heads_of(block);
    for (std::size_t i = 0; i < count; ++i)
        columns.push_back({heads[i], widgets::share(float(block.columns[i].share))});
    if (upright)
        columns = {{"项目", widgets::share(3), widgets::Side::left}, {"填写", widgets::fixed(120)}};
    widgets::PaperTable table("fields", form.short_title, columns);
    if (!upright) table.row("values");
    for (std::size_t i = 0; i < count; ++i) {
        const base::FieldId& id = block.columns[i].id;
        const Field*         field = form.find_field(id.text());
        if (upright) {
            table.row(id.text());
            table.text(heads[i]);
        }
        if (field == nullptr) {
            table.text(id.text() == "seq" ? std::string("1") : computed_words(app, matter, id));
            continue;
        }
        table.blank([&](const widgets::Rect& place) {
            widgets::FieldLook look = widgets::paper_field;
            look.label = field->label;
            look.centre = true;
            look.size = widgets::type_size::body;
            draw_field(app, matter, *field, look, &place);
        });
    }
}

void draw_table(App& app, const Matter& matter, const notice::Form& form, const Block& block) {
    if (!form.table) return draw_field_table(app, matter, form, block);
    std::vector<widgets::PaperColumn> columns;
    const std::vector<std::string>    heads = heads_of(block);
    for (std::size_t i = 0; i < block.columns.size(); ++i)
        columns.push_back({heads[i], widgets::share(float(block.columns[i].share)),
                           block.columns[i].align == notice::TableColumn::Align::left
                               ? widgets::Side::left
                           : block.columns[i].align == notice::TableColumn::Align::right
                               ? widgets::Side::right
                               : widgets::Side::centre});
    widgets::PaperTable      table("rows", form.short_title, columns);
    const device::Judgement* judged = app.judgement(matter.root);
    const base::Json         none = base::Json::array();
    const base::Json&        rows =
        judged != nullptr && judged->answers.contains("rows") ? judged->answers.at("rows") : none;
    const std::size_t count = std::max(rows.size(), std::size_t(block.blank_rows));
    for (std::size_t i = 0; i < count; ++i) {
        table.row(std::to_string(i));
        for (const notice::TableColumn& column : block.columns) {
            const Field* field = form.find_column(column.id.text());
            if (column.id.text() == "seq") table.text(std::to_string(i + 1));
            else if (field == nullptr || i >= rows.size()) table.text("");
            else table.text(value_words(app, *field, rows.at(i).at(column.id.text())));
        }
    }
    draw_total_row(app, matter, block, table);
}

} // namespace

void draw_total_row(App& app, const Matter& matter, const Block& block,
                    widgets::PaperTable& table) {
    if (block.total_label.empty()) return;
    table.row("total");
    int before = 0; // Columns before the total's own: one cell, so that the label has room.
    for (const notice::TableColumn& column : block.columns) {
        if (column.id == block.total_under) break;
        ++before;
    }
    if (before > 0) table.text(block.total_label, before);
    table.text(computed_words(app, matter, block.total_computed));
    for (int behind = before + 1; behind < int(block.columns.size()); ++behind) table.text("");
}

void draw_card_field(App& app, const Matter& matter, const Field& field) {
    widgets::FieldLook look;
    look.label = field.label;
    look.hint = field.help;
    draw_field(app, matter, field, look, nullptr);
}

void draw_form_paper(App& app, const Matter& matter) {
    const notice::Form* form = app.desk().form_of(matter);
    if (form == nullptr) return;
    widgets::Paper paper(matter.root.text(), form->title);
    for (const Block& block : form->blocks) {
        switch (block.kind) {
        case Block::Kind::appendix: paper.label(block.text); break;
        case Block::Kind::title: paper.title(block.text); break;
        case Block::Kind::line: draw_sentence(app, matter, *form, block, 0); break;
        case Block::Kind::paragraph: draw_sentence(app, matter, *form, block, 2); break;
        case Block::Kind::table:
            if (form->table && form->table->rows_from.empty())
                entry::draw_typed_table(app, matter, *form, block);
            else draw_table(app, matter, *form, block);
            break;
        case Block::Kind::signature: widgets::paper_text(block.text, {.above = 18}); break;
        case Block::Kind::date:
            widgets::paper_text(block.text, {.side = widgets::Side::right, .above = 14});
            break;
        case Block::Kind::note:
        case Block::Kind::remark: paper.remark(block.text); break;
        }
    }
}
