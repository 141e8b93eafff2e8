// POST /codes also answers with the slip to print: the page has no room for what draws it.
#pragma once

#include "shared/protocol/offices.hpp"

namespace protocol {

// write_new_code() with the member "slip", an HTML document.
std::string write_new_code(const NewCode& code, const std::string& slip);
// The slip in such an answer; "" of an older server.
std::string read_slip(std::string_view body);

} // namespace protocol
