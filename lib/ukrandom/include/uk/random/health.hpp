// SPDX-License-Identifier: BSD-3-Clause
// The health tests of NIST SP 800-90B, 4.4: whether a source of noise still is one. Pure.
#pragma once

#include <cstdint>

namespace uk::random {

// For a source that claims at least half a bit in each sample. A healthy one fails with a
// probability of 2^-30 in each window. Once failed, it stays so.
class HealthTest {
  public:
    static constexpr unsigned kRepeats = 61; // 4.4.1: 1 + 30 / 0.5
    static constexpr unsigned kWindow = 512; // 4.4.2
    // Of the window's samples as many may be equal to its first: the upper end of a binomial
    // distribution with p = 2^-0.5, mean 362, deviation 10.3, and 6.1 times that.
    static constexpr unsigned kEqual = 425;

    // Whether all samples so far, this one included, look healthy.
    bool add(uint64_t sample) {
        repeats_ = sample == last_ && seen_ != 0 ? repeats_ + 1 : 1;
        last_ = sample;
        if (seen_ % kWindow == 0) {
            first_ = sample;
            equal_ = 0;
        }
        equal_ += sample == first_ ? 1 : 0;
        seen_++;
        failed_ = failed_ || repeats_ >= kRepeats || equal_ >= kEqual;
        return !failed_;
    }
    [[nodiscard]] bool failed() const { return failed_; }

  private:
    uint64_t last_ = 0;
    uint64_t first_ = 0;
    uint64_t seen_ = 0;
    unsigned repeats_ = 0;
    unsigned equal_ = 0;
    bool failed_ = false;
};

} // namespace uk::random
