#include "tests/server/memory_store.hpp"

#include "shared/base/check.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <tuple>

namespace records {
namespace {

using base::Json;
using base::Result;
using base::Status;

struct Fact {
    StoredEnvelope                            entry;
    std::optional<envelope::VerifiedEnvelope> opened; // Absent for an enrolment.
    std::optional<KeyRecord>                  key;
};

// A matter and the version of it that counts.
struct Matter {
    FilingRecord                newest;
    std::optional<FilingRecord> counting;
    std::vector<FilingRecord>   versions; // Each with its timing as of now.
    std::optional<ReviewRecord> review;
    std::vector<Balance>        approvals; // What should stand in the ledger.
    bool counts() const {
        return newest.form == base::FormId("declaration") && counting.has_value() &&
               newest.stage != Stage::withdrawn && newest.stage != Stage::rejected;
    }
};

struct LedgerLine {
    base::UnitId                unit;
    base::CertificateId         certificate;
    std::string                 level;
    base::Period                period;
    std::string                 kind;
    std::int64_t                amount = 0;
    base::Time                  at;
    base::EnvelopeId            filing, decision;
};

// All that follows from the log, made anew for each question.
struct Told {
    std::map<base::EnvelopeId, Matter>                                          matters;
    std::vector<LedgerLine>                                                     ledger;
    std::map<std::tuple<base::UnitId, base::FormId, base::Period>, ExtensionRecord> extensions;
};

struct World {
    std::vector<Fact>                                                facts;
    std::map<base::Sha256Hex, std::pair<base::NoticeRef, std::string>> packages;
    std::map<std::string, std::string>                               settings;
    std::map<base::KeyId, base::Time>                                seen;
};

template <class Text>
std::optional<Text> text_of(const Json& answers, const char* name) {
    if (!answers.contains(name) || !answers.at(name).is_string()) return std::nullopt;
    return Text(answers.at(name).get<std::string>());
}

Json json_or_null(const std::optional<std::int64_t>& value) {
    return value ? Json(*value) : Json();
}

// Its place among the levels of the notice's declarations.
int level_rank(const notice::Package* package, const std::string& level) {
    const notice::Form* form =
        package == nullptr ? nullptr : package->find_serving(notice::Serves::declared);
    const notice::Field* field = form == nullptr ? nullptr : form->find_standard("level");
    if (field == nullptr) return 0;
    return int(std::find(field->choices.begin(), field->choices.end(), level) -
               field->choices.begin());
}

using Digests = std::vector<std::pair<std::string, std::string>>;

class MemoryStore final : public Store {
public:
    // --- Writing
    Status begin() override {
        m_before = m_world;
        return {};
    }
    Status commit() override { return {}; }
    void   abandon() override {
        m_world = m_before;
        m_told.reset();
    }
    Result<std::int64_t> append(const StoredEnvelope&             entry,
                                const envelope::VerifiedEnvelope& opened) override {
        return add({entry, opened, {}});
    }
    Result<std::int64_t> append_enrolment(const StoredEnvelope& entry,
                                          const KeyRecord&      key) override {
        return add({entry, {}, key});
    }
    Status keep_package(const base::NoticeRef& ref, std::string_view document) override {
        m_world.packages.emplace(ref.sha256, std::pair(ref, std::string(document)));
        return {};
    }
    Status set_setting(std::string_view name, std::string_view value) override {
        m_world.settings[std::string(name)] = value;
        return {};
    }

    Status keep_seen(const std::map<base::KeyId, base::Time>& seen) override {
        for (const auto& [kid, at] : seen) {
            auto& known = m_world.seen[kid];
            known = std::max(known, at);
        }
        return {};
    }

    // --- Facts
    Result<std::int64_t> last_index() override { return std::int64_t(m_world.facts.size()); }
    Result<base::Time>   last_received_at() override {
        return m_world.facts.empty() ? base::Time{} : m_world.facts.back().entry.received_at;
    }
    Result<std::optional<StoredEnvelope>> find_by_sha256(const base::Sha256Hex& sha256) override {
        return find([&](const StoredEnvelope& entry) { return entry.sha256 == sha256; });
    }
    Result<std::optional<StoredEnvelope>> find_by_id(const base::EnvelopeId& id) override {
        return find([&](const StoredEnvelope& entry) { return entry.id == id; });
    }
    Result<std::vector<StoredEnvelope>> page(std::int64_t after, int limit) override {
        return entries(after, limit, [](const StoredEnvelope&) { return true; });
    }
    Result<std::vector<StoredEnvelope>> changes(const Viewer& viewer, std::int64_t after,
                                                int limit) override {
        std::vector<StoredEnvelope> list;
        for (const Fact& fact : m_world.facts) {
            const std::vector<base::UnitId> units = units_about(fact);
            const bool seen =
                (viewer.role == "province" && act<envelope::Announcement>(fact) != nullptr) ||
                std::any_of(units.begin(), units.end(),
                            [&](const auto& unit) { return sees(viewer, unit); });
            if (seen && fact.entry.index > after && int(list.size()) < limit)
                list.push_back(fact.entry);
        }
        return list;
    }
    Result<std::optional<std::string>> find_package(const base::Sha256Hex& sha256) override {
        const auto found = m_world.packages.find(sha256);
        if (found == m_world.packages.end()) return std::nullopt;
        return found->second.second;
    }
    Result<std::optional<std::string>> setting(std::string_view name) override {
        const auto found = m_world.settings.find(std::string(name));
        if (found == m_world.settings.end()) return std::nullopt;
        return found->second;
    }

    // --- Derived
    Result<std::optional<KeyRecord>> find_key(const base::KeyId& kid) override {
        std::optional<KeyRecord> found;
        for (const Fact& fact : m_world.facts) {
            if (fact.key && fact.key->kid == kid) found = fact.key;
            const auto* revocation = act<envelope::Revocation>(fact);
            if (found && revocation != nullptr && revocation->kid == kid) found->revoked = true;
        }
        return found;
    }
    Result<std::optional<CodeRecord>> find_code(std::string_view hash) override {
        const auto codes = all_codes();
        const auto found = codes.find(std::string(hash));
        if (found == codes.end()) return std::nullopt;
        return found->second;
    }
    Result<std::vector<CodeRecord>> open_codes(const Viewer& viewer, base::Time now) override {
        std::vector<CodeRecord> open;
        for (const auto& [hash, code] : all_codes())
            for (const envelope::UnitEntry& unit : all_units())
                if (unit.unit == code.unit && may_see(viewer, unit) && !code.used_by &&
                    code.expires_at > now)
                    open.push_back(code);
        std::stable_sort(open.begin(), open.end(), [](const auto& a, const auto& b) {
            return std::tie(a.unit, a.expires_at) < std::tie(b.unit, b.expires_at);
        });
        return open;
    }
    Result<std::optional<envelope::UnitEntry>> find_unit(const base::UnitId& unit) override {
        for (const envelope::UnitEntry& one : all_units())
            if (one.unit == unit) return one;
        return std::nullopt;
    }
    Result<std::vector<envelope::UnitEntry>> units(const Viewer& viewer) override {
        std::vector<envelope::UnitEntry> seen = all_units();
        std::erase_if(seen, [&](const auto& unit) { return !may_see(viewer, unit); });
        return seen;
    }
    Result<std::vector<UnitChange>> unit_history(const base::UnitId& unit) override {
        std::vector<UnitChange> list;
        for (const Fact& fact : m_world.facts)
            if (const auto* entry = act<envelope::UnitEntry>(fact); entry && entry->unit == unit) {
                list.push_back({fact.entry.index, fact.entry.unit, fact.entry.kid, *entry});
                const base::Time at = fact.entry.received_at;
                list.back().unit.from = std::max(at, entry->from.value_or(at));
            }
        return list;
    }
    Result<std::vector<envelope::UnitEntry>> planned_units() override {
        std::map<base::UnitId, const Fact*> newest;
        for (const Fact& fact : m_world.facts)
            if (const auto* unit = act<envelope::UnitEntry>(fact)) newest[unit->unit] = &fact;
        std::vector<std::pair<std::pair<base::Time, std::int64_t>, envelope::UnitEntry>> plans;
        for (const auto& [unit, fact] : newest)
            if (is_later(*fact)) {
                const auto& entry = *act<envelope::UnitEntry>(*fact);
                plans.push_back({{*entry.from, fact->entry.index}, entry});
            }
        std::sort(plans.begin(), plans.end(),
                  [](const auto& a, const auto& b) { return a.first < b.first; });
        std::vector<envelope::UnitEntry> list;
        for (const auto& [key, entry] : plans) list.push_back(entry);
        return list;
    }
    Result<std::vector<KeyRecord>> devices(const Viewer& viewer) override {
        std::vector<KeyRecord> list;
        const auto             add = [&](const auto& belongs) {
            for (const Fact& fact : m_world.facts)
                if (fact.key && belongs(fact.key->unit) && sees(viewer, fact.key->unit)) {
                    list.push_back(**find_key(fact.key->kid));
                    const auto seen = m_world.seen.find(fact.key->kid);
                    if (seen != m_world.seen.end()) list.back().seen_at = seen->second;
                }
        };
        for (const envelope::UnitEntry& unit : all_units())
            add([&](const base::UnitId& one) { return one == unit.unit; });
        return list;
    }
    Result<std::vector<ExtensionRecord>> extensions(const Viewer& viewer) override {
        std::vector<std::pair<std::int64_t, ExtensionRecord>> found;
        for (const auto& [key, one] : tell().extensions)
            if (sees(viewer, one.extension.for_unit))
                found.push_back({(*find_by_id(one.id))->index, one});
        std::sort(found.begin(), found.end(),
                  [](const auto& a, const auto& b) { return a.first < b.first; });
        std::vector<ExtensionRecord> list;
        for (const auto& [index, one] : found) list.push_back(one);
        return list;
    }
    Result<std::vector<envelope::CatalogueEntry>> catalogue() override {
        std::vector<envelope::CatalogueEntry> list;
        for (const Fact& fact : m_world.facts)
            if (const auto* entry = act<envelope::CatalogueEntry>(fact)) {
                const auto same = std::find_if(list.begin(), list.end(), [&](const auto& one) {
                    return one.certificate == entry->certificate;
                });
                if (same == list.end()) list.push_back(*entry);
                else *same = *entry;
            }
        return list;
    }
    Result<std::vector<PublishedVersion>> notices() override {
        std::vector<PublishedVersion> list;
        for (const Fact& fact : m_world.facts)
            if (const auto* notice = act<envelope::NoticePublication>(fact)) {
                std::erase_if(list, [&](const auto& one) { return one.ref == notice->published; });
                list.push_back({notice->published, fact.entry.received_at});
            }
        return list;
    }
    Result<std::optional<FilingRecord>> find_filing(const base::EnvelopeId& root) override {
        for (const Matter& matter : matters())
            if (matter.newest.root == root) return matter.newest;
        return std::nullopt;
    }
    Result<std::optional<base::EnvelopeId>> find_root(const base::EnvelopeId& version) override {
        for (const Fact& fact : m_world.facts) {
            const auto* filing = act<envelope::Filing>(fact);
            if (filing != nullptr && fact.entry.id == version) return filing->root;
        }
        return std::nullopt;
    }
    Result<std::optional<ReviewRecord>> find_review(const base::EnvelopeId& root) override {
        const Told& told = tell();
        const auto found = told.matters.find(root);
        return found == told.matters.end() ? std::nullopt : found->second.review;
    }
    Result<std::optional<base::Time>> extended_until(const base::UnitId& unit,
                                                     const base::FormId& form,
                                                     const base::Period& period) override {
        const Told& told = tell();
        const auto found = told.extensions.find({unit, form, period});
        if (found == told.extensions.end()) return std::nullopt;
        return found->second.extension.until;
    }
    Result<std::vector<Balance>> balances(const BalanceQuery& query) override {
        std::map<std::pair<base::CertificateId, std::string>, std::int64_t> sums;
        for (const LedgerLine& line : tell().ledger)
            if (line.unit == query.unit && line.period.text().substr(0, 4) == query.year &&
                (!query.at || line.at <= *query.at) &&
                (!query.without || line.filing != *query.without))
                sums[{line.certificate, line.level}] += line.amount;
        std::vector<Balance> list;
        for (const auto& [key, sum] : sums) list.push_back({key.first, key.second, sum});
        return list;
    }
    Result<std::vector<FilingRecord>> filings(const Viewer& viewer,
                                              const FilingQuery& query) override {
        std::vector<FilingRecord> list;
        for (const Matter& matter : matters()) {
            const FilingRecord& one = matter.newest;
            if (sees(viewer, one.unit) && (!query.period || one.period == *query.period) &&
                (!query.form || one.form == *query.form) &&
                (!query.stage || one.stage == *query.stage) &&
                (!query.timing || one.timing == *query.timing) &&
                (!query.city || unit_of(one.unit).city == *query.city) &&
                one.newest_index > query.after)
                list.push_back(one);
        }
        std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) {
            return a.newest_index < b.newest_index;
        });
        if (list.size() > std::size_t(query.limit)) list.resize(std::size_t(query.limit));
        return list;
    }
    Result<Summary> summary(const Viewer& viewer, std::string_view name,
                            const SummaryQuery& query) override;
    // A viewer is concerned by what it may see at the time, and by what is everybody's.
    Result<std::int64_t> as_of(const Viewer& viewer) override {
        if (viewer.role == "province") return last_index();
        std::int64_t                                index = 0;
        std::map<base::UnitId, envelope::UnitEntry> known;
        for (const Fact& fact : m_world.facts) {
            const auto reviewed = [&](const base::UnitId& unit) {
                const auto found = known.find(unit);
                return unit == viewer.unit ||
                       (found != known.end() && found->second.review_by == viewer.unit);
            };
            bool concerns = act<envelope::CatalogueEntry>(fact) != nullptr ||
                            act<envelope::NoticePublication>(fact) != nullptr;
            if (const auto* unit = act<envelope::UnitEntry>(fact); unit && !is_later(fact)) {
                concerns = reviewed(unit->unit); // The bureau that loses it is concerned as well.
                known[unit->unit] = *unit;
                concerns = concerns || reviewed(unit->unit);
            }
            for (const base::UnitId& unit : units_about(fact))
                concerns = concerns || reviewed(unit);
            if (concerns) index = fact.entry.index;
        }
        return index;
    }
    Result<std::int64_t> scope_index(const Viewer& viewer) override {
        std::int64_t index = 0;
        for (const Fact& fact : m_world.facts) {
            const auto* unit = act<envelope::UnitEntry>(fact);
            if (viewer.role == "city" && unit != nullptr && !is_later(fact) &&
                unit->review_by == viewer.unit)
                index = fact.entry.index;
        }
        return index;
    }
    Result<rules::Verdict> judge(const RuleQuestion&) override {
        SHENBAO_CHECK(!"the model judges no rules");
        return rules::Verdict();
    }
    Status rebuild() override { return {}; }
    // Nothing is derived beforehand.
    Result<Digests> digests() override { return Digests(); }

private:
    // By hash. A later word about a code says until when it holds.
    std::map<std::string, CodeRecord> all_codes() const {
        std::map<std::string, CodeRecord> codes;
        for (const Fact& fact : m_world.facts) {
            if (const auto* code = act<envelope::CodeEntry>(fact)) {
                CodeRecord& one = codes[code->code_hash];
                if (one.hash.empty()) one = {code->code_hash, code->unit, code->role, {}};
                one.expires_at = code->expires_at;
            }
            if (fact.key)
                if (const auto used = codes.find(fact.key->code_hash); used != codes.end())
                    used->second.used_by = fact.key->kid;
        }
        return codes;
    }
    std::int64_t add(Fact fact) {
        m_told.reset();
        fact.entry.index = std::int64_t(m_world.facts.size()) + 1;
        m_world.facts.push_back(std::move(fact));
        return m_world.facts.back().entry.index;
    }
    template <class Kind>
    static const Kind* act(const Fact& fact) {
        return fact.opened ? std::get_if<Kind>(&fact.opened->act()) : nullptr;
    }
    template <class Condition>
    std::optional<StoredEnvelope> find(Condition condition) const {
        for (const Fact& fact : m_world.facts)
            if (condition(fact.entry)) return fact.entry;
        return std::nullopt;
    }
    template <class Condition>
    std::vector<StoredEnvelope> entries(std::int64_t after, int limit, Condition condition) const {
        std::vector<StoredEnvelope> list;
        for (const Fact& fact : m_world.facts)
            if (fact.entry.index > after && condition(fact.entry) && int(list.size()) < limit)
                list.push_back(fact.entry);
        return list;
    }
    // An act about a unit that does not hold yet; when it does, another says so.
    static bool is_later(const Fact& fact) {
        const auto* unit = act<envelope::UnitEntry>(fact);
        return unit != nullptr && unit->from && *unit->from > fact.entry.received_at;
    }
    // In the order in which they were first entered, as they were before the place in the log.
    std::vector<envelope::UnitEntry>
    all_units(std::int64_t before = std::numeric_limits<std::int64_t>::max()) const {
        std::vector<envelope::UnitEntry> list;
        for (const Fact& fact : m_world.facts)
            if (const auto* unit = act<envelope::UnitEntry>(fact);
                unit && !is_later(fact) && fact.entry.index < before) {
                const auto same = std::find_if(list.begin(), list.end(), [&](const auto& one) {
                    return one.unit == unit->unit;
                });
                envelope::UnitEntry entry = *unit;
                entry.from.reset();
                if (same == list.end()) list.push_back(entry);
                else *same = entry;
            }
        return list;
    }
    envelope::UnitEntry unit_of(const base::UnitId& unit) const {
        for (envelope::UnitEntry& one : all_units())
            if (one.unit == unit) return one;
        return {};
    }
    bool sees(const Viewer& viewer, const base::UnitId& unit) const {
        return viewer.unit == unit || may_see(viewer, unit_of(unit));
    }
    // The units that the changes feed tells of it; none for what is no such act.
    std::vector<base::UnitId> units_about(const Fact& fact) const {
        std::vector<base::UnitId> audience;
        if (const auto* announcement = act<envelope::Announcement>(fact))
            for (const envelope::UnitEntry& unit : all_units(fact.entry.index))
                if (announcement->to.kind.value_or(unit.kind) == unit.kind &&
                    announcement->to.city.value_or(unit.city) == unit.city &&
                    announcement->to.unit.value_or(unit.unit) == unit.unit)
                    audience.push_back(unit.unit);
        if (const auto* decision = act<envelope::Decision>(fact)) {
            for (const Fact& other : m_world.facts)
                if (other.entry.id == decision->target) return {other.entry.unit};
        }
        if (const auto* extension = act<envelope::Extension>(fact)) return {extension->for_unit};
        if (fact.entry.kind == "filing" || fact.entry.kind == "withdrawal")
            return {fact.entry.unit};
        return audience;
    }
    // By root.
    std::vector<Matter> matters() const {
        std::vector<Matter> list;
        for (auto& [root, matter] : tell().matters) list.push_back(matter);
        return list;
    }
    // What follows from the log as it is now; kept until it grows, because everything asks for it.
    const Told& tell() const {
        if (!m_told) m_told = tell_anew();
        return *m_told;
    }
    Told tell_anew() const {
        Told                                                told;
        std::map<base::UnitId, std::optional<base::UnitId>> reviewers;
        for (const Fact& fact : m_world.facts) {
            if (const auto* unit = act<envelope::UnitEntry>(fact); unit && !is_later(fact))
                reviewers[unit->unit] = unit->review_by;
            if (const auto* withdrawal = act<envelope::Withdrawal>(fact))
                for (auto& [root, matter] : told.matters)
                    if (withdrawal->target == matter.newest.newest)
                        matter.newest.stage = Stage::withdrawn;
            if (const auto* decision = act<envelope::Decision>(fact))
                for (auto& [root, matter] : told.matters)
                    if (decision->target == matter.newest.newest) {
                        const bool bureau = reviewers[matter.newest.unit] == fact.entry.unit;
                        decide(matter, fact, *decision,
                               bureau ? review::Party::bureau : review::Party::province);
                        book(told, matter, fact);
                    }
            if (const auto* extension = act<envelope::Extension>(fact))
                extend(told, fact, *extension);
            if (const auto* filing = act<envelope::Filing>(fact)) file(told, fact, *filing);
        }
        return told;
    }
    static void file(Told& told, const Fact& fact, const envelope::Filing& filing) {
        FilingRecord version;
        version.root = filing.root;
        version.newest = *fact.entry.id;
        version.newest_index = fact.entry.index;
        version.unit = fact.entry.unit;
        version.form = filing.form;
        version.period = filing.period;
        version.timing = fact.entry.timing;
        version.certificate = text_of<base::CertificateId>(filing.answers, "certificate");
        version.level = text_of<std::string>(filing.answers, "level");
        if (filing.answers.contains("headcount"))
            version.headcount = filing.answers.at("headcount").get<std::int64_t>();
        version.received_at = fact.entry.received_at;
        Matter& matter = told.matters[filing.root];
        matter.newest = version;
        matter.versions.push_back(version);
        matter.review.reset();
        if (version.timing != envelope::Timing::late) matter.counting = version;
    }
    void decide(Matter& matter, const Fact& fact, const envelope::Decision& decision,
                review::Party by) const {
        using envelope::ReviewVerdict;
        const bool final_pass = decision.stage == envelope::ReviewStage::final_review &&
                                decision.verdict == ReviewVerdict::pass;
        matter.newest.stage = final_pass                                    ? Stage::approved
                              : decision.verdict == ReviewVerdict::pass      ? Stage::first_passed
                              : decision.verdict == ReviewVerdict::send_back ? Stage::returned
                                                                             : Stage::rejected;
        matter.review = ReviewRecord{*fact.entry.id, by, decision.due};
        matter.newest.approved.reset();
        matter.approvals.clear();
        if (!final_pass) return;
        const Json answers = answers_of(matter.newest.newest);
        if (matter.newest.form == base::FormId("declaration")) {
            const auto* number = std::get_if<std::int64_t>(&decision.approved);
            matter.newest.approved = number != nullptr ? *number : *matter.newest.headcount;
            matter.approvals = {
                {*matter.newest.certificate, *matter.newest.level, *matter.newest.approved}};
        } else if (matter.newest.form == base::FormId("quota_increase")) {
            const auto* numbers = std::get_if<std::vector<std::int64_t>>(&decision.approved);
            for (std::size_t at = 0; at < answers.at("rows").size(); ++at) {
                const Json& row = answers.at("rows")[at];
                const auto  after = numbers != nullptr
                                        ? (*numbers)[at]
                                        : row.at("approved_after").get<std::int64_t>();
                matter.approvals.push_back(
                    {base::CertificateId(row.at("certificate").get<std::string>()),
                     row.at("level").get<std::string>(),
                     after - row.at("approved_before").get<std::int64_t>()});
            }
        }
    }
    Json answers_of(const base::EnvelopeId& version) const {
        for (const Fact& fact : m_world.facts)
            if (fact.entry.id == version) return act<envelope::Filing>(fact)->answers;
        return {};
    }
    static void book(Told& told, const Matter& matter, const Fact& cause) {
        const bool stands = matter.newest.stage == Stage::approved && matter.counting.has_value();
        std::map<std::pair<base::CertificateId, std::string>, std::pair<std::int64_t, std::int64_t>>
            lines; // What should be booked, and what is.
        if (stands)
            for (const Balance& one : matter.approvals)
                lines[{one.certificate, one.level}].first += one.approved;
        for (const LedgerLine& line : told.ledger)
            if (line.filing == matter.newest.root)
                lines[{line.certificate, line.level}].second += line.amount;
        for (const auto& [key, sums] : lines) {
            const auto& [should, booked] = sums;
            if (should == booked) continue;
            const bool        increase = matter.newest.form == base::FormId("quota_increase");
            const std::string kind = !stands       ? "reversal"
                                     : booked != 0 ? "exception"
                                     : increase    ? "increase"
                                                   : "round";
            told.ledger.push_back({matter.newest.unit, key.first, key.second, matter.newest.period,
                                   kind, should - booked, cause.entry.received_at,
                                   matter.newest.root, *cause.entry.id});
        }
    }
    static void extend(Told& told, const Fact& fact, const envelope::Extension& extension) {
        told.extensions[{extension.for_unit, extension.form, extension.period}] = {
            *fact.entry.id, extension, fact.entry.received_at};
        for (auto& [root, matter] : told.matters) {
            if (matter.newest.unit != extension.for_unit || matter.newest.form != extension.form ||
                matter.newest.period != extension.period)
                continue;
            for (FilingRecord& version : matter.versions) {
                if (version.timing == envelope::Timing::late &&
                    version.received_at <= extension.until)
                    version.timing = envelope::Timing::extended;
                if (version.timing != envelope::Timing::late) matter.counting = version;
            }
            matter.newest.timing = matter.versions.back().timing;
            book(told, matter, fact);
        }
    }

    Summary ledger_summary(const Viewer& viewer, const SummaryQuery& query,
                           const std::vector<envelope::UnitEntry>&      units,
                           const std::vector<envelope::CatalogueEntry>& certificates) const {
        Summary made;
        made.columns = {"city", "school_code", "school_name", "school_kind", "at", "kind", "period",
                        "certificate", "certificate_name", "level", "amount", "balance", "filing",
                        "decision"};
        const std::vector<LedgerLine>& ledger = tell().ledger;
        for (const envelope::UnitEntry& unit : units) {
            if (!sees(viewer, unit.unit)) continue;
            std::map<std::tuple<base::CertificateId, std::string, std::string>, std::int64_t> sums;
            for (const LedgerLine& line : ledger) {
                if (line.unit != unit.unit) continue;
                std::int64_t& balance =
                    sums[{line.certificate, line.level, line.period.text().substr(0, 4)}];
                balance += line.amount;
                if (query.period && line.period != *query.period) continue;
                std::string name = line.certificate.text();
                for (const auto& one : certificates)
                    if (one.certificate == line.certificate) name = one.name;
                made.rows.push_back({unit.city, unit.unit.text(), unit.name, unit.kind,
                                     base::to_rfc3339(line.at), line.kind, line.period.text(),
                                     line.certificate.text(), name, line.level, line.amount,
                                     balance, line.filing.text(), line.decision.text()});
            }
        }
        return made;
    }

    World                       m_world, m_before;
    mutable std::optional<Told> m_told;
};

// What a group of counting declarations comes to.
struct Sum {
    std::set<base::UnitId> schools;
    std::int64_t           filings = 0, planned = 0;
    std::optional<std::int64_t> approved; // Of what is decided.
    void add(const FilingRecord& counting, const FilingRecord& newest) {
        schools.insert(counting.unit);
        ++filings;
        planned += counting.headcount.value_or(0);
        if (newest.approved) approved = approved.value_or(0) + *newest.approved;
    }
};

Result<Summary> MemoryStore::summary(const Viewer& viewer, std::string_view name,
                                     const SummaryQuery& query) {
    const auto position = [](const auto& list, auto same) {
        return std::find_if(list.begin(), list.end(), same) - list.begin();
    };
    const auto units = all_units();
    const auto certificates = *catalogue();
    const auto unit_at = [&](const base::UnitId& id) {
        return position(units, [&](const auto& one) { return one.unit == id; });
    };
    const auto certificate_at = [&](const base::CertificateId& id) -> std::ptrdiff_t {
        const auto at =
            position(certificates, [&](const auto& one) { return one.certificate == id; });
        return at == std::ptrdiff_t(certificates.size()) ? -1 : at; // Unknown ones stand first.
    };
    const auto certificate_name = [&](const base::CertificateId& id) {
        const auto at = certificate_at(id);
        return at < 0 ? id.text() : certificates[std::size_t(at)].name;
    };
    if (name == "ledger") return ledger_summary(viewer, query, units, certificates);
    struct Line {
        Matter       matter;
        FilingRecord shown; // The newest version for `rows`, else the one that counts.
    };
    std::vector<Line> lines;
    for (const Matter& matter : matters()) {
        const bool all = name == "rows";
        if (!sees(viewer, matter.newest.unit) || (!all && !matter.counts())) continue;
        if (matter.newest.form != base::FormId("declaration")) continue;
        if (query.period && matter.newest.period != *query.period) continue;
        if (query.stage && matter.newest.stage != *query.stage) continue;
        lines.push_back({matter, all ? matter.newest : *matter.counting});
    }
    const std::vector<std::string> of_unit = {"city", "school_code", "school_name", "school_kind"};
    const std::vector<std::string> of_certificate = {"certificate", "certificate_name", "level"};
    const auto unit_cells = [&](const base::UnitId& id) {
        const envelope::UnitEntry& unit = units[std::size_t(unit_at(id))];
        return std::vector<Json>{unit.city, unit.unit.text(), unit.name, unit.kind};
    };
    const auto certificate_cells = [&](const FilingRecord& shown) {
        return std::vector<Json>{shown.certificate->text(), certificate_name(*shown.certificate),
                                 *shown.level};
    };
    const auto append = [](auto& list, const auto& more) {
        list.insert(list.end(), more.begin(), more.end());
    };
    Summary made;
    if (name == "rows" || name == "sources") {
        append(made.columns, of_unit);
        append(made.columns, of_certificate);
        append(made.columns, name == "rows"
                                 ? std::vector<std::string>{"stage", "timing", "planned_headcount",
                                                            "approved_headcount"}
                                 : std::vector<std::string>{"stage", "planned_headcount",
                                                            "approved_headcount", "filing",
                                                            "root"});
        std::sort(lines.begin(), lines.end(), [&](const Line& a, const Line& b) {
            const auto key = [&](const Line& one) {
                return std::tuple(unit_at(one.shown.unit), certificate_at(*one.shown.certificate),
                                  *one.shown.level, one.shown.root);
            };
            return key(a) < key(b);
        });
        for (const Line& line : lines) {
            std::vector<Json> row = unit_cells(line.shown.unit);
            append(row, certificate_cells(line.shown));
            row.emplace_back(stage_name(line.matter.newest.stage));
            if (name == "rows") row.emplace_back(envelope::timing_name(line.shown.timing));
            row.push_back(json_or_null(line.shown.headcount));
            row.push_back(json_or_null(line.matter.newest.approved));
            if (name == "sources") {
                row.emplace_back(line.shown.newest.text());
                row.emplace_back(line.shown.root.text());
            }
            made.rows.push_back(std::move(row));
        }
        return made;
    }
    // A key that sorts as the summary does, and the cells that head its row.
    using Key = std::tuple<std::ptrdiff_t, std::string, int, std::string>;
    std::map<Key, std::pair<std::vector<Json>, Sum>> groups;
    std::map<std::string, std::ptrdiff_t>            first_of_city;
    for (const Line& line : lines) {
        const auto at = unit_at(line.shown.unit);
        const auto found = first_of_city.emplace(unit_of(line.shown.unit).city, at).first;
        found->second = std::min(found->second, at);
    }
    if (name == "by-school") made.columns = of_unit;
    else if (name == "by-certificate") made.columns = of_certificate;
    else if (name == "by-city") made.columns = {"city"};
    else if (name == "province") groups[{}] = {};
    else return base::fail(base::Outcome::not_found, std::string(name));
    if (name != "by-school") made.columns.emplace_back("schools");
    append(made.columns,
           std::vector<std::string>{"filings", "planned_headcount", "approved_headcount"});
    for (const Line& line : lines) {
        const std::string city = unit_of(line.shown.unit).city;
        Key               key;
        std::vector<Json> head;
        if (name == "by-school") {
            key = {unit_at(line.shown.unit), "", 0, ""};
            head = unit_cells(line.shown.unit);
        } else if (name == "by-certificate") {
            key = {certificate_at(*line.shown.certificate), line.shown.certificate->text(),
                   level_rank(query.package, *line.shown.level), *line.shown.level};
            head = certificate_cells(line.shown);
        } else if (name == "by-city") {
            key = {first_of_city.at(city), "", 0, ""};
            head = {city};
        }
        auto& group = groups[key];
        group.first = head;
        group.second.add(line.shown, line.matter.newest);
    }
    for (const auto& [key, group] : groups) {
        std::vector<Json> row = group.first;
        if (name != "by-school") row.emplace_back(std::int64_t(group.second.schools.size()));
        append(row, std::vector<Json>{group.second.filings, group.second.planned,
                                      json_or_null(group.second.approved)});
        made.rows.push_back(std::move(row));
    }
    return made;
}

} // namespace

std::unique_ptr<Store> make_memory_store() { return std::make_unique<MemoryStore>(); }

} // namespace records
