// The Store keeps the records of one server. Facts are the log of envelopes (append-only, byte for
// byte) and the packages of notices; everything else is derived from them and can be dropped and
// rebuilt. The interface names operations, not SQL, so that another engine can stand behind it and
// pass the same suite (tests/server/store_conformance).
//
// A Store is one connection, used by one thread at a time. Any number may read while one writes; a
// write is begun, filled and committed as a whole. After a failed commit nothing of it is stored.
#pragma once

#include "shared/protocol/transitions.hpp"
#include "shared/envelope/envelope.hpp"
#include "shared/envelope/receipt.hpp"
#include "shared/rules/engine.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace records {

using review::find_stage;
using review::Stage;
using review::stage_name;

// A place in the log, as it is stored.
struct StoredEnvelope {
    std::int64_t                    index = 0; // From 1, without gaps; 0 before it is appended.
    std::optional<base::EnvelopeId> id;        // Absent for an enrolment.
    std::string                     kind;
    base::UnitId                    unit;
    base::KeyId                     kid;
    base::Sha256Hex                 sha256;
    std::string                     text;
    base::Time                      received_at;
    envelope::Timing                timing = envelope::Timing::on_time;
    // What the text itself does not say. Of an enrolment: the keyed hash of its code. Of a filing:
    // the digests of promised attachments that were not here when it came, each with a space behind.
    std::string                     detail;
};

struct KeyRecord {
    base::KeyId         kid;
    base::UnitId        unit;
    std::string         role;
    std::string         device;
    envelope::PublicKey key;
    bool                revoked = false;
    std::string         code_hash; // The code it was enrolled with.
    base::Time          enrolled_at = {}; // By the device's own clock.
    std::optional<base::Time> seen_at = {}; // What keep_seen() was told; of devices() only.
};

// A published version of a notice, and when it became one.
struct PublishedVersion {
    base::NoticeRef ref;
    base::Time      at;
};

// An extension as it holds now: of its unit, form and period the newest.
struct ExtensionRecord {
    base::EnvelopeId    id;
    envelope::Extension extension;
    base::Time          received_at;
};

// What the log says of a unit: one act of its history.
struct UnitChange {
    std::int64_t        index = 0;
    base::UnitId        by;   // Who spoke,
    base::KeyId         kid;  // by which machine.
    envelope::UnitEntry unit; // `from` is set: when it began to hold, or will.
};

struct CodeRecord {
    std::string                hash; // envelope::CodeEntry::code_hash
    base::UnitId               unit;
    std::string                role;
    base::Time                 expires_at;
    std::optional<base::KeyId> used_by = {};
};

// A matter as the server sees it: the newest version and, because a late replacement leaves the
// earlier version counting, the version that counts.
struct FilingRecord {
    base::EnvelopeId                root;
    base::EnvelopeId                newest;
    std::int64_t                    newest_index = 0;
    base::UnitId                    unit;
    base::FormId                    form;
    base::Period                    period;
    Stage                           stage  = Stage::submitted;
    envelope::Timing                timing = envelope::Timing::on_time;
    std::optional<base::CertificateId> certificate; // Of declarations.
    std::optional<std::string>      level;
    std::optional<std::int64_t>     headcount;
    std::optional<std::int64_t>     approved;
    base::Time                      received_at;
};

// The newest decision about the newest version of a matter.
struct ReviewRecord {
    base::EnvelopeId          decision;
    review::Party             by = review::Party::bureau; // The bureau in review_by, or the province.
    std::optional<base::Time> due; // Until when what was returned may be replaced.
    bool operator==(const ReviewRecord&) const = default;
};

// What the ledger (台账) comes to for a certificate and level.
struct Balance {
    base::CertificateId certificate;
    std::string         level;
    std::int64_t        approved = 0;
    bool operator==(const Balance&) const = default;
};

// Which entries of the ledger a balance is made of.
struct BalanceQuery {
    base::UnitId                    unit;
    std::string                     year;
    std::optional<base::Time>       at;      // Entries up to this moment; absent: all.
    std::optional<base::EnvelopeId> without; // Not those of this matter.
};

// What a caller may see: nothing, its own unit, the schools a bureau reviews, everything.
struct Viewer {
    base::UnitId unit;
    std::string  role; // "school", "city", "province"
    std::optional<base::KeyId> kid = {}; // The device that asks.
};

struct FilingQuery {
    std::optional<base::Period>     period;
    std::optional<base::FormId>     form;
    std::optional<Stage>            stage;
    std::optional<envelope::Timing> timing;
    std::optional<std::string>      city;
    std::int64_t                    after = 0; // newest_index of the last row seen.
    int                             limit = 100;
};

struct SummaryQuery {
    std::optional<base::Period> period = {};
    std::optional<Stage>        stage = {};
    // Which form `missing` is about; absent: the one that serves as declared.
    std::optional<base::FormId> form = {};
    // What the notice calls its forms and fields; `progress`, `missing` and the summaries by a
    // form's id are not found without it.
    const notice::Package*      package = nullptr;
};

// A column with the values of a field. A certificate has two: its id, and behind it its name.
struct FieldColumn {
    const notice::Field* field = nullptr;
    bool                 named = false; // That with the name.
};

// A summary: its columns in their order (the members of protocol.md, "Reading"), also when there is
// no row, and in each row a value for each column: an integer, a text or null.
struct Summary {
    std::vector<std::string>             columns;
    // The field of the notice behind a column; null for the columns that the protocol names. Empty:
    // there is none such.
    std::vector<FieldColumn>             fields = {};
    std::vector<std::vector<base::Json>> rows = {};
};

// A unit's line before the rules.
struct RuleQuestion {
    const notice::Package* package = nullptr;
    const notice::Form*    form    = nullptr;
    base::Period           period;
    base::UnitId           unit;
    base::EnvelopeId       root;
    base::Time             anchor_at; // The ledger's entries up to this moment are seen.
    const base::Json*      answers = nullptr;
    const rules::Notes*    notes   = nullptr;
};

class Store {
public:
    virtual ~Store() = default;

    // --- Writing: begin, then any of append…, then commit or abandon -----------------------------
    [[nodiscard]] virtual base::Status begin()   = 0;
    [[nodiscard]] virtual base::Status commit()  = 0;
    virtual void                       abandon() = 0;
    // Appends a fact and folds it into the derived records. Returns its index. The act is what the
    // text says; for an enrolment pass the key record instead.
    virtual base::Result<std::int64_t> append(const StoredEnvelope&             entry,
                                              const envelope::VerifiedEnvelope& opened) = 0;
    virtual base::Result<std::int64_t> append_enrolment(const StoredEnvelope& entry,
                                                        const KeyRecord&      key) = 0;
    [[nodiscard]] virtual base::Status keep_package(const base::NoticeRef& ref,
                                                    std::string_view       document) = 0;
    [[nodiscard]] virtual base::Status set_setting(std::string_view name,
                                                   std::string_view value) = 0;

    // When devices spoke last. No fact: it is in no digest, and rebuild() leaves it alone.
    [[nodiscard]] virtual base::Status keep_seen(const std::map<base::KeyId, base::Time>& seen) = 0;

    // --- Facts -----------------------------------------------------------------------------------
    virtual base::Result<std::int64_t> last_index() = 0;
    virtual base::Result<base::Time>   last_received_at() = 0;
    virtual base::Result<std::optional<StoredEnvelope>> find_by_sha256(const base::Sha256Hex&) = 0;
    virtual base::Result<std::optional<StoredEnvelope>> find_by_id(const base::EnvelopeId&) = 0;
    // The log from `after` on, oldest first, at most `limit`.
    virtual base::Result<std::vector<StoredEnvelope>> page(std::int64_t after, int limit) = 0;
    // Filings, withdrawals, decisions, extensions and announcements about the units that the viewer
    // may see; an announcement is about the units that it was for when it came.
    virtual base::Result<std::vector<StoredEnvelope>> changes(const Viewer& viewer,
                                                              std::int64_t after, int limit) = 0;
    virtual base::Result<std::optional<std::string>> find_package(const base::Sha256Hex&) = 0;
    virtual base::Result<std::optional<std::string>> setting(std::string_view name) = 0;

    // --- Derived ---------------------------------------------------------------------------------
    virtual base::Result<std::optional<KeyRecord>>           find_key(const base::KeyId&) = 0;
    virtual base::Result<std::optional<CodeRecord>>          find_code(std::string_view hash) = 0;
    // Codes that would enrol a device at that moment: neither used nor expired. By unit, and of a
    // unit the one that expires first.
    virtual base::Result<std::vector<CodeRecord>>            open_codes(const Viewer& viewer,
                                                                        base::Time now) = 0;
    virtual base::Result<std::optional<envelope::UnitEntry>> find_unit(const base::UnitId&) = 0;
    virtual base::Result<std::vector<envelope::UnitEntry>>   units(const Viewer& viewer) = 0;
    // Every act about a unit, oldest first; what does not hold yet too.
    virtual base::Result<std::vector<UnitChange>> unit_history(const base::UnitId&) = 0;
    // What is to hold later, earliest first: of each unit the newest act, if it lies ahead. When its
    // time has come the server enters it as an act of its own.
    virtual base::Result<std::vector<envelope::UnitEntry>> planned_units() = 0;
    // By unit, oldest first; revoked ones too.
    virtual base::Result<std::vector<KeyRecord>>       devices(const Viewer& viewer) = 0;
    virtual base::Result<std::vector<ExtensionRecord>> extensions(const Viewer& viewer) = 0;
    virtual base::Result<std::vector<envelope::CatalogueEntry>> catalogue() = 0;
    // Published versions, newest last.
    virtual base::Result<std::vector<PublishedVersion>>      notices() = 0;
    virtual base::Result<std::optional<FilingRecord>>   find_filing(const base::EnvelopeId& root) = 0;
    virtual base::Result<std::optional<base::EnvelopeId>>
    find_root(const base::EnvelopeId& version) = 0;
    // Absent while nobody has decided about the newest version.
    virtual base::Result<std::optional<ReviewRecord>>
    find_review(const base::EnvelopeId& root) = 0;
    // Until when the unit's window is extended by the newest word about it; absent: never was.
    virtual base::Result<std::optional<base::Time>> extended_until(const base::UnitId& unit,
                                                                   const base::FormId& form,
                                                                   const base::Period& period) = 0;
    // By certificate and level; those that have no entry are not there.
    virtual base::Result<std::vector<Balance>> balances(const BalanceQuery& query) = 0;
    virtual base::Result<std::vector<FilingRecord>> filings(const Viewer&, const FilingQuery&) = 0;
    // A summary by its name (protocol.md, "Reading"), or by the id of a form: every filing of it that
    // counts. not_found for a name there is not, bad_query for a form there is not.
    virtual base::Result<Summary> summary(const Viewer&, std::string_view name,
                                          const SummaryQuery&) = 0;
    // The last index that concerns the viewer: the ETag of everything it reads.
    virtual base::Result<std::int64_t> as_of(const Viewer&) = 0;
    // The last index at which what the viewer may see has grown.
    virtual base::Result<std::int64_t> scope_index(const Viewer&) = 0;
    // The package's rules over this unit's live records.
    virtual base::Result<rules::Verdict> judge(const RuleQuestion&) = 0;

    // Drops everything derived and makes it again from the facts.
    [[nodiscard]] virtual base::Status rebuild() = 0;
    // A digest of each derived table, by name: equal digests mean equal rows.
    virtual base::Result<std::vector<std::pair<std::string, std::string>>> digests() = 0;
};

// What a stored envelope says; its signature was verified when it came. Not for enrolments, whose
// text is no envelope.
base::Result<envelope::VerifiedEnvelope> open_stored(const StoredEnvelope& entry);

// True if the viewer may see the unit's matters.
bool may_see(const Viewer& viewer, const envelope::UnitEntry& unit);

} // namespace records
