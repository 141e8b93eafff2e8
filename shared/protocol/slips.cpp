#include "shared/protocol/slips.hpp"

namespace protocol {

std::string write_new_code(const NewCode& code, const std::string& slip) {
    auto json = base::parse_json(write_new_code(code));
    (*json)["slip"] = slip;
    return base::to_text(*json);
}

std::string read_slip(std::string_view body) {
    const auto json = base::parse_json(body);
    if (!json || !json->is_object()) return {};
    const auto found = json->find("slip");
    return found != json->end() && found->is_string() ? found->get<std::string>() : std::string();
}

} // namespace protocol
