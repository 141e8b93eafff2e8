// A Grid is a block of cells as people have it in a spreadsheet: pasted from WPS or Excel, or read
// from a file. preview() says what a form's table would take of it before anything is taken: which
// column is which, what each cell means, what is left out and why.
//
// Columns are known by a head row (the form's own words, in any order) or else by their place. A
// head row, total rows, empty rows, the column 序号 and columns that the system fills are never
// taken. A cell that cannot be read is taken as it was typed, with its finding, like everything a
// person types.
#pragma once

#include "shared/envelope/envelope.hpp"
#include "shared/notice/answers.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace device {

using Grid = std::vector<std::vector<std::string>>;

// Cells between tabs, rows between line ends, as spreadsheets put them on the clipboard: a cell
// that holds a tab or a line end stands in quotes, its own quotes doubled. Never fails.
Grid parse_cells(std::string_view text);

// The content of a file that a spreadsheet saved: CSV, or cells between tabs. Refuses with
// bad_file: a workbook (.xlsx, .xls, .et), what parse_csv refuses, nothing in it.
base::Result<Grid> parse_table_file(std::string_view content);

// True of a form that is one sheet a period and has its own fields as the one row of the table on
// its paper (附件4).
bool is_one_row(const notice::Form& form);

// The columns that people type of a form's table, or the fields of a form without one that has
// many filings (one a row), or those in the paper's table of a form that is one row. Empty: nobody
// types rows of this form.
std::vector<const notice::Field*> typed_columns(const notice::Form& form);

// The catalogue's entries with exactly this id or this name, both narrowed and trimmed. More than
// one: organisations give the same name, and a person must pick.
std::vector<const envelope::CatalogueEntry*>
certificates_named(const std::vector<envelope::CatalogueEntry>& catalogue, std::string_view text);

struct GridCell {
    std::string text;    // As it is kept: what was in the cell; a certificate by its name.
    base::Json  value;   // Null when missing or when there is a finding.
    std::string finding; // Chinese; empty when the cell can be read or is empty.
};

struct GridRow {
    std::size_t           line = 0; // In the grid, from 1.
    std::vector<GridCell> cells;    // By GridPreview::columns.
};

struct LeftOutRow {
    std::size_t line = 0;
    std::string text;   // Its cells in one line.
    std::string reason; // Chinese: "合计行", "空行"
};

struct GridPreview {
    std::vector<const notice::Field*> columns; // Those that the grid has, in the form's order.
    std::vector<GridRow>              rows;
    std::vector<LeftOutRow>           left_out; // Without the empty rows, which are only counted.
    std::size_t                       empty_rows = 0;
    std::vector<std::string>          remarks;  // Chinese sentences about whole columns.
    std::size_t                       findings = 0; // Cells with a finding.
    // Every column that people type is there: the rows are new ones. Else they are laid over the
    // rows that stand there, as in a spreadsheet.
    bool                              whole = false;
    // Line of the grid, from 1, that belongs to the row on which it was put down: the one below the
    // head, or the first. What is laid over rows keeps its distance from it (GridRow::line).
    std::size_t                       first_line = 1;
};

// What `form` would take of `grid`. `column`: the field on which it was put down, which counts only
// when there is no head row; null: the first one. At most `rows_free` rows are taken. Form and
// catalogue must outlive the preview.
GridPreview preview(const notice::Form& form, const Grid& grid, const notice::Field* column,
                    const std::vector<envelope::CatalogueEntry>& catalogue,
                    std::size_t                                  rows_free);

} // namespace device
