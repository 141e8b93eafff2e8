#include "server/records/summary_sql.hpp"

namespace records {
namespace {

struct Summary {
    std::string_view name;
    std::string_view before; // Up to the condition.
    std::string_view after;
};

// Withdrawn, rejected and late filings, and school summaries, are in no total: d_totals holds only
// what counts (records/derived.cpp). `rows` alone shows every newest declaration as it is.
constexpr Summary summaries[] = {
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
     " GROUP BY t.certificate, t.level ORDER BY c.position, t.certificate, "
     "CASE t.level WHEN '初级' THEN 1 WHEN '中级' THEN 2 WHEN '高级' THEN 3 ELSE 4 END, t.level"},
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
};

} // namespace

std::optional<std::string> summary_sql(std::string_view name, const std::string& visible) {
    for (const Summary& summary : summaries)
        if (summary.name == name)
            return std::string(summary.before) + visible + std::string(summary.after);
    return std::nullopt;
}

std::vector<std::string_view> summary_names() {
    std::vector<std::string_view> names;
    for (const Summary& summary : summaries) names.push_back(summary.name);
    return names;
}

} // namespace records
