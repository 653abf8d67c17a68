// SPDX-License-Identifier: BSD-3-Clause
// Acts that compute: registers of all kinds keep their values, whoever runs in between.
#include <uk/hal/clock.hpp>
#include <uk/sched.hpp>

#include "torture.hpp"

namespace torture {
namespace {

void integers(Random& random) {
    const uint64_t seed = random.next();
    uint64_t a = seed;
    uint64_t b = seed ^ 0x5555;
    uint64_t c = ~seed;
    uint64_t d = seed << 7;
    const uint64_t rounds = 2'000 + random.below(60'000);
    for (uint64_t i = 0; i < rounds; i++) {
        a += i;
        b -= i;
        c += 2 * i;
        d -= 2 * i;
        asm volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d));
    }
    const uint64_t sum = rounds * (rounds - 1) / 2;
    expect_equal(a, seed + sum, "a register");
    expect_equal(b, (seed ^ 0x5555) - sum, "a register");
    expect_equal(c, ~seed + 2 * sum, "a register");
    expect_equal(d, (seed << 7) - 2 * sum, "a register");
}

// Whole numbers, so that sums are exact in any order.
void floating(Random& random) {
    double sums[8] = {};
    const uint64_t rounds = 1'000 + random.below(30'000);
    for (uint64_t i = 0; i < rounds; i++) {
        for (unsigned k = 0; k < 8; k++) {
            sums[k] += static_cast<double>(i + k);
        }
    }
    for (unsigned k = 0; k < 8; k++) {
        expect_equal(static_cast<uint64_t>(sums[k]), rounds * (rounds - 1) / 2 + k * rounds,
                     "a floating-point register");
    }
}

void clocks(Random& random) {
    uint64_t last = uk::hal::clock_monotonic_ns();
    for (uint64_t i = random.below(40); i > 0; i--) {
        const uint64_t now = uk::hal::clock_monotonic_ns();
        expect(now >= last, "the clock went back");
        last = now;
        if (random.one_in(8)) {
            uk::sched::yield();
        }
    }
}

constexpr Act kActs[] = {{"integers", integers}, {"floating point", floating}, {"clocks", clocks}};

} // namespace

std::span<const Act> compute_acts() {
    return kActs;
}

} // namespace torture
