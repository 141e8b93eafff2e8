// The order of judgement (protocol.md, "Sending"): of two things that are wrong with a line the one
// that stands first is the answer. Each flaw is tried alone and together with every later one.
#include "tests/server/town.hpp"

#include "shared/base/check.hpp"

#include <doctest/doctest.h>

namespace {

using base::Json;
using base::Outcome;
using protocol::LineResult;
using town::Device;
using town::Town;

// A line before it is put together.
struct Attempt {
    Json                       payload;
    const envelope::SecretKey* key = nullptr;
    std::string                algorithm = "EdDSA";
    bool                       spoil_signature = false;
    bool                       drop_signature  = false;

    std::string text() const {
        const auto encoded = [](const std::string& plain) {
            return base::to_base64url(std::as_bytes(std::span(plain.data(), plain.size())));
        };
        const Json  header = {{"alg", algorithm}, {"kid", key->id().text()}};
        std::string signed_part = encoded(base::to_text(header)) + "." +
                                  encoded(base::to_text(payload));
        std::string signature = envelope::sign_bytes(*key, signed_part);
        if (spoil_signature) signature[0] = signature[0] == 'A' ? 'B' : 'A';
        return drop_signature ? signed_part : signed_part + "." + signature;
    }
};

// What the flaws are made of.
struct Scene {
    Town       town;
    Town       elsewhere; // Another server.
    Device     device  = town.new_device("D001");
    Device     revoked = town.new_device("D001");
    envelope::SecretKey unknown = device.key;
    Json       standing;  // An accepted declaration, replaced once.
    Json       newest;
    Json       old_notice; // A version without a window that is still open.

    Scene() {
        base::SystemRandom random;
        unknown = envelope::SecretKey::make(random);
        town.revoke(revoked.key.id());
        standing = town.declaration(device, "X001", "初级", 50);
        REQUIRE(town.submit(device, standing).outcome == Outcome::accepted);
        newest = town.replacement(standing, 60);
        REQUIRE(town.submit(device, newest).outcome == Outcome::accepted);
        publish_old_notice();
    }

    // Publishes a version whose windows closed a year ago, then the shipped one again as current.
    void publish_old_notice() {
        const notice::Package& current = *town.site().current_package();
        Json document = *base::parse_json(current.text);
        for (Json& form : document["forms"])
            for (Json& window : form["windows"])
                if (window.contains("opens")) window["opens"] = window["closes"] = "2022-03-31";
        const std::string     text = base::to_text(document);
        const base::NoticeRef ref{current.ref.id, base::sha256_hex(text)};
        const base::NoticeRef shipped = current.ref;
        auto                  store = town.site().open_store();
        REQUIRE(store.has_value());
        REQUIRE((*store)->begin().has_value());
        REQUIRE((*store)->keep_package(ref, text).has_value());
        REQUIRE((*store)->commit().has_value());
        REQUIRE(town.site()
                    .append_acts({envelope::NoticePublication{ref},
                                  envelope::NoticePublication{shipped}})
                    .has_value());
        REQUIRE(town.site().refresh_packages(**store).has_value());
        REQUIRE(town.site().is_current(shipped));
        old_notice = ref.text();
    }
};

struct Flaw {
    const char* says;
    Outcome     outcome;
    const char* place; // Two flaws of one place cannot stand together.
    void (*apply)(Scene&, Attempt&);
};

// In the order of the protocol.
const Flaw flaws[] = {
    {"the payload is too large", Outcome::too_large, "size",
     [](Scene&, Attempt& a) { a.payload["padding"] = std::string(200000, 'x'); }},
    {"not a compact JWS", Outcome::not_compact_jws, "signature",
     [](Scene&, Attempt& a) { a.drop_signature = true; }},
    {"another algorithm", Outcome::bad_header, "header",
     [](Scene&, Attempt& a) { a.algorithm = "none"; }},
    {"a key nobody knows", Outcome::unknown_key, "key",
     [](Scene& s, Attempt& a) { a.key = &s.unknown; }},
    {"a revoked key", Outcome::revoked_key, "key",
     [](Scene& s, Attempt& a) { a.key = &s.revoked.key; }},
    {"the signature does not hold", Outcome::bad_signature, "signature",
     [](Scene&, Attempt& a) { a.spoil_signature = true; }},
    {"a member is missing", Outcome::bad_payload, "made_at",
     [](Scene&, Attempt& a) { a.payload.erase("made_at"); }},
    {"a kind nobody knows", Outcome::unknown_kind, "kind",
     [](Scene&, Attempt& a) { a.payload["kind"] = "wish"; }},
    {"another unit's name", Outcome::foreign_unit, "unit",
     [](Scene&, Attempt& a) { a.payload["unit"] = "D002"; }},
    {"another server's anchor", Outcome::bad_anchor, "anchor",
     [](Scene& s, Attempt& a) { a.payload["anchor"] = s.elsewhere.site().make_anchor(); }},
    {"an id that was used", Outcome::id_reused, "id",
     [](Scene& s, Attempt& a) {
         // A first version is its own root; with another root the id is a replacement's.
         if (a.payload["root"] == a.payload["id"]) a.payload["root"] = s.newest["id"];
         a.payload["id"] = s.newest["id"];
     }},
    {"a notice nobody published", Outcome::unknown_notice, "notice",
     [](Scene&, Attempt& a) { a.payload["notice"] = "anhui-2023-14@" + std::string(64, '0'); }},
    {"a notice that has ended", Outcome::notice_retired, "notice",
     [](Scene& s, Attempt& a) { a.payload["notice"] = s.old_notice; }},
    {"a period the form does not have", Outcome::unknown_form, "period",
     [](Scene&, Attempt& a) { a.payload["period"] = "2023-winter"; }},
    {"a window that is not open yet", Outcome::window_not_open, "period",
     [](Scene&, Attempt& a) { a.payload["period"] = "2023-autumn"; }},
    {"a version nobody knows", Outcome::unknown_target, "replaces",
     [](Scene& s, Attempt& a) {
         a.payload["replaces"] = "01870000-0000-7000-8000-000000000001";
         a.payload["root"] = s.standing["id"];
     }},
    {"not the newest version", Outcome::not_newest, "replaces",
     [](Scene& s, Attempt& a) {
         a.payload["replaces"] = s.standing["id"];
         a.payload["root"] = s.standing["id"];
     }},
    {"a number that no rule allows", Outcome::rules_failed, "answers",
     [](Scene&, Attempt& a) { a.payload["answers"]["headcount"] = 0; }},
};

} // namespace

TEST_CASE("of two flaws the one that stands first in the protocol is the answer") {
    Scene      scene;
    const auto outcome_with = [&](const Json& good, const Flaw& one, const Flaw& other) {
        Attempt attempt{good, &scene.device.key};
        // An id that was used goes last: it follows the root that others have set.
        for (const Flaw* flaw : {&one, &other})
            if (flaw->outcome != Outcome::id_reused) flaw->apply(scene, attempt);
        for (const Flaw* flaw : {&one, &other})
            if (flaw->outcome == Outcome::id_reused) {
                flaw->apply(scene, attempt);
                break;
            }
        return scene.town.submit(attempt.text()).outcome;
    };
    const Json         good = scene.town.declaration(scene.device);
    const std::int64_t before = scene.town.last_index();
    int                tried = 0;
    for (const Flaw& first : flaws)
        for (const Flaw& second : flaws) {
            if (&second < &first) continue;
            if (&second > &first && std::string_view(first.place) == second.place) continue;
            CAPTURE(first.says);
            CAPTURE(second.says);
            CHECK(outcome_with(good, first, second) == first.outcome);
            ++tried;
        }
    CHECK(tried > 150);
    // Nothing of it was stored, and no refusal used the id up.
    CHECK(scene.town.last_index() == before);
    CHECK(scene.town.submit(scene.device, good).outcome == Outcome::accepted);
}

TEST_CASE("an exact text in the log is a duplicate with the same receipt, whatever happened since") {
    Town              town;
    const Device      device = town.new_device("D001");
    const Json        payload = town.declaration(device);
    const std::string line = town::sign(payload, device.key);
    const auto        first = town.submit(line);
    REQUIRE(first.result == LineResult::accepted);
    REQUIRE(town.submit(device, town.replacement(payload, 70)).result == LineResult::accepted);
    town.revoke(device.key.id());
    town.restart();
    town.site().start_clock_at(town::at("2023-12-01T09:00:00+08:00"));
    const auto again = town.submit(line);
    CHECK(again.result == LineResult::duplicate);
    CHECK(again.receipt == first.receipt);
    CHECK(again.id == first.id);
    // Another line by the same key is not taken any more.
    CHECK(town.submit(device, town.declaration(device, "X001")).outcome == Outcome::revoked_key);
}

TEST_CASE("each line of a request sees those before it, and a bad one spoils no other") {
    Town         town;
    const Device device = town.new_device("D001");
    const Json   first = town.declaration(device);
    const Json   twin = town.declaration(device); // The same certificate and level again.
    const Json   other = town.declaration(device, "X002", "中级");
    const Json   second = town.replacement(first, 45);
    std::vector<std::string> lines;
    for (const Json& payload : {first, twin, other, second})
        lines.push_back(town::sign(payload, device.key));
    lines.push_back("no JWS at all");
    lines.push_back(lines.front());
    const auto answers = town.intake().submit(lines);
    REQUIRE(answers.has_value());
    REQUIRE(answers->size() == 6);
    CHECK((*answers)[0].outcome == Outcome::accepted);
    CHECK((*answers)[1].outcome == Outcome::rules_failed);
    REQUIRE((*answers)[1].findings.size() == 1);
    CHECK((*answers)[1].findings[0].rule == base::RuleId("declared_once"));
    CHECK((*answers)[2].outcome == Outcome::accepted);
    CHECK((*answers)[3].outcome == Outcome::accepted);
    CHECK((*answers)[4].outcome == Outcome::not_compact_jws);
    CHECK((*answers)[5].result == LineResult::duplicate);
    CHECK((*answers)[5].receipt == (*answers)[0].receipt);
}

TEST_CASE("a filing after the window is late; a late replacement leaves the earlier one counting") {
    Town         town;
    const Device device = town.new_device("D001");
    const Json   first = town.declaration(device);
    REQUIRE(town.submit(device, first).result == LineResult::accepted);
    const auto planned = [&] {
        auto reader = town.site().reader();
        const auto made = (*reader)->summary(town::province, "province", {});
        REQUIRE(made->columns[2] == "planned_headcount");
        return made->rows.front()[2].get<std::int64_t>();
    };
    CHECK(planned() == 40);
    town.site().start_clock_at(town::at("2023-04-01T00:00:00+08:00"));
    const auto late = town.submit(device, town.replacement(first, 90));
    REQUIRE(late.result == LineResult::accepted);
    const auto receipt = envelope::open_receipt(late.receipt, town.site().key().public_key());
    CHECK(receipt->timing == envelope::Timing::late);
    CHECK(planned() == 40);
    REQUIRE(town.submit(device, town.declaration(device, "X001")).result == LineResult::accepted);
    CHECK(planned() == 40);
}

TEST_CASE("promised attachments that are not here are named by the receipt, again and again") {
    Town              town;
    const Device      device = town.new_device("D001");
    Json              payload = town.declaration(device);
    const std::string digest(64, 'a'), other(64, 'b');
    for (const std::string& sha256 : {digest, other})
        payload["attachments"].push_back(
            {{"sha256", sha256}, {"bytes", 10}, {"media_type", "text/plain"}, {"name", "甲.txt"}});
    const std::string line = town::sign(payload, device.key);
    const auto        answer = town.submit(line);
    REQUIRE(answer.result == LineResult::accepted);
    const auto receipt = envelope::open_receipt(answer.receipt, town.site().key().public_key());
    REQUIRE(receipt.has_value());
    CHECK(receipt->attachments_missing ==
          std::vector<base::Sha256Hex>{base::Sha256Hex(digest), base::Sha256Hex(other)});
    town.restart();
    CHECK(town.submit(line).receipt == answer.receipt);
}
