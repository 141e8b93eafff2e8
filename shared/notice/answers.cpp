#include "shared/notice/answers.hpp"

#include "shared/base/limits.hpp"
#include "shared/base/text.hpp"

#include <algorithm>

namespace notice {
namespace {

using base::Json;
using base::ObjectReader;

// C0 and DEL, as bytes of UTF-8.
bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_phone(std::string_view text) {
    const auto digits = std::count_if(text.begin(), text.end(), is_digit);
    return digits >= 5 && digits <= 20 && text.size() <= 30 &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return is_digit(c) || c == '+' || c == '-' || c == ' ' || c == '(' || c == ')';
           });
}

// "0551-62831234-8001" and "+86 13855512345" are numbers; thirteen and more digits in a row are a
// slip or somebody's identity number. Only what is typed is held to this: what was filed stays
// readable.
bool has_likely_length(std::string_view text) {
    constexpr std::ptrdiff_t run_max = 12; // 055162831234, without its hyphen.
    std::ptrdiff_t           run = 0, longest = 0;
    for (const char c : text) {
        run = is_digit(c) ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    return longest <= (text.front() == '+' ? run_max + 2 : run_max);
}

void read_value(ObjectReader& reader, const Field& field) {
    const char* name = field.id.text().c_str();
    switch (field.type) {
    case FieldType::integer:
    case FieldType::money:
        reader.integer(name, -base::limits::json_integer_max, base::limits::json_integer_max);
        return;
    case FieldType::choice: {
        const std::string read = reader.text(name, base::limits::text_field_bytes_max, 1);
        if (reader.sound() &&
            std::find(field.choices.begin(), field.choices.end(), read) == field.choices.end())
            reader.blame(name, "not one of the choices");
        return;
    }
    case FieldType::certificate: reader.id(name, base::parse_certificate_id); return;
    case FieldType::filing: reader.id(name, base::parse_envelope_id); return;
    case FieldType::phone: {
        const std::string read = reader.text(name, 60, 1);
        if (reader.sound() && !is_phone(read)) reader.blame(name, "not a phone number");
        return;
    }
    case FieldType::text: {
        const std::string read = reader.text(name, base::limits::text_field_bytes_max, 1);
        if (!reader.sound()) return;
        if (base::character_count(read) > field.characters_max) reader.blame(name, "too long");
        if (base::trim(read).size() != read.size() || read.empty())
            reader.blame(name, "blank or with white space at its ends");
        if (std::any_of(read.begin(), read.end(), is_control))
            reader.blame(name, "a control character");
        return;
    }
    }
}

Typed rejected(std::string reason) { return {Typed::State::rejected, nullptr, std::move(reason)}; }
Typed value(Json json) { return {Typed::State::value, std::move(json), {}}; }

bool take_suffix(std::string& text, std::string_view suffix) {
    if (text.size() < suffix.size() ||
        text.compare(text.size() - suffix.size(), suffix.size(), suffix) != 0)
        return false;
    text.resize(text.size() - suffix.size());
    return true;
}

// Commas are thousands separators only where they stand before three digits.
bool drop_grouping(std::string& digits) {
    std::string result;
    const std::size_t point = std::min(digits.find('.'), digits.size());
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (digits[i] != ',') {
            result += digits[i];
            continue;
        }
        const std::size_t behind = point > i ? point - i - 1 : 0;
        if (i == 0 || behind == 0 || behind % 4 != 3) return false;
    }
    digits = std::move(result);
    return true;
}

// Reads digits with an optional fraction as an integer of 10^-places units; -1 when it is no such
// number or has more places than fit.
std::int64_t scaled(const std::string& text, int places) {
    std::int64_t result = 0;
    int          after = -1;
    bool         any = false;
    for (const char c : text) {
        if (c == '.' && after < 0) {
            after = 0;
            continue;
        }
        if (!is_digit(c)) return -1;
        any = true;
        if (after >= places) {
            if (c != '0') return -1;
            continue;
        }
        if (result > base::limits::json_integer_max / 10) return -1;
        result = result * 10 + (c - '0');
        if (after >= 0) ++after;
    }
    if (!any) return -1;
    for (int i = std::max(after, 0); i < places; ++i) {
        if (result > base::limits::json_integer_max / 10) return -1;
        result *= 10;
    }
    return result;
}

std::string compact(std::string_view typed) { return base::without_spaces(base::narrow(typed)); }

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
        text.replace(at, from.size(), to);
    return text;
}

std::string comma_narrowed(std::string text) { return replaced(std::move(text), "，", ","); }

// What is said of a number outside min..max of its field; empty when it is inside.
std::string range_fault(const Field& field, std::int64_t number) {
    if (number >= field.min && number <= field.max) return {};
    if (field.type == FieldType::money) return field.label + "超出范围。";
    if (number > field.max) return field.label + "不能大于" + base::grouped(field.max) + "。";
    if (field.min == 1) return field.label + "应为大于0的整数。";
    return field.label + "不能小于" + std::to_string(field.min) + "。";
}

void look_at_range(const Field& field, const Json& object, const std::string& prefix,
                   const std::string& place, std::vector<RangeFault>& faults) {
    if (field.type != FieldType::integer && field.type != FieldType::money) return;
    std::string fault = range_fault(field, object.at(field.id.text()).get<std::int64_t>());
    if (!fault.empty())
        faults.push_back({base::FieldId(prefix + field.id.text()), place + std::move(fault)});
}

Typed parse_integer(const Field& field, std::string text) {
    text = comma_narrowed(std::move(text));
    if (!field.unit.empty()) take_suffix(text, field.unit);
    const std::int64_t number = drop_grouping(text) ? scaled(text, 0) : -1;
    if (number < 0)
        return rejected(field.min > 0 ? "请填写大于0的整数，例如 100。"
                                      : "请填写整数，例如 100，没有请填 0。");
    if (std::string fault = range_fault(field, number); !fault.empty())
        return rejected(std::move(fault));
    return value(number);
}

constexpr int wan_yuan_places = 6, yuan_places = 2; // From 万元 and from 元 to 分.

bool is_in_yuan(const Field& money) { return money.unit == "元"; }

// Fields of money are in 万元 unless their unit is 元: a bare number is in the field's own unit, in
// which the paper shows it. Kept as 分 (R56).
Typed parse_money(const Field& field, std::string text) {
    text = comma_narrowed(std::move(text));
    int places = is_in_yuan(field) ? yuan_places : wan_yuan_places;
    if (take_suffix(text, "万元") || take_suffix(text, "万")) places = wan_yuan_places;
    else if (take_suffix(text, "元")) places = yuan_places;
    const std::int64_t fen = drop_grouping(text) ? scaled(text, places) : -1;
    if (fen < 0) return rejected("请填写金额，例如 1.5 万元或 15000 元。");
    if (std::string fault = range_fault(field, fen); !fault.empty())
        return rejected(std::move(fault));
    return value(fen);
}

Typed parse_choice(const Field& field, const std::string& typed) {
    const std::string text = replaced(typed, "級", "级"); // As traditional input methods write it.
    for (const std::string& choice : field.choices)
        if (text == choice) return value(choice);
    for (const char* separator : {"、", "，", ",", "/", "和", "及", "或", ";", "；"})
        if (text.find(separator) != std::string::npos)
            return rejected(field.label + "每格只填一项，有几项就分成几行填写。");
    std::string choices;
    for (const std::string& choice : field.choices)
        choices += (choices.empty()                  ? ""
                    : &choice == &field.choices.back() ? "或"
                                                       : "、") +
                   choice;
    return rejected(field.label + "应为" + choices + "。");
}

} // namespace

base::Status check_shape(const Form& form, const Json& answers) {
    ObjectReader reader(answers, "answers");
    for (const Field& field : form.fields) read_value(reader, field);
    if (form.table) {
        const Json& rows = reader.array("rows", form.table->rows_max);
        std::size_t number = 0;
        if (rows.is_array()) {
            for (const Json& row : rows) {
                ObjectReader one(row, "answers.rows[" + std::to_string(number++) + "]");
                for (const Field& column : form.table->columns) read_value(one, column);
                SHENBAO_TRY(one.finish());
            }
        }
    }
    return reader.finish();
}

Json standard_value(const Form& form, const Json& members, std::string_view column) {
    const Field* field = form.find_standard(column);
    const auto   found = field == nullptr ? members.end() : members.find(field->id.text());
    return found == members.end() ? Json() : *found;
}

std::optional<std::string> standard_text(const Form& form, const Json& members,
                                         std::string_view column) {
    const Json value = standard_value(form, members, column);
    return value.is_string() ? std::optional(value.get<std::string>()) : std::nullopt;
}

std::optional<std::int64_t> standard_integer(const Form& form, const Json& members,
                                             std::string_view column) {
    const Json value = standard_value(form, members, column);
    return value.is_number_integer() ? std::optional(value.get<std::int64_t>()) : std::nullopt;
}

std::vector<RangeFault> range_faults(const Form& form, const Json& answers) {
    std::vector<RangeFault> faults;
    for (const Field& field : form.fields) look_at_range(field, answers, "", "", faults);
    if (!form.table) return faults;
    const Json& rows = answers.at("rows");
    if (rows.size() < form.table->rows_min)
        faults.push_back({base::FieldId("rows"),
                          "表中应至少有" + std::to_string(form.table->rows_min) + "行。"});
    for (std::size_t i = 0; i < rows.size(); ++i)
        for (const Field& column : form.table->columns)
            look_at_range(column, rows[i], "rows.", "第" + std::to_string(i + 1) + "行：", faults);
    return faults;
}

Typed parse_typed(const Field& field, std::string_view typed) {
    if (!base::is_utf8(typed)) return rejected("内容不是合格的文字。");
    const std::string_view trimmed = base::trim(typed);
    if (trimmed.empty()) return {};
    switch (field.type) {
    case FieldType::integer: return parse_integer(field, compact(typed));
    case FieldType::money: return parse_money(field, compact(typed));
    case FieldType::choice: return parse_choice(field, compact(typed));
    case FieldType::phone: {
        const std::string text = base::narrow(trimmed);
        if (!is_phone(text)) return rejected("请填写电话号码，例如 0551-62831234。");
        const auto digits = std::count_if(text.begin(), text.end(), is_digit);
        if (text.front() == '1' && digits > 6 && digits != 11)
            return rejected("手机号码应为11位，请核对。");
        if (!has_likely_length(text)) return rejected("电话号码的位数过多，请核对。");
        return value(text);
    }
    case FieldType::text:
        if (trimmed.find("**") != std::string_view::npos)
            return rejected(field.label + "还是样表中的“****”，请改为实际内容。");
        if (base::character_count(trimmed) > field.characters_max)
            return rejected(field.label + "不能超过" + std::to_string(field.characters_max) +
                            "个字。");
    {
        // A line break that came with a paste is a space: the paper has one line.
        std::string line(trimmed);
        std::replace_if(line.begin(), line.end(), is_control, ' ');
        return value(std::move(line));
    }
    case FieldType::certificate:
    case FieldType::filing: return rejected("请从列表中选择。");
    }
    return {};
}

std::string printed_value(const Field& field, const Json& json) {
    if (json.is_string()) return json.get<std::string>();
    if (!json.is_number_integer()) return {};
    const std::int64_t number = json.get<std::int64_t>();
    if (field.type != FieldType::money) return std::to_string(number);
    // 万元 with two decimals, half up (C15).
    const std::int64_t hundredths = is_in_yuan(field) ? number : (number + 5000) / 10000;
    std::string        cents = std::to_string(hundredths % 100);
    if (cents.size() < 2) cents.insert(0, "0");
    return std::to_string(hundredths / 100) + "." + cents;
}

std::string printed_computed(const Computed& computed, const Json& json) {
    if (json.is_string()) return json.get<std::string>();
    if (!json.is_number_integer()) return computed.absent;
    const std::int64_t number = json.get<std::int64_t>();
    std::string        digits = std::to_string(number < 0 ? -number : number);
    const auto         decimals = std::size_t(computed.decimals);
    if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
    if (decimals > 0) digits.insert(digits.size() - decimals, ".");
    return (number < 0 ? "-" : "") + digits;
}

std::string typed_value(const Field& field, const Json& json) {
    if (field.type != FieldType::money || !json.is_number_integer())
        return printed_value(field, json);
    if (is_in_yuan(field)) return printed_value(field, json) + "元";
    const std::int64_t fen = json.get<std::int64_t>();
    std::string        fraction = std::to_string(fen % 1000000);
    fraction.insert(0, 6 - fraction.size(), '0');
    while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
    return std::to_string(fen / 1000000) + (fraction.empty() ? "" : "." + fraction) + "万元";
}

} // namespace notice
