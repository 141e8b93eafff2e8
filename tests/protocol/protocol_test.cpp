#include "shared/protocol/messages.hpp"

#include <doctest/doctest.h>

using base::Outcome;

namespace {

envelope::SecretKey a_key() {
    base::SeededRandom random(3);
    return envelope::SecretKey::make(random);
}

base::NoticeRef a_notice() {
    return *base::parse_notice_ref("anhui-2023-14@" + std::string(64, 'a'));
}

const envelope::UnitEntry school{base::UnitId("S1"), "亳州中药科技学校", "secondary_vocational",
                                 "亳州市", base::UnitId("341600")};

} // namespace

TEST_CASE("published versions with a member of another type are refused") {
    const std::string whole = protocol::write_notices({{a_notice(), std::nullopt}});
    REQUIRE(protocol::read_notices(whole).has_value());
    for (const char* member : {"id", "sha256", "until"}) {
        base::Json list = *base::parse_json(whole);
        list[0][member] = 5;
        CHECK(protocol::read_notices(base::to_text(list)).error().outcome ==
              base::Outcome::bad_answer);
    }
    CHECK(!protocol::read_notices("[5]").has_value());
    CHECK(!protocol::read_notices("{}").has_value());
}

TEST_CASE("messages are read as they were written") {
    protocol::ServerInfo info;
    info.name = "申报";
    info.version = "0.1.0";
    info.time = *base::parse_rfc3339("2023-03-29T09:00:00+08:00");
    info.rehearsal = true;
    info.server_key = a_key().public_key();
    info.notice = a_notice();
    info.anchor = "a.b.c";
    const auto server = protocol::read_server_info(protocol::write_server_info(info));
    REQUIRE(server.has_value());
    CHECK(server->time == info.time);
    CHECK(server->notice == info.notice);
    CHECK(server->server_key == info.server_key);

    info.notices = {{a_notice(), info.time}, {a_notice(), std::nullopt}};
    const auto published = protocol::read_server_info(protocol::write_server_info(info));
    REQUIRE(published.has_value());
    CHECK(published->notices == info.notices);

    const protocol::EnrolmentAnswer answer{school,     "school",  a_key().id(),
                                           a_key().public_key(), a_notice(), "a.b.c"};
    const auto enrolled =
        protocol::read_enrolment_answer(protocol::write_enrolment_answer(answer));
    REQUIRE(enrolled.has_value());
    CHECK(enrolled->unit == school);
    CHECK(enrolled->kid == a_key().id());

    const auto units = protocol::read_units(protocol::write_units({school}));
    REQUIRE(units.has_value());
    CHECK(units->front() == school);

    const protocol::ChangesAnswer changes{"abc", true, false, {{5, "e.n.v", "r.c.t"}}};
    const auto read = protocol::read_changes(protocol::write_changes(changes));
    REQUIRE(read.has_value());
    CHECK(read->changes.front().index == 5);
    CHECK(read->more);
}

TEST_CASE("a line's answer carries number, sentence, findings and receipt") {
    protocol::LineAnswer refused;
    refused.id = base::EnvelopeId("018730d1-5c00-7000-8000-0000000000a1");
    refused.outcome = Outcome::rules_failed;
    refused.findings.push_back({base::RuleId("declared_once"),
                                {base::FieldId("level")},
                                notice::Severity::error,
                                "重复"});
    const auto read = protocol::read_line_answer(protocol::write_line_answer(refused));
    REQUIRE(read.has_value());
    CHECK(read->outcome == Outcome::rules_failed);
    CHECK(read->title == base::outcome_text(Outcome::rules_failed).sentence);
    CHECK(read->findings.front().text == "重复");

    // "Accepted" without a receipt is no answer to rely on.
    CHECK(!protocol::read_line_answer(
        R"({"id":null,"result":"accepted","code":0,"title":"","findings":[],"receipt":null})"));
    CHECK(!protocol::read_line_answer(
        R"({"id":null,"result":"maybe","code":0,"title":"","findings":[],"receipt":null})"));
    CHECK(!protocol::read_line_answer("<html>502 Bad Gateway</html>"));
}

TEST_CASE("every outcome survives the trip as a problem") {
    for (int i = 0; i < base::outcome_count; ++i) {
        const Outcome outcome = base::outcome_texts[i].outcome;
        const auto    fault = protocol::read_problem(protocol::write_problem(outcome, "why"));
        CHECK(fault.outcome == outcome);
        CHECK(fault.detail == "why");
    }
    CHECK(protocol::read_problem("not json").outcome == Outcome::bad_answer);
    CHECK(protocol::read_problem(R"({"code":9998})").outcome == Outcome::bad_answer);
}

TEST_CASE("answers may grow, requests may not") {
    const std::string grown = R"({"token":"t","expires_at":"2023-03-29T09:00:00+08:00","new":1})";
    CHECK(protocol::read_session_answer(grown).has_value());
    const std::string request =
        R"({"kind":"enrolment","code":"X","device":"d","made_at":"2023-03-29T09:00:00+08:00","new":1})";
    CHECK(protocol::read_enrolment_request(request).error().outcome == Outcome::bad_request);
}
