#include "shared/base/csv.hpp"

#include "shared/base/limits.hpp"
#include "shared/base/text.hpp"

namespace base {
namespace {

bool begins_formula(std::string_view text) {
    if (text.empty()) return false;
    std::size_t at = 0;
    switch (next_code_point(text, at)) {
    case U'=': case U'+': case U'-': case U'@': case U'\t': case U'\r':
    case U'＝': case U'＋': case U'－': case U'＠':
        return true;
    default:
        return false;
    }
}

class CsvReader {
public:
    explicit CsvReader(std::string_view text) : m_text(text) {}

    Result<std::vector<CsvRow>> read() {
        while (m_at < m_text.size()) {
            CsvRow row;
            row.line = m_line;
            bool any_text = false;
            for (bool more = true; more;) {
                SHENBAO_ASSIGN(std::string cell, read_cell());
                if (row.cells.size() >= limits::csv_columns_max) return wrong("列数太多");
                any_text = any_text || !trim(cell).empty();
                row.cells.push_back(std::move(cell));
                more = m_at < m_text.size() && m_text[m_at] == ',';
                if (more) ++m_at;
            }
            skip_line_end();
            if (any_text) m_rows.push_back(std::move(row));
        }
        return std::move(m_rows);
    }

private:
    tl::unexpected<Fault> wrong(const char* what) const {
        return fail(Outcome::bad_file, "第" + std::to_string(m_line) + "行：" + what);
    }

    bool at_cell_end() const {
        return m_at >= m_text.size() || m_text[m_at] == ',' || m_text[m_at] == '\n' ||
               m_text[m_at] == '\r';
    }

    Result<std::string> read_cell() {
        std::string cell;
        if (m_at < m_text.size() && m_text[m_at] == '"') {
            for (++m_at;; ++m_at) {
                if (m_at >= m_text.size()) return wrong("引号没有配对");
                if (m_text[m_at] == '"') {
                    if (m_at + 1 >= m_text.size() || m_text[m_at + 1] != '"') break;
                    ++m_at;
                }
                m_line += m_text[m_at] == '\n';
                cell += m_text[m_at];
            }
            ++m_at;
            if (!at_cell_end()) return wrong("引号后面还有文字");
        } else {
            while (!at_cell_end()) cell += m_text[m_at++];
        }
        if (cell.size() > 1 && cell[0] == '\'' && begins_formula(std::string_view(cell).substr(1)))
            cell.erase(0, 1);
        return cell;
    }

    void skip_line_end() {
        if (m_at < m_text.size() && m_text[m_at] == '\r') ++m_at;
        if (m_at < m_text.size() && m_text[m_at] == '\n') ++m_at;
        ++m_line;
    }

    std::string_view    m_text;
    std::size_t         m_at   = 0;
    std::size_t         m_line = 1;
    std::vector<CsvRow> m_rows;
};

} // namespace

Result<std::vector<CsvRow>> parse_csv(std::string_view text) {
    if (text.size() > limits::csv_bytes_max) return fail(Outcome::bad_file, "文件太大");
    if (text.substr(0, csv_mark.size()) == csv_mark) text.remove_prefix(csv_mark.size());
    if (!is_utf8(text))
        return fail(Outcome::bad_file, "文件不是UTF-8编码，请另存为“CSV UTF-8”后重试");
    return CsvReader(text).read();
}

std::string csv_cell(std::string_view text) {
    std::string cell = begins_formula(text) ? "'" : "";
    cell += text;
    if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
    std::string quoted = "\"";
    for (const char c : cell) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + "\"";
}

std::string csv_line(const std::vector<std::string>& cells) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) line += (i == 0 ? "" : ",") + csv_cell(cells[i]);
    return line + "\r\n";
}

} // namespace base
