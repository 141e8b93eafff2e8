#include "server/handlers/pages.hpp"

#include "shared/base/bytes.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace handlers {
namespace {

namespace fs = std::filesystem;

struct MediaType {
    std::string_view extension, type;
};
constexpr MediaType media_types[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".wasm", "application/wasm"},
    {".json", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".txt", "text/plain; charset=utf-8"},
};

std::string read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// "boot-618226c9b90daae2": scripts/assemble_web puts 16 hex digits of the content's hash there.
bool holds_hash(std::string_view stem) {
    const std::size_t dash = stem.rfind('-');
    return dash != std::string_view::npos && stem.size() - dash == 17 &&
           stem.find_first_not_of("0123456789abcdef", dash + 1) == std::string_view::npos;
}

// The digits at the start of `text`; 0 when there are none.
int leading_number(std::string_view text) {
    int number = 0;
    for (std::size_t i = 0; i < text.size() && i < 4 && text[i] >= '0' && text[i] <= '9'; ++i)
        number = number * 10 + (text[i] - '0');
    return number;
}

} // namespace

base::Result<Pages> Pages::load(const std::string& folder) {
    Pages pages;
    if (folder.empty()) return pages;
    std::error_code error;
    if (!fs::is_directory(folder, error))
        return base::fail(base::Outcome::not_found_locally, folder);
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        const std::string extension = entry.path().extension().string();
        if (extension == ".br" || extension == ".gz") continue;
        const std::string path = "/" + fs::relative(entry.path(), folder).generic_string();
        Page              page;
        for (const MediaType& known : media_types)
            if (known.extension == extension) page.content_type = known.type;
        if (page.content_type.empty()) continue; // Not a file of the page.
        page.plain = read_file(entry.path());
        page.brotli = read_file(entry.path().string() + ".br");
        page.gzip = read_file(entry.path().string() + ".gz");
        page.etag = "\"" + base::sha256_hex(page.plain).text().substr(0, 32) + "\"";
        page.immutable = holds_hash(entry.path().stem().string());
        pages.m_pages.emplace(path, std::move(page));
    }
    return pages;
}

const Page* Pages::find(std::string_view path) const {
    const auto found = m_pages.find(path == "/" ? std::string_view("/index.html") : path);
    return found == m_pages.end() ? nullptr : &found->second;
}

std::string page_policy(std::string_view user_agent) {
    const std::size_t at = user_agent.find("Chrome/");
    const int version =
        at == std::string_view::npos ? 0 : leading_number(user_agent.substr(at + 7));
    const bool old = version > 0 && version < 97;
    return std::string("default-src 'none'; script-src 'self' ") +
           (old ? "'unsafe-eval'" : "'wasm-unsafe-eval'") +
           "; connect-src 'self'; img-src 'self' blob: data:; style-src 'self' 'unsafe-inline'; "
           "worker-src 'self'; manifest-src 'self'; frame-src 'self' blob:; frame-ancestors 'self'; "
           "base-uri 'none'; form-action 'none'";
}

} // namespace handlers
