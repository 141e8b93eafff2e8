#include "server/records/sqlite_store.hpp"

#include "server/rights/rights.hpp"
#include "server/records/derived.hpp"
#include "server/records/summary_sql.hpp"
#include "shared/base/check.hpp"
#include "shared/rules/context.hpp"
#include "shared/sqlite/json_value.hpp"

#include <map>

namespace records {
namespace {

using base::Outcome;
using base::Result;
using base::Status;

constexpr std::int32_t application_id = 0x53424C47; // "SBLG"

const sqlite::Migration facts[] = {
    {R"sql(
CREATE TABLE log(
    log_index   INTEGER PRIMARY KEY,
    id          TEXT UNIQUE,
    kind        TEXT NOT NULL,
    unit        TEXT NOT NULL,
    kid         TEXT NOT NULL,
    sha256      TEXT NOT NULL UNIQUE,
    received_at INTEGER NOT NULL,
    timing      TEXT NOT NULL,
    detail      TEXT NOT NULL,
    text        TEXT NOT NULL);
CREATE TABLE packages(
    sha256   TEXT PRIMARY KEY,
    notice   TEXT NOT NULL,
    document TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE settings(
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL) WITHOUT ROWID;
)sql"},
    {R"sql(
-- When devices spoke last. No fact, and worth no commit of its own.
CREATE TABLE seen(
    kid TEXT PRIMARY KEY,
    at  INTEGER NOT NULL) WITHOUT ROWID;
)sql"},
};

constexpr const char* entry_columns =
    "log_index, id, kind, unit, kid, sha256, received_at, timing, text, detail";

StoredEnvelope read_entry(const sqlite::Statement& row) {
    StoredEnvelope entry;
    entry.index = row.integer(0);
    if (!row.is_null(1)) entry.id = base::EnvelopeId(row.text(1));
    entry.kind = row.text(2);
    entry.unit = base::UnitId(row.text(3));
    entry.kid = base::KeyId(row.text(4));
    entry.sha256 = base::Sha256Hex(row.text(5));
    entry.received_at = row.time(6);
    entry.timing = envelope::parse_timing(row.text_view(7)).value_or(envelope::Timing::late);
    entry.text = row.text(8);
    entry.detail = row.text(9);
    return entry;
}

envelope::UnitEntry read_unit(const sqlite::Statement& row) {
    envelope::UnitEntry unit{base::UnitId(row.text(0)), row.text(1), row.text(2), row.text(3), {}};
    if (!row.is_null(4)) unit.review_by = base::UnitId(row.text(4));
    return unit;
}

constexpr const char* key_columns =
    "k.kid, k.unit, role, device, x, revoked_index, code_hash, enrolled_at";

KeyRecord read_key(const sqlite::Statement& row) {
    KeyRecord key{base::KeyId(row.text(0)), base::UnitId(row.text(1)), row.text(2), row.text(3),
                  {},                       !row.is_null(5),           row.text(6), row.time(7)};
    const base::Bytes x = row.blob(4);
    SHENBAO_CHECK(x.size() == key.key.bytes.size());
    std::copy(x.begin(), x.end(), key.key.bytes.begin());
    return key;
}

constexpr const char* filing_columns =
    "root, newest, newest_index, f.unit, form, period, stage, timing, certificate, level, "
    "headcount, approved, received_at";

FilingRecord read_filing(const sqlite::Statement& row) {
    FilingRecord filing;
    filing.root = base::EnvelopeId(row.text(0));
    filing.newest = base::EnvelopeId(row.text(1));
    filing.newest_index = row.integer(2);
    filing.unit = base::UnitId(row.text(3));
    filing.form = base::FormId(row.text(4));
    filing.period = base::Period(row.text(5));
    filing.stage = find_stage(row.text_view(6)).value_or(Stage::submitted);
    filing.timing = envelope::parse_timing(row.text_view(7)).value_or(envelope::Timing::late);
    if (!row.is_null(8)) filing.certificate = base::CertificateId(row.text(8));
    filing.level = row.text_or_null(9);
    filing.headcount = row.integer_or_null(10);
    filing.approved = row.integer_or_null(11);
    filing.received_at = row.time(12);
    return filing;
}

CodeRecord read_code(const sqlite::Statement& row) {
    CodeRecord code{row.text(0), base::UnitId(row.text(1)), row.text(2), row.time(3)};
    if (!row.is_null(4)) code.used_by = base::KeyId(row.text(4));
    return code;
}

// The units a viewer may see (server/rights), as a condition on a column that holds a unit's id.
std::string visible(const Viewer& viewer, const std::string& column) {
    using rights::Relation;
    const rights::Reach sight = rights::sight(rights::find_role(viewer.role));
    if (sight.has(Relation::foreign)) return "?1 IS NOT NULL";
    std::string condition = "?1 IS NULL";
    if (sight.has(Relation::own)) condition = column + " = ?1";
    if (sight.has(Relation::own_school))
        condition = "(" + condition + " OR " + column +
                    " IN (SELECT unit FROM d_units WHERE review_by = ?1))";
    return condition;
}

template <class Item, class Read>
Result<std::vector<Item>> all_rows(sqlite::Statement& select, Read read) {
    std::vector<Item> items;
    for (;;) {
        SHENBAO_ASSIGN(const bool has_row, select.step());
        if (!has_row) return items;
        items.push_back(read(select));
    }
}

template <class Item, class Read>
Result<std::optional<Item>> one_row(sqlite::Statement& select, Read read) {
    SHENBAO_ASSIGN(const bool has_row, select.step());
    if (!has_row) return std::nullopt;
    std::optional<Item> item = read(select);
    select.reset();
    return item;
}

// The ground of the rules' context: the live records of one unit, without the matter judged.
constexpr const char* context_views = R"sql(
CREATE TEMP TABLE subject(
    one INTEGER PRIMARY KEY CHECK(one = 1), unit TEXT, period TEXT, root TEXT, anchor_at INTEGER,
    kind TEXT, opens TEXT, closes TEXT);
CREATE TEMP VIEW v_matters AS
    SELECT f.newest AS filing, f.root AS root, f.newest AS key, f.form AS form,
        f.period AS period, f.newest_index AS position, f.certificate AS certificate,
        f.level AS level, f.headcount AS headcount
    FROM subject s JOIN d_filings f ON f.unit = s.unit
    WHERE f.root <> s.root AND f.stage NOT IN ('withdrawn', 'rejected');
CREATE TEMP VIEW v_values AS SELECT version AS key, row, field, value FROM d_values;
CREATE TEMP VIEW v_ledger AS
    SELECT l.certificate AS certificate, l.level AS level, l.year AS year, l.amount AS amount
    FROM subject s JOIN d_ledger l ON l.unit = s.unit WHERE l.at <= s.anchor_at;
CREATE TEMP VIEW v_catalogue AS
    SELECT certificate, name, organisation, level, min_headcount FROM d_catalogue_levels;
CREATE TEMP VIEW v_unit AS
    SELECT u.unit AS id, u.name, u.kind, u.city FROM subject s JOIN d_units u ON u.unit = s.unit;
CREATE TEMP VIEW v_period AS SELECT period AS id, kind, opens, closes FROM subject;
)sql";

class SqliteStore final : public Store {
public:
    explicit SqliteStore(sqlite::Database opened) : m_database(std::move(opened)) {}

    Status prepare() {
        SHENBAO_TRY(m_database.run_script(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY;"
            "PRAGMA cache_size=-16000;"));
        SHENBAO_TRY(sqlite::migrate(m_database, application_id, facts,
                                    int(sizeof facts / sizeof facts[0])));
        SHENBAO_TRY(m_database.run_script(context_views));
        return derive_anew_if_older();
    }

    // --- Writing --------------------------------------------------------------------------------
    Status begin() override { return m_database.run_script("BEGIN IMMEDIATE"); }
    Status commit() override {
        auto committed = m_database.run_script("COMMIT");
        if (!committed) abandon();
        return committed;
    }
    void abandon() override {
        if (m_database.in_transaction()) {
            const auto rolled_back = m_database.run_script("ROLLBACK");
            (void)rolled_back;
        }
        // The views of an engine made in this transaction are gone with it, and an engine names
        // them; SQLite may have rolled back by itself.
        m_engines.clear();
    }

    Result<std::int64_t> append(const StoredEnvelope&             entry,
                                const envelope::VerifiedEnvelope& opened) override {
        SHENBAO_ASSIGN(const std::int64_t index, insert(entry));
        StoredEnvelope placed = entry;
        placed.index = index;
        SHENBAO_TRY(m_derived->fold(placed, opened));
        return index;
    }
    Result<std::int64_t> append_enrolment(const StoredEnvelope& entry,
                                          const KeyRecord&      key) override {
        SHENBAO_ASSIGN(const std::int64_t index, insert(entry));
        SHENBAO_TRY(m_derived->fold_enrolment(index, key));
        return index;
    }
    Status keep_package(const base::NoticeRef& ref, std::string_view document) override {
        return m_database.prepare("INSERT OR IGNORE INTO packages VALUES(?, ?, ?)")
            .bind(ref.sha256, ref.id, document)
            .run();
    }
    Status set_setting(std::string_view name, std::string_view value) override {
        return m_database
            .prepare("INSERT INTO settings VALUES(?, ?) ON CONFLICT(name) "
                     "DO UPDATE SET value = excluded.value")
            .bind(name, value)
            .run();
    }

    Status keep_seen(const std::map<base::KeyId, base::Time>& seen) override {
        for (const auto& [kid, at] : seen)
            SHENBAO_TRY(cached("INSERT INTO seen VALUES(?1, ?2) ON CONFLICT DO UPDATE SET "
                               "at = max(at, ?2)")
                            .bind(kid, at)
                            .run());
        return {};
    }

    // --- Facts ----------------------------------------------------------------------------------
    Result<std::int64_t> last_index() override {
        return number("SELECT coalesce(max(log_index), 0) FROM log");
    }
    Result<base::Time> last_received_at() override {
        SHENBAO_ASSIGN(const std::int64_t at,
                       number("SELECT coalesce((SELECT received_at FROM log "
                              "ORDER BY log_index DESC LIMIT 1), 0)"));
        return base::Time{at};
    }
    Result<std::optional<StoredEnvelope>> find_by_sha256(const base::Sha256Hex& sha256) override {
        return one_row<StoredEnvelope>(
            cached("SELECT " + std::string(entry_columns) + " FROM log WHERE sha256 = ?")
                .bind(sha256),
            read_entry);
    }
    Result<std::optional<StoredEnvelope>> find_by_id(const base::EnvelopeId& id) override {
        return one_row<StoredEnvelope>(
            cached("SELECT " + std::string(entry_columns) + " FROM log WHERE id = ?").bind(id),
            read_entry);
    }
    Result<std::vector<StoredEnvelope>> page(std::int64_t after, int limit) override {
        return all_rows<StoredEnvelope>(
            cached("SELECT " + std::string(entry_columns) +
                   " FROM log WHERE log_index > ? ORDER BY log_index LIMIT ?")
                .bind(after, limit),
            read_entry);
    }
    Result<std::vector<StoredEnvelope>> changes(const Viewer& viewer, std::int64_t after,
                                                int limit) override {
        const std::string entry = "SELECT " + std::string(entry_columns) + " FROM log WHERE ";
        // The province sees all of it, in the order of the log itself.
        if (viewer.role == "province")
            return all_rows<StoredEnvelope>(
                cached(entry + "log_index > ? AND kind IN ('filing', 'withdrawal', 'decision', "
                               "'extension', 'announcement') ORDER BY log_index LIMIT ?")
                    .bind(after, limit),
                read_entry);
        return all_rows<StoredEnvelope>(
            cached(entry + "log_index IN (SELECT DISTINCT a.log_index FROM d_about a WHERE " +
                   visible(viewer, "a.unit") +
                   " AND a.log_index > ?2 ORDER BY a.log_index LIMIT ?3) ORDER BY log_index")
                .bind(viewer.unit, after, limit),
            read_entry);
    }
    Result<std::optional<std::string>> find_package(const base::Sha256Hex& sha256) override {
        return one_row<std::string>(
            cached("SELECT document FROM packages WHERE sha256 = ?").bind(sha256),
            [](const sqlite::Statement& row) { return row.text(0); });
    }
    Result<std::optional<std::string>> setting(std::string_view name) override {
        return one_row<std::string>(cached("SELECT value FROM settings WHERE name = ?").bind(name),
                                    [](const sqlite::Statement& row) { return row.text(0); });
    }

    // --- Derived --------------------------------------------------------------------------------
    Result<std::optional<KeyRecord>> find_key(const base::KeyId& kid) override {
        return one_row<KeyRecord>(
            cached("SELECT " + std::string(key_columns) + " FROM d_keys k WHERE kid = ?").bind(kid),
            read_key);
    }
    Result<std::vector<KeyRecord>> devices(const Viewer& viewer) override {
        return all_rows<KeyRecord>(
            cached("SELECT " + std::string(key_columns) +
                   ", s.at FROM d_keys k LEFT JOIN seen s ON s.kid = k.kid "
                   "LEFT JOIN d_units u ON u.unit = k.unit WHERE " +
                   visible(viewer, "k.unit") + " ORDER BY u.position, k.unit, k.enrolled_index")
                .bind(viewer.unit),
            [](const sqlite::Statement& row) {
                KeyRecord key = read_key(row);
                if (!row.is_null(8)) key.seen_at = row.time(8);
                return key;
            });
    }
    Result<std::vector<ExtensionRecord>> extensions(const Viewer& viewer) override {
        return all_rows<ExtensionRecord>(
            cached("SELECT id, unit, form, period, until, reason, received_at FROM d_extensions "
                   "WHERE " +
                   visible(viewer, "unit") + " ORDER BY log_index")
                .bind(viewer.unit),
            [](const sqlite::Statement& row) {
                return ExtensionRecord{base::EnvelopeId(row.text(0)),
                                       {base::UnitId(row.text(1)), base::FormId(row.text(2)),
                                        base::Period(row.text(3)), row.time(4), row.text(5)},
                                       row.time(6)};
            });
    }
    Result<std::vector<UnitChange>> unit_history(const base::UnitId& unit) override {
        return all_rows<UnitChange>(
            cached("SELECT h.unit, name, h.kind, city, review_by, holds_from, h.log_index, by, "
                   "l.kid FROM d_unit_history h JOIN log l ON l.log_index = h.log_index "
                   "WHERE h.unit = ? ORDER BY h.log_index")
                .bind(unit),
            [](const sqlite::Statement& row) {
                UnitChange change{row.integer(6), base::UnitId(row.text(7)),
                                  base::KeyId(row.text(8)), read_unit(row)};
                change.unit.from = row.time(5);
                return change;
            });
    }
    Result<std::vector<envelope::UnitEntry>> planned_units() override {
        return all_rows<envelope::UnitEntry>(
            cached("SELECT h.unit, name, kind, city, review_by, holds_from FROM d_unit_plans p "
                   "JOIN d_unit_history h ON h.unit = p.unit AND h.log_index = p.log_index "
                   "ORDER BY holds_from, h.log_index")
                .bind(),
            [](const sqlite::Statement& row) {
                envelope::UnitEntry unit = read_unit(row);
                unit.from = row.time(5);
                return unit;
            });
    }
    Result<std::optional<CodeRecord>> find_code(std::string_view hash) override {
        return one_row<CodeRecord>(
            cached("SELECT hash, unit, role, expires_at, used_by FROM d_codes WHERE hash = ?")
                .bind(hash),
            read_code);
    }
    Result<std::vector<CodeRecord>> open_codes(const Viewer& viewer, base::Time now) override {
        return all_rows<CodeRecord>(
            cached("SELECT hash, unit, role, expires_at, used_by FROM d_codes WHERE " +
                   visible(viewer, "unit") + " AND used_by IS NULL AND expires_at > ?2 "
                   "ORDER BY unit, expires_at, hash")
                .bind(viewer.unit, now),
            read_code);
    }
    Result<std::optional<envelope::UnitEntry>> find_unit(const base::UnitId& unit) override {
        return one_row<envelope::UnitEntry>(
            cached("SELECT unit, name, kind, city, review_by FROM d_units WHERE unit = ?")
                .bind(unit),
            read_unit);
    }
    Result<std::vector<envelope::UnitEntry>> units(const Viewer& viewer) override {
        return all_rows<envelope::UnitEntry>(
            cached("SELECT unit, name, kind, city, review_by FROM d_units WHERE " +
                   visible(viewer, "unit") + " ORDER BY position")
                .bind(viewer.unit),
            read_unit);
    }
    Result<std::vector<envelope::CatalogueEntry>> catalogue() override {
        auto& select = cached("SELECT certificate, batch, name, organisation, levels, "
                              "min_headcount FROM d_catalogue ORDER BY position");
        return all_rows<envelope::CatalogueEntry>(select.bind(), [](const sqlite::Statement& row) {
            envelope::CatalogueEntry entry;
            entry.certificate = base::CertificateId(row.text(0));
            entry.batch = row.integer(1);
            entry.name = row.text(2);
            entry.organisation = row.text(3);
            const auto levels = base::parse_json(row.text_view(4));
            SHENBAO_CHECK(levels.has_value());
            for (const base::Json& level : *levels)
                entry.levels.push_back(level.get<std::string>());
            entry.min_headcount = row.integer_or_null(5);
            return entry;
        });
    }
    Result<std::vector<PublishedVersion>> notices() override {
        return all_rows<PublishedVersion>(
            cached("SELECT n.notice, n.sha256, l.received_at FROM d_notices n "
                   "JOIN log l ON l.log_index = n.log_index ORDER BY n.log_index")
                .bind(),
            [](const sqlite::Statement& row) {
                return PublishedVersion{{base::NoticeId(row.text(0)), base::Sha256Hex(row.text(1))},
                                   row.time(2)};
            });
    }
    Result<std::optional<FilingRecord>> find_filing(const base::EnvelopeId& root) override {
        return one_row<FilingRecord>(cached("SELECT " + std::string(filing_columns) +
                                            " FROM d_filings f WHERE root = ?")
                                         .bind(root),
                                     read_filing);
    }
    Result<std::optional<base::EnvelopeId>> find_root(const base::EnvelopeId& version) override {
        return one_row<base::EnvelopeId>(
            cached("SELECT root FROM d_versions WHERE id = ?").bind(version),
            [](const sqlite::Statement& row) { return base::EnvelopeId(row.text(0)); });
    }
    Result<std::optional<ReviewRecord>> find_review(const base::EnvelopeId& root) override {
        return one_row<ReviewRecord>(
            cached("SELECT decision, by, due FROM d_reviews WHERE root = ?").bind(root),
            [](const sqlite::Statement& row) {
                ReviewRecord review;
                review.decision = base::EnvelopeId(row.text(0));
                review.by = review::find_party(row.text_view(1)).value_or(review::Party::province);
                if (!row.is_null(2)) review.due = row.time(2);
                return review;
            });
    }
    Result<std::optional<base::Time>> extended_until(const base::UnitId& unit,
                                                     const base::FormId& form,
                                                     const base::Period& period) override {
        return one_row<base::Time>(
            cached("SELECT until FROM d_extensions WHERE unit = ? AND form = ? AND period = ?")
                .bind(unit, form, period),
            [](const sqlite::Statement& row) { return row.time(0); });
    }
    Result<std::vector<Balance>> balances(const BalanceQuery& query) override {
        return all_rows<Balance>(
            cached("SELECT certificate, level, sum(amount) FROM d_ledger WHERE unit = ?1 "
                   "AND year = ?2 AND (?3 IS NULL OR at <= ?3) AND (?4 IS NULL OR filing <> ?4) "
                   "GROUP BY certificate, level ORDER BY certificate, level")
                .bind(query.unit, query.year, query.at, query.without),
            [](const sqlite::Statement& row) {
                return Balance{base::CertificateId(row.text(0)), row.text(1), row.integer(2)};
            });
    }
    Result<std::vector<FilingRecord>> filings(const Viewer&      viewer,
                                              const FilingQuery& query) override {
        const auto stage = query.stage ? std::optional(stage_name(*query.stage)) : std::nullopt;
        const auto timing =
            query.timing ? std::optional(envelope::timing_name(*query.timing)) : std::nullopt;
        return all_rows<FilingRecord>(
            cached("SELECT " + std::string(filing_columns) +
                   " FROM d_filings f JOIN d_units u ON u.unit = f.unit WHERE " +
                   visible(viewer, "f.unit") +
                   " AND (?2 IS NULL OR period = ?2) AND (?3 IS NULL OR form = ?3)"
                   " AND (?4 IS NULL OR stage = ?4) AND (?5 IS NULL OR timing = ?5)"
                   " AND (?6 IS NULL OR u.city = ?6) AND newest_index > ?7"
                   " ORDER BY newest_index LIMIT ?8")
                .bind(viewer.unit, query.period, query.form, stage, timing, query.city,
                      query.after, query.limit),
            read_filing);
    }
    Result<Summary> summary(const Viewer& viewer, std::string_view name,
                            const SummaryQuery& query) override {
        SHENBAO_ASSIGN(SummarySql prepared, summary_sql(name, visible(viewer, "u.unit"), query));
        const auto stage = query.stage ? std::optional(stage_name(*query.stage)) : std::nullopt;
        auto&      select = cached(prepared.sql).bind(viewer.unit, query.period, stage);
        Summary    made;
        made.fields = std::move(prepared.fields);
        for (int i = 0; i < select.column_count(); ++i)
            made.columns.emplace_back(select.column_name(i));
        const auto cell = [&](const sqlite::Statement& row, int column) {
            return made.columns[std::size_t(column)] == "at"
                       ? base::Json(base::to_rfc3339(row.time(column)))
                       : sqlite::json_value(row, column);
        };
        SHENBAO_ASSIGN(made.rows, all_rows<std::vector<base::Json>>(
                                      select, [&](const sqlite::Statement& row) {
                                          std::vector<base::Json> cells;
                                          for (int i = 0; i < row.column_count(); ++i)
                                              cells.push_back(cell(row, i));
                                          return cells;
                                      }));
        return made;
    }
    Result<std::int64_t> as_of(const Viewer& viewer) override {
        if (viewer.role == "province") return last_index();
        auto& select = cached("SELECT max(last_index) FROM d_concerns WHERE unit IN (?, '*')");
        SHENBAO_ASSIGN(const bool has_row, select.bind(viewer.unit).step());
        SHENBAO_CHECK(has_row);
        const std::int64_t index = select.integer(0);
        select.reset();
        return index;
    }
    Result<std::int64_t> scope_index(const Viewer& viewer) override {
        auto& select = cached("SELECT coalesce(max(scope_index), 0) FROM d_concerns WHERE unit = ?");
        SHENBAO_ASSIGN(const bool has_row, select.bind(viewer.unit).step());
        SHENBAO_CHECK(has_row);
        const std::int64_t index = viewer.role == "city" ? select.integer(0) : 0;
        select.reset();
        return index;
    }

    Result<rules::Verdict> judge(const RuleQuestion& question) override {
        auto found = m_engines.find(question.package->ref.sha256);
        if (found == m_engines.end()) {
            const rules::ContextViews views = rules::make_context(
                m_database, *question.package,
                {"v_matters", "v_values", "v_ledger", "v_catalogue", "v_unit", "v_period",
                 {"certificate", "level", "headcount"}});
            SHENBAO_ASSIGN(rules::Engine engine,
                           rules::Engine::prepare(m_database, *question.package, views));
            found = m_engines.emplace(question.package->ref.sha256, std::move(engine)).first;
        }
        static constexpr const char* kinds[] = {"round", "month", "year"};
        const notice::Period* period = question.package->find_period(question.period);
        const notice::Window* window = question.form->find_window(question.period);
        SHENBAO_CHECK(period != nullptr && window != nullptr);
        std::optional<std::string> opens, closes;
        if (!window->always) {
            opens = base::to_iso(window->opens);
            closes = base::to_iso(window->closes);
        }
        SHENBAO_TRY(cached("INSERT OR REPLACE INTO subject VALUES(1, ?, ?, ?, ?, ?, ?, ?)")
                        .bind(question.unit, question.period, question.root, question.anchor_at,
                              kinds[int(period->kind)], opens, closes)
                        .run());
        return found->second.check(*question.form, *question.answers, *question.notes);
    }

    Status rebuild() override {
        SHENBAO_ASSIGN(sqlite::Transaction transaction, sqlite::Transaction::begin(m_database));
        SHENBAO_TRY(replay_all());
        return transaction.commit();
    }
    Result<std::vector<std::pair<std::string, std::string>>> digests() override {
        return derived_digests(m_database);
    }

private:
    // What an older program has derived is made again from the facts, once.
    Status derive_anew_if_older() {
        const std::string version = derived_schema_version().text();
        SHENBAO_ASSIGN(const auto known, setting("derived_schema"));
        if (known != version) {
            SHENBAO_ASSIGN(sqlite::Transaction transaction, sqlite::Transaction::begin(m_database));
            SHENBAO_TRY(replay_all());
            SHENBAO_TRY(set_setting("derived_schema", version));
            SHENBAO_TRY(transaction.commit());
        }
        if (!m_derived) m_derived.emplace(m_database);
        return {};
    }
    Status replay_all() {
        m_statements.clear();
        m_engines.clear();
        m_derived.reset();
        SHENBAO_TRY(drop_derived_schema(m_database));
        SHENBAO_TRY(make_derived_schema(m_database));
        m_derived.emplace(m_database);
        for (std::int64_t after = 0;;) {
            SHENBAO_ASSIGN(const std::vector<StoredEnvelope> entries, page(after, 1000));
            if (entries.empty()) return {};
            for (const StoredEnvelope& entry : entries) SHENBAO_TRY(m_derived->replay(entry));
            after = entries.back().index;
        }
    }
    Result<std::int64_t> insert(const StoredEnvelope& entry) {
        SHENBAO_TRY(cached("INSERT INTO log(id, kind, unit, kid, sha256, received_at, timing, "
                           "text, detail) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)")
                        .bind(entry.id, entry.kind, entry.unit, entry.kid, entry.sha256,
                              entry.received_at, envelope::timing_name(entry.timing), entry.text,
                              entry.detail)
                        .run());
        return m_database.last_row_id();
    }
    Result<std::int64_t> number(const std::string& sql) {
        auto& select = cached(sql);
        SHENBAO_ASSIGN(const bool has_row, select.bind().step());
        SHENBAO_CHECK(has_row);
        const std::int64_t value = select.integer(0);
        select.reset();
        return value;
    }
    sqlite::Statement& cached(const std::string& sql) {
        auto found = m_statements.find(sql);
        if (found == m_statements.end())
            found = m_statements.emplace(sql, m_database.prepare(sql)).first;
        return found->second;
    }

    // Statements and engines end before the database they belong to.
    sqlite::Database                         m_database;
    std::map<std::string, sqlite::Statement> m_statements;
    std::map<base::Sha256Hex, rules::Engine> m_engines;
    std::optional<Derived>                   m_derived;
};

} // namespace

Result<std::unique_ptr<Store>> open_sqlite_store(const std::string& path, sqlite::OpenMode mode) {
    SHENBAO_ASSIGN(sqlite::Database database, sqlite::Database::open(path, mode));
    auto store = std::make_unique<SqliteStore>(std::move(database));
    SHENBAO_TRY(store->prepare());
    return store;
}

Status copy_sqlite_store(const std::string& from, const std::string& to) {
    SHENBAO_ASSIGN(sqlite::Database database,
                   sqlite::Database::open(from, sqlite::OpenMode::existing));
    return database.copy_to(to);
}

bool may_see(const Viewer& viewer, const envelope::UnitEntry& unit) {
    return rights::sight(rights::find_role(viewer.role))
        .has(rights::relation_of(viewer.unit, unit));
}

} // namespace records
