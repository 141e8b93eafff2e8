#include "server/routes.hpp"

#include "server/handlers/api.hpp"
#include "shared/base/limits.hpp"

std::span<const handlers::Route> routes() {
    using namespace handlers;
    constexpr std::size_t none = 0, small = 16 * 1024, batch = base::limits::batch_bytes_max;
    static constexpr Route list[] = {
        // method, pattern, who may, largest body, handler
        {"GET", "/healthz", Access::open, none, healthz},
        {"GET", "/metrics", Access::loopback, none, metrics},
        {"GET", "/api/v1/server", Access::open, none, server_info},
        {"GET", "/api/v1/notices/{id}", Access::open, none, notice_document},
        {"POST", "/api/v1/enrolments", Access::open, small, enrol},
        {"POST", "/api/v1/sessions", Access::open, small, open_session},
        {"POST", "/api/v1/envelopes", Access::open, batch, take_envelopes},
        {"GET", "/api/v1/changes", Access::session, none, changes},
        {"GET", "/api/v1/units", Access::session, none, units},
        {"GET", "/api/v1/catalogue", Access::session, none, catalogue},
        {"GET", "/api/v1/filings", Access::session, none, filings},
        {"GET", "/api/v1/summaries/{name}", Access::session, none, summary},
    };
    return list;
}
