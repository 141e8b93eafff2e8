#include "client/app.hpp"
#include "client/screens/all.hpp"
#include "client/screens/parts.hpp"
#include "client/platform/browser.hpp"
#include "client/texts/words.hpp"
#include "client/widgets/controls.hpp"
#include "client/widgets/fields.hpp"
#include "client/widgets/layout.hpp"
#include "client/widgets/table.hpp"
#include "client/widgets/words.hpp"
#include "shared/base/text.hpp"

namespace {

using device::Matter;
using device::MatterState;

void draw_window(App& app, const notice::Window& window) {
    const base::Time now = app.now(), opens = window.opens_at(), closes = window.closes_at();
    if (now < opens) {
        widgets::text(base::clerk_day(window.opens) + " 开始，" + texts::closing_words(window.closes) +
                      "（北京时间）截止。现在可以先填写。");
        return;
    }
    {
        widgets::Line line({.gap = 4});
        widgets::text("截止");
        widgets::text(texts::closing_words(window.closes), widgets::bold_text);
        widgets::text("（北京时间）");
        line.push_right();
        const std::string left = texts::time_left(now, closes);
        widgets::text(left.empty() ? "已截止" : left, {.weight = widgets::Weight::bold,
                                                       .colour = widgets::colour::attention});
    }
    const auto hours = [](base::Time from, base::Time to) {
        return int((to.microseconds - from.microseconds) / 3600000000LL);
    };
    widgets::progress_bar("window", "填报时间", std::min(hours(opens, now), hours(opens, closes)),
                          hours(opens, closes), texts::time_left(now, closes));
}

// One thing to do: a sign, what, how it stands, a button that leads there.
void draw_task(App& app, widgets::Table& table, std::string_view id, widgets::Sign sign,
               std::string_view sign_words, std::string_view what, const std::string& how,
               std::string_view act, ScreenId where) {
    table.row(id);
    {
        const auto cell = table.cell();
        widgets::sign(sign, sign_words);
    }
    table.text(what);
    table.text(how, widgets::second_text);
    const auto cell = table.cell();
    if (!act.empty() && widgets::button("go", act, {.size = widgets::ButtonSize::small,
                                                    .name = std::string(act) + "：" +
                                                            std::string(what)}))
        app.go(where);
}

const Matter* find_summary(App& app) {
    for (const Matter& matter : app.matters(base::FormId("school_summary")))
        if (device::counts(matter.state)) return &matter;
    return nullptr;
}

void draw_tasks(App& app, const Standing& standing) {
    widgets::Table table("tasks",
                         {{"状态", widgets::fixed(34)},
                          {"事项", widgets::share(1)},
                          {"进展", widgets::share(1)},
                          {"", widgets::fixed(118), widgets::Align::right}},
                         {.name = "今天要做的事", .row_height = 48, .width_min = 500,
                          .narrow = widgets::Narrow::stack, .head = widgets::Head::hidden});
    const bool filled = standing.filings > 0 && standing.unsigned_filings == 0;
    draw_task(app, table, "declarations", filled ? widgets::Sign::done : widgets::Sign::open,
              filled ? "已完成" : "待办", "填写证书申报表（附件1）",
              standing.filings == 0
                  ? "还没有填写"
                  : std::to_string(standing.filings) + " 张，合计 " +
                        base::grouped(standing.headcount) + " 人" +
                        (standing.unsigned_filings > 0
                             ? "，" + std::to_string(standing.unsigned_filings) + " 张未签名"
                             : ""),
              filled ? "查看" : "去填写", ScreenId::declarations);
    const Matter* summary = find_summary(app);
    const bool    summed = summary != nullptr && !device::is_open(summary->state);
    const auto    outdated = summary == nullptr ? base::Result<bool>(false)
                                                : app.desk().outdated(summary->root);
    const bool    stale = summed && outdated && *outdated;
    draw_task(app, table, "summary",
              stale    ? widgets::Sign::wrong
              : summed ? widgets::Sign::done
                       : widgets::Sign::open,
              stale    ? "需更新"
              : summed ? "已完成"
                       : "待办",
              "核对学校汇总表（附件2）",
              stale    ? "申报表有变动，需更新"
              : summed ? std::string(texts::state_word(summary->state))
                       : "由申报表自动生成",
              summed && !stale ? "查看" : "去核对", ScreenId::summary);
    for (const device::OutboxItem& item : app.refused())
        draw_task(app, table, item.sha256.text(), widgets::Sign::wrong, "未被接收",
                  item_words(app, item), item.refusal ? item.refusal->detail : "", "去修改",
                  ScreenId::outbox);
    const std::size_t waiting = app.queued().size();
    const bool        summary_there = summed && summary->state == MatterState::submitted;
    const int         there = standing.submitted + int(summary_there);
    const bool        all_there = standing.filings > 0 && standing.submitted == standing.filings &&
                           summary_there && !stale;
    draw_task(app, table, "send",
              waiting > 0 ? widgets::Sign::waiting
              : all_there ? widgets::Sign::done
                          : widgets::Sign::open,
              waiting > 0 ? "等待发送" : all_there ? "已完成" : "待办", "提交",
              waiting > 0 ? std::to_string(waiting) + " 份已签名，等待发送"
              : there > 0 ? std::to_string(there) + " 份已送达，回执已保存"
                          : std::string("签名后按“一键同步”发送"),
              "", ScreenId::outbox);
}

void draw_school_home(App& app) {
    const notice::Package* package = app.desk().find_package();
    widgets::heading("今天要做的事", 1);
    const Standing   standing = standing_of(app.matters(base::FormId("declaration")));
    widgets::Columns columns({widgets::share(1), widgets::fixed(330)});
    columns.next();
    if (package != nullptr) {
        const notice::Period* period = package->find_period(app.period());
        const widgets::Card   card("round", {.title = period == nullptr ? "" : period->name + "申报"});
        const notice::Form*   form = package->find_form(base::FormId("declaration"));
        const notice::Window* window = form == nullptr ? nullptr : form->find_window(app.period());
        if (window != nullptr) draw_window(app, *window);
        draw_tasks(app, standing);
    }
    if (!app.receipts().empty()) {
        const widgets::Card card("receipts", {.title = "最近的回执"});
        draw_receipt_table(app, 5);
    }
    columns.next();
    draw_sync_card(app);
    {
        const widgets::Card card("mine", {.title = "本轮拟申报"});
        widgets::figure(base::grouped(standing.headcount), "人");
        widgets::text(std::to_string(standing.filings) + " 张申报表", widgets::second_text);
        draw_period_choice(app);
    }
    {
        const widgets::Card card("help", {.title = "帮助"});
        widgets::text("怎样填写、打印、盖章、同步，遇到问题怎么办。", widgets::second_text);
        if (widgets::link("help", "打开使用说明")) platform::open_link("help.html");
    }
}

void draw_bureau_home(App& app) {
    widgets::heading("申报汇总", 1);
    widgets::Columns columns({widgets::share(1), widgets::fixed(330)});
    columns.next();
    {
        const widgets::Card card("look", {.title = "已收到的申报"});
        widgets::text("按市、按证书、按学校查看和下载汇总。每个数都能追到签名的申报和回执。");
        if (widgets::button("tables", "查看汇总", widgets::primary_button)) app.go(ScreenId::tables);
    }
    columns.next();
    draw_sync_card(app);
}

} // namespace

void draw_home(App& app) {
    if (app.desk().find_enrolment()->role == "school") draw_school_home(app);
    else draw_bureau_home(app);
}
