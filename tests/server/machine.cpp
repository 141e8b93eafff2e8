#include "tests/server/machine.hpp"

#include <doctest/doctest.h>

namespace town {

device::Response Service::answer(const device::Request& asked) {
    handlers::Request request;
    request.method = asked.method;
    request.path = asked.path.substr(0, asked.path.find('?'));
    request.body = asked.body;
    request.content_type = asked.content_type;
    if (!asked.if_none_match.empty()) request.headers["if-none-match"] = asked.if_none_match;
    if (asked.path.find("after=") != std::string::npos) {
        const std::size_t at = asked.path.find("after=") + 6;
        request.query["after"] = asked.path.substr(at, asked.path.find('&', at) - at);
    }
    if (!asked.bearer.empty()) request.headers["authorization"] = "Bearer " + asked.bearer;
    const auto       answer = handlers::answer(m_server, request);
    device::Response response{answer.status, answer.body};
    for (const auto& [name, value] : answer.headers)
        if (name == "ETag") response.etag = value;
    return response;
}

Machine::Machine(Service& service, const char* unit, const char* role, const char* time)
    : m_service(service), m_clock(at(time)) {
    auto opened = device::Desk::open(*sqlite::Database::open(":memory:", sqlite::OpenMode::create),
                                     m_clock, m_random);
    REQUIRE(opened.has_value());
    m_desk.emplace(std::move(*opened));
    const auto body =
        m_desk->begin_enrolment(service.town().new_code(base::UnitId(unit), 30, role), "一号机");
    REQUIRE(body.has_value());
    const auto answer =
        service.answer({"POST", "/api/v1/enrolments", "application/jose", *body, {}, {}});
    REQUIRE(answer.status == 201);
    REQUIRE(m_desk->finish_enrolment(answer.body).has_value());
    sync();
}

device::Report Machine::sync() {
    device::Sync sync(*m_desk);
    while (const auto request = sync.next()) sync.deliver(m_service.answer(*request));
    REQUIRE_MESSAGE(!sync.report().fault, (sync.report().fault ? sync.report().fault->detail : ""));
    return sync.report();
}

} // namespace town
