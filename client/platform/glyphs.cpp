#include "client/platform/glyphs.hpp"

#include "client/platform/imports.hpp"
#include "client/platform/page.hpp"
#include "shared/base/bytes.hpp"

#include <imgui.h>
#include <imgui_internal.h>
#include <misc/freetype/imgui_freetype.h>

#include <cmath>
#include <cstring>
#include <map>
#include <vector>

namespace platform {

namespace {

constexpr int face_count = 4;
ImFont* fonts[face_count * shifts]; // Numbered face + face_count * shift.

// Where glyphs belong that the browser keeps drawn: it is asked for all of them together.
struct Waiting {
    ImFontAtlasRectId place;
    int w, h;
};
std::vector<Waiting> waiting;

int face_of(const ImFontConfig* source) { return static_cast<int>(source->FontNo) % face_count; }
int shift_of(const ImFontConfig* source) { return static_cast<int>(source->FontNo) / face_count; }

// Space, and what has no picture of its own: controls, joiners, variation selectors, byte order
// mark.
bool is_silent(ImWchar c) {
    return c < 0x20 || c == 0x7F || (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
           (c >= 0xFE00 && c <= 0xFE0F) || c == 0xFEFF || (c >= 0xE0100 && c <= 0xE01EF);
}

bool contains(ImFontAtlas*, ImFontConfig*, ImWchar) {
    return true;
} // The browser falls back by itself.

bool init_size(ImFontAtlas*, ImFontConfig* source, ImFontBaked* baked, void*) {
    const FaceMetrics face =
        metrics(static_cast<Face>(face_of(source)), static_cast<int>(baked->Size));
    baked->Ascent = std::round(face.ascent);
    baked->Descent = -std::round(face.descent);
    return true;
}

bool load(ImFontAtlas* atlas, ImFontConfig* source, ImFontBaked* baked, void*, ImWchar code_point,
          ImFontGlyph* glyph, float* advance_only) {
    const float density = baked->RasterizerDensity;
    struct {
        float advance, left, above, w, h;
    } measured{};
    if (!is_silent(code_point))
        page_glyph_measure(face_of(source), baked->Size * density, code_point,
                           static_cast<float>(shift_of(source)) / shifts, &measured.advance);
    if (advance_only) {
        *advance_only = measured.advance / density;
        return true;
    }
    glyph->Codepoint = code_point;
    glyph->AdvanceX = measured.advance / density;
    const int w = static_cast<int>(measured.w), h = static_cast<int>(measured.h);
    if (w <= 0 || h <= 0) return true;

    const ImFontAtlasRectId place = ImFontAtlasPackAddRect(atlas, w, h);
    if (place == ImFontAtlasRectId_Invalid) return true; // No room is left in the largest texture.
    page_glyph_keep();
    waiting.push_back({place, w, h});
    glyph->X0 = -measured.left / density;
    glyph->Y0 = baked->Ascent - measured.above / density;
    glyph->X1 = glyph->X0 + measured.w / density;
    glyph->Y1 = glyph->Y0 + measured.h / density;
    glyph->Visible = true;
    glyph->PackId = place;
    return true;
}

const ImFontLoader* loader() {
    static ImFontLoader canvas;
    canvas.Name = "canvas";
    canvas.FontSrcContainsGlyph = contains;
    canvas.FontBakedInit = init_size;
    canvas.FontBakedLoadGlyph = load;
    return &canvas;
}

} // namespace

ImFont* font(Face face, int shift) { return fonts[static_cast<int>(face) + face_count * shift]; }

FaceMetrics metrics(Face face, int size) {
    static std::map<std::pair<int, int>, FaceMetrics> known;
    auto [place, is_new] = known.try_emplace({static_cast<int>(face), size});
    if (is_new)
        page_font_metrics(static_cast<int>(face), static_cast<float>(size), &place->second.ascent);
    return place->second;
}

void take_glyphs() {
    if (waiting.empty()) return;
    ImFontAtlas* atlas = ImGui::GetIO().Fonts;
    std::size_t bytes = 0;
    for (const Waiting& glyph : waiting) bytes += static_cast<std::size_t>(glyph.w * glyph.h);
    base::Bytes pixels(bytes);
    page_glyphs_take(reinterpret_cast<std::uint8_t*>(pixels.data()), pixels.size());
    const std::byte* from = pixels.data();
    ImTextureData* texture = atlas->TexData;
    for (const auto& [place, w, h] : waiting) {
        // The texture may have become larger since, with other places in it or none.
        const ImTextureRect* rect = ImFontAtlasPackGetRectSafe(atlas, place);
        for (int row = 0; rect && row < h; ++row)
            std::memcpy(texture->GetPixelsAt(rect->x, rect->y + row), from + row * w,
                        static_cast<std::size_t>(w));
        if (rect) ImFontAtlasTextureBlockQueueUpload(atlas, texture, rect->x, rect->y, w, h);
        from += w * h;
    }
    waiting.clear();
}

void add_fonts() {
    ImFontAtlas* atlas = ImGui::GetIO().Fonts;
    atlas->Flags |= ImFontAtlasFlags_NoMouseCursors;
    for (int face = 0; face < face_count * shifts; ++face) {
        ImFontConfig source;
        source.FontLoader = loader();
        source.FontDataOwnedByAtlas = true;
        source.FontNo = static_cast<decltype(source.FontNo)>(face);
        source.SizePixels = 15;
        fonts[face] = atlas->AddFont(&source);
    }
}

} // namespace platform

// The loader that ImGui takes for all fonts: see cmake/imgui_config.h for its name.
const ImFontLoader* ImGuiFreeType::GetFontLoader() { return platform::loader(); }
