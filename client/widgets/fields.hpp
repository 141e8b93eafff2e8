// What one fills in. Each field is a real <input>, <textarea> or <select> laid exactly over its
// picture: while it has the focus the real one is seen and owns the edit, so input methods, the
// clipboard and undo are the browser's; at all other times the picture is drawn here.
//
// The text belongs to the caller. It is written at every `input` event, also while an input method
// is composing; the real field is never touched during composition.
#pragma once

#include "client/widgets/inside.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace widgets {

enum class Entry : std::uint8_t {
    text,
    digits,
    telephone
}; // Which keys a phone offers; nothing is refused.
enum class Need : std::uint8_t { optional, required };
enum class Shape : std::uint8_t {
    box,   // On a card: a frame all around, the label above.
    blank, // On the paper: underlined, its text in the sans face, so that one sees what was filled
           // in.
    cell,  // In a table: a frame only under the pointer and the focus.
};

struct FieldLook {
    std::string_view label = {};     // Drawn above a box; of other shapes only read out.
    std::string_view hint = {};      // Below a box, in small type; read out after the label.
    std::string_view error = {};     // In place of the hint, in red; the field is marked.
    std::string_view attention = {}; // Likewise, in yellow: something to explain, not to correct.
    std::string_view placeholder = {};
    std::string_view locked_because =
        {}; // Not empty: cannot be edited, and this sentence says why.
    Shape shape = Shape::box;
    Entry entry = Entry::text;
    Need need = Need::optional;
    float width = 0; // 0: as wide as its column, in a line 240.
    int size = type_size::body;
    int max_length = 0;       // In UTF-16 units, as the browser counts; 0: no limit.
    bool right = false;       // Figures: aligned to the right.
    bool centre = false;      // In the middle, as on the paper.
    bool takes_focus = false; // When it first appears.
    bool takes_cells = false; // Cells pasted from a spreadsheet come as `pasted`.
    bool in_table = false;    // Cells lie above and below: the keys of Move are told, not acted upon.
};

// Where a key in a table's field leads; what lies there is the caller's to know.
enum class Move : std::uint8_t { none, enter, up, down, copy_above };

struct Edited {
    bool changed = false;                                      // The text is another than before.
    bool entered = false;                                      // Enter.
    bool left = false;                                         // The focus went elsewhere.
    semantics::Composing composing = semantics::Composing::no; // An input method is still at it.
    Move move = Move::none;                                    // Only of fields in a table.
    const std::string* pasted = nullptr; // Cells with tabs and line feeds, until the frame ends.

    explicit operator bool() const { return changed; }
};

Edited text_field(std::string_view id, std::string& value, FieldLook look = {});

// Grows with its text; at least `rows` lines high.
Edited text_area(std::string_view id, std::string& value, int rows, FieldLook look = {});

// chosen: -1 for none. Returns true when another one was chosen.
bool select(std::string_view id, std::span<const std::string> options, int& chosen,
            FieldLook look = {});

struct Suggestion {
    std::string id; // Unique in the list: a press means the one that was seen, wherever it is now.
    std::string title;
    std::string detail; // In small type behind the title.
};

// A field with a list below it that follows what is typed; arrows, Enter and Escape work in it.
// Returns the place of the suggestion that was chosen; the caller then sets the text. `edited`
// tells when to make new suggestions. In a table the list opens by typing or a click alone, so that
// arrows lead through the rows.
struct Searched {
    Edited edited;
    std::optional<int> chosen;
};
Searched search_box(std::string_view id, std::string& typed,
                    std::span<const Suggestion> suggestions, FieldLook look = {});

// The same in a given place: the blanks of the paper.
Edited field_at(std::string_view id, const Rect& rect, std::string& value, const FieldLook& look);
Searched search_at(std::string_view id, const Rect& rect, std::string& typed,
                   std::span<const Suggestion> suggestions, const FieldLook& look);
Edited select_at(std::string_view id, const Rect& rect, std::span<const std::string> options,
                 int& chosen, const FieldLook& look);

} // namespace widgets
