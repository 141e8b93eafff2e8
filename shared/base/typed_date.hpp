// A date as people write it, for the fields in which an office names a day.
#pragma once

#include "shared/base/time.hpp"

#include <string_view>

namespace base {

// "2023-04-10", "2023/4/10", "2023.4.10", "2023年4月10日", "20230410", full width and with spaces. The
// year has four digits and comes first. bad_payload for everything else, a day that does not exist
// ("2023-02-30"), and what lacks its year ("4月10日").
Result<Date> read_typed_date(std::string_view typed);

} // namespace base
