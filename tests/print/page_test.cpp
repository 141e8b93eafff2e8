#include "shared/print/page.hpp"

#include <doctest/doctest.h>

namespace vectors {
extern const std::string_view anhui_2023_14;
} // namespace vectors

using base::Json;

namespace {

const notice::Package& package() {
    static const notice::Package loaded = *notice::load(vectors::anhui_2023_14).package;
    return loaded;
}

std::string name_of(const base::CertificateId& id) { return "证书<" + id.text() + ">"; }

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size())
        ++found;
    return found;
}

std::string summary_of(int rows) {
    print::Sheet sheet;
    sheet.form = package().find_form(base::FormId("school_summary"));
    sheet.unit_name = "某某学校";
    sheet.short_code = "7K3QX-0M9TA";
    sheet.answers = {{"contact", "王芳"}, {"phone", "0551-62831234"}, {"rows", Json::array()}};
    for (int i = 0; i < rows; ++i)
        sheet.answers["rows"].push_back({{"certificate", "jz01"},
                                         {"level", "初级"},
                                         {"headcount", 1000 + i}});
    sheet.computed[base::FieldId("total_headcount")] = 4321;
    return print::document({sheet}, name_of);
}

// A report as a school has filled it in; landscape when the package says so.
std::string report_of(const base::Json& cum_rate, const char* shape = "portrait") {
    Json document = *base::parse_json(vectors::anhui_2023_14);
    document["forms"][3]["page"] = shape;
    const notice::Package loaded = *notice::load(base::to_text(document)).package;
    print::Sheet sheet;
    sheet.form = loaded.find_serving(notice::Serves::report);
    sheet.unit_name = "某某学校";
    sheet.short_code = "7K3QX-0M9TA";
    sheet.answers = {{"quota", 300},          {"month_registered", 41},
                     {"month_assessed", 0},   {"cum_assessed", 100},
                     {"cum_certified", 52},   {"cum_fee_paid", 1505000},
                     {"cum_fee_unpaid", 0},   {"filler", "王芳"},
                     {"phone", "0551-62831234"}};
    sheet.computed[base::FieldId("cum_rate")] = cum_rate;
    return print::document({sheet}, name_of);
}

} // namespace

TEST_CASE("a short code belongs to one root and one set of answers") {
    const base::EnvelopeId root("01870000-0000-7000-8000-000000000001");
    const base::EnvelopeId other("01870000-0000-7000-8000-000000000002");
    const std::string      code = print::short_code(root, {{"a", 1}, {"b", 2}});
    CHECK(code.size() == 11);
    CHECK(code[5] == '-');
    CHECK(code == print::short_code(root, {{"b", 2}, {"a", 1}}));
    CHECK(code != print::short_code(root, {{"a", 1}, {"b", 3}}));
    CHECK(code != print::short_code(other, {{"a", 1}, {"b", 2}}));
}

TEST_CASE("a declaration is the notice's page, everything from outside escaped") {
    print::Sheet sheet;
    sheet.form = package().find_form(base::FormId("declaration"));
    sheet.unit_name = "<script>alert(1)</script>\"学校'";
    sheet.short_code = "7K3QX-0M9TA";
    sheet.answers = {{"certificate", "jz01"}, {"level", "初级"}, {"headcount", 40}};
    const std::string html = print::document({sheet, sheet}, name_of);
    CHECK(html.find("default-src 'none'; style-src 'unsafe-inline'") != std::string::npos);
    CHECK(html.find("<script") == std::string::npos);
    CHECK(html.find("&lt;script&gt;") != std::string::npos);
    CHECK(html.find("证书&lt;jz01&gt;") != std::string::npos);
    CHECK(count(html, "class=\"page\"") == 2);
    CHECK(count(html, "第 1 页　共 1 页") == 2); // Each sheet counts its own pages.
    CHECK(count(html, "校验码 7K3QX-0M9TA") == 2);
    for (const char* words : {"附件1", "安徽省1+X职业技能等级证书申报表", "证书专业负责人签字:",
                              "校内三名副高以上职称论证专家签字:", "学校主管部门负责人签字（盖章）:",
                              "备注：本表作为申报佐证材料上传至1+X职业技能等级证书信息管理服务平台。"})
        CHECK_MESSAGE(html.find(words) != std::string::npos, std::string(words));
}

TEST_CASE("what is said of a sheet stands on each of its pages and is none of its own words") {
    print::Sheet sheet;
    sheet.form = package().find_form(base::FormId("school_summary"));
    sheet.answers = {{"contact", "王芳"}, {"phone", "0551-62831234"}, {"rows", Json::array()}};
    for (int i = 0; i < 40; ++i)
        sheet.answers["rows"].push_back(
            {{"certificate", "jz01"}, {"level", "初级"}, {"headcount", 40}});
    const std::string plain = print::document({sheet}, name_of);
    const std::size_t pages = count(plain, "class=\"page\"");
    REQUIRE(pages > 1);
    CHECK(count(plain, "class=\"warning\"") == 0);
    sheet.warning = "需更新<br>";
    const std::string html = print::document({sheet}, name_of);
    CHECK(count(html, "<div class=\"warning\">需更新&lt;br&gt;</div>") == pages);
    CHECK(count(html, "class=\"page\"") == pages);
}

TEST_CASE("every page says 演练 in a rehearsal, and none otherwise") {
    print::Sheet sheet;
    sheet.form = package().find_form(base::FormId("declaration"));
    sheet.answers = Json::object();
    CHECK(print::document({sheet}, name_of).find("演练") == std::string::npos);
    sheet.rehearsal = true;
    CHECK(count(print::document({sheet, sheet}, name_of), "演练") == 2);
}

TEST_CASE("a long table goes over pages with its head, and its last row stays with the total") {
    for (const int rows : {0, 1, 3, 7, 9, 10, 13, 40, 300}) {
        CAPTURE(rows);
        const std::string html = summary_of(rows);
        const std::size_t pages = count(html, "class=\"page\"");
        CHECK(count(html, "<thead>") == pages);
        const std::string last = "第 " + std::to_string(pages) + " 页　共 " + std::to_string(pages);
        CHECK(count(html, last) == 1);
        for (int i = 0; i < rows; ++i)
            CHECK(count(html, ">" + std::to_string(1000 + i) + "<") == 1);
        const std::string end = html.substr(html.rfind("class=\"page\""));
        CHECK(end.find("合计") != std::string::npos);
        CHECK(end.find(">4321<") != std::string::npos);
        CHECK(end.find("学校领导签字") != std::string::npos);
        if (rows > 0)
            CHECK(end.find(">" + std::to_string(999 + rows) + "<") != std::string::npos);
        if (rows <= 7) CHECK(pages == 1); // Most schools: seal and signature beside the rows.
        if (rows >= 40) CHECK(pages > 2);
    }
}

TEST_CASE("an increase is the notice's table, and nothing that its paper does not have") {
    print::Sheet sheet;
    sheet.form = package().find_serving(notice::Serves::increase);
    sheet.unit_name = "某某学校";
    sheet.answers = {{"contact", "王芳"},
                     {"phone", "0551-62831234"},
                     {"rows",
                      {{{"certificate", "jz01"},
                        {"level", "中级"},
                        {"approved_before", 101},
                        {"approved_after", 152}}}}};
    sheet.computed[base::FieldId("increase")] = 51;
    const std::string html = print::document({sheet}, name_of);
    for (const char* words :
         {"附件3", "安徽省1+X职业技能等级证书指标调增申请表", "学校名称（校章）：", "现申请增加考核指标：",
          "<th>序号</th><th>证书名称</th><th>证书级别</th><th>原批准人数</th><th>调增后人数</th>", ">101<",
          ">152<", "学校联络人姓名及电话：", "学校领导签字：", "年　　月　　日",
          "备注：以PDF或图片方式发送至ahxzsbgs@126.com：邮件命名为：单位名称+2023年证书调整申请。"})
        CHECK_MESSAGE(html.find(words) != std::string::npos, std::string(words));
    CHECK(html.find("51<") == std::string::npos);
    CHECK(count(html, "<tr>") == 1 + 5); // The head, the row and blank ones.
}

TEST_CASE("a report is one line; money in 万元 and the rate with two decimals, a dash for none") {
    const std::string html = report_of(3333);
    for (const char* words :
         {"附件4", "安徽省1+X证书工作进度月报表", "院校名称（校章）：", ">300<", ">41<", ">0<", ">100<",
          ">33.33<", ">52<", ">1.51<", ">0.00<", "填报人（签字）：", "联系电话：", ">0551-62831234<",
          "校级领导（签字）：", "填报时间：　　年　　月　　日", "周报系统（周报的每月第二期）"})
        CHECK_MESSAGE(html.find(words) != std::string::npos, std::string(words));
    CHECK(count(html, "<tr>") == 2);
    CHECK(count(html, "class=\"page\"") == 1);
    // 说明 stands above the signatures; filler and phone share a line.
    CHECK(html.find("说明：2023年申报指标") < html.find("class=\"pair\""));
    const std::string pair = html.substr(html.find("class=\"pair\""));
    CHECK(pair.find("填报人") < pair.find("联系电话"));
    CHECK(pair.find("联系电话") < pair.find("</div>"));
    CHECK(pair.find("校级领导") > pair.find("</div>"));
    CHECK(report_of(nullptr).find(">—<") != std::string::npos);
}

TEST_CASE("a form lies across the page when its package says so") {
    CHECK(report_of(0).find("size: A4;") != std::string::npos);
    const std::string html = report_of(0, "landscape");
    CHECK(html.find("@page { size: A4 landscape;") != std::string::npos);
    CHECK(count(html, "class=\"page wide\"") == 1);
}
