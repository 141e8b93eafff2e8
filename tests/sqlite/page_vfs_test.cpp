#include "shared/sqlite/page_vfs.hpp"

#include "shared/base/world.hpp"

#include <doctest/doctest.h>

#include <cstring>

using base::Outcome;

namespace {

// What a keeper such as IndexedDB holds: it applies each commit and knows nothing of SQLite.
struct Keeper {
    std::uint32_t page_count = 0;
    std::map<std::uint32_t, base::Bytes> pages;

    void apply(sqlite::PageCommit commit) {
        for (auto& [page, bytes] : commit.pages) {
            REQUIRE(page < commit.page_count);
            REQUIRE(bytes.size() == sqlite::page_bytes);
            pages[page] = std::move(bytes);
        }
        page_count = commit.page_count;
        pages.erase(pages.lower_bound(page_count), pages.end());
    }

    base::Bytes file() const {
        base::Bytes all;
        for (const auto& [page, bytes] : pages) all.insert(all.end(), bytes.begin(), bytes.end());
        return all;
    }
};

// A repeatable stream of small numbers.
class Dice {
public:
    explicit Dice(std::uint64_t seed) : m_random(seed) {}
    int below(int limit) {
        std::byte bytes[4];
        m_random.fill(bytes);
        std::uint32_t value = 0;
        std::memcpy(&value, bytes, sizeof value);
        return int(value % std::uint32_t(limit));
    }

private:
    base::SeededRandom m_random;
};

// The rows, in an order that does not depend on where they are stored.
std::string contents(sqlite::Database& database) {
    std::string all;
    auto select = database.prepare("SELECT id, word, length(pad) FROM t ORDER BY id");
    for (;;) {
        auto row = select.step();
        REQUIRE(row.has_value());
        if (!*row) return all;
        all += select.text(0) + ":" + select.text(1) + ":" + select.text(2) + "\n";
    }
}

std::string integrity(sqlite::Database& database) {
    auto check = database.prepare("PRAGMA integrity_check");
    REQUIRE(*check.step());
    return check.text(0);
}

// Opens what the keeper holds in a store of its own, as the next start of the page would.
std::string contents_after_crash(const Keeper& keeper) {
    static sqlite::PageStore restarted("page-vfs-restarted");
    REQUIRE(restarted.load(keeper.page_count, keeper.pages).has_value());
    auto database = restarted.open();
    REQUIRE(database.has_value());
    CHECK(integrity(*database) == "ok");
    CHECK(!restarted.has_commit()); // Opening and reading change nothing.
    return contents(*database);
}

const char* const schema = "CREATE TABLE t(id INTEGER PRIMARY KEY, word TEXT, pad BLOB);"
                           "CREATE INDEX t_by_word ON t(word);";

std::string many_rows(int count, int pad_bytes) {
    return "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT " +
           std::to_string(count) + ") INSERT INTO t SELECT i, 'w' || i, zeroblob(" +
           std::to_string(pad_bytes) + ") FROM n";
}

base::Status change_something(sqlite::Database& database, Dice& dice) {
    const int id = dice.below(400);
    switch (dice.below(4)) {
    case 0:
        return database.prepare("DELETE FROM t WHERE id BETWEEN ? AND ?").bind(id, id + 9).run();
    case 1:
        return database.prepare("UPDATE t SET word = ? WHERE id = ?")
            .bind("改" + std::to_string(dice.below(100000)), id)
            .run();
    default:
        return database.prepare("INSERT OR REPLACE INTO t VALUES(?, ?, zeroblob(?))")
            .bind(id, "新" + std::to_string(dice.below(100000)), dice.below(20000))
            .run();
    }
}

enum class Ending { commits, rolls_back };

// One transaction of several changes, with a savepoint that may be undone inside it.
Ending run_transaction(sqlite::Database& database, Dice& dice) {
    auto transaction = sqlite::Transaction::begin(database);
    REQUIRE(transaction.has_value());
    for (int i = dice.below(12); i >= 0; --i) REQUIRE(change_something(database, dice).has_value());
    if (dice.below(3) == 0) {
        REQUIRE(database.run_script("SAVEPOINT inner_part").has_value());
        for (int i = dice.below(12); i >= 0; --i)
            REQUIRE(change_something(database, dice).has_value());
        const char* ending = dice.below(2) == 0 ? "RELEASE inner_part"
                                                : "ROLLBACK TO inner_part; RELEASE inner_part";
        REQUIRE(database.run_script(ending).has_value());
    }
    if (dice.below(3) == 0) return Ending::rolls_back; // The transaction's end does it.
    REQUIRE(transaction->commit().has_value());
    return Ending::commits;
}

void run_history(std::uint64_t seed, const char* settings) {
    CAPTURE(seed);
    CAPTURE(settings);
    static sqlite::PageStore store("page-vfs-history");
    REQUIRE(store.load(0, {}).has_value());
    Keeper keeper;
    Dice dice(seed);
    auto database = store.open();
    REQUIRE(database.has_value());
    REQUIRE(database->run_script(settings).has_value());
    REQUIRE(database->run_script(schema).has_value());
    keeper.apply(store.take_commit());
    for (int round = 0; round < 60; ++round) {
        const std::string before = contents(*database);
        const bool had_commit = store.has_commit();
        if (run_transaction(*database, dice) == Ending::rolls_back) {
            CHECK(contents(*database) == before);
            CHECK(store.has_commit() == had_commit); // No trace.
        }
        if (dice.below(20) == 0) REQUIRE(database->run_script("VACUUM").has_value());
        if (dice.below(30) == 0) REQUIRE(database->run_script("DELETE FROM t").has_value());
        if (dice.below(3) == 0) continue; // Several commits before the keeper comes.
        keeper.apply(store.take_commit());
        CHECK(!store.has_commit());
        CHECK(keeper.file() == store.whole_file());
        CHECK(contents_after_crash(keeper) == contents(*database));
    }
}

} // namespace

TEST_CASE("page store: random histories, and a crash after each take") {
    for (std::uint64_t seed = 1; seed <= 12; ++seed)
        for (const char* settings :
             {"PRAGMA cache_size=2000", "PRAGMA cache_size=4", // 4 pages: writes before the commit.
              "PRAGMA auto_vacuum=FULL; PRAGMA cache_size=4"})
            run_history(seed, settings);
}

TEST_CASE("page store: a take during an open transaction gives the state before it") {
    static sqlite::PageStore store("page-vfs-open");
    REQUIRE(store.load(0, {}).has_value());
    auto database = store.open();
    REQUIRE(database->run_script("PRAGMA cache_size=2").has_value());
    REQUIRE(database->run_script(schema).has_value());
    Dice dice(7);
    for (int i = 0; i < 30; ++i) REQUIRE(change_something(*database, dice).has_value());
    const std::string committed = contents(*database);
    const base::Bytes committed_file = store.whole_file();
    Keeper keeper;
    {
        auto transaction = sqlite::Transaction::begin(*database);
        REQUIRE(database->run_script("DELETE FROM t WHERE id % 3 = 0").has_value());
        for (int i = 0; i < 60; ++i) REQUIRE(change_something(*database, dice).has_value());
        keeper.apply(store.take_commit());
        CHECK(!store.has_commit());
        CHECK(keeper.file() == committed_file);
        CHECK(store.whole_file() == committed_file);
        CHECK(contents_after_crash(keeper) == committed);
        REQUIRE(transaction->commit().has_value());
    }
    CHECK(store.has_commit());
    keeper.apply(store.take_commit());
    CHECK(contents_after_crash(keeper) == contents(*database));
    CHECK(contents(*database) != committed);
}

TEST_CASE("page store: closing with an open transaction leaves the last commit") {
    static sqlite::PageStore store("page-vfs-closed");
    REQUIRE(store.load(0, {}).has_value());
    base::Bytes committed;
    {
        auto database = store.open();
        REQUIRE(database->run_script(schema).has_value());
        committed = store.whole_file();
        REQUIRE(database->run_script("PRAGMA cache_size=2; BEGIN").has_value());
        Dice dice(3);
        for (int i = 0; i < 40; ++i) REQUIRE(change_something(*database, dice).has_value());
    }
    CHECK(store.whole_file() == committed);
    CHECK(store.open().has_value());
}

TEST_CASE("page store: a small change hands over few pages") {
    static sqlite::PageStore store("page-vfs-small");
    REQUIRE(store.load(0, {}).has_value());
    auto database = store.open();
    REQUIRE(database->run_script(schema).has_value());
    REQUIRE(database->run_script(many_rows(2000, 500)).has_value());
    const sqlite::PageCommit everything = store.take_commit();
    CHECK(everything.pages.size() == everything.page_count);
    CHECK(everything.page_count > 200);
    REQUIRE(database->run_script("UPDATE t SET pad = zeroblob(501) WHERE id = 1000").has_value());
    const sqlite::PageCommit small = store.take_commit();
    // The row's page alone: with exclusive locking SQLite counts changes once an opening, on page
    // 0.
    CHECK(small.pages.size() == 1);
    CHECK(small.page_count == everything.page_count);

    CHECK(store.take_commit().pages.empty());
    CHECK(store.take_everything().pages.size() == everything.page_count);
    CHECK(!store.has_commit());
}

TEST_CASE("page store: a database that grows too large is refused and stays whole") {
    static sqlite::PageStore store("page-vfs-full");
    REQUIRE(store.load(0, {}).has_value());
    auto database = store.open();
    REQUIRE(database->run_script(schema).has_value());
    REQUIRE(database->run_script("INSERT INTO t VALUES(1, '亳州', zeroblob(100))").has_value());
    const std::string before = contents(*database);
    REQUIRE(database->run_script("PRAGMA max_page_count=50").has_value());
    const auto full = database->run_script("INSERT INTO t VALUES(2, 'x', zeroblob(400000))");
    REQUIRE(!full.has_value());
    CHECK(full.error().outcome == Outcome::storage_full);
    CHECK(contents(*database) == before);
    CHECK(integrity(*database) == "ok");
    Keeper keeper;
    keeper.apply(store.take_commit());
    CHECK(contents_after_crash(keeper) == before);
}

TEST_CASE("page store: only one database at a time") {
    static sqlite::PageStore store("page-vfs-single");
    REQUIRE(store.load(0, {}).has_value());
    auto first = store.open();
    REQUIRE(first.has_value());
    CHECK(!store.open().has_value());
    CHECK(first->run_script(schema).has_value());
}

TEST_CASE("page store: a rescue file opens again, and foreign or damaged files are told apart") {
    static sqlite::PageStore store("page-vfs-rescue");
    base::Bytes rescue;
    std::string before;
    REQUIRE(store.load(0, {}).has_value());
    {
        auto database = store.open();
        REQUIRE(database->run_script(schema).has_value());
        Dice dice(11);
        for (int i = 0; i < 200; ++i) REQUIRE(change_something(*database, dice).has_value());
        before = contents(*database);
        rescue = store.whole_file();
    }
    REQUIRE(store.load_file(rescue).has_value());
    {
        auto database = store.open();
        REQUIRE(database.has_value());
        CHECK(contents(*database) == before);
    }

    const auto outcome_of = [&](const base::Bytes& file) {
        if (const auto loaded = store.load_file(file); !loaded) return loaded.error().outcome;
        auto database = store.open();
        return database ? Outcome::accepted : database.error().outcome;
    };
    base::Bytes cut(rescue.begin(), rescue.end() - 3 * std::ptrdiff_t(sqlite::page_bytes));
    CHECK(outcome_of(cut) == Outcome::storage_failed);
    cut.resize(cut.size() - 100);
    CHECK(outcome_of(cut) == Outcome::bad_file); // Not even whole pages.
    CHECK(outcome_of(base::Bytes(2 * sqlite::page_bytes, std::byte{0x5a})) ==
          Outcome::storage_foreign);
    base::Bytes other_page_size = rescue;
    other_page_size[16] = std::byte{0x02}; // 512 bytes, big-endian.
    other_page_size[17] = std::byte{0x00};
    CHECK(outcome_of(other_page_size) == Outcome::storage_failed);
    CHECK(outcome_of(rescue) == Outcome::accepted);
}

TEST_CASE("page store: garbled pages are a fault or readable, never a crash") {
    static sqlite::PageStore store("page-vfs-garbled");
    REQUIRE(store.load(0, {}).has_value());
    base::Bytes sound;
    {
        auto database = store.open();
        REQUIRE(database->run_script(schema).has_value());
        REQUIRE(database->run_script(many_rows(900, 60)).has_value());
        sound = store.whole_file();
    }
    Dice dice(99);
    int refused = 0;
    for (int round = 0; round < 300; ++round) {
        CAPTURE(round);
        base::Bytes garbled = sound;
        // At the head of a page, where damage does most, or anywhere.
        const int page = dice.below(int(garbled.size() / sqlite::page_bytes));
        const int from = page * int(sqlite::page_bytes) +
                         dice.below(dice.below(2) == 0 ? 24 : int(sqlite::page_bytes));
        for (int i = dice.below(40); i >= 0; --i)
            garbled[std::size_t(from + i) % garbled.size()] = std::byte(dice.below(256));
        if (const auto loaded = store.load_file(garbled); !loaded) {
            CHECK(loaded.error().outcome == Outcome::storage_foreign); // Its first bytes.
            ++refused;
            continue;
        }
        auto database = store.open();
        if (database) continue; // Damage in free space or in the bytes of a value is not seen.
        ++refused;
        const Outcome outcome = database.error().outcome;
        CHECK((outcome == Outcome::storage_failed || outcome == Outcome::storage_foreign));
    }
    CHECK(refused > 100);
}
