#include "shared/notice/answers.hpp"

#include <doctest/doctest.h>

namespace vectors {
extern const std::string_view anhui_2023_14;
} // namespace vectors

using base::Json;
using notice::Field;
using notice::FieldType;
using notice::Typed;

namespace {

const notice::Form& form(const char* id) {
    static const notice::Package package = *notice::load(vectors::anhui_2023_14).package;
    return *package.find_form(base::FormId(id));
}
const Field& headcount() { return *form("declaration").find_field("headcount"); }
const Field& level() { return *form("declaration").find_field("level"); }
const Field& registered() { return *form("monthly_report").find_field("month_registered"); }
const Field& paid() { return *form("monthly_report").find_field("cum_fee_paid"); }

struct Integer {
    const char*  typed;
    std::int64_t value; // -1: rejected; -2: missing.
};

constexpr std::int64_t rejected = -1, missing = -2;

std::int64_t read(const Field& field, std::string_view typed) {
    const Typed result = notice::parse_typed(field, typed);
    switch (result.state) {
    case Typed::State::missing: return missing;
    case Typed::State::rejected:
        CHECK(result.reason.size() > 12);
        CHECK(result.reason.substr(result.reason.size() - 3) == "。");
        return rejected;
    case Typed::State::value: break;
    }
    REQUIRE(result.value.is_number_integer());
    return result.value.get<std::int64_t>();
}

} // namespace

TEST_CASE("headcounts are understood as people type and paste them") {
    const Integer rows[] = {
        {"100", 100},     {"１００", 100},        {"100人", 100},      {" 1 00 ", 100},
        {"1,000", 1000},  {"1，000", 1000},      {"100.0", 100},      {"一百", rejected},
        {"约100", rejected}, {"100-120", rejected}, {"-5", rejected},  {"0", rejected},
        {"", missing},    {"　 ", missing},      {"1", 1},            {"1000000", 1000000},
        {"1000001", rejected}, {"100.5", rejected}, {"1,00", rejected}, {",100", rejected},
        {"100,", rejected}, {"1,000,000", 1000000}, {"10,00,000", rejected},
        {"100 人", 100},  {"100名", rejected},   {"1e3", rejected},   {"0x10", rejected},
        {"99999999999999999999", rejected},      {"100\n", 100},      {"．５", rejected},
        {"+5", rejected}, {"1.000.0", rejected}, {"１，０００人", 1000},
    };
    for (const Integer& row : rows) {
        CAPTURE(std::string(row.typed));
        CHECK(read(headcount(), row.typed) == row.value);
    }
}

TEST_CASE("nobody registered is a number in the monthly report") {
    CHECK(read(registered(), "0") == 0);
    CHECK(read(registered(), "-1") == rejected);
}

TEST_CASE("money without a unit is in the unit of its field, and printed in it") {
    notice::Field field;
    field.type = notice::FieldType::money;
    field.max = 100000000000;
    struct Row {
        const char*  unit;
        const char*  typed;
        std::int64_t fen;
        const char  *printed, *typed_again;
    };
    for (const Row& row : {Row{"元", "1,250.5", 125050, "1250.50", "1250.50元"},
                           Row{"元", "1250.50元", 125050, "1250.50", "1250.50元"},
                           Row{"元", "0.08万元", 80000, "800.00", "800.00元"},
                           Row{"元", "0.01", 1, "0.01", "0.01元"},
                           Row{"万元", "1.5", 1500000, "1.50", "1.5万元"},
                           Row{"万元", "15000元", 1500000, "1.50", "1.5万元"},
                           Row{"", "1.5", 1500000, "1.50", "1.5万元"}}) {
        CAPTURE(std::string(row.typed));
        field.unit = row.unit;
        const notice::Typed typed = notice::parse_typed(field, row.typed);
        CHECK(typed.value == row.fen);
        CHECK(notice::printed_value(field, row.fen) == row.printed);
        CHECK(notice::typed_value(field, row.fen) == row.typed_again);
        CHECK(notice::parse_typed(field, row.typed_again).value == row.fen);
    }
    field.unit = "元";
    CHECK(notice::parse_typed(field, "0.001").value.is_null()); // Nothing smaller than 分.
}

TEST_CASE("money is kept as whole 分 and understood in 元 and 万元") {
    const Integer rows[] = {
        {"1.5 万元", 1500000}, {"1.50", 1500000},  {"0.0001 万元", 100}, {"15000 元", 1500000},
        {"１．５", 1500000},   {"1.5万", 1500000}, {"15,000元", 1500000}, {"0", 0},
        {"0.01元", 1},         {"0.001元", rejected}, {"0.000001", 1},   {"0.0000001", rejected},
        {"-1", rejected},      {"约2万", rejected}, {"", missing},        {"1.5.0", rejected},
    };
    for (const Integer& row : rows) {
        CAPTURE(std::string(row.typed));
        CHECK(read(paid(), row.typed) == row.value);
    }
}

TEST_CASE("levels are understood in compatible characters, and one at a time") {
    const std::pair<const char*, const char*> rows[] = {
        {"初级", "初级"}, {"初級", "初级"}, {"⾼级", "高级"}, {"高 级", "高级"}, {" 中级 ", "中级"},
        {"1", ""},        {"初", ""},       {"中、高级", ""}, {"初级中级", ""},
    };
    for (const auto& row : rows) {
        const char* typed = row.first;
        const char* value = row.second;
        CAPTURE(std::string(typed));
        const Typed result = notice::parse_typed(level(), typed);
        if (*value == '\0') {
            CHECK(result.state == Typed::State::rejected);
            CHECK(result.reason.find("级别") == 0);
        } else {
            CHECK(result.state == Typed::State::value);
            CHECK(result.value == Json(value));
        }
    }
    CHECK(notice::parse_typed(level(), "中、高级").reason.find("分成几行") != std::string::npos);
}

TEST_CASE("texts keep what was typed; the sample of the paper is no content (R43)") {
    const Field& contact = *form("school_summary").find_field("contact");
    CHECK(notice::parse_typed(contact, " 王埇 ").value == Json("王埇"));
    CHECK(notice::parse_typed(contact, "𠮷野").value == Json("𠮷野"));
    CHECK(notice::parse_typed(contact, "王芳\n李明").value == Json("王芳 李明")); // Pasted.
    CHECK(notice::parse_typed(contact, "****").state == Typed::State::rejected);
    CHECK(notice::parse_typed(contact, std::string(91, 'x')).state == Typed::State::rejected);
    CHECK(notice::parse_typed(contact, "\xff").state == Typed::State::rejected);
    const Field& phone = *form("school_summary").find_field("phone");
    CHECK(notice::parse_typed(phone, "０５５１－６２８３１２３４").value == Json("0551-62831234"));
    CHECK(notice::parse_typed(phone, "13855512345").state == Typed::State::value);
    for (const char* number :
         {"055162831234", "0551-62831234-8001", "+8613855512345", "(0551) 6283 1234"})
        CHECK(notice::parse_typed(phone, number).state == Typed::State::value);
    CHECK(notice::parse_typed(phone, "1385").state == Typed::State::rejected);
    CHECK(notice::parse_typed(phone, "12345").state == Typed::State::value); // A city's hotline.
    // A digit too few or too many, or an identity number, which is not collected.
    for (const char* slip : {"1380013800", "138 0013 800", "138001380012", "1385551234567",
                             "13855512345678901", "340101198001011234"})
        CHECK(notice::parse_typed(phone, slip).state == Typed::State::rejected);
    CHECK(notice::parse_typed(phone, "办公室").state == Typed::State::rejected);
}

TEST_CASE("values are printed as the paper has them and typed back as they were") {
    CHECK(notice::printed_value(headcount(), 1000) == "1000");
    CHECK(notice::printed_value(headcount(), nullptr) == "");
    CHECK(notice::printed_value(level(), "初级") == "初级");
    CHECK(notice::printed_value(paid(), 1500000) == "1.50");
    CHECK(notice::printed_value(paid(), 1504999) == "1.50");
    CHECK(notice::printed_value(paid(), 1505000) == "1.51"); // Half up (C15).
    CHECK(notice::printed_value(paid(), 100) == "0.00");
    for (const std::int64_t fen : {0, 1, 100, 1500000, 1505000, 123456789}) {
        const std::string typed = notice::typed_value(paid(), fen);
        CAPTURE(typed);
        CHECK(read(paid(), typed) == fen);
    }
}

TEST_CASE("a rate is printed with two decimals, and as a dash when it cannot be said") {
    const notice::Computed& rate = form("monthly_report").computed.front();
    CHECK(notice::printed_computed(rate, 2500) == "25.00");
    CHECK(notice::printed_computed(rate, 13) == "0.13");
    CHECK(notice::printed_computed(rate, 0) == "0.00");
    CHECK(notice::printed_computed(rate, 10400) == "104.00");
    CHECK(notice::printed_computed(rate, nullptr) == "—");
    const notice::Computed& total = form("school_summary").computed.front();
    CHECK(notice::printed_computed(total, 1234) == "1234");
    CHECK(notice::printed_computed(total, nullptr) == "");
}

TEST_CASE("answers have exactly the members of the form") {
    const notice::Form& declaration = form("declaration");
    const Json good = {{"certificate", "200101"}, {"level", "初级"}, {"headcount", 40}};
    CHECK(notice::check_shape(declaration, good).has_value());
    const std::pair<const char*, const char*> rows[] = {
        {"/certificate", "7"},      {"/certificate", "\"****\""}, {"/certificate", "\"\""},
        {"/certificate", "null"},   {"/level", "\"特级\""},       {"/level", "\"初级 \""},
        {"/headcount", "\"40\""},   {"/headcount", "true"},       {"/headcount", "[]"},
        {"/headcount", "40.0"},     {"/school", "\"某校\""},
    };
    for (const auto& row : rows) {
        const char* path = row.first;
        const char* value = row.second;
        Json answers = good;
        answers[Json::json_pointer(path)] = Json::parse(value);
        CAPTURE(std::string(path));
        CAPTURE(std::string(value));
        const auto status = notice::check_shape(declaration, answers);
        REQUIRE(!status.has_value());
        CHECK(status.error().outcome == base::Outcome::bad_payload);
        CHECK(status.error().detail.find(path + 1) != std::string::npos);
    }
    for (const char* name : {"certificate", "level", "headcount"}) {
        Json answers = good;
        answers.erase(name);
        CHECK(!notice::check_shape(declaration, answers).has_value());
    }
    CHECK(!notice::check_shape(declaration, Json::array()).has_value());
    CHECK(!notice::check_shape(declaration, nullptr).has_value());
}

TEST_CASE("rows are checked one by one and named by their number") {
    const notice::Form& summary = form("school_summary");
    const Json row = {{"declaration", "01870000-0000-7000-8000-000000000001"},
                      {"certificate", "200101"},
                      {"level", "初级"},
                      {"headcount", 40}};
    Json good = {{"contact", "王芳"}, {"phone", "0551-62831234"}, {"rows", {row, row}}};
    CHECK(notice::check_shape(summary, good).has_value());
    Json answers = good;
    answers["rows"][1]["headcount"] = "40";
    CHECK(notice::check_shape(summary, answers).error().detail.find("rows[1].headcount") !=
          std::string::npos);
    answers = good;
    answers["rows"][1]["seq"] = 2;
    CHECK(!notice::check_shape(summary, answers).has_value());
    answers = good;
    answers["rows"][0]["declaration"] = "40";
    CHECK(!notice::check_shape(summary, answers).has_value());
    answers = good;
    answers["rows"] = Json::object();
    CHECK(!notice::check_shape(summary, answers).has_value());
    for (int i = 0; i < 301; ++i) good["rows"][std::size_t(i)] = row;
    CHECK(!notice::check_shape(summary, good).has_value());
    answers = good;
    answers["contact"] = "王\n芳";
    CHECK(!notice::check_shape(summary, answers).has_value());
    answers = {{"contact", " 王芳"}, {"phone", "0551-62831234"}, {"rows", {row}}};
    CHECK(!notice::check_shape(summary, answers).has_value());
    answers["contact"] = "王芳";
    CHECK(notice::check_shape(summary, answers).has_value());
    // Refused where it is typed; what was once filed stays readable.
    answers["phone"] = "13855512345678901";
    CHECK(notice::check_shape(summary, answers).has_value());
    answers["phone"] = "电话";
    CHECK(!notice::check_shape(summary, answers).has_value());
}

TEST_CASE("numbers out of range and tables without rows are named, each with its field") {
    const notice::Form& declaration = form("declaration");
    const auto said = [&](std::int64_t headcount) {
        const Json answers = {{"certificate", "200101"}, {"level", "初级"}, {"headcount", headcount}};
        REQUIRE(notice::check_shape(declaration, answers).has_value());
        const auto faults = notice::range_faults(declaration, answers);
        if (faults.empty()) return std::string();
        return faults.front().field.text() + "：" + faults.front().text;
    };
    const std::string label = declaration.find_field("headcount")->label;
    CHECK(said(1).empty());
    CHECK(said(0) == "headcount：" + label + "应为大于0的整数。");
    CHECK(said(-9007199254740991) == "headcount：" + label + "应为大于0的整数。");
    CHECK(said(1000000).empty());
    CHECK(said(1000001) == "headcount：" + label + "不能大于1,000,000。");

    const notice::Form& summary = form("school_summary");
    Json answers = {{"contact", "王芳"}, {"phone", "0551-62831234"}, {"rows", Json::array()}};
    REQUIRE(notice::check_shape(summary, answers).has_value());
    REQUIRE(notice::range_faults(summary, answers).size() == 1);
    CHECK(notice::range_faults(summary, answers).front().field == base::FieldId("rows"));
    for (const int headcount : {40, 0})
        answers["rows"].push_back({{"declaration", "01870000-0000-7000-8000-000000000001"},
                                   {"certificate", "200101"},
                                   {"level", "初级"},
                                   {"headcount", headcount}});
    REQUIRE(notice::range_faults(summary, answers).size() == 1);
    CHECK(notice::range_faults(summary, answers).front().field == base::FieldId("rows.headcount"));
    CHECK(notice::range_faults(summary, answers).front().text.starts_with("第2行："));
}
