#include "client/widgets/shell.hpp"

#include "client/widgets/controls.hpp"

#include <algorithm>
#include <cmath>

namespace widgets {

namespace {

constexpr float nav_height = 40;
constexpr float phone_second_row = 36; // Of the top bar: what a wide window has on its right.

bool menu_open = false;
bool rail_shown = true;
enum Slot { group_slot = 1 };

float phone_bar_height = space::top_bar + phone_second_row; // As it came out in the layout before.

float bar_height() { return is_phone() ? phone_bar_height : space::top_bar; }

Area bar_line(const Rect& rect, std::uint64_t key) {
    std::vector<float>& heights = remembered_list(key);
    heights.assign(1, rect.h);
    Area line;
    line.kind = Area::Kind::line;
    line.bounds = rect;
    line.x = rect.x;
    line.y = line.bottom = line.natural_bottom = rect.y;
    line.gap = 16;
    line.row_heights = &heights;
    line.key = key;
    line.right_edge = rect.x;
    return line;
}

} // namespace

bool is_phone() { return platform::viewport().w < space::phone_below; }

TopBar::TopBar(std::string_view product, std::string_view unit) : m_key(next_key()) {
    const platform::Viewport view = platform::viewport();
    m_rect = {0, 0, view.w, bar_height()};
    fill(m_rect, colour::card);
    fill({0, m_rect.h - 1, view.w, 1}, colour::line);
    semantics::Node node;
    node.role = semantics::Role::banner;
    node.id = "top";
    node.rect = m_rect;
    platform::mirror().open(node);

    const float side = is_phone() ? 12.f : 20.f;
    push_area(bar_line({side, 0, view.w - 2 * side, space::top_bar - 1}, m_key * 3 + 1));
    if (is_phone()) {
        if (button("menu", menu_open ? "关闭菜单" : "菜单", {.size = ButtonSize::small}))
            menu_open = !menu_open;
    } else {
        menu_open = false;
    }
    TextLook name{type_size::card, Weight::bold, colour::action};
    text(product, name);
    TextLook who{type_size::body, Weight::regular, 0x44505D, Wrapping::one_line};
    // The name gives way when the window is narrow; what the right side needs is known from before.
    {
        Area& line = area();
        const float wanted = text_width({platform::Face::sans, who.size}, unit);
        const float others = is_phone() ? 0 : remembered(m_key, group_slot) + 24;
        const float room = std::max(60.f, line.bounds.x + line.bounds.w - line.x - others);
        const float before = line.bounds.w;
        line.bounds.w = line.x - line.bounds.x + std::min(room, wanted);
        text(unit, who);
        area().bounds.w = before;
    }
    if (is_phone()) {
        pop_area();
        Area second = bar_line({side, space::top_bar, view.w - 2 * side, 25}, m_key * 3 + 2);
        second.gap = 8;
        second.wraps = true;
        second.row_heights = &remembered_list(m_key * 3 + 3);
        push_area(second);
    }
}

void TopBar::push_right() {
    if (is_phone()) return; // There all stands in rows below the name.
    Area& line = area();
    const float group = remembered(m_key, group_slot);
    line.x = std::max(line.x, line.bounds.x + line.bounds.w - group);
    line.right_edge = m_group_from = line.x;
    m_right = true;
}

TopBar::~TopBar() {
    if (is_phone()) remember_row(area());
    const Area line = pop_area();
    if (m_right) remember(m_key, group_slot, line.right_edge - m_group_from);
    if (is_phone() && std::abs(phone_bar_height - (line.bottom + 9)) > 0.25f) {
        phone_bar_height = line.bottom + 9;
        platform::layout_changed();
    }
    platform::mirror().close();
}

Rail::Rail() {
    const platform::Viewport view = platform::viewport();
    m_shown = rail_shown = !is_phone() || menu_open;
    if (!m_shown) return;
    const Rect rect{0, bar_height(), is_phone() ? view.w : space::rail, view.h - bar_height()};
    if (is_phone()) {
        m_layer.emplace(Layer::dialog);
        covers(rect, Layer::dialog);
    }
    fill(rect, colour::rail);
    if (!is_phone()) fill({rect.x + rect.w - 1, rect.y, 1, rect.h}, colour::line);
    semantics::Node node;
    node.role = semantics::Role::navigation;
    node.id = "rail";
    node.name = "主菜单";
    node.rect = rect;
    node.layer = is_phone() ? 10 : 0;
    platform::mirror().open(node);
    m_scroll.emplace("items", rect, ScrollLook{.padding_x = 10, .padding_y = 14});
    area().gap = 2;
}

Rail::~Rail() {
    if (!m_shown) return;
    m_scroll.reset();
    platform::mirror().close();
    m_layer.reset();
    rail_shown = true;
}

void nav_heading(std::string_view words) {
    if (!rail_shown) return;
    gap(6);
    const Type type{platform::Face::sans, type_size::small};
    const Rect rect = next_place(width_left(), 24);
    draw_text(type, colour::second_ground, rect.x + 12, base_line(type, rect.y, rect.h), words);
    semantics::Node node;
    node.role = semantics::Role::heading;
    node.level = 2;
    node.name = words;
    node.rect = rect;
    platform::mirror().leaf(node);
}

bool nav_item(std::string_view id, std::string_view label, NavLook look) {
    if (!rail_shown) return false;
    const Type type{look.current ? platform::Face::sans_bold : platform::Face::sans,
                    type_size::body};
    const Rect rect = next_place(width_left(), std::max(nav_height, target_height()));
    const std::string count = look.count > 0 ? std::to_string(look.count) : std::string();
    semantics::Node node;
    node.role = semantics::Role::link;
    node.id = id;
    node.name = label;
    node.description = look.count_means.empty() ? std::string_view(count) : look.count_means;
    node.rect = rect;
    if (look.current) node.state |= semantics::state::current;
    const Handle handle = platform::mirror().leaf(node);

    if (look.current) fill(rect, colour::chosen, space::radius_button);
    else if (hovered(rect)) fill(rect, colour::hover, space::radius_button);
    float room = rect.w - 24;
    if (!count.empty()) {
        const Type small{platform::Face::sans_bold, 12, Figures::tabular};
        const float w = std::max(21.f, text_width(small, count) + 14);
        const Rect mark{rect.x + rect.w - 12 - w, rect.y + (rect.h - 18) / 2, w, 18};
        fill(mark, look.tone == CountTone::waits ? colour::wrong_strong : colour::count, 9);
        draw_text(small, colour::white, mark.x + (mark.w - text_width(small, count)) / 2,
                  base_line(small, mark.y, mark.h), count);
        room -= w + 8;
    }
    draw_text(type, look.current ? colour::chosen_text : colour::text, rect.x + 12,
              base_line(type, rect.y, rect.h), shortened(type, label, room));
    if (platform::input().seen_focus() == handle)
        ring({rect.x + 3, rect.y + 3, rect.w - 6, rect.h - 6}, space::radius_button - 2);
    if (!platform::input().take_click(handle)) return false;
    menu_open = false;
    return true;
}

Page::Page(std::string_view id, std::string_view name, Begins begins) {
    const platform::Viewport view = platform::viewport();
    const float left = is_phone() ? 0 : space::rail;
    const Rect rect{left, bar_height(), view.w - left, view.h - bar_height()};
    semantics::Node node;
    node.role = semantics::Role::main;
    node.id = id;
    node.name = name;
    node.rect = rect;
    platform::mirror().open(node);
    if (begins == Begins::at_top) {
        const Handle scroll = platform::mirror().handle_of("scroll");
        platform::input().forget_scroll(scroll);
        platform::scroll_to(scroll, {}); // Of a page that is there already.
    }
    m_scroll.emplace("scroll", rect,
                     ScrollLook{.name = {},
                                .padding_x = is_phone() ? space::page_phone : space::page_x,
                                .padding_y = is_phone() ? space::page_phone : space::page_y});
}

Page::~Page() {
    m_scroll.reset();
    platform::mirror().close();
}

LonePage::LonePage(std::string_view id, std::string_view name, float width) {
    const platform::Viewport view = platform::viewport();
    const Rect rect{0, 0, view.w, view.h};
    semantics::Node node;
    node.role = semantics::Role::main;
    node.id = id;
    node.name = name;
    node.rect = rect;
    platform::mirror().open(node);
    const float side =
        std::max(is_phone() ? space::page_phone : space::page_x, (view.w - width) / 2);
    m_scroll.emplace("scroll", rect,
                     ScrollLook{.name = {},
                                .padding_x = side,
                                .padding_y = std::max(20.f, std::min(96.f, view.h * 0.1f))});
}

LonePage::~LonePage() {
    m_scroll.reset();
    platform::mirror().close();
}

} // namespace widgets
