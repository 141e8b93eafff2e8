// Filling a form in words, as a command line or a test gives them: any form of any notice.
#pragma once

#include "shared/device/desk.hpp"

#include <string>
#include <vector>

namespace commands {

struct Filling {
    std::string form;   // Its id, or what people call it: "附件3", "指标调增申请表".
    std::string period; // Empty: the one whose window is open, else the next.
    std::string replace; // Root of the matter to be changed; empty: a new one, or the period's one.
    std::vector<std::string> values;       // "field=value", as a person would type it.
    std::vector<std::string> rows;         // "field=value,field=value": a row of the table each.
    std::vector<std::string> explanations; // "rule=text"
};

// Finds or makes the matter, types what is given and signs it; returns its root. With rows given
// the table holds just these. wrong_use names a word that is not understood; incomplete says every
// finding that stands against it, a line each, and a matter made here is gone again.
base::Result<base::EnvelopeId> fill(device::Desk& desk, const Filling& filling);

// A form by its id, appendix or short title; null when there is none.
const notice::Form* find_form(const notice::Package& package, const std::string& called);

// The word for a matter's state: "等待发送".
std::string_view state_word(device::MatterState state);

} // namespace commands
