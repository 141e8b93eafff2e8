// Tables that people type into: the rows of a form's table on its paper, and matters one a row.
// They work as in a spreadsheet: Enter, Tab and arrows lead through the cells, Ctrl+D copies the
// cell above, a block copied in WPS or Excel is pasted into any cell. What a block or a file would
// change is shown before it is taken, and can be undone after.
#pragma once

#include "client/widgets/fields.hpp"
#include "shared/device/desk.hpp"

#include <string_view>
#include <vector>

class App;

namespace entry {

// Where a row's values are kept: a row of a matter's table, or (0) a matter's own fields.
struct Row {
    base::EnvelopeId root;
    int              row = 0;
    bool             operator==(const Row&) const = default;
};

// What stands against a cell, in the words of the list 检查. `number`: the row's place among those of
// the answers, from 1; 0 for a form's own field or an empty row.
struct Marks {
    std::string error, attention;
};
Marks marks_of(App& app, const device::Matter& matter, const notice::Field& field,
               const device::Cell& cell, int number);

// A field as its type wants it (a list to choose from, the catalogue, text), at a place or, without
// one, where the next widget stands. What is typed or chosen is kept.
widgets::Edited draw_value(App& app, const device::Matter& matter, const notice::Field& field,
                           const device::Cell& cell, const widgets::FieldLook& look,
                           const widgets::Rect* place);

// One table while it is drawn. `rows` are all of its rows in order, so that keys know what lies
// above and below.
class Cells {
public:
    // grows: Enter in the last row, when something stands in it, makes a further matter.
    enum class Growth { fixed, grows };
    Cells(App& app, const notice::Form& form, std::vector<Row> rows, Growth growth);

    // The field of one cell of the row at `index`. `look`: shape, label, side; the rest is set
    // here.
    void draw(const device::Matter& matter, std::size_t index, const notice::Field& field,
              int number, widgets::FieldLook look, const widgets::Rect& place);
    // The same for a list of matters, where the next widget stands. in_column: the cells stand
    // below each other, so figures stand at the right.
    void draw_next(const device::Matter& matter, std::size_t index, const notice::Field& field,
                   bool in_column);

private:
    void act_on(const widgets::Edited& edited, const device::Matter& matter, std::size_t index,
                const notice::Field& field);
    void move(widgets::Move move, std::size_t index, const notice::Field& field);
    void copy_above(const device::Matter& matter, std::size_t index, const notice::Field& field);

    App&                              m_app;
    const notice::Form&               m_form;
    std::vector<const notice::Field*> m_columns;
    std::vector<Row>                  m_rows;
    Growth                            m_growth;
};

// A block that was pasted into a field of a form that is one row: the question what is taken of it.
void paste_over(App& app, const device::Matter& matter, const notice::Field& field,
                std::string_view cells);

// 导出表格 of a form's table whose rows nobody types (附件2).
void draw_export(App& app, const device::Matter& matter, const notice::Form& form,
                 const notice::Block& block);

// The table of a form whose rows people type, on its paper.
void draw_typed_table(App& app, const device::Matter& matter, const notice::Form& form,
                      const notice::Block& block);

// 导入表格文件 and 导出表格 of a list of matters of a form, one a row.
void draw_file_acts(App& app, const notice::Form& form, const base::Period& period,
                    const std::vector<device::Matter>& matters);

// The question that a pasted block or a picked file opens. Each screen with such a table draws it
// at its end.
void draw_preview(App& app);

} // namespace entry
