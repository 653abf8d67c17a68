// SPDX-License-Identifier: BSD-3-Clause
// Private: counts who is inside of an object that may go as soon as nobody waits. Pure.
#pragma once

#include <cstdint>

#include <uk/base/atomic.hpp>

namespace uk::pthread {

// A thread that was woken looks at the object once more on its way out. POSIX lets the object go
// before that, so whoever ends it waits until all are out.
class Visitors {
  public:
    void enter() { count_.fetch_add_relaxed(1); }
    // The last access to the object.
    void leave() { count_.fetch_sub_acq_rel(1); }
    [[nodiscard]] bool anybody() const { return count_.load_acquire() != 0; }

  private:
    Atomic<uint32_t> count_{0};
};

} // namespace uk::pthread
