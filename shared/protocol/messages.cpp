#include "shared/protocol/messages.hpp"

#include "shared/base/limits.hpp"
#include "shared/protocol/reading.hpp"

namespace protocol {
namespace {

using base::Json;
using base::ObjectReader;
using base::Outcome;

constexpr std::size_t anchor_bytes_max = 2048;

Json notice_json(const base::NoticeRef& notice) {
    return {{"id", notice.id.text()}, {"sha256", notice.sha256.text()}};
}

base::NoticeRef read_notice_members(ObjectReader& inner) {
    base::NoticeRef notice;
    notice.id = base::NoticeId(inner.text("id", 60, 1));
    notice.sha256 = inner.id("sha256", base::parse_sha256_hex);
    return notice;
}

base::NoticeRef read_notice(ObjectReader& reader) {
    ObjectReader          inner(reader.object("notice"), "notice");
    const base::NoticeRef notice = read_notice_members(inner);
    if (!inner.sound()) reader.blame("notice", inner.finish().error().detail);
    return notice;
}

envelope::PublicKey read_key(ObjectReader& reader, const char* name) {
    const auto key = envelope::parse_jwk(reader.object(name));
    if (!key) reader.blame(name, key.error().detail);
    return key ? *key : envelope::PublicKey{};
}

envelope::CatalogueEntry read_entry(const Json& json) {
    ObjectReader             reader(json, "catalogue");
    envelope::CatalogueEntry entry;
    entry.certificate = reader.id("id", base::parse_certificate_id);
    entry.batch = reader.integer("batch", 0, 99);
    entry.name = reader.text("name", 300);
    entry.organisation = reader.text("organisation", 300);
    for (const Json& level : reader.array("levels", 10))
        if (level.is_string()) entry.levels.push_back(level.get<std::string>());
    entry.min_headcount = reader.integer_or_null("min_headcount", 1, base::limits::headcount_max);
    return reader.sound() ? entry : envelope::CatalogueEntry{};
}

std::string_view result_name(LineResult result) {
    switch (result) {
    case LineResult::accepted: return "accepted";
    case LineResult::duplicate: return "duplicate";
    case LineResult::refused: return "refused";
    }
    return {};
}

rules::Finding read_finding(const Json& json, ObjectReader& line) {
    ObjectReader   reader(json, "findings");
    rules::Finding finding;
    finding.rule = base::RuleId(reader.text("rule", 60));
    for (const Json& field : reader.array("fields", 100))
        if (field.is_string()) finding.fields.emplace_back(field.get<std::string>());
    const std::string severity = reader.text("severity", 16);
    finding.severity = severity == "error"     ? notice::Severity::error
                       : severity == "warning" ? notice::Severity::warning
                                               : notice::Severity::hint;
    finding.text = reader.text("text", 4000);
    if (!reader.sound()) line.blame("findings", reader.finish().error().detail);
    return finding;
}

} // namespace

std::string write_problem(Outcome outcome, std::string_view detail) {
    const base::OutcomeText& text = base::outcome_text(outcome);
    return base::to_text({{"code", static_cast<int>(outcome)},
                          {"title", text.sentence},
                          {"detail", detail},
                          {"status", text.http_status}});
}

base::Fault read_problem(std::string_view body) {
    const auto json = base::parse_json(body);
    if (!json) return {Outcome::bad_answer, "not a problem document"};
    ObjectReader       reader(*json, "problem");
    const std::int64_t code = reader.integer("code", 0, 9999);
    const auto         detail = reader.text_if_present("detail", 4000);
    const auto*        known = base::find_outcome(code);
    if (!reader.sound() || known == nullptr)
        return {Outcome::bad_answer, "an unknown problem " + std::to_string(code)};
    return {known->outcome, detail.value_or("")};
}

namespace {

Json notices_json(const std::vector<PublishedNotice>& list) {
    Json notices = Json::array();
    for (const PublishedNotice& one : list) {
        Json notice = notice_json(one.ref);
        notice["until"] = one.until ? Json(base::to_rfc3339(*one.until)) : Json();
        notices.push_back(std::move(notice));
    }
    return notices;
}

base::Result<std::vector<PublishedNotice>> notices_from(const Json& json) {
    std::vector<PublishedNotice> list;
    if (!json.is_array()) return base::fail(Outcome::bad_answer, "notices");
    for (const Json& one : json) {
        ObjectReader    reader(one, "notices");
        PublishedNotice notice{read_notice_members(reader), std::nullopt};
        if (reader.find("until") != nullptr)
            notice.until = reader.id_or_null("until", base::parse_rfc3339);
        SHENBAO_TRY(settled(reader));
        list.push_back(std::move(notice));
    }
    return list;
}

} // namespace

std::string write_notices(const std::vector<PublishedNotice>& list) {
    return base::to_text(notices_json(list));
}

base::Result<std::vector<PublishedNotice>> read_notices(std::string_view body) {
    SHENBAO_ASSIGN(const Json json, parse_answer(body));
    return notices_from(json);
}

std::string write_server_info(const ServerInfo& info) {
    return base::to_text({{"name", info.name},
                          {"version", info.version},
                          {"api", api_version},
                          {"time", base::to_rfc3339(info.time)},
                          {"rehearsal", info.rehearsal},
                          {"server_key", envelope::to_jwk(info.server_key)},
                          {"notice", notice_json(info.notice)},
                          {"notices", notices_json(info.notices)},
                          {"anchor", info.anchor}});
}

base::Result<ServerInfo> read_server_info(std::string_view body) {
    SHENBAO_ASSIGN(const Json json, parse_answer(body));
    ObjectReader reader(json, "server");
    ServerInfo   info;
    info.name = reader.text("name", 300);
    info.version = reader.text("version", 60);
    if (reader.integer("api", 0, 1000) != api_version) reader.blame("api", "not version 1");
    info.time = reader.time("time");
    info.rehearsal = reader.boolean("rehearsal");
    info.server_key = read_key(reader, "server_key");
    info.notice = read_notice(reader);
    info.anchor = reader.text("anchor", anchor_bytes_max, 1);
    SHENBAO_TRY(settled(reader));
    if (const auto notices = json.find("notices"); notices != json.end()) {
        SHENBAO_ASSIGN(info.notices, notices_from(*notices));
    }
    return info;
}

std::string write_enrolment_request(const EnrolmentRequest& request) {
    return base::to_text({{"kind", "enrolment"},
                          {"code", request.code},
                          {"device", request.device},
                          {"made_at", base::to_rfc3339(request.made_at)}});
}

base::Result<EnrolmentRequest> read_enrolment_request(std::string_view payload) {
    SHENBAO_ASSIGN(const Json json, parse_request(payload));
    ObjectReader     reader(json, "enrolment");
    EnrolmentRequest request;
    if (reader.text("kind", 16) != "enrolment") reader.blame("kind", "not an enrolment");
    request.code = reader.text("code", 64);
    request.device = reader.text("device", 200, 1);
    request.made_at = reader.time("made_at");
    SHENBAO_TRY(finish_request(reader));
    return request;
}

std::string write_enrolment_answer(const EnrolmentAnswer& answer) {
    return base::to_text({{"unit", to_json(answer.unit)},
                          {"role", answer.role},
                          {"kid", answer.kid.text()},
                          {"server_key", envelope::to_jwk(answer.server_key)},
                          {"notice", notice_json(answer.notice)},
                          {"anchor", answer.anchor}});
}

base::Result<EnrolmentAnswer> read_enrolment_answer(std::string_view body) {
    SHENBAO_ASSIGN(const Json json, parse_answer(body));
    ObjectReader    reader(json, "enrolment");
    EnrolmentAnswer answer;
    answer.unit = read_unit(reader.object("unit"));
    if (answer.unit.unit.empty()) reader.blame("unit", "malformed");
    answer.role = reader.text("role", 16, 1);
    answer.kid = reader.id("kid", base::parse_key_id);
    answer.server_key = read_key(reader, "server_key");
    answer.notice = read_notice(reader);
    answer.anchor = reader.text("anchor", anchor_bytes_max, 1);
    SHENBAO_TRY(settled(reader));
    return answer;
}

std::string write_line_answer(const LineAnswer& answer) {
    return base::to_text({{"id", answer.id ? Json(answer.id->text()) : Json(nullptr)},
                          {"result", result_name(answer.result)},
                          {"code", static_cast<int>(answer.outcome)},
                          {"title", base::outcome_text(answer.outcome).sentence},
                          {"findings", rules::to_json(answer.findings)},
                          {"receipt", answer.receipt.empty() ? Json() : Json(answer.receipt)}});
}

base::Result<LineAnswer> read_line_answer(std::string_view line) {
    SHENBAO_ASSIGN(const Json json, parse_answer(line));
    ObjectReader reader(json, "line");
    LineAnswer   answer;
    answer.id = reader.id_or_null("id", base::parse_envelope_id);
    const std::string result = reader.text("result", 16);
    answer.result = result == "accepted"    ? LineResult::accepted
                    : result == "duplicate" ? LineResult::duplicate
                                            : LineResult::refused;
    if (result != result_name(answer.result)) reader.blame("result", "unknown");
    const auto* known = base::find_outcome(reader.integer("code", 0, 9999));
    if (known == nullptr) reader.blame("code", "unknown");
    else answer.outcome = known->outcome;
    answer.title = reader.text("title", 1000);
    const Json& findings = reader.array("findings", 1000);
    if (findings.is_array())
        for (const Json& finding : findings)
            answer.findings.push_back(read_finding(finding, reader));
    answer.receipt = reader.text_or_null("receipt", base::limits::jws_bytes_max).value_or("");
    if (answer.result != LineResult::refused && answer.receipt.empty())
        reader.blame("receipt", "missing though the line is in the log");
    SHENBAO_TRY(settled(reader));
    return answer;
}

std::string write_session_request(const SessionRequest& request) {
    return base::to_text(
        {{"kind", "session"}, {"server", request.server.text()}, {"anchor", request.anchor}});
}

base::Result<SessionRequest> read_session_request(std::string_view payload) {
    SHENBAO_ASSIGN(const Json json, parse_request(payload));
    ObjectReader   reader(json, "session");
    SessionRequest request;
    if (reader.text("kind", 16) != "session") reader.blame("kind", "not a session request");
    request.server = reader.id("server", base::parse_key_id);
    request.anchor = reader.text("anchor", anchor_bytes_max, 1);
    SHENBAO_TRY(finish_request(reader));
    return request;
}

std::string write_session_answer(const SessionAnswer& answer) {
    return base::to_text(
        {{"token", answer.token}, {"expires_at", base::to_rfc3339(answer.expires_at)}});
}

base::Result<SessionAnswer> read_session_answer(std::string_view body) {
    SHENBAO_ASSIGN(const Json json, parse_answer(body));
    ObjectReader  reader(json, "session");
    SessionAnswer answer;
    answer.token = reader.text("token", 200, 1);
    answer.expires_at = reader.time("expires_at");
    SHENBAO_TRY(settled(reader));
    return answer;
}

std::string write_changes(const ChangesAnswer& answer) {
    Json changes = Json::array();
    for (const Change& change : answer.changes)
        changes.push_back({{"index", change.index},
                           {"envelope", change.envelope},
                           {"receipt", change.receipt}});
    return base::to_text({{"cursor", answer.cursor},
                          {"more", answer.more},
                          {"reset", answer.reset},
                          {"changes", std::move(changes)}});
}

base::Result<ChangesAnswer> read_changes(std::string_view body) {
    SHENBAO_ASSIGN(const Json json, parse_answer(body));
    ObjectReader  reader(json, "changes");
    ChangesAnswer answer;
    answer.cursor = reader.text("cursor", 500);
    answer.more = reader.boolean("more");
    answer.reset = reader.boolean("reset");
    const Json& changes = reader.array("changes", 10000);
    if (changes.is_array()) {
        for (const Json& item : changes) {
            ObjectReader one(item, "change");
            Change       change;
            change.index = one.integer("index", 1, base::limits::json_integer_max);
            change.envelope = one.text("envelope", base::limits::jws_bytes_max, 1);
            change.receipt = one.text("receipt", base::limits::jws_bytes_max, 1);
            if (!one.sound()) reader.blame("changes", one.finish().error().detail);
            answer.changes.push_back(std::move(change));
        }
    }
    SHENBAO_TRY(settled(reader));
    return answer;
}

Json to_json(const envelope::UnitEntry& unit) {
    return {{"id", unit.unit.text()},
            {"name", unit.name},
            {"kind", unit.kind},
            {"city", unit.city},
            {"review_by", unit.review_by ? Json(unit.review_by->text()) : Json(nullptr)}};
}

Json to_json(const envelope::CatalogueEntry& entry) {
    return {{"id", entry.certificate.text()},
            {"batch", entry.batch},
            {"name", entry.name},
            {"organisation", entry.organisation},
            {"levels", entry.levels},
            {"min_headcount", entry.min_headcount ? Json(*entry.min_headcount) : Json(nullptr)}};
}

envelope::UnitEntry read_unit(const Json& json) {
    ObjectReader        reader(json, "unit");
    envelope::UnitEntry unit;
    unit.unit = reader.id("id", base::parse_unit_id);
    unit.name = reader.text("name", 300);
    unit.kind = reader.text("kind", 40);
    unit.city = reader.text("city", 60);
    unit.review_by = reader.id_or_null("review_by", base::parse_unit_id);
    return reader.sound() ? unit : envelope::UnitEntry{};
}

std::string write_units(const std::vector<envelope::UnitEntry>& units) {
    Json list = Json::array();
    for (const envelope::UnitEntry& unit : units) list.push_back(to_json(unit));
    return base::to_text({{"units", std::move(list)}});
}

base::Result<std::vector<envelope::UnitEntry>> read_units(std::string_view body) {
    SHENBAO_ASSIGN(const Json json, parse_answer(body));
    ObjectReader reader(json, "units");
    const Json&  list = reader.array("units", 100000);
    std::vector<envelope::UnitEntry> units;
    if (list.is_array())
        for (const Json& item : list) units.push_back(read_unit(item));
    for (const envelope::UnitEntry& unit : units)
        if (unit.unit.empty()) reader.blame("units", "a malformed unit");
    SHENBAO_TRY(settled(reader));
    return units;
}

std::string write_catalogue(const std::vector<envelope::CatalogueEntry>& entries) {
    Json list = Json::array();
    for (const envelope::CatalogueEntry& entry : entries) list.push_back(to_json(entry));
    return base::to_text({{"catalogue", std::move(list)}});
}

base::Result<std::vector<envelope::CatalogueEntry>> read_catalogue(std::string_view body) {
    SHENBAO_ASSIGN(const Json json, parse_answer(body));
    ObjectReader reader(json, "catalogue");
    const Json&  list = reader.array("catalogue", 100000);
    std::vector<envelope::CatalogueEntry> entries;
    if (list.is_array())
        for (const Json& item : list) entries.push_back(read_entry(item));
    for (const envelope::CatalogueEntry& entry : entries)
        if (entry.certificate.empty()) reader.blame("catalogue", "a malformed entry");
    SHENBAO_TRY(settled(reader));
    return entries;
}

base::Result<std::vector<LedgerEntry>> read_ledger(std::string_view body) {
    constexpr std::int64_t most = base::limits::json_integer_max;
    SHENBAO_ASSIGN(const Json json, parse_answer(body));
    ObjectReader             answer(json, "ledger");
    std::vector<LedgerEntry> entries;
    for (const Json& row : answer.array("rows", 100000)) {
        ObjectReader reader(row, "rows");
        LedgerEntry  entry;
        entry.at = reader.time("at");
        entry.kind = reader.text("kind", 20, 1);
        entry.period = base::Period(reader.text("period", 20, 1));
        entry.certificate = reader.id("certificate", base::parse_certificate_id);
        entry.level = reader.text("level", 60, 1);
        entry.amount = reader.integer("amount", -most, most);
        entry.balance = reader.integer("balance", -most, most);
        entry.filing = reader.id("filing", base::parse_envelope_id);
        SHENBAO_TRY(settled(reader));
        entries.push_back(std::move(entry));
    }
    SHENBAO_TRY(settled(answer));
    return entries;
}

} // namespace protocol
