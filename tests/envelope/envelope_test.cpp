#include "shared/envelope/envelope.hpp"
#include "shared/print/page.hpp"

#include <doctest/doctest.h>

using base::Outcome;
using envelope::HeaderKey;
using envelope::Jws;

namespace vectors {
extern const std::string_view envelopes;
}

namespace {

// The vectors' file holds only strings, lists and objects, so the strict parser reads it too.
const base::Json& fixed() {
    static const base::Json json = *base::parse_json(vectors::envelopes);
    return json;
}

std::string fixed_text(const char* group, const char* name) {
    return fixed().at(group).at(name).get<std::string>();
}

envelope::SecretKey fixed_key() {
    return *envelope::SecretKey::from_seed(
        *base::from_base64url(fixed().at("seed").get<std::string>()));
}

} // namespace

TEST_CASE("the key of RFC 8037 has its known point and thumbprint") {
    const envelope::SecretKey key = fixed_key();
    CHECK(envelope::to_jwk(key.public_key()).at("x") == fixed().at("x"));
    CHECK(key.id().text() == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    CHECK(*envelope::parse_jwk(envelope::to_jwk(key.public_key())) == key.public_key());
    base::Json more = envelope::to_jwk(key.public_key());
    more["use"] = "sig";
    CHECK(envelope::parse_jwk(more).error().outcome == Outcome::bad_header);
}

TEST_CASE("the same payload gives the same text, byte for byte") {
    const envelope::SecretKey key = fixed_key();
    for (const char* name :
         {"anchor", "filing", "withdrawal", "decision", "return", "extension", "announcement",
          "announcement_to_all", "unit", "unit_from", "code", "code_by", "revocation", "receipt"}) {
        CAPTURE(name);
        CHECK(envelope::sign_jws(fixed_text("payloads", name), key, HeaderKey::kid) ==
              fixed_text("texts", name));
    }
    CHECK(envelope::sign_jws(fixed_text("payloads", "enrolment"), key, HeaderKey::jwk) ==
          fixed_text("texts", "enrolment"));
}

TEST_CASE("a filing is opened as it was written") {
    const Jws jws = *Jws::parse(fixed_text("texts", "filing"), HeaderKey::kid);
    CHECK(jws.kid() == fixed_key().id());
    CHECK(jws.sha256().text() == fixed().at("filing_sha256").get<std::string>());
    const auto opened = envelope::open(jws, fixed_key().public_key());
    REQUIRE(opened.has_value());
    CHECK(opened->common().unit.text() == "S341600006");
    const auto& filing = std::get<envelope::Filing>(opened->act());
    CHECK(filing.form.text() == "declaration");
    CHECK(filing.root == opened->common().id);
    CHECK(filing.answers.at("level") == "中级");
    CHECK(filing.notes.at(base::RuleId("min_headcount")) == "本轮先试点一个班。亳州𠅤");
}

TEST_CASE("decisions and extensions are opened as they were written, and written again alike") {
    const auto again = [](const envelope::VerifiedEnvelope& opened) {
        return envelope::seal_act(opened.common(), opened.act(), fixed_key()).text();
    };
    const auto opened_text = [](const char* name) {
        const auto opened = envelope::open(*Jws::parse(fixed_text("texts", name), HeaderKey::kid),
                                           fixed_key().public_key());
        REQUIRE(opened.has_value());
        return *opened;
    };
    const auto  passed = opened_text("decision");
    const auto& pass = std::get<envelope::Decision>(passed.act());
    CHECK(pass.stage == envelope::ReviewStage::final_review);
    CHECK(pass.verdict == envelope::ReviewVerdict::pass);
    CHECK(std::get<std::vector<std::int64_t>>(pass.approved) == std::vector<std::int64_t>{80, 120});
    REQUIRE(pass.remarks.size() == 1);
    CHECK(pass.remarks[0].field.text() == "rows.approved_after");
    CHECK(!pass.due.has_value());
    CHECK(again(passed) == fixed_text("texts", "decision"));

    const auto  returned = opened_text("return");
    const auto& back = std::get<envelope::Decision>(returned.act());
    CHECK(back.verdict == envelope::ReviewVerdict::send_back);
    CHECK(std::holds_alternative<std::monostate>(back.approved));
    CHECK(base::to_rfc3339(*back.due) == "2023-04-07T23:59:59+08:00");
    CHECK(again(returned) == fixed_text("texts", "return"));

    const auto  extended = opened_text("extension");
    const auto& extension = std::get<envelope::Extension>(extended.act());
    CHECK(extension.for_unit.text() == "S341600006");
    CHECK(base::to_rfc3339(extension.until) == "2023-04-10T23:59:59+08:00");
    CHECK(again(extended) == fixed_text("texts", "extension"));
}

TEST_CASE("the offices' acts are opened as they were written, and written again alike") {
    const auto opened_text = [](const char* name) {
        const auto opened = envelope::open(*Jws::parse(fixed_text("texts", name), HeaderKey::kid),
                                           fixed_key().public_key());
        REQUIRE(opened.has_value());
        CHECK(envelope::seal_act(opened->common(), opened->act(), fixed_key()).text() ==
              fixed_text("texts", name));
        return opened->act();
    };
    const auto told = std::get<envelope::Announcement>(opened_text("announcement"));
    CHECK(told.text == "4月3日24时截止，请各校提前同步。");
    CHECK(base::to_rfc3339(told.until) == "2023-04-03T23:59:59+08:00");
    CHECK(told.to == envelope::Announcement::Audience{"secondary_vocational", "亳州市", {}});
    const auto to_all = std::get<envelope::Announcement>(opened_text("announcement_to_all"));
    CHECK(to_all.to == envelope::Announcement::Audience{});

    const auto unit = std::get<envelope::UnitEntry>(opened_text("unit"));
    CHECK(unit.review_by == base::UnitId("341600"));
    CHECK(!unit.from.has_value());
    const auto later = std::get<envelope::UnitEntry>(opened_text("unit_from"));
    CHECK(!later.review_by.has_value());
    CHECK(base::to_rfc3339(*later.from) == "2023-09-01T00:00:00+08:00");

    CHECK(!std::get<envelope::CodeEntry>(opened_text("code")).by.has_value());
    CHECK(std::get<envelope::CodeEntry>(opened_text("code_by")).by == fixed_key().id());
    const auto revoked = std::get<envelope::Revocation>(opened_text("revocation"));
    CHECK(revoked.kid == fixed_key().id());
    CHECK(revoked.reason == "电脑遗失");
}

TEST_CASE("receipts and anchors are made again from their fields") {
    const envelope::SecretKey key = fixed_key();
    const auto receipt = envelope::open_receipt(fixed_text("texts", "receipt"), key.public_key());
    REQUIRE(receipt.has_value());
    CHECK(receipt->index == 7);
    CHECK(envelope::sign_receipt(*receipt, key) == fixed_text("texts", "receipt"));
    const auto anchor = envelope::open_anchor(fixed_text("texts", "anchor"), key.public_key());
    REQUIRE(anchor.has_value());
    CHECK(envelope::sign_anchor(*anchor, key) == fixed_text("texts", "anchor"));

    base::SeededRandom random(5);
    const auto other = envelope::SecretKey::make(random);
    CHECK(envelope::open_receipt(fixed_text("texts", "receipt"), other.public_key())
              .error()
              .outcome == Outcome::bad_receipt);
    CHECK(envelope::open_anchor(fixed_text("texts", "receipt"), key.public_key())
              .error()
              .outcome == Outcome::bad_anchor);
}

TEST_CASE("a receipt vouches for one text only") {
    const envelope::SecretKey key = fixed_key();
    const auto receipt = *envelope::open_receipt(fixed_text("texts", "receipt"), key.public_key());
    CHECK(envelope::open_receipted(*Jws::parse(fixed_text("texts", "filing"), HeaderKey::kid),
                                   receipt)
              .has_value());
    CHECK(envelope::open_receipted(*Jws::parse(fixed_text("texts", "withdrawal"), HeaderKey::kid),
                                   receipt)
              .error()
              .outcome == Outcome::bad_receipt);
}

TEST_CASE("headers and forms that are refused before anything is verified") {
    for (const base::Json& text : fixed().at("refused").at("bad_header"))
        CHECK(Jws::parse(text.get<std::string>(), HeaderKey::kid).error().outcome ==
              Outcome::bad_header);
    for (const base::Json& text : fixed().at("refused").at("not_compact_jws"))
        CHECK(Jws::parse(text.get<std::string>(), HeaderKey::kid).error().outcome ==
              Outcome::not_compact_jws);
    CHECK(Jws::parse(std::string(200000, 'A'), HeaderKey::kid).error().outcome ==
          Outcome::too_large);
    CHECK(Jws::parse(fixed_text("texts", "filing"), HeaderKey::jwk).error().outcome ==
          Outcome::bad_header);
}

TEST_CASE("a payload may have 64 KiB and not one byte more") {
    // Header and signature of any signed text: the length is looked at before they are.
    const std::string fixed_jws = fixed_text("texts", "filing");
    const std::string header = fixed_jws.substr(0, fixed_jws.find('.') + 1);
    const std::string signature = fixed_jws.substr(fixed_jws.rfind('.'));
    const auto outcome_of = [&](std::size_t bytes) {
        const auto jws = Jws::parse(
            header + base::to_base64url(base::Bytes(bytes)) + signature, HeaderKey::kid);
        return jws ? Outcome::accepted : jws.error().outcome;
    };
    CHECK(outcome_of(65536) == Outcome::accepted);
    CHECK(outcome_of(65537) == Outcome::too_large);
    CHECK(outcome_of(65538) == Outcome::too_large);
}

TEST_CASE("an empty payload is a signed text without content") {
    const auto key = fixed_key();
    const auto jws = Jws::parse(envelope::sign_jws("", key, HeaderKey::kid), HeaderKey::kid);
    REQUIRE(jws.has_value());
    CHECK(envelope::open(*jws, key.public_key()).error().outcome == Outcome::bad_payload);
}

TEST_CASE("one changed character and the signature does not hold") {
    const std::string text = fixed_text("texts", "filing");
    const std::size_t payload_at = text.find('.') + 40;
    std::string       altered = text;
    altered[payload_at] = altered[payload_at] == 'A' ? 'B' : 'A';
    const auto jws = Jws::parse(altered, HeaderKey::kid);
    REQUIRE(jws.has_value());
    CHECK(jws->verify(fixed_key().public_key()).error().outcome == Outcome::bad_signature);
}

namespace {

Outcome outcome_of(const base::Json& payload) {
    const envelope::SecretKey key = fixed_key();
    const auto opened = envelope::open(
        *Jws::parse(envelope::sign_jws(base::to_text(payload), key, HeaderKey::kid),
                    HeaderKey::kid),
        key.public_key());
    return opened ? Outcome::accepted : opened.error().outcome;
}

} // namespace

TEST_CASE("a payload with a missing, unknown or mistyped member is refused") {
    for (const char* kind : {"filing", "withdrawal", "decision", "return", "extension",
                             "announcement", "unit", "code", "revocation"}) {
        CAPTURE(kind);
        const base::Json good = *base::parse_json(fixed_text("payloads", kind));
        CHECK(outcome_of(good) == Outcome::accepted);
        for (const auto& item : good.items()) {
            const std::string name = item.key();
            CAPTURE(name);
            base::Json missing = good;
            missing.erase(name);
            CHECK(outcome_of(missing) == Outcome::bad_payload);
            base::Json mistyped = good;
            mistyped[name] = true;
            CHECK(outcome_of(mistyped) == Outcome::bad_payload);
        }
        base::Json unknown = good;
        unknown["extra"] = 1;
        CHECK(outcome_of(unknown) == Outcome::bad_payload);
    }
    const base::Json good = *base::parse_json(fixed_text("payloads", "filing"));
    base::Json       kind = good;
    kind["kind"] = "wish";
    CHECK(outcome_of(kind) == Outcome::unknown_kind);
    base::Json root = good;
    root["replaces"] = "018730d1-5c00-7000-8000-0000000000b1";
    CHECK(outcome_of(root) == Outcome::bad_payload);
    base::Json note = good;
    note["notes"]["min_headcount"] = "太短";
    CHECK(outcome_of(note) == Outcome::bad_payload);
}

TEST_CASE("a decision has known words, whole numbers and whole remarks") {
    const base::Json good = *base::parse_json(fixed_text("payloads", "decision"));
    const auto       with = [&](const char* name, base::Json value) {
        base::Json payload = good;
        payload[name] = std::move(value);
        return outcome_of(payload);
    };
    CHECK(with("stage", "second_review") == Outcome::bad_payload);
    CHECK(with("verdict", "approve") == Outcome::bad_payload);
    CHECK(with("approved", nullptr) == Outcome::accepted);
    CHECK(with("approved", 100) == Outcome::accepted);
    CHECK(with("approved", -1) == Outcome::accepted); // In range or not is the receiver's to say.
    CHECK(with("approved", "100") == Outcome::bad_payload);
    CHECK(with("approved", {100, "100"}) == Outcome::bad_payload);
    CHECK(with("approved", std::vector<int>(300, 1)) == Outcome::accepted);
    CHECK(with("approved", std::vector<int>(301, 1)) == Outcome::bad_payload);
    CHECK(with("due", "2023-04-07") == Outcome::bad_payload);
    CHECK(with("reason", std::string(501, 'x')) == Outcome::bad_payload);
    CHECK(with("remarks", {{{"field", "headcount"}}}) == Outcome::bad_payload);
    CHECK(with("remarks", {{{"field", "headcount"}, {"text", "核"}, {"by", "甲"}}}) ==
          Outcome::bad_payload);
}

TEST_CASE("what may be missing of the offices' acts is never null, and texts have their lengths") {
    const auto with = [](const char* kind, const char* pointer, base::Json value) {
        base::Json payload = *base::parse_json(fixed_text("payloads", kind));
        payload[base::Json::json_pointer(pointer)] = std::move(value);
        return outcome_of(payload);
    };
    CHECK(with("announcement", "/text", "三个字") == Outcome::bad_payload);
    CHECK(with("announcement", "/text", "四个字了") == Outcome::accepted);
    std::string long_text;
    for (int i = 0; i < 500; ++i) long_text += "字";
    CHECK(with("announcement", "/text", long_text) == Outcome::accepted);
    CHECK(with("announcement", "/text", long_text + "字") == Outcome::bad_payload);
    CHECK(with("announcement", "/until", nullptr) == Outcome::bad_payload);
    CHECK(with("announcement", "/to/unit", "S341600006") == Outcome::accepted);
    CHECK(with("announcement", "/to/unit", "不是编号") == Outcome::bad_payload);
    for (const char* member : {"/to/kind", "/to/city", "/to/unit", "/to"})
        CHECK(with("announcement", member, nullptr) == Outcome::bad_payload);
    CHECK(with("announcement", "/to/role", "school") == Outcome::bad_payload);
    CHECK(with("unit_from", "/from", nullptr) == Outcome::bad_payload);
    CHECK(with("unit_from", "/from", "2023-09-01") == Outcome::bad_payload);
    CHECK(with("unit", "/entry/from", "2023-09-01T00:00:00+08:00") == Outcome::bad_payload);
    CHECK(with("code_by", "/entry/by", nullptr) == Outcome::bad_payload);
    CHECK(with("revocation", "/kid", "短") == Outcome::bad_payload);
}

TEST_CASE("ids of envelopes are UUIDv7 with the time in front") {
    base::SeededRandom random(1);
    const base::Time   at = *base::parse_rfc3339("2023-03-29T09:00:00+08:00");
    const auto         id = envelope::make_envelope_id(at, random);
    CHECK(base::parse_envelope_id(id.text()).has_value());
    CHECK(id.text().substr(0, 13) == "01872ae0-fa80");
    CHECK(!base::parse_envelope_id("018730B2-FF80-7000-8000-0000000000A1"));
    CHECK(!base::parse_envelope_id("018730b2-ff80-4000-8000-0000000000a1"));
}

TEST_CASE("the short code is the vectors'") {
    const base::Json& vector = fixed().at("short_code");
    CHECK(print::short_code(base::EnvelopeId(vector.at("root").get<std::string>()),
                            *base::parse_json(vector.at("answers").get<std::string>())) ==
          vector.at("code").get<std::string>());
}
