#include "client/texts/words.hpp"

#include "shared/notice/calendar.hpp"

namespace texts {

std::string_view state_word(device::MatterState state) {
    switch (state) {
    case device::MatterState::editing: return "草稿";
    case device::MatterState::queued: return "待同步";
    case device::MatterState::submitted: return "已提交";
    case device::MatterState::passed: return "市级初审通过";
    case device::MatterState::approved: return "审核通过";
    case device::MatterState::returned: return "退回修改";
    case device::MatterState::rejected: return "审核不通过";
    case device::MatterState::refused: return "未被接收";
    case device::MatterState::withdrawing: return "撤回待同步";
    case device::MatterState::withdrawn: return "已撤回";
    case device::MatterState::conflict: return "存在冲突";
    }
    return {};
}

std::string_view timing_word(envelope::Timing timing) {
    switch (timing) {
    case envelope::Timing::on_time: return "按时";
    case envelope::Timing::extended: return "延期";
    case envelope::Timing::late: return "逾期补报";
    }
    return {};
}

std::string_view verdict_word(envelope::ReviewVerdict verdict) {
    switch (verdict) {
    case envelope::ReviewVerdict::pass: return "通过";
    case envelope::ReviewVerdict::send_back: return "退回修改";
    case envelope::ReviewVerdict::reject: return "不通过";
    }
    return {};
}

std::string_view review_word(const device::QueueRow& row) {
    const bool bureau = row.state.by == review::Party::bureau;
    switch (row.state.stage) {
    case review::Stage::submitted:
        return row.way == review::Way::received  ? "已收到"
               : row.way == review::Way::direct ? "待省级审核"
                                                : "待市级初审";
    case review::Stage::first_passed: return "市级初审通过";
    case review::Stage::returned: return bureau ? "市级退回修改" : "省级退回修改";
    case review::Stage::approved: return "审核通过";
    case review::Stage::rejected: return "审核不通过";
    case review::Stage::withdrawn: return "已撤回";
    }
    return {};
}

std::string history_words(const device::HistoryEntry& entry, int version) {
    if (entry.kind == device::HistoryEntry::Kind::withdrawal) return "撤回";
    if (!entry.decision)
        return version == 1 ? std::string("提交") : "提交第" + std::to_string(version) + "版";
    const bool first = entry.decision->stage == envelope::ReviewStage::first_review;
    const bool pass = entry.decision->verdict == envelope::ReviewVerdict::pass;
    return (first ? pass ? "市级初审" : "市级" : pass ? "省级审核" : "省级") +
           std::string(verdict_word(entry.decision->verdict));
}

std::string time_left(base::Time now, base::Time until) {
    const std::int64_t minutes = (until.microseconds - now.microseconds) / 60000000;
    if (until <= now) return {};
    if (minutes < 60) return "还有 " + std::to_string(minutes + 1) + " 分钟";
    const std::int64_t hours = minutes / 60;
    if (hours < 24) return "还有 " + std::to_string(hours) + " 小时";
    return "还有 " + std::to_string(hours / 24) + " 天 " + std::to_string(hours % 24) + " 小时";
}

std::string closing_words(base::Date last_day) { return base::clerk_day(last_day) + " 24:00"; }

std::string closing_words(base::Time closes) {
    return base::clerk_closing(closes, " 24:00");
}

std::string mend_by_words(base::Time last) {
    return "请于 " + closing_words(base::first_late(last)) + " 前修改报送";
}

std::string_view ledger_word(std::string_view kind) {
    if (kind == "round") return "申报批准";
    if (kind == "increase") return "调增批准";
    if (kind == "exception") return "批准人数变更";
    if (kind == "reversal") return "批准撤销";
    return "其他";
}

std::string index_words(std::int64_t index) {
    std::string digits = std::to_string(index);
    if (digits.size() < 6) digits.insert(0, 6 - digits.size(), '0');
    return digits.insert(digits.size() - 3, " ");
}

std::string sent_words(const device::Report& report) {
    std::string words;
    if (report.accepted > 0) words = std::to_string(report.accepted) + " 份已送达，回执已保存。";
    if (report.refused > 0)
        words += std::to_string(report.refused) + " 份未被接收，请到“待同步”中查看原因。";
    return words;
}

} // namespace texts
