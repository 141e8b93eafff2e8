#include "server/commands/commands.hpp"

#include "server/intake/codes.hpp"
#include "shared/base/csv.hpp"
#include "shared/print/slip.hpp"

#include <cstdio>
#include <string_view>

namespace notice {
extern const std::string_view shipped_text;
}

namespace commands {

using base::Outcome;

records::Viewer operator_view() { return {base::UnitId(""), "province"}; }

base::Status init(const std::string& data, const std::string& notice_folder) {
    std::string document(notice::shipped_text);
    if (!notice_folder.empty()) {
        SHENBAO_TRY(check_notice(notice_folder));
        SHENBAO_ASSIGN(document, read_whole_file(notice_folder + "/package.json"));
    }
    SHENBAO_TRY(intake::Site::init(data, document));
    SHENBAO_ASSIGN(const auto site, intake::Site::open(data));
    std::printf("数据目录已建立：%s\n通知：%s\n服务器密钥：%s\n", data.c_str(),
                site->current_package()->ref.text().c_str(), site->key().id().text().c_str());
    return {};
}

base::Status new_codes(const CodeOptions& options) {
    const std::string& unit = options.unit;
    SHENBAO_ASSIGN(const auto site, intake::Site::open(options.data));
    SHENBAO_ASSIGN(auto reader, site->reader());
    std::vector<envelope::UnitEntry> units;
    if (unit.empty()) {
        SHENBAO_ASSIGN(units, reader->units(operator_view()));
    } else {
        SHENBAO_ASSIGN(const auto found, reader->find_unit(base::UnitId(unit)));
        if (!found) return base::fail(Outcome::not_found_locally, "没有这个单位：" + unit);
        units.push_back(*found);
    }
    if (units.empty())
        return base::fail(Outcome::not_found_locally, "还没有单位，请先运行 shenbao units import");
    std::string      csv = std::string(base::csv_mark) + "unit,name,role,code\r\n";
    std::vector<envelope::Act> acts;
    std::vector<print::Slip>   slips;
    for (const envelope::UnitEntry& one : units) {
        SHENBAO_ASSIGN(const intake::MadeCode made, intake::make_code(*site, one, {}));
        acts.push_back(made.entry);
        slips.push_back({one.name, made.told.code, made.told.expires_at, options.address,
                         site->rehearsal()});
        csv += base::csv_cell(one.unit.text()) + "," + base::csv_cell(one.name) + "," +
               made.told.role + "," + made.told.code + "\r\n";
    }
    SHENBAO_TRY(site->append_acts(acts));
    // Whoever reads a code can enrol for its unit.
    if (!options.slips.empty())
        SHENBAO_TRY(write_whole_file(options.slips, print::slips(slips), Readers::owner));
    if (options.out.empty()) {
        std::fwrite(csv.data(), 1, csv.size(), stdout);
        return {};
    }
    SHENBAO_TRY(write_whole_file(options.out, csv, Readers::owner));
    std::printf("已生成%zu个登记码，有效期30天：%s\n", acts.size(), options.out.c_str());
    return {};
}

base::Status list_codes(const std::string& data) {
    SHENBAO_ASSIGN(const auto site, intake::Site::open(data));
    SHENBAO_ASSIGN(auto reader, site->reader());
    SHENBAO_ASSIGN(const auto codes, reader->open_codes(operator_view(), site->real_now()));
    for (const records::CodeRecord& code : codes) {
        SHENBAO_ASSIGN(const auto unit, reader->find_unit(code.unit));
        std::printf("%s\t%s\t%s前有效\n", code.unit.text().c_str(),
                    unit ? unit->name.c_str() : "",
                    base::clerk_date(base::date_of(code.expires_at)).c_str());
    }
    std::printf("没有用的登记码%zu个\n", codes.size());
    return {};
}

base::Status expire_codes(const std::string& data, const std::string& unit) {
    SHENBAO_ASSIGN(const auto site, intake::Site::open(data));
    SHENBAO_ASSIGN(auto reader, site->reader());
    std::optional<base::UnitId> asked;
    if (!unit.empty()) {
        asked = base::UnitId(unit);
        SHENBAO_ASSIGN(const auto found, reader->find_unit(*asked));
        if (!found) return base::fail(Outcome::not_found_locally, "没有这个单位：" + unit);
    }
    SHENBAO_ASSIGN(const std::size_t count, intake::expire_codes(*site, operator_view(), asked));
    std::printf("已作废%zu个登记码\n", count);
    return {};
}

base::Status revoke_key(const std::string& data, const std::string& kid_text) {
    const auto kid = base::parse_key_id(kid_text);
    if (!kid) return base::fail(Outcome::not_found_locally, "密钥编号应是43个字符");
    SHENBAO_ASSIGN(const auto site, intake::Site::open(data));
    SHENBAO_ASSIGN(auto reader, site->reader());
    SHENBAO_ASSIGN(const auto key, reader->find_key(*kid));
    if (!key) return base::fail(Outcome::not_found_locally, "没有登记过这个密钥");
    if (key->revoked) {
        std::printf("这个密钥已经停用。\n");
        return {};
    }
    SHENBAO_TRY(site->append_acts({envelope::Revocation{*kid, ""}}));
    std::printf("已停用：%s（%s）\n", key->device.c_str(), key->unit.text().c_str());
    return {};
}

} // namespace commands
