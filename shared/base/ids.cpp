#include "shared/base/ids.hpp"

#include <algorithm>

namespace base {
namespace {

bool lower_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

bool base64url_character(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_';
}

bool code_character(char c) { return base64url_character(c) || c == '.'; }

bool lower_or_hyphen(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-';
}

template <class Predicate>
bool consists_of(std::string_view text, std::size_t min, std::size_t max, Predicate predicate) {
    return text.size() >= min && text.size() <= max &&
           std::all_of(text.begin(), text.end(), predicate);
}

tl::unexpected<Fault> malformed(const char* what) { return fail(Outcome::bad_payload, what); }

} // namespace

Result<UnitId> parse_unit_id(std::string_view text) {
    if (!consists_of(text, 1, 32, code_character)) return malformed("unit id");
    return UnitId(text);
}

Result<CertificateId> parse_certificate_id(std::string_view text) {
    if (!consists_of(text, 1, 32, code_character)) return malformed("certificate id");
    return CertificateId(text);
}

Result<EnvelopeId> parse_envelope_id(std::string_view text) {
    if (text.size() != 36) return malformed("envelope id: not a UUID");
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool hyphen_here = i == 8 || i == 13 || i == 18 || i == 23;
        if (hyphen_here ? text[i] != '-' : !lower_hex(text[i]))
            return malformed("envelope id: not a lower-case UUID");
    }
    if (text[14] != '7') return malformed("envelope id: not version 7");
    if (std::string_view("89ab").find(text[19]) == std::string_view::npos)
        return malformed("envelope id: not the RFC 9562 variant");
    return EnvelopeId(text);
}

Result<KeyId> parse_key_id(std::string_view text) {
    if (!consists_of(text, 43, 43, base64url_character)) return malformed("kid");
    return KeyId(text);
}

Result<Sha256Hex> parse_sha256_hex(std::string_view text) {
    if (!consists_of(text, 64, 64, lower_hex)) return malformed("sha256");
    return Sha256Hex(text);
}

Result<NoticeRef> parse_notice_ref(std::string_view text) {
    const std::size_t at = text.find('@');
    if (at == std::string_view::npos) return malformed("notice: no @");
    if (!consists_of(text.substr(0, at), 1, 60, lower_or_hyphen)) return malformed("notice id");
    SHENBAO_ASSIGN(Sha256Hex sha256, parse_sha256_hex(text.substr(at + 1)));
    return NoticeRef{NoticeId(text.substr(0, at)), std::move(sha256)};
}

} // namespace base
