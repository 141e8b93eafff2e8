// The operator in the place of the province: decisions about single filings, extensions of windows.
// Decisions in bulk stand with the other imports (import.cpp).
#include "server/commands/commands.hpp"

#include "server/intake/rulings.hpp"

#include <charconv>
#include <cstdio>

namespace commands {
namespace {

using base::Outcome;

// A moment, or a day: then all of it counts.
base::Result<base::Time> read_moment(const char* option, const std::string& text) {
    if (const auto time = base::parse_rfc3339(text)) return *time;
    if (const auto day = base::parse_date(text))
        return base::Time{base::end_of(*day).microseconds - 1};
    return base::fail(Outcome::wrong_use,
                      std::string(option) + " 应为 2023-04-10 或 2023-04-10T17:00:00+08:00");
}

// "40", or for an increase a number for each row: "80,120".
base::Result<envelope::Approved> read_approved(const std::string& text) {
    std::vector<std::int64_t> numbers;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t comma = std::min(text.find(',', at), text.size());
        std::int64_t      number = 0;
        const char* const end = text.data() + comma;
        const auto        parsed = std::from_chars(text.data() + at, end, number);
        if (parsed.ec != std::errc() || parsed.ptr != end)
            return base::fail(Outcome::wrong_use, "--approved 应为人数，调增申请按行用逗号隔开");
        numbers.push_back(number);
        at = comma + 1;
    }
    if (numbers.size() == 1) return numbers.front();
    return numbers;
}

// An increase of one row is decided by a list too, as the protocol has it.
void fit_to_rows(const notice::Form* form, envelope::Decision& decision) {
    const auto* number = std::get_if<std::int64_t>(&decision.approved);
    if (number != nullptr && form != nullptr && form->serves == notice::Serves::increase)
        decision.approved = std::vector<std::int64_t>{*number};
}

// "headcount=请核对": a column of the form's table is named with "rows." before it.
base::Result<envelope::Remark> read_remark(const notice::Form* form, const std::string& text) {
    constexpr std::string_view in_table = "rows.";
    const std::size_t          middle = std::min(text.find('='), text.size());
    const std::string          field = text.substr(0, middle);
    const bool in_row = field.compare(0, in_table.size(), in_table) == 0;
    const bool known =
        form != nullptr && (in_row ? form->find_column(field.substr(in_table.size())) != nullptr
                                   : form->find_field(field) != nullptr);
    if (middle == text.size() || !known)
        return base::fail(Outcome::wrong_use, "--remark 应为 栏目=意见，此表没有栏目：" + field);
    return envelope::Remark{base::FieldId(field), text.substr(middle + 1)};
}

} // namespace

base::Result<envelope::Decision> read_decision(const DecideOptions& options) {
    envelope::Decision decision;
    const auto         stage = envelope::find_review_stage(options.stage);
    const auto         verdict = envelope::find_review_verdict(options.verdict);
    if (!stage) return base::fail(Outcome::wrong_use, "--stage 应为 first_review 或 final_review");
    if (!verdict) return base::fail(Outcome::wrong_use, "--verdict 应为 pass、return 或 reject");
    decision.stage = *stage;
    decision.verdict = *verdict;
    decision.reason = options.reason;
    if (!options.approved.empty()) {
        SHENBAO_ASSIGN(decision.approved, read_approved(options.approved));
    }
    if (!options.due.empty()) {
        SHENBAO_ASSIGN(decision.due, read_moment("--due", options.due));
    }
    return decision;
}

base::Status refusal_of(const intake::Ruling& ruling) {
    std::string detail;
    for (const rules::Finding& finding : ruling.findings)
        detail += (detail.empty() ? "" : "\n") + finding.text;
    return base::fail(ruling.outcome, detail);
}

base::Status decide(const std::string& data, const std::string& filing,
                    const DecideOptions& options) {
    SHENBAO_ASSIGN(envelope::Decision decision, read_decision(options));
    const auto version = base::parse_envelope_id(filing);
    if (!version) return base::fail(Outcome::not_found_locally, "申报编号不正确：" + filing);
    SHENBAO_ASSIGN(const auto site, intake::Site::open(data));
    {
        SHENBAO_ASSIGN(auto reader, site->reader());
        SHENBAO_ASSIGN(const auto root, reader->find_root(*version));
        if (!root) return base::fail(Outcome::not_found_locally, "没有这份申报：" + filing);
        SHENBAO_ASSIGN(const auto matter, reader->find_filing(*root));
        // The first version's id names the matter; any other must be the newest (131).
        decision.target = matter && *version == *root ? matter->newest : *version;
        const notice::Form* form =
            matter ? site->package_with(matter->period)->find_form(matter->form) : nullptr;
        fit_to_rows(form, decision);
        for (const std::string& text : options.remarks) {
            SHENBAO_ASSIGN(envelope::Remark remark, read_remark(form, text));
            decision.remarks.push_back(std::move(remark));
        }
    }
    SHENBAO_ASSIGN(const auto rulings,
                   intake::rule_as_operator(*site, {decision}, intake::Purpose::store));
    if (rulings.front().outcome != Outcome::accepted) return refusal_of(rulings.front());
    std::printf("已审核：%s\n", decision.target.text().c_str());
    return {};
}

base::Status extend(const std::string& data, const ExtendOptions& options) {
    envelope::Extension extension;
    const auto          unit = base::parse_unit_id(options.unit);
    if (!unit) return base::fail(Outcome::not_found_locally, "没有这个单位：" + options.unit);
    extension.for_unit = *unit;
    extension.form = base::FormId(options.form);
    extension.period = base::Period(options.period);
    extension.reason = options.reason;
    SHENBAO_ASSIGN(extension.until, read_moment("--until", options.until));
    SHENBAO_ASSIGN(const auto site, intake::Site::open(data));
    SHENBAO_ASSIGN(const auto rulings,
                   intake::rule_as_operator(*site, {extension}, intake::Purpose::store));
    if (rulings.front().outcome != Outcome::accepted) return refusal_of(rulings.front());
    std::printf("已延期：%s %s %s 至 %s\n", options.unit.c_str(), options.form.c_str(),
                options.period.c_str(), base::to_rfc3339(extension.until).c_str());
    return {};
}

} // namespace commands
