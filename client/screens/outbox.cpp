#include "client/app.hpp"
#include "client/platform/browser.hpp"
#include "client/screens/all.hpp"
#include "client/screens/parts.hpp"
#include "client/texts/words.hpp"
#include "client/widgets/controls.hpp"
#include "client/widgets/layout.hpp"
#include "client/widgets/words.hpp"

namespace {

void draw_refused(App& app, const device::OutboxItem& item) {
    const widgets::Scope scope(item.sha256.text());
    {
        widgets::Line line;
        widgets::badge("未被接收", widgets::Tone::wrong);
        widgets::text(item_words(app, item), widgets::bold_text);
        line.push_right();
        if (item.kind == "filing" && widgets::button("mend", "去修改")) open_matter(app, item.root);
        if ((item.answers.contains("words") || item.kind == "withdrawal") &&
            widgets::button("drop", "移除"))
            app.tell(app.desk().take_back_act(item.id));
        if (item.kind == "decision") {
            const device::QueueRow* row = find_review_row(app, item.root);
            if (row != nullptr && row->state.stage != review::Stage::withdrawn &&
                widgets::button("review", "重新审核"))
                app.open_review(item.root);
            if (widgets::button("drop", "移除")) take_back(app, item.root);
        }
    }
    const device::QueueRow* reviewed =
        item.kind == "decision" ? find_review_row(app, item.root) : nullptr;
    widgets::text(reviewed != nullptr && reviewed->refused ? refusal_words(*reviewed)
                  : item.refusal                           ? item.refusal->detail
                                                           : std::string(),
                  {.colour = widgets::colour::wrong});
    for (const rules::Finding& finding : item.findings)
        if (finding.severity != notice::Severity::hint) // It blocks nothing.
            widgets::text("· " + finding.text, {.size = widgets::type_size::small});
    widgets::separator();
}

void draw_queued(App& app, const device::OutboxItem& item) {
    const widgets::Scope scope(item.sha256.text());
    widgets::Line        line;
    widgets::badge("待同步", widgets::Tone::attention);
    widgets::text(item_words(app, item));
    widgets::text(item.attempts == 0 ? "签名于 " + base::clerk_day_minute(app.shown_time(item.made_at))
                                     : "已尝试发送，等待回音",
                  widgets::second_text);
    line.push_right();
    if (item.kind == "filing" && item.attempts == 0 && widgets::button("back", "取回修改")) {
        if (reopen(app, item.root)) open_matter(app, item.root);
    }
    if (item.answers.contains("words") && item.attempts == 0 && widgets::button("drop", "取消"))
        app.tell(app.desk().take_back_act(item.id));
    if (item.kind == "withdrawal" && item.attempts == 0 && widgets::button("keep", "取消撤回"))
        app.tell(app.desk().cancel_withdrawal(item.root));
    if (item.kind == "decision" && item.attempts == 0 && widgets::button("cancel", "取回") &&
        take_back(app, item.root))
        app.open_review(item.root);
}

} // namespace

void draw_outbox(App& app) {
    widgets::heading("待同步", 1);
    widgets::Columns columns({widgets::share(1), widgets::fixed(330)});
    columns.next();
    if (!app.refused().empty()) {
        const widgets::Card card("refused", {.title = "未被接收"});
        // A copy: what is put away is gone from the list.
        const std::vector<device::OutboxItem> refused = app.refused();
        for (const device::OutboxItem& item : refused) draw_refused(app, item);
    }
    {
        const widgets::Card card("queued", {.title = "等待发送"});
        if (app.queued().empty())
            widgets::empty_state("没有等待发送的文件",
                                 is_school(app)
                                     ? "签名提交的申报会先放在这里，联网后一键发送。"
                                     : "签名的审核意见会先放在这里，联网后一键发送。");
        const std::vector<device::OutboxItem> queued = app.queued();
        for (const device::OutboxItem& item : queued) draw_queued(app, item);
    }
    columns.next();
    draw_sync_card(app);
}
