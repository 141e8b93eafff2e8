// An Envelope is a signed act: the exact JWS text (format.md beside this file), the only way in
// which anything changes. On its route it has a type for each station:
//
//   rules::CheckedFiling --seal--> Envelope --open--> VerifiedEnvelope --(server/records)--> StoredEnvelope
//
// seal() takes a CheckedFiling, so an unchecked one cannot be signed. open() is the only maker of a
// VerifiedEnvelope; it verifies the signature before it reads any member of the payload.
#pragma once

#include "shared/envelope/jws.hpp"
#include "shared/envelope/receipt.hpp"
#include "shared/notice/package.hpp"
#include "shared/rules/engine.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace envelope {

// The members every envelope has (protocol.md, "Sending").
struct Common {
    base::EnvelopeId id;
    base::UnitId     unit;    // Who speaks; "operator" for the operator's own acts.
    base::NoticeRef  notice;
    base::Time       made_at; // The device's clock; never decides anything.
    std::string      anchor;  // The newest anchor's JWS of the server this is meant for.
};

struct Attachment {
    base::Sha256Hex sha256;
    std::int64_t    bytes = 0;
    std::string     media_type;
    std::string     name;
};

struct Filing {
    base::FormId                    form;
    base::Period                    period;
    base::EnvelopeId                root;     // Equal to the own id exactly when replaces is absent.
    std::optional<base::EnvelopeId> replaces; // The version this one was based on.
    base::Json                      answers;  // Shape is checked against the form by the receiver.
    rules::Notes                    notes;
    std::vector<Attachment>         attachments;
};

struct Withdrawal {
    base::EnvelopeId target;
    std::string      reason;
};

// What a reviewer says of the newest version of a filing.
enum class ReviewStage { first_review, final_review };
enum class ReviewVerdict { pass, send_back, reject };
std::string_view stage_name(ReviewStage stage);       // "first_review", "final_review"
std::string_view verdict_name(ReviewVerdict verdict); // "pass", "return", "reject"
// Nothing when there is no such stage or verdict.
std::optional<ReviewStage>   find_review_stage(std::string_view name);
std::optional<ReviewVerdict> find_review_verdict(std::string_view name);

// The approved numbers: as filed, one number, or one for each row of the table.
using Approved = std::variant<std::monostate, std::int64_t, std::vector<std::int64_t>>;
std::vector<std::int64_t> numbers_of(const Approved& approved); // Empty when as filed.

struct Remark {
    base::FieldId field; // "headcount", "rows.level"; whether the form has it is not checked.
    std::string   text;
    bool operator==(const Remark&) const = default;
};

struct Decision {
    base::EnvelopeId          target; // The version it is about.
    ReviewStage               stage   = ReviewStage::first_review;
    ReviewVerdict             verdict = ReviewVerdict::pass;
    Approved                  approved;
    std::vector<Remark>       remarks;
    std::optional<base::Time> due; // Until when what was returned may be replaced.
    std::string               reason;
};

// The window of one unit, form and period stays open up to and including `until`.
struct Extension {
    base::UnitId for_unit; // "for" on the wire.
    base::FormId form;
    base::Period period;
    base::Time   until;
    std::string  reason;
};

// A short word of the province to many units, shown until `until`.
struct Announcement {
    // Each that is given narrows it; none: everybody.
    struct Audience {
        std::optional<std::string>  kind; // Of unit.
        std::optional<std::string>  city;
        std::optional<base::UnitId> unit;
        bool operator==(const Audience&) const = default;
    };
    std::string text;
    base::Time  until; // That moment included.
    Audience    to;
};

// The acts by which the province's devices and the operator (signed by the server's own key, unit
// "operator") keep the roster; the operator may also give decisions and extensions and announce.
struct UnitEntry {
    base::UnitId                unit;
    std::string                 name;
    std::string                 kind;
    std::string                 city;
    std::optional<base::UnitId> review_by;
    std::optional<base::Time>   from = {}; // When it begins to hold; absent: at once. Of acts only.
    bool operator==(const UnitEntry&) const = default;
};
struct CatalogueEntry {
    base::CertificateId         certificate;
    std::int64_t                batch = 0; // 0: not known.
    std::string                 name;
    std::string                 organisation;
    std::vector<std::string>    levels;
    std::optional<std::int64_t> min_headcount;
    bool operator==(const CatalogueEntry&) const = default;
};
struct CodeEntry {
    base::UnitId unit;
    std::string  role;
    std::string  code_hash; // Keyed hash, hex; the code itself is stored nowhere.
    base::Time   expires_at;
    std::optional<base::KeyId> by = {}; // The device that asked for it; absent: the operator.
};
// A device that may speak no more; a bureau's for its schools, the province's for all.
struct Revocation {
    base::KeyId kid;
    std::string reason;
};
struct NoticePublication {
    base::NoticeRef published; // The bytes are kept beside the log under this sha256.
};

using Act = std::variant<Filing, Withdrawal, Decision, Extension, Announcement, UnitEntry,
                         CatalogueEntry, CodeEntry, Revocation, NoticePublication>;

// "filing", "withdrawal", "decision", "extension", "announcement", "unit", "catalogue", "code",
// "revocation", "notice".
std::string_view kind_name(const Act& act);

// The sealed text, not yet seen by anybody else.
class Envelope {
public:
    const std::string&      text() const { return m_text; }
    const base::EnvelopeId& id() const { return m_id; }
    base::Sha256Hex         sha256() const { return base::sha256_hex(m_text); }

private:
    friend Envelope seal(const Common&, const rules::CheckedFiling&, const base::Period&,
                         const std::optional<base::EnvelopeId>&, const base::EnvelopeId&,
                         const std::vector<Attachment>&, const SecretKey&);
    friend Envelope seal_act(const Common&, const Act&, const SecretKey&);
    Envelope(base::EnvelopeId id, std::string text)
        : m_id(std::move(id)), m_text(std::move(text)) {}
    base::EnvelopeId m_id;
    std::string      m_text;
};

// Seals a checked filing. `root` is common.id for a first version (then `replaces` is absent).
// Cannot fail: what could go wrong was ruled out when the filing was checked.
Envelope seal(const Common& common, const rules::CheckedFiling& filing, const base::Period& period,
              const std::optional<base::EnvelopeId>& replaces, const base::EnvelopeId& root,
              const std::vector<Attachment>& attachments, const SecretKey& key);

// Seals any act but a Filing (a check fails on one).
Envelope seal_act(const Common& common, const Act& act, const SecretKey& key);

class VerifiedEnvelope {
public:
    const std::string& text() const { return m_text; } // The exact JWS text.
    const base::KeyId& kid() const { return m_kid; }
    const Common&      common() const { return m_common; }
    const Act&         act() const { return m_act; }

private:
    friend base::Result<VerifiedEnvelope> open(const Jws&, const PublicKey&);
    friend base::Result<VerifiedEnvelope> open_receipted(const Jws&, const Receipt&);
    static base::Result<VerifiedEnvelope> read(const Jws& jws, const base::KeyId& kid,
                                               const std::string& payload);
    VerifiedEnvelope() = default;
    std::string m_text;
    base::KeyId m_kid;
    Common      m_common;
    Act         m_act;
};

// Refuses with bad_signature, then bad_payload (not I-JSON, missing, unknown or mistyped member),
// then unknown_kind, looked for in that order. Whether the key may speak, and whether the answers
// fit the form, is the receiver's to judge.
base::Result<VerifiedEnvelope> open(const Jws& jws, const PublicKey& key);

// For an envelope of another device, whose key is not known here: the server's receipt over the
// exact text is the evidence. Refuses with bad_receipt when the receipt is for other bytes, then as
// open().
base::Result<VerifiedEnvelope> open_receipted(const Jws& jws, const Receipt& receipt);

} // namespace envelope
