// Who may see and do what: every route by role, and every kind of envelope by role and by what its
// subject is to who speaks. The code that answers asks these tables and has no second opinion:
// server/handlers dispatches by them, server/intake judges by them (121, 130), server/records shows
// by them. Whatever is not in them is answered as if it did not exist, byte for byte;
// tests/server/rights_test.cpp tries every combination.
//
// A session without a role that is ours, or none at all, is nobody. A route says nothing about what
// is behind it before it is known who asks (401), so nobody learns what exists.
#pragma once

#include "shared/envelope/envelope.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace rights {

enum class Role { nobody, school, bureau, province };
inline constexpr Role roles[] = {Role::nobody, Role::school, Role::bureau, Role::province};
// Of a key: "school", "city", "province"; nobody for any other.
Role find_role(std::string_view name);

// What the unit that something is about is to the unit that asks. Any unit that is neither its own
// nor reviewed by it is foreign, whether it stands in the same city or not, a school or an office.
enum class Relation { own, own_school, foreign, nobody };
inline constexpr Relation relations[] = {Relation::own, Relation::own_school, Relation::foreign,
                                         Relation::nobody};
// `about`: its entry of the roster; absent: there is no such unit.
Relation relation_of(const base::UnitId& asker, const std::optional<envelope::UnitEntry>& about);

// A set of relations. Empty: there is no such thing for this role.
class Reach {
public:
    constexpr Reach() = default;
    constexpr explicit Reach(unsigned bits) : m_bits(bits) {}
    constexpr bool has(Relation relation) const {
        return (m_bits >> static_cast<unsigned>(relation) & 1u) != 0;
    }
    constexpr bool empty() const { return m_bits == 0; }
    constexpr bool operator==(const Reach&) const = default;

private:
    unsigned m_bits = 0;
};

// Whose matters a role sees in all that is read.
Reach sight(Role role);

// How a route meets who has no session.
enum class Door {
    open,     // Anybody may; it tells everybody the same.
    loopback, // This machine only; 404 for all others.
    session,  // 401 without one.
};

struct RouteRow {
    std::string_view method;
    std::string_view pattern;
    Door             door = Door::session;
    Reach            school, bureau, province; // Units it tells about or works on; empty: 404.

    Reach reach(Role role) const;
};
std::span<const RouteRow> route_rows();
// The row of a route of server/routes.cpp, which must be there.
const RouteRow& route_row(std::string_view method, std::string_view pattern);

struct KindRow {
    std::string_view kind; // As envelope::kind_name; a decision with its stage behind a "/".
    Reach            school, bureau, province; // Empty: 121. Another relation: 130.

    Reach reach(Role role) const;
};
std::span<const KindRow> kind_rows();
const KindRow& kind_row(const envelope::Act& act);

} // namespace rights
