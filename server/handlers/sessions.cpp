#include "server/handlers/sessions.hpp"

#include "shared/base/limits.hpp"
#include "shared/protocol/messages.hpp"

#include <algorithm>

namespace handlers {
namespace {

using base::Outcome;

constexpr std::int64_t us_per_second    = 1000000;
constexpr int          free_per_prefix  = 5;   // Wrong tries before a prefix has to wait.
constexpr int          free_over_all    = 200;
constexpr std::int64_t forgive_one_us   = 3 * us_per_second; // Over all codes.
constexpr int          wait_seconds_max = 300;
constexpr std::int64_t forget_us        = 15LL * 60 * us_per_second;
constexpr std::size_t  prefixes_max     = 10000;

} // namespace

base::Result<Sessions::Opened> Sessions::open(const std::string& text) {
    SHENBAO_ASSIGN(const envelope::Jws jws, envelope::Jws::parse(text, envelope::HeaderKey::kid));
    SHENBAO_ASSIGN(auto reader, m_site.reader());
    SHENBAO_ASSIGN(const auto key, reader->find_key(jws.kid()));
    if (!key) return base::fail(Outcome::unknown_key);
    if (key->revoked) return base::fail(Outcome::revoked_key);
    SHENBAO_ASSIGN(const std::string payload, jws.verify(key->key));
    SHENBAO_ASSIGN(const protocol::SessionRequest request,
                   protocol::read_session_request(payload));
    if (request.server != m_site.key().id())
        return base::fail(Outcome::bad_anchor, "for another server");
    SHENBAO_ASSIGN(const envelope::Anchor anchor, m_site.open_anchor(request.anchor));
    const base::Time now = m_site.now();
    if (anchor.at.microseconds + base::limits::anchor_age_max_us < now.microseconds ||
        anchor.at < m_since)
        return base::fail(Outcome::stale_anchor);
    base::Bytes random(32);
    m_site.random().fill(random);
    const std::string token = base::to_base64url(random);
    const base::Time  real = m_site.real_now();
    {
        const std::lock_guard lock(m_mutex);
        std::erase_if(m_used, [&](const auto& used) {
            return used.second.microseconds + base::limits::anchor_age_max_us < now.microseconds;
        });
        if (!m_used.emplace(jws.sha256(), anchor.at).second)
            return base::fail(Outcome::replayed_session);
        std::erase_if(m_sessions,
                      [&](const auto& session) { return session.second.expires_at <= real; });
        m_sessions[base::sha256_hex(token)] = {
            jws.kid(), base::Time{real.microseconds + base::limits::session_lifetime_us}};
    }
    return Opened{token, base::Time{now.microseconds + base::limits::session_lifetime_us}};
}

base::Result<records::Viewer> Sessions::viewer(const std::string& token) {
    if (token.empty()) return base::fail(Outcome::not_signed_in);
    base::KeyId kid;
    {
        const std::lock_guard lock(m_mutex);
        const auto            found = m_sessions.find(base::sha256_hex(token));
        if (found == m_sessions.end() || found->second.expires_at <= m_site.real_now())
            return base::fail(Outcome::not_signed_in);
        kid = found->second.kid;
    }
    SHENBAO_ASSIGN(auto reader, m_site.reader());
    SHENBAO_ASSIGN(const auto key, reader->find_key(kid));
    if (!key || key->revoked) return base::fail(Outcome::not_signed_in);
    m_site.saw(kid);
    return records::Viewer{key->unit, key->role, kid};
}

int CodeGuard::left(const Count& count, base::Time now) const {
    if (count.failures < free_per_prefix) return 0;
    // Two seconds after the first too many, then twice as long each time.
    const int          step = std::min(count.failures - free_per_prefix, 10);
    const std::int64_t wait_us = std::min<std::int64_t>(2LL << step, wait_seconds_max) *
                                 us_per_second;
    const std::int64_t passed_us = now.microseconds - count.since.microseconds;
    return passed_us >= wait_us ? 0 : int((wait_us - passed_us) / us_per_second) + 1;
}

int CodeGuard::wait_seconds(const std::string& code, base::Time now) {
    const std::lock_guard lock(m_mutex);
    const auto            found = m_by_prefix.find(code.substr(0, 4));
    const int by_prefix = found == m_by_prefix.end() ? 0 : left(found->second, now);
    forgive(now);
    const bool crowded = m_all.failures >= free_over_all;
    return std::max(by_prefix, crowded ? int(forgive_one_us / us_per_second) : 0);
}

void CodeGuard::forgive(base::Time now) {
    const std::int64_t passed_us = now.microseconds - m_all.since.microseconds;
    const std::int64_t forgiven = std::max<std::int64_t>(0, passed_us / forgive_one_us);
    if (forgiven >= m_all.failures) m_all = {0, now};
    else m_all = {m_all.failures - int(forgiven),
                  base::Time{m_all.since.microseconds + forgiven * forgive_one_us}};
}

void CodeGuard::failed(const std::string& code, base::Time now) {
    const std::lock_guard lock(m_mutex);
    const auto count = [&](Count& one) {
        if (one.since.microseconds + forget_us < now.microseconds) one.failures = 0;
        ++one.failures;
        one.since = now;
    };
    if (m_by_prefix.size() >= prefixes_max)
        std::erase_if(m_by_prefix, [&](const auto& entry) {
            return entry.second.since.microseconds + forget_us < now.microseconds;
        });
    if (m_by_prefix.size() < prefixes_max) count(m_by_prefix[code.substr(0, 4)]);
    forgive(now);
    ++m_all.failures;
}

} // namespace handlers
