// A Desk is what a unit's machine keeps and does, without a screen or a socket: its enrolment and
// key, the notice, the catalogue, drafts, signed envelopes and receipts. The browser and `shenbao
// device` are both a Desk with something around it.
//
// Everything is in one SQLite database; every call that changes something is one committed
// transaction, so what was typed last is what is found after a crash. A value that does not parse
// is kept as typed. A matter is one thing a unit files (one 附件1, one 附件2): its draft and all
// versions signed of it. Its root id is made with the draft, so the short code on the print is the
// same before and after signing.
#pragma once

#include "shared/base/world.hpp"
#include "shared/device/grid.hpp"
#include "shared/envelope/envelope.hpp"
#include "shared/envelope/receipt.hpp"
#include "shared/notice/answers.hpp"
#include "shared/protocol/offices.hpp"
#include "shared/protocol/transitions.hpp"
#include "shared/rules/engine.hpp"
#include "shared/sqlite/database.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace device {

// Who this machine speaks for since its enrolment.
struct Enrolment {
    envelope::UnitEntry unit;
    std::string         role; // "school", "city", "province"
    base::KeyId         kid;
    envelope::PublicKey server_key; // Pinned; nothing under another key is believed.
    std::string         device;     // The name its people gave it.
    bool                rehearsal = false;
};

enum class MatterState {
    editing,   // Never signed, or changed since the last signing.
    queued,    // Signed, waits in the outbox.
    submitted, // The server holds the newest version; there is a receipt.
    passed,    // The first reviewer has passed it; the province's decision is awaited.
    approved,  // Finally passed: it stands in the ledger.
    returned,  // A reviewer asks for a change; revise() opens it.
    rejected,  // Finally refused; it counts no more.
    refused,   // The server refused the newest version; the reason stands with it.
    withdrawing, // A withdrawal is signed and waits in the outbox.
    withdrawn,
    conflict,  // Changed here and, meanwhile, on another machine of the unit: a person must choose.
};

// True while the draft may be typed into: editing, refused, conflict.
bool is_open(MatterState state);
// False when it is withdrawn, about to be, or rejected: it is then in no list, total or summary.
bool counts(MatterState state);
// True when the server holds the newest version, whatever reviewers have said of it since.
bool is_delivered(MatterState state);
// What a decision makes of a submitted filing: returned, rejected, passed or approved.
MatterState state_after(const envelope::Decision& decision);
// True when a reviewer has passed it: only a return opens it again (132).
bool is_frozen(MatterState state);

// What a reviewer has decided about a version.
struct Review {
    envelope::Decision decision;
    base::Time         at; // When the server received it.
};

using protocol::LedgerEntry; // One entry of the ledger 台账.

// A word of the province to this unit, or to the schools that it reviews.
struct Announcement {
    base::EnvelopeId id;
    std::string      text;
    base::Time       until; // That moment included.
    base::Time       at;    // When the server received it.
    bool             read = false; // Here, by its people.
    // Whom it is for; its kind is "" where this desk has kept it without (by an older program).
    envelope::Announcement::Audience to = {};
};

struct TypedValue {
    std::string text;  // As typed.
    base::Json  value; // Null while it does not parse or is missing.
    std::string wrong; // Why it does not parse, Chinese; empty when it does or is missing.
    bool        operator==(const TypedValue&) const = default;
};

// (row, field); row 0 is the form itself, rows of the table count from 1.
using Cell = std::pair<int, base::FieldId>;

// What a change of a table replaced, so that it can be put back exactly.
struct TableUndo {
    struct Draft {
        base::EnvelopeId           root;
        std::map<Cell, TypedValue> values; // wrong is not kept: it follows from the text.
        base::Time                 updated_at;
    };
    std::vector<Draft>            drafts;
    std::vector<base::EnvelopeId> made; // Matters that were not there before.
};

struct Matter {
    base::EnvelopeId                root;
    base::FormId                    form;
    base::Period                    period;
    MatterState                     state = MatterState::editing;
    std::map<Cell, TypedValue>      values;
    rules::Notes                    notes;
    std::optional<base::EnvelopeId> newest;     // Newest signed version.
    base::Time                      updated_at; // Of the draft, by this machine's clock.
    bool                            revising = false; // Open for change after a signing.
    bool                            arrived = false;  // The server has a version of it.
    std::optional<Review>           review;   // The newest decision about the newest version.
    base::Sha256Hex                 notice;   // Version it was begun, carried over or signed under.
};

// What became of an open draft when the notice's version changed. Nothing typed is thrown away:
// what has no place any more is kept here to be read.
struct Carryover {
    struct Value {
        int         row = 0; // As in Cell.
        std::string label;   // Of its field, in the older version.
        std::string text;    // As typed.
        std::string now;     // The label of the field that has it now; empty: dropped.
        bool        operator==(const Value&) const = default;
    };
    base::EnvelopeId         root;
    std::string              form;   // Its short title, in the older version.
    base::Period             period;
    bool                     gone = false; // The new version has no such form or period.
    std::vector<Value>       values;
    std::vector<std::string> fresh;  // Labels of fields that are new and to be filled in.
    bool                     read = false; // Somebody has acknowledged it.
    bool                     operator==(const Carryover&) const = default;
};

// The rows of a draft's table in which something was typed, in order. The rows of its answers are
// these and no others: an empty row between them is only room.
std::vector<int> filled_rows(const Matter& matter);

// One form of one period that this unit files, by the version of the notice under which it is filed
// now. A successor does not end its forerunner at once: until the day that it names, or while the
// province has given more time, what the forerunner alone asks for is filed under that.
struct Duty {
    const notice::Package* package = nullptr; // All are the desk's, and stay.
    const notice::Form*    form    = nullptr;
    const notice::Window*  window  = nullptr;
};

// One signed envelope of this machine or, from other machines of the unit, of the log.
enum class EnvelopeState { queued, accepted, refused, superseded };
struct OutboxItem {
    base::EnvelopeId                id;
    base::Sha256Hex                 sha256;
    base::EnvelopeId                root; // For a withdrawal: the root of its target.
    std::string                     kind; // "filing", "withdrawal", "extension", "unit"…
    base::FormId                    form;
    base::Period                    period;
    EnvelopeState                   state = EnvelopeState::queued;
    bool                            replaced = false; // Set in receipts(): a newer one counts.
    bool                            withdrawn = false; // A filing that is withdrawn at the server.
    // As signed; of a withdrawal: of what it withdraws; of an office's act: its "words"; of a
    // decision: its "verdict".
    base::Json                      answers;
    base::Sha256Hex                 notice; // Version under which they were signed.
    rules::Notes                    notes;    // Signed with a filing.
    base::Time                      made_at;
    int                             attempts = 0;
    std::optional<base::Fault>      refusal;  // With the server's detail.
    std::vector<rules::Finding>     findings; // Of a refusal by rules.
    std::string                     text;     // JWS
    std::string                     receipt;  // JWS; empty until accepted.
    std::optional<envelope::Receipt> receipt_fields;
};

// The setting that has the ETag of a list which the desk keeps under this name.
inline std::string etag_setting(std::string_view list) { return std::string(list) + "_etag"; }

// The rule ids of findings that the desk itself makes, beside those of the notice.
inline const base::RuleId required_rule("required"); // Not filled in yet.
inline const base::RuleId typed_rule("typed");       // What was typed cannot be read.
inline const base::RuleId unsigned_rule("unsigned"); // Declarations behind the rows are not signed.
inline const base::RuleId gone_rule("gone");         // The newer notice has no place for it.
inline const base::RuleId decided_rule("decided");   // Meanwhile; the server would answer `frozen`.
inline const base::RuleId late_rule("late");         // Signed after its window has closed (C20).
inline const base::RuleId reply_short_rule("reply_short"); // A reply that would not travel.
using review::reply_rule;                            // Returned: what was asked; its note answers.

// Everything that stands against a draft, ready for the list 检查. Of a matter that is not open:
// what was signed last, whatever the declarations behind it have become since.
struct Judgement {
    rules::Verdict              verdict;
    base::Json                  answers; // Parsed members; null where missing or not parsed.
    std::vector<rules::Finding> findings; // Typing, missing, then the rules, in form order.
    int                         errors   = 0; // Block sealing, missing values among them.
    int                         missing  = 0; // Of the errors: what is simply not filled in yet.
    int                         to_explain = 0; // Warnings without a note.
    bool                        sealable = false;

    bool found(const base::RuleId& rule) const; // Some finding is of this rule.
    // Why nothing that is typed can make it fit to be sent any more: it can only be given up.
    // Null: it can be mended.
    const rules::Finding* dead_end() const;
};

class ReviewDesk;    // device/review_desk.hpp
struct HistoryEntry; // The same.
struct Rescue;       // device/rescue.hpp
struct RescueUndo;   // The same.
struct DraftCopy;    // The same.

class Desk {
public:
    // Opens or makes the schema in `database`. Refuses with storage_newer (written by a newer
    // program), storage_foreign, storage_failed. Clock and random must outlive the desk.
    static base::Result<Desk> open(sqlite::Database database, base::Clock& clock,
                                   base::Random& random);
    Desk(Desk&&) noexcept;
    Desk& operator=(Desk&&) noexcept;
    ~Desk();

    // Rises with each committed change; the browser saves when it has risen.
    std::int64_t change_count() const;

    // --- Enrolment -----------------------------------------------------------------------------
    const Enrolment* find_enrolment() const; // Null before the first start is done.

    // Makes a key, keeps it, and returns the body for POST /enrolments. Calling it again with the
    // same code (after a cut line) returns a body under the same key. `typed_code` in any spelling;
    // bad_code when it cannot be one. already_enrolled when it is done.
    base::Result<std::string> begin_enrolment(std::string_view typed_code, std::string_view device);
    // Takes the server's answer (201 or 200) to it.
    base::Status finish_enrolment(std::string_view body);

    // --- What the server told ------------------------------------------------------------------
    const notice::Package* find_package() const; // Null until the first sync.
    // Takes a package document whose sha256 is in `ref`; bad_answer, bad_package, bad_rule
    // otherwise, and the old one stays.
    base::Status accept_package(std::string_view document, const base::NoticeRef& ref);
    // All versions that this desk has, the current one first, then the newest: what was filed under
    // an earlier one is still reviewed.
    std::vector<const notice::Package*> packages() const;
    // The form by which a matter is read, shown and printed: that of the version it was signed
    // under or, while it is open, under which it is filed. Null when no version here has it.
    const notice::Form* form_of(const Matter& matter) const;
    // The version of the notice of a matter, by the same rule, and that under which an item's
    // answers were signed; the current one when this desk does not have it. Null before the first.
    const notice::Package* package_of(const Matter& matter) const;
    const notice::Package* package_of(const OutboxItem& item) const;
    // Versions which this desk does not have and needs: under which something that is kept here was
    // signed, or something can still be filed. It was enrolled after the notice had changed. Until
    // they are fetched, what was signed under them is read by the current one as far as that goes.
    std::vector<base::NoticeRef> missing_notices() const;
    // Takes such a version; the current one stays. Refuses as accept_package does.
    base::Status accept_edition(std::string_view document, const base::NoticeRef& ref);
    // Which versions the server has published and how long it takes what is filed under each.
    base::Status accept_notices(const std::vector<protocol::PublishedNotice>& notices);
    // All of the current version; of earlier ones that are still taken what can be sent in time or
    // was begun, returned or missed. By version, the newest first, each in its own order.
    std::vector<Duty>   duties() const;
    std::optional<Duty> find_duty(const base::FormId& form, const base::Period& period) const;
    // What became of drafts when a new version came; also when it has been read, because what was
    // dropped stands nowhere else.
    std::vector<Carryover> carryovers() const;
    base::Status           acknowledge_carryovers(); // All have been read.
    base::Status accept_anchor(std::string_view anchor); // foreign_server when not under the pinned key.
    base::Status accept_units(const std::vector<envelope::UnitEntry>& units);
    base::Status accept_catalogue(const std::vector<envelope::CatalogueEntry>& entries);
    // The server's time as far as this machine can tell: the newest anchor plus what the own clock
    // has run since; never before the anchor. The own clock when there is none.
    base::Time server_time() const;

    const std::vector<envelope::UnitEntry>& units() const;
    // Entries whose name or organisation has every blank-separated part of `typed`; all for "".
    std::vector<envelope::CatalogueEntry> search_catalogue(std::string_view typed,
                                                           std::size_t      count_max) const;
    const envelope::CatalogueEntry* find_certificate(const base::CertificateId& id) const;
    std::size_t                     catalogue_size() const;

    // --- Drafts --------------------------------------------------------------------------------
    // A new empty matter. unknown_form if the unit does not file this form in this period; for a
    // form that is not `many`, the existing matter of the period is returned.
    base::Result<base::EnvelopeId> create_matter(const base::FormId& form,
                                                 const base::Period& period);
    // Matters of a form and period that are not deleted, oldest first; withdrawn ones too.
    std::vector<Matter>   matters(const base::FormId& form, const base::Period& period) const;
    std::optional<Matter> find_matter(const base::EnvelopeId& root) const;

    // One keystroke: keeps the text and, if it parses, the value. Text that does not parse is kept.
    // For a certificate field the text of exactly one catalogue entry's name is its value.
    base::Status type(const base::EnvelopeId& root, const Cell& cell, std::string_view text);
    // A certificate picked from the list.
    base::Status choose(const base::EnvelopeId& root, const Cell& cell,
                        const base::CertificateId& certificate);
    base::Status explain(const base::EnvelopeId& root, const base::RuleId& rule,
                         std::string_view note);

    // Deletes a matter of which the server has nothing: it was never sent, or refused. frozen
    // otherwise (withdraw it). Undone by restore().
    base::Status remove(const base::EnvelopeId& root);
    base::Status restore(const base::EnvelopeId& root);

    // Opens a signed matter for change. An envelope that was never sent is taken back, and with it
    // unsent ones whose rows were made from it, which the server would refuse; else the next
    // signing makes a new version. discard_revision() returns to what was signed last.
    base::Status revise(const base::EnvelopeId& root);
    base::Status discard_revision(const base::EnvelopeId& root);

    // What happened to a matter of this unit, as the log has it, oldest first: its versions, what
    // reviewers decided, its withdrawal. Nothing of it is missing once the changes are in.
    std::vector<HistoryEntry> timeline(const base::EnvelopeId& root) const;

    // When the form's window of this period closes for this unit, an extension counted: the first
    // moment that is late, by the version under which it is filed. Absent for a form that is always
    // open or not filed in that period.
    std::optional<base::Time> closes_at(const base::FormId& form, const base::Period& period) const;
    // The same for one matter: what was returned may be replaced until the reviewer's date (C21).
    std::optional<base::Time> closes_at(const Matter& matter) const;
    // Whether the matter's newest version arrived in time: as its receipt says, or `extended` when
    // it was late and an extension given after it covers it. Nothing while it has no receipt.
    std::optional<envelope::Timing> timing(const Matter& matter) const;

    // --- Tables (device/tables.cpp) ------------------------------------------------------------
    // Rows are those of a matter's table, or the matters of a form that has many, one a row. Each
    // call is one transaction and returns what undo() needs; frozen for signed matters.

    // What the form's rows would take of a grid (grid.hpp), at most `rows_free` more of them.
    base::Result<GridPreview> preview_grid(const notice::Form& form, const Grid& grid,
                                           const notice::Field* column,
                                           std::size_t          rows_free) const;
    // Takes it into the table, from `row` on (from 1): a whole preview into rows without text, then
    // behind the last; any other over what stands there. too_many_rows beyond rows_max. Row 0: over
    // the fields of a form that is one row, of which the first row is taken.
    base::Result<TableUndo> take_rows(const base::EnvelopeId& root, const GridPreview& taken,
                                      int row);
    // The same for matters of a form and period, from the matter `from` on (null: from the first)
    // and then into new ones. Those that are signed are left alone.
    base::Result<TableUndo> take_matters(const base::FormId& form, const base::Period& period,
                                         const GridPreview& taken, const base::EnvelopeId* from);
    base::Result<TableUndo> insert_row(const base::EnvelopeId& root, int row); // Before `row`.
    base::Result<TableUndo> remove_row(const base::EnvelopeId& root, int row);
    base::Result<TableUndo> clear_row(const base::EnvelopeId& root, int row); // 0: the form itself.
    // Copies text and value of a cell of the same form, of this matter or another.
    base::Result<TableUndo> copy_cell(const base::EnvelopeId& from, const Cell& from_cell,
                                      const base::EnvelopeId& root, const Cell& cell);
    // Puts everything back as it was before that change; what was typed since into these drafts is
    // lost with it. frozen when one of them has been signed meanwhile.
    base::Status undo(const TableUndo& change);

    base::Result<Judgement> judge(const base::EnvelopeId& root);
    // The answers as they would be sealed now (rows made from the declarations and all); members
    // null where missing.
    base::Result<base::Json> answers_of(const base::EnvelopeId& root);
    // True for a signed matter whose rows are no longer what the declarations say (需更新).
    base::Result<bool> outdated(const base::EnvelopeId& root);

    // --- Signing and the outbox ----------------------------------------------------------------
    // Signs the draft as it stands and puts it into the outbox. incomplete with the first finding
    // when something blocks, declarations behind its rows that are not signed yet among it.
    base::Status seal(const base::EnvelopeId& root);
    // Signs a withdrawal of a submitted matter.
    base::Status withdraw(const base::EnvelopeId& root, std::string_view reason);
    // Drops a withdrawal that was never sent; frozen when there is none such.
    base::Status cancel_withdrawal(const base::EnvelopeId& root);

    std::vector<OutboxItem> queued() const;   // In the order in which they must be sent.
    std::vector<OutboxItem> refused() const;
    std::vector<OutboxItem> receipts() const; // Accepted, newest first.
    std::optional<OutboxItem> find_item(const base::EnvelopeId& id) const; // Newest by that id.

    // Counted before the bytes leave, so that a lost answer is never mistaken for "never sent".
    base::Status mark_attempt(const std::vector<base::Sha256Hex>& items);
    // Takes one line of the answer for the item. A receipt that does not hold leaves it queued:
    // foreign_server.
    base::Status settle(const base::Sha256Hex& item, const protocol::LineAnswer& answer);
    // Takes one change of the log: own envelopes get their receipt, those of the unit's other
    // machines become matters here. foreign_server when the receipt does not hold.
    base::Status accept_change(const protocol::Change& change);
    std::string  changes_cursor() const;
    base::Status move_cursor(std::string_view cursor);

    // --- The ledger ----------------------------------------------------------------------------
    // This unit's entries in their order, as the server last told.
    std::vector<LedgerEntry> ledger() const;
    // Takes the whole ledger in place of what is kept.
    base::Status accept_ledger(const std::vector<LedgerEntry>& entries);

    // --- The school's own word about its paper ---------------------------------------------------
    // The day on which this version's paper went where the notice wants it, as its people say: to
    // the national platform (R8, R32), or stamped and scanned to the bureau or the mailbox (R17,
    // R19, R24). Absent: not yet.
    std::optional<base::Date> paper_tick(const base::EnvelopeId& version) const;
    // True when this version has arrived and counts, and only the paper of an earlier one that says
    // something else has gone: this one's must go, too.
    bool                      paper_outdated(const base::EnvelopeId& version) const;
    base::Status              set_paper_tick(const base::EnvelopeId&   version,
                                             std::optional<base::Date> day);

    // --- Reviewing (device/review_desk.hpp) ------------------------------------------------------
    // What a bureau's or the province's machine keeps of others' filings; empty on a school's. Must
    // not outlive the desk.
    ReviewDesk reviews() const;

    // --- Handing drafts over (device/rescue.hpp) -------------------------------------------------
    // True since the server has said that this machine's key was revoked: nothing is signed here
    // any more, and what is not sent is handed over.
    bool revoked() const;
    // What the bytes of a rescue file hold, and what would become of it here. Refuses, having
    // changed nothing: storage_foreign (no rescue file), storage_newer (of a newer program),
    // bad_file (damaged), not_enrolled (nobody was enrolled there), foreign_unit with the other
    // unit's name, foreign_server (of another server, or of a rehearsal).
    base::Result<Rescue> preview_rescue(base::ByteView file);
    // Takes its drafts over, as one transaction; an older notice's are carried over by what exists.
    base::Result<RescueUndo> take_rescue(base::ByteView file);
    // What was typed since into these drafts is lost with it. table_signed when one of them has
    // been signed meanwhile.
    base::Status undo_rescue(const RescueUndo& taken);
    std::vector<DraftCopy> copies() const;
    // Puts the copy in place of the draft beside which it is kept, which becomes the copy: doing it
    // again undoes it. Where nothing is any more beside which to keep it, it becomes the draft.
    // copy_beside_signed when that draft is signed: to open it is a step of its own.
    base::Status use_copy(const base::EnvelopeId& id);
    base::Status drop_copy(const base::EnvelopeId& id);

    // --- Offices and announcements (device/offices.cpp) -----------------------------------------
    // Signs a unit, a revocation, an extension or an announcement into the outbox. `words` say what
    // it is wherever the outbox is shown.
    base::Status issue(const envelope::Act& act, std::string_view words);
    // Drops such an act that was never sent or was refused, or a withdrawal that was refused; frozen
    // otherwise.
    base::Status take_back_act(const base::EnvelopeId& id);
    // As the server last told; empty on a school's machine.
    std::vector<protocol::DeviceInfo>    devices() const;
    // Codes that nobody had used when the server last told, and that still hold by this machine's
    // clock; absent when it never did.
    std::optional<std::vector<protocol::OpenCode>> codes() const;
    // Keeps "devices", "codes" or "extensions" as the server told, read when somebody looks. etag: of
    // the answer, for the next sync to ask with; empty: read outside a sync, which then asks anew.
    base::Status keep_list(std::string_view name, std::string_view body,
                           std::string_view etag = {});
    std::vector<protocol::ExtensionInfo> extensions() const;
    // Those that still hold, newest first.
    std::vector<Announcement> announcements() const;
    base::Status              mark_announcement_read(const base::EnvelopeId& id);

    // {"receipt","envelope","server_key"}: a file that `shenbao verify` takes.
    base::Result<std::string> receipt_file(const base::EnvelopeId& id) const;

    // --- Talking to the server -----------------------------------------------------------------
    // The body for POST /sessions; stale until a fresh anchor was accepted.
    base::Result<std::string> session_request() const;
    base::Status              accept_session(const protocol::SessionAnswer& answer);
    // The bearer token, or "" when there is none or it has run out.
    std::string bearer() const;
    void        forget_session();

    // Answers worth keeping for offline reading, by name ("summary/by-city"): the body as it came.
    base::Status               keep(std::string_view name, std::string_view body);
    std::optional<std::string> kept(std::string_view name) const;

    // Small settings of this machine ("device_name").
    base::Status               set_setting(std::string_view name, std::string_view value);
    std::optional<std::string> setting(std::string_view name) const;

private:
    friend class ReviewDesk;
    struct Inside;
    struct Rescued; // device/rescue.cpp
    explicit Desk(std::unique_ptr<Inside> inside);
    std::unique_ptr<Inside> m_inside;
};

} // namespace device
