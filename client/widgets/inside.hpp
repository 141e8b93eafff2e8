// What widgets are made of: where the next one stands, what is drawn, what is remembered from frame
// to frame. Screens use the other headers of this folder; this one is for new widgets.
//
// All places are CSS pixels from the window's upper left.
#pragma once

#include "client/platform/glyphs.hpp"
#include "client/platform/page.hpp"
#include "client/widgets/theme.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace widgets {

using semantics::Handle;
using semantics::Rect;

// --- drawing, into the layer that is open

void fill(const Rect& rect, Colour colour, float radius = 0, float opacity = 1);
void frame(const Rect& rect, Colour colour, float thickness = 1,
           float radius = 0); // Inside the rect.
void shadow(const Rect& rect, float radius, float depth);
void tick(float x, float y, float size, Colour colour, float thickness); // ✓ within a square.
void triangle_down(float x, float y, float w, Colour colour);
void ring(const Rect& rect, float radius); // The focus, 2 px, outside.

enum class Figures : std::uint8_t { natural, tabular };

struct Type {
    platform::Face face = platform::Face::sans;
    int size = type_size::body;
    Figures figures = Figures::natural;
};

float text_width(const Type& type, std::string_view text);
// Draws one line; x is its left end, y the base line.
void draw_text(const Type& type, Colour colour, float x, float y, std::string_view text);
// Base line of a line of text that stands in a box from `top` with this height, as browsers place
// it.
float base_line(const Type& type, float top, float height);
// The text, or its beginning with … so that it is not wider than width.
std::string shortened(const Type& type, std::string_view text, float width);

class Clip {
public:
    explicit Clip(const Rect& rect); // Within what is already clipped.
    ~Clip();
    Clip(const Clip&) = delete;
    Clip& operator=(const Clip&) = delete;
};
Rect clip_rect();
bool can_be_seen(const Rect& rect);

// page < dialog < floating; each is drawn over the ones before.
enum class Layer : std::uint8_t { page, dialog, floating };
class OnLayer {
public:
    explicit OnLayer(Layer layer);
    ~OnLayer();
    OnLayer(const OnLayer&) = delete;
    OnLayer& operator=(const OnLayer&) = delete;

private:
    Layer m_before;
};

// The pointer is over the rectangle and nothing lies between.
bool hovered(const Rect& rect);
bool pressed(const Rect& rect);
// What lies above from the next frame on: the page below is not hovered there.
void covers(const Rect& rect, Layer layer);

// --- places

// One column or one line of widgets. next_place() hands out where the next widget stands.
struct Area {
    enum class Kind : std::uint8_t { column, line } kind = Kind::column;
    Rect bounds;        // h is unused: areas grow downwards.
    float x = 0, y = 0; // Where the next one stands.
    float gap = 0;
    float bottom = 0;         // Lowest edge so far.
    float natural_bottom = 0; // The same without what was stretched to fill its row.
    bool empty = true;
    // Of a line:
    float row_height = 0; // Of the row that is being filled.
    float right_edge = 0; // Rightmost edge so far.
    float run_width = 0;  // Of all so far, as if they stood in one row.
    int row = 0;
    std::vector<float>* row_heights = nullptr; // As remembered.
    bool wraps = false;
    bool middle = true; // Else all keep to the row's first line of text.
    // Ids that layouts get by their place.
    int children = 0;
    std::uint64_t key = 0;
};

Area& area();
void push_area(Area area);
Area pop_area();
// Width that the next widget may take.
float width_left();
Rect next_place(float w, float h);
// For lines: ends the row that is being filled, and remembers how high it became.
void begin_next_row(Area& line);
void remember_row(const Area& line);
// The key under which a layout that has no id of its own remembers.
std::uint64_t next_key();

// A number that is remembered under a key from frame to frame; 0 at first. Setting another value
// lays the frame out again.
float remembered(std::uint64_t key, int slot);
void remember(std::uint64_t key, int slot, float value);
std::vector<float>& remembered_list(std::uint64_t key);

// Runs what a widget must keep as long as it is on the page.
struct Kept {
    int highlighted = 0;
    bool open = false;
    bool was_focused = false;
};
Kept& kept(Handle handle);

// --- the frame. The application calls begin_frame first and end_frame last, through Frame below.
class Frame {
public:
    Frame();
    ~Frame();
    Frame(const Frame&) = delete;
    Frame& operator=(const Frame&) = delete;
};

} // namespace widgets
