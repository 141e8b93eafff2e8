// A database whose pages live in memory and are handed over, commit by commit, to somebody who keeps
// them: in the browser, IndexedDB. SQLite runs over a VFS of ours that has one database file and no
// other; the rollback journal stays in SQLite's own memory (journal_mode=MEMORY), because what makes
// a commit whole is the keeper's one transaction, not a second file.
//
// A page is handed over only when the transaction that wrote it has committed. A transaction that is
// rolled back writes the old bytes again, which is harmless: they are then handed over unchanged.
#pragma once

#include "shared/sqlite/database.hpp"

#include <map>
#include <vector>

namespace sqlite {

inline constexpr std::size_t page_bytes = 4096;

// What has changed since the last take.
struct PageCommit {
    std::uint32_t                        page_count = 0; // Of the whole database; pages behind are gone.
    std::map<std::uint32_t, base::Bytes> pages; // By page number from 0, each page_bytes long.
};

class PageStore {
public:
    // Registers the VFS under `name`; it stays for the life of the program, so the store must too.
    explicit PageStore(std::string name);
    PageStore(const PageStore&)            = delete;
    PageStore& operator=(const PageStore&) = delete;

    // Puts stored pages in place, before open(). Refuses with storage_failed when one is missing or
    // has another size.
    [[nodiscard]] base::Status load(std::uint32_t page_count,
                                    const std::map<std::uint32_t, base::Bytes>& pages);

    // Opens the database with the settings this VFS needs. At most one is open at a time.
    base::Result<Database> open();

    // True when a committed change waits to be taken.
    bool has_commit() const;
    // Everything committed since the last take. Requires that no transaction is open.
    PageCommit take_commit();

    // All bytes, as a database file that any SQLite opens: the rescue file.
    base::Bytes whole_file() const { return m_bytes; }

private:
    friend struct PageVfs;
    std::string              m_name;
    base::Bytes              m_bytes; // A multiple of page_bytes.
    std::vector<bool>        m_dirty; // By page.
    bool                     m_any_dirty = false;
};

} // namespace sqlite
