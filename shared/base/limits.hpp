// Every limit of the program by name, with the relations that must hold between them. Bytes unless
// a name says otherwise.
#pragma once

#include <cstddef>
#include <cstdint>

namespace base::limits {

inline constexpr std::size_t payload_bytes_max = 64 * 1024; // protocol.md, "Keys and signatures".
inline constexpr std::size_t header_bytes_max  = 512;       // Encoded; a JWK header needs about 150.
// header "." payload "." signature, with base64url's 4 characters for 3 bytes.
inline constexpr std::size_t jws_bytes_max =
    header_bytes_max + 1 + (payload_bytes_max * 4 + 2) / 3 + 1 + 86;

inline constexpr std::size_t batch_lines_max = 500; // Lines of one POST /envelopes.
inline constexpr std::size_t batch_bytes_max = 4 * 1024 * 1024;
static_assert(jws_bytes_max < batch_bytes_max, "the largest legal line fits the largest request");

inline constexpr int         json_depth_max   = 32;
inline constexpr std::int64_t json_integer_max = 9007199254740991; // 2^53 - 1 (RFC 7493).

inline constexpr std::size_t text_field_bytes_max = 600;  // One typed value of a form, UTF-8.
inline constexpr std::size_t note_characters_min  = 4;    // An explanation to a warning.
inline constexpr std::size_t note_characters_max  = 500;
inline constexpr std::size_t reason_characters_max = 500; // Withdrawal, decision, extension.
inline constexpr std::size_t remarks_max          = 100;  // Of one decision.
inline constexpr std::size_t rows_max             = 300;  // Rows of one repeating table.
inline constexpr std::size_t attachments_max      = 20;
inline constexpr std::int64_t headcount_max       = 1000000;

inline constexpr std::size_t package_bytes_max = 1024 * 1024; // One notice package as JSON.
inline constexpr std::size_t csv_bytes_max     = 16 * 1024 * 1024;
inline constexpr std::size_t csv_columns_max   = 64;

inline constexpr std::int64_t anchor_age_max_us    = 5LL * 60 * 1000000;  // Of a session request.
inline constexpr std::int64_t session_lifetime_us  = 12LL * 3600 * 1000000;
inline constexpr std::int64_t code_lifetime_us     = 30LL * 86400 * 1000000;

} // namespace base::limits
