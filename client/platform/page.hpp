// The page one draws on: when to draw, how large it is, where the pointer is, and the mirror of
// real elements. There is no permanent loop: a frame is drawn after an event, an answer, a timer or
// request_frame(), and otherwise never.
#pragma once

#include "client/semantics/input.hpp"
#include "client/semantics/tree.hpp"

#include <string_view>

namespace platform {

enum class Pointing { fine, coarse }; // coarse: fingers; targets are at least 44 px high.

struct Viewport {
    float w = 0, h = 0; // CSS pixels.
    float density = 1;  // Device pixels to a CSS pixel: screen and zoom together.
    Pointing pointing = Pointing::fine;
};

struct Pointer {
    float x = -1, y = -1; // CSS pixels; negative when there is none over the page.
    bool down = false;
};

// Draws one frame soon. May be called at any time, also while drawing.
void request_frame();

// Widgets say so when something they remember (a height, a width) came out differently from what
// this frame was laid out with: the frame is laid out again at once and only the last one is shown.
void layout_changed();

Viewport viewport();
Pointer pointer();
semantics::Tree& mirror();
semantics::Input& input();

// Moves the focus to an element once this frame's mirror is up to date; text in it is selected.
void focus(semantics::Handle at);
// Takes the focus away from wherever it is on the page.
void blur();
// Scrolls a scroll area, or whatever areas lie around an element, likewise.
void scroll_to(semantics::Handle area, semantics::Scroll to);
void reveal(semantics::Handle at);

// Reads a sentence out to those who listen, when they are not being told something else.
void announce(std::string_view sentence);
void set_title(std::string_view title);

} // namespace platform
