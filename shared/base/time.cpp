#include "shared/base/time.hpp"

#include <cstdio>

namespace base {
namespace {

constexpr std::int64_t us_per_second = 1000000;
constexpr std::int64_t us_per_day    = 86400 * us_per_second;
constexpr std::int64_t shanghai_us   = 8 * 3600 * us_per_second;

std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
    const std::int64_t quotient = a / b;
    return a % b < 0 ? quotient - 1 : quotient;
}

// Days since 1970-01-01 of the proleptic Gregorian calendar, counted from March so that the leap
// day is the last of its year.
std::int64_t day_number(Date date) {
    const std::int64_t year = date.month <= 2 ? date.year - 1 : date.year;
    const std::int64_t era  = floor_divide(year, 400);
    const std::int64_t year_of_era = year - era * 400;
    const std::int64_t month_from_march = (date.month + 9) % 12;
    const std::int64_t day_of_year = (153 * month_from_march + 2) / 5 + date.day - 1;
    const std::int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

Date from_day_number(std::int64_t number) {
    const std::int64_t shifted = number + 719468;
    const std::int64_t era     = floor_divide(shifted, 146097);
    const std::int64_t day_of_era = shifted - era * 146097;
    const std::int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const std::int64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
    Date date;
    date.day   = int(day_of_year - (153 * month_from_march + 2) / 5 + 1);
    date.month = int(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
    date.year  = int(year_of_era + era * 400 + (date.month <= 2 ? 1 : 0));
    return date;
}

struct Wall {
    Date date;
    int  hour, minute, second, microsecond;
};

Wall wall_of(Time time) {
    const std::int64_t local = time.microseconds + shanghai_us;
    const std::int64_t day   = floor_divide(local, us_per_day);
    const std::int64_t rest  = local - day * us_per_day;
    const std::int64_t seconds = rest / us_per_second;
    return Wall{from_day_number(day), int(seconds / 3600), int(seconds / 60 % 60),
                int(seconds % 60), int(rest % us_per_second)};
}

// Reads exactly `digits` decimal digits at `at`, or -1.
int number_at(std::string_view text, std::size_t at, std::size_t digits) {
    if (at + digits > text.size()) return -1;
    int value = 0;
    for (std::size_t i = at; i < at + digits; ++i) {
        if (text[i] < '0' || text[i] > '9') return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

int days_in_month(int year, int month) {
    static constexpr int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

std::string print(const char* format, int a, int b = 0, int c = 0, int d = 0, int e = 0, int f = 0,
                  int g = 0) {
    char buffer[96];
    std::snprintf(buffer, sizeof buffer, format, a, b, c, d, e, f, g);
    return buffer;
}

tl::unexpected<Fault> not_a_time() { return fail(Outcome::bad_payload, "not an RFC 3339 time"); }

} // namespace

std::string to_rfc3339(Time time) {
    const Wall wall = wall_of(time);
    if (wall.microsecond == 0)
        return print("%04d-%02d-%02dT%02d:%02d:%02d+08:00", wall.date.year, wall.date.month,
                     wall.date.day, wall.hour, wall.minute, wall.second);
    return print("%04d-%02d-%02dT%02d:%02d:%02d.%06d+08:00", wall.date.year, wall.date.month,
                 wall.date.day, wall.hour, wall.minute, wall.second, wall.microsecond);
}

Result<Date> parse_date(std::string_view text) {
    const Date date{number_at(text, 0, 4), number_at(text, 5, 2), number_at(text, 8, 2)};
    if (text.size() != 10 || text[4] != '-' || text[7] != '-' || date.year < 1 || date.month < 1 ||
        date.month > 12 || date.day < 1 || date.day > days_in_month(date.year, date.month))
        return fail(Outcome::bad_payload, "not a date");
    return date;
}

Result<Time> parse_rfc3339(std::string_view text) {
    if (text.size() < 20 || (text[10] != 'T' && text[10] != 't') || text[13] != ':' ||
        text[16] != ':')
        return not_a_time();
    const auto date = parse_date(text.substr(0, 10));
    const int  hour = number_at(text, 11, 2), minute = number_at(text, 14, 2);
    const int  second = number_at(text, 17, 2);
    if (!date || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
        return not_a_time();
    std::size_t  at = 19;
    std::int64_t microsecond = 0;
    if (text[at] == '.') {
        std::int64_t unit = us_per_second / 10;
        const std::size_t first = ++at;
        for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, unit /= 10)
            microsecond += (text[at] - '0') * unit;
        if (at == first || at - first > 6) return not_a_time();
    }
    std::int64_t offset_minutes = 0;
    if (at + 1 == text.size() && (text[at] == 'Z' || text[at] == 'z')) {
        offset_minutes = 0;
    } else if (at + 6 == text.size() && (text[at] == '+' || text[at] == '-') &&
               text[at + 3] == ':') {
        const int hours = number_at(text, at + 1, 2), minutes = number_at(text, at + 4, 2);
        if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return not_a_time();
        offset_minutes = (hours * 60 + minutes) * (text[at] == '-' ? -1 : 1);
    } else {
        return not_a_time();
    }
    const std::int64_t seconds =
        day_number(*date) * 86400 + hour * 3600 + minute * 60 + second - offset_minutes * 60;
    return Time{seconds * us_per_second + microsecond};
}

std::string to_iso(Date date) { return print("%04d-%02d-%02d", date.year, date.month, date.day); }

Date date_of(Time time) { return wall_of(time).date; }

Time start_of(Date date) { return Time{day_number(date) * us_per_day - shanghai_us}; }

Time end_of(Date date) { return Time{start_of(date).microseconds + us_per_day}; }

Time first_late(Time last) {
    return last == start_of(date_of(last)) ? last : Time{last.microseconds + 1};
}

int weekday_of(Date date) {
    const std::int64_t from_thursday = day_number(date) + 3; // 1970-01-01 was a Thursday.
    return int(from_thursday - floor_divide(from_thursday, 7) * 7) + 1;
}

std::int64_t days_between(Date from, Date to) { return day_number(to) - day_number(from); }

std::string clerk_date(Date date) {
    return print("%d年%d月%d日", date.year, date.month, date.day);
}

std::string clerk_day(Date date) { return print("%d月%d日", date.month, date.day); }

std::string clerk_minute(Time time) {
    const Wall wall = wall_of(time);
    return print("%02d:%02d", wall.hour, wall.minute);
}

std::string clerk_day_minute(Time time) {
    return clerk_day(date_of(time)) + " " + clerk_minute(time);
}

std::string clerk_day_second(Time time) {
    const Wall wall = wall_of(time);
    return clerk_day_minute(time) + print(":%02d", wall.second);
}

std::string clerk_closing(Time closes, std::string_view hours) {
    const Date last_day = date_of({closes.microseconds - 1});
    return closes == end_of(last_day) ? clerk_day(last_day) + std::string(hours)
                                      : clerk_day_minute(closes);
}

} // namespace base
