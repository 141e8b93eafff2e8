// The grid on which many 附件1 are made at once.
#include "client/app.hpp"
#include "client/platform/browser.hpp"
#include "client/screens/all.hpp"
#include "client/screens/form_paper.hpp"
#include "client/screens/parts.hpp"
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

const base::FormId form_id("declaration");

int sealable_of(App& app, const std::vector<Matter>& matters) {
    int sealable = 0;
    for (const Matter& matter : matters) {
        const device::Judgement* judged =
            device::is_open(matter.state) ? app.judgement(matter.root) : nullptr;
        sealable += judged != nullptr && judged->sealable;
    }
    return sealable;
}

void add_one(App& app) {
    const auto root = app.desk().create_matter(form_id, app.period());
    app.tell(root ? base::Status{} : base::fail(root.error()));
}

void seal_all(App& app, const std::vector<Matter>& matters) {
    int sealed = 0;
    for (const Matter& matter : matters) {
        if (!device::is_open(matter.state)) continue;
        const device::Judgement* judged = app.judgement(matter.root);
        if (judged != nullptr && judged->sealable) sealed += app.tell(app.desk().seal(matter.root));
    }
    app.say(std::to_string(sealed) +
            (platform::online() ? " 张已签名，正在发送。" : " 张已签名，联网后自动发送。"));
    if (platform::online()) app.courier().start();
}

void draw_head(App& app, const std::vector<Matter>& matters, const Standing& standing) {
    const int         sealable = sealable_of(app, matters);
    const std::string early = not_open_yet(app, *app.desk().find_package()->find_form(form_id));
    widgets::Line     line;
    widgets::heading("证书申报表", 1);
    widgets::text("附件1，每个证书每个级别一张", widgets::second_text);
    line.push_right();
    if (widgets::button("print_all", "打印全部",
                        {.off_because = standing.filings == 0 ? "还没有申报表" : ""})) {
        std::vector<print::Sheet> sheets;
        for (const Matter& matter : matters)
            if (device::counts(matter.state)) sheets.push_back(app.sheet_of(matter));
        app.print(sheets);
    }
    if (widgets::button("seal_all",
                        sealable > 0 ? "签名并提交 " + std::to_string(sealable) + " 张"
                                           : std::string("签名并提交"),
                        {.kind = widgets::ButtonKind::primary,
                         .off_because = !early.empty() ? std::string_view(early)
                                        : sealable == 0 ? "没有填好而未签名的申报表"
                                                        : ""}))
        seal_all(app, matters);
}

void draw_row_state(App& app, const Matter& matter) {
    switch (matter.state) {
    case MatterState::submitted: return widgets::badge("已提交", widgets::Tone::done);
    case MatterState::queued: return widgets::badge("待同步", widgets::Tone::attention);
    case MatterState::withdrawing:
        return widgets::badge("撤回待同步", widgets::Tone::attention);
    case MatterState::withdrawn: return widgets::badge("已撤回", widgets::Tone::plain);
    case MatterState::refused: return widgets::badge("未被接收", widgets::Tone::wrong);
    case MatterState::conflict: return widgets::badge("存在冲突", widgets::Tone::wrong);
    case MatterState::editing: break;
    }
    const device::Judgement* judged = app.judgement(matter.root);
    if (judged == nullptr) return;
    if (judged->sealable) return widgets::badge("待提交", widgets::Tone::info);
    if (judged->missing < judged->errors)
        return widgets::badge("待改 " + std::to_string(judged->errors - judged->missing) + " 处",
                              widgets::Tone::wrong);
    if (judged->errors > 0)
        return widgets::badge("待填 " + std::to_string(judged->errors) + " 处", widgets::Tone::plain);
    widgets::badge("请说明", widgets::Tone::attention);
}

void draw_row(App& app, const notice::Form& form, const Matter& matter, int number,
              widgets::Table& table) {
    table.row(matter.root.text());
    table.number(std::int64_t(number));
    for (const notice::Field& field : form.fields) {
        const auto cell = table.cell();
        draw_cell_field(app, matter, field, "第" + std::to_string(number) + "行" + field.label,
                        !table.stacked());
    }
    {
        const auto cell = table.cell();
        draw_row_state(app, matter);
    }
    const auto        cell = table.cell();
    const std::string place = "第" + std::to_string(number) + "行";
    if (widgets::link("open", "打开", {.name = "打开" + place})) app.open_matter(matter.root);
    if (!matter.newest && matter.state == MatterState::editing &&
        widgets::link("remove", "删除", {.name = "删除" + place})) {
        if (app.tell(app.desk().remove(matter.root)))
            app.say("已删除一张申报表。", [&app, root = matter.root] {
                app.tell(app.desk().restore(root));
            });
    }
}

void draw_grid(App& app, const notice::Form& form, const std::vector<Matter>& matters,
               const Standing& standing) {
    const widgets::Card card("grid", {.name = "申报表清单", .padding_x = 12, .padding_y = 12});
    if (matters.empty())
        widgets::empty_state("还没有申报表", "按“新增一张”，从目录中选择证书，填写级别和人数。");
    {
        widgets::Table table("declarations",
                             {{"序号", widgets::fixed(52), widgets::Align::right},
                              {.title = "证书", .inset = 8},
                              {.title = "级别", .width = widgets::fixed(96), .inset = 8},
                              {.title = "考核人数",
                               .width = widgets::fixed(106),
                               .align = widgets::Align::right,
                               .inset = 8},
                              {"状态", widgets::fixed(104)},
                              {"", widgets::fixed(104)}},
                             {.name = "证书申报表",
                              .width_min = 600,
                              .narrow = widgets::Narrow::stack});
        int number = 0;
        for (const Matter& matter : matters) draw_row(app, form, matter, ++number, table);
        if (!matters.empty()) {
            table.row("total", {.weight = widgets::Weight::bold});
            table.text("");
            table.text("合计 " + std::to_string(standing.filings) + " 张");
            table.text("");
            table.number(standing.headcount);
            if (standing.unread > 0)
                table.text(std::to_string(standing.unread) + " 张未计入",
                           {.colour = widgets::colour::attention});
        }
    }
    widgets::gap(8);
    if (widgets::button("add", "新增一张")) add_one(app);
}

} // namespace

void draw_declarations(App& app) {
    const notice::Package* package = app.desk().find_package();
    const notice::Form*    form = package == nullptr ? nullptr : package->find_form(form_id);
    if (form == nullptr) {
        widgets::heading("证书申报表", 1);
        return;
    }
    const std::vector<Matter> matters = app.matters(form_id); // A copy: acts change the original.
    const Standing            standing = standing_of(matters);
    draw_head(app, matters, standing);
    if (const notice::Window* window = form->find_window(app.period()); window != nullptr) {
        const base::Time now = app.now();
        if (now < window->opens_at())
            widgets::notice("window", widgets::Tone::info,
                            base::clerk_day(window->opens) + " 开始接收，可以先填写。");
        else if (now >= window->closes_at())
            widgets::notice("window", widgets::Tone::attention,
                            "填报时间已于 " + texts::closing_words(window->closes) +
                                " 截止。之后送达的标为逾期补报，省级延期前不计入汇总。");
    }
    draw_grid(app, *form, matters, standing);
}
