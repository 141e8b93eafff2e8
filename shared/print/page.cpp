#include "shared/print/page.hpp"

#include "shared/base/bytes.hpp"
#include "shared/base/text.hpp"
#include "shared/notice/answers.hpp"

#include <algorithm>

namespace print {
namespace {

using base::html_escaped;
using base::Json;
using notice::Block;

// What stands on a page is reckoned here, every character of the text as a wide one, so that
// nothing reaches the footer: tenths of a millimetre of the style below, with a little to spare.
constexpr int row_height = 112, row_line_height = 57;
constexpr int body_line_height = 99, small_line_height = 57;
constexpr int table_character = 43, cell_padding = 34;

// The type area of a page, in tenths of a millimetre and in characters of each type.
struct Area {
    int width, height;
    int body_characters, small_characters, title_halves;
};
constexpr Area portrait = {1560, 2240, 27, 41, 40};
constexpr Area landscape = {2430, 1580, 42, 64, 62};

int lines_of(std::size_t characters, int per_line) {
    return std::max(1, (int(characters) + per_line - 1) / per_line);
}

constexpr std::string_view style = R"css(
@page wide { size: A4 landscape; margin: 0; }
* { box-sizing: border-box; }
html, body { margin: 0; padding: 0; color: #000; background: #fff; }
.page { position: relative; width: 210mm; height: 296.5mm; padding: 37mm 26mm 35mm 28mm;
  page-break-after: always; break-after: page; overflow: hidden;
  font: 16pt/28pt "仿宋", FangSong, "仿宋_GB2312", STFangsong, "Noto Serif CJK SC", serif; }
.page.wide { page: wide; width: 297mm; height: 209.5mm; padding: 26mm 26mm 25mm 28mm; }
.wide .appendix { top: 15mm; }
.page:last-child { page-break-after: auto; break-after: auto; }
.appendix { font-family: "黑体", SimHei, "Noto Sans CJK SC", sans-serif; position: absolute; top: 25mm; left: 28mm; }
h1 { font: 22pt/34pt "方正小标宋简体", "方正小标宋_GBK", "华文中宋", STZhongsong, "宋体", SimSun, "Noto Serif CJK SC", serif;
  text-align: center; margin: 0 0 8mm; }
p { margin: 0; }
p.indent { text-indent: 2em; text-align: justify; }
.blank { border-bottom: 0.4mm solid #000; text-align: center; padding: 0 0.4em; text-indent: 0; display: inline-block; line-height: 22pt; vertical-align: baseline; }
.blank.flow { display: inline; padding: 0 0.6em; }
.signature { margin-top: 8mm; min-height: 12mm; }
.places { display: inline-block; white-space: nowrap; }
.signature + .signature { margin-top: 6mm; }
.place { display: inline-block; width: 27mm; border-bottom: 0.3mm solid #000; margin-left: 3mm; height: 20pt; vertical-align: baseline; }
.pair { display: flex; justify-content: space-between; align-items: baseline; gap: 4mm;
  margin-top: 8mm; }
.pair p.signature { margin-top: 0; }
.pair .place { width: 24mm; }
.pair + .signature { margin-top: 6mm; }
.date { text-align: right; margin-top: 9mm; padding-right: 4mm; white-space: pre; }
.remark { font-size: 10.5pt; line-height: 16pt; margin-top: 6mm; }
table { width: 100%; border-collapse: collapse; table-layout: fixed; margin: 4mm 0 6mm; font-size: 12pt; line-height: 16pt; }
th, td { border: 0.3mm solid #000; padding: 1.2mm 1.5mm; height: 11mm; text-align: center; font-weight: normal; overflow-wrap: anywhere; }
td.left { text-align: left; } td.right { text-align: right; padding-right: 4mm; font-variant-numeric: tabular-nums; }
.footer { position: absolute; left: 28mm; right: 26mm; bottom: 14mm; font: 9pt/12pt "宋体", SimSun, "Noto Serif CJK SC", serif;
  display: flex; justify-content: space-between; gap: 6mm; }
.footer span:first-child { overflow-wrap: anywhere; }
.footer span + span { white-space: nowrap; }
.mark { position: absolute; top: 14mm; right: 26mm; font: 12pt/16pt "黑体", SimHei, "Noto Sans CJK SC", sans-serif;
  border: 0.4mm solid #000; padding: 0.5mm 3mm; }
.warning { position: absolute; top: 15mm; left: 28mm;
  font: 10.5pt/14pt "黑体", SimHei, "Noto Sans CJK SC", sans-serif; }
)css";

// Width in halves of a character: what is not ASCII is wide.
int width_halves(const std::string& text) {
    const auto ascii = std::count_if(text.begin(), text.end(),
                                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    return 2 * int(base::character_count(text)) - int(ascii);
}

const Json& member(const Json& object, const base::FieldId& field) {
    static const Json none;
    const auto        found = object.find(field.text());
    return found == object.end() ? none : *found;
}

// One sheet, page by page. Pages are made here and not by the browser's own breaking, so that the
// footer's numbers are exact in every browser.
class SheetWriter {
public:
    SheetWriter(const Sheet& sheet, const CertificateName& certificate_name)
        : m_sheet(sheet), m_certificate_name(certificate_name),
          m_area(is_wide(sheet) ? landscape : portrait) {}

    static bool is_wide(const Sheet& sheet) {
        return sheet.form->page_shape == notice::PageShape::landscape;
    }

    std::string write() {
        m_pages.emplace_back();
        const std::vector<Block>& blocks = m_sheet.form->blocks;
        for (std::size_t i = 0; i < blocks.size(); ++i) {
            if (!shares_line(i)) {
                write_block(blocks[i]);
                continue;
            }
            put("<div class=\"pair\">");
            write_block(blocks[i]);
            write_block(blocks[++i]);
            put("</div>");
        }
        std::string html;
        for (std::size_t i = 0; i < m_pages.size(); ++i) {
            html += std::string("<section class=\"page") + (is_wide(m_sheet) ? " wide" : "") +
                    "\">" + m_pages[i];
            const std::string_view mark = m_sheet.rehearsal && m_sheet.unfinished ? "演练　草稿"
                                          : m_sheet.rehearsal                     ? "演练"
                                          : m_sheet.unfinished                    ? "草稿"
                                                                                  : "";
            if (!mark.empty()) html += "<div class=\"mark\">" + std::string(mark) + "</div>";
            if (!m_sheet.warning.empty())
                html += "<div class=\"warning\">" + html_escaped(m_sheet.warning) + "</div>";
            html += "<div class=\"footer\"><span>" + html_escaped(m_sheet.unit_name) +
                    "</span><span>校验码 " + html_escaped(m_sheet.short_code) +
                    "</span><span>第 " + std::to_string(i + 1) + " 页　共 " +
                    std::to_string(m_pages.size()) + " 页</span></div></section>\n";
        }
        return html;
    }

private:
    void put(const std::string& html) { m_pages.back() += html; }

    bool shares_line(std::size_t block) const {
        const std::vector<Block>& blocks = m_sheet.form->blocks;
        return blocks[block].two_up && block + 1 < blocks.size();
    }

    void write_block(const Block& block) {
        switch (block.kind) {
        case Block::Kind::appendix:
            return put("<div class=\"appendix\">" + html_escaped(block.text) + "</div>");
        case Block::Kind::title: return put("<h1>" + html_escaped(block.text) + "</h1>");
        case Block::Kind::line: return put("<p>" + inlines(block) + "</p>");
        case Block::Kind::paragraph:
            return put("<p class=\"indent\">" + inlines(block) + "</p>");
        case Block::Kind::table: return write_table(block);
        case Block::Kind::signature: {
            std::string places;
            for (int i = 0; i < block.blank_count; ++i) places += "<span class=\"place\"></span>";
            // The places stay together: on the line, or all of them below it.
            return put("<p class=\"signature\">" + html_escaped(block.text) +
                       "<span class=\"places\">" + places + "</span></p>");
        }
        case Block::Kind::date:
            return put("<p class=\"date\">" + html_escaped(block.text) + "</p>");
        case Block::Kind::note:
        case Block::Kind::remark:
            return put("<p class=\"remark\">" + html_escaped(block.text) + "</p>");
        }
    }

    // A text, or what stands in a blank.
    std::string text_of(const notice::Inline& part) const {
        switch (part.kind) {
        case notice::Inline::Kind::text: return part.text;
        case notice::Inline::Kind::field:
            return blank_text(*m_sheet.form->find_field(part.text),
                              member(m_sheet.answers, base::FieldId(part.text)),
                              m_certificate_name);
        case notice::Inline::Kind::computed: return computed_text(base::FieldId(part.text));
        case notice::Inline::Kind::context: return m_sheet.unit_name;
        }
        return {};
    }

    std::string inlines(const Block& block) const {
        std::string html;
        for (const notice::Inline& part : block.inlines) {
            if (part.kind == notice::Inline::Kind::text) {
                html += html_escaped(part.text);
                continue;
            }
            const std::string text = text_of(part);
            // A long value flows with the lines of the paragraph; a short one keeps the blank's
            // width.
            const bool flows = width_halves(text) > 2 * part.width_em;
            html += flows ? "<span class=\"blank flow\">"
                          : "<span class=\"blank\" style=\"min-width:" +
                                std::to_string(part.width_em) + "em\">";
            html += (text.empty() ? "&nbsp;" : html_escaped(text)) + "</span>";
        }
        return html;
    }

    std::string computed_text(const base::FieldId& id) const {
        const auto value = m_sheet.computed.find(id);
        if (value == m_sheet.computed.end()) return {};
        for (const notice::Computed& computed : m_sheet.form->computed)
            if (computed.id == id) return notice::printed_computed(computed, value->second);
        return {};
    }

    // A form without a table has its own fields and computed values as the one row.
    std::string cell_text(const base::FieldId& column, const Json& row, int seq) const {
        if (m_sheet.form->table && column.text() == "seq") return std::to_string(seq);
        if (!row.is_object()) return {};
        const notice::Field* field = m_sheet.form->table
                                         ? m_sheet.form->find_column(column.text())
                                         : m_sheet.form->find_field(column.text());
        return field == nullptr ? computed_text(column)
                                : blank_text(*field, member(row, column), m_certificate_name);
    }

    static std::string_view align_class(notice::TableColumn::Align align) {
        switch (align) {
        case notice::TableColumn::Align::left: return " class=\"left\"";
        case notice::TableColumn::Align::right: return " class=\"right\"";
        case notice::TableColumn::Align::center: break;
        }
        return "";
    }

    std::string table_head(const Block& block) const {
        int shares = 0;
        for (const notice::TableColumn& column : block.columns) shares += column.share;
        std::string html = "<table><colgroup>", heads;
        for (const notice::TableColumn& column : block.columns) {
            html += "<col style=\"width:" + std::to_string(column.share * 100 / shares) + "%\">";
            std::string head = html_escaped(column.head);
            for (std::size_t at; (at = head.find('\n')) != std::string::npos;)
                head.replace(at, 1, "<br>");
            heads += "<th>" + head + "</th>";
        }
        return html + "</colgroup><thead><tr>" + heads + "</tr></thead><tbody>";
    }

    std::string row_html(const Block& block, const Json& row, int seq) const {
        std::string html = "<tr>";
        for (const notice::TableColumn& column : block.columns) {
            html += "<td" + std::string(align_class(column.align)) + ">" +
                    html_escaped(cell_text(column.id, row, seq)) + "</td>";
        }
        return html + "</tr>";
    }

    void write_table(const Block& block) {
        const auto found = m_sheet.answers.find("rows");
        Json       rows = Json::array();
        if (!m_sheet.form->table) rows.push_back(m_sheet.answers);
        else if (found != m_sheet.answers.end() && found->is_array()) rows = *found;
        const int   count = std::max(int(rows.size()), block.blank_rows);
        const int total_row = block.total_label.empty() ? 0 : row_height;
        const int tail = total_row + height_around(block, After::yes);
        const int head = head_height(block) + 100; // And the table's margins.
        int       used = height_around(block, After::no) + head;
        put(table_head(block));
        for (int i = 0; i < count; ++i) {
            const Json row = i < int(rows.size()) ? rows.at(std::size_t(i)) : Json();
            const int  height = height_of(block, row);
            // The last row stays with the total and the signatures.
            if (i > 0 && used + height + (i + 1 == count ? tail : 0) > m_area.height) {
                put("</tbody></table>");
                m_pages.emplace_back();
                put(table_head(block));
                used = head;
            }
            used += height;
            put(row_html(block, row, i + 1));
        }
        if (!block.total_label.empty()) {
            put("<tr>");
            bool labelled = false;
            for (const notice::TableColumn& column : block.columns) {
                const bool total = column.id == block.total_under;
                put("<td" + std::string(total ? align_class(column.align) : "") + ">" +
                    (total       ? html_escaped(computed_text(block.total_computed))
                     : labelled  ? ""
                                 : html_escaped(block.total_label)) +
                    "</td>");
                labelled = true;
            }
            put("</tr>");
        }
        put("</tbody></table>");
    }

    enum class After { no, yes };

    // The height of all blocks before or after the table.
    int height_around(const Block& table, After after) const {
        const std::vector<Block>& blocks = m_sheet.form->blocks;
        int                       height = 0;
        bool                      behind = false;
        for (std::size_t i = 0; i < blocks.size(); ++i) {
            if (&blocks[i] == &table) {
                behind = true;
                continue;
            }
            int one = height_of(blocks[i]);
            if (shares_line(i)) one = std::max(one, height_of(blocks[++i]));
            if (behind == (after == After::yes)) height += one;
        }
        return height;
    }

    int height_of(const Block& block) const {
        const std::size_t characters = base::character_count(block.text);
        switch (block.kind) {
        case Block::Kind::appendix: return 0; // Stands in the margin.
        case Block::Kind::title:
            return 120 * lines_of(std::size_t(width_halves(block.text)), m_area.title_halves) + 80;
        case Block::Kind::line:
        case Block::Kind::paragraph: {
            std::size_t all = block.kind == Block::Kind::paragraph ? 2 : 0; // Its indent.
            for (const notice::Inline& part : block.inlines) {
                const std::size_t characters_of = base::character_count(text_of(part));
                const bool        blank = part.kind != notice::Inline::Kind::text;
                all += std::max(characters_of + (blank ? 1 : 0), std::size_t(part.width_em));
            }
            return body_line_height * lines_of(all, m_area.body_characters);
        }
        case Block::Kind::signature: return 200;
        case Block::Kind::date: return 190;
        case Block::Kind::note:
        case Block::Kind::remark:
            return 60 + small_line_height * lines_of(characters, m_area.small_characters);
        case Block::Kind::table: return 0;
        }
        return 0;
    }

    // The characters of a column's text that stand on one line.
    int characters_of(const Block& block, const notice::TableColumn& column) const {
        int shares = 0;
        for (const notice::TableColumn& one : block.columns) shares += one.share;
        return std::max(1, (m_area.width * column.share / shares - cell_padding) / table_character);
    }

    static int height_of_lines(int lines) {
        return std::max(row_height, 26 + row_line_height * lines);
    }

    int head_height(const Block& block) const {
        int most = 1;
        for (const notice::TableColumn& column : block.columns) {
            int lines = 0;
            for (std::size_t at = 0; at <= column.head.size();) {
                const std::size_t end = std::min(column.head.find('\n', at), column.head.size());
                const int halves = width_halves(column.head.substr(at, end - at));
                lines += lines_of(std::size_t(halves), 2 * characters_of(block, column));
                at = end + 1;
            }
            most = std::max(most, lines);
        }
        return height_of_lines(most);
    }

    int height_of(const Block& block, const Json& row) const {
        int most = 1;
        for (const notice::TableColumn& column : block.columns)
            most = std::max(most, lines_of(base::character_count(cell_text(column.id, row, 1)),
                                           characters_of(block, column)));
        return height_of_lines(most);
    }

    const Sheet&             m_sheet;
    const CertificateName&   m_certificate_name;
    const Area&              m_area;
    std::vector<std::string> m_pages;
};

} // namespace

std::string short_code(const base::EnvelopeId& root, const base::Json& answers) {
    const std::string text =
        "shenbao short code 1\n" + root.text() + "\n" + base::to_text(answers);
    std::string code = base::to_crockford(base::sha256(base::as_bytes(text))).substr(0, 10);
    return code.insert(5, "-");
}

std::string blank_text(const notice::Field& field, const Json& value,
                       const CertificateName& certificate_name) {
    if (field.type == notice::FieldType::certificate && value.is_string())
        return certificate_name(base::CertificateId(value.get<std::string>()));
    return notice::printed_value(field, value);
}

std::string document(const std::vector<Sheet>& sheets, const CertificateName& certificate_name) {
    std::string html =
        "<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\">"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
        "'unsafe-inline'\"><title>";
    html += sheets.empty() ? "" : html_escaped(sheets.front().form->title);
    // Only pages of two shapes in one document need a browser that knows named pages.
    const bool wide = !sheets.empty() &&
                      std::all_of(sheets.begin(), sheets.end(), SheetWriter::is_wide);
    html += std::string("</title><style>\n@page { size: A4") + (wide ? " landscape" : "") +
            "; margin: 0; }";
    html += style;
    html += "</style></head><body>\n";
    for (const Sheet& sheet : sheets) html += SheetWriter(sheet, certificate_name).write();
    return html + "</body></html>\n";
}

} // namespace print
