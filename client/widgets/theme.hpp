// Colours, type and spacing: the one place where they are named. Text has a contrast of at
// least 4.5:1 on the grounds it is used on, and colour is never the only sign.
#pragma once

#include <cstdint>

namespace widgets {

using Colour = std::uint32_t; // 0xRRGGBB

namespace colour {
inline constexpr Colour ground = 0xEEF1F4;
inline constexpr Colour rail = 0xF8FAFC;
inline constexpr Colour card = 0xFFFFFF;
inline constexpr Colour line = 0xD9DFE6;
inline constexpr Colour hair = 0xE6EAEE; // Between the rows of a table.
inline constexpr Colour text = 0x1D2733;
inline constexpr Colour second = 0x667380;        // Second text on a card.
inline constexpr Colour second_ground = 0x5C6874; // Second text on the ground and the rail.
inline constexpr Colour action = 0x1B5FAE;
inline constexpr Colour action_hover = 0x174F92;
inline constexpr Colour action_pressed = 0x123F75;
inline constexpr Colour action_off = 0x9FB3CC;
inline constexpr Colour action_soft = 0xF0F5FB; // A secondary button under the pointer.
inline constexpr Colour chosen = 0xE1ECF7;
inline constexpr Colour chosen_text = 0x17477F;
inline constexpr Colour hover = 0xEEF3F8;
inline constexpr Colour blank = 0xF2F6FA; // An empty place on the paper.
inline constexpr Colour done = 0x1E6B2F;
inline constexpr Colour done_ground = 0xE3F3E6;
inline constexpr Colour attention = 0x8A5A00;
inline constexpr Colour attention_ground = 0xFFF4DC;
inline constexpr Colour wrong = 0xA1261B;
inline constexpr Colour wrong_ground = 0xFDE7E4;
inline constexpr Colour wrong_strong =
    0xC62828; // A count that waits for the clerk; white text on it.
inline constexpr Colour rehearsal = 0x5E35B1;
inline constexpr Colour rehearsal_ground = 0xEDE7F6;
inline constexpr Colour count = 0x66778C; // A count that only informs; white text on it.
inline constexpr Colour bar = 0x3F7FBF;   // A bar in a table.
inline constexpr Colour bar_ground = 0xE3E8ED;
inline constexpr Colour white = 0xFFFFFF;
} // namespace colour

namespace type_size {
inline constexpr int least = 11; // Only of what would not fit otherwise.
inline constexpr int small = 13;
inline constexpr int body = 15;
inline constexpr int card = 17;
inline constexpr int page = 20;
inline constexpr int figure = 28;
inline constexpr int paper = 17;
inline constexpr int paper_title = 25;
} // namespace type_size

namespace space {
inline constexpr float grid = 8;
inline constexpr float page_x = 28;
inline constexpr float page_y = 22;
inline constexpr float page_phone = 12;
inline constexpr float card_x = 22;
inline constexpr float card_y = 20;
inline constexpr float gap = 16;   // Between cards.
inline constexpr float radius = 8; // Of cards.
inline constexpr float radius_button = 6;
inline constexpr float top_bar = 48;
inline constexpr float rail = 196;
// Below this width the rail folds into a menu and columns stand one under the other.
inline constexpr float phone_below = 820;
} // namespace space

// Line height of a type size, CSS pixels.
constexpr int line_height(int size) {
    return size <= 13 ? 20 : size <= 15 ? 24 : size <= 17 ? 28 : size <= 20 ? 30 : size + 10;
}

// Height of what a finger or a pointer must hit.
float target_height();

} // namespace widgets
