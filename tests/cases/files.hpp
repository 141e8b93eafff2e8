// The case files that cases.cmake puts into the test program.
#pragma once

#include <cstddef>
#include <string_view>

namespace cases {

struct File {
    const char*             path; // "cases/declaration/declared_once.txt"
    const std::string_view* text;
};

extern const File        files[];
extern const std::size_t files_count;

} // namespace cases
