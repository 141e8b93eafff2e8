// The Store over SQLite: one file in the data folder, WAL, synchronous=FULL.
#pragma once

#include "server/records/store.hpp"
#include "shared/sqlite/database.hpp"

namespace records {

// Opens (and, with OpenMode::create, makes) the database file. Refuses with not_found_locally,
// storage_newer, storage_foreign and the storage faults.
base::Result<std::unique_ptr<Store>> open_sqlite_store(const std::string& path,
                                                       sqlite::OpenMode   mode);

} // namespace records
