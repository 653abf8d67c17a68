// SPDX-License-Identifier: BSD-3-Clause
// TicketLock: mutual exclusion between CPUs, in the order in which they asked.
#pragma once

#include <cstdint>

#include <uk/base/atomic.hpp>

namespace uk {

// Relax is a callable: the CPU's hint for a loop that waits. Spins; for use by the locks of
// basic.hpp, which care for preemption and interrupts first. At most 65,535 CPUs may wait at once.
class TicketLock {
  public:
    constexpr TicketLock() = default;
    TicketLock(const TicketLock&) = delete;
    TicketLock& operator=(const TicketLock&) = delete;

    template <class Relax>
    void lock(Relax relax) {
        const uint16_t mine = next_.fetch_add_relaxed(1);
        while (owner_.load_acquire() != mine)
            relax();
    }

    // The owner's number is read first, so nobody has passed it when the next number still equals
    // it.
    [[nodiscard]] bool try_lock() {
        const uint16_t free = owner_.load_acquire();
        return next_.replace_acquire(free, static_cast<uint16_t>(free + 1));
    }

    void unlock() {
        const uint16_t mine = owner_.load_relaxed();
        owner_.store_release(static_cast<uint16_t>(mine + 1));
    }

    // For assertions: whether anybody holds it.
    [[nodiscard]] bool is_locked() const { return owner_.load_relaxed() != next_.load_relaxed(); }

  private:
    Atomic<uint16_t> next_{0};
    Atomic<uint16_t> owner_{0};
};

} // namespace uk
