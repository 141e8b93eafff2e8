#include "shared/device/rescue.hpp"
#include "shared/device/schema.hpp"
#include "shared/device/sync.hpp"
#include "shared/sqlite/page_vfs.hpp"

#include <doctest/doctest.h>

using base::Outcome;
using device::Desk;
using device::Grid;
using device::MatterState;

namespace vectors {
extern const std::string_view anhui_2023_14, anhui_2024;
}

namespace {

const base::FormId  declaration("declaration"), school_summary("school_summary");
const base::Period  spring("2023-spring");
const base::FieldId certificate("certificate"), level("level"), headcount("headcount");

device::Cell cell(const base::FieldId& field) { return {0, field}; }

sqlite::PageStore& store() {
    static sqlite::PageStore pages("test-desk");
    return pages;
}

// A server of a few lines: it signs what a real one would sign, and keeps what it took.
struct Server {
    base::FixedClock    clock{*base::parse_rfc3339("2023-03-29T09:00:00+08:00")};
    base::SeededRandom  random{11};
    envelope::SecretKey key = envelope::SecretKey::make(random);
    base::NoticeRef     notice{base::NoticeId("anhui-2023-14"),
                           base::sha256_hex(vectors::anhui_2023_14)};
    envelope::UnitEntry unit{base::UnitId("S341600006"), "亳州中药科技学校",
                             "secondary_vocational", "亳州市", base::UnitId("341600")};
    std::map<std::string, std::string> packages{{notice.text(),
                                                 std::string(vectors::anhui_2023_14)}};
    std::vector<protocol::PublishedNotice> notices; // An older server names none.
    std::vector<protocol::LedgerEntry> ledger;
    std::vector<protocol::Change>      log;
    envelope::Timing              timing = envelope::Timing::on_time; // Of what comes now.
    bool                          line_cut_after_taking = false;
    std::optional<Outcome>        refuses; // Whatever comes now.
    int                           lists_sent = 0; // Units and catalogues, as a whole.
    std::optional<base::KeyId>    revoked;

    std::string anchor() { return envelope::sign_anchor({clock.now(), "n", false}, key); }

    device::Response answer(const device::Request& request) {
        const auto is = [&](std::string_view path) {
            return request.path.rfind("/api/v1" + std::string(path), 0) == 0;
        };
        if (is("/server"))
            return {200, protocol::write_server_info({"申报", "0.1.0", clock.now(), false,
                                                      key.public_key(), notice, anchor(),
                                                      notices})};
        if (is("/notices/")) {
            const auto found = packages.find(request.path.substr(request.path.rfind('/') + 1));
            if (found != packages.end()) return {200, found->second};
            return {404, protocol::write_problem(Outcome::not_found, request.path)};
        }
        if (is("/summaries/ledger")) return {200, ledger_body()};
        if (revoked && request.bearer == revoked->text())
            return {401, protocol::write_problem(Outcome::not_signed_in, "")};
        if (is("/sessions") && is_revoked(request.body))
            return {403, protocol::write_problem(Outcome::revoked_key, "")};
        if (is("/sessions"))
            return {200, protocol::write_session_answer(
                             {envelope::Jws::parse(request.body, envelope::HeaderKey::kid)
                                  ->kid()
                                  .text(),
                              base::Time{clock.now().microseconds + 3600000000LL}})};
        if (is("/units") || is("/catalogue")) {
            const std::string body = is("/units") ? protocol::write_units({unit})
                                                  : protocol::write_catalogue(catalogue());
            const std::string etag = "\"" + base::sha256_hex(body).text() + "\"";
            if (request.if_none_match == etag) return {304, "", etag};
            ++lists_sent;
            return {200, body, etag};
        }
        if (is("/changes")) return {200, protocol::write_changes({"end", false, false, log})};
        if (is("/envelopes")) return take(request.body);
        return {404, protocol::write_problem(Outcome::not_found, request.path)};
    }

    bool is_revoked(std::string_view jws) const {
        return revoked && envelope::Jws::parse(std::string(jws), envelope::HeaderKey::kid)->kid() ==
                              *revoked;
    }
    std::string ledger_body() const {
        base::Json rows = base::Json::array();
        for (const protocol::LedgerEntry& entry : ledger)
            rows.push_back({{"at", base::to_rfc3339(entry.at)},
                            {"kind", entry.kind},
                            {"period", entry.period.text()},
                            {"certificate", entry.certificate.text()},
                            {"level", entry.level},
                            {"amount", entry.amount},
                            {"balance", entry.balance},
                            {"filing", entry.filing.text()},
                            {"school_name", unit.name}});
        return base::to_text({{"as_of_index", 1}, {"rows", rows}});
    }
    void publish(const base::Json& document) {
        const std::string package = base::to_text(document);
        notice = {base::NoticeId(document.at("id").get<std::string>()), base::sha256_hex(package)};
        packages[notice.text()] = package;
    }
    // The notice of 2024 comes while that of 2023 is still taken, until this moment.
    void publish_next_year(base::Time until) {
        notices = {{notice, until}};
        publish(*base::parse_json(vectors::anhui_2024));
        notices.push_back({notice, std::nullopt});
    }
    // What somebody else does: the province, or the operator on the command line.
    void add(const envelope::Act& act) {
        clock.advance(1000000);
        const envelope::Common common{envelope::make_envelope_id(clock.now(), random),
                                      base::UnitId("operator"), notice, clock.now(), anchor()};
        const auto             sealed = envelope::seal_act(common, act, key);
        envelope::Receipt      receipt;
        receipt.id = common.id;
        receipt.unit = common.unit;
        receipt.sha256 = sealed.sha256();
        receipt.index = std::int64_t(log.size()) + 1;
        receipt.received_at = clock.now();
        log.push_back({receipt.index, sealed.text(), envelope::sign_receipt(receipt, key)});
    }
    void approve(const base::EnvelopeId& root, const char* id, const char* grade,
                 std::int64_t approved) {
        envelope::Decision decision;
        decision.target = root;
        decision.stage = envelope::ReviewStage::final_review;
        decision.approved = approved;
        add(decision);
        ledger.push_back({clock.now(), "round", base::Period("2023-spring"),
                          base::CertificateId(id), grade, approved, approved, root});
    }

    static std::vector<envelope::CatalogueEntry> catalogue() {
        return {{base::CertificateId("C1"), 1, "Web前端开发", "甲机构", {"初级", "中级"}, 30},
                {base::CertificateId("C2"), 1, "老年照护", "乙机构", {"初级"}, std::nullopt},
                {base::CertificateId("C3"), 2, "老年照护", "丙机构", {"初级"}, std::nullopt}};
    }

    device::Response take(std::string_view body) {
        std::string answers;
        while (!body.empty()) {
            const std::string text(body.substr(0, body.find('\n')));
            body.remove_prefix(text.size() + 1);
            const auto        jws = envelope::Jws::parse(text, envelope::HeaderKey::kid);
            const std::string payload = *jws->payload_under(jws->sha256());
            envelope::Receipt receipt;
            receipt.id = base::EnvelopeId(base::parse_json(payload)->at("id").get<std::string>());
            receipt.unit = unit.unit;
            receipt.sha256 = jws->sha256();
            receipt.index = std::int64_t(log.size()) + 1;
            receipt.received_at = clock.now();
            receipt.timing = timing;
            protocol::LineAnswer line;
            line.id = receipt.id;
            if (refuses || is_revoked(text)) {
                line.result = protocol::LineResult::refused;
                line.outcome = refuses.value_or(Outcome::revoked_key);
                line.title = base::outcome_text(line.outcome).sentence;
                answers += protocol::write_line_answer(line) + "\n";
                continue;
            }
            line.result = protocol::LineResult::accepted;
            line.receipt = envelope::sign_receipt(receipt, key);
            log.push_back({receipt.index, text, line.receipt});
            answers += protocol::write_line_answer(line) + "\n";
        }
        if (line_cut_after_taking) return {};
        return {200, answers};
    }

    std::string enrolment_answer(const std::string& jws_text) {
        const auto jws = envelope::Jws::parse(jws_text, envelope::HeaderKey::jwk);
        return protocol::write_enrolment_answer({unit, "school",
                                                 envelope::key_id(jws->embedded_key()),
                                                 key.public_key(), notice, anchor()});
    }
};

struct Office {
    Server             server;
    base::FixedClock   clock{*base::parse_rfc3339("2026-11-24T10:00:00+08:00")};
    base::SeededRandom random{7};
    std::optional<Desk> desk;

    bool                second = false; // One desk at a time has the pages.

    Office() {
        REQUIRE(store().load(0, {}).has_value());
        open();
    }
    // Another machine of the same unit, beside that.
    explicit Office(const Server& same) : server(same), random(99), second(true) { open(); }
    void open() {
        auto opened = Desk::open(
            std::move(*(second ? sqlite::Database::open(":memory:", sqlite::OpenMode::create)
                               : store().open())),
            clock, random);
        REQUIRE_MESSAGE(opened.has_value(), (opened ? "" : opened.error().detail));
        desk.emplace(std::move(*opened));
    }
    void restart() {
        desk.reset();
        open();
    }
    device::Report sync() {
        device::Sync sync(*desk);
        while (const auto request = sync.next()) sync.deliver(server.answer(*request));
        return sync.report();
    }
    void enrol() {
        const auto body = desk->begin_enrolment("abcd efgh jkmn", "一号机");
        REQUIRE(body.has_value());
        REQUIRE(desk->finish_enrolment(server.enrolment_answer(*body)).has_value());
        const auto report = sync();
        REQUIRE_MESSAGE(!report.fault, (report.fault ? report.fault->detail : ""));
    }
    base::EnvelopeId declare(const char* id, const char* level_text, const char* heads) {
        const auto root = desk->create_matter(declaration, spring);
        REQUIRE(root.has_value());
        REQUIRE(desk->choose(*root, cell(certificate), base::CertificateId(id)).has_value());
        REQUIRE(desk->type(*root, cell(level), level_text).has_value());
        REQUIRE(desk->type(*root, cell(headcount), heads).has_value());
        return *root;
    }
    // Begins the 附件2 of the round, by that contact.
    base::EnvelopeId summarise(const char* contact) {
        const auto root = desk->create_matter(school_summary, spring);
        REQUIRE(root.has_value());
        REQUIRE(desk->type(*root, cell(base::FieldId("contact")), contact).has_value());
        return *root;
    }
    const notice::Form& form(const base::FormId& id) {
        return *desk->find_package()->find_form(id);
    }
    MatterState state(const base::EnvelopeId& root) { return desk->find_matter(root)->state; }
};

} // namespace

TEST_CASE("a key is kept before its code is sent, so a cut line can be tried again") {
    Office     office;
    const auto first = office.desk->begin_enrolment("ABCD-EFGH-JKMN", "一号机");
    REQUIRE(first.has_value());
    office.restart();
    const auto second = office.desk->begin_enrolment("abcdefghjkmn", "一号机");
    REQUIRE(second.has_value());
    const auto key_of = [](const std::string& text) {
        return envelope::Jws::parse(text, envelope::HeaderKey::jwk)->embedded_key();
    };
    CHECK(key_of(*first) == key_of(*second));
    CHECK(office.desk->begin_enrolment("ABCD", "x").error().outcome == Outcome::bad_code);
    CHECK(office.desk->finish_enrolment(office.server.enrolment_answer(*second)).has_value());
    CHECK(office.desk->begin_enrolment("ABCD-EFGH-JKMN", "x").error().outcome ==
          Outcome::already_enrolled);
}

TEST_CASE("what was typed is found again after a restart, also what does not parse") {
    Office office;
    office.enrol();
    const auto root = office.declare("C1", "中级", "约100");
    office.restart();
    const auto matter = office.desk->find_matter(root);
    REQUIRE(matter.has_value());
    CHECK(matter->values.at(cell(headcount)).text == "约100");
    CHECK(matter->values.at(cell(headcount)).value.is_null());
    CHECK(!matter->values.at(cell(headcount)).wrong.empty());
    CHECK(matter->values.at(cell(certificate)).text == "Web前端开发");
    CHECK(!office.desk->judge(root)->sealable);
    CHECK(office.desk->seal(root).error().outcome == Outcome::incomplete);
}

TEST_CASE("a certificate's name is its value only when it is exactly one entry's") {
    Office office;
    office.enrol();
    const auto root = *office.desk->create_matter(declaration, spring);
    REQUIRE(office.desk->type(root, cell(certificate), "Web前端开发").has_value());
    CHECK(office.desk->find_matter(root)->values.at(cell(certificate)).value == "C1");
    REQUIRE(office.desk->type(root, cell(certificate), "老年照护").has_value());
    CHECK(office.desk->find_matter(root)->values.at(cell(certificate)).value.is_null());
    CHECK(office.desk->search_catalogue("照护 丙", 9).size() == 1);
    CHECK(office.desk->search_catalogue("WEB", 9).size() == 1);
    CHECK(office.desk->search_catalogue("", 9).size() == 3);
}

TEST_CASE("typed, signed, sent, received: one number's way on the desk") {
    Office office;
    office.enrol();
    const auto root = office.declare("C1", "中级", "１００人");
    REQUIRE(office.desk->seal(root).has_value());
    CHECK(office.state(root) == MatterState::queued);
    CHECK(office.desk->type(root, cell(headcount), "5").error().outcome == Outcome::frozen);
    const auto report = office.sync();
    CHECK(report.accepted == 1);
    CHECK(office.state(root) == MatterState::submitted);
    REQUIRE(office.desk->receipts().size() == 1);
    CHECK(office.desk->receipts().front().receipt_fields->id == root);
    CHECK(office.desk->receipts().front().answers.at("headcount") == 100);
    CHECK(office.desk->receipt_file(root).has_value());
}

TEST_CASE("an answer that is lost is no loss: the log's change brings the receipt") {
    Office office;
    office.enrol();
    const auto root = office.declare("C2", "初级", "60");
    REQUIRE(office.desk->seal(root).has_value());
    office.server.line_cut_after_taking = true;
    CHECK(office.sync().fault->outcome == Outcome::offline);
    CHECK(office.state(root) == MatterState::queued);
    // It may have arrived, so it can no longer vanish without a trace.
    REQUIRE(office.desk->revise(root).has_value());
    CHECK(office.desk->find_matter(root)->newest.has_value());
    office.server.line_cut_after_taking = false;
    const auto change = office.server.log.front();
    REQUIRE(office.desk->accept_change(change).has_value());
    CHECK(office.desk->receipts().size() == 1);
}

TEST_CASE("an envelope that never left can be taken back") {
    Office office;
    office.enrol();
    const auto root = office.declare("C2", "初级", "60");
    REQUIRE(office.desk->seal(root).has_value());
    REQUIRE(office.desk->revise(root).has_value());
    CHECK(office.state(root) == MatterState::editing);
    CHECK(office.desk->queued().empty());
    CHECK(!office.desk->find_matter(root)->newest.has_value());
}

TEST_CASE("a change after submitting makes a new version that names the old one") {
    Office office;
    office.enrol();
    const auto root = office.declare("C2", "初级", "60");
    REQUIRE(office.desk->seal(root).has_value());
    office.sync();
    REQUIRE(office.desk->revise(root).has_value());
    REQUIRE(office.desk->type(root, cell(headcount), "80").has_value());
    REQUIRE(office.desk->seal(root).has_value());
    const auto        item = office.desk->queued().front();
    const auto        jws = *envelope::Jws::parse(item.text, envelope::HeaderKey::kid);
    const base::Json  payload = *base::parse_json(*jws.payload_under(item.sha256));
    CHECK(payload.at("root") == root.text());
    CHECK(payload.at("replaces") == root.text());
    CHECK(payload.at("id") != root.text());

    REQUIRE(office.desk->revise(root).has_value()); // Taken back: the first version is newest again.
    REQUIRE(office.desk->discard_revision(root).has_value());
    CHECK(office.state(root) == MatterState::submitted);
    CHECK(office.desk->find_matter(root)->values.at(cell(headcount)).text == "60");
}

TEST_CASE("a refused envelope stays with its reason, and the next one takes its place") {
    Office office;
    office.enrol();
    const auto root = office.declare("C2", "初级", "60");
    REQUIRE(office.desk->seal(root).has_value());
    protocol::LineAnswer refused;
    refused.id = root;
    refused.outcome = Outcome::window_not_open;
    refused.title = base::outcome_text(Outcome::window_not_open).sentence;
    REQUIRE(office.desk->settle(office.desk->queued().front().sha256, refused).has_value());
    CHECK(office.state(root) == MatterState::refused);
    REQUIRE(office.desk->refused().size() == 1);
    CHECK(office.desk->refused().front().refusal->outcome == Outcome::window_not_open);
    REQUIRE(office.desk->type(root, cell(headcount), "61").has_value());
    REQUIRE(office.desk->seal(root).has_value());
    CHECK(office.desk->refused().empty());
    CHECK(office.desk->queued().front().id == root); // The id was never used.
}

TEST_CASE("a receipt under another key leaves the envelope in the outbox") {
    Office office;
    office.enrol();
    const auto root = office.declare("C2", "初级", "60");
    REQUIRE(office.desk->seal(root).has_value());
    office.server.key = envelope::SecretKey::make(office.random);
    CHECK(office.sync().fault->outcome == Outcome::foreign_server);
    device::Response answer = office.server.take(office.desk->queued().front().text + "\n");
    const auto line = *protocol::read_line_answer(
        std::string_view(answer.body).substr(0, answer.body.size() - 1));
    CHECK(office.desk->settle(office.desk->queued().front().sha256, line).error().outcome ==
          Outcome::foreign_server);
    CHECK(office.state(root) == MatterState::queued);
}

TEST_CASE("the summary is made from the declarations and says when it is stale") {
    Office office;
    office.enrol();
    const auto first = office.declare("C1", "中级", "100");
    const auto second = office.declare("C2", "初级", "60");
    const auto summary = *office.desk->create_matter(school_summary, spring);
    CHECK(*office.desk->create_matter(school_summary, spring) == summary); // One a round.
    REQUIRE(office.desk->type(summary, {0, base::FieldId("contact")}, "王芳").has_value());
    REQUIRE(office.desk->type(summary, {0, base::FieldId("phone")}, "0558-5512345").has_value());
    const auto judged = office.desk->judge(summary);
    CHECK(judged->answers.at("rows").size() == 2);
    CHECK(judged->verdict.computed.at(base::FieldId("total_headcount")) == 160);
    // Its rows must name signed declarations.
    CHECK(office.desk->seal(summary).error().detail ==
          "还有2张申报表没有签名提交：第1张“Web前端开发”、第2张“老年照护”。");
    CHECK(!office.desk->judge(summary)->sealable); // The list 检查 says so before anyone signs.
    REQUIRE(office.desk->seal(first).has_value());
    REQUIRE(office.desk->seal(second).has_value());
    REQUIRE(office.desk->seal(summary).has_value());
    office.sync();
    CHECK(!*office.desk->outdated(summary));
    REQUIRE(office.desk->revise(second).has_value());
    REQUIRE(office.desk->type(second, cell(headcount), "70").has_value());
    CHECK(*office.desk->outdated(summary));
    // What was signed stays to be read, and to be printed, as it was signed.
    CHECK(office.desk->judge(summary)->answers.at("rows").at(1).at("headcount") == 60);
    CHECK(office.desk->judge(summary)->verdict.computed.at(base::FieldId("total_headcount")) ==
          160);
    REQUIRE(office.desk->revise(summary).has_value());
    CHECK(office.desk->judge(summary)->answers.at("rows").at(1).at("headcount") == 70);
}

TEST_CASE("a summary that was not sent comes back with the declaration it was made from") {
    Office office;
    office.enrol();
    const auto root = office.declare("C2", "初级", "60");
    const auto summary = *office.desk->create_matter(school_summary, spring);
    REQUIRE(office.desk->type(summary, {0, base::FieldId("contact")}, "王芳").has_value());
    REQUIRE(office.desk->type(summary, {0, base::FieldId("phone")}, "0558-5512345").has_value());
    REQUIRE(office.desk->seal(root).has_value());
    REQUIRE(office.desk->seal(summary).has_value());
    REQUIRE(office.desk->queued().size() == 2);
    REQUIRE(office.desk->revise(root).has_value()); // The server would refuse the summary alone.
    CHECK(office.desk->queued().empty());
    CHECK(office.state(summary) == MatterState::editing);
    REQUIRE(office.desk->seal(root).has_value());
    REQUIRE(office.desk->seal(summary).has_value());
    CHECK(office.sync().accepted == 2);
}

TEST_CASE("a withdrawal waits in the outbox, can be given up there, and is signed once") {
    Office office;
    office.enrol();
    const auto root = office.declare("C2", "初级", "60");
    REQUIRE(office.desk->seal(root).has_value());
    office.sync();
    REQUIRE(office.desk->withdraw(root, "").has_value());
    CHECK(office.state(root) == MatterState::withdrawing);
    CHECK(office.desk->withdraw(root, "").error().outcome == Outcome::frozen);
    CHECK(office.desk->revise(root).error().outcome == Outcome::frozen);
    // The summary made now is the one that holds behind the withdrawal.
    const auto summary = *office.desk->create_matter(school_summary, spring);
    CHECK(office.desk->judge(summary)->answers.at("rows").empty());
    REQUIRE(office.desk->cancel_withdrawal(root).has_value());
    CHECK(office.state(root) == MatterState::submitted);
    CHECK(office.desk->judge(summary)->answers.at("rows").size() == 1);
    CHECK(office.desk->cancel_withdrawal(root).error().outcome == Outcome::frozen);
    REQUIRE(office.desk->withdraw(root, "").has_value());
    office.sync();
    CHECK(office.state(root) == MatterState::withdrawn);
    CHECK(office.desk->cancel_withdrawal(root).error().outcome == Outcome::frozen);
}

TEST_CASE("receipts say what they are of, and which have been replaced") {
    Office office;
    office.enrol();
    const auto root = office.declare("C2", "初级", "60");
    REQUIRE(office.desk->seal(root).has_value());
    office.sync();
    CHECK(!office.desk->receipts().front().replaced);
    REQUIRE(office.desk->revise(root).has_value());
    REQUIRE(office.desk->type(root, cell(headcount), "70").has_value());
    REQUIRE(office.desk->seal(root).has_value());
    CHECK(!office.desk->receipts().front().replaced); // Not before the new one has arrived.
    office.sync();
    REQUIRE(office.desk->receipts().size() == 2);
    CHECK(!office.desk->receipts().front().replaced);
    CHECK(!office.desk->receipts().front().withdrawn);
    CHECK(office.desk->receipts().back().replaced);
    REQUIRE(office.desk->withdraw(root, "").has_value());
    office.sync();
    const auto withdrawal = office.desk->receipts().front();
    CHECK(withdrawal.kind == "withdrawal");
    CHECK(withdrawal.answers.at("certificate") == "C2"); // Of the version that was withdrawn.
    CHECK(withdrawal.answers.at("headcount") == 70);
    // Its receipts stay and say that they stand for nothing any more; the withdrawal's does not.
    for (const auto& receipt : office.desk->receipts())
        CHECK(receipt.withdrawn == (receipt.kind == "filing"));
}

TEST_CASE("rules: declared twice, a level that is not offered, a warning that wants a reason") {
    Office office;
    office.enrol();
    office.declare("C1", "中级", "100");
    const auto twice = office.declare("C1", "中级", "50");
    CHECK(office.desk->judge(twice)->findings.front().rule.text() == "declared_once");
    const auto level_wrong = office.declare("C2", "高级", "50");
    CHECK(office.desk->judge(level_wrong)->findings.front().text ==
          "该证书没有高级，可以申报：初级。");
    const auto small = office.declare("C1", "初级", "20");
    CHECK(office.desk->judge(small)->to_explain == 1);
    CHECK(!office.desk->judge(small)->sealable);
    REQUIRE(office.desk->explain(small, base::RuleId("min_headcount"), "先试点一个班").has_value());
    CHECK(office.desk->judge(small)->sealable);
}

TEST_CASE("a deletion is undone, and what was signed is not deleted") {
    Office office;
    office.enrol();
    const auto root = office.declare("C2", "初级", "60");
    REQUIRE(office.desk->remove(root).has_value());
    CHECK(office.desk->matters(declaration, spring).empty());
    REQUIRE(office.desk->restore(root).has_value());
    CHECK(office.desk->matters(declaration, spring).size() == 1);
    REQUIRE(office.desk->seal(root).has_value());
    CHECK(office.desk->remove(root).error().outcome == Outcome::frozen);
}

TEST_CASE("a block of cells becomes declarations, and undo leaves no trace of it") {
    Office office;
    office.enrol();
    const auto signed_one = office.declare("C1", "中级", "60");
    REQUIRE(office.desk->seal(signed_one).has_value());
    const auto half = office.desk->create_matter(declaration, spring); // Empty: it is filled first.
    REQUIRE(half.has_value());
    const auto before = office.desk->matters(declaration, spring);
    const auto preview =
        office.desk->preview_grid(office.form(declaration),
                                  {{"C2", "初级", "１０人"}, {"老年照护", "初级", "20"},
                                   {"Web前端开发", "初级", "约30"}},
                                  nullptr, 100);
    REQUIRE(preview.has_value());
    office.clock.advance(1000000);
    const auto count = office.desk->change_count();
    const auto taken = office.desk->take_matters(declaration, spring, *preview, nullptr);
    REQUIRE(taken.has_value());
    CHECK(office.desk->change_count() == count + 1); // One transaction.
    const auto now = office.desk->matters(declaration, spring);
    REQUIRE(now.size() == 4);
    CHECK(now[1].root == *half);
    CHECK(now[1].values.at(cell(headcount)).value == base::Json(10));
    CHECK(now[1].values.at(cell(certificate)).text == "老年照护");
    CHECK(now[2].values.at(cell(certificate)).value.is_null()); // Two of that name.
    CHECK(!now[2].values.at(cell(certificate)).wrong.empty());
    CHECK(now[3].values.at(cell(headcount)).text == "约30");

    REQUIRE(office.desk->undo(*taken).has_value());
    const auto after = office.desk->matters(declaration, spring);
    REQUIRE(after.size() == before.size());
    for (std::size_t i = 0; i < before.size(); ++i) {
        CHECK(after[i].root == before[i].root);
        CHECK(after[i].values == before[i].values);
        CHECK(after[i].updated_at == before[i].updated_at);
    }

    // Numbers alone lie over what is there; what is signed is left alone.
    const notice::Form* form = office.desk->find_package()->find_form(declaration);
    // Each in its own row: an empty cell, like a signed row, shifts nothing.
    const auto numbers = office.desk->preview_grid(office.form(declaration), {{"6"}, {""}, {"8"}},
                                                   form->find_field("headcount"), 100);
    const auto untouched = office.desk->matters(declaration, spring);
    REQUIRE(office.desk->take_matters(declaration, spring, *numbers, &signed_one).has_value());
    const auto laid = office.desk->matters(declaration, spring);
    REQUIRE(laid.size() == 3);
    CHECK(laid[0].values.at(cell(headcount)).value == base::Json(60));
    CHECK(laid[1].values == untouched[1].values);
    CHECK(laid[2].values.at(cell(headcount)).value == base::Json(8));
    // What was signed since cannot be undone.
    const auto filled =
        office.desk->copy_cell(signed_one, cell(certificate), *half, cell(certificate));
    REQUIRE(filled.has_value());
    REQUIRE(office.desk->type(*half, cell(level), "初级").has_value());
    REQUIRE(office.desk->type(*half, cell(headcount), "70").has_value());
    REQUIRE(office.desk->seal(*half).has_value());
    CHECK(office.desk->undo(*filled).error().outcome == Outcome::table_signed);
}

TEST_CASE("a typed table: rows are taken, inserted, removed, copied, cleared, and put back") {
    Office office;
    office.enrol();
    const base::FormId increase("quota_increase");
    const auto         root = office.desk->create_matter(increase, base::Period("2023"));
    REQUIRE(root.has_value());
    const base::FieldId after("approved_after");
    const auto          rows = [&] {
        std::string words;
        for (const int row : device::filled_rows(*office.desk->find_matter(*root))) {
            const auto matter = office.desk->find_matter(*root);
            const auto found = matter->values.find({row, after});
            words += std::to_string(row) + ":" +
                     (found == matter->values.end() ? "" : found->second.text) + " ";
        }
        return words;
    };
    const Grid grid = {{"C1", "初级", "100"}, {"C1", "中级", "200"}, {"C2", "初级", "300"}};
    const auto preview = office.desk->preview_grid(office.form(increase), grid, nullptr, 100);
    REQUIRE(preview->whole);
    REQUIRE(office.desk->take_rows(*root, *preview, 1).has_value());
    CHECK(rows() == "1:100 2:200 3:300 ");

    // Whole rows go behind those that have text, wherever they were put down.
    const auto again = office.desk->take_rows(*root, *preview, 2);
    CHECK(rows() == "1:100 2:200 3:300 4:100 5:200 6:300 ");
    REQUIRE(office.desk->undo(*again).has_value());

    const auto removed = office.desk->remove_row(*root, 2);
    CHECK(rows() == "1:100 2:300 ");
    REQUIRE(office.desk->undo(*removed).has_value());
    CHECK(rows() == "1:100 2:200 3:300 ");

    const auto inserted = office.desk->insert_row(*root, 2);
    CHECK(rows() == "1:100 3:200 4:300 ");
    // An empty row is only room: answers and findings count without it.
    const auto judged = office.desk->judge(*root);
    REQUIRE(judged.has_value());
    CHECK(judged->answers.at("rows").size() == 3);
    CHECK(judged->answers.at("rows").at(1).at("approved_after") == base::Json(200));
    for (const rules::Finding& finding : judged->findings)
        CHECK(finding.rule != device::typed_rule);
    REQUIRE(office.desk->copy_cell(*root, {1, after}, *root, {2, after}).has_value());
    CHECK(rows() == "1:100 2:100 3:200 4:300 ");
    REQUIRE(office.desk->clear_row(*root, 1).has_value());
    CHECK(rows() == "2:100 3:200 4:300 ");
    REQUIRE(office.desk->undo(*inserted).has_value());
    CHECK(rows() == "1:100 2:200 3:300 ");

    const notice::Field* column =
        office.desk->find_package()->find_form(increase)->find_column("approved_after");
    const auto numbers = office.desk->preview_grid(office.form(increase), {{"1"}, {"2"}}, column,
                                                   100);
    REQUIRE(office.desk->take_rows(*root, *numbers, 2).has_value());
    CHECK(rows() == "1:100 2:1 3:2 ");
    // Beyond the last row nothing is taken at all.
    const auto refused = office.desk->take_rows(*root, *numbers, 100);
    REQUIRE(!refused);
    CHECK(refused.error().outcome == Outcome::too_many_rows);
    CHECK(rows() == "1:100 2:1 3:2 ");
    const auto&    made = office.form(school_summary);
    CHECK(office.desk->preview_grid(made, grid, nullptr, 9).error().outcome ==
          Outcome::unknown_form);
}

TEST_CASE("a second machine of the unit sees what the first one sent") {
    Office first;
    first.enrol();
    const auto root = first.declare("C1", "中级", "100");
    REQUIRE(first.desk->seal(root).has_value());
    first.sync();
    const Server server = first.server;
    first.desk.reset();

    Office second;
    second.server = server;
    second.random = base::SeededRandom(99);
    second.enrol();
    const auto matter = second.desk->find_matter(root);
    REQUIRE(matter.has_value());
    CHECK(matter->state == MatterState::submitted);
    CHECK(matter->values.at(cell(certificate)).text == "Web前端开发");
    CHECK(matter->values.at(cell(headcount)).value == 100);
}

TEST_CASE("a desk of a newer program is not opened") {
    Office office;
    office.desk.reset();
    {
        auto database = *store().open();
        REQUIRE(database.run_script("PRAGMA user_version=99").has_value());
    }
    const auto opened = Desk::open(std::move(*store().open()), office.clock, office.random);
    CHECK(opened.error().outcome == Outcome::storage_newer);
}

TEST_CASE("lists that the desk has are not sent again, and come again when they have changed") {
    Office office;
    office.enrol();
    CHECK(office.server.lists_sent == 2);
    CHECK(!office.sync().fault.has_value());
    CHECK(office.server.lists_sent == 2);
    office.restart();
    office.server.unit.name += "（更名）";
    CHECK(!office.sync().fault.has_value());
    CHECK(office.server.lists_sent == 3);
    CHECK(office.desk->units().front().name == office.server.unit.name);
}

TEST_CASE("a list is kept with what the next sync asks by, in one commit") {
    Office office;
    office.enrol();
    const auto before = office.desk->change_count();
    REQUIRE(office.desk->keep_list("extensions", "{}", "\"told\"").has_value());
    CHECK(office.desk->change_count() == before + 1);
    CHECK(office.desk->kept("extensions") == "{}");
    CHECK(office.desk->setting(device::etag_setting("extensions")) == "\"told\"");
    // Read outside a sync: that one asks anew.
    REQUIRE(office.desk->keep_list("extensions", "{}").has_value());
    CHECK(office.desk->setting(device::etag_setting("extensions")) == "");
}

namespace {

// A declaration that the server holds.
base::EnvelopeId delivered(Office& office, const char* id, const char* heads) {
    const auto root = office.declare(id, "初级", heads);
    REQUIRE(office.desk->seal(root).has_value());
    REQUIRE(!office.sync().fault.has_value());
    REQUIRE(office.state(root) == MatterState::submitted);
    return root;
}

envelope::Decision decision_about(const base::EnvelopeId& target, envelope::ReviewVerdict verdict) {
    envelope::Decision decision;
    decision.target = target;
    decision.verdict = verdict;
    decision.reason = "人数与专业规模不符";
    return decision;
}

} // namespace

TEST_CASE("a reviewer's decision reaches the desk: returned opens, passed and approved freeze") {
    Office     office;
    office.enrol();
    const auto root = delivered(office, "C1", "100");

    auto returned = decision_about(root, envelope::ReviewVerdict::send_back);
    returned.remarks.push_back({headcount, "请核对班级人数"});
    office.server.add(returned);
    REQUIRE(!office.sync().fault.has_value());
    office.restart();
    auto matter = office.desk->find_matter(root);
    CHECK(matter->state == MatterState::returned);
    REQUIRE(matter->review.has_value());
    CHECK(matter->review->decision.reason == "人数与专业规模不符");
    CHECK(matter->review->decision.remarks.front().text == "请核对班级人数");
    CHECK(matter->review->at == office.server.clock.now());

    REQUIRE(office.desk->revise(root).has_value());
    REQUIRE(office.desk->type(root, cell(headcount), "80").has_value());
    REQUIRE(office.desk->seal(root).has_value());
    REQUIRE(!office.sync().fault.has_value());
    const auto second = *office.desk->find_matter(root)->newest;
    CHECK(office.state(root) == MatterState::submitted); // What was said of the first is history.
    CHECK(!office.desk->find_matter(root)->review.has_value());

    office.server.add(decision_about(second, envelope::ReviewVerdict::pass));
    REQUIRE(!office.sync().fault.has_value());
    CHECK(office.state(root) == MatterState::passed);
    CHECK(office.desk->revise(root).error().outcome == Outcome::frozen);
    CHECK(office.desk->withdraw(root, "").error().outcome == Outcome::frozen);
    office.server.approve(second, "C1", "初级", 80);
    REQUIRE(!office.sync().fault.has_value());
    CHECK(office.state(root) == MatterState::approved);
}

TEST_CASE("what was decided while it was changed here cannot be sent any more, and says so") {
    for (const auto verdict : {envelope::ReviewVerdict::pass, envelope::ReviewVerdict::reject}) {
        Office office;
        office.enrol();
        const auto root = delivered(office, "C1", "100");
        REQUIRE(office.desk->revise(root).has_value());
        REQUIRE(office.desk->type(root, cell(headcount), "90").has_value());
        CHECK(office.desk->judge(root)->sealable);
        office.server.add(decision_about(root, verdict));
        REQUIRE(!office.sync().fault.has_value());
        CHECK(office.state(root) == MatterState::editing); // What was typed is there.
        const auto judged = office.desk->judge(root);
        REQUIRE(judged.has_value());
        REQUIRE(judged->dead_end() != nullptr);
        CHECK(judged->dead_end()->rule == device::decided_rule);
        CHECK(judged->errors == 1);
        CHECK(!judged->sealable);
        CHECK(office.desk->seal(root).error().outcome == Outcome::incomplete);
        REQUIRE(office.desk->discard_revision(root).has_value());
        CHECK(office.state(root) == device::state_after(decision_about(root, verdict)));
        CHECK(!office.desk->judge(root)->found(device::decided_rule));
    }
    Office office;
    office.enrol();
    const auto root = delivered(office, "C1", "100");
    REQUIRE(office.desk->revise(root).has_value());
    office.server.add(decision_about(root, envelope::ReviewVerdict::pass));
    // Its window is over as well: no reason can be given that would help.
    office.server.clock.set(*base::parse_rfc3339("2023-04-02T09:00:00+08:00"));
    REQUIRE(!office.sync().fault.has_value());
    CHECK(office.desk->judge(root)->dead_end() != nullptr);
    CHECK(!office.desk->judge(root)->found(device::late_rule));
    // A return opens it again.
    auto returned = decision_about(root, envelope::ReviewVerdict::send_back);
    returned.due = *base::parse_rfc3339("2023-04-10T23:59:59+08:00");
    office.server.add(returned);
    REQUIRE(!office.sync().fault.has_value());
    CHECK(office.desk->judge(root)->dead_end() == nullptr);
    CHECK(office.desk->judge(root)->sealable);
}

TEST_CASE("what the server has refused can be put away: a withdrawal, and a matter it has nothing of") {
    Office office;
    office.enrol();
    const auto kept = delivered(office, "C1", "100");
    REQUIRE(office.desk->withdraw(kept, "").has_value());
    const auto twice = office.declare("C2", "初级", "60");
    REQUIRE(office.desk->seal(twice).has_value());
    office.server.refuses = Outcome::frozen;
    office.sync();
    CHECK(office.desk->refused().size() == 2);
    CHECK(office.state(kept) == MatterState::submitted);
    CHECK(office.state(twice) == MatterState::refused);

    CHECK(office.desk->remove(kept).error().outcome == Outcome::frozen);
    CHECK(office.desk->cancel_withdrawal(kept).error().outcome == Outcome::frozen);
    const auto refused_withdrawal = [&] {
        for (const device::OutboxItem& item : office.desk->refused())
            if (item.kind == "withdrawal") return item.id;
        return base::EnvelopeId();
    };
    REQUIRE(office.desk->take_back_act(refused_withdrawal()).has_value());
    CHECK(refused_withdrawal() == base::EnvelopeId());
    // One that is signed anew takes the place of the refused one.
    REQUIRE(office.desk->withdraw(kept, "").has_value());
    office.sync();
    REQUIRE(office.desk->withdraw(kept, "").has_value());
    CHECK(refused_withdrawal() == base::EnvelopeId());
    CHECK(office.state(kept) == MatterState::withdrawing);
    REQUIRE(office.desk->cancel_withdrawal(kept).has_value());
    CHECK(office.state(kept) == MatterState::submitted);
    REQUIRE(office.desk->remove(twice).has_value());
    CHECK(office.desk->refused().empty());
    const auto summary = *office.desk->create_matter(school_summary, spring);
    CHECK(office.desk->judge(summary)->answers.at("rows").size() == 1);
    REQUIRE(office.desk->restore(twice).has_value()); // Undone.
    CHECK(office.desk->refused().size() == 1);
    CHECK(office.state(twice) == MatterState::refused);
}

TEST_CASE("what is rejected counts no more: the certificate can be declared anew") {
    Office     office;
    office.enrol();
    const auto root = delivered(office, "C1", "100");
    office.server.add(decision_about(root, envelope::ReviewVerdict::reject));
    REQUIRE(!office.sync().fault.has_value());
    CHECK(office.state(root) == MatterState::rejected);
    CHECK(!device::counts(office.state(root)));
    const auto anew = office.declare("C1", "初级", "60");
    CHECK(office.desk->judge(anew)->sealable);
}

TEST_CASE("a report's quota is the ledger's, up to the newest anchor, and cannot be typed (R48)") {
    Office     office;
    office.enrol();
    const auto        root = delivered(office, "C1", "100");
    const base::FormId report("monthly_report");
    const base::FieldId quota("quota");
    office.server.clock.set(*base::parse_rfc3339("2023-05-10T09:00:00+08:00"));
    office.server.approve(root, "C1", "初级", 90);
    REQUIRE(!office.sync().fault.has_value());
    const auto may = office.desk->create_matter(report, base::Period("2023-05"));
    REQUIRE(may.has_value());
    CHECK(office.desk->answers_of(*may)->at("quota") == 90);
    CHECK(office.desk->type(*may, cell(quota), "100").error().outcome == Outcome::frozen);

    // An entry that is newer than the anchor is known here and not counted yet: the server would
    // not count it either for what is signed under this anchor.
    const auto anchored_until = office.server.clock.now();
    office.server.ledger.push_back({base::Time{anchored_until.microseconds + 60000000}, "increase",
                                    base::Period("2023"), base::CertificateId("C1"), "初级", 10,
                                    100, root});
    REQUIRE(!office.sync().fault.has_value());
    CHECK(office.desk->ledger().size() == 2);
    CHECK(office.desk->answers_of(*may)->at("quota") == 90);
    office.server.clock.advance(120000000);
    REQUIRE(!office.sync().fault.has_value());
    CHECK(office.desk->answers_of(*may)->at("quota") == 100);

    // A block laid over its one row leaves what the sheet leaves empty, and can be put back.
    const notice::Field* first_typed = office.form(report).find_field("month_registered");
    const auto           block = office.desk->preview_grid(
        office.form(report), {{"41", "12", "", "52", "1.5", "0"}}, first_typed, 1);
    REQUIRE(block.has_value());
    REQUIRE(office.desk->type(*may, cell(base::FieldId("cum_assessed")), "70").has_value());
    const auto taken = office.desk->take_rows(*may, *block, 0);
    REQUIRE(taken.has_value());
    CHECK(office.desk->answers_of(*may)->at("month_registered") == 41);
    CHECK(office.desk->answers_of(*may)->at("cum_assessed") == 70);
    CHECK(office.desk->answers_of(*may)->at("cum_fee_paid") == 1500000);
    REQUIRE(office.desk->undo(*taken).has_value());
    CHECK(office.desk->answers_of(*may)->at("month_registered").is_null());
    CHECK(office.desk->answers_of(*may)->at("cum_assessed") == 70);
    CHECK(office.desk->take_rows(*may, *block, 1).error().outcome == Outcome::unknown_form);

    // The rows of an increase take the number approved before from there too.
    const auto increase = office.desk->create_matter(base::FormId("quota_increase"),
                                                     base::Period("2023"));
    REQUIRE(increase.has_value());
    const base::CertificateId first("C1");
    REQUIRE(office.desk->choose(*increase, {1, certificate}, first).has_value());
    REQUIRE(office.desk->type(*increase, {1, level}, "初级").has_value());
    REQUIRE(office.desk->type(*increase, {1, base::FieldId("approved_after")}, "120").has_value());
    CHECK(office.desk->answers_of(*increase)->at("rows").at(0).at("approved_before") == 100);
}

TEST_CASE("what is signed late wants its reason, which travels with it (C20); an extension lifts that") {
    Office     office;
    office.enrol();
    const auto root = office.declare("C1", "初级", "100");
    CHECK(office.desk->judge(root)->sealable);
    office.server.clock.set(*base::parse_rfc3339("2023-04-01T00:00:00+08:00"));
    REQUIRE(!office.sync().fault.has_value());
    auto judged = office.desk->judge(root);
    CHECK(!judged->sealable);
    REQUIRE(judged->findings.size() == 1);
    CHECK(judged->findings.front().rule == device::late_rule);
    CHECK(judged->findings.front().text == "填报时间已于3月31日24时截止，请写明逾期补报的原因。");

    const base::Time until = *base::parse_rfc3339("2023-04-02T23:59:59+08:00");
    const base::UnitId own = office.server.unit.unit;
    office.server.add(envelope::Extension{own, declaration, spring, until, "停电"});
    office.server.add(envelope::Extension{base::UnitId("S341600007"), declaration, spring,
                                          base::Time{until.microseconds * 2}, "别的学校"});
    REQUIRE(!office.sync().fault.has_value());
    CHECK(*office.desk->closes_at(declaration, spring) == base::Time{until.microseconds + 1});
    CHECK(office.desk->judge(root)->sealable);

    office.server.clock.set(*base::parse_rfc3339("2023-04-03T09:00:00+08:00"));
    REQUIRE(!office.sync().fault.has_value());
    CHECK(!office.desk->judge(root)->sealable);
    REQUIRE(office.desk->explain(root, device::late_rule, "学校停电三天").has_value());
    CHECK(office.desk->judge(root)->sealable);
    REQUIRE(office.desk->seal(root).has_value());
    const auto item = office.desk->queued().front();
    const auto jws = envelope::Jws::parse(item.text, envelope::HeaderKey::kid);
    const auto payload = base::parse_json(*jws->payload_under(jws->sha256()));
    CHECK(payload->at("notes").at("late") == "学校停电三天");
}

TEST_CASE("a late version takes nobody's place before it is extended; then it does") {
    Office office;
    office.enrol();
    const auto root = delivered(office, "C1", "100");
    office.server.timing = envelope::Timing::late;
    office.server.clock.set(*base::parse_rfc3339("2023-04-02T09:00:00+08:00"));
    REQUIRE(!office.sync().fault.has_value());
    REQUIRE(office.desk->revise(root).has_value());
    REQUIRE(office.desk->type(root, cell(headcount), "120").has_value());
    REQUIRE(office.desk->explain(root, device::late_rule, "学校停电三天").has_value());
    REQUIRE(office.desk->seal(root).has_value());
    REQUIRE(!office.sync().fault.has_value());
    REQUIRE(office.desk->receipts().size() == 2);
    CHECK(office.desk->receipts().front().receipt_fields->timing == envelope::Timing::late);
    CHECK(!office.desk->receipts().back().replaced);
    CHECK(office.desk->timing(*office.desk->find_matter(root)) == envelope::Timing::late);

    office.server.add(envelope::Extension{office.server.unit.unit, declaration, spring,
                                          *base::parse_rfc3339("2023-04-05T23:59:59+08:00"),
                                          "停电"});
    REQUIRE(!office.sync().fault.has_value());
    CHECK(!office.desk->receipts().front().replaced);
    CHECK(office.desk->receipts().back().replaced);
    CHECK(office.desk->timing(*office.desk->find_matter(root)) == envelope::Timing::extended);
}

TEST_CASE("an end that is included is told as people say it: 24:00 of its day, or its own minute") {
    const base::Period round = spring;
    struct Row {
        const char *until, *last_in_time, *first_late, *words;
    };
    for (const Row& row :
         {Row{"2023-04-11T00:00:00+08:00", "2023-04-10T23:59:59.999999+08:00",
              "2023-04-11T00:00:00+08:00", "4月10日24时"}, // 24:00 of the last day.
          Row{"2023-04-10T23:59:59.999999+08:00", "2023-04-10T23:59:59.999999+08:00",
              "2023-04-11T00:00:00+08:00", "4月10日24时"}, // A day, as the command line reads it.
          Row{"2023-04-10T23:59:59+08:00", "2023-04-10T23:59:59+08:00",
              "2023-04-10T23:59:59.000001+08:00", "4月10日 23:59"},
          Row{"2023-04-10T12:00:00+08:00", "2023-04-10T12:00:00+08:00",
              "2023-04-10T12:00:00.000001+08:00", "4月10日 12:00"}}) {
        CAPTURE(std::string(row.until));
        const base::Time until = *base::parse_rfc3339(row.until),
                         last = *base::parse_rfc3339(row.last_in_time),
                         late = *base::parse_rfc3339(row.first_late);
        const auto       judged_at = [](Office& office, const base::EnvelopeId& root,
                                        base::Time at) {
            office.server.clock.set(at);
            REQUIRE(!office.sync().fault.has_value());
            return *office.desk->judge(root);
        };
        const auto is_late = [](const device::Judgement& judged) {
            return std::any_of(judged.findings.begin(), judged.findings.end(),
                               [](const auto& one) { return one.rule == device::late_rule; });
        };
        const auto check = [&](Office& office, const base::EnvelopeId& root) {
            CHECK(!is_late(judged_at(office, root, last)));
            const device::Judgement judged = judged_at(office, root, late);
            REQUIRE(is_late(judged));
            CHECK(judged.findings.front().text ==
                  "填报时间已于" + std::string(row.words) + "截止，请写明逾期补报的原因。");
        };
        {
            Office office;
            office.enrol();
            const auto root = office.declare("C1", "初级", "100");
            office.server.add(envelope::Extension{office.server.unit.unit, declaration, round,
                                                  until, "停电"});
            check(office, root);
            CHECK(*office.desk->closes_at(declaration, round) == late);
        }
        { // What was returned, with a date of its own (C21).
            Office office;
            office.enrol();
            const auto root = delivered(office, "C1", "100");
            auto       returned = decision_about(root, envelope::ReviewVerdict::send_back);
            returned.due = until;
            office.server.add(returned);
            REQUIRE(!office.sync().fault.has_value());
            REQUIRE(office.desk->revise(root).has_value());
            check(office, root);
            CHECK(*office.desk->closes_at(*office.desk->find_matter(root)) == late);
            // The window itself closes as it did.
            CHECK(base::to_rfc3339(*office.desk->closes_at(declaration, round)) ==
                  "2023-04-01T00:00:00+08:00");
        }
    }
}

TEST_CASE("what was explained of a finding that is gone is not kept as signed; the rest is") {
    Office office;
    office.enrol();
    const auto         root = office.declare("C1", "初级", "5");
    const base::RuleId below_minimum("min_headcount");
    REQUIRE(office.desk->explain(root, below_minimum, "本校该专业只有五人").has_value());
    CHECK(office.desk->judge(root)->sealable);
    REQUIRE(office.desk->seal(root).has_value());
    CHECK(office.desk->find_matter(root)->notes.count(below_minimum) == 1);
    office.sync();
    REQUIRE(office.desk->revise(root).has_value());
    REQUIRE(office.desk->explain(root, device::reply_rule, "已经按意见改好").has_value());
    REQUIRE(office.desk->type(root, cell(headcount), "100").has_value());
    REQUIRE(office.desk->seal(root).has_value());
    const rules::Notes kept = office.desk->find_matter(root)->notes;
    CHECK(kept.count(below_minimum) == 0);
    CHECK(kept.count(device::reply_rule) == 1); // Until somebody has decided again.
}

TEST_CASE("a version's paper goes again when another one's has gone and it has arrived") {
    Office office;
    office.enrol();
    const auto root = office.declare("C1", "初级", "100");
    REQUIRE(office.desk->seal(root).has_value());
    CHECK(!office.desk->find_matter(root)->arrived);
    office.sync();
    CHECK(office.desk->find_matter(root)->arrived);
    CHECK(!office.desk->paper_outdated(root));
    REQUIRE(office.desk->set_paper_tick(root, base::Date{2023, 3, 30}).has_value());
    const auto next = [&](const char* heads) {
        REQUIRE(office.desk->revise(root).has_value());
        REQUIRE(office.desk->type(root, cell(headcount), heads).has_value());
        REQUIRE(office.desk->seal(root).has_value());
        return *office.desk->find_matter(root)->newest;
    };
    const auto same = next("100"); // The paper says what it said.
    office.sync();
    CHECK(!office.desk->paper_outdated(same));
    const auto other = next("110");
    CHECK(!office.desk->paper_outdated(other)); // The old one counts until it has arrived.
    office.sync();
    CHECK(office.desk->paper_outdated(other));
    REQUIRE(office.desk->set_paper_tick(other, base::Date{2023, 3, 31}).has_value());
    CHECK(!office.desk->paper_outdated(other));
}

TEST_CASE("a tick about a version's paper is the school's own word, and can be taken back") {
    Office     office;
    office.enrol();
    const auto root = office.declare("C1", "初级", "100");
    CHECK(!office.desk->paper_tick(root).has_value());
    REQUIRE(office.desk->set_paper_tick(root, base::Date{2023, 3, 30}).has_value());
    office.restart();
    CHECK(office.desk->paper_tick(root) == base::Date{2023, 3, 30});
    REQUIRE(office.desk->set_paper_tick(root, std::nullopt).has_value());
    CHECK(!office.desk->paper_tick(root).has_value());
}

namespace {

// The shipped notice with headcount renamed, the contact's phone gone and a field more.
base::Json second_version() {
    base::Json  document = *base::parse_json(vectors::anhui_2023_14);
    std::string form = base::to_text(document["forms"][0]);
    for (const char* from : {"\"headcount\"", "form.headcount"})
        for (std::size_t at = 0; (at = form.find(from, at)) != std::string::npos;)
            form.replace(at, std::string_view(from).size(),
                         from[0] == '"' ? "\"planned\"" : "form.planned");
    document["forms"][0] = *base::parse_json(form);
    base::Json& fields = document["forms"][0]["fields"];
    fields[2]["was"] = "headcount";
    fields[2]["label"] = "计划考核人数";
    fields.push_back({{"id", "major"}, {"label", "所属专业"}, {"type", "text"}});
    document["forms"][0]["serves"]["columns"]["headcount"] = "planned";
    base::Json& summary = document["forms"][1];
    summary["fields"].erase(1);
    for (base::Json& block : summary["blocks"])
        if (block.contains("inlines") && block["inlines"].size() == 4) block["inlines"].erase(3);
    return document;
}

} // namespace

TEST_CASE("a new version takes drafts along: renamed, dropped but readable, new") {
    Office     office;
    office.enrol();
    const auto sent = delivered(office, "C2", "40");
    const auto root = office.declare("C1", "中级", "１００人");
    const auto summary = office.desk->create_matter(school_summary, spring);
    REQUIRE(office.desk->type(*summary, cell(base::FieldId("contact")), "张三").has_value());
    REQUIRE(office.desk->type(*summary, cell(base::FieldId("phone")), "0558-12345").has_value());
    CHECK(office.desk->carryovers().empty());

    office.server.publish(second_version());
    REQUIRE(!office.sync().fault.has_value());
    office.restart();
    const auto told = office.desk->carryovers();
    REQUIRE(told.size() == 2); // What was signed stays as it is.
    CHECK(told[0].root == root);
    CHECK(told[0].fresh == std::vector<std::string>{"所属专业"});
    CHECK(told[0].values.size() == 3);
    CHECK(std::count_if(told[0].values.begin(), told[0].values.end(), [](const auto& value) {
              return value.label == "考核人数" && value.now == "计划考核人数" &&
                     value.text == "１００人";
          }) == 1);
    CHECK(std::count_if(told[1].values.begin(), told[1].values.end(), [](const auto& value) {
              return value.label == "电话" && value.now.empty() && value.text == "0558-12345";
          }) == 1);
    CHECK(office.desk->answers_of(root)->at("planned") == 100);
    CHECK(!office.desk->judge(root)->sealable); // The new field is missing.
    REQUIRE(office.desk->type(root, cell(base::FieldId("major")), "护理").has_value());
    CHECK(office.desk->judge(root)->sealable);

    // Signed under the earlier version: read by it, and counted beside what is new.
    const auto signed_matter = office.desk->find_matter(sent);
    CHECK(office.desk->form_of(*signed_matter)->find_field("headcount") != nullptr);
    CHECK(office.desk->judge(sent)->answers.at("headcount") == 40);
    CHECK(office.desk->answers_of(*summary)->at("rows").at(0).at("headcount") == 40);
    // Opened for change it is carried over, and given up it is what was signed.
    REQUIRE(office.desk->revise(sent).has_value());
    CHECK(office.desk->answers_of(sent)->at("planned") == 40);
    // Its receipt is about what was signed, so it is read by the version of then.
    const auto          receipt = office.desk->receipts().back();
    const notice::Form* form = office.desk->package_of(receipt)->find_form(receipt.form);
    CHECK(form->find_field("headcount") != nullptr);
    CHECK(receipt.answers.at("headcount") == 40);
    REQUIRE(office.desk->discard_revision(sent).has_value());
    CHECK(office.desk->judge(sent)->answers.at("headcount") == 40);
    REQUIRE(office.desk->acknowledge_carryovers().has_value());
    CHECK(office.desk->carryovers().front().read);
    // What was dropped can be read for ever.
    office.restart();
    REQUIRE(office.desk->carryovers().size() == 3); // That of what was opened for change, too.
    CHECK(office.desk->carryovers().back().values == told[1].values);
}

TEST_CASE("a machine enrolled after a change of the notice reads what was signed before it") {
    Office first;
    first.enrol();
    const auto root = first.declare("C1", "中级", "１００人");
    REQUIRE(first.desk->seal(root).has_value());
    first.sync();
    const base::NoticeRef earlier = first.server.notice;
    first.server.publish(second_version());
    const Server server = first.server;

    Office second(server);
    second.server.packages.erase(earlier.text()); // Until it can be fetched.
    second.enrol();
    CHECK(second.desk->missing_notices() == std::vector{earlier});
    CHECK(second.desk->find_matter(root)->values.at(cell(headcount)).value == 100);
    CHECK(second.desk->form_of(*second.desk->find_matter(root))->find_field("headcount") ==
          nullptr);

    second.server.packages = server.packages;
    REQUIRE(!second.sync().fault.has_value());
    CHECK(second.desk->missing_notices().empty());
    CHECK(second.desk->find_package()->ref == second.server.notice); // It stays the current one.
    const auto matter = *second.desk->find_matter(root);
    CHECK(second.desk->form_of(matter)->find_field("headcount") != nullptr);
    CHECK(matter.values.at(cell(headcount)).text == "100");
    CHECK(second.desk->judge(root)->answers.at("headcount") == 100);
    const auto receipt = second.desk->receipts().back();
    CHECK(second.desk->package_of(receipt)->ref == earlier);
    // Opened for change it comes to the new version with its number.
    REQUIRE(second.desk->revise(root).has_value());
    CHECK(second.desk->answers_of(root)->at("planned") == 100);
}

TEST_CASE("this year's report is filed under its own notice after the next year's has come") {
    Office                office;
    const base::FormId    report("monthly_report");
    const base::Period    december("2023-12");
    const base::NoticeRef earlier = office.server.notice;
    office.server.clock.set(*base::parse_rfc3339("2023-12-20T09:00:00+08:00"));
    office.enrol();
    const auto old_draft = office.desk->create_matter(declaration, base::Period("2023-autumn"));
    REQUIRE(office.desk->type(*old_draft, cell(headcount), "40").has_value());
    office.server.publish_next_year(*base::parse_rfc3339("2023-12-28T00:00:00+08:00"));
    REQUIRE(!office.sync().fault.has_value());
    CHECK(office.desk->find_package()->ref == office.server.notice);
    CHECK(office.desk->carryovers().empty()); // It can still be sent, though late.

    const auto file = [&](Desk& desk) {
        const auto duty = desk.find_duty(report, december);
        REQUIRE(duty.has_value());
        CHECK(duty->package->ref == earlier);
        const auto root = desk.create_matter(report, december);
        REQUIRE(root.has_value());
        for (const auto& [field, text] :
             {std::pair{"month_registered", "0"}, {"month_assessed", "0"}, {"cum_assessed", "0"},
              {"cum_certified", "0"}, {"cum_fee_paid", "0"}, {"cum_fee_unpaid", "0"},
              {"filler", "王芳"}, {"phone", "0558-5550000"}})
            REQUIRE(desk.type(*root, cell(base::FieldId(field)), text).has_value());
        for (const char* rule : {"quota_source", "nobody_registered"})
            REQUIRE(desk.explain(*root, base::RuleId(rule), "本校没有获批指标").has_value());
        const auto judgement = *desk.judge(*root);
        for (const auto& finding : judgement.findings)
            CHECK_MESSAGE(finding.severity != notice::Severity::error, finding.text);
        REQUIRE(desk.seal(*root).has_value());
        CHECK(desk.queued().back().notice == earlier.sha256);
        return *root;
    };
    // What is due: all of 2024, and of 2023 what is open, always open, begun or missed.
    const auto duties = office.desk->duties();
    const auto asks = [&](const char* form, const char* period) {
        return std::count_if(duties.begin(), duties.end(), [&](const device::Duty& duty) {
            return duty.form->id.text() == form && duty.window->period.text() == period;
        });
    };
    CHECK(asks("declaration", "2024-first") == 1);
    CHECK(asks("monthly_report", "2023-12") == 1);
    CHECK(asks("monthly_report", "2023-11") == 1);
    CHECK(asks("quota_increase", "2023") == 1);
    CHECK(asks("declaration", "2023-autumn") == 1);
    CHECK(asks("declaration", "2023-spring") == 0);
    // A machine that is enrolled only now fetches the earlier notice and can do the same.
    Office second(office.server);
    second.enrol();
    file(*second.desk);
    file(*office.desk);
    REQUIRE(!office.sync().fault.has_value());
    CHECK(office.desk->queued().empty());
    // Of the new year's forms everything is as it ever was.
    CHECK(office.desk->create_matter(declaration, base::Period("2024-first")).has_value());

    // When the earlier notice has ended, its drafts can only be read, and that is told.
    office.server.clock.set(*base::parse_rfc3339("2023-12-28T00:00:00+08:00"));
    REQUIRE(!office.sync().fault.has_value());
    CHECK(!office.desk->find_duty(report, december).has_value());
    CHECK(!office.desk->create_matter(report, base::Period("2023-11")).has_value());
    REQUIRE(office.desk->carryovers().size() == 1);
    CHECK(office.desk->carryovers().front().gone);
    REQUIRE(office.desk->acknowledge_carryovers().has_value());
    REQUIRE(!office.sync().fault.has_value());
    CHECK(office.desk->carryovers().front().read); // It is not told again.
    // The province gives more time: then there is a place for it again.
    envelope::Extension extension;
    extension.for_unit = office.server.unit.unit;
    extension.form = report;
    extension.period = base::Period("2023-11");
    extension.until = *base::parse_rfc3339("2024-01-05T23:59:59+08:00");
    extension.reason = "因停电，同意延期";
    office.server.add(extension);
    REQUIRE(!office.sync().fault.has_value());
    CHECK(office.desk->find_duty(report, base::Period("2023-11")).has_value());
    CHECK(!office.desk->find_duty(report, december).has_value());
}

TEST_CASE("what was returned is mended under its own notice until the reviewer's date") {
    Office office;
    office.enrol();
    const auto root = delivered(office, "C1", "100");
    auto       returned = decision_about(root, envelope::ReviewVerdict::send_back);
    returned.due = *base::parse_rfc3339("2023-04-20T23:59:59+08:00");
    office.server.add(returned);
    office.server.publish_next_year(*base::parse_rfc3339("2023-04-04T00:00:00+08:00"));
    office.server.clock.set(*base::parse_rfc3339("2023-04-10T09:00:00+08:00"));
    REQUIRE(!office.sync().fault.has_value());
    CHECK(office.desk->find_duty(declaration, spring).has_value());
    REQUIRE(office.desk->revise(root).has_value());
    REQUIRE(office.desk->type(root, cell(headcount), "90").has_value());
    REQUIRE(office.desk->seal(root).has_value());
    CHECK(office.desk->queued().back().notice == office.server.notices.front().ref.sha256);
    office.server.clock.set(*base::parse_rfc3339("2023-04-21T00:00:00+08:00"));
    REQUIRE(!office.sync().fault.has_value());
    CHECK(!office.desk->find_duty(declaration, spring).has_value());
}

TEST_CASE("a newer version from another machine is read by the notice that it names") {
    Office first;
    first.enrol();
    const auto root = first.declare("C1", "中级", "100");
    REQUIRE(first.desk->seal(root).has_value());
    first.sync();
    Office second(first.server);
    second.enrol();

    first.server.publish(second_version());
    first.sync();
    REQUIRE(first.desk->revise(root).has_value());
    REQUIRE(first.desk->type(root, cell(base::FieldId("planned")), "120").has_value());
    REQUIRE(first.desk->type(root, cell(base::FieldId("major")), "护理").has_value());
    REQUIRE(first.desk->seal(root).has_value());
    first.sync();
    second.server = first.server;
    REQUIRE(!second.sync().fault.has_value());
    const auto matter = *second.desk->find_matter(root);
    CHECK(matter.state == MatterState::submitted);
    CHECK(matter.values.at(cell(base::FieldId("planned"))).value == 120);
    CHECK(second.desk->form_of(matter)->find_field("planned") != nullptr);
    CHECK(second.desk->judge(root)->answers.at("planned") == 120);
}

TEST_CASE("a report that is open for change is compared with as it was signed last") {
    Office office;
    office.enrol();
    const base::FormId report("monthly_report");
    const auto         first = delivered(office, "C1", "100");
    office.server.clock.set(*base::parse_rfc3339("2023-05-10T09:00:00+08:00"));
    office.server.approve(first, "C1", "初级", 100);
    REQUIRE(!office.sync().fault.has_value());
    const auto fill = [&](const char* period, const char* assessed) {
        const auto root = office.desk->create_matter(report, base::Period(period));
        REQUIRE(root.has_value());
        for (const auto& [field, text] :
             {std::pair{"month_registered", "50"}, {"month_assessed", assessed},
              {"cum_assessed", assessed}, {"cum_certified", "0"}, {"cum_fee_paid", "0"},
              {"cum_fee_unpaid", "0"}, {"filler", "王芳"}, {"phone", "0558-5550000"}})
            REQUIRE(office.desk->type(*root, cell(base::FieldId(field)), text).has_value());
        return *root;
    };
    const auto may = fill("2023-05", "30");
    REQUIRE(office.desk->seal(may).has_value());
    REQUIRE(!office.sync().fault.has_value());
    // 30 again in June: the month's own 30 make 60.
    const auto june = fill("2023-06", "30");
    const auto rules_of = [&] {
        std::string ids;
        const auto  judgement = *office.desk->judge(june);
        for (const auto& finding : judgement.findings)
            ids += finding.rule.text() + " ";
        return ids;
    };
    const std::string signed_findings = rules_of();
    CHECK(signed_findings.find("assessed_adds_up") != std::string::npos);
    REQUIRE(office.desk->revise(may).has_value());
    REQUIRE(office.desk->type(may, cell(base::FieldId("cum_assessed")), "0").has_value());
    CHECK(rules_of() == signed_findings);
    REQUIRE(office.desk->type(may, cell(base::FieldId("cum_assessed")), "").has_value());
    CHECK(rules_of() == signed_findings);
}

TEST_CASE("a draft that the new notice has no place for stays to be read") {
    Office     office;
    office.enrol();
    const auto root = office.declare("C1", "中级", "100");
    base::Json document = *base::parse_json(vectors::anhui_2023_14);
    document["id"] = "anhui-2024-1";
    std::string text = base::to_text(document);
    for (std::size_t at = 0; (at = text.find("2023-spring", at)) != std::string::npos;)
        text.replace(at, 11, "2024-spring");
    office.server.publish(*base::parse_json(text));
    REQUIRE(!office.sync().fault.has_value());
    const auto told = office.desk->carryovers();
    REQUIRE(told.size() == 1);
    CHECK(told[0].gone);
    CHECK(told[0].form == "证书申报表");
    CHECK(office.desk->find_matter(root)->values.at(cell(headcount)).text == "100");
    CHECK(office.desk->judge(root).has_value());
    CHECK(!office.desk->judge(root)->sealable);
}

// --- A rescue file -------------------------------------------------------------------------------

namespace {

// What the first machine would save now.
base::Bytes rescue_file(Office& office) {
    REQUIRE(office.desk->set_setting("saved", "1").has_value()); // All before it is committed.
    return store().whole_file();
}

std::vector<device::Handover> handovers(const device::Rescue& rescue) {
    std::vector<device::Handover> all;
    for (const device::RescueDraft& draft : rescue.drafts) all.push_back(draft.handover);
    return all;
}

} // namespace

TEST_CASE("a draft that was deleted here and filed by the machine that took it over is shown again") {
    Office first;
    first.enrol();
    const auto       root = first.declare("C1", "初级", "60");
    const base::Bytes file = rescue_file(first);
    Office           second(first.server);
    second.enrol();
    REQUIRE(second.desk->take_rescue(file).has_value());
    REQUIRE(second.desk->seal(root).has_value());
    REQUIRE(!second.sync().fault.has_value());

    REQUIRE(first.desk->remove(root).has_value());
    first.server.log = second.server.log;
    REQUIRE(!first.sync().fault.has_value());
    REQUIRE(first.desk->find_matter(root).has_value());
    CHECK(first.state(root) == MatterState::submitted);
}

TEST_CASE("a revoked machine is told so, signs no more, and hands its drafts to another one") {
    using device::Handover;
    Office first;
    first.enrol();
    const auto sent = delivered(first, "C2", "40");
    const auto changed = delivered(first, "C3", "50");
    const auto open = first.declare("C1", "中级", "约１００人");
    REQUIRE(first.desk->explain(open, base::RuleId("min_headcount"), "设备只够这些人").has_value());
    const auto queued = first.declare("C1", "初级", "６０人");
    REQUIRE(first.desk->seal(queued).has_value());
    REQUIRE(first.desk->revise(changed).has_value());
    REQUIRE(first.desk->type(changed, cell(headcount), "55").has_value());
    const auto deleted = first.declare("C2", "初级", "9");
    REQUIRE(first.desk->remove(deleted).has_value());
    REQUIRE(first.desk->create_matter(declaration, spring).has_value()); // Nothing typed.

    CHECK(!first.desk->revoked());
    first.server.revoked = first.desk->find_enrolment()->kid;
    CHECK(first.sync().fault->outcome == Outcome::revoked_key);
    first.restart();
    CHECK(first.desk->revoked());
    CHECK(first.state(queued) == MatterState::refused);
    CHECK(first.desk->seal(queued).error().outcome == Outcome::revoked_key);
    CHECK(first.desk->withdraw(sent, "").error().outcome == Outcome::revoked_key);
    CHECK(first.desk->issue(envelope::Revocation{first.server.key.id(), ""}, "").error().outcome ==
          Outcome::revoked_key);
    const base::Bytes file = rescue_file(first);

    Office second(first.server);
    second.enrol();
    CHECK(!second.desk->revoked());
    const auto preview = second.desk->preview_rescue(file);
    REQUIRE_MESSAGE(preview.has_value(), (preview ? "" : preview.error().detail));
    CHECK(preview->unit_name == "亳州中药科技学校");
    CHECK(preview->device == "一号机");
    CHECK(preview->updated_at == first.clock.now());
    CHECK(handovers(*preview) == std::vector{Handover::revision, Handover::fresh, Handover::fresh});
    CHECK(preview->drafts[1].words == "附件1 证书申报表　2023年春季　Web前端开发 · 中级 · 约１００人");
    CHECK(!preview->drafts[1].was_signed);
    CHECK(preview->drafts[2].was_signed);
    CHECK(second.desk->matters(declaration, spring).size() == 2); // A preview changes nothing.

    const auto taken = second.desk->take_rescue(file);
    REQUIRE_MESSAGE(taken.has_value(), (taken ? "" : taken.error().detail));
    CHECK(second.desk->find_enrolment()->kid != first.desk->find_enrolment()->kid);
    CHECK(second.desk->matters(declaration, spring).size() == 4);
    CHECK(second.desk->find_matter(open)->values == first.desk->find_matter(open)->values);
    CHECK(second.desk->find_matter(open)->notes == first.desk->find_matter(open)->notes);
    CHECK(second.state(sent) == MatterState::submitted);
    CHECK(second.state(changed) == MatterState::editing);
    CHECK(second.desk->find_matter(changed)->values.at(cell(headcount)).text == "55");
    CHECK(!second.desk->find_matter(deleted).has_value());

    // Taken twice is taken once.
    CHECK(second.desk->preview_rescue(file)->count(Handover::here) == 3);
    const auto again = second.desk->take_rescue(file);
    CHECK((again->made.empty() && again->revised.empty() && again->copies.empty()));

    // Undone as if it had not been.
    REQUIRE(second.desk->undo_rescue(*taken).has_value());
    CHECK(second.desk->matters(declaration, spring).size() == 2);
    CHECK(second.state(changed) == MatterState::submitted);
    CHECK(second.desk->find_matter(changed)->values.at(cell(headcount)).text == "50");

    // Taken, signed again by this machine under the same root, and received.
    REQUIRE(second.desk->take_rescue(file).has_value());
    REQUIRE(second.desk->seal(queued).has_value());
    REQUIRE(second.desk->seal(changed).has_value());
    CHECK(second.sync().accepted == 2);
    CHECK(second.state(queued) == MatterState::submitted);
    CHECK(second.desk->find_item(queued)->answers.at("headcount") == 60);
    CHECK(second.desk->undo_rescue(*taken).error().outcome == Outcome::table_signed);
    // What was sent since is here; the change to it is no news either.
    CHECK(second.desk->preview_rescue(file)->count(Handover::here) == 3);
}

TEST_CASE("a draft that is here stays; the file's is kept beside it, by a name, and can be used") {
    using device::Handover;
    const base::FieldId contact("contact");
    Office              first;
    first.enrol();
    const auto theirs = first.summarise("张三");
    const base::Bytes file = rescue_file(first);

    Office second(first.server);
    second.enrol();
    // One that was only looked at makes room, and comes back.
    const auto empty = *second.desk->create_matter(school_summary, spring);
    CHECK(handovers(*second.desk->preview_rescue(file)) == std::vector{Handover::fresh});
    const auto taken = second.desk->take_rescue(file);
    CHECK(second.desk->matters(school_summary, spring).size() == 1);
    CHECK(second.desk->matters(school_summary, spring).front().root == theirs);
    REQUIRE(second.desk->undo_rescue(*taken).has_value());
    CHECK(second.desk->matters(school_summary, spring).front().root == empty);

    REQUIRE(second.desk->type(empty, cell(contact), "李四").has_value());
    CHECK(handovers(*second.desk->preview_rescue(file)) == std::vector{Handover::copy});
    const auto copied = second.desk->take_rescue(file);
    CHECK(copied->copies.size() == 1);
    CHECK(second.desk->matters(school_summary, spring).size() == 1);
    CHECK(second.desk->find_matter(empty)->values.at(cell(contact)).text == "李四");
    auto copies = second.desk->copies();
    REQUIRE(copies.size() == 1);
    CHECK(copies[0].of == empty);
    CHECK(copies[0].name == "附件2 学校汇总表　2023年春季　张三　（一号机，11月24日 10:00）");
    CHECK(copies[0].values.front().text == "张三");
    CHECK(second.desk->preview_rescue(file)->count(Handover::here) == 1); // Kept already.
    CHECK(second.desk->undo_rescue(*copied).has_value());
    CHECK(second.desk->copies().empty());
    REQUIRE(second.desk->take_rescue(file).has_value());
    // What was typed in the same minute and reads alike, but for its last field, is another one.
    REQUIRE(first.desk->type(theirs, cell(base::FieldId("phone")), "0558-1").has_value());
    const base::Bytes later = rescue_file(first);
    REQUIRE(first.desk->explain(theirs, base::RuleId("any"), "另有说明").has_value());
    const base::Bytes explained = rescue_file(first);
    for (const base::Bytes& one : {later, explained}) {
        CHECK(handovers(*second.desk->preview_rescue(one)) == std::vector{Handover::copy});
        const auto kept = second.desk->take_rescue(one);
        CHECK(second.desk->preview_rescue(one)->count(Handover::here) == 1);
        CHECK(kept->copies.size() == 1);
        REQUIRE(second.desk->drop_copy(kept->copies[0]).has_value());
    }
    copies = second.desk->copies();
    REQUIRE(copies.size() == 1);
    CHECK(second.desk->drop_copy(empty).error().outcome == Outcome::not_found_locally); // No copy.

    REQUIRE(second.desk->use_copy(copies[0].id).has_value());
    CHECK(second.desk->find_matter(empty)->values.at(cell(contact)).text == "张三");
    copies = second.desk->copies();
    REQUIRE(copies.size() == 1);
    CHECK(copies[0].values.front().text == "李四");
    REQUIRE(second.desk->use_copy(copies[0].id).has_value()); // And back.
    CHECK(second.desk->find_matter(empty)->values.at(cell(contact)).text == "李四");
    REQUIRE(second.desk->drop_copy(copies[0].id).has_value());
    CHECK(second.desk->copies().empty());
    CHECK(second.desk->use_copy(copies[0].id).error().outcome == Outcome::not_found_locally);

    // Beside nothing any more it becomes the draft.
    REQUIRE(second.desk->take_rescue(file).has_value());
    REQUIRE(second.desk->remove(empty).has_value());
    const auto lone = second.desk->copies().at(0).id;
    REQUIRE(second.desk->use_copy(lone).has_value());
    CHECK(second.desk->copies().empty());
    CHECK(second.desk->find_matter(lone)->values.at(cell(contact)).text == "张三");
}

TEST_CASE("a copy is not put in place of what is signed: no undo would bring the signature again") {
    Office first;
    first.enrol();
    const auto root = first.declare("C1", "中级", "100");
    const base::Bytes file = rescue_file(first);
    REQUIRE(first.desk->type(root, cell(base::FieldId("headcount")), "120").has_value());
    REQUIRE(first.desk->take_rescue(file)->copies.size() == 1);
    REQUIRE(first.desk->seal(root).has_value());
    const auto id = first.desk->copies().at(0).id;
    CHECK(first.desk->use_copy(id).error().outcome == Outcome::copy_beside_signed);
    CHECK(first.desk->queued().size() == 1);
    REQUIRE(first.desk->revise(root).has_value());
    REQUIRE(first.desk->use_copy(id).has_value());
    CHECK(first.desk->find_matter(root)->values.at(cell(base::FieldId("headcount"))).text == "100");
}

TEST_CASE("copies are handed on as well: nobody else may have them") {
    const base::FieldId contact("contact");
    Office              first;
    first.enrol();
    const auto mine = first.summarise("张三");
    const base::Bytes file = rescue_file(first);
    REQUIRE(first.desk->type(mine, cell(contact), "李四").has_value());
    REQUIRE(first.desk->take_rescue(file)->copies.size() == 1);
    const std::string name = first.desk->copies().at(0).name;
    const base::Bytes both = rescue_file(first);
    CHECK(first.desk->preview_rescue(both)->count(device::Handover::here) == 2);
    Office second(first.server);
    second.enrol();

    SUBCASE("to a machine that has neither") {
        CHECK(second.desk->preview_rescue(both)->drafts.size() == 2);
        const auto taken = second.desk->take_rescue(both);
        REQUIRE(taken.has_value());
        CHECK(second.desk->find_matter(mine)->values.at(cell(contact)).text == "李四");
        const auto copies = second.desk->copies();
        REQUIRE(copies.size() == 1);
        CHECK(copies[0].of == mine);
        CHECK(copies[0].name == name); // Whose it was first.
        CHECK(copies[0].values.front().text == "张三");
        CHECK(second.desk->preview_rescue(both)->count(device::Handover::here) == 2);
        REQUIRE(second.desk->undo_rescue(*taken).has_value());
        CHECK(second.desk->copies().empty());
        CHECK(second.desk->matters(school_summary, spring).empty());
    }
    SUBCASE("to one that has a draft of its own: both stand beside it") {
        const auto own = second.summarise("王五");
        REQUIRE(second.desk->take_rescue(both)->copies.size() == 2);
        for (const auto& copy : second.desk->copies()) CHECK(copy.of == own);
        CHECK(second.desk->matters(school_summary, spring).size() == 1);
    }
    SUBCASE("a row that no program of ours wrote is refused") {
        static sqlite::PageStore& pages = *new sqlite::PageStore("test-copies");
        REQUIRE(pages.load_file(both).has_value());
        auto database = pages.open();
        REQUIRE(database->run_script("UPDATE kept SET body = '[1]' WHERE name LIKE 'copy/%'")
                    .has_value());
        const base::Bytes forged = pages.whole_file();
        CHECK(second.desk->preview_rescue(forged).error().outcome == Outcome::bad_file);
    }
}

TEST_CASE("a form with one sheet for each period has one, whatever copies are used") {
    const base::FieldId contact("contact");
    Office              first;
    first.enrol();
    const auto theirs = first.summarise("张三");
    const base::Bytes file = rescue_file(first);
    REQUIRE(first.desk->type(theirs, cell(contact), "王五").has_value());
    const base::Bytes later = rescue_file(first);

    Office second(first.server);
    second.enrol();
    const auto mine = second.summarise("李四");
    REQUIRE(second.desk->take_rescue(file)->copies.size() == 1);
    REQUIRE(second.desk->type(mine, cell(contact), "").has_value());
    REQUIRE(second.desk->take_rescue(later)->made.size() == 1); // In the blank one's place.
    REQUIRE(second.desk->matters(school_summary, spring).size() == 1);
    REQUIRE(second.desk->use_copy(second.desk->copies().at(0).id).has_value());
    const auto sheets = second.desk->matters(school_summary, spring);
    REQUIRE(sheets.size() == 1);
    CHECK(sheets[0].values.at(cell(contact)).text == "张三");
    REQUIRE(second.desk->copies().size() == 1);
    CHECK(second.desk->copies()[0].values.front().text == "王五");
}

TEST_CASE("a copy stays when the server sends after all what it is a copy of") {
    const base::FieldId contact("contact");
    Office              first;
    first.enrol();
    first.declare("C1", "中级", "100");
    const auto theirs = first.summarise("张三");
    const base::Bytes file = rescue_file(first);
    Office second(first.server);
    second.enrol();
    const auto mine = second.summarise("李四");
    REQUIRE(second.desk->take_rescue(file)->copies.size() == 1);
    // The answer to the first machine's sending was lost; this one hears of it.
    REQUIRE(first.desk->type(theirs, cell(contact), "王五").has_value());
    REQUIRE(first.desk->type(theirs, cell(base::FieldId("phone")), "0558-12345").has_value());
    for (const auto& matter : first.desk->matters(declaration, spring))
        if (is_open(matter.state)) REQUIRE(first.desk->seal(matter.root).has_value());
    const auto sealed = first.desk->seal(theirs);
    REQUIRE_MESSAGE(sealed.has_value(), (sealed ? "" : sealed.error().detail));
    REQUIRE(!first.sync().fault.has_value());
    for (const auto& change : first.server.log)
        REQUIRE(second.desk->accept_change(change).has_value());
    REQUIRE(second.desk->find_matter(theirs).has_value());
    CHECK(second.desk->find_matter(theirs)->values.at(cell(contact)).text == "王五");
    CHECK(second.desk->copies().at(0).values.front().text == "张三");
}

TEST_CASE("what was taken and signed is not undone, not even when it was refused") {
    Office first;
    first.enrol();
    const auto root = first.declare("C1", "中级", "100");
    const base::Bytes file = rescue_file(first);
    Office            second(first.server);
    second.enrol();
    const auto taken = second.desk->take_rescue(file);
    REQUIRE(second.desk->seal(root).has_value());
    second.server.revoked = second.desk->find_enrolment()->kid;
    (void)second.sync();
    REQUIRE(second.state(root) == MatterState::refused);
    CHECK(second.desk->undo_rescue(*taken).error().outcome == Outcome::table_signed);
    CHECK(second.desk->find_matter(root).has_value());
}

TEST_CASE("a copy from before a new version of the notice is carried over when it is used") {
    Office first;
    first.enrol();
    const auto root = first.declare("C1", "中级", "100");
    REQUIRE(first.desk->seal(root).has_value());
    const auto theirs = *first.desk->create_matter(school_summary, spring);
    REQUIRE(first.desk->type(theirs, cell(base::FieldId("phone")), "0558-12345").has_value());
    const base::Bytes file = rescue_file(first);
    Office            second(first.server);
    second.enrol();
    const auto mine = *second.desk->create_matter(school_summary, spring);
    REQUIRE(second.desk->type(mine, cell(base::FieldId("contact")), "李四").has_value());
    REQUIRE(second.desk->take_rescue(file)->copies.size() == 1);
    second.server.publish(second_version()); // It has no phone any more.
    REQUIRE(!second.sync().fault.has_value());
    const auto count = second.desk->carryovers().size();
    REQUIRE(second.desk->use_copy(second.desk->copies().at(0).id).has_value());
    const auto used = second.desk->find_matter(mine);
    CHECK(used->notice == second.server.notice.sha256);
    const auto told = second.desk->carryovers();
    CHECK(told.size() >= count);
    const auto of_mine = std::find_if(told.begin(), told.end(),
                                      [&](const auto& one) { return one.root == mine; });
    REQUIRE(of_mine != told.end());
    REQUIRE(of_mine->values.size() == 1);
    CHECK(of_mine->values[0].text == "0558-12345");
    // What it took the place of was carried over before, and is not once more when it comes back.
    REQUIRE(second.desk->use_copy(second.desk->copies().at(0).id).has_value());
    CHECK(second.desk->find_matter(mine)->notice == second.server.notice.sha256);
    CHECK(second.desk->find_matter(mine)->values.at(cell(base::FieldId("contact"))).text == "李四");
    CHECK(second.desk->carryovers().size() == told.size());
}

TEST_CASE("a wrong file is refused by what it is, and changes nothing") {
    Office first;
    first.enrol();
    first.declare("C1", "中级", "100");
    const base::Bytes file = rescue_file(first);
    Office            second(first.server);
    second.enrol();
    const auto        changes = second.desk->change_count();
    const auto        refusal = [&](base::ByteView bytes) {
        const auto preview = second.desk->preview_rescue(bytes);
        REQUIRE(!preview.has_value());
        CHECK(second.desk->take_rescue(bytes).error().outcome == preview.error().outcome);
        return preview.error().outcome;
    };
    const std::string words = "%PDF-1.7 a scan of something";
    CHECK(refusal({}) == Outcome::storage_foreign);
    CHECK(refusal(std::as_bytes(std::span(words))) == Outcome::storage_foreign);
    CHECK(refusal(base::ByteView(file).first(file.size() / 2)) == Outcome::bad_file);
    base::Bytes damaged = file;
    std::fill(damaged.begin() + 4096, damaged.begin() + 3 * 4096, std::byte{0x5a});
    CHECK(refusal(damaged) == Outcome::bad_file);

    // The same bytes with another word in them: as another program, or somebody by hand, writes.
    const auto with = [&](const char* script) {
        static sqlite::PageStore& pages = *new sqlite::PageStore("test-forged");
        REQUIRE(pages.load_file(file).has_value());
        auto database = pages.open();
        REQUIRE(database->run_script(script).has_value());
        return pages.whole_file();
    };
    CHECK(refusal(with("PRAGMA application_id=7")) == Outcome::storage_foreign);
    CHECK(refusal(with("PRAGMA user_version=99")) == Outcome::storage_newer);
    for (const char* wrong : {"-1", "0", "1", "5"}) // No step may run over other tables.
        CHECK(refusal(with((std::string("PRAGMA user_version=") + wrong).c_str())) ==
              Outcome::bad_file);
    CHECK(refusal(with("DROP TABLE kept")) == Outcome::bad_file);
    CHECK(refusal(with("CREATE VIEW v AS SELECT 1")) == Outcome::bad_file);
    CHECK(refusal(with("UPDATE matters SET root = 'x'")) == Outcome::bad_file);
    CHECK(refusal(with("DELETE FROM enrolment")) == Outcome::not_enrolled);
    CHECK(second.desk->preview_rescue(with("SELECT 1")).has_value()); // Nothing else is wrong.

    first.server.unit.unit = base::UnitId("S341600007");
    first.server.unit.name = "亳州工业学校";
    Office other(first.server);
    other.enrol();
    const auto foreign = other.desk->preview_rescue(file);
    CHECK(foreign.error().outcome == Outcome::foreign_unit);
    CHECK(foreign.error().detail == "亳州中药科技学校");
    Server rehearsal = second.server;
    rehearsal.key = envelope::SecretKey::make(rehearsal.random);
    Office elsewhere(rehearsal);
    elsewhere.enrol();
    CHECK(elsewhere.desk->preview_rescue(file).error().outcome == Outcome::foreign_server);
    CHECK(second.desk->change_count() == changes);
    Office unknown(second.server);
    CHECK(unknown.desk->preview_rescue(file).error().outcome == Outcome::not_enrolled);
}

TEST_CASE("drafts of an older notice are carried over by what exists") {
    using device::Handover;
    Office first;
    first.enrol();
    const auto root = first.declare("C1", "中级", "１００人");
    const auto summary = *first.desk->create_matter(school_summary, spring);
    REQUIRE(first.desk->type(summary, cell(base::FieldId("phone")), "0558-12345").has_value());
    const base::Bytes file = rescue_file(first);
    const auto        older = first.server.notice;
    first.server.publish(second_version());
    SUBCASE("the server still names the older version, so its words are known") {
        first.server.notices = {{older, first.server.clock.now()},
                                {first.server.notice, std::nullopt}};
    }
    SUBCASE("it does not") {}
    Office second(first.server);
    second.enrol();
    REQUIRE(second.desk->take_rescue(file).has_value());
    CHECK(second.desk->find_matter(root)->values.at(cell(base::FieldId("planned"))).text ==
          "１００人");
    CHECK(second.desk->answers_of(root)->at("planned") == 100);
    const auto told = second.desk->carryovers();
    REQUIRE(told.size() == 2);
    CHECK(told[0].fresh == (second.server.notices.empty() ? std::vector<std::string>()
                                                          : std::vector<std::string>{"所属专业"}));
    REQUIRE(told[1].values.size() == 1);
    CHECK(told[1].values[0].label == (second.server.notices.empty() ? "phone" : "电话"));
    CHECK(told[1].values[0].text == "0558-12345");
    CHECK(told[1].values[0].now.empty());
}

TEST_CASE("a change to what this machine has not received yet waits for a sync") {
    using device::Handover;
    Office first;
    first.enrol();
    const auto root = delivered(first, "C2", "40");
    REQUIRE(first.desk->revise(root).has_value());
    REQUIRE(first.desk->type(root, cell(headcount), "44").has_value());
    const base::Bytes file = rescue_file(first);
    const auto        log = first.server.log;
    first.server.log.clear();
    Office second(first.server);
    second.enrol();
    CHECK(handovers(*second.desk->preview_rescue(file)) == std::vector{Handover::waits});
    CHECK(second.desk->take_rescue(file)->made.empty());
    CHECK(!second.desk->find_matter(root).has_value());
    REQUIRE(second.desk->accept_change(log.front()).has_value());
    CHECK(handovers(*second.desk->preview_rescue(file)) == std::vector{Handover::revision});
    // Another machine of the unit has sent a change meanwhile: that stands.
    REQUIRE(second.desk->revise(root).has_value());
    REQUIRE(second.desk->type(root, cell(headcount), "45").has_value());
    REQUIRE(second.desk->seal(root).has_value());
    REQUIRE(!second.sync().fault.has_value());
    CHECK(handovers(*second.desk->preview_rescue(file)) == std::vector{Handover::copy});
    const auto taken = second.desk->take_rescue(file);
    REQUIRE(taken->copies.size() == 1);
    CHECK(second.desk->use_copy(taken->copies[0]).error().outcome == Outcome::copy_beside_signed);
    REQUIRE(second.desk->revise(root).has_value());
    REQUIRE(second.desk->use_copy(taken->copies[0]).has_value());
    CHECK(second.state(root) == MatterState::editing);
    CHECK(second.desk->find_matter(root)->values.at(cell(headcount)).text == "44");
}

// --- What an older program has left --------------------------------------------------------------

namespace {

sqlite::PageStore& older_store() {
    static sqlite::PageStore& pages = *new sqlite::PageStore("test-older");
    return pages;
}

// The first column of every row.
std::vector<std::string> texts(sqlite::Database& database, const std::string& sql) {
    std::vector<std::string> all;
    auto                     select = database.prepare(sql);
    for (;;) {
        const auto has_row = select.step();
        REQUIRE(has_row.has_value());
        if (!*has_row) return all;
        all.push_back(select.text(0));
    }
}

std::vector<std::string> tables_of(sqlite::Database& database) {
    return texts(database, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name");
}

std::vector<std::string> columns_of(sqlite::Database& database, const std::string& table) {
    const auto               select = database.prepare("SELECT * FROM " + table);
    std::vector<std::string> names;
    for (int i = 0; i < select.column_count(); ++i) names.push_back(select.column_name(i));
    return names;
}

std::string joined(const std::vector<std::string>& words, const std::string& between) {
    std::string all;
    for (const std::string& word : words) all += (all.empty() ? "" : between) + word;
    return all;
}

// The rows of a table as SQL writes their values, in an order of their own.
std::vector<std::string> rows_of(sqlite::Database& database, const std::string& table,
                                 const std::vector<std::string>& columns) {
    return texts(database, "SELECT quote(" + joined(columns, ") || ', ' || quote(") + ") FROM " +
                               table + " ORDER BY 1");
}

using Contents = std::map<std::string, std::vector<std::string>>;

Contents contents_of(sqlite::Database& database) {
    Contents all;
    for (const std::string& table : tables_of(database))
        all[table] = rows_of(database, table, columns_of(database, table));
    return all;
}

// Leaves in older_store() what a program of that schema would have of what is in `ours`: its own
// tables, made by its own steps, and of ours what has a place in them. Returns its tables.
std::vector<std::string> write_as_older(int version, sqlite::Database& ours) {
    REQUIRE(older_store().load(0, {}).has_value());
    auto older = *older_store().open();
    REQUIRE(device::migrate_desk(older, version).has_value());
    for (const std::string& table : tables_of(older)) {
        const std::vector<std::string> columns = columns_of(older, table);
        std::vector<std::string>       now = columns; // As they are called today.
        for (std::string& column : now)
            if (table == "platform_ticks" && column == "root") column = "version";
        for (const std::string& row : rows_of(ours, table, now))
            REQUIRE(older.run_script("INSERT INTO " + table + "(" + joined(columns, ", ") +
                                     ") VALUES(" + row + ")")
                        .has_value());
    }
    return tables_of(older);
}

// Whatever a clerk sees of each matter, and what stands against it.
std::map<base::EnvelopeId, std::string> seen(Desk& desk) {
    std::map<base::EnvelopeId, std::string> all;
    for (const base::FormId& form : {declaration, school_summary})
        for (const device::Matter& matter : desk.matters(form, spring)) {
            std::string& words = all[matter.root];
            words = std::to_string(int(matter.state)) + " " + matter.notice.text() + " " +
                    (matter.newest ? matter.newest->text() : "unsigned");
            for (const auto& [at, value] : matter.values)
                words += "\n" + std::to_string(at.first) + " " + at.second.text() + ": " +
                         value.text + " = " + base::to_text(value.value) + " " + value.wrong;
            for (const auto& [rule, note] : matter.notes)
                words += "\n" + rule.text() + ": " + note;
            const auto judged = desk.judge(matter.root);
            for (const rules::Finding& finding : judged->findings)
                words += "\n" + finding.rule.text() + " - " + finding.text;
        }
    return all;
}

// A desk in the middle of its work.
struct Busy {
    Office           office;
    base::EnvelopeId returned, refused, withdrawing, unsent, draft, deleted, summary;
    base::RuleId     too_few{"min_headcount"};

    Busy() {
        office.enrol();
        Desk& desk = *office.desk;
        returned = office.declare("C1", "初级", "２０人");
        REQUIRE(desk.explain(returned, too_few, "先试点一个班").has_value());
        REQUIRE(desk.seal(returned).has_value());
        refused = delivered(office, "C3", "50");
        withdrawing = delivered(office, "C2", "40");
        office.server.add(decision_about(returned, envelope::ReviewVerdict::send_back));
        office.server.add(envelope::Announcement{
            "请各校核对联络人员。", *base::parse_rfc3339("2030-04-10T00:00:00+08:00"), {}});
        office.server.add(envelope::Extension{
            office.server.unit.unit, declaration, spring,
            *base::parse_rfc3339("2023-04-02T23:59:59+08:00"), "停电"});
        office.server.ledger.push_back({office.server.clock.now(), "round", spring,
                                        base::CertificateId("C3"), "初级", 50, 50, refused});
        REQUIRE(!office.sync().fault.has_value());
        REQUIRE(desk.set_paper_tick(returned, base::Date{2023, 3, 30}).has_value());

        REQUIRE(desk.revise(refused).has_value());
        REQUIRE(desk.type(refused, cell(headcount), "５５").has_value());
        REQUIRE(desk.seal(refused).has_value());
        protocol::LineAnswer answer;
        answer.id = desk.queued().front().id;
        answer.outcome = Outcome::rules_failed;
        answer.title = "人数不符";
        REQUIRE(desk.settle(desk.queued().front().sha256, answer).has_value());
        REQUIRE(desk.withdraw(withdrawing, "改报中级").has_value());
        unsent = office.declare("C2", "初级", "60");
        REQUIRE(desk.seal(unsent).has_value());
        draft = office.declare("C1", "中级", "约１００人");
        REQUIRE(desk.explain(draft, too_few, "设备只够这些人").has_value());
        deleted = office.declare("C3", "初级", "9");
        REQUIRE(desk.remove(deleted).has_value());
        summary = *desk.create_matter(school_summary, spring);
        REQUIRE(desk.type(summary, cell(base::FieldId("contact")), "张三").has_value());
    }
};

} // namespace

TEST_CASE("a step of the schema that was released stays as it is, to the letter") {
    // Whoever has an older program's rescue file has these tables, and a file with others is no
    // file of ours (rescue.cpp). A new step adds a line here; no other line ever changes.
    const char* const released[] = {
        "0c5a0d640695973c", "3c6177d33a8a1357", "f112602eee29f4eb",
        "786bf5218a40efe1", "e1a44a33b57b9c3f", "29b6dd0dcd1d6f7e",
    };
    REQUIRE(int(std::size(released)) == device::schema_version());
    for (int version = 1; version <= device::schema_version(); ++version) {
        CAPTURE(version);
        auto database = *sqlite::Database::open(":memory:", sqlite::OpenMode::create);
        REQUIRE(device::migrate_desk(database, version).has_value());
        CHECK(*database.pragma("user_version") == version);
        const std::string schema =
            joined(texts(database, "SELECT type || ' ' || name || ' ' || coalesce(sql, '') "
                                   "FROM sqlite_master ORDER BY type, name"),
                   "\n");
        CHECK(base::sha256_hex(schema).text().substr(0, 16) == std::string(released[version - 1]));
    }
}

TEST_CASE("a new build reads what an older one has left, of whichever schema, and works on") {
    for (int version = 1; version <= device::schema_version(); ++version) {
        CAPTURE(version);
        Busy       busy;
        Office&    office = busy.office;
        const auto expected = seen(*office.desk);
        const auto outbox = office.desk->queued(), receipts = office.desk->receipts();
        const auto ledger = office.desk->ledger();
        const auto closes_at = office.desk->closes_at(declaration, spring);
        REQUIRE(expected.size() == 6);
        REQUIRE(receipts.size() == 3);
        office.desk.reset();
        Contents                 before;
        std::vector<std::string> tables;
        {
            auto ours = *store().open();
            before = contents_of(ours);
            tables = write_as_older(version, ours);
        }
        const auto reopen = [&] {
            office.desk.reset();
            auto opened = Desk::open(std::move(*older_store().open()), office.clock, office.random);
            REQUIRE_MESSAGE(opened.has_value(), (opened ? "" : opened.error().detail));
            office.desk.emplace(std::move(*opened));
        };
        reopen();
        office.desk.reset();
        {
            // What there was a place for is as if this program had written it.
            auto     now = *older_store().open();
            Contents after = contents_of(now);
            CHECK(*now.pragma("user_version") == device::schema_version());
            tables.push_back("signed_values"); // It is read out of the envelopes.
            for (const std::string& table : tables)
                if (table != "announcements" || version >= 6) {
                    CAPTURE(table);
                    CHECK(after[table] == before[table]);
                }
            CHECK(after.size() == before.size());
        }
        reopen();
        Desk& desk = *office.desk;
        REQUIRE(desk.find_enrolment() != nullptr);
        auto found = seen(desk);
        REQUIRE(found.size() == expected.size());
        for (const auto& [root, words] : expected) {
            // What a reviewer said had no place at first; it comes again with the log.
            if (version == 1 && root == busy.returned)
                CHECK(office.state(root) == MatterState::submitted);
            else CHECK(found[root] == words);
        }
        REQUIRE(desk.queued().size() == outbox.size());
        for (std::size_t i = 0; i < outbox.size(); ++i)
            CHECK(desk.queued()[i].text == outbox[i].text);
        REQUIRE(desk.receipts().size() == receipts.size());
        for (std::size_t i = 0; i < receipts.size(); ++i) {
            CHECK(desk.receipts()[i].receipt == receipts[i].receipt);
            CHECK(desk.receipts()[i].answers == receipts[i].answers);
            CHECK(desk.receipts()[i].notice == receipts[i].notice);
            CHECK(desk.receipt_file(receipts[i].id).has_value());
        }
        CHECK(desk.ledger().size() == (version >= 2 ? ledger.size() : 0));
        CHECK((desk.closes_at(declaration, spring) == closes_at) == (version >= 2)); // Extended.
        CHECK(desk.paper_tick(busy.returned).has_value() == (version >= 2));
        REQUIRE(desk.announcements().size() == (version >= 4 ? 1 : 0));
        // Of one that came before its audience was kept nobody knows whom it was for.
        if (version >= 4)
            CHECK(desk.announcements().front().to.kind ==
                  (version >= 6 ? std::optional<std::string>() : std::optional<std::string>("")));

        // It is worked on where it was left: typed, judged, signed, sent.
        CHECK(desk.seal(busy.draft).error().outcome == Outcome::incomplete);
        REQUIRE(desk.type(busy.draft, cell(headcount), "２５人").has_value());
        CHECK(desk.judge(busy.draft)->sealable); // The reason was written before.
        CHECK(desk.seal(busy.draft).has_value());
        CHECK(desk.seal(busy.refused).has_value());
        REQUIRE(desk.revise(busy.returned).has_value());
        REQUIRE(desk.type(busy.returned, cell(headcount), "35").has_value());
        CHECK(desk.seal(busy.returned).has_value());
        REQUIRE(desk.type(busy.summary, cell(base::FieldId("phone")), "0558-12345").has_value());
        CHECK(desk.seal(busy.summary).has_value());
        CHECK(desk.restore(busy.deleted).has_value());
        CHECK(desk.remove(busy.deleted).has_value());
        const auto report = office.sync();
        REQUIRE_MESSAGE(!report.fault, (report.fault ? report.fault->detail : ""));
        CHECK(report.accepted == 6);
        CHECK(desk.queued().empty());
        CHECK(desk.closes_at(declaration, spring) == closes_at);
        for (const auto& root :
             {busy.draft, busy.refused, busy.returned, busy.unsent, busy.summary})
            CHECK(office.state(root) == MatterState::submitted);
        CHECK(office.state(busy.withdrawing) == MatterState::withdrawn);
    }
}

TEST_CASE("an older program's rescue file is taken over as one of this program's is") {
    for (int version = 1; version <= device::schema_version(); ++version) {
        CAPTURE(version);
        Busy              busy;
        const base::Bytes file = rescue_file(busy.office);
        busy.office.desk.reset();
        {
            auto ours = *store().open();
            write_as_older(version, ours);
        }
        const base::Bytes older = older_store().whole_file();
        Office            by_newer(busy.office.server), by_older(busy.office.server);
        by_newer.enrol();
        by_older.enrol();
        const auto wanted = by_newer.desk->preview_rescue(file);
        const auto preview = by_older.desk->preview_rescue(older);
        REQUIRE_MESSAGE(preview.has_value(), (preview ? "" : preview.error().detail));
        CHECK(handovers(*preview) == handovers(*wanted));
        REQUIRE(by_newer.desk->take_rescue(file).has_value());
        REQUIRE(by_older.desk->take_rescue(older).has_value());
        const auto found = seen(*by_older.desk);
        CHECK(found == seen(*by_newer.desk));
        CHECK(found.count(busy.draft) == 1);
        CHECK(by_older.desk->find_matter(busy.draft)->values.at(cell(headcount)).text ==
              "约１００人");
    }
}
