// The test bed of the widgets: every one of them, in the states it can have, and three screens made
// up of them. Built on request only (target shenbao_gallery); tests/browser/platform.test.mjs
// drives it.
#include "client/platform/application.hpp"
#include "client/platform/browser.hpp"
#include "client/platform/net.hpp"
#include "client/platform/timer.hpp"
#include "client/widgets/controls.hpp"
#include "client/widgets/dialog.hpp"
#include "client/widgets/fields.hpp"
#include "client/widgets/layout.hpp"
#include "client/widgets/paper.hpp"
#include "client/widgets/shell.hpp"
#include "client/widgets/table.hpp"
#include "client/widgets/words.hpp"

#include <array>

namespace {

using namespace widgets;

class Gallery final : public platform::Application {
public:
    void frame() override {
        const Frame whole;
        draw_top_bar();
        draw_rail();
        if (m_screen == "home") draw_home();
        else if (m_screen == "form") draw_form();
        else if (m_screen == "province") draw_province();
        else if (m_screen == "list") draw_list();
        else if (m_screen == "grid") draw_grid();
        else draw_parts();
        draw_dialogs();
    }

private:
    void draw_top_bar() {
        TopBar bar("申报", "亳州中药科技学校");
        pill("rehearsal", "演练 2023-03-29 16:20", Tone::rehearsal);
        bar.push_right();
        status("saved", "✓ 已保存 16:20", {type_size::small, Weight::regular, colour::done});
        pill("line", m_offline ? "离线 · 不影响填写" : "在线",
             m_offline ? Tone::attention : Tone::done);
    }

    void go(const char* id, const char* label, NavLook look = {}) {
        look.current = m_screen == id;
        if (nav_item(id, label, look)) m_screen = id;
    }

    void draw_rail() {
        const Rail rail;
        go("home", "首页");
        nav_heading("2023 年春季");
        go("form", "证书申报表", {.count = 5});
        go("province", "汇总");
        nav_heading("往来");
        go("list", "待同步", {.count = 3, .tone = CountTone::waits, .count_means = "3 份待同步"});
        go("grid", "退回修改", {.count = 1, .tone = CountTone::waits});
        nav_heading("本机");
        go("parts", "部件陈列");
    }

    void todo(Table& table, std::string_view id, Sign which, std::string_view what,
              std::string_view second, std::string_view act) {
        table.row(id);
        {
            const Cell cell = table.cell();
            sign(which, which == Sign::done    ? "已完成"
                        : which == Sign::wrong ? "要处理"
                                               : "未完成");
        }
        table.text(what);
        table.text(second, second_text);
        const Cell cell = table.cell();
        if (!act.empty() && button("act", act)) m_note = std::string(act);
    }

    void draw_home() {
        const Page page("home", "首页");
        heading("今天要做的事", 1);
        Columns columns({share(1), fixed(330)}, {.gap = 20});
        columns.next();
        {
            const Card card("spring", {.name = "春季申报"});
            {
                Line line({.gap = 0});
                heading("春季申报", 2);
                line.push_right();
                text("截止 ");
                text("3月31日 24:00", bold_text);
                text("（北京时间）　还有 ");
                text("2 天 7 小时", {type_size::body, Weight::bold, colour::attention});
            }
            progress_bar("time", "春季申报期", 76, 100, "还有 2 天 7 小时");
            gap(6);
            Table table("todo",
                        {{"状态", fixed(51)},
                         {"事项", share(1)},
                         {"说明", share(1)},
                         {"操作", fixed(140), Align::right}},
                        {.name = "待办",
                         .row_height = 44,
                         .width_min = 620,
                         .narrow = Narrow::stack,
                         .head = Head::hidden});
            todo(table, "one", Sign::done, "填写申报表（附件1）", "5 张，合计 267 人", "");
            todo(table, "two", Sign::wrong, "退回修改：Web前端开发 · 中级",
                 "亳州市教育局：人数请与汇总表一致", "去修改");
            todo(table, "three", Sign::open, "汇总表（附件2）待盖章扫描件", "已打印，未附扫描件",
                 "添加扫描件");
            todo(table, "four", Sign::open, "提交", "3 份已签名，等待网络", "");
        }
        {
            const Card card("receipts", {.title = "最近的回执"});
            Table table("receipts",
                        {{"收到时间", share(3)},
                         {"内容", share(4)},
                         {"时限", share(1.2f)},
                         {"编号", share(1.5f), Align::right}},
                        {.name = "最近的回执", .width_min = 480});
            const char* rows[][3] = {{"3月27日 10:02:31", "老年照护 · 初级　60 人", "000 418"},
                                     {"3月27日 10:02:31", "物流管理 · 中级　45 人", "000 417"}};
            for (const auto& one : rows) {
                table.row(one[2]);
                table.text(one[0]);
                table.text(one[1]);
                {
                    const Cell cell = table.cell();
                    badge("按时", Tone::done);
                }
                table.text(one[2]);
            }
        }
        columns.next();
        {
            const Card card("send", {.name = "同步"});
            TextLook small = second_text;
            small.centre = true;
            text("3 份文件、2 个扫描件（1.8 MB）等待发送", small);
            if (button(
                    "send", "一键同步",
                    {.kind = ButtonKind::primary, .size = ButtonSize::large, .width = Width::fill}))
                ++m_count;
            text("现在没有网络。连上后会自动发送，也可随时按此按钮。", small);
        }
        {
            const Card card("quota", {.title = "我的指标"});
            figure("267", "人，申报中");
            text("上一轮审核通过 310 人，已考核 188 人（60.65%）", second_text);
        }
        {
            const Card card("news", {.title = "公告"});
            text("3月30日 22:00-23:00 系统维护，离线填写不受影响。");
            text("省1+X证书协调推进办公室　3月28日", second_text);
        }
    }

    void draw_form() {
        const Page page("form", "证书申报表");
        Columns columns({share(1), fixed(290)}, {.gap = 20, .stack_below = 900});
        columns.next();
        {
            Paper paper("sample", "安徽省1+X职业技能等级证书申报表");
            paper.label("附件 1");
            paper.title("安徽省1+X职业技能等级证书申报表");
            Paragraph school;
            school.words("学校：");
            FieldLook locked = paper_field;
            locked.label = "学校";
            locked.locked_because = "单位名称由主管部门登记。";
            school.blank(300,
                         [&](const Rect& place) { field_at("school", place, m_school, locked); });
            school.set();
            Paragraph sentence({.indent = 2});
            sentence.words("拟申报教育部");
            FieldLook certificate = paper_field;
            certificate.label = "职业技能等级证书";
            certificate.centre = true;
            sentence.blank(200, [&](const Rect& place) {
                field_at("certificate", place, m_certificate, certificate);
            });
            sentence.words("职业技能等级证书，级别：");
            FieldLook level = paper_field;
            level.label = "级别";
            sentence.blank(96, [&](const Rect& place) {
                select_at("level", place, m_levels, m_level, level);
            });
            sentence.words("，考核人数");
            FieldLook heads = paper_field;
            heads.label = "考核人数";
            heads.entry = Entry::digits;
            heads.centre = true;
            if (m_heads.empty() || m_heads == "0") heads.error = "考核人数应为大于 0 的整数。";
            sentence.blank(
                70, [&](const Rect& place) { field_at("headcount", place, m_heads, heads); });
            sentence.words("人。");
            sentence.set();
            paper_text(
                "我校已对接该证书培训评价组织，熟悉证书标准，并组织专家进行了调研论证，"
                "论证结论为我校能够达到证书考核条件，本年度能完成拟申报考核计划。"
                "申报表将作为平台审核、1+X工作监测依据。",
                {.indent = 2});
            paper_text("证书专业负责人签字：", {.above = 16});
            paper_text("校内三名副高以上职称论证专家签字：", {.above = 16});
            paper_text("学校主管部门负责人签字（盖章）：", {.above = 16});
            paper_text("年　　月　　日", {.side = Side::right, .above = 10});
            paper.remark("备注：本表作为申报佐证材料上传至1+X职业技能等级证书信息管理服务平台。");
        }
        columns.next();
        {
            const Card card("checks", {.name = "检查"});
            {
                Line line({.gap = 6});
                heading("检查", 2);
                text("1 处需修改，1 处请说明", second_text);
            }
            {
                Line line({.gap = 6});
                badge("错误", Tone::wrong);
                text("考核人数应为大于 0 的整数。");
            }
            separator();
            {
                Line line({.gap = 6, .upright = Upright::first_line});
                badge("说明", Tone::attention);
                text("低于该证书开考最低人数 30 人。");
            }
            text_area("note", m_note, 1,
                      {.label = "说明",
                       .placeholder = "请写明原因…",
                       .shape = Shape::blank,
                       .size = type_size::body});
            separator();
            {
                Line line({.gap = 6});
                badge("通过", Tone::done);
                text("5 项");
            }
        }
        {
            const Card card("act", {.name = "提交"});
            {
                Line line({.gap = 15});
                if (button("print", "打印"))
                    platform::print_html("<!doctype html><meta charset=utf-8><p>打印页");
                button("scan", "添加扫描件");
            }
            button("seal", "签名并提交",
                   {.kind = ButtonKind::primary,
                    .size = ButtonSize::large,
                    .width = Width::fill,
                    .off_because = "改好左边标红的一处即可提交。"});
            text("改好左边标红的一处即可提交。", second_text);
        }
    }

    void draw_province() {
        const Page page("province", "汇总");
        {
            Line line({.gap = 12});
            heading("2023 年春季申报汇总", 1);
            static constexpr std::array<std::string_view, 4> parts{"按市", "按证书", "按学校",
                                                                   "按学校类型"};
            tabs("view", "汇总方式", parts, m_view);
            line.push_right();
            button("xlsx", "Excel");
            if (button("csv", "CSV"))
                platform::download("汇总.csv", "text/csv", "\xEF\xBB\xBF市,人数\r\n");
            button("print", "打印");
            button("keep", "留存本次汇总", primary_button);
        }
        {
            Columns columns({share(1), share(1), share(1), share(1)},
                            {.gap = 14, .column_min = 150});
            const std::array<std::array<const char*, 3>, 4> figures{
                {{"已报学校", "306", "/ 318"},
                 {"申报项数", "2,914", ""},
                 {"拟申报人数", "187,420", ""},
                 {"审核通过", "121,066", "64.60%"}}};
            for (const auto& one : figures) {
                columns.next();
                const Card card(one[0], {.name = one[0], .height = Height::fill});
                text(one[0], second_text);
                figure(one[1], one[2]);
            }
        }
        {
            const Card card("cities", {.name = "按市汇总", .padding_x = 16, .padding_y = 8});
            Table table("cities",
                        {{"市", share(1.3f)},
                         {"学校", share(0.8f), Align::right},
                         {"项数", share(1), Align::right},
                         {"拟申报人数", share(1.4f), Align::right},
                         {"市级通过", share(1.2f), Align::right},
                         {"省级通过", share(1.3f), Align::right},
                         {"通过占比", share(2.4f)},
                         {"来源", share(1.2f)}},
                        {.name = "按市汇总", .width_min = 720});
            const char* names[] = {"合肥市", "淮北市", "亳州市", "宿州市",
                                   "蚌埠市", "阜阳市", "淮南市"};
            const std::int64_t values[][5] = {
                {62, 655, 43210, 12880, 31905}, {11, 98, 6020, 3300, 4110},
                {14, 121, 8300, 5150, 5020},    {17, 143, 9240, 6000, 5870},
                {19, 177, 11015, 7420, 7290},   {24, 231, 15960, 9870, 9020},
                {16, 139, 8745, 5230, 5610}};
            for (std::size_t index = 0; index < 7; ++index) {
                table.row(names[index]);
                table.text(names[index]);
                for (const std::int64_t value : values[index]) table.number(value);
                table.bar(static_cast<int>(values[index][4]), static_cast<int>(values[index][2]),
                          "占比");
                const Cell cell = table.cell();
                const std::string label = std::to_string(values[index][1]) + " 份";
                const std::string name = std::string(names[index]) + "的来源，" + label;
                if (link("sources", label, {.name = name})) m_screen = "list";
            }
            table.row("all", {.weight = Weight::bold});
            table.text("全省合计");
            for (const std::int64_t value : {306, 2914, 187420, 88730, 121066}) table.number(value);
            table.bar(646, 1000, "64.60%");
            const Cell cell = table.cell();
            link("sources", "2,914 份");
        }
    }

    void draw_list() {
        const Page page("list", "待同步");
        heading("一万行", 1);
        const Card card("rows", {.name = "一万行", .padding_x = 16, .padding_y = 8});
        Table table("rows",
                    {{"序号", fixed(90), Align::right},
                     {"学校", share(2)},
                     {"证书", share(2)},
                     {"人数", fixed(110), Align::right},
                     {"操作", fixed(120)}},
                    {.name = "一万行", .width_min = 600, .narrow = Narrow::stack});
        table.rows(10'000, [&](int index) {
            const std::string key = std::to_string(index + 1);
            table.row(key);
            table.number(index + 1);
            table.text("第" + key + "职业技术学校");
            table.text(index % 2 ? "老年照护 · 初级" : "Web前端开发 · 中级");
            table.number(index * 37 % 900);
            const Cell cell = table.cell();
            if (link("open", "查看", {.name = "查看第 " + key + " 行"})) m_opened = index + 1;
        });
    }

    void draw_grid() {
        const Page page("grid", "一百行申报");
        heading("一百行申报", 1);
        text("共打开 " + std::to_string(m_opened), second_text);
        const Card card("grid", {.name = "申报", .padding_x = 16, .padding_y = 8});
        Table table("grid",
                    {{"序号", fixed(64), Align::right},
                     {"证书", share(3)},
                     {"级别", fixed(130)},
                     {"人数", fixed(120)},
                     {.width = fixed(90), .name = "操作"}},
                    {.name = "申报", .width_min = 620});
        for (int index = 0; index < 100; ++index) {
            const std::string key = std::to_string(index + 1);
            Row& one = m_rows[static_cast<std::size_t>(index)];
            table.row(key);
            table.number(index + 1);
            {
                const Cell cell = table.cell();
                text_field("certificate", one.certificate,
                           {.label = "第 " + key + " 行证书",
                            .shape = Shape::cell,
                            .width = 420,
                            .takes_cells = true});
            }
            {
                const Cell cell = table.cell();
                select("level", m_levels, one.level,
                       {.label = "第 " + key + " 行级别", .shape = Shape::cell, .width = 100});
            }
            {
                const Cell cell = table.cell();
                text_field("heads", one.heads,
                           {.label = "第 " + key + " 行人数",
                            .shape = Shape::cell,
                            .entry = Entry::digits,
                            .width = 90,
                            .right = true});
            }
            const Cell cell = table.cell();
            button("remove", "删除",
                   {.kind = ButtonKind::quiet,
                    .size = ButtonSize::small,
                    .name = "删除第 " + key + " 行"});
        }
    }

    void draw_parts() {
        const Page page("parts", "部件陈列");
        heading("部件陈列", 1);
        Columns columns({share(1), share(1)});
        columns.next();
        {
            const Card card("fields", {.title = "填写"});
            text_field("unit", m_unit,
                       {.label = "单位名称", .hint = "与公章一致。", .need = Need::required});
            text("您输入了：" + m_unit + "，次数 " + std::to_string(m_edits));
            if (const Edited edited = text_field("code", m_code,
                                                 {.label = "登记码",
                                                  .hint = "12 个字符，横线可以不输。",
                                                  .placeholder = "XXXX-XXXX-XXXX",
                                                  .width = 320}))
                ++m_edits;
            text_field("heads", m_heads,
                       {.label = "人数",
                        .error = m_heads == "0" ? "应为大于 0 的整数。" : "",
                        .entry = Entry::digits,
                        .width = 160,
                        .right = true});
            text_area("remark", m_remark, 3, {.label = "说明", .placeholder = "请写明原因…"});
            select("level", m_levels, m_level,
                   {.label = "级别", .placeholder = "请选择", .width = 200});
            std::vector<Suggestion> found;
            for (const char* title : {"Web前端开发", "老年照护", "物流管理", "云计算平台运维与开发",
                                      "建筑信息模型（BIM）"})
                if (std::string_view(title).find(m_typed) != std::string_view::npos)
                    found.push_back({title, title, "示例评价组织"});
            const Searched searched =
                search_box("search", m_typed, found,
                           {.label = "证书", .placeholder = "名称或组织的任意几个字"});
            if (searched.chosen) m_typed = found[static_cast<std::size_t>(*searched.chosen)].title;
            text_field("locked", m_school,
                       {.label = "学校", .locked_because = "单位名称由主管部门登记。"});
        }
        columns.next();
        {
            const Card card("press", {.title = "按"});
            {
                Line line;
                if (button("count", "按一下", primary_button)) ++m_count;
                button("second", "次要");
                if (button("danger", "删除", {.kind = ButtonKind::danger})) m_asking = true;
                button("quiet", "安静", quiet_button);
                button("off", "不能按",
                       {.kind = ButtonKind::primary, .off_because = "先填写单位名称。"});
            }
            text("按了 " + std::to_string(m_count) + " 次");
            checkbox("agree", "我已阅读并核对", m_agreed);
            static constexpr std::array<std::string_view, 3> levels{"初级", "中级", "高级"};
            radios("radio", "级别", levels, m_radio);
            static constexpr std::array<std::string_view, 2> views{"按市", "按证书"};
            tabs("tabs", "方式", views, m_view);
            if (link("link", "查看来源")) m_opened = -1;
        }
        {
            const Card card("signs", {.title = "说"});
            notice("n1", Tone::wrong,
                   "连不上服务器，内容已保存在本机。联网后按“一键同步”即可，不必重填。");
            notice("n2", Tone::attention, "离线填写不受影响。");
            notice("n3", Tone::done, "已交齐。");
            notice("n4", Tone::info, "通知有新版本，已按新版本检查。");
            {
                Line line;
                badge("按时", Tone::done);
                badge("请说明", Tone::attention);
                badge("错误", Tone::wrong);
                badge("演练", Tone::rehearsal);
                badge("一般", Tone::info);
            }
            text(
                "禁则：下一代互联网（IPv6）搭建与运维职业技能等级证书，"
                "10千伏不停电作业职业技能等级证书，“引号”《书名》不会落在行首行尾，"
                "买买提·阿依努尔签字。签字人：䶮㛃𫖯𬭎𠅤，"
                "亳州市谯城区、宿州市埇桥区、芜湖市湾沚区。");
            progress_bar("progress", "发送", 2, 5, "2 / 5");
        }
        {
            const Card card("net", {.title = "网络与时钟"});
            {
                Line line;
                if (button("fetch", "取一次"))
                    platform::fetch({.url = "probe.txt", .headers = {{"X-Probe", "1"}}},
                                    [this](platform::Response answer) {
                                        m_answer = std::to_string(answer.status) + " " +
                                                   answer.body + " " +
                                                   std::string(answer.header("x-answer"));
                                    });
                if (button("timer", "等 50 毫秒"))
                    platform::after_ms(50, [this] { m_answer = "时间到"; });
                if (button("toast", "提示")) m_toast = true;
                if (button("pick", "选文件"))
                    platform::pick_file(".csv", [this](platform::PickedFile file) {
                        m_answer = file.name + " " + std::to_string(file.content.size());
                    });
            }
            status("answer", "回答：" + m_answer);
        }
        {
            const Card card("empty", {.name = "空"});
            empty_state("还没有申报", "按“新建”选一种证书，就从这里开始。");
        }
    }

    void draw_dialogs() {
        if (m_asking) {
            const Answer answer = ask("sure", {.title = "删除这张申报表？",
                                               .words = "删除后可以在十分钟内撤销。",
                                               .yes = "删除",
                                               .dangerous = true});
            if (answer != Answer::none) m_asking = false;
            if (answer == Answer::yes) m_toast = true;
        }
        if (m_toast && toast("undo", "已删除 Web前端开发 · 中级", "撤销")) m_toast = false;
    }

    struct Row {
        std::string certificate = "老年照护", heads = "60";
        int level = 0;
    };

    std::string m_screen = "home";
    std::string m_unit, m_code, m_heads = "0", m_remark, m_note, m_typed, m_answer = "无";
    std::string m_school = "亳州中药科技学校", m_certificate = "Web前端开发";
    std::vector<std::string> m_levels{"初级", "中级", "高级"};
    std::array<Row, 100> m_rows;
    int m_level = 1, m_radio = 0, m_view = 0, m_count = 0, m_edits = 0, m_opened = 0;
    bool m_agreed = false, m_asking = false, m_toast = false, m_offline = true;
};

} // namespace

std::unique_ptr<platform::Application> platform::make_application() {
    return std::make_unique<Gallery>();
}
