// Identifiers, each its own type, so that a unit is never passed where a certificate is meant. They
// hold text as it stands on the wire. parse_ functions refuse with bad_payload what is not of the
// form; the explicit constructor is for text that is already known to be good (our own tables).
#pragma once

#include "shared/base/result.hpp"

#include <compare>
#include <functional>
#include <string>
#include <string_view>

namespace base {

template <class Tag>
class Id {
public:
    Id() = default;
    explicit Id(std::string text) : m_text(std::move(text)) {}
    explicit Id(std::string_view text) : m_text(text) {}
    explicit Id(const char* text) : m_text(text) {}

    const std::string& text() const { return m_text; }
    bool               empty() const { return m_text.empty(); }
    // Written out because libc++ 13 has no <=> for strings.
    std::strong_ordering operator<=>(const Id&) const = default;
    bool                 operator==(const Id&) const  = default;

private:
    std::string m_text;
};

using UnitId        = Id<struct UnitTag>;        // School code or region code: 1-32 of A-Z a-z 0-9 . _ -
using EnvelopeId    = Id<struct EnvelopeTag>;    // UUIDv7 (RFC 9562), lower case with hyphens.
using KeyId         = Id<struct KeyTag>;         // RFC 7638 thumbprint, base64url, 43 characters.
using CertificateId = Id<struct CertificateTag>; // Key of the catalogue: 1-32 of A-Z a-z 0-9 . _ -
using FormId        = Id<struct FormTag>;        // "declaration", …: lower snake_case, 1-40.
using FieldId       = Id<struct FieldTag>;       // lower snake_case, 1-40.
using RuleId        = Id<struct RuleTag>;        // lower snake_case, 1-60.
using NoticeId      = Id<struct NoticeTag>;      // "anhui-2023-14": lower case, digits, hyphens, 1-60.
using Period        = Id<struct PeriodTag>;      // "2023-spring", "2023-05", "2023".
using Sha256Hex     = Id<struct Sha256Tag>;      // 64 lower-case hex digits.

Result<UnitId>        parse_unit_id(std::string_view text);
Result<EnvelopeId>    parse_envelope_id(std::string_view text);
Result<KeyId>         parse_key_id(std::string_view text);
Result<CertificateId> parse_certificate_id(std::string_view text);
Result<Sha256Hex>     parse_sha256_hex(std::string_view text);

// One version of a notice: "anhui-2023-14@<sha256 of the package's bytes>".
struct NoticeRef {
    NoticeId    id;
    Sha256Hex   sha256;
    std::string text() const { return id.text() + "@" + sha256.text(); }
    std::strong_ordering operator<=>(const NoticeRef&) const = default;
    bool                 operator==(const NoticeRef&) const  = default;
};
Result<NoticeRef> parse_notice_ref(std::string_view text);

} // namespace base

template <class Tag>
struct std::hash<base::Id<Tag>> {
    std::size_t operator()(const base::Id<Tag>& id) const noexcept {
        return std::hash<std::string>()(id.text());
    }
};
