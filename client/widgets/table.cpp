#include "client/widgets/table.hpp"

#include "shared/base/check.hpp"
#include "shared/base/text.hpp"

#include <algorithm>
#include <cmath>

namespace widgets {

namespace {

constexpr float cell_padding = 12;
constexpr float head_height  = 38;

enum Slot { focused_row_slot = 1, height_slot };

} // namespace

Cell::Cell(const Rect& rect, Align align, std::uint64_t key) : m_rect(rect), m_align(align), m_key(key) {
    std::vector<float>& heights = remembered_list(key);
    heights.assign(1, rect.h);
    Area line;
    line.kind   = Area::Kind::line;
    line.bounds = rect;
    line.x      = align == Align::right ? std::max(rect.x, rect.x + rect.w - remembered(key, 0)) : rect.x;
    line.y = line.bottom = line.natural_bottom = rect.y;
    line.gap         = 8;
    line.row_heights = &heights;
    line.key         = key;
    line.right_edge = m_from = line.x;
    push_area(line);
}

Cell::~Cell() {
    const Area line = pop_area();
    if (m_align == Align::right) remember(m_key, 0, line.right_edge - m_from);
    platform::mirror().close();
}

Table::Table(std::string_view id, std::vector<TableColumn> columns, TableLook look)
    : m_columns(std::move(columns)), m_look(look), m_key(next_key()) {
    if (m_look.width_min > 0 && width_left() < m_look.width_min) {
        const Rect place = next_place(width_left(), remembered(m_key, height_slot));
        m_sideways.emplace(std::string(id) + " sideways", place, ScrollLook{.name = look.name, .content_width = m_look.width_min});
        area().gap = 0;
    }
    m_bounds     = next_place(width_left(), 0);
    m_y          = m_bounds.y;
    m_row_height = std::max(m_look.row_height, target_height() + 4);

    semantics::Node node;
    node.role  = semantics::Role::table;
    node.id    = id;
    node.name  = m_look.name;
    node.level = static_cast<int>(m_columns.size());
    node.rect  = m_bounds;
    platform::mirror().open(node);

    float fixed_sum = 0, shares = 0;
    for (const TableColumn& column : m_columns) fixed_sum += column.width.fixed, shares += column.width.share;
    const float spread = std::max(0.f, m_bounds.w - fixed_sum);
    float       x      = m_bounds.x;
    for (const TableColumn& column : m_columns) {
        const float w = column.width.fixed + (shares > 0 ? spread * column.width.share / shares : 0);
        m_lefts.push_back(x);
        m_widths.push_back(w);
        x += w;
    }
    draw_head();
}

void Table::draw_head() {
    semantics::Tree& mirror = platform::mirror();
    semantics::Node  row;
    row.role = semantics::Role::row;
    row.id   = "head";
    row.now  = 1;
    const float height = m_look.head == Head::shown ? head_height : 1;
    row.rect           = {m_bounds.x, m_y, m_bounds.w, height};
    mirror.open(row);
    const Type type{platform::Face::sans, type_size::small};
    for (std::size_t index = 0; index < m_columns.size(); ++index) {
        const TableColumn& column = m_columns[index];
        const float        room   = m_widths[index] - 2 * cell_padding;
        const std::string  shown  = shortened(type, column.title, room);
        const float        x      = column.align == Align::right ? m_lefts[index] + m_widths[index] - cell_padding - text_width(type, shown) : m_lefts[index] + cell_padding;
        if (m_look.head == Head::shown) draw_text(type, colour::second, x, base_line(type, m_y, head_height), shown);
        semantics::Node cell;
        cell.role  = semantics::Role::column_header;
        cell.name  = column.title;
        cell.state = semantics::state::own_text;
        cell.rect  = {m_lefts[index], m_y, m_widths[index], height};
        mirror.leaf(cell);
    }
    mirror.close();
    if (m_look.head == Head::hidden) return;
    m_y += head_height;
    fill({m_bounds.x, m_y - 1, m_bounds.w, 1}, colour::hair);
}

void Table::row(std::string_view id, RowLook look) {
    end_row();
    m_row_look = look;
    m_in_row   = true;
    m_cell     = -1;
    ++m_row_number;
    const Rect      rect{m_bounds.x, m_y, m_bounds.w, m_row_height};
    semantics::Node node;
    node.role = semantics::Role::row;
    node.id   = id;
    node.now  = m_row_number;
    node.rect = rect;
    platform::mirror().open(node);
    if (look.marked) fill(rect, colour::chosen);
    else if (hovered(rect)) fill(rect, 0xF6F8FA);
}

void Table::end_row() {
    if (!m_in_row) return;
    platform::mirror().close();
    m_y += m_row_height;
    fill({m_bounds.x, m_y - 1, m_bounds.w, 1}, colour::hair);
    m_in_row = false;
}

Rect Table::next_cell() {
    SHENBAO_CHECK(m_in_row && m_cell + 1 < static_cast<int>(m_columns.size()));
    ++m_cell;
    const std::size_t index = static_cast<std::size_t>(m_cell);
    return {m_lefts[index], m_y, m_widths[index], m_row_height};
}

void Table::text(std::string_view words, TextLook look) {
    const Rect      rect = next_cell();
    const TableColumn& column = m_columns[static_cast<std::size_t>(m_cell)];
    const bool      bold = look.weight == Weight::bold || m_row_look.weight == Weight::bold;
    const Type      type{bold ? platform::Face::sans_bold : platform::Face::sans, look.size, column.align == Align::right ? Figures::tabular : look.figures};
    const float     room  = rect.w - 2 * cell_padding;
    const float     full  = text_width(type, words);
    semantics::Node node;
    node.role  = m_cell == 0 ? semantics::Role::row_header : semantics::Role::cell;
    node.name  = words;
    node.state = semantics::state::own_text | (full > room + 0.5f ? semantics::state::cut_short : 0);
    node.rect  = rect;
    platform::mirror().leaf(node);
    if (!can_be_seen(rect)) return;
    const std::string shown = shortened(type, words, room);
    const float       x     = column.align == Align::right ? rect.x + rect.w - cell_padding - text_width(type, shown) : rect.x + cell_padding;
    draw_text(type, look.colour, x, base_line(type, rect.y, rect.h), shown);
}

void Table::number(std::int64_t value) { text(base::grouped(value)); }

void Table::number(std::optional<std::int64_t> value) { text(value ? base::grouped(*value) : std::string()); }

void Table::bar(int now, int max, std::string_view words) {
    const Rect      rect = next_cell();
    semantics::Node node;
    node.role  = semantics::Role::cell;
    node.name  = words;
    node.state = semantics::state::own_text;
    node.rect  = rect;
    platform::mirror().leaf(node);
    const Rect  track{rect.x + cell_padding, rect.y + rect.h / 2 - 6, rect.w - 2 * cell_padding, 12};
    const float part = max > 0 ? std::clamp(static_cast<float>(now) / static_cast<float>(max), 0.f, 1.f) : 0;
    fill(track, colour::bar_ground, 2);
    if (part > 0) fill({track.x, track.y, track.w * part, track.h}, colour::bar, 2);
}

Cell Table::cell() {
    const Rect      rect = next_cell();
    semantics::Node node;
    node.role = semantics::Role::cell;
    node.rect = rect;
    platform::mirror().open(node);
    const Rect inner{rect.x + cell_padding, rect.y, rect.w - 2 * cell_padding, rect.h - 1};
    return Cell(inner, m_columns[static_cast<std::size_t>(m_cell)].align, m_key * 1009 + static_cast<std::uint64_t>(m_row_number * 64 + m_cell));
}

void Table::rows(int count, const std::function<void(int)>& draw) {
    end_row();
    const Rect  clip   = clip_rect();
    const float margin = 4 * m_row_height; // Rows that Tab can reach next.
    const int   from   = std::clamp(static_cast<int>((clip.y - margin - m_y) / m_row_height), 0, count);
    const int   to     = std::clamp(static_cast<int>((clip.y + clip.h + margin - m_y) / m_row_height) + 1, from, count);
    const float top    = m_y;
    const int   before = m_row_number;
    const int   kept_row = static_cast<int>(remembered(m_key, focused_row_slot)) - 1;
    int         focused  = -1;
    auto        draw_row = [&](int index) {
        m_y                    = top + m_row_height * static_cast<float>(index);
        m_row_number           = before + index;
        const std::size_t told = platform::mirror().told_so_far();
        draw(index);
        end_row();
        if (platform::mirror().told_since(told, platform::input().focus())) focused = index;
    };
    if (kept_row >= 0 && kept_row < from) draw_row(kept_row);
    for (int index = from; index < to; ++index) draw_row(index);
    if (kept_row >= to && kept_row < count) draw_row(kept_row);
    remember(m_key, focused_row_slot, static_cast<float>(focused + 1));
    m_y          = top + m_row_height * static_cast<float>(count);
    m_row_number = before + count;
}

Table::~Table() {
    end_row();
    platform::mirror().close({m_bounds.x, m_bounds.y, m_bounds.w, m_y - m_bounds.y});
    Area& here = area();
    here.y     = m_y;
    here.bottom         = std::max(here.bottom, m_y);
    here.natural_bottom = std::max(here.natural_bottom, m_y);
    if (m_sideways) {
        remember(m_key, height_slot, m_y - m_bounds.y + 12);
        m_sideways.reset();
    }
}

} // namespace widgets
