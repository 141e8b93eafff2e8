// Accepted filings per second with all rules on, several callers at once as the HTTP threads are,
// beside its floors in the same run: SQLite appending the same texts with the same commits, and
// Ed25519 verifying the same signatures on as many threads.
#include "tests/server/timing.hpp"
#include "tests/server/town.hpp"

#include "shared/base/check.hpp"
#include "shared/sqlite/database.hpp"

#include <cstdio>

using timing::median;
using timing::seconds_of;

namespace {

constexpr int schools = 40, certificates = 50, threads = 4, batch = 250, runs = 5;

void in_parallel(const std::function<void(int)>& work) {
    std::vector<std::thread> all;
    for (int thread = 0; thread < threads; ++thread) all.emplace_back(work, thread);
    for (std::thread& one : all) one.join();
}

} // namespace

int main() {
    std::vector<double> ours, raw_sqlite, raw_verify;
    for (int run = 0; run < runs; ++run) {
        town::Town                 town;
        std::vector<envelope::Act> acts;
        for (int i = 0; i < schools; ++i)
            acts.push_back(envelope::UnitEntry{base::UnitId("S" + std::to_string(i)),
                                               "示例学校", "secondary_vocational", "亳州市",
                                               base::UnitId("341600")});
        for (int i = 0; i < certificates; ++i)
            acts.push_back(envelope::CatalogueEntry{base::CertificateId("C" + std::to_string(i)), 1,
                                                    "示例证书", "示例公司", {"初级"}, 30});
        SHENBAO_CHECK(town.site().append_acts(acts).has_value());
        std::vector<std::vector<std::string>> batches(1);
        std::vector<town::Device>             devices;
        std::string                           anchor = town.site().make_anchor();
        for (int i = 0; i < schools; ++i) {
            devices.push_back(town.new_device("S" + std::to_string(i)));
            for (int k = 0; k < certificates; ++k) {
                if (batches.back().size() == batch) batches.emplace_back();
                base::Json payload = town.declaration(
                    devices.back(), ("C" + std::to_string(k)).c_str(), "初级", 40 + k);
                payload["anchor"] = anchor; // A device keeps its newest one.
                batches.back().push_back(town::sign(payload, devices.back().key));
            }
        }
        const int filings = schools * certificates;

        std::atomic<std::size_t> next{0};
        std::atomic<int>         accepted{0};
        ours.push_back(filings / seconds_of([&] {
            in_parallel([&](int) {
                for (std::size_t at; (at = next++) < batches.size();) {
                    const auto answers = town.intake().submit(batches[at]);
                    SHENBAO_CHECK(answers.has_value());
                    for (const auto& answer : *answers)
                        accepted += answer.result == protocol::LineResult::accepted;
                }
            });
        }));
        SHENBAO_CHECK(accepted == filings);

        const town::Folder folder;
        auto database = sqlite::Database::open(folder.path + "/raw.db", sqlite::OpenMode::create);
        SHENBAO_CHECK(database
                          ->run_script("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                                       "CREATE TABLE log(n INTEGER PRIMARY KEY, "
                                       "sha256 TEXT UNIQUE, text TEXT)")
                          .has_value());
        auto insert = database->prepare("INSERT INTO log(sha256, text) VALUES(?, ?)");
        raw_sqlite.push_back(filings / seconds_of([&] {
            for (const auto& lines : batches) {
                SHENBAO_CHECK(database->run_script("BEGIN IMMEDIATE").has_value());
                for (const std::string& line : lines)
                    SHENBAO_CHECK(insert.bind(base::sha256_hex(line), line).run().has_value());
                SHENBAO_CHECK(database->run_script("COMMIT").has_value());
            }
        }));

        next = 0;
        raw_verify.push_back(filings / seconds_of([&] {
            in_parallel([&](int) {
                for (std::size_t at; (at = next++) < batches.size();)
                    for (std::size_t i = 0; i < batches[at].size(); ++i) {
                        const auto  jws = envelope::Jws::parse(batches[at][i],
                                                               envelope::HeaderKey::kid);
                        const auto& key = devices[(at * batch + i) / certificates].key;
                        SHENBAO_CHECK(jws->verify(key.public_key()).has_value());
                    }
            });
        }));
    }
    std::printf("accepted filings per second, rules on (to reach: 5000): %.0f\n", median(ours));
    std::printf("  %d filings, %d a request, %d callers, median of %d runs\n",
                schools * certificates, batch, threads, runs);
    std::printf("  floor, SQLite appending the same texts:  %.0f\n", median(raw_sqlite));
    std::printf("  floor, Ed25519 verifying the same texts: %.0f\n", median(raw_verify));
    return 0;
}
