// The handlers of protocol.md, one a route; server/routes.cpp lists them. Each answers problems as
// problem+json with the outcome's number.
#pragma once

#include "server/handlers/http.hpp"

namespace handlers {

Response healthz(Server&, const Request&, const records::Viewer&);
Response metrics(Server&, const Request&, const records::Viewer&);
Response server_info(Server&, const Request&, const records::Viewer&);
Response notice_document(Server&, const Request&, const records::Viewer&);
Response enrol(Server&, const Request&, const records::Viewer&);
Response open_session(Server&, const Request&, const records::Viewer&);
Response take_envelopes(Server&, const Request&, const records::Viewer&);
Response changes(Server&, const Request&, const records::Viewer&);
Response units(Server&, const Request&, const records::Viewer&);
Response catalogue(Server&, const Request&, const records::Viewer&);
Response filings(Server&, const Request&, const records::Viewer&);
Response summary(Server&, const Request&, const records::Viewer&);
// offices.cpp
Response unit(Server&, const Request&, const records::Viewer&);
Response devices(Server&, const Request&, const records::Viewer&);
Response extensions(Server&, const Request&, const records::Viewer&);
Response codes(Server&, const Request&, const records::Viewer&);
Response new_code(Server&, const Request&, const records::Viewer&);
Response new_slips(Server&, const Request&, const records::Viewer&);
Response expire_codes(Server&, const Request&, const records::Viewer&);

// --- For the handlers themselves -----------------------------------------------------------------
// What is answered with 200 as JSON.
Response json(std::string body);
// A list that changes seldom is told by its bytes, so that filings do not make it new: 304 when the
// asker has these already. Other answers pass as they are.
Response by_content(const Request& request, Response response);

} // namespace handlers
