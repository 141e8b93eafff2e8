// A summary for others: JSON as protocol.md has it, and CSV for spreadsheets (UTF-8 with byte order
// mark, Chinese heads, no cell that a spreadsheet would run).
#pragma once

#include "server/records/store.hpp"

#include <string>

namespace summaries {

// The Chinese head of a member: "school_name" -> "学校". The member itself when it has none.
std::string_view head_of(std::string_view member);
// What a cell says: stages, timings and unit kinds in Chinese, numbers as digits, null as nothing.
std::string cell_text(std::string_view member, const base::Json& value,
                      const notice::Package& package);

// {"as_of_index","rows":[…]} without line end.
std::string to_json(const records::Summary& summary, std::int64_t as_of_index);

// Heads and rows; a summary without rows has its heads.
std::string to_csv(const records::Summary& summary, const notice::Package& package);

} // namespace summaries
