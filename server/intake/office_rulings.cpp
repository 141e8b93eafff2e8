// What the offices do besides reviewing: the roster, devices, announcements (rulings.hpp).
#include "server/intake/objections.hpp"

#include "shared/base/text.hpp"

#include <algorithm>

namespace intake {
namespace {

using base::Outcome;
using base::Result;

const Ruling not_there{Outcome::unknown_target, {}, {}};

base::Status check_reviewer(records::Store& store, const notice::Package& package,
                            const notice::UnitKind& kind, const envelope::UnitEntry& unit,
                            Objections& objections) {
    if (!unit.review_by) {
        if (kind.first_review) objections.add("review_by", "“" + kind.name + "”须有初审单位。");
        return {};
    }
    SHENBAO_ASSIGN(const auto reviewer, store.find_unit(*unit.review_by));
    const notice::UnitKind* its_kind =
        reviewer ? package.find_unit_kind(reviewer->kind) : nullptr;
    if (its_kind == nullptr || its_kind->role != "city")
        objections.add("review_by", "初审单位应是名单中的市、县教育局：" +
                                        unit.review_by->text() + "。");
    return {};
}

} // namespace

Result<Ruling> judge_unit(Site& site, records::Store& store, const Speaker& speaker,
                          const envelope::UnitEntry& unit) {
    SHENBAO_ASSIGN(const bool touches, may_touch(store, speaker, unit, unit.unit));
    if (!touches) return not_there;
    const notice::Package& package = *site.current_package();
    SHENBAO_ASSIGN(const auto known, store.find_unit(unit.unit));
    Objections objections;
    if (unit.unit == base::UnitId("operator")) objections.add("id", "这个编号不能使用。");
    if (base::trim(unit.name).empty()) objections.add("name", "单位名称不能为空。");
    const notice::UnitKind* kind = package.find_unit_kind(unit.kind);
    if (kind == nullptr) {
        objections.add("kind", "没有这类单位：" + unit.kind + "。");
        return objections.ruling();
    }
    if (base::trim(unit.city).empty() && kind->role != "province")
        objections.add("city", "所在市不能为空。");
    // Its devices speak for what it was when they were enrolled.
    const notice::UnitKind* before = known ? package.find_unit_kind(known->kind) : nullptr;
    if (before != nullptr && before->role != kind->role)
        objections.add("kind", "“" + before->name + "”不能改为“" + kind->name + "”，请另建单位。");
    SHENBAO_TRY(check_reviewer(store, package, *kind, unit, objections));
    return objections.ruling();
}

Result<Ruling> judge_revocation(records::Store& store, const Speaker& speaker,
                                const envelope::Revocation& revocation) {
    SHENBAO_ASSIGN(const auto key, store.find_key(revocation.kid));
    if (!key) return not_there;
    SHENBAO_ASSIGN(const bool touches, may_touch(store, speaker, revocation, key->unit));
    if (!touches) return not_there;
    Objections objections;
    if (speaker.kid == revocation.kid)
        objections.add("kid", "不能停用正在使用的这台设备，请在另一台设备上停用它。");
    return objections.ruling();
}

Result<Ruling> judge_announcement(Site& site, records::Store& store, const Speaker& speaker,
                                  const envelope::Announcement& announcement, base::Time now) {
    if (announcement.to.unit) {
        SHENBAO_ASSIGN(const bool touches,
                       may_touch(store, speaker, announcement, *announcement.to.unit));
        if (!touches) return not_there;
    }
    Objections objections;
    if (base::trim(announcement.text).empty()) objections.add("text", "公告内容不能为空。");
    if (announcement.until <= now) objections.add("until", "有效期已经过去，请填写之后的时间。");
    if (announcement.to.kind &&
        site.current_package()->find_unit_kind(*announcement.to.kind) == nullptr)
        objections.add("to", "没有这类单位：" + *announcement.to.kind + "。");
    if (announcement.to.city) {
        SHENBAO_ASSIGN(const auto units, store.units({speaker.unit, "province"}));
        if (std::none_of(units.begin(), units.end(),
                         [&](const auto& unit) { return unit.city == *announcement.to.city; }))
            objections.add("to", "名单中没有这个市的单位：" + *announcement.to.city + "。");
    }
    return objections.ruling();
}

Result<Ruling> judge_office_act(Site& site, records::Store& store, const Speaker& speaker,
                                const envelope::Act& act, base::Time now) {
    if (const auto* decision = std::get_if<envelope::Decision>(&act))
        return judge_decision(site, store, speaker, *decision, now);
    if (const auto* extension = std::get_if<envelope::Extension>(&act))
        return judge_extension(site, store, speaker, *extension);
    if (const auto* unit = std::get_if<envelope::UnitEntry>(&act))
        return judge_unit(site, store, speaker, *unit);
    if (const auto* revocation = std::get_if<envelope::Revocation>(&act))
        return judge_revocation(store, speaker, *revocation);
    if (const auto* announcement = std::get_if<envelope::Announcement>(&act))
        return judge_announcement(site, store, speaker, *announcement, now);
    return Ruling{Outcome::unknown_kind, {}, {}};
}

} // namespace intake
