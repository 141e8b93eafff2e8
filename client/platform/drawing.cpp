// What ImGui wants drawn, handed to web/picture.js, which draws it with WebGL2. ImGui's own OpenGL
// backend saves and restores the whole state around each frame; in a browser one of those
// questions (the scissor box) waits for the graphics process to finish all work, which was measured
// at 57 of a frame's 60 ms. The canvas is ours alone, so nothing needs to be asked; and emcc's
// OpenGL over WebGL would be more of the page than the few calls that are needed. Glyphs are
// coverage only, so the texture has one byte a pixel instead of four.
#include "client/platform/drawing.hpp"

#include "client/platform/imports.hpp"
#include "client/platform/page.hpp"
#include "shared/base/check.hpp"

#include <imgui.h>

#include <cmath>
#include <cstddef>

namespace platform {

namespace {

bool usable = true; // picture.js made everything before start().

void bring_up_to_date(ImTextureData& texture) {
    if (texture.Status == ImTextureStatus_WantCreate) {
        texture.SetTexID(static_cast<ImTextureID>(
            page_picture_texture(texture.Pixels, texture.Width, texture.Height)));
        texture.SetStatus(ImTextureStatus_OK);
    } else if (texture.Status == ImTextureStatus_WantUpdates) {
        for (const ImTextureRect& rect : texture.Updates)
            page_picture_update(static_cast<int>(texture.TexID), texture.Pixels, texture.Width,
                                rect.x, rect.y, rect.w, rect.h);
        texture.SetStatus(ImTextureStatus_OK);
    } else if (texture.Status == ImTextureStatus_WantDestroy && texture.UnusedFrames > 0) {
        page_picture_delete(static_cast<int>(texture.TexID));
        texture.SetTexID(ImTextureID_Invalid);
        texture.SetStatus(ImTextureStatus_Destroyed);
    }
}

void draw(const ImDrawList& list, const ImVec2& scale, int height) {
    page_picture_list(list.VtxBuffer.Data,
                      static_cast<std::size_t>(list.VtxBuffer.size_in_bytes()),
                      list.IdxBuffer.Data,
                      static_cast<std::size_t>(list.IdxBuffer.size_in_bytes()));
    for (const ImDrawCmd& command : list.CmdBuffer) {
        const int left = static_cast<int>(std::round(command.ClipRect.x * scale.x)),
                  right = static_cast<int>(std::round(command.ClipRect.z * scale.x));
        const int top = static_cast<int>(std::round(command.ClipRect.y * scale.y)),
                  bottom = static_cast<int>(std::round(command.ClipRect.w * scale.y));
        if (right <= left || bottom <= top || command.ElemCount == 0) continue;
        page_picture_triangles(static_cast<int>(command.GetTexID()), left, height - bottom,
                               right - left, bottom - top, command.VtxOffset, command.IdxOffset,
                               command.ElemCount);
    }
}

} // namespace

void begin_drawing() {
    // picture.js counts on these.
    static_assert(sizeof(ImDrawIdx) == 2 && sizeof(ImDrawVert) == 20);
    static_assert(offsetof(ImDrawVert, uv) == 8 && offsetof(ImDrawVert, col) == 16);
    ImGuiIO& io = ImGui::GetIO();
    io.BackendFlags |=
        ImGuiBackendFlags_RendererHasTextures | ImGuiBackendFlags_RendererHasVtxOffset;
    io.Fonts->TexDesiredFormat = ImTextureFormat_Alpha8;
}

void show_picture() {
    if (!usable) return;
    const ImDrawData& data = *ImGui::GetDrawData();
    for (ImTextureData* texture : *data.Textures)
        if (texture->Status != ImTextureStatus_OK) bring_up_to_date(*texture);
    const int width = static_cast<int>(std::round(data.DisplaySize.x * data.FramebufferScale.x));
    const int height = static_cast<int>(std::round(data.DisplaySize.y * data.FramebufferScale.y));
    page_picture_clear(width, height, data.DisplaySize.x, data.DisplaySize.y);
    for (const ImDrawList* list : data.CmdLists) draw(*list, data.FramebufferScale, height);
}

void drawing_lost() { usable = false; }

void drawing_restored() {
    // All objects are gone: everything is made anew, the textures from their bytes here.
    for (ImTextureData* texture : ImGui::GetPlatformIO().Textures) {
        texture->SetTexID(ImTextureID_Invalid);
        texture->SetStatus(texture->Status == ImTextureStatus_WantDestroy
                               ? ImTextureStatus_Destroyed
                               : ImTextureStatus_WantCreate);
    }
    SHENBAO_CHECK(page_picture_begin() != 0);
    usable = true;
    request_frame();
}

} // namespace platform
