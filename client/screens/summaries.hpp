// The summaries that bureaus and the province read, as data: which there are, their columns, and
// how a value of each kind is shown.
#pragma once

#include "client/widgets/layout.hpp"
#include "shared/base/json.hpp"
#include "shared/notice/package.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct SummaryColumn {
    enum class Kind {
        words,
        count,    // Added up in the line of totals.
        distinct, // A count that cannot be added up: a school of two certificates is one school.
        rate,     // Hundredths of a percent; its total is the sum of assessed over the sum of quota.
        money,    // 分, shown in 万元.
        day,      // Of a time.
        entry,    // The kind of a ledger entry.
        timing,   // "late", or nothing.
        filing,   // A link to it, where this desk reviews it.
    };
    const char*    member;
    const char*    head;
    widgets::Track width;
    Kind           kind = Kind::words;
    const char*    as = nullptr; // Another member that says the same; where it does not, this is marked.
};

struct Summary {
    // What stands in its address beside format.
    enum class Asks { period, period_and_form, nothing };
    std::string_view           name;  // As on the wire.
    notice::Serves             of;    // What it sums up; its periods are that form's.
    std::string_view           title; // On its tab.
    std::string_view           file;  // Its download's name.
    std::string_view           empty; // In place of a table without rows.
    std::vector<SummaryColumn> columns;
    Asks                       asks = Asks::period;
    bool                       has_total = true;
};

const std::vector<Summary>& summaries();

// "2,914", "60.65", "1.50", "3月27日"; "—" where nothing is known.
std::string summary_words(SummaryColumn::Kind kind, const base::Json& value);

// The cell of the line of totals; "" where there is none.
std::string summary_total(const SummaryColumn& column, const base::Json& rows);

bool is_figure(SummaryColumn::Kind kind);
