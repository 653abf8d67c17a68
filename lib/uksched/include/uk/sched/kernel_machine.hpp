// SPDX-License-Identifier: BSD-3-Clause
// For providers only: the SchedMachine of this image.
#pragma once

#include <uk/alloc/heap.hpp>
#include <uk/base/address.hpp>
#include <uk/base/atomic.hpp>
#include <uk/base/bits.hpp>
#include <uk/boot.h>
#include <uk/config.hpp>
#include <uk/falloc/frame_allocator.hpp>
#include <uk/hal/clock.hpp>
#include <uk/hal/irq.hpp>
#include <uk/sched.hpp>
#include <uk/sched/counts.hpp>
#include <uk/sched/cpus.hpp>
#include <uk/sched/guarded_stack.hpp>
#include <uk/sched/locals.hpp>
#include <uk/sched/machine.hpp>

namespace uk {

struct KernelMachine : KernelLocks, KernelLocals {
    static constexpr unsigned kCpus = hal::kMostCpus;
    static constexpr size_t kStackBytes = static_cast<size_t>(cfg::libuksched_stack_kib) * 1024;
    static constexpr bool kStackChecks = cfg::libuksched_stack_check;
    static constexpr bool kAlarm = kPreempts && hal::kIrqPreempts;
    static constexpr size_t kKernelStackBytes =
        kAlarm ? align_up(hal::kKernelStackBytes, kPageSize) : 0;
    static constexpr bool kGuards = cfg::libuksched_stack_guard;
    static constexpr size_t kStackBatch = kGuards && kCpus > 1 ? sched::detail::kMostStacks : 1;
    static constexpr size_t kInnerGuardBytes =
        kGuards && kKernelStackBytes != 0 ? sched::detail::kStackGuardBytes : 0;

    static unsigned cpu() { return hal::cpu_index(); }
    static Thread& current() { return sched::current(); }
    static void set_current(Thread& thread) { sched::detail::set_current(thread); }
    static bool need_resched() { return cpu_local().need_resched; }
    static void set_need_resched(bool flag) { cpu_local().need_resched = flag; }
    // The handler of that interrupt sets the flag there.
    static void kick([[maybe_unused]] unsigned cpu) {
        if constexpr (kCpus > 1)
            hal::cpu_kick(cpu);
    }
    static bool may_switch() { return preempt_count() == 0 && !hal::in_interrupt(); }
    static bool irqs_held() { return alarm_works && !hal::irq_enabled(); }
    static uint64_t now() { return hal::clock_monotonic_ns(); }
    static void set_kernel_stack(void* top) { hal::kernel_stack_set(top); }
    static void set_alarm(uint64_t deadline_ns) {
        if (alarm_works)
            hal::clock_alarm_set(deadline_ns);
    }
    // The idle thread is not switched at the end of the interrupt that it waits for: it looks at
    // the queue itself, and its state need not be saved.
    static void idle(uint64_t deadline_ns) {
        if (deadline_ns == kNever || (kAlarm && alarm_works)) {
            preempt_disable();
            hal::cpu_rest_begin();
            hal::cpu_halt();
            hal::cpu_rest_end();
            if constexpr (kPreempts)
                preempt_count()--;
        } else {
            hal::clock_idle_until(deadline_ns);
        }
    }
    static bool may_be_woken() { return wake_sources.load_relaxed() != 0; }
    static bool stopping() { return false; }
    static hal::Context context_make(void* top, hal::ContextEntry entry, void* argument) {
        return hal::context_make(top, entry, argument);
    }
    static void context_switch(hal::Context& from, const hal::Context& to) {
        sched::detail::switches.add_alone();
        hal::context_switch(from, to);
    }
    static Result<ThreadStack> stack_get(size_t bytes, const char* name) {
        if constexpr (kGuards)
            return sched::detail::guarded_stack_get(bytes, kKernelStackBytes, name);
        void* run = UK_TRY(falloc::allocate_run(bytes / kPageSize));
        return ThreadStack{static_cast<char*>(run), bytes};
    }
    static void stack_rename(ThreadStack stack, const char* name) {
        if constexpr (kGuards)
            sched::detail::guarded_stack_rename(stack, kKernelStackBytes, name);
    }
    static void stack_put(ThreadStack stack) {
        if constexpr (kGuards)
            return sched::detail::guarded_stack_put(stack);
        falloc::free_run(stack.base, stack.size / kPageSize);
    }
    static void stacks_put(std::span<const ThreadStack> stacks) {
        sched::detail::guarded_stacks_put(stacks);
    }
    static void* allocate(size_t bytes) { return heap::allocate(bytes); }
    static void deallocate(void* memory) { heap::deallocate(memory); }
    static void last_thread_exited() { uk_exit(0); }

    // Whether to switch at the end of an interrupt.
    static bool wants_switch() {
        sched::detail::interrupts.add_alone();
        return cpu_local().need_resched && preempt_count() == 0;
    }
    // From here on `on_timer` runs at alarms, `switch_threads` at the end of interrupts that
    // leave need_resched, and interrupts are on. Once, in thread context.
    static void start_alarm(void (*on_timer)(), void (*switch_threads)()) {
        hal::irq_on_exit(wants_switch, switch_threads);
        alarm_works = hal::clock_alarm_start(on_timer).ok();
        if (alarm_works)
            hal::irq_enable();
    }

    static inline constinit Atomic<unsigned> wake_sources{0};
    static inline constinit bool alarm_works = false;
};
static_assert(SchedMachine<KernelMachine>);

} // namespace uk
