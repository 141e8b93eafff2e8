// What the screen means. Every widget tells the Tree its role, name, value and state while it draws
// itself; the page mirrors the Tree to real elements laid over the picture (web/mirror.js), which
// screen readers, Tab, find-in-page and the tests use. The elements are also what a pointer hits: a
// widget is activated only by its element (input.hpp), so that there is one way for mouse, touch,
// keyboard and assistive technology.
//
// Order in the Tree is reading order. The Tree is built anew each frame; changes() tells only what
// differs from the frame before, in the byte form described at its end (tree.cpp writes it,
// mirror.js reads it; a browser test holds the two together).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace semantics {

// Stands for one element as long as the page lives; the same id always has the same handle. 0 is
// none.
using Handle = std::uint32_t;

// The numbers cross to mirror.js: append only.
enum class Role : std::uint32_t {
    group = 0, // Says nothing when it has no name.
    text = 1,
    heading = 2, // level 1-6
    button = 3,
    link = 4,
    text_field = 5, // a real <input>
    text_area = 6,  // a real <textarea>
    select = 7,     // a real <select>; options, value = the chosen one
    checkbox = 8,
    radio = 9,
    tab = 10,
    tab_list = 11,
    combobox = 12, // a real <input> that controls a listbox
    listbox = 13,
    option = 14,
    progress = 15, // now, max
    list = 16,
    list_item = 17,
    table = 18, // max = number of rows, level = number of columns
    row = 19,   // now = its place among all rows, from 1
    column_header = 20,
    row_header = 21,
    cell = 22,
    status = 23, // read out when it changes
    alert = 24,  // read out at once
    dialog = 25, // all outside it is out of reach while it is there
    region = 26,
    navigation = 27,
    banner = 28,
    main = 29,
    complementary = 30,
    scroll = 31, // scrolls natively; children are placed in its content
    radio_group = 32,
    image = 33,
    tab_panel = 34,
};

// Bits; the numbers cross to mirror.js: append only.
namespace state {
inline constexpr std::uint32_t disabled = 1 << 0;
inline constexpr std::uint32_t checked = 1 << 1;
inline constexpr std::uint32_t selected = 1 << 2;
inline constexpr std::uint32_t expandable = 1 << 3;
inline constexpr std::uint32_t expanded = 1 << 4;
inline constexpr std::uint32_t invalid = 1 << 5;
inline constexpr std::uint32_t required = 1 << 6;
inline constexpr std::uint32_t read_only = 1 << 7;
inline constexpr std::uint32_t current = 1 << 8;    // the page one is on
inline constexpr std::uint32_t digits = 1 << 9;     // a phone shows digits
inline constexpr std::uint32_t telephone = 1 << 10; // a phone shows its dial
inline constexpr std::uint32_t table_paste =
    1 << 11; // cells pasted from a spreadsheet come as one event
inline constexpr std::uint32_t take_focus = 1 << 12; // gets the focus when it first appears
inline constexpr std::uint32_t own_text = 1 << 13;   // a cell or list item that has only its name
inline constexpr std::uint32_t focusable = 1 << 14;  // by Tab, though its role would not be
inline constexpr std::uint32_t indeterminate = 1 << 15; // a progress that cannot tell how far
inline constexpr std::uint32_t both_ways = 1 << 16;     // a scroll that also goes sideways
inline constexpr std::uint32_t no_tab = 1 << 17; // not reached by Tab (an option, another tab)
inline constexpr std::uint32_t cut_short =
    1 << 18; // drawn with an ellipsis: the whole text as a tooltip
inline constexpr std::uint32_t page_keys =
    1 << 19; // its keys count wherever the focus is, but in a field or a dialog
} // namespace state

// Keys that a node takes for itself while the focus is in it; all others keep what the browser
// does.
namespace key {
inline constexpr std::uint32_t enter = 1 << 0;
inline constexpr std::uint32_t escape = 1 << 1;
inline constexpr std::uint32_t up = 1 << 2;
inline constexpr std::uint32_t down = 1 << 3;
inline constexpr std::uint32_t left = 1 << 4;
inline constexpr std::uint32_t right = 1 << 5;
inline constexpr std::uint32_t home = 1 << 6;
inline constexpr std::uint32_t end = 1 << 7;
inline constexpr std::uint32_t erase = 1 << 8; // Delete
inline constexpr std::uint32_t copy_above = 1 << 9; // Ctrl+D, as in spreadsheets
// Of a whole page, wherever the focus is but in a field: J, K, P, R. With state::page_keys.
inline constexpr std::uint32_t next = 1 << 10;
inline constexpr std::uint32_t previous = 1 << 11;
inline constexpr std::uint32_t pass = 1 << 12;
inline constexpr std::uint32_t send_back = 1 << 13;
} // namespace key

struct Rect {
    float x = 0, y = 0, w = 0, h = 0; // CSS pixels from the window's upper left, as drawn.
};

// The numbers cross to mirror.js.
enum class TextAlign : std::uint32_t { left = 0, right = 1, centre = 2 };

// How the real text of a field looks while it is edited: exactly as it is drawn otherwise.
struct FieldLook {
    std::uint32_t face = 0; // platform::Face
    int size = 15;
    std::uint32_t colour = 0; // 0xRRGGBB
    int padding_left = 0, padding_right = 0, padding_top = 0;
    int line_height = 0;
    int indent = 0; // of the first line of a text
    TextAlign align = TextAlign::left;
};

// floating: lies over everything else (a suggestion list), whatever parent is open.
enum class Place : std::uint32_t { inside, floating };

struct Node {
    Role role = Role::group;
    std::string_view id;          // Unique among its siblings; empty: by place among them.
    Rect rect;                    // For a parent: see Tree::close.
    std::string_view name;        // What it is called, or the text itself.
    std::string_view value;       // Of a field; of a select the chosen option.
    std::string_view description; // A hint, an error, the reason why it is disabled.
    std::string_view placeholder;
    std::string_view options; // Of a select, separated by line feeds.
    std::uint32_t state = 0;
    std::uint32_t keys = 0;
    int level = 0, now = 0, max = 0;
    int max_length = 0;                 // In UTF-16 units, as the browser counts; 0 is no limit.
    Handle controls = 0;                // The listbox of a combobox.
    Handle active = 0;                  // The option a combobox points at.
    int layer = 0;                      // Higher lies above.
    FieldLook look;                     // Of text, fields and headings.
    float content_w = 0, content_h = 0; // Of a scroll.
    float scroll_x = 0, scroll_y = 0;   // Of a scroll, as drawn now.
    Place place = Place::inside;
};

class Tree {
public:
    void begin();

    // Adds an element without children.
    Handle leaf(const Node& node);

    // Adds an element; those that follow are its children until close(). A parent's rectangle may
    // be given at close, when its height is known.
    Handle open(const Node& node);
    void close();
    void close(const Rect& rect);

    // Ids from here to leave() are unique only among themselves; no element of its own.
    void enter(std::string_view id);
    void leave();

    // The handle that the node with this id would get here, in the parent that is open now.
    Handle handle_of(std::string_view id);

    // For finding out whether something lies in a part of the tree: how much has been told so far,
    // and whether the node was told after that.
    std::size_t told_so_far() const { return m_entries.size(); }
    bool told_since(std::size_t so_far, Handle handle) const;

    // True when the node was in the last finished frame.
    bool known(Handle handle) const;

    // Ends the frame. The bytes say what changed since the last call that returned any; empty when
    // nothing did. They are valid until the next begin(). Little endian, all numbers 32 bits:
    //   count, then for each node that is new or different: its own length in bytes behind this
    //   number, handle, role, state, x, y, w, h (1/8 CSS pixel, from its parent's upper left or its
    //   parent's scrolled content), keys, level, now, max, max_length, controls, active, layer,
    //   face, size, colour, padding_left, padding_right, padding_top, line_height, indent, align,
    //   content_w, content_h, then six texts (length in bytes, UTF-8, zeros up to 4): id, name,
    //   value, description, placeholder, options;
    //   then 1 and count and (handle, parent) of every node in order, or 0 when order and parents
    //   are as before.
    const std::vector<std::uint8_t>& changes();

private:
    struct Entry {
        Handle handle, parent;
        Rect rect;
        float scroll_x, scroll_y;
        std::size_t parent_index; // In m_entries; npos at the top.
        std::size_t bytes_from, bytes_to;
    };

    Handle add(const Node& node);
    void write_node(const Node& node);
    void number(std::uint32_t value) {
        m_bytes.insert(m_bytes.end(), {std::uint8_t(value), std::uint8_t(value >> 8),
                                       std::uint8_t(value >> 16), std::uint8_t(value >> 24)});
    }
    void text(std::string_view value);

    std::unordered_map<std::string, Handle> m_handles;
    Handle m_last_handle = 0;
    std::string m_path; // Ids of the open parents, each with a slash.
    struct Open {
        std::size_t entry, path_length;
        int unnamed;
    };
    std::vector<Open> m_open;
    std::vector<std::size_t> m_scopes; // Lengths of m_path before each enter().
    std::vector<Entry> m_entries;
    std::vector<std::uint8_t> m_bytes; // All nodes of this frame, written one after another.
    int m_unnamed_at_top = 0;

    std::unordered_map<Handle, std::string> m_told; // What the page knows of each node.
    std::vector<std::pair<Handle, Handle>> m_told_structure;
    std::vector<std::uint8_t> m_changes;
};

} // namespace semantics
