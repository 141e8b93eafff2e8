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

#include <span>

std::string item_words(App& app, const device::OutboxItem& item) {
    const notice::Package* package = app.desk().find_package();
    const notice::Form*    form = package == nullptr ? nullptr : package->find_form(item.form);
    std::string words = item.kind == "withdrawal" ? "撤回：" : "";
    const auto  member = [&](const char* name) {
        const auto found = item.answers.find(name);
        return found == item.answers.end() ? base::Json() : *found;
    };
    const base::Json certificate = member("certificate"), headcount = member("headcount");
    if (!certificate.is_string()) {
        words += form == nullptr ? item.form.text() : form->short_title;
        if (const base::Json rows = member("rows"); rows.is_array())
            words += "（" + std::to_string(rows.size()) + " 项）";
        return words;
    }
    words += app.certificate_name(base::CertificateId(certificate.get<std::string>()));
    if (const base::Json level = member("level"); level.is_string())
        words += " · " + level.get<std::string>();
    if (headcount.is_number_integer())
        words += "　" + base::grouped(headcount.get<std::int64_t>()) + " 人";
    return words;
}

Standing standing_of(const std::vector<device::Matter>& declarations) {
    Standing standing;
    for (const device::Matter& matter : declarations) {
        if (!device::counts(matter.state)) continue;
        ++standing.filings;
        standing.unsigned_filings += device::is_open(matter.state);
        const auto found = matter.values.find({0, base::FieldId("headcount")});
        standing.submitted += matter.state == device::MatterState::submitted;
        if (found == matter.values.end()) continue;
        if (found->second.value.is_number_integer())
            standing.headcount += found->second.value.get<std::int64_t>();
        else standing.unread += !found->second.text.empty();
    }
    return standing;
}

void open_form(App& app, const base::EnvelopeId& root) {
    const auto matter = app.desk().find_matter(root);
    if (!matter) return;
    if (matter->form == base::FormId("declaration")) app.open_matter(root);
    else app.go(ScreenId::summary);
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
                        offline ? "现在连不上服务器，不影响填写。连上后会自动发送，也可随时按此按钮。"
                                : base::outcome_text(report.fault->outcome).sentence);
    } else {
        const std::string sent = texts::sent_words(report);
        widgets::notice("report", report.refused > 0 ? widgets::Tone::wrong : widgets::Tone::done,
                        sent.empty() ? "已与服务器同步。" : sent);
    }
}

} // namespace

void draw_period_choice(App& app, widgets::Shape shape) {
    const notice::Package* package = app.desk().find_package();
    if (package == nullptr) return;
    std::vector<std::string> names;
    int                      chosen = 0;
    for (const notice::Period& period : package->periods) {
        if (period.id == app.period()) chosen = int(names.size());
        names.push_back(period.name);
    }
    if (widgets::select("period", names, chosen, {.label = "申报轮次", .shape = shape, .width = 160}))
        app.choose_period(package->periods[std::size_t(chosen)].id);
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
    } else if (courier.last_report()) {
        draw_report(*courier.last_report());
    } else if (!platform::online()) {
        widgets::text("现在没有网络。连上后会自动发送，也可随时按此按钮。",
                      {.size = widgets::type_size::small,
                       .colour = widgets::colour::second,
                       .centre = true});
    }
}

std::string not_open_yet(App& app, const notice::Form& form) {
    const notice::Window* window = form.find_window(app.period());
    if (window == nullptr || window->always || app.now() >= window->opens_at()) return {};
    return base::clerk_day(window->opens) + "开始接收，届时再签名提交";
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
        if (!restored)
            wrong = restored.error().outcome == base::Outcome::storage_foreign
                        ? "这个文件不是申报系统的备份文件。本机的内容没有改动。"
                        : base::outcome_text(restored.error().outcome).sentence;
    }
    content.clear();
}

void draw_receipt_table(App& app, std::size_t count_max) {
    const std::vector<device::OutboxItem>& receipts = app.receipts();
    widgets::Table table("receipts",
                         {{"收到时间", widgets::fixed(150)},
                          {"内容", widgets::share(1)},
                          {"时限", widgets::fixed(92)},
                          {"编号", widgets::fixed(90), widgets::Align::right},
                          {"", widgets::fixed(64), widgets::Align::right}},
                         {.name = "回执", .width_min = 640, .narrow = widgets::Narrow::stack});
    table.rows(int(std::min(count_max, receipts.size())), [&](int index) {
        const device::OutboxItem& item = receipts[std::size_t(index)];
        table.row(item.sha256.text());
        if (!item.receipt_fields) return;
        const envelope::Receipt& receipt = *item.receipt_fields;
        table.text(base::clerk_day_second(receipt.received_at));
        table.text(item_words(app, item));
        {
            const auto cell = table.cell();
            if (item.replaced) widgets::badge("已被替代", widgets::Tone::plain);
            else widgets::badge(texts::timing_word(receipt.timing),
                           receipt.timing == envelope::Timing::late ? widgets::Tone::attention
                                                                    : widgets::Tone::done);
        }
        table.text(texts::index_words(receipt.index),
                   {.figures = widgets::Figures::tabular, .right = true});
        const auto cell = table.cell();
        if (widgets::link("save", "保存", {.name = "保存回执 " + texts::index_words(receipt.index)}))
            if (const auto file = app.desk().receipt_file(item.id))
                platform::download("回执-" + std::to_string(receipt.index) + ".json",
                                   "application/json", *file);
    });
}
