// How answers and requests are read: for the readers of this folder.
#pragma once

#include "shared/base/json.hpp"

namespace protocol {

// bad_answer for what is no JSON.
inline base::Result<base::Json> parse_answer(std::string_view body) {
    auto json = base::parse_json(body);
    if (!json) return base::fail(base::Outcome::bad_answer, json.error().detail);
    return json;
}

// Answers may grow: what nobody read is let be, everything else must be right (bad_answer).
inline base::Status settled(base::ObjectReader& reader) {
    if (reader.sound()) return {};
    return base::fail(base::Outcome::bad_answer, reader.finish().error().detail);
}

// The same of requests, which must hold nothing that nobody read (bad_request).
inline base::Result<base::Json> parse_request(std::string_view body) {
    auto json = base::parse_json(body);
    if (!json) return base::fail(base::Outcome::bad_request, json.error().detail);
    return json;
}

inline base::Status finish_request(base::ObjectReader& reader) {
    if (const auto finished = reader.finish(); !finished)
        return base::fail(base::Outcome::bad_request, finished.error().detail);
    return {};
}

} // namespace protocol
