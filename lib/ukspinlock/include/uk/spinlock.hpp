// SPDX-License-Identifier: BSD-3-Clause
// The spinning locks of this image, and whether its threads may be preempted.
//
//     constinit uk::Guarded<Table, uk::Spinlock<uk::LockRank::subsystem>> g_table;
//     g_table.with([&](Table& table) { table.insert(row); });
#pragma once

#include <cstdint>

#include <uk/config.hpp>
#include <uk/hal/cpu.hpp>
#include <uk/hal/cpus.hpp>
#include <uk/hal/irq.hpp>
#include <uk/spinlock/basic.hpp>

namespace uk {

namespace sched {

// Switches to another thread if one should run; does nothing when that is not so any more. Called
// by the last preempt_enable() when the scheduler had asked for it. Defined by the scheduler.
void preempt_point();

} // namespace sched

inline constexpr bool kManyCpus = hal::kMostCpus > 1;

// What belongs to one CPU; with several, each has cache lines of its own.
struct alignas(kManyCpus ? 64 : 8) CpuLocal {
    // Preemption is disabled while not 0; handlers count, too. With several CPUs it is the
    // thread's (hal::ThreadHead).
    uint32_t preempt_count = 0;
    bool need_resched = false; // set by the scheduler: switch at the next preemption point
    HeldRanks held;            // used under LIBUKSPINLOCK_CHECK only
};
inline constinit CpuLocal g_cpu_local[hal::kMostCpus];

// Of this CPU. It may be another one's as soon as it is known, where the caller can be moved.
inline CpuLocal& cpu_local() {
    return g_cpu_local[hal::cpu_index()];
}

inline uint32_t& preempt_count() {
#if CONFIG_HAL_CPUS > 1
    return hal::cpu_thread()->preempt_count;
#else
    return g_cpu_local[0].preempt_count;
#endif
}

// Disables preemption, nested. From anywhere; never blocks. Nothing in images whose threads are
// never preempted.
inline void preempt_disable() {
    if constexpr (cfg::libukspinlock_preempt) {
        preempt_count()++;
        detail::compiler_barrier();
    }
}

// The last one is a preemption point: another thread may run before it returns. A thread that is
// moved right after it counted to 0 was switched, and looks at its new CPU's flag in vain.
inline void preempt_enable() {
    if constexpr (cfg::libukspinlock_preempt) {
        detail::compiler_barrier();
        if (--preempt_count() == 0 && cpu_local().need_resched) [[unlikely]]
            sched::preempt_point();
    }
}

// The LockMachine of this image.
struct KernelLocks {
    using IrqState = hal::IrqState;
    static constexpr bool kManyCpus = uk::kManyCpus;
    static constexpr bool kPreempts = cfg::libukspinlock_preempt;
    static constexpr bool kChecks = cfg::libukspinlock_check;

    static IrqState irq_save() { return hal::irq_save(); }
    static void irq_restore(IrqState state) { hal::irq_restore(state); }
    static void relax() {
        hal::cpus_serve(); // the holder may wait for this CPU
        hal::cpu_relax();
    }
    static void preempt_disable() { uk::preempt_disable(); }
    static void preempt_enable() { uk::preempt_enable(); }
    // Tells this CPU from others; for those who have preemption disabled.
    static const void* this_cpu() { return &cpu_local(); }
    static void rank_push(LockRank rank) { cpu_local().held.push(rank); }
    static void rank_pop(LockRank rank) { cpu_local().held.pop(rank); }
};
static_assert(LockMachine<KernelLocks>);

template <LockRank kRank>
using Spinlock = BasicSpinlock<KernelLocks, kRank>;
template <LockRank kRank>
using IrqSpinlock = BasicIrqSpinlock<KernelLocks, kRank>;

} // namespace uk
