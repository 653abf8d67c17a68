// SPDX-License-Identifier: BSD-3-Clause
// Scale: how many nanoseconds one tick of a counter takes, exact enough for years.
#pragma once

#include <cstdint>

#include <uk/assert.h>

namespace uk::clocksource {

// Nanoseconds per tick as a fixed-point number with 48 fractional bits, for counters from 32 kHz
// to 1 THz. Products are 128 bits wide, so no count overflows before the nanoseconds do (584
// years). Pure; needs no 128-bit division, which a freestanding image has not.
class Scale {
  public:
    static constexpr unsigned kShift = 48;

    constexpr Scale() = default;

    // `nanoseconds` pass in `ticks` (not 0); their quotient is below 32768. Counts beyond 2^40 are
    // rounded to 40 bits, an error of 10^-12.
    [[nodiscard]] static constexpr Scale of(uint64_t nanoseconds, uint64_t ticks) {
        while (((nanoseconds | ticks) >> 40) != 0) {
            nanoseconds >>= 1;
            ticks >>= 1;
        }
        UK_ASSERT(ticks != 0 && nanoseconds / ticks < 32768);
        Scale scale;
        uint64_t high = (nanoseconds << 24) / ticks;
        uint64_t rest = (nanoseconds << 24) % ticks;
        scale.mult_ = (high << 24) + (rest << 24) / ticks;
        return scale;
    }
    // A counter of `hz` ticks a second.
    [[nodiscard]] static constexpr Scale of_hz(uint64_t hz) { return of(1'000'000'000, hz); }

    [[nodiscard]] constexpr uint64_t to_ns(uint64_t ticks) const {
        return static_cast<uint64_t>((static_cast<Wide>(ticks) * mult_) >> kShift);
    }
    // The fixed-point number itself, to publish it in an atomic and take it back.
    [[nodiscard]] constexpr uint64_t raw() const { return mult_; }
    [[nodiscard]] static constexpr Scale of_raw(uint64_t raw) {
        Scale scale;
        scale.mult_ = raw;
        return scale;
    }
    // How many whole ticks `nanoseconds` have, which is below 2^64. Exact, and slow: a long
    // division.
    [[nodiscard]] constexpr uint64_t to_ticks(uint64_t nanoseconds) const {
        UK_ASSERT(mult_ != 0 && mult_ >> 63 == 0);
        uint64_t ticks = nanoseconds / mult_;
        uint64_t rest = nanoseconds % mult_;
        for (unsigned bit = 0; bit < kShift; bit++) {
            rest *= 2;
            const bool fits = rest >= mult_;
            rest -= fits ? mult_ : 0;
            ticks = ticks * 2 + (fits ? 1 : 0);
        }
        return ticks;
    }

    // By how many parts in 2^20 the other scale differs from this one, at most 2^20.
    [[nodiscard]] constexpr uint64_t difference(Scale other) const {
        uint64_t gap = mult_ > other.mult_ ? mult_ - other.mult_ : other.mult_ - mult_;
        uint64_t unit = (mult_ >> 20) + 1;
        return gap / unit < (1U << 20) ? gap / unit : (1U << 20);
    }

  private:
    __extension__ using Wide = unsigned __int128;
    uint64_t mult_ = 0;
};

} // namespace uk::clocksource
