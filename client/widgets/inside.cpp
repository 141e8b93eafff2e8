#include "client/widgets/inside.hpp"

#include "shared/base/check.hpp"
#include "shared/base/text.hpp"

#include <imgui.h>
#include <imgui_internal.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace widgets {

namespace {

struct Cover {
    Rect rect;
    Layer layer;
};

constexpr float first_line_height = 24;
constexpr char32_t first_ideograph = 0x2E80; // From here on glyphs are as wide as they are high.
constexpr const char* layer_names[] = {"page", "dialog", "floating"};

std::vector<Area> areas;
std::vector<Cover> covers_before, covers_now;
Layer layer = Layer::page;
std::unordered_map<std::uint64_t, float> numbers;
std::unordered_map<std::uint64_t, std::vector<float>> lists;
std::unordered_map<Handle, Kept> kept_by_handle;

ImU32 colour_of(Colour colour, float opacity = 1) {
    return IM_COL32((colour >> 16) & 0xFF, (colour >> 8) & 0xFF, colour & 0xFF,
                    static_cast<int>(opacity * 255 + 0.5f));
}

ImDrawList* list() { return ImGui::GetWindowDrawList(); }

float density() { return platform::viewport().density; }
float snap(float value) { return std::round(value * density()) / density(); }

Rect snapped(const Rect& rect) {
    const float x = snap(rect.x), y = snap(rect.y);
    return {x, y, snap(rect.x + rect.w) - x, snap(rect.y + rect.h) - y};
}

bool within(const Rect& rect, float x, float y) {
    return x >= rect.x && y >= rect.y && x < rect.x + rect.w && y < rect.y + rect.h;
}

void begin_window(Layer which) {
    const platform::Viewport view = platform::viewport();
    ImGui::SetNextWindowPos({0, 0});
    ImGui::SetNextWindowSize({view.w, view.h});
    ImGui::Begin(layer_names[static_cast<int>(which)], nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoInputs |
                     ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoSavedSettings |
                     ImGuiWindowFlags_NoBringToFrontOnFocus | ImGuiWindowFlags_NoFocusOnAppearing |
                     ImGuiWindowFlags_NoNav | ImGuiWindowFlags_NoMove);
}

ImFontBaked* baked(const Type& type, int shift = 0) {
    return platform::font(type.face, shift)->GetFontBaked(static_cast<float>(type.size), density());
}

bool is_digit(char32_t c) { return c >= '0' && c <= '9'; }

float digit_advance(ImFontBaked* face) {
    float widest = 0;
    for (char32_t c = '0'; c <= '9'; ++c) widest = std::max(widest, face->GetCharAdvance(c));
    return widest;
}

} // namespace

float target_height() {
    return platform::viewport().pointing == platform::Pointing::coarse ? 44.f : 36.f;
}

// --- drawing

void fill(const Rect& rect, Colour colour, float radius, float opacity) {
    if (!can_be_seen(rect)) return;
    const Rect r = snapped(rect);
    list()->AddRectFilled({r.x, r.y}, {r.x + r.w, r.y + r.h}, colour_of(colour, opacity), radius);
}

void frame(const Rect& rect, Colour colour, float thickness, float radius) {
    if (!can_be_seen(rect)) return;
    const float t = std::max(1.f, std::round(thickness * density())) / density();
    const Rect r = snapped(rect);
    // ImGui draws the middle of the line half a pixel inside what it is given.
    const float inset = t / 2 - 0.5f;
    list()->AddRect({r.x + inset, r.y + inset}, {r.x + r.w - inset, r.y + r.h - inset},
                    colour_of(colour), std::max(0.f, radius - t / 2), ImDrawFlags_None, t);
}

void shadow(const Rect& rect, float radius, float depth) {
    for (float grow = depth; grow >= 1; grow -= depth / 6)
        fill({rect.x - grow, rect.y - grow * 0.6f, rect.w + 2 * grow, rect.h + 2 * grow}, 0x1D2733,
             radius + grow, 0.018f);
}

void tick(float x, float y, float size, Colour colour, float thickness) {
    const ImVec2 points[] = {{x + size * 0.15f, y + size * 0.52f},
                             {x + size * 0.42f, y + size * 0.80f},
                             {x + size * 0.88f, y + size * 0.22f}};
    list()->AddPolyline(points, 3, colour_of(colour), ImDrawFlags_None, thickness);
}

void triangle_down(float x, float y, float w, Colour colour) {
    list()->AddTriangleFilled({x, y}, {x + w, y}, {x + w / 2, y + w * 0.62f}, colour_of(colour));
}

void ring(const Rect& rect, float radius) {
    const Rect r = {rect.x - 3, rect.y - 3, rect.w + 6, rect.h + 6};
    frame(r, colour::white, 3, radius + 3);
    frame(r, colour::action, 2, radius + 3);
}

float text_width(const Type& type, std::string_view text) {
    ImFontBaked* face = baked(type);
    const float digit = type.figures == Figures::tabular ? digit_advance(face) : 0;
    float width = 0;
    for (std::size_t at = 0; at < text.size();) {
        const char32_t c = base::next_code_point(text, at);
        width += digit > 0 && is_digit(c) ? digit : face->GetCharAdvance(c);
    }
    return width;
}

void draw_text(const Type& type, Colour colour, float x, float y, std::string_view text) {
    if (!can_be_seen({x, y - static_cast<float>(type.size) * 1.2f, 100000,
                      static_cast<float>(type.size) * 1.6f}))
        return;
    ImFontBaked* face = baked(type);
    const float digit = type.figures == Figures::tabular ? digit_advance(face) : 0;
    // First all glyphs are made, which may give the atlas another texture; then they are set.
    struct Set {
        ImFontBaked* face;
        char32_t c;
        float left;
    };
    static std::vector<Set> line;
    line.clear();
    for (std::size_t at = 0; at < text.size();) {
        const char32_t c = base::next_code_point(text, at);
        const ImFontGlyph* glyph = face->FindGlyph(c);
        const float advance = digit > 0 && is_digit(c) ? digit : glyph->AdvanceX;
        if (glyph->Visible) {
            const float where = (x + (advance - glyph->AdvanceX) / 2) * density();
            const float whole = std::floor(where + 0.125f);
            const int shift = density() < 2 && c < first_ideograph
                                  ? std::clamp(static_cast<int>((where - whole) * 4 + 0.5f), 0,
                                               platform::shifts - 1)
                                  : 0;
            ImFontBaked* from = shift > 0 ? baked(type, shift) : face;
            if (shift > 0) from->FindGlyph(c);
            line.push_back(
                {from, c,
                 (shift > 0 || c < first_ideograph ? whole : std::round(where)) / density()});
        }
        x += advance;
    }
    if (line.empty()) return;
    ImDrawList* draw = list();
    draw->PrimReserve(static_cast<int>(line.size()) * 6, static_cast<int>(line.size()) * 4);
    const ImU32 ink = colour_of(colour);
    const float top = snap(y) - face->Ascent;
    for (const Set& set : line) {
        const ImFontGlyph* glyph = set.face->FindGlyph(set.c);
        draw->PrimRectUV({set.left + glyph->X0, top + glyph->Y0},
                         {set.left + glyph->X1, top + glyph->Y1}, {glyph->U0, glyph->V0},
                         {glyph->U1, glyph->V1}, ink);
    }
}

float base_line(const Type& type, float top, float height) {
    const platform::FaceMetrics face = platform::metrics(type.face, type.size);
    const float ascent = std::round(face.ascent), descent = std::round(face.descent);
    return top + std::floor((height - ascent - descent) / 2) + ascent;
}

std::string shortened(const Type& type, std::string_view text, float width) {
    if (text_width(type, text) <= width + 0.5f) return std::string(text);
    constexpr std::string_view more = "…";
    const float room = width - text_width(type, more);
    float used = 0;
    std::size_t at = 0;
    while (at < text.size()) {
        std::size_t next = at;
        base::next_code_point(text, next);
        used += text_width(type, text.substr(at, next - at));
        if (used > room) break;
        at = next;
    }
    return std::string(text.substr(0, at)) + std::string(more);
}

Clip::Clip(const Rect& rect) {
    list()->PushClipRect({rect.x, rect.y}, {rect.x + rect.w, rect.y + rect.h}, true);
}
Clip::~Clip() { list()->PopClipRect(); }

Rect clip_rect() {
    const ImVec2 from = list()->GetClipRectMin(), to = list()->GetClipRectMax();
    return {from.x, from.y, to.x - from.x, to.y - from.y};
}

bool can_be_seen(const Rect& rect) {
    const Rect clip = clip_rect();
    return rect.x < clip.x + clip.w && rect.y < clip.y + clip.h && rect.x + rect.w > clip.x &&
           rect.y + rect.h > clip.y;
}

OnLayer::OnLayer(Layer next) : m_before(layer) {
    layer = next;
    begin_window(next);
}

OnLayer::~OnLayer() {
    ImGui::End();
    layer = m_before;
}

bool hovered(const Rect& rect) {
    const platform::Pointer pointer = platform::pointer();
    if (!within(rect, pointer.x, pointer.y) || !within(clip_rect(), pointer.x, pointer.y))
        return false;
    return std::none_of(covers_before.begin(), covers_before.end(), [&](const Cover& cover) {
        return cover.layer > layer && within(cover.rect, pointer.x, pointer.y);
    });
}

bool pressed(const Rect& rect) { return platform::pointer().down && hovered(rect); }

void covers(const Rect& rect, Layer which) { covers_now.push_back({rect, which}); }

// --- places

Area& area() {
    SHENBAO_CHECK(!areas.empty()); // Widgets are drawn only inside a Frame.
    return areas.back();
}

void push_area(Area next) {
    if (next.key == 0) next.key = areas.empty() ? 1 : next_key();
    areas.push_back(next);
}

Area pop_area() {
    SHENBAO_CHECK(areas.size() > 1);
    Area last = areas.back();
    areas.pop_back();
    return last;
}

float width_left() {
    const Area& here = area();
    return here.kind == Area::Kind::column ? here.bounds.w
                                           : std::max(0.f, here.bounds.x + here.bounds.w - here.x);
}

Rect next_place(float w, float h) {
    Area& here = area();
    if (here.kind == Area::Kind::column) {
        if (!here.empty) here.y += here.gap;
        const Rect rect{here.x, here.y, w, h};
        here.y += h;
        here.bottom = std::max(here.bottom, here.y);
        here.natural_bottom = std::max(here.natural_bottom, here.y);
        here.right_edge = std::max(here.right_edge, here.x + w);
        here.empty = false;
        return rect;
    }
    if (here.wraps && !here.empty && here.x + w > here.bounds.x + here.bounds.w + 0.5f) {
        begin_next_row(here);
    }
    const float known = here.row_heights && here.row < static_cast<int>(here.row_heights->size())
                            ? (*here.row_heights)[static_cast<std::size_t>(here.row)]
                            : h;
    // Beside text of several lines, everything keeps to its first line.
    const float first = std::min(known, first_line_height);
    const float shift =
        here.middle ? std::max(0.f, (known - h) / 2) : std::max(0.f, (first - h) / 2);
    const Rect rect{here.x, here.y + shift, w, h};
    here.x += w + here.gap;
    here.run_width += w + (here.run_width > 0 ? here.gap : 0);
    here.right_edge = std::max(here.right_edge, rect.x + w);
    here.row_height = std::max(here.row_height, h);
    here.bottom = here.natural_bottom = std::max(here.bottom, here.y + here.row_height);
    here.empty = false;
    return rect;
}

void remember_row(const Area& line) {
    if (!line.row_heights) return;
    std::vector<float>& heights = *line.row_heights;
    const std::size_t row = static_cast<std::size_t>(line.row);
    if (heights.size() <= row) heights.resize(row + 1, 0);
    if (std::abs(heights[row] - line.row_height) <= 0.25f) return;
    heights[row] = line.row_height;
    platform::layout_changed();
}

void begin_next_row(Area& line) {
    remember_row(line);
    line.y += line.row_height + line.gap;
    line.x = line.bounds.x;
    line.row_height = 0;
    line.empty = true;
    ++line.row;
}

std::uint64_t next_key() {
    Area& here = area();
    std::uint64_t key =
        here.key * 0x9E3779B97F4A7C15ull + static_cast<std::uint64_t>(++here.children);
    key ^= key >> 29;
    return key == 0 ? 1 : key;
}

float remembered(std::uint64_t key, int slot) {
    const auto place = numbers.find(key * 31 + static_cast<std::uint64_t>(slot));
    return place == numbers.end() ? 0 : place->second;
}

void remember(std::uint64_t key, int slot, float value) {
    float& known = numbers[key * 31 + static_cast<std::uint64_t>(slot)];
    if (std::abs(known - value) < 0.25f) return;
    known = value;
    platform::layout_changed();
}

std::vector<float>& remembered_list(std::uint64_t key) { return lists[key]; }

Kept& kept(Handle handle) { return kept_by_handle[handle]; }

// --- the frame

Frame::Frame() {
    covers_before.swap(covers_now);
    covers_now.clear();
    // Windows are made once, in the order from above to below (ImGui puts each new one beneath).
    for (Layer which : {Layer::floating, Layer::dialog}) {
        begin_window(which);
        ImGui::End();
    }
    layer = Layer::page;
    begin_window(Layer::page);
    const platform::Viewport view = platform::viewport();
    areas.clear();
    Area whole;
    whole.bounds = {0, 0, view.w, view.h};
    whole.key = 1;
    areas.push_back(whole);
}

Frame::~Frame() {
    SHENBAO_CHECK(areas.size() == 1);
    ImGui::End();
}

} // namespace widgets
