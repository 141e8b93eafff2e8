// The same filings get the same verdicts on every target: the digest below holds all of them, and
// this test runs natively, sanitized and as wasm.
#include "tests/rules/scenario.hpp"

#include "shared/base/bytes.hpp"

#include <doctest/doctest.h>

#include <map>
#include <set>

namespace vectors {
extern const std::string_view anhui_2023_14;
} // namespace vectors

TEST_CASE("thousands of generated filings get the verdicts that every target gives") {
    const notice::Package package = *notice::load(vectors::anhui_2023_14).package;
    const scenario::Year  year = scenario::make_year(package);
    CHECK(year.filings.size() > 3000);

    std::string                             all;
    std::map<base::Outcome, int>            outcomes;
    std::map<std::string, std::set<std::string>> found;     // By form: the rules that found something.
    std::map<std::string, int>              accepted;
    for (const scenario::Filing& filing : year.filings) {
        all += scenario::verdict_line(filing.outcome, filing.findings);
        ++outcomes[filing.outcome];
        if (filing.outcome == base::Outcome::accepted) ++accepted[filing.form];
        for (const rules::Finding& finding : filing.findings)
            found[filing.form].insert(finding.rule.text());
    }
    // Good ones, bad ones and broken ones of every form, and every rule has spoken.
    CHECK(outcomes[base::Outcome::accepted] > 500);
    CHECK(outcomes[base::Outcome::rules_failed] > 500);
    CHECK(outcomes[base::Outcome::bad_payload] > 50);
    CHECK(outcomes.size() == 3);
    for (const notice::Form& form : package.forms) {
        CHECK_MESSAGE(accepted[form.id.text()] > 20, form.id.text());
        for (const notice::Rule& rule : form.rules)
            CHECK_MESSAGE(found[form.id.text()].count(rule.id.text()) == 1, rule.id.text());
    }
    // Changes with the package's rules and texts, never with the target.
    CHECK(base::sha256_hex(all).text() ==
          "b4e09155f14333617c468254962ee4fc04ac454518b3a6ed293c8215f4a0cc95");
}
