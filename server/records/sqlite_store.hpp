// The Store over SQLite: one file in the data folder, WAL, synchronous=FULL.
#pragma once

#include "server/records/store.hpp"
#include "shared/sqlite/database.hpp"

namespace records {

// Opens (and, with OpenMode::create, makes) the database file. Refuses with not_found_locally,
// storage_newer, storage_foreign and the storage faults.
base::Result<std::unique_ptr<Store>> open_sqlite_store(const std::string& path,
                                                       sqlite::OpenMode   mode);

// Writes everything that the database file `from` holds at this moment into `to`, a new file or an
// empty one, which can then be opened as a Store of its own. A server that writes to `from`
// meanwhile is not kept waiting.
[[nodiscard]] base::Status copy_sqlite_store(const std::string& from, const std::string& to);

} // namespace records
