#include "tests/rules/scenario.hpp"

#include "shared/base/check.hpp"
#include "tests/rules/context.hpp"

#include <cstdio>
#include <map>

namespace scenario {

using base::Json;

const std::vector<Unit> units = {
    {"D001", "亳州示例中专", "secondary_vocational", "亳州市"},
    {"D002", "谯城示例职高", "secondary_vocational", "亳州市"},
    {"D003", "埇桥示例中专", "secondary_vocational", "宿州市"},
    {"D004", "示例职业学院", "higher_vocational", "合肥市"},
};
const std::vector<Certificate> catalogue = {
    {"X001", "示例物流管理", "示例物流公司", {"初级"}, 0},
    {"X002", "示例网页开发", "示例软件公司", {"初级", "中级"}, 30},
};
const std::vector<Phase> phases = {
    {"2023-03-29T09:00:00+08:00", {"2023-spring"}},
    {"2023-05-10T09:00:00+08:00", {"2023-05", "2023"}},
    {"2023-06-12T09:00:00+08:00", {"2023-06", "2023"}},
    {"2023-09-20T09:00:00+08:00", {"2023-09", "2023-autumn", "2023"}},
    {"2023-10-10T09:00:00+08:00", {"2023-10", "2023"}},
    {"2023-11-14T09:00:00+08:00", {"2023-11", "2023"}},
    {"2023-12-26T09:00:00+08:00", {"2023-12", "2023"}},
};

namespace {

constexpr int filings_per_phase = 450;

// SplitMix64: the same numbers on every target.
class Chance {
public:
    std::uint64_t next() {
        std::uint64_t z = (m_state += 0x9E3779B97F4A7C15u);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
        return z ^ (z >> 31);
    }
    std::int64_t below(std::int64_t bound) {
        return std::int64_t(next() % std::uint64_t(bound));
    }
    bool one_in(int many) { return below(many) == 0; }
    template <class Item>
    const Item& of(const std::vector<Item>& items) {
        return items[std::size_t(below(std::int64_t(items.size())))];
    }

private:
    std::uint64_t m_state = 20230316;
};

// What a unit has filed and was not refused: the newest version.
struct Matter {
    std::string  unit, form, period, root, newest;
    Json         answers;
    std::int64_t position = 0;
};

class Maker {
public:
    explicit Maker(const notice::Package& package)
        : m_package(package), m_database(rules_test::open_context()) {
        auto engine = rules::Engine::prepare(m_database, package, rules_test::views);
        SHENBAO_CHECK(engine.has_value());
        m_engine = std::make_unique<rules::Engine>(std::move(*engine));
        auto insert = m_database.prepare("INSERT INTO t_catalogue VALUES(?, ?, ?, ?, ?)");
        for (const Certificate& one : catalogue)
            for (const char* level : one.levels) {
                const std::optional<std::int64_t> least =
                    one.min_headcount == 0 ? std::nullopt : std::optional(one.min_headcount);
                run(insert.bind(one.id, one.name, one.organisation, level, least));
            }
    }

    Year make() {
        for (std::size_t phase = 0; phase < phases.size(); ++phase) {
            grow_ledger(phase);
            for (int i = 0; i < filings_per_phase; ++i) make_filing(phase);
        }
        return std::move(m_year);
    }

private:
    static void run(sqlite::Statement& statement) { SHENBAO_CHECK(statement.run().has_value()); }

    // The first two units have numbers from May on, the third only from October; the fourth loses
    // what it had. Autumn and increases add to them.
    void grow_ledger(std::size_t phase) {
        const auto enter = [&](const char* unit, const char* certificate, const char* level,
                               std::int64_t amount) {
            m_year.ledger.push_back({phase, unit, certificate, level, amount});
        };
        if (phase == 1) {
            enter("D001", "X001", "初级", 100);
            enter("D001", "X002", "中级", 50);
            enter("D002", "X002", "初级", 3);
            enter("D004", "X001", "初级", 70);
        }
        if (phase == 3) enter("D001", "X001", "初级", 25);
        if (phase == 4) {
            enter("D001", "X002", "初级", 200);
            enter("D003", "X002", "初级", 40);
            enter("D004", "X001", "初级", -70);
        }
    }

    std::map<std::pair<std::string, std::string>, std::int64_t> quota_of(const std::string& unit) {
        std::map<std::pair<std::string, std::string>, std::int64_t> quota;
        for (const Entry& entry : m_year.ledger)
            if (entry.unit == unit) quota[{entry.certificate, entry.level}] += entry.amount;
        for (auto at = quota.begin(); at != quota.end();)
            at = at->second == 0 ? quota.erase(at) : std::next(at);
        return quota;
    }

    std::vector<const Matter*> matters(const std::string& unit, const std::string& form,
                                       const std::string& period) const {
        std::vector<const Matter*> found;
        for (const Matter& one : m_matters)
            if (one.unit == unit && one.form == form && (period.empty() || one.period == period))
                found.push_back(&one);
        return found;
    }

    std::string certificate() { return m_chance.of<std::string>({"X001", "X002", "X002", "X999"}); }
    std::string level() { return m_chance.of<std::string>({"初级", "初级", "中级", "高级"}); }
    std::string contact() {
        return m_chance.one_in(12) ? m_chance.of<std::string>({"****", " 王芳", ""})
                                   : m_chance.of<std::string>({"王芳", "李沚", "欧阳埇"});
    }
    std::string phone() { return m_chance.one_in(25) ? "办公室" : "0551-62831234"; }

    Json declaration() {
        Json answers = {{"certificate", certificate()},
                        {"level", level()},
                        {"headcount", m_chance.of<std::int64_t>(
                                          {0, 1, 29, 30, 31, 40, 40, 100, 1000000, 1000001})}};
        if (m_chance.one_in(30)) answers["headcount"] = "40";
        return answers;
    }

    Json summary(const std::string& unit, const std::string& period) {
        Json rows = Json::array();
        for (const Matter* one : matters(unit, "declaration", period)) {
            if (m_chance.one_in(12)) continue;
            Json row = {{"declaration", one->newest},
                        {"certificate", one->answers.at("certificate")},
                        {"level", one->answers.at("level")},
                        {"headcount", one->answers.at("headcount")}};
            if (m_chance.one_in(12)) row["headcount"] = 77;
            if (m_chance.one_in(20)) row["declaration"] = new_id();
            rows.push_back(row);
            if (m_chance.one_in(12)) rows.push_back(row);
        }
        return {{"contact", contact()}, {"phone", phone()}, {"rows", rows}};
    }

    Json increase(const std::string& unit) {
        const auto quota = quota_of(unit);
        Json       rows = Json::array();
        for (std::int64_t left = m_chance.below(4); left > 0; --left) {
            Json row = {{"certificate", certificate()}, {"level", level()}};
            if (!quota.empty() && !m_chance.one_in(4)) {
                const auto at = std::next(quota.begin(),
                                          m_chance.below(std::int64_t(quota.size())));
                row["certificate"] = at->first.first;
                row["level"] = at->first.second;
            }
            const auto known = quota.find(
                {row["certificate"].get<std::string>(), row["level"].get<std::string>()});
            const std::int64_t before = known == quota.end() ? 0 : known->second;
            row["approved_before"] = m_chance.one_in(8) ? before + 1 : before;
            row["approved_after"] = before + m_chance.of<std::int64_t>({-1, 0, 1, 10, 50, 50, 999});
            rows.push_back(std::move(row));
        }
        return {{"contact", contact()}, {"phone", phone()}, {"rows", rows}};
    }

    Json report(const std::string& unit, const std::string& period) {
        std::int64_t quota = 0;
        for (const auto& [key, amount] : quota_of(unit)) quota += amount;
        Json before; // The newest earlier report.
        for (const Matter* one : matters(unit, "monthly_report", ""))
            if (one->period < period && (before.is_null() || before.at("period") < one->period))
                before = {{"period", one->period}, {"answers", one->answers}};
        const auto earlier = [&](const char* name) {
            return before.is_null() ? std::int64_t(0)
                                    : before.at("answers").at(name).get<std::int64_t>();
        };
        const auto near = [&](std::int64_t value) {
            const std::int64_t off = m_chance.of<std::int64_t>({-1, 0, 0, 0, 0, 1});
            return std::max<std::int64_t>(0, value + off);
        };
        const std::int64_t month = m_chance.of<std::int64_t>({0, 0, 1, 2, 10, 30});
        const std::int64_t assessed = near(earlier("cum_assessed") + month);
        if (m_chance.one_in(15)) return zero_report(quota);
        return {{"quota", m_chance.one_in(8) ? near(quota) : quota},
                {"month_registered", m_chance.of<std::int64_t>({0, 1, 20, 1000000, 1000001})},
                {"month_assessed", month},
                {"cum_assessed", assessed},
                {"cum_certified", m_chance.of<std::int64_t>(
                                      {near(earlier("cum_certified")), near(assessed), assessed / 2})},
                {"cum_fee_paid", near(earlier("cum_fee_paid") + m_chance.below(3) * 4999)},
                {"cum_fee_unpaid", m_chance.of<std::int64_t>({0, 1, 4999, 5000, 100000000001})},
                {"filler", m_chance.one_in(25) ? " 王芳" : "王芳"},
                {"phone", phone()}};
    }
    static Json zero_report(std::int64_t quota) {
        return {{"quota", quota},      {"month_registered", 0}, {"month_assessed", 0},
                {"cum_assessed", 0},   {"cum_certified", 0},    {"cum_fee_paid", 0},
                {"cum_fee_unpaid", 0}, {"filler", "王芳"},      {"phone", "0551-62831234"}};
    }

    Json answers_for(const notice::Form& form, const std::string& unit, const std::string& period) {
        Json answers = form.id.text() == "declaration"      ? declaration()
                       : form.id.text() == "school_summary" ? summary(unit, period)
                       : form.id.text() == "quota_increase" ? increase(unit)
                                                            : report(unit, period);
        if (m_chance.one_in(60)) answers.erase(answers.begin());
        if (m_chance.one_in(60)) answers["school"] = "某校";
        return answers;
    }

    // Explanations of some warnings and hints, and of what is no finding. (One of less than four
    // characters would be a broken payload already.)
    Json notes_for(const notice::Form& form) {
        Json notes = Json::object();
        for (const notice::Rule& rule : form.rules)
            if (rule.severity != notice::Severity::error && !m_chance.one_in(3))
                notes[rule.id.text()] = "上月多计，本月更正。";
        return notes;
    }

    std::string new_id() {
        char text[40];
        std::snprintf(text, sizeof text, "018730d1-5c00-7000-8000-%012llx",
                      static_cast<unsigned long long>(++m_ids));
        return text;
    }

    void make_filing(std::size_t phase) {
        Filing filing;
        filing.phase = phase;
        const Unit& unit = m_chance.of(units);
        filing.unit = unit.id;
        filing.period = m_chance.of(phases[phase].periods);
        std::vector<const notice::Form*> fitting;
        for (const notice::Form& form : m_package.forms)
            if (form.find_window(base::Period(filing.period)) != nullptr) fitting.push_back(&form);
        const notice::Form& form = *m_chance.of(fitting);
        filing.form = form.id.text();
        filing.id = filing.root = new_id();
        const auto standing = matters(filing.unit, filing.form, filing.period);
        // A form that is filed once is replaced mostly, and tried a second time now and then.
        if (!standing.empty() && m_chance.below(8) < (form.many ? 2 : 7)) {
            const Matter* one = m_chance.of(standing);
            filing.root = one->root;
            filing.replaces = one->newest;
        }
        filing.answers = answers_for(form, filing.unit, filing.period);
        filing.notes = notes_for(form);
        judge(form, unit, filing);
        if (filing.outcome == base::Outcome::accepted) accept(filing);
        m_year.filings.push_back(std::move(filing));
    }

    void accept(const Filing& filing) {
        for (Matter& one : m_matters)
            if (one.root == filing.root) {
                one.newest = filing.id;
                one.answers = filing.answers;
                return;
            }
        m_matters.push_back({filing.unit, filing.form, filing.period, filing.root, filing.id,
                             filing.answers, 0});
    }

    void judge(const notice::Form& form, const Unit& unit, Filing& filing) {
        show_context(form, unit, filing);
        rules::Notes notes;
        for (const auto& [rule, note] : filing.notes.items())
            notes.emplace(base::RuleId(rule), note.get<std::string>());
        auto verdict = m_engine->check(form, filing.answers, notes);
        if (!verdict) {
            filing.outcome = verdict.error().outcome;
            return;
        }
        filing.outcome = verdict->filing ? base::Outcome::accepted : base::Outcome::rules_failed;
        filing.findings = std::move(verdict->findings);
    }

    void show_context(const notice::Form& form, const Unit& unit, const Filing& filing) {
        SHENBAO_CHECK(m_database
                          .run_script("DELETE FROM declared; DELETE FROM t_quota; DELETE FROM "
                                      "t_reports; DELETE FROM t_unit; DELETE FROM t_period;")
                          .has_value());
        run(m_put_unit.bind(unit.id, unit.name, unit.kind, unit.city));
        const notice::Window& window = *form.find_window(base::Period(filing.period));
        std::optional<std::string> opens, closes;
        if (!window.always) {
            opens = base::to_iso(window.opens);
            closes = base::to_iso(window.closes);
        }
        const notice::Period& period = *m_package.find_period(base::Period(filing.period));
        static constexpr const char* kinds[] = {"round", "month", "year"};
        run(m_put_period.bind(filing.period, kinds[int(period.kind)], opens, closes));
        for (const auto& [key, amount] : quota_of(filing.unit))
            run(m_put_quota.bind(key.first, key.second, amount));
        for (const Matter* one : matters(filing.unit, "declaration", filing.period)) {
            if (one->root == filing.root) continue;
            const Json& own = one->answers;
            const std::string certificate_id = own.at("certificate").get<std::string>();
            const std::string own_level = own.at("level").get<std::string>();
            run(m_put_declared.bind(one->newest, one->root, certificate_id, own_level,
                                    own.at("headcount").get<std::int64_t>()));
        }
        for (const Matter* one : matters(filing.unit, "monthly_report", "")) {
            if (one->root == filing.root) continue;
            const auto number = [&](const char* name) {
                return one->answers.at(name).get<std::int64_t>();
            };
            run(m_put_report.bind(one->period, number("quota"), number("month_registered"),
                                  number("month_assessed"), number("cum_assessed"),
                                  number("cum_certified"), number("cum_fee_paid"),
                                  number("cum_fee_unpaid")));
        }
    }

    const notice::Package&         m_package;
    sqlite::Database               m_database;
    std::unique_ptr<rules::Engine> m_engine;
    sqlite::Statement m_put_unit = m_database.prepare("INSERT INTO t_unit VALUES(?, ?, ?, ?)");
    sqlite::Statement m_put_period = m_database.prepare("INSERT INTO t_period VALUES(?, ?, ?, ?)");
    sqlite::Statement m_put_quota = m_database.prepare("INSERT INTO t_quota VALUES(?, ?, ?)");
    sqlite::Statement m_put_declared =
        m_database.prepare("INSERT INTO declared VALUES(?, ?, ?, ?, ?)");
    sqlite::Statement m_put_report =
        m_database.prepare("INSERT INTO t_reports VALUES(?, ?, ?, ?, ?, ?, ?, ?)");
    Chance              m_chance;
    std::vector<Matter> m_matters;
    Year                m_year;
    std::uint64_t       m_ids = 0;
};

} // namespace

Year make_year(const notice::Package& package) { return Maker(package).make(); }

std::string verdict_line(base::Outcome outcome, const std::vector<rules::Finding>& findings) {
    return std::to_string(int(outcome)) + " " + base::to_text(rules::to_json(findings)) + "\n";
}

} // namespace scenario
