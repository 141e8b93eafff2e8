// How long the server takes to say that something is not there: of another's, which it must not
// give away, beside what does not exist. Both kinds are asked for in turn, so that what the machine
// does besides falls on both; the median of many.
#include "server/handlers/http.hpp"
#include "server/handlers/pages.hpp"
#include "server/handlers/sessions.hpp"
#include "tests/server/timing.hpp"
#include "tests/server/town.hpp"

#include "shared/base/check.hpp"

#include <cstdio>

namespace {

constexpr int rounds = 3000;

void compare(const char* what, const std::function<void(bool foreign)>& ask) {
    std::vector<double> of_others, unknown;
    for (int round = 0; round < rounds; ++round) {
        of_others.push_back(timing::seconds_of([&] { ask(true); }) * 1e6);
        unknown.push_back(timing::seconds_of([&] { ask(false); }) * 1e6);
    }
    std::printf("%-48s %7.1f µs, of what is not there %7.1f µs\n", what, timing::median(of_others),
                timing::median(unknown));
}

} // namespace

int main() {
    town::Town       town;
    const auto       bureau = town.new_device("341600", "city");
    const auto       school = town.new_device("D001"), other = town.new_device("D003");
    const base::Json filed = town.declaration(other);
    SHENBAO_CHECK(town.submit(other, filed).outcome == base::Outcome::accepted);

    handlers::Sessions  sessions(town.site());
    handlers::CodeGuard guard;
    const auto          pages = *handlers::Pages::load("");
    handlers::Server    server{town.site(), town.intake(), sessions, guard, pages};
    const protocol::SessionRequest asked{town.site().key().id(), town.site().make_anchor()};
    const auto session = sessions.open(envelope::sign_jws(
        protocol::write_session_request(asked), bureau.key, envelope::HeaderKey::kid));
    SHENBAO_CHECK(session.has_value());
    handlers::Request request;
    request.method = "GET";
    request.headers["authorization"] = "Bearer " + session->token;
    compare("GET /units/{id} of another bureau's school:", [&](bool foreign) {
        request.path = foreign ? "/api/v1/units/D003" : "/api/v1/units/D993";
        SHENBAO_CHECK(handlers::answer(server, request).status == 404);
    });

    std::vector<std::string> lines[2];
    const std::string        targets[2] = {"01872ae0-0000-7000-8000-000000000000",
                                           filed.at("id").get<std::string>()};
    for (int foreign : {0, 1})
        for (int round = 0; round < rounds; ++round)
            lines[foreign].push_back(town::sign(town.withdrawal(school, targets[foreign]),
                                                school.key));
    compare("a withdrawal of another school's filing (130):", [&](bool foreign) {
        const auto answer = town.submit(lines[foreign].back());
        lines[foreign].pop_back();
        SHENBAO_CHECK(answer.outcome == base::Outcome::unknown_target);
    });
}
