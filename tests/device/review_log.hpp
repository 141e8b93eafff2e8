// A log as a server would keep it, and reviewers' desks that hear of it. Nothing is judged here:
// what a test adds is what the log has.
#pragma once

#include "shared/device/review_desk.hpp"

#include <string>
#include <vector>

namespace review_log {

inline const base::FormId declaration("declaration"), quota_increase("quota_increase"),
    monthly_report("monthly_report");
inline const base::Period spring("2023-spring");
inline const base::UnitId bureau("341600"), province("340000"), school("S1"), college("S9");

base::Time at(const char* rfc3339);

class Log {
public:
    Log();
    base::FixedClock    clock;
    base::SeededRandom  random{11};
    envelope::SecretKey key = envelope::SecretKey::make(random); // The server's.
    // S1 to S3 are the bureau's schools, S9 is a college that the province reviews alone.
    std::vector<envelope::UnitEntry> units;

    // What somebody sends; the change of the log that it makes.
    const protocol::Change& add(const base::UnitId& unit, const envelope::Act& act,
                                envelope::Timing timing = envelope::Timing::on_time);
    // A declaration's first version, or with `root` and `replaces` the next one; its id.
    base::EnvelopeId declare(const base::UnitId& unit, std::int64_t headcount,
                             const base::EnvelopeId& root     = {},
                             const base::EnvelopeId& replaces = {}, rules::Notes notes = {},
                             envelope::Timing timing = envelope::Timing::on_time);
    base::EnvelopeId file(const base::UnitId& unit, envelope::Filing filing,
                          rules::Notes notes = {},
                          envelope::Timing timing = envelope::Timing::on_time);
    void decide(const base::UnitId& unit, const base::EnvelopeId& target,
                envelope::ReviewVerdict verdict, std::string reason = {});

    const std::vector<protocol::Change>& changes() const { return m_changes; }
    const protocol::Change&              last() const { return m_changes.back(); }
    base::NoticeRef                      notice() const; // That of 2023, which all desks have.
    std::optional<base::NoticeRef>       filed_under; // Another version that filings name.
    std::string anchor() { return envelope::sign_anchor({clock.now(), "n", false}, key); }
    // The receipt of what a desk has signed, as the log's next entry.
    protocol::LineAnswer take(const device::OutboxItem& item, const base::UnitId& unit);

private:
    envelope::SecretKey           m_author = envelope::SecretKey::make(random); // Whoever sends.
    std::vector<protocol::Change> m_changes;
    const protocol::Change& append(const base::EnvelopeId& id, const base::UnitId& unit,
                                   std::string text, envelope::Timing timing);
};

// A reviewer's desk, enrolled, with the notice and the lists; of the log it has heard nothing.
class Reviewer {
public:
    Reviewer(Log& log, const base::UnitId& unit, const char* role, std::uint32_t seed = 7);
    device::Desk&      desk() { return *m_desk; }
    device::ReviewDesk reviews() { return m_desk->reviews(); }
    // Hears of everything once more, from the start.
    void hear_all();
    void hear(const protocol::Change& change);
    // Sends what waits in the outbox; the log takes all of it.
    void send();
    device::QueueRow row(const base::EnvelopeId& root);

private:
    Log&                        m_log;
    base::UnitId                m_unit;
    base::FixedClock            m_clock;
    base::SeededRandom          m_random;
    std::optional<device::Desk> m_desk;
};

} // namespace review_log
