// What passes on a school's desk passes at intake, and what does not does not: the generated year
// of tests/rules/scenario goes through the server's own door, and every answer is compared.
#include "tests/rules/scenario.hpp"
#include "tests/server/town.hpp"

#include "shared/base/check.hpp"
#include "shared/sqlite/database.hpp"

#include <doctest/doctest.h>

#include <map>

using base::Json;

namespace {

// Approved numbers as decisions would book them, a second before the phase's anchor.
void enter(const std::string& data, const scenario::Entry& entry, base::Time at) {
    auto database = sqlite::Database::open(data + "/shenbao.db", sqlite::OpenMode::existing);
    REQUIRE(database.has_value());
    REQUIRE(database
                ->prepare("INSERT INTO d_ledger(unit, certificate, level, year, period, kind, "
                          "amount, at, filing, decision, log_index) "
                          "VALUES(?, ?, ?, '2023', '2023', 'round', ?, ?, '', '', 0)")
                .bind(entry.unit, entry.certificate, entry.level, entry.amount,
                      base::Time{at.microseconds - 1000000})
                .run()
                .has_value());
}

} // namespace

TEST_CASE("intake gives the verdicts that the desk has given, for a year of generated filings") {
    town::Town                            town;
    const notice::Package&                package = *town.site().current_package();
    const scenario::Year                  year = scenario::make_year(package);
    std::map<std::string, town::Device>   devices;
    for (const scenario::Unit& unit : scenario::units)
        devices.emplace(unit.id, town.new_device(unit.id));

    std::size_t next = 0;
    for (std::size_t phase = 0; phase < scenario::phases.size(); ++phase) {
        const base::Time begins = town::at(scenario::phases[phase].begins);
        town.site().start_clock_at(begins);
        for (const scenario::Entry& entry : year.ledger)
            if (entry.phase == phase) enter(town.data(), entry, begins);
        const std::string anchor = town.site().make_anchor();
        std::vector<std::string> lines;
        const std::size_t        first = next;
        for (; next < year.filings.size() && year.filings[next].phase == phase; ++next) {
            const scenario::Filing& filing = year.filings[next];
            const Json payload = {
                {"kind", "filing"},
                {"id", filing.id},
                {"unit", filing.unit},
                {"notice", package.ref.text()},
                {"made_at", scenario::phases[phase].begins},
                {"anchor", anchor},
                {"form", filing.form},
                {"period", filing.period},
                {"root", filing.root},
                {"replaces", filing.replaces.empty() ? Json() : Json(filing.replaces)},
                {"answers", filing.answers},
                {"notes", filing.notes},
                {"attachments", Json::array()}};
            lines.push_back(town::sign(payload, devices.at(filing.unit).key));
        }
        const auto answers = town.intake().submit(lines);
        REQUIRE(answers.has_value());
        REQUIRE(answers->size() == lines.size());
        for (std::size_t i = 0; i < lines.size(); ++i) {
            const scenario::Filing&     filing = year.filings[first + i];
            const protocol::LineAnswer& answer = answers->at(i);
            CAPTURE(filing.form);
            CAPTURE(filing.period);
            CAPTURE(base::to_text(filing.answers));
            const std::string desk = scenario::verdict_line(filing.outcome, filing.findings);
            const std::string intake = scenario::verdict_line(answer.outcome, answer.findings);
            CHECK(intake == desk);
        }
    }
    CHECK(next == year.filings.size());
}
