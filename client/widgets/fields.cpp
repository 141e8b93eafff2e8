#include "client/widgets/fields.hpp"

#include "client/widgets/layout.hpp"
#include "client/widgets/lines.hpp"
#include "client/widgets/words.hpp"

#include <algorithm>
#include <cmath>

namespace widgets {

namespace {

constexpr float line_field_width = 240;
constexpr int suggestions_shown = 8;

float padding_of(const FieldLook& look) {
    return look.shape == Shape::box ? 12.f : look.size == type_size::least ? 3.f : 8.f;
}

Type type_of(const FieldLook& look) { return {platform::Face::sans, look.size, Figures::natural}; }

// On paper and in tables there is no more room than the notice gives: what is long is set smaller,
// so that a figure is not cut.
FieldLook fitted(FieldLook look, float width, std::string_view value) {
    if (look.shape == Shape::box) return look;
    while (look.size > type_size::least &&
           text_width(type_of(look), value) > width - 2 * padding_of(look))
        look.size = look.size > type_size::small ? type_size::small : type_size::least;
    return look;
}

float field_height(const FieldLook& look) {
    if (look.shape == Shape::blank) return static_cast<float>(line_height(look.size));
    return look.shape == Shape::box ? std::max(40.f, target_height())
                                    : std::max(32.f, target_height() - 4);
}

void draw_ground(const Rect& rect, const FieldLook& look, bool focused) {
    if (!can_be_seen(rect)) return; // Of a long table, most is not.
    const bool wrong = !look.error.empty(), attention = !look.attention.empty(),
               locked = !look.locked_because.empty();
    const bool hot = !locked && hovered(rect);
    const Colour mark = wrong       ? colour::wrong
                        : attention ? colour::attention
                        : hot       ? colour::action
                                    : 0x8A97A5;
    const Colour ground = wrong       ? colour::wrong_ground
                          : attention ? colour::attention_ground
                                      : colour::card;
    switch (look.shape) {
    case Shape::box:
        fill(rect, locked ? colour::ground : ground, space::radius_button);
        if (!focused)
            frame(rect, locked ? colour::line : mark, wrong ? 2.f : 1.f, space::radius_button);
        break;
    case Shape::blank:
        if (!focused && (!locked || wrong || attention))
            fill(rect, wrong || attention ? ground : colour::blank, 2);
        if (!focused)
            fill({rect.x, rect.y + rect.h - (wrong ? 2.f : 1.f), rect.w, wrong ? 2.f : 1.f},
                 locked ? 0xB9C2CC : mark);
        break;
    case Shape::cell:
        if (wrong || attention) fill(rect, ground, 4);
        else if (!locked) fill(rect, colour::blank, 4);
        if (!focused && (hot || wrong)) frame(rect, mark, wrong ? 1.5f : 1.f, 4);
        break;
    }
    if (focused) {
        if (look.shape != Shape::box) fill(rect, colour::card, 4);
        frame(rect, wrong ? colour::wrong : colour::action, 2,
              look.shape == Shape::box ? space::radius_button : 4);
    }
}

semantics::Node node_for(semantics::Role role, std::string_view id, const Rect& rect,
                         std::string_view value, const FieldLook& look) {
    semantics::Node node;
    node.value = value;
    node.role = role;
    node.id = id;
    node.name = look.label;
    node.rect = rect;
    node.placeholder = look.placeholder;
    node.description = !look.error.empty()            ? look.error
                       : !look.attention.empty()      ? look.attention
                       : !look.locked_because.empty() ? look.locked_because
                                                      : look.hint;
    node.max_length = look.max_length;
    if (!look.error.empty()) node.state |= semantics::state::invalid;
    if (look.need == Need::required) node.state |= semantics::state::required;
    if (!look.locked_because.empty()) node.state |= semantics::state::read_only;
    if (look.entry == Entry::digits) node.state |= semantics::state::digits;
    if (look.entry == Entry::telephone) node.state |= semantics::state::telephone;
    if (can_be_seen(rect) &&
        text_width(type_of(look), value) > rect.w - 2 * padding_of(look) + 0.5f)
        node.state |= semantics::state::cut_short;
    if (look.in_table) node.keys = semantics::key::enter | semantics::key::copy_above;
    if (look.takes_cells) node.state |= semantics::state::table_paste;
    if (look.takes_focus) node.state |= semantics::state::take_focus;
    const Type type = type_of(look);
    node.look.face = static_cast<std::uint32_t>(type.face);
    node.look.size = type.size;
    node.look.colour = colour::text;
    node.look.padding_left = static_cast<int>(padding_of(look));
    node.look.padding_right = node.look.padding_left;
    node.look.line_height = static_cast<int>(rect.h);
    node.look.align = look.right    ? semantics::TextAlign::right
                      : look.centre ? semantics::TextAlign::centre
                                    : semantics::TextAlign::left;
    return node;
}

Move move_of(Handle handle) {
    semantics::Input& input = platform::input();
    if (input.take_key(handle, semantics::key::up)) return Move::up;
    if (input.take_key(handle, semantics::key::down)) return Move::down;
    if (input.take_key(handle, semantics::key::copy_above)) return Move::copy_above;
    return Move::none;
}

// What happened to the field with this handle in this frame.
Edited happened(Handle handle, std::string& value) {
    semantics::Input& input = platform::input();
    Edited result;
    if (const semantics::Event* edit = input.take_edit(handle)) {
        result.changed = value != edit->text;
        result.composing = edit->composing;
        value = edit->text;
    }
    result.entered = input.take_key(handle, semantics::key::enter);
    result.pasted = input.take_paste(handle);
    Kept& state = kept(handle);
    const bool is_now = input.focus() == handle;
    result.left = state.was_focused && !is_now;
    state.was_focused = is_now;
    return result;
}

void draw_value(const Rect& rect, std::string_view value, const FieldLook& look, bool focused) {
    const Type type = type_of(look);
    const float padding = padding_of(look), room = rect.w - 2 * padding;
    const bool hint = value.empty();
    if (!can_be_seen(rect) || (hint && look.placeholder.empty())) return;
    if (focused && !hint) return; // The real field shows it.
    const Type face =
        hint ? Type{platform::Face::sans, std::min(look.size, type_size::body)} : type;
    const std::string shown = shortened(face, hint ? look.placeholder : value, room);
    const float w = text_width(face, shown);
    const float x = look.right    ? rect.x + rect.w - padding - w
                    : look.centre ? rect.x + (rect.w - w) / 2
                                  : rect.x + padding;
    draw_text(face, hint ? colour::second : colour::text, x, base_line(face, rect.y, rect.h),
              shown);
}

// The label above and the hint or error below a box; `draw` puts the field itself between them.
template <class Draw> void with_words(const FieldLook& look, float height, Draw draw) {
    const bool in_line = area().kind == Area::Kind::line;
    const float width = look.width > 0 ? std::min(look.width, area().bounds.w)
                        : in_line      ? std::min(line_field_width, area().bounds.w)
                                       : width_left();
    if (look.shape != Shape::box ||
        (look.label.empty() && look.hint.empty() && look.error.empty() && look.attention.empty())) {
        draw(next_place(width, height));
        return;
    }
    const std::string_view below = !look.error.empty()            ? look.error
                                   : !look.attention.empty()      ? look.attention
                                   : !look.locked_because.empty() ? look.locked_because
                                                                  : look.hint;
    const Type small{platform::Face::sans, type_size::small},
        label{platform::Face::sans, type_size::body};
    const auto lines = below.empty()
                           ? std::vector<TextLine>{}
                           : break_lines(below, width, width, [&](std::string_view piece) {
                                 return text_width(small, piece);
                             });
    const float top = look.label.empty() ? 0.f : 28.f;
    const Rect all = next_place(
        width, top + height + (lines.empty() ? 0.f : 4 + 20 * static_cast<float>(lines.size())));
    if (!look.label.empty()) {
        draw_text(label, colour::text, all.x, base_line(label, all.y, 24), look.label);
        if (look.need == Need::required)
            draw_text(label, colour::wrong, all.x + text_width(label, look.label) + 4,
                      base_line(label, all.y, 24), "*");
    }
    draw(Rect{all.x, all.y + top, width, height});
    float y = all.y + top + height + 4;
    const Colour ink = !look.error.empty()       ? colour::wrong
                       : !look.attention.empty() ? colour::attention
                                                 : colour::second;
    for (const TextLine& line : lines) {
        draw_text(small, ink, all.x, base_line(small, y, 20),
                  below.substr(line.from, line.to - line.from));
        y += 20;
    }
}

} // namespace

Edited field_at(std::string_view id, const Rect& rect, std::string& value,
                const FieldLook& wanted) {
    const Handle handle = platform::mirror().handle_of(id);
    Edited result = happened(handle, value);
    const FieldLook look = fitted(wanted, rect.w, value);
    const bool focused = platform::input().focus() == handle;
    if (look.in_table) result.move = result.entered ? Move::enter : move_of(handle);
    semantics::Node node = node_for(semantics::Role::text_field, id, rect, value, look);
    node.keys |= semantics::key::enter;
    if (look.in_table) node.keys |= semantics::key::up | semantics::key::down;
    platform::mirror().leaf(node);
    draw_ground(rect, look, focused);
    draw_value(rect, value, look, focused);
    return result;
}

Edited text_field(std::string_view id, std::string& value, FieldLook look) {
    Edited result;
    with_words(look, field_height(look),
               [&](const Rect& rect) { result = field_at(id, rect, value, look); });
    return result;
}

Edited text_area(std::string_view id, std::string& value, int rows, FieldLook look) {
    Edited result;
    const Type type = type_of(look);
    const float padding = padding_of(look), line = static_cast<float>(line_height(look.size));
    const bool in_line = area().kind == Area::Kind::line;
    const float width = look.width > 0 ? std::min(look.width, area().bounds.w)
                        : in_line      ? line_field_width
                                       : width_left();
    const float room = width - 2 * padding;
    const Handle handle = platform::mirror().handle_of(id);
    result = happened(handle, value);
    const auto lines = break_lines(value, room, room,
                                   [&](std::string_view piece) { return text_width(type, piece); });
    const float height =
        16 + line * static_cast<float>(std::max(rows, static_cast<int>(lines.size())));
    with_words(look, height, [&](const Rect& rect) {
        const bool focused = platform::input().focus() == handle;
        semantics::Node node = node_for(semantics::Role::text_area, id, rect, value, look);
        node.state &= ~semantics::state::cut_short; // It breaks into lines.
        node.look.line_height = static_cast<int>(line);
        node.look.padding_top = 8;
        platform::mirror().leaf(node);
        draw_ground(rect, look, focused);
        if (value.empty()) {
            draw_value({rect.x, rect.y + 8, rect.w, line}, value, look, focused);
        } else if (!focused) {
            float y = rect.y + 8;
            for (const TextLine& piece : lines) {
                draw_text(type, colour::text, rect.x + padding, base_line(type, y, line),
                          std::string_view(value).substr(piece.from, piece.to - piece.from));
                y += line;
            }
        }
    });
    return result;
}

Edited select_at(std::string_view id, const Rect& rect, std::span<const std::string> options,
                 int& chosen, const FieldLook& look) {
    const Handle handle = platform::mirror().handle_of(id);
    const int before = chosen;
    Edited result;
    if (look.in_table) {
        result.entered = platform::input().take_key(handle, semantics::key::enter);
        result.move = result.entered ? Move::enter : move_of(handle);
    }
    result.pasted = platform::input().take_paste(handle);
    if (const semantics::Event* edit = platform::input().take_edit(handle)) {
        // By its words: the list may have become another one since it was chosen.
        const auto found = std::find(options.begin(), options.end(), edit->text);
        if (found != options.end()) chosen = static_cast<int>(found - options.begin());
    }
    std::string all;
    for (const std::string& option : options) {
        if (!all.empty()) all += '\n';
        all += option;
    }
    const bool known = chosen >= 0 && chosen < static_cast<int>(options.size());
    semantics::Node node =
        node_for(semantics::Role::select, id, rect,
                 known ? std::string_view(options[static_cast<std::size_t>(chosen)])
                       : std::string_view(),
                 look);
    node.options = all;
    platform::mirror().leaf(node);
    const bool focused = platform::input().focus() == handle;
    draw_ground(rect, look, focused);
    const float arrow = 22;
    const Rect words{rect.x, rect.y, rect.w - (look.right ? 0 : arrow - 8), rect.h};
    const std::string_view value = known
                                       ? std::string_view(options[static_cast<std::size_t>(chosen)])
                                       : std::string_view();
    draw_value(words, value, fitted(look, words.w, value), false);
    if (look.locked_because.empty())
        triangle_down(rect.x + rect.w - arrow + 4, rect.y + rect.h / 2 - 3, 10, colour::text);
    result.changed = chosen != before;
    return result;
}

bool select(std::string_view id, std::span<const std::string> options, int& chosen,
            FieldLook look) {
    bool changed = false;
    with_words(look, field_height(look),
               [&](const Rect& rect) {
                   changed = select_at(id, rect, options, chosen, look).changed;
               });
    return changed;
}

namespace {

// Draws the list under the field; returns the suggestion that was pressed.
std::optional<int> suggestion_list(const Rect& field, std::span<const Suggestion> suggestions,
                                   int highlighted) {
    const platform::Viewport view = platform::viewport();
    const int count = std::min(static_cast<int>(suggestions.size()), suggestions_shown);
    const float row = target_height();
    const float w = std::min(std::max(field.w, 360.f), view.w - 16);
    const float h = row * static_cast<float>(count) + 8;
    const bool above = field.y + field.h + 4 + h > view.h && field.y - 4 - h > 0;
    const Rect box{std::max(8.f, std::min(field.x, view.w - w - 8)),
                   above ? field.y - 4 - h : field.y + field.h + 4, w, h};
    const OnLayer layer(Layer::floating);
    covers(box, Layer::floating);
    shadow(box, 6, 10);
    fill(box, colour::card, 6);
    frame(box, colour::line, 1, 6);

    semantics::Node list;
    list.role = semantics::Role::listbox;
    list.id = "suggestions";
    list.name = "可选项";
    list.rect = box;
    list.place = semantics::Place::floating;
    list.layer = 30;
    platform::mirror().open(list);
    std::optional<int> chosen;
    for (int index = 0; index < count; ++index) {
        const Suggestion& one = suggestions[static_cast<std::size_t>(index)];
        const Rect rect{box.x + 4, box.y + 4 + row * static_cast<float>(index), box.w - 8, row};
        const bool marked = index == highlighted;
        if (marked) fill(rect, colour::chosen, 4);
        else if (hovered(rect)) fill(rect, colour::hover, 4);
        const Type type{platform::Face::sans, type_size::body},
            small{platform::Face::sans, type_size::small};
        const float detail =
            one.detail.empty() ? 0 : std::min(text_width(small, one.detail), rect.w * 0.45f) + 16;
        draw_text(type, colour::text, rect.x + 8, base_line(type, rect.y, rect.h),
                  shortened(type, one.title, rect.w - 16 - detail));
        if (!one.detail.empty()) {
            const std::string shown = shortened(small, one.detail, detail - 16);
            draw_text(small, colour::second, rect.x + rect.w - 8 - text_width(small, shown),
                      base_line(small, rect.y, rect.h), shown);
        }
        const std::string name = one.detail.empty() ? one.title : one.title + " " + one.detail;
        semantics::Node node;
        node.role = semantics::Role::option;
        node.id = one.id;
        node.name = name;
        node.rect = rect;
        node.state = semantics::state::no_tab | (marked ? semantics::state::selected : 0);
        if (platform::input().take_click(platform::mirror().leaf(node))) chosen = index;
    }
    platform::mirror().close();
    return chosen;
}

// Stands where the list would: somebody who types must see that nothing has what they typed.
void nothing_found(const Rect& field) {
    const float h = target_height();
    const float w = std::max(std::min(field.w, platform::viewport().w - 16), 200.f);
    const bool above = field.y + field.h + 4 + h > platform::viewport().h;
    const Rect box{field.x, above ? field.y - 4 - h : field.y + field.h + 4, w, h};
    const OnLayer layer(Layer::floating);
    covers(box, Layer::floating);
    shadow(box, 6, 10);
    fill(box, colour::card, 6);
    frame(box, colour::line, 1, 6);
    const Type type{platform::Face::sans, type_size::body};
    const std::string_view words = "没有找到，请换一个词";
    draw_text(type, colour::second, box.x + 12, base_line(type, box.y, box.h), words);
    semantics::Node node;
    node.role = semantics::Role::status;
    node.id = "nothing";
    node.name = words;
    node.rect = box;
    node.place = semantics::Place::floating;
    node.layer = 30;
    platform::mirror().leaf(node);
}

} // namespace

Searched search_at(std::string_view id, const Rect& rect, std::string& typed,
                   std::span<const Suggestion> suggestions, const FieldLook& wanted) {
    const FieldLook look = fitted(wanted, rect.w, typed);
    Searched result;
    semantics::Input& input = platform::input();
    const Handle handle = platform::mirror().handle_of(id);
    Kept& state = kept(handle);
    const bool had_focus = state.was_focused;
    result.edited = happened(handle, typed);
    const bool focused = input.focus() == handle;
    const int count = std::min(static_cast<int>(suggestions.size()), suggestions_shown);
    if (focused && !had_focus)
        state.open = typed.empty() && !look.in_table, state.highlighted = 0;
    // Behind the focus: on a slow machine both come with one frame.
    if (result.edited.changed) state.open = true, state.highlighted = 0;
    if (input.take_click(handle)) state.open = true;
    if (!focused) state.open = false;
    // In a table, arrows lead through the list only while it is seen.
    if (look.in_table && !(state.open && count > 0)) result.edited.move = move_of(handle);
    if (input.take_key(handle, semantics::key::down)) {
        if (!state.open) state.open = true;
        else state.highlighted = std::min(state.highlighted + 1, count - 1);
    }
    if (input.take_key(handle, semantics::key::up))
        state.highlighted = std::max(0, state.highlighted - 1);
    if (input.take_key(handle, semantics::key::escape)) state.open = false;
    state.highlighted = std::clamp(state.highlighted, 0, std::max(0, count - 1));
    const bool shown = state.open && count > 0;
    if (result.edited.entered && shown) {
        result.chosen = state.highlighted;
        result.edited.entered = false;
    }
    if (look.in_table && result.edited.entered) result.edited.move = Move::enter;

    // The list lies beside the field in the mirror's order, so it is told after it: the handles are
    // known beforehand, because ids do not change.
    Handle list = 0;
    semantics::Node node = node_for(semantics::Role::combobox, id, rect, typed, look);
    {
        const Scope own(id);
        list = platform::mirror().handle_of("suggestions");
        const Scope inside("suggestions");
        if (shown)
            node.active = platform::mirror().handle_of(
                suggestions[static_cast<std::size_t>(state.highlighted)].id);
    }
    node.controls = shown ? list : 0;
    node.state |= semantics::state::expandable | (shown ? semantics::state::expanded : 0);
    node.keys |= semantics::key::enter | semantics::key::down | semantics::key::up |
                 (shown ? semantics::key::escape : 0);
    platform::mirror().leaf(node);
    draw_ground(rect, look, focused);
    draw_value(rect, typed, look, focused);
    if (shown) {
        const Scope own(id);
        if (const auto pressed_one = suggestion_list(rect, suggestions, state.highlighted))
            result.chosen = pressed_one;
    }
    if (state.open && count == 0 && !typed.empty()) {
        const Scope own(id);
        nothing_found(rect);
    }
    if (result.chosen) state.open = false;
    return result;
}

Searched search_box(std::string_view id, std::string& typed,
                    std::span<const Suggestion> suggestions, FieldLook look) {
    Searched result;
    with_words(look, field_height(look),
               [&](const Rect& rect) { result = search_at(id, rect, typed, suggestions, look); });
    return result;
}

} // namespace widgets
