// JSON as protocol.md has it: UTF-8 I-JSON (RFC 7493) with integers only, no duplicate members,
// depth at most 32. parse_json refuses everything else; ObjectReader reads one object of known
// shape and refuses missing, unknown and mistyped members by name.
#pragma once

#include "shared/base/ids.hpp"
#include "shared/base/result.hpp"
#include "shared/base/time.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace base {

using Json = nlohmann::json; // Members in byte order of their names; what is written is repeatable.

// Refuses with bad_payload: malformed JSON or UTF-8, a duplicate member, depth over 32, a number
// with a fraction or exponent, an integer beyond +-(2^53 - 1), anything after the value.
Result<Json> parse_json(std::string_view text);

// Compact, members sorted, non-ASCII kept as UTF-8. Requires that all strings are UTF-8.
std::string to_text(const Json& json);

// Reads members one by one and remembers the first thing that is wrong. finish() is called last; it
// refuses with bad_payload and names the member as "path.member: what". Until then the values read
// are usable placeholders (empty, 0), so reading needs no branch at each line.
class ObjectReader {
public:
    // `path` is a prefix for details, such as "payload"; `json` must outlive the reader.
    ObjectReader(const Json& json, std::string path);

    std::string  text(const char* name, std::size_t bytes_max, std::size_t bytes_min = 0);
    std::int64_t integer(const char* name, std::int64_t min, std::int64_t max);
    bool         boolean(const char* name);
    Time         time(const char* name);
    const Json&  object(const char* name);
    const Json&  array(const char* name, std::size_t items_max);
    const Json&  any(const char* name);

    // Present and not null, or absent by being null; a missing member is wrong.
    std::optional<std::string> text_or_null(const char* name, std::size_t bytes_max);
    std::optional<std::int64_t> integer_or_null(const char* name, std::int64_t min,
                                                std::int64_t max);
    // Missing is allowed; null is not.
    std::optional<std::string> text_if_present(const char* name, std::size_t bytes_max);
    const Json*                find(const char* name); // Null when missing.

    // Text that a parse_ function must accept, such as parse_unit_id.
    template <class Parse>
    auto id(const char* name, Parse parse) -> typename decltype(parse({}))::value_type {
        const std::string read = text(name, 256);
        if (m_fault) return {};
        auto parsed = parse(read);
        if (!parsed) {
            blame(name, parsed.error().detail);
            return {};
        }
        return std::move(*parsed);
    }
    template <class Parse>
    auto id_or_null(const char* name, Parse parse)
        -> std::optional<typename decltype(parse({}))::value_type> {
        const Json* found = find(name);
        if (found != nullptr && found->is_null()) return std::nullopt;
        return id(name, parse);
    }

    // Marks a member wrong from outside, for checks that need more than its type.
    void blame(const char* name, std::string_view what);

    [[nodiscard]] bool   sound() const { return !m_fault.has_value(); }
    // Also refuses members that nobody read.
    [[nodiscard]] Status finish();

private:
    const Json& member(const char* name, Json::value_t type, const char* type_name);

    const Json&              m_json;
    std::string              m_path;
    std::vector<std::string> m_read;
    std::optional<Fault>     m_fault;
};

} // namespace base
