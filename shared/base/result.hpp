// Result<T> is a value or a Fault. It is how every expected failure travels: no exception crosses a
// header of shared/. A Fault carries a numbered outcome (whose Chinese sentence tells a clerk what
// to do) and a detail that tells an engineer or an author exactly what and where.
#pragma once

#include "shared/base/outcome.hpp"

#include <tl/expected.hpp>

#include <string>
#include <utility>

namespace base {

struct Fault {
    Outcome     outcome;
    std::string detail; // For people who look closer; may be empty. Never holds secrets.
};

template <class T>
using Result = tl::expected<T, Fault>;
using Status = tl::expected<void, Fault>;

inline tl::unexpected<Fault> fail(Outcome outcome, std::string detail = {}) {
    return tl::unexpected<Fault>(Fault{outcome, std::move(detail)});
}
inline tl::unexpected<Fault> fail(Fault fault) { return tl::unexpected<Fault>(std::move(fault)); }

} // namespace base

#define SHENBAO_CONCAT_INNER(a, b) a##b
#define SHENBAO_CONCAT(a, b) SHENBAO_CONCAT_INNER(a, b)

// SHENBAO_TRY(expression) hands a failure on to the caller; the value is dropped. Each use has a
// name of its own, because the expression may hold a lambda that uses it too.
#define SHENBAO_TRY(...) SHENBAO_TRY_AS(SHENBAO_CONCAT(shenbao_tried_, __COUNTER__), __VA_ARGS__)
#define SHENBAO_TRY_AS(name, ...)                                                                  \
    do {                                                                                           \
        if (auto name = (__VA_ARGS__); !name) return ::base::fail(std::move(name.error()));        \
    } while (false)

// SHENBAO_ASSIGN(auto x, expression) declares or assigns the value or hands the failure on.
#define SHENBAO_ASSIGN(target, ...)                                                                \
    SHENBAO_ASSIGN_AS(SHENBAO_CONCAT(shenbao_result_, __COUNTER__), target, __VA_ARGS__)
#define SHENBAO_ASSIGN_AS(name, target, ...)                                                       \
    auto name = (__VA_ARGS__);                                                                     \
    if (!name) return ::base::fail(std::move(name.error()));                                       \
    target = std::move(*name)
