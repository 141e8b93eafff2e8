// Parts of the offices' screens: units, extensions, announcements.
#pragma once

#include "client/app.hpp"
#include "client/widgets/fields.hpp"

#include <optional>
#include <set>
#include <string>
#include <string_view>
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

// What the server answered; a fault is said at the foot of the page.
template <class Answer>
std::optional<Answer> answered(App& app, const base::Result<std::string>& body,
                               base::Result<Answer> (*read)(std::string_view)) {
    auto answer = body ? read(*body) : base::Result<Answer>(base::fail(body.error()));
    if (answer) return std::move(*answer);
    app.say(std::string(base::outcome_text(answer.error().outcome).sentence));
    return std::nullopt;
}

// --- Devices and codes (screens/devices.cpp) -----------------------------------------------------
// Reads both lists from the server when somebody looks, after each sync and after each change.
void keep_devices_fresh(App& app);
std::set<base::UnitId> units_with_device(App& app); // One that may still speak.
std::set<base::UnitId> units_with_code(App& app);   // One that nobody has used yet.
// Says so when the lists could not be read.
void draw_unread(App& app);
// Codes for all of these that the office may give codes to, as slips to hand out.
void draw_slips_button(App& app, const std::vector<const envelope::UnitEntry*>& shown);
void draw_codes(App& app, const envelope::UnitEntry& unit); // Nothing for units of other offices.
void draw_devices(App& app, const envelope::UnitEntry& unit);

// What the province announces to this unit, until it is read; nothing when there is none.
void draw_announcements(App& app);

// Below the list of who has not filed: a text for a group, and a list of names.
void draw_chase(App& app, const notice::Form& form, const base::Period& period,
                const base::Json& rows);
