// Where widgets stand. Layouts are objects: what is drawn while one lives stands in it.
//
//   widgets::Columns columns({widgets::share(1), widgets::fixed(330)});
//   columns.next();
//   {
//       widgets::Card card("due", {.title = "春季申报"});
//       widgets::text("…");
//   }
//   columns.next();
//   …
//
// Heights are found out by drawing; a frame whose heights differ from those of the frame before is
// laid out again before anyone sees it.
#pragma once

#include "client/widgets/inside.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace widgets {

// Ids within are unique only within: for the rows of a list or the same part twice.
class Scope {
public:
    explicit Scope(std::string_view id);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
};

// Empty height in a column, empty width in a line.
void gap(float size = space::grid);

// Width of one column: a share of what is left, or fixed.
struct Track {
    float fixed = 0, share = 0;
};
constexpr Track share(float part) { return {0, part}; }
constexpr Track fixed(float width) { return {width, 0}; }

struct ColumnsLook {
    float gap = space::gap;
    float stack_below = 720; // Narrower than this, the columns stand one under the other.
    float column_min = 0; // Not 0: instead, as many columns in a row as have this width, all alike.
};

class Columns {
public:
    explicit Columns(std::vector<Track> tracks, ColumnsLook look = {});
    ~Columns();
    Columns(const Columns&) = delete;
    Columns& operator=(const Columns&) = delete;

    void next(); // Before each column, also the first. More calls than tracks begin a new row.
    bool stacked() const { return m_stacked; }

private:
    void end_column();
    void end_row();

    std::vector<Track> m_tracks;
    ColumnsLook m_look;
    std::uint64_t m_key;
    Rect m_bounds;
    int m_per_row; // Columns in a row.
    float m_row_top, m_row_bottom, m_natural_bottom;
    int m_column = -1, m_row = 0;
    bool m_stacked;
};

// The height that a row of Columns had: a card with Height::fill takes it. 0 outside of Columns.
float row_height();

enum class Side : std::uint8_t { left, right, centre };
// first_line: beside text of several lines, what stands before it keeps to its first line.
enum class Upright : std::uint8_t { middle, first_line };

struct LineLook {
    float gap = 8;
    Side side = Side::left;
    bool wraps = true; // Goes on below when the width is used up.
    Upright upright = Upright::middle;
};

// One after another from left to right.
class Line {
public:
    explicit Line(LineLook look = {});
    ~Line();
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;

    void push_right(); // What follows stands at the right end of the row.

private:
    void remember_group();

    std::uint64_t m_key;
    Rect m_bounds;
    int m_group = 0;
    Side m_side;
};

// One under another with a gap of its own.
class Stack {
public:
    explicit Stack(float gap);
    ~Stack();
    Stack(const Stack&) = delete;
    Stack& operator=(const Stack&) = delete;

private:
    Rect m_bounds;
};

enum class Height : std::uint8_t {
    natural,
    fill
}; // fill: as high as the row of Columns it stands in.

struct CardLook {
    std::string_view title = {}; // A heading of level 2; also the name of the region. May be empty.
    std::string_view name = {};  // Of the region when there is no title.
    Height height = Height::natural;
    float padding_x = space::card_x, padding_y = space::card_y;
    Colour ground = colour::card;
};

// A white sheet with rounded corners, a region for those who do not see it.
class Card {
public:
    explicit Card(std::string_view id, CardLook look = {});
    ~Card();
    Card(const Card&) = delete;
    Card& operator=(const Card&) = delete;

private:
    std::uint64_t m_key;
    Rect m_rect;
    CardLook m_look;
};

struct ScrollLook {
    std::string_view name = {}; // What it holds, for those who do not see it.
    float padding_x = 0, padding_y = 0;
    float content_width = 0; // Wider than the area: it also scrolls sideways. 0: as the area.
};

// A part of the window that scrolls natively: wheel, touch, keyboard, screen reader, find-in-page
// and focus all move it, and the picture follows.
class Scroll {
public:
    Scroll(std::string_view id, const Rect& rect, ScrollLook look = {});
    ~Scroll();
    Scroll(const Scroll&) = delete;
    Scroll& operator=(const Scroll&) = delete;

    Handle handle() const { return m_handle; }

private:
    std::uint64_t m_key;
    Rect m_rect;
    ScrollLook m_look;
    Handle m_handle;
    float m_scroll_y;
};

} // namespace widgets
