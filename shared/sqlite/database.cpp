#include "shared/sqlite/database.hpp"

#include "shared/base/check.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <limits>

namespace sqlite {
namespace {

tl::unexpected<base::Fault> storage_fault(sqlite3* handle, int result) {
    const std::string detail = handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(result);
    switch (result & 0xff) {
    case SQLITE_FULL: return base::fail(base::Outcome::storage_full, detail);
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return base::fail(base::Outcome::storage_busy, detail);
    case SQLITE_NOTADB: return base::fail(base::Outcome::storage_foreign, detail);
    case SQLITE_INTERRUPT: return base::fail(base::Outcome::bad_rule, "步数超过上限");
    default: return base::fail(base::Outcome::storage_failed, detail);
    }
}

int fence_callback(void* context, int action, const char* first, const char* second,
                   const char* database, const char* through) {
    (void)database;
    const Fence& fence = *static_cast<const Fence*>(context);
    const auto view = [](const char* text) { return text == nullptr ? "" : text; };
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_RECURSIVE: return action == SQLITE_SELECT ? SQLITE_OK : SQLITE_DENY;
    case SQLITE_READ:
        return fence.may_read(view(first), view(second), view(through)) ? SQLITE_OK : SQLITE_DENY;
    case SQLITE_FUNCTION: return fence.may_call(view(second)) ? SQLITE_OK : SQLITE_DENY;
    default: return SQLITE_DENY;
    }
}

// SQLite counts a statement's steps over all its runs, so the callback comes often and counts
// itself.
constexpr int         steps_between_looks     = 1000;
constexpr int         foreign_value_bytes_max = 1024 * 1024;

int count_callback(void* context) {
    auto& left = *static_cast<std::int64_t*>(context);
    left -= steps_between_looks;
    return left < 0 ? 1 : 0;
}

// What only the author of an expression can have done: an overflow, a value too large.
bool is_authors_mistake(int result) {
    return (result & 0xff) == SQLITE_ERROR || (result & 0xff) == SQLITE_TOOBIG ||
           (result & 0xff) == SQLITE_MISMATCH;
}

} // namespace

// The statements that nobody is using, the one used last at the end.
struct StatementCache {
    struct Kept {
        std::string_view sql; // The statement's own copy.
        sqlite3_stmt*    statement;
    };
    static constexpr std::size_t kept_max = 100;
    std::vector<Kept>            kept;
    int                          in_use = 0; // Statements that will come back.

    sqlite3_stmt* take(std::string_view sql) {
        const auto found = std::find_if(kept.rbegin(), kept.rend(),
                                        [&](const Kept& one) { return one.sql == sql; });
        if (found == kept.rend()) return nullptr;
        sqlite3_stmt* statement = found->statement;
        kept.erase(std::next(found).base());
        return statement;
    }
    void keep(sqlite3_stmt* statement) {
        sqlite3_reset(statement);
        sqlite3_clear_bindings(statement);
        kept.push_back({sqlite3_sql(statement), statement});
        if (kept.size() <= kept_max) return;
        sqlite3_finalize(kept.front().statement);
        kept.erase(kept.begin());
    }
    ~StatementCache() {
        SHENBAO_CHECK(in_use == 0); // None outlives its database.
        for (const Kept& one : kept) sqlite3_finalize(one.statement);
    }
};

Statement::Statement(Statement&& other) noexcept
    : m_statement(std::exchange(other.m_statement, nullptr)), m_cache(other.m_cache),
      m_foreign(other.m_foreign) {}

Statement& Statement::operator=(Statement&& other) noexcept {
    std::swap(m_statement, other.m_statement);
    std::swap(m_cache, other.m_cache);
    std::swap(m_foreign, other.m_foreign);
    return *this;
}

Statement::~Statement() {
    if (m_statement == nullptr) return;
    if (m_cache == nullptr) {
        sqlite3_finalize(m_statement);
        return;
    }
    m_cache->keep(m_statement);
    --m_cache->in_use;
}

void Statement::reset() {
    SHENBAO_CHECK(m_statement != nullptr);
    sqlite3_reset(m_statement);
}

void Statement::bind_one(int position, std::nullptr_t) {
    SHENBAO_CHECK(sqlite3_bind_null(m_statement, position) == SQLITE_OK);
}
void Statement::bind_one(int position, std::string_view text) {
    // An empty view may carry a null pointer, which SQLite would bind as NULL.
    const char* bytes = text.data() == nullptr ? "" : text.data();
    SHENBAO_CHECK(sqlite3_bind_text(m_statement, position, bytes, int(text.size()),
                                    SQLITE_TRANSIENT) == SQLITE_OK);
}
void Statement::bind_one(int position, base::ByteView bytes) {
    const void* data = bytes.data() == nullptr ? static_cast<const void*>("") : bytes.data();
    SHENBAO_CHECK(sqlite3_bind_blob(m_statement, position, data, int(bytes.size()),
                                    SQLITE_TRANSIENT) == SQLITE_OK);
}
void Statement::bind_one(int position, base::Time time) {
    bind_integer(position, time.microseconds);
}
void Statement::bind_integer(int position, std::int64_t value) {
    SHENBAO_CHECK(sqlite3_bind_int64(m_statement, position, value) == SQLITE_OK);
}
void Statement::check_bound(int count) const {
    SHENBAO_CHECK(count == sqlite3_bind_parameter_count(m_statement));
}

base::Result<bool> Statement::step() {
    SHENBAO_CHECK(m_statement != nullptr);
    const int result = sqlite3_step(m_statement);
    if (result == SQLITE_ROW) return true;
    if (result == SQLITE_DONE) {
        sqlite3_reset(m_statement);
        return false;
    }
    auto fault = storage_fault(sqlite3_db_handle(m_statement), result);
    if (m_foreign && is_authors_mistake(result)) fault.value().outcome = base::Outcome::bad_rule;
    sqlite3_reset(m_statement);
    return fault;
}

base::Status Statement::run() {
    SHENBAO_ASSIGN(const bool has_row, step());
    SHENBAO_CHECK(!has_row);
    return {};
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(m_statement, column);
}
std::string_view Statement::text_view(int column) const {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(m_statement, column));
    return text == nullptr
               ? std::string_view()
               : std::string_view(text, std::size_t(sqlite3_column_bytes(m_statement, column)));
}
std::string Statement::text(int column) const { return std::string(text_view(column)); }
base::Bytes Statement::blob(int column) const {
    const auto* bytes = static_cast<const std::byte*>(sqlite3_column_blob(m_statement, column));
    const int   count = sqlite3_column_bytes(m_statement, column);
    return bytes == nullptr ? base::Bytes() : base::Bytes(bytes, bytes + count);
}
base::Time Statement::time(int column) const { return base::Time{integer(column)}; }
bool Statement::is_null(int column) const { return type(column) == Type::null; }
Type Statement::type(int column) const {
    switch (sqlite3_column_type(m_statement, column)) {
    case SQLITE_INTEGER: return Type::integer;
    case SQLITE_FLOAT: return Type::real;
    case SQLITE_TEXT: return Type::text;
    case SQLITE_BLOB: return Type::blob;
    default: return Type::null;
    }
}
int Statement::column_count() const { return sqlite3_column_count(m_statement); }
int Statement::parameter_count() const { return sqlite3_bind_parameter_count(m_statement); }
std::string Statement::column_name(int column) const {
    return sqlite3_column_name(m_statement, column);
}
std::optional<std::int64_t> Statement::integer_or_null(int column) const {
    return is_null(column) ? std::nullopt : std::optional(integer(column));
}
std::optional<std::string> Statement::text_or_null(int column) const {
    return is_null(column) ? std::nullopt : std::optional(text(column));
}

base::Result<Database> Database::open(const std::string& path, OpenMode mode,
                                      const std::string& vfs) {
    int flags = SQLITE_OPEN_NOMUTEX;
    flags |= mode == OpenMode::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    if (mode == OpenMode::create) flags |= SQLITE_OPEN_CREATE;
    SHENBAO_CHECK(sqlite3_initialize() == SQLITE_OK); // Built without automatic initialisation.
    sqlite3*  handle = nullptr;
    const int result =
        sqlite3_open_v2(path.c_str(), &handle, flags, vfs.empty() ? nullptr : vfs.c_str());
    if (result != SQLITE_OK) {
        auto fault = mode != OpenMode::create && (result & 0xff) == SQLITE_CANTOPEN
                         ? base::fail(base::Outcome::not_found_locally, path)
                         : storage_fault(handle, result);
        sqlite3_close(handle);
        return fault;
    }
    sqlite3_extended_result_codes(handle, 1);
    // Nothing in a stored database is trusted to call functions with side effects.
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_busy_timeout(handle, 5000);
    return Database(handle);
}

Database::Database(sqlite3* handle)
    : m_handle(handle), m_cache(std::make_unique<StatementCache>()) {}
Database::Database(Database&& other) noexcept
    : m_handle(std::exchange(other.m_handle, nullptr)), m_cache(std::move(other.m_cache)),
      m_steps_left(std::move(other.m_steps_left)) {}
Database& Database::operator=(Database&& other) noexcept {
    std::swap(m_handle, other.m_handle);
    std::swap(m_cache, other.m_cache);
    std::swap(m_steps_left, other.m_steps_left);
    return *this;
}
Database::~Database() {
    m_cache.reset(); // Before the handle that its statements need.
    if (m_handle != nullptr) sqlite3_close_v2(m_handle);
}

base::Status Database::run_script(std::string_view sql) {
    const std::string script(sql);
    const int result = sqlite3_exec(m_handle, script.c_str(), nullptr, nullptr, nullptr);
    if (result == SQLITE_ERROR || result == SQLITE_MISUSE) {
        std::fprintf(stderr, "SQLite: %s in\n%s\n", sqlite3_errmsg(m_handle), script.c_str());
        SHENBAO_CHECK(!"our own SQL is right");
    }
    if (result != SQLITE_OK) return storage_fault(m_handle, result);
    return {};
}

Statement Database::prepare(std::string_view sql) {
    SHENBAO_CHECK(m_cache != nullptr); // It was not moved away.
    sqlite3_stmt* kept = m_cache->take(sql);
    ++m_cache->in_use;
    return Statement(kept != nullptr ? kept : prepare_anew(sql), m_cache.get());
}

sqlite3_stmt* Database::prepare_anew(std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    const int     result = sqlite3_prepare_v3(m_handle, sql.data(), int(sql.size()),
                                              SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (result != SQLITE_OK || statement == nullptr) {
        std::fprintf(stderr, "SQLite: %s in\n%.*s\n", sqlite3_errmsg(m_handle), int(sql.size()),
                     sql.data());
        SHENBAO_CHECK(!"our own SQL is right");
    }
    return statement;
}

base::Result<Statement> Database::prepare_foreign(std::string_view sql, const Fence& fence) {
    sqlite3_set_authorizer(m_handle, fence_callback, const_cast<Fence*>(&fence));
    sqlite3_stmt* statement = nullptr;
    const char*   rest      = nullptr;
    const int     result = sqlite3_prepare_v3(m_handle, sql.data(), int(sql.size()),
                                              SQLITE_PREPARE_PERSISTENT, &statement, &rest);
    const std::string said = sqlite3_errmsg(m_handle);
    sqlite3_set_authorizer(m_handle, nullptr, nullptr);
    Statement prepared(statement);
    prepared.m_foreign = true;
    if (result != SQLITE_OK) return base::fail(base::Outcome::bad_rule, said);
    if (statement == nullptr) return base::fail(base::Outcome::bad_rule, "空的表达式");
    for (; rest < sql.data() + sql.size(); ++rest)
        if (std::strchr(" \t\r\n", *rest) == nullptr)
            return base::fail(base::Outcome::bad_rule, "只能有一个表达式");
    if (sqlite3_stmt_readonly(statement) == 0)
        return base::fail(base::Outcome::bad_rule, "规则不能写入数据");
    return prepared;
}

std::vector<std::string> Database::tables_behind(std::string_view sql) {
    std::vector<std::string> tables;
    const auto note = [](void* context, int action, const char* table, const char*, const char*,
                         const char*) {
        auto& noted = *static_cast<std::vector<std::string>*>(context);
        if (action == SQLITE_READ && std::find(noted.begin(), noted.end(), table) == noted.end())
            noted.emplace_back(table);
        return SQLITE_OK;
    };
    sqlite3_set_authorizer(m_handle, note, &tables);
    const Statement prepared(prepare_anew(sql)); // The authorizer is asked while it is prepared.
    sqlite3_set_authorizer(m_handle, nullptr, nullptr);
    return tables;
}

base::Status Database::copy_to(const std::string& path) {
    return prepare("VACUUM INTO ?1").bind(path).run();
}

void Database::limit_steps(int steps) {
    if (m_steps_left == nullptr) m_steps_left = std::make_unique<std::int64_t>(0);
    *m_steps_left = steps;
    sqlite3_progress_handler(m_handle, steps > 0 ? steps_between_looks : 0,
                             steps > 0 ? count_callback : nullptr, m_steps_left.get());
    // Asked for more than is compiled in, SQLite takes what is compiled in.
    sqlite3_limit(m_handle, SQLITE_LIMIT_LENGTH,
                  steps > 0 ? foreign_value_bytes_max : std::numeric_limits<int>::max());
}

std::int64_t Database::last_row_id() const { return sqlite3_last_insert_rowid(m_handle); }
std::int64_t Database::changes() const { return sqlite3_changes64(m_handle); }
bool Database::in_transaction() const { return sqlite3_get_autocommit(m_handle) == 0; }

base::Result<std::int64_t> Database::pragma(std::string_view name) {
    // Preparing reads the schema, so a file that is no database shows itself here, as a Fault.
    const std::string sql = "PRAGMA " + std::string(name);
    sqlite3_stmt*     statement = nullptr;
    const int prepared = sqlite3_prepare_v2(m_handle, sql.c_str(), -1, &statement, nullptr);
    if (prepared != SQLITE_OK) return storage_fault(m_handle, prepared);
    Statement owner(statement);
    SHENBAO_ASSIGN(const bool has_row, owner.step());
    return has_row ? owner.integer(0) : 0;
}

base::Result<Transaction> Transaction::begin(Database& database, Kind kind) {
    SHENBAO_CHECK(!database.in_transaction());
    SHENBAO_TRY(database.run_script(kind == Kind::write ? "BEGIN IMMEDIATE" : "BEGIN"));
    return Transaction(&database);
}
Transaction::Transaction(Transaction&& other) noexcept
    : m_database(std::exchange(other.m_database, nullptr)) {}
Transaction::~Transaction() {
    // A failed commit or a full disk may have ended the transaction already.
    if (m_database != nullptr && m_database->in_transaction()) {
        const auto rolled_back = m_database->run_script("ROLLBACK");
        (void)rolled_back; // Nothing more can be done; the file is as before either way.
    }
}
base::Status Transaction::commit() {
    SHENBAO_CHECK(m_database != nullptr);
    auto committed = m_database->run_script("COMMIT");
    if (!committed && m_database->in_transaction()) {
        const auto rolled_back = m_database->run_script("ROLLBACK");
        (void)rolled_back;
    }
    m_database = nullptr;
    return committed;
}

base::Status migrate(Database& database, std::int32_t application_id, const Migration* migrations,
                     int count) {
    SHENBAO_ASSIGN(const std::int64_t found_id, database.pragma("application_id"));
    SHENBAO_ASSIGN(const std::int64_t found_version, database.pragma("user_version"));
    SHENBAO_ASSIGN(const std::int64_t schema_changes, database.pragma("schema_version"));
    const bool fresh = found_id == 0 && found_version == 0 && schema_changes == 0;
    if (!fresh && found_id != application_id)
        return base::fail(base::Outcome::storage_foreign, "application_id differs");
    if (found_version < 0)
        return base::fail(base::Outcome::storage_foreign, "a version below 0");
    if (found_version > count)
        return base::fail(base::Outcome::storage_newer,
                          "schema " + std::to_string(found_version) + " is newer than " +
                              std::to_string(count));
    if (found_version == count) return {};
    SHENBAO_ASSIGN(Transaction transaction, Transaction::begin(database));
    for (int i = int(found_version); i < count; ++i)
        SHENBAO_TRY(database.run_script(migrations[i].sql));
    SHENBAO_TRY(
        database.run_script("PRAGMA application_id=" + std::to_string(application_id)));
    SHENBAO_TRY(database.run_script("PRAGMA user_version=" + std::to_string(count)));
    return transaction.commit();
}

std::string version() { return sqlite3_libversion(); }

} // namespace sqlite
