#include "shared/base/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace base {

void check_failed(const char* fact, const char* file, int line) {
    std::fprintf(stderr, "%s:%d: this must hold and does not: %s\n", file, line, fact);
    std::fflush(stderr);
    std::abort();
}

} // namespace base
