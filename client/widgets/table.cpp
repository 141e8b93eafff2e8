#include "client/widgets/table.hpp"

#include "shared/base/check.hpp"
#include "shared/base/text.hpp"

#include <algorithm>
#include <cmath>

namespace widgets {

namespace {

constexpr float cell_padding = 12;
constexpr float head_height = 38;
constexpr float lead_width = 32;

enum Slot { focused_row_slot = 1, height_slot, stacked_row_slot, row_count_slot };

} // namespace

Cell::Cell(const Rect& rect, Align align, std::uint64_t key, float* give_back)
    : m_rect(rect), m_align(align), m_key(key), m_give_back(give_back) {
    std::vector<float>& heights = remembered_list(key);
    heights.assign(1, rect.h);
    Area line;
    line.kind = Area::Kind::line;
    line.bounds = rect;
    line.x =
        align == Align::right ? std::max(rect.x, rect.x + rect.w - remembered(key, 0)) : rect.x;
    line.y = line.bottom = line.natural_bottom = rect.y;
    line.gap = 8;
    line.row_heights = &heights;
    line.key = key;
    line.right_edge = m_from = line.x;
    push_area(line);
}

Cell::~Cell() {
    const Area line = pop_area();
    if (m_align == Align::right) remember(m_key, 0, line.right_edge - m_from);
    if (m_give_back && line.empty) *m_give_back -= m_rect.h + 1;
    platform::mirror().close();
}

Table::Table(std::string_view id, std::vector<TableColumn> columns, TableLook look)
    : m_columns(std::move(columns)), m_look(look), m_key(next_key()) {
    if (std::all_of(m_columns.begin(), m_columns.end(),
                    [](const TableColumn& column) { return column.title.empty(); }))
        m_look.head = Head::hidden;
    m_stacked = m_look.narrow == Narrow::stack && width_left() < m_look.width_min;
    if (m_look.width_min > 0 && width_left() < m_look.width_min && !m_stacked) {
        const Rect place = next_place(width_left(), remembered(m_key, height_slot));
        m_sideways.emplace(std::string(id) + " sideways", place,
                           ScrollLook{.name = look.name, .content_width = m_look.width_min});
        area().gap = 0;
    }
    if (m_stacked) {
        const Type type{platform::Face::sans, type_size::small};
        for (const TableColumn& column : m_columns)
            m_label_width = std::max(m_label_width, text_width(type, column.title) + 16);
    }
    m_bounds = next_place(width_left(), 0);
    m_y = m_bounds.y;
    m_row_height = std::max(m_look.row_height, target_height() + 4);

    semantics::Node node;
    node.role = semantics::Role::table;
    node.id = id;
    node.name = m_look.name;
    node.level = static_cast<int>(m_columns.size());
    node.max = static_cast<int>(remembered(m_key, row_count_slot));
    node.rect = m_bounds;
    platform::mirror().open(node);

    float fixed_sum = 0, shares = 0;
    for (const TableColumn& column : m_columns)
        fixed_sum += column.width.fixed, shares += column.width.share;
    const float spread = std::max(0.f, m_bounds.w - fixed_sum);
    float x = m_bounds.x;
    for (const TableColumn& column : m_columns) {
        const float w =
            column.width.fixed + (shares > 0 ? spread * column.width.share / shares : 0);
        m_lefts.push_back(x);
        m_widths.push_back(w);
        x += w;
    }
    draw_head();
}

void Table::draw_head() {
    semantics::Tree& mirror = platform::mirror();
    semantics::Node row;
    row.role = semantics::Role::row;
    row.id = "head";
    row.now = 1;
    const bool drawn = m_look.head == Head::shown && !m_stacked;
    const float height = drawn ? head_height : 1;
    row.rect = {m_bounds.x, m_y, m_bounds.w, height};
    mirror.open(row);
    const Type type{platform::Face::sans, type_size::small};
    for (std::size_t index = 0; index < m_columns.size(); ++index) {
        const TableColumn& column = m_columns[index];
        const float padding = cell_padding + column.inset;
        std::string shown = shortened(type, column.title, m_widths[index] - 2 * padding);
        const bool sorted = static_cast<int>(index) == m_look.sorted_by;
        if (sorted) shown += m_look.descending ? " ↓" : " ↑";
        const float x = column.align == Align::right
                            ? m_lefts[index] + m_widths[index] - padding - text_width(type, shown)
                            : m_lefts[index] + padding;
        const bool presses = column.sorts && drawn;
        semantics::Node cell;
        cell.role = semantics::Role::column_header;
        cell.name = !column.title.empty()  ? column.title
                    : !column.name.empty() ? column.name
                                           : std::string_view("操作");
        cell.rect = {m_lefts[index], m_y, m_widths[index], height};
        Colour ink = colour::second;
        if (presses) {
            mirror.open(cell);
            semantics::Node press;
            press.role = semantics::Role::button;
            press.id = "sort";
            press.name = column.title;
            press.rect = cell.rect;
            press.description = !sorted             ? "按此列排序"
                                : m_look.descending ? "已按此列从大到小排序"
                                                    : "已按此列从小到大排序";
            const Handle handle = mirror.leaf(press);
            if (platform::input().take_click(handle)) m_sort = static_cast<int>(index);
            if (platform::input().seen_focus() == handle) ring(cell.rect, 2);
            if (hovered(cell.rect) || sorted) ink = colour::action;
            mirror.close();
        } else {
            cell.state = semantics::state::own_text;
            mirror.leaf(cell);
        }
        if (!drawn) continue;
        draw_text(type, ink, x, base_line(type, m_y, head_height), shown);
    }
    mirror.close();
    if (!drawn) return;
    m_y += head_height;
    fill({m_bounds.x, m_y - 1, m_bounds.w, 1}, colour::hair);
}

void Table::row(std::string_view id, RowLook look) {
    end_row();
    m_row_look = look;
    m_in_row = true;
    m_cell = -1;
    ++m_row_number;
    m_row_top = m_y;
    if (m_stacked) m_y += 6;
    const Rect rect{m_bounds.x, m_row_top, m_bounds.w, m_stacked ? 1 : m_row_height};
    semantics::Node node;
    node.role = semantics::Role::row;
    node.id = id;
    node.now = m_row_number;
    node.rect = rect;
    platform::mirror().open(node);
    if (m_stacked) return;
    if (look.marked) {
        fill(rect, colour::action_soft);
        fill({rect.x, rect.y, 3, rect.h - 1}, colour::action);
    }
    else if (hovered(rect)) fill(rect, 0xF6F8FA);
}

void Table::end_row() {
    if (!m_in_row) return;
    if (m_stacked) {
        m_y += 7;
        platform::mirror().close({m_bounds.x, m_row_top, m_bounds.w, m_y - m_row_top});
    } else {
        platform::mirror().close();
        m_y += m_row_height;
    }
    fill({m_bounds.x, m_y - 1, m_bounds.w, 1}, colour::hair);
    m_in_row = false;
}

bool Table::has_lead() const {
    return m_stacked && m_look.head == Head::hidden && m_columns[0].width.fixed > 0 &&
           m_columns[0].width.fixed <= 64;
}

Rect Table::next_cell(Content content) {
    SHENBAO_CHECK(m_in_row && m_cell + 1 < static_cast<int>(m_columns.size()));
    ++m_cell;
    const std::size_t index = static_cast<std::size_t>(m_cell);
    if (!m_stacked) return {m_lefts[index], m_y, m_widths[index], m_row_height};
    if (has_lead() && m_cell == 0)
        return {m_bounds.x - cell_padding, m_y, lead_width + cell_padding, 28};
    const float height = content == Content::words ? 28.f : std::max(28.f, target_height() + 4);
    const std::string_view title =
        m_look.head == Head::shown ? m_columns[index].title : std::string_view();
    const Type type{platform::Face::sans, type_size::small};
    draw_text(type, colour::second, m_bounds.x, base_line(type, m_y, height), title);
    const float left = has_lead() ? lead_width : title.empty() ? 0.f : m_label_width;
    const Rect rect{m_bounds.x + left - cell_padding, m_y, m_bounds.w - left + 2 * cell_padding,
                    height};
    m_y += height;
    return rect;
}

void Table::text(std::string_view words, TextLook look) {
    if (m_stacked && words.empty()) { // No place of its own, so no name before it either.
        SHENBAO_CHECK(m_in_row && m_cell + 1 < static_cast<int>(m_columns.size()));
        ++m_cell;
        return;
    }
    const Rect rect = next_cell(Content::words);
    const bool right =
        m_columns[static_cast<std::size_t>(m_cell)].align == Align::right && !m_stacked;
    const bool figures = m_columns[static_cast<std::size_t>(m_cell)].align == Align::right;
    const bool bold = look.weight == Weight::bold || m_row_look.weight == Weight::bold;
    const Type type{bold ? platform::Face::sans_bold : platform::Face::sans, look.size,
                    figures ? Figures::tabular : look.figures};
    const float padding =
        cell_padding + (m_stacked ? 0 : m_columns[static_cast<std::size_t>(m_cell)].inset);
    const float room = rect.w - 2 * padding;
    const float full = text_width(type, words);
    semantics::Node node;
    node.role = m_cell == 0 ? semantics::Role::row_header : semantics::Role::cell;
    node.name = words;
    node.state =
        semantics::state::own_text | (full > room + 0.5f ? semantics::state::cut_short : 0);
    node.rect = rect;
    node.look = {static_cast<std::uint32_t>(type.face),
                 type.size,
                 look.colour,
                 static_cast<int>(padding),
                 static_cast<int>(padding),
                 0,
                 static_cast<int>(rect.h),
                 0,
                 right ? semantics::TextAlign::right : semantics::TextAlign::left};
    platform::mirror().leaf(node);
    if (words.empty() || !can_be_seen(rect)) return;
    const std::string shown = shortened(type, words, room);
    const float x =
        right ? rect.x + rect.w - padding - text_width(type, shown) : rect.x + padding;
    draw_text(type, look.colour, x, base_line(type, rect.y, rect.h), shown);
}

void Table::number(std::int64_t value) { text(base::grouped(value)); }

void Table::number(std::optional<std::int64_t> value) {
    text(value ? base::grouped(*value) : std::string());
}

void Table::bar(int now, int max, std::string_view words) {
    const Rect rect = next_cell(Content::words);
    semantics::Node node;
    node.role = semantics::Role::cell;
    node.name = words;
    node.state = semantics::state::own_text;
    node.rect = rect;
    platform::mirror().leaf(node);
    const Rect track{rect.x + cell_padding, rect.y + rect.h / 2 - 6, rect.w - 2 * cell_padding, 12};
    const float part =
        max > 0 ? std::clamp(static_cast<float>(now) / static_cast<float>(max), 0.f, 1.f) : 0;
    fill(track, colour::bar_ground, 2);
    if (part > 0) fill({track.x, track.y, track.w * part, track.h}, colour::bar, 2);
}

Cell Table::cell() {
    const Rect rect = next_cell(Content::widgets);
    semantics::Node node;
    node.role = semantics::Role::cell;
    node.rect = rect;
    platform::mirror().open(node);
    const Rect inner{rect.x + cell_padding, rect.y, rect.w - 2 * cell_padding, rect.h - 1};
    const bool lead = has_lead() && m_cell == 0;
    return Cell(inner, m_stacked ? Align::left : m_columns[static_cast<std::size_t>(m_cell)].align,
                m_key * 1009 + static_cast<std::uint64_t>(m_row_number * 64 + m_cell),
                m_stacked && !lead ? &m_y : nullptr);
}

void Table::rows(int count, const std::function<void(int)>& draw, int also) {
    end_row();
    if (count == 0) return;
    const Rect clip = clip_rect();
    // Stacked rows are as high as the first one came out.
    const float row_height =
        m_stacked ? std::max(40.f, remembered(m_key, stacked_row_slot)) : m_row_height;
    const float margin = 4 * row_height; // Rows that Tab can reach next.
    const int from = std::clamp(static_cast<int>((clip.y - margin - m_y) / row_height), 0, count);
    const int to = std::clamp(static_cast<int>((clip.y + clip.h + margin - m_y) / row_height) + 1,
                              from, count);
    const float top = m_y;
    const int before = m_row_number;
    const int kept_row = static_cast<int>(remembered(m_key, focused_row_slot)) - 1;
    int focused = -1;
    auto draw_row = [&](int index) {
        m_y = top + row_height * static_cast<float>(index);
        m_row_number = before + index;
        const std::size_t told = platform::mirror().told_so_far();
        draw(index);
        end_row();
        if (m_stacked && index == from) remember(m_key, stacked_row_slot, m_y - m_row_top);
        if (platform::mirror().told_since(told, platform::input().focus())) focused = index;
    };
    const int apart[] = {std::min(kept_row, also), std::max(kept_row, also)};
    for (const int row : apart)
        if (row >= 0 && row < from && (row != apart[0] || &row == apart)) draw_row(row);
    for (int index = from; index < to; ++index) draw_row(index);
    for (const int row : apart)
        if (row >= to && row < count && (row != apart[0] || &row == apart)) draw_row(row);
    remember(m_key, focused_row_slot, static_cast<float>(focused + 1));
    m_y = top + row_height * static_cast<float>(count);
    m_row_number = before + count;
}

Table::~Table() {
    end_row();
    remember(m_key, row_count_slot, static_cast<float>(m_row_number));
    platform::mirror().close({m_bounds.x, m_bounds.y, m_bounds.w, m_y - m_bounds.y});
    Area& here = area();
    here.y = m_y;
    here.bottom = std::max(here.bottom, m_y);
    here.natural_bottom = std::max(here.natural_bottom, m_y);
    if (m_sideways) {
        remember(m_key, height_slot, m_y - m_bounds.y + 12);
        m_sideways.reset();
    }
}

} // namespace widgets
