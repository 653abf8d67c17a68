// SPDX-License-Identifier: BSD-3-Clause
// Scheduler: threads over any machine and any policy. Users include <uk/sched.hpp>; this is for
// providers and tests. docs/threads.md explains the switch and why its order is right.
#pragma once

#include <cstdint>
#include <type_traits>

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

    // With one CPU there is nothing of what lets threads move, neither data nor code.
    static constexpr bool kMany = M::kCpus > 1;
    static constexpr bool kShares = kMany && M::kAlarm && Policy::kPreempts; // while threads run
    static constexpr uint64_t kShareNs = 10'000'000; // so often, while somebody waits
    static constexpr unsigned kRotate = 4;           // after so many times the odd one goes on
    static constexpr unsigned kLook = 4;             // of a queue, who might go elsewhere
    static constexpr unsigned kNobody = kThreadPriorities;

    // How threads go from one CPU to another. The atomic ones are written under the CPU's lock
    // and tell the others what may have changed by the time they look.
    struct Traffic {
        Thread::Exited leaving;             // ready, in no queue; empty whenever the lock is free
        Atomic<unsigned> queued{0};         // threads in `ready`
        Atomic<unsigned> priority{kNobody}; // of the one that runs, or will at once; or idle
        Atomic<uint64_t> word{0};           // its policy word
        Atomic<uint64_t> barren{0};         // bit n: CPU n found nobody here whom it may take
        Atomic<uint32_t> starts{0};         // how often it stopped to be idle
        uint64_t share_at = kNever;         // when on_timer() looks who else could run them
        unsigned shares = 0;                // since the odd one went on
        uint16_t arrivals = 0;              // of threads from other CPUs
    };
    struct Nothing {};
    // Bit n is for CPU n.
    struct Masks {
        Atomic<uint64_t> idle{0};  // it waits, and nobody has chosen it yet
        Atomic<uint64_t> quiet{0}; // it waits without sleepers
    };

    // One per CPU; all of it is guarded by its lock.
    struct alignas(kMany ? 64 : alignof(void*)) Cpu {
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
        [[no_unique_address]] std::conditional_t<kMany, Traffic, Nothing> traffic;
    };

  public:
    constexpr Scheduler() = default;
    Scheduler(const Scheduler&) = delete;
    Scheduler& operator=(const Scheduler&) = delete;

    // Makes the caller the first thread, on this CPU, and gives the CPU an idle thread. Once.
    // `kernel_stack` is the caller's, its top; that of the idle thread is in `idle_stack`, which
    // has no guard inside.
    void start(const char* name, ThreadStack idle_stack, void* kernel_stack = nullptr);
    // Lets a further CPU run threads; returns when the machine is stopping. The caller's stack
    // becomes that of the idle thread, `kernel_stack` the top of where its interrupts run.
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
    // The running thread lets go if somebody else should run. With interrupts off by hand it goes
    // on, and a switch that is wanted comes by an interrupt as soon as they are on.
    void preempt_point();
    // The same at the end of an interrupt, interrupts off, before and after.
    void on_interrupt_end();
    // The timer interrupt's part: wakes whose deadline has come, ends slices. Handlers only.
    void on_timer();
    [[nodiscard]] size_t thread_count() {
        LockGuard guard(list_lock_);
        return thread_count_;
    }
    // The thread of that number, or none: with LIBUKSCHED_IDS only.
    [[nodiscard]] Ref<Thread> find(uint32_t id) {
        LockGuard guard(list_lock_);
        for (Thread& thread : all_) {
            if (id_of(thread) == id)
                return Ref<Thread>::share(thread);
        }
        return {};
    }
    // The one with the lowest number that is not below, as find().
    [[nodiscard]] Ref<Thread> find_from(uint32_t id) {
        LockGuard guard(list_lock_);
        Thread* best = nullptr;
        for (Thread& thread : all_) {
            if (id_of(thread) >= id && id_of(thread) != 0 &&
                (best == nullptr || id_of(thread) < id_of(*best)))
                best = &thread;
        }
        return best != nullptr ? Ref<Thread>::share(*best) : Ref<Thread>();
    }
    // Gives back what exited threads left and the stacks kept for the next ones. Thread context.
    void trim() {
        free_all_exited();
        stacks_.clear();
    }
    // For reports: no lock is taken.
    [[nodiscard]] const Thread::All& threads() const { return all_; }

  private:
    Cpu& here() { return cpus_[M::kCpus == 1 ? 0 : M::cpu()]; }
    Thread& running_on(Cpu& cpu) { return M::kCpus == 1 ? M::current() : *cpu.running; }
    Cpu& lock_home(Thread& thread);
    void adopt(Thread& thread, const char* name, unsigned cpu);
    Result<> check_affinity(uint64_t affinity) const;
    Wake block(ThreadState kind, uint64_t deadline, WaitsFor what);
    void make_ready(Cpu& cpu, Thread& thread, Why why);
    void want_switch(Cpu& cpu);
    void compare_to_running(Cpu& cpu, Thread& queued);
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
        if (kShares && watch_queue(cpu))
            return;
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
    // The run queue, counted.
    static void enqueue(Cpu& cpu, Thread& thread, Why why) {
        cpu.ready.enqueue(thread, why);
        if constexpr (kMany)
            count_queued(cpu, 1);
    }
    static Thread* pick(Cpu& cpu) {
        Runnable* picked = cpu.ready.pick();
        if constexpr (kMany) {
            if (picked != nullptr)
                count_queued(cpu, ~0U);
        }
        return static_cast<Thread*>(picked);
    }
    void switch_to(Cpu& cpu, Thread& self, Thread& next);
    void switch_from(Cpu& cpu, Thread& self);
    void switch_later();
    void after_wake() {
        if constexpr (Policy::kPreempts) {
            if (M::need_resched()) [[unlikely]]
                preempt_point();
        }
    }
    void free_exited();
    void free_all_exited();
    [[gnu::always_inline]] void free_what_left(Thread& exited) {
        if (exited.stack_.base != nullptr)
            stacks_.put(exited.stack_);
        exited.stack_ = {};
        M::locals_free(exited);
        exited.ref_release();
    }
    void idle_loop();
    [[noreturn]] void deadlock();
    bool is_joined_by(Thread& self, const Thread& thread);
    Result<Thread*> make_thread(const ThreadOptions& options);
    template <class T>
    static uint32_t id_of(const T& thread) {
        if constexpr (requires { thread.id; })
            return thread.id;
        return 0;
    }
    // The list's lock is held.
    template <class T>
    void give_id(T& thread) {
        if constexpr (requires { thread.id; })
            thread.id = ++ids_given_;
    }
    static void start_thread(void* thread);
    static void start_idle(void* scheduler);
    static void free_thread(Thread& thread);

    // Releases the lock of a run queue whose threads may have become ready, or left. Interrupts are
    // off. It may take locks of other run queues after that.
    void unlock(Cpu& cpu) {
        if constexpr (kMany) {
            if (!cpu.traffic.leaving.empty()) [[unlikely]]
                return unlock_and_deliver(cpu);
        }
        cpu.lock.unlock_irqs_off();
    }

    // The rest is there with several CPUs only: migration_impl.hpp.
    unsigned number_of(const Cpu& cpu) const { return static_cast<unsigned>(&cpu - cpus_); }
    uint64_t bit_of(const Cpu& cpu) const { return uint64_t{1} << (&cpu - cpus_); }
    bool may_stay(const Cpu& cpu, const Thread& thread) const {
        return (thread.affinity_ & bit_of(cpu)) != 0;
    }
    static void count_queued(Cpu& cpu, unsigned by);
    static void dequeue(Cpu& cpu, Thread& thread);
    static void show(Cpu& cpu, const Thread& running);
    static void read_shown(const Cpu& cpu, Runnable& shown);
    void no_longer_idle(Cpu& cpu);
    bool watch_queue(Cpu& cpu);
    unsigned load_of(unsigned cpu) const;
    unsigned claim_idle(uint64_t affinity);
    unsigned least_loaded(uint64_t affinity, unsigned near) const;
    unsigned choose(uint64_t affinity, unsigned near);
    void send(Cpu& cpu, Thread& thread, unsigned target);
    void unlock_and_deliver(Cpu& cpu);
    void settle(Cpu& cpu, Thread& thread, Why why, bool may_go = true);
    void place_queued(Cpu& cpu, Thread& thread, bool may_go);
    bool go_to_idle(Cpu& cpu, Thread& thread);
    bool go_to_less_urgent(Cpu& cpu, Thread& thread);
    bool send_if_forbidden(Cpu& cpu, Thread& thread);
    void send_away(Cpu& cpu, Thread& thread);
    bool leave_if_forbidden(Cpu& cpu, Thread& self);
    void leave(Cpu& cpu, Thread& self);
    bool others_have_work(const Cpu& cpu) const;
    bool worth_a_look(const Cpu& other, uint64_t bit) const;
    void pull(Cpu& cpu);
    static unsigned look(Cpu& cpu, Thread** first);
    void share(Cpu& cpu);
    bool give(Cpu& cpu, Thread& thread, unsigned less);
    unsigned lighter(const Cpu& cpu, const Thread& thread, unsigned less) const;
    void rotate(Cpu& cpu, Thread** first, unsigned count);
    uint64_t next_share(Cpu& cpu);
    bool wait_for_work(Cpu& cpu);
    bool all_are_quiet();

    Cpu cpus_[M::kCpus];
    [[no_unique_address]] std::conditional_t<kMany, Masks, Nothing> masks_;
    Atomic<uint64_t> online_; // bit n: CPU n runs threads; with several CPUs
    Thread first_;
    StackCache<M> stacks_;
    ListLock list_lock_; // guards the three below
    Thread::All all_;
    size_t thread_count_ = 0;
    uint32_t ids_given_ = 0;
};

} // namespace uk

#include <uk/sched/migration_impl.hpp>
#include <uk/sched/scheduler_impl.hpp>
#include <uk/sched/thread_life_impl.hpp>
