// A second notice in the life of one server: published beside it, taken up at once, the first one
// accepted as long as the second says, and both in one log.
#include "server/commands/commands.hpp"
#include "server/handlers/api.hpp"
#include "server/intake/publish.hpp"
#include "tests/server/town.hpp"

#include "shared/base/check.hpp"

#include <doctest/doctest.h>

#include <filesystem>

namespace vectors {
extern const std::string_view anhui_2024;
}

namespace {

using base::Json;
using base::Outcome;
using town::Device;
using town::Town;

Json second() { return *base::parse_json(vectors::anhui_2024); }

// A folder with the package, as the command line takes it.
std::string notice_folder(const Town& town, std::string_view document) {
    const std::string folder = town.data() + "/a-notice";
    std::filesystem::create_directories(folder);
    REQUIRE(commands::write_whole_file(folder + "/package.json", document).has_value());
    return folder;
}

base::Status publish(const Town& town, std::string_view document) {
    return commands::publish_notice(town.data(), notice_folder(town, document));
}

base::NoticeRef ref_of(std::string_view document) { return notice::load(document).package->ref; }

// What the running server answers.
struct Counter {
    explicit Counter(Town& of) : town(of) {}
    Town&               town;
    handlers::Sessions  sessions{town.site()};
    handlers::CodeGuard guard;
    handlers::Pages     pages = *handlers::Pages::load("");
    handlers::Server    server{town.site(), town.intake(), sessions, guard, pages};

    std::string current() {
        return base::parse_json(handlers::server_info(server, {}, {}).body)
            ->at("notice")
            .at("id")
            .get<std::string>();
    }
    handlers::Response notice(const std::string& id) {
        handlers::Request request;
        request.parameters["id"] = id;
        return handlers::notice_document(server, request, {});
    }
};

// A filing of the second notice.
Json filing(Town& town, const Device& device, const char* form, const char* period, Json answers) {
    Json payload = town.declaration(device);
    payload["notice"] = ref_of(vectors::anhui_2024).text();
    payload["form"] = form;
    payload["period"] = period;
    payload["answers"] = std::move(answers);
    return payload;
}

Outcome sent_at(Town& town, const Device& device, const char* time, Json payload) {
    town.site().start_clock_at(town::at(time));
    payload["id"] = payload["root"] =
        envelope::make_envelope_id(town.site().now(), town.site().random()).text();
    payload["anchor"] = town.site().make_anchor();
    return town.submit(device, payload).outcome;
}

} // namespace

TEST_CASE("a wrong package is not published, and every wrong expression is named") {
    Town town;
    Json document = second();
    document["forms"][0]["rules"][1]["check"] = "form.colour = 1";
    document["forms"][1]["computed"][0]["expression"] = "random()";
    document["forms"][4]["rules"][0]["values"][0]["expression"] = "(SELECT x FROM sqlite_schema)";
    const std::string text = base::to_text(document);
    const auto        checked = intake::check_package(text);
    CHECK(!checked.package);
    std::vector<std::string> paths;
    for (const auto& mistake : checked.mistakes) paths.push_back(mistake.path);
    CHECK(paths == std::vector<std::string>{"/forms/0/rules/1/check",
                                            "/forms/1/computed/0/expression",
                                            "/forms/4/rules/0/values/0/expression"});
    const auto before = town.last_index();
    const auto published = publish(town, text);
    REQUIRE(!published);
    CHECK(published.error().outcome == Outcome::bad_package);
    CHECK(published.error().detail.find("/package.json#/forms/4/rules/0") != std::string::npos);
    CHECK(town.last_index() == before);
    CHECK(intake::check_package(vectors::anhui_2024).package.has_value());
}

TEST_CASE("a notice is published beside the running server, once") {
    Town town;
    Counter counter(town);
    CHECK(counter.current() == "anhui-2023-14");
    const std::string first = town.site().current_package()->ref.text();
    const auto        before = town.last_index();
    REQUIRE(publish(town, vectors::anhui_2024).has_value());
    CHECK(town.last_index() == before + 1);
    CHECK(counter.current() == "anhui-2024-09");
    CHECK(counter.notice("anhui-2024-09").body == vectors::anhui_2024);
    CHECK(counter.notice("anhui-2023-14").status == 200); // Both can be read.
    CHECK(counter.notice(first).status == 200);
    CHECK(counter.notice("anhui-2022-01").status == 404);

    REQUIRE(publish(town, vectors::anhui_2024).has_value());
    CHECK(town.last_index() == before + 1);
    town.restart();
    CHECK(town.site().current_package()->ref == ref_of(vectors::anhui_2024));
    CHECK(commands::check(town.data()).has_value());
    // Its envelope is the operator's, under the server's key.
    auto       reader = town.site().reader();
    const auto entry = (*reader)->page(before, 1)->front();
    CHECK(entry.kind == "notice");
    CHECK(entry.unit.text() == "operator");
    CHECK(entry.kid == town.site().key().id());
}

TEST_CASE("the writer takes up a publication without being asked for the notice") {
    Town         town;
    const Device device = town.new_device("D001");
    Json         old = town.declaration(device);
    Json         ended = second();
    ended["accept_until"] = "2023-03-28";
    REQUIRE(publish(town, base::to_text(ended)).has_value());
    CHECK(town.submit(device, old).outcome == Outcome::notice_retired);
}

TEST_CASE("the earlier version is accepted until the day that its successor says, included") {
    Town         town;
    const Device device = town.new_device("D001");
    const Json   old = town.declaration(device);
    REQUIRE(publish(town, vectors::anhui_2024).has_value()); // accept_until 2024-03-20
    // Windows of its own do not matter then; it is late, and late filings are kept.
    CHECK(sent_at(town, device, "2024-03-20T23:59:58+08:00", old) == Outcome::accepted);
    CHECK(sent_at(town, device, "2024-03-21T00:00:00+08:00", old) == Outcome::notice_retired);
    CHECK(sent_at(town, device, "2024-03-21T00:00:01+08:00",
                  filing(town, device, "declaration", "2024-first",
                         {{"certificate", "X001"},
                          {"level", "初级"},
                          {"major", "物流管理"},
                          {"planned_persons", 30}})) == Outcome::accepted);
}

TEST_CASE("when the successor names no day, a dated window of the earlier version must be open") {
    Town         town;
    const Device device = town.new_device("D001");
    const Json   old = town.declaration(device);
    Json         silent = second();
    silent.erase("accept_until");
    REQUIRE(publish(town, base::to_text(silent)).has_value());
    CHECK(sent_at(town, device, "2023-12-27T23:59:58+08:00", old) == Outcome::accepted);
    CHECK(sent_at(town, device, "2023-12-28T00:00:00+08:00", old) == Outcome::notice_retired);
}
