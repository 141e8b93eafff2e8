// The page's files, read once at start into a table: no request path ever becomes a file path.
// Files are served compressed when a .br or .gz stands beside them and the client takes it.
#pragma once

#include "shared/base/result.hpp"

#include <map>
#include <string>
#include <string_view>

namespace handlers {

struct Page {
    std::string content_type;
    std::string plain, brotli, gzip; // Empty: not there.
    std::string etag;                // Of the plain bytes, quoted; encodings get a suffix.
    bool        immutable = false;   // Its name holds its hash.
};

class Pages {
public:
    // Reads the folder; an empty name gives no pages. not_found_locally when it is missing.
    static base::Result<Pages> load(const std::string& folder);
    // "/" is /index.html. Null when there is no such page.
    const Page* find(std::string_view path) const;
    bool        empty() const { return m_pages.empty(); }

private:
    std::map<std::string, Page, std::less<>> m_pages;
};

// The Content-Security-Policy for a browser: old Chromium (before 97) knows no 'wasm-unsafe-eval'.
std::string page_policy(std::string_view user_agent);

} // namespace handlers
