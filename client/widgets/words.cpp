#include "client/widgets/words.hpp"

#include "client/widgets/layout.hpp"
#include "client/widgets/lines.hpp"

#include <algorithm>
#include <cmath>

namespace widgets {

namespace {

Type type_of(const TextLook& look) {
    return {look.weight == Weight::bold ? platform::Face::sans_bold : platform::Face::sans,
            look.size, look.figures};
}

semantics::FieldLook mirror_look(const TextLook& look, int height) {
    semantics::FieldLook mirror;
    mirror.face = static_cast<std::uint32_t>(type_of(look).face);
    mirror.size = look.size;
    mirror.colour = look.colour;
    mirror.line_height = height;
    mirror.align = look.right    ? semantics::TextAlign::right
                   : look.centre ? semantics::TextAlign::centre
                                 : semantics::TextAlign::left;
    return mirror;
}

struct SetText {
    Rect rect;
    bool shortened = false;
};

// Draws the words where the layout puts them.
SetText set_text(std::string_view words, const TextLook& look) {
    const Type type = type_of(look);
    const int height = line_height(look.size);
    const float full = text_width(type, words);
    Area& here = area();
    const bool in_line = here.kind == Area::Kind::line;
    // Behind a badge or a sign the words go on beside it, if at least half of the line is left.
    const bool goes_on =
        in_line && here.wraps && full > width_left() + 0.5f && width_left() < here.bounds.w / 2;
    // A line that does not wrap (a group at its right end) keeps its words whole.
    const bool whole = in_line && !here.wraps && look.wrapping == Wrapping::wrap;
    const float room = whole ? full : goes_on ? here.bounds.w : width_left();
    if (look.wrapping == Wrapping::one_line || full <= room + 0.5f) {
        const bool cut = full > room + 0.5f;
        const Rect rect =
            next_place(in_line ? std::min(full, room) : room, static_cast<float>(height));
        float x = rect.x;
        if (look.right) x += std::max(0.f, rect.w - full);
        if (look.centre) x += std::max(0.f, (rect.w - full) / 2);
        if (cut)
            draw_text(type, look.colour, x, base_line(type, rect.y, rect.h),
                      shortened(type, words, room));
        else draw_text(type, look.colour, x, base_line(type, rect.y, rect.h), words);
        return {rect, cut};
    }
    const auto lines = break_lines(words, room, room,
                                   [&](std::string_view piece) { return text_width(type, piece); });
    const Rect rect =
        next_place(room, static_cast<float>(height) * static_cast<float>(lines.size()));
    float y = rect.y;
    for (const TextLine& line : lines) {
        float x = rect.x;
        if (look.right) x += std::max(0.f, rect.w - line.width);
        if (look.centre) x += std::max(0.f, (rect.w - line.width) / 2);
        draw_text(type, look.colour, x, base_line(type, y, static_cast<float>(height)),
                  words.substr(line.from, line.to - line.from));
        y += static_cast<float>(height);
    }
    return {rect, false};
}

void tell(semantics::Role role, std::string_view id, std::string_view words, const SetText& set,
          const TextLook& look, int level = 0) {
    semantics::Node node;
    node.role = role;
    node.id = id;
    node.name = words;
    node.rect = set.rect;
    node.level = level;
    node.look = mirror_look(look, line_height(look.size));
    if (set.shortened) node.state |= semantics::state::cut_short;
    platform::mirror().leaf(node);
}

} // namespace

void text(std::string_view words, TextLook look) {
    if (words.empty()) return;
    tell(semantics::Role::text, {}, words, set_text(words, look), look);
}

void heading(std::string_view words, int level) {
    TextLook look;
    look.weight = Weight::bold;
    look.size = level == 1 ? type_size::page : level == 2 ? type_size::card : type_size::body;
    tell(semantics::Role::heading, {}, words, set_text(words, look), look, level);
}

void figure(std::string_view number, std::string_view unit) {
    const Type big = {platform::Face::sans_bold, type_size::figure, Figures::tabular};
    const Type small = {platform::Face::sans, type_size::body, Figures::natural};
    const float first = text_width(big, number),
                second = unit.empty() ? 0 : 8 + text_width(small, unit);
    const bool below = first + second > width_left() + 0.5f && !unit.empty();
    const float line = static_cast<float>(line_height(type_size::figure));
    const Rect rect =
        next_place(below ? std::max(first, second - 8) : first + second, line + (below ? 22 : 0));
    const float base = base_line(big, rect.y, line);
    draw_text(big, colour::text, rect.x, base, number);
    if (below)
        draw_text(small, colour::second, rect.x, base_line(small, rect.y + line - 4, 24), unit);
    else if (!unit.empty()) draw_text(small, colour::second, rect.x + first + 8, base, unit);
    semantics::Node node;
    node.role = semantics::Role::text;
    const std::string all =
        unit.empty() ? std::string(number) : std::string(number) + " " + std::string(unit);
    node.name = all;
    node.rect = rect;
    node.look = mirror_look({type_size::figure, Weight::bold}, line_height(type_size::figure));
    platform::mirror().leaf(node);
}

void status(std::string_view id, std::string_view words, TextLook look) {
    tell(semantics::Role::status, id, words, set_text(words, look), look);
}

Colour tone_colour(Tone tone) {
    switch (tone) {
    case Tone::plain: return colour::text;
    case Tone::done: return colour::done;
    case Tone::attention: return colour::attention;
    case Tone::wrong: return colour::wrong;
    case Tone::info: return colour::chosen_text;
    case Tone::rehearsal: return colour::rehearsal;
    }
    return colour::text;
}

Colour tone_ground(Tone tone) {
    switch (tone) {
    case Tone::plain: return colour::ground;
    case Tone::done: return colour::done_ground;
    case Tone::attention: return colour::attention_ground;
    case Tone::wrong: return colour::wrong_ground;
    case Tone::info: return colour::chosen;
    case Tone::rehearsal: return colour::rehearsal_ground;
    }
    return colour::ground;
}

void notice(std::string_view id, Tone tone, std::string_view words) {
    const TextLook look{type_size::body, Weight::regular, tone_colour(tone)};
    const Type type = type_of(look);
    const float width = width_left(), room = width - 32 - 20;
    const auto lines = break_lines(words, room, room,
                                   [&](std::string_view piece) { return text_width(type, piece); });
    const float line = static_cast<float>(line_height(look.size));
    const Rect rect = next_place(width, 20 + line * static_cast<float>(lines.size()));
    fill(rect, tone_ground(tone), space::radius_button);
    const Rect dot{rect.x + 14, rect.y + 14, 16, 16};
    fill(dot, tone_colour(tone), 8);
    if (tone == Tone::done) tick(dot.x + 3, dot.y + 3, 10, colour::white, 1.6f);
    else
        draw_text({platform::Face::sans_bold, 12}, colour::white,
                  dot.x + 8 - text_width({platform::Face::sans_bold, 12}, "!") / 2,
                  base_line({platform::Face::sans_bold, 12}, dot.y, 16),
                  tone == Tone::info ? "i" : "!");
    float y = rect.y + 10;
    for (const TextLine& piece : lines) {
        draw_text(type, look.colour, rect.x + 38, base_line(type, y, line),
                  words.substr(piece.from, piece.to - piece.from));
        y += line;
    }
    semantics::Node node;
    node.role = tone == Tone::wrong ? semantics::Role::alert : semantics::Role::status;
    node.id = id;
    node.name = words;
    node.rect = rect;
    node.look = mirror_look(look, line_height(look.size));
    node.look.padding_left = 38;
    node.look.padding_right = 14;
    node.look.padding_top = 10;
    platform::mirror().leaf(node);
}

namespace {

Rect draw_label(std::string_view words, Tone tone, float height, float padding, float radius) {
    const Type type = {platform::Face::sans, type_size::small};
    const Rect rect = next_place(text_width(type, words) + 2 * padding, height);
    fill({rect.x, rect.y, text_width(type, words) + 2 * padding, height}, tone_ground(tone),
         radius);
    draw_text(type, tone_colour(tone), rect.x + padding, base_line(type, rect.y, rect.h), words);
    return rect;
}

} // namespace

void badge(std::string_view words, Tone tone) {
    const Rect rect = draw_label(words, tone, 21, 8, 4);
    semantics::Node node;
    node.role = semantics::Role::text;
    node.name = words;
    node.rect = rect;
    node.look = mirror_look({type_size::small}, 21);
    node.look.padding_left = 8;
    platform::mirror().leaf(node);
}

void pill(std::string_view id, std::string_view words, Tone tone) {
    const Rect rect = draw_label(words, tone, 25, 12, 12.5f);
    semantics::Node node;
    node.role = semantics::Role::status;
    node.id = id;
    node.name = words;
    node.rect = rect;
    node.look = mirror_look({type_size::small}, 25);
    node.look.padding_left = 12;
    platform::mirror().leaf(node);
}

void sign(Sign which, std::string_view words) {
    const Rect rect = next_place(16, 24);
    const float x = rect.x, y = rect.y + 4;
    switch (which) {
    case Sign::done: tick(x + 1, y + 1, 14, colour::done, 1.8f); break;
    case Sign::open: frame({x + 1, y + 1, 14, 14}, 0xB07A10, 1.4f, 7); break;
    case Sign::waiting:
        frame({x + 1, y + 1, 14, 14}, colour::second, 1.4f, 7);
        fill({x + 7.4f, y + 4, 1.4f, 5}, colour::second);
        fill({x + 7.4f, y + 8, 4, 1.4f}, colour::second);
        break;
    case Sign::wrong: {
        const Type type{platform::Face::sans_bold, 17};
        draw_text(type, colour::wrong, x + 8 - text_width(type, "!") / 2,
                  base_line(type, rect.y, rect.h), "!");
        break;
    }
    }
    semantics::Node node;
    node.role = semantics::Role::image;
    node.name = words;
    node.rect = rect;
    platform::mirror().leaf(node);
}

void separator() {
    const Rect rect = next_place(width_left(), 1);
    fill(rect, colour::hair);
}

void progress_bar(std::string_view id, std::string_view name, int now, int max,
                  std::string_view words) {
    const Rect rect = next_place(width_left(), 8);
    const float part =
        max > 0 ? std::clamp(static_cast<float>(now) / static_cast<float>(max), 0.f, 1.f) : 0;
    fill(rect, colour::bar_ground, 4);
    if (part > 0) fill({rect.x, rect.y, std::max(8.f, rect.w * part), rect.h}, colour::action, 4);
    semantics::Node node;
    node.role = semantics::Role::progress;
    node.id = id;
    node.name = name;
    node.value = words;
    node.now = now;
    node.max = max;
    node.rect = rect;
    platform::mirror().leaf(node);
}

void busy(std::string_view id, std::string_view words) {
    status(id, words, {type_size::body, Weight::regular, colour::second});
}

void empty_state(std::string_view title, std::string_view words) {
    gap(24);
    TextLook head;
    head.size = type_size::card;
    head.weight = Weight::bold;
    head.centre = true;
    text(title, head);
    TextLook body = second_text;
    body.size = type_size::body;
    body.centre = true;
    text(words, body);
    gap(24);
}

} // namespace widgets
