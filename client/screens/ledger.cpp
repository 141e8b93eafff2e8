// 指标台账: the school's approved numbers as a statement, one line for each entry of the ledger.
#include "client/app.hpp"
#include "client/screens/all.hpp"
#include "client/screens/parts.hpp"
#include "client/texts/words.hpp"
#include "client/widgets/controls.hpp"
#include "client/widgets/layout.hpp"
#include "client/widgets/table.hpp"
#include "client/widgets/words.hpp"
#include "shared/base/text.hpp"

namespace {

using device::LedgerEntry;

// "+60", "−20": what an entry changes.
std::string amount_words(std::int64_t amount) {
    return amount < 0 ? "−" + base::grouped(-amount) : "+" + base::grouped(amount);
}

// By the notice of the filing: an entry of an earlier year keeps its words.
std::string period_name(App& app, const LedgerEntry& entry) {
    const auto             matter = app.desk().find_matter(entry.filing);
    return period_words(matter ? app.desk().package_of(*matter) : app.desk().find_package(),
                        entry.period);
}

void draw_filing(App& app, const LedgerEntry& entry) {
    const auto          matter = app.desk().find_matter(entry.filing);
    const notice::Form* form = matter ? app.desk().form_of(*matter) : nullptr;
    if (form == nullptr) return widgets::text("—");
    if (widgets::link("open", form->short_title,
                      {.name = "打开" + form->short_title + "　" +
                               app.certificate_name(entry.certificate) + entry.level}))
        app.open_matter(*matter);
}

// What all certificates and levels of that year come to now.
std::int64_t sum_of(const std::vector<LedgerEntry>& entries, const std::string& year) {
    std::int64_t sum = 0;
    for (const LedgerEntry& entry : entries)
        if (entry.year() == year) sum += entry.amount;
    return sum;
}

void draw_entries(App& app, const std::vector<LedgerEntry>& entries) {
    widgets::Table table("ledger",
                         {{"日期", widgets::fixed(144)},
                          {"事项", widgets::share(1.1f)},
                          {"证书", widgets::share(1.6f)},
                          {"级别", widgets::fixed(64)},
                          {"增减", widgets::fixed(84), widgets::Align::right},
                          {"余额", widgets::fixed(90), widgets::Align::right},
                          {"依据", widgets::fixed(130)}},
                         {.name = "指标台账", .width_min = 760,
                          .narrow = widgets::Narrow::stack});
    table.rows(int(entries.size()), [&](int index) {
        const LedgerEntry& entry = entries[std::size_t(index)];
        table.row(std::to_string(index));
        table.text(base::clerk_date(base::date_of(entry.at)));
        table.text(period_name(app, entry) + std::string(texts::ledger_word(entry.kind)));
        table.text(app.certificate_name(entry.certificate));
        table.text(entry.level);
        table.text(amount_words(entry.amount),
                   {.figures = widgets::Figures::tabular, .right = !table.stacked()});
        table.number(entry.balance);
        const auto cell = table.cell();
        draw_filing(app, entry);
    });
}

} // namespace

void draw_ledger(App& app) {
    const std::vector<LedgerEntry> entries = app.ledger(); // A copy.
    widgets::heading("指标台账", 1);
    const widgets::Card card("ledger", {.name = "指标台账"});
    if (entries.empty()) {
        widgets::empty_state("还没有批准的指标",
                             "申报或调增经省级审核通过后，批准的人数记在这里，每一笔都写明依据。");
        return;
    }
    if (const notice::Package* package = app.desk().find_package())
        widgets::figure(base::grouped(sum_of(entries, package->year)),
                        "人，" + package->year + "年批准的考核人数合计");
    widgets::text("每一笔由省级审核生成，只增记、不改动；余额是该证书该级别批准的人数。",
                  widgets::second_text);
    widgets::gap(8);
    draw_entries(app, entries);
}
