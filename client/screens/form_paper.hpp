// A form as the notice prints it, filled in where it stands: drawn from the blocks of the package,
// so every form of every notice is drawn by this.
#pragma once

#include "shared/device/desk.hpp"

class App;

void draw_form_paper(App& app, const device::Matter& matter);

// A field that the notice asks for but has no blank for on its paper: a box under its label.
void draw_card_field(App& app, const device::Matter& matter, const notice::Field& field);
