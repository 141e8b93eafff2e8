#include "shared/rules/engine.hpp"

#include "shared/base/check.hpp"
#include "shared/base/limits.hpp"
#include "shared/base/text.hpp"

#include <algorithm>

namespace rules {
namespace {

using base::Json;
using base::Outcome;

// A rule of the notice takes some hundred steps over 300 rows; this stops only a runaway.
constexpr int steps_max = 3000000;

// Deterministic functions that yield no REAL and make no large values.
constexpr std::string_view functions_allowed[] = {
    "abs",    "coalesce", "count", "group_concat", "ifnull", "iif",   "instr", "length", "like",
    "lower",  "ltrim",    "max",   "min",          "nullif", "replace", "rtrim", "sign", "substr",
    "sum",    "trim",     "upper",
};

std::string sql_name(std::string_view name) { return "\"" + std::string(name) + "\""; }

struct ContextName {
    const char*               name;
    std::string ContextViews::*owner;
};
constexpr ContextName context_names[] = {
    {"declared", &ContextViews::declared},   {"quota", &ContextViews::quota},
    {"reports", &ContextViews::reports},     {"catalogue", &ContextViews::catalogue},
    {"unit", &ContextViews::unit},           {"period", &ContextViews::period},
};

Json column_json(const sqlite::Statement& row, int column) {
    switch (row.type(column)) {
    case sqlite::Type::integer: return row.integer(column);
    case sqlite::Type::text: return row.text(column);
    default: return nullptr;
    }
}

std::string shown(const Json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_number_integer()) return std::to_string(value.get<std::int64_t>());
    return "—";
}

std::string filled(std::string text, const std::map<std::string, std::string>& values) {
    for (const auto& [name, value] : values) {
        const std::string place = "{" + name + "}";
        for (std::size_t at = 0; (at = text.find(place, at)) != std::string::npos;
             at += value.size())
            text.replace(at, place.size(), value);
    }
    return text;
}

// One form's expressions over its own temporary tables.
struct PreparedForm {
    const notice::Form* form = nullptr;
    std::string         form_table, rows_table;
    sqlite::Statement   clear_form, insert_form, clear_rows, insert_row;
    // All checks, then all computed values, in one row: one statement a filing instead of one a rule.
    sqlite::Statement                           judge;
    std::vector<std::vector<sqlite::Statement>> values; // By rule; run only for a finding's text.
};

void bind_json(sqlite::Statement& statement, const std::vector<const Json*>& values) {
    statement.bind_each(values.size(), [&](std::size_t i, auto&& bind) {
        const Json* value = values[i];
        if (value != nullptr && value->is_number_integer()) bind(value->get<std::int64_t>());
        else if (value != nullptr && value->is_string())
            bind(std::string_view(value->get_ref<const std::string&>()));
        else bind(nullptr);
    });
}

} // namespace

struct Engine::Prepared {
    sqlite::Database&          database;
    const notice::Package&     package;
    std::vector<PreparedForm>  forms;

    Prepared(sqlite::Database& opened, const notice::Package& loaded)
        : database(opened), package(loaded) {}
    ~Prepared() {
        std::string drop;
        for (const PreparedForm& form : forms)
            drop += "DROP TABLE IF EXISTS temp." + sql_name(form.form_table) +
                    ";DROP TABLE IF EXISTS temp." + sql_name(form.rows_table) + ";";
        forms.clear(); // Statements first: a table in use cannot be dropped.
        const auto dropped = database.run_script(drop);
        (void)dropped; // Temporary tables end with the connection anyway.
    }

    base::Status prepare_form(const notice::Form& form, std::size_t index,
                              const ContextViews& context);
    base::Status fill(PreparedForm& form, const Json& answers);
    base::Result<Verdict> judge(PreparedForm& form, const Json& answers, const Notes& notes);
    PreparedForm& find(const notice::Form& form);
};

namespace {

std::string common_tables(const PreparedForm& form, const ContextViews& context) {
    std::string with = "WITH form AS (SELECT * FROM temp." + sql_name(form.form_table) +
                       "), rows AS (SELECT * FROM temp." + sql_name(form.rows_table) + ")";
    for (const ContextName& name : context_names) {
        const std::string& owner = context.*name.owner;
        // A table that already has the name needs no other (and would refer to itself).
        if (owner != name.name)
            with += std::string(", ") + name.name + " AS (SELECT * FROM " + sql_name(owner) + ")";
    }
    return with;
}

sqlite::Fence make_fence(sqlite::Database& database, const PreparedForm& form,
                         const ContextViews& context) {
    std::vector<std::string> names = {form.form_table, form.rows_table, "form", "rows"};
    std::vector<std::string> behind; // Tables of the context views: their rows may be asked for.
    for (const ContextName& name : context_names) {
        names.emplace_back(name.name);
        names.push_back(context.*name.owner);
        for (std::string& table :
             database.tables_behind("SELECT * FROM " + sql_name(context.*name.owner)))
            behind.push_back(std::move(table));
    }
    const auto among = [](const std::vector<std::string>& list, std::string_view name) {
        return std::find(list.begin(), list.end(), name) != list.end();
    };
    return {[=](std::string_view table, std::string_view column, std::string_view through) {
                return among(names, table) || (!through.empty() && among(names, through)) ||
                       (column.empty() && among(behind, table));
            },
            [](std::string_view function) {
                return std::find(std::begin(functions_allowed), std::end(functions_allowed),
                                 function) != std::end(functions_allowed);
            }};
}

} // namespace

base::Status Engine::Prepared::prepare_form(const notice::Form& form, std::size_t index,
                                            const ContextViews& context) {
    PreparedForm prepared;
    prepared.form = &form;
    const std::string suffix = package.ref.sha256.text().substr(0, 12) + "_" + form.id.text();
    prepared.form_table = "form_" + suffix;
    prepared.rows_table = "rows_" + suffix;
    std::string form_columns = "one INTEGER PRIMARY KEY", form_marks = "1";
    for (const notice::Field& field : form.fields) {
        form_columns += ", " + sql_name(field.id.text());
        form_marks += ", ?";
    }
    std::string row_columns = "seq INTEGER PRIMARY KEY", row_marks = "?";
    if (form.table)
        for (const notice::Field& column : form.table->columns) {
            row_columns += ", " + sql_name(column.id.text());
            row_marks += ", ?";
        }
    const std::string form_table = "temp." + sql_name(prepared.form_table);
    const std::string rows_table = "temp." + sql_name(prepared.rows_table);
    SHENBAO_TRY(database.run_script("CREATE TABLE " + form_table + "(" + form_columns +
                                    ");CREATE TABLE " + rows_table + "(" + row_columns + ");"));
    prepared.clear_form = database.prepare("DELETE FROM " + form_table);
    prepared.insert_form =
        database.prepare("INSERT INTO " + form_table + " VALUES(" + form_marks + ")");
    prepared.clear_rows = database.prepare("DELETE FROM " + rows_table);
    prepared.insert_row =
        database.prepare("INSERT INTO " + rows_table + " VALUES(" + row_marks + ")");

    const std::string   with = common_tables(prepared, context);
    const sqlite::Fence fence = make_fence(database, prepared, context);
    const std::string   path = "/forms/" + std::to_string(index);
    const auto prepare_one = [&](const std::string& expression, const std::string& where)
        -> base::Result<sqlite::Statement> {
        // The brackets of the expression must be its own: "1) FROM x; --" is not one expression.
        auto statement =
            database.prepare_foreign(with + " SELECT (" + expression + "\n) FROM form", fence);
        if (!statement)
            return base::fail(Outcome::bad_rule,
                              path + where + "：" + statement.error().detail);
        if (statement->column_count() != 1)
            return base::fail(Outcome::bad_rule, path + where + "：只能有一个值");
        return statement;
    };
    std::string all;
    for (std::size_t i = 0; i < form.rules.size(); ++i) {
        const std::string where = "/rules/" + std::to_string(i);
        SHENBAO_TRY(prepare_one(form.rules[i].check, where + "/check"));
        all += (all.empty() ? "(" : ", (") + form.rules[i].check + "\n)";
        prepared.values.emplace_back();
        for (std::size_t k = 0; k < form.rules[i].values.size(); ++k) {
            SHENBAO_ASSIGN(sqlite::Statement value,
                           prepare_one(form.rules[i].values[k].expression,
                                       where + "/values/" + std::to_string(k)));
            prepared.values.back().push_back(std::move(value));
        }
    }
    for (std::size_t i = 0; i < form.computed.size(); ++i) {
        SHENBAO_TRY(prepare_one(form.computed[i].expression, "/computed/" + std::to_string(i)));
        all += (all.empty() ? "(" : ", (") + form.computed[i].expression + "\n)";
    }
    if (all.empty()) all = "1";
    SHENBAO_ASSIGN(prepared.judge,
                   database.prepare_foreign(with + " SELECT " + all + " FROM form", fence));
    forms.push_back(std::move(prepared));
    return {};
}

PreparedForm& Engine::Prepared::find(const notice::Form& form) {
    for (PreparedForm& prepared : forms)
        if (prepared.form->id == form.id) return prepared;
    SHENBAO_CHECK(!"the form belongs to the engine's package");
    return forms.front();
}

base::Status Engine::Prepared::fill(PreparedForm& prepared, const Json& answers) {
    const auto member = [](const Json& object, const base::FieldId& field) -> const Json* {
        const auto found = object.find(field.text());
        return found == object.end() ? nullptr : &*found;
    };
    std::vector<const Json*> values;
    for (const notice::Field& field : prepared.form->fields)
        values.push_back(member(answers, field.id));
    SHENBAO_TRY(prepared.clear_form.bind().run());
    bind_json(prepared.insert_form, values);
    SHENBAO_TRY(prepared.insert_form.run());
    if (!prepared.form->table) return {};
    SHENBAO_TRY(prepared.clear_rows.bind().run());
    const auto rows = answers.find("rows");
    if (rows == answers.end() || !rows->is_array()) return {};
    std::int64_t seq = 0;
    for (const Json& row : *rows) {
        const Json number = ++seq;
        values.assign(1, &number);
        for (const notice::Field& column : prepared.form->table->columns)
            values.push_back(member(row, column.id));
        bind_json(prepared.insert_row, values);
        SHENBAO_TRY(prepared.insert_row.run());
    }
    return {};
}

base::Result<Verdict> Engine::Prepared::judge(PreparedForm& prepared, const Json& answers,
                                              const Notes& notes) {
    SHENBAO_TRY(fill(prepared, answers));
    const notice::Form& form = *prepared.form;
    Verdict             verdict;
    SHENBAO_ASSIGN(const bool has_row, prepared.judge.bind().step());
    SHENBAO_CHECK(has_row);
    std::vector<std::size_t> failed;
    for (int i = 0; i < prepared.judge.column_count(); ++i)
        if (prepared.judge.type(i) == sqlite::Type::real)
            return base::fail(Outcome::bad_rule, form.id.text() + "：表达式得出了小数");
    for (std::size_t i = 0; i < form.rules.size(); ++i)
        if (!prepared.judge.is_null(int(i)) && prepared.judge.integer(int(i)) == 0)
            failed.push_back(i);
    for (std::size_t i = 0; i < form.computed.size(); ++i)
        verdict.computed[form.computed[i].id] =
            column_json(prepared.judge, int(form.rules.size() + i));
    prepared.judge.reset();
    for (const std::size_t i : failed) {
        const notice::Rule&                rule = form.rules[i];
        std::map<std::string, std::string> shown_values;
        for (std::size_t k = 0; k < rule.values.size(); ++k) {
            sqlite::Statement& value = prepared.values[i][k];
            SHENBAO_ASSIGN(const bool has_value, value.bind().step());
            shown_values[rule.values[k].id.text()] =
                has_value ? shown(column_json(value, 0)) : "—";
            value.reset();
        }
        verdict.findings.push_back(
            {rule.id, rule.fields, rule.severity, filled(rule.text, shown_values)});
        if (rule.severity == notice::Severity::warning && notes.count(rule.id) == 0)
            verdict.unexplained.push_back(rule.id);
    }
    return verdict;
}

Engine::Engine(std::unique_ptr<Prepared> prepared) : m_prepared(std::move(prepared)) {}
Engine::Engine(Engine&&) noexcept            = default;
Engine& Engine::operator=(Engine&&) noexcept = default;
Engine::~Engine()                            = default;

base::Result<Engine> Engine::prepare(sqlite::Database& database, const notice::Package& package,
                                     const ContextViews& context) {
    auto prepared = std::make_unique<Prepared>(database, package);
    for (std::size_t i = 0; i < package.forms.size(); ++i)
        SHENBAO_TRY(prepared->prepare_form(package.forms[i], i, context));
    return Engine(std::move(prepared));
}

base::Result<Verdict> Engine::check_draft(const notice::Form& form, const Json& answers,
                                          const Notes& notes) {
    m_prepared->database.limit_steps(steps_max);
    auto verdict = m_prepared->judge(m_prepared->find(form), answers, notes);
    m_prepared->database.limit_steps(0);
    if (!verdict) return verdict;
    const bool blocked =
        !verdict->unexplained.empty() ||
        std::any_of(verdict->findings.begin(), verdict->findings.end(), [](const Finding& one) {
            return one.severity == notice::Severity::error;
        });
    if (!blocked && notice::check_shape(form, answers)) {
        Notes kept; // A note to something that is no finding any more stays at home.
        for (const Finding& finding : verdict->findings)
            if (const auto note = notes.find(finding.rule); note != notes.end()) kept.insert(*note);
        verdict->filing = CheckedFiling(form.id, answers, std::move(kept));
    }
    return verdict;
}

base::Result<Verdict> Engine::check(const notice::Form& form, const Json& answers,
                                    const Notes& notes) {
    SHENBAO_TRY(notice::check_shape(form, answers));
    return check_draft(form, answers, notes);
}

base::Json to_json(const std::vector<Finding>& findings) {
    Json list = Json::array();
    for (const Finding& finding : findings) {
        Json fields = Json::array();
        for (const base::FieldId& field : finding.fields) fields.push_back(field.text());
        list.push_back({{"rule", finding.rule.text()},
                        {"fields", std::move(fields)},
                        {"severity", notice::severity_name(finding.severity)},
                        {"text", finding.text}});
    }
    return list;
}

} // namespace rules
