// The tables of a desk's database. Steps are only ever added; a released step never changes.
#pragma once

#include "shared/sqlite/database.hpp"

namespace device {

// The schema's version, which the browser keeps beside the pages so that an older page refuses
// early.
int schema_version();

// Brings the database to the newest schema, or to an earlier one; storage_newer when a newer
// program wrote it.
[[nodiscard]] base::Status migrate_desk(sqlite::Database& database, int version = schema_version());

// Makes the temporary subject table and the context views of rules/engine.hpp over the desk's
// tables.
[[nodiscard]] base::Status make_context_views(sqlite::Database& database);

// PRAGMA application_id of a desk's database: whose file it is.
inline constexpr std::int32_t application_id = 0x5342446B; // "SBDk"

} // namespace device
