// SPDX-License-Identifier: BSD-3-Clause
// For providers only: the SchedMachine of this image, which starts one CPU.
#pragma once

#include <uk/alloc/heap.hpp>
#include <uk/base/address.hpp>
#include <uk/boot.h>
#include <uk/config.hpp>
#include <uk/falloc/frame_allocator.hpp>
#include <uk/hal/clock.hpp>
#include <uk/sched.hpp>
#include <uk/sched/machine.hpp>

namespace uk {

struct KernelMachine : KernelLocks {
    static constexpr unsigned kCpus = 1;
    static constexpr size_t kStackBytes = static_cast<size_t>(cfg::libuksched_stack_kib) * 1024;
    static constexpr bool kStackChecks = cfg::libuksched_stack_check;

    static unsigned cpu() { return 0; }
    static Thread& current() { return sched::current(); }
    static void set_current(Thread& thread) { sched::detail::g_current = &thread; }
    static bool need_resched() { return g_cpu_local.need_resched; }
    static void set_need_resched(bool flag) { g_cpu_local.need_resched = flag; }
    static void kick(unsigned /*cpu*/) { set_need_resched(true); }
    static bool may_switch() { return g_cpu_local.preempt_count == 0 && !hal::in_interrupt(); }
    static uint64_t now() { return hal::clock_monotonic_ns(); }
    static void idle(uint64_t deadline_ns) {
        if (deadline_ns == kNever)
            hal::cpu_halt();
        else
            hal::clock_idle_until(deadline_ns);
    }
    static bool may_be_woken() { return wake_sources != 0; }
    static bool stopping() { return false; }
    static hal::Context context_make(void* top, hal::ContextEntry entry, void* argument) {
        return hal::context_make(top, entry, argument);
    }
    static void context_switch(hal::Context& from, const hal::Context& to) {
        hal::context_switch(from, to);
    }
    static Result<ThreadStack> stack_get(size_t bytes) {
        void* run = UK_TRY(falloc::allocate_run(bytes / kPageSize));
        return ThreadStack{static_cast<char*>(run), bytes};
    }
    static void stack_put(ThreadStack stack) {
        falloc::free_run(stack.base, stack.size / kPageSize);
    }
    static void* allocate(size_t bytes) { return heap::allocate(bytes); }
    static void deallocate(void* memory) { heap::deallocate(memory); }
    static void last_thread_exited() { uk_exit(0); }

    static inline constinit unsigned wake_sources = 0;
};
static_assert(SchedMachine<KernelMachine>);

} // namespace uk
