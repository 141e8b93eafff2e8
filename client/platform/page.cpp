#include "client/platform/page.hpp"

#include "client/platform/application.hpp"
#include "client/platform/drawing.hpp"
#include "client/platform/glyphs.hpp"
#include "client/platform/imports.hpp"
#include "client/platform/replies.hpp"
#include "shared/base/check.hpp"

#include <imgui.h>

#include <optional>

namespace platform {

namespace {

// A layout that has not come to rest after so many tries is shown as it is.
constexpr int layouts_max = 24;

struct Wish {
    enum class Kind { focus, blur, scroll, reveal } kind;
    semantics::Handle at = 0;
    semantics::Scroll to;
};

Viewport current_viewport;
Pointer current_pointer;
semantics::Tree tree;
semantics::Input person;
std::unique_ptr<Application> application;
std::vector<Wish> wishes;
bool unsettled = false;
double last_frame_ms = 0;
int last_layouts = 0;

void lay_out() {
    ImGuiIO& io = ImGui::GetIO();
    io.DisplaySize = {current_viewport.w, current_viewport.h};
    io.DisplayFramebufferScale = {current_viewport.density, current_viewport.density};
    io.AddMousePosEvent(current_pointer.x, current_pointer.y);
    io.AddMouseButtonEvent(0, current_pointer.down);
    unsettled = false;
    ImGui::NewFrame();
    const ImTextureData* texture = io.Fonts->TexData;
    tree.begin();
    application->frame();
    ImGui::EndFrame();
    // What was laid out before the texture became larger looks for its glyphs in the old one, which
    // take_glyphs() does not fill.
    if (io.Fonts->TexData != texture) layout_changed();
}

void fulfil(const Wish& wish) {
    switch (wish.kind) {
    case Wish::Kind::focus: page_focus(wish.at); break;
    case Wish::Kind::blur: page_blur(); break;
    case Wish::Kind::scroll: page_scroll_to(wish.at, wish.to.x, wish.to.y); break;
    case Wish::Kind::reveal: page_reveal(wish.at); break;
    }
}

} // namespace

void request_frame() { page_request_frame(); }
void layout_changed() { unsettled = true; }

Viewport viewport() { return current_viewport; }
Pointer pointer() { return current_pointer; }
semantics::Tree& mirror() { return tree; }
semantics::Input& input() { return person; }

void focus(semantics::Handle at) { wishes.push_back({Wish::Kind::focus, at, {}}); }
void blur() { wishes.push_back({Wish::Kind::blur, 0, {}}); }
void scroll_to(semantics::Handle area, semantics::Scroll to) {
    wishes.push_back({Wish::Kind::scroll, area, to});
}
void reveal(semantics::Handle at) { wishes.push_back({Wish::Kind::reveal, at, {}}); }

void announce(std::string_view sentence) { page_announce(sentence.data(), sentence.size()); }
void set_title(std::string_view title) { page_title(title.data(), title.size()); }

void start() {
    IMGUI_CHECKVERSION();
    ImGui::CreateContext();
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr;
    io.LogFilename = nullptr;
    io.BackendPlatformName = "shenbao";
    ImGui::GetStyle().WindowBorderSize = 0;
    ImGui::GetStyle().WindowPadding = {0, 0};
    ImGui::GetStyle().CircleTessellationMaxError = 0.08f; // Small circles are round, too.
    begin_drawing();
    add_fonts();
    application = make_application();
    request_frame();
}

void draw_frame(double now_ms) {
    SHENBAO_CHECK(application);
    ImGuiIO& io = ImGui::GetIO();
    io.DeltaTime = now_ms > last_frame_ms && last_frame_ms > 0
                       ? static_cast<float>((now_ms - last_frame_ms) / 1000)
                       : 1.f / 60;
    last_frame_ms = now_ms;

    // Every event has a layout of its own, in which it is acted upon; then comes the one that is
    // shown, repeated until it rests.
    while (person.waiting()) {
        person.next();
        lay_out();
    }
    person.next_none();
    lay_out();
    for (last_layouts = 1; unsettled && last_layouts < layouts_max; ++last_layouts) lay_out();
    take_glyphs();
    ImGui::Render();
    show_picture();

    const std::vector<std::uint8_t>& changes = tree.changes();
    if (!changes.empty()) page_mirror(changes.data(), changes.size());
    // Fulfilling a wish may make events, and these new wishes in the next frame.
    std::vector<Wish> now;
    now.swap(wishes);
    for (const Wish& wish : now) fulfil(wish);
}

int layouts() { return unsettled ? layouts_max : last_layouts; }

void set_viewport(float w, float h, float density, int coarse) {
    current_viewport = {w, h, density, coarse ? Pointing::coarse : Pointing::fine};
    request_frame();
}

void set_pointer(float x, float y, int down) { current_pointer = {x, y, down != 0}; }

} // namespace platform
