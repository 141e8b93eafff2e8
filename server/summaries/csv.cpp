#include "server/summaries/csv.hpp"

#include "shared/base/csv.hpp"

#include <algorithm>

namespace summaries {
namespace {

struct Word {
    std::string_view id, word;
};
constexpr Word heads[] = {
    {"city", "市"},
    {"school_code", "学校代码"},
    {"school_name", "学校"},
    {"school_kind", "学校类型"},
    {"certificate", "证书代码"},
    {"certificate_name", "职业技能等级证书"},
    {"level", "级别"},
    {"stage", "状态"},
    {"timing", "时限"},
    {"schools", "学校数"},
    {"filings", "申报项数"},
    {"planned_headcount", "拟申报人数"},
    {"approved_headcount", "审核通过人数"},
    {"filing", "申报编号"},
    {"root", "首次申报编号"},
    {"explanation", "原因说明"},
    {"index", "回执序号"},
    {"received_at", "收到时间"},
    {"receipt", "回执"},
    {"quota", "申报指标"},
    {"month_registered", "当月完成报名"},
    {"month_assessed", "当月完成考核"},
    {"cum_assessed", "累计完成考核"},
    {"cum_rate", "累计完成率（%）"},
    {"cum_certified", "累计取证人数"},
    {"cum_fee_paid", "累计已支付考核费用（元）"},
    {"cum_fee_unpaid", "累计未支付考核费用（元）"},
    {"approved_quota", "收到时的台账指标"},
    {"at", "时间"},
    {"kind", "事项"},
    {"period", "时段"},
    {"balance", "余额"},
    {"decision", "审核编号"},
    {"row", "行"},
};
constexpr Word entries[] = {{"round", "申报批准"},
                            {"increase", "调增批准"},
                            {"exception", "批准人数变更"},
                            {"reversal", "批准撤销"}};
constexpr Word stages[] = {
    {"submitted", "已提交"},  {"first_passed", "市级初审通过"}, {"returned", "退回修改"},
    {"approved", "审核通过"}, {"rejected", "审核不通过"},       {"withdrawn", "已撤回"},
};
constexpr Word timings[] = {{"on_time", "按时"}, {"extended", "延期"}, {"late", "逾期"}};

template <std::size_t count>
std::string_view word_of(const Word (&words)[count], std::string_view id) {
    for (const Word& word : words)
        if (word.id == id) return word.word;
    return id;
}

} // namespace

namespace {

// Hundredths with two decimals: shares of a percent, and 分 as 元.
std::string in_hundredths(std::int64_t value) {
    const std::int64_t size = value < 0 ? -value : value;
    const std::string  cents = std::to_string(size % 100);
    return (value < 0 ? "-" : "") + std::to_string(size / 100) +
           (cents.size() < 2 ? ".0" : ".") + cents;
}

bool is_in_hundredths(std::string_view member) {
    return member == "cum_rate" || member == "cum_fee_paid" || member == "cum_fee_unpaid";
}

std::string field_cell(const notice::Field& field, const base::Json& value) {
    if (field.type == notice::FieldType::money && value.is_number_integer())
        return in_hundredths(value.get<std::int64_t>());
    if (value.is_number_integer()) return std::to_string(value.get<std::int64_t>());
    return value.is_string() ? value.get<std::string>() : std::string();
}

} // namespace

std::string_view head_of(std::string_view member) { return word_of(heads, member); }

std::string cell_text(std::string_view member, const base::Json& value,
                      const notice::Package& package) {
    if (value.is_number_integer()) {
        const std::int64_t number = value.get<std::int64_t>();
        return is_in_hundredths(member) ? in_hundredths(number) : std::to_string(number);
    }
    if (!value.is_string()) return {};
    const std::string& text = value.get_ref<const std::string&>();
    if (member == "stage") return std::string(word_of(stages, text));
    if (member == "timing") return std::string(word_of(timings, text));
    if (member == "kind") return std::string(word_of(entries, text));
    if (member == "period") {
        const notice::Period* period = package.find_period(base::Period(text));
        return period == nullptr ? text : period->name;
    }
    if (member == "school_kind") {
        const notice::UnitKind* kind = package.find_unit_kind(text);
        return kind == nullptr ? text : kind->name;
    }
    return text;
}

std::string to_json(const records::Summary& summary, std::int64_t as_of_index) {
    base::Json list = base::Json::array();
    for (const std::vector<base::Json>& row : summary.rows) {
        base::Json one = base::Json::object();
        for (std::size_t i = 0; i < row.size(); ++i) one[summary.columns[i]] = row[i];
        list.push_back(std::move(one));
    }
    return base::to_text({{"as_of_index", as_of_index}, {"rows", std::move(list)}});
}

// What a ledger adds and what it takes away stand in columns of their own: a cell that begins with
// a minus is made harmless as a formula (base/csv.hpp), and a spreadsheet would not add it up.
constexpr std::string_view in_two_columns = "amount";

void add_amount(std::vector<std::string>& cells, const base::Json& amount) {
    const std::int64_t number = amount.is_number_integer() ? amount.get<std::int64_t>() : 0;
    cells.push_back(std::to_string(std::max<std::int64_t>(number, 0)));
    cells.push_back(std::to_string(std::max<std::int64_t>(-number, 0)));
}

std::string to_csv(const records::Summary& summary, const notice::Package& package) {
    const auto field_of = [&](std::size_t column) {
        return column < summary.fields.size() ? summary.fields[column] : records::FieldColumn();
    };
    const auto splits = [&](std::size_t column) {
        return field_of(column).field == nullptr && summary.columns[column] == in_two_columns;
    };
    std::vector<std::string> heads;
    for (std::size_t i = 0; i < summary.columns.size(); ++i) {
        if (splits(i)) {
            heads.insert(heads.end(), {"增加人数", "减少人数"});
            continue;
        }
        const auto [field, named] = field_of(i);
        const bool code =
            field != nullptr && field->type == notice::FieldType::certificate && !named;
        heads.emplace_back(field == nullptr ? head_of(summary.columns[i])
                           : code           ? head_of("certificate")
                                            : field->label);
        if (field != nullptr && field->type == notice::FieldType::money) heads.back() += "（元）";
    }
    std::string csv = std::string(base::csv_mark) + base::csv_line(heads);
    for (const std::vector<base::Json>& row : summary.rows) {
        std::vector<std::string> cells;
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (splits(i)) add_amount(cells, row[i]);
            else
                cells.push_back(field_of(i).field == nullptr
                                    ? cell_text(summary.columns[i], row[i], package)
                                    : field_cell(*field_of(i).field, row[i]));
        }
        csv += base::csv_line(cells);
    }
    return csv;
}

} // namespace summaries
