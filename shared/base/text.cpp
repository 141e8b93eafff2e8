#include "shared/base/text.hpp"

#include "shared/base/check.hpp"

#include <algorithm>

namespace base {
namespace {

struct Lookalike {
    char32_t radical, ideograph;
};

// Kangxi radicals seen in text that was copied out of PDF files of the field; the rest of the block
// stays as it is, because guessing would change words.
constexpr Lookalike lookalikes[] = {
    {U'⼀', U'一'}, {U'⼆', U'二'}, {U'⼈', U'人'}, {U'⼊', U'入'}, {U'⼋', U'八'}, {U'⼒', U'力'},
    {U'⼗', U'十'}, {U'⼝', U'口'}, {U'⼟', U'土'}, {U'⼠', U'士'}, {U'⼤', U'大'}, {U'⼥', U'女'},
    {U'⼦', U'子'}, {U'⼩', U'小'}, {U'⼭', U'山'}, {U'⼯', U'工'}, {U'⼰', U'己'}, {U'⼲', U'干'},
    {U'⼼', U'心'}, {U'⼿', U'手'}, {U'⽂', U'文'}, {U'⽅', U'方'}, {U'⽇', U'日'}, {U'⽉', U'月'},
    {U'⽊', U'木'}, {U'⽔', U'水'}, {U'⽕', U'火'}, {U'⽣', U'生'}, {U'⽤', U'用'}, {U'⽬', U'目'},
    {U'⽯', U'石'}, {U'⽴', U'立'}, {U'⽹', U'网'}, {U'⾃', U'自'}, {U'⾏', U'行'}, {U'⾐', U'衣'},
    {U'⾔', U'言'}, {U'⾞', U'车'}, {U'⾦', U'金'}, {U'⻓', U'长'}, {U'⻔', U'门'}, {U'⾯', U'面'},
    {U'⾷', U'食'}, {U'⻢', U'马'}, {U'⾼', U'高'}, {U'⻛', U'风'}, {U'⻋', U'车'}, {U'⻅', U'见'},
};

bool is_white(char32_t c) {
    return c == U' ' || (c >= 9 && c <= 13) || c == 0x00A0 || c == 0x3000 || c == 0x200B ||
           c == 0x200C || c == 0x200D || c == 0xFEFF || (c >= 0x2000 && c <= 0x200A);
}

// Length of the well-formed sequence at `at`, or 0.
std::size_t sequence_length(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
    };
    const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0) == 0x80; };
    const unsigned first = byte(at), second = byte(at + 1);
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF) return follows(at + 1) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        if (!follows(at + 1) || !follows(at + 2)) return 0;
        if (first == 0xE0 && second < 0xA0) return 0;
        if (first == 0xED && second > 0x9F) return 0;
        return 3;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        if (!follows(at + 1) || !follows(at + 2) || !follows(at + 3)) return 0;
        if (first == 0xF0 && second < 0x90) return 0;
        if (first == 0xF4 && second > 0x8F) return 0;
        return 4;
    }
    return 0;
}

} // namespace

bool is_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = sequence_length(text, at);
        if (length == 0) return false;
        at += length;
    }
    return true;
}

char32_t next_code_point(std::string_view text, std::size_t& at) {
    SHENBAO_CHECK(at < text.size());
    const std::size_t length = sequence_length(text, at);
    SHENBAO_CHECK(length != 0);
    static constexpr unsigned first_mask[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    char32_t code_point = static_cast<unsigned char>(text[at]) & first_mask[length];
    for (std::size_t i = 1; i < length; ++i)
        code_point = code_point << 6 | (static_cast<unsigned char>(text[at + i]) & 0x3F);
    at += length;
    return code_point;
}

void append_utf8(std::string& text, char32_t c) {
    const auto put = [&](char32_t byte) { text += static_cast<char>(byte); };
    if (c < 0x80) {
        put(c);
    } else if (c < 0x800) {
        put(0xC0 | c >> 6), put(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        put(0xE0 | c >> 12), put(0x80 | (c >> 6 & 0x3F)), put(0x80 | (c & 0x3F));
    } else {
        put(0xF0 | c >> 18), put(0x80 | (c >> 12 & 0x3F));
        put(0x80 | (c >> 6 & 0x3F)), put(0x80 | (c & 0x3F));
    }
}

std::size_t character_count(std::string_view text) {
    std::size_t count = 0;
    for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    return count;
}

std::string narrow(std::string_view text) {
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        char32_t c = next_code_point(text, at);
        if (c >= 0xFF01 && c <= 0xFF5E) c -= 0xFEE0;
        else if (c == 0x3000 || c == 0x00A0) c = U' ';
        else
            for (const Lookalike& pair : lookalikes)
                if (c == pair.radical) c = pair.ideograph;
        append_utf8(result, c);
    }
    return result;
}

std::string_view trim(std::string_view text) {
    std::size_t begin = text.size(), end = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t start = at;
        if (is_white(next_code_point(text, at))) continue;
        if (begin > start) begin = start;
        end = at;
    }
    return begin >= end ? std::string_view() : text.substr(begin, end - begin);
}

std::string without_spaces(std::string_view text) {
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t start = at;
        if (!is_white(next_code_point(text, at))) result.append(text.substr(start, at - start));
    }
    return result;
}

bool has_parts(std::string_view text, std::string_view typed) {
    const auto plain = [](std::string_view words) {
        std::string lower = narrow(words);
        for (char& c : lower)
            if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
        return lower;
    };
    const std::string within = plain(text), parts = plain(typed);
    for (std::size_t at = 0; at < parts.size();) {
        const std::size_t end = std::min(parts.find_first_of(" \t", at), parts.size());
        if (within.find(parts.data() + at, 0, end - at) == within.npos) return false;
        at = end + 1;
    }
    return true;
}

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        std::string_view  line = text.substr(0, end);
        if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
        lines.emplace_back(line);
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
    return lines;
}

std::string grouped(std::int64_t number) {
    std::string digits = std::to_string(number);
    const std::size_t first = digits[0] == '-' ? 1 : 0;
    for (std::size_t at = digits.size(); at > first + 3;) digits.insert(at -= 3, ",");
    return digits;
}

std::string html_escaped(std::string_view text) {
    std::string result;
    result.reserve(text.size() + text.size() / 8);
    for (const char c : text) {
        switch (c) {
        case '&': result += "&amp;"; break;
        case '<': result += "&lt;"; break;
        case '>': result += "&gt;"; break;
        case '"': result += "&quot;"; break;
        case '\'': result += "&#39;"; break;
        default: result += c;
        }
    }
    return result;
}

} // namespace base
