// SPDX-License-Identifier: BSD-3-Clause
// Scheduler: threads over any machine and any policy. Users include <uk/sched.hpp>; this is for
// providers and tests. docs/threads.md explains the switch and why its order is right.
#pragma once

#include <cstdint>

#include <uk/base/ref.hpp>
#include <uk/base/result.hpp>
#include <uk/sched/machine.hpp>
#include <uk/sched/policy.hpp>
#include <uk/sched/stack_cache.hpp>
#include <uk/sched/thread.hpp>
#include <uk/spinlock/basic.hpp>

namespace uk {

// Contracts of the public functions: <uk/sched.hpp>, where functions of the same names stand.
template <class M, class Policy>
class Scheduler {
    static_assert(SchedMachine<M> && SchedPolicy<Policy> && M::kCpus <= 64);
    using IrqState = typename M::IrqState;
    using RunLock = BasicIrqSpinlock<M, LockRank::run_queue>;
    using ListLock = BasicSpinlock<M, LockRank::thread_list>;

    // One per CPU; all of it is guarded by its lock.
    struct Cpu {
        RunLock lock;
        Policy ready;
        Thread* running = nullptr;           // with several CPUs
        const Thread* slice_owner = nullptr; // whose slice ends then; only compared
        uint64_t slice_end = 0;              // kNoSlice: it has ended
        uint64_t alarm = kNever;             // what the machine's is set to; with M::kAlarm
        bool sliced = false;                 // that is at most a slice away
        Thread::Sleepers sleepers;
        Thread::Exited exited; // threads that no CPU runs any more, waiting to be freed
        Thread idle;
    };

  public:
    constexpr Scheduler() = default;
    Scheduler(const Scheduler&) = delete;
    Scheduler& operator=(const Scheduler&) = delete;

    // Makes the caller the first thread, on this CPU, and gives the CPU an idle thread. Once.
    // `kernel_stack` is the caller's, its top; that of the idle thread is in `idle_stack`, which
    // has no guard inside.
    void start(const char* name, ThreadStack idle_stack, void* kernel_stack = nullptr);
    // Lets a further CPU run threads; returns when the machine is stopping. The caller becomes its
    // idle thread; `kernel_stack` is the top of that one's.
    void run_cpu(void* kernel_stack = nullptr);
    [[nodiscard]] Thread& idle_thread(unsigned cpu) { return cpus_[cpu].idle; }

    [[nodiscard]] Result<Ref<Thread>> create(const ThreadOptions& options, ThreadEntry entry,
                                             void* argument);
    [[nodiscard]] Result<void*> join(Thread& thread, uint64_t deadline);
    [[noreturn]] void exit(void* result);
    void yield();
    Wake park(uint64_t deadline, WaitsFor what) {
        return block(ThreadState::parked, deadline, what);
    }
    void unpark(Thread& thread);
    void sleep_until(uint64_t deadline);
    [[nodiscard]] Result<> set_priority(Thread& thread, unsigned priority);
    void set_policy_word(Thread& thread, uint64_t word);
    [[nodiscard]] Result<> set_affinity(Thread& thread, uint64_t mask);
    void preempt_point();
    // The timer interrupt's part: wakes whose deadline has come, ends slices. Handlers only.
    void on_timer();
    [[nodiscard]] size_t thread_count() {
        LockGuard guard(list_lock_);
        return thread_count_;
    }
    // Gives back what exited threads left and the stacks kept for the next ones. Thread context.
    void trim() {
        free_exited();
        stacks_.clear();
    }
    // For reports: no lock is taken.
    [[nodiscard]] const Thread::All& threads() const { return all_; }

  private:
    Cpu& here() { return cpus_[M::kCpus == 1 ? 0 : M::cpu()]; }
    Thread& running_on(Cpu& cpu) { return M::kCpus == 1 ? M::current() : *cpu.running; }
    Cpu& lock_home(Thread& thread);
    void adopt(Thread& thread, const char* name, unsigned cpu);
    Result<unsigned> place(uint64_t affinity) const;
    Wake block(ThreadState kind, uint64_t deadline, WaitsFor what);
    void make_ready(Cpu& cpu, Thread& thread, Why why);
    void want_switch(Cpu& cpu);
    void compare_to_running(Cpu& cpu, const Thread& queued);
    void wake_sleepers(Cpu& cpu) {
        if (!cpu.sleepers.empty())
            wake_due(cpu);
    }
    void wake_due(Cpu& cpu);
    static void alarm_at(Cpu& cpu, uint64_t deadline) {
        if (M::kAlarm && deadline < cpu.alarm) {
            cpu.alarm = deadline;
            M::set_alarm(deadline);
        }
    }
    // After anything by which `running` may have got somebody to share the CPU with.
    void watch_slice(Cpu& cpu, const Thread& running) {
        if constexpr (M::kAlarm && Policy::kPreempts) {
            if (cpu.sliced || cpu.ready.slice_ns(running) == kNoSlice)
                return;
            if (M::kCpus == 1 || &cpu == &here())
                begin_slice(cpu, running);
            else
                want_switch(cpu); // it looks for itself
        }
    }
    void begin_slice(Cpu& cpu, const Thread& running);
    // Noted by on_timer(), and not acted on yet.
    static bool slice_is_over(Cpu& cpu, const Thread& running) {
        return cpu.slice_owner == &running && cpu.slice_end == kNoSlice && M::need_resched();
    }
    // What lies above the thread's own part of its stack.
    static constexpr size_t kUpper = M::kInnerGuardBytes + M::kKernelStackBytes;
    static void* top_of(ThreadStack stack) { return stack.base + (stack.size - kUpper); }
    void switch_to(Cpu& cpu, Thread& self, Thread& next);
    void switch_from(Cpu& cpu, Thread& self);
    void after_wake() {
        if constexpr (Policy::kPreempts) {
            if (M::need_resched()) [[unlikely]]
                preempt_point();
        }
    }
    void free_exited();
    void idle_loop();
    [[noreturn]] void deadlock();
    bool is_joined_by(Thread& self, const Thread& thread);
    Result<Thread*> make_thread(const ThreadOptions& options);
    static void start_thread(void* thread);
    static void start_idle(void* scheduler);
    static void free_thread(Thread& thread);

    Cpu cpus_[M::kCpus];
    Atomic<uint64_t> online_; // bit n: CPU n runs threads; with several CPUs
    Thread first_;
    StackCache<M> stacks_;
    ListLock list_lock_; // guards the two below
    Thread::All all_;
    size_t thread_count_ = 0;
};

} // namespace uk

#include <uk/sched/scheduler_impl.hpp>
#include <uk/sched/thread_life_impl.hpp>
