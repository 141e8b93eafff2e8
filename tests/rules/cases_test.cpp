// Runs the tables of tests/cases; README.md there describes them.
#include "shared/base/text.hpp"
#include "shared/rules/engine.hpp"
#include "tests/cases/files.hpp"
#include "tests/rules/context.hpp"

#include <doctest/doctest.h>

#include <map>
#include <set>

namespace vectors {
extern const std::string_view anhui_2023_14;
} // namespace vectors

using base::Json;

namespace {

using Cells = std::vector<std::string>;

struct Table {
    Cells              heads;
    std::vector<Cells> rows;
};

// One 情形: what is filled in, the context of its own, what must come out.
struct Case {
    std::string                  name;
    std::map<std::string, Table> sections; // By section word.
    std::string                  note;
    std::string                  result;
};

struct CaseFile {
    std::string                  form, rule, computed, reason;
    std::map<std::string, Table> context;
    std::vector<Case>            list;
};

struct ContextColumn {
    const char *head, *column;
};
struct ContextSection {
    const char*                word;
    const char*                table;
    std::vector<ContextColumn> columns;
};

const std::vector<ContextSection>& context_sections() {
    static const std::vector<ContextSection> sections = {
        {"单位", "t_unit", {{"代码", "id"}, {"名称", "name"}, {"类别", "kind"}, {"城市", "city"}}},
        {"时段", "t_period", {{"时段", "id"}, {"类别", "kind"}}},
        {"目录",
         "t_catalogue",
         {{"证书", "certificate"}, {"名称", "name"}, {"级别", "level"}, {"最低人数", "min_headcount"}}},
        {"已申报",
         "declared",
         {{"申报表", "filing"}, {"证书", "certificate"}, {"级别", "level"}, {"人数", "headcount"}}},
        {"指标",
         "t_quota",
         {{"证书", "certificate"}, {"级别", "level"}, {"批准人数", "approved"}}},
        {"月报",
         "t_reports",
         {{"时段", "period"},
          {"申报指标", "quota"},
          {"累计完成考核", "cum_assessed"},
          {"累计取证", "cum_certified"},
          {"累计已支付", "cum_fee_paid"}}},
    };
    return sections;
}

bool is_section(const std::string& word) {
    if (word == "情形" || word == "填写" || word == "行") return true;
    for (const ContextSection& section : context_sections())
        if (word == section.word) return true;
    return false;
}

Cells split(std::string_view line) {
    Cells cells;
    for (std::size_t at = 0; at <= line.size();) {
        const std::size_t end = std::min(line.find('|', at), line.size());
        cells.emplace_back(base::trim(line.substr(at, end - at)));
        at = end + 1;
    }
    return cells;
}

// "情形 NAME" -> {"情形", "NAME"}.
std::pair<std::string, std::string> word_and_rest(const std::string& line) {
    const std::size_t space = line.find(' ');
    if (space == std::string::npos) return {line, {}};
    return {line.substr(0, space), std::string(base::trim(line.substr(space)))};
}

CaseFile parse(std::string_view text) {
    CaseFile file;
    Table*   table = nullptr;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string line(base::trim(text.substr(at, end - at)));
        at = end + 1;
        if (line.empty()) continue;
        const auto [word, rest] = word_and_rest(line);
        const bool cells = line.find('|') != std::string::npos;
        if (!cells && word == "表") file.form = rest;
        else if (!cells && word == "规则") file.rule = rest;
        else if (!cells && word == "计算") file.computed = rest;
        else if (!cells && word == "依据") file.reason = rest;
        else if (!cells && word == "说明") file.list.back().note = rest;
        else if (!cells && word == "结果") file.list.back().result = rest;
        else if (!cells && is_section(word)) {
            if (word == "情形") file.list.push_back({rest, {}, {}, {}});
            table = file.list.empty() ? &file.context[word] : &file.list.back().sections[word];
        } else if (table == nullptr) {
            FAIL_CHECK("a line outside of any section: " << line);
        } else if (table->heads.empty()) {
            table->heads = split(line);
        } else {
            table->rows.push_back(split(line));
            table->rows.back().resize(table->heads.size());
        }
    }
    return file;
}

Json value_of(const std::string& cell) {
    if (cell.empty()) return nullptr;
    if (cell.find_first_not_of("0123456789") != std::string::npos) return cell;
    std::int64_t number = 0;
    for (const char digit : cell) number = number * 10 + (digit - '0');
    return number;
}

const notice::Field* find_by_label(const std::vector<notice::Field>& fields,
                                   const std::string& label) {
    for (const notice::Field& field : fields)
        if (field.label == label) return &field;
    return nullptr;
}

void fill_context(sqlite::Database& database, const CaseFile& file, const Case& one) {
    for (const ContextSection& section : context_sections()) {
        REQUIRE(database.run_script("DELETE FROM " + std::string(section.table)));
        auto own = one.sections.find(section.word);
        if (own == one.sections.end()) {
            own = file.context.find(section.word);
            if (own == file.context.end()) continue;
        }
        std::string columns, marks;
        for (const std::string& head : own->second.heads)
            for (const ContextColumn& column : section.columns)
                if (head == column.head) {
                    columns += (columns.empty() ? "" : ", ") + std::string(column.column);
                    marks += marks.empty() ? "?" : ", ?";
                }
        auto insert = database.prepare("INSERT INTO " + std::string(section.table) + "(" +
                                       columns + ") VALUES(" + marks + ")");
        REQUIRE(insert.parameter_count() == int(own->second.heads.size())); // All heads known.
        for (const Cells& row : own->second.rows) {
            insert.bind_each(row.size(), [&](std::size_t i, auto&& bind) {
                const Json value = value_of(row[i]);
                if (value.is_number_integer()) bind(value.get<std::int64_t>());
                else if (value.is_string()) bind(row[i]);
                else bind(nullptr);
            });
            REQUIRE(insert.run().has_value());
        }
    }
}

class Runner {
public:
    Runner(sqlite::Database& database, const notice::Package& package, rules::Engine& engine)
        : m_database(database), m_package(package), m_engine(engine) {}

    void run(const CaseFile& file) {
        const notice::Form* form = m_package.find_form(base::FormId(file.form));
        REQUIRE(form != nullptr);
        REQUIRE(!file.reason.empty());
        for (const Case& one : file.list) {
            CAPTURE(one.name);
            fill_context(m_database, file, one);
            const auto table = one.sections.find("情形");
            if (table != one.sections.end() && !table->second.heads.empty()) {
                for (const Cells& row : table->second.rows)
                    check(file, *form, one, filled(*form, table->second.heads, row), row.back());
                continue;
            }
            Json answers = Json::object();
            if (const auto fields = one.sections.find("填写"); fields != one.sections.end())
                answers = filled(*form, fields->second.heads, fields->second.rows.at(0));
            if (const auto rows = one.sections.find("行"); rows != one.sections.end()) {
                answers["rows"] = Json::array();
                for (const Cells& row : rows->second.rows)
                    answers["rows"].push_back(row_of(*form, rows->second.heads, row));
            }
            check(file, *form, one, answers, one.result);
        }
    }

    // Rules and computed values that were seen to pass and to fail.
    std::set<std::string> passed, failed;

private:
    static Json filled(const notice::Form& form, const Cells& heads, const Cells& row) {
        Json answers = Json::object();
        for (std::size_t i = 0; i < heads.size(); ++i) {
            if (heads[i] == "结果") continue;
            const notice::Field* field = find_by_label(form.fields, heads[i]);
            REQUIRE_MESSAGE(field != nullptr, heads[i]);
            answers[field->id.text()] = value_of(row[i]);
        }
        return answers;
    }
    static Json row_of(const notice::Form& form, const Cells& heads, const Cells& row) {
        Json answers = Json::object();
        for (std::size_t i = 0; i < heads.size(); ++i) {
            const notice::Field* field = find_by_label(form.table->columns, heads[i]);
            REQUIRE_MESSAGE(field != nullptr, heads[i]);
            answers[field->id.text()] = value_of(row[i]);
        }
        return answers;
    }

    void check(const CaseFile& file, const notice::Form& form, const Case& one,
               const Json& answers, const std::string& wanted) {
        rules::Notes notes;
        if (!one.note.empty()) notes.emplace(base::RuleId(file.rule), one.note);
        const auto verdict = m_engine.check_draft(form, answers, notes);
        REQUIRE(verdict.has_value());
        CAPTURE(base::to_text(answers));
        const std::string said = file.rule.empty() ? computed(form, file.computed, *verdict)
                                                   : found(file.rule, *verdict);
        CHECK(said == wanted);
        const std::string what = file.form + "." + file.rule + file.computed;
        (said == "通过" || said.empty() || said == "—" ? passed : failed).insert(what);
    }

    static std::string computed(const notice::Form& form, const std::string& id,
                                const rules::Verdict& verdict) {
        for (const notice::Computed& one : form.computed)
            if (one.id.text() == id)
                return notice::printed_computed(one, verdict.computed.at(one.id));
        return "没有这个计算值";
    }

    static std::string found(const std::string& rule, const rules::Verdict& verdict) {
        for (const rules::Finding& finding : verdict.findings) {
            if (finding.rule.text() != rule) continue;
            const bool open =
                std::find(verdict.unexplained.begin(), verdict.unexplained.end(), finding.rule) !=
                verdict.unexplained.end();
            switch (finding.severity) {
            case notice::Severity::error: return "错误：" + finding.text;
            case notice::Severity::hint: return "提示：" + finding.text;
            case notice::Severity::warning:
                return (open ? "警告：" : "警告已说明：") + finding.text;
            }
        }
        return "通过";
    }

    sqlite::Database&      m_database;
    const notice::Package& m_package;
    rules::Engine&         m_engine;
};

} // namespace

TEST_CASE("every rule says what its cases say") {
    const notice::Package package = *notice::load(vectors::anhui_2023_14).package;
    sqlite::Database      database = rules_test::open_context();
    auto engine = rules::Engine::prepare(database, package, rules_test::views);
    REQUIRE_MESSAGE(engine.has_value(), engine.error().detail);
    Runner runner(database, package, *engine);
    for (std::size_t i = 0; i < cases::files_count; ++i) {
        const CaseFile file = parse(*cases::files[i].text);
        INFO(std::string(cases::files[i].path));
        const std::string place = "cases/" + file.form + "/" + file.rule + file.computed;
        CHECK(place + ".txt" == cases::files[i].path);
        runner.run(file);
    }
    for (const notice::Form& form : package.forms) {
        std::vector<std::string> wanted;
        for (const notice::Rule& rule : form.rules) wanted.push_back(rule.id.text());
        for (const notice::Computed& one : form.computed) wanted.push_back(one.id.text());
        for (const std::string& one : wanted) {
            CHECK_MESSAGE(runner.passed.count(form.id.text() + "." + one) == 1,
                          one << " has no case that passes");
            CHECK_MESSAGE(runner.failed.count(form.id.text() + "." + one) == 1,
                          one << " has no case that does not pass");
        }
    }
}
