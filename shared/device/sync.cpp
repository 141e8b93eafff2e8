#include "shared/device/sync.hpp"

#include "shared/base/check.hpp"
#include "shared/base/text.hpp"

#include <algorithm>

namespace device {
namespace {

using base::Outcome;

// Small batches: on a bad line a cut costs at most one of them, and progress is seen.
constexpr std::size_t batch_lines   = 25;
constexpr std::size_t batch_bytes   = 128 * 1024;
constexpr int         changes_limit = 100;

std::string api(std::string_view path) {
    return std::string(protocol::base_path) + std::string(path);
}

// Cursors are opaque: everything but unreserved characters (RFC 3986) is escaped.
std::string percent_escaped(std::string_view text) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string           escaped;
    for (const char c : text) {
        const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                           (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '_' || c == '~';
        if (plain) {
            escaped += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            escaped += '%', escaped += digits[byte >> 4], escaped += digits[byte & 15];
        }
    }
    return escaped;
}

} // namespace

std::string_view stage_sentence(Stage stage) {
    switch (stage) {
    case Stage::idle: return "等待同步";
    case Stage::server: return "正在连接服务器";
    case Stage::package: return "正在下载通知";
    case Stage::outbox: return "正在发送";
    case Stage::session: return "正在登录";
    case Stage::units: return "正在更新单位名单";
    case Stage::catalogue: return "正在更新证书目录";
    case Stage::changes: return "正在接收申报和回执";
    case Stage::editions: return "正在下载通知";
    case Stage::ledger: return "正在更新指标台账";
    case Stage::devices: return "正在更新设备名单";
    case Stage::extensions: return "正在更新延期";
    case Stage::finished: return "同步完成";
    }
    return {};
}

Sync::Sync(Desk& desk) : m_desk(desk) {
    SHENBAO_CHECK(desk.find_enrolment() != nullptr);
    m_progress.stage = Stage::server;
    m_progress.to_send = int(desk.queued().size());
}

void Sync::stop(base::Fault fault) {
    if (fault.outcome == Outcome::revoked_key && !m_desk.revoked())
        if (const auto told = m_desk.set_setting("revoked", "1"); !told) fault = told.error();
    m_report.fault = std::move(fault);
    m_progress.stage = Stage::finished;
}

void Sync::advance() {
    m_progress.stage = static_cast<Stage>(static_cast<int>(m_progress.stage) + 1);
}

std::optional<Request> Sync::next() {
    if (m_progress.stage == Stage::package && !m_wanted_notice) advance();
    if (m_progress.stage == Stage::outbox) {
        m_batch.clear();
        Request     request{"POST", api("/envelopes"), "text/plain", {}, {}};
        for (const OutboxItem& item : m_desk.queued()) {
            if (m_batch.size() >= batch_lines ||
                (!m_batch.empty() && request.body.size() + item.text.size() > batch_bytes))
                break;
            m_batch.push_back(item.sha256);
            request.body += item.text + "\n";
        }
        if (!m_batch.empty()) {
            const auto marked = m_desk.mark_attempt(m_batch);
            if (!marked) {
                stop(marked.error());
                return std::nullopt;
            }
            return request;
        }
        advance();
    }
    if (m_progress.stage == Stage::session && !m_desk.bearer().empty()) advance();
    if (m_progress.stage == Stage::editions) {
        if (!m_missing) m_missing = m_desk.missing_notices();
        if (m_missing->empty()) advance();
    }
    // A reviewer reads the ledgers of many units as a summary, when somebody looks at it; a school
    // has no lists of devices and extensions.
    const bool school = m_desk.find_enrolment()->role == "school";
    if (m_progress.stage == Stage::ledger && !school) advance();
    if (m_progress.stage == Stage::devices && school) m_progress.stage = Stage::finished;
    switch (m_progress.stage) {
    case Stage::server: return Request{"GET", api("/server"), {}, {}, {}};
    case Stage::package:
        return Request{"GET", api("/notices/" + m_wanted_notice->text()), {}, {}, {}};
    case Stage::editions:
        return Request{"GET", api("/notices/" + m_missing->back().text()), {}, {}, {}};
    case Stage::session: {
        auto body = m_desk.session_request();
        if (!body) {
            stop(body.error());
            return std::nullopt;
        }
        return Request{"POST", api("/sessions"), "application/jose", std::move(*body), {}};
    }
    case Stage::units: return list_request("/units", "units");
    case Stage::catalogue: return list_request("/catalogue", "catalogue");
    case Stage::ledger: return list_request("/summaries/ledger", "ledger");
    case Stage::devices: return list_request("/devices", "devices");
    case Stage::extensions: return list_request("/extensions", "extensions");
    case Stage::changes:
        return Request{"GET",
                       api("/changes?after=" + percent_escaped(m_desk.changes_cursor()) +
                           "&limit=" + std::to_string(changes_limit)),
                       {},
                       {},
                       m_desk.bearer()};
    default: return std::nullopt;
    }
}

// Lists change seldom and a bad line is slow: the desk says which it has.
Request Sync::list_request(std::string_view path, std::string_view name) const {
    return {"GET", api(path), {}, {}, m_desk.bearer(),
            m_desk.setting(etag_setting(name)).value_or("")};
}

void Sync::deliver(const Response& response) {
    if (response.status == 0) return stop({Outcome::offline, {}});
    if (response.status == 401 && !m_session_renewed && m_progress.stage > Stage::session) {
        m_session_renewed = true; // Once: a second 401 is an answer.
        m_desk.forget_session();
        m_progress.stage = Stage::session;
        return;
    }
    const bool list = m_progress.stage == Stage::units || m_progress.stage == Stage::catalogue ||
                      m_progress.stage >= Stage::ledger;
    if (response.status == 304 && list) return advance(); // What the desk has is the newest.
    if (m_progress.stage == Stage::editions) return take_edition(response);
    if (response.status == 404 && m_progress.stage >= Stage::ledger)
        return advance(); // An older server has none.
    if (response.status < 200 || response.status > 299)
        return stop(protocol::read_problem(response.body));
    take(response);
}

void Sync::take(const Response& response) {
    const auto settle = [&](const base::Status& status) {
        if (status) advance();
        else stop(status.error());
    };
    switch (m_progress.stage) {
    case Stage::server: {
        const auto info = protocol::read_server_info(response.body);
        if (!info) return stop(info.error());
        const auto& pinned = m_desk.find_enrolment()->server_key;
        if (!(info->server_key == pinned))
            return stop({Outcome::foreign_server, "the server shows another key"});
        const auto* package = m_desk.find_package();
        if (package == nullptr || package->ref != info->notice) m_wanted_notice = info->notice;
        if (const auto taken = m_desk.accept_anchor(info->anchor); !taken)
            return stop(taken.error());
        return settle(m_desk.accept_notices(info->notices));
    }
    case Stage::package:
        return settle(m_desk.accept_package(response.body, *m_wanted_notice));
    case Stage::outbox: return take_outbox(response);
    case Stage::session: {
        const auto answer = protocol::read_session_answer(response.body);
        return settle(answer ? m_desk.accept_session(*answer) : base::fail(answer.error()));
    }
    case Stage::units: {
        const auto units = protocol::read_units(response.body);
        if (!units) return stop(units.error());
        if (const auto taken = m_desk.accept_units(*units); !taken) return stop(taken.error());
        return settle(m_desk.set_setting(etag_setting("units"), response.etag));
    }
    case Stage::catalogue: {
        const auto entries = protocol::read_catalogue(response.body);
        if (!entries) return stop(entries.error());
        if (const auto taken = m_desk.accept_catalogue(*entries); !taken)
            return stop(taken.error());
        return settle(m_desk.set_setting(etag_setting("catalogue"), response.etag));
    }
    case Stage::changes: return take_changes(response);
    case Stage::ledger: {
        const auto entries = protocol::read_ledger(response.body);
        if (!entries) return stop(entries.error());
        if (const auto taken = m_desk.accept_ledger(*entries); !taken) return stop(taken.error());
        return settle(m_desk.set_setting(etag_setting("ledger"), response.etag));
    }
    case Stage::devices:
        return settle(m_desk.keep_list("devices", response.body, response.etag));
    case Stage::extensions:
        return settle(m_desk.keep_list("extensions", response.body, response.etag));
    default: SHENBAO_CHECK(!"an answer without a request");
    }
}

// What the server does not have any more, or this program cannot read, stops nothing: it is asked
// for again next time.
void Sync::take_edition(const Response& response) {
    const base::NoticeRef ref = m_missing->back();
    m_missing->pop_back();
    if (response.status != 200) return;
    const auto taken = m_desk.accept_edition(response.body, ref);
    if (!taken && taken.error().outcome == Outcome::storage_failed) stop(taken.error());
}

void Sync::take_outbox(const Response& response) {
    const std::vector<std::string> lines = base::lines_of(response.body);
    if (lines.size() != m_batch.size())
        return stop({Outcome::bad_answer, "not an answer for each line"});
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const auto answer = protocol::read_line_answer(lines[i]);
        if (!answer) return stop(answer.error());
        const bool refused = answer->result == protocol::LineResult::refused;
        // These are about the server's state, not about the line: it stays queued for the next
        // sync.
        if (refused && (answer->outcome == Outcome::storage_full ||
                        answer->outcome == Outcome::storage_failed))
            return stop({answer->outcome, {}});
        const auto settled = m_desk.settle(m_batch[i], *answer);
        if (!settled) return stop(settled.error());
        ++m_progress.sent;
        ++(refused ? m_report.refused : m_report.accepted);
    }
}

void Sync::take_changes(const Response& response) {
    const auto answer = protocol::read_changes(response.body);
    if (!answer) return stop(answer.error());
    if (answer->reset) {
        const auto moved = m_desk.move_cursor("");
        if (!moved) return stop(moved.error());
        return;
    }
    for (const protocol::Change& change : answer->changes) {
        const auto taken = m_desk.accept_change(change);
        if (!taken) return stop(taken.error());
        ++m_report.received;
    }
    const bool advanced = answer->cursor != m_desk.changes_cursor();
    if (advanced) {
        const auto moved = m_desk.move_cursor(answer->cursor);
        if (!moved) return stop(moved.error());
    }
    if (!answer->more || !advanced) advance();
}

} // namespace device
