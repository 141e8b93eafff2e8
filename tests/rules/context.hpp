// A database with the context that rules see, filled by tests. Tables have other names than the
// views, as on the server, so that the engine's own names are put over them.
#pragma once

#include "shared/rules/engine.hpp"
#include "shared/sqlite/database.hpp"

#include <string>
#include <vector>

namespace rules_test {

inline const rules::ContextViews views = {"t_declared",  "t_quota", "t_reports",
                                          "t_catalogue", "t_unit",  "t_period"};

inline sqlite::Database open_context() {
    auto database = sqlite::Database::open(":memory:", sqlite::OpenMode::create);
    const auto made = database->run_script(
        "CREATE TABLE declared(filing PRIMARY KEY, root, certificate, level, headcount);"
        "CREATE TABLE t_quota(certificate, level, approved);"
        "CREATE TABLE t_reports(period, quota, month_registered, month_assessed, cum_assessed,"
        "    cum_certified, cum_fee_paid, cum_fee_unpaid);"
        "CREATE TABLE t_catalogue(certificate, name, organisation, level, min_headcount,"
        "    PRIMARY KEY(certificate, level));"
        "CREATE TABLE t_unit(id, name, kind, city);"
        "CREATE TABLE t_period(id, kind, opens, closes);"
        "CREATE VIEW t_declared AS SELECT * FROM declared;"
        "CREATE TABLE secret(word); INSERT INTO secret VALUES('key');");
    (void)made;
    return std::move(*database);
}

} // namespace rules_test
