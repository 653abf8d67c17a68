// SPDX-License-Identifier: BSD-3-Clause
// A machine of four CPUs, which are threads of the host: for the thread sanitizer, which sees
// whether locks order all that CPUs share, the switch included.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <uk/sched/scheduler.hpp>
#include <uk/sched/wait_queue.hpp>
#include <uk/schedprio/prio_policy.hpp>

#include "fiber.hpp"

namespace smp {

using uk::Ref;
using uk::Thread;

constexpr unsigned kCpuCount = 4;

struct HostCpu {
    bool irqs_on = true;
    unsigned preempt_count = 0;
    std::atomic<bool> need_resched{false};
    uk::HeldRanks held;
    Thread* current = nullptr;
    Thread* before = nullptr;
    sim::Fiber boot; // the host thread itself
    sim::Fiber* executing = &boot;
    std::minstd_rand random;
};
inline HostCpu g_cpus[kCpuCount];
inline std::atomic<bool> g_stopping{false};
inline std::atomic<unsigned> g_stacks{0};
inline thread_local unsigned t_cpu = 0;

// Threads go from one host thread to another: nobody may keep the address of a thread-local across
// a call, as compilers do with what they see.
[[gnu::noinline]] inline unsigned this_cpu() {
    asm volatile("" ::: "memory");
    return t_cpu;
}
inline HostCpu& here() {
    return g_cpus[this_cpu()];
}

struct SmpMachine {
    struct IrqState {
        bool on;
    };
    static constexpr bool kManyCpus = true;
    static constexpr bool kPreempts = true;
    static constexpr bool kChecks = true;
    static constexpr unsigned kCpus = kCpuCount;
    static constexpr size_t kStackBytes = 64 * 1024;
    static constexpr bool kStackChecks = true;
    static constexpr size_t kKernelStackBytes = 0;
    static constexpr size_t kStackBatch = 16;
    static constexpr size_t kInnerGuardBytes = 0;
    static constexpr bool kAlarm = false;

    static IrqState irq_save() {
        const bool was = here().irqs_on;
        here().irqs_on = false;
        return {was};
    }
    static void irq_restore(IrqState state);
    static void relax() { std::this_thread::yield(); }
    static void preempt_disable() { here().preempt_count++; }
    static void preempt_enable();
    static void rank_push(uk::LockRank rank) { here().held.push(rank); }
    static void rank_pop(uk::LockRank rank) { here().held.pop(rank); }
    static unsigned cpu() { return this_cpu(); }
    static Thread& current() { return *here().current; }
    static void set_current(Thread& thread) {
        here().before = here().current;
        here().current = &thread;
    }
    static bool need_resched() { return here().need_resched.load(std::memory_order_relaxed); }
    static void set_need_resched(bool flag) {
        here().need_resched.store(flag, std::memory_order_relaxed);
    }
    static void kick(unsigned cpu) {
        g_cpus[cpu].need_resched.store(true, std::memory_order_relaxed);
    }
    static bool may_switch() { return here().preempt_count == 0; }
    static bool irqs_held() { return !here().irqs_on; }
    static uint64_t now() {
        return static_cast<uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
    }
    static void idle(uint64_t deadline) {
        for (int i = 0; i < 100 && !need_resched() && !stopping() && now() < deadline; i++)
            std::this_thread::yield();
    }
    static void set_kernel_stack(void* /*top*/) {}
    static void set_alarm(uint64_t /*deadline*/) {}
    static bool may_be_woken() { return false; } // so that no false alarm of a deadlock is hidden
    static bool stopping() { return g_stopping.load(std::memory_order_relaxed); }

    // A stack is followed by its fiber.
    static sim::Fiber& fiber_at(void* top) { return *static_cast<sim::Fiber*>(top); }
    static uk::hal::Context context_make(void* top, uk::hal::ContextEntry entry, void* argument) {
        sim::fiber_make(fiber_at(top), entry, argument);
        return {reinterpret_cast<uintptr_t>(top)};
    }
    static void context_switch(uk::hal::Context& from, const uk::hal::Context& to) {
        HostCpu& cpu = here();
        sim::Fiber& left = *cpu.executing;
        from.sp = reinterpret_cast<uintptr_t>(&left);
        cpu.executing = reinterpret_cast<sim::Fiber*>(to.sp);
        sim::fiber_switch(left, *cpu.executing, cpu.before->state() == uk::ThreadState::exited);
    }
    static uk::Result<uk::ThreadStack> stack_get(size_t bytes, const char* /*name*/) {
        g_stacks++;
        auto* base = static_cast<char*>(std::malloc(bytes + sizeof(sim::Fiber)));
        auto* fiber = new (base + bytes) sim::Fiber;
        fiber->base = base;
        fiber->size = bytes;
        return uk::ThreadStack{base, bytes};
    }
    static void stack_rename(uk::ThreadStack /*stack*/, const char* /*name*/) {}
    static void stack_put(uk::ThreadStack stack) {
        g_stacks--;
        sim::fiber_drop(fiber_at(stack.base + stack.size));
        std::free(stack.base);
    }
    static void stacks_put(std::span<const uk::ThreadStack> stacks) {
        for (uk::ThreadStack stack : stacks)
            stack_put(stack);
    }
    static void* allocate(size_t bytes) { return std::malloc(bytes); }
    static void deallocate(void* memory) { std::free(memory); }
    static bool locals_make(uk::Thread& /*thread*/) { return true; }
    static void locals_enter(const uk::Thread& /*thread*/) {}
    static void locals_end() {}
    static void locals_free(uk::Thread& /*thread*/) {}
    static void last_thread_exited() { UK_PANIC("the last thread exited"); }
};

using Sched = uk::Scheduler<SmpMachine, uk::PrioPolicy>;
inline Sched* g_sched = nullptr;

inline void SmpMachine::irq_restore(IrqState state) {
    HostCpu& cpu = here();
    if (state.on && cpu.random() % 8 == 0) { // a timer interrupt
        cpu.preempt_count++;
        g_sched->on_timer();
        cpu.preempt_count--;
        if (cpu.preempt_count == 0 && need_resched())
            g_sched->on_interrupt_end();
    }
    here().irqs_on = state.on;
}

inline void SmpMachine::preempt_enable() {
    if (--here().preempt_count == 0 && need_resched())
        g_sched->preempt_point();
}

struct Face {
    using Locks = SmpMachine;
    static Thread& current() { return SmpMachine::current(); }
    static uk::Wake park(uint64_t deadline, uk::WaitsFor what) {
        return g_sched->park(deadline, what);
    }
    static void unpark(Thread& thread) { g_sched->unpark(thread); }
};
using WaitQueue = uk::BasicWaitQueue<Face>;

class SmpTest : public testing::Test {
  protected:
    // Runs body() as the first thread on CPU 0, with all other CPUs running.
    template <class Body>
    void run(Body body) {
        g_stopping = false;
        for (unsigned i = 0; i < kCpuCount; i++) {
            g_cpus[i].irqs_on = true;
            g_cpus[i].need_resched = false;
            g_cpus[i].executing = &g_cpus[i].boot;
            g_cpus[i].random.seed(i + 1);
        }
        sim::fiber_adopt(g_cpus[0].boot);
        void* memory = ::operator new(sizeof(Sched));
        g_sched = new (memory) Sched;
        uk::ThreadStack idle = UK_MUST(SmpMachine::stack_get(SmpMachine::kStackBytes, "idle"));
        g_sched->start("main", idle);
        UK_MUST(g_sched->set_affinity(SmpMachine::current(), 1)); // it is a thread of the host
        std::vector<std::thread> cpus;
        for (unsigned i = 1; i < kCpuCount; i++) {
            cpus.emplace_back([i] {
                t_cpu = i;
                sim::fiber_adopt(g_cpus[i].boot);
                g_sched->run_cpu();
            });
            while (!create(
                i, [](void* a) { return a; }, nullptr, 16)) // until it runs
                std::this_thread::yield();
        }
        body();
        do { // asleep, so that less urgent ones can end; who ends is counted out before it is gone
            g_sched->sleep_until(SmpMachine::now() + 50'000);
            g_sched->trim();
        } while (g_sched->thread_count() != 1 || g_stacks != 1);
        g_stopping = true;
        for (std::thread& cpu : cpus)
            cpu.join();
        g_sched->trim();
        EXPECT_EQ(g_cpus[0].held.count(), 0u);
        SmpMachine::stack_put(idle);
        ::operator delete(memory); // a system is never taken down
    }
    static bool create(unsigned cpu, uk::ThreadEntry entry, void* argument, unsigned priority) {
        return g_sched
            ->create({.priority = priority, .affinity = uint64_t{1} << cpu}, entry, argument)
            .ok();
    }
    static Ref<Thread> start(unsigned cpu, uk::ThreadEntry entry, void* argument = nullptr,
                             unsigned priority = 16) {
        return UK_MUST(g_sched->create({.priority = priority, .affinity = uint64_t{1} << cpu},
                                       entry, argument));
    }
    static void* join(const Ref<Thread>& thread) {
        return UK_MUST(g_sched->join(*thread, uk::kNever));
    }
};

} // namespace smp
