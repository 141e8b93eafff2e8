// A JWS in compact serialisation (RFC 7515) as protocol.md narrows it: header exactly
// {"alg":"EdDSA","kid":…}, or "jwk" instead of "kid" for an enrolment. format.md beside this file
// has the grammar and a worked example; tests/vectors holds fixed bytes. The signed bytes are never
// encoded again: a Jws keeps the text as it came.
#pragma once

#include "shared/envelope/keys.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace envelope {

enum class HeaderKey { kid, jwk };

// A line that has the form of a JWS and an allowed header. Nothing in it is trusted yet: the
// payload can only be reached through verify().
class Jws {
public:
    // Refuses, looked for in this order, with too_large (line or payload), not_compact_jws,
    // bad_header.
    static base::Result<Jws> parse(std::string text, HeaderKey expected);

    const std::string& text() const { return m_text; }
    // A hint for finding the key, never evidence of who signed. Empty for HeaderKey::jwk.
    const base::KeyId& kid() const { return m_kid; }
    // The key inside the header; requires HeaderKey::jwk.
    const PublicKey& embedded_key() const;
    base::Sha256Hex  sha256() const { return base::sha256_hex(m_text); }

    // The payload's exact bytes once the signature holds under `key`; bad_signature otherwise.
    base::Result<std::string> verify(const PublicKey& key) const;
    // The payload's exact bytes when somebody trusted vouches for this very text by its SHA-256;
    // bad_receipt otherwise. The signature is not looked at.
    base::Result<std::string> payload_under(const base::Sha256Hex& vouched) const;

private:
    Jws() = default;
    std::string payload() const;
    std::string              m_text;
    std::size_t              m_signed_length = 0; // header "." payload
    std::size_t              m_payload_at    = 0;
    base::Bytes              m_signature;
    base::KeyId              m_kid;
    std::optional<PublicKey> m_embedded;
};

// Signs the payload's bytes. Requires at most payload_bytes_max of them.
std::string sign_jws(std::string_view payload, const SecretKey& key, HeaderKey header);

} // namespace envelope
