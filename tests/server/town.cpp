#include "tests/server/town.hpp"

#include "shared/base/check.hpp"
#include "shared/base/text.hpp"

#include <cstdlib>
#include <filesystem>

namespace notice {
extern const std::string_view shipped_text;
}

namespace town {

Folder::Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "shenbao-town-XXXXXX").string();
    path = ::mkdtemp(pattern.data());
}

Folder::~Folder() {
    std::error_code error;
    std::filesystem::remove_all(path, error);
}

const std::vector<envelope::UnitEntry>& units() {
    using base::UnitId;
    static const std::vector<envelope::UnitEntry> all = {
        {UnitId("341600"), "亳州市教育局", "city_bureau", "亳州市", {}},
        {UnitId("341300"), "宿州市教育局", "city_bureau", "宿州市", {}},
        {UnitId("D001"), "亳州示例中专", "secondary_vocational", "亳州市", UnitId("341600")},
        {UnitId("D002"), "谯城示例职高", "secondary_vocational", "亳州市", UnitId("341600")},
        {UnitId("D003"), "埇桥示例中专", "secondary_vocational", "宿州市", UnitId("341300")},
        {UnitId("D004"), "示例职业学院", "higher_vocational", "合肥市", {}},
    };
    return all;
}

const std::vector<envelope::CatalogueEntry>& catalogue() {
    static const std::vector<envelope::CatalogueEntry> all = {
        {base::CertificateId("X001"), 1, "示例物流管理", "示例物流公司", {"初级"}, {}},
        {base::CertificateId("X002"), 2, "示例网页开发", "示例软件公司", {"初级", "中级"}, 30},
    };
    return all;
}

base::Time at(const char* rfc3339) {
    const auto time = base::parse_rfc3339(rfc3339);
    SHENBAO_CHECK(time.has_value());
    return *time;
}

Town::Town() : m_data(m_folder.path + "/data") {
    SHENBAO_CHECK(intake::Site::init(m_data, notice::shipped_text).has_value());
    reopen();
    std::vector<envelope::Act> acts(units().begin(), units().end());
    acts.insert(acts.end(), catalogue().begin(), catalogue().end());
    SHENBAO_CHECK(m_site->append_acts(acts).has_value());
}

void Town::reopen() {
    auto site = intake::Site::open(m_data);
    SHENBAO_CHECK(site.has_value());
    m_site = std::move(*site);
    SHENBAO_CHECK(m_site->fix_mode(intake::Mode::rehearsal).has_value());
    m_site->start_clock_at(at("2023-03-29T09:00:00+08:00"));
    m_storage_fault.reset();
    auto intake = intake::Intake::start(
        *m_site, [this](const base::Fault& fault) { m_storage_fault = fault; });
    SHENBAO_CHECK(intake.has_value());
    m_intake = std::move(*intake);
}

void Town::close() {
    m_intake.reset();
    m_site.reset();
}

std::string Town::new_code(const base::UnitId& unit, int days, const char* role) {
    std::array<std::byte, 12> random{};
    m_random.fill(random);
    std::string code;
    for (const std::byte one : random)
        code += "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[std::to_integer<unsigned>(one) % 32];
    const base::Time expires_at{m_site->real_now().microseconds + days * 86400000000LL};
    SHENBAO_CHECK(m_site->append_acts({envelope::CodeEntry{unit, role, m_site->code_hash(code),
                                                           expires_at}})
                      .has_value());
    return code;
}

base::Result<intake::Enrolled> Town::enrol(const envelope::SecretKey& key,
                                           const std::string&         code) {
    const protocol::EnrolmentRequest request{code, "一号机", m_site->real_now()};
    const auto jws = envelope::Jws::parse(
        envelope::sign_jws(protocol::write_enrolment_request(request), key,
                           envelope::HeaderKey::jwk),
        envelope::HeaderKey::jwk);
    SHENBAO_CHECK(jws.has_value());
    return m_intake->enrol(*jws, request);
}

Device Town::new_device(const std::string& unit, const char* role) {
    Device device{envelope::SecretKey::make(m_random), base::UnitId(unit)};
    SHENBAO_CHECK(enrol(device.key, new_code(device.unit, 30, role)).has_value());
    return device;
}

void Town::revoke(const base::KeyId& kid) {
    SHENBAO_CHECK(m_site->append_acts({envelope::Revocation{kid, "遗失"}}).has_value());
}

base::Json Town::declaration(const Device& device, const char* certificate, const char* level,
                             std::int64_t headcount) {
    const std::string id = envelope::make_envelope_id(m_site->now(), m_random).text();
    return {{"kind", "filing"},
            {"id", id},
            {"unit", device.unit.text()},
            {"notice", m_site->current_package()->ref.text()},
            {"made_at", base::to_rfc3339(m_site->now())},
            {"anchor", m_site->make_anchor()},
            {"form", "declaration"},
            {"period", "2023-spring"},
            {"root", id},
            {"replaces", nullptr},
            {"answers", {{"certificate", certificate}, {"level", level}, {"headcount", headcount}}},
            {"notes", base::Json::object()},
            {"attachments", base::Json::array()}};
}

base::Json Town::replacement(const base::Json& earlier, std::int64_t headcount) {
    base::Json payload = earlier;
    payload["id"] = envelope::make_envelope_id(m_site->now(), m_random).text();
    payload["replaces"] = earlier.at("id");
    payload["answers"]["headcount"] = headcount;
    return payload;
}

base::Json Town::withdrawal(const Device& device, const std::string& target) {
    base::Json payload = act("withdrawal", device);
    payload["target"] = target;
    payload["reason"] = "重复申报";
    return payload;
}

base::Json Town::act(const char* kind, const Device& device) {
    return {{"kind", kind},
            {"id", envelope::make_envelope_id(m_site->now(), m_random).text()},
            {"unit", device.unit.text()},
            {"notice", m_site->current_package()->ref.text()},
            {"made_at", base::to_rfc3339(m_site->now())},
            {"anchor", m_site->make_anchor()}};
}

protocol::LineAnswer Town::submit(const std::string& line) {
    auto answers = m_intake->submit({line});
    SHENBAO_CHECK(answers.has_value() && answers->size() == 1);
    return answers->front();
}

protocol::LineAnswer Town::submit(const Device& device, const base::Json& payload) {
    return submit(sign(payload, device.key));
}

std::int64_t Town::last_index() {
    auto reader = m_site->reader();
    SHENBAO_CHECK(reader.has_value());
    return *(*reader)->last_index();
}

bool rebuilds_to_the_same(records::Store& store) {
    const auto maintained = store.digests();
    return store.rebuild().has_value() && *maintained == *store.digests();
}

std::string sign(const base::Json& payload, const envelope::SecretKey& key) {
    return envelope::sign_jws(base::to_text(payload), key, envelope::HeaderKey::kid);
}

} // namespace town
