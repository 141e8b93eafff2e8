// Ed25519 keys (RFC 8032) as JWK (RFC 8037); a key's id is its RFC 7638 thumbprint. A device makes
// a new key for each enrolment; the server has one for its whole life.
#pragma once

#include "shared/base/bytes.hpp"
#include "shared/base/json.hpp"
#include "shared/base/world.hpp"

#include <array>

namespace envelope {

struct PublicKey {
    std::array<std::byte, 32> bytes{};
    bool operator==(const PublicKey&) const = default;
};

// {"crv":"Ed25519","kty":"OKP","x":"…"}
base::Json to_jwk(const PublicKey& key);

// Refuses with bad_header what is not exactly such a JWK (no further members) or not a point that
// libsodium accepts as a key.
base::Result<PublicKey> parse_jwk(const base::Json& jwk);

// The thumbprint: base64url of the SHA-256 of the JWK in the canonical form of RFC 7638.
base::KeyId key_id(const PublicKey& key);

// The 32-byte seed of RFC 8032 and the key made from it. Wiped when destroyed.
class SecretKey {
public:
    static SecretKey make(base::Random& random);
    // Refuses seeds that are not 32 bytes with bad_payload.
    static base::Result<SecretKey> from_seed(base::ByteView seed);
    SecretKey(const SecretKey&)            = default;
    SecretKey& operator=(const SecretKey&) = default;
    ~SecretKey();

    const PublicKey&   public_key() const { return m_public; }
    const base::KeyId& id() const { return m_id; }
    base::Bytes        seed() const; // To be kept where only this machine's owner can read it.

private:
    friend std::string sign_bytes(const SecretKey& key, std::string_view message);
    SecretKey() = default;
    std::array<std::byte, 64> m_expanded{}; // libsodium's form: seed and public key.
    PublicKey                 m_public;
    base::KeyId               m_id;
};

// The 64 signature bytes of a message, as base64url. Deterministic (RFC 8032).
std::string sign_bytes(const SecretKey& key, std::string_view message);

// True if the signature (64 bytes) over the message holds. About 50 µs natively.
bool signature_holds(const PublicKey& key, std::string_view message, base::ByteView signature);

// A UUIDv7 (RFC 9562): 48 bits of milliseconds, the rest random.
base::EnvelopeId make_envelope_id(base::Time now, base::Random& random);

} // namespace envelope
