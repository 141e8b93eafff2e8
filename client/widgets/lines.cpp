#include "client/widgets/lines.hpp"

#include "shared/base/text.hpp"

#include <algorithm>

namespace widgets {

namespace {

bool is_in(char32_t c, std::u32string_view set) { return set.find(c) != std::u32string_view::npos; }

bool never_first(char32_t c) {
    return is_in(c, U"，。、；：？！）》」』】〕〉］｝”’％‰℃…—～·・,.;:?!)]}%°々〻ー");
}

bool never_last(char32_t c) { return is_in(c, U"（《「『【〔〈［｛“‘￥$([{#№"); }

bool is_ideographic(char32_t c) {
    return (c >= 0x2E80 && c <= 0x9FFF) || (c >= 0xAC00 && c <= 0xD7AF) ||
           (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE4F) ||
           (c >= 0xFF00 && c <= 0xFFEF) || (c >= 0x20000 && c <= 0x3FFFF) ||
           (c >= 0x2460 && c <= 0x24FF) || c == 0x3000;
}

} // namespace

bool may_break_between(char32_t before, char32_t after) {
    if (before == ' ') return after != ' ';
    if (after == ' ') return false; // It hangs at the end of the line before.
    if (never_first(after) || never_last(before)) return false;
    if (before == U'…' && after == U'…') return false;
    if (is_ideographic(before) || is_ideographic(after)) return true;
    if (is_in(before, U"，。、；：？！）》」』】〕…—·")) return true;
    return before == '-' || before == '/';
}

bool cannot_begin_line(std::string_view text) {
    if (text.empty()) return false;
    std::size_t at = 0;
    return never_first(base::next_code_point(text, at));
}

std::vector<TextLine> break_lines(std::string_view text, float first_width, float width,
                                  const Measure& measure) {
    std::vector<TextLine> lines;
    float room = first_width;
    std::size_t start = 0;
    auto end_line = [&](std::size_t to, std::size_t next) {
        std::size_t end = to;
        while (end > start && text[end - 1] == ' ') --end;
        lines.push_back({start, end, measure(text.substr(start, end - start))});
        start = next;
        room = width;
    };

    std::size_t at = 0, last_break = 0;
    float used = 0;
    char32_t before = 0;
    while (at < text.size()) {
        const std::size_t here = at;
        const char32_t c = base::next_code_point(text, at);
        if (c == '\n') {
            end_line(here, at);
            used = 0, before = 0, last_break = at;
            continue;
        }
        if (before != 0 && may_break_between(before, c)) last_break = here;
        const float wide = measure(text.substr(here, at - here));
        if (used + wide > room + 0.01f && c != ' ' && (here > start || room < width)) {
            // At the last place that allows it; a word longer than a whole line is cut where it
            // must.
            const bool has_break = last_break > start || (room < width && last_break == start);
            const std::size_t cut = has_break ? last_break : (room < width ? start : here);
            end_line(cut, cut);
            last_break = cut;
            used = measure(text.substr(cut, here - cut));
        }
        used += wide;
        before = c;
    }
    end_line(text.size(), text.size());
    return lines;
}

} // namespace widgets
