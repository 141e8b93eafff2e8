// CSV by RFC 4180, as spreadsheets write it: UTF-8 with or without a byte order mark, CRLF or LF,
// quotes with commas, quotes and line breaks inside. What we write has the byte order mark, because
// Excel reads a file without it as GBK, and no cell a spreadsheet would run as a formula.
#pragma once

#include "shared/base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace base {

struct CsvRow {
    std::size_t              line = 0; // Line of the file on which the row begins, from 1.
    std::vector<std::string> cells;
};

// Refuses with bad_file: not UTF-8, an open quote, text behind a closing quote, too large. Rows
// without any text are left out. The apostrophe that csv_cell puts before a formula sign is taken
// off again.
Result<std::vector<CsvRow>> parse_csv(std::string_view text);

// A text cell, quoted where needed; a cell that begins with = + - @, a tab or CR, also full width,
// gets a leading apostrophe (protocol.md, "Reading").
std::string csv_cell(std::string_view text);

// The cells as csv_cell writes them, between commas, with the line's end.
std::string csv_line(const std::vector<std::string>& cells);

// The byte order mark with which a CSV file begins.
inline constexpr std::string_view csv_mark = "\xEF\xBB\xBF";

} // namespace base
