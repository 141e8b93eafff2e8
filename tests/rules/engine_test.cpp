#include "shared/rules/engine.hpp"

#include "shared/base/json.hpp"
#include "tests/rules/context.hpp"

#include <doctest/doctest.h>

namespace vectors {
extern const std::string_view anhui_2023_14;
} // namespace vectors

using base::Json;
using base::Outcome;

namespace {

// The shipped package with another first rule and one computed value.
notice::Package package_with(const std::string& check, const std::string& computed = "1") {
    Json document = *base::parse_json(vectors::anhui_2023_14);
    Json& form = document["forms"][0];
    form["rules"] = Json::array({{{"id", "tried"},
                                  {"check", check},
                                  {"fields", {"headcount"}},
                                  {"severity", "error"},
                                  {"text", "不成立。"}}});
    form["computed"] =
        Json::array({{{"id", "value"}, {"label", "值"}, {"expression", computed}}});
    auto loaded = notice::load(base::to_text(document));
    REQUIRE(loaded.package.has_value());
    return std::move(*loaded.package);
}

const Json declaration = {{"certificate", "jz01"}, {"level", "初级"}, {"headcount", 40}};

// Prepares and judges; the outcome of the first failure, accepted otherwise.
Outcome try_rule(const std::string& check, const std::string& computed = "1") {
    sqlite::Database      database = rules_test::open_context();
    const notice::Package package = package_with(check, computed);
    auto engine = rules::Engine::prepare(database, package, rules_test::views);
    if (!engine) return engine.error().outcome;
    const auto verdict = engine->check(package.forms[0], declaration, {});
    return verdict ? Outcome::accepted : verdict.error().outcome;
}

} // namespace

TEST_CASE("an expression reads the form and the context, and nothing else") {
    CHECK(try_rule("form.headcount > 0") == Outcome::accepted);
    CHECK(try_rule("EXISTS(SELECT 1 FROM declared d WHERE d.level = form.level)") ==
          Outcome::accepted);
    CHECK(try_rule("(SELECT count(*) FROM catalogue) = 0") == Outcome::accepted);
    CHECK(try_rule("(SELECT count(*) FROM rows) = 0") == Outcome::accepted);
    CHECK(try_rule("(SELECT max(u.city) FROM unit u, period p) IS NULL") == Outcome::accepted);
    for (const char* foreign : {
             "(SELECT word FROM secret) = 'key'",
             "EXISTS(SELECT 1 FROM secret)",
             "EXISTS(SELECT 1 FROM sqlite_master)",
             "EXISTS(SELECT 1 FROM temp.sqlite_temp_master)",
             "(SELECT count(*) FROM pragma_table_list) > 0",
             "(SELECT count(*) FROM json_each('[1]')) = 1",
             "form.nothing = 1",
             "(SELECT name FROM nothing)",
         }) {
        CAPTURE(std::string(foreign));
        CHECK(try_rule(foreign) == Outcome::bad_rule);
    }
}

TEST_CASE("only listed functions can be called") {
    CHECK(try_rule("length(trim(form.level)) = 2 AND abs(-1) = 1 AND coalesce(NULL, 1) = 1") ==
          Outcome::accepted);
    CHECK(try_rule("(SELECT group_concat(d.level, '、') FROM declared d) IS NULL") ==
          Outcome::accepted);
    for (const char* forbidden :
         {"random() > 0", "date('now') > '2023'", "strftime('%s', 'now') > 0", "printf('%d', 1) = '1'",
          "length(zeroblob(9)) = 9", "length(randomblob(9)) = 9", "load_extension('x')",
          "sqlite_version() > ''", "changes() = 0", "json('1') = 1", "hex('a') = '61'",
          "(SELECT avg(d.headcount) FROM declared d) IS NULL", "round(1) = 1",
          "'{}' -> 'a' IS NULL", "julianday('now') > 0", "writefile('a', 'b')"}) {
        CAPTURE(std::string(forbidden));
        CHECK(try_rule(forbidden) == Outcome::bad_rule);
    }
}

TEST_CASE("an expression is one expression, with brackets and quotes of its own") {
    CHECK(try_rule("form.level <> ')' -- )") == Outcome::accepted);
    CHECK(try_rule("form.level <> 'it''s (' /* ( */") == Outcome::accepted);
    CHECK(try_rule("form.[level] <> \"form\".`certificate`") == Outcome::accepted);
    for (const char* broken :
         {"1) FROM form; --", "1), (2", "1) FROM form UNION ALL SELECT (2", "(1", "1)", "'a", "/* 1",
          "1; DELETE FROM secret", "1; SELECT 1", "1 FROM form --", "?", "form.headcount > ?1",
          "form.headcount > @name", "form.headcount > $1",
          "(SELECT 1, 2)", ":name IS NULL", "1, 2", "ATTACH 'x' AS y", "PRAGMA user_version",
          "(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT max(n) FROM c)",
          "(DELETE FROM secret)"}) {
        CAPTURE(std::string(broken));
        CHECK(try_rule(broken) == Outcome::bad_rule);
    }
}

TEST_CASE("results are true, false, NULL, integers and texts; anything else is the package's fault") {
    CHECK(try_rule("NULL", "NULL") == Outcome::accepted);
    CHECK(try_rule("1", "'文字'") == Outcome::accepted);
    CHECK(try_rule("1", "7 / 2") == Outcome::accepted);
    CHECK(try_rule("form.headcount * 1.0") == Outcome::bad_rule);
    CHECK(try_rule("1e0") == Outcome::bad_rule);
    CHECK(try_rule("'初级'") == Outcome::bad_rule);
    CHECK(try_rule("x'00'") == Outcome::bad_rule);
    CHECK(try_rule("1", "1.5") == Outcome::bad_rule);
    CHECK(try_rule("1", "x'00'") == Outcome::bad_rule);
    // SQLite's own errors at run time: the package's fault too, never the storage's.
    CHECK(try_rule("abs(-9223372036854775807 - 1) > 0") == Outcome::bad_rule);
    CHECK(try_rule("1", "(SELECT sum(n) FROM (SELECT 9223372036854775807 AS n UNION ALL SELECT 1))") ==
          Outcome::bad_rule);
}

TEST_CASE("a runaway expression is stopped, in steps and in bytes") {
    std::string many = "(SELECT 1 AS n";
    for (int i = 0; i < 40; ++i) many += " UNION ALL SELECT 1";
    many += ")";
    CHECK(try_rule("(SELECT count(*) FROM " + many + ", " + many + ", " + many + ", " + many +
                   ") > 0") == Outcome::bad_rule);
    std::string large = "'0123456789'";
    for (int i = 0; i < 3; ++i)
        large = "replace(replace(" + large + ", '0', '" + std::string(200, '0') + "'), '1', '')";
    CHECK(try_rule("length(" + large + ") > 0") == Outcome::bad_rule);
}

TEST_CASE("the limit is a filing's own: the hundred-thousandth filing passes like the first") {
    sqlite::Database      database = rules_test::open_context();
    const notice::Package package = package_with("(SELECT count(*) FROM catalogue) >= 0");
    REQUIRE(database.run_script("INSERT INTO t_catalogue WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL "
                                "SELECT n + 1 FROM c LIMIT 400) SELECT n, n, n, n, n FROM c"));
    auto engine = rules::Engine::prepare(database, package, rules_test::views);
    REQUIRE(engine.has_value());
    // 400 rows take some 800 steps, and 20,000 filings far more than one filing may take.
    for (int i = 0; i < 20000; ++i) {
        const auto verdict = engine->check(package.forms[0], declaration, {});
        REQUIRE(verdict.has_value());
    }
    // The limits are the engine's own and lifted again.
    CHECK(database.run_script("CREATE TABLE large AS SELECT zeroblob(3000000) AS bytes").has_value());
}

TEST_CASE("a wrong expression is named by its place in the package") {
    sqlite::Database database = rules_test::open_context();
    Json             document = *base::parse_json(vectors::anhui_2023_14);
    document["forms"][1]["rules"][2]["values"][1]["expression"] = "nothing.at_all";
    const auto loaded = notice::load(base::to_text(document));
    REQUIRE(loaded.package.has_value());
    const auto engine = rules::Engine::prepare(database, *loaded.package, rules_test::views);
    REQUIRE(!engine.has_value());
    CHECK(engine.error().outcome == Outcome::bad_rule);
    CHECK(engine.error().detail.find("/forms/1/rules/2/values/1/expression：") == 0);
}

TEST_CASE("an engine that prepares later says the same, also after a rollback") {
    sqlite::Database      database = rules_test::open_context();
    const notice::Package package = *notice::load(vectors::anhui_2023_14).package;
    auto at_once = rules::Engine::prepare(database, package, rules_test::views);
    REQUIRE(at_once.has_value());
    const Json row = {{"certificate", "jz01"}, {"level", "初级"}, {"headcount", 40}};
    const Json whole = {{"rows", {row, row}}};
    const auto expected = at_once->check_draft(package.forms[1], whole, {});
    REQUIRE(expected.has_value());
    { const rules::Engine ended = std::move(*at_once); } // Its tables have the other's names.

    rules::Engine later = rules::Engine::prepare_later(database, package, rules_test::views);
    REQUIRE(database.run_script("BEGIN"));
    CHECK(later.check_draft(package.forms[1], whole, {}).has_value());
    REQUIRE(database.run_script("ROLLBACK"));
    const auto verdict = later.check_draft(package.forms[1], whole, {});
    REQUIRE(verdict.has_value());
    CHECK(base::to_text(rules::to_json(verdict->findings)) ==
          base::to_text(rules::to_json(expected->findings)));
    CHECK(verdict->computed == expected->computed);

    // Made itself within what is given up: its tables are gone with that, and made again.
    REQUIRE(database.run_script("BEGIN"));
    rules::Engine within = rules::Engine::prepare_later(database, package, rules_test::views);
    CHECK(within.check_draft(package.forms[1], whole, {}).has_value());
    REQUIRE(database.run_script("ROLLBACK"));
    const auto after = within.check_draft(package.forms[1], whole, {});
    REQUIRE(after.has_value());
    CHECK(after->computed == expected->computed);

    // What prepare() would have refused is refused when it is asked, each time.
    const notice::Package wrong = package_with("nothing.at_all");
    auto unproven = rules::Engine::prepare_later(database, wrong, rules_test::views);
    for (int i = 0; i < 2; ++i)
        CHECK(unproven.check_draft(wrong.forms[0], declaration, {}).error().outcome ==
              Outcome::bad_rule);
}

TEST_CASE("only what nothing stands against becomes a filing") {
    sqlite::Database      database = rules_test::open_context();
    const notice::Package package = *notice::load(vectors::anhui_2023_14).package;
    const notice::Form&   form = package.forms[0];
    auto engine = rules::Engine::prepare(database, package, rules_test::views);
    REQUIRE(engine.has_value());
    REQUIRE(database.run_script("INSERT INTO t_catalogue VALUES('jz01', '建筑', '某', '初级', 50)"));
    const base::RuleId warning("min_headcount");

    auto verdict = engine->check(form, declaration, {});
    REQUIRE(verdict.has_value());
    CHECK(!verdict->filing.has_value());
    CHECK(verdict->unexplained == std::vector<base::RuleId>{warning});
    CHECK(verdict->errors() == 0);
    for (const char* note : {"", "原因。", "    　", " 原因 "}) {
        verdict = engine->check(form, declaration, {{warning, note}});
        CHECK(!verdict->filing.has_value());
    }
    verdict = engine->check(form, declaration, {{warning, std::string(501, 'x')}});
    CHECK(!verdict->filing.has_value());
    verdict = engine->check(form, declaration,
                            {{warning, "单独开考。"}, {base::RuleId("level_offered"), "没有此事。"}});
    REQUIRE(verdict->filing.has_value());
    CHECK(verdict->filing->answers() == declaration);
    CHECK(verdict->filing->form() == form.id);
    CHECK(verdict->filing->notes().size() == 1); // A note to no finding stays at home.
    CHECK(verdict->findings.size() == 1);        // The reviewer still sees the warning.

    Json many = declaration;
    many["headcount"] = 60;
    CHECK(engine->check(form, many, {})->filing.has_value());
    many["level"] = "高级";
    verdict = engine->check(form, many, {});
    CHECK(!verdict->filing.has_value());
    CHECK(verdict->errors() == 1);

    many.erase("headcount");
    CHECK(engine->check(form, many, {}).error().outcome == Outcome::bad_payload);
    many["level"] = "初级";
    verdict = engine->check_draft(form, many, {});
    REQUIRE(verdict.has_value());
    CHECK(verdict->findings.empty());
    CHECK(!verdict->filing.has_value()); // Not whole.
}

TEST_CASE("rows of one filing are gone with the next") {
    sqlite::Database      database = rules_test::open_context();
    const notice::Package package = *notice::load(vectors::anhui_2023_14).package;
    const notice::Form&   form = package.forms[1];
    auto engine = rules::Engine::prepare(database, package, rules_test::views);
    REQUIRE(engine.has_value());
    const Json row = {{"certificate", "jz01"}, {"level", "初级"}, {"headcount", 40}};
    const base::FieldId total("total_headcount");
    CHECK(engine->check_draft(form, {{"rows", {row, row}}}, {})->computed.at(total) == 80);
    CHECK(engine->check_draft(form, {{"rows", {row}}}, {})->computed.at(total) == 40);
    CHECK(engine->check_draft(form, Json::object(), {})->computed.at(total) == nullptr);
}

TEST_CASE("two versions of a notice are judged side by side, and a new engine follows an old one") {
    sqlite::Database      database = rules_test::open_context();
    const notice::Package first = *notice::load(vectors::anhui_2023_14).package;
    const notice::Package second = package_with("form.headcount < 50");
    auto one = rules::Engine::prepare(database, first, rules_test::views);
    auto two = rules::Engine::prepare(database, second, rules_test::views);
    REQUIRE(one.has_value());
    REQUIRE(two.has_value());
    CHECK(one->check(first.forms[0], declaration, {})->filing.has_value());
    CHECK(two->check(second.forms[0], declaration, {})->filing.has_value());
    { const rules::Engine ended = std::move(*one); }
    auto again = rules::Engine::prepare(database, first, rules_test::views);
    REQUIRE(again.has_value());
    CHECK(again->check(first.forms[0], declaration, {})->filing.has_value());
}

TEST_CASE("findings travel as the protocol has them") {
    const std::vector<rules::Finding> findings = {{base::RuleId("declared_once"),
                                                   {base::FieldId("certificate")},
                                                   notice::Severity::error,
                                                   "重复。"}};
    CHECK(base::to_text(rules::to_json(findings)) ==
          R"([{"fields":["certificate"],"rule":"declared_once","severity":"error","text":"重复。"}])");
    CHECK(base::to_text(rules::to_json({})) == "[]");
}
