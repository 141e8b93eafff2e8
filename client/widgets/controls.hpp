// What one presses: buttons, links, checkboxes, tabs. Each returns true in the one frame in which
// it was activated, by whatever means (pointer, Enter, Space, assistive technology).
//
// Ids are unique among their siblings and stay the same from frame to frame: the focus follows
// them.
#pragma once

#include "client/widgets/inside.hpp"
#include "client/widgets/words.hpp"

#include <span>
#include <string_view>

namespace widgets {

// primary: the one thing to do here. danger: cannot be undone.
enum class ButtonKind : std::uint8_t { primary, secondary, danger, quiet };
enum class ButtonSize : std::uint8_t { normal, large, small };
enum class Width : std::uint8_t { natural, fill };

struct ButtonLook {
    ButtonKind kind = ButtonKind::secondary;
    ButtonSize size = ButtonSize::normal;
    Width width = Width::natural;
    std::string_view off_because =
        {}; // Not empty: it cannot be pressed, and this sentence says why.
    std::string_view name =
        {}; // What is read out when the label alone is not enough ("删除 Web前端开发").
};

bool button(std::string_view id, std::string_view label, ButtonLook look = {});

inline constexpr ButtonLook primary_button{.kind = ButtonKind::primary};
inline constexpr ButtonLook quiet_button{.kind = ButtonKind::quiet};

struct LinkLook {
    int size = type_size::body;
    std::string_view name = {}; // As for buttons.
    Colour colour = colour::action;
    Wrapping wrapping = Wrapping::one_line; // wrap: a whole sentence that leads somewhere.
};
bool link(std::string_view id, std::string_view label, LinkLook look = {});

// Turns `checked` over and returns true when pressed. `name`: what is read out, where the label
// alone is not enough or there is none.
bool checkbox(std::string_view id, std::string_view label, bool& checked,
              std::string_view name = {});

// One of several; returns true when another one was chosen and stores its place.
bool radios(std::string_view id, std::string_view name, std::span<const std::string_view> labels,
            int& chosen);

// Parts of one page. Arrow keys move between them. Returns true when another one was chosen.
bool tabs(std::string_view id, std::string_view name, std::span<const std::string_view> labels,
          int& chosen);

// Keys of the whole page, while this is drawn (semantics::key; they count but in fields and
// dialogs). Returns the one that was pressed; 0: none.
std::uint32_t page_keys(std::string_view id, std::uint32_t keys);

} // namespace widgets
