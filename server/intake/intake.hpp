// The Intake takes envelopes into the log. What needs no stored state (form, header, signature,
// strict JSON, the answers' shape) is checked on the caller's thread; what does (duplicate,
// conflict, window, rules) is judged by one writer, in order, each line seeing those before it. The
// writer takes all that is queued in one transaction (group commit), so the cost of a sync to disk
// is shared. Receipts are signed on the callers' threads after the commit.
#pragma once

#include "server/intake/rulings.hpp"
#include "shared/protocol/messages.hpp"

#include <condition_variable>
#include <deque>
#include <future>
#include <thread>

namespace intake {

struct Enrolled {
    records::KeyRecord key;
    bool               again = false; // The same key with the same code: already enrolled.
};

struct Counters {
    std::atomic<std::int64_t> accepted{0}, duplicates{0}, refused{0}, commits{0}, enrolled{0};
};

class Intake {
public:
    // Called once, when the storage fails under a commit. Nothing is accepted any more, what was
    // queued is refused with the same fault; the process must end.
    using OnStorageFailure = std::function<void(const base::Fault&)>;

    static base::Result<std::unique_ptr<Intake>> start(Site& site, OnStorageFailure on_failure);
    // Finishes what is queued, then stops the writer.
    ~Intake();

    // Judges the lines in order; one answer each, receipts signed. queue_full or shutting_down for
    // all.
    base::Result<std::vector<protocol::LineAnswer>> submit(const std::vector<std::string>& lines);

    // Enrols the key of a verified enrolment JWS: bad_code, used_code, expired_code.
    base::Result<Enrolled> enrol(const envelope::Jws&              jws,
                                 const protocol::EnrolmentRequest& request);

    const Counters& counters() const { return m_counters; }
    std::size_t     queued_lines();

private:
    // A line as the caller's thread leaves it for the writer.
    struct Line {
        std::string                               text;
        base::Sha256Hex                           sha256;
        base::KeyId                               kid;
        std::optional<envelope::VerifiedEnvelope> opened;
        std::optional<base::Fault>                form_fault; // 100-102: judged before everything.
        std::optional<base::Fault>                fault;      // 112, 120, 121, 123 found beforehand.
    };
    struct Judged {
        protocol::LineAnswer    answer;
        records::StoredEnvelope stored; // For accepted and duplicate lines.
    };
    struct Job {
        std::vector<Line>                                 lines;
        std::promise<base::Result<std::vector<Judged>>>   judged;
        // Or an enrolment.
        const envelope::Jws*                              enrolment = nullptr;
        const protocol::EnrolmentRequest*                 request   = nullptr;
        std::promise<base::Result<Enrolled>>              enrolled;
    };

    Intake(Site& site, std::unique_ptr<records::Store> store, OnStorageFailure on_failure);
    // A fault is the storage's, and about the whole request: no line is to blame.
    base::Result<Line> look_at(const std::string& text);
    void run();
    base::Status begin_writing();
    // Enters what was planned for a unit and holds from now on, within a transaction.
    base::Status enter_due_units();
    bool         has_due_units();
    void write(std::deque<std::unique_ptr<Job>>& jobs);
    // What was judged, or the fault for all.
    static void answer(std::unique_ptr<Job>& job, const base::Fault& fault);
    void        break_down(const base::Fault& fault);
    base::Result<Judged>   judge(const Line& line);
    base::Result<Enrolled> judge_enrolment(const Job& job);
    base::Result<bool>     judge_act(const Line& line, const Speaker& speaker, base::Time anchor_at,
                                     Judged& judged);
    // A report's quota may have moved between its anchor and now; the reviewer is told.
    base::Status           note_moved_quota(const notice::Form&     form,
                                            const notice::Package&  package,
                                            const envelope::Filing& filing, base::Time anchor_at,
                                            const base::UnitId& unit, Judged& judged);
    // The unit's own matter that has this version and was not withdrawn; absent otherwise.
    base::Result<std::optional<records::FilingRecord>> find_own(const base::EnvelopeId& version,
                                                                const Speaker&          speaker,
                                                                const envelope::Act&    act);
    base::Result<bool>     judge_filing(const Line& line, const envelope::Filing& filing,
                                        const Speaker& speaker, base::Time anchor_at,
                                        Judged& judged);
    base::Result<bool>     judge_withdrawal(const envelope::Withdrawal& withdrawal,
                                            const Speaker& speaker, Judged& judged);
    base::Status           enqueue(std::unique_ptr<Job> job);

    Site&                           m_site;
    std::unique_ptr<records::Store> m_store; // The writer's own.
    OnStorageFailure                m_on_failure;
    Counters                        m_counters;

    std::mutex                            m_key_mutex;
    std::map<base::KeyId, envelope::PublicKey> m_keys; // Public keys never change.

    std::mutex                       m_mutex;
    std::condition_variable          m_wake;
    std::deque<std::unique_ptr<Job>> m_queue;
    base::Time                       m_seen_kept_at{0}; // By the real clock.
    std::size_t                      m_queued_lines = 0;
    bool                             m_stopping     = false;
    std::optional<base::Fault>       m_broken; // Why nothing is accepted any more.
    std::thread                      m_writer;
};

} // namespace intake
