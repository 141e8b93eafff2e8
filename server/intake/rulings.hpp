// What reviewers and offices do, judged against what is stored: decisions about filings, extensions
// of windows, units, revocations, announcements. The same words hold for a device's envelope and
// for the operator's command.
//
// What was decided here, where the protocol leaves room:
//   * A version that came late and was not extended counts nowhere, so it cannot be passed (140):
//     the reviewer either extends the unit's window, after which it counts, or returns it with a
//     new date. It can be returned and rejected (C20).
//   * A returned filing may be replaced until `due`, also after the window has closed; the
//     replacement is then extended, not late (C21).
//   * Which forms go straight to the province, the notice says (C10).
//   * The date of a return is for the filing that was returned: with its first replacement that is
//     done, and what follows is late again when the window has closed.
//   * The approved number of what is declared lies between 0 and the most the form takes; that of
//     an increase's row between what was approved before and that: nothing is reduced here (R21).
#pragma once

#include "server/rights/rights.hpp"
#include "server/intake/site.hpp"

#include <optional>
#include <string>
#include <vector>

namespace intake {

// Who speaks: a device of this role, or the operator, for the province.
struct Speaker {
    base::UnitId unit;
    rights::Role role = rights::Role::province;
    std::optional<base::KeyId> kid = {}; // Its device; the operator has none.
};

struct Ruling {
    base::Outcome               outcome = base::Outcome::accepted;
    std::vector<rules::Finding> findings; // Why it is rules_failed.
    envelope::Timing            timing = envelope::Timing::on_time; // A reviewer's window marks.
};

// True if who speaks may do this to the unit that it is about; otherwise the act's subject is not
// there (130). Whether they send such acts at all (121) was asked before.
base::Result<bool> may_touch(records::Store& store, const Speaker& speaker,
                             const envelope::Act& act, const base::UnitId& about);

// Refusals in the protocol's order: unknown_target, not_newest,
// frozen, rules_failed.
base::Result<Ruling> judge_decision(Site& site, records::Store& store, const Speaker& speaker,
                                    const envelope::Decision& decision, base::Time now);

// unknown_form, unknown_target, rules_failed. The period says which notice it is about: the
// province may extend a window of last year's after this year's is out.
base::Result<Ruling> judge_extension(Site& site, records::Store& store, const Speaker& speaker,
                                     const envelope::Extension& extension);

// A unit is added, renamed, or changes its kind or bureau, at once or from a day on. A school stays
// a school and an office an office. unknown_target, rules_failed.
base::Result<Ruling> judge_unit(Site& site, records::Store& store, const Speaker& speaker,
                                const envelope::UnitEntry& unit);

// A device may speak no more; one that is revoked already may be again. unknown_target for a device
// nobody knows and for one that is not theirs; rules_failed for the one that speaks.
base::Result<Ruling> judge_revocation(records::Store& store, const Speaker& speaker,
                                      const envelope::Revocation& revocation);

// unknown_target for a unit there is not, rules_failed.
base::Result<Ruling> judge_announcement(Site& site, records::Store& store, const Speaker& speaker,
                                        const envelope::Announcement& announcement,
                                        base::Time                    now);

// Any of these, by its kind; unknown_kind for the rest. Who speaks sends such acts (121).
base::Result<Ruling> judge_office_act(Site& site, records::Store& store, const Speaker& speaker,
                                      const envelope::Act& act, base::Time now);

// Whether the unit has been given more time for this filing, and still has it: by an extension or,
// for one that replaces a returned one, by the date set with the return. It then has it under any
// version of the notice.
base::Result<bool> has_more_time(records::Store& store, const base::UnitId& unit,
                                 const envelope::Filing& filing, base::Time now);

// Whether what this unit files now is in time: until the window's end, or later by an extension or,
// for a filing that replaces a returned one, by the date set with the return.
base::Result<envelope::Timing> timing_of(records::Store& store, const notice::Window& window,
                                         const base::UnitId& unit, const envelope::Filing& filing,
                                         base::Time now);

// The sum of the ledger of this notice's year, of all certificates.
base::Result<std::int64_t> total_balance(records::Store& store, const records::BalanceQuery& query);

enum class Purpose { preview, store };

// What the operator does on the command line, as the province: judged in order, each seeing those
// before it, dated by the server's time. A ruling for each act; nothing is stored unless all are
// accepted, and nothing at all by a preview.
base::Result<std::vector<Ruling>> rule_as_operator(Site&                             site,
                                                   const std::vector<envelope::Act>& acts,
                                                   Purpose                           purpose);

} // namespace intake
