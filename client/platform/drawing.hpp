// The picture: ImGui's triangles in the WebGL2 context of the canvas. Private to the platform.
#pragma once

namespace platform {

void begin_drawing(); // Once, at the start, when ImGui has its context.
void show_picture();  // After ImGui::Render.
void drawing_lost();  // The browser took the context away: nothing is drawn until it is back.
void drawing_restored();

} // namespace platform
