// Rosters and catalogues from CSV. One wrong cell and nothing is imported; every wrong cell is
// listed by row and column, so that a person mends the file once. A second import of the same file
// changes nothing.
#include "server/commands/commands.hpp"

#include "server/intake/rulings.hpp"
#include "server/records/summary_sql.hpp"
#include "shared/base/csv.hpp"
#include "shared/base/limits.hpp"
#include "shared/base/text.hpp"

#include <iconv.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>

namespace commands {
namespace {

using base::Outcome;

// What a spreadsheet saves as plain CSV on a Chinese Windows is GBK; its superset GB18030 also has
// the rare characters of names. The file is read as that only when it is not UTF-8.
base::Result<std::string> as_utf8(std::string text) {
    if (base::is_utf8(text)) return text;
    const iconv_t converter = iconv_open("UTF-8", "GB18030");
    if (converter == iconv_t(-1))
        return base::fail(Outcome::bad_file, "文件不是UTF-8编码，请另存为“CSV UTF-8”后重试");
    std::string result(text.size() * 3, '\0');
    char*       from = text.data();
    char*       to = result.data();
    std::size_t from_left = text.size(), to_left = result.size();
    const bool  whole = iconv(converter, &from, &from_left, &to, &to_left) != std::size_t(-1) &&
                       iconv(converter, nullptr, nullptr, &to, &to_left) != std::size_t(-1);
    iconv_close(converter);
    if (!whole)
        return base::fail(Outcome::bad_file,
                          "文件既不是UTF-8也不是GBK编码，请另存为“CSV UTF-8”后重试");
    result.resize(result.size() - to_left);
    return result;
}

class Sheet {
public:
    static base::Result<Sheet> read(const std::string& path,
                                    const std::vector<std::string>& columns) {
        SHENBAO_ASSIGN(std::string bytes, read_whole_file(path));
        SHENBAO_ASSIGN(const std::string text, as_utf8(std::move(bytes)));
        SHENBAO_ASSIGN(auto rows, base::parse_csv(text));
        if (rows.empty()) return base::fail(Outcome::bad_file, "文件是空的");
        Sheet       sheet;
        std::string missing;
        for (const std::string& column : columns) {
            const auto& heads = rows.front().cells;
            const auto  found = std::find_if(heads.begin(), heads.end(), [&](const auto& head) {
                return base::trim(head) == column;
            });
            if (found == heads.end()) missing += (missing.empty() ? "" : "、") + column;
            else sheet.m_columns[column] = std::size_t(found - heads.begin());
        }
        if (!missing.empty()) return base::fail(Outcome::bad_file, "第1行：缺少列 " + missing);
        rows.erase(rows.begin());
        sheet.m_rows = std::move(rows);
        return sheet;
    }

    std::size_t count() const { return m_rows.size(); }
    std::string cell(std::size_t row, const std::string& column) const {
        const auto&       cells = m_rows[row].cells;
        const std::size_t at = m_columns.at(column);
        return at < cells.size() ? std::string(base::trim(cells[at])) : std::string();
    }
    std::size_t line(std::size_t row) const { return m_rows[row].line; }
    void wrong(std::size_t row, const std::string& column, const std::string& what) {
        m_mistakes += (m_mistakes.empty() ? "" : "\n") + std::string("第") +
                      std::to_string(m_rows[row].line) + "行“" + column + "”列：" + what;
    }
    base::Status verdict() const {
        if (m_mistakes.empty()) return {};
        return base::fail(Outcome::bad_file, m_mistakes);
    }

private:
    std::vector<base::CsvRow>          m_rows;
    std::map<std::string, std::size_t> m_columns;
    std::string                        m_mistakes;
};

std::string text_cell(Sheet& sheet, std::size_t row, const char* column, std::size_t bytes_max) {
    std::string text = sheet.cell(row, column);
    if (text.empty()) sheet.wrong(row, column, "不能为空");
    else if (text.size() > bytes_max) sheet.wrong(row, column, "太长");
    else if (text.find("****") != std::string::npos)
        sheet.wrong(row, column, "是样例，请填写实际内容"); // R43
    return text;
}

std::vector<envelope::UnitEntry> read_units(Sheet& sheet, const notice::Package& package,
                                            const std::vector<envelope::UnitEntry>& known) {
    std::vector<envelope::UnitEntry>             units;
    std::map<std::string, std::string>           kinds; // Of known and new units, for review_by.
    std::set<std::string>                        seen;
    for (const envelope::UnitEntry& unit : known) kinds[unit.unit.text()] = unit.kind;
    for (std::size_t row = 0; row < sheet.count(); ++row)
        kinds[sheet.cell(row, "id")] = sheet.cell(row, "kind");
    for (std::size_t row = 0; row < sheet.count(); ++row) {
        envelope::UnitEntry unit;
        const std::string   id = sheet.cell(row, "id");
        if (const auto parsed = base::parse_unit_id(id)) unit.unit = *parsed;
        else sheet.wrong(row, "id", "应为1到32个字母、数字或 . _ -");
        if (!seen.insert(id).second) sheet.wrong(row, "id", "重复：" + id);
        if (id == "operator") sheet.wrong(row, "id", "这个编号不能使用");
        unit.name = text_cell(sheet, row, "name", 300);
        unit.kind = sheet.cell(row, "kind");
        const notice::UnitKind* kind = package.find_unit_kind(unit.kind);
        if (kind == nullptr) sheet.wrong(row, "kind", "没有这类单位：" + unit.kind);
        unit.city = sheet.cell(row, "city");
        if (unit.city.empty() && kind != nullptr && kind->role != "province")
            sheet.wrong(row, "city", "不能为空");
        if (unit.city.size() > 60) sheet.wrong(row, "city", "太长");
        const std::string review_by = sheet.cell(row, "review_by");
        if (!review_by.empty()) {
            const auto              found = kinds.find(review_by);
            const notice::UnitKind* reviewer =
                found == kinds.end() ? nullptr : package.find_unit_kind(found->second);
            if (found == kinds.end()) sheet.wrong(row, "review_by", "没有这个单位：" + review_by);
            else if (reviewer != nullptr && reviewer->role != "city")
                sheet.wrong(row, "review_by", "不是市、县教育局：" + review_by);
            unit.review_by = base::UnitId(review_by);
        } else if (kind != nullptr && kind->first_review) {
            sheet.wrong(row, "review_by", "这类单位须有初审单位");
        }
        units.push_back(std::move(unit));
    }
    return units;
}

std::vector<std::string> split_levels(const std::string& text) {
    std::vector<std::string> levels;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t bar = std::min(text.find('|', at), text.size());
        levels.emplace_back(base::trim(std::string_view(text).substr(at, bar - at)));
        at = bar + 1;
    }
    return levels;
}

// The levels the notice's forms know; the catalogue may name no other.
std::set<std::string> known_levels(const notice::Package& package) {
    std::set<std::string> levels;
    for (const notice::Form& form : package.forms)
        if (const notice::Field* field = form.find_standard("level"))
            levels.insert(field->choices.begin(), field->choices.end());
    return levels;
}

std::int64_t whole_number(const std::string& text) {
    if (text.empty() || text.size() > 7) return -1;
    std::int64_t value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return -1;
        value = value * 10 + (c - '0');
    }
    return value;
}

std::vector<envelope::CatalogueEntry> read_catalogue(Sheet& sheet, const notice::Package& package) {
    const std::set<std::string>           levels = known_levels(package);
    std::string                           level_words;
    for (const std::string& level : levels)
        level_words += (level_words.empty() ? "" : "、") + level;
    std::vector<envelope::CatalogueEntry> entries;
    std::set<std::string>                 seen;
    for (std::size_t row = 0; row < sheet.count(); ++row) {
        envelope::CatalogueEntry entry;
        const std::string        id = sheet.cell(row, "id");
        if (const auto parsed = base::parse_certificate_id(id)) entry.certificate = *parsed;
        else sheet.wrong(row, "id", "应为1到32个字母、数字或 . _ -");
        if (!seen.insert(id).second) sheet.wrong(row, "id", "重复：" + id);
        const std::string batch = sheet.cell(row, "batch");
        entry.batch = batch.empty() ? 0 : whole_number(batch);
        if (entry.batch < 0 || entry.batch > 99) sheet.wrong(row, "batch", "应为批次号，如 1");
        entry.name = text_cell(sheet, row, "name", 300);
        entry.organisation = sheet.cell(row, "organisation");
        if (entry.organisation.size() > 300) sheet.wrong(row, "organisation", "太长");
        for (std::string& level : split_levels(sheet.cell(row, "levels"))) {
            if (levels.count(level) == 0)
                sheet.wrong(row, "levels",
                            "级别应为" + level_words + "之一，多个用 | 隔开：" + level);
            else if (std::find(entry.levels.begin(), entry.levels.end(), level) !=
                     entry.levels.end())
                sheet.wrong(row, "levels", "重复：" + level);
            else entry.levels.push_back(std::move(level));
        }
        const std::string min = sheet.cell(row, "min_headcount");
        if (!min.empty()) {
            const std::int64_t value = whole_number(min);
            if (value < 1) sheet.wrong(row, "min_headcount", "应为大于0的整数或留空：" + min);
            else entry.min_headcount = value;
        }
        entries.push_back(std::move(entry));
    }
    return entries;
}

// --- Approved numbers of the national platform ---------------------------------------------------

// A row and what it comes to.
struct ApprovedRow {
    std::size_t                         row = 0; // Of the sheet.
    std::string                         words;   // For people: which filing, from what to what.
    std::optional<envelope::Decision>   decision; // Absent: nothing would change.
};

// Finds filings by unit, certificate and level, and only so: a name may be written in many ways.
class ApprovedReader {
public:
    ApprovedReader(records::Store& store, const notice::Form& form, base::Period period)
        : m_store(store), m_form(form), m_period(std::move(period)) {}

    base::Result<std::vector<ApprovedRow>> read(Sheet& sheet, const std::string& reason) {
        std::vector<ApprovedRow> rows;
        SHENBAO_ASSIGN(m_catalogue, m_store.catalogue());
        for (std::size_t row = 0; row < sheet.count(); ++row) {
            SHENBAO_ASSIGN(auto one, read_row(sheet, row));
            if (!one) continue;
            if (one->decision) one->decision->reason = reason;
            rows.push_back(std::move(*one));
        }
        return rows;
    }

private:
    base::Result<std::optional<ApprovedRow>> read_row(Sheet& sheet, std::size_t row) {
        const std::string unit_id = sheet.cell(row, "school_code");
        const std::string certificate = sheet.cell(row, "certificate");
        const std::string level = sheet.cell(row, "level");
        const std::int64_t approved = whole_number(sheet.cell(row, "approved"));
        if (!m_seen.insert(unit_id + "\n" + certificate + "\n" + level).second) {
            sheet.wrong(row, "level", "这一项前面已有一行：" + unit_id + " " + certificate + level);
            return std::nullopt;
        }
        if (approved < 0)
            sheet.wrong(row, "approved", "应为0或大于0的整数：" + sheet.cell(row, "approved"));
        SHENBAO_ASSIGN(const auto unit, m_store.find_unit(base::UnitId(unit_id)));
        if (!unit) sheet.wrong(row, "school_code", "没有这个单位：" + unit_id);
        const auto listed = std::find_if(
            m_catalogue.begin(), m_catalogue.end(),
            [&](const auto& entry) { return entry.certificate.text() == certificate; });
        if (listed == m_catalogue.end())
            sheet.wrong(row, "certificate", "目录中没有这个证书代码：" + certificate);
        if (!unit || approved < 0 || listed == m_catalogue.end()) return std::nullopt;
        SHENBAO_ASSIGN(const auto found, find(unit->unit, certificate, level));
        if (!found) {
            sheet.wrong(row, "level", unit->name + "没有申报" + listed->name + level);
            return std::nullopt;
        }
        ApprovedRow made;
        made.row = row;
        made.words = unit_id + " " + unit->name + " " + certificate + " " + listed->name + level +
                     "：申报" + std::to_string(found->headcount.value_or(0)) + "人 → 审核通过" +
                     std::to_string(approved) + "人";
        if (found->stage == records::Stage::approved && found->approved == approved) {
            made.words += "（已是这个人数，不变）";
            return made;
        }
        if (approved > found->headcount.value_or(0)) made.words += "（多于申报人数）";
        made.decision.emplace();
        made.decision->target = found->newest;
        made.decision->stage = envelope::ReviewStage::final_review;
        made.decision->approved = approved;
        return made;
    }
    // Withdrawn ones are gone; of a rejected and a later one the later stands.
    base::Result<std::optional<records::FilingRecord>> find(const base::UnitId& unit,
                                                            const std::string&  certificate,
                                                            const std::string&  level) {
        auto known = m_filings.find(unit);
        if (known == m_filings.end()) {
            records::FilingQuery query;
            query.period = m_period;
            query.form = m_form.id;
            query.limit = 100000;
            SHENBAO_ASSIGN(auto filings, m_store.filings({unit, "school"}, query));
            known = m_filings.emplace(unit, std::move(filings)).first;
        }
        std::optional<records::FilingRecord> found;
        for (const records::FilingRecord& filing : known->second) {
            const bool same = filing.certificate && filing.certificate->text() == certificate &&
                              filing.level == level;
            if (!same || filing.stage == records::Stage::withdrawn) continue;
            if (!found || found->stage == records::Stage::rejected) found = filing;
        }
        return found;
    }

    records::Store&                                            m_store;
    const notice::Form&                                        m_form;
    base::Period                                               m_period;
    std::vector<envelope::CatalogueEntry>                      m_catalogue;
    std::set<std::string>                                      m_seen;
    std::map<base::UnitId, std::vector<records::FilingRecord>> m_filings;
};

template <class Entry, class Known>
std::vector<envelope::Act> changed(const std::vector<Entry>& entries, const Known& known) {
    std::vector<envelope::Act> acts;
    for (const Entry& entry : entries)
        if (std::find(known.begin(), known.end(), entry) == known.end()) acts.push_back(entry);
    return acts;
}

} // namespace

base::Status import_units(const std::string& data, const std::string& file) {
    SHENBAO_ASSIGN(const auto site, intake::Site::open(data));
    SHENBAO_ASSIGN(auto reader, site->reader());
    SHENBAO_ASSIGN(const auto known, reader->units(operator_view()));
    SHENBAO_ASSIGN(Sheet sheet, Sheet::read(file, {"id", "name", "kind", "city", "review_by"}));
    const auto units = read_units(sheet, *site->current_package(), known);
    SHENBAO_TRY(sheet.verdict());
    const auto acts = changed(units, known);
    if (!acts.empty()) SHENBAO_TRY(site->append_acts(acts));
    std::printf("名单共%zu个单位，新增或变更%zu个。\n", units.size(), acts.size());
    return {};
}

base::Status import_catalogue(const std::string& data, const std::string& file) {
    SHENBAO_ASSIGN(const auto site, intake::Site::open(data));
    SHENBAO_ASSIGN(auto reader, site->reader());
    SHENBAO_ASSIGN(const auto known, reader->catalogue());
    SHENBAO_ASSIGN(
        Sheet sheet,
        Sheet::read(file, {"id", "batch", "name", "organisation", "levels", "min_headcount"}));
    const auto entries = read_catalogue(sheet, *site->current_package());
    SHENBAO_TRY(sheet.verdict());
    const auto acts = changed(entries, known);
    if (!acts.empty()) SHENBAO_TRY(site->append_acts(acts));
    std::printf("目录共%zu个证书，新增或变更%zu个。\n", entries.size(), acts.size());
    return {};
}

base::Status decide_file(const std::string& data, const std::string& file,
                         const std::string& period_text, const std::string& reason, Apply apply) {
    SHENBAO_ASSIGN(const auto site, intake::Site::open(data));
    base::Period           period(period_text);
    const notice::Package& package =
        period.empty() ? *site->current_package() : *site->package_with(period);
    const notice::Form* form = package.find_serving(notice::Serves::declared);
    if (form == nullptr) return base::fail(Outcome::not_found_locally, "通知中没有申报表");
    if (period.empty()) {
        const auto newest = records::newest_period(package, form->id, site->now());
        if (!newest) return base::fail(Outcome::wrong_use, "申报还没有开始，请写明 --period");
        period = *newest;
    }
    if (form->find_window(period) == nullptr)
        return base::fail(Outcome::wrong_use, "没有这个轮次：" + period.text());
    SHENBAO_ASSIGN(Sheet sheet,
                   Sheet::read(file, {"school_code", "certificate", "level", "approved"}));
    std::vector<ApprovedRow> rows;
    {
        SHENBAO_ASSIGN(auto reader, site->reader());
        ApprovedReader approved(*reader, *form, period);
        SHENBAO_ASSIGN(rows, approved.read(sheet, reason));
    }
    std::vector<envelope::Act> acts;
    for (const ApprovedRow& row : rows)
        if (row.decision) acts.push_back(*row.decision);
    SHENBAO_ASSIGN(const auto preview,
                   intake::rule_as_operator(*site, acts, intake::Purpose::preview));
    std::size_t at = 0;
    std::printf("%s：%s\n", form->short_title.c_str(), period.text().c_str());
    for (const ApprovedRow& row : rows) {
        std::string words = row.words;
        if (row.decision) {
            const intake::Ruling& ruling = preview[at++];
            std::string           against;
            for (const rules::Finding& finding : ruling.findings) against += finding.text;
            if (ruling.outcome != Outcome::accepted && against.empty())
                against = base::outcome_text(ruling.outcome).sentence;
            if (!against.empty()) {
                words += "　✗";
                sheet.wrong(row.row, "approved", row.words + "：" + against);
            }
        }
        std::printf("第%zu行　%s\n", sheet.line(row.row), words.c_str());
    }
    SHENBAO_TRY(sheet.verdict());
    if (apply == Apply::preview) {
        std::printf("共%zu行，其中%zu行有变化。这是预览，没有写入；核对后加 --apply 写入。\n",
                    rows.size(), acts.size());
        return {};
    }
    SHENBAO_ASSIGN(const auto rulings,
                   intake::rule_as_operator(*site, acts, intake::Purpose::store));
    for (const intake::Ruling& ruling : rulings) // Somebody may have decided since the preview.
        if (ruling.outcome != Outcome::accepted) return refusal_of(ruling);
    std::printf("共%zu行，已审核通过%zu份申报。\n", rows.size(), acts.size());
    return {};
}

} // namespace commands
