#include "tests/device/review_log.hpp"

#include "shared/base/limits.hpp"

#include <doctest/doctest.h>

#include <map>

using base::EnvelopeId;
using base::Outcome;
using device::QueueRow;
using device::Word;
using envelope::ReviewStage;
using envelope::ReviewVerdict;
using review::Party;
using review::Stage;
using review::Way;
using review_log::bureau;
using review_log::college;
using review_log::Log;
using review_log::province;
using review_log::Reviewer;
using review_log::school;

namespace vectors {
extern const std::string_view anhui_2024;
}

namespace {

Word word(ReviewVerdict verdict, std::string reason = {}) {
    return {verdict, {}, {}, {}, std::move(reason)};
}

// All that is in a row, so that two can be compared.
std::string words(const QueueRow& row) {
    base::Json json = {row.root.text(), row.first_index, row.newest.text(), row.newest_index,
                       row.unit.text(), row.unit_name, row.unit_kind, row.city, row.form.text(),
                       row.period.text(), review::stage_name(row.state.stage),
                       review::party_name(row.state.by), int(row.way),
                       envelope::timing_name(row.timing), row.certificate_name, row.level,
                       row.headcount.value_or(-1), row.approved.value_or(-1), row.explained,
                       row.versions, row.received_at.microseconds,
                       row.due ? row.due->microseconds : 0, row.mine, row.queued.has_value(),
                       row.refused.has_value()};
    return base::to_text(json);
}

std::vector<std::string> words(const std::vector<QueueRow>& rows) {
    std::vector<std::string> all;
    for (const QueueRow& row : rows) all.push_back(words(row));
    return all;
}

EnvelopeId file_increase(Log& log, const base::UnitId& unit) {
    envelope::Filing filing;
    filing.form = review_log::quota_increase;
    filing.period = base::Period("2023");
    base::Json rows = base::Json::array();
    for (const std::int64_t before : {40, 60})
        rows.push_back({{"certificate", "C1"},
                        {"level", "初级"},
                        {"approved_before", before},
                        {"approved_after", before + 20}});
    filing.answers = {{"rows", rows}, {"contact", "张三"}, {"phone", "13800000000"}};
    return log.file(unit, std::move(filing));
}

protocol::LineAnswer refusal(Outcome outcome) {
    protocol::LineAnswer answer;
    answer.outcome = outcome;
    answer.title = "已有新的版本";
    return answer;
}

} // namespace

TEST_CASE("a bureau's queue: its schools, what it decides and what it does not") {
    Log        log;
    const auto declared = log.declare(school, 40, {}, {}, {{base::RuleId("r"), "说明原因"}});
    const auto increase = file_increase(log, school);
    log.declare(college, 60); // The server would not tell it; a desk does not show it either.
    envelope::Filing report;
    report.form = review_log::monthly_report;
    report.period = base::Period("2023-05");
    report.answers = {{"quota", 40}};
    const auto received = log.file(school, report);
    Reviewer   reviewer(log, bureau, "city");
    reviewer.hear_all();
    REQUIRE(reviewer.reviews().queue().size() == 3);
    const QueueRow row = reviewer.row(declared);
    CHECK(row.unit_name == "亳州示例中专");
    CHECK(row.certificate_name == "Web前端开发");
    CHECK(row.headcount == 40);
    CHECK(row.explained);
    CHECK(row.mine);
    CHECK(row.way == Way::two_steps);
    // What is asked beyond what was approved goes to the province at once (C10).
    CHECK(reviewer.row(increase).way == Way::direct);
    CHECK_FALSE(reviewer.row(increase).mine);
    CHECK(reviewer.reviews().decide({increase}, {}).error().outcome == Outcome::frozen);
    CHECK(reviewer.row(received).way == Way::received);
    CHECK(reviewer.reviews().decide({received}, {}).error().outcome == Outcome::frozen);
    CHECK_FALSE(reviewer.reviews().find_dossier(log.declare(college, 1)).has_value());

    Reviewer office(log, province, "province");
    office.hear_all();
    CHECK(office.reviews().queue().size() == 5);
    CHECK(office.row(increase).mine);
    CHECK_FALSE(office.row(declared).mine);
    CHECK(office.reviews().decide({received}, word(ReviewVerdict::reject, "不收")).error().outcome ==
          Outcome::frozen);
}

TEST_CASE("a unit's phone is that of its newest filing that names one") {
    Log log;
    log.declare(school, 40); // 附件1 names nobody.
    Reviewer reviewer(log, bureau, "city");
    reviewer.hear_all();
    CHECK(reviewer.reviews().phone_of(school).empty());
    file_increase(log, school);
    log.declare(school, 50);
    reviewer.hear_all();
    CHECK(reviewer.reviews().phone_of(school) == "13800000000");
    envelope::Filing report;
    report.form = review_log::monthly_report;
    report.period = base::Period("2023-05");
    report.answers = {{"quota", 40}, {"phone", "0558-1234567"}};
    log.file(school, report);
    reviewer.hear_all();
    CHECK(reviewer.reviews().phone_of(school) == "0558-1234567");
    CHECK(reviewer.reviews().phone_of(college).empty());
}

TEST_CASE("the queue is searched by parts of names, as people type them") {
    QueueRow row;
    row.unit_name = "亳州示例中专";
    row.unit = school;
    row.certificate_name = "Web前端开发";
    row.level = "初级";
    row.city = "亳州市";
    const auto found = [&](const char* typed) {
        device::QueueQuery query;
        query.search = typed;
        return device::matches(query, row);
    };
    CHECK(found(""));
    CHECK(found("中专 初级"));
    CHECK(found("ｗｅｂ　前端")); // Full width, another case.
    CHECK(found("亳州市 s1"));
    CHECK_FALSE(found("中专 中级"));
    CHECK_FALSE(found("中专Web")); // Not across two names.
}

TEST_CASE("the queue is narrowed by each filter alone, and by several together") {
    QueueRow row;
    row.unit_kind = "secondary_vocational";
    row.city = "亳州市";
    row.form = base::FormId("declaration");
    row.period = review_log::spring;
    row.state = {Stage::first_passed, Party::bureau};
    row.timing = envelope::Timing::late;
    row.certificate = base::CertificateId("C1");
    // Each filter, set to what is in the row; then a row that differs in that alone.
    struct Filter {
        std::string name;
        void (*ask)(device::QueueQuery&);
        void (*change)(QueueRow&);
    };
    const Filter filters[] = {
        {"period", [](auto& query) { query.period = review_log::spring; },
         [](auto& other) { other.period = base::Period("2023-autumn"); }},
        {"form", [](auto& query) { query.form = base::FormId("declaration"); },
         [](auto& other) { other.form = review_log::quota_increase; }},
        {"stage", [](auto& query) { query.stage = Stage::first_passed; },
         [](auto& other) { other.state.stage = Stage::submitted; }},
        {"timing", [](auto& query) { query.timing = envelope::Timing::late; },
         [](auto& other) { other.timing = envelope::Timing::extended; }},
        {"certificate", [](auto& query) { query.certificate = base::CertificateId("C1"); },
         [](auto& other) { other.certificate = base::CertificateId("C10"); }},
        {"city", [](auto& query) { query.city = "亳州市"; },
         [](auto& other) { other.city = "亳州市谯城区"; }}, // The whole name, not a part of it.
        {"unit kind", [](auto& query) { query.unit_kind = "secondary_vocational"; },
         [](auto& other) { other.unit_kind = "secondary_vocational_branch"; }},
        {"mine", [](auto& query) { query.mine = true; }, [](auto& other) { other.mine = false; }},
        {"explained", [](auto& query) { query.explained = true; },
         [](auto& other) { other.explained = false; }},
        {"warned", [](auto& query) { query.warned = true; },
         [](auto& other) { other.warned = false; }},
    };
    row.mine = row.explained = row.warned = true;
    CHECK(device::matches({}, row));
    CHECK(device::matches({}, QueueRow{})); // What is not asked for does not matter.
    device::QueueQuery all;
    for (const Filter& filter : filters) {
        CAPTURE(filter.name);
        device::QueueQuery query;
        filter.ask(query);
        filter.ask(all);
        QueueRow other = row;
        filter.change(other);
        CHECK(device::matches(query, row));
        CHECK_FALSE(device::matches(query, other));
        CHECK(device::matches({}, other));
        // No filter looks at what another one is about.
        for (const Filter& another : filters) {
            if (&another == &filter) continue;
            QueueRow changed = row;
            another.change(changed);
            CHECK_MESSAGE(device::matches(query, changed), another.name);
        }
    }
    CHECK(device::matches(all, row));
    for (const Filter& filter : filters) {
        QueueRow other = row;
        filter.change(other);
        CHECK_FALSE_MESSAGE(device::matches(all, other), filter.name);
    }
    // A form that declares no certificate is not among those of one.
    device::QueueQuery query;
    query.certificate = base::CertificateId("C1");
    row.certificate.reset();
    CHECK_FALSE(device::matches(query, row));
    // What is searched for is searched among what the filters leave.
    row.unit_name = "亳州示例中专";
    query = {};
    query.city = "亳州市";
    query.search = "中专";
    CHECK(device::matches(query, row));
    query.city = "宿州市";
    CHECK_FALSE(device::matches(query, row));
}

TEST_CASE("a word that is half said is kept, and goes when it is signed") {
    Log        log;
    const auto declared = log.declare(school, 40);
    const auto other = log.declare(school, 50);
    Reviewer   reviewer(log, bureau, "city");
    reviewer.hear_all();
    device::ReviewDesk reviews = reviewer.reviews();
    CHECK(!reviews.half_word(declared).has_value());
    device::HalfWord half;
    half.version = declared;
    half.verdict = ReviewVerdict::send_back;
    half.approved = {"40"};
    half.remarks = {{base::FieldId("headcount"), "请核"}};
    half.due = "2023-04";
    half.reason = "人数";
    const std::int64_t changes = reviewer.desk().change_count();
    REQUIRE(reviews.keep_half_word(declared, half).has_value());
    CHECK(reviewer.desk().change_count() == changes); // Each key would else empty the page's cache.
    half.reason = "人数与培养方案不符";
    REQUIRE(reviews.keep_half_word(declared, half).has_value());
    CHECK(reviews.half_word(declared) == half);
    reviewer.hear_all(); // What the log brings leaves it.
    CHECK(reviews.half_word(declared) == half);
    REQUIRE(reviews.decide({other}, {}).has_value());
    CHECK(reviews.half_word(declared) == half);
    CHECK(reviews.decide({declared}, word(ReviewVerdict::send_back)).error().outcome ==
          Outcome::incomplete);
    CHECK(reviews.half_word(declared) == half); // Nothing was signed.
    REQUIRE(reviews.decide({declared}, word(ReviewVerdict::send_back, "人数与培养方案不符"))
                .has_value());
    CHECK(!reviews.half_word(declared).has_value());
}

TEST_CASE("a summary is outdated when the declarations that count are not those it was made from") {
    Log        log;
    const auto first = log.declare(school, 40), second = log.declare(school, 60);
    log.declare(base::UnitId("S2"), 70); // Another school's changes nothing.
    const auto summarise = [&](const std::vector<EnvelopeId>& declarations,
                               envelope::Timing               timing) {
        envelope::Filing filing;
        filing.form = base::FormId("school_summary");
        filing.period = review_log::spring;
        base::Json rows = base::Json::array();
        for (const EnvelopeId& one : declarations)
            rows.push_back({{"declaration", one.text()},
                            {"certificate", "C1"},
                            {"level", "初级"},
                            {"headcount", 50}});
        filing.answers = {{"rows", rows}, {"contact", "张三"}, {"phone", "13800000000"}};
        return log.file(school, std::move(filing), {}, timing);
    };
    const auto summary = summarise({first, second}, envelope::Timing::on_time);
    Reviewer   reviewer(log, bureau, "city");
    reviewer.hear_all();
    const auto outdated = [&](const EnvelopeId& root) {
        return reviewer.reviews().outdated(*reviewer.reviews().find_dossier(root));
    };
    const auto hear_last = [&] { reviewer.hear(log.last()); };
    CHECK_FALSE(outdated(summary));
    CHECK_FALSE(outdated(first)); // Made from nothing.
    // The same number signed anew is another filing; the total alone would not tell.
    const auto changed = log.declare(school, 60, second, second);
    hear_last();
    CHECK(outdated(summary));
    const auto again = summarise({first, changed}, envelope::Timing::on_time);
    hear_last();
    CHECK_FALSE(outdated(again));
    log.decide(bureau, changed, ReviewVerdict::reject, "不符合条件");
    hear_last();
    CHECK(outdated(again));
    const auto fewer = summarise({first}, envelope::Timing::on_time);
    hear_last();
    CHECK_FALSE(outdated(fewer));
    // A late one counts for nothing yet. A table in time may list it, as its school's desk does.
    const auto late = log.declare(school, 30, {}, {}, {}, envelope::Timing::late);
    hear_last();
    CHECK_FALSE(outdated(fewer));
    const auto with_late = summarise({first, late}, envelope::Timing::on_time);
    hear_last();
    CHECK_FALSE(outdated(with_late));
    const auto late_summary = summarise({first, late}, envelope::Timing::late);
    hear_last();
    CHECK_FALSE(outdated(late_summary));
    // Of a late version nobody here can tell what the one before it, which counts, was.
    log.declare(school, 45, first, first, {}, envelope::Timing::late);
    hear_last();
    CHECK_FALSE(outdated(fewer));
}

TEST_CASE("a view that begins again leaves nothing twice") {
    Log        log;
    const auto root = log.declare(school, 40);
    log.decide(bureau, root, ReviewVerdict::send_back, "请核对人数");
    const auto second = log.declare(school, 36, root, root);
    log.decide(bureau, second, ReviewVerdict::pass);
    log.declare(base::UnitId("S2"), 50);
    log.add(base::UnitId("S2"), envelope::Withdrawal{log.declare(base::UnitId("S2"), 70), "不办了"});
    Reviewer reviewer(log, bureau, "city");
    reviewer.hear_all();
    const auto first_time = words(reviewer.reviews().queue());
    const auto history = reviewer.reviews().find_dossier(root)->history.size();
    REQUIRE(first_time.size() == 3);
    CHECK(history == 4);
    const auto commits = reviewer.desk().change_count();
    REQUIRE(commits > 0);
    reviewer.hear_all();
    CHECK(words(reviewer.reviews().queue()) == first_time);
    CHECK(reviewer.reviews().find_dossier(root)->history.size() == history);
    CHECK(reviewer.row(root).state == review::State{Stage::first_passed, Party::bureau});
}

TEST_CASE("what another server signed is not believed") {
    Log        log, other;
    other.random = base::SeededRandom(5);
    other.key = envelope::SecretKey::make(other.random);
    other.declare(school, 40);
    Reviewer reviewer(log, bureau, "city");
    CHECK(reviewer.desk().accept_change(other.last()).error().outcome == Outcome::foreign_server);
    // Nor a receipt of ours over another text.
    const auto root = log.declare(school, 40);
    protocol::Change mixed = log.last();
    log.declare(school, 4000);
    mixed.envelope = log.last().envelope;
    CHECK_FALSE(reviewer.desk().accept_change(mixed).has_value());
    CHECK(reviewer.reviews().queue().empty());
    CHECK_FALSE(reviewer.reviews().find_dossier(root).has_value());
}

TEST_CASE("a school that goes to another bureau leaves the queue, and comes back whole") {
    Log        log;
    const auto root = log.declare(school, 40);
    Reviewer   reviewer(log, bureau, "city");
    reviewer.hear_all();
    const auto all = reviewer.desk().units();
    std::vector<envelope::UnitEntry> fewer;
    for (const auto& unit : all)
        if (unit.unit != school) fewer.push_back(unit);
    REQUIRE(reviewer.reviews().queue().size() == 1);
    REQUIRE(reviewer.desk().accept_units(fewer).has_value());
    CHECK(reviewer.reviews().queue().empty());
    CHECK_FALSE(reviewer.reviews().find_dossier(root).has_value());
    CHECK(reviewer.reviews().decide({root}, {}).error().outcome == Outcome::not_found_locally);
    REQUIRE(reviewer.desk().accept_units(all).has_value());
    reviewer.hear_all();
    CHECK(reviewer.row(root).mine);
}

TEST_CASE("many are passed in one transaction, or none") {
    Log                     log;
    std::vector<EnvelopeId> roots;
    for (int i = 0; i < 30; ++i) roots.push_back(log.declare(school, 30 + i));
    const auto late =
        log.declare(school, 99, {}, {}, {}, envelope::Timing::late);
    Reviewer reviewer(log, bureau, "city");
    reviewer.hear_all();
    const auto before = reviewer.desk().change_count();
    auto       with_late = roots;
    with_late.push_back(late);
    CHECK(reviewer.reviews().decide(with_late, {}).error().outcome == Outcome::incomplete);
    CHECK(reviewer.desk().change_count() == before);
    CHECK(reviewer.desk().queued().empty());

    REQUIRE(reviewer.reviews().decide(roots, {}).has_value());
    CHECK(reviewer.desk().change_count() == before + 1);
    CHECK(reviewer.desk().queued().size() == roots.size());
    for (const EnvelopeId& root : roots) CHECK(reviewer.row(root).queued.has_value());
    // Another word about one of them takes the place of its first.
    REQUIRE(reviewer.reviews().decide({roots[3]}, word(ReviewVerdict::reject, "重复")).has_value());
    CHECK(reviewer.desk().queued().size() == roots.size());
    CHECK(reviewer.row(roots[3]).queued->verdict == ReviewVerdict::reject);

    // The receipts alone bring the rows to where they stand, before the changes come.
    reviewer.send();
    CHECK(reviewer.row(roots[0]).state == review::State{Stage::first_passed, Party::bureau});
    CHECK(reviewer.row(roots[3]).state == review::State{Stage::rejected, Party::bureau});
    CHECK_FALSE(reviewer.row(roots[0]).queued.has_value());
    const auto settled = words(reviewer.reviews().queue());
    reviewer.hear_all();
    CHECK(words(reviewer.reviews().queue()) == settled);
}

TEST_CASE("a decision that was tried is not replaced until its answer is known") {
    Log        log;
    const auto root = log.declare(school, 40);
    Reviewer   reviewer(log, bureau, "city");
    reviewer.hear_all();
    REQUIRE(reviewer.reviews().decide({root}, {}).has_value());
    const auto item = reviewer.desk().queued().front();
    REQUIRE(reviewer.desk().mark_attempt({item.sha256}).has_value());
    CHECK(reviewer.reviews().decide({root}, word(ReviewVerdict::reject, "重复")).error().outcome ==
          Outcome::frozen);
    CHECK(reviewer.reviews().cancel(root).error().outcome == Outcome::frozen);
    REQUIRE(reviewer.desk().settle(item.sha256, refusal(Outcome::not_newest)).has_value());
    CHECK(reviewer.row(root).refused->outcome == Outcome::not_newest);
    CHECK(reviewer.row(root).mine);

    // What it was decided about stands against what has come meanwhile.
    log.declare(school, 55, root, root);
    reviewer.hear(log.last());
    const auto dossier = reviewer.reviews().find_dossier(root);
    REQUIRE(dossier->differences.size() == 1);
    CHECK(dossier->differences[0].before == 40);
    CHECK(dossier->differences[0].now == 55);
    REQUIRE(reviewer.reviews().decide({root}, {}).has_value());
    CHECK_FALSE(reviewer.row(root).refused.has_value());
    CHECK(reviewer.desk().refused().empty());
}

TEST_CASE("a word that intake would not take is told before it is signed") {
    Log        log;
    const auto root = log.declare(school, 40);
    const auto direct = log.declare(college, 60);
    const auto increase = file_increase(log, school);
    Reviewer   city(log, bureau, "city"), office(log, province, "province");
    city.hear_all();
    office.hear_all();
    const auto at_city = [&](const Word& said) { return city.reviews().decide({root}, said); };
    const auto told = [](const base::Status& status) {
        return !status && status.error().outcome == Outcome::incomplete &&
               status.error().detail.ends_with("。");
    };
    Word said = word(ReviewVerdict::send_back);
    CHECK(told(at_city(said)));
    said.reason = "请核对";
    said.due = log.clock.now();
    CHECK(told(at_city(said))); // That moment has passed.
    said.due = base::Time{log.clock.now().microseconds + 60000000};
    CHECK(at_city(said).has_value());
    said.verdict = ReviewVerdict::reject;
    CHECK(told(at_city(said))); // What is refused cannot be mended by a date.
    Word passed;
    passed.approved = std::int64_t(40);
    CHECK(told(at_city(passed))); // Only the province approves numbers.

    std::string reason;
    for (std::size_t i = 0; i < base::limits::reason_characters_max; ++i) reason += "很";
    CHECK(at_city(word(ReviewVerdict::reject, reason)).has_value());
    CHECK(told(at_city(word(ReviewVerdict::reject, reason + "长"))));
    Word remarked = word(ReviewVerdict::send_back, "请核对");
    for (int i = 0; i < 30; ++i) remarked.remarks.push_back({base::FieldId("headcount"), reason});
    CHECK(told(at_city(remarked))); // 45 kB of remarks, a payload has 64.
    remarked.remarks.resize(10);
    CHECK(at_city(remarked).has_value());
    remarked.remarks.assign(base::limits::remarks_max + 1, {base::FieldId("headcount"), "核对"});
    CHECK(told(at_city(remarked)));

    const auto approve = [&](const EnvelopeId& about, const envelope::Approved& numbers) {
        return office.reviews().decide({about}, {ReviewVerdict::pass, numbers, {}, {}, {}});
    };
    CHECK(approve(direct, std::int64_t(0)).has_value());
    CHECK(told(approve(direct, std::int64_t(-1))));
    CHECK(told(approve(direct, std::int64_t(100000000))));
    CHECK(told(approve(direct, std::vector<std::int64_t>{60})));
    CHECK(approve(increase, std::vector<std::int64_t>{50, 60}).has_value());
    CHECK(told(approve(increase, std::vector<std::int64_t>{50})));
    CHECK(told(approve(increase, std::vector<std::int64_t>{39, 60}))); // Less than it has.
    CHECK(told(approve(increase, std::int64_t(50))));
    CHECK(approve(increase, {}).has_value()); // As filed.
}

TEST_CASE("who spoke last decides what a bureau may do: not after the province or its operator") {
    Log        log;
    const auto root = log.declare(school, 40);
    Reviewer   city(log, bureau, "city"), office(log, province, "province");
    const auto hear = [&] { city.hear(log.last()), office.hear(log.last()); };
    hear();
    log.decide(bureau, root, ReviewVerdict::pass);
    hear();
    const auto may = [&](ReviewVerdict verdict) {
        return city.reviews().may(city.row(root), verdict).outcome;
    };
    CHECK(may(ReviewVerdict::send_back) == Outcome::accepted);
    CHECK(office.row(root).mine);
    envelope::Decision instead;
    instead.target = root;
    instead.stage = ReviewStage::first_review;
    instead.verdict = ReviewVerdict::reject;
    instead.reason = "由省里代为初审";
    log.add(base::UnitId("operator"), instead);
    hear();
    const review::State by_province{Stage::rejected, Party::province};
    CHECK(city.row(root).state == by_province);
    CHECK(office.row(root).state == by_province);
    CHECK(may(ReviewVerdict::pass) == Outcome::frozen);
    CHECK(office.reviews().may(office.row(root), ReviewVerdict::pass).needs ==
          review::Needs::reason);
}

TEST_CASE("differences of a table: cells that changed, rows that came and went") {
    Log        log;
    Reviewer   reviewer(log, province, "province");
    const auto* form = reviewer.desk().find_package()->find_form(review_log::quota_increase);
    const auto row = [](const char* level, int after) {
        return base::Json{{"certificate", "C1"},
                          {"level", level},
                          {"approved_before", 40},
                          {"approved_after", after}};
    };
    const base::Json two = {{"rows", {row("初级", 60), row("中级", 80)}}, {"contact", "张三"}};
    const base::Json one = {{"rows", base::Json::array({row("初级", 70)})}, {"contact", "张三"}};
    CHECK(device::differences_of(*form, two, two).empty());
    const auto gone = device::differences_of(*form, two, one);
    REQUIRE(gone.size() == 5);
    CHECK(gone[0].cell == device::Cell{1, base::FieldId("approved_after")});
    CHECK(gone[0].before == 60);
    CHECK(gone[0].now == 70);
    for (std::size_t i = 1; i < gone.size(); ++i) {
        CHECK(gone[i].cell.first == 2);
        CHECK(gone[i].now.is_null());
    }
    CHECK(device::differences_of(*form, one, two).size() == 5);
}

// A log made by chance after the table of transitions, and two desks that hear of it each in its
// own way: both conclude what the table says, and rows kept up to date are the rows read anew.
TEST_CASE("generated logs: where matters stand, whatever was heard first") {
    struct Known {
        base::UnitId  unit;
        EnvelopeId    newest;
        review::State state;
        int           versions = 1;
    };
    for (std::uint32_t seed = 1; seed <= 6; ++seed) {
        CAPTURE(seed);
        Log                log;
        base::SeededRandom dice(seed);
        const auto         roll = [&](int sides) {
            std::uint32_t drawn = 0;
            dice.fill(std::as_writable_bytes(std::span(&drawn, 1)));
            return int(drawn % std::uint32_t(sides));
        };
        const base::UnitId            units[] = {school, base::UnitId("S2"), college};
        std::map<EnvelopeId, Known>   known;
        Reviewer                      city(log, bureau, "city");
        Reviewer                      office(log, province, "province");
        std::vector<protocol::Change> waiting; // What the bureau has not heard yet.
        const auto party_step = [](Known& matter, review::Act act, Party party) {
            const Way  way = matter.unit == college ? Way::direct : Way::two_steps;
            const auto step = review::step(matter.state, act, party, way);
            if (step.outcome == Outcome::accepted) matter.state = step.after;
            return step.outcome == Outcome::accepted;
        };
        for (int round = 0; round < 120; ++round) {
            const std::size_t heard = log.changes().size();
            if (known.empty() || roll(6) == 0) {
                const auto& unit = units[roll(3)];
                const auto  root = log.declare(unit, 30 + round);
                known[root] = {unit, root, {}, 1};
            } else {
                const auto at = std::next(known.begin(), roll(int(known.size())));
                Known&     matter = at->second;
                const int  who = roll(5);
                if (who == 0 && party_step(matter, review::Act::submit, Party::school)) {
                    matter.newest = log.declare(matter.unit, 30 + round, at->first, matter.newest);
                    matter.state = {};
                    ++matter.versions;
                } else if (who == 1 && roll(5) == 0 &&
                           party_step(matter, review::Act::withdraw, Party::school)) {
                    log.add(matter.unit, envelope::Withdrawal{matter.newest, "不办了"});
                } else if (who >= 2) {
                    envelope::Decision decision;
                    decision.target = matter.newest;
                    decision.verdict = static_cast<ReviewVerdict>(roll(3));
                    if (who == 3) decision.stage = ReviewStage::final_review;
                    decision.reason = "原因";
                    const auto speaker = who == 2   ? bureau
                                         : who == 3 ? province
                                                    : base::UnitId("operator");
                    if (party_step(matter, review::act_of(decision),
                                   who == 2 ? Party::bureau : Party::province))
                        log.add(speaker, decision);
                }
            }
            for (std::size_t i = heard; i < log.changes().size(); ++i) {
                office.hear(log.changes()[i]);
                waiting.push_back(log.changes()[i]);
            }
            if (roll(4) != 0) continue;
            // The newest first where it can be: as an own decision's receipt comes before the rest.
            if (waiting.size() > 1) city.hear(waiting.back());
            for (const auto& change : waiting) city.hear(change);
            if (roll(3) == 0 && !waiting.empty()) city.hear(waiting.back()); // Once more.
            waiting.clear();
            city.reviews().queue(); // So that it must be kept up to date from here on.
        }
        for (const auto& change : waiting) city.hear(change);
        for (const auto& [root, matter] : known) {
            const QueueRow at_office = office.row(root);
            CHECK(at_office.state.stage == matter.state.stage);
            CHECK(at_office.newest == matter.newest);
            CHECK(at_office.versions == matter.versions);
            if (matter.state.stage != Stage::withdrawn)
                CHECK(at_office.state.by == matter.state.by);
            if (matter.unit == college) {
                CHECK_FALSE(city.reviews().find_dossier(root).has_value());
                continue;
            }
            CHECK(city.row(root).state == at_office.state);
            CHECK(city.row(root).newest == matter.newest);
            CHECK(city.row(root).versions == matter.versions);
        }
        for (Reviewer* reviewer : {&city, &office}) {
            const auto kept = words(reviewer->reviews().queue());
            const auto units_now = reviewer->desk().units();
            REQUIRE(reviewer->desk().accept_units({}).has_value());
            REQUIRE(reviewer->desk().accept_units(units_now).has_value());
            CHECK(words(reviewer->reviews().queue()) == kept);
        }
    }
}

TEST_CASE("a filing under a version that the desk does not have leads to its being fetched") {
    Log log;
    log.filed_under = {base::NoticeId("anhui-2024-09"), base::sha256_hex(vectors::anhui_2024)};
    envelope::Filing filing;
    filing.form = review_log::declaration;
    filing.period = base::Period("2024-first");
    filing.answers = {{"certificate", "C1"}, {"level", "初级"}, {"major", "护理"},
                      {"planned_persons", 40}};
    const EnvelopeId root = log.file(school, filing);
    Reviewer         reviewer(log, bureau, "city");
    reviewer.hear_all();
    CHECK(!reviewer.row(root).headcount); // By its earlier name it is not there.
    CHECK(reviewer.desk().missing_notices() == std::vector{*log.filed_under});
    CHECK(reviewer.desk().packages().size() == 1);
    REQUIRE(reviewer.desk().accept_edition(vectors::anhui_2024, *log.filed_under).has_value());
    REQUIRE(reviewer.desk().packages().size() == 2); // The current one first.
    CHECK(reviewer.desk().packages().front() == reviewer.desk().find_package());
    CHECK(reviewer.desk().packages().back()->ref == *log.filed_under);
    CHECK(reviewer.row(root).headcount == 40);
    const auto dossier = *reviewer.reviews().find_dossier(root);
    CHECK(dossier.form->find_field("planned_persons") != nullptr);
    CHECK(reviewer.desk().missing_notices().empty());
    CHECK(reviewer.desk().find_package()->ref == log.notice()); // The current one stays.
}
