// Words that several screens share, each in one place: states, timings, kinds. Domain words are
// those of the notice and of the usual reporting systems.
#pragma once

#include "shared/device/review_desk.hpp"
#include "shared/device/sync.hpp"

#include <string>
#include <string_view>

namespace texts {

std::string_view state_word(device::MatterState state);
std::string_view timing_word(envelope::Timing timing);
std::string_view verdict_word(envelope::ReviewVerdict verdict);
// Where a filing stands, as reviewers say it: "待市级初审", "省级退回修改", "已收到".
std::string_view review_word(const device::QueueRow& row);
// What an entry of a history was: "提交第2版", "市级退回修改".
std::string history_words(const device::HistoryEntry& entry, int version);

// "还有 2 天 7 小时", "还有 35 分钟"; "" when the moment has passed.
std::string time_left(base::Time now, base::Time until);

// "3月31日 24:00": the last moment of a window, said as its last day.
std::string closing_words(base::Date last_day);
// The same of any closing time: "4月3日 12:00" when it lies within a day.
std::string closing_words(base::Time closes);

// Until when what was returned may be replaced: "请于 4月10日 24:00 前修改报送". `last`: that included.
std::string mend_by_words(base::Time last);

// What a ledger entry of this kind is: "申报批准", "调增批准".
std::string_view ledger_word(std::string_view kind);

// "000 418": a place in the log as people read it out.
std::string index_words(std::int64_t index);

// What came of a sync that sent something: "3 份已送达，回执已保存。"; "" when nothing was sent.
std::string sent_words(const device::Report& report);

} // namespace texts
