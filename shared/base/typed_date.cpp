#include "shared/base/typed_date.hpp"

#include "shared/base/text.hpp"

#include <array>

namespace base {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The length of the separator with which the text begins; 0: none.
std::size_t separator_length(std::string_view text) {
    for (const std::string_view one : {"-", "/", ".", " ", "年", "月", "日"})
        if (text.substr(0, one.size()) == one) return one.size();
    return 0;
}

} // namespace

Result<Date> read_typed_date(std::string_view typed) {
    const std::string          text = narrow(typed);
    std::array<std::string, 3> parts; // Year, month, day.
    std::size_t                count = 0;
    for (std::size_t at = 0; at < text.size();) {
        if (const std::size_t length = separator_length(std::string_view(text).substr(at))) {
            at += length;
            continue;
        }
        if (!is_digit(text[at]) || count == parts.size())
            return fail(Outcome::bad_payload, "not a date");
        for (; at < text.size() && is_digit(text[at]); ++at) parts[count] += text[at];
        ++count;
    }
    if (count == 1 && parts[0].size() == 8)
        parts = {parts[0].substr(0, 4), parts[0].substr(4, 2), parts[0].substr(6)};
    std::string iso = parts[0];
    for (std::size_t i = 1; i < parts.size(); ++i) {
        iso += parts[i].size() == 1 ? "-0" : "-";
        iso += parts[i];
    }
    return parse_date(iso);
}

} // namespace base
