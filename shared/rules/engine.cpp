#include "shared/rules/engine.hpp"

#include "shared/base/check.hpp"
#include "shared/base/limits.hpp"
#include "shared/base/text.hpp"
#include "shared/sqlite/json_value.hpp"

#include <algorithm>

namespace rules {
namespace {

using base::Json;
using base::Outcome;

const base::RuleId range_rule("range"); // The finding of a number or table out of its range.

// A filing of 300 rows takes some ten thousand steps; this stops only a runaway.
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

// One form's expressions. The form's own values are bound as parameters, its rows stand in a
// temporary table: one row is bound faster than inserted, many are read faster than bound.
struct PreparedForm {
    const notice::Form* form = nullptr;
    bool                ready = false; // Its statements are there.
    std::string         rows_table;    // Empty: the form has no table.
    sqlite::Statement   clear_rows, insert_row;
    // All checks, then all computed values, in one row: one statement a filing instead of one a
    // rule.
    sqlite::Statement                           judge;
    std::vector<std::vector<sqlite::Statement>> values; // By rule; run only for a finding's text.
    // One row with the form's prefilled fields, and one a row of the table with its columns.
    std::vector<base::FieldId>       prefilled_fields, prefilled_columns;
    std::optional<sqlite::Statement> prefill_fields, prefill_columns;
};

// False when an expression closes a bracket that it has not opened or leaves one open ("1) FROM x"
// is not one expression), or asks for a parameter. Quotes and comments do not count.
bool is_one_expression(std::string_view sql) {
    int depth = 0;
    for (std::size_t at = 0; at < sql.size(); ++at) {
        const char c = sql[at];
        if (c == '\'' || c == '"' || c == '`' || c == '[') {
            at = sql.find(c == '[' ? ']' : c, at + 1); // A doubled quote opens the next stretch.
            if (at == std::string_view::npos) return false;
        } else if (sql.substr(at, 2) == "--") {
            at = std::min(sql.find('\n', at), sql.size());
        } else if (sql.substr(at, 2) == "/*") {
            at = sql.find("*/", at + 2);
            if (at == std::string_view::npos) return false;
            ++at;
        } else if (c == '?' || c == ':' || c == '@' || c == '$') {
            return false;
        } else if (c == '(') {
            ++depth;
        } else if (c == ')' && --depth < 0) {
            return false;
        }
    }
    return depth == 0;
}

// Binds the member of `object` that a field names; NULL when it is missing or null.
template <class Bind>
void bind_member(const Json& object, const notice::Field& field, Bind&& bind) {
    const auto found = object.find(field.id.text());
    if (found == object.end()) return bind(nullptr);
    if (found->is_number_integer()) return bind(found->template get<std::int64_t>());
    if (found->is_string())
        return bind(std::string_view(found->template get_ref<const std::string&>()));
    bind(nullptr);
}

void bind_form(sqlite::Statement& statement, const notice::Form& form, const Json& answers) {
    statement.bind_each(form.fields.size(), [&](std::size_t i, auto&& bind) {
        bind_member(answers, form.fields[i], bind);
    });
}

bool is_integer_or_null(sqlite::Type type) {
    return type == sqlite::Type::integer || type == sqlite::Type::null;
}

bool explains(const Notes& notes, const base::RuleId& rule) {
    const auto found = notes.find(rule);
    if (found == notes.end()) return false;
    const std::size_t characters = base::character_count(base::trim(found->second));
    return characters >= base::limits::note_characters_min &&
           characters <= base::limits::note_characters_max;
}

} // namespace

struct Engine::Prepared {
    sqlite::Database&          database;
    const notice::Package&     package;
    ContextViews               context;
    std::vector<PreparedForm>  forms; // As in the package.

    Prepared(sqlite::Database& opened, const notice::Package& loaded, const ContextViews& views)
        : database(opened), package(loaded), context(views) {
        for (const notice::Form& form : package.forms) {
            forms.emplace_back().form = &form;
            // Now, and not with the form's statements, which may be asked for within a transaction
            // that is given up.
            if (form.table) make_rows_table(forms.back());
        }
    }
    ~Prepared() {
        std::string drop;
        for (const PreparedForm& form : forms)
            if (!form.rows_table.empty())
                drop += "DROP TABLE IF EXISTS temp." + sql_name(form.rows_table) + ";";
        forms.clear(); // Statements first: a table in use cannot be dropped.
        const auto dropped = database.run_script(drop);
        (void)dropped; // Temporary tables end with the connection anyway.
    }

    // Each expression by itself, so that a mistake is named; or only those that will be asked.
    enum class Care { each, together };
    base::Status prepare_form(PreparedForm& prepared, Care care);
    void         make_rows_table(PreparedForm& form);
    base::Status fill_rows(PreparedForm& form, const Json& answers);
    base::Status prefill(PreparedForm& form, Json& answers);
    base::Status explain(PreparedForm& form, std::size_t rule, const Json& answers,
                         Verdict& verdict);
    base::Result<Verdict> judge(PreparedForm& form, const Json& answers, const Notes& notes);
    base::Result<Verdict> judge_within_limits(PreparedForm& form, const Json& answers,
                                              const Notes& notes);
    static void   conclude(const notice::Form& form, const Json& answers, const Notes& notes,
                           Verdict& verdict);
    base::Result<PreparedForm*> find(const notice::Form& form);
};

namespace {

// NOT MATERIALIZED: a view that several rules read is looked up through its own index each time,
// and not copied for every filing.
std::string common_tables(const PreparedForm& form, const ContextViews& context) {
    std::string columns, marks;
    for (const notice::Field& field : form.form->fields) {
        columns += (columns.empty() ? "" : ", ") + sql_name(field.id.text());
        marks += marks.empty() ? "?" : ", ?";
    }
    // No field can have the name of the placeholder: names of fields begin with a letter.
    std::string with = columns.empty() ? "WITH form(\"_\") AS (SELECT NULL)"
                                       : "WITH form(" + columns + ") AS (SELECT " + marks + ")";
    with += form.rows_table.empty()
                ? ", rows(seq) AS (SELECT NULL WHERE 0)"
                : ", rows AS NOT MATERIALIZED (SELECT * FROM temp." + sql_name(form.rows_table) +
                      ")";
    for (const ContextName& name : context_names) {
        const std::string& owner = context.*name.owner;
        // A table that already has the name needs no other (and would refer to itself).
        if (owner != name.name)
            with += std::string(", ") + name.name + " AS NOT MATERIALIZED (SELECT * FROM " +
                    sql_name(owner) + ")";
    }
    return with;
}

sqlite::Fence make_fence(sqlite::Database& database, const PreparedForm& form,
                         const ContextViews& context) {
    std::vector<std::string> names = {"form", "rows"};
    if (!form.rows_table.empty()) names.push_back(form.rows_table);
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
                return among(names, table) ||
                       (!through.empty() && (among(names, through) || among(behind, through))) ||
                       (column.empty() && among(behind, table));
            },
            [](std::string_view function) {
                return std::find(std::begin(functions_allowed), std::end(functions_allowed),
                                 function) != std::end(functions_allowed);
            }};
}

} // namespace

base::Status Engine::Prepared::prepare_form(PreparedForm& prepared, Care care) {
    const notice::Form& form = *prepared.form;
    prepared.values.clear(); // An attempt that failed may have left some.
    prepared.prefilled_fields.clear();
    prepared.prefilled_columns.clear();
    const std::string   with = common_tables(prepared, context);
    const sqlite::Fence fence = make_fence(database, prepared, context);
    const std::string   path = "/forms/" + std::to_string(&prepared - forms.data());
    const auto prepare_one = [&](const std::string& expression, const std::string& where,
                                 const char* from = "form") -> base::Result<sqlite::Statement> {
        const auto wrong = [&](const std::string& reason) {
            return base::fail(Outcome::bad_rule, path + where + "：" + reason);
        };
        if (!is_one_expression(expression)) return wrong("括号或引号不成对，或有待填的参数");
        auto statement =
            database.prepare_foreign(with + " SELECT (" + expression + "\n) FROM " + from, fence);
        if (!statement) return wrong(statement.error().detail);
        if (statement->column_count() != 1) return wrong("只能有一个值");
        return statement;
    };
    std::string all;
    for (std::size_t i = 0; i < form.rules.size(); ++i) {
        const std::string where = "/rules/" + std::to_string(i);
        if (care == Care::each) SHENBAO_TRY(prepare_one(form.rules[i].check, where + "/check"));
        all += (all.empty() ? "(" : ", (") + form.rules[i].check + "\n)";
        prepared.values.emplace_back();
        for (std::size_t k = 0; k < form.rules[i].values.size(); ++k) {
            SHENBAO_ASSIGN(sqlite::Statement value,
                           prepare_one(form.rules[i].values[k].expression,
                                       where + "/values/" + std::to_string(k) + "/expression"));
            prepared.values.back().push_back(std::move(value));
        }
    }
    for (std::size_t i = 0; i < form.computed.size(); ++i) {
        if (care == Care::each)
            SHENBAO_TRY(prepare_one(form.computed[i].expression,
                                    "/computed/" + std::to_string(i) + "/expression"));
        all += (all.empty() ? "(" : ", (") + form.computed[i].expression + "\n)";
    }
    const auto prepare_prefills = [&](const std::vector<notice::Field>& fields,
                                      const std::string& where, const char* from,
                                      std::vector<base::FieldId>&       ids,
                                      std::optional<sqlite::Statement>& together) -> base::Status {
        std::string values;
        for (std::size_t i = 0; i < fields.size(); ++i) {
            if (fields[i].prefill.empty()) continue;
            if (care == Care::each)
                SHENBAO_TRY(
                    prepare_one(fields[i].prefill, where + std::to_string(i) + "/prefill", from));
            values += (values.empty() ? "(" : ", (") + fields[i].prefill + "\n)";
            ids.push_back(fields[i].id);
        }
        if (values.empty()) return {};
        const std::string select = with + " SELECT " + values + " FROM " + from;
        SHENBAO_ASSIGN(together, database.prepare_foreign(select, fence));
        return {};
    };
    SHENBAO_TRY(prepare_prefills(form.fields, "/fields/", "form", prepared.prefilled_fields,
                                 prepared.prefill_fields));
    if (form.table)
        SHENBAO_TRY(prepare_prefills(form.table->columns, "/table/columns/",
                                     "rows ORDER BY rows.seq", prepared.prefilled_columns,
                                     prepared.prefill_columns));
    if (all.empty()) all = "NULL";
    SHENBAO_ASSIGN(prepared.judge,
                   database.prepare_foreign(with + " SELECT " + all + " FROM form", fence));
    prepared.ready = true;
    return {};
}

// The name holds the version, because a server keeps the engines of several versions.
void Engine::Prepared::make_rows_table(PreparedForm& prepared) {
    const notice::Form& form = *prepared.form;
    prepared.rows_table =
        "rows_" + package.ref.sha256.text().substr(0, 12) + "_" + form.id.text();
    const std::string table = "temp." + sql_name(prepared.rows_table);
    std::string       columns = "seq INTEGER PRIMARY KEY", marks = "?";
    for (const notice::Field& column : form.table->columns) {
        columns += ", " + sql_name(column.id.text());
        marks += ", ?";
    }
    const auto made = database.run_script("CREATE TABLE IF NOT EXISTS " + table + "(" + columns + ");");
    SHENBAO_CHECK(made.has_value()); // In memory, and the name is the engine's own.
    prepared.clear_rows = database.prepare("DELETE FROM " + table);
    prepared.insert_row = database.prepare("INSERT INTO " + table + " VALUES(" + marks + ")");
}

base::Result<PreparedForm*> Engine::Prepared::find(const notice::Form& form) {
    const auto found = std::find_if(forms.begin(), forms.end(), [&](const PreparedForm& prepared) {
        return prepared.form->id == form.id;
    });
    SHENBAO_CHECK(found != forms.end()); // The form belongs to the engine's package.
    if (!found->ready) SHENBAO_TRY(prepare_form(*found, Care::together));
    return &*found;
}

base::Status Engine::Prepared::fill_rows(PreparedForm& prepared, const Json& answers) {
    if (!prepared.form->table) return {};
    if (!prepared.clear_rows.bind().run()) {
        // The engine was made within a transaction that was given up, and its tables with it.
        make_rows_table(prepared);
        SHENBAO_TRY(prepared.clear_rows.bind().run());
    }
    const auto rows = answers.find("rows");
    if (rows == answers.end() || !rows->is_array()) return {};
    const std::vector<notice::Field>& columns = prepared.form->table->columns;
    std::int64_t                      seq = 0;
    for (const Json& row : *rows) {
        ++seq;
        prepared.insert_row.bind_each(columns.size() + 1, [&](std::size_t i, auto&& bind) {
            if (i == 0) bind(seq);
            else bind_member(row, columns[i - 1], bind);
        });
        SHENBAO_TRY(prepared.insert_row.run());
    }
    return {};
}

base::Status Engine::Prepared::prefill(PreparedForm& prepared, Json& answers) {
    const auto take = [&](sqlite::Statement& statement, const std::vector<base::FieldId>& ids,
                          Json& into) -> base::Status {
        for (std::size_t i = 0; i < ids.size(); ++i) {
            const sqlite::Type type = statement.type(int(i));
            if (!is_integer_or_null(type) && type != sqlite::Type::text)
                return base::fail(Outcome::bad_rule, prepared.form->id.text() + "." +
                                                         ids[i].text() + "：结果应是整数或文字");
            into[ids[i].text()] = sqlite::json_value(statement, int(i));
        }
        return {};
    };
    const auto rows = answers.find("rows");
    if (prepared.prefill_columns && rows != answers.end() && rows->is_array()) {
        SHENBAO_TRY(fill_rows(prepared, answers));
        sqlite::Statement& columns = *prepared.prefill_columns;
        bind_form(columns, *prepared.form, answers);
        for (Json& row : *rows) {
            SHENBAO_ASSIGN(const bool has_row, columns.step());
            SHENBAO_CHECK(has_row); // FROM rows: one for each that was filled in.
            SHENBAO_TRY(take(columns, prepared.prefilled_columns, row));
        }
        columns.reset();
    }
    if (!prepared.prefill_fields) return {};
    SHENBAO_TRY(fill_rows(prepared, answers));
    sqlite::Statement& fields = *prepared.prefill_fields;
    bind_form(fields, *prepared.form, answers);
    SHENBAO_ASSIGN(const bool has_row, fields.step());
    SHENBAO_CHECK(has_row);
    SHENBAO_TRY(take(fields, prepared.prefilled_fields, answers));
    fields.reset();
    return {};
}

// Adds the finding of a rule that does not hold, its text filled in.
base::Status Engine::Prepared::explain(PreparedForm& prepared, std::size_t index,
                                       const Json& answers, Verdict& verdict) {
    const notice::Rule&                rule = prepared.form->rules[index];
    std::map<std::string, std::string> shown_values;
    int                                row = 0;
    for (std::size_t k = 0; k < rule.values.size(); ++k) {
        sqlite::Statement& value = prepared.values[index][k];
        bind_form(value, *prepared.form, answers);
        SHENBAO_ASSIGN(const bool has_value, value.step());
        SHENBAO_CHECK(has_value); // FROM form: exactly one row.
        const Json said = sqlite::json_value(value, 0);
        shown_values[rule.values[k].id.text()] = shown(said);
        if (rule.values[k].id.text() == "seq" && said.is_number_integer())
            row = int(said.get<std::int64_t>());
        value.reset();
    }
    verdict.findings.push_back(
        {rule.id, rule.fields, rule.severity, filled(rule.text, shown_values), row});
    return {};
}

base::Result<Verdict> Engine::Prepared::judge(PreparedForm& prepared, const Json& answers,
                                              const Notes& notes) {
    SHENBAO_TRY(fill_rows(prepared, answers));
    const notice::Form& form = *prepared.form;
    sqlite::Statement&  judge = prepared.judge;
    bind_form(judge, form, answers);
    SHENBAO_ASSIGN(const bool has_row, judge.step());
    SHENBAO_CHECK(has_row);
    const auto wrong = [&](const std::string& place, const std::string& reason) {
        judge.reset();
        return base::fail(Outcome::bad_rule, form.id.text() + "." + place + "：" + reason);
    };
    Verdict                  verdict;
    std::vector<std::size_t> failed;
    for (std::size_t i = 0; i < form.rules.size(); ++i) {
        if (!is_integer_or_null(judge.type(int(i))))
            return wrong(form.rules[i].id.text(), "结果应是真、假或空");
        if (!judge.is_null(int(i)) && judge.integer(int(i)) == 0) failed.push_back(i);
    }
    for (std::size_t i = 0; i < form.computed.size(); ++i) {
        const int column = int(form.rules.size() + i);
        if (!is_integer_or_null(judge.type(column)) && judge.type(column) != sqlite::Type::text)
            return wrong(form.computed[i].id.text(), "结果应是整数或文字");
        verdict.computed[form.computed[i].id] = sqlite::json_value(judge, column);
    }
    judge.reset();
    for (const std::size_t i : failed) {
        SHENBAO_TRY(explain(prepared, i, answers, verdict));
        const notice::Rule& rule = form.rules[i];
        if (rule.severity == notice::Severity::warning && !explains(notes, rule.id))
            verdict.unexplained.push_back(rule.id);
    }
    return verdict;
}

base::Result<Verdict> Engine::Prepared::judge_within_limits(PreparedForm& prepared,
                                                            const Json&   answers,
                                                            const Notes&  notes) {
    database.limit_steps(steps_max);
    auto verdict = judge(prepared, answers, notes);
    database.limit_steps(0);
    return verdict;
}

Engine::Engine(std::unique_ptr<Prepared> prepared) : m_prepared(std::move(prepared)) {}
Engine::Engine(Engine&&) noexcept            = default;
Engine& Engine::operator=(Engine&&) noexcept = default;
Engine::~Engine()                            = default;

base::Result<Engine> Engine::prepare(sqlite::Database& database, const notice::Package& package,
                                     const ContextViews& context) {
    auto prepared = std::make_unique<Prepared>(database, package, context);
    for (PreparedForm& form : prepared->forms)
        SHENBAO_TRY(prepared->prepare_form(form, Prepared::Care::each));
    return Engine(std::move(prepared));
}

Engine Engine::prepare_later(sqlite::Database& database, const notice::Package& package,
                             const ContextViews& context) {
    return Engine(std::make_unique<Prepared>(database, package, context));
}

base::Status Engine::prefill(const notice::Form& form, Json& answers) {
    SHENBAO_ASSIGN(PreparedForm* const prepared, m_prepared->find(form));
    m_prepared->database.limit_steps(steps_max);
    const base::Status filled_in = m_prepared->prefill(*prepared, answers);
    m_prepared->database.limit_steps(0);
    return filled_in;
}

// Whole answers against which nothing stands become a filing.
void Engine::Prepared::conclude(const notice::Form& form, const Json& answers, const Notes& notes,
                                Verdict& verdict) {
    if (!verdict.unexplained.empty() || verdict.errors() > 0) return;
    Notes kept; // A note to something that is no finding any more stays at home.
    for (const Finding& finding : verdict.findings)
        if (const auto note = notes.find(finding.rule); note != notes.end()) kept.insert(*note);
    verdict.filing = CheckedFiling(form.id, answers, std::move(kept));
}

base::Result<Verdict> Engine::check(const notice::Form& form, const Json& answers,
                                    const Notes& notes) {
    SHENBAO_TRY(notice::check_shape(form, answers));
    Verdict out_of_range; // No expression sees such numbers: it could overflow.
    for (notice::RangeFault& fault : notice::range_faults(form, answers))
        out_of_range.findings.push_back({range_rule, {std::move(fault.field)},
                                         notice::Severity::error, std::move(fault.text)});
    if (!out_of_range.findings.empty()) return out_of_range;
    SHENBAO_ASSIGN(PreparedForm* const prepared, m_prepared->find(form));
    auto verdict = m_prepared->judge_within_limits(*prepared, answers, notes);
    if (verdict) Prepared::conclude(form, answers, notes, *verdict);
    return verdict;
}

base::Result<Verdict> Engine::check_draft(const notice::Form& form, const Json& answers,
                                          const Notes& notes, std::vector<Finding> beforehand) {
    const bool whole = notice::check_shape(form, answers).has_value() &&
                       notice::range_faults(form, answers).empty();
    SHENBAO_ASSIGN(PreparedForm* const prepared, m_prepared->find(form));
    auto verdict = m_prepared->judge_within_limits(*prepared, answers, notes);
    if (verdict) {
        for (const Finding& finding : beforehand)
            if (finding.severity == notice::Severity::warning && !explains(notes, finding.rule))
                verdict->unexplained.push_back(finding.rule);
        verdict->findings.insert(verdict->findings.begin(),
                                 std::make_move_iterator(beforehand.begin()),
                                 std::make_move_iterator(beforehand.end()));
    }
    if (verdict && whole) Prepared::conclude(form, answers, notes, *verdict);
    return verdict;
}

int Verdict::errors() const {
    return int(std::count_if(findings.begin(), findings.end(), [](const Finding& one) {
        return one.severity == notice::Severity::error;
    }));
}

base::Json notes_json(const Notes& notes) {
    Json object = Json::object();
    for (const auto& [rule, note] : notes) object[rule.text()] = note;
    return object;
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
