// The desk's ledger, and the school's own word about the national platform.
#include "shared/device/desk_inside.hpp"

namespace device {

std::vector<LedgerEntry> Desk::ledger() const {
    std::vector<LedgerEntry> entries;
    auto select = m_inside->database.prepare(
        "SELECT at, kind, period, certificate, level, amount, balance, filing FROM ledger "
        "ORDER BY position");
    for (auto row = select.step(); row && *row; row = select.step())
        entries.push_back({select.time(0), select.text(1), base::Period(select.text(2)),
                           base::CertificateId(select.text(3)), select.text(4), select.integer(5),
                           select.integer(6), base::EnvelopeId(select.text(7))});
    return entries;
}

base::Status Desk::accept_ledger(const std::vector<LedgerEntry>& entries) {
    if (entries == ledger()) return {};
    return m_inside->change([&]() -> base::Status {
        SHENBAO_TRY(m_inside->database.run_script("DELETE FROM ledger"));
        auto insert = m_inside->database.prepare(
            "INSERT INTO ledger(at, year, period, kind, certificate, level, amount, balance, "
            "filing) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)");
        for (const LedgerEntry& entry : entries)
            SHENBAO_TRY(insert
                            .bind(entry.at, entry.year(), entry.period,
                                  entry.kind, entry.certificate, entry.level, entry.amount,
                                  entry.balance, entry.filing)
                            .run());
        return {};
    });
}

std::optional<base::Date> Desk::paper_tick(const base::EnvelopeId& version) const {
    auto select = m_inside->database.prepare("SELECT day FROM platform_ticks WHERE version = ?");
    const auto found = select.bind(version).step();
    if (!found || !*found) return std::nullopt;
    const auto day = base::parse_date(select.text_view(0));
    return day ? std::optional(*day) : std::nullopt;
}

bool Desk::paper_outdated(const base::EnvelopeId& version) const {
    if (paper_tick(version)) return false;
    auto select = m_inside->database.prepare(
        "SELECT max(e.answers = n.answers) FROM envelopes n JOIN envelopes e ON e.root = n.root "
        "AND e.kind = 'filing' AND e.position < n.position JOIN platform_ticks t "
        "ON t.version = e.id WHERE n.id = ? AND n.state = 'accepted'");
    const auto found = select.bind(version).step();
    if (!found || !*found || select.is_null(0) || select.integer(0) != 0) return false;
    const auto item = find_item(version);
    return item && m_inside->timing_of(*item) != envelope::Timing::late;
}

base::Status Desk::set_paper_tick(const base::EnvelopeId&   version,
                                  std::optional<base::Date> day) {
    return m_inside->change([&]() -> base::Status {
        if (!day)
            return m_inside->database.prepare("DELETE FROM platform_ticks WHERE version = ?")
                .bind(version)
                .run();
        return m_inside->database
            .prepare("INSERT INTO platform_ticks VALUES(?, ?) ON CONFLICT(version) "
                     "DO UPDATE SET day = excluded.day")
            .bind(version, base::to_iso(*day))
            .run();
    });
}

} // namespace device
