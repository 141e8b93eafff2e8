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
        PageStore* store;
    };
    static PageStore& store(sqlite3_file* file) { return *reinterpret_cast<File*>(file)->store; }

    static int close(sqlite3_file* file) {
        // Whatever was written without a commit is undone, as a hot journal would undo it.
        PageStore& pages = store(file);
        pages.change_page_count(pages.m_committed_page_count);
        for (const auto& [page, bytes] : pages.m_before)
            std::copy(bytes.begin(), bytes.end(),
                      pages.m_bytes.begin() + std::ptrdiff_t(page * page_bytes));
        pages.m_before.clear();
        pages.m_open = false;
        return SQLITE_OK;
    }
    static int read(sqlite3_file* file, void* out, int count, sqlite3_int64 offset) {
        const base::Bytes& bytes = store(file).m_bytes;
        const auto size = sqlite3_int64(bytes.size());
        const auto there = int(std::clamp<sqlite3_int64>(size - offset, 0, count));
        if (there > 0) std::memcpy(out, bytes.data() + offset, std::size_t(there));
        if (there == count) return SQLITE_OK;
        std::memset(static_cast<char*>(out) + there, 0, std::size_t(count - there));
        return SQLITE_IOERR_SHORT_READ;
    }
    static int write(sqlite3_file* file, const void* in, int count, sqlite3_int64 offset) {
        PageStore& pages = store(file);
        const std::size_t begin = std::size_t(offset);
        const std::size_t end = begin + std::size_t(count);
        if (end > std::size_t(page_count_max) * page_bytes) return SQLITE_FULL;
        for (std::size_t page = begin / page_bytes; page * page_bytes < end; ++page)
            pages.keep_before(std::uint32_t(page));
        if (end > pages.m_bytes.size())
            pages.change_page_count(std::uint32_t((end + page_bytes - 1) / page_bytes));
        std::memcpy(pages.m_bytes.data() + begin, in, std::size_t(count));
        return SQLITE_OK;
    }
    static int truncate(sqlite3_file* file, sqlite3_int64 size) {
        store(file).change_page_count(
            std::uint32_t((std::size_t(size) + page_bytes - 1) / page_bytes));
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
    static int control(sqlite3_file* file, int request, void*) {
        // Sent after the last write and the truncation of each commit, and never for a rollback.
        if (request != SQLITE_FCNTL_COMMIT_PHASETWO) return SQLITE_NOTFOUND;
        store(file).complete_commit();
        return SQLITE_OK;
    }
    static int sector_size(sqlite3_file*) { return int(page_bytes); }
    static int characteristics(sqlite3_file*) {
        return SQLITE_IOCAP_SAFE_APPEND | SQLITE_IOCAP_SEQUENTIAL;
    }

    static int open(sqlite3_vfs* vfs, const char*, sqlite3_file* file, int flags, int* out_flags) {
        auto* opened = reinterpret_cast<File*>(file);
        opened->base.pMethods = nullptr; // So that SQLite does not close what was not opened.
        // Journals and temporary files stay in memory: only the database itself comes here.
        auto* pages = static_cast<PageStore*>(vfs->pAppData);
        if ((flags & SQLITE_OPEN_MAIN_DB) == 0 || pages->m_open) return SQLITE_CANTOPEN;
        static const sqlite3_io_methods methods = {
            1,       close,       read,    write,       truncate,        sync,    size,    lock,
            lock,    is_reserved, control, sector_size, characteristics, nullptr, nullptr, nullptr,
            nullptr, nullptr,     nullptr};
        opened->base.pMethods = &methods;
        opened->store = pages;
        pages->m_open = true;
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
    // SQLite is built without starting itself (SQLITE_OMIT_AUTOINIT).
    SHENBAO_CHECK(sqlite3_initialize() == SQLITE_OK);
    SHENBAO_CHECK(sqlite3_vfs_register(vfs, 0) == SQLITE_OK);
    m_vfs = vfs;
}

PageStore::~PageStore() {
    SHENBAO_CHECK(!m_open);
    auto* vfs = static_cast<sqlite3_vfs*>(m_vfs);
    SHENBAO_CHECK(sqlite3_vfs_unregister(vfs) == SQLITE_OK);
    delete vfs;
}

base::Status PageStore::load(std::uint32_t page_count,
                             const std::map<std::uint32_t, base::Bytes>& pages) {
    SHENBAO_CHECK(!m_open);
    if (page_count > page_count_max)
        return base::fail(base::Outcome::storage_failed, "too many pages");
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
    m_committed_page_count = page_count;
    m_before.clear();
    m_changed.clear();
    m_count_changed = false;
    return {};
}

base::Status PageStore::load_file(base::ByteView file) {
    static constexpr char                magic[] = "SQLite format 3";
    std::map<std::uint32_t, base::Bytes> pages;
    if (file.size() < sizeof magic || std::memcmp(file.data(), magic, sizeof magic) != 0)
        return base::fail(base::Outcome::storage_foreign, "no database");
    if (file.size() > std::size_t(page_count_max) * page_bytes)
        return base::fail(base::Outcome::bad_file, "the file is too large");
    for (std::size_t at = 0; at < file.size(); at += page_bytes) {
        const auto part = file.subspan(at, std::min(page_bytes, file.size() - at));
        pages.emplace(std::uint32_t(at / page_bytes), base::Bytes(part.begin(), part.end()));
    }
    const auto loaded = load(std::uint32_t(pages.size()), pages);
    if (!loaded) return base::fail(base::Outcome::bad_file, loaded.error().detail);
    return {};
}

namespace {

const std::string settings =
    "PRAGMA page_size=" + std::to_string(page_bytes) +
    ";PRAGMA journal_mode=MEMORY;PRAGMA locking_mode=EXCLUSIVE;"
    "PRAGMA temp_store=MEMORY;PRAGMA synchronous=OFF;PRAGMA cell_size_check=ON;"
    "PRAGMA max_page_count=" +
    std::to_string(page_count_max);

// Database's own calls take a failure for wrong SQL of ours; here it may be the pages that are
// wrong.
base::Status run_on_loaded(sqlite3* handle, const char* sql, std::string* first_value) {
    const auto keep_value = [](void* out, int columns, char** values, char**) {
        auto* text = static_cast<std::string*>(out);
        if (text != nullptr && columns > 0 && values[0] != nullptr) *text = values[0];
        return SQLITE_OK;
    };
    const int result = sqlite3_exec(handle, sql, keep_value, first_value, nullptr);
    if (result == SQLITE_OK) return {};
    const bool foreign = (result & 0xff) == SQLITE_NOTADB;
    return base::fail(foreign ? base::Outcome::storage_foreign : base::Outcome::storage_failed,
                      sqlite3_errmsg(handle));
}

} // namespace

base::Result<Database> PageStore::open() {
    SHENBAO_ASSIGN(Database database, Database::open("shenbao", OpenMode::create, m_name));
    SHENBAO_TRY(run_on_loaded(database.handle(), settings.c_str(), nullptr));
    if (m_bytes.empty()) return database;
    std::string found_page_bytes;
    std::string found_damage;
    SHENBAO_TRY(run_on_loaded(database.handle(), "PRAGMA page_size", &found_page_bytes));
    if (found_page_bytes != std::to_string(page_bytes))
        return base::fail(base::Outcome::storage_failed, "pages of " + found_page_bytes);
    SHENBAO_TRY(run_on_loaded(database.handle(), "PRAGMA quick_check(1)", &found_damage));
    if (found_damage != "ok") return base::fail(base::Outcome::storage_failed, found_damage);
    return database;
}

bool PageStore::has_commit() const { return m_count_changed || !m_changed.empty(); }

PageCommit PageStore::take_commit() {
    PageCommit commit;
    commit.page_count = m_committed_page_count;
    for (const std::uint32_t page : m_changed) {
        if (page >= m_committed_page_count) break;
        const base::ByteView bytes = page_committed(page);
        commit.pages.emplace(page, base::Bytes(bytes.begin(), bytes.end()));
    }
    m_changed.clear();
    m_count_changed = false;
    return commit;
}

PageCommit PageStore::take_everything() {
    for (std::uint32_t page = 0; page < m_committed_page_count; ++page) m_changed.insert(page);
    return take_commit();
}

base::Bytes PageStore::whole_file() const {
    base::Bytes file;
    file.reserve(std::size_t(m_committed_page_count) * page_bytes);
    for (std::uint32_t page = 0; page < m_committed_page_count; ++page) {
        const base::ByteView bytes = page_committed(page);
        file.insert(file.end(), bytes.begin(), bytes.end());
    }
    return file;
}

base::ByteView PageStore::page_now(std::uint32_t page) const {
    return base::ByteView(m_bytes).subspan(page * page_bytes, page_bytes);
}

base::ByteView PageStore::page_committed(std::uint32_t page) const {
    const auto before = m_before.find(page);
    return before != m_before.end() ? base::ByteView(before->second) : page_now(page);
}

void PageStore::keep_before(std::uint32_t page) {
    if (page >= m_committed_page_count || m_before.contains(page)) return;
    const base::ByteView bytes = page_now(page);
    m_before.emplace(page, base::Bytes(bytes.begin(), bytes.end()));
}

void PageStore::change_page_count(std::uint32_t page_count) {
    const auto now = std::uint32_t(m_bytes.size() / page_bytes);
    for (std::uint32_t page = page_count; page < now; ++page) keep_before(page);
    m_bytes.resize(std::size_t(page_count) * page_bytes);
}

void PageStore::complete_commit() {
    const auto now = std::uint32_t(m_bytes.size() / page_bytes);
    for (const auto& [page, bytes] : m_before)
        if (page < now && !std::equal(bytes.begin(), bytes.end(), page_now(page).begin()))
            m_changed.insert(page);
    for (std::uint32_t page = m_committed_page_count; page < now; ++page) m_changed.insert(page);
    m_count_changed = m_count_changed || now != m_committed_page_count;
    m_committed_page_count = now;
    m_before.clear();
}

} // namespace sqlite
