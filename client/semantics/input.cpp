#include "client/semantics/input.hpp"

namespace semantics {

void Input::push(Event event) {
    const bool newest_counts = event.kind == EventKind::edit || event.kind == EventKind::scroll;
    if (newest_counts && !m_queue.empty() && m_queue.back().kind == event.kind &&
        m_queue.back().at == event.at) {
        m_queue.back() = std::move(event);
        return;
    }
    m_queue.push_back(std::move(event));
}

void Input::next() {
    if (m_queue.empty()) {
        m_current = {};
        return;
    }
    m_current = std::move(m_queue.front());
    m_queue.pop_front();
    if (m_current.kind == EventKind::focus) {
        m_focus = m_current.at;
        m_focus_seen = m_current.keys != 0;
        m_composing = Composing::no;
    }
    if (m_current.kind == EventKind::scroll) m_scrolls[m_current.at] = m_current.scroll;
    if (m_current.kind == EventKind::edit) m_composing = m_current.composing;
}

bool Input::take_click(Handle at) {
    if (m_current.kind != EventKind::click || m_current.at != at) return false;
    m_current = {};
    return true;
}

bool Input::take_key(Handle at, std::uint32_t key) {
    if (m_current.kind != EventKind::key || m_current.at != at || m_current.keys != key)
        return false;
    m_current = {};
    return true;
}

const Event* Input::take_edit(Handle at) {
    if (m_current.kind != EventKind::edit || m_current.at != at) return nullptr;
    m_current.kind = EventKind::none; // The text stays readable until next().
    return &m_current;
}

const std::string* Input::take_paste(Handle at) {
    if (m_current.kind != EventKind::paste || m_current.at != at) return nullptr;
    m_current.kind = EventKind::none;
    return &m_current.text;
}

Scroll Input::scroll(Handle at) const {
    const auto place = m_scrolls.find(at);
    return place == m_scrolls.end() ? Scroll{} : place->second;
}

} // namespace semantics
