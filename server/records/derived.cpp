#include "server/records/derived.hpp"

#include "shared/base/check.hpp"
#include "shared/notice/answers.hpp"
#include "shared/protocol/messages.hpp"

namespace records {
namespace {

using base::Status;

constexpr const char* schema = R"sql(
CREATE TABLE IF NOT EXISTS d_keys(
    kid TEXT PRIMARY KEY, unit TEXT NOT NULL, role TEXT NOT NULL, device TEXT NOT NULL,
    x BLOB NOT NULL, code_hash TEXT NOT NULL, enrolled_index INTEGER NOT NULL,
    revoked_index INTEGER, enrolled_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS d_keys_by_unit ON d_keys(unit, enrolled_index);
CREATE TABLE IF NOT EXISTS d_codes(
    hash TEXT PRIMARY KEY, unit TEXT NOT NULL, role TEXT NOT NULL, expires_at INTEGER NOT NULL,
    used_by TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS d_units(
    unit TEXT PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, city TEXT NOT NULL,
    review_by TEXT, position INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS d_units_by_reviewer ON d_units(review_by);
-- Every act about a unit, and what is to hold later; the next act about the unit replaces that.
CREATE TABLE IF NOT EXISTS d_unit_history(
    unit TEXT NOT NULL, log_index INTEGER NOT NULL, by TEXT NOT NULL, holds_from INTEGER NOT NULL,
    name TEXT NOT NULL, kind TEXT NOT NULL, city TEXT NOT NULL, review_by TEXT,
    PRIMARY KEY(unit, log_index)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS d_unit_plans(
    unit TEXT PRIMARY KEY, log_index INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS d_catalogue(
    certificate TEXT PRIMARY KEY, batch INTEGER NOT NULL, name TEXT NOT NULL,
    organisation TEXT NOT NULL, levels TEXT NOT NULL, min_headcount INTEGER,
    position INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS d_catalogue_levels(
    certificate TEXT NOT NULL, level TEXT NOT NULL, name TEXT NOT NULL,
    organisation TEXT NOT NULL, min_headcount INTEGER,
    PRIMARY KEY(certificate, level)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS d_notices(
    sha256 TEXT PRIMARY KEY, notice TEXT NOT NULL, log_index INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS d_filings(
    root TEXT PRIMARY KEY, newest TEXT NOT NULL, newest_index INTEGER NOT NULL,
    unit TEXT NOT NULL, form TEXT NOT NULL, period TEXT NOT NULL,
    serves TEXT NOT NULL, -- What the form serves as (notice::Serves).
    stage TEXT NOT NULL, timing TEXT NOT NULL,
    -- The standard columns of what is declared; NULL of other forms.
    certificate TEXT, level TEXT, headcount INTEGER, approved INTEGER,
    received_at INTEGER NOT NULL,
    -- The version that counts: the newest, or the last that was not late. NULL: none.
    counting TEXT, counting_certificate TEXT, counting_level TEXT, counting_headcount INTEGER)
    WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS d_filings_by_unit ON d_filings(unit, period, form);
CREATE INDEX IF NOT EXISTS d_filings_by_index ON d_filings(newest_index);
CREATE TABLE IF NOT EXISTS d_versions(
    id TEXT PRIMARY KEY, root TEXT NOT NULL) WITHOUT ROWID;
-- The answers of every version, a value a row; row 0 is the form itself.
CREATE TABLE IF NOT EXISTS d_values(
    version TEXT NOT NULL, row INTEGER NOT NULL, field TEXT NOT NULL, value,
    PRIMARY KEY(version, row, field)) WITHOUT ROWID;
-- Approved numbers as dated entries; a wrong one is answered by another, never edited (R42, R54).
CREATE TABLE IF NOT EXISTS d_ledger(
    position INTEGER PRIMARY KEY, unit TEXT NOT NULL, certificate TEXT NOT NULL,
    level TEXT NOT NULL, year TEXT NOT NULL, period TEXT NOT NULL, kind TEXT NOT NULL,
    amount INTEGER NOT NULL, at INTEGER NOT NULL, filing TEXT NOT NULL, decision TEXT NOT NULL,
    log_index INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS d_ledger_by_unit ON d_ledger(unit, certificate, level);
CREATE INDEX IF NOT EXISTS d_ledger_by_filing ON d_ledger(filing);
CREATE TABLE IF NOT EXISTS d_totals(
    period TEXT NOT NULL, unit TEXT NOT NULL, certificate TEXT NOT NULL, level TEXT NOT NULL,
    stage TEXT NOT NULL, filings INTEGER NOT NULL, planned INTEGER NOT NULL,
    approved INTEGER NOT NULL, decided INTEGER NOT NULL,
    PRIMARY KEY(period, unit, certificate, level, stage)) WITHOUT ROWID;
-- What a reviewer has said last of the newest version.
CREATE TABLE IF NOT EXISTS d_reviews(
    root TEXT PRIMARY KEY, decision TEXT NOT NULL, by TEXT NOT NULL, due INTEGER) WITHOUT ROWID;
-- What stands approved: row 0 the number of what is declared, rows from 1 what an increase adds.
CREATE TABLE IF NOT EXISTS d_approvals(
    root TEXT NOT NULL, row INTEGER NOT NULL, certificate TEXT NOT NULL, level TEXT NOT NULL,
    amount INTEGER NOT NULL, PRIMARY KEY(root, row)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS d_extensions(
    unit TEXT NOT NULL, form TEXT NOT NULL, period TEXT NOT NULL, until INTEGER NOT NULL,
    id TEXT NOT NULL, reason TEXT NOT NULL, received_at INTEGER NOT NULL,
    log_index INTEGER NOT NULL, PRIMARY KEY(unit, form, period)) WITHOUT ROWID;
-- Versions that came late and wait for an extension, newer than what counts of their matters.
CREATE TABLE IF NOT EXISTS d_late(
    unit TEXT NOT NULL, form TEXT NOT NULL, period TEXT NOT NULL, root TEXT NOT NULL,
    log_index INTEGER NOT NULL, version TEXT NOT NULL, received_at INTEGER NOT NULL,
    PRIMARY KEY(unit, form, period, root, log_index)) WITHOUT ROWID;
-- The unit that an envelope of the changes feed is about.
CREATE TABLE IF NOT EXISTS d_about(
    unit TEXT NOT NULL, log_index INTEGER NOT NULL, PRIMARY KEY(unit, log_index)) WITHOUT ROWID;
-- The last index that concerns a unit ('*': everybody), and that widened what it may see.
CREATE TABLE IF NOT EXISTS d_concerns(
    unit TEXT PRIMARY KEY, last_index INTEGER NOT NULL, scope_index INTEGER NOT NULL)
    WITHOUT ROWID;
)sql";

constexpr std::string_view tables[] = {
    "d_keys",    "d_codes",     "d_units",            "d_unit_history", "d_unit_plans",
    "d_catalogue", "d_catalogue_levels", "d_notices", "d_filings",      "d_versions",
    "d_values",  "d_ledger",    "d_totals",           "d_reviews",      "d_approvals",
    "d_extensions", "d_late",   "d_about",            "d_concerns"};

} // namespace

base::Sha256Hex derived_schema_version() { return base::sha256_hex(schema); }

Status make_derived_schema(sqlite::Database& database) { return database.run_script(schema); }

Status drop_derived_schema(sqlite::Database& database) {
    for (const std::string_view table : tables)
        SHENBAO_TRY(database.run_script("DROP TABLE IF EXISTS " + std::string(table)));
    return {};
}

base::Result<std::vector<std::pair<std::string, std::string>>>
derived_digests(sqlite::Database& database) {
    std::vector<std::pair<std::string, std::string>> digests;
    for (const std::string_view table : tables) {
        const std::string all = "SELECT * FROM " + std::string(table);
        std::string       order = " ORDER BY 1";
        for (int i = 2; i <= database.prepare(all).column_count(); ++i)
            order += ", " + std::to_string(i);
        auto select = database.prepare(all + order);
        std::string rows;
        for (;;) {
            SHENBAO_ASSIGN(const bool has_row, select.step());
            if (!has_row) break;
            for (int i = 0; i < select.column_count(); ++i)
                rows += (select.is_null(i) ? "\x01" : select.text(i)) + "\x02";
            rows += "\x03";
        }
        digests.emplace_back(table, base::sha256_hex(rows).text());
    }
    return digests;
}

Derived::Derived(sqlite::Database& database)
    : m_database(database),
      m_find_filing(database.prepare("SELECT root FROM d_filings WHERE root = ?")),
      m_insert_filing(database.prepare(
          "INSERT INTO d_filings VALUES(?, ?, ?, ?, ?, ?, ?, 'submitted', ?, ?, ?, ?, NULL, ?, "
          "NULL, NULL, NULL, NULL)")),
      m_update_filing(database.prepare(
          "UPDATE d_filings SET newest = ?2, newest_index = ?3, stage = 'submitted', "
          "approved = NULL, timing = ?4, certificate = ?5, level = ?6, headcount = ?7, "
          "received_at = ?8 WHERE root = ?1")),
      m_count_late(database.prepare(
          "UPDATE d_filings SET counting = newest, counting_certificate = certificate, "
          "counting_level = level, counting_headcount = headcount WHERE root = ?")),
      m_withdraw(database.prepare("UPDATE d_filings SET stage = 'withdrawn' WHERE root = ?")),
      m_insert_version(database.prepare("INSERT INTO d_versions VALUES(?, ?)")),
      m_find_root(database.prepare("SELECT root FROM d_versions WHERE id = ?")),
      m_insert_value(database.prepare("INSERT INTO d_values VALUES(?, ?, ?, ?)")),
      m_count(database.prepare(
          "INSERT INTO d_totals SELECT period, unit, counting_certificate, counting_level, stage, "
          "?2, ?2 * counting_headcount, ?2 * coalesce(approved, 0), ?2 * (approved IS NOT NULL) "
          "FROM d_filings WHERE root = ?1 AND serves = 'declared' AND counting IS NOT NULL "
          "AND stage NOT IN ('withdrawn', 'rejected') "
          "ON CONFLICT DO UPDATE SET filings = filings + excluded.filings, "
          "planned = planned + excluded.planned, approved = approved + excluded.approved, "
          "decided = decided + excluded.decided")),
      // Only the line just counted can have become empty; it is found by its key.
      m_drop_empty(database.prepare(
          "DELETE FROM d_totals WHERE filings = 0 AND (period, unit, certificate, level, stage) = "
          "(SELECT period, unit, counting_certificate, counting_level, stage "
          "FROM d_filings WHERE root = ?)")),
      m_concern(database.prepare(
          "INSERT INTO d_concerns VALUES(?1, ?2, 0) ON CONFLICT DO UPDATE SET last_index = ?2")),
      m_concern_reviewer(database.prepare(
          "INSERT INTO d_concerns SELECT review_by, ?2, 0 FROM d_units "
          "WHERE unit = ?1 AND review_by IS NOT NULL "
          "ON CONFLICT DO UPDATE SET last_index = excluded.last_index")),
      m_about(database.prepare("INSERT INTO d_about VALUES(?, ?)")) {}

Status Derived::concern(std::string_view unit, std::int64_t index) {
    SHENBAO_TRY(m_concern.bind(unit, index).run());
    return m_concern_reviewer.bind(unit, index).run();
}

Status Derived::count(const base::EnvelopeId& root, int sign) {
    SHENBAO_TRY(m_count.bind(root, sign).run());
    return sign < 0 ? m_drop_empty.bind(root).run() : Status{};
}

Status Derived::fold(const StoredEnvelope& entry, const envelope::VerifiedEnvelope& opened) {
    const envelope::Act& act = opened.act();
    if (const auto* filing = std::get_if<envelope::Filing>(&act))
        return fold_filing(entry, opened.common().notice, *filing);
    if (const auto* withdrawal = std::get_if<envelope::Withdrawal>(&act)) {
        SHENBAO_TRY(fold_withdrawal(*withdrawal));
        return about(entry.unit.text(), entry.index);
    }
    if (const auto* decision = std::get_if<envelope::Decision>(&act))
        return fold_decision(entry, *decision);
    if (const auto* extension = std::get_if<envelope::Extension>(&act))
        return fold_extension(entry, *extension);
    if (const auto* unit = std::get_if<envelope::UnitEntry>(&act))
        return fold_unit(entry, *unit);
    if (const auto* announcement = std::get_if<envelope::Announcement>(&act))
        return fold_announcement(entry.index, *announcement);
    if (const auto* listed = std::get_if<envelope::CatalogueEntry>(&act))
        return fold_catalogue(entry.index, *listed);
    if (const auto* code = std::get_if<envelope::CodeEntry>(&act))
        // A later word about a code says until when it holds; a device that used it stays.
        return m_database
            .prepare("INSERT INTO d_codes VALUES(?, ?, ?, ?, NULL) "
                     "ON CONFLICT(hash) DO UPDATE SET expires_at = excluded.expires_at")
            .bind(code->code_hash, code->unit, code->role, code->expires_at)
            .run();
    if (const auto* revocation = std::get_if<envelope::Revocation>(&act))
        return m_database
            .prepare("UPDATE d_keys SET revoked_index = ? WHERE kid = ? AND revoked_index IS NULL")
            .bind(entry.index, revocation->kid)
            .run();
    const auto* notice = std::get_if<envelope::NoticePublication>(&act);
    SHENBAO_CHECK(notice != nullptr);
    SHENBAO_TRY(m_database.prepare("INSERT OR REPLACE INTO d_notices VALUES(?, ?, ?)")
                    .bind(notice->published.sha256, notice->published.id, entry.index)
                    .run());
    return m_concern.bind("*", entry.index).run();
}

base::Result<const notice::Package*> Derived::package_of(const base::NoticeRef& ref) {
    const auto known = m_packages.find(ref.sha256);
    if (known != m_packages.end()) return known->second.get();
    auto select = m_database.prepare("SELECT document FROM packages WHERE sha256 = ?");
    SHENBAO_ASSIGN(const bool found, select.bind(ref.sha256).step());
    if (!found) return base::fail(base::Outcome::storage_failed, "no document for " + ref.text());
    SHENBAO_ASSIGN(notice::Package package, notice::load_package(select.text_view(0)));
    auto& kept = m_packages[ref.sha256];
    kept = std::make_unique<notice::Package>(std::move(package));
    return kept.get();
}

Status Derived::fold_values(const base::EnvelopeId& version, const base::Json& answers) {
    const auto insert = [&](int row, const base::Json& members) -> Status {
        for (const auto& [field, value] : members.items()) {
            if (value.is_string())
                m_insert_value.bind(version, row, field, value.get_ref<const std::string&>());
            else if (value.is_number_integer())
                m_insert_value.bind(version, row, field, value.get<std::int64_t>());
            else continue;
            SHENBAO_TRY(m_insert_value.run());
        }
        return {};
    };
    SHENBAO_TRY(insert(0, answers));
    const auto rows = answers.find("rows");
    if (rows == answers.end()) return {};
    int row = 0;
    for (const base::Json& one : *rows) SHENBAO_TRY(insert(++row, one));
    return {};
}

Status Derived::fold_filing(const StoredEnvelope& entry, const base::NoticeRef& notice,
                            const envelope::Filing& filing) {
    SHENBAO_ASSIGN(const notice::Package* package, package_of(notice));
    const notice::Form* form = package->find_form(filing.form);
    SHENBAO_CHECK(form != nullptr); // The judge has looked.
    std::optional<std::string>  certificate, level;
    std::optional<std::int64_t> headcount;
    if (form->serves == notice::Serves::declared) {
        certificate = notice::standard_text(*form, filing.answers, "certificate");
        level = notice::standard_text(*form, filing.answers, "level");
        headcount = notice::standard_integer(*form, filing.answers, "headcount");
    }
    const std::string_view timing = envelope::timing_name(entry.timing);
    SHENBAO_TRY(m_insert_version.bind(entry.id, filing.root).run());
    SHENBAO_TRY(fold_values(*entry.id, filing.answers));
    SHENBAO_ASSIGN(const bool known, m_find_filing.bind(filing.root).step());
    m_find_filing.reset();
    if (!known) {
        SHENBAO_TRY(m_insert_filing
                        .bind(filing.root, entry.id, entry.index, entry.unit, filing.form,
                              filing.period, notice::serves_name(form->serves), timing,
                              certificate, level, headcount, entry.received_at)
                        .run());
    } else {
        SHENBAO_TRY(count(filing.root, -1));
        SHENBAO_TRY(cached("DELETE FROM d_reviews WHERE root = ?").bind(filing.root).run());
        SHENBAO_TRY(m_update_filing
                        .bind(filing.root, entry.id, entry.index, timing, certificate, level,
                              headcount, entry.received_at)
                        .run());
    }
    if (entry.timing != envelope::Timing::late)
        SHENBAO_TRY(m_count_late.bind(filing.root).run());
    SHENBAO_TRY(count(filing.root, +1));
    SHENBAO_TRY(await_extension(entry, filing));
    return about(entry.unit.text(), entry.index);
}

Status Derived::fold_withdrawal(const envelope::Withdrawal& withdrawal) {
    SHENBAO_ASSIGN(const bool found, m_find_root.bind(withdrawal.target).step());
    SHENBAO_CHECK(found); // The judge has looked.
    const base::EnvelopeId root(m_find_root.text(0));
    m_find_root.reset();
    SHENBAO_TRY(count(root, -1));
    return m_withdraw.bind(root).run();
}

Status Derived::fold_unit(const StoredEnvelope& entry, const envelope::UnitEntry& unit) {
    const std::int64_t index = entry.index;
    const bool         later = unit.from && *unit.from > entry.received_at;
    SHENBAO_TRY(cached("INSERT INTO d_unit_history VALUES(?, ?, ?, ?, ?, ?, ?, ?)")
                    .bind(unit.unit, index, entry.unit, later ? *unit.from : entry.received_at,
                          unit.name, unit.kind, unit.city, unit.review_by)
                    .run());
    SHENBAO_TRY(cached("DELETE FROM d_unit_plans WHERE unit = ?").bind(unit.unit).run());
    if (later)
        return cached("INSERT INTO d_unit_plans VALUES(?, ?)").bind(unit.unit, index).run();
    // A bureau that loses the school is concerned as well as the one that gets it.
    SHENBAO_TRY(m_concern_reviewer.bind(unit.unit, index).run());
    SHENBAO_TRY(m_database
                    .prepare("INSERT INTO d_units VALUES(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO "
                             "UPDATE SET name = ?2, kind = ?3, city = ?4, review_by = ?5")
                    .bind(unit.unit, unit.name, unit.kind, unit.city, unit.review_by, index)
                    .run());
    SHENBAO_TRY(concern(unit.unit.text(), index));
    if (!unit.review_by) return {};
    return m_database
        .prepare("INSERT INTO d_concerns VALUES(?1, ?2, ?2) ON CONFLICT DO UPDATE SET "
                 "last_index = ?2, scope_index = ?2")
        .bind(*unit.review_by, index)
        .run();
}

// It is about those whom it is for now, and their bureaus hear what their schools are told.
Status Derived::fold_announcement(std::int64_t index, const envelope::Announcement& act) {
    const std::string audience = "FROM d_units WHERE (?2 IS NULL OR kind = ?2) AND "
                                 "(?3 IS NULL OR city = ?3) AND (?4 IS NULL OR unit = ?4)";
    const auto run = [&](const std::string& sql) {
        return m_database.prepare(sql).bind(index, act.to.kind, act.to.city, act.to.unit).run();
    };
    SHENBAO_TRY(run("INSERT INTO d_about SELECT unit, ?1 " + audience));
    SHENBAO_TRY(run("INSERT INTO d_concerns SELECT unit, ?1, 0 " + audience +
                    " ON CONFLICT DO UPDATE SET last_index = ?1"));
    return run("INSERT INTO d_concerns SELECT DISTINCT review_by, ?1, 0 " + audience +
               " AND review_by IS NOT NULL ON CONFLICT DO UPDATE SET last_index = ?1");
}

Status Derived::fold_catalogue(std::int64_t index, const envelope::CatalogueEntry& entry) {
    const base::Json levels = entry.levels;
    SHENBAO_TRY(m_database
                    .prepare("INSERT INTO d_catalogue VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7) "
                             "ON CONFLICT DO UPDATE SET batch = ?2, name = ?3, organisation = ?4, "
                             "levels = ?5, min_headcount = ?6")
                    .bind(entry.certificate, entry.batch, entry.name, entry.organisation,
                          base::to_text(levels), entry.min_headcount, index)
                    .run());
    SHENBAO_TRY(m_database.prepare("DELETE FROM d_catalogue_levels WHERE certificate = ?")
                    .bind(entry.certificate)
                    .run());
    for (const std::string& level : entry.levels)
        SHENBAO_TRY(m_database.prepare("INSERT OR IGNORE INTO d_catalogue_levels VALUES(?, ?, ?, ?, ?)")
                        .bind(entry.certificate, level, entry.name, entry.organisation,
                              entry.min_headcount)
                        .run());
    return m_concern.bind("*", index).run();
}

Status Derived::fold_enrolment(std::int64_t index, const KeyRecord& key) {
    SHENBAO_TRY(m_database.prepare("INSERT INTO d_keys VALUES(?, ?, ?, ?, ?, ?, ?, NULL, ?)")
                    .bind(key.kid, key.unit, key.role, key.device, base::ByteView(key.key.bytes),
                          key.code_hash, index, key.enrolled_at)
                    .run());
    return m_database.prepare("UPDATE d_codes SET used_by = ? WHERE hash = ?")
        .bind(key.kid, key.code_hash)
        .run();
}

Status Derived::replay(const StoredEnvelope& entry) {
    if (entry.kind == "enrolment") {
        SHENBAO_ASSIGN(const envelope::Jws jws,
                       envelope::Jws::parse(entry.text, envelope::HeaderKey::jwk));
        SHENBAO_ASSIGN(const std::string payload, jws.verify(jws.embedded_key()));
        SHENBAO_ASSIGN(const protocol::EnrolmentRequest request,
                       protocol::read_enrolment_request(payload));
        auto code = m_database.prepare("SELECT unit, role FROM d_codes WHERE hash = ?");
        SHENBAO_ASSIGN(const bool found, code.bind(entry.detail).step());
        if (!found)
            return base::fail(base::Outcome::storage_failed,
                              "log " + std::to_string(entry.index) + ": no such code");
        return fold_enrolment(entry.index,
                              {entry.kid, base::UnitId(code.text(0)), code.text(1),
                               request.device, jws.embedded_key(), false, entry.detail,
                               request.made_at});
    }
    SHENBAO_ASSIGN(const envelope::VerifiedEnvelope opened, open_stored(entry));
    return fold(entry, opened);
}

base::Result<envelope::VerifiedEnvelope> open_stored(const StoredEnvelope& entry) {
    SHENBAO_ASSIGN(const envelope::Jws jws,
                   envelope::Jws::parse(entry.text, envelope::HeaderKey::kid));
    envelope::Receipt vouched;
    vouched.id = entry.id.value_or(base::EnvelopeId());
    vouched.sha256 = entry.sha256;
    return envelope::open_receipted(jws, vouched);
}

} // namespace records
