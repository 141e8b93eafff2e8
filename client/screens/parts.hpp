// Parts that several screens show.
#pragma once

#include "client/widgets/fields.hpp"
#include "client/due.hpp"
#include "shared/device/review_desk.hpp"

#include <string>
#include <vector>

class App;

// "老年照护 · 初级　60 人", "进度月报表　2023年5月": what answers to a form say, in a clerk's words.
// PeriodTold::apart: where a period stands in a column of its own.
enum class PeriodTold { here, apart };
std::string answers_words(App& app, const notice::Package& package, const notice::Form& form,
                          const base::Period& period, const base::Json& answers,
                          PeriodTold told = PeriodTold::here);
// "2023年春季"; the period's id when the package, or null, does not know it.
std::string period_words(const notice::Package* package, const base::Period& period);
// What this desk's unit is. There must be an enrolment.
bool is_school(App& app);
bool is_province(App& app);

// What a filing is about, as its reviewers see it in a list.
std::string matter_words(App& app, const device::QueueRow& row);
// The same of a signed envelope.
std::string item_words(App& app, const device::OutboxItem& item,
                       PeriodTold told = PeriodTold::here);

// A certificate's name, a phone number, 万元: how the paper shows the value of a field.
std::string value_words(App& app, const notice::Field& field, const base::Json& value);

// What the form computes: a total, a rate; "" or the form's own sign while it cannot be said.
std::string computed_words(App& app, const device::Matter& matter, const base::FieldId& id);
std::string computed_words(const notice::Form& form, const base::FieldId& id,
                           const base::Json& value);

// The numbers that the province's pass is about: what was declared, or each row's after an
// increase. Empty of a form that has none.
std::vector<std::int64_t> filed_numbers(const notice::Form& form, const base::Json& answers);
// Those that it has approved, in the same order, without a word of its own as filed. Empty of any
// other decision.
std::vector<std::int64_t> approved_numbers(const notice::Form& form, const base::Json& answers,
                                           const envelope::Decision& said);
// Of an own matter, as it was filed; empty while it is not approved.
std::vector<std::int64_t> approved_numbers(App& app, const device::Matter& matter);

// "120、80".
std::string numbers_words(const std::vector<std::int64_t>& numbers);

// Schools in a sentence: the first few by name, and how many there are.
std::string names_of(const std::vector<std::string>& names);

// Opens a signed matter for change and says what was taken back from the outbox for it. False when
// it could not be, which was told.
bool reopen(App& app, const base::EnvelopeId& root);
// Deletes one of which the server has nothing, and offers to undo it. False when it could not be,
// which was told.
bool remove_matter(App& app, const notice::Form& form, const base::EnvelopeId& root);
// Opens the screen on which a matter is filled in.
void open_matter(App& app, const base::EnvelopeId& root);

// Which period of the form the screens show, as a cell whose label is only read out. Nothing when
// the form has only one.
void draw_period_choice(App& app, const notice::Form& form);

enum class Countdown { shown, hidden }; // hidden: nobody has to hurry any more.
// Until when the form is filed, in one line: "截止 5月27日 24:00（北京时间） 截止日为周六 还有 2 天".
// `closes`: for this unit or matter, by Desk::closes_at(); `later`: why later than the window.
void draw_closing(App& app, const notice::Window& window, base::Time closes,
                  std::string_view later = "已延期", Countdown countdown = Countdown::shown);
// What one must know about the form's window before filling it in: that it has not opened, or that
// it is over.
void draw_window_notice(App& app, const notice::Window& window, base::Time closes);
// "下次报送：2023年9月，9月1日 至 9月27日 24:00。"
std::string next_report_words(App& app, const notice::MonthOff& off);

// The one big button with what waits, how far it is, and what came of it.
void draw_sync_card(App& app);

// Why nothing of this form can be signed yet: its window of the period has not opened. Empty when
// it has.
std::string not_open_yet(App& app, const notice::Form& form, const base::Period& period);

// How a matter stands, as a badge.
void draw_state_badge(App& app, const device::Matter& matter);

// The same of a filing as its reviewers see it, their own unsent word before all.
void draw_review_badge(const device::QueueRow& row);

// Why a backup file cannot be used, in words for the screen.
std::string backup_words(const base::Fault& fault);

// Why the server has not taken this desk's decision, which it has refused.
std::string refusal_words(const device::QueueRow& row);

// 从备份文件恢复: picks a file, asks, and replaces everything on this device by what it holds.
void draw_restore(App& app);

// 交接草稿: takes the drafts out of another machine's backup file, and what was kept of them beside
// those that are here. Nothing in an office.
void draw_handover(App& app);

// The newest receipts, as they stand on the home screen.
void draw_newest_receipts(App& app);

// The list 检查 beside a form: every finding, in its words, leading to its field, with a field for
// each explanation.
void draw_findings(App& app, const device::Matter& matter);
// The form whose filings a made table's rows come from, by the notice of that table's matter; null
// when the form has no such table.
const notice::Form* source_form_of(App& app, const device::Matter& matter,
                                   const notice::Form& form);
// Of one finding: how heavy it is, in a word.
void draw_finding_badge(const rules::Finding& finding);
// The field that a finding leads to; nothing when it is about no field one can type in.
std::optional<device::Cell> cell_of(const notice::Form& form, const rules::Finding& finding);
// Of a field as remarks name it ("headcount", "rows.level").
std::string label_of(const notice::Form& form, const base::FieldId& name);
// "第3行…" is about row 3; 0: about none.
int row_in_words(std::string_view text);
// By which machine: "（本机）", "（教务处电脑）", or by its key where nobody here knows its name.
std::string machine_words(App& app, const base::KeyId& kid);
// 经过: what happened to a filing, the newest first.
void draw_history(App& app, const notice::Form& form,
                  const std::vector<device::HistoryEntry>& history);
struct MailWords {
    std::string text;
    bool        again = false; // What had gone is no longer what was filed.
};
// "附件2盖章扫描件于 4月3日 24:00 前发送至 …": where the form's mail goes, and until when; once it is
// ticked off, "附件2盖章扫描件已于 4月2日 发送至 …".
MailWords mail_words(App& app, const notice::Form& form, const base::Period& period,
                     base::Time closes);
// 邮件与文件: what the notice calls the mail and the file.
void draw_mail(App& app, const device::Matter& matter);
// Of a bureau: all its schools' stamped form of the round with a cover, and what the mail is
// called.
void draw_bundle(App& app);
// 国家平台: the school's own word that it has uploaded the paper there.
void draw_platform(App& app, const device::Matter& matter);
