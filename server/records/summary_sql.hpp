// The summaries by name. One list; the columns' names are the members of protocol.md, "Reading", in
// their order. Parameters: ?1 the viewer's unit, ?2 the period or NULL, ?3 the stage or NULL.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace records {

// Nothing for a name that is not in the list. `visible` is a condition on u.unit.
std::optional<std::string> summary_sql(std::string_view name, const std::string& visible);

// The names, for help texts and tests.
std::vector<std::string_view> summary_names();

} // namespace records
