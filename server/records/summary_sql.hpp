// The summaries by name. One list; the columns' names are the members of protocol.md, "Reading", in
// their order. Parameters: ?1 the viewer's unit, ?2 the period or NULL, ?3 the stage or NULL.
#pragma once

#include "server/records/store.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace records {

struct SummarySql {
    std::string              sql;
    std::vector<FieldColumn> fields; // As in Summary.
};

// not_found for a name that is neither in the list nor a form's id; bad_query for a form there is
// not. `visible` is a condition on u.unit.
base::Result<SummarySql> summary_sql(std::string_view name, const std::string& visible,
                                     const SummaryQuery& query);

// The period of the form (absent: what serves as declared) whose window opened last.
std::optional<base::Period> newest_period(const notice::Package&             package,
                                          const std::optional<base::FormId>& form, base::Time now);

// The names, for help texts and tests; the forms' ids stand beside them.
std::vector<std::string_view> summary_names();

} // namespace records
