// The whole table of a filing's ways against the words of the protocol, said here a second time and
// in another manner: who may ever, then where it is closed, then what it needs.
#include "shared/protocol/transitions.hpp"

#include <doctest/doctest.h>

namespace {

using base::Outcome;
using review::Act;
using review::Needs;
using review::Party;
using review::Stage;
using review::State;
using review::Way;

constexpr Act acts[] = {Act::submit,       Act::withdraw,     Act::first_pass,
                        Act::first_return, Act::first_reject, Act::final_pass,
                        Act::final_return, Act::final_reject};
constexpr Party parties[] = {Party::school, Party::bureau, Party::province};
constexpr Way   ways[] = {Way::received, Way::direct, Way::two_steps};

bool is_final(Act act) {
    return act == Act::final_pass || act == Act::final_return || act == Act::final_reject;
}
bool is_schools(Act act) { return act == Act::submit || act == Act::withdraw; }
bool is_pass(Act act) { return act == Act::first_pass || act == Act::final_pass; }

Outcome expected(State state, Act act, Party party, Way way) {
    if (is_schools(act) != (party == Party::school)) return Outcome::unknown_kind;
    if (is_final(act) && party != Party::province) return Outcome::unknown_kind;
    if (state.stage == Stage::withdrawn) return Outcome::unknown_target;
    if (party == Party::school) {
        const bool open = state.stage == Stage::submitted || state.stage == Stage::returned;
        return open ? Outcome::accepted : Outcome::frozen;
    }
    // "The level that decided may decide again until the next one acts."
    if (party == Party::bureau && state.stage != Stage::submitted && state.by != Party::bureau)
        return Outcome::frozen;
    // What is approved only the province's last word opens.
    if (state.stage == Stage::approved && !is_final(act)) return Outcome::frozen;
    if (way == Way::received) return Outcome::rules_failed;
    if (way == Way::direct && !is_final(act)) return Outcome::rules_failed;
    return Outcome::accepted;
}

Stage expected_stage(Act act) {
    switch (act) {
    case Act::submit: return Stage::submitted;
    case Act::withdraw: return Stage::withdrawn;
    case Act::first_pass: return Stage::first_passed;
    case Act::final_pass: return Stage::approved;
    case Act::first_return:
    case Act::final_return: return Stage::returned;
    default: return Stage::rejected;
    }
}

Needs expected_needs(State state, Act act, Party party, Way way) {
    if (party == Party::school) return Needs::nothing;
    if (!is_pass(act)) return Needs::reason; // "Return and reject need a reason."
    if (party == Party::bureau) return Needs::nothing;
    const bool next_step = act == Act::final_pass &&
                           (state.stage == Stage::first_passed ||
                            (state.stage == Stage::submitted && way == Way::direct));
    return next_step ? Needs::nothing : Needs::reason;
}

} // namespace

TEST_CASE("every state, act, party and way leads where the protocol says") {
    int tried = 0, allowed = 0;
    for (const Stage stage : review::stages)
        for (const Party by : parties)
            for (const Act act : acts)
                for (const Party party : parties)
                    for (const Way way : ways) {
                        CAPTURE(review::stage_name(stage));
                        CAPTURE(review::party_name(by));
                        CAPTURE(int(act));
                        CAPTURE(review::party_name(party));
                        CAPTURE(int(way));
                        // No bureau approves: the state does not exist.
                        if (stage == Stage::approved && by != Party::province) continue;
                        const State before{stage, by};
                        const auto  step = review::step(before, act, party, way);
                        CHECK(step.outcome == expected(before, act, party, way));
                        ++tried;
                        if (step.outcome != Outcome::accepted) continue;
                        ++allowed;
                        CHECK(step.after.stage == expected_stage(act));
                        CHECK(step.after.stage == review::stage_after(act));
                        CHECK(step.after.by == party);
                        CHECK(step.needs == expected_needs(before, act, party, way));
                    }
    CHECK(tried == (6 * 3 - 2) * 8 * 3 * 3);
    CHECK(allowed > 100);
}

TEST_CASE("names are found again, and a decision is one act") {
    for (const Stage stage : review::stages)
        CHECK(review::find_stage(review::stage_name(stage)) == stage);
    CHECK(!review::find_stage("passed"));
    for (const Party party : parties)
        CHECK(review::find_party(review::party_name(party)) == party);
    CHECK(!review::find_party("operator"));
    envelope::Decision decision;
    decision.stage = envelope::ReviewStage::final_review;
    decision.verdict = envelope::ReviewVerdict::send_back;
    CHECK(review::act_of(decision) == Act::final_return);
    decision.stage = envelope::ReviewStage::first_review;
    decision.verdict = envelope::ReviewVerdict::reject;
    CHECK(review::act_of(decision) == Act::first_reject);
}
