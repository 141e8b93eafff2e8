// The Site is one data folder and what every part of the server shares: the server's key, its
// clock, the loaded notices and a pool of reading Stores.
#pragma once

#include "server/records/store.hpp"
#include "shared/base/world.hpp"
#include "shared/notice/package.hpp"
#include "shared/protocol/messages.hpp"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace intake {

enum class Mode { unset, real, rehearsal };

class Site {
public:
    // Makes a new data folder with a key and the notice. storage_foreign when the folder holds
    // something. What an interrupted call has left behind counts as nothing: it was never served.
    static base::Status init(const std::string& folder, std::string_view package_document);

    static base::Result<std::unique_ptr<Site>> open(const std::string& folder);

    const envelope::SecretKey& key() const { return m_key; }
    const std::string&         folder() const { return m_folder; }

    // Fixes the mode at the first serve; mode_mismatch when it is the other one already.
    [[nodiscard]] base::Status fix_mode(Mode mode);
    Mode                       mode() const { return m_mode; }
    bool                       rehearsal() const { return m_mode == Mode::rehearsal; }

    // Rehearsal: the server's time starts at `start` now.
    void       start_clock_at(base::Time start);
    // Keeps how far the clock is from the machine's, so that commands which work while `serve` runs
    // have the same time.
    [[nodiscard]] base::Status keep_clock();
    // The server's time: never behind the log's last received_at.
    base::Time now();
    // The moment of an act of the operator that is dated: now, or the log's last moment in a folder
    // that no server has opened yet, because whether it is a rehearsal is not known.
    base::Time act_time(base::Time last_received_at);
    void       not_before(base::Time last_received_at);
    base::Time real_now() { return m_real.now(); }
    base::Random& random() { return m_random; }

    // A fresh anchor, signed.
    std::string make_anchor();
    // The anchor's moment if this server signed it; cached, because a school's batch repeats one.
    base::Result<envelope::Anchor> open_anchor(const std::string& text);

    // The keyed hash of a code (HMAC-SHA256 under a secret made from the server's key), hex.
    std::string code_hash(std::string_view canonical_code) const;

    // A package by version, loaded once; null when it is not published here. The pointer stays
    // good.
    const notice::Package* find_package(const base::NoticeRef& ref);
    // The newest published version of that notice; null when there is none here.
    const notice::Package* find_newest(std::string_view notice);
    // The newest published version that has this period; the current one when none has.
    const notice::Package* package_with(const base::Period& period);
    // The newest published version; never null after init.
    const notice::Package* current_package();
    // Looks again which versions are published.
    base::Status refresh_packages(records::Store& store);
    // The same for a server that runs while `notice publish` writes beside it. A version that
    // cannot be loaded here leaves everything as it was.
    void take_up_published(records::Store& store);
    bool is_current(const base::NoticeRef& ref);
    // True while filings under this version are taken (126); see notices().
    bool accepts(const notice::Package& package, base::Time now);
    // Published versions, newest last, each with the end of its being taken: the day that its
    // successor names; when that names none, the last end of the dated windows that were open when
    // the successor was published, or that moment when there was none such.
    std::vector<protocol::PublishedNotice> notices();

    base::Result<std::unique_ptr<records::Store>> open_store() const;

    // Everything as it is at this moment, in a file of its own beside the data: what is done to the
    // Store changes nothing, and the server goes on. Gone at the end.
    class Copy {
    public:
        static base::Result<std::unique_ptr<Copy>> make(const Site& site);
        Copy(const Copy&) = delete;
        ~Copy();
        records::Store* operator->() const { return m_store.get(); }
        records::Store& operator*() const { return *m_store; }

    private:
        explicit Copy(std::string path) : m_path(std::move(path)) {}

        std::string                     m_path;
        std::unique_ptr<records::Store> m_store;
    };

    // A borrowed reading Store; goes back to the pool at the end.
    class Reader {
    public:
        Reader(Site& site, std::unique_ptr<records::Store> store)
            : m_site(site), m_store(std::move(store)) {}
        Reader(Reader&&) = default;
        ~Reader();
        records::Store* operator->() const { return m_store.get(); }
        records::Store& operator*() const { return *m_store; }

    private:
        Site&                           m_site;
        std::unique_ptr<records::Store> m_store;
    };
    base::Result<Reader> reader();

    // The operator's own act: signed by the server's key, unit "operator", appended in its own
    // transaction together with the others of the call. Dated as the log's last entry it does not
    // move the log's clock.
    enum class Dated { as_last, now };
    base::Status append_acts(const std::vector<envelope::Act>& acts, Dated dated = Dated::as_last);
    // The same with acts that depend on what stands: `make` looks at the records within the
    // transaction, so that nothing changes between. Returns how many there were.
    using MakeActs = std::function<base::Result<std::vector<envelope::Act>>(records::Store&)>;
    base::Result<std::size_t> append_made_acts(const MakeActs& make, Dated dated = Dated::as_last);
    // One such act within a transaction of `store`, dated `at`, under an anchor of this server.
    base::Status append_operator_act(records::Store& store, const envelope::Act& act, base::Time at,
                                     envelope::Timing timing, const std::string& anchor);

    // A device has spoken; kept to the hour, in memory until the writer has a commit to spare.
    void                              saw(const base::KeyId& kid);
    std::map<base::KeyId, base::Time> seen();

    envelope::Receipt receipt_of(const records::StoredEnvelope& entry) const;
    std::string       sign_receipt_of(const records::StoredEnvelope& entry) const;

private:
    // A whole data folder, made in `folder`, which is empty.
    static base::Status fill(const std::string& folder, const notice::Package& package,
                             std::string_view document);
    std::optional<base::Time> taken_until(std::size_t published) const; // Under m_package_mutex.
    Site(std::string folder, envelope::SecretKey key)
        : m_folder(std::move(folder)), m_key(std::move(key)) {}

    std::string         m_folder;
    envelope::SecretKey m_key;
    Mode                m_mode = Mode::unset;
    base::SystemClock   m_real;
    base::SystemRandom  m_random;

    std::mutex   m_clock_mutex;
    std::int64_t m_clock_offset = 0;
    base::Time   m_not_before{0};

    std::mutex                                                m_package_mutex;
    std::map<base::NoticeRef, std::unique_ptr<notice::Package>> m_packages;
    base::NoticeRef                                           m_current;
    std::vector<records::PublishedVersion>                         m_published; // Newest last.

    std::mutex                              m_anchor_mutex;
    std::map<std::string, envelope::Anchor> m_anchors;

    std::mutex                        m_seen_mutex;
    std::map<base::KeyId, base::Time> m_seen;

    std::mutex                                   m_reader_mutex;
    std::vector<std::unique_ptr<records::Store>> m_readers;
};

} // namespace intake
