// SPDX-License-Identifier: BSD-3-Clause
// TicketLock: mutual exclusion between CPUs, in the order in which they asked.
#pragma once

#include <atomic>
#include <cstdint>

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
        const uint16_t mine = next_.fetch_add(1, std::memory_order_relaxed);
        while (owner_.load(std::memory_order_acquire) != mine)
            relax();
    }

    // The owner's number is read first, so nobody has passed it when the next number still equals
    // it.
    [[nodiscard]] bool try_lock() {
        uint16_t free = owner_.load(std::memory_order_acquire);
        return next_.compare_exchange_strong(free, static_cast<uint16_t>(free + 1),
                                             std::memory_order_relaxed);
    }

    void unlock() {
        const uint16_t mine = owner_.load(std::memory_order_relaxed);
        owner_.store(static_cast<uint16_t>(mine + 1), std::memory_order_release);
    }

    // For assertions: whether anybody holds it.
    [[nodiscard]] bool is_locked() const {
        return owner_.load(std::memory_order_relaxed) != next_.load(std::memory_order_relaxed);
    }

  private:
    std::atomic<uint16_t> next_{0};
    std::atomic<uint16_t> owner_{0};
};

} // namespace uk
