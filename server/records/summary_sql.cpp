#include "server/records/summary_sql.hpp"

#include <algorithm>

namespace records {
namespace {

struct Listed {
    std::string_view name;
    std::string_view before; // Up to the condition.
    std::string_view after;
};

// Withdrawn, rejected and late filings, and school summaries, are in no total: d_totals holds only
// what counts (records/derived.cpp). `rows` alone shows every newest declaration as it is.
constexpr Listed summaries[] = {
    {"rows",
     "SELECT u.city AS city, u.unit AS school_code, u.name AS school_name, u.kind AS school_kind, "
     "f.certificate AS certificate, coalesce(c.name, f.certificate) AS certificate_name, "
     "f.level AS level, f.stage AS stage, f.timing AS timing, f.headcount AS planned_headcount, "
     "f.approved AS approved_headcount "
     "FROM d_filings f JOIN d_units u ON u.unit = f.unit "
     "LEFT JOIN d_catalogue c ON c.certificate = f.certificate "
     "WHERE f.serves = 'declared' AND (?2 IS NULL OR f.period = ?2) "
     "AND (?3 IS NULL OR f.stage = ?3) AND ",
     " ORDER BY u.position, c.position, f.level, f.root"},
    {"by-school",
     "SELECT u.city AS city, u.unit AS school_code, u.name AS school_name, u.kind AS school_kind, "
     "sum(t.filings) AS filings, sum(t.planned) AS planned_headcount, "
     "CASE WHEN sum(t.decided) > 0 THEN sum(t.approved) END AS approved_headcount "
     "FROM d_totals t JOIN d_units u ON u.unit = t.unit "
     "WHERE (?2 IS NULL OR t.period = ?2) AND (?3 IS NULL OR t.stage = ?3) AND ",
     " GROUP BY u.unit ORDER BY u.position"},
    {"by-certificate",
     "SELECT t.certificate AS certificate, coalesce(c.name, t.certificate) AS certificate_name, "
     "t.level AS level, count(DISTINCT t.unit) AS schools, sum(t.filings) AS filings, "
     "sum(t.planned) AS planned_headcount, "
     "CASE WHEN sum(t.decided) > 0 THEN sum(t.approved) END AS approved_headcount "
     "FROM d_totals t JOIN d_units u ON u.unit = t.unit "
     "LEFT JOIN d_catalogue c ON c.certificate = t.certificate "
     "WHERE (?2 IS NULL OR t.period = ?2) AND (?3 IS NULL OR t.stage = ?3) AND ",
     " GROUP BY t.certificate, t.level ORDER BY c.position, t.certificate, {level}, t.level"},
    {"by-city",
     "SELECT u.city AS city, count(DISTINCT t.unit) AS schools, sum(t.filings) AS filings, "
     "sum(t.planned) AS planned_headcount, "
     "CASE WHEN sum(t.decided) > 0 THEN sum(t.approved) END AS approved_headcount "
     "FROM d_totals t JOIN d_units u ON u.unit = t.unit "
     "WHERE (?2 IS NULL OR t.period = ?2) AND (?3 IS NULL OR t.stage = ?3) AND ",
     " GROUP BY u.city ORDER BY min(u.position)"},
    {"province",
     "SELECT count(DISTINCT t.unit) AS schools, coalesce(sum(t.filings), 0) AS filings, "
     "coalesce(sum(t.planned), 0) AS planned_headcount, "
     "CASE WHEN sum(t.decided) > 0 THEN sum(t.approved) END AS approved_headcount "
     "FROM d_totals t JOIN d_units u ON u.unit = t.unit "
     "WHERE (?2 IS NULL OR t.period = ?2) AND (?3 IS NULL OR t.stage = ?3) AND ",
     ""},
    {"sources",
     "SELECT u.city AS city, u.unit AS school_code, u.name AS school_name, u.kind AS school_kind, "
     "f.counting_certificate AS certificate, "
     "coalesce(c.name, f.counting_certificate) AS certificate_name, f.counting_level AS level, "
     "f.stage AS stage, f.counting_headcount AS planned_headcount, "
     "f.approved AS approved_headcount, f.counting AS filing, f.root AS root "
     "FROM d_filings f JOIN d_units u ON u.unit = f.unit "
     "LEFT JOIN d_catalogue c ON c.certificate = f.counting_certificate "
     "WHERE f.serves = 'declared' AND f.counting IS NOT NULL "
     "AND f.stage NOT IN ('withdrawn', 'rejected') AND (?2 IS NULL OR f.period = ?2) "
     "AND (?3 IS NULL OR f.stage = ?3) AND ",
     " ORDER BY u.position, c.position, f.counting_level, f.root"},
    // The statement of the ledger (台账): each entry with the balance after it.
    {"ledger",
     "SELECT u.city AS city, u.unit AS school_code, u.name AS school_name, u.kind AS school_kind, "
     "l.at AS at, l.kind AS kind, l.period AS period, l.certificate AS certificate, "
     "coalesce(c.name, l.certificate) AS certificate_name, l.level AS level, l.amount AS amount, "
     "(SELECT sum(b.amount) FROM d_ledger b WHERE b.unit = l.unit AND "
     "b.certificate = l.certificate AND b.level = l.level AND b.year = l.year AND "
     "b.position <= l.position) AS balance, l.filing AS filing, l.decision AS decision "
     "FROM d_ledger l JOIN d_units u ON u.unit = l.unit "
     "LEFT JOIN d_catalogue c ON c.certificate = l.certificate "
     "WHERE (?2 IS NULL OR l.period = ?2) AND ?3 IS ?3 AND ",
     " ORDER BY u.position, l.position"},
};

// Text as an SQL literal: ids and kinds come from a package, which others write.
std::string literal_of(std::string_view text) {
    std::string literal = "'";
    for (const char c : text) literal += c == '\'' ? "''" : std::string(1, c);
    return literal + "'";
}

// The place of t.level among the levels that the notice lets choose from; behind them any other.
std::string level_order(const notice::Package* package) {
    const notice::Form* form =
        package == nullptr ? nullptr : package->find_serving(notice::Serves::declared);
    const notice::Field* level = form == nullptr ? nullptr : form->find_standard("level");
    std::string          cases;
    int                  place = 0;
    if (level != nullptr)
        for (const std::string& choice : level->choices)
            cases += " WHEN " + literal_of(choice) + " THEN " + std::to_string(++place);
    return cases.empty() ? "t.level"
                         : "CASE t.level" + cases + " ELSE " + std::to_string(place + 1) + " END";
}

// What counts of a filing (as d_totals).
constexpr const char* counts = "f.counting IS NOT NULL AND f.stage NOT IN ('withdrawn', 'rejected')";
constexpr const char* of_unit = "u.city AS city, u.unit AS school_code, u.name AS school_name, "
                                "u.kind AS school_kind";

// The value of one field of the counting version; an older notice may have called it otherwise.
std::string value_of(const notice::Field& field, const std::string& row) {
    const auto stored = [&](std::string_view id) {
        return "(SELECT v.value FROM d_values v WHERE v.version = f.counting AND v.row = " + row +
               " AND v.field = " + literal_of(id) + ")";
    };
    if (field.was.empty()) return stored(field.id.text());
    return "coalesce(" + stored(field.id.text()) + ", " + stored(field.was) + ")";
}

// The rate in hundredths of a percent, half up; NULL without a quota. Over schools it is sum over
// sum, never a mean of rates.
std::string rate_of(const std::string& quota, const std::string& assessed) {
    return "CASE WHEN " + quota + " > 0 THEN (" + assessed + " * 20000 + " + quota + ") / (" +
           quota + " * 2) END";
}

// The counting report of each school: of the period asked for, else its newest one. What others see
// beside its quota is what the ledger came to when it was received.
std::string reports_sql(const notice::Package& package, const std::string& visible) {
    const notice::Form* form = package.find_serving(notice::Serves::report);
    std::string         values;
    for (const std::string_view column : notice::standard_columns(notice::Serves::report)) {
        const notice::Field* field = form == nullptr ? nullptr : form->find_standard(column);
        values += ", " + (field == nullptr ? "NULL" : value_of(*field, "0")) + " AS " +
                  std::string(column);
    }
    return "SELECT " + std::string(of_unit) + ", u.position AS position" + values +
           ", coalesce((SELECT sum(l.amount) FROM d_ledger l WHERE l.unit = f.unit AND l.year = " +
           literal_of(package.year) +
           " AND l.at <= (SELECT g.received_at FROM log g WHERE g.id = f.counting)), 0) "
           "AS approved_quota FROM d_filings f JOIN d_units u ON u.unit = f.unit "
           "WHERE f.serves = 'report' AND " + counts +
           " AND f.period = coalesce(?2, (SELECT max(o.period) FROM d_filings o WHERE o.unit = "
           "f.unit AND o.serves = 'report' AND o.counting IS NOT NULL AND "
           "o.stage NOT IN ('withdrawn', 'rejected'))) AND (?3 IS NULL OR f.stage = ?3) AND " +
           visible;
}

constexpr const char* sums =
    "count(*) AS schools, coalesce(sum(quota), 0) AS quota, "
    "coalesce(sum(month_registered), 0) AS month_registered, "
    "coalesce(sum(month_assessed), 0) AS month_assessed, "
    "coalesce(sum(cum_assessed), 0) AS cum_assessed, ";
constexpr const char* sums_behind_rate =
    " AS cum_rate, coalesce(sum(cum_certified), 0) AS cum_certified, "
    "coalesce(sum(cum_fee_paid), 0) AS cum_fee_paid, "
    "coalesce(sum(cum_fee_unpaid), 0) AS cum_fee_unpaid, "
    "coalesce(sum(approved_quota), 0) AS approved_quota FROM (";

std::string progress(const SummaryQuery& query, const std::string& visible) {
    return "SELECT city, school_code, school_name, school_kind, quota, month_registered, "
           "month_assessed, cum_assessed, " + rate_of("quota", "cum_assessed") +
           " AS cum_rate, cum_certified, cum_fee_paid, cum_fee_unpaid, approved_quota FROM (" +
           reports_sql(*query.package, visible) + ") ORDER BY position";
}
std::string progress_by_city(const SummaryQuery& query, const std::string& visible) {
    return "SELECT city, " + std::string(sums) + rate_of("sum(quota)", "sum(cum_assessed)") +
           sums_behind_rate + reports_sql(*query.package, visible) +
           ") GROUP BY city ORDER BY min(position)";
}
std::string progress_province(const SummaryQuery& query, const std::string& visible) {
    return "SELECT " + std::string(sums) + rate_of("sum(quota)", "sum(cum_assessed)") +
           sums_behind_rate + reports_sql(*query.package, visible) + ")";
}

// Schools that should file a form and of which nothing counts; `timing` says late when something
// waits for an extension.
std::string missing(const SummaryQuery& query, const std::string& visible) {
    const notice::Form* form = query.form ? query.package->find_form(*query.form)
                                          : query.package->find_serving(notice::Serves::declared);
    std::string         kinds;
    if (form != nullptr)
        for (const std::string& kind : form->unit_kinds)
            kinds += (kinds.empty() ? "" : ", ") + literal_of(kind);
    const std::string of_form = " FROM d_filings f WHERE f.unit = u.unit AND f.form = " +
                                literal_of(form == nullptr ? "" : form->id.text()) +
                                " AND (?2 IS NULL OR f.period = ?2) AND ";
    return "SELECT " + std::string(of_unit) + ", (SELECT 'late'" + of_form +
           "f.counting IS NULL AND f.stage NOT IN ('withdrawn', 'rejected') LIMIT 1) AS timing "
           "FROM d_units u WHERE u.kind IN (" + kinds + ") AND ?3 IS ?3 AND NOT EXISTS(SELECT 1" +
           of_form + counts + ") AND " + visible + " ORDER BY u.position";
}

// Those whose columns the package decides about.
struct Made {
    std::string_view name;
    std::string (*make)(const SummaryQuery& query, const std::string& visible);
};
constexpr Made made_of_package[] = {
    {"progress", progress},
    {"progress-by-city", progress_by_city},
    {"progress-province", progress_province},
    {"missing", missing},
};

// Every filing of a form that counts, a column for each of its fields, a line for each row of its
// table. Fields whose ids are taken have the form's own under another name.
SummarySql detail(const notice::Form& form, const std::string& visible) {
    std::vector<std::string> used = {"city",  "school_code", "school_name", "school_kind",
                                     "period", "stage",       "filing",      "row"};
    SummarySql made;
    made.fields.resize(7);
    std::string columns;
    const auto  add_column = [&](FieldColumn column, std::string name, const std::string& value) {
        while (std::find(used.begin(), used.end(), name) != used.end()) name += "_";
        used.push_back(name);
        columns += ", " + value + " AS \"" + name + "\"";
        made.fields.push_back(column);
    };
    const auto add = [&](const notice::Field& field, const std::string& row) {
        const std::string value = value_of(field, row);
        add_column({&field}, field.id.text(), value);
        if (field.type != notice::FieldType::certificate) return;
        add_column({&field, true}, field.id.text() + "_name",
                   "coalesce((SELECT c.name FROM d_catalogue c WHERE c.certificate = " + value +
                       "), " + value + ")");
    };
    for (const notice::Field& field : form.fields) add(field, "0");
    if (form.table) {
        columns += ", r.row AS row";
        made.fields.emplace_back();
        for (const notice::Field& field : form.table->columns) add(field, "r.row");
    }
    made.sql = "SELECT " + std::string(of_unit) + ", f.period AS period, f.stage AS stage, "
               "f.counting AS filing" + columns +
               " FROM d_filings f JOIN d_units u ON u.unit = f.unit " +
               (form.table ? "LEFT JOIN d_values r ON r.version = f.counting AND r.row > 0 " : "") +
               "WHERE f.form = " + literal_of(form.id.text()) + " AND " + counts +
               " AND (?2 IS NULL OR f.period = ?2) AND (?3 IS NULL OR f.stage = ?3) AND " + visible +
               (form.table ? " GROUP BY f.root, r.row" : "") +
               " ORDER BY u.position, f.period, f.newest_index" + (form.table ? ", r.row" : "");
    return made;
}

} // namespace

base::Result<SummarySql> summary_sql(std::string_view name, const std::string& visible,
                                     const SummaryQuery& query) {
    for (const Listed& summary : summaries)
        if (summary.name == name) {
            constexpr std::string_view level = "{level}";
            std::string                after(summary.after);
            if (const std::size_t at = after.find(level); at != std::string::npos)
                after.replace(at, level.size(), level_order(query.package));
            return SummarySql{std::string(summary.before) + visible + after, {}};
        }
    if (query.package == nullptr) return base::fail(base::Outcome::not_found, std::string(name));
    if (query.form && query.package->find_form(*query.form) == nullptr)
        return base::fail(base::Outcome::bad_query, "form");
    for (const Made& summary : made_of_package)
        if (summary.name == name) return SummarySql{summary.make(query, visible), {}};
    const notice::Form* form = query.package->find_form(base::FormId(name));
    if (form == nullptr) return base::fail(base::Outcome::not_found, std::string(name));
    return detail(*form, visible);
}

std::optional<base::Period> newest_period(const notice::Package&             package,
                                          const std::optional<base::FormId>& id, base::Time now) {
    const notice::Form*   form = id ? package.find_form(*id)
                                    : package.find_serving(notice::Serves::declared);
    const notice::Window* newest = nullptr;
    if (form == nullptr) return std::nullopt;
    for (const notice::Window& window : form->windows)
        if (window.always) return window.period;
        else if (window.opens_at() <= now && (newest == nullptr || newest->opens < window.opens))
            newest = &window;
    return newest == nullptr ? std::nullopt : std::optional(newest->period);
}

std::vector<std::string_view> summary_names() {
    std::vector<std::string_view> names;
    for (const Listed& summary : summaries) names.push_back(summary.name);
    for (const Made& summary : made_of_package) names.push_back(summary.name);
    return names;
}

} // namespace records
