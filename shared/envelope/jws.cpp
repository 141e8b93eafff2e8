#include "shared/envelope/jws.hpp"

#include "shared/base/check.hpp"
#include "shared/base/limits.hpp"

namespace envelope {
namespace {

using base::Outcome;

base::Status read_header(std::string_view encoded, HeaderKey expected, base::KeyId& kid,
                         std::optional<PublicKey>& embedded) {
    const auto refuse = [](std::string what) {
        return base::fail(Outcome::bad_header, std::move(what));
    };
    const auto bytes = base::from_base64url(encoded);
    SHENBAO_CHECK(bytes.has_value()); // The caller has looked.
    const auto json = base::parse_json(base::as_text(*bytes));
    if (!json) return refuse("header: " + json.error().detail);
    base::ObjectReader reader(*json, "header");
    if (reader.text("alg", 16) != "EdDSA") return refuse("header.alg: not EdDSA");
    if (expected == HeaderKey::kid) {
        kid = reader.id("kid", base::parse_key_id);
    } else {
        SHENBAO_ASSIGN(embedded, parse_jwk(reader.object("jwk")));
    }
    if (const auto finished = reader.finish(); !finished) return refuse(finished.error().detail);
    return {};
}

} // namespace

base::Result<Jws> Jws::parse(std::string text, HeaderKey expected) {
    if (text.size() > base::limits::jws_bytes_max)
        return base::fail(Outcome::too_large, "the line is too long");
    const std::size_t first = text.find('.');
    const std::size_t second = first == std::string::npos ? first : text.find('.', first + 1);
    if (second == std::string::npos || text.find('.', second + 1) != std::string::npos)
        return base::fail(Outcome::not_compact_jws, "not three parts");
    const std::string_view all(text);
    const std::string_view header = all.substr(0, first);
    const std::string_view payload = all.substr(first + 1, second - first - 1);
    const std::string_view signature = all.substr(second + 1);
    // Unpadded base64url: n characters stand for floor(3n / 4) bytes.
    if (payload.size() * 3 / 4 > base::limits::payload_bytes_max)
        return base::fail(Outcome::too_large, "the payload is too long");
    SHENBAO_TRY(base::from_base64url(header));
    SHENBAO_TRY(base::from_base64url(payload));
    Jws jws;
    SHENBAO_ASSIGN(jws.m_signature, base::from_base64url(signature));
    // An empty payload is a JWS (RFC 7515); what it lacks is said when it has been verified.
    if (header.empty() || jws.m_signature.size() != 64)
        return base::fail(Outcome::not_compact_jws, "an empty part or no 64-byte signature");
    SHENBAO_TRY(read_header(header, expected, jws.m_kid, jws.m_embedded));
    jws.m_signed_length = second;
    jws.m_payload_at    = first + 1;
    jws.m_text          = std::move(text);
    return jws;
}

const PublicKey& Jws::embedded_key() const {
    SHENBAO_CHECK(m_embedded.has_value());
    return *m_embedded;
}

base::Result<std::string> Jws::verify(const PublicKey& key) const {
    const std::string_view signed_part = std::string_view(m_text).substr(0, m_signed_length);
    if (!signature_holds(key, signed_part, m_signature))
        return base::fail(Outcome::bad_signature, "the signature does not hold");
    return payload();
}

base::Result<std::string> Jws::payload_under(const base::Sha256Hex& vouched) const {
    if (sha256() != vouched)
        return base::fail(Outcome::bad_receipt, "the receipt is for other bytes");
    return payload();
}

std::string Jws::payload() const {
    const auto bytes = base::from_base64url(
        std::string_view(m_text).substr(m_payload_at, m_signed_length - m_payload_at));
    SHENBAO_CHECK(bytes.has_value()); // parse() has looked.
    return std::string(base::as_text(*bytes));
}

std::string sign_jws(std::string_view payload, const SecretKey& key, HeaderKey header) {
    SHENBAO_CHECK(payload.size() <= base::limits::payload_bytes_max);
    base::Json json = {{"alg", "EdDSA"}};
    if (header == HeaderKey::kid) json["kid"] = key.id().text();
    else json["jwk"] = to_jwk(key.public_key());
    const std::string to_sign = base::to_base64url(base::as_bytes(base::to_text(json))) + "." +
                                base::to_base64url(base::as_bytes(payload));
    return to_sign + "." + sign_bytes(key, to_sign);
}

} // namespace envelope
