// What reviewers' acts leave in the derived tables: the stage and the approved number of a filing,
// the ledger (台账), the extensions of windows, and whom an act is about.
#include "server/records/derived.hpp"

#include "shared/base/check.hpp"
#include "shared/notice/answers.hpp"

namespace records {

using base::Status;

// A stored version as it was signed, and its form.
struct Derived::OpenedFiling {
    envelope::Filing    filing;
    const notice::Form* form = nullptr;

    std::string text(const base::Json& members, std::string_view column) const {
        return notice::standard_text(*form, members, column).value_or("");
    }
    std::optional<std::int64_t> integer(const base::Json& members, std::string_view column) const {
        return notice::standard_integer(*form, members, column);
    }
};

sqlite::Statement& Derived::cached(const char* sql) {
    auto found = m_statements.find(sql);
    if (found == m_statements.end())
        found = m_statements.emplace(sql, m_database.prepare(sql)).first;
    return found->second;
}

Status Derived::about(std::string_view unit, std::int64_t index) {
    SHENBAO_TRY(m_about.bind(unit, index).run());
    return concern(unit, index);
}

base::Result<Derived::OpenedFiling> Derived::open_filing(const base::EnvelopeId& version) {
    auto& select = cached("SELECT text, sha256 FROM log WHERE id = ?");
    SHENBAO_ASSIGN(const bool found, select.bind(version).step());
    SHENBAO_CHECK(found); // The judge has looked.
    StoredEnvelope entry;
    entry.id = version;
    entry.text = select.text(0);
    entry.sha256 = base::Sha256Hex(select.text(1));
    select.reset();
    SHENBAO_ASSIGN(const envelope::VerifiedEnvelope opened, open_stored(entry));
    SHENBAO_ASSIGN(const notice::Package* package, package_of(opened.common().notice));
    OpenedFiling filing{std::get<envelope::Filing>(opened.act()), nullptr};
    filing.form = package->find_form(filing.filing.form);
    SHENBAO_CHECK(filing.form != nullptr);
    return filing;
}

// --- Decisions -----------------------------------------------------------------------------------

Status Derived::fold_decision(const StoredEnvelope& entry, const envelope::Decision& decision) {
    auto& find = cached("SELECT f.root, f.unit, u.review_by FROM d_versions v "
                        "JOIN d_filings f ON f.root = v.root "
                        "LEFT JOIN d_units u ON u.unit = f.unit WHERE v.id = ?");
    SHENBAO_ASSIGN(const bool found, find.bind(decision.target).step());
    SHENBAO_CHECK(found); // The judge has looked.
    const base::EnvelopeId root(find.text(0));
    const std::string      unit = find.text(1);
    // The operator and the province are no reviewer's unit.
    const auto by = find.text_view(2) == entry.unit.text() ? review::Party::bureau
                                                           : review::Party::province;
    find.reset();
    const review::Stage stage = review::stage_after(review::act_of(decision));
    SHENBAO_ASSIGN(const OpenedFiling filing, open_filing(decision.target));

    SHENBAO_TRY(count(root, -1));
    SHENBAO_TRY(cached("DELETE FROM d_approvals WHERE root = ?").bind(root).run());
    if (stage == Stage::approved) SHENBAO_TRY(enter_approvals(root, filing, decision));
    SHENBAO_TRY(cached("UPDATE d_filings SET stage = ?2, approved = (SELECT amount FROM "
                       "d_approvals WHERE root = ?1 AND row = 0) WHERE root = ?1")
                    .bind(root, stage_name(stage))
                    .run());
    SHENBAO_TRY(cached("INSERT OR REPLACE INTO d_reviews VALUES(?, ?, ?, ?)")
                    .bind(root, entry.id,
                          review::party_name(by), decision.due)
                    .run());
    SHENBAO_TRY(count(root, +1));
    SHENBAO_TRY(book(root, filing.form->serves, entry));
    return about(unit, entry.index);
}

// Row 0 is the number of what is declared; rows from 1 are what an increase adds in its own.
Status Derived::enter_approvals(const base::EnvelopeId& root, const OpenedFiling& filing,
                                const envelope::Decision& decision) {
    auto& insert = cached("INSERT INTO d_approvals VALUES(?, ?, ?, ?, ?)");
    const base::Json& answers = filing.filing.answers;
    if (filing.form->serves == notice::Serves::declared) {
        const auto* number = std::get_if<std::int64_t>(&decision.approved);
        const auto  approved =
            number != nullptr ? *number : filing.integer(answers, "headcount").value_or(0);
        return insert
            .bind(root, 0, filing.text(answers, "certificate"), filing.text(answers, "level"),
                  approved)
            .run();
    }
    if (filing.form->serves != notice::Serves::increase) return {};
    const auto* numbers = std::get_if<std::vector<std::int64_t>>(&decision.approved);
    const auto  rows = answers.find("rows");
    if (rows == answers.end()) return {};
    std::size_t at = 0;
    for (const base::Json& row : *rows) {
        SHENBAO_CHECK(numbers == nullptr || at < numbers->size()); // The judge has counted.
        const auto after = numbers != nullptr
                               ? (*numbers)[at]
                               : filing.integer(row, "approved_after").value_or(0);
        SHENBAO_TRY(insert
                        .bind(root, ++at, filing.text(row, "certificate"),
                              filing.text(row, "level"),
                              after - filing.integer(row, "approved_before").value_or(0))
                        .run());
    }
    return {};
}

// Brings the ledger to what should be booked for the matter by entering the difference; what stands
// there is never edited.
Status Derived::book(const base::EnvelopeId& root, notice::Serves serves,
                     const StoredEnvelope& cause) {
    struct Line {
        std::string  certificate, level;
        std::int64_t missing, booked;
    };
    std::vector<Line> lines;
    auto&             select = cached(
        "SELECT certificate, level, sum(should) - sum(booked), sum(booked) FROM ("
        "SELECT a.certificate AS certificate, a.level AS level, a.amount AS should, 0 AS booked "
        "FROM d_approvals a JOIN d_filings f ON f.root = a.root "
        "WHERE a.root = ?1 AND f.stage = 'approved' AND f.counting IS NOT NULL "
        "UNION ALL SELECT certificate, level, 0, amount FROM d_ledger WHERE filing = ?1) "
        "GROUP BY certificate, level HAVING sum(should) <> sum(booked) "
        "ORDER BY certificate, level");
    select.bind(root);
    for (;;) {
        SHENBAO_ASSIGN(const bool has_row, select.step());
        if (!has_row) break;
        lines.push_back({select.text(0), select.text(1), select.integer(2), select.integer(3)});
    }
    if (lines.empty()) return {};
    auto& state = cached("SELECT stage = 'approved' AND counting IS NOT NULL FROM d_filings "
                         "WHERE root = ?");
    SHENBAO_ASSIGN(const bool found, state.bind(root).step());
    SHENBAO_CHECK(found);
    const bool stands = state.integer(0) != 0;
    state.reset();
    const std::string_view regular = serves == notice::Serves::increase ? "increase" : "round";
    for (const Line& line : lines) {
        const std::string_view kind = !stands            ? "reversal"
                                      : line.booked == 0 ? regular
                                                         : std::string_view("exception");
        SHENBAO_TRY(cached("INSERT INTO d_ledger(unit, certificate, level, year, period, kind, "
                           "amount, at, filing, decision, log_index) "
                           "SELECT unit, ?2, ?3, substr(period, 1, 4), period, ?4, ?5, ?6, root, "
                           "?7, ?8 FROM d_filings WHERE root = ?1")
                        .bind(root, line.certificate, line.level, kind, line.missing,
                              cause.received_at, cause.id, cause.index)
                        .run());
    }
    return {};
}

// --- Extensions ----------------------------------------------------------------------------------

Status Derived::await_extension(const StoredEnvelope& entry, const envelope::Filing& filing) {
    if (entry.timing == envelope::Timing::late)
        return cached("INSERT INTO d_late VALUES(?, ?, ?, ?, ?, ?, ?)")
            .bind(entry.unit, filing.form, filing.period, filing.root, entry.index, entry.id,
                  entry.received_at)
            .run();
    if (!filing.replaces) return {};
    return cached("DELETE FROM d_late WHERE unit = ? AND form = ? AND period = ? AND root = ?")
        .bind(entry.unit, filing.form, filing.period, filing.root)
        .run();
}

Status Derived::fold_extension(const StoredEnvelope& entry, const envelope::Extension& extension) {
    // The newest word holds; what came in time under an earlier one has been told so and stays.
    SHENBAO_TRY(cached("INSERT OR REPLACE INTO d_extensions VALUES(?, ?, ?, ?, ?, ?, ?, ?)")
                    .bind(extension.for_unit, extension.form, extension.period, extension.until,
                          entry.id, extension.reason, entry.received_at, entry.index)
                    .run());
    // Of each matter the last version that is in time now; it is newer than what counted so far.
    std::vector<std::pair<base::EnvelopeId, base::EnvelopeId>> versions; // Root and version.
    auto& select = cached("SELECT root, version, max(log_index) FROM d_late WHERE unit = ? AND "
                          "form = ? AND period = ? AND received_at <= ? GROUP BY root");
    select.bind(extension.for_unit, extension.form, extension.period, extension.until);
    for (;;) {
        SHENBAO_ASSIGN(const bool has_row, select.step());
        if (!has_row) break;
        versions.emplace_back(base::EnvelopeId(select.text(0)), base::EnvelopeId(select.text(1)));
    }
    for (const auto& [root, version] : versions) {
        SHENBAO_ASSIGN(const OpenedFiling filing, open_filing(version));
        std::optional<std::string>  certificate, level;
        std::optional<std::int64_t> headcount;
        if (filing.form->serves == notice::Serves::declared) {
            certificate = filing.text(filing.filing.answers, "certificate");
            level = filing.text(filing.filing.answers, "level");
            headcount = filing.integer(filing.filing.answers, "headcount");
        }
        SHENBAO_TRY(count(root, -1));
        SHENBAO_TRY(cached("UPDATE d_filings SET counting = ?2, counting_certificate = ?3, "
                           "counting_level = ?4, counting_headcount = ?5, "
                           "timing = CASE newest WHEN ?2 THEN 'extended' ELSE timing END "
                           "WHERE root = ?1")
                        .bind(root, version, certificate, level, headcount)
                        .run());
        SHENBAO_TRY(count(root, +1));
        SHENBAO_TRY(book(root, filing.form->serves, entry));
    }
    SHENBAO_TRY(cached("DELETE FROM d_late WHERE unit = ? AND form = ? AND period = ? AND "
                       "received_at <= ?")
                    .bind(extension.for_unit, extension.form, extension.period, extension.until)
                    .run());
    return about(extension.for_unit.text(), entry.index);
}

} // namespace records
