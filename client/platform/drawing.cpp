// ImGui's own OpenGL backend saves and restores the whole state around each frame; in a browser one
// of those questions (the scissor box) waits for the graphics process to finish all work, which was
// measured at 57 of a frame's 60 ms. The canvas is ours alone, so nothing needs to be asked. Glyphs
// are coverage only, so the texture has one byte a pixel instead of four.
#include "client/platform/drawing.hpp"

#include "client/platform/page.hpp"
#include "shared/base/check.hpp"

#include <GLES3/gl3.h>
#include <emscripten/html5_webgl.h>
#include <imgui.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace platform {

namespace {

constexpr GLuint place_at = 0, texel_at = 1, colour_at = 2; // Vertex attributes.

constexpr const char* vertex_text =
    "#version 300 es\n"
    "layout(location = 0) in vec2 place;\n"
    "layout(location = 1) in vec2 texel;\n"
    "layout(location = 2) in vec4 colour;\n"
    "uniform vec2 size;\n"
    "out vec2 at;\n"
    "out vec4 ink;\n"
    "void main() {\n"
    "    at = texel;\n"
    "    ink = colour;\n"
    "    vec2 part = place / size * 2.0;\n"
    "    gl_Position = vec4(part.x - 1.0, 1.0 - part.y, 0.0, 1.0);\n"
    "}\n";

constexpr const char* fragment_text =
    "#version 300 es\n"
    "precision mediump float;\n"
    "uniform sampler2D coverage;\n"
    "in vec2 at;\n"
    "in vec4 ink;\n"
    "out vec4 pixel;\n"
    "void main() { pixel = vec4(ink.rgb, ink.a * texture(coverage, at).r); }\n";

bool usable = false;
GLint size_uniform = -1;
GLuint vertex_buffer = 0, index_buffer = 0;
std::vector<unsigned char> piece; // Of a texture, its rows put together.

void make_context() {
    EmscriptenWebGLContextAttributes wish{}; // No alpha, depth, stencil, antialiasing.
    wish.majorVersion = 2;
    wish.premultipliedAlpha = true;
    // Frames are rare: what was drawn must still be there whenever the browser composes the page.
    wish.preserveDrawingBuffer = true;
    wish.enableExtensionsByDefault = false;
    const EMSCRIPTEN_WEBGL_CONTEXT_HANDLE context =
        emscripten_webgl_create_context("#drawing", &wish);
    SHENBAO_CHECK(context > 0);
    emscripten_webgl_make_context_current(context);
}

GLuint compile(GLenum kind, const char* text) {
    const GLuint shader = glCreateShader(kind);
    glShaderSource(shader, 1, &text, nullptr);
    glCompileShader(shader);
    return shader;
}

void make_objects() {
    const GLuint program = glCreateProgram();
    glAttachShader(program, compile(GL_VERTEX_SHADER, vertex_text));
    glAttachShader(program, compile(GL_FRAGMENT_SHADER, fragment_text));
    glLinkProgram(program);
    glUseProgram(program);
    size_uniform = glGetUniformLocation(program, "size");
    glUniform1i(glGetUniformLocation(program, "coverage"), 0);
    GLuint buffers[2];
    glGenBuffers(2, buffers);
    vertex_buffer = buffers[0];
    index_buffer = buffers[1];
    GLuint array = 0;
    glGenVertexArrays(1, &array);
    glBindVertexArray(array);
    glBindBuffer(GL_ARRAY_BUFFER, vertex_buffer);
    glBindBuffer(GL_ELEMENT_ARRAY_BUFFER, index_buffer);
    for (const GLuint attribute : {place_at, texel_at, colour_at})
        glEnableVertexAttribArray(attribute);
    glEnable(GL_BLEND);
    glBlendFuncSeparate(GL_SRC_ALPHA, GL_ONE_MINUS_SRC_ALPHA, GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
    glEnable(GL_SCISSOR_TEST);
    glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
    usable = true;
}

void bring_up_to_date(ImTextureData& texture) {
    if (texture.Status == ImTextureStatus_WantCreate) {
        GLuint name = 0;
        glGenTextures(1, &name);
        glBindTexture(GL_TEXTURE_2D, name);
        for (const GLenum filter : {GL_TEXTURE_MIN_FILTER, GL_TEXTURE_MAG_FILTER})
            glTexParameteri(GL_TEXTURE_2D, filter, GL_LINEAR);
        for (const GLenum wrap : {GL_TEXTURE_WRAP_S, GL_TEXTURE_WRAP_T})
            glTexParameteri(GL_TEXTURE_2D, wrap, GL_CLAMP_TO_EDGE);
        glTexImage2D(GL_TEXTURE_2D, 0, GL_R8, texture.Width, texture.Height, 0, GL_RED,
                     GL_UNSIGNED_BYTE, texture.GetPixels());
        texture.SetTexID(name);
        texture.SetStatus(ImTextureStatus_OK);
    } else if (texture.Status == ImTextureStatus_WantUpdates) {
        glBindTexture(GL_TEXTURE_2D, static_cast<GLuint>(texture.TexID));
        for (const ImTextureRect& rect : texture.Updates) {
            piece.clear();
            for (int row = 0; row < rect.h; ++row) {
                const auto* from =
                    static_cast<const unsigned char*>(texture.GetPixelsAt(rect.x, rect.y + row));
                piece.insert(piece.end(), from, from + rect.w);
            }
            glTexSubImage2D(GL_TEXTURE_2D, 0, rect.x, rect.y, rect.w, rect.h, GL_RED,
                            GL_UNSIGNED_BYTE, piece.data());
        }
        texture.SetStatus(ImTextureStatus_OK);
    } else if (texture.Status == ImTextureStatus_WantDestroy && texture.UnusedFrames > 0) {
        const GLuint name = static_cast<GLuint>(texture.TexID);
        glDeleteTextures(1, &name);
        texture.SetTexID(ImTextureID_Invalid);
        texture.SetStatus(ImTextureStatus_Destroyed);
    }
}

// Where the vertices of a command begin: their indices have 16 bits and count from there.
void point_at(unsigned int first_vertex) {
    const auto at = [&](std::size_t member) {
        return reinterpret_cast<const void*>(first_vertex * sizeof(ImDrawVert) + member);
    };
    glVertexAttribPointer(place_at, 2, GL_FLOAT, GL_FALSE, sizeof(ImDrawVert),
                          at(offsetof(ImDrawVert, pos)));
    glVertexAttribPointer(texel_at, 2, GL_FLOAT, GL_FALSE, sizeof(ImDrawVert),
                          at(offsetof(ImDrawVert, uv)));
    glVertexAttribPointer(colour_at, 4, GL_UNSIGNED_BYTE, GL_TRUE, sizeof(ImDrawVert),
                          at(offsetof(ImDrawVert, col)));
}

void draw(const ImDrawList& list, const ImVec2& scale, int height) {
    glBufferData(GL_ARRAY_BUFFER, list.VtxBuffer.size_in_bytes(), list.VtxBuffer.Data,
                 GL_STREAM_DRAW);
    glBufferData(GL_ELEMENT_ARRAY_BUFFER, list.IdxBuffer.size_in_bytes(), list.IdxBuffer.Data,
                 GL_STREAM_DRAW);
    unsigned int first_vertex = 0;
    point_at(first_vertex);
    for (const ImDrawCmd& command : list.CmdBuffer) {
        const int left = static_cast<int>(std::round(command.ClipRect.x * scale.x)),
                  right = static_cast<int>(std::round(command.ClipRect.z * scale.x));
        const int top = static_cast<int>(std::round(command.ClipRect.y * scale.y)),
                  bottom = static_cast<int>(std::round(command.ClipRect.w * scale.y));
        if (right <= left || bottom <= top || command.ElemCount == 0) continue;
        if (command.VtxOffset != first_vertex) point_at(first_vertex = command.VtxOffset);
        glScissor(left, height - bottom, right - left, bottom - top);
        glBindTexture(GL_TEXTURE_2D, static_cast<GLuint>(command.GetTexID()));
        glDrawElements(GL_TRIANGLES, static_cast<GLsizei>(command.ElemCount), GL_UNSIGNED_SHORT,
                       reinterpret_cast<const void*>(command.IdxOffset * sizeof(ImDrawIdx)));
    }
}

} // namespace

void begin_drawing() {
    static_assert(sizeof(ImDrawIdx) == 2);
    ImGuiIO& io = ImGui::GetIO();
    io.BackendFlags |=
        ImGuiBackendFlags_RendererHasTextures | ImGuiBackendFlags_RendererHasVtxOffset;
    io.Fonts->TexDesiredFormat = ImTextureFormat_Alpha8;
    make_context();
    make_objects();
}

void show_picture() {
    if (!usable) return;
    const ImDrawData& data = *ImGui::GetDrawData();
    for (ImTextureData* texture : *data.Textures)
        if (texture->Status != ImTextureStatus_OK) bring_up_to_date(*texture);
    const int width = static_cast<int>(std::round(data.DisplaySize.x * data.FramebufferScale.x));
    const int height = static_cast<int>(std::round(data.DisplaySize.y * data.FramebufferScale.y));
    glViewport(0, 0, width, height);
    glScissor(0, 0, width, height);
    glClearColor(0xEE / 255.f, 0xF1 / 255.f, 0xF4 / 255.f, 1);
    glClear(GL_COLOR_BUFFER_BIT);
    glUniform2f(size_uniform, data.DisplaySize.x, data.DisplaySize.y);
    for (const ImDrawList* list : data.CmdLists) draw(*list, data.FramebufferScale, height);
}

void drawing_lost() { usable = false; }

void drawing_restored() {
    // The names of all objects are void: everything is made anew, the textures from their bytes
    // here.
    for (ImTextureData* texture : ImGui::GetPlatformIO().Textures) {
        texture->SetTexID(ImTextureID_Invalid);
        texture->SetStatus(texture->Status == ImTextureStatus_WantDestroy
                               ? ImTextureStatus_Destroyed
                               : ImTextureStatus_WantCreate);
    }
    make_objects();
    request_frame();
}

} // namespace platform
