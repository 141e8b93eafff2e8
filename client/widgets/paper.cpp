#include "client/widgets/paper.hpp"

#include "client/widgets/lines.hpp"
#include "client/widgets/shell.hpp"
#include "shared/base/check.hpp"

#include <algorithm>
#include <cmath>

namespace widgets {

namespace {

constexpr float paper_width_max = 804;
constexpr float paper_line = 36; // Height of a line of the paper's text.
constexpr Colour paper_ink = 0x222B36;
const Type paper_type{platform::Face::paper, type_size::paper};

enum Slot { height_slot };

float paper_padding() { return is_phone() ? 18.f : 56.f; }

void tell(semantics::Role role, std::string_view words, const Rect& rect, const Type& type,
          float line, int indent = 0, int level = 0) {
    semantics::Node node;
    node.role = role;
    node.name = words;
    node.rect = rect;
    node.level = level;
    node.look.face = static_cast<std::uint32_t>(type.face);
    node.look.size = type.size;
    node.look.colour = paper_ink;
    node.look.line_height = static_cast<int>(line);
    node.look.indent = indent;
    platform::mirror().leaf(node);
}

} // namespace

Paper::Paper(std::string_view id, std::string_view name) : m_key(next_key()) {
    const float w = std::min(width_left(), paper_width_max);
    Area& here = area();
    if (!here.empty) here.y += here.gap;
    const float height = std::max(remembered(m_key, height_slot), is_phone() ? 0.f : 660.f);
    m_rect = {here.x, here.y, w, height};
    m_padding_y = is_phone() ? 24.f : 38.f;
    fill(m_rect, colour::card);
    frame(m_rect, 0xCCD3DB, 1);
    semantics::Node node;
    node.role = semantics::Role::region;
    node.id = id;
    node.name = name;
    node.rect = m_rect;
    platform::mirror().open(node);
    const float padding = paper_padding();
    Area inner;
    inner.bounds = {m_rect.x + padding, m_rect.y + m_padding_y, m_rect.w - 2 * padding, 0};
    inner.x = inner.bounds.x;
    inner.y = inner.bottom = inner.natural_bottom = inner.bounds.y;
    inner.key = m_key * 13 + 1;
    push_area(inner);
}

Paper::~Paper() {
    const Area inner = pop_area();
    remember(m_key, height_slot, inner.bottom - m_rect.y + m_padding_y);
    platform::mirror().close(m_rect);
    Area& here = area();
    here.y = m_rect.y + m_rect.h;
    here.bottom = std::max(here.bottom, here.y);
    here.natural_bottom = std::max(here.natural_bottom, here.y);
    here.empty = false;
}

void Paper::label(std::string_view words) { text(words, {type_size::body, Weight::bold}); }

void Paper::title(std::string_view words) {
    const Type type{platform::Face::paper_title,
                    is_phone() ? type_size::page : type_size::paper_title};
    const float room = width_left(), line = static_cast<float>(type.size) * 1.55f;
    const auto lines = break_lines(words, room, room,
                                   [&](std::string_view piece) { return text_width(type, piece); });
    gap(4);
    const Rect rect = next_place(room, line * static_cast<float>(lines.size()));
    float y = rect.y;
    for (const TextLine& piece : lines) {
        draw_text(type, paper_ink, rect.x + (rect.w - piece.width) / 2, base_line(type, y, line),
                  words.substr(piece.from, piece.to - piece.from));
        y += line;
    }
    tell(semantics::Role::heading, words, rect, type, line,
         static_cast<int>((rect.w - (lines.empty() ? 0 : lines[0].width)) / 2), 1);
    gap(16);
}

void Paper::remark(std::string_view words) {
    TextLook look;
    look.size = type_size::small;
    look.colour = colour::second;
    const Type type{platform::Face::paper, type_size::small};
    const float room = width_left();
    const auto lines = break_lines(words, room, room,
                                   [&](std::string_view piece) { return text_width(type, piece); });
    const Rect rect = next_place(room, 22 * static_cast<float>(lines.size()));
    float y = rect.y;
    for (const TextLine& piece : lines) {
        draw_text(type, colour::second, rect.x, base_line(type, y, 22),
                  words.substr(piece.from, piece.to - piece.from));
        y += 22;
    }
    tell(semantics::Role::text, words, rect, type, 22);
}

void Paragraph::words(std::string_view text) {
    if (!m_items.empty() && !m_items.back().draw) m_items.back().words += text;
    else m_items.push_back({std::string(text), 0, nullptr});
}

void Paragraph::blank(float width, std::function<void(const Rect&)> draw) {
    m_items.push_back({{}, width, std::move(draw)});
}

void Paragraph::set() {
    if (m_look.above > 0) gap(m_look.above);
    const float room = width_left();
    const float em = static_cast<float>(paper_type.size);
    const auto measure = [](std::string_view piece) { return text_width(paper_type, piece); };
    const Rect origin = next_place(room, 0);
    float x = origin.x + em * static_cast<float>(m_look.indent), y = origin.y;
    if (m_look.side != Side::left && m_items.size() == 1 && !m_items[0].draw) {
        const float w = std::min(room, measure(m_items[0].words));
        x = m_look.side == Side::right ? origin.x + room - w : origin.x + (room - w) / 2;
    }
    const float end = origin.x + room;
    for (std::size_t index = 0; index < m_items.size(); ++index) {
        const Item& item = m_items[index];
        if (item.draw) {
            // A mark that cannot begin a line keeps its place beside the blank.
            const bool mark =
                index + 1 < m_items.size() && cannot_begin_line(m_items[index + 1].words);
            const float wide = std::min(item.width, room);
            const float claim = wide + 8 + (mark ? em : 0);
            if (x + claim > end + 0.5f && x > origin.x + 0.5f) x = origin.x, y += paper_line;
            const float lead = x > origin.x + 0.5f ? 4.f : 0.f;
            const float height = static_cast<float>(line_height(type_size::paper));
            const Rect place{x + lead, y + (paper_line - height) / 2,
                             std::min(wide, end - x - lead), height};
            item.draw(place);
            x = place.x + place.w + 4;
            continue;
        }
        const std::string_view words = item.words;
        const auto lines = break_lines(words, std::max(1.f, end - x), room, measure);
        const float first_x = x, first_y = y;
        for (std::size_t number = 0; number < lines.size(); ++number) {
            if (number > 0) x = origin.x, y += paper_line;
            const TextLine& line = lines[number];
            draw_text(paper_type, paper_ink, x, base_line(paper_type, y, paper_line),
                      words.substr(line.from, line.to - line.from));
            x += line.width;
        }
        const Rect around = lines.size() == 1
                                ? Rect{first_x, first_y, x - first_x + 1, paper_line}
                                : Rect{origin.x, first_y, room, y + paper_line - first_y};
        tell(semantics::Role::text, words, around, paper_type, paper_line,
             lines.size() == 1 ? 0 : static_cast<int>(first_x - origin.x));
    }
    Area& here = area();
    here.y = y + paper_line;
    here.bottom = std::max(here.bottom, here.y);
    here.natural_bottom = std::max(here.natural_bottom, here.y);
}

void paper_text(std::string_view words, ParagraphLook look) {
    Paragraph paragraph(look);
    paragraph.words(words);
    paragraph.set();
}

bool ink_at(std::string_view id, const Rect& place, std::string_view words, const InkLook& look) {
    Type        type{platform::Face::sans, look.size};
    const float room = place.w - 12;
    if (text_width(type, words) > room) type.size = type_size::small;
    const std::string shown = shortened(type, words, room);
    const std::string name = std::string(look.label) + "：" +
                             (words.empty() ? std::string("没有填写") : std::string(words));
    semantics::Node node;
    node.role = look.presses ? semantics::Role::button : semantics::Role::text;
    node.id = id;
    node.name = look.presses ? std::string_view(name) : words;
    node.description = look.about;
    if (shown != words) node.state |= semantics::state::cut_short;
    node.rect = place;
    const Handle handle = platform::mirror().leaf(node);
    const bool   hot = look.presses && hovered(place);
    if (look.tone != Tone::plain) fill(place, tone_ground(look.tone), 3);
    else if (hot) fill(place, colour::hover, 3);
    const float w = text_width(type, shown);
    const float x = look.side == Side::left    ? place.x + 6
                    : look.side == Side::right ? place.x + place.w - 6 - w
                                               : place.x + (place.w - w) / 2;
    const Colour ink = look.tone == Tone::plain ? colour::text : tone_colour(look.tone);
    draw_text(type, ink, x, base_line(type, place.y, place.h), shown);
    if (look.underlined) fill({place.x, place.y + place.h - 1, place.w, 1}, 0xB9C2CC);
    if (hot) frame(place, colour::action, 1, 3);
    if (platform::input().seen_focus() == handle) ring(place, 3);
    return platform::input().take_click(handle);
}

// --- tables on the paper

PaperTable::PaperTable(std::string_view id, std::string_view name, std::vector<PaperColumn> columns,
                       float margin)
    : m_columns(std::move(columns)), m_margin(margin) {
    const float beside = std::max(0.f, margin - paper_padding());
    m_bounds = next_place(width_left(), 0);
    m_bounds.w -= beside;
    m_y = m_bounds.y;
    float fixed_sum = 0, shares = 0;
    for (const PaperColumn& column : m_columns)
        fixed_sum += column.width.fixed, shares += column.width.share;
    const float squeeze =
        std::min(1.f, fixed_sum > 0 ? m_bounds.w * (shares > 0 ? 0.6f : 1.f) / fixed_sum : 1.f);
    const float spread = std::max(0.f, m_bounds.w - fixed_sum * squeeze);
    float x = m_bounds.x;
    for (const PaperColumn& column : m_columns) {
        const float w =
            column.width.fixed * squeeze + (shares > 0 ? spread * column.width.share / shares : 0);
        m_lefts.push_back(x);
        m_widths.push_back(w);
        x += w;
    }
    // Heads are long and their columns narrow: they break as on paper, in smaller type.
    const Type head_type{platform::Face::paper, type_size::body};
    const float head_line = static_cast<float>(line_height(head_type.size));
    std::vector<std::vector<TextLine>> heads;
    std::size_t head_lines = 1;
    for (std::size_t i = 0; i < m_columns.size(); ++i) {
        const float room = m_widths[i] - 8;
        heads.push_back(break_lines(m_columns[i].title, room, room, [&](std::string_view piece) {
            return text_width(head_type, piece);
        }));
        head_lines = std::max(head_lines, heads.back().size());
    }
    const float row_height = std::max(40.f, target_height());
    m_row_height = std::max(row_height, 16 + head_line * static_cast<float>(head_lines));
    semantics::Node node;
    node.role = semantics::Role::table;
    node.id = id;
    node.name = name;
    node.level = static_cast<int>(m_columns.size());
    node.rect = m_bounds;
    platform::mirror().open(node);
    fill({m_bounds.x, m_y, m_bounds.w, 1}, paper_ink);

    semantics::Node head;
    head.role = semantics::Role::row;
    head.id = "head";
    head.now = 1;
    head.rect = {m_bounds.x, m_y, m_bounds.w, m_row_height};
    platform::mirror().open(head);
    m_in_row = true;
    for (std::size_t i = 0; i < m_columns.size(); ++i) {
        const PaperColumn& column = m_columns[i];
        const Rect rect = next_cell(1);
        float y = rect.y + (rect.h - head_line * static_cast<float>(heads[i].size())) / 2;
        for (const TextLine& line : heads[i]) {
            draw_text(head_type, paper_ink, rect.x + (rect.w - line.width) / 2,
                      base_line(head_type, y, head_line),
                      column.title.substr(line.from, line.to - line.from));
            y += head_line;
        }
        semantics::Node cell;
        cell.role = semantics::Role::column_header;
        cell.name = column.title;
        cell.state = semantics::state::own_text;
        cell.rect = rect;
        platform::mirror().leaf(cell);
    }
    end_row();
    m_row_height = row_height;
}

void PaperTable::row(std::string_view id) {
    end_row();
    m_in_row = true;
    m_cell = 0;
    ++m_row_number;
    semantics::Node node;
    node.role = semantics::Role::row;
    node.id = id;
    node.now = m_row_number;
    node.rect = {m_bounds.x, m_y, m_bounds.w, m_row_height};
    platform::mirror().open(node);
}

void PaperTable::end_row() {
    if (!m_in_row) return;
    platform::mirror().close();
    m_y += m_row_height;
    fill({m_bounds.x, m_y, m_bounds.w, 1}, paper_ink);
    m_in_row = false;
}

Rect PaperTable::next_cell(int span) {
    SHENBAO_CHECK(m_in_row && m_cell + span <= static_cast<int>(m_columns.size()));
    const std::size_t first = static_cast<std::size_t>(m_cell),
                      last = static_cast<std::size_t>(m_cell + span - 1);
    const Rect rect{m_lefts[first], m_y, m_lefts[last] + m_widths[last] - m_lefts[first],
                    m_row_height};
    if (m_cell == 0) fill({rect.x, m_y, 1, m_row_height + 1}, paper_ink);
    fill({rect.x + rect.w - 1, m_y, 1, m_row_height + 1}, paper_ink);
    m_cell += span;
    return rect;
}

Side PaperTable::side() const { return m_columns[static_cast<std::size_t>(m_cell)].side; }

void PaperTable::beside(std::function<void(const Rect&)> draw) {
    SHENBAO_CHECK(m_in_row);
    draw({m_bounds.x + m_bounds.w + 4, m_y, m_margin - 4, m_row_height});
}

void PaperTable::text(std::string_view words, int span, CellLook look) {
    const Side side = m_columns[static_cast<std::size_t>(m_cell)].side;
    const Rect rect = next_cell(span);
    const float room = rect.w - 16;
    semantics::Node node;
    node.role = semantics::Role::cell;
    node.name = words;
    node.state = semantics::state::own_text;
    const bool seen = can_be_seen(rect);
    if (seen && text_width(paper_type, words) > room + 0.5f)
        node.state |= semantics::state::cut_short;
    node.rect = rect;
    node.description = look.about;
    platform::mirror().leaf(node);
    if (!seen) return;
    const auto draw = [&](const Type& type, std::string_view line, float y, float h) {
        const float w = text_width(type, line);
        const float x = side == Side::left    ? rect.x + 8
                        : side == Side::right ? rect.x + rect.w - 8 - w
                                              : rect.x + (rect.w - w) / 2;
        draw_text(type, look.colour, x, base_line(type, y, h), line);
    };
    // What is too long for its cell stands in two lines of small type, when that is enough.
    const Type small{platform::Face::paper, type_size::small};
    const float line = rect.h / 2;
    if (text_width(paper_type, words) > room + 0.5f)
        if (const auto lines = break_lines(
                words, room, room,
                [&](std::string_view piece) { return text_width(small, piece); });
            lines.size() <= 2) {
            float y = rect.y + (lines.size() == 1 ? line / 2 : 0);
            for (const TextLine& piece : lines) {
                draw(small, words.substr(piece.from, piece.to - piece.from), y, line);
                y += line;
            }
            return;
        }
    draw(paper_type, shortened(paper_type, words, room), rect.y, rect.h);
}

void PaperTable::blank(std::function<void(const Rect&)> draw, int span) {
    const Rect rect = next_cell(span);
    semantics::Node node;
    node.role = semantics::Role::cell;
    node.rect = rect;
    platform::mirror().open(node);
    draw({rect.x + 4, rect.y + 4, rect.w - 9, rect.h - 7});
    platform::mirror().close();
}

PaperTable::~PaperTable() {
    end_row();
    platform::mirror().close({m_bounds.x, m_bounds.y, m_bounds.w, m_y - m_bounds.y});
    Area& here = area();
    here.y = m_y + 1;
    here.bottom = std::max(here.bottom, here.y);
    here.natural_bottom = std::max(here.natural_bottom, here.y);
}

} // namespace widgets
