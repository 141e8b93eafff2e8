// A column of the current row as JSON, for what is told onwards: rules' values, answers, summaries.
#pragma once

#include "shared/base/json.hpp"
#include "shared/sqlite/database.hpp"

namespace sqlite {

// Integers and texts as they are; null for NULL, and for the types that never cross the wire (REAL,
// blob). `row` must be at a row.
base::Json json_value(const Statement& row, int column);

} // namespace sqlite
