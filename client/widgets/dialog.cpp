#include "client/widgets/dialog.hpp"

#include "client/widgets/controls.hpp"

#include <algorithm>

namespace widgets {

namespace {

constexpr int dialog_level = 20, toast_level = 25;
enum Slot { height_slot };

} // namespace

Dialog::Dialog(std::string_view id, std::string_view title, float width) : m_key(next_key()) {
    const platform::Viewport view = platform::viewport();
    m_layer.emplace(Layer::dialog);
    covers({0, 0, view.w, view.h}, Layer::dialog);
    fill({0, 0, view.w, view.h}, 0x1D2733, 0, 0.4f);
    const float w = std::min(width, view.w - 24);
    const float h = std::min(remembered(m_key, height_slot), view.h - 24);
    m_rect = {(view.w - w) / 2, std::max(12.f, (view.h - h) * 0.4f), w, h};
    shadow(m_rect, space::radius, 16);
    fill(m_rect, colour::card, space::radius);

    semantics::Node node;
    node.role = semantics::Role::dialog;
    node.id = id;
    node.name = title;
    node.rect = m_rect;
    node.keys = semantics::key::escape;
    node.place = semantics::Place::floating;
    node.layer = dialog_level;
    const Handle handle = platform::mirror().open(node);
    m_dismissed = platform::input().take_key(handle, semantics::key::escape);
    m_scroll.emplace("content", m_rect, ScrollLook{.padding_x = 24, .padding_y = 22});
    area().gap = 12;
    heading(title, 2);
}

Dialog::~Dialog() {
    remember(m_key, height_slot,
             area().bottom + platform::input().scroll(m_scroll->handle()).y - m_rect.y + 22);
    m_scroll.reset();
    platform::mirror().close();
    m_layer.reset();
}

Answer ask(std::string_view id, const Question& question) {
    Answer answer = Answer::none;
    Dialog dialog(id, question.title);
    text(question.words);
    gap(4);
    {
        Line line({.gap = 12, .side = Side::right});
        if (button("no", question.no)) answer = Answer::no;
        if (button("yes", question.yes,
                   {.kind = question.dangerous ? ButtonKind::danger : ButtonKind::primary}))
            answer = Answer::yes;
    }
    return dialog.dismissed() ? Answer::no : answer;
}

bool toast(std::string_view id, std::string_view words, std::string_view action) {
    const platform::Viewport view = platform::viewport();
    const Type type{platform::Face::sans, type_size::body},
        bold{platform::Face::sans_bold, type_size::body};
    const float action_w = action.empty() ? 0 : text_width(bold, action) + 32;
    const float room = std::min(view.w - 24, 640.f) - 40 - action_w;
    const std::string shown = shortened(type, words, room);
    const float w = text_width(type, shown) + 40 + action_w, h = 48;
    const Rect rect{(view.w - w) / 2, view.h - h - 24, w, h};
    const OnLayer layer(Layer::floating);
    covers(rect, Layer::floating);
    shadow(rect, 6, 10);
    fill(rect, 0x27323F, 6);
    draw_text(type, colour::white, rect.x + 20, base_line(type, rect.y, rect.h), shown);

    semantics::Node node;
    node.role = semantics::Role::status;
    node.id = id;
    node.name = words;
    node.rect = {rect.x, rect.y, rect.w - action_w, rect.h};
    node.place = semantics::Place::floating;
    node.layer = toast_level;
    platform::mirror().leaf(node);
    if (action.empty()) return false;

    const Scope scope(id);
    const Rect place{rect.x + rect.w - action_w, rect.y + 4, action_w - 4, rect.h - 8};
    semantics::Node press;
    press.role = semantics::Role::button;
    press.id = "action";
    press.name = action;
    press.rect = place;
    press.place = semantics::Place::floating;
    press.layer = toast_level + 1;
    const Handle handle = platform::mirror().leaf(press);
    if (hovered(place)) fill(place, 0x3A4756, 4);
    draw_text(bold, 0x9CC7F5, place.x + (place.w - text_width(bold, action)) / 2,
              base_line(bold, place.y, place.h), action);
    if (platform::input().seen_focus() == handle)
        frame({place.x + 2, place.y + 2, place.w - 4, place.h - 4}, 0x9CC7F5, 2, 4);
    return platform::input().take_click(handle);
}

} // namespace widgets
