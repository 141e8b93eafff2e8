// The page draws and mirrors widgets of its own (client/widgets) and takes from Dear ImGui its
// windows, clipping and draw lists. ImGui's own widgets and tables are not linked: a tenth of the
// page's code would be loaded for nothing. What its core asks of them is answered here. A call of
// ImGui's that needs more does not link, and whoever makes it should first ask client/widgets.
#include <imgui.h>
#include <imgui_internal.h>

#include <cstring>

// --- What each frame asks, of a page that has none of these --------------------------------------

ImGuiInputTextState::ImGuiInputTextState() {
    std::memset(static_cast<void*>(this), 0, sizeof *this);
}
ImGuiInputTextState::~ImGuiInputTextState() = default;
void ImGuiMenuColumns::Update(float, bool) {}

namespace ImGui {

void InputTextDeactivateHook(ImGuiID) {}
void TableSettingsAddSettingsHandler() {}
void TableGcCompactSettings() {}
void TableGcCompactTransientBuffers(ImGuiTable*) {}
void TableGcCompactTransientBuffers(ImGuiTableTempData*) {}

// Each frame begins with a window of ImGui's own, which has a title and grips and is never seen.
bool ButtonBehavior(const ImRect&, ImGuiID, bool* hovered, bool* held, ImGuiButtonFlags) {
    if (hovered != nullptr) *hovered = false;
    if (held != nullptr) *held = false;
    return false;
}
bool CollapseButton(ImGuiID, const ImVec2&) { return false; }

// --- What cannot happen: our windows have no decoration, take no input and hold no widgets ------

namespace {
[[noreturn]] void left_out() { __builtin_trap(); }
} // namespace

void EndColumns() { left_out(); }
void EndMenuBar() { left_out(); }
ImGuiMultiSelectIO* EndMultiSelect() { left_out(); }
void EndTabBar() { left_out(); }
void EndTable() { left_out(); }
void TableEndRow(ImGuiTable*) { left_out(); }
void TreePop() { left_out(); }
void Scrollbar(ImGuiAxis) { left_out(); }
void SeparatorText(const char*) { left_out(); }
void TextV(const char*, va_list) { left_out(); }
bool Button(const char*, const ImVec2&) { left_out(); }
bool CloseButton(ImGuiID, const ImVec2&) { left_out(); }
bool Selectable(const char*, bool, ImGuiSelectableFlags, const ImVec2&) { left_out(); }
bool SliderInt(const char*, int*, int, int, const char*, ImGuiSliderFlags) { left_out(); }
bool InputText(const char*, char*, size_t, ImGuiInputTextFlags, ImGuiInputTextCallback, void*) {
    left_out();
}

} // namespace ImGui
