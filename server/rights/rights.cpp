#include "server/rights/rights.hpp"

#include "shared/base/check.hpp"

#include <algorithm>

namespace rights {
namespace {

constexpr unsigned bit(Relation relation) { return 1u << static_cast<unsigned>(relation); }

constexpr Reach none{};
constexpr Reach itself{bit(Relation::own)};
constexpr Reach its_schools{bit(Relation::own_school)};
constexpr Reach itself_and_schools{bit(Relation::own) | bit(Relation::own_school)};
constexpr Reach every_unit{bit(Relation::own) | bit(Relation::own_school) |
                           bit(Relation::foreign)};
constexpr Reach every_unit_and_new{bit(Relation::own) | bit(Relation::own_school) |
                                   bit(Relation::foreign) | bit(Relation::nobody)};
// What tells everybody the same is about no unit.
constexpr Reach no_unit{bit(Relation::nobody)};

constexpr Reach school_sees = itself;
constexpr Reach bureau_sees = itself_and_schools;
constexpr Reach province_sees = every_unit;

using enum Door;

constexpr RouteRow routes[] = {
    // method, pattern, without a session, school, bureau, province
    {"GET", "/healthz", open, no_unit, no_unit, no_unit},
    {"GET", "/metrics", loopback, no_unit, no_unit, no_unit},
    {"GET", "/api/v1/server", open, no_unit, no_unit, no_unit},
    {"GET", "/api/v1/notices/{id}", open, no_unit, no_unit, no_unit},
    {"POST", "/api/v1/enrolments", open, no_unit, no_unit, no_unit},
    {"POST", "/api/v1/sessions", open, no_unit, no_unit, no_unit},
    {"POST", "/api/v1/envelopes", open, no_unit, no_unit, no_unit}, // Each line proves itself.
    {"GET", "/api/v1/changes", session, school_sees, bureau_sees, province_sees},
    {"GET", "/api/v1/units", session, school_sees, bureau_sees, province_sees},
    {"GET", "/api/v1/units/{id}", session, school_sees, bureau_sees, province_sees},
    {"GET", "/api/v1/catalogue", session, no_unit, no_unit, no_unit},
    {"GET", "/api/v1/filings", session, school_sees, bureau_sees, province_sees},
    {"GET", "/api/v1/summaries/{name}", session, school_sees, bureau_sees, province_sees},
    {"GET", "/api/v1/devices", session, school_sees, bureau_sees, province_sees},
    {"GET", "/api/v1/extensions", session, school_sees, bureau_sees, province_sees},
    {"GET", "/api/v1/codes", session, none, bureau_sees, province_sees},
    {"POST", "/api/v1/codes", session, none, its_schools, every_unit},
    {"POST", "/api/v1/codes/slips", session, none, its_schools, every_unit},
    {"POST", "/api/v1/codes/expire", session, none, its_schools, every_unit},
};

constexpr KindRow kinds[] = {
    // kind, school, bureau, province
    {"filing", itself, none, none},
    {"withdrawal", itself, none, none},
    {"decision/first_review", none, its_schools, every_unit},
    {"decision/final_review", none, none, every_unit},
    {"extension", none, none, every_unit},
    {"announcement", none, none, every_unit}, // About a unit if it is for one; else about none.
    {"unit", none, none, every_unit_and_new},
    {"catalogue", none, none, none},
    {"code", none, none, none},
    {"revocation", none, its_schools, every_unit},
    {"notice", none, none, none},
};

template <class Row>
Reach reach_of(const Row& row, Role role) {
    switch (role) {
    case Role::school: return row.school;
    case Role::bureau: return row.bureau;
    case Role::province: return row.province;
    case Role::nobody: break;
    }
    return none;
}

} // namespace

Role find_role(std::string_view name) {
    if (name == "school") return Role::school;
    if (name == "city") return Role::bureau;
    if (name == "province") return Role::province;
    return Role::nobody;
}

Relation relation_of(const base::UnitId& asker, const std::optional<envelope::UnitEntry>& about) {
    if (!about) return Relation::nobody;
    if (about->unit == asker) return Relation::own;
    return about->review_by == asker ? Relation::own_school : Relation::foreign;
}

Reach sight(Role role) {
    constexpr struct {
        Reach school, bureau, province;
    } row{school_sees, bureau_sees, province_sees};
    return reach_of(row, role);
}

Reach RouteRow::reach(Role role) const { return reach_of(*this, role); }
Reach KindRow::reach(Role role) const { return reach_of(*this, role); }

std::span<const RouteRow> route_rows() { return routes; }

const RouteRow& route_row(std::string_view method, std::string_view pattern) {
    const auto found = std::find_if(std::begin(routes), std::end(routes), [&](const RouteRow& row) {
        return row.method == method && row.pattern == pattern;
    });
    SHENBAO_CHECK(found != std::end(routes));
    return *found;
}

std::span<const KindRow> kind_rows() { return kinds; }

const KindRow& kind_row(const envelope::Act& act) {
    std::string kind(envelope::kind_name(act));
    if (const auto* decision = std::get_if<envelope::Decision>(&act))
        kind += "/" + std::string(envelope::stage_name(decision->stage));
    const auto found = std::find_if(std::begin(kinds), std::end(kinds),
                                    [&](const KindRow& row) { return row.kind == kind; });
    SHENBAO_CHECK(found != std::end(kinds));
    return *found;
}

} // namespace rights
