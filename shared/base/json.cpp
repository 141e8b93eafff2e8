#include "shared/base/json.hpp"

#include "shared/base/limits.hpp"
#include "shared/base/text.hpp"

#include <algorithm>

namespace base {
namespace {

// Builds the value and stops at the first thing that I-JSON or protocol.md forbids.
class StrictBuilder final : public nlohmann::json_sax<Json> {
public:
    Json        value;
    std::string wrong;

    bool null() override { return put(nullptr); }
    bool boolean(bool value_read) override { return put(value_read); }
    bool number_integer(number_integer_t number) override {
        if (number < -limits::json_integer_max) return refuse("integer too small");
        return put(number);
    }
    bool number_unsigned(number_unsigned_t number) override {
        if (number > number_unsigned_t(limits::json_integer_max))
            return refuse("integer too large");
        return put(static_cast<std::int64_t>(number));
    }
    bool number_float(number_float_t, const string_t&) override {
        return refuse("a number that is not an integer");
    }
    bool string(string_t& text) override {
        return has_noncharacter(text) ? refuse("a noncharacter") : put(std::move(text));
    }
    bool binary(binary_t&) override { return refuse("binary"); }
    bool start_object(std::size_t) override { return open(Json::object()); }
    bool end_object() override { return close(); }
    bool start_array(std::size_t) override { return open(Json::array()); }
    bool end_array() override { return close(); }
    bool key(string_t& name) override {
        if (m_open.back()->contains(name)) return refuse("duplicate member " + name);
        if (has_noncharacter(name)) return refuse("a noncharacter");
        m_key = std::move(name);
        return true;
    }
    bool parse_error(std::size_t position, const std::string&,
                     const nlohmann::detail::exception&) override {
        return refuse("not JSON at byte " + std::to_string(position));
    }

private:
    // RFC 7493, section 2.1. It is UTF-8: that was looked at first, and escapes are made by the
    // parser.
    static bool has_noncharacter(std::string_view text) {
        for (std::size_t at = 0; at < text.size();) {
            const char32_t c = next_code_point(text, at);
            if ((c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF)) return true;
        }
        return false;
    }
    bool refuse(std::string what) {
        if (wrong.empty()) wrong = std::move(what);
        return false;
    }
    Json* place(Json&& item) {
        if (m_open.empty()) {
            value = std::move(item);
            return &value;
        }
        Json& parent = *m_open.back();
        if (parent.is_array()) {
            parent.push_back(std::move(item));
            return &parent.back();
        }
        return &(parent[m_key] = std::move(item));
    }
    template <class Value>
    bool put(Value&& item) {
        place(Json(std::forward<Value>(item)));
        return true;
    }
    // A parent's children are only added at its end while it is open, and a child is closed before
    // the next one is added, so the pointers on the stack stay good.
    bool open(Json container) {
        if (m_open.size() >= std::size_t(limits::json_depth_max)) return refuse("too deep");
        m_open.push_back(place(std::move(container)));
        return true;
    }
    bool close() {
        m_open.pop_back();
        return true;
    }

    std::vector<Json*> m_open;
    std::string        m_key;
};

const Json none;

} // namespace

Result<Json> parse_json(std::string_view text) {
    if (!is_utf8(text)) return fail(Outcome::bad_payload, "not UTF-8");
    if (text.substr(0, 3) == "\xEF\xBB\xBF")
        return fail(Outcome::bad_payload, "a byte order mark before JSON");
    StrictBuilder builder;
    if (!Json::sax_parse(text.begin(), text.end(), &builder))
        return fail(Outcome::bad_payload, builder.wrong.empty() ? "not JSON" : builder.wrong);
    return std::move(builder.value);
}

std::string to_text(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

ObjectReader::ObjectReader(const Json& json, std::string path)
    : m_json(json), m_path(std::move(path)) {
    if (!json.is_object()) m_fault = Fault{Outcome::bad_payload, m_path + ": not an object"};
}

void ObjectReader::blame(const char* name, std::string_view what) {
    if (!m_fault)
        m_fault = Fault{Outcome::bad_payload, m_path + "." + name + ": " + std::string(what)};
}

const Json* ObjectReader::find(const char* name) {
    m_read.emplace_back(name);
    if (m_fault) return nullptr;
    const auto found = m_json.find(name);
    return found == m_json.end() ? nullptr : &*found;
}

const Json& ObjectReader::member(const char* name, Json::value_t type, const char* type_name) {
    const Json* found = find(name);
    if (found == nullptr) {
        blame(name, "missing");
        return none;
    }
    const bool fits = found->type() == type ||
                      (type == Json::value_t::number_integer && found->is_number_integer());
    if (!fits) {
        blame(name, std::string("not ") + type_name);
        return none;
    }
    return *found;
}

std::string ObjectReader::text(const char* name, std::size_t bytes_max, std::size_t bytes_min) {
    const Json& found = member(name, Json::value_t::string, "a string");
    if (!found.is_string()) return {};
    const std::string& read = found.get_ref<const std::string&>();
    if (read.size() > bytes_max) blame(name, "too long");
    if (read.size() < bytes_min) blame(name, "too short");
    return read;
}

std::int64_t ObjectReader::integer(const char* name, std::int64_t min, std::int64_t max) {
    const Json& found = member(name, Json::value_t::number_integer, "an integer");
    if (!found.is_number_integer()) return 0;
    const std::int64_t read = found.get<std::int64_t>();
    if (read < min || read > max) blame(name, "out of range");
    return read;
}

bool ObjectReader::boolean(const char* name) {
    const Json& found = member(name, Json::value_t::boolean, "true or false");
    return found.is_boolean() && found.get<bool>();
}

Time ObjectReader::time(const char* name) {
    const std::string written = text(name, 40);
    const auto parsed = parse_rfc3339(written);
    // The wire has one spelling of a time (protocol.md): the offset is always +08:00.
    const bool at_home =
        written.size() > 6 && written.compare(written.size() - 6, 6, "+08:00") == 0;
    if (!parsed || !at_home) blame(name, "not an RFC 3339 time with +08:00");
    return parsed ? *parsed : Time{};
}

const Json& ObjectReader::object(const char* name) {
    return member(name, Json::value_t::object, "an object");
}

const Json& ObjectReader::array(const char* name, std::size_t items_max) {
    const Json& found = member(name, Json::value_t::array, "an array");
    if (found.is_array() && found.size() > items_max) blame(name, "too many items");
    return found;
}

const Json& ObjectReader::any(const char* name) {
    const Json* found = find(name);
    if (found == nullptr) blame(name, "missing");
    return found == nullptr ? none : *found;
}

std::optional<std::string> ObjectReader::text_or_null(const char* name, std::size_t bytes_max) {
    const Json* found = find(name);
    if (found != nullptr && found->is_null()) return std::nullopt;
    return text(name, bytes_max);
}

std::optional<std::int64_t> ObjectReader::integer_or_null(const char* name, std::int64_t min,
                                                          std::int64_t max) {
    const Json* found = find(name);
    if (found != nullptr && found->is_null()) return std::nullopt;
    return integer(name, min, max);
}

std::optional<std::string> ObjectReader::text_if_present(const char* name,
                                                         std::size_t bytes_max) {
    if (find(name) == nullptr) return std::nullopt;
    return text(name, bytes_max);
}

Status ObjectReader::finish() {
    if (m_fault) return fail(*m_fault);
    for (const auto& [name, value] : m_json.items())
        if (std::find(m_read.begin(), m_read.end(), name) == m_read.end())
            return fail(Outcome::bad_payload, m_path + "." + name + ": unknown member");
    return {};
}

} // namespace base
