// SPDX-License-Identifier: BSD-3-Clause
// SpinWord: mutual exclusion between CPUs.
#pragma once

#include <uk/base/atomic.hpp>

namespace uk {

// Relax is a callable: the CPU's hint for a loop that waits. Spins; for use by the locks of
// basic.hpp, which care for preemption and interrupts first.
//
// Who comes when it is free gets it, in no order. A guest's CPUs are threads of a host, which may
// run fewer of them at a time: in a queue, a waiter that the host has stopped would keep all behind
// it waiting though nobody holds the lock (docs/decisions/0018).
class SpinWord {
  public:
    constexpr SpinWord() = default;
    SpinWord(const SpinWord&) = delete;
    SpinWord& operator=(const SpinWord&) = delete;

    template <class Relax>
    void lock(Relax relax) {
        if (taken_.exchange_acquire(true)) [[unlikely]]
            wait(relax);
    }
    [[nodiscard]] bool try_lock() {
        return !taken_.load_relaxed() && !taken_.exchange_acquire(true);
    }
    void unlock() { taken_.store_release(false); }

    // For assertions: whether anybody holds it.
    [[nodiscard]] bool is_locked() const { return taken_.load_relaxed(); }

  private:
    // By reading, which leaves the cache line with the holder until it is free. Once in the image,
    // not wherever a lock is taken.
    template <class Relax>
    [[gnu::noinline]] void wait(Relax relax) {
        do {
            do
                relax();
            while (taken_.load_relaxed());
        } while (taken_.exchange_acquire(true));
    }

    Atomic<bool> taken_{false};
};

} // namespace uk
