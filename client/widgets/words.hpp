// Words: text, headings, badges, links between them and the small signs that say how something
// stands.
#pragma once

#include "client/widgets/inside.hpp"

#include <string_view>

namespace widgets {

enum class Weight : std::uint8_t { regular, bold };
enum class Wrapping : std::uint8_t {
    wrap,
    one_line
}; // one_line: shortened with …, whole as a tooltip.

struct TextLook {
    int size = type_size::body;
    Weight weight = Weight::regular;
    Colour colour = colour::text;
    Wrapping wrapping = Wrapping::wrap;
    Figures figures = Figures::natural;
    bool right = false;  // To the right end of its column.
    bool centre = false; // In the middle of its column.
};

inline constexpr TextLook second_text{type_size::small, Weight::regular, colour::second};
inline constexpr TextLook bold_text{type_size::body, Weight::bold};

// Text of one kind, over as many lines as it takes. In a Line it is one piece and does not break
// unless it is wider than the whole line.
void text(std::string_view words, TextLook look = {});

// level 1 is the page's, 2 a card's, 3 a part's within.
void heading(std::string_view words, int level);

// A large figure with its unit behind it, read as one.
void figure(std::string_view number, std::string_view unit);

// Read out when it changes ("已保存 16:20"); stays where it is drawn.
void status(std::string_view id, std::string_view words, TextLook look = {});

// Something the clerk must know now, read out at once. Drawn as a coloured strip with a sign before
// it.
enum class Tone : std::uint8_t { plain, done, attention, wrong, info, rehearsal };
void notice(std::string_view id, Tone tone, std::string_view words);

// A word on a coloured ground. Badges say by word, not only by colour.
void badge(std::string_view words, Tone tone);
// The same, rounded, as in the top bar; read out when it changes.
void pill(std::string_view id, std::string_view words, Tone tone);

Colour tone_colour(Tone tone);
Colour tone_ground(Tone tone);

// A sign before a line of a list; its meaning is said by `words` to those who do not see it.
enum class Sign : std::uint8_t { done, open, wrong, waiting };
void sign(Sign sign, std::string_view words);

// A thin line across the column.
void separator();

// 0-max; words are what is read ("还有 2 天 7 小时").
void progress_bar(std::string_view id, std::string_view name, int now, int max,
                  std::string_view words);
// Goes on, nobody knows how long: drawn still, said by its words.
void busy(std::string_view id, std::string_view words);

// In the middle of an otherwise empty place: what will be here and how to begin.
void empty_state(std::string_view title, std::string_view words);

} // namespace widgets
