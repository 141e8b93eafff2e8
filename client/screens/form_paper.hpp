// A form as the notice prints it, filled in where it stands: drawn from the blocks of the package,
// so every form of every notice is drawn by this.
#pragma once

#include "client/widgets/paper.hpp"
#include "shared/device/desk.hpp"

#include <functional>
#include <optional>

class App;

void draw_form_paper(App& app, const device::Matter& matter);

// The last row of a table, with what the form computes of it; nothing when the notice wants none.
void draw_total_row(const notice::Block& block, std::string_view total,
                    widgets::PaperTable& table);

// A filing as it was sent, to be read. What is to be seen at a value: its ground, what is read out
// with it, what stood there before, and what was explained about it (empty: nothing).
struct FiledMark {
    widgets::Tone tone = widgets::Tone::plain;
    std::string   about, before, note;
};
struct FiledPaper {
    const notice::Form&                                form;
    std::string                                        id;
    std::string                                        unit_name;
    const base::Json&                                  answers;
    const std::map<base::FieldId, base::Json>&         computed;
    std::function<FiledMark(const device::Cell&)>      mark;
    bool                                               presses = false; // Values can be pressed.
};
// Returns the value that was pressed.
std::optional<device::Cell> draw_filed_paper(App& app, const FiledPaper& filed);

// The columns of a screen: the paper, and what stands beside it.
std::vector<widgets::Track> beside_paper();

// The fields that the notice asks for but has no blank for on its paper.
std::vector<const notice::Field*> fields_off_paper(const notice::Form& form);

// A field that the notice asks for but has no blank for on its paper: a box under its label.
void draw_card_field(App& app, const device::Matter& matter, const notice::Field& field);
