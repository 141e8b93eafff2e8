// Tables: a head, rows with hairlines between them, figures right-aligned and tabular. Mirrored as
// a real table with its values, so it can be read and checked cell by cell.
//
//   widgets::Table table("cities", {{"市", widgets::share(2)}, {"学校", widgets::fixed(90),
//   widgets::Align::right}}); for (const City& city : cities) {
//       table.row(city.id);
//       table.text(city.name);
//       table.number(city.schools);
//   }
#pragma once

#include "client/widgets/layout.hpp"
#include "client/widgets/words.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace widgets {

enum class Align : std::uint8_t { left, right };

struct TableColumn {
    std::string_view title = {};
    Track width = share(1);
    Align align = Align::left;
    std::string_view name = {}; // Read out where no title is drawn; 操作 when both are empty.
    float inset = 0; // Title and words stand this much further in: over fields, whose words do (8).
    bool sorts = false; // Its title is pressed to sort by it: see Table::sort().
};

// hidden: the columns' names are read out, not drawn: a list of things in columns.
enum class Head : std::uint8_t { shown, hidden };

// In less room than width_min: scroll sideways, or each row becomes a block with its cells one
// under another, the columns' names before them.
enum class Narrow : std::uint8_t { scroll, stack };

struct TableLook {
    std::string_view name = {}; // Of the table, read out before it; needed when no heading says it.
    float row_height = 40;      // At least; targets for fingers make it higher.
    float width_min = 0;        // See Narrow. 0: never.
    Narrow narrow = Narrow::scroll;
    Head head = Head::shown;
    int sorted_by = -1; // The column in whose order the rows stand.
    bool descending = false;
};

struct RowLook {
    Weight weight = Weight::regular; // bold: a row of totals.
    bool marked = false;             // The row one is at.
};

// The widgets of one cell stand in a line while this lives.
class Cell {
public:
    ~Cell();
    Cell(const Cell&) = delete;
    Cell& operator=(const Cell&) = delete;

private:
    friend class Table;
    Cell(const Rect& rect, Align align, std::uint64_t key, float* give_back);

    Rect m_rect;
    Align m_align;
    std::uint64_t m_key;
    float m_from;
    float* m_give_back; // Of a stacked table: where an empty cell's height is taken back.
};

class Table {
public:
    Table(std::string_view id, std::vector<TableColumn> columns, TableLook look = {});
    ~Table();
    Table(const Table&) = delete;
    Table& operator=(const Table&) = delete;

    // Begins a row; its cells follow from left to right, fewer than columns are allowed. The id is
    // unique in the table.
    void row(std::string_view id, RowLook look = {});
    // The column whose title was pressed in this frame.
    std::optional<int> sort() const { return m_sort; }
    // Whether the cells stand one under another now: then figures stand at the left as words do.
    bool stacked() const { return m_stacked; }

    void text(std::string_view words, TextLook look = {}); // Shortened with … when too long.
    void number(std::int64_t value);                       // Thousands separated.
    void number(std::optional<std::int64_t> value);        // Nothing known: empty.
    void bar(int now, int max, std::string_view words);    // words are read out: "64.60%".
    [[nodiscard]] Cell cell();

    // `count` rows, of which only those are drawn and mirrored that can be seen, the one that has
    // the focus and `also`, to which the focus may be sent: draw(index) calls row() once and then
    // its cells. For lists that may be long.
    void rows(int count, const std::function<void(int)>& draw, int also = -1);

private:
    enum class Content { words, widgets };
    Rect next_cell(Content content);
    void end_row();
    void draw_head();
    bool has_lead() const; // Stacked: the first column stands before all others of a row.

    std::vector<TableColumn> m_columns;
    TableLook m_look;
    std::uint64_t m_key;
    std::optional<Scroll> m_sideways;
    Rect m_bounds;
    std::vector<float> m_lefts, m_widths;
    float m_y = 0, m_row_height = 0;
    bool m_stacked = false;
    float m_label_width = 0; // Of a stacked table: room for the longest of the columns' titles.
    float m_row_top = 0; // Of a stacked row.
    int m_row_number = 1, m_cell = -1;
    bool m_in_row = false;
    RowLook m_row_look;
    std::optional<int> m_sort;
};

} // namespace widgets
