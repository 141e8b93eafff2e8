#include "server/intake/objections.hpp"

#include "shared/base/check.hpp"
#include "shared/base/limits.hpp"
#include "shared/base/text.hpp"
#include "shared/notice/answers.hpp"

namespace intake {
namespace {

using base::Outcome;
using base::Result;
using review::Party;

// The filing a decision is about, as it was signed.
struct Target {
    envelope::Filing       filing;
    const notice::Package* package = nullptr;
    const notice::Form*    form    = nullptr;
    records::FilingRecord  matter;

    const base::Json& rows() const {
        static const base::Json none = base::Json::array();
        const auto              found = filing.answers.find("rows");
        return found == filing.answers.end() ? none : *found;
    }
    std::int64_t number(const base::Json& members, std::string_view column) const {
        return notice::standard_integer(*form, members, column).value_or(0);
    }
    std::string text(const base::Json& members, std::string_view column) const {
        return notice::standard_text(*form, members, column).value_or("");
    }
};

Result<Target> open_target(Site& site, records::Store& store, const base::EnvelopeId& version,
                           records::FilingRecord matter) {
    SHENBAO_ASSIGN(const auto entry, store.find_by_id(version));
    SHENBAO_CHECK(entry.has_value());
    SHENBAO_ASSIGN(const envelope::VerifiedEnvelope opened, records::open_stored(*entry));
    Target target;
    target.filing = std::get<envelope::Filing>(opened.act());
    target.matter = std::move(matter);
    target.package = site.find_package(opened.common().notice);
    if (target.package == nullptr)
        return base::fail(Outcome::unknown_notice, opened.common().notice.text());
    target.form = target.package->find_form(target.filing.form);
    SHENBAO_CHECK(target.form != nullptr); // It was judged when it came.
    return target;
}

Party party_of(const Speaker& speaker) {
    return speaker.role == rights::Role::province ? Party::province
           : speaker.role == rights::Role::bureau ? Party::bureau
                                                  : Party::school;
}

bool is_blank(const std::string& text) { return base::trim(text).empty(); }

// Reviewers' windows mark a decision, they refuse none.
envelope::Timing mark(const Target& target, envelope::ReviewStage stage, base::Time now) {
    for (const notice::ReviewWindow& window : target.package->review_windows)
        if (window.period == target.filing.period && window.stage == envelope::stage_name(stage) &&
            now >= base::end_of(window.closes))
            return envelope::Timing::late;
    return envelope::Timing::on_time;
}

std::string row_words(std::size_t at, const Target& target, const base::Json& row) {
    return "第" + std::to_string(at + 1) + "行“" + target.text(row, "certificate") +
           target.text(row, "level") + "”";
}

void check_declared_number(const Target& target, const envelope::Decision& decision,
                           Objections& objections) {
    if (std::holds_alternative<std::monostate>(decision.approved)) return;
    const auto*          number = std::get_if<std::int64_t>(&decision.approved);
    const notice::Field* headcount = target.form->find_standard("headcount");
    const std::int64_t   most =
        headcount != nullptr ? headcount->max : base::limits::headcount_max;
    if (number == nullptr || *number < 0 || *number > most)
        objections.add("approved", "approved",
                       "审核通过人数应为0到" + base::grouped(most) + "的一个整数，或者留空。");
}

// An increase stands on a balance: when that has moved since, the number after it would be wrong.
base::Status check_increase(records::Store& store, const Target& target,
                            const envelope::Decision& decision, Objections& objections) {
    const base::Json& rows = target.rows();
    const auto*       numbers = std::get_if<std::vector<std::int64_t>>(&decision.approved);
    const bool        as_filed = std::holds_alternative<std::monostate>(decision.approved);
    if (!as_filed && (numbers == nullptr || numbers->size() != rows.size())) {
        objections.add("approved", "approved",
                       "调增申请有" + std::to_string(rows.size()) +
                           "行，审核通过人数应按行的顺序给出同样多的整数，或者留空。");
        return {};
    }
    SHENBAO_ASSIGN(const auto balances,
                   store.balances({target.matter.unit, target.package->year, std::nullopt,
                                   target.matter.root}));
    const notice::Field* after = target.form->find_standard("approved_after");
    const std::int64_t   most = after != nullptr ? after->max : base::limits::headcount_max;
    for (std::size_t at = 0; at < rows.size(); ++at) {
        const std::int64_t before = target.number(rows[at], "approved_before");
        std::int64_t       balance = 0;
        for (const records::Balance& one : balances)
            if (one.certificate.text() == target.text(rows[at], "certificate") &&
                one.level == target.text(rows[at], "level"))
                balance = one.approved;
        if (balance != before)
            objections.add("approved_before_moved", "rows.approved_before",
                           row_words(at, target, rows[at]) + "填报的原批准人数是" +
                               std::to_string(before) + "人，台账现在是" +
                               std::to_string(balance) + "人，请退回修改。");
        if (numbers != nullptr && ((*numbers)[at] < before || (*numbers)[at] > most))
            objections.add("approved", "approved",
                           row_words(at, target, rows[at]) + "的审核通过人数应为" +
                               std::to_string(before) + "到" + base::grouped(most) + "的整数。");
    }
    return {};
}

} // namespace

Result<bool> may_touch(records::Store& store, const Speaker& speaker, const envelope::Act& act,
                       const base::UnitId& about) {
    SHENBAO_ASSIGN(const auto unit, store.find_unit(about));
    return rights::kind_row(act).reach(speaker.role).has(rights::relation_of(speaker.unit, unit));
}

Result<Ruling> judge_decision(Site& site, records::Store& store, const Speaker& speaker,
                              const envelope::Decision& decision, base::Time now) {
    SHENBAO_ASSIGN(const auto root, store.find_root(decision.target));
    if (!root) return Ruling{Outcome::unknown_target, {}, {}};
    SHENBAO_ASSIGN(auto matter, store.find_filing(*root));
    SHENBAO_CHECK(matter.has_value());
    SHENBAO_ASSIGN(const auto unit, store.find_unit(matter->unit));
    SHENBAO_ASSIGN(const bool touches, may_touch(store, speaker, decision, matter->unit));
    if (!touches || matter->stage == records::Stage::withdrawn)
        return Ruling{Outcome::unknown_target, {}, {}};
    if (matter->newest != decision.target) return Ruling{Outcome::not_newest, {}, {}};
    SHENBAO_ASSIGN(const auto last, store.find_review(*root));
    const review::State state{matter->stage, last ? last->by : Party::school};
    SHENBAO_ASSIGN(const Target target,
                   open_target(site, store, decision.target, std::move(*matter)));
    const review::Step step = review::step(state, review::act_of(decision), party_of(speaker),
                                           review::way_of(*target.form,
                                                          unit->review_by.has_value()));
    Objections objections;
    if (step.outcome == Outcome::rules_failed)
        objections.add("not_decided", "stage",
                       target.form->review == notice::ReviewKind::received
                           ? "“" + target.form->short_title + "”只接收，不审核。"
                           : "这份“" + target.form->short_title + "”不经初审，由省级直接审核。");
    else if (step.outcome != Outcome::accepted) return Ruling{step.outcome, {}, {}};

    const bool final_pass = decision.verdict == envelope::ReviewVerdict::pass &&
                            decision.stage == envelope::ReviewStage::final_review;
    if (const auto fault = review::late_fault(decision.verdict, target.matter.timing))
        objections.add("late_not_extended", "target", *fault);
    if (const auto fault = review::reason_fault(step, decision.verdict, decision.reason))
        objections.add("reason", "reason", *fault);
    if (const auto fault = review::due_fault(decision.verdict, decision.due, now))
        objections.add("due", "due", *fault);
    const bool has_number = !std::holds_alternative<std::monostate>(decision.approved);
    if (final_pass && target.form->serves == notice::Serves::declared)
        check_declared_number(target, decision, objections);
    else if (final_pass && target.form->serves == notice::Serves::increase)
        SHENBAO_TRY(check_increase(store, target, decision, objections));
    else if (has_number)
        objections.add("approved", "approved", "只有省级审核通过才有审核通过人数。");
    return objections.ruling(mark(target, decision.stage, now));
}

Result<Ruling> judge_extension(Site& site, records::Store& store, const Speaker& speaker,
                               const envelope::Extension& extension) {
    const notice::Package& package = *site.package_with(extension.period);
    const notice::Form*    form = package.find_form(extension.form);
    const notice::Window*  window = form == nullptr ? nullptr : form->find_window(extension.period);
    if (window == nullptr) return Ruling{Outcome::unknown_form, {}, {}};
    SHENBAO_ASSIGN(const auto unit, store.find_unit(extension.for_unit));
    SHENBAO_ASSIGN(const bool touches, may_touch(store, speaker, extension, extension.for_unit));
    if (!touches) return Ruling{Outcome::unknown_target, {}, {}};
    if (!package.files(*form, unit->kind)) return Ruling{Outcome::unknown_form, {}, {}};
    Objections objections;
    if (window->always) objections.add("always_open", "form", "此表没有截止时间，不需要延期。");
    // Back to the window's own last moment: that is how an extension is revoked.
    else if (extension.until.microseconds + 1 < window->closes_at().microseconds)
        objections.add("until", "until",
                       "延期应晚于原来的截止时间（" + base::clerk_date(window->closes) + "24时）。");
    if (is_blank(extension.reason)) objections.add("reason", "reason", "延期须写明原因。");
    return objections.ruling(envelope::Timing::on_time);
}

Result<bool> has_more_time(records::Store& store, const base::UnitId& unit,
                           const envelope::Filing& filing, base::Time now) {
    SHENBAO_ASSIGN(const auto until, store.extended_until(unit, filing.form, filing.period));
    if (until && now <= *until) return true;
    if (!filing.replaces) return false;
    SHENBAO_ASSIGN(const auto review, store.find_review(filing.root));
    return review && review->due && now <= *review->due;
}

Result<envelope::Timing> timing_of(records::Store& store, const notice::Window& window,
                                   const base::UnitId& unit, const envelope::Filing& filing,
                                   base::Time now) {
    if (window.always || now < window.closes_at()) return envelope::Timing::on_time;
    SHENBAO_ASSIGN(const bool more, has_more_time(store, unit, filing, now));
    return more ? envelope::Timing::extended : envelope::Timing::late;
}

Result<std::int64_t> total_balance(records::Store& store, const records::BalanceQuery& query) {
    SHENBAO_ASSIGN(const auto balances, store.balances(query));
    std::int64_t total = 0;
    for (const records::Balance& balance : balances) total += balance.approved;
    return total;
}

Result<std::vector<Ruling>> rule_as_operator(Site&                             site,
                                             const std::vector<envelope::Act>& acts,
                                             Purpose                           purpose) {
    SHENBAO_ASSIGN(auto store, site.open_store());
    if (purpose == Purpose::store) SHENBAO_TRY(store->begin());
    SHENBAO_ASSIGN(const base::Time last, store->last_received_at());
    const base::Time    now = site.act_time(last);
    const std::string   anchor = site.make_anchor();
    const Speaker       speaker{base::UnitId("operator"), rights::Role::province};
    std::vector<Ruling> rulings;
    bool                all_accepted = true;
    for (const envelope::Act& act : acts) {
        Result<Ruling> ruling = judge_office_act(site, *store, speaker, act, now);
        if (!ruling) {
            store->abandon();
            return base::fail(ruling.error());
        }
        all_accepted = all_accepted && ruling->outcome == Outcome::accepted;
        if (all_accepted && purpose == Purpose::store)
            if (const auto appended =
                    site.append_operator_act(*store, act, now, ruling->timing, anchor);
                !appended) {
                store->abandon();
                return base::fail(appended.error());
            }
        rulings.push_back(std::move(*ruling));
    }
    if (!all_accepted || purpose == Purpose::preview) store->abandon();
    else SHENBAO_TRY(store->commit());
    return rulings;
}

} // namespace intake
