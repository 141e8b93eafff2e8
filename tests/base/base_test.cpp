#include "shared/base/bytes.hpp"
#include "shared/base/csv.hpp"
#include "shared/base/json.hpp"
#include "shared/base/limits.hpp"
#include "shared/base/text.hpp"
#include "shared/base/typed_date.hpp"
#include "shared/base/world.hpp"

#include <doctest/doctest.h>

#include <set>

using base::Outcome;

TEST_CASE("a search finds every part of what was typed, in any order and width") {
    const std::string_view text = "Web前端开发\n甲机构";
    CHECK(base::has_parts(text, ""));
    CHECK(base::has_parts(text, "  "));
    CHECK(base::has_parts(text, "机构 web"));
    CHECK(base::has_parts(text, "ＷＥＢ　前端"));
    CHECK(!base::has_parts(text, "web 后端"));
}

TEST_CASE("every outcome has its own number and a sentence with an end") {
    std::set<int> numbers;
    for (int i = 0; i < base::outcome_count; ++i) {
        const base::OutcomeText& text = base::outcome_texts[i];
        CAPTURE(text.name);
        CHECK(numbers.insert(static_cast<int>(text.outcome)).second);
        CHECK(text.sentence.size() > 9);
        CHECK(text.sentence.substr(text.sentence.size() - 3) == "。");
        CHECK(base::is_utf8(text.sentence));
        CHECK(&base::outcome_text(text.outcome) == &text);
    }
    CHECK(base::find_outcome(999) == nullptr);
}

TEST_CASE("the numbers of the wire never change") {
    CHECK(static_cast<int>(Outcome::too_large) == 100);
    CHECK(static_cast<int>(Outcome::not_compact_jws) == 101);
    CHECK(static_cast<int>(Outcome::bad_header) == 102);
    CHECK(static_cast<int>(Outcome::unknown_key) == 110);
    CHECK(static_cast<int>(Outcome::revoked_key) == 111);
    CHECK(static_cast<int>(Outcome::bad_signature) == 112);
    CHECK(static_cast<int>(Outcome::bad_payload) == 120);
    CHECK(static_cast<int>(Outcome::unknown_kind) == 121);
    CHECK(static_cast<int>(Outcome::foreign_unit) == 122);
    CHECK(static_cast<int>(Outcome::bad_anchor) == 123);
    CHECK(static_cast<int>(Outcome::id_reused) == 124);
    CHECK(static_cast<int>(Outcome::unknown_notice) == 125);
    CHECK(static_cast<int>(Outcome::notice_retired) == 126);
    CHECK(static_cast<int>(Outcome::unknown_form) == 127);
    CHECK(static_cast<int>(Outcome::window_not_open) == 128);
    CHECK(static_cast<int>(Outcome::unknown_target) == 130);
    CHECK(static_cast<int>(Outcome::not_newest) == 131);
    CHECK(static_cast<int>(Outcome::frozen) == 132);
    CHECK(static_cast<int>(Outcome::rules_failed) == 140);
}

TEST_CASE("base64url is strict: one byte string, one text") {
    CHECK(base::to_base64url(base::as_bytes("")) == "");
    CHECK(base::to_base64url(base::as_bytes("f")) == "Zg");
    CHECK(base::to_base64url(base::as_bytes("foobar")) == "Zm9vYmFy");
    CHECK(base::as_text(*base::from_base64url("Zm9vYg")) == "foob");
    CHECK(!base::from_base64url("Zg=="));   // padding
    CHECK(!base::from_base64url("Zh"));     // spare bits set
    CHECK(!base::from_base64url("Z"));      // impossible length
    CHECK(!base::from_base64url("Zm 9"));   // foreign character
    CHECK(!base::from_base64url("Zm+/"));   // the other alphabet
}

TEST_CASE("codes are read as people type them") {
    CHECK(base::canonical_crockford("abcd-efgh-jkmn") == "ABCDEFGHJKMN");
    CHECK(base::canonical_crockford(" O0iI lL ") == "001111");
    CHECK(base::canonical_crockford("ＡＢ１２") == "AB12");
    CHECK(base::canonical_crockford("ABCU") == ""); // U is not of the alphabet.
}

TEST_CASE("times are Shanghai's on the wire") {
    const auto noon = base::parse_rfc3339("2023-03-29T12:00:00+08:00");
    REQUIRE(noon.has_value());
    CHECK(noon->microseconds == 1680062400000000);
    CHECK(base::to_rfc3339(*noon) == "2023-03-29T12:00:00+08:00");
    CHECK(base::parse_rfc3339("2023-03-29T04:00:00Z") == *noon);
    CHECK(base::to_rfc3339(base::Time{noon->microseconds + 5}) ==
          "2023-03-29T12:00:00.000005+08:00");
    for (const char* wrong : {"2023-02-29T00:00:00+08:00", "2023-03-29 12:00:00+08:00",
                              "2023-03-29T24:00:00+08:00", "2023-03-29T12:00:00",
                              "2023-03-29T12:00:00.+08:00", "2023-13-01T00:00:00Z", ""})
        CHECK(!base::parse_rfc3339(wrong));
}

TEST_CASE("a day is understood as people write it, with its year") {
    for (const char* typed : {"2023-04-05", "2023-4-5", "2023/4/5", "2023.04.05", "2023年4月5日",
                              "２０２３年４月５日", "20230405", " 2023 年 4 月 5 日 ", "2023　4　5"}) {
        CAPTURE(typed);
        const auto day = base::read_typed_date(typed);
        REQUIRE(day.has_value());
        CHECK(base::to_iso(*day) == "2023-04-05");
    }
    for (const char* typed : {"", "4月5日", "23-4-5", "2023-4", "2023-02-30", "2023-4-5-6", "2023040",
                              "202304055", "2023-004-05", "下周三", "2023-04-05前",
                              "99999999999999999999-4-5"}) {
        CAPTURE(typed);
        CHECK(!base::read_typed_date(typed).has_value());
    }
}

TEST_CASE("the last day of a window counts to 24:00 (R10, C8)") {
    const base::Date last = *base::parse_date("2023-03-31");
    CHECK(base::end_of(last) == *base::parse_rfc3339("2023-04-01T00:00:00+08:00"));
    CHECK(base::date_of(*base::parse_rfc3339("2023-03-31T23:59:59+08:00")) == last);
    CHECK(base::weekday_of(*base::parse_date("2023-04-01")) == 6);
    CHECK(base::weekday_of(*base::parse_date("2023-05-27")) == 6);
    CHECK(base::days_between(*base::parse_date("2024-02-28"), *base::parse_date("2024-03-01")) ==
          2);
    CHECK(base::clerk_date(last) == "2023年3月31日");
}

TEST_CASE("JSON is I-JSON with integers only") {
    CHECK(base::parse_json(R"({"a":[1,-2,"亳州",null,true]})").has_value());
    std::string deep = "1";
    for (int i = 0; i < base::limits::json_depth_max; ++i) deep = "[" + deep + "]";
    CHECK(base::parse_json(deep).has_value());
    CHECK(!base::parse_json("[" + deep + "]"));
    for (const char* wrong : {R"({"a":1,"a":2})", "1.5", "1e3", "9007199254740992", "{} x", "",
                              "\"\xff\"", "[1,]", "{'a':1}", "\xEF\xBB\xBF{}", "\"\\ud800\"", "NaN",
                              "\"\\uffff\"", "\"\\ufdd0\"", "{\"\\ud83f\\udffe\":1}"})
        CHECK_MESSAGE(!base::parse_json(wrong), wrong);
}

TEST_CASE("an object reader names the first member that is wrong") {
    const base::Json json = *base::parse_json(R"({"a":1,"b":"x"})");
    base::ObjectReader reader(json, "p");
    CHECK(reader.integer("a", 0, 5) == 1);
    CHECK(reader.finish().error().detail == "p.b: unknown member");
    base::ObjectReader other(json, "p");
    other.integer("b", 0, 5);
    other.text("c", 5);
    CHECK(other.finish().error().detail == "p.b: not an integer");
}

TEST_CASE("text is narrowed, trimmed and counted by characters") {
    CHECK(base::narrow("１００　人") == "100 人");
    CHECK(base::narrow("⾼级") == "高级");
    CHECK(base::trim("  亳州\xE3\x80\x80") == "亳州");
    CHECK(base::trim(" \t ") == "");
    CHECK(base::without_spaces(" 1 00 ") == "100");
    CHECK(base::character_count("䶮㛃𫖯𬭎𠅤") == 5);
    CHECK(!base::is_utf8("\xED\xA0\x80")); // a surrogate
    CHECK(!base::is_utf8("\xC0\x80"));     // overlong
    CHECK(base::grouped(1234567) == "1,234,567");
    CHECK(base::grouped(-999) == "-999");
    CHECK(base::html_escaped("<a href='x'>&") == "&lt;a href=&#39;x&#39;&gt;&amp;");
}

TEST_CASE("CSV as spreadsheets write it") {
    const auto rows = base::parse_csv("\xEF\xBB\xBFid,name\r\n1,\"a,\"\"b\"\"\r\nc\"\r\n\r\n2,x\n");
    REQUIRE(rows.has_value());
    REQUIRE(rows->size() == 3);
    CHECK((*rows)[0].cells == std::vector<std::string>{"id", "name"});
    CHECK((*rows)[1].cells[1] == "a,\"b\"\r\nc");
    CHECK((*rows)[2].line == 5);
    CHECK(!base::parse_csv("a,\"b"));
    CHECK(!base::parse_csv("\"a\"b"));
    CHECK(!base::parse_csv("\xC1\xF9\xB0\xB2")); // GBK
}

TEST_CASE("no cell is a formula, and none is lost") {
    for (const char* cell :
         {"=1+1", "+86", "-5", "@x", "\tx", "＝1", "plain", "a,b", "say \"hi\""}) {
        const auto rows = base::parse_csv(base::csv_cell(cell) + ",end");
        REQUIRE(rows.has_value());
        CHECK((*rows)[0].cells[0] == cell);
    }
    CHECK(base::csv_cell("=1+1") == "'=1+1");
    CHECK(base::csv_cell("＠x") == "'＠x");
}

TEST_CASE("a time in a message is spelled with +08:00 and in no other way") {
    const auto holds = [](const char* written) {
        const base::Json   object = {{"at", written}};
        base::ObjectReader reader(object, "it");
        reader.time("at");
        return reader.finish().has_value();
    };
    CHECK(holds("2023-03-29T12:00:00+08:00"));
    CHECK(!holds("2023-03-29T04:00:00Z"));
    CHECK(!holds("2023-03-29T05:00:00+01:00"));
    CHECK(!holds("2023-03-29"));
    CHECK(!holds(""));
}
