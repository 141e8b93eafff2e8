#include "shared/device/rescue.hpp"

#include "shared/base/check.hpp"
#include "shared/base/limits.hpp"
#include "shared/base/text.hpp"
#include "shared/device/desk_inside.hpp"
#include "shared/device/schema.hpp"
#include "shared/sqlite/page_vfs.hpp"

#include <algorithm>

namespace device {
namespace {

using base::Json;
using base::Outcome;

// A copy is a matter that is not shown; under this with its root is kept what it is.
const char* const copy_prefix = "copy/";

std::string copy_body(const base::EnvelopeId& of, const std::string& name) {
    return base::to_text({{"of", of.text()}, {"name", name}});
}

base::Status hide(sqlite::Database& database, const base::EnvelopeId& root, base::Time at) {
    return database.prepare("UPDATE matters SET deleted_at = ? WHERE root = ?").bind(at, root).run();
}

// Never signed and never sent: nothing else knows of it.
base::Status forget(sqlite::Database& database, const base::EnvelopeId& root) {
    for (const char* table : {"draft_values", "draft_notes", "carryovers", "matters"})
        SHENBAO_TRY(database.prepare("DELETE FROM " + std::string(table) + " WHERE root = ?")
                        .bind(root)
                        .run());
    return database.prepare("DELETE FROM kept WHERE name = ?").bind(copy_prefix + root.text()).run();
}

// One for the life of the program (page_vfs.hpp); empty but while a file is looked at.
sqlite::PageStore& file_store() {
    static sqlite::PageStore& pages = *new sqlite::PageStore("handover");
    return pages;
}

struct FileLooked {
    ~FileLooked() { (void)file_store().load(0, {}); } // The memory is wanted elsewhere.
};

// Everything that the schema says. A file whose tables are others than ours was not written by this
// program, whatever it calls itself.
base::Result<std::string> schema_of(sqlite::Database& database) {
    std::string all;
    auto select = database.prepare("SELECT type, name, sql FROM sqlite_master ORDER BY type, name");
    for (;;) {
        SHENBAO_ASSIGN(const bool has_row, select.step());
        if (!has_row) return all;
        all += select.text(0) + " " + select.text(1) + " " + select.text(2) + "\n";
    }
}

base::Result<sqlite::Database> open_file(base::ByteView file) {
    SHENBAO_TRY(file_store().load_file(file));
    const auto damaged = [](const base::Fault& fault) {
        return base::fail(Outcome::bad_file, fault.detail);
    };
    auto database = file_store().open();
    if (!database) return damaged(database.error());
    const auto id = database->pragma("application_id"), version = database->pragma("user_version");
    if (!id || !version || *id != application_id)
        return base::fail(Outcome::storage_foreign, "application_id differs");
    if (*version > schema_version())
        return base::fail(Outcome::storage_newer, "schema " + std::to_string(*version));
    // Before any step is taken on it: a step over other tables than it was written for would be a
    // mistake of ours, and those are not survived.
    SHENBAO_ASSIGN(auto scratch, sqlite::Database::open(":memory:", sqlite::OpenMode::create));
    if (*version < 1) return base::fail(Outcome::bad_file, "schema " + std::to_string(*version));
    SHENBAO_TRY(migrate_desk(scratch, int(*version)));
    const auto expected = schema_of(scratch), found = schema_of(*database);
    if (!expected || !found || *expected != *found)
        return base::fail(Outcome::bad_file, "other tables");
    // In the copy in memory; the file stays as it is.
    if (const auto migrated = migrate_desk(*database); !migrated) return damaged(migrated.error());
    return database;
}

bool blank(const TypedValue& value) { return base::trim(value.text).empty(); }

bool is_blank(const Matter& matter) {
    return std::all_of(matter.values.begin(), matter.values.end(),
                       [](const auto& one) { return blank(one.second); });
}

const notice::Field* field_in(const notice::Form* form, const Cell& cell) {
    if (form == nullptr) return nullptr;
    return cell.first == 0 ? form->find_field(cell.second.text())
                           : form->find_column(cell.second.text());
}

// What people have typed; fields that fill themselves say nothing about that.
std::map<Cell, TypedValue> typed_in(const Matter& matter, const notice::Form* form) {
    std::map<Cell, TypedValue> typed;
    for (const auto& [cell, value] : matter.values) {
        const notice::Field* field = field_in(form, cell);
        if (!blank(value) && (field == nullptr || field->prefill.empty()))
            typed.emplace(cell, value);
    }
    return typed;
}

std::map<base::RuleId, std::string> notes_in(const Matter& matter) {
    std::map<base::RuleId, std::string> notes;
    for (const auto& [rule, note] : matter.notes)
        if (const auto trimmed = base::trim(note); !trimmed.empty()) notes.emplace(rule, trimmed);
    return notes;
}

// "６０人" is what "60" is.
bool same(const Matter& a, const notice::Form* form_a, const Matter& b,
          const notice::Form* form_b) {
    const auto typed_a = typed_in(a, form_a), typed_b = typed_in(b, form_b);
    return notes_in(a) == notes_in(b) && typed_a.size() == typed_b.size() &&
           std::equal(typed_a.begin(), typed_a.end(), typed_b.begin(),
                      [](const auto& one, const auto& other) {
                          const bool value = !one.second.value.is_null() &&
                                             one.second.value == other.second.value;
                          return one.first == other.first &&
                                 (value || base::trim(one.second.text) ==
                                               base::trim(other.second.text));
                      });
}

std::string words_of(const Desk& desk, const Matter& matter) {
    const notice::Form*    form = desk.form_of(matter);
    const notice::Package* package = desk.package_of(matter);
    const notice::Period*  period =
        package == nullptr ? nullptr : package->find_period(matter.period);
    std::string words = form == nullptr ? matter.form.text()
                                        : form->appendix + " " + form->short_title;
    words += "　" + (period == nullptr ? matter.period.text() : period->name);
    constexpr int named_max = 3;
    int           named = 0;
    if (form != nullptr)
        for (const notice::Field& field : form->fields) {
            const auto found = matter.values.find({0, field.id});
            if (found == matter.values.end() || blank(found->second) || !field.prefill.empty())
                continue;
            if (++named > named_max) break;
            words += (named == 1 ? "　" : " · ") + std::string(base::trim(found->second.text));
        }
    if (const std::size_t rows = filled_rows(matter).size(); rows > 0)
        words += "　" + std::to_string(rows) + "行";
    return words;
}

// What it is, whose machine's, and from when: no other copy is called the same.
std::string copy_name(const Desk& desk, const Matter& matter) {
    return words_of(desk, matter) + "　（" + desk.find_enrolment()->device + "，" +
           base::clerk_day_minute(matter.updated_at) + "）";
}

// Of its form this desk files one sheet for each period.
bool has_one_sheet(const Desk& desk, const base::FormId& form, const base::Period& period) {
    const auto duty = desk.find_duty(form, period);
    return duty && !duty->form->many;
}

// That sheet; nothing of a form with many.
std::optional<Matter> only_sheet(const Desk& desk, const base::FormId& form,
                                 const base::Period& period) {
    if (!has_one_sheet(desk, form, period)) return std::nullopt;
    for (const Matter& mine : desk.matters(form, period))
        if (counts(mine.state)) return mine;
    return std::nullopt;
}

} // namespace

const char* handover_word(Handover handover) {
    switch (handover) {
    case Handover::fresh: return "接收";
    case Handover::revision: return "接收修改";
    case Handover::here: return "本机已有";
    case Handover::copy: return "另存一份";
    case Handover::waits: return "请先同步";
    }
    return "";
}

int Rescue::count(Handover handover) const {
    return int(std::count_if(drafts.begin(), drafts.end(), [&](const RescueDraft& draft) {
        return draft.handover == handover;
    }));
}

// The desk of the file and its drafts, in its order, with what is to become of them.
struct Desk::Rescued {
    struct Found {
        Matter           matter;
        RescueDraft      draft;
        std::string      name;    // As a copy.
        base::EnvelopeId beside;  // Of a copy: the matter here that stays.
        base::EnvelopeId removed; // An empty one here that makes room.
    };
    Desk               desk;
    std::vector<Found> found;

    static base::Result<Rescued> read(const Desk& here, base::ByteView file);
    // `sent`: its newest version that the server has, as that machine knew.
    void judge(const Desk& here, const std::optional<base::EnvelopeId>& sent, Found& one) const;
    void judge_copy(const Desk& here, Found& one) const; // What was a copy on that machine already.
    bool is_same(const Desk& here, const Found& one, const Matter& mine) const;
    // Becomes a copy beside that matter, unless it is kept there already.
    void keep_beside(const Desk& here, const base::EnvelopeId& mine, Found& one) const;
    // Earlier versions of the notice by which the drafts were typed: only such as the server has
    // named, whose bytes the digest vouches for.
    base::Status hand_editions(Desk& here) const;
};

base::Result<Desk::Rescued> Desk::Rescued::read(const Desk& here, base::ByteView file) {
    Inside& inside = *here.m_inside;
    if (!inside.enrolment || inside.current == nullptr)
        return base::fail(Outcome::not_enrolled, "this desk has no notice yet");
    SHENBAO_ASSIGN(sqlite::Database database, open_file(file));
    auto opened = Desk::open(std::move(database), inside.clock, inside.random);
    if (!opened) return base::fail(Outcome::bad_file, opened.error().detail);
    Rescued          rescued{std::move(*opened), {}};
    const Enrolment* enrolment = rescued.desk.find_enrolment();
    if (enrolment == nullptr) return base::fail(Outcome::not_enrolled, "nor was that of the file");
    if (enrolment->unit.unit != inside.enrolment->unit.unit)
        return base::fail(Outcome::foreign_unit, enrolment->unit.name);
    if (!(enrolment->server_key == inside.enrolment->server_key))
        return base::fail(Outcome::foreign_server, "another server's");

    auto roots = rescued.desk.m_inside->database.prepare(
        "SELECT root, (SELECT e.id FROM envelopes e WHERE e.root = m.root AND e.kind = 'filing' "
        "AND e.state = 'accepted' ORDER BY e.position DESC LIMIT 1) "
        "FROM matters m WHERE deleted_at IS NULL ORDER BY position");
    for (;;) {
        SHENBAO_ASSIGN(const bool has_row, roots.step());
        if (!has_row) break;
        const auto root = base::parse_envelope_id(roots.text_view(0));
        auto       matter = root ? rescued.desk.find_matter(*root) : std::nullopt;
        if (!matter) return base::fail(Outcome::bad_file, roots.text(0));
        if (!is_open(matter->state) && matter->state != MatterState::queued) continue;
        if (is_blank(*matter)) continue;
        const bool was_signed =
            matter->state == MatterState::queued || matter->state == MatterState::refused;
        Found one;
        one.draft = {*root, words_of(rescued.desk, *matter), was_signed, matter->updated_at,
                     Handover::fresh};
        one.name = copy_name(rescued.desk, *matter);
        one.matter = std::move(*matter);
        rescued.judge(here,
                      roots.is_null(1) ? std::nullopt
                                       : std::optional(base::EnvelopeId(roots.text(1))),
                      one);
        rescued.found.push_back(std::move(one));
    }
    // What that machine had taken from another, and kept beside its own, nobody else may have.
    SHENBAO_ASSIGN(const auto copies, rescued.desk.m_inside->kept_copies());
    for (const Inside::KeptCopy& copy : copies) {
        SHENBAO_ASSIGN(auto matter, rescued.desk.m_inside->read_matter(copy.id, true));
        if (!matter) return base::fail(Outcome::bad_file, copy.id.text());
        Found one;
        one.draft = {copy.id, copy.name, false, matter->updated_at, Handover::fresh};
        one.name = copy.name;
        one.beside = copy.of;
        one.matter = std::move(*matter);
        rescued.judge_copy(here, one);
        rescued.found.push_back(std::move(one));
    }
    return rescued;
}

bool Desk::Rescued::is_same(const Desk& here, const Found& one, const Matter& mine) const {
    return same(one.matter, desk.form_of(one.matter), mine, here.form_of(mine));
}

void Desk::Rescued::keep_beside(const Desk& here, const base::EnvelopeId& mine,
                                Found& one) const {
    one.draft.handover = Handover::copy;
    one.beside = mine;
    const auto copies = here.m_inside->kept_copies();
    if (!copies) return;
    for (const Inside::KeptCopy& kept : *copies) {
        const auto copy = here.m_inside->read_matter(kept.id, true);
        if (kept.of == mine && copy && *copy && is_same(here, one, **copy))
            one.draft.handover = Handover::here;
    }
}

void Desk::Rescued::judge_copy(const Desk& here, Found& one) const {
    auto mine = here.find_matter(one.beside);
    if (!mine || !counts(mine->state))
        mine = only_sheet(here, one.matter.form, one.matter.period);
    if (mine) {
        keep_beside(here, mine->root, one);
        if (is_same(here, one, *mine)) one.draft.handover = Handover::here;
        return;
    }
    const bool single = has_one_sheet(here, one.matter.form, one.matter.period);
    for (const Found& other : found) {
        if (other.draft.handover != Handover::fresh) continue;
        if (other.matter.root == one.beside ||
            (single && other.matter.form == one.matter.form &&
             other.matter.period == one.matter.period))
            return keep_beside(here, other.matter.root, one);
    }
}

void Desk::Rescued::judge(const Desk& here, const std::optional<base::EnvelopeId>& sent,
                          Found& one) const {
    Handover& handover = one.draft.handover;
    if (const auto mine = here.find_matter(one.matter.root)) {
        const bool as_sent = is_delivered(mine->state) && counts(mine->state) &&
                             !is_frozen(mine->state) && sent && mine->newest == sent;
        if (is_same(here, one, *mine)) handover = Handover::here;
        else if (as_sent) handover = Handover::revision;
        else keep_beside(here, mine->root, one);
        return;
    }
    if (sent) {
        handover = Handover::waits;
        return;
    }
    const bool single = has_one_sheet(here, one.matter.form, one.matter.period);
    for (const Matter& mine : here.matters(one.matter.form, one.matter.period)) {
        if (!counts(mine.state)) continue;
        if (is_same(here, one, mine)) {
            handover = Handover::here;
            return;
        }
        if (!single) continue;
        if (is_open(mine.state) && !mine.newest && is_blank(mine)) one.removed = mine.root;
        else keep_beside(here, mine.root, one);
    }
    if (handover != Handover::fresh) one.removed = {}; // Nothing needs room.
}

base::Status Desk::Rescued::hand_editions(Desk& here) const {
    const auto published = here.m_inside->published;
    for (const protocol::PublishedNotice& one : published) {
        if (std::none_of(found.begin(), found.end(), [&](const Found& draft) {
                return draft.matter.notice == one.ref.sha256;
            }))
            continue;
        auto select =
            desk.m_inside->database.prepare("SELECT document FROM packages WHERE sha256 = ?");
        SHENBAO_ASSIGN(const bool has, select.bind(one.ref.sha256).step());
        if (!has) continue;
        const auto taken = here.accept_edition(select.text(0), one.ref);
        if (!taken && taken.error().outcome == Outcome::storage_failed) return taken;
    }
    return {};
}

base::Result<Rescue> Desk::preview_rescue(base::ByteView file) {
    const FileLooked looked;
    SHENBAO_ASSIGN(const Rescued rescued, Rescued::read(*this, file));
    const Enrolment& theirs = *rescued.desk.find_enrolment();
    Rescue           rescue{theirs.unit.name, theirs.device, {}, {}};
    for (const Rescued::Found& one : rescued.found) {
        rescue.updated_at = std::max(rescue.updated_at, one.draft.updated_at);
        rescue.drafts.push_back(one.draft);
    }
    return rescue;
}

base::Status Desk::Inside::write_foreign(const Matter& typed) {
    const notice::Form* form =
        current == nullptr ? nullptr : edition_at(typed.notice).package.find_form(typed.form);
    for (const char* table : {"draft_values", "draft_notes"})
        SHENBAO_TRY(database.prepare("DELETE FROM " + std::string(table) + " WHERE root = ?")
                        .bind(typed.root)
                        .run());
    for (const auto& [cell, value] : typed_in(typed, form)) {
        if (!base::is_utf8(value.text) || value.text.size() > base::limits::text_field_bytes_max ||
            cell.first < 0 || cell.first > int(base::limits::rows_max))
            return base::fail(Outcome::bad_file, cell.second.text());
        const notice::Field* field = field_in(form, cell);
        const bool picked = field != nullptr && field->type == notice::FieldType::certificate &&
                            value.value.is_string();
        SHENBAO_TRY(write_value(typed.root, cell, value.text,
                                field == nullptr || picked ? value.value
                                                           : read_typed(*field, value.text)));
    }
    for (const auto& [rule, note] : typed.notes) {
        if (!base::is_utf8(note) || note.size() > base::limits::note_characters_max * 4)
            return base::fail(Outcome::bad_file, rule.text());
        SHENBAO_TRY(database.prepare("INSERT INTO draft_notes VALUES(?, ?, ?)")
                        .bind(typed.root, rule, note)
                        .run());
    }
    SHENBAO_TRY(database.prepare("UPDATE matters SET notice = ? WHERE root = ?")
                    .bind(typed.notice, typed.root)
                    .run());
    SHENBAO_TRY(touch(typed.root, typed.updated_at));
    return carry_over_and_tell(typed.root);
}

base::Result<RescueUndo> Desk::take_rescue(base::ByteView file) {
    const FileLooked looked;
    SHENBAO_ASSIGN(Rescued rescued, Rescued::read(*this, file));
    SHENBAO_TRY(rescued.hand_editions(*this));
    RescueUndo undo;
    Inside&    here = *m_inside;
    std::map<base::EnvelopeId, base::EnvelopeId> renamed; // Roots that were not free here.
    SHENBAO_TRY(here.change([&]() -> base::Status {
        for (Rescued::Found& one : rescued.found) {
            Matter& matter = one.matter;
            switch (one.draft.handover) {
            case Handover::here:
            case Handover::waits: break;
            case Handover::revision:
                SHENBAO_TRY(here.refresh_matter(matter.root, 1));
                SHENBAO_TRY(here.write_foreign(matter));
                undo.revised.push_back(matter.root);
                break;
            case Handover::copy:
            case Handover::fresh: {
                const bool copy = one.draft.handover == Handover::copy;
                const base::EnvelopeId root = matter.root;
                auto known = here.database.prepare("SELECT 1 FROM matters WHERE root = ?");
                SHENBAO_ASSIGN(const bool taken, known.bind(matter.root).step());
                // A copy is hidden: under the root by which the server may yet send the matter it
                // would hide that too.
                if (taken || copy)
                    matter.root = envelope::make_envelope_id(here.clock.now(), here.random);
                if (!copy) renamed.emplace(root, matter.root);
                if (!one.removed.empty()) {
                    SHENBAO_TRY(hide(here.database, one.removed, here.clock.now()));
                    undo.removed.push_back(one.removed);
                }
                SHENBAO_TRY(here.database
                                .prepare("INSERT INTO matters(root, form, period, revising, "
                                         "updated_at, notice) VALUES(?, ?, ?, 1, ?, ?)")
                                .bind(matter.root, matter.form, matter.period, matter.updated_at,
                                      matter.notice)
                                .run());
                SHENBAO_TRY(here.write_foreign(matter));
                (copy ? undo.copies : undo.made).push_back(matter.root);
                if (!copy) break;
                SHENBAO_TRY(hide(here.database, matter.root, here.clock.now()));
                SHENBAO_TRY(here.write_kept(copy_prefix + matter.root.text(),
                                            copy_body(renamed.count(one.beside) > 0
                                                          ? renamed.at(one.beside)
                                                          : one.beside,
                                                      one.name)));
                break;
            }
            }
        }
        return {};
    }));
    return undo;
}

base::Status Desk::undo_rescue(const RescueUndo& taken) {
    for (const base::EnvelopeId& root : taken.revised) {
        const auto matter = find_matter(root);
        if (matter && !is_open(matter->state)) return base::fail(Outcome::table_signed);
    }
    auto known = m_inside->database.prepare(
        "SELECT 1 FROM envelopes WHERE root = ?1 UNION ALL "
        "SELECT 1 FROM matters WHERE root = ?1 AND newest IS NOT NULL");
    for (const base::EnvelopeId& root : taken.made) {
        SHENBAO_ASSIGN(const bool is_signed, known.bind(root).step());
        if (is_signed) return base::fail(Outcome::table_signed);
    }
    for (const base::EnvelopeId& root : taken.revised) SHENBAO_TRY(discard_revision(root));
    return m_inside->change([&]() -> base::Status {
        sqlite::Database& database = m_inside->database;
        for (const auto& roots : {taken.made, taken.copies})
            for (const base::EnvelopeId& root : roots) SHENBAO_TRY(forget(database, root));
        for (const base::EnvelopeId& root : taken.removed)
            SHENBAO_TRY(database.prepare("UPDATE matters SET deleted_at = NULL WHERE root = ?")
                            .bind(root)
                            .run());
        return {};
    });
}

base::Result<std::vector<Desk::Inside::KeptCopy>> Desk::Inside::kept_copies() {
    std::vector<KeptCopy> copies;
    auto select = database.prepare("SELECT substr(name, 6), body FROM kept "
                                   "WHERE substr(name, 1, 5) = ? ORDER BY name");
    select.bind(copy_prefix);
    for (;;) {
        SHENBAO_ASSIGN(const bool has_row, select.step());
        if (!has_row) return copies;
        const auto json = base::parse_json(select.text_view(1));
        const auto member = [&](const char* name) {
            return json && json->is_object() ? json->value(name, Json()) : Json();
        };
        const auto id = base::parse_envelope_id(select.text_view(0));
        const Json of = member("of"), name = member("name");
        const auto root = of.is_string() ? base::parse_envelope_id(of.get<std::string>())
                                         : base::fail(Outcome::bad_file);
        if (!id || !root || !name.is_string())
            return base::fail(Outcome::bad_file, select.text(0));
        copies.push_back({*id, *root, name.get<std::string>()});
    }
}

std::vector<DraftCopy> Desk::copies() const {
    std::vector<DraftCopy> copies;
    const auto             kept = m_inside->kept_copies();
    if (!kept) return copies;
    for (const auto& [id, of, name] : *kept) {
        DraftCopy copy{id, of, name, {}};
        auto      select = m_inside->database.prepare(
            "SELECT v.row, v.field, v.typed, m.form, m.notice FROM draft_values v "
            "JOIN matters m ON m.root = v.root WHERE v.root = ? ORDER BY v.row");
        select.bind(id);
        for (auto row = select.step(); row && *row; row = select.step()) {
            const notice::Form* form = m_inside->edition_at(base::Sha256Hex(select.text(4)))
                                           .package.find_form(base::FormId(select.text(3)));
            const notice::Field* field =
                field_in(form, {int(select.integer(0)), base::FieldId(select.text(1))});
            copy.values.push_back({int(select.integer(0)),
                                   field == nullptr ? select.text(1) : field->label,
                                   select.text(2), ""});
        }
        copies.push_back(std::move(copy));
    }
    return copies;
}

base::Status Desk::use_copy(const base::EnvelopeId& id) {
    SHENBAO_ASSIGN(const auto copies, m_inside->kept_copies());
    SHENBAO_ASSIGN(const auto copy, m_inside->read_matter(id, true));
    const auto known = std::find_if(copies.begin(), copies.end(),
                                    [&](const auto& one) { return one.id == id; });
    if (known == copies.end() || !copy) return base::fail(Outcome::not_found_locally, id.text());
    auto mine = find_matter(known->of);
    if (!mine || !counts(mine->state)) mine = only_sheet(*this, copy->form, copy->period);
    if (!mine) // Nothing is there any more beside which it could be kept.
        return m_inside->change([&]() -> base::Status {
            sqlite::Database& database = m_inside->database;
            SHENBAO_TRY(database.prepare("UPDATE matters SET deleted_at = NULL WHERE root = ?")
                            .bind(id)
                            .run());
            SHENBAO_TRY(m_inside->drop_kept(copy_prefix + id.text()));
            SHENBAO_TRY(m_inside->touch(id, m_inside->clock.now()));
            return m_inside->carry_over_and_tell(id);
        });
    // To take a signature back is nothing that an undo of this could bring again.
    if (!is_open(mine->state)) return base::fail(Outcome::copy_beside_signed, mine->root.text());
    const base::EnvelopeId of = mine->root;
    return m_inside->change([&]() -> base::Status {
        // In three steps, because what is typed in the one must not meet the other's on the way.
        const base::EnvelopeId between("between"), steps[] = {of, between, id, of, between, id};
        for (const char* table : {"draft_values", "draft_notes"})
            for (const int step : {0, 2, 4})
                SHENBAO_TRY(m_inside->database
                                .prepare("UPDATE " + std::string(table) +
                                         " SET root = ? WHERE root = ?")
                                .bind(steps[step + 1], steps[step])
                                .run());
        // What was typed goes with the version of the notice by which it was typed.
        auto under = m_inside->database.prepare("UPDATE matters SET notice = ? WHERE root = ?");
        SHENBAO_TRY(under.bind(copy->notice, of).run());
        SHENBAO_TRY(under.bind(mine->notice, id).run());
        SHENBAO_TRY(m_inside->write_kept(copy_prefix + id.text(),
                                         copy_body(of, copy_name(*this, *mine))));
        SHENBAO_TRY(m_inside->touch(of, m_inside->clock.now()));
        return m_inside->carry_over_and_tell(of);
    });
}

base::Status Desk::drop_copy(const base::EnvelopeId& id) {
    SHENBAO_ASSIGN(const auto copies, m_inside->kept_copies());
    if (std::none_of(copies.begin(), copies.end(),
                     [&](const auto& copy) { return copy.id == id; }))
        return base::fail(Outcome::not_found_locally, id.text());
    return m_inside->change([&] { return forget(m_inside->database, id); });
}

bool Desk::revoked() const { return setting("revoked").has_value(); }

} // namespace device
