// UTF-8 text: checking, walking, and the narrowing that makes what people paste comparable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace base {

// True for well-formed UTF-8 (RFC 3629): no overlong form, no surrogate, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

// The code point at `at` and moves `at` behind it. Requires well-formed text and at < text.size().
char32_t next_code_point(std::string_view text, std::size_t& at);

void append_utf8(std::string& text, char32_t code_point);

// Number of code points of well-formed text.
std::size_t character_count(std::string_view text);

// Full-width ASCII (U+FF01-FF5E) and the ideographic space become ASCII; CJK radicals that look
// like 高, 人, 工 (U+2EA0-2FD5, as PDF extraction leaves them) become the ideographs. Nothing else
// changes.
std::string narrow(std::string_view text);

// Without white space (ASCII, U+3000, U+00A0, zero-width) at both ends.
std::string_view trim(std::string_view text);

// Without any white space at all.
std::string without_spaces(std::string_view text);

// True when every blank-separated part of what was typed stands in the text; full width is as
// half, capital Latin letters are as small ones. Always, when nothing was typed.
bool has_parts(std::string_view text, std::string_view typed);

// The lines of a text without their ends (LF or CRLF). An end at the end of the text begins no
// further line.
std::vector<std::string> lines_of(std::string_view text);

// "1234567" -> "1,234,567": for screens only, never for files.
std::string grouped(std::int64_t number);

// Escapes & < > " ' for HTML text and attribute values.
std::string html_escaped(std::string_view text);

} // namespace base
