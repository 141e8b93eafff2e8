// Byte strings and their text forms: base64url without padding (RFC 4648 section 5, strict as RFC
// 7515 asks), lower-case hex, Crockford base32 for codes that people type, SHA-256, and wiping of
// secrets.
#pragma once

#include "shared/base/ids.hpp"
#include "shared/base/result.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace base {

using Bytes    = std::vector<std::byte>;
using ByteView = std::span<const std::byte>;

inline ByteView as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string to_base64url(ByteView bytes);

// Refuses padding, foreign characters, impossible lengths and non-zero spare bits with
// not_compact_jws: one byte string has exactly one text, so nobody can alter a text unseen.
Result<Bytes> from_base64url(std::string_view text);

std::string   to_hex(ByteView bytes);
Result<Bytes> from_hex(std::string_view text); // Lower case only; bad_payload otherwise.

// Upper-case Crockford base32 (no I L O U) of 5-bit groups, first bit first; a length that is not a
// multiple of 5 bits is filled with zeros.
std::string to_crockford(ByteView bytes);

// Takes what a person typed: any case, spaces and hyphens dropped, O read as 0, I and L as 1, full
// width as ASCII. Returns the canonical characters, or nothing when one is foreign.
std::string canonical_crockford(std::string_view typed);

Bytes     sha256(ByteView bytes);
Sha256Hex sha256_hex(std::string_view text);

} // namespace base
