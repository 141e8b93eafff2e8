// Serving the page: the files as scripts/assemble_web leaves them, and nothing else of the disk.
#include "server/handlers/http.hpp"
#include "tests/server/town.hpp"

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <netinet/in.h>
#include <set>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace fs = std::filesystem;
using base::Outcome;
using Headers = std::map<std::string, std::string>;

namespace {

const char* const boot = "/boot-46b2437890db4a65.js";
const char* const program = "/shenbao-60d3f38ad1ed5dd8.wasm";
const char* const picture = "/icons/shenbao-192-07a5d1c4e8f20b93.png";

void put(const fs::path& file, const std::string& content) {
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << content;
}

// What is served is compared with what was put, so the compressed ones need not be compressed.
void put_with_compressed(const fs::path& file, const std::string& content) {
    put(file, content);
    put(file.string() + ".br", "brotli of " + content);
    put(file.string() + ".gz", "gzip of " + content);
}

struct Site {
    town::Folder        folder; // The page, and beside it what is nobody's business.
    town::Town          town;
    handlers::Sessions  sessions{town.site()};
    handlers::CodeGuard guard;
    handlers::Pages     pages;
    handlers::Server    server{town.site(), town.intake(), sessions, guard, pages};

    Site() : pages(load()) {}

    handlers::Pages load() {
        const fs::path web = folder.path + "/web";
        put_with_compressed(web / "index.html", "<!doctype html>申报");
        put_with_compressed(web / "help.html", "<!doctype html>说明");
        put_with_compressed(web / "sw.js", "const build = {};");
        put_with_compressed(web / "manifest.webmanifest", "{}");
        put_with_compressed(web / (boot + 1), "start();");
        put_with_compressed(web / "help-62a3bb101fa6be6a.css", "body {}");
        put_with_compressed(web / (program + 1), std::string("\0asm\1\0\0\0", 8));
        put_with_compressed(web / "icons/shenbao-a1b2c3d4e5f60718.svg", "<svg/>");
        put(web / (picture + 1), "\x89PNG\r\n\x1a\n"); // A picture does not shrink.
        // What an interrupted run of scripts/assemble_web, or an editor, may leave there.
        put(web / "index.html.part", "half a page");
        put(web / "notes.orig", "not of the page");
        put(folder.path + "/server.key", "the server's secret key");
        put(folder.path + "/secret.txt", "a secret");
        auto loaded = handlers::Pages::load(web.string());
        REQUIRE(loaded.has_value());
        return std::move(*loaded);
    }
    std::string on_disk(const std::string& path) {
        std::ifstream in(folder.path + "/web" + path, std::ios::binary);
        REQUIRE(in.good());
        return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    }
    handlers::Response get(const std::string& path, const Headers& headers = {}) {
        handlers::Request request;
        request.method = "GET";
        request.path = path;
        request.headers = headers;
        return handlers::answer(server, request);
    }
};

// "" when it is missing; a header that is there twice fails the test.
std::string header_of(const handlers::Response& response, const std::string& name) {
    std::string found;
    for (const auto& [one, value] : response.headers)
        if (one == name) {
            CHECK(found.empty());
            found = value;
        }
    return found;
}

const std::string policy_of_new_browsers =
    "default-src 'none'; "
    "script-src 'self' 'wasm-unsafe-eval'; "
    "connect-src 'self'; "
    "img-src 'self' blob: data:; "
    "style-src 'self' 'unsafe-inline'; "
    "worker-src 'self'; "
    "manifest-src 'self'; "
    "frame-src 'self' blob:; "
    "frame-ancestors 'self'; "
    "base-uri 'none'; "
    "form-action 'none'";

} // namespace

TEST_CASE("each file of the page comes as what it is, byte for byte") {
    Site site;
    const std::pair<std::string, std::string> expected[] = {
        {"/index.html", "text/html; charset=utf-8"},
        {"/help.html", "text/html; charset=utf-8"},
        {"/sw.js", "text/javascript; charset=utf-8"},
        {"/manifest.webmanifest", "application/manifest+json"},
        {boot, "text/javascript; charset=utf-8"},
        {"/help-62a3bb101fa6be6a.css", "text/css; charset=utf-8"},
        {program, "application/wasm"}, // Anything else cannot be compiled while it comes.
        {"/icons/shenbao-a1b2c3d4e5f60718.svg", "image/svg+xml"},
        {picture, "image/png"},
    };
    for (const auto& [path, type] : expected) {
        CAPTURE(path);
        const auto response = site.get(path);
        CHECK(response.status == 200);
        CHECK(response.content_type == type);
        CHECK(response.body == site.on_disk(path));
    }
    CHECK(site.get("/").body == site.on_disk("/index.html"));
    CHECK(site.get("/").content_type == "text/html; charset=utf-8");
}

TEST_CASE("the smallest encoding that the browser takes is sent, and said") {
    Site       site;
    const auto sent = [&](const std::string& path, const char* accepted) {
        Headers headers;
        if (accepted != nullptr) headers["accept-encoding"] = accepted;
        const auto response = site.get(path, headers);
        CHECK(response.status == 200);
        CHECK(header_of(response, "Vary") == "Accept-Encoding"); // Also when nothing was asked.
        const std::string encoding = header_of(response, "Content-Encoding");
        CHECK(response.body == site.on_disk(path + (encoding.empty()   ? ""
                                                    : encoding == "br" ? ".br"
                                                                       : ".gz")));
        return encoding;
    };
    for (const std::string path : {"/index.html", boot, program}) {
        CAPTURE(path);
        CHECK(sent(path, "gzip, deflate, br") == "br");
        CHECK(sent(path, "gzip, deflate, br, zstd") == "br");
        CHECK(sent(path, "br;q=1.0,gzip;q=0.6, *;q=0.1") == "br");
        CHECK(sent(path, "gzip, deflate") == "gzip"); // So a browser asks over plain http.
        CHECK(sent(path, "deflate") == "");
        CHECK(sent(path, "identity") == "");
        CHECK(sent(path, "gzipped, brotli") == ""); // Names of nothing that we have.
        CHECK(sent(path, "") == "");
        CHECK(sent(path, nullptr) == "");
        // What is weighed with nothing is refused.
        CHECK(sent(path, "gzip, br;q=0") == "gzip");
        CHECK(sent(path, "br; q=0.000 , gzip ;q=0") == "");
    }
    CHECK(sent(picture, "gzip, deflate, br") == ""); // There is no smaller one.
}

TEST_CASE("what a browser has is not sent again, in whichever encoding it has it") {
    Site                  site;
    std::set<std::string> tags;
    for (const std::string path : {"/index.html", boot})
        for (const std::string accepted : {"", "gzip", "br"}) {
            CAPTURE(path);
            CAPTURE(accepted);
            const auto        first = site.get(path, {{"accept-encoding", accepted}});
            const std::string etag = header_of(first, "ETag");
            REQUIRE(etag.size() > 2);
            CHECK(etag.front() == '"');
            CHECK(etag.back() == '"');
            CHECK(tags.insert(etag).second); // Other bytes, another tag.
            for (const std::string& held : {etag, "W/" + etag, "\"another\", " + etag}) {
                const auto again =
                    site.get(path, {{"accept-encoding", accepted}, {"if-none-match", held}});
                CHECK(again.status == 304);
                CHECK(again.body.empty());
                CHECK(header_of(again, "Content-Encoding").empty());
                for (const char* name : {"ETag", "Vary", "Cache-Control"})
                    CHECK(header_of(again, name) == header_of(first, name));
                CHECK(header_of(again, "Content-Security-Policy") == policy_of_new_browsers);
            }
            const auto other =
                site.get(path, {{"accept-encoding", accepted}, {"if-none-match", "\"another\""}});
            CHECK(other.status == 200);
            CHECK(other.body == first.body);
        }
    // The tag of one encoding does not stand for another.
    const std::string plain = header_of(site.get("/"), "ETag");
    CHECK(site.get("/", {{"accept-encoding", "br"}, {"if-none-match", plain}}).status == 200);
}

TEST_CASE("another build of a page has another tag") {
    Site              site;
    const std::string before = header_of(site.get("/"), "ETag");
    put(site.folder.path + "/web/index.html", "<!doctype html>新的申报");
    const auto later = handlers::Pages::load(site.folder.path + "/web");
    CHECK(later->find("/")->etag != before);
    CHECK(header_of(site.get("/"), "ETag") == before); // Read once, at the start.
}

TEST_CASE("only what has its hash in its name may be kept without asking") {
    Site       site;
    const auto caching = [&](const std::string& path) {
        return header_of(site.get(path), "Cache-Control");
    };
    for (const char* path : {boot, program, picture, "/help-62a3bb101fa6be6a.css",
                             "/icons/shenbao-a1b2c3d4e5f60718.svg"})
        CHECK(caching(path) == "public, max-age=31536000, immutable");
    for (const char* path : {"/", "/index.html", "/help.html", "/sw.js", "/manifest.webmanifest"})
        CHECK(caching(path) == "no-cache");
}

TEST_CASE("a name that only looks as if it held a hash is asked for each time") {
    const town::Folder folder;
    const char* const  names[] = {"boot-46b2437890db4a6.js",   // 15 digits.
                                  "boot-46b2437890db4a651.js", // 17.
                                  "boot-46b2437890db4a6g.js", "boot-46B2437890DB4A65.js",
                                  "boot46b2437890db4a65.js", "boot-46b2437890db4a65-new.js"};
    for (const char* name : names) put(folder.path + "/" + name, name);
    const auto pages = handlers::Pages::load(folder.path);
    for (const std::string name : names) {
        CAPTURE(name);
        REQUIRE(pages->find("/" + name) != nullptr);
        CHECK_FALSE(pages->find("/" + name)->immutable);
    }
}

TEST_CASE("the page may load from its own server only, run no text, and stand in no other page") {
    Site site;
    for (const std::string path : {"/", "/index.html", "/help.html", "/sw.js", boot, program, picture}) {
        CAPTURE(path);
        const auto response = site.get(path);
        CHECK(header_of(response, "Content-Security-Policy") == policy_of_new_browsers);
        CHECK(header_of(response, "Referrer-Policy") == "no-referrer");
        CHECK(header_of(response, "Cross-Origin-Opener-Policy") == "same-origin");
    }
}

TEST_CASE("only a Chromium that knows no better word may evaluate text") {
    Site        site;
    std::string of_old = policy_of_new_browsers;
    of_old.replace(of_old.find("'wasm-unsafe-eval'"), 18, "'unsafe-eval'");
    const auto policy = [&](const std::string& browser) {
        const std::string agent = "Mozilla/5.0 (Windows NT 6.1; Win64; x64) " + browser;
        return header_of(site.get("/", {{"user-agent", agent}}), "Content-Security-Policy");
    };
    const std::string webkit = "AppleWebKit/537.36 (KHTML, like Gecko) ";
    for (const char* browser : {"Chrome/96.0.4664.45 Safari/537.36", "Chrome/86.0.4240.198",
                                "Chrome/86.0.4240.198 Safari/537.36 360SE/13", "Chrome/9.0",
                                "HeadlessChrome/95.0.4638.54 Safari/537.36",
                                "Chrome/96.0.4664.45 Safari/537.36 Edg/96.0.1054.29"})
        CHECK_MESSAGE(policy(webkit + browser) == of_old, browser);
    for (const char* browser : {"Chrome/97.0.4692.71 Safari/537.36", "Chrome/109.0.0.0",
                                "Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0", "Chrome/",
                                "Chrome/x", "Version/17.4 Safari/605.1.15"})
        CHECK_MESSAGE(policy(webkit + browser) == policy_of_new_browsers, browser);
    CHECK(policy("Gecko/20100101 Firefox/128.0") == policy_of_new_browsers);
    CHECK(header_of(site.get("/"), "Content-Security-Policy") == policy_of_new_browsers);
}

TEST_CASE("what is no file of the page is not there, whichever way it is asked for") {
    Site site;
    for (const std::string path :
         {"/missing.html", "/INDEX.HTML", "/index", "/index.html/", "//index.html", "/./index.html",
          "index.html", "/icons", "/icons/", "/icons/../index.html", "/index.html.br",
          "/index.html.gz", "/index.html.part", "/notes.orig", "/../secret.txt", "/../server.key",
          "/icons/../../secret.txt", "/..%2fsecret.txt", "/%2e%2e/secret.txt", "/..\\secret.txt",
          "/../web/index.html", "/api/../index.html"}) {
        CAPTURE(path);
        const auto response = site.get(path);
        REQUIRE(response.status == 404);
        CHECK(base::parse_json(response.body)->at("code") == int(Outcome::not_found));
        CHECK(response.body.find("secret") == std::string::npos);
        CHECK(header_of(response, "Cache-Control") == "no-store");
    }
    const std::string absolute = site.folder.path + "/secret.txt";
    CHECK(site.get(absolute).status == 404);
    CHECK(site.get("/" + absolute).status == 404);
    CHECK(site.get(std::string("/index.html\0.png", 16)).status == 404);
}

TEST_CASE("a page is read, not written to") {
    Site              site;
    handlers::Request request;
    request.method = "POST";
    request.path = "/index.html";
    CHECK(handlers::answer(site.server, request).status == 404);
}

TEST_CASE("a server without a page's folder serves none; one whose folder is missing says so") {
    const town::Folder folder;
    const auto         none = handlers::Pages::load("");
    REQUIRE(none.has_value());
    CHECK(none->empty());
    CHECK(none->find("/") == nullptr);
    put(folder.path + "/index.html", "x");
    for (const std::string name : {"/missing", "/index.html"}) {
        const auto missing = handlers::Pages::load(folder.path + name);
        REQUIRE_FALSE(missing.has_value());
        CHECK(missing.error().outcome == Outcome::not_found_locally);
        CHECK(missing.error().detail == folder.path + name);
    }
    CHECK_FALSE(handlers::Pages::load(folder.path)->empty());
}

// --- On the line ---------------------------------------------------------------------------------

namespace {

sockaddr_in local(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(std::uint16_t(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

// One that nobody listens at.
int free_port() {
    const int   one = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = local(0);
    socklen_t   size = sizeof address;
    REQUIRE(::bind(one, reinterpret_cast<const sockaddr*>(&address), size) == 0);
    REQUIRE(::getsockname(one, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    ::close(one);
    return ntohs(address.sin_port);
}

// Listens as `shenbao serve` does, until the test ends.
struct Listening {
    Site              site;
    int               port = free_port();
    std::atomic<bool> stopping{false};
    base::Status      served;
    std::thread       thread{[this] {
        served = handlers::listen(site.server, {"127.0.0.1", port, {}, {}},
                                  [this] { return stopping.load(); });
    }};

    ~Listening() {
        stopping = true;
        thread.join();
        CHECK(served.has_value());
    }
    // Head and body as they stand on the line; the request's target goes out as it is given.
    std::pair<std::string, std::string> ask(const std::string& method, const std::string& target,
                                            const std::string& headers = {}) {
        const sockaddr_in address = local(port);
        const int         line = ::socket(AF_INET, SOCK_STREAM, 0);
        for (int tries = 0; ::connect(line, reinterpret_cast<const sockaddr*>(&address),
                                      sizeof address) != 0; ++tries) {
            REQUIRE(tries < 500); // It has not begun to listen yet.
            ::usleep(10000);
        }
        const std::string request = method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n" +
                                    headers + "Connection: close\r\n\r\n";
        REQUIRE(::send(line, request.data(), request.size(), MSG_NOSIGNAL) ==
                ssize_t(request.size()));
        std::string came;
        char        buffer[4096];
        for (ssize_t count; (count = ::recv(line, buffer, sizeof buffer, 0)) > 0;)
            came.append(buffer, std::size_t(count));
        ::close(line);
        const std::size_t end = came.find("\r\n\r\n");
        REQUIRE(end != std::string::npos);
        return {came.substr(0, end + 2), came.substr(end + 4)};
    }
};

bool holds(const std::string& head, const std::string& line) {
    return head.find("\r\n" + line + "\r\n") != std::string::npos;
}

} // namespace

TEST_CASE("on the line: the page, its head alone, and nothing twice") {
    Listening         listening;
    const std::string small = "Accept-Encoding: gzip, br\r\n";
    const auto [head, body] = listening.ask("GET", "/", small);
    CHECK(head.rfind("HTTP/1.1 200", 0) == 0);
    CHECK(body == listening.site.on_disk("/index.html.br")); // Compressed once, not again.
    CHECK(holds(head, "Content-Encoding: br"));
    CHECK(holds(head, "Content-Type: text/html; charset=utf-8"));
    CHECK(holds(head, "Content-Length: " + std::to_string(body.size())));
    CHECK(holds(head, "Content-Security-Policy: " + policy_of_new_browsers));
    CHECK(holds(head, "X-Content-Type-Options: nosniff"));
    auto [only_head, nothing] = listening.ask("HEAD", "/", small);
    const std::string ranges = "Accept-Ranges: bytes\r\n"; // The library's own word, to HEAD only.
    if (const auto at = only_head.find(ranges); at != std::string::npos)
        only_head.erase(at, ranges.size());
    CHECK(only_head == head);
    CHECK(nothing.empty());
    const auto [described, no_body] = listening.ask("HEAD", "/api/v1/server"); // As of all else.
    CHECK(described.rfind("HTTP/1.1 200", 0) == 0);
    CHECK(no_body.empty());

    const auto        page = listening.ask("GET", boot);
    const std::size_t at = page.first.find("ETag: ");
    REQUIRE(at != std::string::npos);
    const std::string etag = page.first.substr(at + 6, page.first.find("\r\n", at) - at - 6);
    const auto [same, empty] = listening.ask("GET", boot, "If-None-Match: " + etag + "\r\n");
    CHECK(same.rfind("HTTP/1.1 304", 0) == 0);
    CHECK(holds(same, "ETag: " + etag));
    CHECK(empty.empty());
    CHECK(listening.ask("GET", "/index.html?source=pwa").second ==
          listening.site.on_disk("/index.html"));
}

TEST_CASE("on the line: no way of writing a path leads out of the page's folder") {
    Listening listening;
    for (const std::string target :
         {"/../secret.txt", "/icons/../../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt",
          "/%2e%2e%2fsecret.txt", "/icons/%2E%2E/%2E%2E/secret.txt", "/..%5csecret.txt",
          "/%252e%252e/secret.txt", "//../secret.txt", "/missing.js"}) {
        CAPTURE(target);
        const auto [head, body] = listening.ask("GET", target);
        CHECK(head.rfind("HTTP/1.1 404", 0) == 0);
        CHECK(holds(head, "Content-Type: application/problem+json"));
        CHECK(body.find("a secret") == std::string::npos);
        const auto [only_head, nothing] = listening.ask("HEAD", target);
        CHECK(only_head.rfind("HTTP/1.1 404", 0) == 0);
        CHECK(nothing.empty());
    }
}
