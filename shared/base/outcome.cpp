#include "shared/base/outcome.hpp"

#include "shared/base/check.hpp"

namespace base {

const OutcomeText outcome_texts[] = {
#define SHENBAO_ROW(name, number, status, sentence) {Outcome::name, #name, status, sentence},
    SHENBAO_OUTCOMES(SHENBAO_ROW)
#undef SHENBAO_ROW
};

const int outcome_count = int(sizeof outcome_texts / sizeof outcome_texts[0]);

const OutcomeText* find_outcome(long long number) {
    for (const OutcomeText& text : outcome_texts)
        if (static_cast<long long>(text.outcome) == number) return &text;
    return nullptr;
}

const OutcomeText& outcome_text(Outcome outcome) {
    const OutcomeText* text = find_outcome(static_cast<long long>(outcome));
    SHENBAO_CHECK(text != nullptr);
    return *text;
}

} // namespace base
