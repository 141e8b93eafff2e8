// The picture: the WebGL2 context of the canvas and ImGui's renderer in it. Private to the platform.
#pragma once

namespace platform {

void begin_drawing();         // Once, at the start.
void begin_picture();         // Before ImGui::NewFrame.
void show_picture();          // After ImGui::Render.
void drawing_lost();          // The browser took the context away: nothing is drawn until it is back.
void drawing_restored();

} // namespace platform
