// What a person did, as the mirror's elements report it. A frame sees at most one Event: they are
// handled one after another in the order in which they happened, so that a button pressed right
// after a keystroke always finds that keystroke in its place.
#pragma once

#include "client/semantics/tree.hpp"

#include <deque>
#include <string>
#include <unordered_map>

namespace semantics {

enum class EventKind : std::uint32_t {
    none = 0,
    click = 1,  // Pointer, Enter, Space or assistive technology: it makes no difference.
    edit = 2,   // text is the field's whole text (of a select: the index).
    key = 3,    // keys has the one bit.
    paste = 4,  // text is what a spreadsheet had on the clipboard.
    focus = 5,  // The focus came to `at`; 0: it left the page. keys: 1 when it came by keyboard.
    scroll = 6, // An area was scrolled to `scroll`.
};

enum class Composing : std::uint32_t { no, yes }; // yes: an input method is still at it.

struct Scroll {
    float x = 0, y = 0;
};

struct Event {
    EventKind kind = EventKind::none;
    Handle at = 0;
    std::string text;
    std::uint32_t keys = 0;
    Composing composing = Composing::no;
    Scroll scroll = {};
};

class Input {
public:
    // --- for the platform
    void push(Event event); // An edit or scroll replaces a waiting one of the same element.
    bool waiting() const { return !m_queue.empty(); }
    void next(); // The oldest event becomes the current one; without any, there is none.
    void next_none() { m_current = {}; } // A layout is repeated: nothing happened meanwhile.

    // --- for widgets. What is taken is gone.
    bool take_click(Handle at);
    bool take_key(Handle at, std::uint32_t key);
    const Event* take_edit(Handle at);        // Valid until the frame ends; null: none.
    const std::string* take_paste(Handle at); // Likewise.
    Handle focus() const { return m_focus; }
    // The focus, when it is to be seen: always in a field, elsewhere when it came by keyboard.
    Handle seen_focus() const { return m_focus_seen ? m_focus : 0; }
    // The field that has the focus and this text was edited last; empty when it has not been edited
    // since it got the focus.
    Composing composing() const { return m_composing; }
    Scroll scroll(Handle at) const;
    void forget_scroll(Handle at) { m_scrolls.erase(at); } // It is at its beginning then.

private:
    std::deque<Event> m_queue;
    Event m_current;
    Handle m_focus = 0;
    bool m_focus_seen = false;
    Composing m_composing = Composing::no;
    std::unordered_map<Handle, Scroll> m_scrolls;
};

} // namespace semantics
