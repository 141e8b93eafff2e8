// Who is asking: sessions by token, and the guard that slows down guessing of codes.
#pragma once

#include "server/intake/site.hpp"

#include <map>
#include <mutex>
#include <string>

namespace handlers {

// Tokens of 256 random bits, kept in memory as SHA-256 only: after a restart a device opens a new
// session by itself. A revoked key's tokens die at once, because each use looks at the key again.
class Sessions {
public:
    explicit Sessions(intake::Site& site) : m_site(site), m_since(site.now()) {
        site.not_before(m_since); // A clock that is set back would make every new anchor too old.
    }

    struct Opened {
        std::string token;
        base::Time  expires_at;
    };
    // Judges a session JWS: unknown_key, revoked_key, bad_signature, bad_request, stale_anchor
    // (also when the anchor is older than this object, which cannot know what was accepted before
    // it), replayed_session.
    base::Result<Opened> open(const std::string& jws_text);

    // The viewer behind a token; not_signed_in when it is none, has run out, or its key is revoked.
    base::Result<records::Viewer> viewer(const std::string& token);

private:
    struct Session {
        base::KeyId kid;
        base::Time  expires_at; // By the real clock.
    };
    intake::Site&                          m_site;
    const base::Time                       m_since;
    std::mutex                             m_mutex;
    std::map<base::Sha256Hex, Session>     m_sessions; // By the token's digest.
    std::map<base::Sha256Hex, base::Time>  m_used;     // Session requests seen, until they are stale.
};

// Backs off by the code's first four characters and over all codes together; never by address,
// because whole schools share one. By its beginning a code's wait doubles up to five minutes. Over
// all codes failures are forgiven at a steady rate, so that nobody can keep everybody out: 60
// random bits are not guessed at one try in three seconds.
class CodeGuard {
public:
    // Seconds to wait before this code may be tried; 0 when it may be now.
    int  wait_seconds(const std::string& canonical_code, base::Time now);
    void failed(const std::string& canonical_code, base::Time now);

private:
    struct Count {
        int        failures = 0;
        base::Time since;
    };
    int  left(const Count& count, base::Time now) const;
    void forgive(base::Time now);
    std::mutex                   m_mutex;
    Count                        m_all; // `since`: up to when failures were forgiven.
    std::map<std::string, Count> m_by_prefix;
};

} // namespace handlers
