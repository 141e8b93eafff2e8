// What the offices read and ask for besides filings: devices, codes, extensions, a unit's history.
#include "server/handlers/api.hpp"

#include "server/intake/codes.hpp"
#include "server/rights/rights.hpp"
#include "shared/print/slip.hpp"
#include "shared/protocol/slips.hpp"

namespace handlers {
namespace {

using base::Outcome;

// The unit, if this route reaches it for the viewer; else it is not there.
base::Result<envelope::UnitEntry> reached_unit(records::Store& store, const records::Viewer& viewer,
                                               std::string_view method, std::string_view pattern,
                                               const base::UnitId& id) {
    SHENBAO_ASSIGN(const auto unit, store.find_unit(id));
    const rights::Reach reach =
        rights::route_row(method, pattern).reach(rights::find_role(viewer.role));
    if (!unit || !reach.has(rights::relation_of(viewer.unit, unit)))
        return base::fail(Outcome::not_found);
    return *unit;
}

// Where schools open the page. Without the operator's word it is where the asking browser is: a
// proxy may stand between, so only that knows.
std::string page_address(const Server& server, const Request& request) {
    if (!server.address.empty()) return server.address;
    const std::string origin = request.header("origin");
    return origin.compare(0, 4, "http") == 0 ? origin + "/" : std::string();
}

struct NewSlips {
    std::vector<protocol::NewCode> told; // One for each unit, in their order.
    std::string                    document;
};

// A new code for each of the units, which all must be reached by the route, or none is made.
base::Result<NewSlips> make_slips(Server& server, const Request& request,
                                  const records::Viewer& viewer, std::string_view pattern,
                                  const std::vector<base::UnitId>& units) {
    SHENBAO_ASSIGN(auto reader, server.site.reader());
    NewSlips                   made;
    std::vector<envelope::Act> acts;
    std::vector<print::Slip>   slips;
    for (const base::UnitId& id : units) {
        SHENBAO_ASSIGN(const auto unit, reached_unit(*reader, viewer, "POST", pattern, id));
        SHENBAO_ASSIGN(const auto code, intake::make_code(server.site, unit, viewer.kid));
        acts.emplace_back(code.entry);
        slips.push_back({unit.name, code.told.code, code.told.expires_at,
                         page_address(server, request), server.site.rehearsal()});
        made.told.push_back(code.told);
    }
    SHENBAO_TRY(server.site.append_acts(acts));
    made.document = print::slips(slips);
    return made;
}

// Codes stand in it: no cache may keep it.
Response created(std::string media_type, std::string body) {
    return {201, std::move(media_type), std::move(body), {{"Cache-Control", "no-store"}}};
}

} // namespace

Response codes(Server& server, const Request& request, const records::Viewer& viewer) {
    auto reader = server.site.reader();
    if (!reader) return problem(reader.error());
    const auto found = (*reader)->open_codes(viewer, server.site.real_now());
    if (!found) return problem(found.error());
    std::vector<protocol::OpenCode> list;
    for (const records::CodeRecord& code : *found) list.push_back({code.unit, code.expires_at});
    return by_content(request, json(protocol::write_codes(list)));
}

Response new_code(Server& server, const Request& request, const records::Viewer& viewer) {
    if (!media_type_is(request, "application/json")) return problem(Outcome::wrong_media_type);
    const auto asked = protocol::read_code_request(request.body);
    if (!asked) return problem(asked.error());
    const auto made = make_slips(server, request, viewer, "/api/v1/codes", {*asked});
    if (!made) return problem(made.error());
    return created("application/json",
                   protocol::write_new_code(made->told.front(), made->document));
}

Response new_slips(Server& server, const Request& request, const records::Viewer& viewer) {
    if (!media_type_is(request, "application/json")) return problem(Outcome::wrong_media_type);
    const auto asked = protocol::read_slips_request(request.body);
    if (!asked) return problem(asked.error());
    const auto made = make_slips(server, request, viewer, "/api/v1/codes/slips", *asked);
    if (!made) return problem(made.error());
    return created("text/html; charset=utf-8", made->document);
}

Response expire_codes(Server& server, const Request& request, const records::Viewer& viewer) {
    if (!media_type_is(request, "application/json")) return problem(Outcome::wrong_media_type);
    const auto asked = protocol::read_code_request(request.body);
    if (!asked) return problem(asked.error());
    auto reader = server.site.reader();
    if (!reader) return problem(reader.error());
    const auto unit = reached_unit(**reader, viewer, "POST", "/api/v1/codes/expire", *asked);
    if (!unit) return problem(unit.error());
    const auto expired = intake::expire_codes(server.site, viewer, unit->unit);
    if (!expired) return problem(expired.error());
    return json(protocol::write_expired_codes(int(*expired)));
}

Response devices(Server& server, const Request& request, const records::Viewer& viewer) {
    auto reader = server.site.reader();
    if (!reader) return problem(reader.error());
    const auto keys = (*reader)->devices(viewer);
    if (!keys) return problem(keys.error());
    const auto                        lately = server.site.seen();
    std::vector<protocol::DeviceInfo> list;
    for (const records::KeyRecord& key : *keys) {
        list.push_back({key.kid, key.unit, key.device, key.role, key.enrolled_at, key.seen_at,
                        key.revoked});
        const auto seen = lately.find(key.kid);
        if (seen != lately.end() && (!key.seen_at || *key.seen_at < seen->second))
            list.back().seen_at = seen->second;
    }
    return by_content(request, json(protocol::write_devices(list)));
}

Response extensions(Server& server, const Request& request, const records::Viewer& viewer) {
    auto reader = server.site.reader();
    if (!reader) return problem(reader.error());
    const auto found = (*reader)->extensions(viewer);
    if (!found) return problem(found.error());
    std::vector<protocol::ExtensionInfo> list;
    for (const records::ExtensionRecord& one : *found)
        list.push_back({one.id, one.extension, one.received_at});
    return by_content(request, json(protocol::write_extensions(list)));
}

Response unit(Server& server, const Request& request, const records::Viewer& viewer) {
    auto reader = server.site.reader();
    if (!reader) return problem(reader.error());
    const auto found = reached_unit(**reader, viewer, "GET", "/api/v1/units/{id}",
                                    base::UnitId(request.parameters.at("id")));
    if (!found) return problem(found.error());
    const auto history = (*reader)->unit_history(found->unit);
    if (!history) return problem(history.error());
    protocol::UnitHistory told{*found, {}};
    for (const records::UnitChange& change : *history)
        told.changes.push_back({change.index, change.by, change.kid, change.unit});
    return by_content(request, json(protocol::write_unit_history(told)));
}

} // namespace handlers
