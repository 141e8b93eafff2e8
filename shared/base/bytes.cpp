#include "shared/base/bytes.hpp"

#include "shared/base/text.hpp"

#include <sodium.h>

namespace base {
namespace {

constexpr std::string_view base64url_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view hex_alphabet       = "0123456789abcdef";
constexpr std::string_view crockford_alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

struct ReverseTable {
    signed char value[256];
};

constexpr ReverseTable reverse_of(std::string_view alphabet) {
    ReverseTable table{};
    for (signed char& value : table.value) value = -1;
    for (std::size_t i = 0; i < alphabet.size(); ++i)
        table.value[static_cast<unsigned char>(alphabet[i])] = static_cast<signed char>(i);
    return table;
}

constexpr ReverseTable base64url_values = reverse_of(base64url_alphabet);

} // namespace

std::string to_base64url(ByteView bytes) {
    std::string text;
    text.reserve((bytes.size() * 4 + 2) / 3);
    unsigned held = 0;
    int      held_bits = 0;
    for (const std::byte byte : bytes) {
        held = (held << 8 | std::to_integer<unsigned>(byte)) & 0xffff;
        for (held_bits += 8; held_bits >= 6; held_bits -= 6)
            text += base64url_alphabet[held >> (held_bits - 6) & 63];
    }
    if (held_bits > 0) text += base64url_alphabet[held << (6 - held_bits) & 63];
    return text;
}

Result<Bytes> from_base64url(std::string_view text) {
    Bytes bytes;
    bytes.reserve(text.size() * 3 / 4);
    unsigned held = 0;
    int      held_bits = 0;
    for (const char c : text) {
        const int value = base64url_values.value[static_cast<unsigned char>(c)];
        if (value < 0) return fail(Outcome::not_compact_jws, "not base64url");
        held = (held << 6 | unsigned(value)) & 0xffff;
        held_bits += 6;
        if (held_bits >= 8) {
            held_bits -= 8;
            bytes.push_back(static_cast<std::byte>(held >> held_bits & 0xff));
        }
    }
    if (held_bits == 6) return fail(Outcome::not_compact_jws, "base64url of impossible length");
    if ((held & ((1u << held_bits) - 1)) != 0)
        return fail(Outcome::not_compact_jws, "base64url with spare bits set");
    return bytes;
}

std::string to_hex(ByteView bytes) {
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const std::byte byte : bytes) {
        text += hex_alphabet[std::to_integer<unsigned>(byte) >> 4];
        text += hex_alphabet[std::to_integer<unsigned>(byte) & 15];
    }
    return text;
}

Result<Bytes> from_hex(std::string_view text) {
    if (text.size() % 2 != 0) return fail(Outcome::bad_payload, "hex of odd length");
    Bytes bytes;
    bytes.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const std::size_t high = hex_alphabet.find(text[i]), low = hex_alphabet.find(text[i + 1]);
        if (high == std::string_view::npos || low == std::string_view::npos)
            return fail(Outcome::bad_payload, "not lower-case hex");
        bytes.push_back(static_cast<std::byte>(high << 4 | low));
    }
    return bytes;
}

std::string to_crockford(ByteView bytes) {
    std::string text;
    unsigned    held = 0;
    int         held_bits = 0;
    for (const std::byte byte : bytes) {
        held = (held << 8 | std::to_integer<unsigned>(byte)) & 0xffff;
        for (held_bits += 8; held_bits >= 5; held_bits -= 5)
            text += crockford_alphabet[held >> (held_bits - 5) & 31];
    }
    if (held_bits > 0) text += crockford_alphabet[held << (5 - held_bits) & 31];
    return text;
}

std::string canonical_crockford(std::string_view typed) {
    std::string canonical;
    for (char c : narrow(typed)) {
        if (c == '-' || c == ' ' || c == '\t') continue;
        if (c >= 'a' && c <= 'z') c = char(c - 'a' + 'A');
        if (c == 'O') c = '0';
        if (c == 'I' || c == 'L') c = '1';
        if (crockford_alphabet.find(c) == std::string_view::npos) return {};
        canonical += c;
    }
    return canonical;
}

Bytes sha256(ByteView bytes) {
    Bytes digest(crypto_hash_sha256_BYTES);
    crypto_hash_sha256(reinterpret_cast<unsigned char*>(digest.data()),
                       reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
    return digest;
}

Sha256Hex sha256_hex(std::string_view text) { return Sha256Hex(to_hex(sha256(as_bytes(text)))); }

} // namespace base
