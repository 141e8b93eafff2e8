// SQLite once, for everybody: Database, Statement, Transaction. The only folder that includes
// sqlite3.h. Database errors are Faults (storage_failed, storage_full, storage_busy,
// storage_foreign); wrong SQL of our own and wrong bindings are failed checks, because only we
// write SQL here. The one exception is prepare_foreign(), for the expressions of a notice package,
// which others write.
//
// One Database is used by one thread at a time. Statements must not outlive their Database, which a
// check holds.
//
// Most of the time that a small query takes is spent on its text, so a statement that goes out of
// scope is kept and prepare() of the same text takes it up again: code may prepare where it asks.
// Columns of a schema that has changed since show at the first step().
#pragma once

#include "shared/base/bytes.hpp"
#include "shared/base/result.hpp"
#include "shared/base/time.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace sqlite {

class Database;
struct StatementCache;

// The type of a value in a row.
enum class Type { integer, real, text, blob, null };

// A prepared statement. Bind by position from 1; texts and blobs are copied. Typical use:
//   Statement& insert = …; insert.bind(unit, 5); SHENBAO_TRY(insert.run());
class Statement {
public:
    Statement() = default;
    Statement(Statement&& other) noexcept;
    Statement& operator=(Statement&& other) noexcept;
    ~Statement();

    // Resets the statement and binds all values in order. Takes integers, strings, ids (anything
    // with text()), byte views, base::Time (as microseconds), optionals of these (null) and
    // nullptr.
    template <class... Values>
    Statement& bind(const Values&... values) {
        reset();
        int position = 0;
        (bind_one(++position, values), ...);
        check_bound(position);
        return *this;
    }

    // The same for a count known only at run time: visit(i, bind) calls bind(value) for position i
    // + 1.
    template <class Visit>
    Statement& bind_each(std::size_t count, Visit&& visit) {
        reset();
        for (std::size_t i = 0; i < count; ++i)
            visit(i, [&](const auto& value) { bind_one(int(i) + 1, value); });
        check_bound(int(count));
        return *this;
    }

    // Steps to the next row: true with a row, false at the end (and resets).
    [[nodiscard]] base::Result<bool> step();
    // For statements that return no row: steps to the end. A row fails a check.
    [[nodiscard]] base::Status run();

    // Columns of the current row, from 0. Reading null as integer gives 0, as text gives "".
    std::int64_t     integer(int column) const;
    std::string      text(int column) const;
    std::string_view text_view(int column) const; // Good until the next step().
    base::Bytes      blob(int column) const;
    base::Time       time(int column) const;
    bool             is_null(int column) const;
    Type             type(int column) const;
    int              column_count() const;
    int              parameter_count() const; // Places to bind.
    std::string      column_name(int column) const;
    std::optional<std::int64_t> integer_or_null(int column) const;
    std::optional<std::string>  text_or_null(int column) const;

    void reset();

private:
    friend class Database;
    explicit Statement(sqlite3_stmt* statement, StatementCache* cache = nullptr)
        : m_statement(statement), m_cache(cache) {}

    void bind_one(int position, std::nullptr_t);
    void bind_one(int position, std::string_view text);
    void bind_one(int position, base::ByteView bytes);
    void bind_one(int position, base::Time time);
    void bind_integer(int position, std::int64_t value);
    template <class Value>
        requires std::is_integral_v<Value>
    void bind_one(int position, Value value) {
        bind_integer(position, static_cast<std::int64_t>(value));
    }
    void bind_one(int position, const std::string& text) {
        bind_one(position, std::string_view(text));
    }
    void bind_one(int position, const char* text) { bind_one(position, std::string_view(text)); }
    void bind_one(int position, const base::Bytes& bytes) {
        bind_one(position, base::ByteView(bytes));
    }
    template <class Tag>
    void bind_one(int position, const base::Id<Tag>& id) {
        bind_one(position, std::string_view(id.text()));
    }
    template <class Value>
    void bind_one(int position, const std::optional<Value>& value) {
        if (value) bind_one(position, *value);
        else bind_one(position, nullptr);
    }
    void check_bound(int count) const;

    sqlite3_stmt*   m_statement = nullptr;
    StatementCache* m_cache     = nullptr; // Where it goes when it is done; null: nowhere.
    bool            m_foreign   = false; // Made by prepare_foreign(): its author may be wrong.
};

// What a statement of a notice package may do; see prepare_foreign().
struct Fence {
    // Asked for each column read, with its table or view and the innermost view through which it is
    // read ("" if none). The column is "" when only the table's rows matter, as in EXISTS; SQLite
    // then names the table behind the view and forgets the view.
    std::function<bool(std::string_view table, std::string_view column,
                       std::string_view through_view)>
                                                   may_read;
    std::function<bool(std::string_view function)> may_call;
};

enum class OpenMode {
    create,   // Creates the file when it is missing.
    existing, // not_found_locally when it is missing.
    read_only,
};

class Database {
public:
    // Opens `path` on the named VFS (empty: the target's default; see page_vfs.hpp for the
    // browser's). ":memory:" gives a private database in memory.
    static base::Result<Database> open(const std::string& path, OpenMode mode,
                                       const std::string& vfs = {});
    Database(Database&& other) noexcept;
    Database& operator=(Database&& other) noexcept;
    ~Database();

    // Runs several statements of our own, separated by semicolons: schemas and pragmas.
    [[nodiscard]] base::Status run_script(std::string_view sql);

    // Prepares one statement of our own. Wrong SQL fails a check.
    [[nodiscard]] Statement prepare(std::string_view sql);

    // Prepares one read-only statement of a package's author inside the fence: nothing may be
    // written, attached or set, only what the fence allows may be read or called. Refuses with
    // bad_rule and SQLite's own words.
    [[nodiscard]] base::Result<Statement> prepare_foreign(std::string_view sql, const Fence& fence);

    // The tables and views that a statement of our own reads, each once.
    std::vector<std::string> tables_behind(std::string_view sql);

    // Writes all of the database, as of one moment, into `path`: a new file or an empty one. Others
    // may write meanwhile; they are not kept waiting.
    [[nodiscard]] base::Status copy_to(const std::string& path);

    // From now on all statements together may take about this many steps of SQLite's virtual
    // machine and no value may exceed a mebibyte; then they stop with bad_rule. 0 lifts both
    // limits.
    void limit_steps(int steps);

    std::int64_t last_row_id() const;
    std::int64_t changes() const; // Rows changed by the last statement.

    // True inside a transaction.
    bool in_transaction() const;

    // PRAGMA application_id and user_version, which say whose database this is and which schema it
    // has.
    [[nodiscard]] base::Result<std::int64_t> pragma(std::string_view name);

    sqlite3* handle() const { return m_handle; }

private:
    explicit Database(sqlite3* handle);
    sqlite3_stmt* prepare_anew(std::string_view sql);

    sqlite3* m_handle = nullptr;
    std::unique_ptr<StatementCache> m_cache; // On the heap, for its statements know it.
    // Counted down by SQLite's progress callback; on the heap because a Database may move.
    std::unique_ptr<std::int64_t> m_steps_left;
};

// Rolls back unless committed by name. Transactions do not nest.
class Transaction {
public:
    enum class Kind { read, write };
    static base::Result<Transaction> begin(Database& database, Kind kind = Kind::write);
    Transaction(Transaction&& other) noexcept;
    Transaction(const Transaction&)            = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction();

    // After a failure the transaction is over and nothing of it is stored.
    [[nodiscard]] base::Status commit();

private:
    explicit Transaction(Database* database) : m_database(database) {}
    Database* m_database;
};

// A schema as a list of steps; step i brings version i to i+1. A released step never changes: a
// test holds each one's hash.
struct Migration {
    const char* sql;
};

// Brings the database to the newest version in one transaction. An empty database gets
// `application_id`; one with a different id is refused with storage_foreign, one that is newer than
// the list with storage_newer. Nothing is changed on refusal.
[[nodiscard]] base::Status migrate(Database& database, std::int32_t application_id,
                                   const Migration* migrations, int count);

// SQLite's version text, such as "3.54.1".
std::string version();

} // namespace sqlite
