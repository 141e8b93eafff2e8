// The frame around every screen: top bar (name, unit, rehearsal, saved, line), rail with counts,
// the page itself, the sentence at the foot.
#pragma once

#include <string>

class App;

void draw_shell(App& app, const std::string& said, bool can_undo);
