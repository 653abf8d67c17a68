// SPDX-License-Identifier: BSD-3-Clause
// For a provider's slot.cpp only: makes a policy the scheduler of this image.
#pragma once

#include <new>

#include <uk/init.hpp>
#include <uk/sched.hpp>
#include <uk/sched/cpus.hpp>
#include <uk/sched/kernel_machine.hpp>
#include <uk/sched/scheduler.hpp>

namespace uk::sched::detail {

// Where the scheduler lies. With several CPUs it would be KiB of initial values in the image that
// are the same for all CPUs, so it is zeros and made when the machine starts.
template <class Scheduler, bool kMakeLate = kManyCpus>
class Instance {
  public:
    constexpr Scheduler& get() { return scheduler_; }
    void make() {}

  private:
    Scheduler scheduler_;
};

template <class Scheduler>
class Instance<Scheduler, true> {
  public:
    constexpr Instance() : zeros_{} {}
    Scheduler& get() { return scheduler_; }
    void make() { ::new (&scheduler_) Scheduler; }

  private:
    union {
        char zeros_[sizeof(Scheduler)];
        Scheduler scheduler_;
    };
};

} // namespace uk::sched::detail

// Defines the slot (<uk/sched.hpp>): `Policy` is a SchedPolicy, `text` its name. Once, at global
// scope. The whole scheduler is compiled here, so calls of the policy are inline. (Gates compile
// it in configurations without threads, too.)
#define UK_SCHEDULER(Policy, text)                                                                 \
    static_assert(!Policy::kPreempts || uk::KernelLocks::kPreempts || !uk::cfg::libuksched,        \
                  "a preemptive scheduler selects LIBUKSPINLOCK_PREEMPT in its Config.uk");        \
    static constinit uk::sched::detail::Instance<uk::Scheduler<uk::KernelMachine, Policy>>         \
        uk_scheduler_instance;                                                                     \
    static auto& uk_scheduler() {                                                                  \
        return uk_scheduler_instance.get();                                                        \
    }                                                                                              \
    alignas(16) static constinit char                                                              \
        uk_idle_stack[uk::sched::detail::kIdleStackBytes + uk::KernelMachine::kKernelStackBytes];  \
    alignas(                                                                                       \
        16) static constinit char uk_main_kernel_stack[uk::KernelMachine::kKernelStackBytes + 16]; \
    constinit uk::Thread* uk::sched::detail::g_current = nullptr;                                  \
    static void uk_scheduler_start() {                                                             \
        uk_scheduler_instance.make();                                                              \
        uk_scheduler().start("main", {uk_idle_stack, sizeof(uk_idle_stack)},                       \
                             uk_main_kernel_stack + sizeof(uk_main_kernel_stack));                 \
    }                                                                                              \
    UK_INIT(early, "scheduler", uk_scheduler_start);                                               \
    static void uk_scheduler_start_alarm() {                                                       \
        if constexpr (uk::KernelMachine::kAlarm)                                                   \
            uk::KernelMachine::start_alarm([] { uk_scheduler().on_timer(); },                      \
                                           [] { uk_scheduler().on_interrupt_end(); });             \
    }                                                                                              \
    UK_INIT(bus, "alarm", uk_scheduler_start_alarm);                                               \
    uk::Result<uk::Ref<uk::Thread>> uk::sched::create(const ThreadOptions& options,                \
                                                      ThreadEntry entry, void* argument) {         \
        return uk_scheduler().create(options, entry, argument);                                    \
    }                                                                                              \
    uk::Result<void*> uk::sched::join(Thread& thread, uint64_t deadline_ns) {                      \
        return uk_scheduler().join(thread, deadline_ns);                                           \
    }                                                                                              \
    void uk::sched::exit(void* result) {                                                           \
        uk_scheduler().exit(result);                                                               \
    }                                                                                              \
    [[gnu::flatten]] void uk::sched::yield() {                                                     \
        uk_scheduler().yield();                                                                    \
    }                                                                                              \
    void uk::sched::sleep_until(uint64_t deadline_ns) {                                            \
        uk_scheduler().sleep_until(deadline_ns);                                                   \
    }                                                                                              \
    void uk::sched::sleep_for(uint64_t ns) {                                                       \
        uint64_t deadline = 0;                                                                     \
        bool ever = __builtin_add_overflow(uk::hal::clock_monotonic_ns(), ns, &deadline);          \
        uk_scheduler().sleep_until(ever ? uk::kNever : deadline);                                  \
    }                                                                                              \
    [[gnu::flatten]] uk::Wake uk::sched::park(uint64_t deadline_ns, WaitsFor what) {               \
        return uk_scheduler().park(deadline_ns, what);                                             \
    }                                                                                              \
    [[gnu::flatten]] void uk::sched::unpark(Thread& thread) {                                      \
        uk_scheduler().unpark(thread);                                                             \
    }                                                                                              \
    uk::Result<> uk::sched::set_priority(Thread& thread, unsigned priority) {                      \
        return uk_scheduler().set_priority(thread, priority);                                      \
    }                                                                                              \
    uk::Result<> uk::sched::set_affinity(Thread& thread, uint64_t mask) {                          \
        return uk_scheduler().set_affinity(thread, mask);                                          \
    }                                                                                              \
    void uk::sched::set_policy_word(Thread& thread, uint64_t word) {                               \
        uk_scheduler().set_policy_word(thread, word);                                              \
    }                                                                                              \
    void uk::sched::preempt_point() {                                                              \
        uk_scheduler().preempt_point();                                                            \
    }                                                                                              \
    void uk::sched::wake_source_add() {                                                            \
        uk::KernelMachine::wake_sources.fetch_add_relaxed(1);                                      \
    }                                                                                              \
    void uk::sched::wake_source_remove() {                                                         \
        uk::KernelMachine::wake_sources.fetch_sub_acq_rel(1);                                      \
    }                                                                                              \
    uk::hal::ThreadHead* uk::sched::detail::idle_head(unsigned cpu) {                              \
        return uk::sched::detail::head_of(uk_scheduler().idle_thread(cpu));                        \
    }                                                                                              \
    void uk::sched::detail::run_cpu(void* kernel_stack) {                                          \
        uk_scheduler().run_cpu(kernel_stack);                                                      \
    }                                                                                              \
    uk::Ref<uk::Thread> uk::sched::find(uint32_t id) {                                             \
        return uk_scheduler().find(id);                                                            \
    }                                                                                              \
    uk::Ref<uk::Thread> uk::sched::find_from(uint32_t id) {                                        \
        return uk_scheduler().find_from(id);                                                       \
    }                                                                                              \
    void uk::sched::trim() {                                                                       \
        uk_scheduler().trim();                                                                     \
    }                                                                                              \
    const char* uk::sched::policy_name() {                                                         \
        return text;                                                                               \
    }                                                                                              \
    size_t uk::sched::thread_count() {                                                             \
        return uk_scheduler().thread_count();                                                      \
    }                                                                                              \
    void uk::sched::report() {                                                                     \
        if (uk_scheduler().thread_count() != 0)                                                    \
            report_threads(uk_scheduler().threads());                                              \
    }                                                                                              \
    static_assert(true)
