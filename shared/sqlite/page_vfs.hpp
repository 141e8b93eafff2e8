// A database whose pages live in memory and are handed over, commit by commit, to somebody who
// keeps them: in the browser, IndexedDB. SQLite runs over a VFS of ours that has one database file
// and no other; the rollback journal stays in SQLite's own memory (journal_mode=MEMORY), because
// what makes a commit whole is the keeper's one transaction, not a second file.
//
// What is handed over is always exactly the state after the newest commit, even while a transaction
// is open that has already written pages here (SQLite does that when its cache is full): the store
// keeps each such page as it was before, until SQLite says that the commit is complete. A
// transaction that is rolled back leaves no trace, and a page that was written without being
// changed is not handed over.
//
// One PageStore is used by one thread at a time.
#pragma once

#include "shared/sqlite/database.hpp"

#include <map>
#include <set>

namespace sqlite {

// Measured over IndexedDB (tests/browser/disk.bench.mjs): a keystroke changes few and scattered
// pages, so larger pages write more bytes and are no faster.
inline constexpr std::size_t page_bytes = 4096;

// More than any school needs by far, and little enough for the memory of a browser tab. A
// transaction that would pass it fails with storage_full and is rolled back.
inline constexpr std::uint32_t page_count_max = 65536; // 256 MiB

// What has changed since the last take. `pages` never holds a number from page_count on; who keeps
// pages removes those.
struct PageCommit {
    std::uint32_t page_count = 0;               // Of the whole database.
    std::map<std::uint32_t, base::Bytes> pages; // By page number from 0, each page_bytes long.
};

class PageStore {
public:
    // Registers the VFS under `name`. Both stay for the life of the program: a store that is
    // destroyed while its VFS is registered fails a check.
    explicit PageStore(std::string name);
    PageStore(const PageStore&) = delete;
    PageStore& operator=(const PageStore&) = delete;
    ~PageStore();

    // Puts stored pages in place, before open(); what was there is dropped. Refuses with
    // storage_failed, changing nothing, when one is missing or has another size or when they are
    // too many. Pages from page_count on are ignored. Requires that no database is open.
    [[nodiscard]] base::Status load(std::uint32_t page_count,
                                    const std::map<std::uint32_t, base::Bytes>& pages);

    // The same from the bytes of a database file, such as a rescue file. Refuses with
    // storage_foreign what is none, with bad_file what is no whole one.
    [[nodiscard]] base::Status load_file(base::ByteView file);

    // Opens the database with the settings this VFS needs. At most one is open at a time. Pages
    // that are no database of SQLite's give storage_foreign; a database that is damaged, or has
    // another page size than ours, gives storage_failed: every page is looked through, so that what
    // is opened can be relied on.
    base::Result<Database> open();

    // True when a committed change waits to be taken.
    bool has_commit() const;
    // Everything committed since the last take; pages of an open transaction are not in it.
    PageCommit take_commit();
    // The whole database as of its newest commit, for a keeper that has lost what it kept. A take
    // too.
    PageCommit take_everything();

    // The newest commit as a database file that any SQLite opens: the rescue file.
    base::Bytes whole_file() const;

private:
    friend struct PageVfs;

    base::ByteView page_now(std::uint32_t page) const;
    base::ByteView page_committed(std::uint32_t page) const;
    void keep_before(std::uint32_t page);
    void change_page_count(std::uint32_t page_count);
    void complete_commit();

    std::string m_name;
    void* m_vfs = nullptr; // sqlite3_vfs
    bool m_open = false;
    base::Bytes m_bytes; // As SQLite sees them; a multiple of page_bytes.
    std::uint32_t m_committed_page_count = 0;
    // Pages below m_committed_page_count that were written or cut off since the last commit, as
    // they were then.
    std::map<std::uint32_t, base::Bytes> m_before;
    // Pages that commits have changed since the last take; may hold numbers that are cut off by
    // now.
    std::set<std::uint32_t> m_changed;
    bool m_count_changed = false; // By a commit since the last take.
};

} // namespace sqlite
