#include "server/intake/codes.hpp"

#include "shared/base/limits.hpp"

namespace intake {

base::Result<MadeCode> make_code(Site& site, const envelope::UnitEntry& unit,
                                 const std::optional<base::KeyId>& by) {
    const notice::UnitKind* kind = site.current_package()->find_unit_kind(unit.kind);
    if (kind == nullptr)
        return base::fail(base::Outcome::bad_file, unit.unit.text() + "：" + unit.kind);
    base::Bytes random(8);
    site.random().fill(random);
    std::string      code = base::to_crockford(random).substr(0, 12); // 60 of the 64 bits.
    const base::Time expires_at{site.real_now().microseconds + base::limits::code_lifetime_us};
    MadeCode         made{{unit.unit, kind->role, site.code_hash(code), expires_at, by}, {}};
    code.insert(8, "-").insert(4, "-");
    made.told = {unit.unit, unit.name, kind->role, std::move(code), expires_at};
    return made;
}

base::Result<std::size_t> expire_codes(Site& site, const records::Viewer& viewer,
                                       const std::optional<base::UnitId>& unit) {
    constexpr base::Time long_ago{}; // Whatever the clock says later.
    return site.append_made_acts(
        [&](records::Store& store) -> base::Result<std::vector<envelope::Act>> {
        std::vector<envelope::Act> acts;
        SHENBAO_ASSIGN(const auto codes, store.open_codes(viewer, site.real_now()));
        for (const records::CodeRecord& code : codes)
            if (!unit || code.unit == *unit)
                acts.emplace_back(
                    envelope::CodeEntry{code.unit, code.role, code.hash, long_ago, viewer.kid});
        return acts;
    });
}

} // namespace intake
