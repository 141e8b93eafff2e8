#include "shared/device/schema.hpp"

namespace device {
namespace {


const sqlite::Migration migrations[] = {
    {R"sql(
CREATE TABLE settings(
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE kept(             -- Bodies of answers, for reading offline.
    name TEXT PRIMARY KEY,
    body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE enrolment(
    one    INTEGER PRIMARY KEY CHECK(one = 1),
    seed   BLOB NOT NULL,      -- The key's, from before the code was sent.
    code   TEXT NOT NULL,
    device TEXT NOT NULL,
    answer TEXT);              -- NULL until the server has answered.
CREATE TABLE packages(
    sha256   TEXT PRIMARY KEY,
    notice   TEXT NOT NULL,
    document TEXT NOT NULL,
    current  INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE catalogue(        -- A row a level, as the rules see it.
    certificate   TEXT NOT NULL,
    name          TEXT NOT NULL,
    organisation  TEXT NOT NULL,
    level         TEXT NOT NULL,
    min_headcount INTEGER,
    PRIMARY KEY(certificate, level)) WITHOUT ROWID;
CREATE TABLE matters(
    position   INTEGER PRIMARY KEY,
    root       TEXT NOT NULL UNIQUE,
    form       TEXT NOT NULL,
    period     TEXT NOT NULL,
    newest     TEXT,           -- Newest signed version that is queued or accepted.
    revising   INTEGER NOT NULL,
    withdrawn  INTEGER NOT NULL DEFAULT 0,
    conflict   INTEGER NOT NULL DEFAULT 0,
    updated_at INTEGER NOT NULL,
    deleted_at INTEGER);
CREATE INDEX matters_by_form ON matters(form, period);
CREATE TABLE draft_values(
    root  TEXT NOT NULL,
    row   INTEGER NOT NULL,
    field TEXT NOT NULL,
    typed TEXT NOT NULL,       -- Exactly as typed.
    value ANY,                 -- Parsed; NULL while it cannot be.
    PRIMARY KEY(root, row, field)) STRICT, WITHOUT ROWID;
CREATE TABLE draft_notes(
    root TEXT NOT NULL,
    rule TEXT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY(root, rule)) WITHOUT ROWID;
CREATE TABLE envelopes(
    position INTEGER PRIMARY KEY, -- The order of signing, and of sending.
    sha256   TEXT NOT NULL UNIQUE,
    id       TEXT NOT NULL,
    root     TEXT NOT NULL,
    kind     TEXT NOT NULL,
    form     TEXT NOT NULL,
    period   TEXT NOT NULL,
    state    TEXT NOT NULL CHECK(state IN ('queued', 'accepted', 'refused', 'superseded')),
    made_at  INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    outcome  INTEGER,
    detail   TEXT,
    findings TEXT,
    answers  TEXT NOT NULL,
    notes    TEXT NOT NULL,
    text     TEXT NOT NULL,
    receipt  TEXT);
CREATE INDEX envelopes_by_root ON envelopes(root);
CREATE INDEX envelopes_by_state ON envelopes(state);
)sql"},
    {R"sql(
-- The notice's version under which a draft was begun or last carried over.
ALTER TABLE matters ADD COLUMN notice TEXT NOT NULL DEFAULT '';
UPDATE matters SET notice = coalesce((SELECT sha256 FROM packages WHERE current = 1), '');
CREATE TABLE decisions(        -- Of the reviewers on this unit's filings, as the log has them.
    id        TEXT PRIMARY KEY,
    root      TEXT NOT NULL,
    target    TEXT NOT NULL,   -- The version it is about.
    verdict   TEXT NOT NULL,
    at        INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    sha256    TEXT NOT NULL,
    text      TEXT NOT NULL,
    receipt   TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX decisions_by_root ON decisions(root, log_index);
CREATE TABLE extensions(       -- Of this unit's windows.
    id        TEXT PRIMARY KEY,
    form      TEXT NOT NULL,
    period    TEXT NOT NULL,
    until     INTEGER NOT NULL, -- That moment included.
    reason    TEXT NOT NULL,
    log_index INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE ledger(           -- 台账 of this unit, as the server has derived it from the log.
    position    INTEGER PRIMARY KEY,
    at          INTEGER NOT NULL,
    year        TEXT NOT NULL,
    period      TEXT NOT NULL,
    kind        TEXT NOT NULL,
    certificate TEXT NOT NULL,
    level       TEXT NOT NULL,
    amount      INTEGER NOT NULL,
    balance     INTEGER NOT NULL,
    filing      TEXT NOT NULL);
CREATE TABLE carryovers(       -- What became of drafts under a new version, until it is read.
    root TEXT PRIMARY KEY,
    told TEXT NOT NULL) WITHOUT ROWID; -- JSON
CREATE TABLE platform_ticks(   -- The school's own word that it has uploaded the paper (R8, R32).
    root TEXT PRIMARY KEY,
    day  TEXT NOT NULL) WITHOUT ROWID;
)sql"},
    {R"sql(
CREATE TABLE review_entries(   -- What the log has of the filings that this reviewer sees.
    log_index INTEGER PRIMARY KEY,
    id        TEXT NOT NULL UNIQUE,
    root      TEXT NOT NULL,
    kind      TEXT NOT NULL,
    unit      TEXT NOT NULL,
    sha256    TEXT NOT NULL,
    at        INTEGER NOT NULL,
    timing    TEXT NOT NULL,
    text      TEXT NOT NULL,
    receipt   TEXT NOT NULL);
CREATE INDEX review_entries_by_root ON review_entries(root, log_index);
CREATE TABLE review_extensions(
    id        TEXT PRIMARY KEY,
    unit      TEXT NOT NULL,
    form      TEXT NOT NULL,
    period    TEXT NOT NULL,
    until     INTEGER NOT NULL,
    log_index INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX review_extensions_by_window ON review_extensions(unit, form, period);
CREATE TABLE review_matters(   -- Concluded from the entries: a row of the queue.
    root         TEXT PRIMARY KEY,
    first_index  INTEGER NOT NULL,
    newest       TEXT NOT NULL,
    newest_index INTEGER NOT NULL,
    unit         TEXT NOT NULL,
    form         TEXT NOT NULL,
    period       TEXT NOT NULL,
    notice       TEXT NOT NULL, -- Under which the newest version was signed.
    stage        TEXT NOT NULL,
    party        TEXT NOT NULL, -- Who has spoken last of the newest version.
    timing       TEXT NOT NULL,
    certificate  TEXT,
    level        TEXT,
    headcount    INTEGER,
    approved     INTEGER,
    explained    INTEGER NOT NULL,
    versions     INTEGER NOT NULL,
    received_at  INTEGER NOT NULL,
    due          INTEGER) WITHOUT ROWID;
CREATE INDEX review_matters_by_window ON review_matters(unit, form, period);
)sql"},
    {R"sql(
CREATE TABLE announcements(    -- Of the province, to this unit or the schools it reviews.
    id        TEXT PRIMARY KEY,
    text      TEXT NOT NULL,
    until     INTEGER NOT NULL, -- That moment included.
    at        INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    read      INTEGER NOT NULL) WITHOUT ROWID;
)sql"},
    {R"sql(
-- The version that a signed envelope names, as id@sha256; '' of an older desk's (Inside::load).
ALTER TABLE envelopes ADD COLUMN notice TEXT NOT NULL DEFAULT '';
CREATE TABLE signed_values(    -- The form's own values of each signed version, as rules read them.
    id    TEXT NOT NULL,
    field TEXT NOT NULL,
    value ANY,
    PRIMARY KEY(id, field)) STRICT, WITHOUT ROWID;
ALTER TABLE carryovers ADD COLUMN read INTEGER NOT NULL DEFAULT 0;
-- A tick is about what was uploaded; until now the first version stood for all.
ALTER TABLE platform_ticks RENAME COLUMN root TO version;
)sql"},
    {R"sql(
-- Whom an announcement is for: NULL narrows nothing. Of those that came before this nobody knows:
-- their kind is ''.
ALTER TABLE announcements ADD COLUMN kind TEXT DEFAULT '';
ALTER TABLE announcements ADD COLUMN city TEXT;
ALTER TABLE announcements ADD COLUMN unit TEXT;
)sql"},
};
constexpr int migration_count = int(sizeof migrations / sizeof migrations[0]);

// What is declared counts with its draft: what the person sees is what is judged, and nothing made
// from it is signed before it. What is compared with, a report, counts as it was signed last, for
// that is all the server has.
constexpr const char* context_views = R"sql(
CREATE TEMP TABLE subject(
    one    INTEGER PRIMARY KEY CHECK(one = 1),
    root   TEXT NOT NULL,
    period TEXT NOT NULL,
    kind   TEXT NOT NULL,
    opens  TEXT,
    closes TEXT);
CREATE TEMP TABLE desk_unit(id TEXT, name TEXT, kind TEXT, city TEXT);
CREATE TEMP VIEW desk_matters AS
    SELECT coalesce(m.newest, m.root) AS filing, m.root AS root, m.root AS key, m.form AS form,
        m.period AS period, m.position AS position, m.newest IS NOT NULL AS signed
    FROM subject s JOIN matters m ON m.root <> s.root
    WHERE m.deleted_at IS NULL AND m.withdrawn = 0
        AND NOT EXISTS(SELECT 1 FROM envelopes e WHERE e.root = m.root
            AND e.kind = 'withdrawal' AND e.state = 'queued')
        AND coalesce((SELECT d.verdict FROM decisions d WHERE d.root = m.root
            AND d.target = m.newest ORDER BY d.log_index DESC LIMIT 1), '') <> 'reject';
CREATE TEMP VIEW desk_values AS SELECT root AS key, row, field, value FROM draft_values;
CREATE TEMP VIEW desk_signed AS
    SELECT m.root AS key, 0 AS row, v.field AS field, v.value AS value
    FROM matters m JOIN signed_values v ON v.id = m.newest;
-- What is sealed now carries the newest anchor, and the server looks no further than that.
CREATE TEMP VIEW desk_ledger AS
    SELECT certificate, level, year, amount FROM ledger
    WHERE at <= coalesce((SELECT CAST(value AS INTEGER) FROM settings WHERE name = 'anchor_at'), 0);
CREATE TEMP VIEW desk_period AS
    SELECT period AS id, kind, opens, closes FROM subject;
)sql";

} // namespace

base::Status migrate_desk(sqlite::Database& database, int version) {
    return sqlite::migrate(database, application_id, migrations, version);
}

base::Status make_context_views(sqlite::Database& database) {
    return database.run_script(context_views);
}

int schema_version() { return migration_count; }

} // namespace device
