#include "shared/base/world.hpp"

#include <sodium.h>

#include <chrono>

namespace base {

Time SystemClock::now() {
    using namespace std::chrono;
    const auto since_epoch = system_clock::now().time_since_epoch();
    return Time{duration_cast<microseconds>(since_epoch).count()};
}

void SystemRandom::fill(std::span<std::byte> bytes) { randombytes_buf(bytes.data(), bytes.size()); }

// SplitMix64, one step a byte: clarity before speed.
void SeededRandom::fill(std::span<std::byte> bytes) {
    for (std::byte& byte : bytes) {
        m_state += 0x9e3779b97f4a7c15ULL;
        std::uint64_t mixed = m_state;
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9ULL;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebULL;
        byte = static_cast<std::byte>((mixed ^ (mixed >> 31)) & 0xff);
    }
}

} // namespace base
