// What stands against an act, collected while it is judged.
#pragma once

#include "server/intake/rulings.hpp"

#include <string>
#include <utility>
#include <vector>

namespace intake {

class Objections {
public:
    // The rule by which, the field of the act that it is about, one sentence.
    void add(const char* rule, const char* field, std::string text) {
        m_findings.push_back({base::RuleId(rule),
                              {base::FieldId(field)},
                              notice::Severity::error,
                              std::move(text)});
    }
    // By the field's own shape.
    void add(const char* field, std::string text) { add(field, field, std::move(text)); }

    // accepted, or rules_failed with all of them, which are then here no more.
    Ruling ruling(envelope::Timing timing = envelope::Timing::on_time) {
        const auto outcome =
            m_findings.empty() ? base::Outcome::accepted : base::Outcome::rules_failed;
        return {outcome, std::move(m_findings), timing};
    }

private:
    std::vector<rules::Finding> m_findings;
};

} // namespace intake
