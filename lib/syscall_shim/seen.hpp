// SPDX-License-Identifier: BSD-3-Clause
// Which numbers were met before, so that the log names each once.
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/base/atomic.hpp>

namespace uk::detail {

class SeenNumbers {
    static constexpr size_t kBits = 64;
    static constexpr size_t kMost = 512; // Linux has fewer; all above count as one

    Atomic<uint64_t> words_[kMost / kBits + 1];

  public:
    bool first_time(unsigned long number) {
        const unsigned long bit = number < kMost ? number : kMost;
        const uint64_t mask = uint64_t{1} << bit % kBits;
        return (words_[bit / kBits].fetch_or_acq_rel(mask) & mask) == 0;
    }
};

} // namespace uk::detail
