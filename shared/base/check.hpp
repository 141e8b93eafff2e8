// SHENBAO_CHECK states what must hold if our own code is right. It stays on in every build: a
// program that knows itself to be wrong must not sign or store anything. Expected failures (bad
// input, a full disk, a refused envelope) are never checked this way; they are base::Result values.
#pragma once

namespace base {

// Prints the fact that did not hold with its place and ends the process.
[[noreturn]] void check_failed(const char* fact, const char* file, int line);

} // namespace base

#define SHENBAO_CHECK(fact)                                                                        \
    do {                                                                                           \
        if (!(fact)) ::base::check_failed(#fact, __FILE__, __LINE__);                              \
    } while (false)
