#include "client/screens/parts.hpp"

#include "client/app.hpp"
#include "client/platform/browser.hpp"
#include "client/platform/disk.hpp"
#include "client/texts/words.hpp"
#include "client/widgets/controls.hpp"
#include "client/widgets/dialog.hpp"
#include "client/widgets/fields.hpp"
#include "client/widgets/layout.hpp"
#include "client/widgets/table.hpp"
#include "client/widgets/words.hpp"
#include "shared/base/text.hpp"
#include "shared/device/schema.hpp"

#include <algorithm>
#include <span>

std::string value_words(App& app, const notice::Field& field, const base::Json& value) {
    if (field.type == notice::FieldType::integer && value.is_number_integer())
        return base::grouped(value.get<std::int64_t>());
    return print::blank_text(
        field, value, [&app](const base::CertificateId& id) { return app.certificate_name(id); });
}

std::string answers_words(App& app, const notice::Package& package, const notice::Form& form,
                          const base::Period& period, const base::Json& answers, PeriodTold told) {
    const auto member = [&](const base::Json& of, const base::FieldId& id) {
        const auto found = of.is_object() ? of.find(id.text()) : of.end();
        return found == of.end() ? base::Json() : *found;
    };
    // What names one of many: its choices, else those of its first row.
    const auto named = [&](const std::vector<notice::Field>& fields, const base::Json& of) {
        std::string words;
        for (const notice::Field& field : fields) {
            if (field.type != notice::FieldType::certificate &&
                field.type != notice::FieldType::choice)
                continue;
            const std::string value = value_words(app, field, member(of, field.id));
            if (!value.empty()) words += (words.empty() ? "" : " · ") + value;
        }
        return words;
    };
    if (in_grid(form)) {
        std::string          words = named(form.fields, answers);
        const notice::Field* number = number_of(form);
        if (words.empty()) words = form.short_title;
        if (const base::Json value = number == nullptr ? base::Json() : member(answers, number->id);
            value.is_number_integer())
            words += "　" + value_words(app, *number, value) + " " + number->unit;
        return words;
    }
    std::string words = form.short_title;
    if (form.table) {
        const base::Json  rows = member(answers, base::FieldId("rows"));
        const std::size_t count = rows.is_array() ? rows.size() : 0;
        if (form.many && count > 0) words = named(form.table->columns, rows.at(0));
        if (words.empty()) words = form.short_title;
        if (form.many) return count > 1 ? words + " 等 " + std::to_string(count) + " 项" : words;
        if (count > 0) words += "（" + std::to_string(count) + " 项）";
    }
    const notice::Period* of = package.find_period(period);
    return of == nullptr || form.windows.size() < 2 || told == PeriodTold::apart
               ? words
               : words + "　" + of->name;
}

const notice::Form* source_form_of(App& app, const device::Matter& matter,
                                   const notice::Form& form) {
    return is_made(form) ? app.desk().package_of(matter)->find_serving(notice::Serves::declared)
                         : nullptr;
}

std::string computed_words(const notice::Form& form, const base::FieldId& id,
                           const base::Json& value) {
    for (const notice::Computed& computed : form.computed)
        if (computed.id == id && (computed.decimals > 0 || value.is_null()))
            return notice::printed_computed(computed, value);
    return value.is_number_integer() ? base::grouped(value.get<std::int64_t>()) : std::string();
}

std::string computed_words(App& app, const device::Matter& matter, const base::FieldId& id) {
    const device::Judgement* judged = app.judgement(matter.root);
    if (judged == nullptr) return {};
    const auto found = judged->verdict.computed.find(id);
    return computed_words(*app.desk().form_of(matter), id,
                          found == judged->verdict.computed.end() ? base::Json() : found->second);
}

std::string label_of(const notice::Form& form, const base::FieldId& name) {
    constexpr std::string_view in_table = "rows.";
    const std::string&         id = name.text();
    const notice::Field*       field = id.compare(0, in_table.size(), in_table) == 0
                                           ? form.find_column(id.substr(in_table.size()))
                                           : form.find_field(id);
    return field == nullptr ? form.short_title : field->label;
}

std::vector<std::int64_t> filed_numbers(const notice::Form& form, const base::Json& answers) {
    std::vector<std::int64_t> numbers;
    const auto                add = [&](const base::Json& of, const notice::Field* field) {
        if (field != nullptr && of.is_object())
            numbers.push_back(of.value(field->id.text(), base::Json()).is_number_integer()
                                  ? of.at(field->id.text()).get<std::int64_t>()
                                  : 0);
    };
    if (form.serves == notice::Serves::declared) add(answers, form.find_standard("headcount"));
    const auto rows = answers.is_object() ? answers.find("rows") : answers.end();
    if (form.serves == notice::Serves::increase && rows != answers.end())
        for (const base::Json& row : *rows) add(row, form.find_standard("approved_after"));
    return numbers;
}

std::vector<std::int64_t> approved_numbers(const notice::Form& form, const base::Json& answers,
                                           const envelope::Decision& said) {
    if (said.stage != envelope::ReviewStage::final_review ||
        said.verdict != envelope::ReviewVerdict::pass)
        return {};
    const auto numbers = envelope::numbers_of(said.approved);
    return numbers.empty() ? filed_numbers(form, answers) : numbers;
}

std::vector<std::int64_t> approved_numbers(App& app, const device::Matter& matter) {
    const notice::Form* form = app.desk().form_of(matter);
    if (form == nullptr || !matter.review ||
        device::state_after(matter.review->decision) != device::MatterState::approved)
        return {};
    if (device::is_open(matter.state)) { // It was decided as it was filed, whatever is typed since.
        const auto filed = matter.newest ? app.desk().find_item(*matter.newest) : std::nullopt;
        return approved_numbers(*form, filed ? filed->answers : base::Json(),
                                matter.review->decision);
    }
    const device::Judgement* judged = app.judgement(matter.root);
    return approved_numbers(*form, judged != nullptr ? judged->answers : base::Json(),
                            matter.review->decision);
}

std::string period_words(const notice::Package* package, const base::Period& period) {
    const notice::Period* found = package == nullptr ? nullptr : package->find_period(period);
    return found == nullptr ? period.text() : found->name;
}

bool is_school(App& app) { return app.desk().find_enrolment()->role == "school"; }
bool is_province(App& app) { return app.desk().find_enrolment()->role == "province"; }

std::string matter_words(App& app, const device::QueueRow& row) {
    if (row.certificate) return row.certificate_name + " · " + row.level;
    // By the notice that knows its period, or any that has its form.
    const notice::Form* form = app.find_known_form(row.form);
    if (form == nullptr) return row.form.text();
    const notice::Package* package = &app.package_of(*form);
    for (const notice::Package* one : app.packages())
        if (const notice::Form* own = one->find_form(row.form);
            own != nullptr && own->find_window(row.period) != nullptr) {
            form = own, package = one;
            break;
        }
    return answers_words(app, *package, *form, row.period, base::Json::object());
}

namespace {

// "通过：亳州中药科技学校 老年照护 · 初级".
std::string decision_words(App& app, const device::OutboxItem& item) {
    const device::QueueRow* row = find_review_row(app, item.root);
    const auto verdict = envelope::find_review_verdict(
        item.answers.is_object() ? item.answers.value("verdict", std::string()) : std::string());
    const std::string words(verdict ? texts::verdict_word(*verdict) : "审核意见");
    return row == nullptr ? words
                          : words + "：" + row->unit_name + "　" + matter_words(app, *row);
}

} // namespace

std::string item_words(App& app, const device::OutboxItem& item, PeriodTold told) {
    // An office's act says itself what it is.
    if (const auto words = item.answers.find("words");
        words != item.answers.end() && item.kind != "filing" && words->is_string())
        return words->get<std::string>();
    const notice::Package* package = app.desk().package_of(item);
    const notice::Form*    form = package == nullptr ? nullptr : package->find_form(item.form);
    if (item.kind == "decision") return decision_words(app, item);
    const std::string      before = item.kind == "withdrawal" ? "撤回：" : "";
    if (form == nullptr) return before + item.form.text();
    const std::string words =
        answers_words(app, *package, *form, item.period, item.answers, told);
    // Which form it is; of one without an appendix the words begin with its title.
    return before + (form->appendix.empty() ? words : form->appendix + "　" + words);
}

bool reopen(App& app, const base::EnvelopeId& root) {
    const std::size_t before = app.queued().size();
    if (!app.tell(app.desk().revise(root))) return false;
    const std::size_t taken_back = before - app.queued().size();
    if (taken_back == 1) app.say("已取回，改好后要重新签名提交。");
    if (taken_back > 1)
        app.say("已取回。由它生成的汇总表也一起取回了，改好后都要重新签名提交。");
    return true;
}

void open_matter(App& app, const base::EnvelopeId& root) {
    if (const auto matter = app.desk().find_matter(root)) app.open_matter(*matter);
}

namespace {

std::string waiting_words(std::size_t count) {
    return count == 0 ? "没有等待发送的文件" : std::to_string(count) + " 份文件等待发送";
}

std::string progress_words(const device::Progress& progress) {
    std::string words(device::stage_sentence(progress.stage));
    if (progress.stage == device::Stage::outbox && progress.to_send > 0)
        words += "：" + std::to_string(progress.sent) + " / " + std::to_string(progress.to_send);
    return words;
}

void draw_report(const device::Report& report) {
    if (report.fault) {
        const bool offline = report.fault->outcome == base::Outcome::offline;
        widgets::notice("report", offline ? widgets::Tone::attention : widgets::Tone::wrong,
                        offline ? "现在连不上服务器，不影响使用。连上后会自动发送，也可随时按此按钮。"
                                : base::outcome_text(report.fault->outcome).sentence);
    } else {
        const std::string sent = texts::sent_words(report);
        widgets::notice("report", report.refused > 0 ? widgets::Tone::wrong : widgets::Tone::done,
                        sent.empty() ? "已与服务器同步。" : sent);
    }
}

} // namespace

void draw_period_choice(App& app, const notice::Form& form) {
    const std::vector<const notice::Period*> periods = app.periods_of(form);
    if (periods.size() < 2) return;
    const base::Period        shown = app.period_of(form);
    std::vector<std::string>  names;
    std::vector<base::Period> ids;
    int                       chosen = 0;
    std::string_view          label = "申报轮次";
    for (const notice::Period* period : periods) {
        if (period->id == shown) chosen = int(names.size());
        if (period->kind == notice::Period::Kind::month) label = "报送月份";
        if (period->kind == notice::Period::Kind::year) label = "年度";
        names.push_back(period->name);
        ids.push_back(period->id);
    }
    if (widgets::select("period", names, chosen,
                        {.label = label, .shape = widgets::Shape::cell, .width = 140}))
        app.choose_period(form, ids[std::size_t(chosen)]);
}

void draw_closing(App& app, const notice::Window& window, base::Time closes,
                  std::string_view later, Countdown countdown) {
    if (window.always) return widgets::text("全年可报，没有截止时间", widgets::second_text);
    const base::Time now = app.now();
    widgets::text("截止");
    widgets::text(texts::closing_words(closes), widgets::bold_text);
    widgets::text("（北京时间）");
    if (closes > window.closes_at()) widgets::badge(later, widgets::Tone::info);
    if (const std::string off = day_off_words(*app.desk().find_package(), closes);
        !off.empty() && now < closes)
        widgets::badge(off, widgets::Tone::attention);
    const std::string left = texts::time_left(now, closes);
    if (now < window.opens_at())
        widgets::text(base::clerk_day(window.opens) + " 开始", widgets::second_text);
    else if (countdown == Countdown::shown)
        widgets::text(left.empty() ? "已截止" : left, {.weight = widgets::Weight::bold,
                                                       .colour = widgets::colour::attention});
}

void draw_window_notice(App& app, const notice::Window& window, base::Time closes) {
    const base::Time now = app.now();
    switch (notice::phase_of(window, closes, now)) {
    case notice::Phase::before:
        widgets::notice("window", widgets::Tone::info,
                        base::clerk_day(window.opens) + " 开始接收，可以先填写。");
        break;
    case notice::Phase::closed:
        widgets::notice("window", widgets::Tone::attention,
                        "填报时间已于 " + texts::closing_words(closes) +
                            " 截止。之后送达的标为逾期补报，省级延期前不计入汇总。");
        break;
    case notice::Phase::open:
        if (closes > window.closes_at())
            widgets::notice("window", widgets::Tone::info,
                            "本单位已延期至 " + texts::closing_words(closes) + "（北京时间）。");
        break;
    case notice::Phase::always: break;
    }
}

std::string next_report_words(App& app, const notice::MonthOff& off) {
    if (off.next == nullptr) return "本年度的报送已经结束。";
    const notice::Period* period = app.desk().find_package()->find_period(off.next->period);
    return "下次报送：" + (period == nullptr ? "" : period->name + "，") +
           base::clerk_day(off.next->opens) + " 至 " + texts::closing_words(off.next->closes) +
           "。";
}

void draw_sync_card(App& app) {
    Courier&            courier = app.courier();
    const widgets::Card card("sync", {.name = "同步"});
    widgets::text(waiting_words(app.queued().size()), {.size = widgets::type_size::small,
                                                       .colour = widgets::colour::second,
                                                       .centre = true});
    if (widgets::button("sync", courier.running() ? "正在同步…" : "一键同步",
                        {.kind = widgets::ButtonKind::primary,
                         .size = widgets::ButtonSize::large,
                         .width = widgets::Width::fill,
                         .off_because = courier.running() ? "正在同步" : ""}))
        courier.start();
    if (courier.running()) {
        const device::Progress& progress = courier.progress();
        const std::string       words = progress_words(progress);
        widgets::status("progress_words", words, widgets::second_text);
        if (progress.to_send > 0)
            widgets::progress_bar("progress", "同步进度", progress.sent, progress.to_send, words);
    } else if (const auto& report = courier.last_report();
               report && (report->fault || report->refused > 0 || app.queued().empty())) {
        // What was sent is not the news while something waits again.
        draw_report(*report);
    } else if (!platform::online()) {
        widgets::text("现在没有网络。连上后会自动发送，也可随时按此按钮。",
                      {.size = widgets::type_size::small,
                       .colour = widgets::colour::second,
                       .centre = true});
    }
}

std::string not_open_yet(App& app, const notice::Form& form, const base::Period& period) {
    const notice::Window* window = form.find_window(period);
    if (window == nullptr || window->always || app.now() >= window->opens_at()) return {};
    return base::clerk_day(window->opens) + "开始接收，届时再签名提交";
}

void draw_state_badge(App& app, const device::Matter& matter) {
    using device::MatterState;
    const std::string_view word = texts::state_word(matter.state);
    if (app.late(matter)) // It has arrived, and counts for nothing yet.
        return widgets::badge(texts::timing_word(envelope::Timing::late), widgets::Tone::attention);
    switch (matter.state) {
    case MatterState::submitted:
    case MatterState::passed:
    case MatterState::approved: return widgets::badge(word, widgets::Tone::done);
    case MatterState::queued:
    case MatterState::withdrawing: return widgets::badge(word, widgets::Tone::attention);
    case MatterState::withdrawn: return widgets::badge(word, widgets::Tone::plain);
    case MatterState::returned:
    case MatterState::rejected:
    case MatterState::refused:
    case MatterState::conflict: return widgets::badge(word, widgets::Tone::wrong);
    case MatterState::editing: break;
    }
    const device::Judgement* judged = app.judgement(matter.root);
    if (judged == nullptr) return;
    if (judged->sealable)
        return widgets::badge(matter.revising ? "修改后待提交" : "待提交", widgets::Tone::info);
    if (judged->missing < judged->errors) // With what is missing: all that is to be done.
        return widgets::badge("待改 " + std::to_string(judged->errors) + " 处",
                              widgets::Tone::wrong);
    if (judged->errors > 0)
        return widgets::badge("待填 " + std::to_string(judged->errors) + " 处", widgets::Tone::plain);
    widgets::badge("请说明", widgets::Tone::attention);
}

std::string machine_words(App& app, const base::KeyId& kid) {
    if (kid == app.desk().find_enrolment()->kid) return "（本机）";
    for (const protocol::DeviceInfo& one : app.devices())
        if (one.kid == kid) return "（" + one.device + "）";
    constexpr std::size_t shown = 8; // Of a key's 43 characters: enough to tell machines apart.
    return "（设备 " + kid.text().substr(0, shown) + "）";
}

void draw_review_badge(const device::QueueRow& row) {
    if (row.refused) return widgets::badge("未被接收", widgets::Tone::wrong);
    if (row.queued)
        return widgets::badge("已签" + std::string(texts::verdict_word(row.queued->verdict)) +
                                  "，待同步",
                              widgets::Tone::attention);
    widgets::Tone tone = widgets::Tone::info;
    switch (row.state.stage) {
    case review::Stage::submitted:
        if (row.way == review::Way::received) tone = widgets::Tone::plain;
        break;
    case review::Stage::first_passed: break;
    case review::Stage::approved: tone = widgets::Tone::done; break;
    case review::Stage::returned:
    case review::Stage::rejected: tone = widgets::Tone::wrong; break;
    case review::Stage::withdrawn: tone = widgets::Tone::plain; break;
    }
    widgets::badge(texts::review_word(row), tone);
}

bool remove_matter(App& app, const notice::Form& form, const base::EnvelopeId& root) {
    if (!app.tell(app.desk().remove(root))) return false;
    app.say("已删除一" + std::string(counter_of(form)) + form.short_title + "。",
            [&app, root] { app.tell(app.desk().restore(root)); });
    return true;
}

std::string refusal_words(const device::QueueRow& row) {
    if (row.state.stage == review::Stage::withdrawn) return "学校已经撤回了这份申报。";
    if (row.refused->outcome == base::Outcome::not_newest)
        return "学校已经提交了新的一版。请看改动后重新审核。";
    return row.refused->detail;
}

std::string backup_words(const base::Fault& fault) {
    switch (fault.outcome) {
    case base::Outcome::storage_foreign: return "这个文件不是申报系统的备份文件，请换一个文件。";
    case base::Outcome::storage_newer:
        return "这个文件由更新版本的程序保存。请先把本机的程序更新到最新，再试一次。";
    case base::Outcome::bad_file: return "这个文件不完整或已损坏。请在原来的设备上重新保存一份。";
    default: return std::string(base::outcome_text(fault.outcome).sentence);
    }
}

void draw_restore(App& app) {
    std::string& content = app.memory("restore/content");
    std::string& wrong = app.memory("restore/wrong");
    if (widgets::button("restore", "从备份文件恢复"))
        platform::pick_file(".sqlite", [&app](platform::PickedFile file) {
            app.memory("restore/wrong") = file.content.empty() ? "这个文件是空的。" : "";
            app.memory("restore/name") = std::move(file.name);
            app.memory("restore/content") = std::move(file.content);
        });
    if (!wrong.empty()) widgets::notice("restore_wrong", widgets::Tone::wrong, wrong);
    if (content.empty()) return;
    const std::string words = "“" + app.memory("restore/name") +
                              "”的内容将替换本机浏览器里的全部内容，包括没有发送的草稿。"
                              "此操作不能撤销；需要时请先保存备份文件。";
    const widgets::Answer answer = widgets::ask("restore_question", {.title = "用备份文件恢复本机？",
                                                                     .words = words,
                                                                     .yes = "恢复",
                                                                     .dangerous = true});
    if (answer == widgets::Answer::none) return;
    if (answer == widgets::Answer::yes) {
        // What is restored opens with the page, which is loaded again by this.
        const base::Status restored = platform::disk::restore(
            std::as_bytes(std::span(content)), device::application_id, device::schema_version());
        if (!restored) wrong = backup_words(restored.error()) + "本机的内容没有改动。";
    }
    content.clear();
}

std::string numbers_words(const std::vector<std::int64_t>& numbers) {
    std::string words;
    for (const std::int64_t number : numbers)
        words += (words.empty() ? "" : "、") + base::grouped(number);
    return words;
}

std::string names_of(const std::vector<std::string>& names) {
    constexpr std::size_t shown = 5;
    std::string           words;
    for (std::size_t i = 0; i < std::min(names.size(), shown); ++i)
        words += (i == 0 ? "" : "、") + names[i];
    if (names.size() > shown) words += " 等 " + std::to_string(names.size()) + " 所学校";
    return words;
}
