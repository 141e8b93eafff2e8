// The outside world as values that are passed in: the clock and the source of random bytes. The
// core has none of its own, so a test can hold time still and a rehearsal can move it (protocol.md,
// serve
// --clock).
#pragma once

#include "shared/base/time.hpp"

#include <cstddef>
#include <span>

namespace base {

class Clock {
public:
    virtual ~Clock() = default;
    virtual Time now() = 0;
};

class Random {
public:
    virtual ~Random() = default;
    // Fills the whole span with unpredictable bytes; cannot fail.
    virtual void fill(std::span<std::byte> bytes) = 0;
};

// The system's clock and generator, on every target.
class SystemClock final : public Clock {
public:
    Time now() override;
};
class SystemRandom final : public Random {
public:
    void fill(std::span<std::byte> bytes) override;
};

// Stands still until it is told otherwise.
class FixedClock final : public Clock {
public:
    explicit FixedClock(Time at) : m_now(at) {}
    Time now() override { return m_now; }
    void set(Time at) { m_now = at; }
    void advance(std::int64_t microseconds) { m_now.microseconds += microseconds; }

private:
    Time m_now;
};

// A repeatable sequence from a seed: tests and vectors only, never keys of real devices.
class SeededRandom final : public Random {
public:
    explicit SeededRandom(std::uint64_t seed) : m_state(seed) {}
    void fill(std::span<std::byte> bytes) override;

private:
    std::uint64_t m_state;
};

} // namespace base
