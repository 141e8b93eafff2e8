// Who may see and do what (server/rights). Every combination is made from the tables themselves:
// each route by role, each kind of envelope by role and by what its subject is to the speaker. What
// is not allowed must answer as what is not there, byte for byte, and nothing that a caller reads
// may change when something foreign happens.
#include "server/handlers/http.hpp"
#include "server/rights/rights.hpp"
#include "server/routes.hpp"
#include "shared/protocol/offices.hpp"
#include "tests/server/town.hpp"

#include "shared/base/check.hpp"
#include "shared/base/text.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <map>

namespace {

using base::Json;
using base::Outcome;
using base::UnitId;
using rights::Relation;
using rights::Role;
using town::Device;

constexpr const char* unknown_id = "01870000-0000-7000-8000-000000000001";

// What one caller is told.
struct Told {
    int         status = 0;
    std::string etag;
    std::string body;
    bool        operator==(const Told&) const = default;
};

// The town with an office of the province and two schools more: D005 stands in the same city as the
// first bureau and is not reviewed by it; D006 has nothing to its name yet.
struct Scene {
    town::Town                    town;
    handlers::Sessions            sessions{town.site()};
    handlers::CodeGuard           guard;
    handlers::Pages               pages = *handlers::Pages::load("");
    handlers::Server              server{town.site(), town.intake(), sessions, guard, pages};
    std::map<std::string, Device> devices; // By unit.
    std::map<std::string, Json>   standing; // A school's declaration, its newest version.

    Scene() {
        REQUIRE(town.site()
                    .append_acts({envelope::UnitEntry{UnitId("340000"), "示例省教育厅",
                                                      "province_office", "", {}},
                                  envelope::UnitEntry{UnitId("D005"), "亳州示例大学",
                                                      "applied_undergraduate", "亳州市", {}},
                                  envelope::UnitEntry{UnitId("D006"), "亳州示例技校",
                                                      "secondary_vocational", "亳州市",
                                                      UnitId("341600")}})
                    .has_value());
        for (const auto& [unit, role] :
             std::map<std::string, const char*>{{"341600", "city"},   {"341300", "city"},
                                                {"340000", "province"}, {"D001", "school"},
                                                {"D002", "school"},   {"D003", "school"},
                                                {"D004", "school"},   {"D005", "school"}})
            devices.emplace(unit, town.new_device(unit, role));
        for (const char* school : {"D001", "D002", "D003", "D004", "D005"}) declare(school);
    }

    void declare(const std::string& school) {
        const Device& device = devices.at(school);
        standing[school] = town.declaration(device);
        REQUIRE(town.submit(device, standing[school]).outcome == Outcome::accepted);
    }

    std::vector<std::string> units() const {
        return {"341600", "341300", "340000", "D001", "D002", "D003", "D004", "D005", "D006"};
    }

    Relation relation(const std::string& asker, const std::string& about) {
        auto reader = town.site().reader();
        return rights::relation_of(UnitId(asker), *(*reader)->find_unit(UnitId(about)));
    }

    // A bureau has a say about it.
    bool first_reviewed(const std::string& about) {
        auto reader = town.site().reader();
        return (*(*reader)->find_unit(UnitId(about)))->review_by.has_value();
    }

    std::string open_session(const std::string& unit) {
        const protocol::SessionRequest asked{town.site().key().id(), town.site().make_anchor()};
        const auto opened =
            sessions.open(envelope::sign_jws(protocol::write_session_request(asked),
                                             devices.at(unit).key, envelope::HeaderKey::kid));
        REQUIRE(opened.has_value());
        return opened->token;
    }

    Told ask(const std::string& token, const std::string& method,
             const std::string& path_and_query, const std::string& body = {},
             const std::string& if_none_match = {}) {
        handlers::Request request;
        request.method = method;
        request.path = path_and_query.substr(0, path_and_query.find('?'));
        for (std::size_t at = request.path.size(); at < path_and_query.size();) {
            const std::size_t end =
                std::min(path_and_query.find('&', at + 1), path_and_query.size());
            const std::string one = path_and_query.substr(at + 1, end - at - 1);
            const std::size_t equals = one.find('=');
            request.query[one.substr(0, equals)] = one.substr(equals + 1);
            at = end;
        }
        request.body = body;
        request.content_type = "application/json";
        if (!token.empty()) request.headers["authorization"] = "Bearer " + token;
        if (!if_none_match.empty()) request.headers["if-none-match"] = if_none_match;
        const handlers::Response answer = handlers::answer(server, request);
        Told                     told{answer.status, {}, answer.body};
        for (const auto& [name, value] : answer.headers)
            if (name == "ETag") told.etag = value;
        return told;
    }
};

struct Asker {
    Role        role;
    const char* unit; // Of the town; "" for nobody.
};
const Asker askers[] = {{Role::nobody, ""},
                        {Role::school, "D001"},
                        {Role::bureau, "341600"},
                        {Role::province, "340000"}};

// Every address at which something is read, with every query that narrows it.
const char* const readings[] = {
    "/api/v1/changes",
    "/api/v1/changes?limit=1",
    "/api/v1/units",
    "/api/v1/catalogue",
    "/api/v1/filings",
    "/api/v1/filings?city=亳州市",
    "/api/v1/filings?city=宿州市",
    "/api/v1/filings?period=2023-spring&form=declaration&stage=submitted&timing=on_time&limit=2",
    "/api/v1/summaries/rows",
    "/api/v1/summaries/by-school",
    "/api/v1/summaries/by-certificate",
    "/api/v1/summaries/by-city",
    "/api/v1/summaries/province",
    "/api/v1/summaries/missing",
    "/api/v1/summaries/progress?period=2023-05",
    "/api/v1/summaries/sources",
    "/api/v1/summaries/ledger",
    "/api/v1/summaries/declaration",
    "/api/v1/summaries/rows?format=csv",
    "/api/v1/devices",
    "/api/v1/extensions",
    "/api/v1/units/D001",
};

// What an answer says, with what is encoded in it laid open.
std::string laid_open(const std::string& body) {
    std::string text = body;
    const auto  json = base::parse_json(body);
    if (!json || !json->contains("changes")) return text;
    for (const Json& change : json->at("changes"))
        for (const char* member : {"envelope", "receipt"}) {
            const std::string jws = change.at(member).get<std::string>();
            const std::size_t first = jws.find('.'), second = jws.find('.', first + 1);
            const auto bytes = base::from_base64url(jws.substr(first + 1, second - first - 1));
            text += base::as_text(*bytes);
        }
    return text;
}

bool names(const std::string& text, const std::string& unit) {
    return text.find("\"" + unit + "\"") != std::string::npos ||
           text.find("," + unit + ",") != std::string::npos;
}

// An act of this kind about a unit's matter, or about what does not exist.
Json act_about(Scene& scene, std::string_view kind, const Device& speaker,
               const std::string& about) {
    const auto matter = scene.standing.find(about);
    const Json target =
        matter == scene.standing.end() ? Json(unknown_id) : matter->second.at("id");
    Json payload = scene.town.act(std::string(kind.substr(0, kind.find('/'))).c_str(), speaker);
    if (kind == "filing") {
        payload = scene.town.declaration(speaker);
        payload["replaces"] = target;
        payload["root"] =
            matter == scene.standing.end() ? Json(unknown_id) : matter->second.at("root");
    } else if (kind == "withdrawal") {
        payload["target"] = target;
        payload["reason"] = "重复申报";
    } else if (kind.starts_with("decision/")) {
        payload["target"] = target;
        payload["stage"] = kind.substr(kind.find('/') + 1);
        payload["verdict"] = "return";
        payload["approved"] = payload["due"] = nullptr;
        payload["remarks"] = Json::array();
        payload["reason"] = "人数有误，请核对";
    } else if (kind == "extension") {
        payload["for"] = about;
        payload["form"] = "declaration";
        payload["period"] = "2023-spring";
        payload["until"] = "2023-04-05T18:00:00+08:00";
        payload["reason"] = "停电";
    } else if (kind == "announcement") {
        payload["text"] = "请尽快核对联络人员。";
        payload["until"] = "2023-04-30T00:00:00+08:00";
        payload["to"] = {{"unit", about}};
    } else if (kind == "unit") {
        auto reader = scene.town.site().reader();
        auto entry = *(*reader)->find_unit(UnitId(about));
        if (!entry) entry = {UnitId(about), "", "secondary_vocational", "亳州市", UnitId("341600")};
        entry->name = "改名的学校";
        payload["entry"] = protocol::to_json(*entry);
    } else if (kind == "catalogue") {
        payload["entry"] = {{"id", "X009"},
                            {"batch", 1},
                            {"name", "示例"},
                            {"organisation", "示例"},
                            {"levels", Json::array({"初级"})},
                            {"min_headcount", nullptr}};
    } else if (kind == "code") {
        payload["entry"] = {{"unit", about},
                            {"role", "school"},
                            {"code_hash", std::string(64, 'a')},
                            {"expires_at", "2024-01-01T00:00:00+08:00"}};
    } else if (kind == "revocation") {
        const auto device = scene.devices.find(about);
        payload["kid"] = device == scene.devices.end() ? std::string(43, 'A')
                                                       : device->second.key.id().text();
        payload["reason"] = "遗失";
    } else if (kind == "notice") {
        payload["published"] = payload["notice"];
    } else {
        FAIL("no act is known for ", std::string(kind));
    }
    return payload;
}

// The answer to a line as it is written, without the id.
std::string written(protocol::LineAnswer answer) {
    answer.id.reset();
    answer.receipt.clear();
    return protocol::write_line_answer(answer);
}

} // namespace

TEST_CASE("every route stands in the table of rights, and nothing else does") {
    std::vector<std::string> listed, ruled;
    for (const handlers::Route& route : routes())
        listed.push_back(std::string(route.method) + " " + std::string(route.pattern));
    for (const rights::RouteRow& row : rights::route_rows())
        ruled.push_back(std::string(row.method) + " " + std::string(row.pattern));
    CHECK(listed == ruled);
}

TEST_CASE("every route by every role: what is not for a role is not there") {
    Scene      scene;
    const Told nothing = scene.ask("", "GET", "/api/v1/nothing");
    CHECK(nothing.status == 404);
    const Told unknown = scene.ask("", "GET", "/api/v1/units");
    CHECK(unknown.status == 401);
    for (const Asker& asker : askers) {
        const std::string token = *asker.unit == '\0' ? "" : scene.open_session(asker.unit);
        for (const rights::RouteRow& row : rights::route_rows()) {
            CAPTURE(asker.unit);
            CAPTURE(row.pattern);
            std::string path(row.pattern);
            if (path.ends_with("{name}")) path.replace(path.find('{'), 6, "rows");
            if (path.ends_with("notices/{id}")) path.replace(path.find('{'), 4, "anhui-2023-14");
            if (path.ends_with("{id}"))
                path.replace(path.find('{'), 4, *asker.unit == 0 ? "D001" : asker.unit);
            const std::string body =
                path.ends_with("/slips") ? R"({"units":["D001"]})" : R"({"unit":"D001"})";
            const Told        told = scene.ask(token, std::string(row.method), path, body);
            if (row.door == rights::Door::loopback) CHECK(told == nothing);
            else if (row.door == rights::Door::open) CHECK(told.status != 401);
            else if (asker.role == Role::nobody) CHECK(told == unknown);
            else if (row.reach(asker.role).empty()) CHECK(told == nothing);
            else CHECK((told.status == 200 || told.status == 201));
        }
        // A name that is no summary, however it is asked for, and a path that is none.
        CHECK(scene.ask(token, "GET", "/api/v1/nothing") == nothing);
    }
    CHECK(scene.ask("not-a-token", "GET", "/api/v1/units") == unknown);
}

TEST_CASE("a route about one unit: a foreign one is not there, whatever is asked") {
    Scene scene;
    for (const Asker& asker : askers) {
        if (asker.role == Role::nobody) continue;
        const std::string token = scene.open_session(asker.unit);
        const auto        code = [&](const std::string& unit) {
            return scene.ask(token, "POST", "/api/v1/codes",
                             protocol::write_code_request(UnitId(unit)));
        };
        for (const std::string& about : scene.units()) {
            CAPTURE(asker.unit);
            CAPTURE(about);
            const Relation relation = scene.relation(asker.unit, about);
            const auto     reach = [&](const char* method, const char* pattern) {
                return rights::route_row(method, pattern).reach(asker.role).has(relation);
            };
            const Told told = scene.ask(token, "GET", "/api/v1/units/" + about);
            if (reach("GET", "/api/v1/units/{id}")) CHECK(told.status == 200);
            else CHECK(told == scene.ask(token, "GET", "/api/v1/units/nobody"));
            const auto before = scene.town.last_index();
            const Told made = code(about);
            if (reach("POST", "/api/v1/codes")) {
                CHECK(made.status == 201);
                CHECK(scene.town.last_index() == before + 1);
                const Told open = scene.ask(token, "GET", "/api/v1/codes");
                CHECK(names(open.body, about));
            } else {
                CHECK(made == code("nobody"));
                CHECK(made.status == 404);
                CHECK(scene.town.last_index() == before);
            }
            // Answered, or not there and nothing written.
            const auto judged = [&](bool reached, const auto& tell) {
                const auto index = scene.town.last_index();
                const Told answer = tell(about);
                if (reached) {
                    CHECK(answer.status / 100 == 2);
                } else {
                    CHECK(answer.status == 404);
                    CHECK(answer == tell("nobody"));
                    CHECK(scene.town.last_index() == index);
                }
            };
            judged(reach("POST", "/api/v1/codes/expire"), [&](const std::string& unit) {
                return scene.ask(token, "POST", "/api/v1/codes/expire",
                                 protocol::write_code_request(UnitId(unit)));
            });
            // Many at once: one that cannot be reached stops all of it.
            const auto slips = [&](const std::string& unit) {
                return scene.ask(token, "POST", "/api/v1/codes/slips",
                                 protocol::write_slips_request({UnitId("D001"), UnitId(unit)}));
            };
            const rights::Reach all =
                rights::route_row("POST", "/api/v1/codes/slips").reach(asker.role);
            if (about == "D001" && !all.empty())
                CHECK(slips(about).status == 400); // One unit twice.
            else
                judged(all.has(scene.relation(asker.unit, "D001")) && all.has(relation), slips);
        }
    }
}

TEST_CASE("everything that is read names the units a caller may see, and no other") {
    Scene scene;
    for (const Asker& asker : askers) {
        if (asker.role == Role::nobody) continue;
        const std::string token = scene.open_session(asker.unit);
        for (const char* reading : readings) {
            CAPTURE(asker.unit);
            CAPTURE(reading);
            const Told told = scene.ask(token, "GET", reading);
            CHECK(told.status == 200);
            const std::string text = laid_open(told.body);
            for (const std::string& unit : scene.units()) {
                CAPTURE(unit);
                const bool sees =
                    rights::sight(asker.role).has(scene.relation(asker.unit, unit));
                // By whom it is reviewed stands in a school's own entry.
                const bool reviewer = asker.role == Role::school && unit == "341600";
                if (!sees && !reviewer) CHECK(!names(text, unit));
                // Who has declared is in the lists of those who may see it.
                const bool whole = std::string_view(reading).find('?') == std::string_view::npos;
                const bool listed = whole && std::string_view(reading).ends_with("rows");
                if (sees && listed && scene.standing.count(unit) != 0) CHECK(names(text, unit));
                if (sees && std::string_view(reading) == "/api/v1/units") CHECK(names(text, unit));
                if (sees && std::string_view(reading) == "/api/v1/devices" &&
                    scene.devices.count(unit) != 0)
                    CHECK(names(text, unit));
                if (sees && std::string_view(reading) == "/api/v1/changes" &&
                    scene.standing.count(unit) != 0)
                    CHECK(names(text, unit));
            }
        }
    }
}

TEST_CASE("every kind of envelope by every role about every unit: what is foreign is not there") {
    Scene scene;
    int   tried = 0, accepted = 0;
    for (const Asker& asker : askers) {
        if (asker.role == Role::nobody) continue;
        const Device& speaker = scene.devices.at(asker.unit);
        for (const rights::KindRow& row : rights::kind_rows()) {
            const rights::Reach reach = row.reach(asker.role);
            // The same act about what does not exist: nobody can tell the two apart.
            const char* nobody = row.kind == "unit" ? "newcomer" : "nobody";
            const std::string absent = written(
                scene.town.submit(speaker, act_about(scene, row.kind, speaker, nobody)));
            for (const std::string& about : scene.units()) {
                CAPTURE(asker.unit);
                CAPTURE(row.kind);
                CAPTURE(about);
                const Relation relation = scene.relation(asker.unit, about);
                const auto     before = scene.town.last_index();
                Json           payload = act_about(scene, row.kind, speaker, about);
                const auto     answer = scene.town.submit(speaker, payload);
                ++tried;
                if (reach.empty() || !reach.has(relation)) {
                    CHECK(answer.outcome == (reach.empty() ? Outcome::unknown_kind
                                                           : Outcome::unknown_target));
                    CHECK(written(answer) == absent);
                    CHECK(scene.town.last_index() == before);
                } else if (row.kind == "revocation" && relation == Relation::own) {
                    CHECK(answer.outcome == Outcome::rules_failed); // The device that speaks.
                } else if (row.kind == "decision/first_review" && !scene.first_reviewed(about)) {
                    CHECK(answer.outcome != Outcome::unknown_kind); // 140, or 130 for an office.
                } else if (scene.standing.count(about) != 0) {
                    CHECK(answer.outcome == Outcome::accepted);
                    ++accepted;
                    if (row.kind == "filing") scene.standing[about] = payload;
                    if (row.kind == "withdrawal") scene.declare(about);
                } else {
                    CHECK(answer.outcome != Outcome::unknown_kind);
                }
                // In another unit's name it is no use either.
                if (relation == Relation::own) continue;
                payload = act_about(scene, row.kind, speaker, about);
                payload["unit"] = about;
                CHECK(scene.town.submit(speaker, payload).outcome ==
                      (reach.empty() ? Outcome::unknown_kind : Outcome::foreign_unit));
            }
        }
    }
    CHECK(tried > 200);
    CHECK(accepted >= 15);
}

TEST_CASE("nothing that a caller reads changes when something foreign happens") {
    struct Event {
        const char* says;
        std::function<void(Scene&)> happen;
    };
    const auto submit = [](Scene& scene, const char* speaker, const Json& payload) {
        const auto answer = scene.town.submit(scene.devices.at(speaker), payload);
        REQUIRE(answer.outcome == Outcome::accepted);
    };
    // All of it is about D003 and its bureau 341300, foreign to D001 and to 341600.
    const Event events[] = {
        {"a declaration",
         [&](Scene& s) { submit(s, "D003", s.town.declaration(s.devices.at("D003"), "X001")); }},
        {"a new version",
         [&](Scene& s) { submit(s, "D003", s.town.replacement(s.standing["D003"], 77)); }},
        {"a decision",
         [&](Scene& s) {
             submit(s, "341300",
                    act_about(s, "decision/first_review", s.devices.at("341300"), "D003"));
         }},
        {"an extension",
         [&](Scene& s) {
             submit(s, "340000", act_about(s, "extension", s.devices.at("340000"), "D003"));
         }},
        {"a withdrawal",
         [&](Scene& s) {
             submit(s, "D003", act_about(s, "withdrawal", s.devices.at("D003"), "D003"));
         }},
        {"an announcement for it",
         [&](Scene& s) {
             submit(s, "340000", act_about(s, "announcement", s.devices.at("340000"), "D003"));
         }},
        {"an announcement for its city",
         [&](Scene& s) {
             Json payload = act_about(s, "announcement", s.devices.at("340000"), "D003");
             payload["to"] = {{"city", "宿州市"}};
             submit(s, "340000", payload);
         }},
        {"a code by its bureau",
         [](Scene& s) {
             CHECK(s.ask(s.open_session("341300"), "POST", "/api/v1/codes",
                         protocol::write_code_request(UnitId("D003")))
                       .status == 201);
         }},
        {"a device revoked by its bureau",
         [&](Scene& s) {
             submit(s, "341300", act_about(s, "revocation", s.devices.at("341300"), "D003"));
         }},
        {"a new name by the province",
         [&](Scene& s) {
             submit(s, "340000", act_about(s, "unit", s.devices.at("340000"), "D003"));
         }},
        {"a change of it that is planned",
         [&](Scene& s) {
             Json payload = act_about(s, "unit", s.devices.at("340000"), "D003");
             payload["from"] = "2023-09-01T00:00:00+08:00";
             submit(s, "340000", payload);
         }},
        {"a code and an enrolment", [](Scene& s) { s.town.new_device("D003"); }},
        {"a revoked device",
         [](Scene& s) { s.town.revoke(s.town.new_device("D003").key.id()); }},
        {"a new name",
         [](Scene& s) {
             REQUIRE(s.town.site()
                         .append_acts({envelope::UnitEntry{UnitId("D003"), "改名的学校",
                                                           "secondary_vocational", "宿州市",
                                                           UnitId("341300")}})
                         .has_value());
         }},
    };
    for (const Event& event : events) {
        Scene                                scene;
        std::map<std::string, std::string>   tokens;
        std::map<std::string, Told>          before;
        for (const char* asker : {"D001", "341600"}) {
            tokens[asker] = scene.open_session(asker);
            for (const char* reading : readings)
                before[std::string(asker) + reading] = scene.ask(tokens[asker], "GET", reading);
        }
        const std::string office = scene.open_session("340000");
        const Told        all = scene.ask(office, "GET", "/api/v1/summaries/rows");
        event.happen(scene);
        for (const char* asker : {"D001", "341600"})
            for (const char* reading : readings) {
                CAPTURE(event.says);
                CAPTURE(asker);
                CAPTURE(reading);
                const Told& known = before[std::string(asker) + reading];
                CHECK(scene.ask(tokens[asker], "GET", reading) == known);
                if (!known.etag.empty())
                    CHECK(scene.ask(tokens[asker], "GET", reading, {}, known.etag).status == 304);
            }
        // Who sees it is told.
        CAPTURE(event.says);
        CHECK(scene.ask(office, "GET", "/api/v1/summaries/rows").etag != all.etag);
    }
}
