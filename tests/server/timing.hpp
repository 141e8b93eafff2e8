// How long something takes by the wall clock, for the benchmarks of the server.
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <vector>

namespace timing {

inline double seconds_of(const std::function<void()>& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Of an even number the upper one of the two. There must be one.
inline double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

} // namespace timing
