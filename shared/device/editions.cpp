// The versions of notices that a desk has beside the current one: what was signed under one is read
// by it, and while the server still takes it, what it alone asks for is filed under it.
#include "shared/device/desk_inside.hpp"

#include <algorithm>
#include <set>

namespace device {
namespace {

using base::Outcome;

// What a kept envelope says; its text is the one that was signed.
base::Result<base::Json> payload_of(std::string_view text, const base::Sha256Hex& sha256) {
    SHENBAO_ASSIGN(const envelope::Jws jws,
                   envelope::Jws::parse(std::string(text), envelope::HeaderKey::kid));
    SHENBAO_ASSIGN(const std::string payload, jws.payload_under(sha256));
    return base::parse_json(payload);
}

base::Result<base::NoticeRef> notice_named_in(std::string_view text,
                                              const base::Sha256Hex& sha256) {
    SHENBAO_ASSIGN(const base::Json payload, payload_of(text, sha256));
    return base::parse_notice_ref(payload.value("notice", std::string()));
}

} // namespace

base::Status Desk::Inside::index_filing(const base::EnvelopeId& id, const base::Sha256Hex& sha256,
                                        std::string_view text) {
    SHENBAO_ASSIGN(const base::Json payload, payload_of(text, sha256));
    SHENBAO_TRY(database.prepare("UPDATE envelopes SET notice = ? WHERE sha256 = ?")
                    .bind(payload.value("notice", std::string()), sha256)
                    .run());
    // One that was taken back before it was sent had the same id.
    SHENBAO_TRY(database.prepare("DELETE FROM signed_values WHERE id = ?").bind(id).run());
    auto insert = database.prepare("INSERT INTO signed_values VALUES(?, ?, ?)");
    const base::Json answers = payload.value("answers", base::Json::object());
    for (const auto& [name, value] : answers.items()) {
        if (value.is_number_integer()) insert.bind(id, name, value.get<std::int64_t>());
        else if (value.is_string()) insert.bind(id, name, value.get_ref<const std::string&>());
        else continue;
        SHENBAO_TRY(insert.run());
    }
    return {};
}

base::Status Desk::Inside::index_filings() {
    struct Kept {
        base::EnvelopeId id;
        base::Sha256Hex  sha256;
        std::string      text;
    };
    std::vector<Kept> older;
    auto              select = database.prepare(
        "SELECT id, sha256, text FROM envelopes WHERE kind = 'filing' AND notice = ''");
    for (;;) {
        SHENBAO_ASSIGN(const bool has_row, select.step());
        if (!has_row) break;
        older.push_back({base::EnvelopeId(select.text(0)), base::Sha256Hex(select.text(1)),
                         select.text(2)});
    }
    select.reset();
    if (older.empty()) return {};
    return change([&]() -> base::Status {
        for (const Kept& one : older) SHENBAO_TRY(index_filing(one.id, one.sha256, one.text));
        return {};
    });
}

base::Status Desk::accept_notices(const std::vector<protocol::PublishedNotice>& notices) {
    if (notices != m_inside->published) {
        SHENBAO_TRY(m_inside->change(
            [&] { return m_inside->write_kept("notices", protocol::write_notices(notices)); }));
        m_inside->published = notices;
    }
    // A version may have come to its end since: drafts under it have no place any more.
    if (m_inside->current == nullptr) return {};
    return m_inside->change([&] { return m_inside->carry_over_drafts(); });
}

std::optional<base::Time> Desk::Inside::extended_until(const base::FormId& form,
                                                       const base::Period& period) {
    auto select = database.prepare("SELECT until FROM extensions WHERE form = ? AND period = ? "
                                   "ORDER BY log_index DESC LIMIT 1"); // The newest word holds.
    const auto row = select.bind(form, period).step();
    return row && *row ? std::optional(select.time(0)) : std::nullopt;
}

bool Desk::Inside::takes(const Edition& edition, const base::FormId& form,
                         const base::Period& period) {
    if (&edition == current) return true;
    const base::Time now = server_time();
    for (const protocol::PublishedNotice& one : published)
        if (one.ref == edition.package.ref && one.until && now < *one.until) return true;
    if (const auto until = extended_until(form, period); until && now <= *until) return true;
    // What was returned may be replaced until the reviewer's date.
    auto select = database.prepare("SELECT root FROM matters WHERE form = ? AND period = ? "
                                   "AND notice = ? AND deleted_at IS NULL");
    select.bind(form, period, edition.package.ref.sha256);
    for (auto row = select.step(); row && *row; row = select.step()) {
        const auto matter = read_matter(base::EnvelopeId(select.text(0)));
        if (matter && *matter && (*matter)->review && (*matter)->review->decision.due &&
            now <= *(*matter)->review->decision.due)
            return true;
    }
    return false;
}

std::vector<Edition*> Desk::Inside::open_editions() {
    std::vector<Edition*> open;
    if (current == nullptr) return open;
    open.push_back(current);
    const base::Time now = server_time();
    // A version that has ended matters to those alone who were given more time.
    auto       more = database.prepare("SELECT EXISTS(SELECT 1 FROM extensions WHERE until >= ?) "
                                             "OR EXISTS(SELECT 1 FROM decisions WHERE verdict = ?)");
    const auto returned = envelope::verdict_name(envelope::ReviewVerdict::send_back);
    const auto row = more.bind(now, returned).step();
    const bool given_more = row && *row && more.integer(0) != 0;
    for (auto one = published.rbegin(); one != published.rend(); ++one) {
        if (!given_more && !(one->until && now < *one->until)) continue;
        Edition& edition = edition_at(one->ref.sha256);
        if (edition.package.ref == one->ref && &edition != current) open.push_back(&edition);
    }
    return open;
}

Edition* Desk::Inside::edition_for(const base::FormId& form, const base::Period& period) {
    const auto has = [&](const Edition& edition) {
        const notice::Form* found = edition.package.find_form(form);
        return found != nullptr && found->find_window(period) != nullptr;
    };
    if (current == nullptr || has(*current)) return current; // Nearly always.
    for (Edition* edition : open_editions())
        if (has(*edition) && takes(*edition, form, period)) return edition;
    return nullptr;
}

bool Desk::Inside::is_unsettled(const Desk& desk, const Duty& duty) {
    const notice::Form& form = *duty.form;
    const auto          closes_at = desk.closes_at(form.id, duty.window->period);
    if (!closes_at || server_time() < *closes_at) return true;
    bool arrived = false;
    for (const Matter& matter : desk.matters(form.id, duty.window->period)) {
        if (!device::counts(matter.state)) continue;
        if (!is_delivered(matter.state) || matter.state == MatterState::returned) return true;
        arrived = true;
    }
    // One that everybody files was missed and can be sent late.
    const bool made = form.table && !form.table->rows_from.empty();
    return !form.many && !made && !arrived;
}

std::vector<const notice::Package*> Desk::packages() const {
    std::vector<const notice::Package*> all;
    if (m_inside->current == nullptr) return all;
    all.push_back(&m_inside->current->package);
    auto select = m_inside->database.prepare("SELECT sha256 FROM packages");
    for (auto row = select.step(); row && *row; row = select.step()) {
        const Edition& edition = m_inside->edition_at(base::Sha256Hex(select.text(0)));
        if (&edition != m_inside->current) all.push_back(&edition.package);
    }
    std::stable_sort(all.begin() + 1, all.end(), [](const auto* a, const auto* b) {
        return a->year > b->year;
    });
    return all;
}

std::vector<Duty> Desk::duties() const {
    std::vector<Duty> duties;
    if (!m_inside->enrolment) return duties;
    for (Edition* edition : m_inside->open_editions())
        for (const notice::Form& form : edition->package.forms) {
            if (!edition->package.files(form, m_inside->enrolment->unit.kind)) continue;
            for (const notice::Window& window : form.windows) {
                const Duty duty{&edition->package, &form, &window};
                if (edition == m_inside->current ||
                    (m_inside->edition_for(form.id, window.period) == edition &&
                     m_inside->is_unsettled(*this, duty)))
                    duties.push_back(duty);
            }
        }
    return duties;
}

std::optional<Duty> Desk::find_duty(const base::FormId& id, const base::Period& period) const {
    const Edition* edition = m_inside->edition_for(id, period);
    if (edition == nullptr) return std::nullopt;
    const notice::Form*   form = edition->package.find_form(id);
    const notice::Window* window = form == nullptr ? nullptr : form->find_window(period);
    return window == nullptr ? std::nullopt : std::optional(Duty{&edition->package, form, window});
}

std::vector<base::NoticeRef> Desk::missing_notices() const {
    std::set<base::NoticeRef> missing;
    sqlite::Database&         database = m_inside->database;
    const auto                look_at = [&](std::string_view name) {
        const auto ref = base::parse_notice_ref(name);
        if (!ref) return;
        auto       known = database.prepare("SELECT 1 FROM packages WHERE sha256 = ?");
        const auto found = known.bind(ref->sha256).step();
        if (found && !*found) missing.insert(*ref);
    };
    auto own = database.prepare("SELECT DISTINCT notice FROM envelopes WHERE kind = 'filing'");
    for (auto row = own.step(); row && *row; row = own.step()) look_at(own.text_view(0));
    auto reviewed = database.prepare(
        "SELECT e.text, e.sha256 FROM review_entries e WHERE e.id IN (SELECT min(m.newest) "
        "FROM review_matters m WHERE m.notice NOT IN (SELECT sha256 FROM packages) "
        "GROUP BY m.notice)");
    for (auto row = reviewed.step(); row && *row; row = reviewed.step())
        if (const auto ref = notice_named_in(reviewed.text_view(0),
                                             base::Sha256Hex(reviewed.text(1))))
            look_at(ref->text());
    // Under which something can be filed still: it was taken, or more time was given.
    const base::Time now = m_inside->server_time();
    bool             given_more = false;
    auto             extended = database.prepare(
        "SELECT DISTINCT form, period FROM extensions WHERE until >= ?");
    extended.bind(now);
    for (auto row = extended.step(); row && *row; row = extended.step())
        given_more = given_more || m_inside->edition_for(base::FormId(extended.text(0)),
                                                         base::Period(extended.text(1))) == nullptr;
    for (const protocol::PublishedNotice& one : m_inside->published)
        if (one.until && (now < *one.until || given_more)) look_at(one.ref.text());
    return {missing.begin(), missing.end()};
}

base::Status Desk::accept_edition(std::string_view document, const base::NoticeRef& ref) {
    if (base::sha256_hex(document) != ref.sha256)
        return base::fail(Outcome::bad_answer, "the notice's bytes are not those announced");
    SHENBAO_TRY(m_inside->edition_from(document, Inside::Proof::wanted));
    m_inside->review_rows.known = false;
    return m_inside->change([&]() -> base::Status {
        SHENBAO_TRY(m_inside->database
                        .prepare("INSERT OR IGNORE INTO packages VALUES(?, ?, ?, 0)")
                        .bind(ref.sha256, ref.id, document)
                        .run());
        return m_inside->read_again_under(ref.sha256);
    });
}

base::Status Desk::Inside::read_again_under(const base::Sha256Hex& notice) {
    const auto roots_of = [&](const char* sql) -> base::Result<std::vector<base::EnvelopeId>> {
        std::vector<base::EnvelopeId> roots;
        auto                          select = database.prepare(sql);
        select.bind(notice);
        for (;;) {
            SHENBAO_ASSIGN(const bool has_row, select.step());
            if (!has_row) return roots;
            roots.emplace_back(select.text(0));
        }
    };
    SHENBAO_ASSIGN(const auto own, roots_of("SELECT root FROM matters WHERE notice = ? "
                                            "AND newest IS NOT NULL AND revising = 0"));
    for (const base::EnvelopeId& root : own) {
        auto select = database.prepare("SELECT e.form, e.answers, e.notes FROM matters m "
                                       "JOIN envelopes e ON e.id = m.newest WHERE m.root = ?");
        SHENBAO_ASSIGN(const bool found, select.bind(root).step());
        if (!found) continue;
        SHENBAO_ASSIGN(const base::Json answers, base::parse_json(select.text_view(1)));
        SHENBAO_ASSIGN(const base::Json notes, base::parse_json(select.text_view(2)));
        const base::FormId form(select.text(0));
        select.reset();
        SHENBAO_TRY(write_draft(root, edition_at(notice).package.find_form(form), answers, notes));
    }
    SHENBAO_ASSIGN(const auto reviewed, roots_of("SELECT root FROM review_matters WHERE notice = ?"));
    for (const base::EnvelopeId& root : reviewed) SHENBAO_TRY(conclude_review(root));
    return {};
}

} // namespace device
