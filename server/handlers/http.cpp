#include "server/handlers/http.hpp"

#include "server/rights/rights.hpp"
#include "server/routes.hpp"
#include "shared/base/limits.hpp"
#include "shared/base/text.hpp"

#include <httplib.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <utility>

namespace handlers {
namespace {

using base::Outcome;

constexpr std::size_t threads_base = 16;
constexpr std::size_t threads_max  = 256; // A connection holds a thread; slow clients need many.

std::string lower(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
    return text;
}

std::vector<std::string_view> segments(std::string_view path) {
    std::vector<std::string_view> parts;
    for (std::size_t at = 0; at <= path.size();) {
        const std::size_t slash = std::min(path.find('/', at), path.size());
        parts.push_back(path.substr(at, slash - at));
        at = slash + 1;
    }
    return parts;
}

bool matches(std::string_view pattern, std::string_view path,
             std::map<std::string, std::string>& parameters) {
    const auto wanted = segments(pattern), given = segments(path);
    if (wanted.size() != given.size()) return false;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (wanted[i].size() > 2 && wanted[i].front() == '{') {
            if (given[i].empty()) return false;
            parameters[std::string(wanted[i].substr(1, wanted[i].size() - 2))] = given[i];
        } else if (wanted[i] != given[i]) {
            return false;
        }
    }
    return true;
}

Request read_request(const httplib::Request& from) {
    Request request;
    request.method = from.method == "HEAD" ? "GET" : from.method;
    request.path = from.path;
    for (const auto& [name, value] : from.headers) request.headers.emplace(lower(name), value);
    for (const auto& [name, value] : from.params) request.query.emplace(name, value);
    request.content_type = request.header("content-type");
    // A proxy on the same machine speaks for somebody elsewhere.
    request.loopback = (from.remote_addr == "127.0.0.1" || from.remote_addr == "::1") &&
                       !from.has_header("X-Forwarded-For") && !from.has_header("Forwarded");
    return request;
}

void write_response(const Response& response, httplib::Response& to) {
    to.status = response.status;
    for (const auto& [name, value] : response.headers) to.set_header(name, value);
    to.set_header("X-Content-Type-Options", "nosniff");
    if (response.status != 304) to.set_content(response.body, response.content_type);
}

const Route* find_route(Request& request, bool& other_method) {
    for (const Route& route : routes()) {
        std::map<std::string, std::string> parameters;
        if (!matches(route.pattern, request.path, parameters)) continue;
        if (route.method == request.method) {
            request.parameters = std::move(parameters);
            return &route;
        }
        other_method = true;
    }
    return nullptr;
}

std::string token_of(const Request& request, bool tls) {
    const std::string authorization = request.header("authorization");
    if (lower(authorization.substr(0, 7)) == "bearer ") return authorization.substr(7);
    return request.cookie(tls ? "__Host-shenbao" : "shenbao");
}

Response dispatch(Server& server, const Route& route, const Request& request) {
    records::Viewer         viewer;
    const rights::RouteRow& row = rights::route_row(route.method, route.pattern);
    if (row.door == rights::Door::loopback && !request.loopback)
        return problem(Outcome::not_found);
    if (row.door == rights::Door::session) {
        const auto found = server.sessions.viewer(token_of(request, over_tls(server, request)));
        if (!found) {
            Response response = problem(found.error());
            if (response.status == 401)
                response.headers.push_back({"WWW-Authenticate", "Bearer"});
            return response;
        }
        viewer = *found;
        if (row.reach(rights::find_role(viewer.role)).empty()) return problem(Outcome::not_found);
    }
    return route.handler(server, request, viewer);
}

// Whether the caller takes an encoding by its name: "gzip;q=0.5, br;q=0" takes gzip and refuses br.
// "*" names none.
bool takes(const Request& request, std::string_view encoding) {
    const std::string all = request.header("accept-encoding");
    for (std::size_t at = 0; at < all.size();) {
        const std::size_t      end = std::min(all.find(',', at), all.size());
        const std::string_view one = std::string_view(all).substr(at, end - at);
        const std::size_t      name_end = std::min(one.find(';'), one.size());
        if (base::trim(one.substr(0, name_end)) == encoding) {
            const std::size_t weight = one.find("q=", name_end);
            return weight == std::string_view::npos ||
                   one.find_first_of("123456789", weight) != std::string_view::npos;
        }
        at = end + 1;
    }
    return false;
}

Response serve_page(const Request& request, const Page& page) {
    Response response;
    response.content_type = page.content_type;
    std::string etag = page.etag;
    if (!page.brotli.empty() && takes(request, "br")) {
        response.body = page.brotli;
        response.headers.push_back({"Content-Encoding", "br"});
        etag.insert(etag.size() - 1, "-br");
    } else if (!page.gzip.empty() && takes(request, "gzip")) {
        response.body = page.gzip;
        response.headers.push_back({"Content-Encoding", "gzip"});
        etag.insert(etag.size() - 1, "-gz");
    } else {
        response.body = page.plain;
    }
    if (request.header("if-none-match").find(etag) != std::string::npos)
        response = {304, "", "", {}};
    response.headers.push_back({"ETag", etag});
    response.headers.push_back({"Vary", "Accept-Encoding"});
    response.headers.push_back({"Cache-Control", page.immutable
                                                     ? "public, max-age=31536000, immutable"
                                                     : "no-cache"});
    response.headers.push_back(
        {"Content-Security-Policy", page_policy(request.header("user-agent"))});
    response.headers.push_back({"Referrer-Policy", "no-referrer"});
    response.headers.push_back({"Cross-Origin-Opener-Policy", "same-origin"});
    return response;
}

Response answer_get(Server& server, Request& request) {
    if (!request.header("content-encoding").empty()) return problem(Outcome::encoded_body);
    bool other_method = false;
    if (const Route* route = find_route(request, other_method))
        return dispatch(server, *route, request);
    if (other_method) return problem(Outcome::method_not_allowed);
    if (const Page* page = server.pages.find(request.path))
        return serve_page(request, *page);
    return problem(Outcome::not_found);
}

// Hands the body on in pieces, until all is handed on or no more is wanted; false when it ended
// early.
using Take = std::function<bool(const char* bytes, std::size_t count)>;
using Body = std::function<bool(const Take& take)>;

// The body is read only when route, encoding and announced length allow it; else the connection is
// closed, because what follows on it is not a request.
Response answer_post(Server& server, Request& request, const Body& body, bool& close) {
    close = true;
    bool         other_method = false;
    const Route* route = find_route(request, other_method);
    if (route == nullptr)
        return problem(other_method ? Outcome::method_not_allowed : Outcome::not_found);
    if (!request.header("content-encoding").empty()) return problem(Outcome::encoded_body);
    bool too_large = false;
    const bool whole = body([&](const char* bytes, std::size_t count) {
        too_large = request.body.size() + count > route->body_bytes_max;
        if (!too_large) request.body.append(bytes, count);
        return !too_large;
    });
    if (too_large) return problem(Outcome::body_too_large);
    if (!whole) return problem(Outcome::bad_request, "the body ended early");
    close = false;
    return dispatch(server, *route, request);
}

void set_up(httplib::Server& http, Server& server) {
    http.new_task_queue = [] { return new httplib::ThreadPool(threads_base, threads_max); };
    http.set_tcp_nodelay(true);
    http.set_keep_alive_max_count(100000);
    http.set_keep_alive_timeout(15);
    http.set_read_timeout(20);
    http.set_write_timeout(20);
    http.set_payload_max_length(base::limits::batch_bytes_max + 1);
    http.Get(".*", [&server](const httplib::Request& from, httplib::Response& to) {
        Request request = read_request(from);
        write_response(answer_get(server, request), to);
    });
    const auto post = [&server](const httplib::Request& from, httplib::Response& to,
                                const httplib::ContentReader& content) {
        Request request = read_request(from);
        bool    close = false;
        const Body body = [&content](const Take& take) { return content(take); };
        const Response response = answer_post(server, request, body, close);
        if (close) to.set_header("Connection", "close");
        write_response(response, to);
    };
    http.Post(".*", post);
    http.Put(".*", post);
    http.Patch(".*", post);
    http.Delete(".*", [](const httplib::Request&, httplib::Response& to) {
        write_response(problem(Outcome::method_not_allowed), to);
    });
    // What the library itself refuses (a broken request, a body over its limit) is a problem too.
    http.set_error_handler([](const httplib::Request&, httplib::Response& to) {
        if (!to.body.empty()) return;
        const Outcome outcome = to.status == 413   ? Outcome::body_too_large
                                : to.status == 404 ? Outcome::not_found
                                : to.status == 405 ? Outcome::method_not_allowed
                                : to.status >= 500 ? Outcome::internal_fault
                                                   : Outcome::bad_request;
        const int     status = to.status;
        Response      response = problem(outcome);
        response.status = status;
        write_response(response, to);
    });
}

} // namespace

std::string Request::header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string() : found->second;
}

bool over_tls(const Server& server, const Request& request) {
    return server.tls || lower(request.header("x-forwarded-proto")) == "https";
}

std::string Request::cookie(std::string_view name) const {
    const std::string all = header("cookie");
    for (std::size_t at = 0; at < all.size();) {
        std::size_t end = std::min(all.find(';', at), all.size());
        std::string_view one = std::string_view(all).substr(at, end - at);
        while (!one.empty() && one.front() == ' ') one.remove_prefix(1);
        if (one.size() > name.size() && one.substr(0, name.size()) == name &&
            one[name.size()] == '=')
            return std::string(one.substr(name.size() + 1));
        at = end + 1;
    }
    return {};
}

Response answer(Server& server, Request request) {
    if (request.method == "GET") return answer_get(server, request);
    const std::string whole = std::exchange(request.body, {});
    bool              close = false;
    return answer_post(
        server, request,
        [&whole](const Take& take) { return whole.empty() || take(whole.data(), whole.size()); },
        close);
}

bool media_type_is(const Request& request, std::string_view type) {
    return std::string_view(request.content_type).substr(0, request.content_type.find(';')) == type;
}

Response problem(Outcome outcome, std::string_view detail) {
    const int status = base::outcome_text(outcome).http_status;
    Response  response{status == 0 ? 500 : status,
                      "application/problem+json",
                      protocol::write_problem(outcome, detail),
                      {{"Cache-Control", "no-store"}}};
    if (response.status == 503) response.headers.push_back({"Retry-After", "2"});
    return response;
}

base::Status listen(Server& server, const ListenOptions& options,
                    const std::function<bool()>& stop_requested) {
    std::unique_ptr<httplib::Server> http;
    if (options.tls_certificate.empty()) http = std::make_unique<httplib::Server>();
    else
        http = std::make_unique<httplib::SSLServer>(options.tls_certificate.c_str(),
                                                    options.tls_key.c_str());
    if (!http->is_valid())
        return base::fail(Outcome::wrong_use, "证书或私钥不能使用：" + options.tls_certificate);
    set_up(*http, server);
    int port = options.port;
    if (port == 0) port = http->bind_to_any_port(options.host);
    else if (!http->bind_to_port(options.host, port)) port = -1;
    if (port < 0)
        return base::fail(Outcome::wrong_use, "端口已被占用或地址不可用：" + options.host + ":" +
                                                  std::to_string(options.port));
    std::fprintf(stderr, "listening on %s://%s:%d\n", server.tls ? "https" : "http",
                 options.host.c_str(), port);
    std::fflush(stderr);
    std::thread watcher([&] {
        while (!stop_requested()) std::this_thread::sleep_for(std::chrono::milliseconds(100));
        http->stop();
    });
    const bool served = http->listen_after_bind();
    watcher.join();
    if (!served && !stop_requested()) return base::fail(Outcome::internal_fault, "listen");
    return {};
}

} // namespace handlers
