// Parts of the offices' screens: units, extensions, announcements.
#pragma once

#include "client/app.hpp"
#include "client/widgets/fields.hpp"

#include <string>
#include <vector>

// The kind's Chinese word; its id when the notice does not know it.
std::string kind_words(App& app, const std::string& kind);
// The unit's name; of one that this office does not know (a bureau knows its schools alone), it is
// `otherwise` or its id.
std::string unit_words(App& app, const base::UnitId& unit, std::string_view otherwise = {});
// The cities of the roster, in its order.
std::vector<std::string> cities(App& app);
// True when a form of the notice may be filed by units of this kind.
bool is_school_kind(App& app, const std::string& kind);

// A search by any part of a name among units and groups of them. `text` is as typed, `chosen` the
// id of what it names; empty while it names nothing.
void choose_by_search(std::string_view label, const std::vector<widgets::Suggestion>& all,
                      std::string& text, std::string& chosen);

// Signs an office's act into the outbox and says that it waits for the next sync.
bool issue(App& app, const envelope::Act& act, const std::string& words);

// What the province announces to this unit, until it is read; nothing when there is none.
void draw_announcements(App& app);

// Below the list of who has not filed: a text for a group, and a list of names.
void draw_chase(App& app, const notice::Form& form, const base::Period& period,
                const base::Json& rows);
