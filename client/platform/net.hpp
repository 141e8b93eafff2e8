// Requests to our own server. Every request ends with exactly one call of its callback, also when
// the line drops or the patience is over; a frame is drawn after it.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace platform {

struct Request {
    std::string method = "GET";
    std::string url = {}; // Relative to the page, "api/v1/…".
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::string body = {};
    int patience_ms = 30'000;
};

struct Response {
    int status = 0; // 0: no whole answer came (no line, cut, too slow); body is then empty.
    std::vector<std::pair<std::string, std::string>> headers; // Names in lower case.
    std::string body;

    // Empty when the header is absent. name in lower case.
    std::string_view header(std::string_view name) const;
};

// Returns a number for cancel(), which ends the request with status 0.
int fetch(const Request& request, std::function<void(Response)> done);
void cancel(int request);

} // namespace platform
