#include "shared/base/csv.hpp"
#include "shared/device/grid.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using base::Outcome;
using device::Grid;
using device::GridPreview;

namespace vectors {
extern const std::string_view anhui_2023_14;
}

namespace {

const notice::Package& package() {
    static const notice::Package loaded = *notice::load_package(vectors::anhui_2023_14);
    return loaded;
}
const notice::Form& form(notice::Serves serves) { return *package().find_serving(serves); }

const std::vector<envelope::CatalogueEntry>& catalogue() {
    static const std::vector<envelope::CatalogueEntry> entries = {
        {base::CertificateId("C1"), 1, "Web前端开发", "甲机构", {"初级", "中级"}, 30},
        {base::CertificateId("C2"), 1, "老年照护", "乙机构", {"初级"}, std::nullopt},
        {base::CertificateId("C3"), 2, "老年照护", "丙机构", {"初级"}, std::nullopt},
        {base::CertificateId("C4"), 2, "建筑信息模型（BIM）", "丁机构", {"初级"}, std::nullopt},
        {base::CertificateId("C5"), 3, "工业机器人操作与运维", "戊机构", {"初级"}, std::nullopt},
        {base::CertificateId("C6"), 3, "下一代互联网（IPv6）搭建与运维", "己机构", {"高级"}, 10},
        {base::CertificateId("C7"), 3, "埇桥砀山䶮㛃𫖯𬭎𠅤", "庚机构", {"高级"}, std::nullopt}};
    return entries;
}

GridPreview read(notice::Serves serves, const Grid& grid, const char* column = nullptr,
                 std::size_t rows_free = 300) {
    const notice::Form& wanted = form(serves);
    const notice::Field* at = column == nullptr  ? nullptr
                              : wanted.table     ? wanted.find_column(column)
                                                 : wanted.find_field(column);
    return device::preview(wanted, grid, at, catalogue(), rows_free);
}
GridPreview declared(const Grid& grid, const char* column = nullptr) {
    return read(notice::Serves::declared, grid, column);
}
GridPreview increase(const Grid& grid, const char* column = nullptr) {
    return read(notice::Serves::increase, grid, column);
}

// "Web前端开发|中级|100; …": values in the columns' order, findings as "!".
std::string told(const GridPreview& preview) {
    std::string words;
    for (const device::GridRow& row : preview.rows) {
        if (!words.empty()) words += "; ";
        for (std::size_t i = 0; i < row.cells.size(); ++i) {
            const device::GridCell& cell = row.cells[i];
            words += (i == 0 ? "" : "|") +
                     (!cell.finding.empty()     ? "!" + cell.text
                      : cell.value.is_string()  ? cell.value.get<std::string>()
                      : cell.value.is_null()    ? std::string()
                                                : std::to_string(cell.value.get<std::int64_t>()));
        }
    }
    return words;
}

std::string reasons(const GridPreview& preview) {
    std::string words;
    for (const device::LeftOutRow& row : preview.left_out)
        words += (words.empty() ? "" : "; ") + std::to_string(row.line) + " " + row.reason;
    return words;
}

} // namespace

TEST_CASE("cells on the clipboard: quotes, line ends within, tabs, the last line end") {
    CHECK(device::parse_cells("a\tb\r\nc\td\r\n") == Grid{{"a", "b"}, {"c", "d"}});
    CHECK(device::parse_cells("\"a\nb\"\t\"say \"\"x\"\"\"\r\n") == Grid{{"a\nb", "say \"x\""}});
    CHECK(device::parse_cells("\"a\tb\"\tc") == Grid{{"a\tb", "c"}});
    CHECK(device::parse_cells("\"a\" b\tc") == Grid{{"\"a\" b", "c"}}); // Only a character.
    CHECK(device::parse_cells("\"open\tc\n") == Grid{{"\"open", "c"}});
    CHECK(device::parse_cells("a\t\n\tb\n\n") == Grid{{"a", ""}, {"", "b"}, {""}});
    CHECK(device::parse_cells("").empty());
    CHECK(device::parse_cells("\xEF\xBB\xBFx") == Grid{{"x"}});
}

TEST_CASE("a sheet as people have it: title, head, empty rows, full width, a total, a remark") {
    const GridPreview preview = declared({{"2023年春季申报", "", "", ""},
                                          {"序号", "级别", "考核人数（人）", "职业技能等级证书", "备注"},
                                          {"1", "中级", "１００", "Web前端开发", "一班"},
                                          {"", "", "", "", ""},
                                          {"2", "⾼级", " 1,000 ", "下一代互联网(IPv6)搭建与运维　", ""},
                                          {"3", "初 级", "100人", "⼯业机器⼈操作与运维", ""},
                                          {"合　计", "", "1200", "", ""},
                                          {"填表人：张三", "", "", "", ""}});
    CHECK(told(preview) == "C1|中级|100; C6|高级|1000; C5|初级|100");
    CHECK(preview.whole);
    CHECK(preview.findings == 0);
    CHECK(preview.empty_rows == 1);
    CHECK(reasons(preview) ==
          "1 表头以上的文字; 2 表头; 7 合计行，由系统计算; 8 要填的各栏都是空的");
    REQUIRE(preview.remarks.size() == 1);
    CHECK(preview.remarks[0] == "“备注”一列在表中没有对应的栏目，不取用。");
    CHECK(preview.rows[1].cells[0].text == "下一代互联网（IPv6）搭建与运维");
    CHECK(preview.rows[1].line == 5);
}

TEST_CASE("without a head row, columns go by their place") {
    CHECK(told(declared({{"Web前端开发", "中级", "60"}})) == "C1|中级|60");
    CHECK(told(declared({{"1", "C1", "中级", "60"}, {"2", "C5", "初级", "5"}})) ==
          "C1|中级|60; C5|初级|5");
    // Put down on the second column, it begins there; it lies over the rows that are there.
    const GridPreview two = declared({{"中级", "60"}, {"初级", "70"}}, "level");
    CHECK(told(two) == "中级|60; 初级|70");
    CHECK(!two.whole);
    CHECK(told(declared({{"60"}, {"70"}}, "headcount")) == "60; 70");
    // A number alone is no 序号 when it is put down on a number's column.
    CHECK(told(declared({{"1"}, {"2"}}, "headcount")) == "1; 2");
    const GridPreview wide = declared({{"Web前端开发", "中级", "60", "一班", "张三"}});
    CHECK(told(wide) == "C1|中级|60");
    CHECK(wide.remarks.size() == 1);
}

TEST_CASE("heads in other words than the form's are understood by what stands below them") {
    const GridPreview preview = declared(
        {{"证书名称", "拟报级别", "人数"}, {"Web前端开发", "中级", "60"}, {"C4", "初级", "7"}});
    CHECK(told(preview) == "C1|中级|60; C4|初级|7");
    CHECK(preview.remarks.empty());
    const GridPreview missing = declared({{"级别", "职业技能等级证书"}, {"中级", "C1"}});
    CHECK(!missing.whole);
    CHECK(told(missing) == "C1|中级");
    CHECK(missing.remarks == std::vector<std::string>{"表头中没有“考核人数”，这一栏不填。"});
}

TEST_CASE("columns that the system fills are never taken") {
    const GridPreview with_head = increase({{"序号", "证书名称", "证书级别", "原批准人数", "调增后\n人数"},
                                            {"1", "Web前端开发", "中级", "999", "120"},
                                            {"小计", "", "", "999", "120"}});
    CHECK(told(with_head) == "C1|中级|120");
    CHECK(with_head.whole);
    CHECK(with_head.remarks == std::vector<std::string>{"“原批准人数”由系统填写，不取用。"});
    CHECK(told(increase({{"C1", "中级", "120"}})) == "C1|中级|120");
    CHECK(told(increase({{"C1", "中级", "100", "120"}})) == "C1|中级|120");
    CHECK(told(increase({{"1", "C1", "中级", "120"}, {"2", "C5", "初级", "9"}})) ==
          "C1|中级|120; C5|初级|9");
    CHECK(told(increase({{"1", "C1", "中级", "100", "120"}})) == "C1|中级|120");
    CHECK(told(increase({{"120"}}, "approved_after")) == "120");
}

TEST_CASE("what cannot be read is taken as it was typed, with its finding") {
    const GridPreview preview = declared({{"老年照护", "初级", "约100"},
                                          {"没有的证书", "特级", "0"},
                                          {"Web前端开发", "初级、中级", "一百"},
                                          {"Web前端开发", "中级", ""}});
    CHECK(told(preview) == "!老年照护|初级|!约100; !没有的证书|!特级|!0; C1|!初级、中级|!一百; C1|中级|");
    CHECK(preview.findings == 7);
    CHECK(preview.rows[0].cells[0].finding ==
          "有2个同名证书（乙机构、丙机构），填入后请选择。");
    CHECK(preview.rows[1].cells[0].finding == "目录中没有这个证书。");
    // Never fuzzily.
    CHECK(told(declared({{"Web前端", "中级", "1"}})) == "!Web前端|中级|1");
    CHECK(told(declared({{"C3", "初级", "1"}})) == "C3|初级|1");
    const GridPreview remark =
        declared({{"Web前端开发", "中级", "60"}, {"注：以上为春季人数", "", ""}});
    CHECK(told(remark) == "C1|中级|60");
    CHECK(reasons(remark) == "2 只有一格文字，不像一行数据");
    const GridPreview long_cell = declared({{std::string(700, 'x'), "中级", "60"}});
    CHECK(told(long_cell) == "!|中级|60");
    CHECK(declared({{"\xC1\xF9", "中级", "60"}}).findings == 1);
}

TEST_CASE("characters beyond the common ones, and lookalikes out of PDF files") {
    CHECK(told(declared({{"埇桥砀山䶮㛃𫖯𬭎𠅤", "⾼级", "１００　人"}})) == "C7|高级|100");
    CHECK(told(declared({{"建筑信息模型(BIM)", "初級", "100.0"}})) == "C4|初级|100");
    CHECK(told(declared({{"\u00A0⼯业机器⼈操作与运维\u200B", "初级", "\uFEFF100"}})) == "C5|初级|100");
    CHECK(told(declared({{"Web\n前端开发", "初级", "5"}})) == "C1|初级|5");
    CHECK(told(declared({{"签字人：䶮㛃𫖯𬭎𠅤", "买买提·阿依努尔", "皖教秘职成〔2023〕14号"}})) ==
          "!签字人：䶮㛃𫖯𬭎𠅤|!买买提·阿依努尔|!皖教秘职成〔2023〕14号");
}

TEST_CASE("more rows than the table can hold are left out and said") {
    Grid grid;
    for (int i = 0; i < 5; ++i) grid.push_back({"C1", "中级", "60"});
    const GridPreview preview = read(notice::Serves::increase, grid, nullptr, 3);
    CHECK(preview.rows.size() == 3);
    CHECK(reasons(preview) == "4 表中最多还能填3行; 5 表中最多还能填3行");
}

TEST_CASE("forms whose rows nobody types take nothing") {
    CHECK(read(notice::Serves::report, {{"1"}}).rows.empty());
    for (const notice::Form& one : package().forms)
        if (one.table && !one.table->rows_from.empty())
            CHECK(device::typed_columns(one).empty());
    CHECK(device::typed_columns(form(notice::Serves::increase)).size() == 3);
}

TEST_CASE("a file: CSV, cells between tabs, a workbook, an empty one") {
    CHECK(*device::parse_table_file("\xEF\xBB\xBF" "a,b\r\n\r\nc,d\r\n") ==
          Grid{{"a", "b"}, {}, {"c", "d"}});
    CHECK(*device::parse_table_file("a\tb\r\nc\td") == Grid{{"a", "b"}, {"c", "d"}});
    for (const char* bad : {"PK\x03\x04zip", "\xD0\xCF\x11\xE0old", "", "\r\n,\r\n", "a,\"b"}) {
        const auto read = device::parse_table_file(bad);
        REQUIRE(!read);
        CHECK(read.error().outcome == Outcome::bad_file);
    }
}

TEST_CASE("numbers below each other in a cell are two, and words broken over lines are one") {
    const GridPreview taken =
        read(notice::Serves::declared, {{"证书名称", "级别", "人数"},
                                        {"Web前端\n开发", "初级", "100\n50"},
                                        {"老年照护", "初级", "１００\r\n５０"},
                                        {"C5", "初级", "100\n人"}});
    REQUIRE(taken.rows.size() == 3);
    CHECK(taken.rows[0].cells[0].value == "C1");
    CHECK(taken.rows[0].cells[2].text == "100、50");
    CHECK(taken.rows[0].cells[2].value.is_null());
    CHECK(taken.rows[1].cells[2].text == "１００、５０");
    CHECK(taken.rows[2].cells[2].value == 100);
}

TEST_CASE("a report is one row: a block goes into the cells of its paper, what it computes is skipped") {
    const auto report = [](const Grid& grid, const char* column) {
        return read(notice::Serves::report, grid, column, 1);
    };
    const notice::Form& monthly = form(notice::Serves::report);
    CHECK(device::is_one_row(monthly));
    CHECK_FALSE(device::is_one_row(form(notice::Serves::declared)));
    // The paper's table alone: the name and the phone stand outside it.
    CHECK(device::typed_columns(monthly).size() == 6);
    // The paper's whole row, put down on the first cell that can be typed into, with 万元.
    const char*       first = "month_registered";
    const GridPreview whole =
        report({{"300", "41", "１２人", "100", "33.33", "52", "1.5", "15000元"}}, first);
    CHECK(whole.whole);
    CHECK(told(whole) == "41|12|100|52|1500000|1500000");
    // From there on as the paper goes, and the typed cells alone.
    CHECK(told(report({{"41", "12", "100", "33.33", "52", "1.5", "0"}}, first)) ==
          "41|12|100|52|1500000|0");
    CHECK(told(report({{"41", "12", "100", "52", "1.5", "0"}}, first)) == "41|12|100|52|1500000|0");
    CHECK(told(report({{"100", "33.33"}}, "cum_assessed")) == "100");
    // A head in any order; what the system fills or computes is said.
    const GridPreview headed = report({{"累计完成\n考核（人）", "2023年申报指标", "累计完成率（%）", "当月完成考核"},
                                       {"100", "300", "33.33", "12"},
                                       {"120", "300", "40.00", "20"}},
                                      first);
    CHECK(told(headed) == "12|100");
    CHECK(reasons(headed) == "1 表头; 3 表中最多还能填1行");
    CHECK(std::count(headed.remarks.begin(), headed.remarks.end(), "“累计完成率（%）”由系统计算，不取用。") == 1);
    CHECK(std::count(headed.remarks.begin(), headed.remarks.end(), "“2023年申报指标”由系统填写，不取用。") == 1);
    CHECK_FALSE(headed.whole);
}
