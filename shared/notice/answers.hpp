// Answers are a filing's content as protocol.md has it: a JSON object with exactly the members the
// form names. check_shape() refuses missing, unknown and mistyped members before any rule runs;
// range_faults() then says which numbers and how many rows no filing of the form may have. A number
// out of range is a finding (140), not a broken payload (120): a clerk can mend it.
//
// parse_typed() reads what a person typed into one field. What does not parse stays with the draft
// as typed, with a finding on its field; nothing is thrown away.
#pragma once

#include "shared/notice/package.hpp"

namespace notice {

// Refuses with bad_payload and names the member: "answers.headcount: not an integer".
[[nodiscard]] base::Status check_shape(const Form& form, const base::Json& answers);

// What a standard column (Form::find_standard) holds in the members of the form or of a row; null,
// or absent, when the form has none such or it is of another type.
base::Json                  standard_value(const Form& form, const base::Json& members,
                                           std::string_view column);
std::optional<std::string>  standard_text(const Form& form, const base::Json& members,
                                          std::string_view column);
std::optional<std::int64_t> standard_integer(const Form& form, const base::Json& members,
                                             std::string_view column);

struct RangeFault {
    base::FieldId field; // "headcount", "rows.headcount", or "rows" when there are too few.
    std::string   text;  // Chinese, complete: "第2行：拟申报人数应为大于0的整数。"
};

// The answers' shape must have been checked. Empty when every number lies within min..max of its
// field and the table has its least number of rows.
std::vector<RangeFault> range_faults(const Form& form, const base::Json& answers);

struct Typed {
    enum class State { value, missing, rejected } state = State::missing;
    base::Json  value;  // An integer or a string when state is value.
    std::string reason; // Chinese sentence when state is rejected: "请填写大于0的整数，例如 100。"
};

// Understands the input forms of the worked values: "１００", "100人", "1,000", "1，000", " 1 00 ",
// "100.0" as integers; "高 级" and compatibility characters as levels; 元 and 万元 as 分. Rejects
// "约100", "100-120", "一百", two levels in one cell, and values out of min..max.
Typed parse_typed(const Field& field, std::string_view typed);

// What stands in a blank for a stored value: integers as digits, 分 as 万元 with two decimals, choices
// as they are. Certificates and filings are ids here; the caller looks their names up.
std::string printed_value(const Field& field, const base::Json& value);

// What stands in the place of a computed value: "33.33" for 3333 with two decimals; computed.absent
// for NULL.
std::string printed_computed(const Computed& computed, const base::Json& value);

// What is typed back into a field for editing: "1000" for 1000, "1.5万元" for 1500000 分.
std::string typed_value(const Field& field, const base::Json& value);

} // namespace notice
