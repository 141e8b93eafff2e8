// What the offices read and ask for beside filings: devices, extensions, codes. As in messages.hpp
// each has write_… and read_…; answers may grow, requests may not.
#pragma once

#include "shared/protocol/messages.hpp"

namespace protocol {

// GET /devices: {"devices":[…]}, by unit, oldest first.
struct DeviceInfo {
    base::KeyId               kid;
    base::UnitId              unit;
    std::string               device; // The name its people gave it.
    std::string               role;
    base::Time                enrolled_at; // By the device's own clock.
    std::optional<base::Time> seen_at;     // When it last spoke, to the hour; absent: not since.
    bool                      revoked = false;
    bool                      operator==(const DeviceInfo&) const = default;
};
std::string                           write_devices(const std::vector<DeviceInfo>& devices);
base::Result<std::vector<DeviceInfo>> read_devices(std::string_view body);

// GET /extensions: {"extensions":[…]}, oldest first; of each unit, form and period the newest,
// which holds.
struct ExtensionInfo {
    base::EnvelopeId    id;
    envelope::Extension extension;
    base::Time          received_at;
};
std::string                              write_extensions(const std::vector<ExtensionInfo>& list);
base::Result<std::vector<ExtensionInfo>> read_extensions(std::string_view body);

// POST /codes: {"unit"}, and the answer.
std::string                write_code_request(const base::UnitId& unit);
base::Result<base::UnitId> read_code_request(std::string_view body);
struct NewCode {
    base::UnitId unit;
    std::string  name; // Of the unit.
    std::string  role;
    std::string  code; // XXXX-XXXX-XXXX; it is told this once and stands nowhere.
    base::Time   expires_at;
};
std::string           write_new_code(const NewCode& code);
base::Result<NewCode> read_new_code(std::string_view body);

// GET /codes: {"codes":[…]}, codes that would enrol a device now, by unit. What they are is not
// told: nobody but who was handed one has it.
struct OpenCode {
    base::UnitId unit;
    base::Time   expires_at;
    bool         operator==(const OpenCode&) const = default;
};
std::string                         write_codes(const std::vector<OpenCode>& codes);
base::Result<std::vector<OpenCode>> read_codes(std::string_view body);

// POST /codes/expire: write_code_request(), and how many of the unit's open codes it made void.
std::string       write_expired_codes(int count);
base::Result<int> read_expired_codes(std::string_view body);

// POST /codes/slips: {"units":[…]}, 1 to slips_max of them, each once; the answer is the document
// (text/html), a page with a new code for each. A slip has about 4.3 KB: so many come over a line
// of 100 kbit/s before the page gives up.
inline constexpr std::size_t            slips_max = 200;
std::string                             write_slips_request(const std::vector<base::UnitId>& units);
base::Result<std::vector<base::UnitId>> read_slips_request(std::string_view body);

// GET /units/{id}: {"unit","history":[…]}, in the log's order: what the unit was called and what it
// was, from when on, by whom and by which of their machines.
struct UnitHistory {
    struct Change {
        std::int64_t        index = 0;
        base::UnitId        by;
        base::KeyId         kid;
        envelope::UnitEntry unit; // `from` is set.
        bool                operator==(const Change&) const = default;
    };
    envelope::UnitEntry unit;
    std::vector<Change> changes;
    bool                operator==(const UnitHistory&) const = default;
};
std::string               write_unit_history(const UnitHistory& history);
base::Result<UnitHistory> read_unit_history(std::string_view body);

} // namespace protocol
