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
