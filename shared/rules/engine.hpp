// The rule engine: answers + context -> findings, computed values and, when nothing blocks, a
// CheckedFiling. A rule is one SQL expression of the notice package, prepared once inside a fence,
// so the device and the server reach the same verdict with the same code and the same SQLite.
//
// An expression sees
//   form        one row, a column for each field of the form;
//   rows        the rows of the form's table, with seq from 1;
//   declared    filing, root, certificate, level, headcount, and each own field of the form that
//               serves as declared: this unit's declarations of this period that count (newest
//               versions, not withdrawn or rejected), without the root that is being judged;
//   quota       certificate, level, approved: what the unit may assess by the ledger of the
//               notice's year, as of the anchor of what is judged;
//   reports     period, quota, month_registered, month_assessed, cum_assessed, cum_certified,
//               cum_fee_paid, cum_fee_unpaid: the unit's earlier monthly reports;
//   catalogue   certificate, name, organisation, level, min_headcount (NULL: unknown), a row a
//               level;
//   unit        id, name, kind, city: one row;
//   period      id, kind, opens, closes (as 2023-03-31): one row.
// These eight are all it can read. Whoever owns the database offers the context views under the
// names given in ContextViews; context.hpp makes them from standing tables keyed by unit.
//
// NULL means "cannot say yet" and is never a finding. A REAL result, a function outside the list,
// too many steps: bad_rule, a mistake of the package, never of the filing.
#pragma once

#include "shared/notice/answers.hpp"
#include "shared/sqlite/database.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace rules {

// The name under which the database has each context view: tables or views, temporary or not, with
// at least the columns above. The owner makes them show one subject (unit, period, root) at a time.
struct ContextViews {
    std::string declared;
    std::string quota;
    std::string reports;
    std::string catalogue;
    std::string unit;
    std::string period;
};

struct Finding {
    base::RuleId               rule;
    std::vector<base::FieldId> fields; // "rows.level"; row below says which row, if it is known.
    notice::Severity           severity;
    std::string                text; // Chinese, complete.
    // Of the answers' rows, from 1, where the rule says which one by its value "seq"; else 0. Only
    // for showing it at its cell: it is not sent.
    int                        row = 0;
};

base::Json to_json(const std::vector<Finding>& findings); // As in protocol.md, "Sending".

using Notes = std::map<base::RuleId, std::string>; // Explanations of 4-500 characters.

base::Json notes_json(const Notes& notes); // {rule id: explanation}, as in protocol.md.

// What may be sealed: answers whose shape was checked and which no error and no unexplained warning
// stands against. Only Engine::check makes one.
class CheckedFiling {
public:
    const base::FormId& form() const { return m_form; }
    const base::Json&   answers() const { return m_answers; }
    const Notes&        notes() const { return m_notes; }

private:
    friend class Engine;
    CheckedFiling(base::FormId form, base::Json answers, Notes notes)
        : m_form(std::move(form)), m_answers(std::move(answers)), m_notes(std::move(notes)) {}
    base::FormId m_form;
    base::Json   m_answers;
    Notes        m_notes;
};

struct Verdict {
    std::vector<Finding>                 findings; // In the order of the package.
    std::map<base::FieldId, base::Json>  computed; // Null where it cannot be said yet.
    std::optional<CheckedFiling>         filing;   // Present when nothing blocks and answers are whole.
    std::vector<base::RuleId>            unexplained; // Warnings without a sufficient note.

    int errors() const; // Findings that block.
};

class Engine {
public:
    // For a package that may be wrong: prepares every rule and computed value of every form, each
    // by itself, and refuses with bad_rule and the path of the expression. `database` and `package`
    // must outlive the engine. Makes temporary tables of its own in `database`.
    static base::Result<Engine> prepare(sqlite::Database& database, const notice::Package& package,
                                        const ContextViews& context);
    // For a package that prepare() has taken before: a form's rules are prepared when they are
    // first asked. A page that starts shall not wait for forms that nobody opens.
    static Engine prepare_later(sqlite::Database& database, const notice::Package& package,
                                const ContextViews& context);
    Engine(Engine&&) noexcept;
    Engine& operator=(Engine&&) noexcept;
    ~Engine();

    // Sets the members whose fields have a prefill to what their expressions say now, in the rows
    // first; null where they cannot say. Other members are left as they are. Whether a filing must
    // hold just that is for the rules to say.
    [[nodiscard]] base::Status prefill(const notice::Form& form, base::Json& answers);

    // Judges whole answers (their shape is checked first: bad_payload) against the context that the
    // views show right now. Answers out of range have findings of the rule "range" and no others.
    base::Result<Verdict> check(const notice::Form& form, const base::Json& answers,
                                const Notes& notes);

    // Judges a draft: members may be missing or null (NULL in the expressions). Verdict::filing is
    // absent unless the answers are whole. `beforehand`: what the caller itself has found; it
    // stands before the package's findings, and blocks or wants its explanation as they do.
    base::Result<Verdict> check_draft(const notice::Form& form, const base::Json& answers,
                                      const Notes& notes, std::vector<Finding> beforehand = {});

private:
    struct Prepared;
    explicit Engine(std::unique_ptr<Prepared> prepared);
    std::unique_ptr<Prepared> m_prepared;
};

} // namespace rules
