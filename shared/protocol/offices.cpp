#include "shared/protocol/offices.hpp"

#include "shared/base/limits.hpp"
#include "shared/protocol/reading.hpp"

#include <algorithm>

namespace protocol {
namespace {

using base::Json;
using base::ObjectReader;

Json time_or_null(const std::optional<base::Time>& time) {
    return time ? Json(base::to_rfc3339(*time)) : Json();
}

// The items of a list that is the whole answer.
template <class Item, class Read>
base::Result<std::vector<Item>> read_list(std::string_view body, const char* name, Read read) {
    SHENBAO_ASSIGN(const Json json, parse_answer(body));
    ObjectReader      answer(json, name);
    std::vector<Item> items;
    for (const Json& one : answer.array(name, 200000)) {
        ObjectReader reader(one, name);
        items.push_back(read(reader));
        SHENBAO_TRY(settled(reader));
    }
    SHENBAO_TRY(settled(answer));
    return items;
}

} // namespace

std::string write_devices(const std::vector<DeviceInfo>& devices) {
    Json list = Json::array();
    for (const DeviceInfo& one : devices)
        list.push_back({{"kid", one.kid.text()},
                        {"unit", one.unit.text()},
                        {"device", one.device},
                        {"role", one.role},
                        {"enrolled_at", base::to_rfc3339(one.enrolled_at)},
                        {"seen_at", time_or_null(one.seen_at)},
                        {"revoked", one.revoked}});
    return base::to_text({{"devices", std::move(list)}});
}

base::Result<std::vector<DeviceInfo>> read_devices(std::string_view body) {
    return read_list<DeviceInfo>(body, "devices", [](ObjectReader& reader) {
        DeviceInfo one;
        one.kid = reader.id("kid", base::parse_key_id);
        one.unit = reader.id("unit", base::parse_unit_id);
        one.device = reader.text("device", 300);
        one.role = reader.text("role", 20, 1);
        one.enrolled_at = reader.time("enrolled_at");
        const Json* seen = reader.find("seen_at");
        if (seen != nullptr && !seen->is_null()) one.seen_at = reader.time("seen_at");
        one.revoked = reader.boolean("revoked");
        return one;
    });
}

std::string write_extensions(const std::vector<ExtensionInfo>& extensions) {
    Json list = Json::array();
    for (const ExtensionInfo& one : extensions)
        list.push_back({{"id", one.id.text()},
                        {"for", one.extension.for_unit.text()},
                        {"form", one.extension.form.text()},
                        {"period", one.extension.period.text()},
                        {"until", base::to_rfc3339(one.extension.until)},
                        {"reason", one.extension.reason},
                        {"received_at", base::to_rfc3339(one.received_at)}});
    return base::to_text({{"extensions", std::move(list)}});
}

base::Result<std::vector<ExtensionInfo>> read_extensions(std::string_view body) {
    return read_list<ExtensionInfo>(body, "extensions", [](ObjectReader& reader) {
        ExtensionInfo one;
        one.id = reader.id("id", base::parse_envelope_id);
        one.extension.for_unit = reader.id("for", base::parse_unit_id);
        one.extension.form = base::FormId(reader.text("form", 40, 1));
        one.extension.period = base::Period(reader.text("period", 20, 1));
        one.extension.until = reader.time("until");
        one.extension.reason = reader.text("reason", base::limits::reason_characters_max * 4);
        one.received_at = reader.time("received_at");
        return one;
    });
}

std::string write_code_request(const base::UnitId& unit) {
    return base::to_text({{"unit", unit.text()}});
}

base::Result<base::UnitId> read_code_request(std::string_view body) {
    SHENBAO_ASSIGN(const Json json, parse_request(body));
    ObjectReader       reader(json, "code");
    const base::UnitId unit = reader.id("unit", base::parse_unit_id);
    SHENBAO_TRY(finish_request(reader));
    return unit;
}

std::string write_new_code(const NewCode& code) {
    return base::to_text({{"unit", code.unit.text()},
                          {"name", code.name},
                          {"role", code.role},
                          {"code", code.code},
                          {"expires_at", base::to_rfc3339(code.expires_at)}});
}

base::Result<NewCode> read_new_code(std::string_view body) {
    SHENBAO_ASSIGN(const Json json, parse_answer(body));
    ObjectReader reader(json, "code");
    NewCode      code;
    code.unit = reader.id("unit", base::parse_unit_id);
    code.name = reader.text("name", 300);
    code.role = reader.text("role", 20, 1);
    code.code = reader.text("code", 20, 1);
    code.expires_at = reader.time("expires_at");
    SHENBAO_TRY(settled(reader));
    return code;
}

std::string write_codes(const std::vector<OpenCode>& codes) {
    Json list = Json::array();
    for (const OpenCode& one : codes)
        list.push_back({{"unit", one.unit.text()},
                        {"expires_at", base::to_rfc3339(one.expires_at)}});
    return base::to_text({{"codes", std::move(list)}});
}

base::Result<std::vector<OpenCode>> read_codes(std::string_view body) {
    return read_list<OpenCode>(body, "codes", [](ObjectReader& reader) {
        OpenCode one;
        one.unit = reader.id("unit", base::parse_unit_id);
        one.expires_at = reader.time("expires_at");
        return one;
    });
}

std::string write_expired_codes(int count) { return base::to_text({{"expired", count}}); }

base::Result<int> read_expired_codes(std::string_view body) {
    SHENBAO_ASSIGN(const Json json, parse_answer(body));
    ObjectReader answer(json, "codes");
    const auto   count = answer.integer("expired", 0, 1000000);
    SHENBAO_TRY(settled(answer));
    return int(count);
}

std::string write_slips_request(const std::vector<base::UnitId>& units) {
    Json list = Json::array();
    for (const base::UnitId& unit : units) list.push_back(unit.text());
    return base::to_text({{"units", std::move(list)}});
}

base::Result<std::vector<base::UnitId>> read_slips_request(std::string_view body) {
    SHENBAO_ASSIGN(const Json json, parse_request(body));
    ObjectReader              reader(json, "slips");
    std::vector<base::UnitId> units;
    for (const Json& one : reader.array("units", slips_max)) {
        const auto unit =
            base::parse_unit_id(one.is_string() ? one.get_ref<const std::string&>() : "");
        if (!unit || std::find(units.begin(), units.end(), *unit) != units.end())
            reader.blame("units", "no id, or one that stands here already");
        else units.push_back(*unit);
    }
    if (units.empty()) reader.blame("units", "empty");
    SHENBAO_TRY(finish_request(reader));
    return units;
}

std::string write_unit_history(const UnitHistory& history) {
    Json list = Json::array();
    for (const UnitHistory::Change& change : history.changes) {
        Json one = to_json(change.unit);
        one["index"] = change.index;
        one["by"] = change.by.text();
        one["kid"] = change.kid.text();
        one["from"] = base::to_rfc3339(*change.unit.from);
        list.push_back(std::move(one));
    }
    return base::to_text({{"unit", to_json(history.unit)}, {"history", std::move(list)}});
}

base::Result<UnitHistory> read_unit_history(std::string_view body) {
    SHENBAO_ASSIGN(const Json json, parse_answer(body));
    ObjectReader answer(json, "unit");
    UnitHistory  history{read_unit(answer.object("unit")), {}};
    if (history.unit.unit.empty()) answer.blame("unit", "malformed");
    for (const Json& item : answer.array("history", 100000)) {
        ObjectReader        reader(item, "history");
        UnitHistory::Change one;
        one.index = reader.integer("index", 0, base::limits::json_integer_max);
        one.by = reader.id("by", base::parse_unit_id);
        one.kid = reader.id("kid", base::parse_key_id);
        one.unit = read_unit(item);
        if (one.unit.unit.empty()) reader.blame("history", "a malformed unit");
        one.unit.from = reader.time("from");
        SHENBAO_TRY(settled(reader));
        history.changes.push_back(std::move(one));
    }
    SHENBAO_TRY(settled(answer));
    return history;
}

} // namespace protocol
