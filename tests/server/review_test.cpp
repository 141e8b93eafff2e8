// Decisions, extensions and the ledger through the real intake, as devices of schools, bureaus and
// the province send them, and the operator's commands beside a running server.
#include "tests/server/town.hpp"

#include "server/commands/commands.hpp"
#include "server/summaries/csv.hpp"
#include "shared/base/csv.hpp"

#include <doctest/doctest.h>

#include <fstream>

namespace {

using base::Json;
using base::Outcome;
using town::Device;

const records::Viewer of_d001{base::UnitId("D001"), "school"};
const records::Viewer of_bozhou{base::UnitId("341600"), "city"};

struct Scene {
    town::Town town;
    Device     school = town.new_device("D001");
    Device     college = town.new_device("D004"); // No bureau reviews it first.
    Device     bureau = town.new_device("341600", "city");
    Device     elsewhere = town.new_device("341300", "city");
    Device     province = with_office().new_device("340000", "province");

    town::Town& with_office() {
        const envelope::UnitEntry office{base::UnitId("340000"), "省协调推进办公室",
                                         "province_office", "", {}};
        REQUIRE(town.site().append_acts({office}).has_value());
        return town;
    }

    // A filing that was accepted.
    Json filed(const Device& device, const Json& payload) {
        REQUIRE(town.submit(device, payload).outcome == Outcome::accepted);
        return payload;
    }
    Json declared(const Device& device, std::int64_t headcount, const char* level = "初级") {
        return filed(device, town.declaration(device, "X002", level, headcount));
    }
    Json withdrawal(const Json& target) {
        return town.withdrawal(school, target.at("id").get<std::string>());
    }
    protocol::LineAnswer decide(const Device& by, const Json& target, const char* stage,
                                const char* verdict, const Json& more = Json::object()) {
        Json payload = town.act("decision", by);
        payload["target"] = target.at("id");
        payload["stage"] = stage;
        payload["verdict"] = verdict;
        payload["approved"] = nullptr;
        payload["remarks"] = Json::array();
        payload["due"] = nullptr;
        payload["reason"] = "";
        payload.update(more);
        return town.submit(by, payload);
    }
    // A final pass out of turn, for filings that only have to be approved.
    void approve(const Json& target, const Json& approved = nullptr) {
        REQUIRE(decide(province, target, "final_review", "pass",
                       {{"approved", approved}, {"reason", "按平台审核结果"}})
                    .outcome == Outcome::accepted);
    }
    protocol::LineAnswer extend(const Device& by, const char* unit, const char* until,
                                const Json& more = Json::object()) {
        Json payload = town.act("extension", by);
        payload["for"] = unit;
        payload["form"] = "declaration";
        payload["period"] = "2023-spring";
        payload["until"] = until;
        payload["reason"] = "因停电，同意延期";
        payload.update(more);
        return town.submit(by, payload);
    }
    records::Summary summary(const records::Viewer& viewer, const char* name,
                             const char* period = nullptr, const char* form = nullptr) {
        records::SummaryQuery query;
        if (period != nullptr) query.period = base::Period(period);
        if (form != nullptr) query.form = base::FormId(form);
        query.package = town.site().current_package();
        auto reader = town.site().reader();
        auto made = (*reader)->summary(viewer, name, query);
        REQUIRE(made.has_value());
        return *made;
    }
    // Some columns of a summary, a line a row.
    std::string told(const records::Viewer& viewer, const char* name,
                     const std::vector<std::string>& columns, const char* period = nullptr,
                     const char* form = nullptr) {
        const records::Summary made = summary(viewer, name, period, form);
        std::string            text;
        for (const auto& row : made.rows) {
            for (std::size_t i = 0; i < row.size(); ++i)
                if (std::find(columns.begin(), columns.end(), made.columns[i]) != columns.end())
                    text += (row[i].is_string() ? row[i].get<std::string>()
                                                : base::to_text(row[i])) + " ";
            text += "\n";
        }
        return text;
    }
    std::string ledger() { return told(of_d001, "ledger", {"kind", "level", "amount", "balance"}); }
    records::FilingRecord record(const Json& filing) {
        auto reader = town.site().reader();
        auto found = (*reader)->find_filing(base::EnvelopeId(filing.at("root").get<std::string>()));
        REQUIRE((found.has_value() && found->has_value()));
        return **found;
    }
    records::Stage stage(const Json& filing) { return record(filing).stage; }
    void           clock(const char* time) { town.site().start_clock_at(town::at(time)); }
};

std::string rule_of(const protocol::LineAnswer& answer) {
    CHECK(answer.outcome == Outcome::rules_failed);
    return answer.findings.empty() ? "" : answer.findings.front().rule.text();
}

const rules::Finding* find_rule(const protocol::LineAnswer& answer, const char* rule) {
    for (const rules::Finding& finding : answer.findings)
        if (finding.rule == base::RuleId(rule)) return &finding;
    return nullptr;
}

} // namespace

TEST_CASE("a filing goes from the school over the bureau to the province, and into the ledger") {
    Scene      scene;
    const Json filing = scene.declared(scene.school, 40);
    CHECK(scene.decide(scene.bureau, filing, "first_review", "pass").outcome == Outcome::accepted);
    CHECK(scene.stage(filing) == records::Stage::first_passed);
    // Passed is frozen for the school, not for the bureau.
    CHECK(scene.town.submit(scene.school, scene.town.replacement(filing, 50)).outcome ==
          Outcome::frozen);
    CHECK(scene.town.submit(scene.school, scene.withdrawal(filing))
              .outcome == Outcome::frozen);
    CHECK(scene.decide(scene.bureau, filing, "first_review", "pass").outcome == Outcome::accepted);
    CHECK(scene.decide(scene.province, filing, "final_review", "pass", {{"approved", 36}})
              .outcome == Outcome::accepted);
    CHECK(scene.record(filing).approved == 36);
    CHECK(scene.decide(scene.bureau, filing, "first_review", "pass").outcome == Outcome::frozen);
    CHECK(scene.ledger() == "round 初级 36 36 \n");
    CHECK(scene.told(town::province, "province", {"planned_headcount", "approved_headcount"}) ==
          "40 36 \n");

    // A second word about what is approved needs a reason and is an exception.
    CHECK(rule_of(scene.decide(scene.province, filing, "final_review", "pass",
                               {{"approved", 30}})) == "reason");
    CHECK(scene.decide(scene.province, filing, "final_review", "pass",
                       {{"approved", 30}, {"reason", "更正"}}).outcome == Outcome::accepted);
    CHECK(scene.decide(scene.province, filing, "final_review", "return", {{"reason", "重新论证"}})
              .outcome == Outcome::accepted);
    CHECK(scene.ledger() == "round 初级 36 36 \nexception 初级 -6 30 \nreversal 初级 -30 0 \n");
    CHECK(!scene.record(filing).approved);

    // The return opens it; the new version starts the way anew.
    const Json again = scene.filed(scene.school, scene.town.replacement(filing, 33));
    CHECK(scene.stage(again) == records::Stage::submitted);
    CHECK(scene.decide(scene.bureau, filing, "first_review", "pass").outcome == Outcome::not_newest);
    CHECK(scene.decide(scene.bureau, again, "first_review", "pass").outcome == Outcome::accepted);
    CHECK(scene.decide(scene.province, again, "final_review", "pass").outcome == Outcome::accepted);
    CHECK(scene.ledger() == "round 初级 36 36 \nexception 初级 -6 30 \nreversal 初级 -30 0 \n"
                            "round 初级 33 33 \n");
    auto store = scene.town.site().open_store();
    CHECK(town::rebuilds_to_the_same(**store));
}

TEST_CASE("refusals of a decision stand in the protocol's order") {
    Scene      scene;
    const Json filing = scene.declared(scene.school, 40);
    const Json newest = scene.filed(scene.school, scene.town.replacement(filing, 50));
    const Json of_college = scene.declared(scene.college, 40);
    const auto outcome = [&](const Device& by, const Json& target, const char* stage,
                             const char* verdict, const Json& more = Json::object()) {
        return scene.decide(by, target, stage, verdict, more).outcome;
    };
    const Json unknown = {{"id", "01870000-0000-7000-8000-000000000001"}};
    // 121 before everything of the target.
    CHECK(outcome(scene.school, newest, "first_review", "pass") == Outcome::unknown_kind);
    CHECK(outcome(scene.bureau, newest, "final_review", "pass") == Outcome::unknown_kind);
    CHECK(outcome(scene.bureau, unknown, "final_review", "pass") == Outcome::unknown_kind);
    CHECK(outcome(scene.school, unknown, "first_review", "pass") == Outcome::unknown_kind);
    CHECK(scene.town.submit(scene.bureau, scene.town.declaration(scene.bureau)).outcome ==
          Outcome::unknown_kind);
    CHECK(outcome(scene.bureau, newest, "first_review", "pass", {{"unit", "341300"}}) ==
          Outcome::foreign_unit);
    // 130: nobody's, or not theirs to see.
    CHECK(outcome(scene.bureau, unknown, "first_review", "pass") == Outcome::unknown_target);
    CHECK(outcome(scene.elsewhere, filing, "first_review", "pass") == Outcome::unknown_target);
    CHECK(outcome(scene.bureau, of_college, "first_review", "pass") == Outcome::unknown_target);
    // 131 before 132 and 140.
    CHECK(outcome(scene.bureau, filing, "first_review", "return") == Outcome::not_newest);
    // 140, and which.
    CHECK(rule_of(scene.decide(scene.bureau, newest, "first_review", "return")) == "reason");
    CHECK(rule_of(scene.decide(scene.bureau, newest, "first_review", "reject",
                               {{"reason", "　 "}})) == "reason");
    CHECK(rule_of(scene.decide(scene.bureau, newest, "first_review", "pass",
                               {{"approved", 40}})) == "approved");
    CHECK(rule_of(scene.decide(scene.bureau, newest, "first_review", "pass",
                               {{"due", "2023-04-10T00:00:00+08:00"}})) == "due");
    CHECK(rule_of(scene.decide(scene.bureau, newest, "first_review", "return",
                               {{"reason", "改"}, {"due", "2023-03-01T00:00:00+08:00"}})) == "due");
    // The province before the bureau: only with a reason (R14).
    CHECK(rule_of(scene.decide(scene.province, newest, "final_review", "pass")) == "reason");
    CHECK(rule_of(scene.decide(scene.province, newest, "first_review", "pass")) == "reason");
    for (const Json& approved : {Json(-1), Json(1000001), Json({40}), Json::array()})
        CHECK(rule_of(scene.decide(scene.province, of_college, "final_review", "pass",
                                   {{"approved", approved}})) == "approved");
    CHECK(outcome(scene.province, of_college, "final_review", "pass", {{"approved", "40"}}) ==
          Outcome::bad_payload);
    CHECK(rule_of(scene.decide(scene.province, of_college, "first_review", "pass",
                               {{"reason", "代审"}})) == "not_decided");
    // Nothing of it left a trace; then it goes through.
    CHECK(scene.stage(newest) == records::Stage::submitted);
    CHECK(outcome(scene.province, of_college, "final_review", "pass") == Outcome::accepted);
    CHECK(outcome(scene.province, newest, "first_review", "pass", {{"reason", "代市级初审"}}) ==
          Outcome::accepted);
    CHECK(outcome(scene.bureau, newest, "first_review", "pass") == Outcome::frozen);
    CHECK(outcome(scene.province, newest, "final_review", "pass") == Outcome::accepted);
    // What is withdrawn is gone.
    const Json gone = scene.declared(scene.school, 35, "中级");
    scene.filed(scene.school, scene.withdrawal(gone));
    CHECK(outcome(scene.bureau, gone, "first_review", "pass") == Outcome::unknown_target);
}

TEST_CASE("what is only received is not decided") {
    Scene      scene;
    const Json filing = scene.declared(scene.school, 40);
    Json       summary = scene.town.declaration(scene.school);
    summary["form"] = "school_summary";
    summary["answers"] = {{"rows", {{{"declaration", filing.at("id")},
                                     {"certificate", "X002"},
                                     {"level", "初级"},
                                     {"headcount", 40}}}},
                          {"contact", "甲"},
                          {"phone", "0558-5551234"}};
    scene.filed(scene.school, summary);
    CHECK(rule_of(scene.decide(scene.bureau, summary, "first_review", "pass")) == "not_decided");
    CHECK(rule_of(scene.decide(scene.province, summary, "final_review", "reject",
                               {{"reason", "不对"}})) == "not_decided");
}

TEST_CASE("late filings wait for an extension, and count from when it comes") {
    Scene      scene;
    const Json first = scene.declared(scene.school, 40);
    scene.clock("2023-04-01T00:00:00+08:00");
    const Json late = scene.filed(scene.school, scene.town.replacement(first, 90));
    const auto planned = [&] {
        return scene.told(town::province, "province", {"planned_headcount"});
    };
    CHECK(planned() == "40 \n");
    CHECK(rule_of(scene.decide(scene.bureau, late, "first_review", "pass")) == "late_not_extended");
    CHECK(scene.extend(scene.bureau, "D001", "2023-04-05T00:00:00+08:00").outcome ==
          Outcome::unknown_kind);
    CHECK(scene.extend(scene.province, "D009", "2023-04-05T00:00:00+08:00").outcome ==
          Outcome::unknown_target);
    CHECK(scene.extend(scene.province, "341600", "2023-04-05T00:00:00+08:00").outcome ==
          Outcome::unknown_form);
    CHECK(scene.extend(scene.province, "D001", "2023-04-05T00:00:00+08:00", {{"period", "2024"}})
              .outcome == Outcome::unknown_form);
    CHECK(rule_of(scene.extend(scene.province, "D001", "2023-03-31T12:00:00+08:00")) == "until");
    CHECK(rule_of(scene.extend(scene.province, "D001", "2023-04-05T00:00:00+08:00",
                               {{"reason", ""}})) == "reason");
    CHECK(rule_of(scene.extend(scene.province, "D001", "2023-06-01T00:00:00+08:00",
                               {{"form", "quota_increase"}, {"period", "2023"}})) == "always_open");
    const auto extended = scene.extend(scene.province, "D001", "2023-04-05T00:00:00+08:00");
    CHECK(extended.outcome == Outcome::accepted);
    CHECK(planned() == "90 \n");
    CHECK(scene.record(late).timing == envelope::Timing::extended);
    CHECK(scene.decide(scene.bureau, late, "first_review", "pass").outcome == Outcome::accepted);

    // From now on filings are extended, up to and with the last moment; those of others are late.
    const auto timing = [&](const Device& device, const Json& payload) {
        const auto answer = scene.town.submit(device, payload);
        REQUIRE(answer.outcome == Outcome::accepted);
        return envelope::open_receipt(answer.receipt, scene.town.site().key().public_key())->timing;
    };
    CHECK(timing(scene.school, scene.town.declaration(scene.school, "X001")) ==
          envelope::Timing::extended);
    CHECK(timing(scene.college, scene.town.declaration(scene.college)) == envelope::Timing::late);
    scene.clock("2023-04-05T00:00:00.5+08:00");
    CHECK(timing(scene.school, scene.town.declaration(scene.school, "X002", "中级")) ==
          envelope::Timing::late);
    auto store = scene.town.site().open_store();
    CHECK(town::rebuilds_to_the_same(**store));
}

TEST_CASE("what is returned may be replaced until its date, also after the window") {
    Scene      scene;
    const Json filing = scene.declared(scene.school, 40);
    scene.clock("2023-04-02T09:00:00+08:00");
    CHECK(scene.decide(scene.bureau, filing, "first_review", "return",
                       {{"reason", "人数与论证不符"}, {"due", "2023-04-04T23:59:59+08:00"}})
              .outcome == Outcome::accepted);
    scene.clock("2023-04-03T09:00:00+08:00");
    const Json mended = scene.filed(scene.school, scene.town.replacement(filing, 45));
    CHECK(scene.record(mended).timing == envelope::Timing::extended);
    CHECK(scene.told(town::province, "province", {"planned_headcount"}) == "45 \n");
    // The date was for that return; the next version has none.
    CHECK(scene.record(scene.filed(scene.school, scene.town.replacement(mended, 46))).timing ==
          envelope::Timing::late);
    // A decision outside the reviewer's window is marked, not refused.
    scene.clock("2023-04-20T09:00:00+08:00");
    const auto answer = scene.decide(scene.bureau, scene.declared(scene.school, 30, "中级"),
                                     "first_review", "reject", {{"reason", "逾期"}});
    REQUIRE(answer.outcome == Outcome::accepted);
    CHECK(envelope::open_receipt(answer.receipt, scene.town.site().key().public_key())->timing ==
          envelope::Timing::late);
}

namespace {

Json increase(Scene& scene, const Device& device, const Json& rows) {
    Json payload = scene.town.declaration(device);
    payload["form"] = "quota_increase";
    payload["period"] = "2023";
    payload["answers"] = {{"rows", rows}, {"contact", "甲"}, {"phone", "0558-5551234"}};
    return payload;
}

Json row(const char* level, std::int64_t before, std::int64_t after) {
    return {{"certificate", "X002"},
            {"level", level},
            {"approved_before", before},
            {"approved_after", after}};
}

Json report(Scene& scene, const Device& device, const char* period, std::int64_t quota,
            std::int64_t cum_assessed) {
    Json payload = scene.town.declaration(device);
    payload["form"] = "monthly_report";
    payload["period"] = period;
    payload["answers"] = {{"quota", quota},          {"month_registered", 5},
                          {"month_assessed", 0},     {"cum_assessed", cum_assessed},
                          {"cum_certified", 0},      {"cum_fee_paid", 1500005},
                          {"cum_fee_unpaid", 0},     {"filler", "甲"},
                          {"phone", "0558-5551234"}};
    return payload;
}

} // namespace

TEST_CASE("an increase stands on the balance it was filed under") {
    Scene scene;
    scene.approve(scene.declared(scene.school, 40));
    scene.approve(scene.declared(scene.school, 60, "中级"));
    const Json asked = scene.filed(
        scene.school,
        increase(scene, scene.school, {row("初级", 40, 100), row("中级", 60, 90)}));
    const Json rival =
        scene.filed(scene.school, increase(scene, scene.school, Json::array({row("中级", 60, 70)})));
    CHECK(scene.decide(scene.bureau, asked, "first_review", "pass").outcome ==
          Outcome::rules_failed); // Straight to the province (C10).
    for (const Json& approved : {Json(100), Json({100}), Json({100, 59}), Json({100, 90, 1}),
                                 Json({39, 90})})
        CHECK(rule_of(scene.decide(scene.province, asked, "final_review", "pass",
                                   {{"approved", approved}})) == "approved");
    CHECK(scene.decide(scene.province, asked, "final_review", "pass", {{"approved", {80, 60}}})
              .outcome == Outcome::accepted);
    CHECK(scene.ledger() == "round 初级 40 40 \nround 中级 60 60 \nincrease 初级 40 80 \n");
    // Its own entries do not stand in the way of a second word.
    CHECK(scene.decide(scene.province, asked, "final_review", "pass", {{"reason", "如数批准"}})
              .outcome == Outcome::accepted);
    CHECK(scene.ledger() == "round 初级 40 40 \nround 中级 60 60 \nincrease 初级 40 80 \n"
                            "increase 中级 30 90 \nexception 初级 20 100 \n");
    // The rival was filed when 中级 stood at 60.
    const auto moved = scene.decide(scene.province, rival, "final_review", "pass");
    CHECK(rule_of(moved) == "approved_before_moved");
    CHECK(moved.findings.front().text.find("第1行") != std::string::npos);
    CHECK(moved.findings.front().text.find("60人") != std::string::npos);
    CHECK(moved.findings.front().text.find("90人") != std::string::npos);
    // The rules see the ledger as well: before is what stands there.
    const Json stale = Json::array({row("初级", 40, 120)});
    CHECK(scene.town.submit(scene.school, increase(scene, scene.school, stale)).outcome ==
          Outcome::rules_failed);
    auto store = scene.town.site().open_store();
    CHECK(town::rebuilds_to_the_same(**store));
}

TEST_CASE("a report's quota that has moved since its anchor is told, not refused") {
    Scene      scene;
    const Json filing = scene.declared(scene.school, 300);
    scene.approve(filing);
    scene.clock("2023-05-20T09:00:00+08:00");
    const Json ready = report(scene, scene.school, "2023-05", 300, 75);
    CHECK(find_rule(scene.town.submit(scene.school, ready), "quota_moved") == nullptr);
    const Json again = scene.town.replacement(ready, 0);
    Json       replacing = again;
    replacing["answers"] = ready.at("answers");
    scene.clock("2023-05-21T09:00:00+08:00");
    scene.approve(filing, 400);
    const auto answer = scene.town.submit(scene.school, replacing);
    CHECK(answer.outcome == Outcome::accepted);
    const rules::Finding* moved = find_rule(answer, "quota_moved");
    REQUIRE(moved != nullptr);
    CHECK(moved->severity == notice::Severity::warning);
    CHECK(moved->text.find("300人") != std::string::npos);
    CHECK(moved->text.find("400人") != std::string::npos);
    CHECK(scene.told(town::province, "progress", {"quota", "cum_rate", "approved_quota"},
                     "2023-05") == "300 2500 400 \n");
}

TEST_CASE("progress: what counts of a month, rates half up, the province by sums") {
    Scene scene;
    scene.approve(scene.declared(scene.school, 300));
    scene.approve(scene.declared(scene.college, 800));
    const Device other = scene.town.new_device("D002");
    scene.clock("2023-05-20T09:00:00+08:00");
    scene.filed(scene.school, report(scene, scene.school, "2023-05", 300, 100));
    scene.filed(scene.college, report(scene, scene.college, "2023-05", 800, 1));
    scene.filed(other, report(scene, other, "2023-05", 0, 0));
    const std::vector<std::string> columns = {"school_code", "quota", "cum_assessed", "cum_rate"};
    CHECK(scene.told(town::province, "progress", columns, "2023-05") ==
          "D001 300 100 3333 \nD002 0 0 null \nD004 800 1 13 \n");
    CHECK(scene.told(of_bozhou, "progress", columns, "2023-05") ==
          "D001 300 100 3333 \nD002 0 0 null \n");
    CHECK(scene.told(town::province, "progress-province", {"schools", "quota", "cum_rate"},
                     "2023-05") == "3 1100 918 \n");
    CHECK(scene.told(town::province, "progress-by-city", {"city", "cum_rate"}, "2023-05") ==
          "亳州市 3333 \n合肥市 13 \n");
    CHECK(scene.told(town::province, "progress", columns, "2023-06").empty());
    // Without a month: the newest report of each school.
    CHECK(scene.told(of_d001, "progress", columns) == "D001 300 100 3333 \n");
    const std::string csv = summaries::to_csv(scene.summary(of_d001, "progress", "2023-05"),
                                              *scene.town.site().current_package());
    CHECK(csv.find("累计完成率（%）") != std::string::npos);
    CHECK(csv.find(",33.33,") != std::string::npos);
    CHECK(csv.find(",15000.05,") != std::string::npos);
}

TEST_CASE("missing: who should file and has nothing that counts") {
    Scene scene;
    scene.declared(scene.school, 40);
    const std::vector<std::string> columns = {"school_code", "timing"};
    CHECK(scene.told(town::province, "missing", columns, "2023-spring") ==
          "D002 null \nD003 null \nD004 null \n");
    CHECK(scene.told(of_bozhou, "missing", columns, "2023-spring") == "D002 null \n");
    CHECK(scene.told(of_bozhou, "missing", columns, "2023-05", "monthly_report") ==
          "D001 null \nD002 null \n");
    scene.clock("2023-04-02T09:00:00+08:00");
    scene.declared(scene.college, 50);
    CHECK(scene.told(town::province, "missing", columns, "2023-spring") ==
          "D002 null \nD003 null \nD004 late \n");
}

TEST_CASE("a form's id is a summary: every filing that counts, a line a row of its table") {
    Scene scene;
    scene.approve(scene.declared(scene.school, 40));
    scene.approve(scene.declared(scene.school, 60, "中级"));
    scene.filed(scene.school,
                increase(scene, scene.school, {row("初级", 40, 100), row("中级", 60, 90)}));
    CHECK(scene.told(of_d001, "declaration", {"stage", "certificate", "headcount"}) ==
          "approved X002 40 \napproved X002 60 \n");
    CHECK(scene.told(town::province, "quota_increase",
                     {"contact", "row", "level", "approved_before", "approved_after"}) ==
          "甲 1 初级 40 100 \n甲 2 中级 60 90 \n");
    CHECK(scene.told(of_bozhou, "quota_increase", {"row"}, "2022").empty());
    const std::string csv = summaries::to_csv(scene.summary(of_d001, "quota_increase"),
                                              *scene.town.site().current_package());
    CHECK(csv.find("调增后人数") != std::string::npos);
    // A certificate by its code and by its name.
    CHECK(csv.find(",证书代码,证书名称,") != std::string::npos);
    const std::string name = town::catalogue()[1].name;
    CHECK(csv.find(",X002," + name + ",") != std::string::npos);
    CHECK(scene.told(of_d001, "declaration", {"certificate", "certificate_name"}) ==
          "X002 " + name + " \nX002 " + name + " \n");
}

TEST_CASE("the changes feed of a school tells what others did about it, and nothing else") {
    Scene      scene;
    const Json mine = scene.declared(scene.school, 40);
    scene.declared(scene.college, 50);
    CHECK(scene.decide(scene.bureau, mine, "first_review", "pass").outcome == Outcome::accepted);
    CHECK(scene.extend(scene.province, "D001", "2023-04-05T00:00:00+08:00").outcome ==
          Outcome::accepted);
    CHECK(scene.extend(scene.province, "D004", "2023-04-05T00:00:00+08:00").outcome ==
          Outcome::accepted);
    const auto kinds = [&](const records::Viewer& viewer, std::int64_t after = 0, int limit = 100) {
        auto        reader = scene.town.site().reader();
        std::string text;
        const auto  list = (*reader)->changes(viewer, after, limit);
        for (const auto& entry : *list) text += entry.kind + " ";
        return text;
    };
    CHECK(kinds(of_d001) == "filing decision extension ");
    CHECK(kinds(of_bozhou) == "filing decision extension ");
    CHECK(kinds({base::UnitId("D004"), "school"}) == "filing extension ");
    CHECK(kinds({base::UnitId("341300"), "city"}).empty());
    CHECK(kinds(town::province) == "filing filing decision extension extension ");
    CHECK(kinds(of_d001, 0, 2) == "filing decision ");
    auto reader = scene.town.site().reader();
    CHECK(kinds(of_d001, *(*reader)->as_of(of_d001)).empty());
}

TEST_CASE("the operator decides and extends beside the running server") {
    Scene      scene;
    const Json filing = scene.declared(scene.school, 40);
    const Json of_college = scene.declared(scene.college, 50);
    REQUIRE(scene.town.site().keep_clock().has_value());
    const std::string data = scene.town.data();
    const std::string id = filing.at("id").get<std::string>();
    const auto        outcome = [](const base::Status& status) {
        return status ? Outcome::accepted : status.error().outcome;
    };
    commands::DecideOptions pass;
    pass.verdict = "pass";
    CHECK(outcome(commands::decide(data, id, pass)) == Outcome::rules_failed); // Out of turn.
    pass.verdict = "perhaps";
    CHECK(outcome(commands::decide(data, id, pass)) == Outcome::wrong_use);
    pass.verdict = "pass";
    pass.reason = "按国家平台审核结果";
    pass.approved = "36人";
    CHECK(outcome(commands::decide(data, id, pass)) == Outcome::wrong_use);
    pass.approved = "36";
    for (const char* wrong : {"heads=请核对", "rows.headcount=请核对", "headcount"}) {
        pass.remarks = {wrong};
        CHECK(outcome(commands::decide(data, id, pass)) == Outcome::wrong_use);
    }
    pass.remarks = {"headcount=请核对"};
    CHECK(outcome(commands::decide(data, id, pass)) == Outcome::accepted);
    CHECK(scene.ledger() == "round 初级 36 36 \n");
    CHECK(outcome(commands::decide(data, "x", pass)) == Outcome::not_found_locally);
    // The running server sees it: the filing is frozen, and the rules have the balance.
    CHECK(scene.town.submit(scene.school, scene.town.replacement(filing, 50)).outcome ==
          Outcome::frozen);
    const Json more = Json::array({row("初级", 36, 40)});
    const auto answer = scene.town.submit(scene.school, increase(scene, scene.school, more));
    CHECK(answer.outcome == Outcome::accepted);
    // Dated by the server's time of the rehearsal, and signed by its key.
    auto reader = scene.town.site().reader();
    const auto change = (*reader)->changes(of_d001, 0, 100);
    REQUIRE(change->size() == 3);
    CHECK((*change)[1].unit == base::UnitId("operator"));
    CHECK(base::to_iso(base::date_of((*change)[1].received_at)) == "2023-03-29");
    CHECK((*change)[1].received_at <= (*change)[2].received_at);

    commands::ExtendOptions extension{"D001", "declaration", "2023-spring", "2023-04-10", "停电"};
    CHECK(outcome(commands::extend(data, extension)) == Outcome::accepted);
    CHECK(**(*reader)->extended_until(base::UnitId("D001"), base::FormId("declaration"),
                                      base::Period("2023-spring")) <
          town::at("2023-04-11T00:00:00+08:00"));
    extension.unit = "D999";
    CHECK(outcome(commands::extend(data, extension)) == Outcome::unknown_target);
    extension.until = "soon";
    CHECK(outcome(commands::extend(data, extension)) == Outcome::wrong_use);
    scene.clock("2023-04-10T23:59:59+08:00");
    CHECK(scene.record(scene.declared(scene.school, 45, "中级")).timing ==
          envelope::Timing::extended);
    CHECK(commands::check(data).has_value());
}

TEST_CASE("the platform's numbers in bulk: matched by code, previewed, all or nothing") {
    Scene      scene;
    const Json first = scene.declared(scene.school, 40);
    const Json second = scene.declared(scene.school, 60, "中级");
    const Json third = scene.declared(scene.college, 50);
    REQUIRE(scene.town.site().keep_clock().has_value());
    const town::Folder folder;
    const std::string  file = folder.path + "/approved.csv";
    const auto         run = [&](const std::string& rows, commands::Apply apply,
                         const std::string& reason = "按国家平台审核结果") {
        std::ofstream(file) << "school_code,certificate,level,approved\n" << rows;
        const auto status = commands::decide_file(scene.town.data(), file, "", reason, apply);
        return status ? std::string("done") : status.error().detail;
    };
    using enum commands::Apply;
    const std::string good = "D001,X002,初级,36\nD001,X002,中级,60\nD004,X002,初级,50\n";
    CHECK(run(good, preview) == "done");
    CHECK(scene.stage(first) == records::Stage::submitted);
    // One bad row, whatever is wrong with it, and nothing is written.
    const auto wrong = [&](const char* bad, const char* says) {
        CAPTURE(bad);
        CHECK(run(good + bad, write).find(says) != std::string::npos);
        CHECK(scene.stage(first) == records::Stage::submitted);
        CHECK(scene.ledger().empty());
    };
    wrong("D002,X002,初级,10\n", "第5行“level”列：谯城示例职高没有申报");
    wrong("D099,X002,初级,10\n", "第5行“school_code”列：没有这个单位");
    wrong("亳州示例中专,X002,初级,10\n", "第5行“school_code”列：没有这个单位");
    wrong("D001,示例网页开发,初级,10\n", "第5行“certificate”列：目录中没有这个证书代码");
    wrong("D001,X002,高级,10\n", "第5行“level”列");
    wrong("D001,X002,初级,36\n", "前面已有一行");
    wrong("D003,X002,初级,1O\n", "第5行“approved”列");
    CHECK(run(good, write, "").find("须写明原因") != std::string::npos); // Out of turn.
    CHECK(scene.stage(third) == records::Stage::submitted);
    CHECK(run(good, write) == "done");
    CHECK(scene.record(first).approved == 36);
    CHECK(scene.record(second).approved == 60);
    CHECK(scene.stage(third) == records::Stage::approved);
    const auto last = scene.town.last_index();
    CHECK(run(good, write) == "done"); // The same file again changes nothing.
    CHECK(scene.town.last_index() == last);
    auto store = scene.town.site().open_store();
    CHECK(town::rebuilds_to_the_same(**store));
}

TEST_CASE("the ledger's CSV adds up in a spreadsheet: what is taken away has a column of its own") {
    Scene                  scene;
    const records::Summary ledger{.columns = {"level", "amount", "balance"},
                                  .rows = {{"初级", 100, 100}, {"初级", -40, 60}}};
    CHECK(summaries::to_csv(ledger, *scene.town.site().current_package()) ==
          std::string(base::csv_mark) + "级别,增加人数,减少人数,余额\r\n初级,100,0,100\r\n初级,0,40,60\r\n");
    // A notice's own field may have that name.
    notice::Field own;
    own.label = "数量";
    CHECK(summaries::to_csv({.columns = {"amount"}, .fields = {{&own, false}}, .rows = {{7}}},
                            *scene.town.site().current_package()) ==
          std::string(base::csv_mark) + "数量\r\n7\r\n");
}
