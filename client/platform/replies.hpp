// How the browser's answers reach those who wait for them. Private to the platform: exports.cpp
// calls.
#pragma once

#include <string_view>

namespace platform {

void fetched(int number, int status, std::string_view headers, std::string_view body);
void timer_rang(int number);
void picked(int number, std::string_view name, std::string_view content);

// Events of the page, page.cpp.
void start();
void draw_frame(double now_ms);
// How often the last frame was laid out until it rested; 24 when it never did, which is a mistake.
int layouts();
void set_viewport(float w, float h, float density, int coarse);
void set_pointer(float x, float y, int down);

} // namespace platform
