// SPDX-License-Identifier: BSD-3-Clause
// Entropy from how long a piece of work takes: caches, predictors, other guests and the host make
// it different each time. Pure; the clock comes from outside.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include <uk/random/generator.hpp>
#include <uk/random/health.hpp>

namespace uk::random {

// Reads and writes memory all over the place: 64 steps.
class MemoryWalk {
  public:
    void step(uint64_t where) {
        for (unsigned i = 0; i < 64; i++) {
            auto& word = memory_[(where >> 7) % kWords];
            word = static_cast<uint32_t>(word + where);
            where = (where + word) * 0x9e3779b97f4a7c15U;
        }
    }

  private:
    static constexpr size_t kWords = 512;
    volatile uint32_t memory_[kWords] = {};
};

struct JitterResult {
    unsigned bits;       // what may be credited; 0: nothing
    const char* problem; // why nothing, or null
};

// Mixes the times of `samples()` runs of work into the pool and tells what they are worth: a
// quarter of a bit for each that passed, half of what the health tests demand. The first 1,024 only
// show that there is noise. A time whose first, second or third difference is 0 counts for nothing:
// a clock that goes in steps, or a machine that counts instructions. `clock()` is monotonic.
//
// Times are kept until there are many, because a block of the pool takes four as well as one: side
// by side, so that none hides another. The clock is read again after that, so that each time is
// that of a piece of work and of nothing else.
template <class Clock, class Work>
JitterResult gather_jitter(Pool& pool, unsigned wanted_bits, Clock clock, Work work) {
    constexpr unsigned kStart = 1024;
    uint64_t times[64];
    constexpr unsigned kTimes = sizeof times / sizeof times[0];
    const auto mix = [&](unsigned count) {
        pool.absorb(std::as_bytes(std::span(times, count)));
        wipe(times, sizeof times);
    };
    const unsigned wanted = wanted_bits * 4;
    const unsigned most = kStart + wanted * 4;
    HealthTest health;
    uint64_t before = clock();
    uint64_t delta = 0;
    uint64_t delta2 = 0;
    unsigned counted = 0;
    unsigned i = 0;
    while (counted < wanted && i < most && !health.failed()) {
        work(before);
        const uint64_t now = clock();
        const uint64_t last = std::exchange(delta, now - before);
        const uint64_t last2 = std::exchange(delta2, delta - last);
        before = now;
        times[i % kTimes] = now;
        const bool stuck = delta == 0 || delta2 == 0 || delta2 == last2;
        counted += health.add(delta) && i >= kStart && !stuck ? 1 : 0;
        if (++i % kTimes == 0) {
            mix(kTimes);
            before = clock();
        }
    }
    mix(i % kTimes);
    if (health.failed())
        return {0, "its health test failed"};
    if (counted < wanted)
        return {0, "the clock is too coarse"};
    return {wanted_bits, nullptr};
}

} // namespace uk::random
