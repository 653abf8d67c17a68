// SPDX-License-Identifier: BSD-3-Clause
// Private: how long to sleep between two looks at what others have to do first. Pure.
#pragma once

#include <cstdint>

namespace uk::pthread {

// Who looks may be more urgent than whom it waits for, which runs only while it sleeps. A sleep
// that is shorter than it takes to go to sleep and wake up again (tens of microseconds in some
// virtual machines) gives others nothing, so each one is twice as long as the one before.
class Pause {
  public:
    static constexpr uint64_t kFirstNs = 10'000;
    static constexpr uint64_t kMostNs = 10'240'000;

    uint64_t next_ns() {
        const uint64_t ns = ns_;
        ns_ = ns < kMostNs ? 2 * ns : ns;
        return ns;
    }

  private:
    uint64_t ns_ = kFirstNs;
};

} // namespace uk::pthread
