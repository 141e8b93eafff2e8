// A form as the notice prints it, filled in where it stands: drawn from the blocks of the package,
// so every form of every notice is drawn by this.
#pragma once

#include "client/widgets/paper.hpp"
#include "shared/device/desk.hpp"

class App;

void draw_form_paper(App& app, const device::Matter& matter);

// The last row of a table, with what the form computes of it; nothing when the notice wants none.
void draw_total_row(App& app, const device::Matter& matter, const notice::Block& block,
                    widgets::PaperTable& table);

// A field that the notice asks for but has no blank for on its paper: a box under its label.
void draw_card_field(App& app, const device::Matter& matter, const notice::Field& field);
