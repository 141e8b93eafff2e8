#include "shared/sqlite/database.hpp"
#include "shared/sqlite/page_vfs.hpp"

#include <doctest/doctest.h>

using base::Outcome;

namespace {

// One store for this program: a VFS stays registered for its life.
sqlite::PageStore& store() {
    static sqlite::PageStore pages("test-pages");
    return pages;
}

void empty_the_store() { REQUIRE(store().load(0, {}).has_value()); }

} // namespace

TEST_CASE("the pinned SQLite is in place") { CHECK(sqlite::version() == "3.54.1"); }

TEST_CASE("values come back as they were bound") {
    empty_the_store();
    auto database = store().open();
    REQUIRE(database.has_value());
    REQUIRE(database->run_script("CREATE TABLE t(a, b, c, d)").has_value());
    REQUIRE(database->prepare("INSERT INTO t VALUES(?, ?, ?, ?)")
                .bind(42, "亳州", nullptr, base::Bytes{std::byte{0}, std::byte{7}})
                .run()
                .has_value());
    auto select = database->prepare("SELECT a, b, c, d FROM t");
    REQUIRE(*select.step());
    CHECK(select.integer(0) == 42);
    CHECK(select.text(1) == "亳州");
    CHECK(select.is_null(2));
    CHECK(select.blob(3).size() == 2);
    CHECK(!*select.step());
}

TEST_CASE("a statement that is taken up again is as if it were new") {
    empty_the_store();
    auto database = store().open();
    REQUIRE(database->run_script("CREATE TABLE t(a); INSERT INTO t VALUES(1), (2)").has_value());
    constexpr const char* sql = "SELECT * FROM t WHERE ?1 IS NULL OR a = ?1";
    {
        auto left_in_a_row = database->prepare(sql);
        REQUIRE(*left_in_a_row.bind(2).step());
        CHECK(left_in_a_row.integer(0) == 2);
        auto beside = database->prepare(sql); // While the other is in use.
        REQUIRE(*beside.bind(1).step());
        CHECK(beside.integer(0) == 1);
        CHECK(left_in_a_row.integer(0) == 2);
    }
    auto unbound = database->prepare(sql); // Neither a row nor a value is left of before.
    REQUIRE(*unbound.step());
    CHECK(unbound.integer(0) == 1);
    unbound.reset();
    // A schema that has changed is seen; nothing kept stands in its way.
    REQUIRE(database->run_script("ALTER TABLE t ADD COLUMN b DEFAULT 7").has_value());
    auto wider = database->prepare(sql);
    REQUIRE(*wider.bind(2).step());
    CHECK(wider.integer(1) == 7);
    wider.reset();
    REQUIRE(database->run_script("DROP TABLE t; CREATE TABLE t(a, b, c)").has_value());
    CHECK(!*database->prepare(sql).bind(2).step());
    CHECK(database->tables_behind(sql) == std::vector<std::string>{"t"});
}

TEST_CASE("more texts than are kept, and a statement in use when its database moves") {
    empty_the_store();
    auto database = store().open();
    for (int round = 0; round < 2; ++round)
        for (int i = 0; i < 300; ++i) {
            auto select = database->prepare("SELECT " + std::to_string(i));
            REQUIRE(*select.step());
            CHECK(select.integer(0) == i);
        }
    {
        std::optional<sqlite::Statement> select = database->prepare("SELECT 1");
        sqlite::Database                 moved = std::move(*database);
        REQUIRE(*select->step());
        *select = moved.prepare("SELECT 2");
        REQUIRE(*select->step());
        CHECK(select->integer(0) == 2);
        select.reset();
    }
    CHECK(store().open().has_value()); // Closed in truth: only one is open at a time.
}

TEST_CASE("a transaction that is not committed leaves nothing") {
    empty_the_store();
    auto database = store().open();
    REQUIRE(database->run_script("CREATE TABLE t(a)").has_value());
    {
        auto transaction = sqlite::Transaction::begin(*database);
        REQUIRE(database->run_script("INSERT INTO t VALUES(1)").has_value());
    }
    auto count = database->prepare("SELECT count(*) FROM t");
    REQUIRE(*count.step());
    CHECK(count.integer(0) == 0);
}

TEST_CASE("each commit's pages rebuild the database at that commit") {
    empty_the_store();
    std::map<std::uint32_t, base::Bytes> kept;
    std::uint32_t                        page_count = 0;
    {
        auto database = store().open();
        REQUIRE(database->run_script("CREATE TABLE t(a TEXT)").has_value());
        for (int round = 0; round < 50; ++round) {
            auto transaction = sqlite::Transaction::begin(*database);
            auto insert = database->prepare("INSERT INTO t VALUES(?)");
            for (int i = 0; i < 20; ++i)
                REQUIRE(insert.bind(std::string(200, char('a' + round % 26))).run().has_value());
            if (round % 3 == 2) continue; // rolled back
            REQUIRE(transaction->commit().has_value());
            if (round % 10 == 7) REQUIRE(database->run_script("DELETE FROM t WHERE rowid % 2; VACUUM").has_value());
            CHECK(store().has_commit());
            sqlite::PageCommit commit = store().take_commit();
            page_count = commit.page_count;
            for (auto& [page, bytes] : commit.pages) kept[page] = std::move(bytes);
            kept.erase(kept.lower_bound(page_count), kept.end());
        }
    }
    const base::Bytes before = store().whole_file();
    CHECK(before.size() == page_count * sqlite::page_bytes);
    REQUIRE(store().load(page_count, kept).has_value());
    auto again = store().open();
    REQUIRE(again.has_value());
    auto check = again->prepare("PRAGMA integrity_check");
    REQUIRE(*check.step());
    CHECK(check.text(0) == "ok");
}

TEST_CASE("missing or damaged pages are a fault, not a crash") {
    CHECK(store().load(2, {{0, base::Bytes(sqlite::page_bytes)}}).error().outcome ==
          Outcome::storage_failed);
    CHECK(store().load(1, {{0, base::Bytes(10)}}).error().outcome == Outcome::storage_failed);
    REQUIRE(store().load(1, {{0, base::Bytes(sqlite::page_bytes, std::byte{0x5a})}}).has_value());
    auto garbled = store().open();
    const auto fault = garbled ? garbled->pragma("user_version").error() : garbled.error();
    CHECK(fault.outcome == Outcome::storage_foreign);
    empty_the_store();
}

TEST_CASE("migrations: fresh, again, newer, foreign") {
    empty_the_store();
    auto database = store().open();
    const sqlite::Migration steps[] = {{"CREATE TABLE a(x)"}, {"CREATE TABLE b(x)"}};
    REQUIRE(sqlite::migrate(*database, 77, steps, 1).has_value());
    REQUIRE(sqlite::migrate(*database, 77, steps, 2).has_value());
    REQUIRE(sqlite::migrate(*database, 77, steps, 2).has_value());
    CHECK(sqlite::migrate(*database, 77, steps, 1).error().outcome == Outcome::storage_newer);
    CHECK(sqlite::migrate(*database, 78, steps, 2).error().outcome == Outcome::storage_foreign);
}

TEST_CASE("a package's expression stays inside its fence") {
    empty_the_store();
    auto database = store().open();
    REQUIRE(database->run_script("CREATE TABLE open_table(a); CREATE TABLE secret(a)").has_value());
    const sqlite::Fence fence = {
        [](std::string_view table, std::string_view, std::string_view) {
            return table == "open_table";
        },
        [](std::string_view function) { return function == "count"; }};
    CHECK(database->prepare_foreign("SELECT count(*) FROM open_table", fence).has_value());
    for (const char* wrong :
         {"SELECT a FROM secret", "SELECT random()", "DELETE FROM open_table",
          "ATTACH ':memory:' AS x", "PRAGMA user_version", "SELECT 1; SELECT 2", "SELECT",
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT count(*) FROM n", ""})
        CHECK_MESSAGE(!database->prepare_foreign(wrong, fence), wrong);
}
