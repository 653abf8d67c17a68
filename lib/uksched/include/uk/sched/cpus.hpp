// SPDX-License-Identifier: BSD-3-Clause
// For whoever starts CPUs (lib/uksmp): how a CPU becomes one that runs threads.
#pragma once

#include <cstddef>

#include <uk/hal/cpus.hpp>
#include <uk/sched.hpp>
#include <uk/sched/thread.hpp>

namespace uk::sched::detail {

// Of an idle thread, without the part on which interrupts run; a panic report needs half of it.
inline constexpr size_t kIdleStackBytes = 8192;

template <class Head>
hal::ThreadHead* head_of(Head& thread) {
    if constexpr (hal::kMostCpus > 1)
        return &thread;
    else
        return nullptr;
}

// Of this CPU, interrupts off.
#if CONFIG_HAL_CPUS > 1
inline void set_current(Thread& thread) {
    hal::cpu_thread_set(&thread);
    if (g_current == nullptr)
        g_current = &thread;
}
#else
inline void set_current(Thread& thread) {
    g_current = &thread;
}
#endif

// The head of the thread that CPU `cpu` runs when there is nothing to do; with several CPUs.
hal::ThreadHead* idle_head(unsigned cpu);

// Makes the caller, with interrupts off, the idle thread of its CPU: it runs threads from now on
// and does not come back. `kernel_stack` is where the idle thread's interrupts run, its top.
void run_cpu(void* kernel_stack);

} // namespace uk::sched::detail
