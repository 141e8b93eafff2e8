// A summary as CSV for spreadsheets: UTF-8 with byte order mark, Chinese heads, no cell that a
// spreadsheet would run.
#pragma once

#include "server/records/store.hpp"

#include <string>

namespace summaries {

// The Chinese head of a member: "school_name" -> "学校". The member itself when it has none.
std::string_view head_of(std::string_view member);
// What a cell says: stages, timings and unit kinds in Chinese, numbers as digits, null as nothing.
std::string cell_text(std::string_view member, const base::Json& value,
                      const notice::Package& package);

// `name` decides the heads of a summary without rows.
std::string to_csv(const std::vector<records::SummaryRow>& rows, const notice::Package& package);

} // namespace summaries
