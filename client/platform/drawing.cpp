#include "client/platform/drawing.hpp"

#include "client/platform/page.hpp"
#include "shared/base/check.hpp"

#include <GLES3/gl3.h>
#include <emscripten/html5_webgl.h>
#include <imgui.h>
#include <backends/imgui_impl_opengl3.h>

namespace platform {

namespace {

bool usable = false;

void make_context() {
    EmscriptenWebGLContextAttributes wish;
    emscripten_webgl_init_context_attributes(&wish);
    wish.majorVersion = 2;
    wish.alpha = wish.depth = wish.stencil = wish.antialias = false;
    // Frames are rare: what was drawn must still be there whenever the browser composes the page.
    wish.preserveDrawingBuffer = true;
    wish.enableExtensionsByDefault = false;
    const EMSCRIPTEN_WEBGL_CONTEXT_HANDLE context = emscripten_webgl_create_context("#drawing", &wish);
    SHENBAO_CHECK(context > 0);
    emscripten_webgl_make_context_current(context);
}

} // namespace

void begin_drawing() {
    make_context();
    usable = ImGui_ImplOpenGL3_Init("#version 300 es");
    SHENBAO_CHECK(usable);
}

void begin_picture() {
    if (usable) ImGui_ImplOpenGL3_NewFrame();
}

void show_picture() {
    if (!usable) return;
    const Viewport view = viewport();
    glViewport(0, 0, static_cast<int>(view.w * view.density + 0.5f), static_cast<int>(view.h * view.density + 0.5f));
    glClearColor(0xEE / 255.f, 0xF1 / 255.f, 0xF4 / 255.f, 1);
    glClear(GL_COLOR_BUFFER_BIT);
    ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
}

void drawing_lost() { usable = false; }

void drawing_restored() {
    // The names of all objects are void: the renderer forgets them and makes its textures anew.
    ImGui_ImplOpenGL3_Shutdown();
    usable = ImGui_ImplOpenGL3_Init("#version 300 es");
    request_frame();
}

} // namespace platform
