// SPDX-License-Identifier: BSD-3-Clause
// ReportLock: for what must be written even when everything is broken. Its own CPU never waits.
#pragma once

#include <cstdint>

#include <uk/spinlock/basic.hpp>

namespace uk {

// As an IrqSpinlock, but who holds it already is told so instead of waiting for himself: that is an
// exception handler that interrupted the holder, on its way to a crash report. M is a LockMachine
// that can tell CPUs apart by this_cpu(). From anywhere. Not first come, first served.
template <LockMachine M, LockRank kRank>
class BasicReportLock {
  public:
    struct State {
        typename M::IrqState irqs;
        bool mine; // false: this CPU holds it already, further up
    };

    constexpr BasicReportLock() = default;
    BasicReportLock(const BasicReportLock&) = delete;
    BasicReportLock& operator=(const BasicReportLock&) = delete;

    [[nodiscard]] State lock() {
        State state{M::irq_save(), false};
        if (holder() == myself())
            return state;
        if constexpr (M::kManyCpus) {
            while (!replace(0, myself()))
                M::relax();
        } else {
            holder_ = myself();
        }
        if constexpr (M::kChecks)
            M::rank_push(kRank);
        detail::compiler_barrier();
        state.mine = true;
        return state;
    }
    void unlock(State state) {
        detail::compiler_barrier();
        if (state.mine) {
            if constexpr (M::kChecks)
                M::rank_pop(kRank);
            if constexpr (M::kManyCpus)
                (void)replace(myself(), 0); // unless somebody seized it
            else
                holder_ = 0;
        }
        M::irq_restore(state.irqs);
    }

    // For the CPU that ends the machine, with interrupts off: takes the lock from whoever has it,
    // for ever. That one finishes what it writes; everybody else waits until the machine is gone.
    void seize() {
        if constexpr (M::kManyCpus)
            __atomic_store_n(&holder_, myself(), __ATOMIC_SEQ_CST);
        else
            holder_ = myself();
    }

  private:
    using Who = std::conditional_t<M::kManyCpus, uintptr_t, bool>; // 0: nobody

    static Who myself() {
        if constexpr (M::kManyCpus)
            return reinterpret_cast<uintptr_t>(M::this_cpu());
        else
            return true;
    }
    Who holder() const {
        if constexpr (M::kManyCpus)
            return __atomic_load_n(&holder_, __ATOMIC_RELAXED);
        else
            return holder_;
    }
    bool replace(Who expected, Who wanted) {
        return __atomic_compare_exchange_n(&holder_, &expected, wanted, false, __ATOMIC_ACQ_REL,
                                           __ATOMIC_RELAXED);
    }

    Who holder_ = 0;
};

} // namespace uk
