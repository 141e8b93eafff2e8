// Parts of the offices' screens: units, extensions, announcements.
#pragma once

#include "client/app.hpp"

#include <string>
#include <vector>

// The kind's Chinese word; its id when the notice does not know it.
std::string kind_words(App& app, const std::string& kind);
std::string unit_words(App& app, const base::UnitId& unit);
// The cities of the roster, in its order.
std::vector<std::string> cities(App& app);
// True when a form of the notice may be filed by units of this kind.
bool is_school_kind(App& app, const std::string& kind);

// Signs an office's act into the outbox and says that it waits for the next sync.
bool issue(App& app, const envelope::Act& act, const std::string& words);

// What the province announces to this unit, until it is read; nothing when there is none.
void draw_announcements(App& app);

// Below the list of who has not filed: a text for a group, and a list of names.
void draw_chase(App& app, const notice::Form& form, const base::Period& period,
                const base::Json& rows);
