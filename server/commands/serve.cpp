#include "server/commands/commands.hpp"

#include "server/handlers/http.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace commands {
namespace {

using base::Outcome;

std::atomic<bool> stop_asked{false};
void              ask_stop(int) { stop_asked = true; }

// Held while the server runs: a second one on the same data would judge by a clock of its own.
class FolderLock {
public:
    static base::Result<FolderLock> take(const std::string& folder) {
        const int file = ::open((folder + "/serve.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (file < 0) return base::fail(Outcome::storage_failed, folder);
        if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
            ::close(file);
            return base::fail(Outcome::storage_busy, "另一个服务正在使用 " + folder);
        }
        return FolderLock(file);
    }
    FolderLock(FolderLock&& other) noexcept : m_file(std::exchange(other.m_file, -1)) {}
    FolderLock& operator=(FolderLock&& other) noexcept {
        std::swap(m_file, other.m_file);
        return *this;
    }
    ~FolderLock() {
        if (m_file >= 0) ::close(m_file);
    }

private:
    explicit FolderLock(int file) : m_file(file) {}
    int m_file;
};

base::Result<handlers::ListenOptions> read_address(const ServeOptions& options) {
    handlers::ListenOptions listen;
    const std::size_t       colon = options.listen.rfind(':');
    if (colon == std::string::npos) return base::fail(Outcome::wrong_use, "--listen 应为 地址:端口");
    listen.host = options.listen.substr(0, colon);
    if (listen.host.size() > 2 && listen.host.front() == '[')
        listen.host = listen.host.substr(1, listen.host.size() - 2);
    char*      end = nullptr;
    const long port = std::strtol(options.listen.c_str() + colon + 1, &end, 10);
    if (*end != '\0' || end == options.listen.c_str() + colon + 1 || port < 0 || port > 65535)
        return base::fail(Outcome::wrong_use, "端口应在0到65535之间");
    listen.port = int(port);
    listen.tls_certificate = options.tls_certificate;
    listen.tls_key = options.tls_key;
    return listen;
}

} // namespace

base::Status serve(const ServeOptions& options) {
    SHENBAO_ASSIGN(const handlers::ListenOptions listen, read_address(options));
    std::optional<base::Time> start;
    if (!options.clock.empty()) {
        const auto parsed = base::parse_rfc3339(options.clock);
        if (!parsed) return base::fail(Outcome::wrong_use, "--clock 应为 2023-03-29T09:00:00+08:00");
        start = *parsed;
    }
    SHENBAO_ASSIGN(const auto site, intake::Site::open(options.data));
    SHENBAO_ASSIGN(const FolderLock lock, FolderLock::take(options.data));
    SHENBAO_TRY(site->fix_mode(start ? intake::Mode::rehearsal : intake::Mode::real));
    if (start) site->start_clock_at(*start);
    SHENBAO_TRY(site->keep_clock());
    SHENBAO_ASSIGN(const handlers::Pages pages, handlers::Pages::load(options.web));
    std::atomic<bool> storage_failed{false};
    SHENBAO_ASSIGN(const auto intake, intake::Intake::start(*site, [&](const base::Fault& fault) {
                       std::fprintf(stderr, "storage failed, stopping: %s\n", fault.detail.c_str());
                       storage_failed = true;
                   }));
    handlers::Sessions  sessions(*site);
    handlers::CodeGuard guard;
    handlers::Server    server{*site,  *intake, sessions, guard, pages,
                            !listen.tls_certificate.empty(), options.address};
    struct sigaction action = {};
    action.sa_handler = ask_stop;
    sigaction(SIGTERM, &action, nullptr);
    sigaction(SIGINT, &action, nullptr);
    signal(SIGPIPE, SIG_IGN);
    if (start) std::fprintf(stderr, "rehearsal from %s\n", base::to_rfc3339(*start).c_str());
    SHENBAO_TRY(handlers::listen(server, listen, [&] { return stop_asked || storage_failed; }));
    if (storage_failed) return base::fail(Outcome::storage_failed, options.data);
    std::fprintf(stderr, "stopped\n");
    return {};
}

} // namespace commands
