// What holds for every request, whatever its route.
#include "shared/base/text.hpp"
#include "tests/server/machine.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace {

struct Desk {
    town::Town    town;
    town::Service service{town};

    handlers::Response post(std::string body, const char* content_type,
                            std::map<std::string, std::string> headers = {}) {
        handlers::Request request;
        request.method = "POST";
        request.path = "/api/v1/envelopes";
        request.body = std::move(body);
        request.content_type = content_type;
        request.headers = std::move(headers);
        return handlers::answer(service.server(), request);
    }
};

} // namespace

TEST_CASE("a batch: one answer for each line, also for an empty one") {
    Desk              desk;
    const auto        device = desk.town.new_device("D001");
    const std::string line = town::sign(desk.town.declaration(device), device.key);
    const auto        answer = desk.post(line + "\n\nnot a JWS\n", "text/plain");
    CHECK(answer.status == 200);
    const auto lines = base::lines_of(answer.body);
    REQUIRE(lines.size() == 3);
    CHECK(base::parse_json(lines[0])->at("result") == "accepted");
    CHECK(base::parse_json(lines[1])->at("code") == 101);
    CHECK(base::parse_json(lines[2])->at("code") == 101);
}

TEST_CASE("a body: of another type, with an encoding, too large, empty") {
    Desk desk;
    CHECK(desk.post("x", "application/json").status == 415);
    CHECK(desk.post("x", "text/plain", {{"content-encoding", "gzip"}}).status == 415);
    CHECK(desk.post(std::string(4 * 1024 * 1024 + 1, 'x'), "text/plain").status == 413);
    CHECK(desk.post("", "text/plain").status == 400);
}

namespace {

handlers::Response post(handlers::Server& server, const char* path, const std::string& body,
                        std::map<std::string, std::string> headers = {}) {
    handlers::Request request;
    request.method = "POST";
    request.path = path;
    request.body = body;
    request.content_type = "application/jose";
    request.headers = std::move(headers);
    return handlers::answer(server, request);
}

std::string header_of(const handlers::Response& response, const std::string& name) {
    for (const auto& [one, value] : response.headers)
        if (one == name) return value;
    return "";
}

std::string session_request(town::Town& town, const town::Device& device) {
    return envelope::sign_jws(
        protocol::write_session_request({town.site().key().id(), town.site().make_anchor()}),
        device.key, envelope::HeaderKey::kid);
}

} // namespace

TEST_CASE("a session request is taken once, also over a restart") {
    town::Town        town;
    const auto        device = town.new_device("D001");
    const std::string asked = session_request(town, device);
    {
        town::Service service(town);
        // The server looks only at what it has handed out itself.
        const std::string fresh = session_request(town, device);
        CHECK(post(service.server(), "/api/v1/sessions", fresh).status == 200);
        const auto again = post(service.server(), "/api/v1/sessions", fresh);
        CHECK(base::parse_json(again.body)->at("code") == int(base::Outcome::replayed_session));
    }
    const std::string later = session_request(town, device);
    town.close();
    const auto site = intake::Site::open(town.data()); // Its clock goes on where it was.
    REQUIRE(site.has_value());
    handlers::Sessions sessions(**site);
    for (const std::string& one : {asked, later})
        CHECK(sessions.open(one).error().outcome == base::Outcome::stale_anchor);
    const std::string fresh = envelope::sign_jws(
        protocol::write_session_request({(*site)->key().id(), (*site)->make_anchor()}), device.key,
        envelope::HeaderKey::kid);
    CHECK(sessions.open(fresh).has_value());
}

TEST_CASE("a cookie is for encrypted lines only when the line is encrypted, also by a proxy") {
    town::Town    town;
    town::Service service(town);
    const auto    device = town.new_device("D001");
    const auto    plain = post(service.server(), "/api/v1/sessions", session_request(town, device));
    CHECK(header_of(plain, "Set-Cookie").find("Secure") == std::string::npos);
    const auto proxied = post(service.server(), "/api/v1/sessions", session_request(town, device),
                              {{"x-forwarded-proto", "https"}});
    const std::string cookie = header_of(proxied, "Set-Cookie");
    CHECK(cookie.rfind("__Host-shenbao=", 0) == 0);
    CHECK(cookie.find("; Secure") != std::string::npos);
    const auto status = [&](const char* proto) {
        handlers::Request request;
        request.method = "GET";
        request.path = "/api/v1/units";
        request.headers = {{"cookie", cookie.substr(0, cookie.find(';'))},
                           {"x-forwarded-proto", proto}};
        return handlers::answer(service.server(), request).status;
    };
    CHECK(status("https") == 200);
    CHECK(status("http") == 401);
}

TEST_CASE("a wrong code is refused, and the guesser has to wait") {
    town::Town         town;
    town::Service      service(town);
    base::SystemRandom random;
    const auto         key = envelope::SecretKey::make(random);
    const auto         guess = [&] {
        const std::string asked = protocol::write_enrolment_request(
            {"0000-0000-0000", "一号机", town.site().now()});
        return post(service.server(), "/api/v1/enrolments",
                    envelope::sign_jws(asked, key, envelope::HeaderKey::jwk));
    };
    for (int i = 0; i < 5; ++i) {
        const auto refused = guess();
        CHECK(refused.status == 403);
        CHECK(base::parse_json(refused.body)->at("code") == int(base::Outcome::bad_code));
    }
    const auto waiting = guess();
    CHECK(waiting.status == 429);
    const std::string seconds = header_of(waiting, "Retry-After");
    CHECK((seconds == "1" || seconds == "2"));
}

TEST_CASE("whoever is told to come back is told when") {
    const auto answer = handlers::problem(base::Outcome::queue_full);
    CHECK(answer.status == 503);
    CHECK(std::count(answer.headers.begin(), answer.headers.end(),
                     std::pair<std::string, std::string>("Retry-After", "2")) == 1);
}
