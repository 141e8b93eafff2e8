// The context views of a package's rules (engine.hpp names their columns), made over what the owner
// of a database keeps. The desk and the server keep filings in different tables, but what a rule
// sees is made by the same words from both, and next year's notice may call its forms and fields
// otherwise: the package says which form serves as what (notice::Serves).
#pragma once

#include "shared/rules/engine.hpp"

#include <string>
#include <vector>

namespace rules {

// Names of relations (tables or views, temporary or not) that show one subject at a time: a unit,
// a period, the matter that is judged.
struct Ground {
    // filing, root, key, form, period, position: what the unit has filed and not taken back, of all
    // forms and periods, without the matter that is judged; key finds its values.
    std::string matters;
    std::string values;    // key, row (0: the form itself), field, value.
    std::string ledger;    // certificate, level, year, amount: what the subject may know of.
    std::string catalogue; // As the view of that name.
    std::string unit;
    std::string period;
    // Standard columns of `declared` that `matters` itself has, to spare the looking up.
    std::vector<std::string> declared_ready = {};
    // Which of `matters` (as m) are reports that were handed in; others are not compared with.
    std::string reported = "1";
    // As values, where reports have others: those that were handed in last. Empty: the same.
    std::string reported_values = {};
};

// Makes the temporary views `declared`, `reports` and `quota` of this package, under names with
// its version in them, and returns the names of all six. Making them again changes nothing.
ContextViews make_context(sqlite::Database& database, const notice::Package& package,
                          const Ground& ground);

} // namespace rules
