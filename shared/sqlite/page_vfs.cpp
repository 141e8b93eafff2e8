#include "shared/sqlite/page_vfs.hpp"

#include "shared/base/check.hpp"

#include <sodium.h>
#include <sqlite3.h>

#include <algorithm>
#include <cstring>

namespace sqlite {

// The functions SQLite calls; a struct so that PageStore can name one friend.
struct PageVfs {
    // SQLite allocates szOsFile bytes and we add the store behind its own part.
    struct File {
        sqlite3_file base;
        PageStore*   store;
    };
    static PageStore& store(sqlite3_file* file) { return *reinterpret_cast<File*>(file)->store; }

    static int close(sqlite3_file*) { return SQLITE_OK; }
    static int read(sqlite3_file* file, void* out, int count, sqlite3_int64 offset) {
        const base::Bytes& bytes = store(file).m_bytes;
        const auto         size = sqlite3_int64(bytes.size());
        const auto there = int(std::clamp<sqlite3_int64>(size - offset, 0, count));
        if (there > 0) std::memcpy(out, bytes.data() + offset, std::size_t(there));
        if (there == count) return SQLITE_OK;
        std::memset(static_cast<char*>(out) + there, 0, std::size_t(count - there));
        return SQLITE_IOERR_SHORT_READ;
    }
    static int write(sqlite3_file* file, const void* in, int count, sqlite3_int64 offset) {
        PageStore&        pages = store(file);
        const std::size_t end = std::size_t(offset) + std::size_t(count);
        if (end > pages.m_bytes.size()) {
            const std::size_t page_count = (end + page_bytes - 1) / page_bytes;
            pages.m_bytes.resize(page_count * page_bytes);
            pages.m_dirty.resize(page_count);
        }
        std::memcpy(pages.m_bytes.data() + offset, in, std::size_t(count));
        for (std::size_t page = std::size_t(offset) / page_bytes; page * page_bytes < end; ++page)
            pages.m_dirty[page] = true;
        pages.m_any_dirty = true;
        return SQLITE_OK;
    }
    static int truncate(sqlite3_file* file, sqlite3_int64 size) {
        PageStore&        pages = store(file);
        const std::size_t page_count = (std::size_t(size) + page_bytes - 1) / page_bytes;
        pages.m_bytes.resize(page_count * page_bytes);
        pages.m_dirty.resize(page_count);
        pages.m_any_dirty = true;
        return SQLITE_OK;
    }
    static int sync(sqlite3_file*, int) { return SQLITE_OK; }
    static int size(sqlite3_file* file, sqlite3_int64* out) {
        *out = sqlite3_int64(store(file).m_bytes.size());
        return SQLITE_OK;
    }
    static int lock(sqlite3_file*, int) { return SQLITE_OK; }
    static int is_reserved(sqlite3_file*, int* out) {
        *out = 0;
        return SQLITE_OK;
    }
    static int control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
    static int sector_size(sqlite3_file*) { return int(page_bytes); }
    static int characteristics(sqlite3_file*) {
        return SQLITE_IOCAP_ATOMIC | SQLITE_IOCAP_SAFE_APPEND | SQLITE_IOCAP_SEQUENTIAL;
    }

    static int open(sqlite3_vfs* vfs, const char*, sqlite3_file* file, int flags, int* out_flags) {
        // Journals and temporary files stay in memory: only the database itself comes here.
        if ((flags & SQLITE_OPEN_MAIN_DB) == 0) return SQLITE_CANTOPEN;
        static const sqlite3_io_methods methods = {
            1,    close, read,        write,   truncate,    sync,           size,
            lock, lock,  is_reserved, control, sector_size, characteristics, nullptr,
            nullptr, nullptr, nullptr, nullptr, nullptr};
        auto* opened = reinterpret_cast<File*>(file);
        opened->base.pMethods = &methods;
        opened->store = static_cast<PageStore*>(vfs->pAppData);
        if (out_flags != nullptr) *out_flags = flags;
        return SQLITE_OK;
    }
    static int remove(sqlite3_vfs*, const char*, int) { return SQLITE_OK; }
    static int access(sqlite3_vfs*, const char*, int, int* out) {
        *out = 0; // No journal is ever left behind.
        return SQLITE_OK;
    }
    static int full_path(sqlite3_vfs*, const char* name, int count, char* out) {
        sqlite3_snprintf(count, out, "%s", name);
        return SQLITE_OK;
    }
    static int randomness(sqlite3_vfs*, int count, char* out) {
        randombytes_buf(out, std::size_t(count));
        return count;
    }
    static int sleep(sqlite3_vfs*, int) { return 0; }
    // Our SQL never asks for the time: it comes from base::Clock.
    static int current_time(sqlite3_vfs*, double* out) {
        *out = 2440587.5; // 1970-01-01 as a Julian day.
        return SQLITE_OK;
    }
    static int last_error(sqlite3_vfs*, int, char*) { return 0; }
};

PageStore::PageStore(std::string name) : m_name(std::move(name)) {
    auto* vfs = new sqlite3_vfs{}; // Registered for the life of the program.
    vfs->iVersion = 1;
    vfs->szOsFile = int(sizeof(PageVfs::File));
    vfs->mxPathname = 128;
    vfs->zName = m_name.c_str();
    vfs->pAppData = this;
    vfs->xOpen = PageVfs::open;
    vfs->xDelete = PageVfs::remove;
    vfs->xAccess = PageVfs::access;
    vfs->xFullPathname = PageVfs::full_path;
    vfs->xRandomness = PageVfs::randomness;
    vfs->xSleep = PageVfs::sleep;
    vfs->xCurrentTime = PageVfs::current_time;
    vfs->xGetLastError = PageVfs::last_error;
    SHENBAO_CHECK(sqlite3_vfs_register(vfs, 0) == SQLITE_OK);
    SHENBAO_CHECK(sqlite3_initialize() == SQLITE_OK);
}

base::Status PageStore::load(std::uint32_t page_count,
                             const std::map<std::uint32_t, base::Bytes>& pages) {
    base::Bytes bytes(std::size_t(page_count) * page_bytes);
    for (std::uint32_t page = 0; page < page_count; ++page) {
        const auto found = pages.find(page);
        if (found == pages.end() || found->second.size() != page_bytes)
            return base::fail(base::Outcome::storage_failed,
                              "page " + std::to_string(page) + " is missing or damaged");
        std::copy(found->second.begin(), found->second.end(),
                  bytes.begin() + std::ptrdiff_t(page * page_bytes));
    }
    m_bytes = std::move(bytes);
    m_dirty.assign(page_count, false);
    m_any_dirty = false;
    return {};
}

base::Result<Database> PageStore::open() {
    SHENBAO_ASSIGN(Database database, Database::open("shenbao", OpenMode::create, m_name));
    SHENBAO_TRY(database.run_script("PRAGMA page_size=4096;PRAGMA journal_mode=MEMORY;"
                                    "PRAGMA locking_mode=EXCLUSIVE;PRAGMA temp_store=MEMORY;"
                                    "PRAGMA synchronous=OFF;"));
    return database;
}

bool PageStore::has_commit() const { return m_any_dirty; }

PageCommit PageStore::take_commit() {
    PageCommit commit;
    commit.page_count = std::uint32_t(m_bytes.size() / page_bytes);
    for (std::uint32_t page = 0; page < commit.page_count; ++page) {
        if (!m_dirty[page]) continue;
        const auto begin = m_bytes.begin() + std::ptrdiff_t(page * page_bytes);
        commit.pages.emplace(page, base::Bytes(begin, begin + std::ptrdiff_t(page_bytes)));
    }
    m_dirty.assign(commit.page_count, false);
    m_any_dirty = false;
    return commit;
}

} // namespace sqlite
