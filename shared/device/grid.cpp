#include "shared/device/grid.hpp"

#include "shared/base/csv.hpp"
#include "shared/base/limits.hpp"
#include "shared/base/text.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace device {
namespace {

using base::Outcome;
using notice::Field;
using notice::FieldType;

constexpr std::size_t head_within = 8; // A head row stands among the first rows with text.

bool is_ascii_digit(char c) { return c >= '0' && c <= '9'; }

// "职业技能等级证书 （必填）" -> "职业技能等级证书": what makes heads comparable. The words in brackets
// are notes about the column.
std::string head_words(std::string_view text) {
    std::string words = base::without_spaces(base::narrow(text)), result;
    int         depth = 0;
    for (const char c : words) {
        if (c == '(' || c == '[') ++depth;
        else if ((c == ')' || c == ']') && depth > 0) --depth;
        else if (depth == 0 && c != '*' && c != ':') result += c;
    }
    return result;
}

bool ends_with(std::string_view text, std::string_view end) {
    return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

bool is_seq_head(const std::string& head) {
    return head == "序号" || head == "编号" || head == "行号" || head == "No." || head == "NO.";
}

// The words under which a column of the form may stand over a grid: its label and, where the paper
// calls it otherwise, that.
std::vector<std::string> names_of(const notice::Form& form, const Field& field) {
    std::vector<std::string> names = {head_words(field.label)};
    for (const notice::Block& block : form.blocks)
        for (const notice::TableColumn& column : block.columns)
            if (column.id == field.id) names.push_back(head_words(column.head));
    names.push_back(field.id.text());
    return names;
}

// Every column of the form's rows, also those that the system fills; null for one that it computes.
std::vector<const Field*> all_columns(const notice::Form& form) {
    std::vector<const Field*> columns;
    if (is_one_row(form)) {
        for (const notice::Block& block : form.blocks)
            for (const notice::TableColumn& column : block.columns)
                columns.push_back(form.find_field(column.id.text()));
        return columns;
    }
    for (const Field& field : form.table ? form.table->columns : form.fields)
        columns.push_back(&field);
    return columns;
}

bool is_computed_head(const notice::Form& form, const std::string& head) {
    for (const notice::Computed& computed : form.computed)
        if (head_words(computed.label) == head) return true;
    return false;
}

bool is_locked(const Field& field) {
    return !field.prefill.empty() || field.type == FieldType::filing;
}

// Full-width digits are three bytes, EF BC 90 to EF BC 99.
bool starts_with_digit(std::string_view text) {
    return !text.empty() &&
           (is_ascii_digit(text[0]) ||
            (text.size() >= 3 && text.substr(0, 2) == "\xEF\xBC" &&
             static_cast<unsigned char>(text[2]) - 0x90u < 10));
}

bool ends_in_digit(std::string_view text) {
    return starts_with_digit(text.substr(text.size() - std::min<std::size_t>(text.size(), 1))) ||
           (text.size() >= 3 && starts_with_digit(text.substr(text.size() - 3)) &&
            !is_ascii_digit(text[text.size() - 3]));
}

// A cell's text without what only a sheet's layout put into it.
std::string cell_of(const std::vector<std::string>& row, std::size_t column) {
    if (column >= row.size()) return {};
    const std::string_view cell = base::trim(row[column]);
    std::string            text;
    for (std::size_t at = 0; at < cell.size(); ++at) {
        if (cell[at] != '\n' && cell[at] != '\r') {
            text += cell[at] == '\t' ? ' ' : cell[at];
            continue;
        }
        // Two numbers below each other are two numbers: "100" over "50" read as 10050 would be a
        // wrong filing.
        const std::size_t next = cell.find_first_not_of("\r\n", at);
        if (ends_in_digit(text) && starts_with_digit(cell.substr(next))) text += "、";
        at = next - 1; // It was trimmed, so something follows.
    }
    return text;
}

bool is_empty(const std::vector<std::string>& row) {
    return std::all_of(row.begin(), row.end(),
                       [](const std::string& cell) { return base::trim(cell).empty(); });
}

std::string row_words(const std::vector<std::string>& row) {
    std::string words;
    for (std::size_t i = 0; i < row.size(); ++i) {
        const std::string cell = cell_of(row, i);
        if (!cell.empty()) words += (words.empty() ? "" : "　") + cell;
    }
    return words;
}

// "合计", "合 计：", "总计（人）", "小计120"
bool is_total_row(const std::vector<std::string>& row) {
    for (std::size_t i = 0; i < row.size(); ++i) {
        const std::string cell = base::without_spaces(base::narrow(row[i]));
        if (cell.empty()) continue;
        for (const std::string_view word : {"合计", "总计", "小计", "共计"}) {
            if (cell.compare(0, word.size(), word) != 0) continue;
            const std::string_view rest = std::string_view(cell).substr(word.size());
            if (rest.empty() || rest[0] == ':' || rest[0] == '(' || is_ascii_digit(rest[0]) ||
                rest.compare(0, std::string_view("人").size(), "人") == 0)
                return true;
        }
        return false;
    }
    return false;
}

// What a head row says about the grid's columns.
struct Heads {
    std::vector<const Field*> fields;  // By column of the grid; null: none of the form's.
    std::vector<std::string>  words;   // As they stand.
    int                       known = 0; // Columns of the form that were found.
};

Heads read_heads(const notice::Form& form, const std::vector<std::string>& row) {
    std::vector<const Field*> columns = all_columns(form);
    columns.erase(std::remove(columns.begin(), columns.end(), nullptr), columns.end());
    Heads heads;
    heads.fields.assign(row.size(), nullptr);
    std::vector<std::string> words;
    for (const std::string& cell : row) {
        words.push_back(head_words(cell));
        heads.words.emplace_back(cell_of({cell}, 0));
    }
    const auto claim = [&](std::size_t at, const Field* field) {
        if (heads.fields[at] != nullptr ||
            std::find(heads.fields.begin(), heads.fields.end(), field) != heads.fields.end())
            return;
        heads.fields[at] = field;
        ++heads.known;
    };
    // The form's own words first, then a head that is the end of them ("人数" of "考核人数") or has
    // them at its end, where that is said of one column alone.
    for (std::size_t at = 0; at < words.size(); ++at)
        for (const Field* field : columns)
            for (const std::string& name : names_of(form, *field))
                if (!words[at].empty() && words[at] == name) claim(at, field);
    for (std::size_t at = 0; at < words.size(); ++at) {
        if (base::character_count(words[at]) < 2 || heads.fields[at] != nullptr) continue;
        const Field* only = nullptr;
        int          found = 0;
        for (const Field* field : columns) {
            const auto names = names_of(form, *field);
            const bool alike = std::any_of(names.begin(), names.end(), [&](const auto& name) {
                return ends_with(name, words[at]) || ends_with(words[at], name);
            });
            if (alike && ++found == 1) only = field;
        }
        if (found == 1) claim(at, only);
    }
    return heads;
}

bool looks_like_seq(const Grid& rows, std::size_t column) {
    std::int64_t expected = 0;
    bool         any = false;
    for (const auto& row : rows) {
        if (is_empty(row) || is_total_row(row)) continue;
        const std::string cell = base::without_spaces(base::narrow(cell_of(row, column)));
        if (cell.empty()) continue;
        if (!std::all_of(cell.begin(), cell.end(), is_ascii_digit) || cell.size() > 4) return false;
        std::int64_t number = 0;
        for (const char c : cell) number = number * 10 + (c - '0');
        if (any && number != expected + 1) return false;
        if (!any && number > 1 && rows.size() == 1) return false;
        expected = number;
        any = true;
    }
    return any;
}

using Catalogue = std::vector<envelope::CatalogueEntry>;
using Entries = std::vector<const envelope::CatalogueEntry*>;

std::string plain(std::string_view words) { return std::string(base::trim(base::narrow(words))); }

// Names and ids are narrowed once for a whole grid.
class Certificates {
public:
    explicit Certificates(const Catalogue& catalogue) {
        for (const envelope::CatalogueEntry& entry : catalogue) {
            m_by_id[entry.certificate.text()] = &entry;
            m_by_name[plain(entry.name)].push_back(&entry);
        }
    }
    Entries named(std::string_view text) const {
        if (!base::is_utf8(text)) return {};
        const std::string wanted = plain(text);
        if (const auto by_id = m_by_id.find(wanted); by_id != m_by_id.end()) return {by_id->second};
        const auto by_name = m_by_name.find(wanted);
        return by_name == m_by_name.end() || wanted.empty() ? Entries() : by_name->second;
    }

private:
    std::map<std::string, const envelope::CatalogueEntry*> m_by_id;
    std::map<std::string, Entries>                         m_by_name;
};

std::string same_name_words(const std::vector<const envelope::CatalogueEntry*>& found) {
    std::string words = "有" + std::to_string(found.size()) + "个同名证书（";
    for (std::size_t i = 0; i < found.size(); ++i)
        words += (i == 0 ? "" : "、") + found[i]->organisation;
    return words + "），填入后请选择。";
}

GridCell read_cell(const Field& field, std::string text, const Certificates& catalogue) {
    GridCell cell;
    cell.text = std::move(text);
    if (cell.text.empty()) return cell;
    if (cell.text.size() > base::limits::text_field_bytes_max) {
        cell.text.clear();
        cell.finding = "这一格的文字太长，没有取用。";
        return cell;
    }
    if (field.type == FieldType::certificate) {
        const auto found = catalogue.named(cell.text);
        if (found.size() == 1) {
            cell.value = found[0]->certificate.text();
            cell.text = found[0]->name;
        } else {
            cell.finding = found.empty() ? "目录中没有这个证书。"
                                         : same_name_words(found);
        }
        return cell;
    }
    notice::Typed typed = notice::parse_typed(field, cell.text);
    cell.value = std::move(typed.value);
    cell.finding = std::move(typed.reason);
    return cell;
}

// How many cells of a grid's column can be read as the field, of those that hold something.
bool mostly_reads_as(const Field& field, const Grid& rows, std::size_t column,
                     const Certificates& catalogue) {
    std::size_t filled = 0, read = 0;
    for (const auto& row : rows) {
        const std::string text = cell_of(row, column);
        if (text.empty() || is_total_row(row)) continue;
        ++filled;
        read += read_cell(field, text, catalogue).finding.empty();
    }
    return read > 0 && read * 2 > filled;
}

class Preview {
public:
    Preview(const notice::Form& form, const Grid& grid, const Field* column,
            const Catalogue& catalogue, std::size_t rows_free)
        : m_form(form), m_grid(grid), m_column(column), m_catalogue(catalogue),
          m_rows_free(rows_free), m_typed(typed_columns(form)) {
        for (auto& row : m_grid)
            for (std::string& cell : row)
                if (!base::is_utf8(cell)) cell = "\uFFFD"; // As browsers show what is no text.
    }

    GridPreview read() {
        if (m_typed.empty()) return {};
        find_head();
        if (m_head) use_head();
        else use_places();
        for (const Field* field : m_typed)
            if (std::find(m_fields.begin(), m_fields.end(), field) != m_fields.end())
                m_preview.columns.push_back(field);
        m_preview.whole = m_preview.columns.size() == m_typed.size();
        m_preview.first_line = m_head ? *m_head + 2 : 1;
        for (std::size_t i = 0; i < m_grid.size(); ++i) read_row(i);
        return std::move(m_preview);
    }

private:
    void find_head() {
        std::size_t seen = 0;
        for (std::size_t i = 0; i < m_grid.size() && seen < head_within; ++i) {
            if (is_empty(m_grid[i])) continue;
            ++seen;
            Heads heads = read_heads(m_form, m_grid[i]);
            const std::size_t wanted = std::min<std::size_t>(2, width());
            if (heads.known == 0 || std::size_t(heads.known) < wanted) continue;
            m_head = i;
            m_heads = std::move(heads);
            return;
        }
    }

    std::size_t width() const {
        std::size_t width = 0;
        for (const auto& row : m_grid)
            for (std::size_t i = 0; i < row.size(); ++i)
                if (!base::trim(row[i]).empty()) width = std::max(width, i + 1);
        return width;
    }

    Grid rows_below_head() const {
        return Grid(m_grid.begin() + std::ptrdiff_t(m_head ? *m_head + 1 : 0), m_grid.end());
    }

    void use_head() {
        m_fields = m_heads.fields;
        const Grid rows = rows_below_head();
        // A head in other words than the form's ("证书名称") is understood by what stands below it.
        for (const Field* field : m_typed) {
            if (field->type != FieldType::certificate && field->type != FieldType::choice) continue;
            if (std::find(m_fields.begin(), m_fields.end(), field) != m_fields.end()) continue;
            for (std::size_t at = 0; at < m_fields.size(); ++at)
                if (m_fields[at] == nullptr && mostly_reads_as(*field, rows, at, m_catalogue)) {
                    m_fields[at] = field;
                    break;
                }
        }
        for (std::size_t at = 0; at < m_fields.size(); ++at) {
            const std::string& words = m_heads.words[at];
            const std::string head = head_words(words);
            if (m_fields[at] == nullptr && !words.empty() && !is_seq_head(head))
                m_preview.remarks.push_back("“" + words +
                                            (is_computed_head(m_form, head)
                                                 ? "”由系统计算，不取用。"
                                                 : "”一列在表中没有对应的栏目，不取用。"));
        }
        say_locked();
        for (const Field* field : m_typed)
            if (std::find(m_fields.begin(), m_fields.end(), field) == m_fields.end())
                m_preview.remarks.push_back("表头中没有“" + field->label + "”，这一栏不填。");
    }

    void say_locked() {
        for (const Field* field : m_fields)
            if (field != nullptr && is_locked(*field))
                m_preview.remarks.push_back("“" + field->label + "”由系统填写，不取用。");
    }

    // Without a head row: as many columns as people type, or as the paper has with what the system
    // fills, each also with 序号 before them.
    void use_places() {
        std::vector<const Field*> all = all_columns(m_form), typed = m_typed;
        const std::vector<const Field*> row = all; // Of the paper, from its first cell.
        const auto from = [&](std::vector<const Field*>& columns) {
            const auto at = std::find(columns.begin(), columns.end(), m_column);
            if (m_column != nullptr && at != columns.end()) columns.erase(columns.begin(), at);
        };
        const bool at_first = m_column == nullptr || m_column == m_typed.front();
        from(all);
        from(typed);
        const std::size_t given = width();
        const bool        one_row = is_one_row(m_form);
        const std::size_t skip =
            !one_row && at_first && given > 1 && looks_like_seq(m_grid, 0) && given > typed.size()
                ? 1
                : 0;
        // Of one row as many as people type are those; any other number are the paper's cells from
        // there on, or all of them, put down on the first that can be typed into.
        const std::vector<const Field*>& columns =
            one_row ? at_first && given >= row.size() ? row : given == typed.size() ? typed : all
            : given - skip >= all.size() ? all
                                         : typed;
        m_fields.assign(std::max(given, skip), nullptr);
        for (std::size_t i = 0; i < columns.size() && i + skip < given; ++i)
            m_fields[i + skip] = columns[i];
        if (given > skip + columns.size())
            m_preview.remarks.push_back("右边多出的" + std::to_string(given - skip - columns.size()) +
                                        "列在表中没有对应的栏目，不取用。");
        say_locked();
    }

    void leave_out(std::size_t line, std::string reason) {
        m_preview.left_out.push_back({line + 1, row_words(m_grid[line]), std::move(reason)});
    }

    void read_row(std::size_t line) {
        const auto& row = m_grid[line];
        if (is_empty(row)) return void(++m_preview.empty_rows);
        if (m_head && line < *m_head) return leave_out(line, "表头以上的文字");
        if (m_head && line == *m_head) return leave_out(line, "表头");
        if (m_head && row == m_grid[*m_head]) return leave_out(line, "重复的表头");
        if (is_total_row(row)) return leave_out(line, "合计行，由系统计算");
        const std::size_t filled = std::size_t(std::count_if(
            row.begin(), row.end(), [](const auto& cell) { return !base::trim(cell).empty(); }));

        GridRow     taken{line + 1, {}};
        bool        any = false;
        std::size_t wrong = 0;
        for (const Field* field : m_preview.columns) {
            const auto at = std::find(m_fields.begin(), m_fields.end(), field) - m_fields.begin();
            taken.cells.push_back(read_cell(*field, cell_of(row, std::size_t(at)), m_catalogue));
            any = any || !taken.cells.back().text.empty() || !taken.cells.back().finding.empty();
            wrong += !taken.cells.back().finding.empty();
        }
        if (!any) return leave_out(line, "要填的各栏都是空的");
        // A sheet's remarks stand in one wide cell.
        if (filled == 1 && wrong == 1 && m_preview.columns.size() > 1)
            return leave_out(line, "只有一格文字，不像一行数据");
        if (m_preview.rows.size() >= m_rows_free)
            return leave_out(line, "表中最多还能填" + std::to_string(m_rows_free) + "行");
        m_preview.findings += wrong;
        m_preview.rows.push_back(std::move(taken));
    }

    const notice::Form&        m_form;
    Grid                       m_grid;
    const Field*               m_column;
    Certificates               m_catalogue;
    std::size_t                m_rows_free;
    std::vector<const Field*>  m_typed;
    std::vector<const Field*>  m_fields; // By column of the grid.
    std::optional<std::size_t> m_head;
    Heads                      m_heads;
    GridPreview                m_preview;
};

// The end of the quoted cell that begins at `from`, or npos when its quote is only a character: the
// closing one must stand before a tab, a line end or the end.
std::size_t quoted_end(std::string_view text, std::size_t from) {
    for (std::size_t at = from + 1; at < text.size(); ++at) {
        if (text[at] != '"') continue;
        if (at + 1 < text.size() && text[at + 1] == '"') {
            ++at;
            continue;
        }
        const bool ends = at + 1 == text.size() || text[at + 1] == '\t' || text[at + 1] == '\n' ||
                          text[at + 1] == '\r';
        return ends ? at : std::string_view::npos;
    }
    return std::string_view::npos;
}

} // namespace

Grid parse_cells(std::string_view text) {
    if (text.substr(0, base::csv_mark.size()) == base::csv_mark)
        text.remove_prefix(base::csv_mark.size());
    Grid grid;
    for (std::size_t at = 0; at < text.size();) {
        grid.emplace_back();
        for (bool more = true; more;) {
            std::string cell;
            const std::size_t closing =
                at < text.size() && text[at] == '"' ? quoted_end(text, at) : std::string_view::npos;
            if (closing != std::string_view::npos) {
                for (++at; at < closing; ++at) {
                    cell += text[at];
                    if (text[at] == '"') ++at; // The second of a pair.
                }
                at = closing + 1;
            } else {
                while (at < text.size() && text[at] != '\t' && text[at] != '\n' && text[at] != '\r')
                    cell += text[at++];
            }
            grid.back().push_back(std::move(cell));
            more = at < text.size() && text[at] == '\t';
            at += more;
        }
        if (at < text.size() && text[at] == '\r') ++at;
        if (at < text.size() && text[at] == '\n') ++at;
    }
    return grid;
}

base::Result<Grid> parse_table_file(std::string_view content) {
    // A workbook is a ZIP archive or an OLE file, whose first bytes these are; after a decoder has
    // replaced what it could not read, the archive's still begins so.
    if (content.substr(0, 4) == "PK\x03\x04" || content.substr(0, 4) == "\xD0\xCF\x11\xE0")
        return base::fail(Outcome::bad_file,
                          "这是Excel或WPS工作簿，请另存为CSV后导入，或在表格软件中复制后粘贴到表中");
    if (content.size() > base::limits::csv_bytes_max)
        return base::fail(Outcome::bad_file, "文件太大");
    const std::string_view first_line = content.substr(0, content.find('\n'));
    Grid                   grid;
    if (first_line.find('\t') != std::string_view::npos) {
        if (!base::is_utf8(content)) return base::fail(Outcome::bad_file, "文件的文字编码认不出来");
        grid = parse_cells(content);
    } else {
        SHENBAO_ASSIGN(auto rows, base::parse_csv(content));
        for (base::CsvRow& row : rows) {
            while (grid.size() + 1 < row.line) grid.emplace_back(); // So that lines keep their number.
            grid.push_back(std::move(row.cells));
        }
    }
    if (std::all_of(grid.begin(), grid.end(), is_empty))
        return base::fail(Outcome::bad_file, "文件是空的");
    return grid;
}

bool is_one_row(const notice::Form& form) { return !form.table && !form.many; }

std::vector<const Field*> typed_columns(const notice::Form& form) {
    std::vector<const Field*> columns;
    if (form.table && !form.table->rows_from.empty()) return columns;
    for (const Field* field : all_columns(form))
        if (field != nullptr && !is_locked(*field)) columns.push_back(field);
    return columns;
}

Entries certificates_named(const Catalogue& catalogue, std::string_view text) {
    return Certificates(catalogue).named(text);
}

GridPreview preview(const notice::Form& form, const Grid& grid, const notice::Field* column,
                    const Catalogue& catalogue, std::size_t rows_free) {
    return Preview(form, grid, column, catalogue, rows_free).read();
}

} // namespace device
