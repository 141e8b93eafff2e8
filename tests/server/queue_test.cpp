// What waits for the writer: no more than fits, nothing of it lost, and all of it in few commits.
#include "tests/server/town.hpp"

#include "shared/base/limits.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <fstream>
#include <future>
#include <iterator>
#include <thread>

using base::Outcome;
using protocol::LineAnswer;
using protocol::LineResult;
using Answers = base::Result<std::vector<LineAnswer>>;

namespace {

// Somebody else writes, and the intake's writer waits for it (SQLite's patience is five seconds).
class HeldUp {
public:
    explicit HeldUp(town::Town& town) : m_store(std::move(*town.site().open_store())) {
        REQUIRE(m_store->begin().has_value());
    }
    ~HeldUp() { m_store->abandon(); }

private:
    std::unique_ptr<records::Store> m_store;
};

// Transactions that stand in the database's write-ahead log: each ends with one frame that says how
// large the database is after it (https://sqlite.org/fileformat2.html#walformat).
int commits_in_log(const town::Town& town) {
    std::ifstream     in(town.data() + "/shenbao.db-wal", std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    const auto        number = [&](std::size_t at) {
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < 4; ++i)
            value = value << 8 | std::uint32_t(static_cast<unsigned char>(bytes[at + i]));
        return value;
    };
    constexpr std::size_t header = 32, frame_header = 24;
    REQUIRE(bytes.size() > header);
    const std::size_t frame = frame_header + number(8);
    int               commits = 0;
    for (std::size_t at = header; at + frame <= bytes.size(); at += frame)
        if (bytes.compare(at + 8, 8, bytes, 16, 8) == 0 && number(at + 4) != 0) ++commits;
    return commits;
}

// While it lives, the write-ahead log only grows: a reader still needs its beginning.
class Reading {
public:
    explicit Reading(town::Town& town)
        : m_database(std::move(*sqlite::Database::open(town.data() + "/shenbao.db",
                                                       sqlite::OpenMode::read_only))) {
        REQUIRE(m_database.run_script("BEGIN; SELECT count(*) FROM log").has_value());
    }

private:
    sqlite::Database m_database;
};

// Until a condition holds; false when it has not after `patience`, shorter than the writer's.
template <class Condition>
bool wait_until(Condition&& condition,
                std::chrono::milliseconds patience = std::chrono::seconds(3)) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

// A school with so many certificates of its own that lines never get in each other's way.
struct School {
    town::Town   town;
    town::Device device = town.new_device("D001");

    School() {
        std::vector<envelope::Act> acts;
        for (int i = 0; i < 60; ++i)
            acts.push_back(envelope::CatalogueEntry{base::CertificateId(certificate(i)), 1,
                                                    "示例证书" + std::to_string(i), "示例公司",
                                                    {"初级"}, {}});
        REQUIRE(town.site().append_acts(acts).has_value());
    }
    static std::string certificate(int i) { return "Q" + std::to_string(100 + i); }

    std::string declaration(int i) {
        return town::sign(town.declaration(device, certificate(i).c_str()), device.key);
    }
    // A declaration, its replacement, and else only lines that are no envelope.
    std::vector<std::string> batch(int i, std::size_t lines) {
        const base::Json first = town.declaration(device, certificate(i).c_str());
        std::vector<std::string> all{town::sign(first, device.key),
                                     town::sign(town.replacement(first, 45), device.key)};
        all.resize(lines, "no JWS at all");
        return all;
    }
    std::future<Answers> submit(const std::vector<std::string>& lines) {
        return std::async(std::launch::async,
                          [this, &lines] { return town.intake().submit(lines); });
    }
    // Gives the writer something to be held up with: what is sent from now on stays in the queue.
    std::future<Answers> occupy(const std::vector<std::string>& lines) {
        auto future = submit(lines);
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        REQUIRE(wait_until([&] { return town.intake().queued_lines() == 0; }));
        return future;
    }
    bool is_in_log(const std::string& line) {
        auto reader = town.site().reader();
        return (*(*reader)->find_by_sha256(base::sha256_hex(line))).has_value();
    }
    // The receipt is the server's, and about this line.
    void check_receipt(const LineAnswer& answer, const std::string& line) {
        CHECK(answer.result == LineResult::accepted);
        const auto receipt =
            envelope::open_receipt(answer.receipt, town.site().key().public_key());
        REQUIRE(receipt.has_value());
        CHECK(receipt->sha256 == base::sha256_hex(line));
        CHECK(is_in_log(line));
    }
};

bool is_ready(const std::future<Answers>& future) {
    return future.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
}

} // namespace

TEST_CASE("a full queue: who does not fit is told so, whole, and nobody else loses anything") {
    School                                school;
    constexpr std::size_t                 lines_each = base::limits::batch_lines_max;
    std::vector<std::vector<std::string>> batches;
    for (int i = 0; i < 20; ++i) batches.push_back(school.batch(i, lines_each));
    const std::string         single = school.declaration(50);
    const std::string         code = school.town.new_code(base::UnitId("D002"));
    const auto                newcomer = [] {
        base::SystemRandom random;
        return envelope::SecretKey::make(random);
    }();
    const std::int64_t        before = school.town.last_index();
    std::vector<std::future<Answers>> waiting;
    {
        const HeldUp held(school.town);
        // One after the other, until one is refused. What the writer has taken before it was held
        // up is no more in the queue, so how many fit differs by that.
        std::size_t queued = 0;
        bool        full = false;
        while (!full) {
            REQUIRE(waiting.size() < batches.size());
            waiting.push_back(school.submit(batches[waiting.size()]));
            wait_until([&] {
                full = is_ready(waiting.back());
                return full || school.town.intake().queued_lines() > queued;
            }, std::chrono::milliseconds(200));
            queued = school.town.intake().queued_lines();
        }
        CHECK(queued == 8 * lines_each);
        // However little it is.
        CHECK(school.town.intake().submit({single}).error().outcome == Outcome::queue_full);
        CHECK(school.town.enrol(newcomer, code).error().outcome == Outcome::queue_full);
        CHECK(school.town.intake().queued_lines() == queued);
        CHECK(school.town.last_index() == before); // Reading goes on, and nothing is in the log.
    }
    const auto refused = waiting.back().get();
    waiting.pop_back();
    const std::vector<std::string>& sent_again = batches[waiting.size()];
    REQUIRE(!refused.has_value());
    CHECK(refused.error().outcome == Outcome::queue_full);
    REQUIRE(waiting.size() >= 8);

    for (std::size_t i = 0; i < waiting.size(); ++i) {
        CAPTURE(i);
        const auto answers = waiting[i].get();
        REQUIRE(answers.has_value());
        REQUIRE(answers->size() == lines_each);
        school.check_receipt((*answers)[0], batches[i][0]);
        school.check_receipt((*answers)[1], batches[i][1]);
        for (std::size_t line = 2; line < lines_each; ++line)
            if ((*answers)[line].outcome != Outcome::not_compact_jws)
                CHECK((*answers)[line].outcome == Outcome::not_compact_jws);
    }
    CHECK(school.town.intake().queued_lines() == 0);
    const std::int64_t taken = before + 2 * std::int64_t(waiting.size());
    CHECK(school.town.last_index() == taken);
    for (const std::string* line : {&sent_again[0], &sent_again[1], &single})
        CHECK_FALSE(school.is_in_log(*line));

    // What was refused is sent again as it is, and whoever asks again about what was taken gets
    // the same answer.
    const auto again = school.town.intake().submit(sent_again);
    REQUIRE(again.has_value());
    school.check_receipt((*again)[0], sent_again[0]);
    school.check_receipt((*again)[1], sent_again[1]);
    CHECK(school.town.submit(single).result == LineResult::accepted);
    CHECK(school.town.enrol(newcomer, code).has_value());
    for (const auto& batch : batches) {
        if (&batch > &sent_again) break;
        CHECK(school.town.submit(batch[0]).result == LineResult::duplicate);
    }
    CHECK(school.town.last_index() == taken + 4);
    school.town.close();
    CHECK(!school.town.storage_fault().has_value());
    school.town.reopen();
    CHECK(school.town.last_index() == taken + 4);
    CHECK(town::rebuilds_to_the_same(**school.town.site().open_store()));
}

TEST_CASE("a request that does not fit is refused at once; a smaller one still fits") {
    School                   school;
    std::vector<std::string> large = school.batch(0, 3000), small = school.batch(1, 900),
                             too_large = school.batch(2, 1200), opener = school.batch(3, 2);
    std::vector<std::future<Answers>> waiting;
    {
        const HeldUp held(school.town);
        waiting.push_back(school.occupy(opener));
        waiting.push_back(school.submit(large));
        REQUIRE(wait_until([&] { return school.town.intake().queued_lines() == 3000; }));
        CHECK(school.town.intake().submit(too_large).error().outcome == Outcome::queue_full);
        waiting.push_back(school.submit(small));
        CHECK(wait_until([&] { return school.town.intake().queued_lines() == 3900; }));
    }
    for (auto& one : waiting) CHECK(one.get().has_value());
    CHECK(school.town.intake().submit(too_large).has_value());
}

TEST_CASE("many small requests that wait together share a commit") {
    School                   school;
    std::vector<std::vector<std::string>> requests;
    for (int i = 0; i < 40; ++i) requests.push_back({school.declaration(i)});
    const std::vector<std::string> opener{school.declaration(50)};
    const Reading                  reading(school.town);
    REQUIRE(school.town.submit(school.declaration(51)).result == LineResult::accepted);
    const int          in_log = commits_in_log(school.town);
    const std::int64_t counted = school.town.intake().counters().commits;
    std::future<Answers>              opened;
    std::vector<std::future<Answers>> waiting;
    {
        const HeldUp held(school.town);
        opened = school.occupy(opener);
        for (const auto& request : requests) waiting.push_back(school.submit(request));
        REQUIRE(wait_until([&] {
            return school.town.intake().queued_lines() == requests.size();
        }));
    }
    CHECK(opened.get().has_value());
    for (std::size_t i = 0; i < waiting.size(); ++i) {
        const auto answers = waiting[i].get();
        REQUIRE(answers.has_value());
        school.check_receipt(answers->front(), requests[i].front());
    }
    // One for what the writer had in its hands, one for all that waited meanwhile.
    CHECK(commits_in_log(school.town) - in_log == 2);
    CHECK(school.town.intake().counters().commits - counted == 2);
    CHECK(school.town.intake().counters().accepted == std::int64_t(requests.size()) + 2);
    // Alone each would have had its own.
    REQUIRE(school.town.submit(school.declaration(52)).result == LineResult::accepted);
    REQUIRE(school.town.submit(school.declaration(53)).result == LineResult::accepted);
    CHECK(commits_in_log(school.town) - in_log == 4);
}
