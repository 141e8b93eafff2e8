#include "shared/device/sync.hpp"
#include "shared/sqlite/page_vfs.hpp"

#include <doctest/doctest.h>

using base::Outcome;
using device::Desk;
using device::Grid;
using device::MatterState;

namespace vectors {
extern const std::string_view anhui_2023_14;
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
    std::vector<protocol::Change> log;
    bool                          line_cut_after_taking = false;
    int                           lists_sent = 0; // Units and catalogues, as a whole.

    std::string anchor() { return envelope::sign_anchor({clock.now(), "n", false}, key); }

    device::Response answer(const device::Request& request) {
        const auto is = [&](std::string_view path) {
            return request.path.rfind("/api/v1" + std::string(path), 0) == 0;
        };
        if (is("/server"))
            return {200, protocol::write_server_info({"申报", "0.1.0", clock.now(), false,
                                                      key.public_key(), notice, anchor()})};
        if (is("/notices/")) return {200, std::string(vectors::anhui_2023_14)};
        if (is("/sessions"))
            return {200, protocol::write_session_answer(
                             {"token", base::Time{clock.now().microseconds + 3600000000LL}})};
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
            protocol::LineAnswer line;
            line.id = receipt.id;
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

    Office() {
        REQUIRE(store().load(0, {}).has_value());
        open();
    }
    void open() {
        auto opened = Desk::open(std::move(*store().open()), clock, random);
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
    office.sync();
    REQUIRE(office.desk->receipts().size() == 2);
    CHECK(!office.desk->receipts().front().replaced);
    CHECK(office.desk->receipts().back().replaced);
    REQUIRE(office.desk->withdraw(root, "").has_value());
    office.sync();
    const auto withdrawal = office.desk->receipts().front();
    CHECK(withdrawal.kind == "withdrawal");
    CHECK(withdrawal.answers.at("certificate") == "C2"); // Of the version that was withdrawn.
    CHECK(withdrawal.answers.at("headcount") == 70);
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
        office.desk->preview_grid(declaration,
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
    const auto numbers = office.desk->preview_grid(declaration, {{"7"}, {"8"}},
                                                   form->find_field("headcount"), 100);
    REQUIRE(office.desk->take_matters(declaration, spring, *numbers, &signed_one).has_value());
    const auto laid = office.desk->matters(declaration, spring);
    REQUIRE(laid.size() == 3);
    CHECK(laid[0].values.at(cell(headcount)).value == base::Json(60));
    CHECK(laid[1].values.at(cell(headcount)).value == base::Json(7));
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
    const auto preview = office.desk->preview_grid(increase, grid, nullptr, 100);
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
    const auto numbers = office.desk->preview_grid(increase, {{"1"}, {"2"}}, column, 100);
    REQUIRE(office.desk->take_rows(*root, *numbers, 2).has_value());
    CHECK(rows() == "1:100 2:1 3:2 ");
    // Beyond the last row nothing is taken at all.
    const auto refused = office.desk->take_rows(*root, *numbers, 100);
    REQUIRE(!refused);
    CHECK(refused.error().outcome == Outcome::too_many_rows);
    CHECK(rows() == "1:100 2:1 3:2 ");
    CHECK(office.desk->preview_grid(school_summary, grid, nullptr, 9).error().outcome ==
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
