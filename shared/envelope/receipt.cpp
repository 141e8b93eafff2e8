#include "shared/envelope/receipt.hpp"

#include "shared/base/limits.hpp"

namespace envelope {
namespace {

using base::Outcome;

base::Result<std::string> verified_payload(std::string_view text, const PublicKey& server_key) {
    SHENBAO_ASSIGN(const Jws jws, Jws::parse(std::string(text), HeaderKey::kid));
    if (jws.kid() != key_id(server_key))
        return base::fail(Outcome::bad_signature, "signed under another key");
    return jws.verify(server_key);
}

base::Result<Receipt> read_receipt(std::string_view text, const PublicKey& server_key) {
    SHENBAO_ASSIGN(const std::string payload, verified_payload(text, server_key));
    SHENBAO_ASSIGN(const base::Json json, base::parse_json(payload));
    base::ObjectReader reader(json, "receipt");
    Receipt            receipt;
    if (reader.text("kind", 16) != "receipt") reader.blame("kind", "not a receipt");
    receipt.id = reader.id("id", base::parse_envelope_id);
    receipt.unit = reader.id("unit", base::parse_unit_id);
    receipt.sha256 = reader.id("sha256", base::parse_sha256_hex);
    receipt.index = reader.integer("index", 1, base::limits::json_integer_max);
    receipt.received_at = reader.time("received_at");
    const auto timing = parse_timing(reader.text("timing", 16));
    if (timing) receipt.timing = *timing;
    else reader.blame("timing", "unknown");
    for (const base::Json& item :
         reader.array("attachments_missing", base::limits::attachments_max)) {
        const auto digest = base::parse_sha256_hex(item.is_string() ? item.get<std::string>() : "");
        if (digest) receipt.attachments_missing.push_back(*digest);
        else reader.blame("attachments_missing", "not a sha256");
    }
    receipt.rehearsal = reader.boolean("rehearsal");
    SHENBAO_TRY(reader.finish());
    return receipt;
}

base::Result<Anchor> read_anchor(std::string_view text, const PublicKey& server_key) {
    SHENBAO_ASSIGN(const std::string payload, verified_payload(text, server_key));
    SHENBAO_ASSIGN(const base::Json json, base::parse_json(payload));
    base::ObjectReader reader(json, "anchor");
    Anchor             anchor;
    if (reader.text("kind", 16) != "anchor") reader.blame("kind", "not an anchor");
    anchor.at = reader.time("at");
    anchor.nonce = reader.text("nonce", 64, 1);
    anchor.rehearsal = reader.boolean("rehearsal");
    SHENBAO_TRY(reader.finish());
    return anchor;
}

template <class T>
base::Result<T> under(Outcome outcome, base::Result<T> result) {
    if (!result) return base::fail(outcome, result.error().detail);
    return result;
}

} // namespace

std::string_view timing_name(Timing timing) {
    switch (timing) {
    case Timing::on_time: return "on_time";
    case Timing::extended: return "extended";
    case Timing::late: return "late";
    }
    return {};
}

base::Result<Timing> parse_timing(std::string_view name) {
    for (const Timing timing : {Timing::on_time, Timing::extended, Timing::late})
        if (timing_name(timing) == name) return timing;
    return base::fail(Outcome::bad_payload, "timing");
}

std::string sign_receipt(const Receipt& receipt, const SecretKey& server_key) {
    base::Json missing = base::Json::array();
    for (const base::Sha256Hex& digest : receipt.attachments_missing)
        missing.push_back(digest.text());
    const base::Json json = {{"kind", "receipt"},
                             {"id", receipt.id.text()},
                             {"unit", receipt.unit.text()},
                             {"sha256", receipt.sha256.text()},
                             {"index", receipt.index},
                             {"received_at", base::to_rfc3339(receipt.received_at)},
                             {"timing", timing_name(receipt.timing)},
                             {"attachments_missing", std::move(missing)},
                             {"rehearsal", receipt.rehearsal}};
    return sign_jws(base::to_text(json), server_key, HeaderKey::kid);
}

base::Result<Receipt> open_receipt(std::string_view text, const PublicKey& server_key) {
    return under(Outcome::bad_receipt, read_receipt(text, server_key));
}

std::string sign_anchor(const Anchor& anchor, const SecretKey& server_key) {
    const base::Json json = {{"kind", "anchor"},
                             {"at", base::to_rfc3339(anchor.at)},
                             {"nonce", anchor.nonce},
                             {"rehearsal", anchor.rehearsal}};
    return sign_jws(base::to_text(json), server_key, HeaderKey::kid);
}

base::Result<Anchor> open_anchor(std::string_view text, const PublicKey& server_key) {
    return under(Outcome::bad_anchor, read_anchor(text, server_key));
}

} // namespace envelope
