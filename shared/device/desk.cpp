#include "shared/device/desk_inside.hpp"

#include "shared/base/check.hpp"
#include "shared/base/limits.hpp"
#include "shared/base/text.hpp"
#include "shared/device/schema.hpp"
#include "shared/rules/context.hpp"

#include <algorithm>

namespace device {
namespace {

using base::Outcome;

constexpr std::size_t code_characters = 12;

} // namespace

Desk::Desk(std::unique_ptr<Inside> inside) : m_inside(std::move(inside)) {}
Desk::Desk(Desk&&) noexcept            = default;
Desk& Desk::operator=(Desk&&) noexcept = default;
Desk::~Desk()                          = default;

base::Result<Desk> Desk::open(sqlite::Database database, base::Clock& clock,
                              base::Random& random) {
    SHENBAO_TRY(migrate_desk(database));
    auto inside = std::make_unique<Inside>(std::move(database), clock, random);
    SHENBAO_TRY(make_context_views(inside->database));
    SHENBAO_TRY(inside->load());
    return Desk(std::move(inside));
}

std::int64_t Desk::change_count() const { return m_inside->change_count; }

// --- Inside --------------------------------------------------------------------------------------

base::Result<std::string> Desk::Inside::anchor_to_sign() {
    SHENBAO_ASSIGN(const auto revoked, read_setting("revoked"));
    if (revoked) return base::fail(base::Outcome::revoked_key);
    SHENBAO_ASSIGN(const auto anchor, read_setting("anchor"));
    if (!anchor) return base::fail(base::Outcome::not_enrolled, "no anchor yet");
    return *anchor;
}

base::Result<std::optional<std::string>> Desk::Inside::read_setting(std::string_view name) {
    auto select = database.prepare("SELECT value FROM settings WHERE name = ?");
    SHENBAO_ASSIGN(const bool found, select.bind(name).step());
    return found ? std::optional(select.text(0)) : std::nullopt;
}

base::Status Desk::Inside::write_setting(std::string_view name, std::string_view value) {
    return database.prepare("INSERT INTO settings VALUES(?, ?) ON CONFLICT(name) "
                            "DO UPDATE SET value = excluded.value")
        .bind(name, value)
        .run();
}

base::Status Desk::Inside::write_kept(std::string_view name, std::string_view body) {
    return database.prepare("INSERT INTO kept VALUES(?, ?) ON CONFLICT(name) "
                            "DO UPDATE SET body = excluded.body")
        .bind(name, body)
        .run();
}

std::optional<std::string> Desk::Inside::read_kept(std::string_view name) {
    auto       select = database.prepare("SELECT body FROM kept WHERE name = ?");
    const auto found = select.bind(name).step();
    return found && *found ? std::optional(select.text(0)) : std::nullopt;
}

base::Status Desk::Inside::drop_kept(std::string_view name) {
    return database.prepare("DELETE FROM kept WHERE name = ?").bind(name).run();
}

base::Status Desk::Inside::load() {
    auto kept = database.prepare("SELECT body FROM kept WHERE name = ?");
    SHENBAO_ASSIGN(const bool has_units, kept.bind("units").step());
    if (has_units) {
        SHENBAO_ASSIGN(units, protocol::read_units(kept.text_view(0)));
    }
    SHENBAO_ASSIGN(const bool has_catalogue, kept.bind("catalogue").step());
    if (has_catalogue) {
        SHENBAO_ASSIGN(catalogue, protocol::read_catalogue(kept.text_view(0)));
    }
    kept.reset();
    SHENBAO_ASSIGN(const bool has_notices, kept.bind("notices").step());
    if (has_notices) {
        SHENBAO_ASSIGN(published, protocol::read_notices(kept.text_view(0)));
    }
    auto enrolled = database.prepare(
        "SELECT answer, seed, device FROM enrolment WHERE answer IS NOT NULL");
    SHENBAO_ASSIGN(const bool has_enrolment, enrolled.step());
    if (has_enrolment)
        SHENBAO_TRY(use_enrolment(enrolled.text(0), enrolled.blob(1), enrolled.text(2)));
    auto document = database.prepare("SELECT document FROM packages WHERE current = 1");
    SHENBAO_ASSIGN(const bool has_package, document.step());
    if (has_package) {
        SHENBAO_ASSIGN(current, edition_from(document.text(0), Proof::given));
    }
    document.reset();
    return index_filings();
}

base::Status Desk::Inside::use_enrolment(std::string_view body, base::ByteView seed,
                                         std::string_view device) {
    SHENBAO_ASSIGN(protocol::EnrolmentAnswer answer, protocol::read_enrolment_answer(body));
    SHENBAO_ASSIGN(envelope::SecretKey secret, envelope::SecretKey::from_seed(seed));
    if (answer.kid != secret.id())
        return base::fail(Outcome::bad_answer, "the answer is for another key");
    SHENBAO_ASSIGN(const envelope::Anchor anchor,
                   envelope::open_anchor(answer.anchor, answer.server_key));
    enrolment = Enrolment{std::move(answer.unit), std::move(answer.role), answer.kid,
                          answer.server_key,      std::string(device),    anchor.rehearsal};
    key.emplace(std::move(secret));
    SHENBAO_TRY(database.run_script("DELETE FROM desk_unit"));
    return database.prepare("INSERT INTO desk_unit VALUES(?, ?, ?, ?)")
        .bind(enrolment->unit.unit, enrolment->unit.name, enrolment->unit.kind,
              enrolment->unit.city)
        .run();
}

base::Result<Edition*> Desk::Inside::edition_from(std::string_view document, Proof proof) {
    const auto known = editions.find(base::sha256_hex(document));
    if (known != editions.end()) return known->second.get();
    SHENBAO_ASSIGN(notice::Package loaded, notice::load_package(document));
    auto edition = std::make_unique<Edition>(Edition{std::move(loaded), {}, {}});
    edition->views = rules::make_context(database, edition->package,
                                         {"desk_matters", "desk_values", "desk_ledger",
                                          "catalogue", "desk_unit", "desk_period",
                                          {}, "m.signed", "desk_signed"});
    if (proof == Proof::given) {
        edition->engine = rules::Engine::prepare_later(database, edition->package, edition->views);
    } else {
        SHENBAO_ASSIGN(edition->engine,
                       rules::Engine::prepare(database, edition->package, edition->views));
    }
    Edition* const made = edition.get();
    editions[made->package.ref.sha256] = std::move(edition);
    return made;
}

Edition& Desk::Inside::edition_at(const base::Sha256Hex& notice) {
    SHENBAO_CHECK(current != nullptr);
    if (notice == current->package.ref.sha256 || notice.empty()) return *current;
    const auto known = editions.find(notice);
    if (known != editions.end()) return *known->second;
    auto select = database.prepare("SELECT document FROM packages WHERE sha256 = ?");
    const auto found = select.bind(notice).step();
    if (!found || !*found) return *current;
    const auto edition = edition_from(select.text(0), Proof::given);
    return edition ? **edition : *current;
}

std::string Desk::Inside::certificate_name(const base::CertificateId& id) const {
    for (const envelope::CatalogueEntry& entry : catalogue)
        if (entry.certificate == id) return entry.name;
    return id.text();
}

// --- Enrolment -----------------------------------------------------------------------------------

const Enrolment* Desk::find_enrolment() const {
    return m_inside->enrolment ? &*m_inside->enrolment : nullptr;
}

base::Result<std::string> Desk::begin_enrolment(std::string_view typed_code,
                                                std::string_view device) {
    if (m_inside->enrolment) return base::fail(Outcome::already_enrolled);
    std::string code = base::is_utf8(typed_code) ? base::canonical_crockford(typed_code) : "";
    if (code.size() != code_characters)
        return base::fail(Outcome::bad_code, "not 12 characters of a code");
    code.insert(8, "-").insert(4, "-");
    auto pending = m_inside->database.prepare("SELECT seed FROM enrolment WHERE code = ?");
    SHENBAO_ASSIGN(const bool again, pending.bind(code).step());
    auto key = again ? envelope::SecretKey::from_seed(pending.blob(0))
                     : envelope::SecretKey::make(m_inside->random);
    if (!key) return base::fail(key.error());
    pending.reset();
    SHENBAO_TRY(m_inside->change([&] {
        return m_inside->database
            .prepare("INSERT INTO enrolment VALUES(1, ?, ?, ?, NULL) ON CONFLICT(one) DO UPDATE "
                     "SET seed = excluded.seed, code = excluded.code, device = excluded.device")
            .bind(key->seed(), code, device)
            .run();
    }));
    const std::string payload = protocol::write_enrolment_request(
        {code, std::string(device), m_inside->clock.now()});
    return envelope::sign_jws(payload, *key, envelope::HeaderKey::jwk);
}

base::Status Desk::finish_enrolment(std::string_view body) {
    if (m_inside->enrolment) return base::fail(Outcome::already_enrolled);
    auto pending = m_inside->database.prepare("SELECT seed, device FROM enrolment");
    SHENBAO_ASSIGN(const bool found, pending.step());
    if (!found) return base::fail(Outcome::not_enrolled, "no enrolment was begun");
    const base::Bytes seed = pending.blob(0);
    const std::string device = pending.text(1);
    pending.reset();
    SHENBAO_ASSIGN(const protocol::EnrolmentAnswer answer, protocol::read_enrolment_answer(body));
    SHENBAO_TRY(m_inside->use_enrolment(body, seed, device));
    const auto kept = m_inside->change([&] {
        return m_inside->database.prepare("UPDATE enrolment SET answer = ?").bind(body).run();
    });
    if (!kept) {
        m_inside->enrolment.reset();
        return kept;
    }
    return accept_anchor(answer.anchor);
}

// --- What the server told ------------------------------------------------------------------------

const notice::Package* Desk::find_package() const {
    return m_inside->current == nullptr ? nullptr : &m_inside->current->package;
}

const notice::Form* Desk::form_of(const Matter& matter) const { return m_inside->form_of(matter); }

const notice::Package* Desk::package_of(const Matter& matter) const {
    return m_inside->current == nullptr ? nullptr : &m_inside->edition_of(matter).package;
}

const notice::Package* Desk::package_of(const OutboxItem& item) const {
    return m_inside->current == nullptr ? nullptr : &m_inside->edition_at(item.notice).package;
}

base::Status Desk::accept_package(std::string_view document, const base::NoticeRef& ref) {
    if (base::sha256_hex(document) != ref.sha256)
        return base::fail(Outcome::bad_answer, "the notice's bytes are not those announced");
    SHENBAO_ASSIGN(Edition* const edition, m_inside->edition_from(document, Inside::Proof::wanted));
    Edition* const before = std::exchange(m_inside->current, edition);
    const base::Status taken = m_inside->change([&]() -> base::Status {
        SHENBAO_TRY(m_inside->database.run_script("UPDATE packages SET current = 0"));
        SHENBAO_TRY(m_inside->database
                        .prepare("INSERT INTO packages VALUES(?, ?, ?, 1) ON CONFLICT(sha256) "
                                 "DO UPDATE SET current = 1")
                        .bind(ref.sha256, ref.id, document)
                        .run());
        return before == nullptr ? base::Status{} : m_inside->carry_over_drafts();
    });
    if (!taken) m_inside->current = before;
    m_inside->review_rows.known = false;
    return taken;
}

base::Status Desk::accept_anchor(std::string_view text) {
    if (!m_inside->enrolment) return base::fail(Outcome::not_enrolled);
    const auto anchor = envelope::open_anchor(text, m_inside->enrolment->server_key);
    if (!anchor) return base::fail(Outcome::foreign_server, anchor.error().detail);
    if (anchor->rehearsal != m_inside->enrolment->rehearsal)
        return base::fail(Outcome::mode_mismatch, "the server changed its mode");
    return m_inside->change([&]() -> base::Status {
        SHENBAO_TRY(m_inside->write_setting("anchor", text));
        SHENBAO_TRY(m_inside->write_setting("anchor_at", std::to_string(anchor->at.microseconds)));
        return m_inside->write_setting("anchor_clock",
                                       std::to_string(m_inside->clock.now().microseconds));
    });
}

base::Status Desk::accept_units(const std::vector<envelope::UnitEntry>& units) {
    if (units == m_inside->units) return {};
    SHENBAO_TRY(m_inside->change(
        [&] { return m_inside->write_kept("units", protocol::write_units(units)); }));
    m_inside->units = units;
    m_inside->review_rows.known = false;
    return {};
}

base::Status Desk::accept_catalogue(const std::vector<envelope::CatalogueEntry>& entries) {
    if (entries == m_inside->catalogue) return {};
    SHENBAO_TRY(m_inside->change([&]() -> base::Status {
        SHENBAO_TRY(m_inside->write_kept("catalogue", protocol::write_catalogue(entries)));
        SHENBAO_TRY(m_inside->database.run_script("DELETE FROM catalogue"));
        auto insert = m_inside->database.prepare("INSERT OR IGNORE INTO catalogue VALUES(?, ?, ?, ?, ?)");
        for (const envelope::CatalogueEntry& entry : entries)
            for (const std::string& level : entry.levels)
                SHENBAO_TRY(insert
                                .bind(entry.certificate, entry.name, entry.organisation, level,
                                      entry.min_headcount)
                                .run());
        return {};
    }));
    m_inside->catalogue = entries;
    m_inside->review_rows.known = false;
    return {};
}

base::Time Desk::server_time() const { return m_inside->server_time(); }

base::Time Desk::Inside::server_time() {
    const auto number = [&](std::string_view name) -> std::optional<std::int64_t> {
        const auto text = read_setting(name);
        if (!text || !*text) return std::nullopt;
        return std::strtoll((*text)->c_str(), nullptr, 10);
    };
    const auto anchor_at = number("anchor_at"), anchor_clock = number("anchor_clock");
    const base::Time own = clock.now();
    if (!anchor_at || !anchor_clock) return own;
    return base::Time{*anchor_at +
                      std::max<std::int64_t>(0, own.microseconds - *anchor_clock)};
}

const std::vector<envelope::UnitEntry>& Desk::units() const { return m_inside->units; }

std::vector<envelope::CatalogueEntry> Desk::search_catalogue(std::string_view typed,
                                                             std::size_t count_max) const {
    std::vector<envelope::CatalogueEntry> found;
    for (const envelope::CatalogueEntry& entry : m_inside->catalogue) {
        if (found.size() >= count_max) break;
        if (base::has_parts(entry.name + "\n" + entry.organisation, typed)) found.push_back(entry);
    }
    return found;
}

const envelope::CatalogueEntry*
Desk::find_certificate(const base::CertificateId& certificate) const {
    for (const envelope::CatalogueEntry& entry : m_inside->catalogue)
        if (entry.certificate == certificate) return &entry;
    return nullptr;
}

std::size_t Desk::catalogue_size() const { return m_inside->catalogue.size(); }

// --- Talking to the server -----------------------------------------------------------------------

base::Result<std::string> Desk::session_request() const {
    if (!m_inside->enrolment) return base::fail(Outcome::not_enrolled);
    SHENBAO_ASSIGN(const auto anchor, m_inside->read_setting("anchor"));
    const std::string payload = protocol::write_session_request(
        {envelope::key_id(m_inside->enrolment->server_key), anchor.value_or("")});
    return envelope::sign_jws(payload, *m_inside->key, envelope::HeaderKey::kid);
}

base::Status Desk::accept_session(const protocol::SessionAnswer& answer) {
    m_inside->session = answer; // In memory only: a token is worth nothing to a later start.
    return {};
}

std::string Desk::bearer() const {
    if (!m_inside->session || m_inside->session->expires_at <= server_time()) return {};
    return m_inside->session->token;
}

void Desk::forget_session() { m_inside->session.reset(); }

base::Status Desk::keep(std::string_view name, std::string_view body) {
    SHENBAO_CHECK(name != "units" && name != "catalogue"); // Those have calls of their own.
    return m_inside->change([&] { return m_inside->write_kept(name, body); });
}

std::optional<std::string> Desk::kept(std::string_view name) const {
    return m_inside->read_kept(name);
}

base::Status Desk::set_setting(std::string_view name, std::string_view value) {
    return m_inside->change([&] { return m_inside->write_setting(name, value); });
}

std::optional<std::string> Desk::setting(std::string_view name) const {
    const auto read = m_inside->read_setting(name);
    return read ? *read : std::nullopt;
}

} // namespace device
