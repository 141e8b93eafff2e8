#include "shared/envelope/keys.hpp"

#include "shared/base/check.hpp"

#include <sodium.h>

#include <algorithm>

namespace envelope {
namespace {

const unsigned char* raw(const std::byte* bytes) {
    return reinterpret_cast<const unsigned char*>(bytes);
}
unsigned char* raw(std::byte* bytes) { return reinterpret_cast<unsigned char*>(bytes); }

std::string x_of(const PublicKey& key) { return base::to_base64url(key.bytes); }

} // namespace

base::Json to_jwk(const PublicKey& key) {
    return {{"crv", "Ed25519"}, {"kty", "OKP"}, {"x", x_of(key)}};
}

base::Result<PublicKey> parse_jwk(const base::Json& jwk) {
    const auto refuse = [](std::string what) {
        return base::fail(base::Outcome::bad_header, std::move(what));
    };
    base::ObjectReader reader(jwk, "jwk");
    const std::string  type = reader.text("kty", 8), curve = reader.text("crv", 16);
    const std::string  x = reader.text("x", 64);
    if (const auto finished = reader.finish(); !finished) return refuse(finished.error().detail);
    if (type != "OKP" || curve != "Ed25519") return refuse("jwk: not an Ed25519 key");
    const auto bytes = base::from_base64url(x);
    if (!bytes || bytes->size() != 32) return refuse("jwk.x: not 32 bytes");
    if (crypto_core_ed25519_is_valid_point(raw(bytes->data())) != 1)
        return refuse("jwk.x: not a point of the main subgroup");
    PublicKey key;
    std::copy(bytes->begin(), bytes->end(), key.bytes.begin());
    return key;
}

base::KeyId key_id(const PublicKey& key) {
    const std::string canonical = R"({"crv":"Ed25519","kty":"OKP","x":")" + x_of(key) + "\"}";
    return base::KeyId(base::to_base64url(base::sha256(base::as_bytes(canonical))));
}

SecretKey SecretKey::make(base::Random& random) {
    std::array<std::byte, 32> seed;
    random.fill(seed);
    auto key = from_seed(seed);
    sodium_memzero(seed.data(), seed.size());
    SHENBAO_CHECK(key.has_value());
    return *key;
}

base::Result<SecretKey> SecretKey::from_seed(base::ByteView seed) {
    if (seed.size() != crypto_sign_SEEDBYTES)
        return base::fail(base::Outcome::bad_payload, "a seed is 32 bytes");
    SecretKey key;
    crypto_sign_seed_keypair(raw(key.m_public.bytes.data()), raw(key.m_expanded.data()),
                             raw(seed.data()));
    key.m_id = key_id(key.m_public);
    return key;
}

SecretKey::~SecretKey() { sodium_memzero(m_expanded.data(), m_expanded.size()); }

base::Bytes SecretKey::seed() const {
    return base::Bytes(m_expanded.begin(), m_expanded.begin() + 32);
}

std::string sign_bytes(const SecretKey& key, std::string_view message) {
    std::array<std::byte, 64> signature;
    crypto_sign_detached(raw(signature.data()), nullptr,
                         reinterpret_cast<const unsigned char*>(message.data()), message.size(),
                         raw(key.m_expanded.data()));
    return base::to_base64url(signature);
}

bool signature_holds(const PublicKey& key, std::string_view message, base::ByteView signature) {
    return signature.size() == crypto_sign_BYTES &&
           crypto_sign_verify_detached(raw(signature.data()),
                                       reinterpret_cast<const unsigned char*>(message.data()),
                                       message.size(), raw(key.bytes.data())) == 0;
}

base::EnvelopeId make_envelope_id(base::Time now, base::Random& random) {
    std::array<std::byte, 16> bytes;
    random.fill(bytes);
    const std::int64_t milliseconds = now.microseconds / 1000;
    for (std::size_t i = 0; i < 6; ++i)
        bytes[i] = static_cast<std::byte>(milliseconds >> (8 * (5 - i)) & 0xff);
    bytes[6] = (bytes[6] & std::byte{0x0f}) | std::byte{0x70};
    bytes[8] = (bytes[8] & std::byte{0x3f}) | std::byte{0x80};
    std::string text = base::to_hex(bytes);
    for (const std::size_t at : {8u, 13u, 18u, 23u}) text.insert(at, "-");
    return base::EnvelopeId(std::move(text));
}

} // namespace envelope
