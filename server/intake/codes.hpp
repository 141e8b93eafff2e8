// Enrolment codes: 12 characters of Crockford base32, good for one device of one unit for thirty
// days by the real clock. The log has a keyed hash of it; the code itself is told once. What the
// log says of a code last holds: to make it void is to say that it expired long ago.
#pragma once

#include "server/intake/site.hpp"
#include "shared/protocol/offices.hpp"

namespace intake {

struct MadeCode {
    envelope::CodeEntry entry; // To be appended.
    protocol::NewCode   told;  // To be handed to the unit.
};

// bad_file for a unit whose kind the notice does not know. `by`: the device that asked.
base::Result<MadeCode> make_code(Site& site, const envelope::UnitEntry& unit,
                                 const std::optional<base::KeyId>& by);

// Makes void the codes that nobody has used yet, of those that the viewer sees. `unit`: of this
// unit alone; absent: of all. Returns how many.
base::Result<std::size_t> expire_codes(Site& site, const records::Viewer& viewer,
                                       const std::optional<base::UnitId>& unit);

} // namespace intake
