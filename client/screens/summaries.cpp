#include "client/screens/summaries.hpp"

#include "client/texts/words.hpp"
#include "shared/base/text.hpp"
#include "shared/notice/answers.hpp"

namespace {

using Kind = SummaryColumn::Kind;
using widgets::fixed;
using widgets::share;

std::optional<std::int64_t> sum_of(const base::Json& rows, const char* member) {
    std::optional<std::int64_t> sum;
    for (const base::Json& row : rows)
        if (const auto found = row.find(member); found != row.end() && found->is_number_integer())
            sum = sum.value_or(0) + found->get<std::int64_t>();
    return sum;
}

std::string in_hundredths(std::int64_t value) {
    return notice::printed_computed({{}, {}, {}, 2, "—"}, value);
}

std::string in_wan_yuan(std::int64_t fen) {
    notice::Field field;
    field.type = notice::FieldType::money;
    return notice::printed_value(field, fen);
}

std::string text_of(const base::Json& value) {
    return value.is_string() ? value.get<std::string>() : std::string();
}

} // namespace

const std::vector<Summary>& summaries() {
    using enum notice::Serves;
    static const std::vector<Summary> list = {
        {"by-city", declared, "按市", "按市汇总", "学校的申报送达后显示在这里。",
         {{"city", "市", share(2)},
          {"schools", "学校", fixed(90), Kind::count},
          {"filings", "项数", fixed(90), Kind::count},
          {"planned_headcount", "拟申报人数", fixed(130), Kind::count},
          {"approved_headcount", "审核通过", fixed(130), Kind::count}}},
        {"by-certificate", declared, "按证书", "按证书汇总", "学校的申报送达后显示在这里。",
         {{"certificate_name", "职业技能等级证书", share(2)},
          {"level", "级别", fixed(70)},
          {"schools", "学校", fixed(80), Kind::distinct},
          {"filings", "项数", fixed(80), Kind::count},
          {"planned_headcount", "拟申报人数", fixed(120), Kind::count},
          {"approved_headcount", "审核通过", fixed(110), Kind::count}}},
        {"by-school", declared, "按学校", "按学校汇总", "学校的申报送达后显示在这里。",
         {{"school_name", "学校", share(2)},
          {"city", "市", fixed(110)},
          {"filings", "项数", fixed(80), Kind::count},
          {"planned_headcount", "拟申报人数", fixed(120), Kind::count},
          {"approved_headcount", "审核通过", fixed(110), Kind::count}}},
        {"progress", report, "进度", "工作进度汇总", "学校的月报送达后显示在这里。",
         {{"school_name", "学校", share(2)},
          {"quota", "填报指标", fixed(92), Kind::count, "approved_quota"},
          {"approved_quota", "台账指标", fixed(92), Kind::count},
          {"month_registered", "当月报名", fixed(84), Kind::count},
          {"month_assessed", "当月考核", fixed(84), Kind::count},
          {"cum_assessed", "累计考核", fixed(92), Kind::count},
          {"cum_rate", "完成率%", fixed(84), Kind::rate},
          {"cum_certified", "累计取证", fixed(92), Kind::count},
          {"cum_fee_paid", "已付万元", fixed(96), Kind::money},
          {"cum_fee_unpaid", "未付万元", fixed(96), Kind::money}}},
        {"missing", declared, "未报", "未报学校", "应报的学校都已经报送。",
         {{"school_name", "学校", share(2)},
          {"city", "市", fixed(130)},
          {"timing", "说明", fixed(260), Kind::timing}},
         Summary::Asks::period_and_form, false},
        {"ledger", nothing, "台账", "指标台账", "审核通过后，批准的人数记在这里。",
         {{"at", "日期", fixed(124), Kind::day},
          {"school_name", "学校", share(1.4f)},
          {"kind", "事项", fixed(120), Kind::entry},
          {"certificate_name", "证书", share(1.2f)},
          {"level", "级别", fixed(64)},
          {"amount", "增减", fixed(90), Kind::count},
          {"balance", "余额", fixed(90), Kind::distinct},
          {"filing", "依据", fixed(70), Kind::filing}},
         Summary::Asks::nothing},
    };
    return list;
}

bool is_figure(Kind kind) {
    return kind == Kind::count || kind == Kind::distinct || kind == Kind::rate ||
           kind == Kind::money;
}

std::string summary_words(Kind kind, const base::Json& value) {
    if (is_figure(kind)) {
        if (!value.is_number_integer()) return "—";
        const std::int64_t number = value.get<std::int64_t>();
        return kind == Kind::rate    ? in_hundredths(number)
               : kind == Kind::money ? in_wan_yuan(number)
                                     : base::grouped(number);
    }
    const std::string text = text_of(value);
    if (kind == Kind::entry) return std::string(texts::ledger_word(text));
    if (kind == Kind::timing) return text == "late" ? "逾期补报，等待省级延期" : "没有收到";
    if (kind != Kind::day) return text;
    const auto at = base::parse_rfc3339(text);
    return at ? base::to_iso(base::date_of(*at)) : text;
}

std::string summary_total(const SummaryColumn& column, const base::Json& rows) {
    switch (column.kind) {
    case Kind::count:
    case Kind::money: {
        const auto sum = sum_of(rows, column.member);
        return summary_words(column.kind, sum ? base::Json(*sum) : base::Json());
    }
    case Kind::rate: {
        const std::int64_t quota = sum_of(rows, "quota").value_or(0);
        const std::int64_t assessed = sum_of(rows, "cum_assessed").value_or(0);
        // Half up, as the form itself computes it.
        return quota > 0 ? in_hundredths((assessed * 20000 + quota) / (quota * 2)) : "—";
    }
    case Kind::words:
    case Kind::distinct:
    case Kind::day:
    case Kind::entry:
    case Kind::timing:
    case Kind::filing: break;
    }
    return {};
}
