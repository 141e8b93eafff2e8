// What a reviewer's machine keeps and does, without a screen: the filings that a bureau or the
// province reviews, as the changes of the log bring them, and decisions that can be made without a
// network. A part of the Desk (desk.reviews()); it keeps its tables in the desk's database, and a
// decision goes out through the desk's outbox like everything else.
//
// What is kept is a copy of the log's entries. Where a matter stands is concluded from its entries
// in the log's order, by the same table of transitions as on the server (protocol/transitions), so
// that it does not matter in which order they came here.
#pragma once

#include "shared/device/desk.hpp"
#include "shared/protocol/transitions.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace device {

// One thing that happened to a matter, as the log has it.
struct HistoryEntry {
    enum class Kind { version, decision, withdrawal };
    Kind                              kind = Kind::version;
    std::int64_t                      index = 0; // Its place in the log.
    base::EnvelopeId                  id;
    base::UnitId                      unit;      // Who spoke; "operator" for the operator.
    base::KeyId                       kid;       // The device.
    base::Time                        at;        // When the server received it.
    envelope::Timing                  timing = envelope::Timing::on_time; // As the receipt says.
    std::optional<envelope::Filing>   filing;    // Of a version.
    base::NoticeRef                   notice;    // Of a version: under which it was signed.
    std::optional<envelope::Decision> decision;
    std::string                       reason;    // Of a withdrawal.
    std::string                       receipt;   // JWS.
};

// A matter as a row of the reviewer's queue. People's names and phones are not in it (R46: a list
// shows no contact).
struct QueueRow {
    base::EnvelopeId                   root;
    std::int64_t                       first_index = 0; // In the log: the queue's order.
    base::EnvelopeId                   newest;
    std::int64_t                       newest_index = 0;
    base::UnitId                       unit;
    std::string                        unit_name;
    std::string                        unit_kind;
    std::string                        city;
    base::FormId                       form;
    base::Period                       period;
    review::State                      state; // As the log has it; an unsent decision stands beside.
    review::Way                        way    = review::Way::received;
    envelope::Timing                   timing = envelope::Timing::on_time; // As of now.
    std::optional<base::CertificateId> certificate; // Of what is declared, as are the next three.
    std::string                        certificate_name;
    std::string                        level;
    std::optional<std::int64_t>        headcount;
    std::optional<std::int64_t>        approved;
    bool                               explained = false; // It carries explanations (原因说明).
    bool                               warned    = false; // One of them answers a notice's warning.
    int                                versions  = 1;
    base::Time                         received_at; // Of the newest version.
    std::optional<base::Time>          due;         // Until when what was returned may be replaced.
    bool                               mine = false; // It waits for this reviewer's decision.
    std::optional<envelope::Decision>  queued;      // Signed here, not answered yet.
    std::optional<base::Fault>         refused;     // Signed here and refused; decide again or cancel.
};

// Which rows; what is absent or empty does not matter.
struct QueueQuery {
    std::optional<base::Period>        period      = {};
    std::optional<base::FormId>        form        = {};
    std::optional<review::Stage>       stage       = {};
    std::optional<envelope::Timing>    timing      = {};
    std::optional<base::CertificateId> certificate = {};
    std::string                        city        = {};
    std::string                        unit_kind   = {};
    std::string                        search      = {}; // Every blank-separated part, in unit,
                                                         // certificate or level.
    bool                               mine        = false;
    bool                               explained   = false;
    bool                               warned      = false;
    bool operator==(const QueueQuery&) const = default;
};
// True if the row is asked for.
bool matches(const QueueQuery& query, const QueueRow& row);

// A value that is another than before; of a row of the table that came or went, every column.
struct Difference {
    Cell       cell; // As in Matter: row 0 is the form itself, rows count from 1.
    base::Json before;
    base::Json now;
    bool       operator==(const Difference&) const = default;
};

// A filing with all that is known of it.
struct Dossier {
    QueueRow                  row;
    const notice::Form*       form = nullptr; // By which the newest version is read; the desk's.
    base::Json                answers;        // Of the newest version.
    rules::Notes              notes;          // Its explanations, by rule id.
    rules::Notes              asked;          // What each asked for, as far as this desk can tell.
    std::map<base::FieldId, base::Json> computed; // Null where this desk cannot tell.
    std::vector<HistoryEntry> history;        // In the log's order.
    // What an own decision said that was refused.
    std::optional<envelope::Decision> refused_word;
    // Against the version that was decided about last, or about which an own decision was refused;
    // empty when there is none such or nothing changed.
    std::vector<Difference>   differences;
};

// What a reviewer says; target and stage follow from the matter and the role.
struct Word {
    envelope::ReviewVerdict     verdict = envelope::ReviewVerdict::pass;
    envelope::Approved          approved = {}; // The province's pass only.
    std::vector<envelope::Remark> remarks = {};
    std::optional<base::Time>   due      = {}; // Of a return only; after the server's time.
    std::string                 reason   = {};
};

// What is being said about a filing and is not signed yet, as typed.
struct HalfWord {
    base::EnvelopeId         version; // The one it is about.
    envelope::ReviewVerdict  verdict = envelope::ReviewVerdict::pass;
    std::vector<std::string> approved; // The number, or one for each row.
    std::vector<std::pair<base::FieldId, std::string>> remarks;
    std::string              due, reason;
    bool                     newer = false; // It began about an earlier version than that one.
    bool                     operator==(const HalfWord&) const = default;
};

class ReviewDesk {
public:
    // Every matter of the units that this desk sees, in the log's order of their first versions.
    // Only what has changed since the last call is read anew, so it may be asked once a frame; what
    // it returns stays until the desk changes and is asked again.
    const std::vector<QueueRow>& queue() const;
    // Null when there is no such matter, or it is of a unit that is not seen any more. Stays as
    // long as queue().
    const QueueRow* find_row(const base::EnvelopeId& root) const;
    // Nothing when there is no such matter, or it is of a unit that is not seen any more.
    std::optional<Dossier> find_dossier(const base::EnvelopeId& root) const;

    // True of a table that was made from the unit's other filings (附件2) when those that count now
    // are others (需更新). False also where this desk cannot tell: of a late version nobody here
    // knows the one before it, which counts.
    bool outdated(const Dossier& dossier) const;

    // The phone in the unit's newest filing that has one (R46: full for the reviewer, who calls);
    // "" when none here does.
    std::string phone_of(const base::UnitId& unit) const;

    // What the table of transitions says of it: accepted, and whether it needs a reason; 121, 130,
    // 132 or 140 otherwise. Where the row stands on the log counts, not an unsent decision.
    review::Step may(const QueueRow& row, envelope::ReviewVerdict verdict) const;

    // Signs the same word about each of the matters and puts the decisions into the outbox, all or
    // none, as one transaction. An own decision that was not sent yet, or was refused, is replaced.
    // Refuses with not_found_locally; frozen (an own decision is on its way, or the transitions do
    // not allow it); incomplete with a sentence (a reason is missing, a date has passed, numbers
    // that do not fit the filing or that only the province's pass has, a late filing passed, a text
    // that is too long).
    base::Status decide(const std::vector<base::EnvelopeId>& roots, const Word& word);
    // What was being said about the matter, kept as drafts are; decide() drops it. It concerns
    // nobody else: change_count() stays.
    std::optional<HalfWord> half_word(const base::EnvelopeId& root) const;
    base::Status keep_half_word(const base::EnvelopeId& root, const HalfWord& word);
    // Takes back a decision that was never sent, and puts a refused one away. frozen when there is
    // none such.
    base::Status cancel(const base::EnvelopeId& root);

private:
    friend class Desk;
    explicit ReviewDesk(Desk::Inside& inside) : m_inside(&inside) {}
    // Reads the rows of these matters, or of all; false when the storage fails.
    bool read_rows(const std::set<base::EnvelopeId>* only, std::vector<QueueRow>& rows) const;
    bool refresh_stale_rows() const;
    base::Status check_word(const Word& word) const;
    base::Status check_matter(const base::EnvelopeId& root, const Word& word) const;
    base::Status check_numbers(const base::EnvelopeId&   root,
                               const envelope::Approved& approved) const;
    base::Status sign(const QueueRow& row, const Word& word, const std::string& anchor);
    Desk::Inside* m_inside;
};

// What differs between two versions' answers, in the form's order.
std::vector<Difference> differences_of(const notice::Form& form, const base::Json& before,
                                       const base::Json& now);

} // namespace device
