#include "shared/protocol/transitions.hpp"

#include "shared/base/text.hpp"

namespace review {
namespace {

using base::Outcome;

constexpr std::string_view stage_names[] = {"submitted", "first_passed", "returned",
                                            "approved",  "rejected",     "withdrawn"};
constexpr std::string_view party_names[] = {"school", "bureau", "province"};

using enum Party;
using enum Act;
using enum Stage;

enum class Need { none, reason, reason_out_of_turn };
constexpr auto none = Need::none;
constexpr auto reason = Need::reason;
constexpr auto reason_out_of_turn = Need::reason_out_of_turn; // Where a bureau should have been first.
constexpr std::optional<Party> anybody = std::nullopt;

struct Row {
    Party                party; // Who acts.
    Act                  act;
    Stage                from;
    std::optional<Party> by;    // Who must have spoken last.
    Stage                to;
    Need                 need;
};

// The table. What is not in it is refused.
constexpr Row table[] = {
    // who, act, from, who spoke last, to, needs
    {school, submit, submitted, anybody, submitted, none},
    {school, submit, returned, anybody, submitted, none},
    {school, withdraw, submitted, anybody, withdrawn, none},
    {school, withdraw, returned, anybody, withdrawn, none},

    // The bureau: first, and again until the province has acted.
    {bureau, first_pass, submitted, anybody, first_passed, none},
    {bureau, first_pass, first_passed, bureau, first_passed, none},
    {bureau, first_pass, returned, bureau, first_passed, none},
    {bureau, first_pass, rejected, bureau, first_passed, none},
    {bureau, first_return, submitted, anybody, returned, reason},
    {bureau, first_return, first_passed, bureau, returned, reason},
    {bureau, first_return, returned, bureau, returned, reason},
    {bureau, first_return, rejected, bureau, returned, reason},
    {bureau, first_reject, submitted, anybody, rejected, reason},
    {bureau, first_reject, first_passed, bureau, rejected, reason},
    {bureau, first_reject, returned, bureau, rejected, reason},
    {bureau, first_reject, rejected, bureau, rejected, reason},

    // The province in the bureau's place, until it has approved.
    {province, first_pass, submitted, anybody, first_passed, reason},
    {province, first_pass, first_passed, anybody, first_passed, reason},
    {province, first_pass, returned, anybody, first_passed, reason},
    {province, first_pass, rejected, anybody, first_passed, reason},
    {province, first_return, submitted, anybody, returned, reason},
    {province, first_return, first_passed, anybody, returned, reason},
    {province, first_return, returned, anybody, returned, reason},
    {province, first_return, rejected, anybody, returned, reason},
    {province, first_reject, submitted, anybody, rejected, reason},
    {province, first_reject, first_passed, anybody, rejected, reason},
    {province, first_reject, returned, anybody, rejected, reason},
    {province, first_reject, rejected, anybody, rejected, reason},

    // The province itself.
    {province, final_pass, submitted, anybody, approved, reason_out_of_turn},
    {province, final_pass, first_passed, anybody, approved, none},
    {province, final_pass, returned, anybody, approved, reason},
    {province, final_pass, rejected, anybody, approved, reason},
    {province, final_pass, approved, anybody, approved, reason},
    {province, final_return, submitted, anybody, returned, reason},
    {province, final_return, first_passed, anybody, returned, reason},
    {province, final_return, returned, anybody, returned, reason},
    {province, final_return, rejected, anybody, returned, reason},
    {province, final_return, approved, anybody, returned, reason},
    {province, final_reject, submitted, anybody, rejected, reason},
    {province, final_reject, first_passed, anybody, rejected, reason},
    {province, final_reject, returned, anybody, rejected, reason},
    {province, final_reject, rejected, anybody, rejected, reason},
    {province, final_reject, approved, anybody, rejected, reason},
};

bool is_first(Act act) { return first_pass <= act && act <= first_reject; }
bool is_decision(Act act) { return act >= first_pass; }

} // namespace

std::string_view stage_name(Stage stage) { return stage_names[static_cast<int>(stage)]; }

std::optional<Stage> find_stage(std::string_view name) {
    for (const Stage stage : stages)
        if (stage_name(stage) == name) return stage;
    return std::nullopt;
}

std::string_view party_name(Party party) { return party_names[static_cast<int>(party)]; }

std::optional<Party> find_party(std::string_view name) {
    for (const Party party : {Party::school, Party::bureau, Party::province})
        if (party_name(party) == name) return party;
    return std::nullopt;
}

Act act_of(const envelope::Decision& decision) {
    const int first = decision.stage == envelope::ReviewStage::first_review
                          ? static_cast<int>(Act::first_pass)
                          : static_cast<int>(Act::final_pass);
    return static_cast<Act>(first + static_cast<int>(decision.verdict));
}

Stage stage_after(Act act) {
    for (const Row& row : table)
        if (row.act == act) return row.to;
    return submitted;
}

Way way_of(const notice::Form& form, bool has_bureau) {
    if (form.review == notice::ReviewKind::received) return Way::received;
    return has_bureau && !form.direct ? Way::two_steps : Way::direct;
}

Step step(State state, Act act, Party party, Way way) {
    bool       known = false; // The party does such things.
    const Row* found = nullptr;
    for (const Row& row : table) {
        if (row.party != party || row.act != act) continue;
        known = true;
        if (row.from == state.stage && (!row.by || *row.by == state.by)) found = &row;
    }
    if (!known) return {Outcome::unknown_kind, {}, {}};
    if (state.stage == withdrawn) return {Outcome::unknown_target, {}, {}};
    if (found == nullptr) return {Outcome::frozen, {}, {}};
    const bool never = (is_decision(act) && way == Way::received) ||
                       (is_first(act) && way == Way::direct);
    if (never) return {Outcome::rules_failed, {}, {}};
    const bool needs_reason = found->need == reason ||
                              (found->need == reason_out_of_turn && way == Way::two_steps);
    return {Outcome::accepted,
            {found->to, party},
            needs_reason ? Needs::reason : Needs::nothing};
}

std::optional<std::string> reason_fault(const Step& step, envelope::ReviewVerdict verdict,
                                        const std::string& words) {
    if (step.needs != Needs::reason || !base::trim(words).empty()) return std::nullopt;
    return verdict == envelope::ReviewVerdict::pass
               ? "不按顺序审核通过，或者变更已有的审核结果，须写明原因。"
               : "退回修改或者审核不通过，须写明原因。";
}

std::optional<std::string> due_fault(envelope::ReviewVerdict   verdict,
                                     std::optional<base::Time> due, base::Time now) {
    if (!due) return std::nullopt;
    if (verdict != envelope::ReviewVerdict::send_back) return "只有退回修改才有修改期限。";
    if (*due > now) return std::nullopt;
    return "修改期限已经过去，请填写之后的时间，或者留空。";
}

std::optional<std::string> late_fault(envelope::ReviewVerdict verdict, envelope::Timing timing) {
    if (verdict != envelope::ReviewVerdict::pass || timing != envelope::Timing::late)
        return std::nullopt;
    return "这份申报逾期，还没有延期。请先为该单位延期，再审核通过；也可以退回修改。";
}

} // namespace review
