// SPDX-License-Identifier: BSD-3-Clause
// What the scheduler asks of the machine. The image's is <uk/sched/kernel_machine.hpp>; host tests
// bring a simulated one.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

#include <uk/base/result.hpp>
#include <uk/hal/context.hpp>
#include <uk/sched/thread.hpp>
#include <uk/spinlock/basic.hpp>

namespace uk {

// All functions are static. "This CPU" is the one that calls, with interrupts off.
template <class M>
concept SchedMachine = LockMachine<M> &&
    requires(Thread& thread, unsigned cpu, size_t bytes, uint64_t ns, void* memory,
             ThreadStack stack, const char* name, hal::Context& from, const hal::Context& to,
             hal::ContextEntry entry, bool flag) {
    requires std::same_as<decltype(M::kCpus), const unsigned>;     // how many there may be
    requires std::same_as<decltype(M::kStackBytes), const size_t>; // default size of a stack
    requires std::same_as<decltype(M::kStackChecks), const bool>;  // look for overflows
    // What each run of stack_get() has above the thread's stack: where interrupts run. Or 0.
    requires std::same_as<decltype(M::kKernelStackBytes), const size_t>;
    requires std::same_as<decltype(M::kInnerGuardBytes), const size_t>; // between the two parts
    // set_alarm() is there; otherwise slices end and sleepers wake when threads call.
    requires std::same_as<decltype(M::kAlarm), const bool>;
    { M::cpu() } -> std::same_as<unsigned>;              // this CPU
    { M::current() } -> std::same_as<Thread&>;           // of this CPU; from anywhere
    { M::set_current(thread) } -> std::same_as<void>;    // of this CPU
    { M::need_resched() } -> std::same_as<bool>;         // this CPU's flag
    { M::set_need_resched(flag) } -> std::same_as<void>; // this CPU's flag
    { M::kick(cpu) } -> std::same_as<void>;              // sets another CPU's flag
    { M::may_switch() } -> std::same_as<bool>; // preemption is not disabled, no handler runs
    // Interrupts are off though they could come: a thread has switched them off by hand, or the
    // idle thread looks for work. False until set_alarm() works.
    { M::irqs_held() } -> std::same_as<bool>;
    { M::now() } -> std::same_as<uint64_t>; // monotonic nanoseconds
    // Interrupts of this CPU run there from now on: below the top of the next thread's.
    { M::set_kernel_stack(memory) } -> std::same_as<void>;
    // Scheduler::on_timer() runs on this CPU at about `ns`, once; replaces what was set.
    { M::set_alarm(ns) } -> std::same_as<void>;
    // Waits for an interrupt, until about `ns` at most; interrupts are off before and after, and
    // open while it waits.
    { M::idle(ns) } -> std::same_as<void>;
    { M::may_be_woken() } -> std::same_as<bool>; // an interrupt may still wake somebody
    { M::stopping() } -> std::same_as<bool>;     // the idle loop shall end (tests)
    { M::context_make(memory, entry, memory) } -> std::same_as<hal::Context>;
    { M::context_switch(from, to) } -> std::same_as<void>;
    { M::stack_get(bytes, name) } -> std::same_as<Result<ThreadStack>>; // thread context
    { M::stack_rename(stack, name) } -> std::same_as<void>; // thread context: the next one's
    { M::stack_put(stack) } -> std::same_as<void>;          // thread context, or idle
    // How many stacks are given back together, if that costs less; 1: no stacks_put().
    requires std::same_as<decltype(M::kStackBatch), const size_t>;
    requires M::kStackBatch == 1 || requires(std::span<const ThreadStack> stacks) {
        { M::stacks_put(stacks) } -> std::same_as<void>; // thread context, or idle
    };
    { M::allocate(bytes) } -> std::same_as<void*>; // null: none left
    { M::deallocate(memory) } -> std::same_as<void>;
    { M::last_thread_exited() } -> std::same_as<void>; // does not return
    // Thread-local variables: for a new thread (false: no memory); the thread is the next to run;
    // the calling thread ends; no CPU runs the thread any more.
    { M::locals_make(thread) } -> std::same_as<bool>;
    { M::locals_enter(thread) } -> std::same_as<void>; // interrupts off
    { M::locals_end() } -> std::same_as<void>;         // thread context
    { M::locals_free(thread) } -> std::same_as<void>;  // thread context, or idle
};

} // namespace uk
