// Enrolment codes: single use, thirty days by the real clock, and slow to guess.
#include "server/handlers/sessions.hpp"
#include "tests/server/town.hpp"

#include <doctest/doctest.h>

using base::Outcome;

TEST_CASE("a code enrols one key, once") {
    town::Town          town;
    base::SystemRandom  random;
    const auto          first = envelope::SecretKey::make(random);
    const auto          other = envelope::SecretKey::make(random);
    const std::string   code = town.new_code(base::UnitId("D001"));
    const auto          enrolled = town.enrol(first, code);
    REQUIRE(enrolled.has_value());
    CHECK(enrolled->key.unit == base::UnitId("D001"));
    CHECK(!enrolled->again);
    // The answer was lost on the way: the same key asks again and hears the same.
    const auto again = town.enrol(first, code);
    REQUIRE(again.has_value());
    CHECK(again->again);
    CHECK(again->key.kid == enrolled->key.kid);
    CHECK(town.enrol(other, code).error().outcome == Outcome::used_code);
    // A key stands for one enrolment.
    CHECK(town.enrol(first, town.new_code(base::UnitId("D002"))).error().outcome ==
          Outcome::already_enrolled);
}

TEST_CASE("a wrong code and an expired one are told apart, and neither enrols") {
    town::Town         town;
    base::SystemRandom random;
    const auto         key = envelope::SecretKey::make(random);
    const auto         before = town.last_index();
    CHECK(town.enrol(key, "0000-0000-0000").error().outcome == Outcome::bad_code);
    CHECK(town.last_index() == before);
    const std::string expired = town.new_code(base::UnitId("D001"), -1);
    CHECK(town.enrol(key, expired).error().outcome == Outcome::expired_code);
    CHECK(town.last_index() == before + 1); // The code itself.
    // The code survives as a keyed hash only.
    auto reader = town.site().reader();
    const auto entries = (*reader)->page(0, 1000);
    for (const auto& entry : *entries)
        CHECK(entry.text.find(expired) == std::string::npos);
}

TEST_CASE("what people write for 0 and 1 is understood, in any case, with or without hyphens") {
    town::Town         town;
    base::SystemRandom random;
    const auto         key = envelope::SecretKey::make(random);
    std::string        code = town.new_code(base::UnitId("D001"));
    std::string        typed;
    for (std::size_t i = 0; i < code.size(); ++i) {
        if (i == 4 || i == 8) typed += '-';
        typed += code[i] == '0' ? 'o' : code[i] == '1' ? 'l' : char(std::tolower(code[i]));
    }
    CHECK(town.enrol(key, typed).has_value());
}

TEST_CASE("guessing gets slower: by the code's beginning, and over all codes together") {
    handlers::CodeGuard guard;
    base::Time          now = town::at("2023-03-29T09:00:00+08:00");
    // A clerk who mistypes a few times does not wait.
    CHECK(guard.wait_seconds("ABCDEFGHJKMN", now) == 0);
    guard.failed("ABCDEFGHJKMN", now);
    CHECK(guard.wait_seconds("ABCDEFGHJKMN", now) == 0);
    int tries = 1;
    while (guard.wait_seconds("ABCDEFGHJKMN", now) == 0 && tries < 100) {
        guard.failed("ABCDEFGHJKMN", now);
        ++tries;
    }
    CHECK(tries < 100);
    const int wait = guard.wait_seconds("ABCDEFGHJKMN", now);
    CHECK(wait > 0);
    CHECK(guard.wait_seconds("ZZZZEFGHJKMN", now) == 0); // Another school's code.
    guard.failed("ABCDEFGHJKMN", now);
    CHECK(guard.wait_seconds("ABCDEFGHJKMN", now) >= wait);
    // Random codes have random beginnings: they are held up together.
    tries = 0;
    const auto nth = [](int n) { return "Q" + std::to_string(100 + n) + "EFGHJKMN"; };
    while (guard.wait_seconds(nth(tries), now) == 0 && tries < 800) {
        guard.failed(nth(tries), now);
        ++tries;
    }
    CHECK(tries < 800);
    // Whoever keeps trying keeps nobody else out for longer than some seconds (and a day of it).
    for (int n = 0; n < 100; ++n) guard.failed(nth(n), now);
    CHECK(guard.wait_seconds("ZZZZEFGHJKMN", now) <= 5);
    now.microseconds += 101 * 3 * 1000000LL;
    CHECK(guard.wait_seconds("ZZZZEFGHJKMN", now) == 0);
    now.microseconds += 24 * 3600 * 1000000LL;
    CHECK(guard.wait_seconds("ABCDEFGHJKMN", now) == 0); // A day later everybody may try again.
}
