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

base::Status publish(Town& town, std::string_view document) {
    REQUIRE(town.site().keep_clock().has_value()); // The command has the server's time.
    return commands::publish_notice(town.data(), notice_folder(town, document));
}

base::NoticeRef ref_of(std::string_view document) { return notice::load(document).package->ref; }

// 附件3 for the certificate that every declaration here is about: from 40 to 60.
Json increase_of(Town& town, const Device& school) {
    Json increase = town.declaration(school);
    increase["form"] = "quota_increase";
    increase["period"] = "2023";
    increase["answers"] = {{"rows", {{{"certificate", "X002"},
                                      {"level", "初级"},
                                      {"approved_before", 40},
                                      {"approved_after", 60}}}},
                           {"contact", "王芳"},
                           {"phone", "0558-5550000"}};
    return increase;
}

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

Json declared(const char* certificate, const char* level, const char* major, std::int64_t persons) {
    return {{"certificate", certificate},
            {"level", level},
            {"major", major},
            {"planned_persons", persons}};
}

Json report(std::int64_t quota, std::int64_t assessed) {
    return {{"quota", quota},          {"month_registered", 5},  {"month_assessed", assessed},
            {"cum_assessed", assessed}, {"cum_fee_paid", 150000}, {"cum_fee_unpaid", 0},
            {"filler", "王芳"},         {"phone", "0558-5550000"}};
}

// The rows of a summary as the server answers them.
Json rows_of(Counter& counter, const char* name, const char* period) {
    handlers::Request request;
    request.parameters["name"] = name;
    request.query["period"] = period;
    const auto answer = handlers::summary(counter.server, request, town::province);
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
    return base::parse_json(answer.body)->at("rows");
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

TEST_CASE("when the successor names no day, the windows that were open at its publication end it") {
    Town         town;
    Counter      counter(town);
    const Device device = town.new_device("D001");
    const Json   old = town.declaration(device);
    Json         silent = second();
    silent.erase("accept_until");
    REQUIRE(publish(town, base::to_text(silent)).has_value()); // On 29 March, in the spring round.
    // The last of them is that of the summaries, until 3 April.
    CHECK(sent_at(town, device, "2023-04-03T23:59:58+08:00", old) == Outcome::accepted);
    CHECK(sent_at(town, device, "2023-04-04T00:00:00+08:00", old) == Outcome::notice_retired);
    // A later window of the earlier version does not bring it back.
    CHECK(sent_at(town, device, "2023-09-20T09:00:00+08:00", old) == Outcome::notice_retired);
    const Json info = *base::parse_json(handlers::server_info(counter.server, {}, {}).body);
    CHECK(info.at("notices").at(0).at("until") == "2023-04-04T00:00:00+08:00");
    CHECK(info.at("notices").at(1).at("until").is_null());
    CHECK(info.at("notices").at(1).at("sha256") == info.at("notice").at("sha256"));
}

TEST_CASE("without a day and an open window the earlier version ends with the publication") {
    Town         town;
    const Device device = town.new_device("D001");
    const Json   old = town.declaration(device);
    Json         silent = second();
    silent.erase("accept_until");
    town.site().start_clock_at(town::at("2023-04-10T09:00:00+08:00"));
    REQUIRE(publish(town, base::to_text(silent)).has_value());
    CHECK(sent_at(town, device, "2023-04-10T09:00:02+08:00", old) == Outcome::notice_retired);
}

TEST_CASE("an increase that was returned is mended under its notice after that has ended") {
    Town         town;
    const Device school = town.new_device("D001");
    REQUIRE(town.site().keep_clock().has_value());
    const auto decide = [&](const std::string& id, commands::DecideOptions options) {
        const auto decided = commands::decide(town.data(), id, options);
        CHECK_MESSAGE(decided.has_value(), (decided ? "" : decided.error().detail));
    };
    const Json declared_first = town.declaration(school, "X002", "初级", 40);
    REQUIRE(town.submit(school, declared_first).outcome == Outcome::accepted);
    commands::DecideOptions pass;
    pass.verdict = "pass";
    pass.stage = "final_review";
    pass.reason = "按平台审核结果";
    decide(declared_first.at("id").get<std::string>(), pass);
    Json increase = increase_of(town, school);
    increase["anchor"] = town.site().make_anchor();
    REQUIRE(town.submit(school, increase).outcome == Outcome::accepted);
    commands::DecideOptions back;
    back.verdict = "return";
    back.stage = "final_review";
    back.reason = "请核对人数";
    back.due = "2024-04-05";
    decide(increase.at("id").get<std::string>(), back);
    REQUIRE(publish(town, vectors::anhui_2024).has_value()); // Taken until 2024-03-20.
    Json mended = increase;
    mended["replaces"] = increase.at("id");
    const auto send = [&](const char* time) {
        town.site().start_clock_at(town::at(time));
        mended["id"] = envelope::make_envelope_id(town.site().now(), town.site().random()).text();
        mended["anchor"] = town.site().make_anchor();
        return town.submit(school, mended).outcome;
    };
    CHECK(send("2024-04-05T23:59:50+08:00") == Outcome::accepted);
    CHECK(send("2024-04-06T00:00:01+08:00") == Outcome::notice_retired);
}

TEST_CASE("both notices in one log: what was filed stays, and totals are each period's own") {
    Town         town;
    Counter      counter(town);
    const Device school = town.new_device("D001");
    const Device college = town.new_device("D004");
    const auto   take = [&](const Device& device, const Json& payload) {
        const auto answer = town.submit(device, payload);
        CHECK_MESSAGE(answer.outcome == Outcome::accepted, base::to_text(to_json(answer.findings)));
        return payload.at("id").get<std::string>();
    };
    const auto approve = [&](const std::string& id, const char* approved) {
        commands::DecideOptions options;
        options.verdict = "pass";
        options.stage = "final_review";
        options.approved = approved;
        options.reason = "按平台审核结果";
        const auto decided = commands::decide(town.data(), id, options);
        CHECK_MESSAGE(decided.has_value(), (decided ? "" : decided.error().detail));
    };
    REQUIRE(town.site().keep_clock().has_value());

    // 2023: declared and approved, and an increase that is still open when the next notice comes.
    approve(take(school, town.declaration(school, "X002", "初级", 40)), "40");
    Json increase = increase_of(town, school);
    increase["anchor"] = town.site().make_anchor();
    const std::string waiting = take(school, increase);
    const Json        spring = rows_of(counter, "by-school", "2023-spring");

    REQUIRE(publish(town, vectors::anhui_2024).has_value());
    town.site().start_clock_at(town::at("2024-03-12T09:00:00+08:00"));
    REQUIRE(town.site().keep_clock().has_value());
    const std::string first =
        take(school, filing(town, school, "declaration", "2024-first",
                            declared("X002", "初级", "软件技术", 35)));
    take(college,
         filing(town, college, "declaration", "2024-first", declared("X002", "初级", "软件技术", 50)));
    take(school, filing(town, school, "school_summary", "2024-first",
                        {{"contact", "王芳"},
                         {"rows", {{{"declaration", first},
                                    {"certificate", "X002"},
                                    {"level", "初级"},
                                    {"major", "软件技术"},
                                    {"planned_persons", 35}}}}}));
    Json assessors = {{"site", "实训楼"}, {"contact", "王芳"}, {"phone", "0558-5550000"}};
    for (const char* name : {"李敏", "赵倩"})
        assessors["rows"].push_back({{"name", name},
                                     {"title", "副高级"},
                                     {"certificate", "X002"},
                                     {"hours", 40},
                                     {"fee", 120000},
                                     {"mobile", "13800000000"}});
    take(school, filing(town, school, "assessor_list", "2024-first", assessors));

    // The renamed field is counted as what it is.
    CHECK(rows_of(counter, "by-school", "2024-first").at(0).at("planned_headcount") == 35);
    CHECK(rows_of(counter, "by-certificate", "2024-first").at(0).at("planned_headcount") == 85);
    CHECK(rows_of(counter, "province", "2024-first").at(0).at("planned_headcount") == 85);
    CHECK(rows_of(counter, "province", "2023-spring").at(0).at("planned_headcount") == 40);
    CHECK(rows_of(counter, "by-school", "2023-spring") == spring);
    // Each form field by field, under the names of the notice it was filed under.
    CHECK(rows_of(counter, "declaration", "2024-first").at(0).at("major") == "软件技术");
    CHECK(rows_of(counter, "declaration", "2023-spring").at(0).at("headcount") == 40);
    const Json listed = rows_of(counter, "assessor_list", "2024-first");
    REQUIRE(listed.size() == 2);
    CHECK(listed.at(1).at("name") == "赵倩");
    CHECK(listed.at(1).at("fee") == 120000);

    // The increase of 2023 is decided under its own notice, and stays in its own year.
    approve(waiting, "55");
    approve(first, "30");
    town.site().start_clock_at(town::at("2024-04-02T09:00:00+08:00"));
    take(school, filing(town, school, "progress_report", "2024-04", report(30, 6)));
    const Json progress = rows_of(counter, "progress", "2024-04").at(0);
    CHECK(progress.at("quota") == 30);
    CHECK(progress.at("cum_rate") == 2000);
    CHECK(progress.at("cum_certified").is_null()); // The form has it no more.
    town.site().start_clock_at(town::at("2024-04-03T09:00:00+08:00"));
    take(school, filing(town, school, "increase_request", "2024",
                        {{"rows", {{{"certificate", "X002"},
                                    {"level", "初级"},
                                    {"approved_before", 30},
                                    {"approved_after", 45}}}},
                         {"contact", "王芳"},
                         {"phone", "0558-5550000"}}));
    const auto balance = [&](const char* year) {
        auto reader = town.site().reader();
        return (*reader)->balances({school.unit, year, {}, {}})->at(0).approved;
    };
    CHECK(balance("2023") == 55);
    CHECK(balance("2024") == 30);
    auto reader = town.site().reader();
    CHECK(town::rebuilds_to_the_same(**reader));
}

TEST_CASE("an extension of last year's window holds after the version has ended") {
    Town         town;
    const Device school = town.new_device("D001");
    const Device college = town.new_device("D004");
    Json         old = town.declaration(school);
    Json         other = town.declaration(college);
    REQUIRE(publish(town, vectors::anhui_2024).has_value());
    CHECK(sent_at(town, school, "2024-03-25T09:00:00+08:00", old) == Outcome::notice_retired);
    REQUIRE(town.site().keep_clock().has_value());
    commands::ExtendOptions options;
    options.unit = "D001";
    options.form = "declaration";
    options.period = "2023-spring";
    options.until = "2024-03-26";
    options.reason = "因停电，同意延期";
    REQUIRE(commands::extend(town.data(), options).has_value());
    CHECK(sent_at(town, school, "2024-03-26T23:59:58+08:00", old) == Outcome::accepted);
    CHECK(sent_at(town, college, "2024-03-26T23:59:58+08:00", other) == Outcome::notice_retired);
    CHECK(sent_at(town, school, "2024-03-27T00:00:00+08:00", old) == Outcome::notice_retired);
}
