// The storage fails under a running server, and the server's process is killed at any moment.
#include "tests/server/town.hpp"
#include "tests/sqlite/broken_disk.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <csignal>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

using base::Outcome;
using protocol::LineResult;
using sqlite_test::BrokenDisk;

TEST_CASE("a full disk: nothing is taken, nothing is lost, and it goes on when there is room") {
    town::Town   town;
    const auto   device = town.new_device("D001");
    const auto   kept = town.declaration(device, "X001");
    REQUIRE(town.submit(device, kept).result == LineResult::accepted);
    const auto before = town.last_index();
    const std::string line = town::sign(town.declaration(device), device.key);
    {
        const BrokenDisk full(ENOSPC);
        const auto       answers = town.intake().submit({line});
        REQUIRE(!answers.has_value());
        CHECK(answers.error().outcome == Outcome::storage_full);
        CHECK(town.last_index() == before); // Reading goes on.
    }
    CHECK(town.submit(line).result == LineResult::accepted);
    town.close();
    CHECK(!town.storage_fault().has_value()); // It was no reason to end.
    town.reopen();
    CHECK(town.last_index() == before + 1);
}

TEST_CASE("a full disk at the very first filing, when the rules are not prepared yet") {
    town::Town        town;
    const auto        device = town.new_device("D001");
    const std::string line = town::sign(town.declaration(device), device.key);
    town.restart();
    {
        const BrokenDisk full(ENOSPC);
        const auto       answers = town.intake().submit({line});
        REQUIRE(!answers.has_value());
        CHECK(answers.error().outcome == Outcome::storage_full);
    }
    CHECK(town.submit(line).outcome == Outcome::accepted);
    CHECK(town.submit(device, town.declaration(device, "X001")).outcome == Outcome::accepted);
}

TEST_CASE("a broken disk: nothing is taken any more, even when the disk answers again") {
    town::Town        town;
    const auto        device = town.new_device("D001");
    const std::string line = town::sign(town.declaration(device), device.key);
    const auto        before = town.last_index();
    {
        const BrokenDisk broken(EIO);
        REQUIRE(!town.intake().submit({line}).has_value());
    }
    const auto again = town.intake().submit({line});
    REQUIRE(!again.has_value());
    CHECK(again.error().outcome == Outcome::storage_failed);
    CHECK(town.last_index() == before);
}

TEST_CASE("a broken disk: the server says so and is to end; after a restart everything is there") {
    town::Town town;
    const auto device = town.new_device("D001");
    REQUIRE(town.submit(device, town.declaration(device, "X001")).result == LineResult::accepted);
    const auto before = town.last_index();
    const std::string line = town::sign(town.declaration(device), device.key);
    {
        const BrokenDisk broken(EIO);
        const auto       answers = town.intake().submit({line});
        REQUIRE(!answers.has_value());
        CHECK(answers.error().outcome == Outcome::storage_failed);
    }
    town.close(); // After this the writer has said what it had to say.
    REQUIRE(town.storage_fault().has_value());
    CHECK(town.storage_fault()->outcome == Outcome::storage_failed);
    town.reopen();
    CHECK(town.last_index() == before);
    CHECK(town.submit(line).result == LineResult::accepted);
}

TEST_CASE("killed at any moment: every receipt that was handed out is in the log") {
    town::Town town;
    const auto device = town.new_device("D001");
    std::size_t receipts_total = 0;
    for (int round = 0; round < 12; ++round) {
        int pipe_ends[2];
        REQUIRE(::pipe(pipe_ends) == 0);
        town.close(); // No thread of ours lives while the process is split.
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            // Declares and changes one certificate as fast as it can; tells each receipt.
            town.reopen();
            base::Json payload = town.declaration(device, "X002", round % 2 == 0 ? "初级" : "中级");
            bool       standing = false;
            for (int n = 0;; ++n) {
                const std::string line = town::sign(payload, device.key);
                const auto        answer = town.submit(line);
                if (answer.result == LineResult::accepted) {
                    const std::string sha256 = base::sha256_hex(line).text();
                    if (::write(pipe_ends[1], sha256.data(), sha256.size()) != 64) ::_exit(1);
                    standing = !standing;
                }
                payload = standing ? town.withdrawal(device, payload["id"].get<std::string>())
                                   : town.declaration(device, "X002", round % 2 == 0 ? "初级" : "中级");
            }
        }
        ::close(pipe_ends[1]);
        std::string told;
        char        buffer[64 * 64];
        // The first receipt, then a moment that is another one each round.
        ssize_t count = ::read(pipe_ends[0], buffer, sizeof buffer);
        REQUIRE(count > 0);
        told.append(buffer, std::size_t(count));
        ::usleep(useconds_t(1000 + 3700 * round));
        ::kill(child, SIGKILL);
        while ((count = ::read(pipe_ends[0], buffer, sizeof buffer)) > 0)
            told.append(buffer, std::size_t(count));
        ::close(pipe_ends[0]);
        int status = 0;
        ::waitpid(child, &status, 0);
        REQUIRE(WIFSIGNALED(status));
        town.reopen();
        auto store = town.site().open_store();
        REQUIRE(store.has_value());
        for (std::size_t at = 0; at + 64 <= told.size(); at += 64) {
            CHECK((*store)->find_by_sha256(base::Sha256Hex(told.substr(at, 64)))->has_value());
            ++receipts_total;
        }
        CHECK(town::rebuilds_to_the_same(**store));
        // What the killed one left standing is withdrawn, so that the next may declare it again.
        records::FilingQuery standing;
        standing.stage = records::Stage::submitted;
        const auto filings = (*store)->filings(town::province, standing);
        for (const auto& filing : *filings)
            REQUIRE(town.submit(device, town.withdrawal(device, filing.newest.text())).result ==
                    LineResult::accepted);
    }
    CHECK(receipts_total > 12);
}
