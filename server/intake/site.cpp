#include "server/intake/site.hpp"

#include "server/records/sqlite_store.hpp"
#include "shared/base/check.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>

namespace intake {
namespace {

namespace fs = std::filesystem;
using base::Outcome;

constexpr std::size_t anchors_cached_max = 4096;

// Microseconds between the machine's clock and the server's, of a rehearsal.
constexpr std::string_view clock_offset_setting = "clock_offset";

std::int64_t read_offset(const std::string& text) {
    std::int64_t offset = 0;
    const auto   parsed = std::from_chars(text.data(), text.data() + text.size(), offset);
    return parsed.ec == std::errc() ? offset : 0;
}

fs::path database_path(const std::string& folder) { return fs::path(folder) / "shenbao.db"; }
fs::path key_path(const std::string& folder) { return fs::path(folder) / "server.key"; }
// Where a new folder's files are made before they are moved to their places.
fs::path filling_path(const std::string& folder) { return fs::path(folder) / ".filling"; }

base::Status write_key(const fs::path& path, const envelope::SecretKey& key) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0600);
    if (file < 0) return base::fail(Outcome::storage_failed, path.string());
    const std::string text = base::to_hex(key.seed()) + "\n";
    const bool written = ::write(file, text.data(), text.size()) == ssize_t(text.size()) &&
                         ::fsync(file) == 0;
    ::close(file);
    if (!written) return base::fail(Outcome::storage_failed, path.string());
    return {};
}

base::Result<envelope::SecretKey> read_key(const fs::path& path) {
    std::ifstream in(path);
    std::string   hex;
    if (!std::getline(in, hex))
        return base::fail(Outcome::not_found_locally,
                          path.string() + "：没有数据，请先运行 shenbao init");
    SHENBAO_ASSIGN(const base::Bytes seed, base::from_hex(hex));
    return envelope::SecretKey::from_seed(seed);
}

} // namespace

base::Status Site::init(const std::string& folder, std::string_view document) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) return base::fail(Outcome::storage_failed, folder + ": " + error.message());
    const std::string filling = filling_path(folder).string();
    if (fs::exists(key_path(folder)) ||
        (fs::exists(database_path(folder)) && !fs::exists(key_path(filling))))
        return base::fail(Outcome::storage_foreign, folder + "：这里已有数据");
    SHENBAO_ASSIGN(const notice::Package package, notice::load_package(document));
    fs::remove_all(filling, error);
    fs::create_directories(filling, error);
    if (error) return base::fail(Outcome::storage_failed, filling + ": " + error.message());
    SHENBAO_TRY(fill(filling, package, document));
    // The key comes last: a folder is one of ours when it has its key.
    fs::rename(database_path(filling), database_path(folder), error);
    if (!error) fs::rename(key_path(filling), key_path(folder), error);
    if (error) return base::fail(Outcome::storage_failed, folder + ": " + error.message());
    fs::remove_all(filling, error);
    return {};
}

base::Status Site::fill(const std::string& folder, const notice::Package& package,
                        std::string_view document) {
    base::SystemRandom random;
    const auto         key = envelope::SecretKey::make(random);
    SHENBAO_ASSIGN(auto store, records::open_sqlite_store(database_path(folder).string(),
                                                          sqlite::OpenMode::create));
    SHENBAO_TRY(store->begin());
    SHENBAO_TRY(store->keep_package(package.ref, document));
    SHENBAO_TRY(store->commit());
    SHENBAO_TRY(write_key(key_path(folder), key));
    Site site(folder, key);
    site.m_packages[package.ref] = std::make_unique<notice::Package>(package);
    site.m_current = package.ref;
    return site.append_acts({envelope::NoticePublication{package.ref}});
}

base::Result<std::unique_ptr<Site>> Site::open(const std::string& folder) {
    SHENBAO_ASSIGN(envelope::SecretKey key, read_key(key_path(folder)));
    std::unique_ptr<Site> site(new Site(folder, std::move(key)));
    SHENBAO_ASSIGN(auto store, site->open_store());
    SHENBAO_ASSIGN(const auto mode, store->setting("mode"));
    if (mode) site->m_mode = *mode == "rehearsal" ? Mode::rehearsal : Mode::real;
    SHENBAO_ASSIGN(const auto offset, store->setting(clock_offset_setting));
    if (offset) site->m_clock_offset = read_offset(*offset);
    SHENBAO_ASSIGN(const base::Time last, store->last_received_at());
    site->not_before(last);
    SHENBAO_TRY(site->refresh_packages(*store));
    return site;
}

base::Status Site::fix_mode(Mode mode) {
    if (m_mode == mode) return {};
    if (m_mode != Mode::unset)
        return base::fail(Outcome::mode_mismatch, m_mode == Mode::rehearsal
                                                      ? "这个数据目录用于演练（--clock）"
                                                      : "这个数据目录用于正式申报");
    SHENBAO_ASSIGN(auto store, open_store());
    SHENBAO_TRY(store->begin());
    SHENBAO_TRY(store->set_setting("mode", mode == Mode::rehearsal ? "rehearsal" : "real"));
    SHENBAO_TRY(store->commit());
    m_mode = mode;
    return {};
}

void Site::start_clock_at(base::Time start) {
    const std::lock_guard lock(m_clock_mutex);
    m_clock_offset = start.microseconds - m_real.now().microseconds;
}

base::Status Site::keep_clock() {
    std::string offset;
    {
        const std::lock_guard lock(m_clock_mutex);
        offset = std::to_string(m_clock_offset);
    }
    SHENBAO_ASSIGN(auto store, open_store());
    SHENBAO_TRY(store->begin());
    SHENBAO_TRY(store->set_setting(clock_offset_setting, offset));
    return store->commit();
}

base::Time Site::act_time(base::Time last_received_at) {
    if (m_mode == Mode::unset) return last_received_at;
    not_before(last_received_at);
    return now();
}

base::Time Site::now() {
    const std::lock_guard lock(m_clock_mutex);
    return std::max(base::Time{m_real.now().microseconds + m_clock_offset}, m_not_before);
}

void Site::not_before(base::Time last) {
    const std::lock_guard lock(m_clock_mutex);
    m_not_before = std::max(m_not_before, last);
}

std::string Site::make_anchor() {
    base::Bytes nonce(12);
    m_random.fill(nonce);
    return envelope::sign_anchor({now(), base::to_base64url(nonce), rehearsal()}, m_key);
}

base::Result<envelope::Anchor> Site::open_anchor(const std::string& text) {
    {
        const std::lock_guard lock(m_anchor_mutex);
        if (const auto found = m_anchors.find(text); found != m_anchors.end())
            return found->second;
    }
    SHENBAO_ASSIGN(envelope::Anchor anchor, envelope::open_anchor(text, m_key.public_key()));
    if (anchor.rehearsal != rehearsal())
        return base::fail(Outcome::bad_anchor, "an anchor of the other mode");
    const std::lock_guard lock(m_anchor_mutex);
    if (m_anchors.size() >= anchors_cached_max) m_anchors.clear();
    m_anchors.emplace(text, anchor);
    return anchor;
}

std::string Site::code_hash(std::string_view canonical_code) const {
    const base::Bytes seed = m_key.seed();
    std::string       secret_text = "shenbao codes 1\n" + base::to_hex(seed);
    const base::Bytes secret = base::sha256(base::as_bytes(secret_text));
    base::Bytes       hash(crypto_auth_hmacsha256_BYTES);
    crypto_auth_hmacsha256(reinterpret_cast<unsigned char*>(hash.data()),
                           reinterpret_cast<const unsigned char*>(canonical_code.data()),
                           canonical_code.size(),
                           reinterpret_cast<const unsigned char*>(secret.data()));
    sodium_memzero(secret_text.data(), secret_text.size());
    return base::to_hex(hash);
}

base::Status Site::refresh_packages(records::Store& store) {
    SHENBAO_ASSIGN(const auto published, store.notices());
    const std::lock_guard lock(m_package_mutex);
    for (const auto& [ref, at] : published) {
        if (m_packages.count(ref) != 0) continue;
        SHENBAO_ASSIGN(const auto document, store.find_package(ref.sha256));
        if (!document) return base::fail(Outcome::storage_failed, "no document for " + ref.text());
        SHENBAO_ASSIGN(notice::Package package, notice::load_package(*document));
        m_packages[ref] = std::make_unique<notice::Package>(std::move(package));
    }
    if (!published.empty()) m_current = published.back().ref;
    m_published = published;
    return {};
}

void Site::take_up_published(records::Store& store) {
    const auto refreshed = refresh_packages(store);
    (void)refreshed; // What this program cannot read must not stop what it can.
}

std::optional<base::Time> Site::taken_until(std::size_t published) const {
    if (published + 1 >= m_published.size()) return std::nullopt;
    const records::PublishedVersion& successor = m_published[published + 1];
    if (const auto& until = m_packages.at(successor.ref)->accept_until) return base::end_of(*until);
    base::Time until = successor.at;
    // What is open all year does not keep a version alive.
    for (const notice::Form& form : m_packages.at(m_published[published].ref)->forms)
        for (const notice::Window& window : form.windows)
            if (!window.always && window.opens_at() <= successor.at &&
                successor.at < window.closes_at())
                until = std::max(until, window.closes_at());
    return until;
}

bool Site::accepts(const notice::Package& package, base::Time now) {
    const std::lock_guard lock(m_package_mutex);
    if (package.ref == m_current) return true;
    for (std::size_t at = 0; at < m_published.size(); ++at)
        if (m_published[at].ref == package.ref) return now < taken_until(at).value_or(now);
    return false;
}

std::vector<protocol::PublishedNotice> Site::notices() {
    const std::lock_guard                  lock(m_package_mutex);
    std::vector<protocol::PublishedNotice> list;
    for (std::size_t at = 0; at < m_published.size(); ++at)
        list.push_back({m_published[at].ref, taken_until(at)});
    return list;
}

const notice::Package* Site::find_package(const base::NoticeRef& ref) {
    const std::lock_guard lock(m_package_mutex);
    const auto            found = m_packages.find(ref);
    return found == m_packages.end() ? nullptr : found->second.get();
}

const notice::Package* Site::find_newest(std::string_view notice) {
    const std::lock_guard lock(m_package_mutex);
    const auto            found =
        std::find_if(m_published.rbegin(), m_published.rend(),
                     [&](const auto& one) { return one.ref.id.text() == notice; });
    return found == m_published.rend() ? nullptr : m_packages.at(found->ref).get();
}

const notice::Package* Site::package_with(const base::Period& period) {
    {
        const std::lock_guard lock(m_package_mutex);
        for (auto one = m_published.rbegin(); one != m_published.rend(); ++one)
            if (m_packages.at(one->ref)->find_period(period) != nullptr)
                return m_packages.at(one->ref).get();
    }
    return current_package();
}

const notice::Package* Site::current_package() {
    const std::lock_guard lock(m_package_mutex);
    const auto            found = m_packages.find(m_current);
    SHENBAO_CHECK(found != m_packages.end());
    return found->second.get();
}

bool Site::is_current(const base::NoticeRef& ref) {
    const std::lock_guard lock(m_package_mutex);
    return ref == m_current;
}

base::Result<std::unique_ptr<records::Store>> Site::open_store() const {
    return records::open_sqlite_store(database_path(m_folder).string(),
                                      sqlite::OpenMode::existing);
}

base::Result<std::unique_ptr<Site::Copy>> Site::Copy::make(const Site& site) {
    // What a killed one has left is older than any that still works.
    std::error_code error;
    const auto      yesterday = fs::file_time_type::clock::now() - std::chrono::hours(24);
    for (const auto& entry : fs::directory_iterator(site.m_folder, error))
        if (entry.path().filename().string().rfind("copy-", 0) == 0 &&
            entry.last_write_time(error) < yesterday)
            fs::remove(entry.path(), error);
    // The server beside it must not run out of room.
    const auto needed = fs::file_size(database_path(site.m_folder), error);
    const auto space = fs::space(site.m_folder, error);
    if (!error && space.available / 2 < needed)
        return base::fail(Outcome::storage_full, site.m_folder + "：检查要有两倍于数据库的空间");
    std::string path = (fs::path(site.m_folder) / "copy-XXXXXX").string();
    const int   file = ::mkstemp(path.data());
    if (file < 0) return base::fail(Outcome::storage_failed, path);
    ::close(file);
    std::unique_ptr<Copy> copy(new Copy(path));
    SHENBAO_TRY(records::copy_sqlite_store(database_path(site.m_folder).string(), path));
    SHENBAO_ASSIGN(copy->m_store, records::open_sqlite_store(path, sqlite::OpenMode::existing));
    return copy;
}

Site::Copy::~Copy() {
    m_store.reset();
    std::error_code gone_already;
    fs::remove(m_path, gone_already);
}

base::Result<Site::Reader> Site::reader() {
    {
        const std::lock_guard lock(m_reader_mutex);
        if (!m_readers.empty()) {
            auto store = std::move(m_readers.back());
            m_readers.pop_back();
            return Reader(*this, std::move(store));
        }
    }
    SHENBAO_ASSIGN(auto store, open_store());
    return Reader(*this, std::move(store));
}

Site::Reader::~Reader() {
    if (!m_store) return;
    const std::lock_guard lock(m_site.m_reader_mutex);
    m_site.m_readers.push_back(std::move(m_store));
}

base::Status Site::append_acts(const std::vector<envelope::Act>& acts, Dated dated) {
    SHENBAO_TRY(append_made_acts([&](records::Store&) { return acts; }, dated));
    return {};
}

base::Result<std::size_t> Site::append_made_acts(const MakeActs& make, Dated dated) {
    SHENBAO_ASSIGN(auto store, open_store());
    SHENBAO_TRY(store->begin());
    SHENBAO_ASSIGN(const std::vector<envelope::Act> acts, make(*store));
    SHENBAO_ASSIGN(base::Time at, store->last_received_at());
    if (dated == Dated::now) at = act_time(at);
    const std::string anchor = make_anchor();
    for (const envelope::Act& act : acts)
        SHENBAO_TRY(append_operator_act(*store, act, at, envelope::Timing::on_time, anchor));
    SHENBAO_TRY(store->commit());
    return acts.size();
}

base::Status Site::append_operator_act(records::Store& store, const envelope::Act& act,
                                       base::Time at, envelope::Timing timing,
                                       const std::string& anchor) {
    const envelope::Common common = {envelope::make_envelope_id(m_real.now(), m_random),
                                     base::UnitId("operator"), current_package()->ref,
                                     m_real.now(), anchor};
    const envelope::Envelope sealed = envelope::seal_act(common, act, m_key);
    SHENBAO_ASSIGN(const envelope::Jws jws,
                   envelope::Jws::parse(sealed.text(), envelope::HeaderKey::kid));
    SHENBAO_ASSIGN(const envelope::VerifiedEnvelope opened,
                   envelope::open(jws, m_key.public_key()));
    records::StoredEnvelope entry;
    entry.id = common.id;
    entry.kind = envelope::kind_name(act);
    entry.unit = common.unit;
    entry.kid = m_key.id();
    entry.sha256 = sealed.sha256();
    entry.text = sealed.text();
    entry.received_at = at;
    entry.timing = timing;
    SHENBAO_TRY(store.append(entry, opened));
    return {};
}

void Site::saw(const base::KeyId& kid) {
    constexpr std::int64_t hour_us = 3600LL * 1000000;
    const base::Time       hour{now().microseconds / hour_us * hour_us};
    const std::lock_guard  lock(m_seen_mutex);
    m_seen[kid] = hour;
}

std::map<base::KeyId, base::Time> Site::seen() {
    const std::lock_guard lock(m_seen_mutex);
    return m_seen;
}

envelope::Receipt Site::receipt_of(const records::StoredEnvelope& entry) const {
    envelope::Receipt receipt;
    receipt.id = entry.id.value_or(base::EnvelopeId());
    receipt.unit = entry.unit;
    receipt.sha256 = entry.sha256;
    receipt.index = entry.index;
    receipt.received_at = entry.received_at;
    receipt.timing = entry.timing;
    if (entry.kind == "filing")
        for (std::size_t at = 0, end; (end = entry.detail.find(' ', at)) != std::string::npos;
             at = end + 1)
            receipt.attachments_missing.emplace_back(entry.detail.substr(at, end - at));
    receipt.rehearsal = rehearsal();
    return receipt;
}

std::string Site::sign_receipt_of(const records::StoredEnvelope& entry) const {
    return envelope::sign_receipt(receipt_of(entry), m_key);
}

} // namespace intake
