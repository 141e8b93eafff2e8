#include "shared/device/desk_inside.hpp"

#include "shared/base/check.hpp"

#include <set>

namespace device {
namespace {

using base::Outcome;

struct StateName {
    EnvelopeState    state;
    std::string_view name; // As the table's CHECK has it.
};
constexpr StateName state_names[] = {{EnvelopeState::queued, "queued"},
                                     {EnvelopeState::accepted, "accepted"},
                                     {EnvelopeState::refused, "refused"},
                                     {EnvelopeState::superseded, "superseded"}};

EnvelopeState state_of(std::string_view name) {
    for (const StateName& one : state_names)
        if (one.name == name) return one.state;
    return EnvelopeState::superseded; // The CHECK lets no other name in.
}

std::string_view name_of(EnvelopeState state) {
    return state_names[static_cast<int>(state)].name;
}

// What this machine has just sealed of a matter: queued, not yet tried, without answers.
OutboxItem item_of(const envelope::Common& common, const envelope::Envelope& sealed,
                   const Matter& matter, std::string_view kind) {
    OutboxItem item;
    item.id = sealed.id();
    item.sha256 = sealed.sha256();
    item.root = matter.root;
    item.kind = kind;
    item.form = matter.form;
    item.period = matter.period;
    item.answers = base::Json::object();
    item.made_at = common.made_at;
    item.text = sealed.text();
    return item;
}

base::Result<std::vector<rules::Finding>> parse_findings(std::string_view text) {
    // Kept as a line answer's member, so that one reader serves both.
    SHENBAO_ASSIGN(protocol::LineAnswer answer, protocol::read_line_answer(text));
    return std::move(answer.findings);
}

} // namespace

base::Result<std::vector<OutboxItem>>
Desk::Inside::read_items(std::string_view where_and_order, std::string_view argument) {
    auto select = database.prepare(
        "SELECT id, sha256, root, kind, form, period, state, made_at, attempts, outcome, detail, "
        "findings, CASE kind WHEN 'filing' THEN answers ELSE coalesce((SELECT f.answers "
        "FROM envelopes f WHERE f.root = envelopes.root AND f.kind = 'filing' "
        "AND f.position < envelopes.position ORDER BY f.position DESC LIMIT 1), answers) END, "
        "text, receipt, notes, CASE kind WHEN 'filing' THEN '' ELSE (SELECT m.notice "
        "FROM matters m WHERE m.root = envelopes.root) END, notice, kind = 'filing' AND (SELECT "
        "m.withdrawn FROM matters m WHERE m.root = envelopes.root) FROM envelopes WHERE " +
        std::string(where_and_order));
    select.bind(argument);
    std::vector<OutboxItem> items;
    for (;;) {
        SHENBAO_ASSIGN(const bool has_row, select.step());
        if (!has_row) return items;
        OutboxItem item;
        item.id = base::EnvelopeId(select.text(0));
        item.sha256 = base::Sha256Hex(select.text(1));
        item.root = base::EnvelopeId(select.text(2));
        item.kind = select.text(3);
        item.form = base::FormId(select.text(4));
        item.period = base::Period(select.text(5));
        item.state = state_of(select.text_view(6));
        item.made_at = select.time(7);
        item.attempts = int(select.integer(8));
        if (!select.is_null(9)) {
            const auto* known = base::find_outcome(select.integer(9));
            item.refusal = base::Fault{known == nullptr ? Outcome::bad_answer : known->outcome,
                                       select.text(10)};
        }
        if (!select.is_null(11)) {
            SHENBAO_ASSIGN(item.findings, parse_findings(select.text_view(11)));
        }
        SHENBAO_ASSIGN(item.answers, base::parse_json(select.text_view(12)));
        item.text = select.text(13);
        item.receipt = select.text(14);
        SHENBAO_ASSIGN(const base::Json notes, base::parse_json(select.text_view(15)));
        for (const auto& [rule, note] : notes.items())
            if (note.is_string()) item.notes.emplace(base::RuleId(rule), note.get<std::string>());
        item.withdrawn = select.integer(18) != 0;
        // What is withdrawn has no later version, so its matter's is the one it was signed under.
        const auto named = base::parse_notice_ref(select.text_view(17));
        item.notice = item.kind != "filing" ? base::Sha256Hex(select.text(16))
                      : named               ? named->sha256
                                            : base::Sha256Hex();
        if (!item.receipt.empty() && enrolment) {
            auto fields = envelope::open_receipt(item.receipt, enrolment->server_key);
            if (fields) item.receipt_fields = std::move(*fields);
        }
        items.push_back(std::move(item));
    }
}

base::Status Desk::Inside::add_item(const OutboxItem& item, const base::Json& notes) {
    const auto receipt = item.receipt.empty() ? std::nullopt : std::optional(item.receipt);
    SHENBAO_TRY(database
                    .prepare("INSERT INTO envelopes(sha256, id, root, kind, form, period, state, "
                             "made_at, attempts, answers, notes, text, receipt) "
                             "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
                    .bind(item.sha256, item.id, item.root, item.kind, item.form, item.period,
                          name_of(item.state), item.made_at, item.attempts,
                          base::to_text(item.answers), base::to_text(notes), item.text, receipt)
                    .run());
    return item.kind == "filing" ? index_filing(item.id, item.sha256, item.text) : base::Status{};
}

base::Status Desk::seal(const base::EnvelopeId& root) {
    Inside& inside = *m_inside;
    if (!inside.enrolment || inside.current == nullptr) return base::fail(Outcome::not_enrolled);
    const auto matter = find_matter(root);
    if (!matter) return base::fail(Outcome::not_found_locally);
    if (!is_open(matter->state)) return base::fail(Outcome::frozen, "nothing has changed since it was signed");
    SHENBAO_ASSIGN(const std::string anchor, inside.anchor_to_sign());
    SHENBAO_ASSIGN(const Judgement judgement, judge(root));
    if (!judgement.sealable) {
        std::string first = "还有说明没有填写。";
        for (const rules::Finding& finding : judgement.findings)
            if (finding.severity == notice::Severity::error) {
                first = finding.text;
                break;
            }
        return base::fail(Outcome::incomplete, first);
    }
    const base::EnvelopeId id =
        matter->newest ? envelope::make_envelope_id(inside.clock.now(), inside.random) : root;
    const notice::Package& package = inside.edition_of(*matter).package;
    const envelope::Common common = {id, inside.enrolment->unit.unit, package.ref,
                                     inside.clock.now(), anchor};
    const envelope::Envelope sealed = envelope::seal(common, *judgement.verdict.filing,
                                                     matter->period, matter->newest, root, {},
                                                     *inside.key);
    const notice::Form* form = package.find_form(matter->form);
    SHENBAO_CHECK(form != nullptr); // It was judged just now.
    OutboxItem item = item_of(common, sealed, *matter, "filing");
    item.answers = judgement.verdict.filing->answers();
    return inside.change([&]() -> base::Status {
        SHENBAO_TRY(inside.database
                        .prepare("UPDATE envelopes SET state = 'superseded' "
                                 "WHERE root = ? AND state = 'refused'")
                        .bind(root)
                        .run());
        SHENBAO_TRY(
            inside.add_item(item, rules::notes_json(judgement.verdict.filing->notes())));
        // What was written of findings that are gone does not travel, so it is not kept as signed.
        // A reply is kept until somebody has decided again.
        for (const auto& [rule, note] : matter->notes)
            if (rule != reply_rule && !judgement.found(rule))
                SHENBAO_TRY(
                    inside.database.prepare("DELETE FROM draft_notes WHERE root = ? AND rule = ?")
                        .bind(root, rule)
                        .run());
        // What fills itself was never typed, but later forms' rules read it (a report's quota).
        for (const notice::Field& field : form->fields) {
            if (field.prefill.empty()) continue;
            const base::Json& value = item.answers.at(field.id.text());
            SHENBAO_TRY(inside.write_value(root, {0, field.id}, notice::typed_value(field, value),
                                           value));
        }
        SHENBAO_TRY(
            inside.database.prepare("UPDATE matters SET conflict = 0, notice = ? WHERE root = ?")
                .bind(package.ref.sha256, root)
                .run());
        return inside.refresh_matter(root, 0);
    });
}

base::Status Desk::withdraw(const base::EnvelopeId& root, std::string_view reason) {
    Inside&    inside = *m_inside;
    const auto matter = find_matter(root);
    if (!matter || !inside.enrolment) return base::fail(Outcome::not_found_locally);
    if (matter->state != MatterState::submitted && matter->state != MatterState::returned)
        return base::fail(Outcome::frozen, "only a submitted matter can be withdrawn");
    SHENBAO_ASSIGN(const std::string anchor, inside.anchor_to_sign());
    const envelope::Common common = {
        envelope::make_envelope_id(inside.clock.now(), inside.random), inside.enrolment->unit.unit,
        inside.current->package.ref, inside.clock.now(), anchor};
    const envelope::Envelope sealed = envelope::seal_act(
        common, envelope::Withdrawal{*matter->newest, std::string(reason)}, *inside.key);
    const OutboxItem item = item_of(common, sealed, *matter, "withdrawal");
    return inside.change([&]() -> base::Status {
        SHENBAO_TRY(inside.database
                        .prepare("UPDATE envelopes SET state = 'superseded' WHERE root = ? "
                                 "AND kind = 'withdrawal' AND state = 'refused'")
                        .bind(root)
                        .run());
        return inside.add_item(item, base::Json::object());
    });
}

base::Status Desk::cancel_withdrawal(const base::EnvelopeId& root) {
    Inside& inside = *m_inside;
    return inside.change([&]() -> base::Status {
        SHENBAO_TRY(inside.database
                        .prepare("DELETE FROM envelopes WHERE root = ? AND kind = 'withdrawal' "
                                 "AND state = 'queued' AND attempts = 0")
                        .bind(root)
                        .run());
        if (inside.database.changes() == 0)
            return base::fail(Outcome::frozen, "no withdrawal that was never sent");
        return {};
    });
}

std::vector<OutboxItem> Desk::queued() const {
    auto items = m_inside->read_items("state = ? ORDER BY position", "queued");
    return items ? std::move(*items) : std::vector<OutboxItem>();
}
std::vector<OutboxItem> Desk::refused() const {
    auto items = m_inside->read_items(
        "state = ? AND root NOT IN (SELECT root FROM matters WHERE deleted_at IS NOT NULL) "
        "ORDER BY position DESC",
        "refused");
    return items ? std::move(*items) : std::vector<OutboxItem>();
}
std::vector<OutboxItem> Desk::receipts() const {
    auto items = m_inside->read_items("state = ? ORDER BY position DESC", "accepted");
    if (!items) return {};
    // What is late takes no other's place before it is extended.
    std::set<base::EnvelopeId> newer; // Roots of which a newer version counts.
    for (OutboxItem& item : *items) {
        if (item.kind != "filing") continue;
        item.replaced = newer.count(item.root) > 0;
        if (m_inside->timing_of(item) != envelope::Timing::late) newer.insert(item.root);
    }
    return std::move(*items);
}
std::optional<OutboxItem> Desk::find_item(const base::EnvelopeId& id) const {
    auto items = m_inside->read_items("id = ? ORDER BY position DESC LIMIT 1", id.text());
    if (!items || items->empty()) return std::nullopt;
    return std::move(items->front());
}

base::Status Desk::mark_attempt(const std::vector<base::Sha256Hex>& items) {
    return m_inside->change([&]() -> base::Status {
        auto update = m_inside->database.prepare(
            "UPDATE envelopes SET attempts = attempts + 1 WHERE sha256 = ?");
        for (const base::Sha256Hex& item : items) SHENBAO_TRY(update.bind(item).run());
        return {};
    });
}

base::Status Desk::settle(const base::Sha256Hex& sha256, const protocol::LineAnswer& answer) {
    Inside& inside = *m_inside;
    SHENBAO_ASSIGN(const auto items, inside.read_items("sha256 = ?", sha256.text()));
    if (items.empty() || !inside.enrolment) return base::fail(Outcome::not_found_locally);
    const OutboxItem& item = items.front();
    if (item.state != EnvelopeState::queued) return {};
    inside.review_rows.stale.insert(item.root); // Whatever the answer is.
    if (answer.result != protocol::LineResult::refused) {
        const auto receipt = envelope::open_receipt(answer.receipt, inside.enrolment->server_key);
        if (!receipt || receipt->id != item.id || receipt->sha256 != sha256)
            return base::fail(Outcome::foreign_server, "the receipt does not hold");
        return inside.change([&]() -> base::Status {
            SHENBAO_TRY(inside.database
                            .prepare("UPDATE envelopes SET state = 'accepted', receipt = ? "
                                     "WHERE sha256 = ?")
                            .bind(answer.receipt, sha256)
                            .run());
            if (item.kind == "filing") return {};
            if (item.kind == "withdrawal")
                return inside.database.prepare("UPDATE matters SET withdrawn = 1 WHERE root = ?")
                    .bind(item.root)
                    .run();
            // Own acts do not come again with the changes: what they do is kept here and now.
            SHENBAO_ASSIGN(const envelope::Jws jws,
                           envelope::Jws::parse(item.text, envelope::HeaderKey::kid));
            SHENBAO_ASSIGN(const auto opened, envelope::open_receipted(jws, *receipt));
            return inside.keep_office_act(opened, *receipt, answer.receipt);
        });
    }
    return inside.change([&]() -> base::Status {
        SHENBAO_TRY(inside.database
                        .prepare("UPDATE envelopes SET state = 'refused', outcome = ?, "
                                 "detail = ?, findings = ? WHERE sha256 = ?")
                        .bind(int(answer.outcome), answer.title,
                              protocol::write_line_answer(answer), sha256)
                        .run());
        return item.kind == "filing" ? inside.refresh_matter(item.root, 1) : base::Status{};
    });
}

base::Status Desk::accept_change(const protocol::Change& change) {
    Inside& inside = *m_inside;
    if (!inside.enrolment) return base::fail(Outcome::not_enrolled);
    const auto receipt = envelope::open_receipt(change.receipt, inside.enrolment->server_key);
    if (!receipt) return base::fail(Outcome::foreign_server, receipt.error().detail);
    SHENBAO_ASSIGN(const auto own, inside.read_items("sha256 = ?", receipt->sha256.text()));
    if (!own.empty()) {
        protocol::LineAnswer answer;
        answer.id = receipt->id;
        answer.result = protocol::LineResult::accepted;
        answer.receipt = change.receipt;
        return settle(receipt->sha256, answer);
    }
    SHENBAO_ASSIGN(const envelope::Jws jws,
                   envelope::Jws::parse(change.envelope, envelope::HeaderKey::kid));
    SHENBAO_ASSIGN(const envelope::VerifiedEnvelope opened,
                   envelope::open_receipted(jws, *receipt));
    if (inside.enrolment->role != "school" ||
        std::holds_alternative<envelope::Announcement>(opened.act()))
        return inside.change(
            [&] { return inside.keep_office_act(opened, *receipt, change.receipt); });
    if (const auto* decision = std::get_if<envelope::Decision>(&opened.act()))
        return inside.take_decision(*decision, change, *receipt);
    if (const auto* extension = std::get_if<envelope::Extension>(&opened.act()))
        return inside.take_extension(*extension, *receipt);
    if (receipt->unit != inside.enrolment->unit.unit) return {}; // Others' matters: not on this desk.
    const envelope::Common& common = opened.common();
    OutboxItem item;
    item.id = common.id;
    item.sha256 = receipt->sha256;
    item.kind = envelope::kind_name(opened.act());
    item.state = EnvelopeState::accepted;
    item.answers = base::Json::object();
    item.made_at = common.made_at;
    item.attempts = 1; // By the other machine.
    item.text = change.envelope;
    item.receipt = change.receipt;
    if (const auto* withdrawal = std::get_if<envelope::Withdrawal>(&opened.act())) {
        const auto target = find_item(withdrawal->target);
        if (!target) return {};
        item.root = target->root;
        item.form = target->form;
        item.period = target->period;
        return inside.change([&]() -> base::Status {
            SHENBAO_TRY(inside.add_item(item, base::Json::object()));
            return inside.database.prepare("UPDATE matters SET withdrawn = 1 WHERE root = ?")
                .bind(target->root)
                .run();
        });
    }
    const auto* filing = std::get_if<envelope::Filing>(&opened.act());
    if (filing == nullptr) return {};
    const auto       matter = find_matter(filing->root);
    const base::Json notes = rules::notes_json(filing->notes);
    item.root = filing->root;
    item.form = filing->form;
    item.period = filing->period;
    item.answers = filing->answers;
    return inside.change([&]() -> base::Status {
        if (!matter)
            SHENBAO_TRY(inside.database
                            .prepare("INSERT INTO matters(root, form, period, revising, "
                                     "updated_at, notice) VALUES(?, ?, ?, 0, ?, ?) "
                                     "ON CONFLICT(root) DO UPDATE SET deleted_at = NULL")
                            .bind(filing->root, filing->form, filing->period, inside.clock.now(),
                                  common.notice.sha256)
                            .run());
        SHENBAO_TRY(inside.add_item(item, notes));
        const bool changed_here =
            matter && !is_delivered(matter->state) && counts(matter->state);
        if (changed_here) {
            SHENBAO_TRY(inside.database.prepare("UPDATE matters SET conflict = 1 WHERE root = ?")
                            .bind(filing->root)
                            .run());
            return inside.refresh_matter(filing->root, 1);
        }
        SHENBAO_TRY(inside.database.prepare("UPDATE matters SET notice = ? WHERE root = ?")
                        .bind(common.notice.sha256, filing->root)
                        .run());
        SHENBAO_TRY(inside.write_draft(
            filing->root, inside.edition_at(common.notice.sha256).package.find_form(filing->form),
            filing->answers, notes));
        return inside.refresh_matter(filing->root, 0);
    });
}

base::Status Desk::Inside::take_decision(const envelope::Decision& decision,
                                         const protocol::Change&   change,
                                         const envelope::Receipt&  receipt) {
    auto select = database.prepare("SELECT root FROM envelopes WHERE id = ? AND kind = 'filing'");
    SHENBAO_ASSIGN(const bool found, select.bind(decision.target).step());
    if (!found) return {}; // About another unit's filing.
    const base::EnvelopeId root(select.text(0));
    select.reset();
    return this->change([&]() -> base::Status {
        auto insert =
            database.prepare("INSERT OR IGNORE INTO decisions VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)");
        SHENBAO_TRY(insert
                        .bind(receipt.id, root, decision.target,
                              envelope::verdict_name(decision.verdict), receipt.received_at,
                              receipt.index, receipt.sha256, change.envelope, change.receipt)
                        .run());
        if (database.changes() == 0) return {}; // Known.
        auto earlier = database.prepare("SELECT count(*) FROM decisions WHERE target = ?");
        SHENBAO_ASSIGN(const bool counted, earlier.bind(decision.target).step());
        SHENBAO_CHECK(counted);
        if (earlier.integer(0) > 1) return {}; // Said twice of a version: the reply is still due.
        // The reply went with this version; what is asked now is another question.
        return database.prepare("DELETE FROM draft_notes WHERE root = ? AND rule = ?")
            .bind(root, reply_rule)
            .run();
    });
}

base::Status Desk::Inside::take_extension(const envelope::Extension& extension,
                                          const envelope::Receipt&   receipt) {
    if (extension.for_unit != enrolment->unit.unit) return {};
    return change([&] {
        return database.prepare("INSERT OR IGNORE INTO extensions VALUES(?, ?, ?, ?, ?, ?)")
            .bind(receipt.id, extension.form, extension.period, extension.until, extension.reason,
                  receipt.index)
            .run();
    });
}

std::string Desk::changes_cursor() const { return setting("changes_cursor").value_or(""); }

base::Status Desk::move_cursor(std::string_view cursor) {
    return set_setting("changes_cursor", cursor);
}

base::Result<std::string> Desk::receipt_file(const base::EnvelopeId& id) const {
    const auto item = find_item(id);
    if (!item || item->receipt.empty() || !m_inside->enrolment)
        return base::fail(Outcome::not_found_locally, id.text());
    return base::to_text({{"envelope", item->text},
                          {"receipt", item->receipt},
                          {"server_key", envelope::to_jwk(m_inside->enrolment->server_key)}});
}

} // namespace device
