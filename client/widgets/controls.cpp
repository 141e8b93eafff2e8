#include "client/widgets/controls.hpp"

#include "client/widgets/layout.hpp"
#include "client/widgets/lines.hpp"

#include <algorithm>

namespace widgets {

namespace {

bool has_focus(Handle handle) { return platform::input().seen_focus() == handle; }

struct ButtonPaint {
    Colour ground, edge, label;
    bool framed;
};

ButtonPaint paint_of(const ButtonLook& look, const Rect& rect) {
    const bool off = !look.off_because.empty();
    const bool hot = !off && hovered(rect), down = !off && pressed(rect);
    switch (look.kind) {
    case ButtonKind::primary:
        return {off    ? colour::action_off
                : down ? colour::action_pressed
                : hot  ? colour::action_hover
                       : colour::action,
                0, colour::white, false};
    case ButtonKind::secondary:
        return {down  ? colour::chosen
                : hot ? colour::action_soft
                      : colour::card,
                off ? colour::line : colour::action, off ? colour::second : colour::action, true};
    case ButtonKind::danger:
        return {down || hot ? colour::wrong_ground : colour::card,
                off ? colour::line : colour::wrong, off ? colour::second : colour::wrong, true};
    case ButtonKind::quiet:
        return {down  ? colour::chosen
                : hot ? colour::hover
                      : colour::card,
                0, off ? colour::second : colour::action, false};
    }
    return {};
}

} // namespace

bool button(std::string_view id, std::string_view label, ButtonLook look) {
    Type type{platform::Face::sans, type_size::body};
    float height = target_height(), padding = 16;
    if (look.size == ButtonSize::large) {
        type = {platform::Face::sans_bold, type_size::card};
        height = 55;
        padding = 24;
    } else if (look.size == ButtonSize::small) {
        type.size = type_size::small;
        height = std::max(32.f, target_height() - 4);
        padding = 12;
    }
    if (look.kind == ButtonKind::quiet) padding = 10;
    if (look.kind == ButtonKind::primary && look.size == ButtonSize::normal)
        type.face = platform::Face::sans_bold;
    const float wanted = text_width(type, label) + 2 * padding;
    const float width = look.width == Width::fill
                            ? width_left()
                            : std::min(wanted, std::max(width_left(), area().bounds.w));
    const Rect rect = next_place(width, height);
    const ButtonPaint paint = paint_of(look, rect);

    semantics::Node node;
    node.role = semantics::Role::button;
    node.id = id;
    node.name = look.name.empty() ? label : look.name;
    node.rect = rect;
    node.description = look.off_because;
    if (!look.off_because.empty()) node.state |= semantics::state::disabled;
    const Handle handle = platform::mirror().leaf(node);

    if (look.kind != ButtonKind::quiet || hovered(rect))
        fill(rect, paint.ground, space::radius_button);
    if (paint.framed) frame(rect, paint.edge, 1, space::radius_button);
    const std::string shown = shortened(type, label, rect.w - 8);
    draw_text(type, paint.label, rect.x + (rect.w - text_width(type, shown)) / 2,
              base_line(type, rect.y, rect.h), shown);
    if (has_focus(handle)) ring(rect, space::radius_button);
    return platform::input().take_click(handle);
}

bool link(std::string_view id, std::string_view label, LinkLook look) {
    const Type type{platform::Face::sans, look.size};
    const float height = static_cast<float>(line_height(look.size));
    const bool wraps = look.wrapping == Wrapping::wrap;
    const float room = wraps ? width_left() : std::max(width_left(), area().bounds.w);
    const float width = std::min(text_width(type, label), room);
    const std::string shown = wraps ? std::string(label) : shortened(type, label, width);
    const auto lines = break_lines(shown, room, room, [&](std::string_view piece) {
        return text_width(type, piece);
    });
    const float rows = wraps ? static_cast<float>(std::max<std::size_t>(1, lines.size())) : 1;
    const Rect rect = next_place(rows > 1 ? room : text_width(type, shown), height * rows);
    const float reach = std::max(32.f, rect.h);
    const Rect target{rect.x - 4, rect.y + rect.h / 2 - reach / 2, rect.w + 8, reach};
    const bool hot = hovered(target);

    semantics::Node node;
    node.role = semantics::Role::link;
    node.id = id;
    node.name = look.name.empty() ? label : look.name;
    node.rect = target;
    const Handle handle = platform::mirror().leaf(node);

    const auto draw_line = [&](std::string_view words, float y) {
        const float base = base_line(type, y, height);
        draw_text(type, hot ? colour::action_hover : look.colour, rect.x, base, words);
        if (hot) fill({rect.x, base + 3, text_width(type, words), 1}, colour::action_hover);
    };
    if (rows <= 1) draw_line(shown, rect.y);
    else
        for (std::size_t i = 0; i < lines.size(); ++i)
            draw_line(std::string_view(shown).substr(lines[i].from, lines[i].to - lines[i].from),
                      rect.y + height * static_cast<float>(i));
    if (has_focus(handle)) ring({rect.x - 1, rect.y, rect.w + 2, rect.h}, 4);
    return platform::input().take_click(handle);
}

bool checkbox(std::string_view id, std::string_view label, bool& checked, std::string_view name) {
    const Type type{platform::Face::sans, type_size::body};
    const Rect rect = next_place((label.empty() ? 18 : 28) + text_width(type, label),
                                 std::max(32.f, target_height()));
    const Rect box{rect.x, rect.y + (rect.h - 18) / 2, 18, 18};

    semantics::Node node;
    node.role = semantics::Role::checkbox;
    node.id = id;
    node.name = name.empty() ? label : name;
    node.rect = rect;
    if (checked) node.state |= semantics::state::checked;
    const Handle handle = platform::mirror().leaf(node);
    const bool clicked = platform::input().take_click(handle);
    if (clicked) checked = !checked;
    fill(box, checked ? colour::action : colour::card, 4);
    if (!checked) frame(box, hovered(rect) ? colour::action : colour::second, 1, 4);
    else tick(box.x + 3, box.y + 3, 12, colour::white, 2);
    draw_text(type, colour::text, rect.x + 28, base_line(type, rect.y, rect.h), label);
    if (has_focus(handle)) ring(box, 4);
    return clicked;
}

std::uint32_t page_keys(std::string_view id, std::uint32_t keys) {
    semantics::Node node;
    node.id = id;
    node.keys = keys;
    node.state = semantics::state::page_keys;
    node.rect = {area().x, area().y, 1, 1};
    const Handle handle = platform::mirror().leaf(node);
    for (std::uint32_t bit = 1; bit != 0 && bit <= keys; bit <<= 1)
        if (keys & bit && platform::input().take_key(handle, bit)) return bit;
    return 0;
}

namespace {

// A group that does not fit behind what already stands in the line begins a row of its own.
void begin_group(float width) {
    Area& here = area();
    if (here.kind == Area::Kind::line && here.wraps && !here.empty && width > width_left() + 0.5f)
        begin_next_row(here);
}

} // namespace

bool radios(std::string_view id, std::string_view name, std::span<const std::string_view> labels,
            int& chosen) {
    float wanted = 0;
    for (const std::string_view label : labels) wanted += 46 + text_width({}, label);
    begin_group(wanted - 20);
    semantics::Node group;
    group.role = semantics::Role::radio_group;
    group.id = id;
    group.name = name;
    platform::mirror().open(group);
    bool changed = false;
    Rect around{};
    {
        Line line({.gap = 20});
        around = {area().x, area().y, width_left(), 0};
        for (int index = 0; index < static_cast<int>(labels.size()); ++index) {
            const std::string_view label = labels[static_cast<std::size_t>(index)];
            const Type type{platform::Face::sans, type_size::body};
            const Rect rect =
                next_place(26 + text_width(type, label), std::max(32.f, target_height()));
            const Rect box{rect.x, rect.y + (rect.h - 18) / 2, 18, 18};
            semantics::Node node;
            const std::string own = std::to_string(index);
            node.role = semantics::Role::radio;
            node.id = own;
            node.name = label;
            node.rect = rect;
            if (index == chosen) node.state |= semantics::state::checked;
            const Handle handle = platform::mirror().leaf(node);
            if (platform::input().take_click(handle) && index != chosen) {
                chosen = index;
                changed = true;
            }
            fill(box, colour::card, 9);
            frame(box, index == chosen || hovered(rect) ? colour::action : colour::second,
                  index == chosen ? 5.f : 1.f, 9);
            draw_text(type, colour::text, rect.x + 26, base_line(type, rect.y, rect.h), label);
            if (has_focus(handle)) ring(box, 9);
        }
    }
    around.h = area().y - around.y;
    platform::mirror().close(around);
    return changed;
}

bool tabs(std::string_view id, std::string_view name, std::span<const std::string_view> labels,
          int& chosen) {
    float wanted = 0;
    for (const std::string_view label : labels)
        wanted += 28 + text_width({platform::Face::sans_bold, type_size::small + 1}, label);
    begin_group(wanted - 4);
    semantics::Node list;
    list.role = semantics::Role::tab_list;
    list.id = id;
    list.name = name;
    list.keys = semantics::key::left | semantics::key::right;
    const Handle list_handle = platform::mirror().open(list);
    semantics::Input& input = platform::input();
    const int count = static_cast<int>(labels.size());
    const int before = chosen;
    bool by_key = false;
    if (input.take_key(list_handle, semantics::key::left))
        chosen = std::max(0, chosen - 1), by_key = true;
    if (input.take_key(list_handle, semantics::key::right))
        chosen = std::min(count - 1, chosen + 1), by_key = true;
    Rect around{};
    {
        Line line({.gap = 4});
        around = {area().x, area().y, 0, 0};
        for (int index = 0; index < count; ++index) {
            const std::string_view label = labels[static_cast<std::size_t>(index)];
            const bool is_now = index == chosen;
            const Type type{is_now ? platform::Face::sans_bold : platform::Face::sans,
                            type_size::small + 1};
            const Rect rect =
                next_place(text_width(type, label) + 24, std::max(32.f, target_height() - 4));
            semantics::Node node;
            const std::string own = std::to_string(index);
            node.role = semantics::Role::tab;
            node.id = own;
            node.name = label;
            node.rect = rect;
            node.state = is_now ? semantics::state::selected : semantics::state::no_tab;
            const Handle handle = platform::mirror().leaf(node);
            if (input.take_click(handle)) chosen = index;
            if (by_key && is_now) platform::focus(handle);
            if (is_now) fill(rect, colour::chosen, 4);
            else if (hovered(rect)) fill(rect, colour::hover, 4);
            draw_text(type, is_now ? colour::chosen_text : colour::second_ground, rect.x + 12,
                      base_line(type, rect.y, rect.h), label);
            if (has_focus(handle)) ring(rect, 4);
        }
        around.w = area().right_edge - around.x;
        around.h = area().bottom - around.y;
    }
    platform::mirror().close(around);
    return chosen != before;
}

} // namespace widgets
