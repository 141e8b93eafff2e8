// Whole machines in a town: each is a desk with nothing around it, and between it and the server
// are all URLs and no socket.
#pragma once

#include "server/handlers/api.hpp"
#include "shared/device/review_desk.hpp"
#include "shared/device/sync.hpp"
#include "tests/server/town.hpp"

namespace town {

// What answers requests in a town.
class Service {
public:
    explicit Service(Town& town) : m_town(town) {}
    device::Response  answer(const device::Request& asked);
    handlers::Server& server() { return m_server; }
    Town&             town() { return m_town; }

private:
    Town&               m_town;
    handlers::Sessions  m_sessions{m_town.site()};
    handlers::CodeGuard m_guard;
    handlers::Pages     m_pages = *handlers::Pages::load("");
    handlers::Server    m_server{m_town.site(), m_town.intake(), m_sessions, m_guard, m_pages};
};

class Machine {
public:
    // Enrols for the unit and syncs once.
    Machine(Service& service, const char* unit, const char* role, const char* time);
    // Syncs; a fault of the line or the server fails the test.
    device::Report    sync();
    device::Desk&     desk() { return *m_desk; }
    base::FixedClock& clock() { return m_clock; }

private:
    Service&                    m_service;
    base::FixedClock            m_clock;
    base::SystemRandom          m_random;
    std::optional<device::Desk> m_desk;
};

} // namespace town
