// What every Store must do, whatever stands behind it. A new engine is one more line in `stores`.
// Random histories are compared with the plain model (memory_store.hpp) after each commit.
#include "tests/server/memory_store.hpp"
#include "tests/server/town.hpp"

#include "server/records/sqlite_store.hpp"
#include "shared/base/check.hpp"
#include "shared/base/text.hpp"

#include <doctest/doctest.h>

#include <map>

namespace notice {
extern const std::string_view shipped_text;
}

namespace {

using base::Json;
using envelope::Timing;
using records::Store;
using records::Viewer;

struct Kind {
    const char* name;
    std::unique_ptr<Store> (*open)(const std::string& folder); // The same folder: the same records.
    bool lasting;
};

const Kind stores[] = {
    {"SQLite",
     [](const std::string& folder) {
         auto opened = records::open_sqlite_store(folder + "/store.db", sqlite::OpenMode::create);
         SHENBAO_CHECK(opened.has_value());
         return std::move(*opened);
     },
     true},
    {"the model", [](const std::string&) { return records::make_memory_store(); }, false},
};

// Makes facts as a server would hand them to the Store.
class Scribe {
public:
    explicit Scribe(unsigned seed) : m_choice(seed), m_key(envelope::SecretKey::make(m_random)) {}

    struct Fact {
        records::StoredEnvelope    entry;
        envelope::VerifiedEnvelope opened;
    };
    Fact act(const envelope::Act& act) {
        const base::UnitId operator_id("operator");
        const envelope::Common common{next_id(), operator_id, m_notice, {}, "x"};
        const auto             sealed = envelope::seal_act(common, act, m_key);
        return open(sealed.text(), operator_id, Timing::on_time);
    }
    Fact filing(const base::UnitId& unit, const char* period, const std::string& certificate,
                const char* level, std::int64_t headcount, Timing timing,
                const Fact* replaced = nullptr) {
        const std::string id = next_id().text();
        Json payload = common("filing", id, unit);
        payload["form"] = "declaration";
        payload["period"] = period;
        payload["root"] = replaced == nullptr ? id : root_of(*replaced).text();
        payload["replaces"] = replaced == nullptr ? Json() : Json(replaced->entry.id->text());
        payload["answers"] = {
            {"certificate", certificate}, {"level", level}, {"headcount", headcount}};
        payload["notes"] = Json::object();
        payload["attachments"] = Json::array();
        return open(town::sign(payload, m_key), unit, timing);
    }
    Fact withdrawal(const Fact& target) {
        Json payload = common("withdrawal", next_id().text(), target.entry.unit);
        payload["target"] = target.entry.id->text();
        payload["reason"] = "重复申报";
        return open(town::sign(payload, m_key), target.entry.unit, Timing::on_time);
    }
    Fact increase(const base::UnitId& unit, const Json& rows) {
        const std::string id = next_id().text();
        Json payload = common("filing", id, unit);
        payload["form"] = "quota_increase";
        payload["period"] = "2023";
        payload["root"] = id;
        payload["replaces"] = nullptr;
        payload["answers"] = {{"rows", rows}, {"contact", "甲"}, {"phone", "0558-5551234"}};
        payload["notes"] = Json::object();
        payload["attachments"] = Json::array();
        return open(town::sign(payload, m_key), unit, Timing::on_time);
    }
    Fact decision(const base::UnitId& by, const envelope::Decision& decision) {
        const envelope::Common common{next_id(), by, m_notice, {}, "x"};
        return open(envelope::seal_act(common, decision, m_key).text(), by, Timing::on_time);
    }
    // A key of a unit, as intake hands it on.
    std::pair<records::StoredEnvelope, records::KeyRecord> enrolment(const base::UnitId& unit) {
        m_now.microseconds += 1000000;
        const auto              key = envelope::SecretKey::make(m_random);
        const std::string       hash = base::sha256_hex(key.id().text()).text();
        const base::Time        made_at{m_now.microseconds - 5000000};
        const std::string       text = envelope::sign_jws(
            protocol::write_enrolment_request({"ABCD-EFGH-JKMN", "二号机", made_at}), key,
            envelope::HeaderKey::jwk);
        records::StoredEnvelope entry;
        entry.kind = "enrolment";
        entry.unit = unit;
        entry.kid = key.id();
        entry.sha256 = base::sha256_hex(text);
        entry.text = text;
        entry.received_at = m_now;
        entry.detail = hash;
        return {entry,
                {key.id(), unit, "school", "二号机", key.public_key(), false, hash, made_at}};
    }
    base::Time  now() const { return m_now; }
    std::size_t below(std::size_t count) {
        m_choice = m_choice * 6364136223846793005u + 1442695040888963407u; // Knuth's MMIX.
        return std::size_t(m_choice >> 33) % count;
    }
    static base::EnvelopeId root_of(const Fact& fact) {
        return std::get<envelope::Filing>(fact.opened.act()).root;
    }

private:
    base::EnvelopeId next_id() { return envelope::make_envelope_id(m_now, m_random); }
    Json common(const char* kind, const std::string& id, const base::UnitId& unit) {
        return {{"kind", kind},
                {"id", id},
                {"unit", unit.text()},
                {"notice", m_notice.text()},
                {"made_at", base::to_rfc3339(m_now)},
                {"anchor", "x"}};
    }
    Fact open(const std::string& text, const base::UnitId& unit, Timing timing) {
        m_now.microseconds += 1000000;
        const auto jws = envelope::Jws::parse(text, envelope::HeaderKey::kid);
        SHENBAO_CHECK(jws.has_value());
        auto opened = envelope::open(*jws, m_key.public_key());
        SHENBAO_CHECK(opened.has_value());
        records::StoredEnvelope entry;
        entry.id = opened->common().id;
        entry.kind = envelope::kind_name(opened->act());
        entry.unit = unit;
        entry.kid = m_key.id();
        entry.sha256 = jws->sha256();
        entry.text = text;
        entry.received_at = m_now;
        entry.timing = timing;
        return {entry, *opened};
    }
    std::uint64_t       m_choice; // The same history for the same seed.
    base::SystemRandom  m_random;
    envelope::SecretKey m_key;
    base::NoticeRef     m_notice{base::NoticeId("anhui-2023-14"),
                             base::sha256_hex(notice::shipped_text)};
    base::Time          m_now = town::at("2023-03-29T09:00:00+08:00");
};

void append(Store& store, const Scribe::Fact& fact) {
    REQUIRE(store.begin().has_value());
    REQUIRE(store.append(fact.entry, fact.opened).has_value());
    REQUIRE(store.commit().has_value());
}

const Viewer viewers[] = {town::province,
                          {base::UnitId("341600"), "city"},
                          {base::UnitId("341300"), "city"},
                          {base::UnitId("D001"), "school"},
                          {base::UnitId("D003"), "school"},
                          {base::UnitId("D004"), "school"},
                          {base::UnitId("nobody"), "school"}};

std::string told(const std::vector<records::StoredEnvelope>& list) {
    std::string text;
    for (const auto& one : list)
        text += std::to_string(one.index) + " " + one.sha256.text() + " " + one.detail + "\n";
    return text;
}

std::string told(const std::optional<records::CodeRecord>& code) {
    return code ? code->unit.text() + " " + code->role + " " + base::to_rfc3339(code->expires_at) +
                      " " + (code->used_by ? code->used_by->text() : "-")
                : "no code";
}

std::string told(Store& store, const base::EnvelopeId& root) {
    const auto review = store.find_review(root);
    REQUIRE(review.has_value());
    if (!*review) return "-";
    return (*review)->decision.text() + " " + std::string(review::party_name((*review)->by)) + " " +
           ((*review)->due ? base::to_rfc3339(*(*review)->due) : "-");
}

// What the judge asks of a unit: its windows and its balances, now and at moments before.
std::string told(Store& store, const base::UnitId& unit, base::Time now) {
    std::string text;
    for (const char* period : {"2023-spring", "2023-autumn"}) {
        const auto until =
            store.extended_until(unit, base::FormId("declaration"), base::Period(period));
        REQUIRE(until.has_value());
        text += *until ? base::to_rfc3339(**until) + " " : "- ";
    }
    for (const std::int64_t before : {0, 20, 60}) {
        const base::Time at{now.microseconds - before * 1000000};
        const auto       balances = store.balances({unit, "2023", at, {}});
        REQUIRE(balances.has_value());
        for (const records::Balance& one : *balances)
            text += one.certificate.text() + one.level + "=" + std::to_string(one.approved) + " ";
        text += "; ";
    }
    return text + "\n";
}

// Everything that a viewer can read, as one text.
// A notice whose levels stand in another order, which no order of their words is.
const notice::Package& other_levels() {
    static const notice::Package package = [] {
        Json document = *base::parse_json(notice::shipped_text);
        for (Json& form : document["forms"])
            for (Json& field : form["fields"])
                if (field.contains("choices") && field["choices"].size() == 3)
                    field["choices"] = {"高级", "初级", "中级"};
        const auto loaded = notice::load(base::to_text(document));
        SHENBAO_CHECK(loaded.package.has_value());
        return *loaded.package;
    }();
    return package;
}

std::string everything(Store& store, const Viewer& viewer) {
    std::string text = "as of " + std::to_string(*store.as_of(viewer)) + ", scope " +
                       std::to_string(*store.scope_index(viewer)) + "\n" +
                       told(*store.changes(viewer, 0, 100000));
    const auto units = store.units(viewer);
    const auto add_unit = [&](const envelope::UnitEntry& unit) {
        text += unit.unit.text() + " " + unit.name + " " +
                (unit.review_by ? unit.review_by->text() : "-") + " " +
                (unit.from ? base::to_rfc3339(*unit.from) : "-") + "\n";
    };
    for (const auto& unit : *units) {
        add_unit(unit);
        const auto history = store.unit_history(unit.unit);
        for (const records::UnitChange& change : *history) {
            text += std::to_string(change.index) + " " + change.by.text() + " ";
            add_unit(change.unit);
        }
    }
    const auto planned = store.planned_units();
    for (const auto& unit : *planned) add_unit(unit);
    const auto devices = store.devices(viewer);
    for (const records::KeyRecord& key : *devices)
        text += key.kid.text() + " " + key.unit.text() + " " + key.device + " " + key.role +
                (key.revoked ? " revoked " : " ") + base::to_rfc3339(key.enrolled_at) + " " +
                (key.seen_at ? base::to_rfc3339(*key.seen_at) : "-") + " " +
                told(*store.find_code(key.code_hash)) + "\n";
    const auto codes = store.open_codes(viewer, base::Time{});
    for (const records::CodeRecord& code : *codes)
        text += code.hash + " " + code.unit.text() + " " + base::to_rfc3339(code.expires_at) + "\n";
    const auto extensions = store.extensions(viewer);
    for (const records::ExtensionRecord& one : *extensions)
        text += one.id.text() + " " + one.extension.for_unit.text() + " " +
                base::to_rfc3339(one.extension.until) + " " + one.extension.reason + " " +
                base::to_rfc3339(one.received_at) + "\n";
    const auto add_filings = [&](const records::FilingQuery& query) {
        const auto filings = store.filings(viewer, query);
        for (const auto& one : *filings)
            text += one.root.text() + " " + one.newest.text() + " " + std::to_string(one.newest_index) +
                    " " + std::string(records::stage_name(one.stage)) + " " +
                    std::string(envelope::timing_name(one.timing)) + " " +
                    std::to_string(one.headcount.value_or(-1)) + " " +
                    std::to_string(one.approved.value_or(-1)) + " " + told(store, one.root) + "\n";
        text += ";\n";
    };
    add_filings({});
    records::FilingQuery query;
    query.period = base::Period("2023-spring");
    query.timing = Timing::late;
    add_filings(query);
    query = {};
    query.city = "亳州市";
    query.stage = records::Stage::withdrawn;
    query.limit = 2;
    add_filings(query);
    for (const char* name :
         {"rows", "by-school", "by-certificate", "by-city", "province", "sources", "ledger"})
        for (const records::SummaryQuery& asked :
             {records::SummaryQuery{},
              records::SummaryQuery{.period = base::Period("2023-autumn")},
              records::SummaryQuery{.stage = records::Stage::submitted},
              records::SummaryQuery{.package = &other_levels()}}) {
            text += std::string(name) + ":\n";
            const auto made = store.summary(viewer, name, asked);
            REQUIRE(made.has_value());
            for (const std::string& column : made->columns) text += column + " ";
            text += "\n";
            for (const auto& row : made->rows) text += base::to_text(row) + "\n";
        }
    return text;
}

// What the notice calls its forms and fields is read from its package.
void keep_notice(Store& store) {
    const base::NoticeRef ref{base::NoticeId("anhui-2023-14"),
                              base::sha256_hex(notice::shipped_text)};
    REQUIRE(store.begin().has_value());
    REQUIRE(store.keep_package(ref, notice::shipped_text).has_value());
    REQUIRE(store.commit().has_value());
}

void enter_roster(Store& store, Scribe& scribe) {
    keep_notice(store);
    for (const auto& unit : town::units()) append(store, scribe.act(unit));
    for (const auto& entry : town::catalogue()) append(store, scribe.act(entry));
}

} // namespace

TEST_CASE("facts are numbered from one without gaps and found by what they are") {
    for (const Kind& kind : stores) {
        CAPTURE(kind.name);
        const town::Folder folder;
        auto               store = kind.open(folder.path);
        Scribe             scribe(1);
        CHECK(*store->last_index() == 0);
        CHECK(!store->find_by_sha256(base::Sha256Hex(std::string(64, '1')))->has_value());
        enter_roster(*store, scribe);
        const auto declared = scribe.filing(base::UnitId("D001"), "2023-spring", "X002", "初级", 40,
                                            Timing::on_time);
        const auto before = *store->last_index();
        append(*store, declared);
        CHECK(*store->last_index() == before + 1);
        CHECK(*store->last_received_at() == declared.entry.received_at);
        const auto found = *store->find_by_sha256(declared.entry.sha256);
        REQUIRE(found.has_value());
        CHECK(found->index == before + 1);
        CHECK(found->text == declared.entry.text);
        CHECK((*store->find_by_id(*declared.entry.id))->index == found->index);
        CHECK(**store->find_root(*declared.entry.id) == *declared.entry.id);
        CHECK((*store->page(before, 10)).size() == 1);
        CHECK((*store->page(0, 3)).size() == 3);
        CHECK((*store->page(0, 3)).back().index == 3);
    }
}

TEST_CASE("what is abandoned was never there") {
    for (const Kind& kind : stores) {
        CAPTURE(kind.name);
        const town::Folder folder;
        auto               store = kind.open(folder.path);
        Scribe             scribe(2);
        enter_roster(*store, scribe);
        const std::string before = everything(*store, town::province);
        const auto fact = scribe.filing(base::UnitId("D001"), "2023-spring", "X002", "初级", 40,
                                        Timing::on_time);
        REQUIRE(store->begin().has_value());
        REQUIRE(store->append(fact.entry, fact.opened).has_value());
        store->abandon();
        CHECK(everything(*store, town::province) == before);
        append(*store, fact); // And can come again.
        CHECK(everything(*store, town::province) != before);
    }
}

TEST_CASE("settings and packages are kept") {
    for (const Kind& kind : stores) {
        CAPTURE(kind.name);
        const town::Folder    folder;
        auto                  store = kind.open(folder.path);
        const base::NoticeRef ref{base::NoticeId("某"), base::Sha256Hex(std::string(64, 'a'))};
        CHECK(!store->setting("mode")->has_value());
        CHECK(!store->find_package(ref.sha256)->has_value());
        REQUIRE(store->begin().has_value());
        REQUIRE(store->set_setting("mode", "rehearsal").has_value());
        REQUIRE(store->keep_package(ref, "{}").has_value());
        REQUIRE(store->commit().has_value());
        if (kind.lasting) {
            store.reset();
            store = kind.open(folder.path);
        }
        CHECK(**store->setting("mode") == "rehearsal");
        CHECK(**store->find_package(ref.sha256) == "{}");
    }
}

TEST_CASE("a summary nobody knows is not found") {
    for (const Kind& kind : stores) {
        CAPTURE(kind.name);
        const town::Folder folder;
        auto               store = kind.open(folder.path);
        Scribe             scribe(3);
        enter_roster(*store, scribe);
        append(*store, scribe.filing(base::UnitId("D001"), "2023-spring", "X002", "初级", 40,
                                     Timing::on_time));
        const auto rows = store->summary(town::province, "by-moon", {});
        REQUIRE(!rows.has_value());
        CHECK(rows.error().outcome == base::Outcome::not_found);
    }
}

TEST_CASE("a bureau that loses a school hears of it: what it read before is out of date") {
    for (const Kind& kind : stores) {
        CAPTURE(kind.name);
        const town::Folder folder;
        auto               store = kind.open(folder.path);
        Scribe             scribe(4);
        enter_roster(*store, scribe);
        const auto before = *store->as_of(viewers[1]);
        auto       moved = town::units()[2];
        moved.review_by = base::UnitId("341300");
        append(*store, scribe.act(moved));
        CHECK(*store->as_of(viewers[1]) > before);
        CHECK(*store->scope_index(viewers[2]) == *store->last_index());
        CHECK(store->units(viewers[1])->size() == 2); // Itself and the school it keeps.
    }
}

TEST_CASE("random histories: the Store says what the model says, and rebuilding changes nothing") {
    std::map<std::string, int> kinds; // Of entries of the ledger.
    for (const unsigned seed : {11u, 12u, 13u, 14u}) {
        CAPTURE(seed);
        const town::Folder        folder;
        auto                      store = stores[0].open(folder.path);
        const auto                model = records::make_memory_store();
        Scribe                    scribe(seed);
        std::vector<Scribe::Fact> newest; // Of each matter that is not withdrawn.
        const auto add = [&](const Scribe::Fact& fact) {
            append(*store, fact);
            append(*model, fact);
        };
        keep_notice(*store);
        keep_notice(*model);
        for (const auto& unit : town::units()) add(scribe.act(unit));
        for (const auto& entry : town::catalogue()) add(scribe.act(entry));
        static const char* const schools[] = {"D001", "D002", "D003", "D004"};
        static const char* const certificates[] = {"X001", "X002", "unlisted"};
        static const char* const levels[] = {"初级", "中级", "高级"};
        const auto a_school = [&] { return base::UnitId(schools[scribe.below(4)]); };
        const auto a_period = [&] {
            return scribe.below(3) == 0 ? "2023-autumn" : "2023-spring";
        };
        const auto a_number = [&] { return std::int64_t(scribe.below(500)) + 1; };
        // Of the matter that a fact is the newest version of; only what a judge lets through.
        const auto stage_of = [&](const Scribe::Fact& fact) {
            return (*model->find_filing(Scribe::root_of(fact)))->stage;
        };
        const auto is_open = [&](const Scribe::Fact& fact) {
            const records::Stage stage = stage_of(fact);
            return stage == records::Stage::submitted || stage == records::Stage::returned;
        };
        for (int step = 0; step < 120; ++step) {
            const std::size_t dice = scribe.below(100);
            const Timing timing = scribe.below(4) == 0   ? Timing::late
                                  : scribe.below(9) == 0 ? Timing::extended
                                                         : Timing::on_time;
            const std::size_t at = newest.empty() ? 0 : scribe.below(newest.size());
            if (dice < 30 || newest.empty()) {
                newest.push_back(scribe.filing(a_school(), a_period(),
                                               certificates[scribe.below(3)],
                                               levels[scribe.below(3)], a_number(), timing));
                add(newest.back());
            } else if (dice < 36) {
                Json rows = Json::array();
                for (std::size_t row = 0; row <= scribe.below(3); ++row) {
                    const std::int64_t before = a_number();
                    rows.push_back({{"certificate", certificates[scribe.below(3)]},
                                    {"level", levels[scribe.below(3)]},
                                    {"approved_before", before},
                                    {"approved_after", before + a_number()}});
                }
                newest.push_back(scribe.increase(a_school(), rows));
                add(newest.back());
            } else if (dice < 46) {
                Scribe::Fact& old = newest[at];
                const auto&   filing = std::get<envelope::Filing>(old.opened.act());
                if (filing.form != base::FormId("declaration") || !is_open(old)) continue;
                old = scribe.filing(old.entry.unit, filing.period.text().c_str(), "X002", "中级",
                                    a_number(), timing, &old);
                add(old);
            } else if (dice < 50) {
                if (!is_open(newest[at])) continue;
                add(scribe.withdrawal(newest[at]));
                newest.erase(newest.begin() + std::ptrdiff_t(at));
            } else if (dice < 80) {
                const auto& filing = std::get<envelope::Filing>(newest[at].opened.act());
                envelope::Decision decision;
                decision.target = *newest[at].entry.id;
                decision.stage = scribe.below(3) == 0 ? envelope::ReviewStage::first_review
                                                      : envelope::ReviewStage::final_review;
                decision.verdict = scribe.below(3) == 0
                                       ? static_cast<envelope::ReviewVerdict>(scribe.below(3))
                                       : envelope::ReviewVerdict::pass;
                if (scribe.below(2) == 0) decision.due = scribe.now();
                if (scribe.below(2) == 0 && filing.form == base::FormId("declaration"))
                    decision.approved = a_number() - 1;
                else if (scribe.below(2) == 0 && filing.answers.contains("rows"))
                    decision.approved = std::vector<std::int64_t>(filing.answers.at("rows").size(),
                                                                  a_number());
                decision.reason = "核定";
                const auto unit = *model->find_unit(newest[at].entry.unit);
                const bool bureau = unit->review_by && scribe.below(2) == 0;
                add(scribe.decision(bureau ? *unit->review_by : town::province.unit, decision));
            } else if (dice < 83) {
                const auto [entry, key] = scribe.enrolment(a_school());
                add(scribe.act(envelope::CodeEntry{key.unit, key.role, key.code_hash,
                                                   base::Time{1}}));
                // Nobody has used it yet, or never will; or it is made void when somebody has.
                const envelope::CodeEntry made_void{key.unit, key.role, key.code_hash, {}};
                if (const auto fate = scribe.below(6); fate < 2) {
                    if (fate == 0) add(scribe.act(made_void));
                    continue;
                }
                for (Store* one : {store.get(), model.get()}) {
                    REQUIRE(one->begin().has_value());
                    REQUIRE(one->append_enrolment(entry, key).has_value());
                    REQUIRE(one->keep_seen({{key.kid, scribe.now()}}).has_value());
                    REQUIRE(one->commit().has_value());
                }
                if (scribe.below(3) == 0) add(scribe.act(made_void));
            } else if (dice < 85) {
                const auto devices = model->devices(town::province);
                if (devices->empty()) continue;
                add(scribe.act(envelope::Revocation{
                    (*devices)[scribe.below(devices->size())].kid, "遗失"}));
            } else if (dice < 88) {
                envelope::Announcement told{"请尽快申报。", scribe.now(), {}};
                if (scribe.below(2) == 0) told.to.city = scribe.below(2) == 0 ? "亳州市" : "合肥市";
                if (scribe.below(2) == 0) told.to.kind = "secondary_vocational";
                if (scribe.below(3) == 0) told.to.unit = a_school();
                add(scribe.act(told));
            } else if (dice < 92) {
                const base::Time until{scribe.now().microseconds -
                                       std::int64_t(scribe.below(60)) * 1000000};
                add(scribe.act(envelope::Extension{a_school(), base::FormId("declaration"),
                                                   base::Period(a_period()), until, "停电"}));
            } else if (dice < 96) {
                auto unit = town::units()[2 + scribe.below(3)];
                unit.name += std::to_string(step);
                unit.review_by = base::UnitId(scribe.below(2) == 0 ? "341600" : "341300");
                if (scribe.below(3) == 0) // It holds later, or has held for a while.
                    unit.from = base::Time{scribe.now().microseconds +
                                           (std::int64_t(scribe.below(60)) - 20) * 1000000};
                add(scribe.act(unit));
            } else {
                auto entry = town::catalogue()[scribe.below(2)];
                entry.name += std::to_string(step);
                add(scribe.act(entry));
            }
            CAPTURE(step);
            for (const Viewer& viewer : viewers) {
                CAPTURE(viewer.unit.text());
                REQUIRE(everything(*store, viewer) == everything(*model, viewer));
            }
            const base::UnitId asked = a_school();
            REQUIRE(told(*store, asked, scribe.now()) == told(*model, asked, scribe.now()));
        }
        const auto ledger = model->summary(town::province, "ledger", {});
        for (const auto& row : ledger->rows) ++kinds[row[5].get<std::string>()];
        CHECK(town::rebuilds_to_the_same(*store));
        store.reset();
        store = stores[0].open(folder.path);
        for (const Viewer& viewer : viewers)
            CHECK(everything(*store, viewer) == everything(*model, viewer));
    }
    // The histories are rich enough to mean something.
    for (const char* kind : {"round", "increase", "exception", "reversal"}) CHECK(kinds[kind] > 0);
}
