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
    const notice::Form* form = app.desk().form_of(matter);
    if (form != nullptr && device::is_one_row(*form) && device::is_open(matter.state)) {
        const auto typed = device::typed_columns(*form);
        look.takes_cells = std::find(typed.begin(), typed.end(), &field) != typed.end();
    }
    const widgets::Edited edited = entry::draw_value(app, matter, field, cell, look, place);
    if (edited.pasted != nullptr) entry::paste_over(app, matter, field, *edited.pasted);
}

// What a paper is filled with: a draft that is typed into, or a filing as it was sent.
struct Filling {
    App&                                       app;
    const notice::Form&                        form;
    std::string                                unit_name;
    const Matter*                              draft = nullptr;
    const FiledPaper*                          filed = nullptr;
    base::Json                                 answers = base::Json::object();
    std::optional<device::Cell>                pressed = {};
    // Of a draft whose rows are made from others' filings: the matter behind each row. Copies: what
    // is typed while the paper is drawn makes the originals anew.
    std::vector<Matter>                        sources = {};

    base::Json value(const device::Cell& cell) const {
        if (cell.first == 0) return answers.value(cell.second.text(), base::Json());
        return std::size_t(cell.first) > rows().size()
                   ? base::Json()
                   : rows().at(std::size_t(cell.first) - 1).value(cell.second.text(), base::Json());
    }
    const base::Json& rows() const {
        static const base::Json none = base::Json::array();
        const auto              found = answers.find("rows");
        return found == answers.end() || !found->is_array() ? none : *found;
    }
    // Of a draft asked anew each time: what is typed while the paper is drawn makes another
    // judgement.
    std::string computed_at(const base::FieldId& id) const {
        if (filed == nullptr) return computed_words(app, *draft, id);
        const auto found = filed->computed.find(id);
        return computed_words(form, id,
                              found == filed->computed.end() ? base::Json() : found->second);
    }
    // There is more to a value than to read it.
    bool is_seen(const device::Cell& cell) const {
        return filed != nullptr &&
               (filed->presses || filed->mark(cell).tone != widgets::Tone::plain);
    }
    // "60"; "60 → 80" where the value is another than before.
    std::string filed_words(const Field& field, const device::Cell& cell) const {
        const std::string words = value_words(app, field, value(cell)),
                          before = filed->mark(cell).before;
        return before.empty() ? words : before + " → " + words;
    }
    void draw(const Field& field, const device::Cell& cell, widgets::FieldLook look,
              const widgets::Rect& place) {
        if (filed == nullptr) return draw_field(app, *draft, field, look, &place);
        const FiledMark mark = filed->mark(cell);
        if (widgets::ink_at(std::to_string(cell.first) + field.id.text(), place,
                            filed_words(field, cell),
                            {.label = field.label,
                             .about = mark.about,
                             .tone = mark.tone,
                             .side = look.centre  ? widgets::Side::centre
                                     : look.right ? widgets::Side::right
                                                  : widgets::Side::left,
                             .size = look.size,
                             .underlined = cell.first == 0 && !look.centre,
                             .presses = filed->presses}))
            pressed = cell;
    }
};

// What was explained about the values above.
void draw_note(const Filling& filling, const Field& field, const device::Cell& cell) {
    if (filling.filed == nullptr) return;
    if (const std::string note = filling.filed->mark(cell).note; !note.empty())
        widgets::text(field.label + "的说明：" + note, {.size = widgets::type_size::small,
                                                        .colour = widgets::colour::attention});
}

void draw_sentence(Filling& filling, const Block& block, int indent) {
    widgets::Paragraph paragraph({.indent = indent, .above = 6});
    for (const notice::Inline& part : block.inlines) {
        float       width = float(part.width_em) * em + 20;
        std::string words;
        switch (part.kind) {
        case notice::Inline::Kind::text: paragraph.words(part.text); break;
        case notice::Inline::Kind::field: {
            const Field* field = filling.form.find_field(part.text);
            if (filling.filed != nullptr)
                width = std::max(width, 20 + widgets::text_width(
                                                 {.size = widgets::type_size::paper},
                                                 filling.filed_words(*field, {0, field->id})));
            paragraph.blank(width, [&filling, field](const widgets::Rect& place) {
                widgets::FieldLook look = widgets::paper_field;
                look.label = field->label;
                filling.draw(*field, {0, field->id}, look, place);
            });
            break;
        }
        case notice::Inline::Kind::computed:
            words = filling.computed_at(base::FieldId(part.text));
            paragraph.words(words.empty() ? "　　" : words);
            break;
        case notice::Inline::Kind::context:
            paragraph.blank(width, [&filling](const widgets::Rect& place) {
                widgets::FieldLook look = widgets::paper_field;
                look.label = "学校";
                look.locked_because = "由登记信息填写";
                widgets::field_at("unit_name", place, filling.unit_name, look);
            });
            break;
        }
    }
    paragraph.set();
    for (const notice::Inline& part : block.inlines)
        if (const Field* field = part.kind == notice::Inline::Kind::field
                                     ? filling.form.find_field(part.text)
                                     : nullptr)
            draw_note(filling, *field, {0, field->id});
}

// The matters that the rows of a made table come from, in the order of the rows; none when that is
// not known or the table has been signed.
std::vector<Matter> sources_of(App& app, const Matter& matter, const notice::Form& form,
                               std::size_t row_count) {
    std::vector<Matter> sources;
    const notice::Form* declared = source_form_of(app, matter, form);
    if (declared == nullptr || !device::is_open(matter.state)) return sources;
    for (const Matter& one : app.matters(declared->id, matter.period))
        if (device::counts(one.state)) sources.push_back(one);
    if (sources.size() != row_count) sources.clear();
    return sources;
}

// What the list of the rows' own forms counts otherwise than the table, which adds up all it shows.
void draw_left_out(const Filling& filling) {
    if (filling.sources.empty()) return;
    App&                app = filling.app;
    const notice::Form* declared = source_form_of(app, *filling.draft, filling.form);
    const Tally         tally = tally_of(app, *declared, filling.sources);
    if (tally.left_out > 0)
        widgets::text(declared->short_title + "合计 " + base::grouped(tally.total) + " 人，" +
                          left_out_words(tally, *declared) + "，和本表合计可能不同；改好以后一致。",
                      {.size = widgets::type_size::small, .colour = widgets::colour::attention});
}

// A cell of a made table whose value cannot stand so: as it was typed, marked, and leading to where
// it is mended. False when there is nothing to be mended.
bool draw_fault(const Filling& filling, int row, const Field& column, widgets::Side side,
                widgets::PaperTable& table) {
    App& app = filling.app;
    if (filling.sources.empty()) return false;
    const Matter&       source = filling.sources[std::size_t(row) - 1];
    const notice::Form* form = app.desk().form_of(source);
    if (form == nullptr) return false;
    // A made table has standard columns, and others by the form's own names.
    const Field* field = form->find_standard(column.id.text());
    if (field == nullptr) field = form->find_field(column.id.text());
    if (field == nullptr || !device::is_open(source.state)) return false;
    const device::Cell cell{0, field->id};
    const auto         typed = source.values.find(cell);
    const bool         missing =
        typed == source.values.end() || base::trim(typed->second.text).empty();
    const std::string error = entry::marks_of(app, source, *field, cell, 0).error;
    if (!missing && error.empty()) return false;
    const base::Json value = filling.value({row, column.id});
    table.blank([&](const widgets::Rect& place) {
        if (widgets::ink_at(std::to_string(row) + column.id.text(), place,
                            missing           ? std::string("待填")
                            : value.is_null() ? typed->second.text
                                              : value_words(app, column, value),
                            {.label = column.label,
                             .about = missing ? std::string_view("申报表还没有填好") : error,
                             .tone = missing ? widgets::Tone::attention : widgets::Tone::wrong,
                             .side = side,
                             .presses = true})) {
            app.open_form(form->id, source.period);
            app.wish_focus(source.root, cell); // After: another screen begins without wishes.
        }
    });
    return true;
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
void draw_field_table(Filling& filling, const Block& block) {
    constexpr float   column_min = 80;
    const std::size_t count = block.columns.size();
    const bool        upright = widgets::width_left() < column_min * float(count);
    std::vector<widgets::PaperColumn> columns;
    std::vector<std::string>          heads = heads_of(block);
    for (std::size_t i = 0; i < count; ++i)
        columns.push_back({heads[i], widgets::share(float(block.columns[i].share))});
    if (upright)
        columns = {{"项目", widgets::share(3), widgets::Side::left}, {"填写", widgets::fixed(120)}};
    widgets::PaperTable table("fields", filling.form.short_title, columns);
    if (!upright) table.row("values");
    for (std::size_t i = 0; i < count; ++i) {
        const base::FieldId& id = block.columns[i].id;
        const Field*         field = filling.form.find_field(id.text());
        if (upright) {
            table.row(id.text());
            table.text(heads[i]);
        }
        if (field == nullptr) {
            table.text(id.text() == "seq" ? std::string("1") : filling.computed_at(id));
            continue;
        }
        table.blank([&](const widgets::Rect& place) {
            widgets::FieldLook look = widgets::paper_field;
            look.label = field->label;
            look.centre = true;
            look.size = widgets::type_size::body;
            filling.draw(*field, {0, field->id}, look, place);
        });
    }
}

void draw_table(Filling& filling, const Block& block) {
    const notice::Form& form = filling.form;
    if (!form.table) return draw_field_table(filling, block);
    std::vector<widgets::PaperColumn> columns;
    const std::vector<std::string>    heads = heads_of(block);
    for (std::size_t i = 0; i < block.columns.size(); ++i)
        columns.push_back({heads[i], widgets::share(float(block.columns[i].share)),
                           block.columns[i].align == notice::TableColumn::Align::left
                               ? widgets::Side::left
                           : block.columns[i].align == notice::TableColumn::Align::right
                               ? widgets::Side::right
                               : widgets::Side::centre});
    widgets::PaperTable table("rows", form.short_title, columns);
    const base::Json&   rows = filling.rows();
    const std::size_t   count = std::max(rows.size(), std::size_t(block.blank_rows));
    for (std::size_t i = 0; i < count; ++i) {
        table.row(std::to_string(i));
        for (const notice::TableColumn& column : block.columns) {
            const Field* field = form.find_column(column.id.text());
            if (column.id.text() == "seq") table.text(std::to_string(i + 1));
            else if (field == nullptr || i >= rows.size()) table.text("");
            else if (draw_fault(filling, int(i) + 1, *field, table.side(), table)) continue;
            else if (filling.is_seen({int(i) + 1, field->id}))
                table.blank([&, side = table.side()](const widgets::Rect& place) {
                    widgets::FieldLook look = widgets::paper_field;
                    look.centre = side == widgets::Side::centre;
                    look.right = side == widgets::Side::right;
                    filling.draw(*field, {int(i) + 1, field->id}, look, place);
                });
            else
                table.text(
                    value_words(filling.app, *field, filling.value({int(i) + 1, field->id})));
        }
    }
    draw_total_row(block, filling.computed_at(block.total_computed), table);
}

void draw_blocks(Filling& filling, std::string_view id) {
    const notice::Form& form = filling.form;
    widgets::Paper      paper(id, form.title);
    for (const Block& block : form.blocks) {
        switch (block.kind) {
        case Block::Kind::appendix: paper.label(block.text); break;
        case Block::Kind::title: paper.title(block.text); break;
        case Block::Kind::line: draw_sentence(filling, block, 0); break;
        case Block::Kind::paragraph: draw_sentence(filling, block, 2); break;
        case Block::Kind::table:
            if (filling.draft != nullptr && form.table && form.table->rows_from.empty())
                entry::draw_typed_table(filling.app, *filling.draft, form, block);
            else draw_table(filling, block);
            draw_left_out(filling);
            if (filling.draft != nullptr && form.table && !form.table->rows_from.empty())
                entry::draw_export(filling.app, *filling.draft, form, block);
            if (filling.draft != nullptr && device::is_one_row(form) &&
                device::is_open(filling.draft->state)) {
                widgets::gap(6);
                widgets::text("可以从WPS、Excel复制表中一行（最好连表头）后粘贴到任一格。",
                              widgets::second_text);
            }
            for (const notice::TableColumn& column : block.columns)
                if (const Field* field = form.table ? form.find_column(column.id.text())
                                                    : form.find_field(column.id.text()))
                    draw_note(filling, *field, {form.table ? 1 : 0, field->id});
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

} // namespace

void draw_total_row(const Block& block, std::string_view total, widgets::PaperTable& table) {
    if (block.total_label.empty()) return;
    table.row("total");
    int before = 0; // Columns before the total's own: one cell, so that the label has room.
    for (const notice::TableColumn& column : block.columns) {
        if (column.id == block.total_under) break;
        ++before;
    }
    if (before > 0) table.text(block.total_label, before);
    table.text(total);
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
    Filling filling{app, *form, app.desk().find_enrolment()->unit.name, &matter};
    if (const device::Judgement* judged = app.judgement(matter.root))
        filling.answers = judged->answers;
    filling.sources = sources_of(app, matter, *form, filling.rows().size());
    draw_blocks(filling, matter.root.text());
}

std::optional<device::Cell> draw_filed_paper(App& app, const FiledPaper& filed) {
    Filling filling{app, filed.form, filed.unit_name, nullptr, &filed, filed.answers};
    draw_blocks(filling, filed.id);
    // What has no blank on the paper stands below it.
    const std::vector<const Field*> off_paper = fields_off_paper(filed.form);
    if (!off_paper.empty()) {
        const widgets::Card card("off_paper", {.name = "另外填写"});
        for (const Field* field : off_paper) {
            widgets::Line line;
            widgets::text(field->label + "：", widgets::second_text);
            const std::string words = filling.filed_words(*field, {0, field->id});
            const widgets::Rect place = widgets::next_place(
                std::max(80.f, 20 + widgets::text_width({}, words)), widgets::target_height());
            filling.draw(*field, {0, field->id}, {.label = field->label}, place);
        }
    }
    return filling.pressed;
}

std::vector<widgets::Track> beside_paper() {
    constexpr float paper = 804, gap = 20, narrow = 290, wide = 420;
    const float     left = widgets::width_left() - paper - gap;
    return left < narrow ? std::vector{widgets::share(1), widgets::fixed(narrow)}
                         : std::vector{widgets::fixed(paper), widgets::fixed(std::min(left, wide))};
}

std::vector<const Field*> fields_off_paper(const notice::Form& form) {
    std::vector<const Field*> missing;
    for (const Field& field : form.fields) {
        bool on_paper = false;
        for (const Block& block : form.blocks) {
            for (const notice::Inline& part : block.inlines)
                on_paper = on_paper || (part.kind == notice::Inline::Kind::field &&
                                        part.text == field.id.text());
            for (const notice::TableColumn& column : block.columns)
                on_paper = on_paper || (!form.table && column.id == field.id);
        }
        if (!on_paper) missing.push_back(&field);
    }
    return missing;
}
