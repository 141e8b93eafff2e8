// A Package is one version of a notice as data: its forms, texts, rules, periods, windows, routes
// and mail subjects. It is one JSON document; its sha256 is of those exact bytes, and a published
// version never changes. package.schema.json beside this file is the JSON Schema that authors check
// against; load() checks the same and more, and says for each mistake where it stands.
//
// Screen, print, rules, intake and summaries read forms from here and nowhere else: no code asks
// which form it has. All Chinese words of a form are the notice's own.
#pragma once

#include "shared/base/ids.hpp"
#include "shared/base/json.hpp"
#include "shared/base/result.hpp"
#include "shared/base/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace notice {

enum class FieldType {
    text,        // UTF-8, trimmed, 1..characters_max characters.
    integer,     // min..max; typed forms "１００", "100人", "1,000" are understood (parse.hpp).
    money,       // 分, as an integer; typed in 元 or 万元.
    choice,      // One of choices, word for word.
    certificate, // Id of the catalogue.
    phone,       // 5-20 digits, + and -.
    filing,      // Id of another filing of the same unit (rows of the summary).
};

struct Field {
    base::FieldId            id;
    std::string              label;      // The notice's words, without a trailing colon.
    FieldType                type = FieldType::text;
    std::string              unit;       // Printed behind the value: "人"; may be empty.
    std::int64_t             min = 0;    // integer, money.
    std::int64_t             max = 0;
    std::size_t              characters_max = 0; // text.
    std::vector<std::string> choices;
    std::string              help;       // One sentence beside the field; may be empty.
    // SQL expression whose value the field has: it is then never typed, but signed and sent like
    // any other. In a column it may name the columns of its own row as rows.certificate. Empty:
    // people type the field.
    std::string              prefill;
    // The id that an earlier version of the notice gave this field: what was typed there is carried
    // over. Empty: none.
    std::string              was;
};

// A value that is shown and printed but never typed nor sent: an SQL expression over form, rows and
// the context views (rules/engine.hpp).
struct Computed {
    base::FieldId id;
    std::string   label;
    std::string   expression;
    int           decimals = 0; // Places of the integer behind the point: 3333 with 2 is "33.33".
    std::string   absent;       // Shown for NULL, such as "—"; may be empty.
};

enum class Severity {
    error,   // Blocks sealing; refused at intake with rules_failed.
    warning, // Needs a written explanation (notes), which the reviewer sees.
    hint,    // Shown, nothing more.
};

// "error", "warning", "hint".
std::string_view severity_name(Severity severity);

struct Rule {
    base::RuleId               id;
    std::string                check; // SQL expression: true = holds, false = finding, NULL = cannot say yet.
    std::vector<base::FieldId> fields; // What a finding points at; columns of the table as "rows.level".
    Severity                   severity = Severity::error;
    std::string                text;   // Chinese; {name} is replaced by the value of a `values` expression.
    std::vector<Computed>      values; // Expressions for the {name}s of text.
};

// The repeating table of a form. At most one a form; its answers are the member "rows".
struct Table {
    std::vector<Field> columns;
    std::size_t        rows_min = 1;
    std::size_t        rows_max = 300;
    // Empty: people type the rows. Else the context view the rows are made from, one row each, by
    // columns of the same name ("declared"): the rows are never typed (R42).
    std::string rows_from;
};

// A piece of a paper line: text, or the blank of a field, or of a computed value, or of a context
// value ("unit.name").
struct Inline {
    enum class Kind { text, field, computed, context };
    Kind        kind = Kind::text;
    std::string text;     // Text itself, or the id of what stands in the blank.
    int         width_em = 0; // Least width of the blank in characters.
};

struct TableColumn {
    base::FieldId id;    // A column of the form's table, or of a one-line form's fields, or "seq".
    std::string   head;  // May hold line breaks as the paper has them.
    int           share = 1; // Share of the width.
    enum class Align { left, center, right } align = Align::center;
};

// What a form's filings are to the other forms and to the summaries, whatever the form and its
// fields are called. A standard column that is not named in `columns` is the field of its own name.
//   declared  certificate, level, headcount: fields. What units declare; approval enters the
//             ledger.
//   increase  certificate, level, approved_before, approved_after: columns of the table. Approval
//             enters the difference into the ledger.
//   report    quota, month_registered, month_assessed, cum_assessed, cum_certified, cum_fee_paid,
//             cum_fee_unpaid: fields; those a form does not have are NULL.
enum class Serves { nothing, declared, increase, report };
std::string_view serves_name(Serves serves); // "declared", …; "" for nothing.
// The standard columns of it, in the order above.
const std::vector<std::string_view>& standard_columns(Serves serves);

// One block of the paper, from top to bottom. Which members count depends on kind.
struct Block {
    enum class Kind {
        appendix,  // "附件1", black type at the top left.
        title,
        line,      // inlines, no indent: "学校：____".
        paragraph, // inlines, first line indented by two characters.
        table,     // columns, total row. A form without a table has its own fields as the one row.
        signature, // text (label), blank_count places to sign.
        date,      // text such as "年 月 日" at the right.
        remark,    // small type.
        note,      // 说明, small type, above the signatures.
    };
    Kind                     kind = Kind::line;
    std::string              text;
    std::vector<Inline>      inlines;
    std::vector<TableColumn> columns;
    std::string              total_label;    // "合计"; empty: no total row.
    base::FieldId            total_computed; // The computed value in the total row.
    base::FieldId            total_under;    // The column it stands in.
    int                      blank_rows = 0; // Table: rows printed at least, as on the paper.
    int                      blank_count = 1;
    bool                     two_up = false; // Signature or line that shares a line with the next.
};

struct Mail {
    std::string to;
    std::string subject_pattern; // {unit_name}
    // What the mail of this unit, and its file, are to be called (R17, R19, R45).
    std::string subject_of(std::string_view unit_name) const;
};

// When a form of one period is filed by schools. Whole days of Shanghai, both included.
struct Window {
    base::Period period;
    base::Date   opens;
    base::Date   closes;
    bool         always = false; // No window: open for the whole life of the notice.
    base::Time   opens_at() const { return base::start_of(opens); }
    base::Time   closes_at() const { return base::end_of(closes); } // First moment that is late.
};

enum class ReviewKind { decided, received }; // received: never passes a reviewer (school_summary).

// Portrait, or landscape for tables with many columns.
enum class PageShape { portrait, landscape };

struct Form {
    base::FormId             id;
    std::string              appendix; // "附件1"
    std::string              title;
    std::string              short_title; // For menus: "证书申报表".
    std::vector<std::string> unit_kinds;  // Who files it.
    // The fields whose values, with unit and period, name one matter: a second filing with the same
    // key is a finding. Empty: one a period. {"certificate","level"} for declarations.
    std::vector<base::FieldId> key;
    bool                     many = false; // More than one a unit and period.
    ReviewKind               review = ReviewKind::decided;
    bool                     direct = false; // Decided by the province alone, whoever files (R22).
    std::vector<Field>       fields;   // In the order of the paper.
    std::optional<Table>     table;
    std::vector<Computed>    computed;
    std::vector<Rule>        rules;
    std::vector<Block>       blocks;
    std::vector<Window>      windows;  // One for each period of this form.
    std::optional<Mail>      mail;
    Serves                   serves = Serves::nothing;
    std::vector<std::pair<std::string, base::FieldId>> serves_columns; // Standard name, own field.
    PageShape                page_shape = PageShape::portrait;
    // The signed paper is also uploaded to the national platform by the school itself; the desk
    // keeps the school's own tick that it has done so (R8, R32).
    bool                     national_platform = false;

    // The own field behind a standard column; null when the form has none.
    const Field*  find_standard(std::string_view column) const;
    const Field*  find_field(std::string_view field) const;  // Fields of the form itself.
    const Field*  find_column(std::string_view field) const; // Columns of its table.
    const Window* find_window(const base::Period& period) const;
};

// A stretch of the year that filings belong to: a round, a month or the year.
struct Period {
    base::Period id;
    std::string  name; // "2023年春季"
    enum class Kind { round, month, year } kind = Kind::round;
};

// A reviewer's window marks decisions, it refuses none.
struct ReviewWindow {
    base::Period period;
    std::string  stage; // "first_review", "final_review"
    base::Date   opens;
    base::Date   closes;
};

struct Holiday {
    base::Date  date;
    std::string name;
};

// A kind of unit of this notice: its Chinese word, its role, whether a bureau reviews it first.
struct UnitKind {
    std::string id;   // "secondary_vocational", …
    std::string name; // "中职学校"
    std::string role; // "school", "city", "province"
    bool        first_review = false; // By the unit named in review_by (R12-R14).
};

class Package {
public:
    base::NoticeRef ref; // Id and the sha256 of `text`.
    std::string     text; // The exact bytes of the document.

    std::string document_number; // 皖教秘职成〔2023〕14号
    std::string title;
    std::string issuer;
    base::Date  date;
    std::string year;
    std::string body;      // The notice's own text, lines as printed (R64).
    std::string platform;  // Name of the national platform, the system of record.

    std::vector<Period>       periods; // In order of time.
    std::vector<ReviewWindow> review_windows;
    std::vector<Holiday>      holidays;
    std::vector<UnitKind>     unit_kinds;
    std::vector<std::string>  cities; // Official order of the cities in lists.
    std::vector<Form>         forms;  // In order of the appendices.
    // Until when filings under the version before this one are accepted, that day included. Absent:
    // while a window of that version is open.
    std::optional<base::Date> accept_until;

    const Form*     find_form(const base::FormId& form) const;
    const Form*     find_serving(Serves serves) const; // At most one form serves as each.
    const Period*   find_period(const base::Period& period) const;
    const UnitKind* find_unit_kind(std::string_view kind) const;
    // True if units of this kind file this form.
    bool files(const Form& form, std::string_view unit_kind) const;
};

// Everything that is wrong with a package, not only the first thing.
struct PackageMistake {
    std::string path;   // JSON pointer (RFC 6901): "/forms/0/rules/2/check"
    std::string reason; // Chinese, one sentence.
};

struct LoadedPackage {
    std::optional<Package>      package; // Present exactly when mistakes is empty.
    std::vector<PackageMistake> mistakes;
};

// Reads the document `text` (a file name only serves the mistakes' paths). Expressions are compiled
// by rules::Engine, not here.
LoadedPackage load(std::string_view text);

// The same for callers that only hand on: bad_package with all mistakes as detail lines.
base::Result<Package> load_package(std::string_view text);

} // namespace notice
