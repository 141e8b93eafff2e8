#include "client/semantics/tree.hpp"

#include "shared/base/check.hpp"

#include <cmath>
#include <cstring>

namespace semantics {

namespace {

constexpr std::size_t top = static_cast<std::size_t>(-1);
constexpr std::size_t rect_at_bytes = 12; // Behind handle, role and state.

std::uint32_t eighths(float value) {
    return static_cast<std::uint32_t>(static_cast<std::int32_t>(std::lround(value * 8)));
}

void put(std::uint8_t* at, std::uint32_t value) {
    for (int byte = 0; byte < 4; ++byte) at[byte] = static_cast<std::uint8_t>(value >> (8 * byte));
}

void append(std::vector<std::uint8_t>& bytes, std::uint32_t value) {
    bytes.resize(bytes.size() + 4);
    put(&bytes[bytes.size() - 4], value);
}

} // namespace

void Tree::begin() {
    SHENBAO_CHECK(m_open.empty() && m_scopes.empty());
    m_entries.clear();
    m_bytes.clear();
    m_path.clear();
    m_unnamed_at_top = 0;
}

Handle Tree::handle_of(std::string_view id) {
    const std::size_t length = m_path.size();
    m_path.append(id);
    auto [place, is_new] = m_handles.try_emplace(m_path, 0);
    if (is_new) place->second = ++m_last_handle;
    m_path.resize(length);
    return place->second;
}

bool Tree::known(Handle handle) const { return m_told.find(handle) != m_told.end(); }

bool Tree::told_since(std::size_t so_far, Handle handle) const {
    for (std::size_t entry = so_far; entry < m_entries.size(); ++entry)
        if (m_entries[entry].handle == handle) return true;
    return false;
}

void Tree::text(std::string_view value) {
    number(static_cast<std::uint32_t>(value.size()));
    m_bytes.insert(m_bytes.end(), value.begin(), value.end());
    while (m_bytes.size() % 4 != 0) m_bytes.push_back(0);
}

void Tree::write_node(const Node& node) {
    number(static_cast<std::uint32_t>(node.role));
    number(node.state);
    for (int unused = 0; unused < 4; ++unused) number(0); // The rectangle, see changes().
    number(node.keys);
    number(static_cast<std::uint32_t>(node.level));
    number(static_cast<std::uint32_t>(node.now));
    number(static_cast<std::uint32_t>(node.max));
    number(static_cast<std::uint32_t>(node.max_length));
    number(node.controls);
    number(node.active);
    number(static_cast<std::uint32_t>(node.layer));
    number(node.look.face);
    number(static_cast<std::uint32_t>(node.look.size));
    number(node.look.colour);
    number(static_cast<std::uint32_t>(node.look.padding_left));
    number(static_cast<std::uint32_t>(node.look.padding_right));
    number(static_cast<std::uint32_t>(node.look.padding_top));
    number(static_cast<std::uint32_t>(node.look.line_height));
    number(static_cast<std::uint32_t>(node.look.indent));
    number(static_cast<std::uint32_t>(node.look.align));
    number(eighths(node.content_w));
    number(eighths(node.content_h));
    text(m_path);
    text(node.name);
    text(node.value);
    text(node.description);
    text(node.placeholder);
    text(node.options);
}

Handle Tree::add(const Node& node) {
    std::string unnamed;
    if (node.id.empty()) {
        int& count = m_open.empty() ? m_unnamed_at_top : m_open.back().unnamed;
        unnamed = "~" + std::to_string(count++);
    }
    const std::string_view id = node.id.empty() ? std::string_view(unnamed) : node.id;

    Entry entry{};
    entry.handle = handle_of(id);
    const bool alone = m_open.empty() || node.place == Place::floating;
    entry.parent_index = alone ? top : m_open.back().entry;
    entry.parent = alone ? 0 : m_entries[m_open.back().entry].handle;
    entry.rect = node.rect;
    entry.scroll_x = node.scroll_x;
    entry.scroll_y = node.scroll_y;
    entry.bytes_from = m_bytes.size();
    number(entry.handle);
    const std::size_t length = m_path.size();
    m_path.append(id);
    write_node(node);
    m_path.resize(length);
    entry.bytes_to = m_bytes.size();
    m_entries.push_back(entry);
    return entry.handle;
}

Handle Tree::leaf(const Node& node) { return add(node); }

Handle Tree::open(const Node& node) {
    // The id of an unnamed parent is its place among its siblings, as add() counts it.
    std::string unnamed;
    if (node.id.empty())
        unnamed = "~" + std::to_string(m_open.empty() ? m_unnamed_at_top : m_open.back().unnamed);
    const Handle handle = add(node);
    m_open.push_back({m_entries.size() - 1, m_path.size(), 0});
    m_path.append(node.id.empty() ? std::string_view(unnamed) : node.id);
    m_path.push_back('/');
    return handle;
}

void Tree::close() {
    SHENBAO_CHECK(!m_open.empty());
    m_path.resize(m_open.back().path_length);
    m_open.pop_back();
}

void Tree::close(const Rect& rect) {
    SHENBAO_CHECK(!m_open.empty());
    m_entries[m_open.back().entry].rect = rect;
    close();
}

void Tree::enter(std::string_view id) {
    m_scopes.push_back(m_path.size());
    m_path.append(id);
    m_path.push_back('/');
}

void Tree::leave() {
    SHENBAO_CHECK(!m_scopes.empty());
    m_path.resize(m_scopes.back());
    m_scopes.pop_back();
}

const std::vector<std::uint8_t>& Tree::changes() {
    SHENBAO_CHECK(m_open.empty());
    m_changes.clear();
    append(m_changes, 0);
    std::uint32_t changed = 0;
    std::vector<std::pair<Handle, Handle>> structure;
    structure.reserve(m_entries.size());
    for (const Entry& entry : m_entries) {
        float left = 0, above = 0;
        if (entry.parent_index != top) {
            const Entry& parent = m_entries[entry.parent_index];
            left = parent.rect.x - parent.scroll_x;
            above = parent.rect.y - parent.scroll_y;
        }
        std::uint8_t* rect = &m_bytes[entry.bytes_from + rect_at_bytes];
        put(rect, eighths(entry.rect.x - left));
        put(rect + 4, eighths(entry.rect.y - above));
        put(rect + 8, eighths(entry.rect.w));
        put(rect + 12, eighths(entry.rect.h));

        const auto from = m_bytes.begin() + static_cast<std::ptrdiff_t>(entry.bytes_from);
        const auto to = m_bytes.begin() + static_cast<std::ptrdiff_t>(entry.bytes_to);
        const std::string_view now(reinterpret_cast<const char*>(&*from),
                                   entry.bytes_to - entry.bytes_from);
        std::string& told = m_told[entry.handle];
        if (told != now) {
            told.assign(now);
            append(m_changes, static_cast<std::uint32_t>(now.size()));
            m_changes.insert(m_changes.end(), from, to);
            ++changed;
        }
        structure.emplace_back(entry.handle, entry.parent);
    }
    put(m_changes.data(), changed);

    const bool same_structure = structure == m_told_structure;
    append(m_changes, same_structure ? 0 : 1);
    if (!same_structure) {
        append(m_changes, static_cast<std::uint32_t>(structure.size()));
        std::unordered_map<Handle, std::string> kept;
        kept.reserve(structure.size());
        for (const auto& [handle, parent] : structure) {
            append(m_changes, handle);
            append(m_changes, parent);
            auto& told = kept[handle];
            SHENBAO_CHECK(told.empty()); // Two siblings have the same id.
            told = std::move(m_told[handle]);
        }
        m_told = std::move(kept);
        m_told_structure = std::move(structure);
    }
    if (changed == 0 && same_structure) m_changes.clear();
    return m_changes;
}

} // namespace semantics
