// Times are microseconds since 1970-01-01T00:00:00Z; days and texts are always Asia/Shanghai, which
// is UTC+8 without daylight saving for every year a notice can name. On the wire a time is RFC 3339
// with +08:00.
#pragma once

#include "shared/base/result.hpp"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace base {

struct Time {
    std::int64_t microseconds = 0;
    auto         operator<=>(const Time&) const = default;
};

struct Date {
    int  year  = 1970;
    int  month = 1; // 1-12
    int  day   = 1; // 1-31
    auto operator<=>(const Date&) const = default;
};

// "2023-03-29T16:20:00+08:00"; with six decimals when the time is not on a whole second.
std::string to_rfc3339(Time time);

// Takes any offset of RFC 3339 and up to six decimals; refuses everything else with bad_payload.
Result<Time> parse_rfc3339(std::string_view text);

// "2023-03-29"; refuses dates that do not exist with bad_payload.
Result<Date> parse_date(std::string_view text);
std::string  to_iso(Date date);

Date date_of(Time time);          // The Shanghai day the moment lies in.
Time start_of(Date date);         // 00:00 of the day.
Time end_of(Date date);           // 24:00 of the day, which is 00:00 of the next (R10, C8).
// The first moment that is late when `last` is the last in time. 00:00 is said for 24:00 of the day
// before, so that moment itself is late; behind any other the next microsecond is.
Time first_late(Time last);
int  weekday_of(Date date);       // 1 Monday … 7 Sunday.
std::int64_t days_between(Date from, Date to);

std::string clerk_date(Date date);        // "2023年3月29日"
std::string clerk_day(Date date);         // "3月29日"
std::string clerk_minute(Time time);      // "16:20"
std::string clerk_day_minute(Time time);  // "3月29日 16:20"
std::string clerk_day_second(Time time);  // "3月29日 16:20:05"
// What closes at a moment that is late itself, by its last day or minute: "3月31日24时" with `hours`
// "24时"; "4月3日 12:00" when it lies within a day.
std::string clerk_closing(Time closes, std::string_view hours);

} // namespace base
