#include "shared/device/review_desk.hpp"

#include "shared/base/check.hpp"
#include "shared/base/limits.hpp"
#include "shared/base/text.hpp"
#include "shared/device/desk_inside.hpp"

#include <algorithm>
#include <unordered_map>

namespace device {
namespace {

using base::Outcome;
using base::Status;
using envelope::ReviewStage;
using envelope::ReviewVerdict;
using review::Party;
using review::Stage;
using review::Way;

// Who gave a decision. The operator speaks for the province, and so does whoever reviews finally.
Party party_of(const envelope::Decision& decision, const base::UnitId& unit,
               const Enrolment& enrolment) {
    if (decision.stage == ReviewStage::final_review || unit.text() == "operator")
        return Party::province;
    return enrolment.role == "province" && unit == enrolment.unit.unit ? Party::province
                                                                       : Party::bureau;
}

// The texts were verified when they came; the digest ties them to that.
base::Result<envelope::VerifiedEnvelope> open_kept(std::string_view text,
                                                   const base::EnvelopeId& id,
                                                   const base::Sha256Hex&  sha256) {
    SHENBAO_ASSIGN(const envelope::Jws jws,
                   envelope::Jws::parse(std::string(text), envelope::HeaderKey::kid));
    envelope::Receipt vouched;
    vouched.id = id;
    vouched.sha256 = sha256;
    return envelope::open_receipted(jws, vouched);
}

HistoryEntry entry_of(const envelope::VerifiedEnvelope& opened, const envelope::Receipt& receipt,
                      std::string receipt_text) {
    HistoryEntry entry;
    entry.index = receipt.index;
    entry.id = receipt.id;
    entry.unit = receipt.unit;
    entry.kid = opened.kid();
    entry.at = receipt.received_at;
    entry.timing = receipt.timing;
    entry.receipt = std::move(receipt_text);
    const envelope::Act& act = opened.act();
    if (const auto* filing = std::get_if<envelope::Filing>(&act)) {
        entry.filing = *filing;
        entry.notice = opened.common().notice;
    } else if (const auto* decision = std::get_if<envelope::Decision>(&act)) {
        entry.kind = HistoryEntry::Kind::decision;
        entry.decision = *decision;
    } else if (const auto* withdrawal = std::get_if<envelope::Withdrawal>(&act)) {
        entry.kind = HistoryEntry::Kind::withdrawal;
        entry.reason = withdrawal->reason;
    }
    return entry;
}

// What review_matters.explained holds.
constexpr int explained_bit = 1, warned_bit = 2;

// Under which a half-said word is kept.
std::string half_name(const base::EnvelopeId& root) { return "half/" + root.text(); }

Status wrong(std::string sentence) { return base::fail(Outcome::incomplete, std::move(sentence)); }

} // namespace

bool matches(const QueueQuery& query, const QueueRow& row) {
    return (!query.period || row.period == *query.period) &&
           (!query.form || row.form == *query.form) &&
           (!query.stage || row.state.stage == *query.stage) &&
           (!query.timing || row.timing == *query.timing) &&
           (!query.certificate || row.certificate == query.certificate) &&
           (query.city.empty() || row.city == query.city) &&
           (query.unit_kind.empty() || row.unit_kind == query.unit_kind) &&
           (!query.mine || row.mine) && (!query.explained || row.explained) &&
           (!query.warned || row.warned) &&
           (query.search.empty() ||
            base::has_parts(row.unit_name + "\n" + row.unit.text() + "\n" + row.certificate_name +
                                "\n" + row.level + "\n" + row.city,
                            query.search));
}

std::vector<Difference> differences_of(const notice::Form& form, const base::Json& before,
                                       const base::Json& now) {
    std::vector<Difference> found;
    const auto member = [](const base::Json& members, const base::FieldId& field) {
        const auto value = members.is_object() ? members.find(field.text()) : members.end();
        return value == members.end() ? base::Json() : *value;
    };
    const auto compare = [&](int row, const std::vector<notice::Field>& fields,
                             const base::Json& old_members, const base::Json& new_members) {
        for (const notice::Field& field : fields) {
            base::Json was = member(old_members, field.id), is = member(new_members, field.id);
            if (was != is) found.push_back({{row, field.id}, std::move(was), std::move(is)});
        }
    };
    compare(0, form.fields, before, now);
    if (!form.table) return found;
    const auto rows_of = [](const base::Json& answers) {
        const auto rows = answers.is_object() ? answers.find("rows") : answers.end();
        return rows == answers.end() || !rows->is_array() ? base::Json::array() : *rows;
    };
    const base::Json old_rows = rows_of(before), new_rows = rows_of(now);
    for (std::size_t i = 0; i < std::max(old_rows.size(), new_rows.size()); ++i)
        compare(int(i) + 1, form.table->columns, i < old_rows.size() ? old_rows[i] : base::Json(),
                i < new_rows.size() ? new_rows[i] : base::Json());
    return found;
}

// --- What the log brings -------------------------------------------------------------------------

ReviewDesk Desk::reviews() const { return ReviewDesk(*m_inside); }

base::Result<std::vector<HistoryEntry>>
Desk::Inside::read_history(const base::EnvelopeId& root) {
    auto select = database.prepare("SELECT log_index, id, unit, sha256, at, timing, text, "
                                   "receipt FROM review_entries WHERE root = ? ORDER BY log_index");
    select.bind(root);
    std::vector<HistoryEntry> history;
    for (;;) {
        SHENBAO_ASSIGN(const bool has_row, select.step());
        if (!has_row) return history;
        envelope::Receipt receipt;
        receipt.index = select.integer(0);
        receipt.id = base::EnvelopeId(select.text(1));
        receipt.unit = base::UnitId(select.text(2));
        receipt.sha256 = base::Sha256Hex(select.text(3));
        receipt.received_at = select.time(4);
        SHENBAO_ASSIGN(receipt.timing, envelope::parse_timing(select.text_view(5)));
        SHENBAO_ASSIGN(const envelope::VerifiedEnvelope opened,
                       open_kept(select.text_view(6), receipt.id, receipt.sha256));
        history.push_back(entry_of(opened, receipt, select.text(7)));
    }
}

Status Desk::Inside::conclude_review(const base::EnvelopeId& root) {
    review_rows.stale.insert(root);
    SHENBAO_ASSIGN(const std::vector<HistoryEntry> history, read_history(root));
    const HistoryEntry*         newest = nullptr;
    review::State               state;
    const envelope::Decision*   last = nullptr;
    int                         versions = 0;
    for (const HistoryEntry& entry : history) {
        if (entry.filing) {
            newest = &entry;
            state = {Stage::submitted, Party::school};
            last = nullptr;
            ++versions;
        } else if (entry.kind == HistoryEntry::Kind::withdrawal) {
            state.stage = Stage::withdrawn;
        } else if (entry.decision && newest != nullptr && entry.decision->target == newest->id) {
            last = &*entry.decision;
            state = {review::stage_after(review::act_of(*last)),
                     party_of(*last, entry.unit, *enrolment)};
        }
    }
    if (newest == nullptr) return {};
    const envelope::Filing& filing = *newest->filing;
    envelope::Timing        timing = newest->timing;
    if (timing == envelope::Timing::late) {
        auto extended = database.prepare(
            "SELECT 1 FROM review_extensions WHERE unit = ? AND form = ? AND period = ? "
            "AND until >= ? AND log_index > ? LIMIT 1");
        SHENBAO_ASSIGN(const bool found, extended
                                             .bind(newest->unit, filing.form, filing.period,
                                                   newest->at, newest->index)
                                             .step());
        if (found) timing = envelope::Timing::extended;
    }
    const notice::Form* form =
        current == nullptr ? nullptr
                           : edition_at(newest->notice.sha256).package.find_form(filing.form);
    std::optional<std::string>  certificate, level;
    std::optional<std::int64_t> headcount, approved;
    if (form != nullptr && form->serves == notice::Serves::declared) {
        certificate = notice::standard_text(*form, filing.answers, "certificate");
        level = notice::standard_text(*form, filing.answers, "level");
        headcount = notice::standard_integer(*form, filing.answers, "headcount");
        if (state.stage == Stage::approved) {
            const auto* number = std::get_if<std::int64_t>(&last->approved);
            approved = number != nullptr ? std::optional(*number) : headcount;
        }
    }
    int explained = 0;
    for (const auto& [rule, note] : filing.notes) {
        if (rule != reply_rule) explained |= explained_bit;
        if (form == nullptr) continue;
        for (const notice::Rule& one : form->rules)
            if (one.id == rule && one.severity == notice::Severity::warning)
                explained |= warned_bit;
    }
    return database
        .prepare("INSERT OR REPLACE INTO review_matters VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
                 "?, ?, ?, ?, ?, ?, ?)")
        .bind(root, history.front().index, newest->id, newest->index, newest->unit, filing.form,
              filing.period, newest->notice.sha256, review::stage_name(state.stage),
              review::party_name(state.by), envelope::timing_name(timing), certificate, level,
              headcount, approved, explained, versions, newest->at,
              last == nullptr ? std::nullopt : last->due)
        .run();
}

Status Desk::Inside::keep_review_entry(const envelope::VerifiedEnvelope& opened,
                                       const envelope::Receipt&          receipt,
                                       std::string_view                  receipt_text) {
    const envelope::Act& act = opened.act();
    if (const auto* extension = std::get_if<envelope::Extension>(&act)) {
        SHENBAO_TRY(database.prepare("INSERT OR IGNORE INTO review_extensions VALUES(?, ?, ?, ?, ?, ?)")
                        .bind(receipt.id, extension->for_unit, extension->form, extension->period,
                              extension->until, receipt.index)
                        .run());
        std::vector<base::EnvelopeId> roots;
        auto                          select = database.prepare(
            "SELECT root FROM review_matters WHERE unit = ? AND form = ? AND period = ? "
            "AND timing = 'late'");
        select.bind(extension->for_unit, extension->form, extension->period);
        for (;;) {
            SHENBAO_ASSIGN(const bool has_row, select.step());
            if (!has_row) break;
            roots.emplace_back(select.text(0));
        }
        for (const base::EnvelopeId& root : roots) SHENBAO_TRY(conclude_review(root));
        return {};
    }
    base::EnvelopeId root;
    if (const auto* filing = std::get_if<envelope::Filing>(&act)) {
        root = filing->root;
    } else {
        const auto*             decision = std::get_if<envelope::Decision>(&act);
        const auto*             withdrawal = std::get_if<envelope::Withdrawal>(&act);
        const base::EnvelopeId* target = decision != nullptr     ? &decision->target
                                         : withdrawal != nullptr ? &withdrawal->target
                                                                 : nullptr;
        if (target == nullptr) return {};
        auto select = database.prepare("SELECT root FROM review_entries WHERE id = ?");
        SHENBAO_ASSIGN(const bool found, select.bind(*target).step());
        if (!found) return {};
        root = base::EnvelopeId(select.text(0));
    }
    SHENBAO_TRY(database
                    .prepare("INSERT OR IGNORE INTO review_entries VALUES(?, ?, ?, ?, ?, ?, ?, ?, "
                             "?, ?)")
                    .bind(receipt.index, receipt.id, root, envelope::kind_name(act), receipt.unit,
                          receipt.sha256, receipt.received_at,
                          envelope::timing_name(receipt.timing), opened.text(), receipt_text)
                    .run());
    return database.changes() == 0 ? Status{} : conclude_review(root);
}

// --- A school's own matters ----------------------------------------------------------------------

std::vector<HistoryEntry> Desk::timeline(const base::EnvelopeId& root) const {
    std::vector<HistoryEntry> history;
    auto select = m_inside->database.prepare(
        "SELECT id, sha256, text, receipt FROM envelopes WHERE root = ?1 AND receipt IS NOT NULL "
        "UNION ALL SELECT id, sha256, text, receipt FROM decisions WHERE root = ?1");
    select.bind(root);
    for (auto step = select.step(); step && *step; step = select.step()) {
        const base::EnvelopeId id(select.text(0));
        const auto opened = open_kept(select.text_view(2), id, base::Sha256Hex(select.text(1)));
        const auto receipt =
            envelope::open_receipt(select.text_view(3), m_inside->enrolment->server_key);
        if (!opened || !receipt) continue; // Kept by this desk once it held; cannot be.
        history.push_back(entry_of(*opened, *receipt, select.text(3)));
    }
    std::sort(history.begin(), history.end(),
              [](const HistoryEntry& a, const HistoryEntry& b) { return a.index < b.index; });
    return history;
}

// --- The queue -----------------------------------------------------------------------------------

bool ReviewDesk::read_rows(const std::set<base::EnvelopeId>* only,
                           std::vector<QueueRow>&            rows) const {
    Desk::Inside& inside = *m_inside;
    std::unordered_map<std::string, const envelope::UnitEntry*>      units;
    std::unordered_map<std::string, const envelope::CatalogueEntry*> certificates;
    for (const envelope::UnitEntry& unit : inside.units) units[unit.unit.text()] = &unit;
    for (const envelope::CatalogueEntry& one : inside.catalogue)
        certificates[one.certificate.text()] = &one;

    std::unordered_map<std::string, OutboxItem> own; // By root, the newest; few.
    const auto read_own = [&](std::string_view which, std::string_view argument) {
        auto items = inside.read_items(std::string(which) +
                                           " = ? AND kind = 'decision' AND "
                                           "state IN ('queued', 'refused') ORDER BY position",
                                       argument);
        if (!items) return false;
        for (OutboxItem& item : *items) own.insert_or_assign(item.root.text(), std::move(item));
        return true;
    };
    constexpr std::string_view columns =
        "SELECT root, newest, newest_index, unit, form, period, notice, stage, party, timing, "
        "certificate, level, headcount, approved, explained, versions, received_at, due, "
        "first_index FROM review_matters ";
    const bool province = inside.enrolment->role == "province";
    const auto read_all = [&](sqlite::Statement& select) {
        for (;;) {
            const auto step = select.step();
            if (!step) return false;
            if (!*step) return true;
            const auto unit = units.find(select.text(3));
            if (unit == units.end()) continue; // Another bureau's by now.
            QueueRow& row = rows.emplace_back();
            row.root = base::EnvelopeId(select.text(0));
            row.first_index = select.integer(18);
            row.newest = base::EnvelopeId(select.text(1));
            row.newest_index = select.integer(2);
            row.unit = unit->second->unit;
            row.unit_name = unit->second->name;
            row.unit_kind = unit->second->kind;
            row.city = unit->second->city;
            row.form = base::FormId(select.text(4));
            row.period = base::Period(select.text(5));
            row.state.stage = review::find_stage(select.text_view(7)).value_or(Stage::submitted);
            row.state.by = review::find_party(select.text_view(8)).value_or(Party::school);
            row.timing = envelope::parse_timing(select.text_view(9)).value_or(row.timing);
            if (!select.is_null(10)) {
                row.certificate = base::CertificateId(select.text(10));
                const auto known = certificates.find(row.certificate->text());
                row.certificate_name =
                    known == certificates.end() ? row.certificate->text() : known->second->name;
            }
            row.level = select.text(11);
            row.headcount = select.integer_or_null(12);
            row.approved = select.integer_or_null(13);
            row.explained = (select.integer(14) & explained_bit) != 0;
            row.warned = (select.integer(14) & warned_bit) != 0;
            row.versions = int(select.integer(15));
            row.received_at = select.time(16);
            if (!select.is_null(17)) row.due = select.time(17);
            const notice::Form* form =
                inside.edition_at(base::Sha256Hex(select.text(6))).package.find_form(row.form);
            if (form != nullptr)
                row.way = review::way_of(*form, unit->second->review_by.has_value());
            if (const auto found = own.find(row.root.text()); found != own.end()) {
                const OutboxItem& item = found->second;
                if (item.state == EnvelopeState::refused) {
                    row.refused = item.refusal.value_or(base::Fault{Outcome::bad_answer, {}});
                } else if (const auto opened = open_kept(item.text, item.id, item.sha256)) {
                    if (const auto* decision = std::get_if<envelope::Decision>(&opened->act()))
                        row.queued = *decision;
                }
            }
            const Stage awaited = province && row.way == Way::two_steps ? Stage::first_passed
                                                                        : Stage::submitted;
            const bool own_step = row.way == (province ? row.way : Way::two_steps);
            row.mine = own_step && row.way != Way::received && row.state.stage == awaited &&
                       row.timing != envelope::Timing::late && !row.queued;
        }
    };
    if (only == nullptr) {
        auto select = inside.database.prepare(std::string(columns) + "ORDER BY first_index");
        return read_own("kind", "decision") && read_all(select);
    }
    auto select = inside.database.prepare(std::string(columns) + "WHERE root = ?");
    for (const base::EnvelopeId& root : *only)
        if (!read_own("root", root.text()) || !read_all(select.bind(root))) return false;
    return true;
}

// False when it cannot be done in place: a row has gone, or one belongs between the others.
bool ReviewDesk::refresh_stale_rows() const {
    auto&                 kept = m_inside->review_rows;
    std::vector<QueueRow> fresh;
    if (!read_rows(&kept.stale, fresh)) return false;
    std::size_t known = 0, replaced = 0;
    for (const base::EnvelopeId& root : kept.stale) known += kept.places.count(root.text());
    std::sort(fresh.begin(), fresh.end(), [](const QueueRow& a, const QueueRow& b) {
        return a.first_index < b.first_index;
    });
    for (QueueRow& row : fresh) {
        const auto place = kept.places.find(row.root.text());
        if (place != kept.places.end()) {
            QueueRow& old = kept.rows[place->second];
            if (old.first_index != row.first_index) return false;
            old = std::move(row);
            ++replaced;
            continue;
        }
        if (!kept.rows.empty() && row.first_index < kept.rows.back().first_index) return false;
        kept.places.emplace(row.root.text(), kept.rows.size());
        kept.rows.push_back(std::move(row));
    }
    kept.stale.clear();
    return replaced == known;
}

const std::vector<QueueRow>& ReviewDesk::queue() const {
    auto& kept = m_inside->review_rows;
    // From here on to read one by one is slower than to read all.
    constexpr std::size_t stale_max = 500;
    if (kept.known && kept.stale.size() <= stale_max && refresh_stale_rows()) return kept.rows;
    kept = {};
    if (!m_inside->enrolment || m_inside->current == nullptr) return kept.rows;
    kept.known = read_rows(nullptr, kept.rows);
    for (std::size_t place = 0; place < kept.rows.size(); ++place)
        kept.places.emplace(kept.rows[place].root.text(), place);
    return kept.rows;
}

const QueueRow* ReviewDesk::find_row(const base::EnvelopeId& root) const {
    const auto& rows = queue();
    const auto  place = m_inside->review_rows.places.find(root.text());
    return place == m_inside->review_rows.places.end() ? nullptr : &rows[place->second];
}

std::optional<Dossier> ReviewDesk::find_dossier(const base::EnvelopeId& root) const {
    const QueueRow* found = find_row(root);
    if (found == nullptr) return std::nullopt;
    auto history = m_inside->read_history(root);
    if (!history) return std::nullopt;
    Dossier dossier;
    dossier.row = *found;
    dossier.history = std::move(*history);
    const auto version = [&](const base::EnvelopeId& id) -> const HistoryEntry* {
        for (const HistoryEntry& entry : dossier.history)
            if (entry.id == id && entry.filing) return &entry;
        return nullptr;
    };
    const HistoryEntry* newest = version(dossier.row.newest);
    SHENBAO_CHECK(newest != nullptr); // The row was concluded from it.
    dossier.answers = newest->filing->answers;
    dossier.notes = newest->filing->notes;
    dossier.form =
        m_inside->edition_at(newest->notice.sha256).package.find_form(dossier.row.form);
    if (dossier.form != nullptr) {
        Matter subject;
        subject.root = root;
        subject.form = dossier.row.form;
        subject.period = dossier.row.period;
        subject.notice = newest->notice.sha256;
        if (m_inside->set_subject(subject)) {
            auto verdict = m_inside->edition_of(subject).engine->check_draft(*dossier.form,
                                                                             dossier.answers, {});
            // The unit's other filings are not the context here: only what was explained is told.
            if (verdict) {
                dossier.computed = std::move(verdict->computed);
                for (const rules::Finding& finding : verdict->findings)
                    if (dossier.notes.count(finding.rule) > 0)
                        dossier.asked.emplace(finding.rule, finding.text);
            }
        }
    }

    // What a reviewer has seen last: the version decided about, or meant by a refused decision.
    const HistoryEntry* seen = nullptr;
    for (const HistoryEntry& entry : dossier.history)
        if (entry.decision && entry.decision->target != dossier.row.newest)
            seen = version(entry.decision->target);
    if (dossier.row.refused) {
        const auto items = m_inside->read_items(
            "root = ? AND kind = 'decision' AND state = 'refused' ORDER BY position DESC LIMIT 1",
            root.text());
        const auto opened = items && !items->empty()
                                ? open_kept(items->front().text, items->front().id,
                                            items->front().sha256)
                                : base::fail(Outcome::not_found_locally);
        if (opened)
            if (const auto* decision = std::get_if<envelope::Decision>(&opened->act())) {
                seen = version(decision->target);
                dossier.refused_word = *decision;
            }
    }
    if (seen != nullptr && dossier.form != nullptr)
        dossier.differences = differences_of(*dossier.form, seen->filing->answers, dossier.answers);
    return dossier;
}

bool ReviewDesk::outdated(const Dossier& dossier) const {
    if (dossier.form == nullptr || !dossier.form->table || dossier.form->table->rows_from.empty())
        return false;
    const notice::Field* filing = nullptr;
    for (const notice::Field& column : dossier.form->table->columns)
        if (column.type == notice::FieldType::filing) filing = &column;
    const auto rows = dossier.answers.find("rows");
    if (filing == nullptr || rows == dossier.answers.end() || !rows->is_array()) return false;
    std::set<std::string> made_from, now;
    for (const base::Json& row : *rows)
        made_from.insert(row.value(filing->id.text(), std::string()));
    const bool late = dossier.row.timing == envelope::Timing::late;
    for (const QueueRow& row : queue()) {
        if (row.unit != dossier.row.unit || row.period != dossier.row.period || !row.headcount ||
            row.state.stage == Stage::withdrawn || row.state.stage == Stage::rejected)
            continue;
        // What is late counts for nothing yet. A table may list it all the same, as the school's
        // own desk does: it is there, and wants only the province's extension.
        if (late || row.timing != envelope::Timing::late || made_from.count(row.newest.text()) > 0)
            now.insert(row.newest.text());
        else if (row.versions > 1) return false;
    }
    return made_from != now;
}

std::string ReviewDesk::phone_of(const base::UnitId& unit) const {
    Desk::Inside& inside = *m_inside;
    auto select = inside.database.prepare(
        "SELECT e.id, e.sha256, e.text, m.notice FROM review_matters AS m "
        "JOIN review_entries AS e ON e.id = m.newest WHERE m.unit = ? ORDER BY m.newest_index DESC");
    select.bind(unit);
    for (auto step = select.step(); step && *step; step = select.step()) {
        const auto opened = open_kept(select.text_view(2), base::EnvelopeId(select.text(0)),
                                      base::Sha256Hex(select.text(1)));
        const auto* filing = opened ? std::get_if<envelope::Filing>(&opened->act()) : nullptr;
        if (filing == nullptr) continue;
        const notice::Form* form =
            inside.edition_at(base::Sha256Hex(select.text(3))).package.find_form(filing->form);
        if (form == nullptr) continue;
        for (const notice::Field& field : form->fields)
            if (const auto value = filing->answers.find(field.id.text());
                field.type == notice::FieldType::phone && value != filing->answers.end() &&
                value->is_string())
                return value->get<std::string>();
    }
    return {};
}

// --- Deciding ------------------------------------------------------------------------------------

review::Step ReviewDesk::may(const QueueRow& row, ReviewVerdict verdict) const {
    const bool province = m_inside->enrolment && m_inside->enrolment->role == "province";
    envelope::Decision decision;
    decision.stage = province ? ReviewStage::final_review : ReviewStage::first_review;
    decision.verdict = verdict;
    return review::step(row.state, review::act_of(decision),
                        province ? Party::province : Party::bureau, row.way);
}

// What intake would find wrong with the numbers of a final pass, as far as this desk can tell.
Status ReviewDesk::check_numbers(const base::EnvelopeId&   root,
                                 const envelope::Approved& approved) const {
    const auto dossier = find_dossier(root);
    if (!dossier || dossier->form == nullptr) return base::fail(Outcome::not_found_locally);
    const notice::Form&       form = *dossier->form;
    const base::Json          rows = dossier->answers.value("rows", base::Json::array());
    std::vector<std::int64_t> numbers;
    std::size_t               wanted = 1;
    const notice::Field*      field = form.find_standard("headcount");
    if (form.serves == notice::Serves::increase) {
        field = form.find_standard("approved_after");
        const auto* list = std::get_if<std::vector<std::int64_t>>(&approved);
        if (list != nullptr) numbers = *list;
        wanted = rows.size();
    } else if (const auto* number = std::get_if<std::int64_t>(&approved)) {
        numbers = {*number};
    }
    const std::int64_t most = field != nullptr ? field->max : base::limits::headcount_max;
    bool               right = numbers.size() == wanted;
    for (std::size_t at = 0; right && at < wanted; ++at) {
        std::int64_t least = 0;
        if (form.serves == notice::Serves::increase)
            least = notice::standard_integer(form, rows[at], "approved_before").value_or(0);
        right = least <= numbers[at] && numbers[at] <= most;
    }
    if (right) return {};
    return wrong("审核通过人数应为0到" + base::grouped(most) +
                 "的一个整数，调增申请每行一个，不少于原批准人数；或者留空。");
}

Status ReviewDesk::check_word(const Word& word) const {
    const bool province = m_inside->enrolment->role == "province";
    const bool pass = word.verdict == ReviewVerdict::pass;
    if (auto fault = review::due_fault(word.verdict, word.due, m_inside->server_time()))
        return wrong(*std::move(fault));
    if (!std::holds_alternative<std::monostate>(word.approved) && !(pass && province))
        return wrong("只有省级审核通过才有审核通过人数。");
    std::size_t bytes = 0;
    bool        fits = word.remarks.size() <= base::limits::remarks_max;
    const auto  measure = [&](const std::string& text) {
        bytes += base::to_text(base::Json(text)).size();
        fits = fits && base::character_count(text) <= base::limits::reason_characters_max;
    };
    measure(word.reason);
    for (const envelope::Remark& remark : word.remarks) measure(remark.text);
    // The other half is the anchor's and the members'.
    if (!fits || bytes > base::limits::payload_bytes_max / 2)
        return wrong("原因和意见每条不超过500字，意见不超过100条，合计不超过一万字。");
    return {};
}

Status ReviewDesk::check_matter(const base::EnvelopeId& root, const Word& word) const {
    const QueueRow* row = find_row(root);
    if (row == nullptr) return base::fail(Outcome::not_found_locally, root.text());
    const review::Step step = may(*row, word.verdict);
    if (step.outcome != Outcome::accepted) return base::fail(Outcome::frozen, row->unit_name);
    if (auto fault = review::reason_fault(step, word.verdict, word.reason))
        return wrong(*std::move(fault));
    if (auto fault = review::late_fault(word.verdict, row->timing))
        return wrong(row->unit_name + "：" + *fault);
    if (std::holds_alternative<std::monostate>(word.approved)) return {};
    return check_numbers(root, word.approved);
}

// Signs the word about one matter and puts it in place of an own one that is not on the log.
Status ReviewDesk::sign(const QueueRow& row, const Word& word, const std::string& anchor) {
    Desk::Inside& inside = *m_inside;
    SHENBAO_TRY(inside.database
                    .prepare("DELETE FROM envelopes WHERE root = ? AND kind = 'decision' "
                             "AND state = 'queued' AND attempts = 0")
                    .bind(row.root)
                    .run());
    if (row.queued && inside.database.changes() == 0)
        return base::fail(Outcome::frozen, "an own decision is on its way");
    SHENBAO_TRY(inside.database
                    .prepare("UPDATE envelopes SET state = 'superseded' WHERE root = ? "
                             "AND kind = 'decision' AND state = 'refused'")
                    .bind(row.root)
                    .run());
    envelope::Decision decision;
    decision.target = row.newest;
    decision.stage = inside.enrolment->role == "province" ? ReviewStage::final_review
                                                          : ReviewStage::first_review;
    decision.verdict = word.verdict;
    decision.approved = word.approved;
    decision.remarks = word.remarks;
    decision.due = word.due;
    decision.reason = word.reason;
    const envelope::Common common = {
        envelope::make_envelope_id(inside.clock.now(), inside.random),
        inside.enrolment->unit.unit, inside.current->package.ref, inside.clock.now(), anchor};
    const envelope::Envelope sealed = envelope::seal_act(common, decision, *inside.key);
    OutboxItem item;
    item.id = sealed.id();
    item.sha256 = sealed.sha256();
    item.root = row.root;
    item.kind = "decision";
    item.form = row.form;
    item.period = row.period;
    item.answers = {{"verdict", envelope::verdict_name(word.verdict)}};
    item.made_at = common.made_at;
    item.text = sealed.text();
    return inside.add_item(item, base::Json::object());
}

base::Status ReviewDesk::decide(const std::vector<base::EnvelopeId>& roots, const Word& word) {
    Desk::Inside& inside = *m_inside;
    if (!inside.enrolment || inside.current == nullptr || inside.enrolment->role == "school")
        return base::fail(Outcome::not_enrolled);
    SHENBAO_ASSIGN(const std::string anchor, inside.anchor_to_sign());
    SHENBAO_TRY(check_word(word));
    for (const base::EnvelopeId& root : roots) SHENBAO_TRY(check_matter(root, word));
    return inside.change([&]() -> Status {
        const auto& rows = inside.review_rows; // As the checks have read them.
        for (const base::EnvelopeId& root : roots) {
            SHENBAO_TRY(sign(rows.rows[rows.places.at(root.text())], word, anchor));
            SHENBAO_TRY(inside.drop_kept(half_name(root)));
            inside.review_rows.stale.insert(root);
        }
        return {};
    });
}

std::optional<HalfWord> ReviewDesk::half_word(const base::EnvelopeId& root) const {
    const auto body = m_inside->read_kept(half_name(root));
    if (!body) return std::nullopt;
    const auto json = base::parse_json(*body);
    SHENBAO_CHECK(json.has_value()); // Our own words, written below.
    HalfWord word;
    word.version = base::EnvelopeId(json->at("version").get<std::string>());
    for (const auto verdict : {envelope::ReviewVerdict::pass, envelope::ReviewVerdict::send_back,
                               envelope::ReviewVerdict::reject})
        if (json->at("verdict") == std::string(envelope::verdict_name(verdict)))
            word.verdict = verdict;
    for (const base::Json& number : json->at("approved"))
        word.approved.push_back(number.get<std::string>());
    for (const base::Json& remark : json->at("remarks"))
        word.remarks.emplace_back(base::FieldId(remark.at("field").get<std::string>()),
                                  remark.at("text").get<std::string>());
    word.due = json->at("due").get<std::string>();
    word.reason = json->at("reason").get<std::string>();
    word.newer = json->at("newer").get<bool>();
    return word;
}

base::Status ReviewDesk::keep_half_word(const base::EnvelopeId& root, const HalfWord& word) {
    base::Json remarks = base::Json::array();
    for (const auto& [field, text] : word.remarks)
        remarks.push_back({{"field", field.text()}, {"text", text}});
    const base::Json json = {{"version", word.version.text()},
                             {"verdict", std::string(envelope::verdict_name(word.verdict))},
                             {"approved", word.approved},
                             {"remarks", std::move(remarks)},
                             {"due", word.due},
                             {"reason", word.reason},
                             {"newer", word.newer}};
    // Nothing that is read of the desk is made from it, so no one has to read anything anew.
    return m_inside->write_kept(half_name(root), base::to_text(json));
}

base::Status ReviewDesk::cancel(const base::EnvelopeId& root) {
    Desk::Inside& inside = *m_inside;
    inside.review_rows.stale.insert(root);
    return inside.change([&]() -> Status {
        SHENBAO_TRY(inside.database
                        .prepare("DELETE FROM envelopes WHERE root = ? AND kind = 'decision' "
                                 "AND state = 'queued' AND attempts = 0")
                        .bind(root)
                        .run());
        std::int64_t gone = inside.database.changes();
        SHENBAO_TRY(inside.database
                        .prepare("UPDATE envelopes SET state = 'superseded' WHERE root = ? "
                                 "AND kind = 'decision' AND state = 'refused'")
                        .bind(root)
                        .run());
        gone += inside.database.changes();
        return gone == 0 ? base::fail(Outcome::frozen, "no own decision that was never sent")
                         : Status{};
    });
}

} // namespace device
