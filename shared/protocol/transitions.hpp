// What may happen to a filing, in one table: state x act x who acts -> the new state, or the
// numbered refusal. Intake asks it before an act is stored, the derived records ask it again when
// the act is folded, and a test walks the whole of it. It knows nothing of how filings are stored.
//
// The ways of a filing (protocol.md, "Sending"):
//   * A school submits, replaces and withdraws while no reviewer has passed the newest version; a
//     return opens it again. A new version starts the way anew.
//   * The bureau in review_by decides first; it may decide again until the province has acted.
//   * The province decides finally, and may decide again as long as the school has sent nothing
//     new. It may also stand in for the bureau, or pass what no bureau has passed, with a reason
//     (R14).
//   * Returning and rejecting need a reason, and so does whatever the province does out of turn:
//     passing before the bureau has, passing what was returned or rejected, and any second word
//     about what is approved already, which changes the ledger (R21, C12).
//   * Of a form that is only received (review = received) nothing is decided.
#pragma once

#include "shared/base/outcome.hpp"
#include "shared/envelope/envelope.hpp"
#include "shared/notice/package.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace review {

enum class Stage { submitted, first_passed, returned, approved, rejected, withdrawn };
inline constexpr Stage stages[] = {Stage::submitted, Stage::first_passed, Stage::returned,
                                   Stage::approved,  Stage::rejected,     Stage::withdrawn};
std::string_view stage_name(Stage stage);
// Nothing when there is no such stage.
std::optional<Stage> find_stage(std::string_view name);

// Who speaks. The operator, on the server's own command line, speaks for the province.
enum class Party { school, bureau, province };
std::string_view party_name(Party party);
std::optional<Party> find_party(std::string_view name);

// Where the newest version of a matter stands: its stage, and which reviewer said so last (the
// school: none has, since this version came).
struct State {
    Stage stage = Stage::submitted;
    Party by    = Party::school;
    bool operator==(const State&) const = default;
};

enum class Act { submit, withdraw, first_pass, first_return, first_reject, final_pass, final_return,
                 final_reject };
Act act_of(const envelope::Decision& decision);
// Where an act leads, wherever it is allowed.
Stage stage_after(Act act);

// How a matter is reviewed: its form's kind, and whether a bureau reviews its unit first.
enum class Way {
    received,  // Nobody decides.
    direct,    // The province alone.
    two_steps, // The bureau in review_by, then the province.
};

// By what the notice says of the form (C10: an increase goes to the province at once).
Way way_of(const notice::Form& form, bool has_bureau);

// What a step needs besides being allowed.
enum class Needs { nothing, reason };

struct Step {
    // accepted; unknown_kind: this party does no such thing; unknown_target: the matter is gone;
    // frozen: not in this state; rules_failed: never on this way.
    base::Outcome outcome = base::Outcome::frozen;
    State         after;  // When it is accepted.
    Needs         needs = Needs::nothing;
};

// Looked for in the order of the protocol: 121, 130, 132, 140.
Step step(State state, Act act, Party party, Way way);

// What stands against the words of a decision, as one Chinese sentence for whoever gives it;
// nothing when they are in order. The desk asks before it signs, the intake before it stores.
std::optional<std::string> reason_fault(const Step& step, envelope::ReviewVerdict verdict,
                                        const std::string& words);
std::optional<std::string> due_fault(envelope::ReviewVerdict   verdict,
                                     std::optional<base::Time> due, base::Time now);
std::optional<std::string> late_fault(envelope::ReviewVerdict verdict, envelope::Timing timing);

// The note under this id on a new version answers whoever has returned the version before.
inline const base::RuleId reply_rule("reply");

} // namespace review
