// The messages of protocol.md as structs with their JSON. Each has write_… for the side that speaks
// and read_… for the side that listens; read_… refuses with bad_answer or bad_request what is not
// of the message's form. Answers may grow, so unknown members of answers are let be; requests may
// not.
#pragma once

#include "shared/envelope/envelope.hpp"
#include "shared/envelope/receipt.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace protocol {

inline constexpr std::string_view base_path = "/api/v1";
inline constexpr int              api_version = 1;

// problem+json (RFC 9457) of an outcome: {"code","title","detail","status"}.
std::string write_problem(base::Outcome outcome, std::string_view detail);
// What a problem says; bad_answer if it is none.
base::Fault read_problem(std::string_view body);

// A published version of a notice, and the first moment at which what is filed under it is not
// taken any more; absent of the newest, which has no successor yet.
struct PublishedNotice {
    base::NoticeRef           ref;
    std::optional<base::Time> until;
    bool                      operator==(const PublishedNotice&) const = default;
};
std::string                                write_notices(const std::vector<PublishedNotice>& list);
base::Result<std::vector<PublishedNotice>> read_notices(std::string_view body);

// GET /server
struct ServerInfo {
    std::string         name;
    std::string         version;
    base::Time          time;
    bool                rehearsal = false;
    envelope::PublicKey server_key;
    base::NoticeRef     notice;
    std::string         anchor;
    std::vector<PublishedNotice> notices = {}; // Newest last; an older server names none.
};
std::string              write_server_info(const ServerInfo& info);
base::Result<ServerInfo> read_server_info(std::string_view body);

// POST /enrolments: the payload inside the JWS, and the answer.
struct EnrolmentRequest {
    std::string code; // As the device made it canonical: XXXX-XXXX-XXXX.
    std::string device;
    base::Time  made_at;
};
std::string                    write_enrolment_request(const EnrolmentRequest& request);
base::Result<EnrolmentRequest> read_enrolment_request(std::string_view payload);

struct EnrolmentAnswer {
    envelope::UnitEntry unit;
    std::string         role; // "school", "city", "province"
    base::KeyId         kid;
    envelope::PublicKey server_key;
    base::NoticeRef     notice;
    std::string         anchor;
};
std::string                   write_enrolment_answer(const EnrolmentAnswer& answer);
base::Result<EnrolmentAnswer> read_enrolment_answer(std::string_view body);

// POST /envelopes: one line of the answer.
enum class LineResult { accepted, duplicate, refused };
struct LineAnswer {
    std::optional<base::EnvelopeId> id; // Null when the line could not be read so far.
    LineResult                      result = LineResult::refused;
    base::Outcome                   outcome = base::Outcome::accepted;
    std::vector<rules::Finding>     findings;
    std::string                     receipt; // JWS; empty when refused (null on the wire).
    std::string                     title; // Filled by read_…; write_… takes the outcome's sentence.
};
std::string              write_line_answer(const LineAnswer& answer); // Without line end.
base::Result<LineAnswer> read_line_answer(std::string_view line);

// POST /sessions
struct SessionRequest {
    base::KeyId server;
    std::string anchor;
};
std::string                  write_session_request(const SessionRequest& request);
base::Result<SessionRequest> read_session_request(std::string_view payload);
struct SessionAnswer {
    std::string token;
    base::Time  expires_at;
};
std::string                 write_session_answer(const SessionAnswer& answer);
base::Result<SessionAnswer> read_session_answer(std::string_view body);

// GET /changes
struct Change {
    std::int64_t index = 0;
    std::string  envelope; // JWS
    std::string  receipt;  // JWS
};
struct ChangesAnswer {
    std::string         cursor;
    bool                more  = false;
    bool                reset = false;
    std::vector<Change> changes;
};
std::string                 write_changes(const ChangesAnswer& answer);
base::Result<ChangesAnswer> read_changes(std::string_view body);

// GET /units: {"units":[…]}; GET /catalogue: {"catalogue":[…]}
std::string write_units(const std::vector<envelope::UnitEntry>& units);
base::Result<std::vector<envelope::UnitEntry>> read_units(std::string_view body);
std::string write_catalogue(const std::vector<envelope::CatalogueEntry>& entries);
base::Result<std::vector<envelope::CatalogueEntry>> read_catalogue(std::string_view body);

// GET /summaries/ledger: approved numbers as dated entries, never edited (R42, R54).
struct LedgerEntry {
    base::Time          at;   // When the server received what caused it.
    std::string         kind; // "round", "increase", "exception", "reversal"
    base::Period        period;
    base::CertificateId certificate;
    std::string         level;
    std::int64_t        amount  = 0; // May be negative.
    std::int64_t        balance = 0; // Of this certificate and level, after the entry.
    base::EnvelopeId    filing;      // Root of the matter it comes from.
    std::string         year() const { return period.text().substr(0, 4); } // A ledger is one year's.
    bool                operator==(const LedgerEntry&) const = default;
};
// Of the rows, in their order; members that a desk has no use for may stand beside these.
base::Result<std::vector<LedgerEntry>> read_ledger(std::string_view body);

// One unit or catalogue entry as JSON, as in the answers above.
base::Json to_json(const envelope::UnitEntry& unit);
envelope::UnitEntry read_unit(const base::Json& json); // Without an id when it is malformed.
base::Json to_json(const envelope::CatalogueEntry& entry);

} // namespace protocol
