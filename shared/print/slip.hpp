// A slip with a code for a new device, to be handed over: what it is for, the code, until when it
// holds, and where to type it, as words and as a QR code that fills it in. HTML that the browser
// prints, a page a slip.
#pragma once

#include "shared/base/time.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace print {

struct Slip {
    std::string unit_name;
    std::string code; // "XXXX-XXXX-XXXX"
    base::Time  expires_at;
    std::string address; // Of the page, without a fragment; "": nobody knows it, so no QR code.
    bool        rehearsal = false; // Of a rehearsal, which the slip says: it is none to fill in by.
};

// The address that fills the code in. It stands in the fragment, which no browser sends to a
// server.
std::string enrolment_address(std::string_view page_address, std::string_view code);
// The code in such an address; "" when there is none. Whether it is one is for the desk to judge.
std::string_view code_in_address(std::string_view address);

// Everything from outside is escaped; the document asks for nothing.
std::string slips(const std::vector<Slip>& slips);

// The text as a QR code (ISO/IEC 18004) with its quiet zone, one SVG element with one path; "" when
// it is too long to be read from paper by a phone.
std::string qr_svg(std::string_view text);

} // namespace print
