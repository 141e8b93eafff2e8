#include "client/courier.hpp"

#include "client/platform/disk.hpp"

#include <utility>

namespace {

// Long enough for a batch on a line of 100 kbit/s.
constexpr int patience_ms = 90'000;

platform::Request as_fetch(const device::Request& request) {
    platform::Request fetch;
    fetch.method = request.method;
    fetch.url = request.path;
    fetch.body = request.body;
    fetch.patience_ms = patience_ms;
    if (!request.content_type.empty())
        fetch.headers.emplace_back("Content-Type", request.content_type);
    if (!request.bearer.empty())
        fetch.headers.emplace_back("Authorization", "Bearer " + request.bearer);
    if (!request.if_none_match.empty())
        fetch.headers.emplace_back("If-None-Match", request.if_none_match);
    return fetch;
}

std::string header_of(const platform::Response& response, std::string_view name) {
    for (const auto& [found, value] : response.headers)
        if (found == name) return value;
    return {};
}

std::string api(std::string_view path) {
    return std::string(protocol::base_path) + std::string(path);
}

} // namespace

Courier::Courier(device::Desk& desk, std::function<void()> changed)
    : m_desk(desk), m_changed(std::move(changed)) {}

void Courier::enrol(std::string_view code, std::string_view device_name) {
    if (m_enrolling) return;
    m_enrolment_fault.reset();
    const auto body = m_desk.begin_enrolment(code, device_name);
    if (!body) {
        m_enrolment_fault = body.error();
        return;
    }
    m_changed();
    m_enrolling = true;
    const device::Request request{"POST", api("/enrolments"), "application/jose", *body, {}};
    // The code is used up by the first key that comes with it: the key must not be lost after that.
    when_saved([this, request](const base::Status& saved) {
        if (saved) return carry_enrolment(request);
        m_enrolling = false;
        m_enrolment_fault = saved.error();
        m_changed();
    });
}

void Courier::carry_enrolment(const device::Request& request) {
    platform::fetch(as_fetch(request), [this](const platform::Response& response) {
        m_enrolling = false;
        if (response.status == 0) {
            m_enrolment_fault = base::Fault{base::Outcome::offline, {}};
        } else if (response.status != 200 && response.status != 201) {
            m_enrolment_fault = protocol::read_problem(response.body);
        } else if (const auto finished = m_desk.finish_enrolment(response.body); !finished) {
            m_enrolment_fault = finished.error();
        } else {
            start();
        }
        m_changed();
    });
}

void Courier::start() {
    if (running() || m_desk.find_enrolment() == nullptr) return;
    m_sync.emplace(m_desk);
    carry();
}

void Courier::carry() {
    const auto request = m_sync->next();
    m_progress = m_sync->progress();
    if (!request) {
        m_report = m_sync->report();
        if (!m_report->fault) m_reached = true;
        m_sync.reset();
        m_changed();
        if (m_ended) m_ended(*m_report);
        return;
    }
    m_changed();
    const auto go = [this, asked = *request] {
        platform::fetch(as_fetch(asked), [this](const platform::Response& response) {
            m_reached = response.status != 0;
            m_sync->deliver({response.status, response.body, header_of(response, "etag")});
            carry();
        });
    };
    if (request->method != "POST") return go();
    // Attempts are on disk before the bytes leave: what was sent is never taken for unsent.
    when_saved([this, go](const base::Status& saved) {
        if (saved) return go();
        m_report = m_sync->report();
        m_report->fault = saved.error();
        m_sync.reset();
        m_changed();
        if (m_ended) m_ended(*m_report);
    });
}

void Courier::when_saved(Held held) {
    m_held = std::move(held);
    // After a failure what counts is the attempt that begins now, not the word of the one before.
    if (platform::disk::saving().state == platform::disk::SaveState::failed)
        platform::disk::retry();
    disk_changed();
}

void Courier::disk_changed() {
    if (!m_held) return;
    const platform::disk::Saving saving = platform::disk::saving();
    if (saving.state == platform::disk::SaveState::saving || saving.trying) return;
    const bool saved = saving.state == platform::disk::SaveState::saved;
    std::exchange(m_held, nullptr)(saved ? base::Status{} : base::fail(saving.fault));
}

void Courier::open_session(std::function<void(base::Status)> done) {
    platform::fetch(as_fetch({"GET", api("/server"), {}, {}, {}}),
                    [this, done](const platform::Response& response) {
        m_reached = response.status != 0;
        if (response.status != 200)
            return done(base::fail(response.status == 0
                                       ? base::Fault{base::Outcome::offline, {}}
                                       : protocol::read_problem(response.body)));
        const auto info = protocol::read_server_info(response.body);
        const auto taken = info ? m_desk.accept_anchor(info->anchor) : base::fail(info.error());
        if (!taken) return done(taken);
        const auto body = m_desk.session_request();
        if (!body) return done(base::fail(body.error()));
        platform::fetch(as_fetch({"POST", api("/sessions"), "application/jose", *body, {}}),
                        [this, done](const platform::Response& opened) {
            if (opened.status != 200)
                return done(base::fail(opened.status == 0
                                           ? base::Fault{base::Outcome::offline, {}}
                                           : protocol::read_problem(opened.body)));
            const auto answer = protocol::read_session_answer(opened.body);
            done(answer ? m_desk.accept_session(*answer) : base::fail(answer.error()));
        });
    });
}

void Courier::read(std::string path, std::function<void(base::Result<std::string>)> done) {
    read_with_session({"GET", api(path), {}, {}, {}}, false, std::move(done));
}

void Courier::ask(std::string path, std::string body,
                  std::function<void(base::Result<std::string>)> done) {
    read_with_session({"POST", api(path), "application/json", std::move(body), {}}, false,
                      std::move(done));
}

void Courier::read_with_session(device::Request asked, bool renewed,
                                std::function<void(base::Result<std::string>)> done) {
    const auto with_new_session = [this, asked, done] {
        open_session([this, asked, done](const base::Status& opened) {
            m_changed();
            if (!opened) return done(base::fail(opened.error()));
            read_with_session(asked, true, done);
        });
    };
    if (m_desk.bearer().empty()) return with_new_session();
    asked.bearer = m_desk.bearer();
    platform::fetch(as_fetch(asked),
                    [this, renewed, done, with_new_session](const platform::Response& response) {
        m_reached = response.status != 0;
        if (response.status == 401 && !renewed) {
            m_desk.forget_session();
            return with_new_session();
        }
        if (response.status == 200 || response.status == 201) return done(response.body);
        done(base::fail(response.status == 0 ? base::Fault{base::Outcome::offline, {}}
                                             : protocol::read_problem(response.body)));
    });
}
