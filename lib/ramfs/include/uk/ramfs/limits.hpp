// SPDX-License-Identifier: BSD-3-Clause
// Limits: what one file system in memory may take, and has taken.
#pragma once

#include <cstdint>

#include <uk/base/atomic.hpp>
#include <uk/base/result.hpp>

namespace uk::ramfs {

// From any thread. A request fails only if there is no room for it at that moment.
class Counter {
  public:
    explicit Counter(uint64_t most) : most_(most) {}
    [[nodiscard]] Result<> take(uint64_t count) {
        for (;;) {
            const uint64_t used = used_.load_relaxed();
            if (count > most_ - used)
                return Errno::nospc;
            if (used_.replace_acquire(used, used + count)) [[likely]]
                return ok();
        }
    }
    void give(uint64_t count) { used_.fetch_sub_acq_rel(count); }
    [[nodiscard]] uint64_t most() const { return most_; }
    [[nodiscard]] uint64_t used() const { return used_.load_relaxed(); }
    [[nodiscard]] uint64_t left() const { return most_ - used(); }

  private:
    const uint64_t most_;
    Atomic<uint64_t> used_{0};
};

struct Limits {
    Counter bytes;
    Counter nodes;
};

} // namespace uk::ramfs
