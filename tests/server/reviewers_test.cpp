// Reviewers' desks against the real server: a bureau and the province decide offline, and what they
// conclude from the changes is what the server has derived.
#include "server/commands/filling.hpp"
#include "tests/server/machine.hpp"

#include <doctest/doctest.h>

namespace {

using base::Outcome;
using device::MatterState;
using device::QueueRow;
using device::Word;
using envelope::ReviewVerdict;
using review::Stage;

constexpr const char* morning = "2023-03-29T09:00:00+08:00";

// A town that has the province's office.
town::Town& with_office(town::Town& town) {
    REQUIRE(town.site()
                .append_acts({envelope::UnitEntry{base::UnitId("340000"), "省协调推进办公室",
                                                  "province_office", "", {}}})
                .has_value());
    return town;
}

struct Office {
    base::EnvelopeId declare(town::Machine& at, const char* certificate, const char* level,
                             const char* heads, const char* replace = "") {
        const auto root = commands::fill(
            at.desk(), {"附件1",
                        "",
                        replace,
                        {std::string("certificate=") + certificate, std::string("level=") + level,
                         std::string("headcount=") + heads},
                        {},
                        {}});
        REQUIRE_MESSAGE(root.has_value(), (root ? "" : root.error().detail));
        at.sync();
        return *root;
    }
    records::FilingRecord record(const base::EnvelopeId& root) {
        auto reader = town.site().reader();
        return **(*reader)->find_filing(root);
    }
    void day(const char* time) {
        town.site().start_clock_at(town::at(time));
        for (town::Machine* machine : {&school, &college, &bureau, &province})
            machine->clock().set(town::at(time));
    }

    town::Town    town;
    town::Service service{with_office(town)};
    town::Machine school{service, "D001", "school", morning};
    town::Machine college{service, "D004", "school", morning};
    town::Machine bureau{service, "341600", "city", morning};
    town::Machine province{service, "340000", "province", morning};
};

std::optional<QueueRow> row_of(town::Machine& machine, const base::EnvelopeId& root) {
    const QueueRow* row = machine.desk().reviews().find_row(root);
    return row == nullptr ? std::nullopt : std::optional(*row);
}

MatterState state(town::Machine& machine, const base::EnvelopeId& root) {
    return machine.desk().find_matter(root)->state;
}

Word send_back(std::string reason) {
    return {ReviewVerdict::send_back, {}, {}, {}, std::move(reason)};
}

} // namespace

TEST_CASE("a reviewer reads what an explanation answers, and the totals of a table") {
    Office     office;
    const auto small = commands::fill(office.school.desk(),
                                      {"附件1",
                                       "",
                                       "",
                                       {"certificate=X002", "level=初级", "headcount=20"},
                                       {},
                                       {"min_headcount=本轮先试点一个班"}});
    REQUIRE_MESSAGE(small.has_value(), (small ? "" : small.error().detail));
    office.declare(office.school, "X001", "初级", "35");
    const auto summary = commands::fill(
        office.school.desk(), {"附件2", "", "", {"contact=王芳", "phone=0558-5550000"}, {}, {}});
    REQUIRE_MESSAGE(summary.has_value(), (summary ? "" : summary.error().detail));
    office.school.sync();
    office.bureau.sync();
    const auto reviews = office.bureau.desk().reviews();
    const auto declared = reviews.find_dossier(*small);
    REQUIRE(declared.has_value());
    const base::RuleId rule("min_headcount");
    CHECK(declared->notes.at(rule) == "本轮先试点一个班");
    CHECK(declared->asked.at(rule) == "低于该证书开考最低人数30人，请写明原因。");
    CHECK(declared->asked.size() == 1); // Only what was explained is told.
    const device::QueueQuery warned = {.warned = true};
    for (const device::QueueRow& row : reviews.queue()) {
        CHECK(row.warned == (row.root == *small));
        CHECK(device::matches(warned, row) == row.warned);
    }
    const auto table = reviews.find_dossier(*summary);
    REQUIRE(table.has_value());
    CHECK(table->row.way == review::Way::received);
    CHECK(table->computed.at(base::FieldId("total_headcount")) == base::Json(55));
    CHECK_FALSE(reviews.find_dossier(base::EnvelopeId("0187-none")).has_value());
}

TEST_CASE("a bureau decides without a line: passed, taken back, returned; the school sees it") {
    Office     office;
    const auto root = office.declare(office.school, "X002", "初级", "40");
    office.bureau.sync();
    auto row = row_of(office.bureau, root);
    REQUIRE(row.has_value());
    CHECK(row->mine);
    CHECK(row->unit_name == "亳州示例中专");
    CHECK(row->headcount == 40);
    CHECK(row->certificate == base::CertificateId("X002"));

    auto reviews = office.bureau.desk().reviews();
    REQUIRE(reviews.decide({root}, {}).has_value());
    row = row_of(office.bureau, root);
    CHECK_FALSE(row->mine);
    CHECK(row->queued.has_value());
    CHECK(row->state.stage == Stage::submitted); // The log knows nothing of it yet.
    CHECK(office.bureau.desk().queued().size() == 1);

    REQUIRE(reviews.cancel(root).has_value());
    CHECK(office.bureau.desk().queued().empty());
    CHECK(row_of(office.bureau, root)->mine);
    CHECK(reviews.cancel(root).error().outcome == Outcome::frozen);

    CHECK(reviews.decide({root}, send_back(" ")).error().outcome == Outcome::incomplete);
    Word word = send_back("人数与学籍不符");
    word.remarks = {{base::FieldId("headcount"), "请核对2021级人数"}};
    word.due = town::at("2023-04-03T18:00:00+08:00");
    REQUIRE(reviews.decide({root}, word).has_value());
    REQUIRE(reviews.decide({root}, word).has_value()); // In place of the first.
    CHECK(office.bureau.desk().queued().size() == 1);
    office.bureau.sync();
    // At once, from its own receipt.
    const review::State returned{Stage::returned, review::Party::bureau};
    CHECK(row_of(office.bureau, root)->state == returned);

    office.school.sync();
    CHECK(state(office.school, root) == MatterState::returned);
    REQUIRE(office.school.desk().revise(root).has_value());
    REQUIRE(office.school.desk().type(root, {0, base::FieldId("headcount")}, "36").has_value());
    REQUIRE(office.school.desk()
                .explain(root, device::reply_rule, "已按2021级学籍改为36人")
                .has_value());
    REQUIRE(office.school.desk().seal(root).has_value());
    office.school.sync();
    const auto timeline = office.school.desk().timeline(root);
    REQUIRE(timeline.size() == 3);
    CHECK(timeline[0].filing->answers.at("headcount") == 40);
    CHECK(timeline[1].decision->reason == "人数与学籍不符");
    CHECK(timeline[2].filing->notes.at(device::reply_rule) == "已按2021级学籍改为36人");

    office.bureau.sync();
    const auto dossier = office.bureau.desk().reviews().find_dossier(root);
    REQUIRE(dossier.has_value());
    CHECK(dossier->row.mine);
    CHECK(dossier->row.versions == 2);
    CHECK_FALSE(dossier->row.explained); // A reply explains no warning.
    CHECK(dossier->history.size() == 3);
    REQUIRE(dossier->differences.size() == 1);
    CHECK(dossier->differences[0].cell == device::Cell{0, base::FieldId("headcount")});
    CHECK(dossier->differences[0].before == 40);
    CHECK(dossier->differences[0].now == 36);
}

TEST_CASE("a reply answers a return, and nothing else") {
    town::Town  town;
    const auto  device = town.new_device("D001");
    const auto  bureau = town.new_device("341600", "city");
    const auto  reply = [](base::Json payload) {
        payload["notes"] = {{"reply", "已按要求改正"}};
        return payload;
    };
    const base::Json first = town.declaration(device);
    auto             answer = town.submit(device, reply(first));
    CHECK(answer.outcome == Outcome::rules_failed);
    REQUIRE(answer.findings.size() == 1);
    CHECK(answer.findings[0].rule == device::reply_rule);
    REQUIRE(town.submit(device, first).outcome == Outcome::accepted);
    const base::Json second = town.replacement(first, 36);
    CHECK(town.submit(device, reply(second)).outcome == Outcome::rules_failed);
    base::Json returned = town.act("decision", bureau);
    returned.update({{"target", first.at("id")},
                     {"stage", "first_review"},
                     {"verdict", "return"},
                     {"approved", nullptr},
                     {"remarks", base::Json::array()},
                     {"due", nullptr},
                     {"reason", "请核对人数"}});
    REQUIRE(town.submit(bureau, returned).outcome == Outcome::accepted);
    CHECK(town.submit(device, reply(second)).outcome == Outcome::accepted);
    // The version after that is a change of its own.
    CHECK(town.submit(device, reply(town.replacement(second, 35))).outcome ==
          Outcome::rules_failed);
}

TEST_CASE("a decision that crosses a replacement is refused and comes back with what changed") {
    Office     office;
    const auto root = office.declare(office.school, "X002", "初级", "40");
    office.bureau.sync();
    REQUIRE(office.bureau.desk().reviews().decide({root}, {}).has_value());
    REQUIRE(office.school.desk().revise(root).has_value());
    REQUIRE(office.school.desk().type(root, {0, base::FieldId("headcount")}, "55").has_value());
    REQUIRE(office.school.desk().seal(root).has_value());
    office.school.sync();
    CHECK(office.bureau.sync().refused == 1);
    const auto dossier = office.bureau.desk().reviews().find_dossier(root);
    REQUIRE(dossier.has_value());
    REQUIRE(dossier->row.refused.has_value());
    CHECK(dossier->row.refused->outcome == Outcome::not_newest);
    CHECK(dossier->row.mine);
    REQUIRE(dossier->differences.size() == 1);
    CHECK(dossier->differences[0].before == 40);
    CHECK(dossier->differences[0].now == 55);
    // Decided again, on what stands there now.
    REQUIRE(office.bureau.desk().reviews().decide({root}, {}).has_value());
    office.bureau.sync();
    const auto row = row_of(office.bureau, root);
    CHECK_FALSE(row->refused.has_value());
    CHECK(row->state.stage == Stage::first_passed);
    CHECK(office.record(root).stage == Stage::first_passed);
}

TEST_CASE("both levels decide at the same time without a line; the province overrides with a reason") {
    Office     office;
    const auto root = office.declare(office.school, "X002", "初级", "40");
    const auto direct = office.declare(office.college, "X002", "初级", "60");
    office.bureau.sync();
    office.province.sync();
    CHECK_FALSE(row_of(office.bureau, direct).has_value()); // Not its school.
    CHECK(row_of(office.province, direct)->mine);
    CHECK_FALSE(row_of(office.province, root)->mine); // Its bureau has not passed it.

    auto province = office.province.desk().reviews();
    CHECK(province.may(*row_of(office.province, root), ReviewVerdict::pass).needs ==
          review::Needs::reason);
    CHECK(province.decide({root, direct}, {}).error().outcome == Outcome::incomplete);
    CHECK(office.province.desk().queued().empty()); // All or none.
    REQUIRE(province.decide({root}, {ReviewVerdict::pass, std::int64_t(30), {}, {}, "平台已审核"})
                .has_value());
    REQUIRE(province.decide({direct}, {}).has_value());
    REQUIRE(office.bureau.desk().reviews().decide({root}, send_back("请补正")).has_value());

    office.province.sync();
    CHECK(office.bureau.sync().refused == 1); // The province has spoken finally.
    const auto row = row_of(office.bureau, root);
    CHECK(row->refused->outcome == Outcome::frozen);
    CHECK(row->state.stage == Stage::approved);
    CHECK(row->approved == 30);
    REQUIRE(office.bureau.desk().reviews().cancel(root).has_value()); // Read and put away.
    CHECK_FALSE(row_of(office.bureau, root)->refused.has_value());
    office.school.sync();
    CHECK(state(office.school, root) == MatterState::approved);
    CHECK(office.record(direct).approved == 60);
}

namespace {

// The school declares two days after the window has closed, with its reason, and sends it.
base::EnvelopeId file_late(Office& office) {
    office.day("2023-04-02T10:00:00+08:00");
    office.school.sync();
    const auto root = commands::fill(office.school.desk(),
                                     {"附件1",
                                      "2023-spring",
                                      "",
                                      {"certificate=X002", "level=初级", "headcount=40"},
                                      {},
                                      {"late=学校停电，未能按时报送"}});
    REQUIRE_MESSAGE(root.has_value(), (root ? "" : root.error().detail));
    office.school.sync();
    return *root;
}

} // namespace

TEST_CASE("a late filing waits for its extension, then it is the bureau's") {
    Office     office;
    const auto root = file_late(office);
    office.bureau.sync();
    auto row = row_of(office.bureau, root);
    CHECK(row->timing == envelope::Timing::late);
    CHECK(row->explained);
    CHECK_FALSE(row->mine);
    auto reviews = office.bureau.desk().reviews();
    CHECK(reviews.decide({root}, {}).error().outcome == Outcome::incomplete);
    REQUIRE(office.town.site()
                .append_acts({envelope::Extension{base::UnitId("D001"),
                                                  base::FormId("declaration"),
                                                  base::Period("2023-spring"),
                                                  town::at("2023-04-03T23:59:59+08:00"), "停电"}})
                .has_value());
    office.bureau.sync();
    row = row_of(office.bureau, root);
    CHECK(row->timing == envelope::Timing::extended);
    CHECK(row->mine);
    // The school hears of both as well; its receipt stays as it was signed.
    const auto told = [&] {
        return office.school.desk().timing(*office.school.desk().find_matter(root));
    };
    CHECK(told() == envelope::Timing::late);
    office.school.sync();
    CHECK(told() == envelope::Timing::extended);
}

TEST_CASE("a school that changes its bureau: the new one has all of it, the old one no more") {
    Office        office;
    town::Machine other{office.service, "341300", "city", morning};
    const auto    root = office.declare(office.school, "X002", "初级", "40");
    office.bureau.sync();
    REQUIRE(office.bureau.desk().reviews().decide({root}, send_back("请核对人数")).has_value());
    office.bureau.sync();
    const auto second = office.declare(office.school, "X001", "初级", "35");
    office.bureau.sync();
    REQUIRE(office.bureau.desk().reviews().decide({second}, {}).has_value());
    envelope::UnitEntry moved = town::units()[2];
    REQUIRE(moved.unit == base::UnitId("D001"));
    moved.review_by = base::UnitId("341300");
    REQUIRE(office.town.site().append_acts({moved}).has_value());

    // Its unsent decision is about somebody else's school by now.
    CHECK(office.bureau.sync().refused == 1);
    CHECK(office.bureau.desk().refused().front().refusal->outcome == Outcome::unknown_target);
    CHECK(office.bureau.desk().reviews().queue().empty());
    CHECK_FALSE(office.bureau.desk().reviews().find_dossier(root).has_value());

    for (int again = 0; again < 2; ++again) {
        other.sync(); // The first begins again, for what it may see has grown.
        REQUIRE(other.desk().reviews().queue().size() == 2);
        const auto dossier = other.desk().reviews().find_dossier(root);
        CHECK(dossier->history.size() == 2);
        CHECK(dossier->row.state.stage == Stage::returned);
    }
    CHECK(row_of(other, second)->mine);
    REQUIRE(other.desk().reviews().decide({second}, {}).has_value());
    CHECK(other.sync().refused == 0);
    CHECK(office.record(second).stage == Stage::first_passed);
    office.province.sync();
    CHECK(row_of(office.province, second)->state == row_of(other, second)->state);

    // And back: the old one finds all of it again, once.
    moved.review_by = base::UnitId("341600");
    REQUIRE(office.town.site().append_acts({moved}).has_value());
    office.bureau.sync();
    CHECK(office.bureau.desk().reviews().queue().size() == 2);
    CHECK(row_of(office.bureau, second)->state.stage == Stage::first_passed);
    other.sync();
    CHECK(other.desk().reviews().queue().empty());
}

// Both ways: what a desk signs is taken, what it refuses to sign would have been refused.
TEST_CASE("generated words: a desk that is up to date judges as intake does") {
    Office             office;
    base::SeededRandom dice(14);
    const auto         roll = [&](int sides) {
        std::uint32_t drawn = 0;
        dice.fill(std::as_writable_bytes(std::span(&drawn, 1)));
        return int(drawn % unsigned(sides));
    };
    std::vector<base::EnvelopeId> roots;
    for (const char* level : {"初级", "中级"}) {
        roots.push_back(office.declare(office.school, "X002", level, "40"));
        roots.push_back(office.declare(office.college, "X002", level, "50"));
    }
    office.day("2023-04-02T10:00:00+08:00"); // From here on everything is late.
    office.school.sync();
    const auto late = commands::fill(office.school.desk(),
                                     {"附件1",
                                      "2023-spring",
                                      "",
                                      {"certificate=X001", "level=初级", "headcount=40"},
                                      {},
                                      {"late=学校停电，未能按时报送"}});
    REQUIRE(late.has_value());
    roots.push_back(*late);
    office.school.sync();
    const town::Device raw_bureau = office.town.new_device("341600", "city");
    const town::Device raw_province = office.town.new_device("340000", "province");
    int                taken = 0, refused = 0;
    for (int round = 0; round < 500; ++round) {
        const base::EnvelopeId& root = roots[std::size_t(roll(int(roots.size())))];
        if (roll(5) == 0) {
            town::Machine& owner =
                office.school.desk().find_matter(root) ? office.school : office.college;
            device::Desk& desk = owner.desk();
            owner.sync();
            if (!desk.revise(root)) continue;
            REQUIRE(desk.type(root, {0, base::FieldId("headcount")},
                              std::to_string(30 + roll(60)))
                        .has_value());
            REQUIRE(desk.explain(root, device::late_rule, "按意见改正").has_value());
            REQUIRE(desk.seal(root).has_value());
            CHECK(owner.sync().refused == 0);
            continue;
        }
        const bool     at_bureau = roll(2) == 0;
        town::Machine& machine = at_bureau ? office.bureau : office.province;
        machine.sync();
        const auto row = row_of(machine, root);
        if (!row) continue; // A college, at the bureau.
        Word word;
        word.verdict = static_cast<ReviewVerdict>(roll(3));
        if (roll(3) != 0) word.reason = "核对平台数据";
        if (roll(4) == 0) word.approved = std::int64_t(roll(3) == 0 ? -1 : roll(60));
        if (roll(4) == 0)
            word.due = town::at(roll(3) == 0 ? "2023-04-01T10:00:00+08:00"
                                             : "2023-04-05T10:00:00+08:00");
        if (machine.desk().reviews().decide({root}, word)) {
            CHECK(machine.sync().refused == 0);
            ++taken;
            continue;
        }
        ++refused;
        const town::Device& raw = at_bureau ? raw_bureau : raw_province;
        const auto*         number = std::get_if<std::int64_t>(&word.approved);
        base::Json          payload = office.town.act("decision", raw);
        payload.update({{"target", row->newest.text()},
                        {"stage", at_bureau ? "first_review" : "final_review"},
                        {"verdict", envelope::verdict_name(word.verdict)},
                        {"approved", number == nullptr ? base::Json() : base::Json(*number)},
                        {"remarks", base::Json::array()},
                        {"due", word.due ? base::Json(base::to_rfc3339(*word.due)) : base::Json()},
                        {"reason", word.reason}});
        CAPTURE(base::to_text(payload));
        CHECK(office.town.submit(raw, payload).result == protocol::LineResult::refused);
    }
    CHECK(taken > 40);
    CHECK(refused > 40);
}

TEST_CASE("an extension that the province has given itself is known on its own machine") {
    Office     office;
    const auto root = file_late(office);
    office.province.sync();
    CHECK(row_of(office.province, root)->timing == envelope::Timing::late);
    REQUIRE(office.province.desk()
                .issue(envelope::Extension{base::UnitId("D001"), base::FormId("declaration"),
                                           base::Period("2023-spring"),
                                           town::at("2023-04-03T23:59:59+08:00"), "停电"},
                       "延期：亳州示例中专")
                .has_value());
    office.province.sync();
    CHECK(office.record(root).timing == envelope::Timing::extended);
    CHECK(row_of(office.province, root)->timing == envelope::Timing::extended);
    office.province.sync(); // Nor does it come again as somebody else's.
    CHECK(row_of(office.province, root)->timing == envelope::Timing::extended);
}

// Whatever happens, and in whichever order machines hear of it, all conclude the same.
TEST_CASE("generated histories: the bureau, the province, the school and the server agree") {
    Office          office;
    base::SeededRandom dice(20230329);
    const auto         roll = [&](int sides) {
        std::uint32_t drawn = 0;
        dice.fill(std::as_writable_bytes(std::span(&drawn, 1)));
        return int(drawn % unsigned(sides));
    };
    const char*     levels[] = {"初级", "中级"};
    std::vector<base::EnvelopeId> roots;
    for (const char* level : levels) {
        roots.push_back(office.declare(office.school, "X002", level, "40"));
        roots.push_back(office.declare(office.college, "X002", level, "50"));
    }
    roots.push_back(office.declare(office.school, "X001", "初级", "35"));
    int accepted = 0;
    for (int round = 0; round < 300; ++round) {
        const base::EnvelopeId& root = roots[std::size_t(roll(int(roots.size())))];
        town::Machine&          owner =
            office.school.desk().find_matter(root) ? office.school : office.college;
        const auto act_as_owner = [&] {
            device::Desk& desk = owner.desk();
            if (roll(8) == 0) return desk.withdraw(root, "不再申报").has_value();
            if (const auto revised = desk.revise(root); !revised) return false;
            const auto typed = desk.type(root, {0, base::FieldId("headcount")},
                                         std::to_string(30 + roll(60)));
            return typed.has_value() && desk.seal(root).has_value();
        };
        const auto act_as_reviewer = [&](town::Machine& machine) {
            Word word;
            word.verdict = static_cast<ReviewVerdict>(roll(3));
            if (roll(3) != 0 || word.verdict != ReviewVerdict::pass) word.reason = "核对平台数据";
            if (&machine == &office.province && word.verdict == ReviewVerdict::pass && roll(2) == 0)
                word.approved = std::int64_t(roll(60));
            return machine.desk().reviews().decide({root}, word).has_value();
        };
        const int  who = roll(4);
        const bool acted = who < 2    ? act_as_owner()
                           : who == 2 ? act_as_reviewer(office.bureau)
                                      : act_as_reviewer(office.province);
        accepted += acted;
        // Each machine hears of it when it happens to be online.
        for (town::Machine* machine : {&office.school, &office.college, &office.bureau,
                                       &office.province})
            if (roll(3) == 0) machine->sync();
    }
    CHECK(accepted > 50);
    for (int again = 0; again < 2; ++again)
        for (town::Machine* machine : {&office.school, &office.college, &office.bureau,
                                       &office.province})
            machine->sync();
    for (const base::EnvelopeId& root : roots) {
        CAPTURE(root.text());
        const records::FilingRecord record = office.record(root);
        const auto                  at_province = row_of(office.province, root);
        REQUIRE(at_province.has_value());
        CHECK(review::stage_name(at_province->state.stage) == review::stage_name(record.stage));
        CHECK(at_province->newest == record.newest);
        CHECK(at_province->approved == record.approved);
        CHECK(at_province->headcount == record.headcount);
        if (record.unit.text() == "D001") {
            const auto at_bureau = row_of(office.bureau, root);
            REQUIRE(at_bureau.has_value());
            CHECK(at_bureau->state == at_province->state);
            CHECK(at_bureau->newest == record.newest);
        } else {
            CHECK_FALSE(row_of(office.bureau, root).has_value());
        }
    }
}
