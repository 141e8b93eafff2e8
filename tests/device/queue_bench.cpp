// A province's desk with 10,000 filings, beside SQLite reading as many rows alone: what it takes
// to hear of them, to read the queue, to open one filing, to pass one and a thousand.
#include "tests/device/review_log.hpp"

#include "shared/base/check.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <functional>

namespace {

constexpr int schools = 400, filings = 10000, runs = 5;

// Of the processor, so that what else runs on the machine counts less.
double milliseconds_of(const std::function<void()>& work) {
    const std::clock_t start = std::clock();
    work();
    return double(std::clock() - start) * 1000 / CLOCKS_PER_SEC;
}

double median_of(const std::function<void()>& work) {
    std::vector<double> all;
    for (int run = 0; run < runs; ++run) all.push_back(milliseconds_of(work));
    std::sort(all.begin(), all.end());
    return all[runs / 2];
}

} // namespace

int main() {
    review_log::Log log;
    for (int i = 0; i < schools; ++i)
        log.units.push_back({base::UnitId("U" + std::to_string(i)),
                             "示例职业学院" + std::to_string(i), "higher_vocational", "合肥市", {}});
    const std::vector<envelope::CatalogueEntry> catalogue = {
        {base::CertificateId("C1"), 1, "Web前端开发", "甲机构", {"初级", "中级"}, 30}};
    std::vector<base::EnvelopeId> roots;
    for (int i = 0; i < filings; ++i)
        roots.push_back(log.declare(base::UnitId("U" + std::to_string(i % schools)), 30 + i % 90));
    review_log::Reviewer province(log, review_log::province, "province");
    const double taken = milliseconds_of([&] { province.hear_all(); });
    std::size_t  rows = 0;
    const double queue = median_of([&] {
        SHENBAO_CHECK(province.desk().accept_catalogue({}).has_value()); // All is read anew.
        SHENBAO_CHECK(province.desk().accept_catalogue(catalogue).has_value());
        rows = province.reviews().queue().size();
    });
    SHENBAO_CHECK(rows == filings);
    const double dossier = median_of([&] {
        SHENBAO_CHECK(province.reviews().find_dossier(roots[filings / 2]).has_value());
    });
    auto         scratch = *sqlite::Database::open(":memory:", sqlite::OpenMode::create);
    SHENBAO_CHECK(scratch.run_script("CREATE TABLE t(a TEXT, b TEXT, c TEXT, d TEXT, e INTEGER)")
                      .has_value());
    auto insert = scratch.prepare("INSERT INTO t VALUES(?, ?, ?, ?, ?)");
    for (const base::EnvelopeId& root : roots)
        SHENBAO_CHECK(insert.bind(root, root, "示例职业学院", "2023-spring", 1).run().has_value());
    const double floor = median_of([&] {
        auto        select = scratch.prepare("SELECT a, b, c, d, e FROM t");
        std::size_t bytes = 0;
        for (auto step = select.step(); step && *step; step = select.step())
            bytes += select.text_view(0).size() + select.text_view(3).size();
        SHENBAO_CHECK(bytes > 0);
    });
    const std::vector<base::EnvelopeId> thousand(roots.begin(), roots.begin() + 1000);
    const double passed = milliseconds_of([&] {
        SHENBAO_CHECK(province.reviews().decide(thousand, {}).has_value());
    });
    const double again = milliseconds_of([&] { province.reviews().queue(); });
    std::size_t  next = 1000;
    const double one = median_of([&] {
        SHENBAO_CHECK(province.reviews().decide({roots[next++]}, {}).has_value());
        province.reviews().queue();
    });
    std::printf("review desk, %d filings, milliseconds of the processor\n", filings);
    std::printf("  taken in from the log, verified              %8.1f ms\n", taken);
    std::printf("  the whole queue, read anew                   %8.1f ms\n", queue);
    std::printf("  one filing opened                            %8.2f ms\n", dossier);
    std::printf("  one passed and signed, and the queue after   %8.2f ms\n", one);
    std::printf("  1,000 passed and signed, one transaction     %8.1f ms\n", passed);
    std::printf("  the queue after that                         %8.1f ms\n", again);
    std::printf("  floor: SQLite reading five columns of each   %8.1f ms\n", floor);
    return 0;
}
