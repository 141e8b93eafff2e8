#include "shared/device/desk_inside.hpp"

#include "shared/base/check.hpp"
#include "shared/base/limits.hpp"
#include "shared/base/text.hpp"
#include "shared/sqlite/json_value.hpp"

#include <algorithm>

namespace device {
namespace {

using base::Outcome;


// The field that a cell belongs to, or null when the form has none such.
const notice::Field* field_of(const notice::Form& form, const Cell& cell) {
    return cell.first == 0 ? form.find_field(cell.second.text())
                           : form.find_column(cell.second.text());
}

// The same, or the field that has taken its place.
const notice::Field* reader_of(const notice::Form& form, const Cell& cell) {
    if (const notice::Field* field = field_of(form, cell)) return field;
    const notice::Field* found = nullptr;
    const auto           look = [&](const std::vector<notice::Field>& fields) {
        for (const notice::Field& field : fields)
            if (field.was == cell.second.text()) found = &field;
    };
    if (cell.first == 0) look(form.fields);
    else if (form.table) look(form.table->columns);
    return found;
}

std::string words_of(const base::Json& value) {
    return value.is_string() ? value.get<std::string>() : base::to_text(value);
}

MatterState state_of(bool withdrawn, bool withdrawing, bool conflict, bool revising,
                     std::string_view last) {
    if (withdrawn) return MatterState::withdrawn;
    if (withdrawing) return MatterState::withdrawing;
    if (conflict) return MatterState::conflict;
    if (last == "refused") return MatterState::refused;
    if (revising) return MatterState::editing;
    return last == "queued" ? MatterState::queued : MatterState::submitted;
}

// Why what is changed here will not be taken.
std::string decided_words(envelope::ReviewVerdict verdict) {
    return verdict == envelope::ReviewVerdict::pass
               ? "审核部门已经通过了已提交的一份，退回之后才能再改动，请放弃修改。"
               : "已提交的一份审核不通过，不能再改动，请放弃修改。";
}

std::string late_words(base::Time closes_at) {
    return "填报时间已于" + base::clerk_closing(closes_at, "24时") +
           "截止，请写明逾期补报的原因。";
}

// What stands against an open matter beside its form's rules: the notice, the reviewers or the time
// have gone on. closed_at: when its window closed; nothing while it is open.
std::vector<rules::Finding> desk_findings(const Matter& matter, bool gone,
                                          std::optional<base::Time> closed_at) {
    std::vector<rules::Finding> found;
    if (!is_open(matter.state)) return found;
    const envelope::Decision* said = matter.review ? &matter.review->decision : nullptr;
    const bool returned = said != nullptr && said->verdict == envelope::ReviewVerdict::send_back;
    if (gone)
        found.push_back({gone_rule, {}, notice::Severity::error,
                         "通知已更新，新的通知里没有这张表或这个时段，草稿只供查看。"});
    else if (said != nullptr && !returned)
        found.push_back({decided_rule, {}, notice::Severity::error, decided_words(said->verdict)});
    else if (closed_at)
        found.push_back({late_rule, {}, notice::Severity::warning, late_words(*closed_at)});
    // Its note is the reply that travels with the next version.
    if (returned)
        found.push_back({reply_rule, {}, notice::Severity::hint, "退回修改：" + said->reason});
    if (gone || (said != nullptr && !returned)) return found; // Nothing that is typed helps.
    const auto        reply = matter.notes.find(reply_rule);
    const std::size_t characters =
        reply == matter.notes.end() ? 0 : base::character_count(base::trim(reply->second));
    if (characters > 0 && characters < base::limits::note_characters_min)
        found.push_back({reply_short_rule, {}, notice::Severity::error,
                         "回复说明至少写4个字，或者清空不写。"});
    return found;
}

// In the list 检查 a reason stands away from its field, so it must name it.
std::string labelled(const notice::Field& field, const std::string& reason) {
    return reason.find(field.label) == std::string::npos ? field.label + "：" + reason : reason;
}

std::string missing_sentence(const notice::Field& field) {
    const bool picked = field.type == notice::FieldType::choice ||
                        field.type == notice::FieldType::certificate;
    return (picked ? "请选择“" : "请填写“") + field.label + "”。";
}

// Which declarations are not signed yet, in a clerk's words, numbered as in the list of them; ""
// when all are.
std::string open_words(const notice::Form& form, const std::vector<Matter>& declarations) {
    const notice::Field* certificate = form.find_standard("certificate");
    constexpr int        named_max = 5;
    std::string   names;
    int           number = 0, open = 0;
    for (const Matter& matter : declarations) {
        ++number;
        if (!is_open(matter.state) || ++open > named_max) continue;
        const auto typed = matter.values.find({0, certificate->id});
        const bool named = typed != matter.values.end() && !typed->second.text.empty();
        names += (open > 1 ? "、第" : "第") + std::to_string(number) + "张" +
                 (named ? "“" + typed->second.text + "”" : "（未选证书）");
    }
    if (open == 0) return {};
    return "还有" + std::to_string(open) + "张申报表没有签名提交：" + names +
           (open > named_max ? "等。" : "。");
}

} // namespace

bool is_open(MatterState state) {
    return state == MatterState::editing || state == MatterState::refused ||
           state == MatterState::conflict;
}

std::vector<int> filled_rows(const Matter& matter) {
    std::vector<int> rows;
    for (const auto& [cell, value] : matter.values)
        if (cell.first > 0 && !value.text.empty() && (rows.empty() || rows.back() != cell.first))
            rows.push_back(cell.first);
    return rows;
}

bool counts(MatterState state) {
    return state != MatterState::withdrawn && state != MatterState::withdrawing &&
           state != MatterState::rejected;
}

MatterState state_after(const envelope::Decision& decision) {
    switch (decision.verdict) {
    case envelope::ReviewVerdict::send_back: return MatterState::returned;
    case envelope::ReviewVerdict::reject: return MatterState::rejected;
    case envelope::ReviewVerdict::pass: break;
    }
    return decision.stage == envelope::ReviewStage::final_review ? MatterState::approved
                                                                 : MatterState::passed;
}

bool is_delivered(MatterState state) {
    return state == MatterState::submitted || state == MatterState::passed ||
           state == MatterState::approved || state == MatterState::returned ||
           state == MatterState::rejected;
}

bool is_frozen(MatterState state) {
    return state == MatterState::passed || state == MatterState::approved;
}

// --- Inside --------------------------------------------------------------------------------------

base::Status Desk::Inside::set_subject(const Matter& matter) {
    const notice::Form*   form = form_of(matter);
    const notice::Window* window = form == nullptr ? nullptr : form->find_window(matter.period);
    const notice::Period* period =
        current == nullptr ? nullptr : edition_of(matter).package.find_period(matter.period);
    static constexpr const char* kinds[] = {"round", "month", "year"};
    std::optional<std::string>   opens, closes;
    if (window != nullptr && !window->always) {
        opens = base::to_iso(window->opens);
        closes = base::to_iso(window->closes);
    }
    return database
        .prepare("INSERT OR REPLACE INTO subject VALUES(1, ?, ?, ?, ?, ?)")
        .bind(matter.root, matter.period, kinds[period == nullptr ? 0 : int(period->kind)], opens,
              closes)
        .run();
}

base::Result<std::optional<Matter>> Desk::Inside::read_matter(const base::EnvelopeId& root,
                                                              bool deleted_too) {
    auto select = database.prepare(
        "SELECT form, period, newest, revising, withdrawn, conflict, updated_at, notice, "
        "(SELECT state FROM envelopes e WHERE e.root = m.root AND e.kind = 'filing' "
        " AND e.state <> 'superseded' ORDER BY position DESC LIMIT 1), "
        "EXISTS(SELECT 1 FROM envelopes e WHERE e.root = m.root AND e.kind = 'withdrawal' "
        " AND e.state = 'queued'), "
        "EXISTS(SELECT 1 FROM envelopes e WHERE e.root = m.root AND e.kind = 'filing' "
        " AND e.state = 'accepted') "
        "FROM matters m WHERE root = ? AND (? OR deleted_at IS NULL)");
    SHENBAO_ASSIGN(const bool found, select.bind(root, int(deleted_too)).step());
    if (!found) return std::nullopt;
    Matter matter;
    matter.root = root;
    matter.form = base::FormId(select.text(0));
    matter.period = base::Period(select.text(1));
    if (!select.is_null(2)) matter.newest = base::EnvelopeId(select.text(2));
    matter.revising = select.integer(3) != 0 && !select.is_null(8);
    matter.state = state_of(select.integer(4) != 0, select.integer(9) != 0,
                            select.integer(5) != 0, select.integer(3) != 0, select.text_view(8));
    matter.updated_at = select.time(6);
    matter.notice = base::Sha256Hex(select.text(7));
    matter.arrived = select.integer(10) != 0;

    SHENBAO_TRY(read_review(matter));
    const notice::Form* form = form_of(matter);
    auto values = database.prepare(
        "SELECT row, field, typed, value FROM draft_values WHERE root = ? ORDER BY row");
    values.bind(root);
    for (;;) {
        SHENBAO_ASSIGN(const bool has_value, values.step());
        if (!has_value) break;
        const Cell cell{int(values.integer(0)), base::FieldId(values.text(1))};
        TypedValue typed{values.text(2), sqlite::json_value(values, 3), {}};
        const notice::Field* field = form == nullptr ? nullptr : field_of(*form, cell);
        if (field != nullptr && typed.value.is_null()) {
            if (field->type == notice::FieldType::certificate) {
                if (!base::trim(typed.text).empty()) typed.wrong = "请从目录中选择证书。";
            } else {
                typed.wrong = notice::parse_typed(*field, typed.text).reason;
            }
        }
        matter.values.emplace(cell, std::move(typed));
    }
    auto notes = database.prepare("SELECT rule, note FROM draft_notes WHERE root = ?");
    notes.bind(root);
    for (;;) {
        SHENBAO_ASSIGN(const bool has_note, notes.step());
        if (!has_note) break;
        matter.notes.emplace(base::RuleId(notes.text(0)), notes.text(1));
    }
    return matter;
}

// A decision about an older version is history; what counts is said about the newest.
base::Status Desk::Inside::read_review(Matter& matter) {
    if (!matter.newest) return {};
    auto select = database.prepare("SELECT text, sha256, id, at FROM decisions WHERE root = ? "
                                   "AND target = ? ORDER BY log_index DESC LIMIT 1");
    SHENBAO_ASSIGN(const bool found, select.bind(matter.root, *matter.newest).step());
    if (!found) return {};
    envelope::Receipt vouched; // The one it came with was verified then.
    vouched.sha256 = base::Sha256Hex(select.text(1));
    vouched.id = base::EnvelopeId(select.text(2));
    SHENBAO_ASSIGN(const envelope::Jws jws,
                   envelope::Jws::parse(select.text(0), envelope::HeaderKey::kid));
    SHENBAO_ASSIGN(const envelope::VerifiedEnvelope opened, envelope::open_receipted(jws, vouched));
    const auto* decision = std::get_if<envelope::Decision>(&opened.act());
    SHENBAO_CHECK(decision != nullptr);
    if (matter.state == MatterState::submitted) matter.state = state_after(*decision);
    matter.review = Review{*decision, select.time(3)};
    return {};
}

base::Status Desk::Inside::write_value(const base::EnvelopeId& root, const Cell& cell,
                                       std::string_view typed, const base::Json& value) {
    auto upsert = database.prepare(
        "INSERT INTO draft_values VALUES(?, ?, ?, ?, ?) ON CONFLICT(root, row, field) "
        "DO UPDATE SET typed = excluded.typed, value = excluded.value");
    if (value.is_number_integer())
        upsert.bind(root, cell.first, cell.second, typed, value.get<std::int64_t>());
    else if (value.is_string())
        upsert.bind(root, cell.first, cell.second, typed, value.get_ref<const std::string&>());
    else upsert.bind(root, cell.first, cell.second, typed, nullptr);
    return upsert.run();
}

base::Status Desk::Inside::put(const base::EnvelopeId& root, const Cell& cell,
                               std::string_view typed, const base::Json& value) {
    return change([&]() -> base::Status {
        SHENBAO_TRY(write_value(root, cell, typed, value));
        return database.prepare("UPDATE matters SET updated_at = ? WHERE root = ?")
            .bind(clock.now(), root)
            .run();
    });
}

base::Status Desk::Inside::write_draft(const base::EnvelopeId& root, const notice::Form* form,
                                       const base::Json& answers, const base::Json& notes) {
    SHENBAO_TRY(
        database.prepare("DELETE FROM draft_values WHERE root = ?").bind(root).run());
    SHENBAO_TRY(database.prepare("DELETE FROM draft_notes WHERE root = ?").bind(root).run());
    const auto write_one = [&](const Cell& cell, const base::Json& value) -> base::Status {
        if (!value.is_string() && !value.is_number_integer()) return {};
        const notice::Field* field = form == nullptr ? nullptr : reader_of(*form, cell);
        if (field == nullptr) return write_value(root, cell, words_of(value), value);
        if (cell.first > 0 && !field->prefill.empty()) return {};
        if (field->type == notice::FieldType::certificate && value.is_string())
            return write_value(root, cell,
                               certificate_name(base::CertificateId(value.get<std::string>())),
                               value);
        return write_value(root, cell, notice::typed_value(*field, value), value);
    };
    for (const auto& [name, value] : answers.items())
        SHENBAO_TRY(write_one({0, base::FieldId(name)}, value));
    const bool typed_rows = form == nullptr || !form->table || form->table->rows_from.empty();
    if (const auto rows = answers.find("rows"); rows != answers.end() && typed_rows) {
        int row = 0;
        for (const base::Json& one : *rows) {
            ++row;
            for (const auto& [name, value] : one.items())
                SHENBAO_TRY(write_one({row, base::FieldId(name)}, value));
        }
    }
    for (const auto& [rule, note] : notes.items())
        SHENBAO_TRY(database.prepare("INSERT INTO draft_notes VALUES(?, ?, ?)")
                        .bind(root, rule, note.get_ref<const std::string&>())
                        .run());
    return {};
}

base::Status Desk::Inside::refresh_matter(const base::EnvelopeId& root, int revising) {
    return database
        .prepare("UPDATE matters SET revising = ?1, newest = (SELECT id FROM envelopes e "
                 "WHERE e.root = matters.root AND e.kind = 'filing' "
                 "AND e.state IN ('queued', 'accepted') ORDER BY position DESC LIMIT 1) "
                 "WHERE root = ?2")
        .bind(revising, root)
        .run();
}

// --- Drafts --------------------------------------------------------------------------------------

base::Result<base::EnvelopeId> Desk::create_matter(const base::FormId& form_id,
                                                   const base::Period& period) {
    if (!m_inside->enrolment || m_inside->current == nullptr)
        return base::fail(Outcome::not_enrolled);
    const Edition*      edition = m_inside->edition_for(form_id, period);
    const notice::Form* form =
        edition == nullptr ? nullptr : edition->package.find_form(form_id);
    if (form == nullptr || !edition->package.files(*form, m_inside->enrolment->unit.kind))
        return base::fail(Outcome::unknown_form, form_id.text() + " " + period.text());
    if (!form->many) {
        for (const Matter& matter : matters(form_id, period))
            if (counts(matter.state)) return matter.root;
    }
    base::EnvelopeId root;
    SHENBAO_TRY(m_inside->change([&]() -> base::Status {
        SHENBAO_ASSIGN(root, m_inside->insert_matter(form_id, period));
        return {};
    }));
    return root;
}

base::Result<base::EnvelopeId> Desk::Inside::insert_matter(const base::FormId& form,
                                                           const base::Period& period) {
    const base::EnvelopeId root = envelope::make_envelope_id(clock.now(), random);
    const Edition*         edition = edition_for(form, period);
    SHENBAO_CHECK(edition != nullptr); // The caller has seen that it is filed.
    SHENBAO_TRY(database
                    .prepare("INSERT INTO matters(root, form, period, revising, updated_at, notice) "
                             "VALUES(?, ?, ?, 1, ?, ?)")
                    .bind(root, form, period, clock.now(), edition->package.ref.sha256)
                    .run());
    return root;
}

std::vector<Matter> Desk::matters(const base::FormId& form, const base::Period& period) const {
    std::vector<base::EnvelopeId> roots;
    auto select = m_inside->database.prepare(
        "SELECT root FROM matters WHERE form = ? AND period = ? AND deleted_at IS NULL "
        "ORDER BY position");
    select.bind(form, period);
    for (auto row = select.step(); row && *row; row = select.step())
        roots.emplace_back(select.text(0));
    std::vector<Matter> found;
    for (const base::EnvelopeId& root : roots)
        if (auto matter = find_matter(root)) found.push_back(std::move(*matter));
    return found;
}

std::optional<Matter> Desk::find_matter(const base::EnvelopeId& root) const {
    auto matter = m_inside->read_matter(root);
    return matter ? std::move(*matter) : std::nullopt;
}

namespace {

// Typing needs an open draft: a signed matter is opened by revise() first.
base::Status open_for_typing(const std::optional<Matter>& matter) {
    if (!matter) return base::fail(Outcome::not_found_locally);
    if (!is_open(matter->state)) return base::fail(Outcome::frozen, "signed: open it for change first");
    return {};
}

} // namespace

base::Status Desk::type(const base::EnvelopeId& root, const Cell& cell, std::string_view text) {
    if (!base::is_utf8(text) || text.size() > base::limits::text_field_bytes_max)
        return base::fail(Outcome::bad_payload, "text is too long or not UTF-8");
    const auto matter = find_matter(root);
    SHENBAO_TRY(open_for_typing(matter));
    const notice::Form*  form = m_inside->form_of(*matter);
    const notice::Field* field = form == nullptr ? nullptr : field_of(*form, cell);
    if (field == nullptr) return base::fail(Outcome::unknown_form, cell.second.text());
    if (!field->prefill.empty()) return base::fail(Outcome::frozen, "the field fills itself");
    return m_inside->put(root, cell, text, m_inside->read_typed(*field, text));
}

base::Json Desk::Inside::read_typed(const notice::Field& field, std::string_view text) const {
    if (field.type != notice::FieldType::certificate) return notice::parse_typed(field, text).value;
    base::Json        value;
    const std::string wanted(base::trim(text));
    std::size_t       same = 0;
    for (const envelope::CatalogueEntry& entry : catalogue)
        if (entry.name == wanted && ++same == 1) value = entry.certificate.text();
    if (same != 1) value = nullptr; // Two organisations may give one name: a person must pick.
    return value;
}

base::Status Desk::choose(const base::EnvelopeId& root, const Cell& cell,
                          const base::CertificateId& certificate) {
    SHENBAO_TRY(open_for_typing(find_matter(root)));
    const envelope::CatalogueEntry* entry = find_certificate(certificate);
    if (entry == nullptr) return base::fail(Outcome::not_found_locally, certificate.text());
    return m_inside->put(root, cell, entry->name, certificate.text());
}

base::Status Desk::explain(const base::EnvelopeId& root, const base::RuleId& rule,
                           std::string_view note) {
    SHENBAO_TRY(open_for_typing(find_matter(root)));
    if (!base::is_utf8(note) || note.size() > base::limits::note_characters_max * 4)
        return base::fail(Outcome::bad_payload, "the note is too long or not UTF-8");
    return m_inside->change([&] {
        return m_inside->database
            .prepare("INSERT INTO draft_notes VALUES(?, ?, ?) ON CONFLICT(root, rule) "
                     "DO UPDATE SET note = excluded.note")
            .bind(root, rule, note)
            .run();
    });
}

base::Status Desk::remove(const base::EnvelopeId& root) {
    const auto matter = find_matter(root);
    if (!matter) return base::fail(Outcome::not_found_locally);
    if (matter->newest)
        return base::fail(Outcome::frozen, "signed: take it back or withdraw it first");
    return m_inside->change([&] {
        return m_inside->database.prepare("UPDATE matters SET deleted_at = ? WHERE root = ?")
            .bind(m_inside->clock.now(), root)
            .run();
    });
}

base::Status Desk::restore(const base::EnvelopeId& root) {
    return m_inside->change([&] {
        return m_inside->database.prepare("UPDATE matters SET deleted_at = NULL WHERE root = ?")
            .bind(root)
            .run();
    });
}

base::Status Desk::revise(const base::EnvelopeId& root) {
    const auto matter = find_matter(root);
    if (!matter) return base::fail(Outcome::not_found_locally);
    if (!counts(matter->state)) return base::fail(Outcome::frozen, "withdrawn or rejected");
    if (is_frozen(matter->state)) return base::fail(Outcome::frozen, "a reviewer has passed it");
    return m_inside->change([&]() -> base::Status {
        SHENBAO_ASSIGN(const bool taken_back, m_inside->take_back(root));
        SHENBAO_TRY(m_inside->carry_over_and_tell(root));
        if (!taken_back) return {};
        const Edition* edition = m_inside->edition_for(matter->form, matter->period);
        if (edition == nullptr) return {};
        for (const notice::Form& form : edition->package.forms) {
            if (!form.table || form.table->rows_from.empty() || form.id == matter->form) continue;
            for (const Matter& made_from_it : matters(form.id, matter->period))
                if (made_from_it.state == MatterState::queued)
                    SHENBAO_TRY(m_inside->take_back(made_from_it.root));
        }
        return {};
    });
}

base::Result<bool> Desk::Inside::take_back(const base::EnvelopeId& root) {
    // An envelope that never left this machine may vanish without a trace.
    SHENBAO_TRY(database
                    .prepare("DELETE FROM envelopes WHERE root = ? AND kind = 'filing' "
                             "AND state = 'queued' AND attempts = 0")
                    .bind(root)
                    .run());
    const bool taken_back = database.changes() > 0;
    SHENBAO_TRY(refresh_matter(root, 1));
    return taken_back;
}

base::Status Desk::discard_revision(const base::EnvelopeId& root) {
    const auto matter = find_matter(root);
    if (!matter || !matter->newest) return base::fail(Outcome::not_found_locally);
    const auto item = find_item(*matter->newest);
    if (!item) return base::fail(Outcome::not_found_locally);
    // What was signed under an earlier version of the notice goes back to that version.
    Matter signed_matter = *matter;
    signed_matter.notice = item->notice;
    const notice::Form* form = m_inside->form_of(signed_matter);
    auto select = m_inside->database.prepare("SELECT notes FROM envelopes WHERE sha256 = ?");
    SHENBAO_ASSIGN(const bool found, select.bind(item->sha256).step());
    SHENBAO_CHECK(found);
    SHENBAO_ASSIGN(const base::Json notes, base::parse_json(select.text_view(0)));
    select.reset();
    return m_inside->change([&]() -> base::Status {
        SHENBAO_TRY(m_inside->write_draft(root, form, item->answers, notes));
        SHENBAO_TRY(
            m_inside->database.prepare("UPDATE matters SET conflict = 0, notice = ? WHERE root = ?")
                .bind(signed_matter.notice, root)
                .run());
        SHENBAO_TRY(m_inside->database
                        .prepare("UPDATE envelopes SET state = 'superseded' "
                                 "WHERE root = ? AND state = 'refused'")
                        .bind(root)
                        .run());
        return m_inside->refresh_matter(root, 0);
    });
}

// --- Judging -------------------------------------------------------------------------------------

base::Result<base::Json> Desk::answers_of(const base::EnvelopeId& root) {
    const auto matter = find_matter(root);
    if (!matter) return base::fail(Outcome::not_found_locally);
    const notice::Form* form = m_inside->form_of(*matter);
    if (form == nullptr) return base::fail(Outcome::unknown_form, matter->form.text());
    const auto value_at = [&](int row, const base::FieldId& field) {
        const auto found = matter->values.find({row, field});
        return found == matter->values.end() ? base::Json(nullptr) : found->second.value;
    };
    base::Json answers = base::Json::object();
    for (const notice::Field& field : form->fields)
        answers[field.id.text()] = value_at(0, field.id);
    if (!form->table) return m_inside->prefilled(*matter, *form, std::move(answers));

    base::Json rows = base::Json::array();
    if (form->table->rows_from.empty()) {
        for (const int row : filled_rows(*matter)) {
            base::Json one = base::Json::object();
            for (const notice::Field& column : form->table->columns)
                one[column.id.text()] = value_at(row, column.id);
            rows.push_back(std::move(one));
        }
    } else {
        SHENBAO_TRY(m_inside->set_subject(*matter));
        SHENBAO_CHECK(form->table->rows_from == "declared"); // The loader knows no other view.
        std::string columns;
        for (const notice::Field& column : form->table->columns)
            columns += (columns.empty() ? "" : ", ") +
                       (column.type == notice::FieldType::filing ? "filing"
                                                                 : "\"" + column.id.text() + "\"");
        auto select =
            m_inside->database.prepare("SELECT " + columns + " FROM " +
                                       m_inside->edition_of(*matter).views.declared +
                                       " ORDER BY position");
        for (;;) {
            SHENBAO_ASSIGN(const bool has_row, select.step());
            if (!has_row) break;
            base::Json one = base::Json::object();
            int        at = 0;
            for (const notice::Field& column : form->table->columns)
                one[column.id.text()] = sqlite::json_value(select, at++);
            rows.push_back(std::move(one));
        }
    }
    answers["rows"] = std::move(rows);
    return m_inside->prefilled(*matter, *form, std::move(answers));
}

base::Result<base::Json> Desk::Inside::prefilled(const Matter& matter, const notice::Form& form,
                                                 base::Json answers) {
    SHENBAO_TRY(set_subject(matter));
    SHENBAO_TRY(edition_of(matter).engine->prefill(form, answers));
    return answers;
}

base::Result<Judgement> Desk::judge(const base::EnvelopeId& root) {
    const auto matter = find_matter(root);
    if (!matter) return base::fail(Outcome::not_found_locally);
    base::Json answers;
    if (const auto item = is_open(matter->state) || !matter->newest ? std::nullopt
                                                                    : find_item(*matter->newest)) {
        answers = item->answers;
    } else {
        SHENBAO_ASSIGN(answers, answers_of(root));
    }
    const notice::Form* form = m_inside->form_of(*matter);
    if (form == nullptr) return base::fail(Outcome::unknown_form, matter->form.text());
    Edition& edition = m_inside->edition_of(*matter);
    SHENBAO_TRY(m_inside->set_subject(*matter));
    const auto closes_at = this->closes_at(*matter);
    const bool closed = closes_at && server_time() >= *closes_at;
    const bool gone = &edition != m_inside->edition_for(matter->form, matter->period);
    auto of_the_desk = desk_findings(*matter, gone, closed ? closes_at : std::nullopt);
    rules::Notes notes;
    for (const auto& [rule, note] : matter->notes)
        if (base::character_count(base::trim(note)) >= base::limits::note_characters_min)
            notes.emplace(rule, note);
    Judgement judgement;
    SHENBAO_ASSIGN(judgement.verdict,
                   edition.engine->check_draft(*form, answers, notes, std::move(of_the_desk)));
    judgement.answers = std::move(answers);

    const auto look_at = [&](const Cell& cell, const notice::Field& field, std::string name,
                             const std::string& place) {
        if (!field.prefill.empty()) {
            // Nobody can type it; the rules say in other words what is wrong in a row.
            if (cell.first == 0 && judgement.answers[field.id.text()].is_null())
                judgement.findings.push_back({required_rule, {base::FieldId(std::move(name))},
                                              notice::Severity::error,
                                              place + "“" + field.label + "”还没有数据，请先同步。"});
            return;
        }
        const auto found = matter->values.find(cell);
        const bool empty =
            found == matter->values.end() || base::trim(found->second.text).empty();
        if (!empty && found->second.wrong.empty()) return;
        judgement.findings.push_back({empty ? required_rule : typed_rule,
                                      {base::FieldId(std::move(name))},
                                      notice::Severity::error,
                                      place + (empty ? missing_sentence(field)
                                                     : labelled(field, found->second.wrong))});
    };
    for (const notice::Field& field : form->fields)
        look_at({0, field.id}, field, field.id.text(), "");
    if (form->table) {
        const base::Json& rows = judgement.answers["rows"];
        if (form->table->rows_from.empty()) {
            std::size_t number = 0; // As the paper counts: without empty rows.
            for (const int row : filled_rows(*matter)) {
                const std::string place = "第" + std::to_string(++number) + "行：";
                for (const notice::Field& column : form->table->columns)
                    look_at({row, column.id}, column, "rows." + column.id.text(), place);
            }
        }
        if (rows.size() < form->table->rows_min)
            judgement.findings.push_back({required_rule,
                                          {base::FieldId("rows")},
                                          notice::Severity::error,
                                          form->table->rows_from.empty()
                                              ? "表中还没有内容，请至少填写一行。"
                                              : "还没有证书申报表，请先填写申报表。"});
    }
    if (form->table && !form->table->rows_from.empty() && is_open(matter->state)) {
        SHENBAO_CHECK(form->table->rows_from == "declared"); // The loader knows no other view.
        const notice::Form* declared = edition.package.find_serving(notice::Serves::declared);
        const std::string   open =
            declared == nullptr ? "" : open_words(*declared, matters(declared->id, matter->period));
        if (!open.empty())
            judgement.findings.push_back(
                {unsigned_rule, {base::FieldId("rows")}, notice::Severity::error, open});
    }
    for (const rules::Finding& finding : judgement.verdict.findings)
        judgement.findings.push_back(finding);
    for (const rules::Finding& finding : judgement.findings) {
        judgement.errors += finding.severity == notice::Severity::error;
        judgement.missing += finding.rule == required_rule;
    }
    judgement.to_explain = int(judgement.verdict.unexplained.size());
    judgement.sealable = judgement.errors == 0 && judgement.verdict.filing.has_value();
    return judgement;
}

std::optional<base::Time> Desk::closes_at(const base::FormId& form,
                                          const base::Period& period) const {
    const Edition*        edition = m_inside->edition_for(form, period);
    const notice::Form*   found = edition == nullptr ? nullptr : edition->package.find_form(form);
    const notice::Window* window = found == nullptr ? nullptr : found->find_window(period);
    if (window == nullptr || window->always) return std::nullopt;
    const base::Time until = m_inside->extended_until(form, period).value_or(base::Time{});
    return std::max(window->closes_at(), base::first_late(until));
}

std::optional<base::Time> Desk::closes_at(const Matter& matter) const {
    const auto closes_at = this->closes_at(matter.form, matter.period);
    if (!closes_at || !matter.review || !matter.review->decision.due) return closes_at;
    return std::max(*closes_at, base::first_late(*matter.review->decision.due));
}

const rules::Finding* Judgement::dead_end() const {
    for (const rules::Finding& finding : findings)
        if (finding.rule == gone_rule || finding.rule == decided_rule) return &finding;
    return nullptr;
}

bool Judgement::found(const base::RuleId& rule) const {
    return std::any_of(findings.begin(), findings.end(),
                       [&](const rules::Finding& finding) { return finding.rule == rule; });
}

std::optional<envelope::Timing> Desk::timing(const Matter& matter) const {
    const auto item = matter.newest ? find_item(*matter.newest) : std::nullopt;
    return item ? m_inside->timing_of(*item) : std::nullopt;
}

std::optional<envelope::Timing> Desk::Inside::timing_of(const OutboxItem& item) {
    if (!item.receipt_fields) return std::nullopt;
    const envelope::Receipt& receipt = *item.receipt_fields;
    if (receipt.timing != envelope::Timing::late) return receipt.timing;
    auto given = database.prepare(
        "SELECT 1 FROM extensions WHERE form = ? AND period = ? AND until >= ? AND log_index > ?");
    const auto row =
        given.bind(item.form, item.period, receipt.received_at, receipt.index).step();
    return row && *row ? envelope::Timing::extended : receipt.timing;
}

base::Result<bool> Desk::outdated(const base::EnvelopeId& root) {
    const auto matter = find_matter(root);
    if (!matter || !matter->newest) return false;
    const auto item = find_item(*matter->newest);
    if (!item || !item->answers.contains("rows")) return false;
    const notice::Form* form = m_inside->form_of(*matter);
    if (form == nullptr || !form->table || form->table->rows_from.empty()) return false;
    SHENBAO_ASSIGN(const base::Json answers, answers_of(root));
    return answers.at("rows") != item->answers.at("rows");
}

} // namespace device
