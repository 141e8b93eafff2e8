#include "client/widgets/layout.hpp"

#include "client/widgets/words.hpp"

#include <imgui.h>

#include <algorithm>
#include <cmath>

namespace widgets {

namespace {

std::vector<float> row_height_stack; // Of the Columns that are open.

enum Slot { height_slot, group_width_slot, content_height_slot = group_width_slot + 16 };

} // namespace

Scope::Scope(std::string_view id) { platform::mirror().enter(id); }
Scope::~Scope() { platform::mirror().leave(); }

void gap(float size) {
    Area& here = area();
    if (here.kind == Area::Kind::column) {
        here.y += size;
        here.bottom = std::max(here.bottom, here.y);
        here.natural_bottom = std::max(here.natural_bottom, here.y);
    } else {
        here.x += size;
        here.run_width += size;
    }
}

// --- columns

Columns::Columns(std::vector<Track> tracks, ColumnsLook look)
    : m_tracks(std::move(tracks)), m_look(look), m_key(next_key()) {
    const Rect place = next_place(width_left(), 0);
    m_bounds = place;
    m_row_top = m_row_bottom = m_natural_bottom = place.y;
    m_stacked = m_bounds.w < m_look.stack_below;
    m_per_row = static_cast<int>(m_tracks.size());
    if (m_look.column_min > 0) {
        const int fit =
            static_cast<int>((m_bounds.w + m_look.gap) / (m_look.column_min + m_look.gap));
        if (fit < m_per_row) m_tracks.assign(static_cast<std::size_t>(std::max(1, fit)), share(1));
        m_per_row = static_cast<int>(m_tracks.size());
        m_stacked = m_per_row == 1;
    }
}

void Columns::end_column() {
    const Area column = pop_area();
    row_height_stack.pop_back();
    m_row_bottom = std::max(m_row_bottom, column.bottom);
    m_natural_bottom = std::max(m_natural_bottom, column.natural_bottom);
}

void Columns::end_row() {
    std::vector<float>& heights = remembered_list(m_key);
    const std::size_t row = static_cast<std::size_t>(m_row);
    if (heights.size() <= row) heights.resize(row + 1, 0);
    const float height = m_natural_bottom - m_row_top;
    if (std::abs(heights[row] - height) > 0.25f) {
        heights[row] = height;
        platform::layout_changed();
    }
}

void Columns::next() {
    if (m_column >= 0) end_column();
    ++m_column;
    const int count = m_per_row;
    if (m_column == count || (m_stacked && m_column > 0)) {
        end_row();
        m_row_top = m_natural_bottom = m_row_bottom = m_row_bottom + m_look.gap;
        m_column = m_stacked ? m_column % count : 0;
        ++m_row;
    }
    float fixed_sum = 0, shares = 0;
    for (const Track& track : m_tracks) fixed_sum += track.fixed, shares += track.share;
    const float spread = m_bounds.w - fixed_sum - m_look.gap * static_cast<float>(count - 1);
    float x = m_bounds.x;
    auto width = [&](const Track& track) {
        return track.fixed + (shares > 0 ? std::max(0.f, spread) * track.share / shares : 0);
    };
    if (!m_stacked)
        for (int column = 0; column < m_column; ++column)
            x += width(m_tracks[static_cast<std::size_t>(column)]) + m_look.gap;
    Area column;
    column.key = m_key * 131 + static_cast<std::uint64_t>(m_row * 16 + m_column + 1);
    column.bounds = {x, m_row_top,
                     m_stacked ? m_bounds.w : width(m_tracks[static_cast<std::size_t>(m_column)]),
                     0};
    column.x = column.bounds.x;
    column.y = column.bottom = column.natural_bottom = m_row_top;
    column.gap = m_look.gap;
    const std::vector<float>& heights = remembered_list(m_key);
    row_height_stack.push_back(m_stacked || static_cast<std::size_t>(m_row) >= heights.size()
                                   ? 0
                                   : heights[static_cast<std::size_t>(m_row)]);
    push_area(column);
}

Columns::~Columns() {
    if (m_column >= 0) {
        end_column();
        end_row();
    }
    Area& here = area();
    here.y = std::max(here.y, m_row_bottom);
    here.bottom = std::max(here.bottom, m_row_bottom);
    here.natural_bottom = std::max(here.natural_bottom, m_natural_bottom);
    if (here.kind == Area::Kind::line)
        here.row_height = std::max(here.row_height, m_row_bottom - here.y);
}

float row_height() { return row_height_stack.empty() ? 0 : row_height_stack.back(); }

// --- lines and stacks

Line::Line(LineLook look) : m_key(next_key()), m_side(look.side) {
    const float left = width_left();
    Area& here = area();
    if (here.kind == Area::Kind::column && !here.empty) here.y += here.gap;
    m_bounds = {here.x, here.y, left, 0};
    Area line;
    line.kind = Area::Kind::line;
    line.key = m_key;
    line.bounds = m_bounds;
    line.x = m_bounds.x;
    line.y = m_bounds.y;
    line.bottom = line.natural_bottom = m_bounds.y;
    line.gap = look.gap;
    line.wraps = look.wraps;
    line.middle = look.upright == Upright::middle;
    line.row_heights = &remembered_list(m_key);
    const float group = remembered(m_key, group_width_slot);
    if (m_side == Side::right) line.x = std::max(line.x, m_bounds.x + m_bounds.w - group);
    if (m_side == Side::centre) line.x = std::max(line.x, m_bounds.x + (m_bounds.w - group) / 2);
    // What is aligned is one row, as long as it fits at all.
    if (m_side != Side::left) line.wraps = look.wraps && group > m_bounds.w + 0.5f;
    line.right_edge = line.x;
    push_area(line);
}

void Line::remember_group() {
    // As one row, also when it had to be broken: else it would be broken and whole in turn.
    remember(m_key, group_width_slot + m_group, area().run_width);
    area().run_width = 0;
}

void Line::push_right() {
    remember_group();
    ++m_group;
    Area& line = area();
    const float group = remembered(m_key, group_width_slot + m_group);
    if (line.wraps && line.x + group > m_bounds.x + m_bounds.w + 0.5f && !line.empty) {
        begin_next_row(line);
    } else {
        line.x = std::max(line.x, m_bounds.x + m_bounds.w - group);
    }
    line.wraps = line.wraps && group > m_bounds.w + 0.5f;
    line.right_edge = line.x;
}

Line::~Line() {
    remember_group();
    remember_row(area());
    const Area line = pop_area();
    Area& here = area();
    if (here.kind == Area::Kind::column) {
        here.y = std::max(here.y, line.bottom);
        here.bottom = std::max(here.bottom, line.bottom);
        here.natural_bottom = std::max(here.natural_bottom, line.bottom);
        here.right_edge = std::max(here.right_edge, line.right_edge);
        here.empty = false;
    } else {
        here.run_width += line.right_edge - here.x + (here.run_width > 0 ? here.gap : 0);
        here.x = line.right_edge + here.gap;
        here.row_height = std::max(here.row_height, line.bottom - here.y);
        here.right_edge = std::max(here.right_edge, line.right_edge);
        here.bottom = here.natural_bottom = std::max(here.bottom, line.bottom);
        here.empty = false;
    }
}

Stack::Stack(float gap_size) {
    const float left = width_left();
    Area& here = area();
    if (here.kind == Area::Kind::column && !here.empty) here.y += here.gap;
    m_bounds = {here.x, here.y, left, 0};
    Area stack;
    stack.bounds = m_bounds;
    stack.x = m_bounds.x;
    stack.y = stack.bottom = stack.natural_bottom = m_bounds.y;
    stack.gap = gap_size;
    push_area(stack);
}

Stack::~Stack() {
    const Area stack = pop_area();
    Area& here = area();
    if (here.kind == Area::Kind::column) {
        here.y = std::max(here.y, stack.bottom);
        here.bottom = std::max(here.bottom, stack.bottom);
        here.natural_bottom = std::max(here.natural_bottom, stack.natural_bottom);
    } else {
        here.run_width += stack.right_edge - here.x + (here.run_width > 0 ? here.gap : 0);
        here.x = stack.right_edge + here.gap;
        here.row_height = std::max(here.row_height, stack.bottom - here.y);
        here.right_edge = std::max(here.right_edge, stack.right_edge);
        here.bottom = here.natural_bottom = std::max(here.bottom, stack.bottom);
    }
    here.empty = false;
}

// --- cards

Card::Card(std::string_view id, CardLook look) : m_key(next_key()), m_look(look) {
    const float remembered_height = remembered(m_key, height_slot);
    const float height = m_look.height == Height::fill ? std::max(remembered_height, row_height())
                                                       : remembered_height;
    const float w = width_left();
    Area& here = area();
    if (here.kind == Area::Kind::column && !here.empty) here.y += here.gap;
    m_rect = {here.x, here.y, w, height};
    fill(m_rect, m_look.ground, space::radius);
    frame(m_rect, colour::line, 1, space::radius);

    semantics::Node node;
    node.role = semantics::Role::region;
    node.id = id;
    node.name = m_look.title.empty() ? m_look.name : m_look.title;
    if (node.name.empty()) node.role = semantics::Role::group;
    node.rect = m_rect;
    platform::mirror().open(node);

    Area inner;
    const float narrow = platform::viewport().w < space::phone_below ? 0.7f : 1.f;
    inner.bounds = {m_rect.x + m_look.padding_x * narrow, m_rect.y + m_look.padding_y,
                    m_rect.w - 2 * m_look.padding_x * narrow, 0};
    inner.x = inner.bounds.x;
    inner.y = inner.bottom = inner.natural_bottom = inner.bounds.y;
    inner.gap = space::grid;
    inner.key = m_key * 7 + 1;
    push_area(inner);
    if (!m_look.title.empty()) heading(m_look.title, 2);
}

Card::~Card() {
    const Area inner = pop_area();
    const float height = inner.bottom - m_rect.y + m_look.padding_y;
    remember(m_key, height_slot, height);
    platform::mirror().close(m_rect);
    Area& here = area();
    here.y = m_rect.y + std::max(m_rect.h, height);
    here.bottom = std::max(here.bottom, here.y);
    here.natural_bottom = std::max(here.natural_bottom, m_rect.y + height);
    here.right_edge = std::max(here.right_edge, m_rect.x + m_rect.w);
    here.empty = false;
}

// --- scrolling

Scroll::Scroll(std::string_view id, const Rect& rect, ScrollLook look)
    : m_key(next_key()), m_rect(rect), m_look(look) {
    semantics::Tree& mirror = platform::mirror();
    m_handle = mirror.handle_of(id);
    const float content_h = remembered(m_key, content_height_slot);
    const float content_w = std::max(rect.w, look.content_width);
    semantics::Scroll at = platform::input().scroll(m_handle);
    at.y = std::clamp(at.y, 0.f, std::max(0.f, content_h - rect.h));
    at.x = std::clamp(at.x, 0.f, std::max(0.f, content_w - rect.w));
    m_scroll_y = at.y;

    semantics::Node node;
    node.role = semantics::Role::scroll;
    node.id = id;
    node.name = look.name;
    node.rect = rect;
    node.content_w = content_w;
    node.content_h = content_h;
    node.scroll_x = at.x;
    node.scroll_y = at.y;
    if (content_w > rect.w + 0.5f) node.state |= semantics::state::both_ways;
    mirror.open(node);

    ImGui::PushClipRect({rect.x, rect.y}, {rect.x + rect.w, rect.y + rect.h}, true);
    Area inner;
    inner.bounds = {rect.x - at.x + look.padding_x, rect.y - at.y + look.padding_y,
                    content_w - 2 * look.padding_x, 0};
    inner.x = inner.bounds.x;
    inner.y = inner.bottom = inner.natural_bottom = inner.bounds.y;
    inner.gap = space::gap;
    inner.key = m_key * 11 + 1;
    push_area(inner);
}

Scroll::~Scroll() {
    const Area inner = pop_area();
    ImGui::PopClipRect();
    remember(m_key, content_height_slot, inner.bottom - (m_rect.y - m_scroll_y) + m_look.padding_y);
    platform::mirror().close();
}

} // namespace widgets
