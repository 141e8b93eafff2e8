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

TEST_CASE("whoever is told to come back is told when") {
    const auto answer = handlers::problem(base::Outcome::queue_full);
    CHECK(answer.status == 503);
    CHECK(std::count(answer.headers.begin(), answer.headers.end(),
                     std::pair<std::string, std::string>("Retry-After", "2")) == 1);
}
