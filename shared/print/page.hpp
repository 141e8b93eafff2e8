// A form as the notice's own A4 page: HTML that the browser prints. It is made from the same blocks
// as the screen's paper. Margins and types follow GB/T 9704-2012 (domain notes: top 37 mm, left 28
// mm, type area 156 x 225 mm); a form whose package says so lies across the page. Each page carries
// the unit's name, the short code and its number, so a scan can be matched with its rows (R40, R44).
#pragma once

#include "shared/base/ids.hpp"
#include "shared/notice/package.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace print {

// Ten Crockford base32 characters in two groups, "7K3QX-0M9TA": the first 50 bits of
// SHA-256("shenbao short code 1\n" root "\n" answers as compact JSON with sorted members). Equal
// for equal root and answers, so it is the same before and after signing.
std::string short_code(const base::EnvelopeId& root, const base::Json& answers);

struct Sheet {
    const notice::Form*                 form = nullptr;
    base::Json                          answers;  // Members may be null: printed as an empty blank.
    std::map<base::FieldId, base::Json> computed;
    std::string                         unit_name;
    std::string                         short_code;
    bool                                rehearsal = false; // Every page then says 演练.
    bool                                unfinished = false; // Every page then says 草稿.
    std::string                         warning; // At the head of every page, outside the form.
};

// Looks up the name printed for a certificate id.
using CertificateName = std::function<std::string(const base::CertificateId&)>;

// One HTML document with all sheets, each beginning a page; tables are split over pages with their
// head repeated. Everything from outside is escaped, and the document's own policy allows no script
// and no request. Owner: the caller.
std::string document(const std::vector<Sheet>& sheets, const CertificateName& certificate_name);

// The text that stands in a blank: names for certificates, digits for numbers, "" for null.
std::string blank_text(const notice::Field& field, const base::Json& value,
                       const CertificateName& certificate_name);

} // namespace print
