#include "server/routes.hpp"

#include "server/handlers/api.hpp"
#include "shared/base/limits.hpp"

std::span<const handlers::Route> routes() {
    using namespace handlers;
    constexpr std::size_t none = 0, small = 16 * 1024;
    constexpr std::size_t batch = base::limits::batch_bytes_max;
    static constexpr Route list[] = {
        // method, pattern, largest body, handler; who may stands in server/rights/rights.cpp
        {"GET", "/healthz", none, healthz},
        {"GET", "/metrics", none, metrics},
        {"GET", "/api/v1/server", none, server_info},
        {"GET", "/api/v1/notices/{id}", none, notice_document},
        {"POST", "/api/v1/enrolments", small, enrol},
        {"POST", "/api/v1/sessions", small, open_session},
        {"POST", "/api/v1/envelopes", batch, take_envelopes},
        {"GET", "/api/v1/changes", none, changes},
        {"GET", "/api/v1/units", none, units},
        {"GET", "/api/v1/units/{id}", none, unit},
        {"GET", "/api/v1/catalogue", none, catalogue},
        {"GET", "/api/v1/filings", none, filings},
        {"GET", "/api/v1/summaries/{name}", none, summary},
        {"GET", "/api/v1/devices", none, devices},
        {"GET", "/api/v1/extensions", none, extensions},
        {"GET", "/api/v1/codes", none, codes},
        {"POST", "/api/v1/codes", small, new_code},
        {"POST", "/api/v1/codes/slips", small, new_slips},
        {"POST", "/api/v1/codes/expire", small, expire_codes},
    };
    return list;
}
