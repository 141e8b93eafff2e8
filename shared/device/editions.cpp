// The versions of notices that a desk has beside the current one: what was signed under one is read
// by it, so it is fetched when it is missing.
#include "shared/device/desk_inside.hpp"

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
    return {missing.begin(), missing.end()};
}

base::Status Desk::accept_edition(std::string_view document, const base::NoticeRef& ref) {
    if (base::sha256_hex(document) != ref.sha256)
        return base::fail(Outcome::bad_answer, "the notice's bytes are not those announced");
    SHENBAO_TRY(m_inside->edition_from(document));
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
