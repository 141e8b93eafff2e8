#include "shared/envelope/envelope.hpp"

#include "shared/base/check.hpp"
#include "shared/base/limits.hpp"
#include "shared/base/text.hpp"

namespace envelope {
namespace {

using base::Json;
using base::ObjectReader;
using base::Outcome;

constexpr std::size_t reason_bytes_max = base::limits::reason_characters_max * 4;

template <class... Readers>
struct Overloaded : Readers... {
    using Readers::operator()...;
};
template <class... Readers>
Overloaded(Readers...) -> Overloaded<Readers...>;

template <class IdType>
Json id_or_null(const std::optional<IdType>& id) {
    return id ? Json(id->text()) : Json(nullptr);
}

// Only the form of the two texts; whether they name something is the receiver's to judge.
base::Result<base::FormId> parse_form_id(std::string_view text) {
    if (text.empty() || text.size() > 40) return base::fail(Outcome::bad_payload, "form");
    return base::FormId(text);
}
base::Result<base::Period> parse_period(std::string_view text) {
    if (text.empty() || text.size() > 20) return base::fail(Outcome::bad_payload, "period");
    return base::Period(text);
}

// Writing: the members of an act besides the common ones.

void write(Json& json, const Withdrawal& act) {
    json["target"] = act.target.text();
    json["reason"] = act.reason;
}
void write(Json& json, const Decision& act) {
    json["target"] = act.target.text();
    json["stage"] = stage_name(act.stage);
    json["verdict"] = verdict_name(act.verdict);
    json["approved"] =
        std::visit(Overloaded{[](std::monostate) { return Json(); },
                              [](const auto& numbers) { return Json(numbers); }},
                   act.approved);
    json["remarks"] = Json::array();
    for (const Remark& remark : act.remarks)
        json["remarks"].push_back({{"field", remark.field.text()}, {"text", remark.text}});
    json["due"] = act.due ? Json(base::to_rfc3339(*act.due)) : Json();
    json["reason"] = act.reason;
}
void write(Json& json, const Extension& act) {
    json["for"] = act.for_unit.text();
    json["form"] = act.form.text();
    json["period"] = act.period.text();
    json["until"] = base::to_rfc3339(act.until);
    json["reason"] = act.reason;
}
void write(Json& json, const Announcement& act) {
    json["text"] = act.text;
    json["until"] = base::to_rfc3339(act.until);
    Json& to = json["to"] = Json::object();
    if (act.to.kind) to["kind"] = *act.to.kind;
    if (act.to.city) to["city"] = *act.to.city;
    if (act.to.unit) to["unit"] = act.to.unit->text();
}
void write(Json& json, const UnitEntry& act) {
    if (act.from) json["from"] = base::to_rfc3339(*act.from);
    json["entry"] = {{"id", act.unit.text()},
                     {"name", act.name},
                     {"kind", act.kind},
                     {"city", act.city},
                     {"review_by", id_or_null(act.review_by)}};
}
void write(Json& json, const CatalogueEntry& act) {
    json["entry"] = {{"id", act.certificate.text()},
                     {"batch", act.batch},
                     {"name", act.name},
                     {"organisation", act.organisation},
                     {"levels", act.levels},
                     {"min_headcount", act.min_headcount ? Json(*act.min_headcount) : Json()}};
}
void write(Json& json, const CodeEntry& act) {
    json["entry"] = {{"unit", act.unit.text()},
                     {"role", act.role},
                     {"code_hash", act.code_hash},
                     {"expires_at", base::to_rfc3339(act.expires_at)}};
    if (act.by) json["entry"]["by"] = act.by->text();
}
void write(Json& json, const Revocation& act) {
    json["kid"] = act.kid.text();
    json["reason"] = act.reason;
}
void write(Json& json, const NoticePublication& act) {
    json["published"] = act.published.text();
}
void write(Json& json, const Filing& filing) {
    json["form"] = filing.form.text();
    json["period"] = filing.period.text();
    json["root"] = filing.root.text();
    json["replaces"] = id_or_null(filing.replaces);
    json["answers"] = filing.answers;
    json["notes"] = rules::notes_json(filing.notes);
    json["attachments"] = Json::array();
    for (const Attachment& attachment : filing.attachments)
        json["attachments"].push_back({{"sha256", attachment.sha256.text()},
                                       {"bytes", attachment.bytes},
                                       {"media_type", attachment.media_type},
                                       {"name", attachment.name}});
}

std::string payload_text(const Common& common, const Act& act) {
    Json json = {{"kind", kind_name(act)},
                 {"id", common.id.text()},
                 {"unit", common.unit.text()},
                 {"notice", common.notice.text()},
                 {"made_at", base::to_rfc3339(common.made_at)},
                 {"anchor", common.anchor}};
    std::visit([&](const auto& written) { write(json, written); }, act);
    return base::to_text(json);
}

// Reading. Each reader takes exactly the members its writer makes.

rules::Notes read_notes(ObjectReader& reader) {
    rules::Notes notes;
    const Json&  object = reader.object("notes");
    if (!object.is_object()) return notes;
    for (const auto& [rule, note] : object.items()) {
        const std::string* text = note.get_ptr<const std::string*>();
        const std::size_t  characters = text == nullptr ? 0 : base::character_count(*text);
        if (rule.empty() || rule.size() > 60 || characters < base::limits::note_characters_min ||
            characters > base::limits::note_characters_max) {
            reader.blame("notes", "an explanation has 4 to 500 characters");
            return {};
        }
        notes.emplace(base::RuleId(rule), *text);
    }
    return notes;
}

std::vector<Attachment> read_attachments(ObjectReader& reader) {
    std::vector<Attachment> attachments;
    for (const Json& item : reader.array("attachments", base::limits::attachments_max)) {
        ObjectReader one(item, "attachments");
        Attachment   attachment;
        attachment.sha256 = one.id("sha256", base::parse_sha256_hex);
        attachment.bytes = one.integer("bytes", 1, base::limits::json_integer_max);
        attachment.media_type = one.text("media_type", 100, 1);
        attachment.name = one.text("name", 300, 1);
        if (const auto finished = one.finish(); !finished)
            reader.blame("attachments", finished.error().detail);
        attachments.push_back(std::move(attachment));
    }
    return attachments;
}

Act read_filing(ObjectReader& reader, const Common& common) {
    Filing filing;
    filing.form = reader.id("form", parse_form_id);
    filing.period = reader.id("period", parse_period);
    filing.root = reader.id("root", base::parse_envelope_id);
    filing.replaces = reader.id_or_null("replaces", base::parse_envelope_id);
    filing.answers = reader.object("answers");
    filing.notes = read_notes(reader);
    filing.attachments = read_attachments(reader);
    if (reader.sound() && (filing.root == common.id) == filing.replaces.has_value())
        reader.blame("root", "is the own id exactly when replaces is null");
    return filing;
}

std::string read_reason(ObjectReader& reader, const char* name) {
    std::string reason = reader.text(name, reason_bytes_max);
    if (base::character_count(reason) > base::limits::reason_characters_max)
        reader.blame(name, "too long");
    return reason;
}

Act read_withdrawal(ObjectReader& reader) {
    Withdrawal act;
    act.target = reader.id("target", base::parse_envelope_id);
    act.reason = read_reason(reader, "reason");
    return act;
}

// Text that must be one of a list of names.
template <class Find>
auto read_name(ObjectReader& reader, const char* name, Find find) {
    const auto found = find(reader.text(name, 40, 1));
    if (!found) reader.blame(name, "no such " + std::string(name));
    return found.value_or(typename decltype(found)::value_type{});
}

// Whether the numbers fit the filing is the receiver's to judge; here they are whole ones.
Approved read_approved(ObjectReader& reader) {
    const Json& read = reader.any("approved");
    if (read.is_number_integer()) return read.get<std::int64_t>();
    if (!read.is_array()) {
        if (!read.is_null()) reader.blame("approved", "neither null nor an integer nor a list");
        return {};
    }
    std::vector<std::int64_t> numbers;
    for (const Json& number : read) {
        if (number.is_number_integer() && numbers.size() < base::limits::rows_max)
            numbers.push_back(number.get<std::int64_t>());
        else reader.blame("approved", "not a list of at most 300 integers");
    }
    return numbers;
}

std::vector<Remark> read_remarks(ObjectReader& reader) {
    std::vector<Remark> remarks;
    for (const Json& item : reader.array("remarks", base::limits::remarks_max)) {
        ObjectReader one(item, "remarks");
        Remark       remark;
        remark.field = base::FieldId(one.text("field", 60, 1));
        remark.text = read_reason(one, "text");
        if (const auto finished = one.finish(); !finished)
            reader.blame("remarks", finished.error().detail);
        remarks.push_back(std::move(remark));
    }
    return remarks;
}

Act read_decision(ObjectReader& reader) {
    Decision act;
    act.target = reader.id("target", base::parse_envelope_id);
    act.stage = read_name(reader, "stage", find_review_stage);
    act.verdict = read_name(reader, "verdict", find_review_verdict);
    act.approved = read_approved(reader);
    act.remarks = read_remarks(reader);
    const Json* due = reader.find("due");
    if (due == nullptr || !due->is_null()) act.due = reader.time("due");
    act.reason = read_reason(reader, "reason");
    return act;
}

Act read_extension(ObjectReader& reader) {
    Extension act;
    act.for_unit = reader.id("for", base::parse_unit_id);
    act.form = reader.id("form", parse_form_id);
    act.period = reader.id("period", parse_period);
    act.until = reader.time("until");
    act.reason = read_reason(reader, "reason");
    return act;
}

Act read_announcement(ObjectReader& reader) {
    Announcement act;
    act.text = reader.text("text", reason_bytes_max);
    const std::size_t characters = base::character_count(act.text);
    if (characters < base::limits::note_characters_min ||
        characters > base::limits::reason_characters_max)
        reader.blame("text", "an announcement has 4 to 500 characters");
    act.until = reader.time("until");
    ObjectReader to(reader.object("to"), "to");
    act.to.kind = to.text_if_present("kind", 40);
    act.to.city = to.text_if_present("city", 60);
    if (to.find("unit") != nullptr) act.to.unit = to.id("unit", base::parse_unit_id);
    if (const auto finished = to.finish(); !finished) reader.blame("to", finished.error().detail);
    return act;
}

Act read_unit(ObjectReader& entry) {
    UnitEntry act;
    act.unit = entry.id("id", base::parse_unit_id);
    act.name = entry.text("name", 300, 1);
    act.kind = entry.text("kind", 40, 1);
    act.city = entry.text("city", 60);
    act.review_by = entry.id_or_null("review_by", base::parse_unit_id);
    return act;
}

Act read_catalogue(ObjectReader& entry) {
    CatalogueEntry act;
    act.certificate = entry.id("id", base::parse_certificate_id);
    act.batch = entry.integer("batch", 0, 99);
    act.name = entry.text("name", 300, 1);
    act.organisation = entry.text("organisation", 300);
    for (const Json& level : entry.array("levels", 10)) {
        if (level.is_string()) act.levels.push_back(level.get<std::string>());
        else entry.blame("levels", "not a string");
    }
    act.min_headcount = entry.integer_or_null("min_headcount", 1, base::limits::headcount_max);
    return act;
}

Act read_code(ObjectReader& entry) {
    CodeEntry act;
    act.unit = entry.id("unit", base::parse_unit_id);
    act.role = entry.text("role", 20, 1);
    act.code_hash = entry.text("code_hash", 64, 64);
    act.expires_at = entry.time("expires_at");
    if (entry.find("by") != nullptr) act.by = entry.id("by", base::parse_key_id);
    return act;
}

template <class Read>
Act read_entry(ObjectReader& reader, Read read) {
    ObjectReader entry(reader.object("entry"), "entry");
    Act          act = read(entry);
    if (const auto finished = entry.finish(); !finished && reader.sound())
        reader.blame("entry", finished.error().detail);
    return act;
}

Act read_revocation(ObjectReader& reader) {
    Revocation act;
    act.kid = reader.id("kid", base::parse_key_id);
    act.reason = reader.text("reason", reason_bytes_max);
    return act;
}

Act read_unit_act(ObjectReader& reader) {
    Act act = read_entry(reader, read_unit);
    if (reader.find("from") != nullptr) std::get<UnitEntry>(act).from = reader.time("from");
    return act;
}

base::Result<Act> read_act(const std::string& kind, ObjectReader& reader, const Common& common) {
    if (kind == "filing") return read_filing(reader, common);
    if (kind == "withdrawal") return read_withdrawal(reader);
    if (kind == "decision") return read_decision(reader);
    if (kind == "extension") return read_extension(reader);
    if (kind == "announcement") return read_announcement(reader);
    if (kind == "unit") return read_unit_act(reader);
    if (kind == "catalogue") return read_entry(reader, read_catalogue);
    if (kind == "code") return read_entry(reader, read_code);
    if (kind == "revocation") return read_revocation(reader);
    if (kind == "notice")
        return NoticePublication{reader.id("published", base::parse_notice_ref)};
    return base::fail(Outcome::unknown_kind, "kind " + kind);
}

constexpr std::string_view stage_names[] = {"first_review", "final_review"};
constexpr std::string_view verdict_names[] = {"pass", "return", "reject"};

template <class Named, std::size_t count>
std::optional<Named> find_named(const std::string_view (&names)[count], std::string_view name) {
    for (std::size_t i = 0; i < count; ++i)
        if (names[i] == name) return static_cast<Named>(i);
    return std::nullopt;
}

} // namespace

std::vector<std::int64_t> numbers_of(const Approved& approved) {
    if (const auto* number = std::get_if<std::int64_t>(&approved)) return {*number};
    const auto* numbers = std::get_if<std::vector<std::int64_t>>(&approved);
    return numbers != nullptr ? *numbers : std::vector<std::int64_t>();
}

std::string_view stage_name(ReviewStage stage) { return stage_names[static_cast<int>(stage)]; }
std::string_view verdict_name(ReviewVerdict verdict) {
    return verdict_names[static_cast<int>(verdict)];
}
std::optional<ReviewStage> find_review_stage(std::string_view name) {
    return find_named<ReviewStage>(stage_names, name);
}
std::optional<ReviewVerdict> find_review_verdict(std::string_view name) {
    return find_named<ReviewVerdict>(verdict_names, name);
}

std::string_view kind_name(const Act& act) {
    return std::visit(
        Overloaded{[](const Filing&) { return "filing"; },
                   [](const Withdrawal&) { return "withdrawal"; },
                   [](const Decision&) { return "decision"; },
                   [](const Extension&) { return "extension"; },
                   [](const Announcement&) { return "announcement"; },
                   [](const UnitEntry&) { return "unit"; },
                   [](const CatalogueEntry&) { return "catalogue"; },
                   [](const CodeEntry&) { return "code"; },
                   [](const Revocation&) { return "revocation"; },
                   [](const NoticePublication&) { return "notice"; }},
        act);
}

Envelope seal(const Common& common, const rules::CheckedFiling& filing, const base::Period& period,
              const std::optional<base::EnvelopeId>& replaces, const base::EnvelopeId& root,
              const std::vector<Attachment>& attachments, const SecretKey& key) {
    SHENBAO_CHECK((root == common.id) != replaces.has_value());
    const Act act = Filing{filing.form(),    period,         root,       replaces,
                           filing.answers(), filing.notes(), attachments};
    return Envelope(common.id, sign_jws(payload_text(common, act), key, HeaderKey::kid));
}

Envelope seal_act(const Common& common, const Act& act, const SecretKey& key) {
    SHENBAO_CHECK(!std::holds_alternative<Filing>(act));
    return Envelope(common.id, sign_jws(payload_text(common, act), key, HeaderKey::kid));
}

base::Result<VerifiedEnvelope> open(const Jws& jws, const PublicKey& key) {
    SHENBAO_ASSIGN(const std::string payload, jws.verify(key));
    return VerifiedEnvelope::read(jws, key_id(key), payload);
}

base::Result<VerifiedEnvelope> open_receipted(const Jws& jws, const Receipt& receipt) {
    SHENBAO_ASSIGN(const std::string payload, jws.payload_under(receipt.sha256));
    SHENBAO_ASSIGN(VerifiedEnvelope verified, VerifiedEnvelope::read(jws, jws.kid(), payload));
    if (verified.common().id != receipt.id)
        return base::fail(Outcome::bad_receipt, "the receipt names another id");
    return verified;
}

base::Result<VerifiedEnvelope> VerifiedEnvelope::read(const Jws& jws, const base::KeyId& kid,
                                                      const std::string& payload) {
    SHENBAO_ASSIGN(const Json json, base::parse_json(payload));
    ObjectReader     reader(json, "payload");
    VerifiedEnvelope verified;
    verified.m_text = jws.text();
    verified.m_kid = kid;
    const std::string kind = reader.text("kind", 40, 1);
    Common&           common = verified.m_common;
    common.id = reader.id("id", base::parse_envelope_id);
    common.unit = reader.id("unit", base::parse_unit_id);
    common.notice = reader.id("notice", base::parse_notice_ref);
    common.made_at = reader.time("made_at");
    common.anchor = reader.text("anchor", 2048, 1);
    if (!reader.sound()) return base::fail(reader.finish().error());
    SHENBAO_ASSIGN(verified.m_act, read_act(kind, reader, common));
    SHENBAO_TRY(reader.finish());
    return verified;
}

} // namespace envelope
