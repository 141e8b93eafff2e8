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

// Tenths of a millimetre of the style below, with a little to spare: what stands on a page is
// reckoned here, every character of the text as a wide one, so that nothing reaches the footer.
constexpr int page_height = 2240;
constexpr int row_height = 112, row_line_height = 57, body_line_height = 99, small_line_height = 57;

int lines_of(std::size_t characters, int per_line) {
    return std::max(1, (int(characters) + per_line - 1) / per_line);
}

constexpr std::string_view style = R"css(
@page { size: A4; margin: 0; }
* { box-sizing: border-box; }
html, body { margin: 0; padding: 0; color: #000; background: #fff; }
.page { position: relative; width: 210mm; height: 296.5mm; padding: 37mm 26mm 35mm 28mm;
  page-break-after: always; break-after: page; overflow: hidden;
  font: 16pt/28pt "仿宋", FangSong, "仿宋_GB2312", STFangsong, "Noto Serif CJK SC", serif; }
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
        : m_sheet(sheet), m_certificate_name(certificate_name) {}

    std::string write() {
        m_pages.emplace_back();
        for (const Block& block : m_sheet.form->blocks) write_block(block);
        std::string html;
        for (std::size_t i = 0; i < m_pages.size(); ++i) {
            html += "<section class=\"page\">" + m_pages[i];
            const std::string_view mark = m_sheet.rehearsal && m_sheet.unfinished ? "演练　草稿"
                                          : m_sheet.rehearsal                     ? "演练"
                                          : m_sheet.unfinished                    ? "草稿"
                                                                                  : "";
            if (!mark.empty()) html += "<div class=\"mark\">" + std::string(mark) + "</div>";
            html += "<div class=\"footer\"><span>" + html_escaped(m_sheet.unit_name) +
                    "</span><span>校验码 " + html_escaped(m_sheet.short_code) +
                    "</span><span>第 " + std::to_string(i + 1) + " 页　共 " +
                    std::to_string(m_pages.size()) + " 页</span></div></section>\n";
        }
        return html;
    }

private:
    void put(const std::string& html) { m_pages.back() += html; }

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
        const auto found = m_sheet.computed.find(id);
        if (found == m_sheet.computed.end()) return {};
        const Json& value = found->second;
        if (value.is_number_integer()) return std::to_string(value.get<std::int64_t>());
        return value.is_string() ? value.get<std::string>() : std::string();
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
            html += "<td" + std::string(align_class(column.align)) + ">";
            const notice::Field* field = m_sheet.form->find_column(column.id.text());
            if (column.id.text() == "seq") html += std::to_string(seq);
            else if (field != nullptr && row.is_object())
                html += html_escaped(
                    blank_text(*field, member(row, column.id), m_certificate_name));
            html += "</td>";
        }
        return html + "</tr>";
    }

    void write_table(const Block& block) {
        const Json  none = Json::array();
        const auto  found = m_sheet.answers.find("rows");
        const Json& rows = found == m_sheet.answers.end() || !found->is_array() ? none : *found;
        const int   count = std::max(int(rows.size()), block.blank_rows);
        const int total_row = block.total_label.empty() ? 0 : row_height;
        const int tail = total_row + height_around(block, After::yes);
        const int head = 140 + 100; // Two lines of heads, and the table's margins.
        int       used = height_around(block, After::no) + head;
        put(table_head(block));
        for (int i = 0; i < count; ++i) {
            const Json row = i < int(rows.size()) ? rows.at(std::size_t(i)) : Json();
            const int  height = height_of(block, row);
            // The last row stays with the total and the signatures.
            if (i > 0 && used + height + (i + 1 == count ? tail : 0) > page_height) {
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
        int  height = 0;
        bool behind = false;
        for (const Block& block : m_sheet.form->blocks) {
            if (&block == &table) behind = true;
            else if (behind == (after == After::yes)) height += height_of(block);
        }
        return height;
    }

    int height_of(const Block& block) const {
        const std::size_t characters = base::character_count(block.text);
        switch (block.kind) {
        case Block::Kind::appendix: return 0; // Stands in the margin.
        case Block::Kind::title:
            return 120 * lines_of(std::size_t(width_halves(block.text)), 40) + 80;
        case Block::Kind::line:
        case Block::Kind::paragraph: {
            std::size_t all = block.kind == Block::Kind::paragraph ? 2 : 0; // Its indent.
            for (const notice::Inline& part : block.inlines) {
                const std::size_t characters_of = base::character_count(text_of(part));
                const bool        blank = part.kind != notice::Inline::Kind::text;
                all += std::max(characters_of + (blank ? 1 : 0), std::size_t(part.width_em));
            }
            return body_line_height * lines_of(all, 27);
        }
        case Block::Kind::signature: return 200;
        case Block::Kind::date: return 190;
        case Block::Kind::note:
        case Block::Kind::remark: return 60 + small_line_height * lines_of(characters, 41);
        case Block::Kind::table: return 0;
        }
        return 0;
    }

    int height_of(const Block& block, const Json& row) const {
        int shares = 0, lines = 1;
        for (const notice::TableColumn& column : block.columns) shares += column.share;
        for (const notice::TableColumn& column : block.columns) {
            const notice::Field* field = m_sheet.form->find_column(column.id.text());
            if (field == nullptr || !row.is_object()) continue;
            const std::string text = blank_text(*field, member(row, column.id), m_certificate_name);
            const int per_line = std::max(1, (1560 * column.share / shares - 34) / 43);
            lines = std::max(lines, lines_of(base::character_count(text), per_line));
        }
        return std::max(row_height, 26 + row_line_height * lines);
    }

    const Sheet&             m_sheet;
    const CertificateName&   m_certificate_name;
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
    html += "</title><style>";
    html += style;
    html += "</style></head><body>\n";
    for (const Sheet& sheet : sheets) html += SheetWriter(sheet, certificate_name).write();
    return html + "</body></html>\n";
}

} // namespace print
