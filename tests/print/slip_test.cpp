#include "shared/print/slip.hpp"

#include <doctest/doctest.h>

#include <cstdio>

namespace {

constexpr std::string_view page = "https://shenbao.example.cn/";
constexpr std::string_view code = "7K3Q-X0M9-TA2B";

// The path of an SVG of ours as rows of modules, # for dark ones.
std::string modules(std::string_view svg) {
    int size = 0;
    REQUIRE(std::sscanf(std::string(svg).c_str(), "<svg viewBox=\"-4 -4 %d", &size) == 1);
    size -= 8;
    std::string              all;
    std::vector<std::string> rows(std::size_t(size), std::string(std::size_t(size), '.'));
    std::size_t              at = svg.find("d=\"") + 3;
    while (svg[at] == 'M') {
        int x = 0, y = 0, run = 0;
        REQUIRE(std::sscanf(std::string(svg.substr(at, 24)).c_str(), "M%d %dh%dv1h", &x, &y,
                            &run) == 3);
        for (int i = 0; i < run; ++i) rows[std::size_t(y)][std::size_t(x + i)] = '#';
        at = svg.find('z', at) + 1;
    }
    for (const std::string& one : rows) all += one + "\n";
    return all;
}

} // namespace

TEST_CASE("the address of a slip carries the code in its fragment, and gives it back") {
    const std::string address = print::enrolment_address(page, code);
    CHECK(address == "https://shenbao.example.cn/#code=7K3Q-X0M9-TA2B");
    CHECK(print::code_in_address(address) == code);
    CHECK(print::code_in_address(page).empty());
    CHECK(print::code_in_address("https://shenbao.example.cn/?#code=").empty());
    CHECK(print::code_in_address("https://shenbao.example.cn/#other").empty());
}

TEST_CASE("the QR code of one code's address, module by module") {
    // As `qrencode -8 -l M` of libqrencode 4.1.1 draws it, another program of other people.
    CHECK(modules(print::qr_svg(print::enrolment_address(page, code))) == R"(#######...###...#.####.#..#######
#.....#..#.##..##.#..#..#.#.....#
#.###.#.#.#...#......####.#.###.#
#.###.#.##..#..#..#.....#.#.###.#
#.###.#.##...#####..###...#.###.#
#.....#.#...###....#.#..#.#.....#
#######.#.#.#.#.#.#.#.#.#.#######
........#.#.#.#.#.#####..........
#.#####..#..###..#.##.#.#.#####..
..#.#..##.##.#..######.#..##.####
.#.#..###.#.######..#...#.#.#.#..
#.####..####.#...##.##.#....####.
.....####..##.###..#####.....#.##
#.###..##..#...#..#......##..####
###..##.#..#.#.##...#.#..##..#.#.
..###...##.#..##.....##..##.###..
.#.#.##.#..#.###.##....###.##.#.#
#...##.#....#.....####.#.###.####
.#######..##...##.#.#......##.#..
###..#..##..###.#....#.....#####.
.###.##...##.#....#..#..##.###.#.
##..##.####.######..#..##..#....#
#...###...#.#....#.#..#......#.#.
#.###..#..###...#.####..####..###
#.#######.###....#.#..########.##
........#.#.###..####...#...#.#.#
#######..##.##.#.#....###.#.#.##.
#.....#.##.#..#.###....##...###..
#.###.#.#.#...#.#..####.######.#.
#.###.#.##.#...#..#..#..##..#.#.#
#.###.#.#.##.######.###...##.#...
#.....#..#..#..#.....###.##.###..
#######.#.####.#.#..#.#.##.#.###.
)");
    CHECK(print::qr_svg(std::string(500, 'x')).empty());
    CHECK(!print::qr_svg(std::string(287, 'x')).empty());
    CHECK(print::qr_svg(std::string(288, 'x')).empty());
}

TEST_CASE("slips: a page each, escaped, without a QR code where nobody knows the address") {
    const base::Time  until{1700000000000000};
    const std::string html = print::slips({{"甲<校>&", std::string(code), until, std::string(page)},
                                           {"乙校", "AAAA-BBBB-CCCC", until, ""}});
    CHECK(html.find("甲&lt;校&gt;&amp;") != html.npos);
    CHECK(html.find("<svg") != html.npos);
    CHECK(html.find("<svg") == html.rfind("<svg"));
    CHECK(html.find("2023年11月15日前有效") != html.npos);
    CHECK(html.find("<script") == html.npos);
}
