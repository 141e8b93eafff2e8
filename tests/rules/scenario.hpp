// A year of some thousands of filings of all four forms, good, bad and on the edge, made from a
// fixed seed. They are judged here by the engine over tables that stand for what each unit has
// filed and what was approved; the page must say the same of them (a digest holds all verdicts),
// and so must the server's intake, which keeps all that in a database of its own
// (tests/server/verdicts_test).
#pragma once

#include "shared/rules/engine.hpp"

#include <string>
#include <vector>

namespace scenario {

struct Unit {
    const char *id, *name, *kind, *city;
};
extern const std::vector<Unit> units;

struct Certificate {
    const char*              id;
    const char*              name;
    const char*              organisation;
    std::vector<const char*> levels;
    std::int64_t             min_headcount; // 0: not known.
};
extern const std::vector<Certificate> catalogue;

// An approved number that enters the ledger when its phase begins.
struct Entry {
    std::size_t  phase;
    std::string  unit, certificate, level;
    std::int64_t amount = 0;
};

// From this moment on filings of these periods are made.
struct Phase {
    const char*              begins; // RFC 3339.
    std::vector<const char*> periods;
};
extern const std::vector<Phase> phases;

struct Filing {
    std::size_t                phase = 0;
    std::string                unit, form, period, id, root;
    std::string                replaces; // Empty: a first version.
    base::Json                 answers, notes;
    base::Outcome              outcome = base::Outcome::accepted;
    std::vector<rules::Finding> findings;
};

struct Year {
    std::vector<Entry>  ledger;
    std::vector<Filing> filings; // In order; each was judged with the accepted ones before it.
};

// The package is the shipped one.
Year make_year(const notice::Package& package);

// "accepted [findings]", as the protocol writes them.
std::string verdict_line(base::Outcome outcome, const std::vector<rules::Finding>& findings);

} // namespace scenario
