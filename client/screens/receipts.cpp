// Receipts: what the server has signed for, as a file that proves it and as a page to be read.
#include "client/app.hpp"
#include "client/screens/all.hpp"
#include "client/screens/listing.hpp"
#include "client/screens/parts.hpp"
#include "client/texts/words.hpp"
#include "client/widgets/controls.hpp"
#include "client/widgets/layout.hpp"
#include "client/widgets/table.hpp"
#include "client/widgets/words.hpp"

#include <algorithm>

namespace {

// few: as many columns as fit beside other things.
enum class Detail { few, all };

std::string file_name_of(const envelope::Receipt& receipt) {
    return "回执-" + std::to_string(receipt.index) + ".json";
}

std::string period_of(App& app, const device::OutboxItem& item) {
    return item.period.empty() ? std::string()
                               : period_words(app.desk().package_of(item), item.period);
}

// What became of it since; "" while it stands.
std::string_view past_words(const device::OutboxItem& item) {
    return item.withdrawn ? "已撤回" : item.replaced ? "已被替代" : "";
}

// For those who have no program to check the file with: what it says.
void print_receipt(App& app, const device::OutboxItem& item) {
    const envelope::Receipt& receipt = *item.receipt_fields;
    base::Json               rows = base::Json::array();
    const auto               add = [&rows](const char* what, const std::string& value) {
        if (!value.empty()) rows.push_back({{"what", what}, {"value", value}});
    };
    add("单位", app.desk().find_enrolment()->unit.name);
    add("内容", item_words(app, item, PeriodTold::apart));
    add("时段", period_of(app, item));
    add("收到时间", base::clerk_date(base::date_of(receipt.received_at)) + " " +
                        base::clerk_minute(receipt.received_at) + "（北京时间）");
    const bool filing = item.kind == "filing"; // Of nothing else it says how it came in time.
    if (filing) add("时限", std::string(texts::timing_word(receipt.timing)));
    add("打印时状态", std::string(past_words(item)));
    add("编号", texts::index_words(receipt.index));
    add("文件的SHA-256", receipt.sha256.text());
    const notice::Form form = listing_form(
        filing ? "申报回执" : "回执",
        {"服务器收到并签名确认了下列文件。本页供查看和存档，凭证是同一编号的回执文件。" +
         std::string(filing ? "页脚的校验码和所报的表页脚一致。" : "")},
        {{"what", "项目", 3}, {"value", "内容", 11}});
    // As on the paper that was filed, so that the two can be laid side by side.
    app.print({listing_sheet(app, form, std::move(rows),
                             filing ? print::short_code(item.root, item.answers) : "")});
}

void draw_receipt_table(App& app, std::size_t count_max, Detail detail) {
    const std::vector<device::OutboxItem>& receipts = app.receipts();
    std::vector<widgets::TableColumn>      looks = {
             {"收到时间", widgets::fixed(detail == Detail::all ? 150 : 128)},
             {"内容", widgets::share(1)},
             {"时限", widgets::fixed(92)},
             {"编号", widgets::fixed(90), widgets::Align::right},
             {"", widgets::fixed(detail == Detail::all ? 112 : 64), widgets::Align::right}};
    if (detail == Detail::all) looks.insert(looks.begin() + 2, {"时段", widgets::fixed(120)});
    widgets::Table table("receipts", looks,
                         {.name = "回执", .width_min = 640, .narrow = widgets::Narrow::stack});
    table.rows(int(std::min(count_max, receipts.size())), [&](int index) {
        const device::OutboxItem& item = receipts[std::size_t(index)];
        table.row(item.sha256.text());
        if (!item.receipt_fields) return;
        const envelope::Receipt& receipt = *item.receipt_fields;
        table.text(detail == Detail::all ? base::clerk_day_second(receipt.received_at)
                                         : base::clerk_day_minute(receipt.received_at));
        table.text(item_words(app, item, detail == Detail::all ? PeriodTold::apart
                                                           : PeriodTold::here));
        if (detail == Detail::all) table.text(period_of(app, item));
        {
            const auto cell = table.cell();
            if (!past_words(item).empty())
                widgets::badge(past_words(item), widgets::Tone::plain);
            else if (item.kind == "filing")
                widgets::badge(texts::timing_word(receipt.timing),
                               receipt.timing == envelope::Timing::late ? widgets::Tone::attention
                                                                        : widgets::Tone::done);
        }
        table.text(texts::index_words(receipt.index),
                   {.figures = widgets::Figures::tabular, .right = true});
        const auto        cell = table.cell();
        const std::string name = "回执 " + texts::index_words(receipt.index);
        if (detail == Detail::all && widgets::link("print", "打印", {.name = "打印" + name}))
            print_receipt(app, item);
        if (widgets::link("save", "保存", {.name = "保存" + name}))
            if (const auto file = app.desk().receipt_file(item.id))
                app.download(file_name_of(receipt), "application/json", *file);
    });
}

} // namespace

void draw_newest_receipts(App& app) {
    constexpr std::size_t shown = 5;
    draw_receipt_table(app, shown, Detail::few);
}

void draw_receipts(App& app) {
    widgets::heading("回执", 1);
    const widgets::Card card("receipts", {.name = "回执"});
    if (app.receipts().empty()) {
        widgets::empty_state("还没有回执", is_school(app)
                                               ? "服务器收到申报后会签发回执，并保存在这里。"
                                               : "服务器收到审核意见后会签发回执，并保存在这里。");
        return;
    }
    widgets::text(is_school(app) ? "回执由省级服务器签名，证明何时收到了哪份申报。请妥善保存。"
                                 : "回执由省级服务器签名，证明何时收到了哪份审核意见。",
                  widgets::second_text);
    widgets::gap(8);
    draw_receipt_table(app, app.receipts().size(), Detail::all);
}
