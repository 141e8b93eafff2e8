#include "shared/rules/context.hpp"

#include "shared/base/check.hpp"

#include <algorithm>

namespace rules {
namespace {

// Ids of forms and fields are lower_snake_case, periods and years digits and letters (the package's
// loader sees to it), so they may stand in SQL as they are.
std::string sql_text(std::string_view text) { return "'" + std::string(text) + "'"; }

// A filing of an earlier version may have the value under the field's earlier id.
std::string value_of(const std::string& values, const notice::Field& field) {
    const std::string own = sql_text(field.id.text());
    const std::string head = "(SELECT v.value FROM " + values +
                             " v WHERE v.key = m.key AND v.row = 0 AND v.field ";
    if (field.was.empty()) return head + "= " + own + ")";
    return head + "IN (" + own + ", " + sql_text(field.was) + ") ORDER BY v.field = " + own +
           " DESC LIMIT 1)";
}

std::string standard_value(const std::string& values, const notice::Form& form,
                           std::string_view column, const std::vector<std::string>& ready) {
    if (std::find(ready.begin(), ready.end(), column) != ready.end())
        return "m." + std::string(column);
    const notice::Field* field = form.find_standard(column);
    return field == nullptr ? "NULL" : value_of(values, *field);
}

// `SELECT first, a AS a, … FROM matters m …` over the form that serves so; no row without one.
std::string view_over(const Ground& ground, const notice::Package& package, notice::Serves serves,
                      const std::string& first, const std::vector<std::string>& ready,
                      const std::string& condition) {
    const notice::Form* form = package.find_serving(serves);
    std::string         columns = first;
    const std::string&  values = serves == notice::Serves::report && !ground.reported_values.empty()
                                     ? ground.reported_values
                                     : ground.values;
    for (const std::string_view column : notice::standard_columns(serves))
        columns += ", " + (form == nullptr ? "NULL" : standard_value(values, *form, column, ready)) +
                   " AS " + std::string(column);
    if (form == nullptr) return "SELECT " + columns + " FROM " + ground.matters + " m WHERE 0";
    const auto& standard = notice::standard_columns(serves);
    for (const notice::Field& field : form->fields)
        if (std::find(standard.begin(), standard.end(), field.id.text()) == standard.end())
            columns += ", " + value_of(values, field) + " AS \"" + field.id.text() + "\"";
    return "SELECT " + columns + " FROM " + ground.matters + " m WHERE m.form = " +
           sql_text(form->id.text()) + " AND " + condition;
}

} // namespace

ContextViews make_context(sqlite::Database& database, const notice::Package& package,
                          const Ground& ground) {
    const std::string  version = "_" + package.ref.sha256.text().substr(0, 12);
    const ContextViews views = {"declared" + version, "quota" + version, "reports" + version,
                                ground.catalogue,     ground.unit,       ground.period};
    const auto make = [&](const std::string& name, const std::string& select) {
        const auto made =
            database.run_script("CREATE TEMP VIEW IF NOT EXISTS " + name + " AS " + select);
        SHENBAO_CHECK(made.has_value()); // The words are ours.
    };
    make(views.declared,
         view_over(ground, package, notice::Serves::declared,
                   "m.filing AS filing, m.root AS root, m.position AS position",
                   ground.declared_ready, "m.period = (SELECT p.id FROM " + ground.period + " p)"));
    // What is cumulative begins anew with each year.
    make(views.reports,
         view_over(ground, package, notice::Serves::report, "m.period AS period", {},
                   "substr(m.period, 1, 4) = " + sql_text(package.year) + " AND " +
                       ground.reported));
    make(views.quota, "SELECT l.certificate AS certificate, l.level AS level, "
                      "sum(l.amount) AS approved FROM " +
                          ground.ledger + " l WHERE l.year = " + sql_text(package.year) +
                          " GROUP BY l.certificate, l.level HAVING sum(l.amount) <> 0");
    return views;
}

} // namespace rules
