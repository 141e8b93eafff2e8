// What the offices do besides reviewing: units with their history, devices, announcements, codes.
#include "server/handlers/http.hpp"
#include "shared/device/sync.hpp"
#include "tests/server/town.hpp"

#include "shared/base/check.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace {

using base::Json;
using base::Outcome;
using base::UnitId;
using protocol::LineResult;
using town::Device;

struct Offices {
    town::Town         town;
    handlers::Sessions sessions{town.site()};
    handlers::CodeGuard guard;
    handlers::Pages    pages = *handlers::Pages::load("");
    handlers::Server   server{town.site(), town.intake(), sessions, guard, pages};
    Device             province, bureau, school;

    Offices()
        : province(add_province()), bureau(town.new_device("341600", "city")),
          school(town.new_device("D001")) {}

    Device add_province() {
        REQUIRE(town.site()
                    .append_acts({envelope::UnitEntry{UnitId("340000"), "示例省教育厅",
                                                      "province_office", "", {}}})
                    .has_value());
        return town.new_device("340000", "province");
    }
    Json unit(const char* id, const char* name, const char* kind = "secondary_vocational",
              const char* review_by = "341600") {
        Json payload = town.act("unit", province);
        payload["entry"] = {{"id", id},
                            {"name", name},
                            {"kind", kind},
                            {"city", "亳州市"},
                            {"review_by", *review_by == '\0' ? Json() : Json(review_by)}};
        return payload;
    }
    Json revocation(const Device& by, const base::KeyId& kid) {
        Json payload = town.act("revocation", by);
        payload["kid"] = kid.text();
        payload["reason"] = "电脑遗失";
        return payload;
    }
    Json announcement(Json to, const char* until = "2023-04-10T00:00:00+08:00") {
        Json payload = town.act("announcement", province);
        payload["text"] = "请各校核对联络人员。";
        payload["until"] = until;
        payload["to"] = std::move(to);
        return payload;
    }
    std::string open_session(const Device& device) {
        const protocol::SessionRequest asked{town.site().key().id(), town.site().make_anchor()};
        const auto opened = sessions.open(envelope::sign_jws(
            protocol::write_session_request(asked), device.key, envelope::HeaderKey::kid));
        REQUIRE(opened.has_value());
        return opened->token;
    }
    handlers::Response ask(const std::string& token, const char* method, const std::string& path,
                           const std::string& body = {}) {
        handlers::Request request;
        request.method = method;
        request.path = path;
        request.body = body;
        request.content_type = "application/json";
        request.headers["authorization"] = "Bearer " + token;
        return handlers::answer(server, request);
    }
    std::optional<envelope::UnitEntry> find(const char* id) {
        auto reader = town.site().reader();
        return *(*reader)->find_unit(UnitId(id));
    }
    std::size_t changes(const records::Viewer& viewer) {
        auto reader = town.site().reader();
        return (*reader)->changes(viewer, 0, 1000)->size();
    }
    void require_rebuilt_alike() {
        auto store = town.site().open_store();
        CHECK(town::rebuilds_to_the_same(**store));
    }
};

// A machine of a unit, with every URL between it and the server and no socket.
struct Machine {
    Offices&                    offices;
    base::FixedClock            clock;
    base::SystemRandom          random;
    std::optional<device::Desk> desk;

    Machine(Offices& server, const char* unit, const char* role)
        : offices(server), clock(town::at("2023-03-29T09:00:00+08:00")) {
        auto opened = device::Desk::open(
            *sqlite::Database::open(":memory:", sqlite::OpenMode::create), clock, random);
        REQUIRE(opened.has_value());
        desk.emplace(std::move(*opened));
        const auto body =
            desk->begin_enrolment(offices.town.new_code(UnitId(unit), 30, role), "一号机");
        REQUIRE(body.has_value());
        const auto answer =
            carry({"POST", "/api/v1/enrolments", "application/jose", *body, {}, {}});
        REQUIRE(desk->finish_enrolment(answer.body).has_value());
        sync();
    }
    device::Response carry(const device::Request& asked) {
        handlers::Request request;
        request.method = asked.method;
        request.path = asked.path.substr(0, asked.path.find('?'));
        if (const auto after = asked.path.find("after="); after != std::string::npos)
            request.query["after"] =
                asked.path.substr(after + 6, asked.path.find('&', after) - after - 6);
        request.body = asked.body;
        request.content_type = asked.content_type;
        request.headers["authorization"] = "Bearer " + asked.bearer;
        if (!asked.if_none_match.empty()) request.headers["if-none-match"] = asked.if_none_match;
        const auto       answer = handlers::answer(offices.server, request);
        device::Response response{answer.status, answer.body};
        for (const auto& [name, value] : answer.headers)
            if (name == "ETag") response.etag = value;
        return response;
    }
    device::Report sync() {
        device::Sync sync(*desk);
        while (const auto request = sync.next()) sync.deliver(carry(*request));
        REQUIRE(!sync.report().fault);
        return sync.report();
    }
};

// The one field that a refusal by rules points at.
std::string blamed(const protocol::LineAnswer& answer) {
    if (answer.outcome != Outcome::rules_failed || answer.findings.size() != 1) return "";
    CHECK(answer.findings[0].text.ends_with("。"));
    return answer.findings[0].fields.at(0).text();
}

} // namespace

TEST_CASE("the province adds and renames units, and their history is kept") {
    Offices offices;
    REQUIRE(offices.town.submit(offices.province, offices.unit("D009", "新校")).outcome ==
            Outcome::accepted);
    CHECK(offices.find("D009")->name == "新校");
    REQUIRE(offices.town.submit(offices.province, offices.unit("D009", "新校（改名）")).outcome ==
            Outcome::accepted);
    CHECK(offices.find("D009")->name == "新校（改名）");
    const auto told = offices.ask(offices.open_session(offices.bureau), "GET",
                                  "/api/v1/units/D009");
    REQUIRE(told.status == 200);
    const auto history = protocol::read_unit_history(told.body);
    REQUIRE(history.has_value());
    CHECK(history->unit.name == "新校（改名）");
    REQUIRE(history->changes.size() == 2);
    CHECK(history->changes[0].unit.name == "新校");
    CHECK(history->changes[1].unit.name == "新校（改名）");
    CHECK(history->changes[1].by == UnitId("340000"));
    CHECK(history->changes[1].kid == offices.province.key.id()); // Every act names the device.
    CHECK(*history->changes[0].unit.from <= *history->changes[1].unit.from);
    CHECK(protocol::write_unit_history(*history) == told.body);
    // A code for it, by its bureau, names who asked for it.
    const auto made = offices.ask(offices.open_session(offices.bureau), "POST", "/api/v1/codes",
                                  protocol::write_code_request(UnitId("D009")));
    REQUIRE(made.status == 201);
    const auto code = protocol::read_new_code(made.body);
    REQUIRE(code.has_value());
    CHECK(code->name == "新校（改名）");
    CHECK(code->role == "school");
    base::SystemRandom random;
    CHECK(offices.town.enrol(envelope::SecretKey::make(random), code->code).has_value());
    auto       reader = offices.town.site().reader();
    const auto entries = (*reader)->page(0, 1000);
    int        codes = 0;
    for (const auto& entry : *entries) {
        CHECK(entry.text.find(code->code) == std::string::npos);
        if (entry.kind != "code") continue;
        const auto opened = records::open_stored(entry);
        codes += std::get<envelope::CodeEntry>(opened->act()).by == offices.bureau.key.id();
    }
    CHECK(codes == 1);
    offices.require_rebuilt_alike();
}

TEST_CASE("a unit changes from a date on, by itself, and the log says when") {
    Offices offices;
    Json    moved = offices.unit("D001", "亳州示例中专", "secondary_vocational", "341300");
    moved["from"] = "2023-04-02T00:00:00+08:00";
    const records::Viewer later{UnitId("341300"), "city"};
    REQUIRE(offices.town.submit(offices.province, moved).outcome == Outcome::accepted);
    CHECK(offices.find("D001")->review_by == UnitId("341600"));
    offices.require_rebuilt_alike();
    offices.town.site().start_clock_at(town::at("2023-04-02T00:00:01+08:00"));
    // Whatever is written next finds it done; the new bureau begins again with what it may see.
    {
        auto reader = offices.town.site().reader();
        CHECK((*reader)->units(later)->size() == 2);
    }
    REQUIRE(offices.town.submit(offices.school, offices.town.declaration(offices.school)).result ==
            LineResult::accepted);
    CHECK(offices.find("D001")->review_by == UnitId("341300"));
    auto reader = offices.town.site().reader();
    CHECK((*reader)->units(later)->size() == 3);
    CHECK(*(*reader)->scope_index(later) > 0);
    CHECK((*reader)->planned_units()->empty());
    const auto history = (*reader)->unit_history(UnitId("D001"));
    REQUIRE(history->size() == 3); // Its entry, the plan, and its coming true.
    CHECK(*(*history)[1].unit.from == town::at("2023-04-02T00:00:00+08:00"));
    CHECK((*history)[2].by == UnitId("operator"));
    CHECK((*history)[2].unit.from >= town::at("2023-04-02T00:00:00+08:00"));
    offices.require_rebuilt_alike();
}

TEST_CASE("a later word about a unit replaces what was planned for it") {
    Offices offices;
    Json    moved = offices.unit("D001", "亳州示例中专", "secondary_vocational", "341300");
    moved["from"] = "2023-04-02T00:00:00+08:00";
    REQUIRE(offices.town.submit(offices.province, moved).outcome == Outcome::accepted);
    REQUIRE(offices.town.submit(offices.province, offices.unit("D001", "新名")).outcome ==
            Outcome::accepted);
    offices.town.site().start_clock_at(town::at("2023-04-03T00:00:00+08:00"));
    offices.town.new_device("D001");
    CHECK(offices.find("D001")->review_by == UnitId("341600"));
    CHECK(offices.find("D001")->name == "新名");
    offices.require_rebuilt_alike();
}

TEST_CASE("a wrong entry of the roster changes nothing and says what is wrong") {
    Offices    offices;
    const auto before = offices.town.last_index();
    const auto why = [&](const Json& payload) {
        return blamed(offices.town.submit(offices.province, payload));
    };
    CHECK(why(offices.unit("operator", "某校")) == "id");
    CHECK(why(offices.unit("D009", "  ")) == "name");
    CHECK(why(offices.unit("D009", "某校", "kindergarten")) == "kind");
    CHECK(why(offices.unit("D009", "某校", "secondary_vocational", "")) == "review_by");
    CHECK(why(offices.unit("D009", "某校", "secondary_vocational", "341700")) == "review_by");
    CHECK(why(offices.unit("D009", "某校", "secondary_vocational", "D001")) == "review_by");
    CHECK(why(offices.unit("D001", "某局", "city_bureau", "")) == "kind"); // A school stays one.
    Json nowhere = offices.unit("D009", "某校");
    nowhere["entry"]["city"] = "";
    CHECK(why(nowhere) == "city");
    CHECK(offices.town.last_index() == before);
}

TEST_CASE("a revoked device speaks no more; what it sent before stays") {
    Offices           offices;
    const Json        declared = offices.town.declaration(offices.school);
    const std::string line = town::sign(declared, offices.school.key);
    const auto        first = offices.town.submit(line);
    REQUIRE(first.result == LineResult::accepted);
    const std::string session = offices.open_session(offices.school);
    CHECK(offices.ask(session, "GET", "/api/v1/units").status == 200);
    // In one request: each line sees those before it.
    const auto answers = offices.town.intake().submit(
        {town::sign(offices.revocation(offices.bureau, offices.school.key.id()),
                    offices.bureau.key),
         town::sign(offices.town.replacement(declared, 55), offices.school.key)});
    REQUIRE(answers.has_value());
    CHECK((*answers)[0].outcome == Outcome::accepted);
    CHECK((*answers)[1].outcome == Outcome::revoked_key);
    CHECK(offices.town.submit(line).receipt == first.receipt);
    CHECK(offices.ask(session, "GET", "/api/v1/units").status == 401);
    auto reader = offices.town.site().reader();
    CHECK((*reader)->filings(town::province, {})->size() == 1);
    const auto told = protocol::read_devices(
        offices.ask(offices.open_session(offices.bureau), "GET", "/api/v1/devices").body);
    REQUIRE(told.has_value());
    int revoked = 0;
    for (const protocol::DeviceInfo& one : *told)
        if (one.kid == offices.school.key.id()) {
            revoked += one.revoked;
            CHECK(one.device == "一号机");
            CHECK(one.seen_at == town::at("2023-03-29T09:00:00+08:00")); // To the hour.
        }
    CHECK(revoked == 1);
    // Another of the school's devices goes on with the matter.
    const Device other = offices.town.new_device("D001");
    CHECK(offices.town.submit(other, offices.town.replacement(declared, 56)).result ==
          LineResult::accepted);
    offices.require_rebuilt_alike();
}

TEST_CASE("no device revokes itself, and one that nobody knows is not there") {
    Offices offices;
    CHECK(blamed(offices.town.submit(
              offices.province, offices.revocation(offices.province, offices.province.key.id()))) ==
          "kid");
    base::SystemRandom random;
    CHECK(offices.town
              .submit(offices.bureau,
                      offices.revocation(offices.bureau, envelope::SecretKey::make(random).id()))
              .outcome == Outcome::unknown_target);
}

TEST_CASE("when a device was seen last outlives the server") {
    Offices offices;
    offices.town.intake(); // The first commit after the start keeps what is known.
    REQUIRE(offices.town.submit(offices.school, offices.town.declaration(offices.school)).result ==
            LineResult::accepted);
    auto store = offices.town.site().open_store();
    REQUIRE((*store)->begin().has_value());
    REQUIRE((*store)->keep_seen(offices.town.site().seen()).has_value());
    REQUIRE((*store)->commit().has_value());
    REQUIRE((*store)->rebuild().has_value());
    const auto devices = (*store)->devices({UnitId("D001"), "school"});
    REQUIRE(devices->size() == 1);
    CHECK(devices->front().seen_at == town::at("2023-03-29T09:00:00+08:00"));
}

TEST_CASE("an announcement reaches those whom it is for, and their bureaus") {
    Offices               offices;
    const records::Viewer first{UnitId("341600"), "city"}, second{UnitId("341300"), "city"},
        school{UnitId("D001"), "school"}, elsewhere{UnitId("D003"), "school"},
        university{UnitId("D004"), "school"}, province{UnitId("340000"), "province"};
    struct Case {
        Json to;
        bool first, second, school, elsewhere, university;
    };
    const Case cases[] = {
        {Json::object(), true, true, true, true, true},
        {{{"city", "亳州市"}}, true, false, true, false, false},
        {{{"kind", "higher_vocational"}}, false, false, false, false, true},
        {{{"unit", "D001"}}, true, false, true, false, false},
        {{{"unit", "341300"}}, false, true, false, false, false},
        {{{"kind", "city_bureau"}, {"city", "宿州市"}}, false, true, false, false, false},
    };
    for (const Case& one : cases) {
        CAPTURE(base::to_text(one.to));
        const auto count = [&](const records::Viewer& viewer) { return offices.changes(viewer); };
        const std::size_t before[] = {count(first),     count(second),     count(school),
                                      count(elsewhere), count(university), count(province)};
        REQUIRE(offices.town.submit(offices.province, offices.announcement(one.to)).outcome ==
                Outcome::accepted);
        CHECK(count(first) - before[0] == one.first);
        CHECK(count(second) - before[1] == one.second);
        CHECK(count(school) - before[2] == one.school);
        CHECK(count(elsewhere) - before[3] == one.elsewhere);
        CHECK(count(university) - before[4] == one.university);
        CHECK(count(province) - before[5] == 1);
    }
    const auto why = [&](const Json& payload) {
        return blamed(offices.town.submit(offices.province, payload));
    };
    CHECK(why(offices.announcement(Json::object(), "2023-03-29T08:00:00+08:00")) == "until");
    CHECK(why(offices.announcement({{"kind", "kindergarten"}})) == "to");
    CHECK(why(offices.announcement({{"city", "南京市"}})) == "to");
    Json blank = offices.announcement(Json::object());
    blank["text"] = "    ";
    CHECK(why(blank) == "text");
    offices.require_rebuilt_alike();
}

TEST_CASE("an extension back to the window's own end revokes; what came under it stays in time") {
    Offices    offices;
    const auto extend = [&](const char* until) {
        Json payload = offices.town.act("extension", offices.province);
        payload["for"] = "D001";
        payload["form"] = "declaration";
        payload["period"] = "2023-spring";
        payload["until"] = until;
        payload["reason"] = "停电";
        return offices.town.submit(offices.province, payload).outcome;
    };
    const auto file = [&](const char* certificate, const char* level) {
        const auto answer = offices.town.submit(
            offices.school, offices.town.declaration(offices.school, certificate, level));
        REQUIRE(answer.result == LineResult::accepted);
        return envelope::open_receipt(answer.receipt, offices.town.site().key().public_key())
            ->timing;
    };
    REQUIRE(extend("2023-04-10T23:59:59+08:00") == Outcome::accepted);
    offices.town.site().start_clock_at(town::at("2023-04-05T09:00:00+08:00"));
    CHECK(file("X001", "初级") == envelope::Timing::extended);
    CHECK(extend("2023-03-31T23:59:59+08:00") == Outcome::rules_failed); // Nobody loses a day.
    REQUIRE(extend("2023-03-31T23:59:59.999999+08:00") == Outcome::accepted);
    CHECK(file("X002", "初级") == envelope::Timing::late);
    auto                 reader = offices.town.site().reader();
    records::FilingQuery extended;
    extended.timing = envelope::Timing::extended;
    CHECK((*reader)->filings(town::province, extended)->size() == 1);
    const auto listed = protocol::read_extensions(
        offices.ask(offices.open_session(offices.bureau), "GET", "/api/v1/extensions").body);
    REQUIRE(listed.has_value());
    REQUIRE(listed->size() == 1);
    CHECK(listed->front().extension.until == town::at("2023-03-31T23:59:59.999999+08:00"));
    offices.require_rebuilt_alike();
}

TEST_CASE("a slip names the page's address: the operator's, else the asking page's") {
    Offices           offices;
    handlers::Request request;
    request.method = "POST";
    request.path = "/api/v1/codes";
    request.body = R"({"unit":"D001"})";
    request.content_type = "application/json";
    request.headers["authorization"] = "Bearer " + offices.open_session(offices.province);
    const auto slip = [&] {
        const handlers::Response answer = handlers::answer(offices.server, request);
        REQUIRE(answer.status == 201);
        return base::parse_json(answer.body)->at("slip").get<std::string>();
    };
    CHECK(slip().find("申报系统登记码") != std::string::npos);
    CHECK((slip().find("演练用") != std::string::npos) == offices.town.site().rehearsal());
    CHECK(slip().find("http") == std::string::npos); // Nobody knows it: no QR code either.
    CHECK(slip().find("<svg") == std::string::npos);
    request.headers["origin"] = "http://10.1.2.3:8080";
    CHECK(slip().find("http://10.1.2.3:8080/ ") != std::string::npos);
    offices.server.address = "https://shenbao.example.cn/";
    CHECK(slip().find("https://shenbao.example.cn/ ") != std::string::npos);
    CHECK(slip().find("10.1.2.3") == std::string::npos);
    CHECK(slip().find("<svg") != std::string::npos);
}

TEST_CASE("open codes are listed by unit, and made void: whoever has one cannot enrol any more") {
    Offices           offices;
    const std::string province = offices.open_session(offices.province);
    const std::string bureau = offices.open_session(offices.bureau);
    const auto        open = [&](const std::string& session) {
        const auto told = offices.ask(session, "GET", "/api/v1/codes");
        REQUIRE(told.status == 200);
        return *protocol::read_codes(told.body);
    };
    const auto expire = [&](const std::string& session, const char* unit) {
        return offices.ask(session, "POST", "/api/v1/codes/expire",
                           protocol::write_code_request(UnitId(unit)));
    };
    const std::string        own = offices.town.new_code(UnitId("D001"));
    const std::string        used = offices.town.new_code(UnitId("D001"));
    const std::string        foreign = offices.town.new_code(UnitId("D003"));
    base::SystemRandom       random;
    const envelope::SecretKey key = envelope::SecretKey::make(random);
    REQUIRE(offices.town.enrol(key, used).has_value());
    REQUIRE(open(province).size() == 2);
    CHECK(open(province)[0].unit == UnitId("D001"));
    REQUIRE(open(bureau).size() == 1);
    CHECK(open(bureau)[0].unit == UnitId("D001"));
    CHECK(offices.ask(bureau, "GET", "/api/v1/codes").body.find(own) == std::string::npos);
    CHECK(expire(bureau, "D003").status == 404);
    const auto told = expire(bureau, "D001");
    REQUIRE(told.status == 200);
    CHECK(*protocol::read_expired_codes(told.body) == 1);
    CHECK(*protocol::read_expired_codes(expire(bureau, "D001").body) == 0);
    CHECK(offices.town.enrol(envelope::SecretKey::make(random), own).error().outcome ==
          Outcome::expired_code);
    // The used one was not made void: the log has its one entry.
    auto       reader = offices.town.site().reader();
    const auto entries = (*reader)->page(0, 1000);
    CHECK(std::count_if(entries->begin(), entries->end(), [&](const auto& entry) {
              return entry.kind == "code" &&
                     std::get<envelope::CodeEntry>(records::open_stored(entry)->act()).code_hash ==
                         (*reader)->find_key(key.id())->value().code_hash;
          }) == 1);
    // A device that is enrolled stays so, and hears the same when it asks again.
    CHECK(offices.town.enrol(key, used)->again);
    CHECK(offices.town.enrol(envelope::SecretKey::make(random), foreign).has_value());
    CHECK(open(province).empty());
    offices.require_rebuilt_alike();
}

TEST_CASE("slips for many units come as one document; one that is not reached stops all") {
    Offices           offices;
    const std::string bureau = offices.open_session(offices.bureau);
    const auto        slips = [&](const std::vector<UnitId>& units) {
        return offices.ask(bureau, "POST", "/api/v1/codes/slips",
                           protocol::write_slips_request(units));
    };
    const auto before = offices.town.last_index();
    CHECK(slips({UnitId("D001"), UnitId("D003")}).status == 404);
    CHECK(offices.town.last_index() == before);
    std::vector<UnitId> mine;
    for (const auto& unit : town::units())
        if (unit.review_by == UnitId("341600")) mine.push_back(unit.unit);
    const auto made = slips(mine);
    REQUIRE(made.status == 201);
    CHECK(offices.town.last_index() == before + std::int64_t(mine.size()));
    for (const auto& unit : town::units())
        CHECK((made.body.find(unit.name + "<") != std::string::npos) ==
              (unit.review_by == UnitId("341600")));
}

TEST_CASE("a request for slips is read strictly") {
    Offices           offices;
    const std::string session = offices.open_session(offices.province);
    for (const char* body :
         {"", "{}", R"({"units":[]})", R"({"units":"D001"})", R"({"units":["D001","D001"]})",
          R"({"units":["a b"]})", R"({"units":[1]})", R"({"units":["D001"],"role":"city"})"}) {
        CAPTURE(body);
        CHECK(offices.ask(session, "POST", "/api/v1/codes/slips", body).status == 400);
    }
}

TEST_CASE("a request for a code is read strictly") {
    Offices           offices;
    const std::string session = offices.open_session(offices.province);
    for (const char* body : {"", "{}", R"({"unit":1})", R"({"unit":"D001","role":"province"})",
                             R"({"unit":"D001","unit":"D002"})"}) {
        CAPTURE(body);
        CHECK(offices.ask(session, "POST", "/api/v1/codes", body).status == 400);
    }
}

TEST_CASE("an office's machine signs its acts into the outbox and keeps the lists it is told") {
    Offices offices;
    Machine province(offices, "340000", "province"), school(offices, "D001", "school");
    const envelope::Announcement word{"请各校核对联络人员。",
                                      town::at("2023-04-10T00:00:00+08:00"),
                                      {.kind = {}, .city = "亳州市", .unit = {}}};
    REQUIRE(province.desk->issue(word, "公告：请各校核对联络人员。").has_value());
    REQUIRE(province.desk
                ->issue(envelope::Extension{UnitId("D001"), base::FormId("declaration"),
                                            base::Period("2023-spring"),
                                            town::at("2023-04-05T00:00:00+08:00"), "停电"},
                        "延期：亳州示例中专")
                .has_value());
    REQUIRE(province.desk->issue(envelope::Revocation{offices.bureau.key.id(), "遗失"}, "停用")
                .has_value());
    REQUIRE(province.desk->queued().size() == 3);
    CHECK(province.desk->queued()[1].answers.at("words") == "延期：亳州示例中专");
    CHECK(province.desk->queued()[1].kind == "extension");
    CHECK(province.sync().accepted == 3);
    CHECK(province.desk->queued().empty());
    CHECK(province.desk->announcements().size() == 1); // What it has told others.
    REQUIRE(province.desk->extensions().size() == 1);
    CHECK(province.desk->extensions()[0].extension.reason == "停电");
    int revoked = 0;
    for (const auto& one : province.desk->devices()) revoked += one.revoked;
    CHECK(revoked == 1);
    CHECK(province.desk->devices().size() == 5); // Three of the scene, and these two machines.

    school.sync();
    CHECK(school.desk->devices().empty());
    REQUIRE(school.desk->announcements().size() == 1);
    const device::Announcement told = school.desk->announcements().front();
    CHECK(told.text == word.text);
    CHECK(told.to == word.to); // Whom it is for is told, too.
    CHECK(!told.read);
    // The newest word about its window holds, also when it takes an extension back.
    const base::FormId form("declaration");
    const base::Period spring("2023-spring");
    CHECK(*school.desk->closes_at(form, spring) == town::at("2023-04-05T00:00:00+08:00"));
    REQUIRE(province.desk
                ->issue(envelope::Extension{UnitId("D001"), form, spring,
                                            town::at("2023-03-31T23:59:59.999999+08:00"), "误发"},
                        "收回延期：亳州示例中专")
                .has_value());
    CHECK(province.sync().accepted == 1);
    school.sync();
    CHECK(*school.desk->closes_at(form, spring) == town::at("2023-04-01T00:00:00+08:00"));
    REQUIRE(school.desk->mark_announcement_read(told.id).has_value());
    school.sync();
    REQUIRE(school.desk->announcements().size() == 1);
    CHECK(school.desk->announcements().front().read);
    school.clock.set(town::at("2023-04-10T00:00:01+08:00"));
    CHECK(school.desk->announcements().empty()); // Its time is over.
}

TEST_CASE("an office's act is taken back while it was never sent, and dropped when it was refused") {
    Offices offices;
    Machine province(offices, "340000", "province");
    const envelope::Revocation nobody{envelope::SecretKey::make(province.random).id(), ""};
    REQUIRE(province.desk->issue(nobody, "停用").has_value());
    const auto first = province.desk->queued().front().id;
    REQUIRE(province.desk->take_back_act(first).has_value());
    CHECK(province.desk->queued().empty());
    REQUIRE(province.desk->issue(nobody, "停用").has_value());
    CHECK(province.sync().refused == 1);
    REQUIRE(province.desk->refused().size() == 1);
    CHECK(province.desk->refused()[0].refusal->outcome == Outcome::unknown_target);
    REQUIRE(province.desk->take_back_act(province.desk->refused()[0].id).has_value());
    CHECK(province.desk->refused().empty());
    CHECK(province.desk->take_back_act(first).error().outcome == Outcome::frozen);
}
