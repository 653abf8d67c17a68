// SPDX-License-Identifier: BSD-3-Clause
// MapLock: one CPU at a time changes the direct map. For those who implement <uk/hal/memory.hpp>.
#pragma once

#include <uk/hal/cpu.hpp>
#include <uk/hal/cpus.hpp>
#include <uk/hal/irq.hpp>

namespace uk::hal {

// Nothing where M::kCpus is 1. Otherwise interrupts are off while it is held, so that its holder is
// stopped by nobody and goes on soon. The end of the machine may interrupt the holder by a fault
// and come back here on the same CPU: that one is let in, and may find a mapping half made.
//
// M, all static: kCpus, cpu(), irq_save(), irq_restore(state), relax() (serves those who wait).
template <class M>
class BasicMapLock {
  public:
    // Held as long as this lives.
    class [[nodiscard]] Guard {
      public:
        explicit Guard(BasicMapLock& lock) : lock_(lock) {
            if constexpr (M::kCpus > 1) {
                irqs_ = M::irq_save();
                mine_ = lock_.take();
            }
        }
        ~Guard() {
            if constexpr (M::kCpus > 1) {
                if (mine_)
                    __atomic_store_n(&lock_.holder_, 0U, __ATOMIC_RELEASE);
                M::irq_restore(irqs_);
            }
        }
        Guard(const Guard&) = delete;
        Guard& operator=(const Guard&) = delete;

      private:
        BasicMapLock& lock_;
        decltype(M::irq_save()) irqs_{};
        bool mine_ = false;
    };

    constexpr BasicMapLock() = default;

  private:
    // False: this CPU has it already.
    bool take() {
        const unsigned self = M::cpu() + 1;
        for (;;) {
            unsigned seen = 0;
            if (__atomic_compare_exchange_n(&holder_, &seen, self, false, __ATOMIC_ACQUIRE,
                                            __ATOMIC_RELAXED))
                return true;
            if (seen == self)
                return false;
            M::relax();
        }
    }

    unsigned holder_ = 0; // 1 + CPU, 0: nobody
};

struct MapMachine {
    static constexpr unsigned kCpus = kMostCpus;
    static unsigned cpu() { return cpu_index(); }
    static IrqState irq_save() { return hal::irq_save(); }
    static void irq_restore(IrqState state) { hal::irq_restore(state); }
    static void relax() {
        cpus_serve();
        cpu_relax();
    }
};
using MapLock = BasicMapLock<MapMachine>;

} // namespace uk::hal
