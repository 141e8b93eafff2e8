// Sync is the one button: a list of requests to one server and what their answers change on the
// desk. It owns no socket: the caller carries each request and delivers the answer, in the browser
// by fetch, in `shenbao device` by a native client, in tests by hand. Each answer is committed as
// it comes, so a line cut at any point loses nothing and the next sync goes on from there.
//
// Order: server (anchor, notice version), notice if new, the outbox in batches, session, units,
// catalogue, changes, earlier versions of the notice that something in them was signed under,
// ledger; of offices the lists of devices and extensions. The outbox stands first because it is why
// people press the button.
#pragma once

#include "shared/device/desk.hpp"

#include <optional>
#include <string>

namespace device {

struct Request {
    std::string method; // "GET", "POST"
    std::string path;   // "/api/v1/…" with query.
    std::string content_type; // Empty without a body.
    std::string body;
    std::string bearer;        // Empty: no Authorization header.
    std::string if_none_match = {}; // The ETag of what the desk has; empty: no such header.
};

struct Response {
    int         status = 0; // 0: no answer (line cut, timed out).
    std::string body;
    std::string etag = {}; // Empty when the answer has none.
};

enum class Stage {
    idle, server, package, outbox, session, units, catalogue, changes, editions, ledger, devices,
    extensions, finished
};
std::string_view stage_sentence(Stage stage); // Chinese, for the progress line.

struct Progress {
    Stage stage = Stage::idle;
    int   sent  = 0; // Envelopes answered so far, of to_send.
    int   to_send = 0;
};

struct Report {
    int                        accepted = 0; // Duplicates among them: the server has them.
    int                        refused  = 0;
    int                        received = 0; // Changes taken.
    std::optional<base::Fault> fault;        // Why it stopped early.
};

class Sync {
public:
    // The desk must be enrolled and must outlive the sync.
    explicit Sync(Desk& desk);

    // The next request to carry, or nothing when finished or stopped. Call deliver() before asking
    // again.
    std::optional<Request> next();
    void                   deliver(const Response& response);

    bool            finished() const { return m_progress.stage == Stage::finished; }
    const Progress& progress() const { return m_progress; }
    const Report&   report() const { return m_report; }

private:
    void advance();
    Request list_request(std::string_view path, std::string_view name) const;
    void stop(base::Fault fault);
    void take(const Response& response);
    void take_outbox(const Response& response);
    void take_changes(const Response& response);
    void take_edition(const Response& response);

    Desk&                        m_desk;
    Progress                     m_progress;
    Report                       m_report;
    std::optional<base::NoticeRef> m_wanted_notice;
    std::optional<std::vector<base::NoticeRef>> m_missing; // Absent until it was looked for.
    std::vector<base::Sha256Hex> m_batch; // Under way, in the order of the lines.
    bool                         m_session_renewed = false;
};

} // namespace device
