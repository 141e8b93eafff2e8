// A school's whole year under the shipped notice, in rehearsal time: its desk and the server in one
// process, with every URL in between and no socket. What must come out is worked out by hand in the
// tables below.
#include "server/commands/commands.hpp"
#include "server/commands/filling.hpp"
#include "tests/server/machine.hpp"

#include <doctest/doctest.h>

namespace {

using base::Json;
using base::Outcome;
using device::MatterState;

// approved: what the ledger comes to for this certificate and level.
struct Booked {
    const char*  at; // The day on which it was decided.
    const char*  certificate;
    const char*  level;
    const char*  kind;
    std::int64_t amount, balance;
};
const Booked ledger_by_hand[] = {
    {"2023-04-06", "X001", "初级", "round", 40, 40},
    {"2023-04-06", "X002", "中级", "round", 50, 50}, // 60 were declared.
    {"2023-06-10", "X002", "中级", "increase", 30, 80},
    {"2023-10-10", "X002", "初级", "round", 35, 35},
    {"2023-10-10", "X001", "中级", "round", 20, 20}, // Late, extended, then approved.
};

// The reports: quota is what the ledger said on that day. July and August are not reported; their
// 15 persons are in September's sum. Rates in hundredths of a percent.
struct Month {
    const char*  day;
    const char*  period;
    const char*  registered;
    const char*  assessed;
    const char*  cum_assessed;
    const char*  cum_certified;
    const char*  paid;   // As typed.
    std::int64_t quota, rate, paid_fen;
    const char*  expected_hints; // Beside those that always stand there.
    const char*  explain;
};
const Month months_by_hand[] = {
    {"2023-05-26", "2023-05", "30", "27", "27", "20", "5.4万元", 90, 3000, 5400000, "", ""},
    // 33 of 120: the rate falls, because the quota has risen.
    {"2023-06-20", "2023-06", "8", "6", "33", "25", "6.6万元", 120, 2750, 6600000, "rate_falls", ""},
    {"2023-09-26", "2023-09", "12", "12", "60", "45", "12万元", 120, 5000, 12000000, "", ""},
    {"2023-10-26", "2023-10", "10", "10", "70", "60", "140000元", 175, 4000, 14000000,
     "rate_falls", ""},
    // Nobody was assessed: a zero report.
    {"2023-11-27", "2023-11", "0", "0", "70", "70", "14万元", 175, 4000, 14000000,
     "nobody_registered", ""},
    // More than the month before plus this month: a correction, with its reason.
    {"2023-12-27", "2023-12", "70", "68", "140", "100", "28万元", 175, 8000, 28000000, "",
     "assessed_equals_sum=11月漏报2人"},
};

const base::UnitId school("D001");

class Year {
public:
    Year() {
        // X001 has another level, and neither certificate a least number: no warning in the way.
        REQUIRE(town.site()
                    .append_acts({envelope::CatalogueEntry{base::CertificateId("X001"), 1,
                                                           "示例物流管理", "示例物流公司",
                                                           {"初级", "中级"}, {}}})
                    .has_value());
        day("2023-03-29T09:00:00+08:00");
        machine.emplace(service, "D001", "school", "2023-03-29T09:00:00+08:00");
        desk = &machine->desk();
    }

    // It is this moment everywhere: at the server, at the desk and for commands beside the server.
    void day(const std::string& time) {
        town.site().start_clock_at(town::at(time.c_str()));
        REQUIRE(town.site().keep_clock().has_value());
        if (machine) machine->clock().set(town::at(time.c_str()));
    }

    device::Report sync() {
        const device::Report report = machine->sync();
        for (const auto& item : desk->refused())
            CHECK_MESSAGE(false, item.form.text(), item.refusal->detail);
        return report;
    }

    // Filled, signed and sent.
    base::EnvelopeId file(const commands::Filling& filling) {
        const auto root = commands::fill(*desk, filling);
        REQUIRE_MESSAGE(root.has_value(), (root ? "" : root.error().detail));
        sync();
        return *root;
    }
    base::EnvelopeId declare(const char* certificate, const char* level, const char* heads,
                             std::vector<std::string> explanations = {}) {
        return file({"附件1",
                     "",
                     "",
                     {std::string("certificate=") + certificate, std::string("level=") + level,
                      std::string("headcount=") + heads},
                     {},
                     std::move(explanations)});
    }
    void approve(const base::EnvelopeId& root, const char* approved) {
        commands::DecideOptions options;
        options.stage = "final_review";
        options.verdict = "pass";
        options.approved = approved;
        options.reason = "按平台审核结果";
        const auto decided = commands::decide(town.data(), root.text(), options);
        REQUIRE_MESSAGE(decided.has_value(), (decided ? "" : decided.error().detail));
    }
    Json summary(const char* name, const char* period) {
        handlers::Request request;
        request.parameters["name"] = name;
        if (*period != '\0') request.query["period"] = period;
        const auto answer = handlers::summary(service.server(), request, town::province);
        REQUIRE(answer.status == 200);
        return base::parse_json(answer.body)->at("rows");
    }
    MatterState state(const base::EnvelopeId& root) { return desk->find_matter(root)->state; }
    envelope::Timing timing(const base::EnvelopeId& root) {
        auto reader = town.site().reader();
        return (*(*reader)->find_filing(root))->timing;
    }
    // The ids of the rules that have something to say, without those that always do.
    std::string hints(const base::EnvelopeId& root) {
        const auto  judgement = desk->judge(root);
        std::string ids;
        for (const rules::Finding& finding : judgement->findings)
            if (finding.rule.text() != "quota_source" && finding.rule.text() != "fee_total" &&
                finding.severity == notice::Severity::hint)
                ids += (ids.empty() ? "" : " ") + finding.rule.text();
        return ids;
    }

    town::Town                   town;
    town::Service                service{town};
    std::optional<town::Machine> machine;
    device::Desk*                desk = nullptr; // Of the machine.
};

void check_ledger(Year& year, std::size_t entries) {
    const auto kept = year.desk->ledger();
    REQUIRE(kept.size() == entries);
    for (std::size_t i = 0; i < entries; ++i) {
        const Booked& booked = ledger_by_hand[i];
        CAPTURE(i);
        CHECK(base::to_iso(base::date_of(kept[i].at)) == booked.at);
        CHECK(kept[i].certificate.text() == booked.certificate);
        CHECK(kept[i].level == booked.level);
        CHECK(kept[i].kind == booked.kind);
        CHECK(kept[i].amount == booked.amount);
        CHECK(kept[i].balance == booked.balance);
    }
}

void report(Year& year, const Month& month) {
    CAPTURE(month.period);
    year.day(std::string(month.day) + "T16:00:00+08:00");
    year.sync();
    const auto set = [](const char* name, const char* value) {
        return std::string(name) + "=" + value;
    };
    commands::Filling filling{"附件4",
                              "",
                              "",
                              {set("month_registered", month.registered),
                               set("month_assessed", month.assessed),
                               set("cum_assessed", month.cum_assessed),
                               set("cum_certified", month.cum_certified),
                               set("cum_fee_paid", month.paid), "cum_fee_unpaid=0", "filler=王芳",
                               "phone=0558-5550000"},
                              {},
                              {}};
    if (*month.explain != '\0') {
        const auto unexplained = commands::fill(*year.desk, filling);
        REQUIRE(!unexplained);
        CHECK(unexplained.error().detail.find("--explain assessed_equals_sum") !=
              std::string::npos);
        filling.explanations.emplace_back(month.explain);
    }
    const auto root = year.file(filling);
    CHECK(year.desk->find_matter(root)->period.text() == month.period);
    CHECK(year.hints(root) == std::string(month.expected_hints));
    CHECK(year.timing(root) == envelope::Timing::on_time);
    const Json row = year.summary("progress", month.period).at(0);
    CHECK(row.at("quota") == month.quota);
    CHECK(row.at("cum_rate") == month.rate);
    CHECK(row.at("cum_fee_paid") == month.paid_fen);
}

} // namespace

TEST_CASE("a school's year: declared, approved, reported, raised, late and extended") {
    Year       year;
    const auto fill_summary = [&] {
        return year.file({"附件2", "", "", {"contact=王芳", "phone=0558-5550000"}, {}, {}});
    };

    // Spring: two declarations and their sum.
    const auto logistics = year.declare("X001", "初级", "40");
    const auto web = year.declare("示例网页开发", "中级", "60人");
    const auto spring = fill_summary();
    CHECK(year.desk->answers_of(spring)->at("rows").size() == 2);
    CHECK(year.summary("province", "2023-spring").at(0).at("planned_headcount") == 100);
    year.day("2023-04-06T10:00:00+08:00");
    year.approve(logistics, "40");
    year.approve(web, "50");
    CHECK(year.summary("province", "2023-spring").at(0).at("approved_headcount") == 90);
    year.sync();
    CHECK(year.state(logistics) == MatterState::approved);
    CHECK(year.desk->revise(web).error().outcome == Outcome::frozen);
    check_ledger(year, 2);
    report(year, months_by_hand[0]);

    // The increase: what was approved stands there locked, a reduction is refused.
    year.day("2023-06-05T10:00:00+08:00");
    year.sync();
    commands::Filling increase{"附件3", "", "", {"contact=王芳", "phone=0558-5550000"}, {}, {}};
    increase.rows = {"certificate=X002,level=中级,approved_after=50"};
    CHECK(commands::fill(*year.desk, increase).error().outcome == Outcome::incomplete);
    increase.rows = {"certificate=X002,level=中级,approved_before=1,approved_after=80"};
    CHECK(commands::fill(*year.desk, increase).error().outcome == Outcome::wrong_use);
    increase.rows = {"certificate=X002,level=中级,approved_after=80"};
    const auto raised = year.file(increase);
    CHECK(year.desk->answers_of(raised)->at("rows").at(0).at("approved_before") == 50);
    year.day("2023-06-10T10:00:00+08:00");
    year.approve(raised, "80");
    year.sync();
    check_ledger(year, 3);
    report(year, months_by_hand[1]);

    // Autumn: one in time, one five days late with its reason; it counts once it is extended.
    year.day("2023-09-20T10:00:00+08:00");
    year.sync();
    const auto autumn = year.declare("X002", "初级", "35");
    report(year, months_by_hand[2]);
    year.day("2023-10-05T10:00:00+08:00");
    year.sync();
    commands::Filling late{"附件1",
                           "2023-autumn",
                           "",
                           {"certificate=X001", "level=中级", "headcount=20"},
                           {},
                           {}};
    const auto unexplained = commands::fill(*year.desk, late);
    CHECK(unexplained.error().detail.find("--explain late=") != std::string::npos);
    late.explanations = {"late=国庆前停电，未能按时提交"};
    const auto belated = year.file(late);
    CHECK(year.timing(belated) == envelope::Timing::late);
    CHECK(year.summary("province", "2023-autumn").at(0).at("planned_headcount") == 35);
    year.day("2023-10-08T10:00:00+08:00");
    commands::ExtendOptions extension;
    extension.unit = school.text();
    extension.form = "declaration";
    extension.period = "2023-autumn";
    extension.until = "2023-10-06";
    extension.reason = "停电属实，同意延期";
    REQUIRE(commands::extend(year.town.data(), extension).has_value());
    CHECK(year.timing(belated) == envelope::Timing::extended);
    CHECK(year.summary("province", "2023-autumn").at(0).at("planned_headcount") == 55);
    year.sync();
    CHECK(year.desk->answers_of(fill_summary())->at("rows").size() == 2);
    year.day("2023-10-10T10:00:00+08:00");
    year.approve(autumn, "35");
    year.approve(belated, "20");
    year.sync();
    check_ledger(year, 5);
    for (int month = 3; month < 6; ++month) report(year, months_by_hand[month]);

    // What was maintained all year is what the log alone gives.
    CHECK(commands::check(year.town.data()).has_value());
}
