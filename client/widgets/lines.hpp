// Breaks text into lines by the rules of Chinese typesetting (禁则): a closing mark or 、，。 never
// begins a line, an opening mark never ends one, words and numbers of other scripts stay whole
// unless they are longer than a line.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>
#include <vector>

namespace widgets {

struct TextLine {
    std::size_t from = 0, to = 0; // Bytes of the text; spaces at a broken end are left out.
    float width = 0;
};

// Width of a piece of the text.
using Measure = std::function<float(std::string_view)>;

// Line feeds always break. first_width is what is left on the first line, width on all others.
std::vector<TextLine> break_lines(std::string_view text, float first_width, float width,
                                  const Measure& measure);

// True when a line may end between the two code points.
bool may_break_between(char32_t before, char32_t after);

// True when nothing of `text` may stand at the beginning of a line after something that is not text
// (a blank on the paper): its first character is a closing mark or a comma.
bool cannot_begin_line(std::string_view text);

} // namespace widgets
