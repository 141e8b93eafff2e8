// The thin adapter around the HTTP library: our own Request and Response, the matching of routes,
// limits on bodies, problems as problem+json. Handlers never see the library.
#pragma once

#include "server/handlers/pages.hpp"
#include "server/handlers/sessions.hpp"
#include "server/intake/intake.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace handlers {

struct Request {
    std::string                        method;
    std::string                        path;
    std::string                        body;
    std::string                        content_type;
    std::map<std::string, std::string> headers;    // Names in lower case.
    std::map<std::string, std::string> query;      // Decoded; the first of equal names.
    std::map<std::string, std::string> parameters; // {name}s of the route's pattern.
    bool                               loopback = false;

    std::string header(const std::string& name) const; // "" when missing.
    std::string cookie(std::string_view name) const;
};

struct Response {
    int         status = 200;
    std::string content_type = "application/json";
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
};

Response problem(base::Outcome outcome, std::string_view detail = {});
inline Response problem(const base::Fault& fault) { return problem(fault.outcome, fault.detail); }

// What the handlers work on.
struct Server {
    intake::Site&   site;
    intake::Intake& intake;
    Sessions&       sessions;
    CodeGuard&      code_guard;
    const Pages&    pages;
    bool            tls = false;
    // Where schools open the page, as slips print it, ending in "/"; "": nobody has said, and the
    // asking browser's own address is taken.
    std::string     address = {};
};

// Whether the caller's line is encrypted: here, or at a proxy that says so. Whoever lies about it
// only names its own cookie otherwise.
bool over_tls(const Server& server, const Request& request);

using Handler = Response (*)(Server&, const Request&, const records::Viewer&);

struct Route {
    std::string_view method;  // "GET" (and HEAD), "POST"
    std::string_view pattern; // "/api/v1/notices/{id}"
    std::size_t      body_bytes_max;
    Handler          handler;
};

// Answers a request whose body has been read; no library is needed for it. 404 for what the caller
// has no business to know of (server/rights).
Response answer(Server& server, Request request);

// Whether the body says it is of this type, parameters aside.
bool media_type_is(const Request& request, std::string_view type);

struct ListenOptions {
    std::string host = "127.0.0.1";
    int         port = 8080;
    std::string tls_certificate, tls_key; // Both or neither.
};

// Serves until stop_requested() says so (asked a few times a second). Prints the address once it
// listens. Returns the fault when it could not listen.
base::Status listen(Server& server, const ListenOptions& options,
                    const std::function<bool()>& stop_requested);

} // namespace handlers
