// SPDX-License-Identifier: BSD-3-Clause
// A simulated machine of several CPUs on one host thread, for schedules that a seed determines: at
// every call of the scheduler into the machine another CPU may go on. After each step it is checked
// that a thread is on one CPU or in one queue, where it may be, and that no CPU sleeps while one of
// them waits for it. (Data races are for smp.hpp, whose CPUs are threads of the host.)
#pragma once

#include <array>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include <uk/sched/scheduler.hpp>
#include <uk/sched/wait_queue.hpp>

#include "fiber.hpp"

namespace many {

inline constexpr unsigned kMostCpus = 8;

struct Cpu {
    bool irqs_on = true;
    bool idles = false;
    unsigned preempt_count = 0;
    bool need_resched = false;
    bool kicked = false; // its interrupt is on the way
    uint64_t alarm = uk::kNever;
    uk::HeldRanks held;
    uk::Thread* current = nullptr;
    uk::Thread* before = nullptr;
    const uk::Thread* locals_seen = nullptr; // whose thread-local variables are visible
    sim::Fiber boot;
    sim::Fiber* executing = &boot;
};

struct State {
    std::mt19937 random;
    std::array<Cpu, kMostCpus> cpus;
    unsigned count = 0;        // of CPUs
    unsigned at = 0;           // the one that executes
    unsigned hop_one_in = 3;   // at each place where another CPU may go on
    unsigned alarm_one_in = 8; // an alarm that comes too early; 0: never
    bool in_turns = false;     // all CPUs are equally quick, and time passes
    uint64_t now = 1;
    uint64_t ns_per_turn = 0;
    uint64_t hops = 0, kicks = 0, alarms = 0;
    std::map<void*, std::unique_ptr<sim::Fiber>> fibers; // by the top of their stacks
    size_t stacks = 0, blocks = 0, locals = 0;
    bool woken_from_outside = false;
    std::function<void()> on_timer, interrupt_end, preempt_point; // the scheduler's
    std::function<bool()> any_ready;                              // somebody is in a run queue
    std::function<void()> handler; // a test's interrupt handler, with each alarm
};
inline std::unique_ptr<State> g;

inline Cpu& here() {
    return g->cpus[g->at];
}

// Another CPU, or this one, goes on.
inline void hop_to(unsigned number) {
    g->hops++;
    Cpu& from = here();
    Cpu& to = g->cpus[number];
    if (&from == &to)
        return;
    g->at = number;
    sim::fiber_switch(*from.executing, *to.executing, false);
}

// Time passes when all have had a turn.
inline void hop() {
    const unsigned next = (g->in_turns ? g->at + 1 : static_cast<unsigned>(g->random())) % g->count;
    if (next == 0)
        g->now += g->ns_per_turn;
    hop_to(next);
}

inline void interrupt() {
    Cpu& cpu = here();
    const bool timer = g->now >= cpu.alarm || !cpu.kicked;
    cpu.irqs_on = false;
    cpu.preempt_count++;
    if (cpu.kicked) {
        cpu.kicked = false;
        cpu.need_resched = true;
    }
    if (timer) {
        g->alarms++;
        if (!g->in_turns)
            g->now += g->random() % 3'000'000;
        cpu.alarm = uk::kNever;
        g->on_timer();
        if (g->handler)
            g->handler();
    }
    cpu.preempt_count--;
    if (cpu.preempt_count == 0 && cpu.need_resched)
        g->interrupt_end();
    here().irqs_on = true;
}

inline bool has_interrupt(const Cpu& cpu) {
    return cpu.kicked || g->now >= cpu.alarm;
}

// Every place where an interrupt could come, or other CPUs do something.
inline void point() {
    if (g->in_turns || g->random() % g->hop_one_in == 0)
        hop();
    if (here().irqs_on && (has_interrupt(here()) || (!g->in_turns && g->alarm_one_in != 0 &&
                                                     g->random() % g->alarm_one_in == 0)))
        interrupt();
}

// Interrupts are off: only others do something.
inline void glimpse() {
    if (!g->in_turns && g->random() % g->hop_one_in == 0)
        hop();
}

template <class Policy, unsigned kCount>
struct System;
template <class Policy, unsigned kCount>
struct Machine {
    static_assert(kCount <= kMostCpus);
    struct IrqState {
        bool on;
    };
    static constexpr bool kManyCpus = true;
    static constexpr bool kPreempts = Policy::kPreempts;
    static constexpr bool kChecks = true;
    static constexpr unsigned kCpus = kCount;
    static constexpr size_t kStackBytes = 64 * 1024;
    static constexpr bool kStackChecks = true;
    static constexpr size_t kKernelStackBytes = 0;
    static constexpr size_t kStackBatch = 1; // 16 in smp.hpp, over real threads
    static constexpr size_t kInnerGuardBytes = 0;
    static constexpr bool kAlarm = Policy::kPreempts;

    static IrqState irq_save() {
        point();
        const bool was = here().irqs_on;
        here().irqs_on = false;
        return {was};
    }
    static void irq_restore(IrqState state) {
        here().irqs_on = state.on;
        point();
    }
    static void relax() { hop(); }
    static void preempt_disable() { here().preempt_count++; }
    static void preempt_enable() {
        if (--here().preempt_count == 0 && here().need_resched)
            g->preempt_point();
        point();
    }
    static void rank_push(uk::LockRank rank) {
        glimpse();
        here().held.push(rank);
    }
    static void rank_pop(uk::LockRank rank) {
        here().held.pop(rank);
        if (!here().irqs_on)
            glimpse();
    }

    static unsigned cpu() {
        EXPECT_FALSE(here().irqs_on) << "the thread could be elsewhere when it uses that";
        return g->at;
    }
    static uk::Thread& current() { return *here().current; }
    static void set_current(uk::Thread& thread) {
        for (unsigned i = 0; i < kCount; i++) {
            EXPECT_TRUE(i == g->at || g->cpus[i].current != &thread) << "on two CPUs";
        }
        EXPECT_NE(thread.affinity() >> g->at & 1, 0u) << "where it may not be";
        EXPECT_EQ(thread.cpu(), g->at);
        EXPECT_EQ(thread.state(), uk::ThreadState::ready);
        EXPECT_FALSE(thread.is_queued());
        here().before = here().current;
        here().current = &thread;
    }
    static bool need_resched() { return here().need_resched; }
    static void set_need_resched(bool flag) { here().need_resched = flag; }
    static void kick(unsigned cpu) {
        EXPECT_NE(cpu, g->at);
        g->kicks++;
        g->cpus[cpu].kicked = true;
        glimpse();
    }
    static bool may_switch() { return here().preempt_count == 0; }
    static bool irqs_held() { return !here().irqs_on; }
    static uint64_t now() { return g->now; }
    static void set_kernel_stack(void* /*top*/) {}
    static void set_alarm(uint64_t deadline) {
        EXPECT_FALSE(here().irqs_on);
        here().alarm = deadline;
    }
    static void idle(uint64_t deadline) {
        Cpu& cpu = here();
        EXPECT_FALSE(cpu.irqs_on) << "a wake-up could be lost";
        EXPECT_EQ(cpu.held.count(), 0u);
        if (kAlarm) {
            EXPECT_LE(cpu.alarm, deadline) << "who ends this wait?";
        } else {
            cpu.alarm = deadline;
        }
        cpu.idles = true;
        while (!has_interrupt(cpu) &&
               (g->in_turns || g->alarm_one_in == 0 || g->random() % g->alarm_one_in != 0)) {
            if (everybody_idles())
                time_passes();
            hop();
        }
        cpu.idles = false;
        cpu.preempt_count++; // the idle thread looks at the queue itself
        interrupt();
        cpu.preempt_count--;
        cpu.irqs_on = false;
    }
    static bool may_be_woken() { return g->woken_from_outside; }
    static bool stopping() { return false; }

    static uk::hal::Context context_make(void* top, uk::hal::ContextEntry entry, void* argument) {
        sim::Fiber& fiber = *g->fibers.at(top);
        sim::fiber_make(fiber, entry, argument);
        return {reinterpret_cast<uintptr_t>(&fiber)};
    }
    // The context is what this CPU executes: at once for `from`, so that whoever ran it elsewhere
    // too early would go on in the middle of another's steps.
    static void context_switch(uk::hal::Context& from, const uk::hal::Context& to) {
        Cpu& cpu = here();
        EXPECT_FALSE(cpu.irqs_on);
        EXPECT_EQ(cpu.held.count(), 1u) << "the run queue's lock and no other";
        EXPECT_EQ(cpu.locals_seen, cpu.current);
        glimpse(); // the context is not saved yet
        sim::Fiber& left = *cpu.executing;
        from.sp = reinterpret_cast<uintptr_t>(&left);
        cpu.executing = reinterpret_cast<sim::Fiber*>(to.sp);
        EXPECT_NE(cpu.executing, nullptr) << "its context was not saved";
        const_cast<uk::hal::Context&>(to).sp = 0;
        sim::fiber_switch(left, *cpu.executing, cpu.before->state() == uk::ThreadState::exited);
    }

    static uk::Result<uk::ThreadStack> stack_get(size_t bytes, const char* /*name*/) {
        g->stacks++;
        auto* base = static_cast<char*>(std::aligned_alloc(16, bytes));
        auto fiber = std::make_unique<sim::Fiber>();
        fiber->base = base;
        fiber->size = bytes;
        g->fibers[base + bytes] = std::move(fiber);
        return uk::ThreadStack{base, bytes};
    }
    static void stack_rename(uk::ThreadStack stack, const char* /*name*/) {
        EXPECT_TRUE(g->fibers.contains(stack.base + stack.size));
    }
    static void stack_put(uk::ThreadStack stack) {
        sim::Fiber& fiber = *g->fibers.at(stack.base + stack.size);
        for (const Cpu& cpu : g->cpus)
            EXPECT_NE(cpu.executing, &fiber) << "a CPU stands on it";
        sim::fiber_drop(fiber);
        g->fibers.erase(stack.base + stack.size);
        g->stacks--;
        std::free(stack.base);
    }
    static void* allocate(size_t bytes) {
        g->blocks++;
        return std::malloc(bytes);
    }
    static void deallocate(void* memory) {
        for (const Cpu& cpu : g->cpus)
            EXPECT_NE(memory, static_cast<void*>(cpu.current)) << "a thread that runs was freed";
        g->blocks--;
        std::free(memory);
    }
    static bool locals_make(uk::Thread& /*thread*/) {
        g->locals++;
        return true;
    }
    static void locals_enter(const uk::Thread& thread) {
        EXPECT_FALSE(here().irqs_on);
        here().locals_seen = &thread;
    }
    static void locals_end() {
        EXPECT_TRUE(may_switch()) << "destructors are ordinary code";
        point();
    }
    static void locals_free(uk::Thread& thread) {
        for (const Cpu& cpu : g->cpus)
            EXPECT_NE(cpu.current, &thread) << "a CPU runs it";
        g->locals--;
    }
    static void last_thread_exited() { UK_PANIC("the last thread exited"); }

  private:
    static bool everybody_idles() {
        for (unsigned i = 0; i < kCount; i++) {
            if (!g->cpus[i].idles || has_interrupt(g->cpus[i]))
                return false;
        }
        return true;
    }
    static void time_passes() {
        uint64_t next = uk::kNever;
        for (unsigned i = 0; i < kCount; i++)
            next = std::min(next, g->cpus[i].alarm);
        EXPECT_FALSE(g->any_ready()) << "somebody waits for a CPU, and all of them sleep";
        if (next == uk::kNever) {
            if (!g->woken_from_outside)
                UK_PANIC("everybody sleeps, and nobody saw that");
            next = g->now + 1'000'000;
            here().alarm = next;
        }
        g->now = std::max(g->now, next);
    }
};

struct Options {
    bool early_alarms = true; // interrupts for nothing, which may hide that one is missing
    bool in_turns = false;    // all CPUs are equally quick, and a turn takes 100 us
};

// A system: made new for each run.
template <class Policy, unsigned kCount>
struct System {
    using M = Machine<Policy, kCount>;
    using Scheduler = uk::Scheduler<M, Policy>;
    static constexpr unsigned kCpus = kCount;
    static constexpr uint64_t kAll = (uint64_t{1} << kCount) - 1;
    static inline Scheduler* sched = nullptr;

    struct Face {
        using Locks = M;
        static uk::Thread& current() { return M::current(); }
        static uk::Wake park(uint64_t deadline, uk::WaitsFor what) {
            return sched->park(deadline, what);
        }
        static void unpark(uk::Thread& thread) { sched->unpark(thread); }
    };
    using WaitQueue = uk::BasicWaitQueue<Face>;

    static uk::Ref<uk::Thread> start(uk::ThreadEntry entry, void* argument = nullptr,
                                     unsigned priority = uk::kDefaultPriority,
                                     uint64_t affinity = ~uint64_t{0}) {
        return UK_MUST(
            sched->create({.priority = priority, .affinity = affinity}, entry, argument));
    }
    static void* join(const uk::Ref<uk::Thread>& thread) {
        return UK_MUST(sched->join(*thread, uk::kNever));
    }
    static void stay_on(uint64_t affinity) { UK_MUST(sched->set_affinity(M::current(), affinity)); }
    static void sleep(uint64_t ns) { sched->sleep_until(g->now + ns); }

    // Runs body() as the first thread, with all CPUs; it ends its threads itself. Then nothing may
    // be left.
    static void run(unsigned seed, Options options, sim::Body body) {
        g = std::make_unique<State>();
        g->random.seed(seed);
        g->count = kCount;
        g->in_turns = options.in_turns;
        g->ns_per_turn = options.in_turns ? 100'000 : 100;
        g->hop_one_in = 1 + seed % 5;
        if (!options.early_alarms)
            g->alarm_one_in = 0;
        sim::fiber_adopt(g->cpus[0].boot);
        void* memory = ::operator new (sizeof(Scheduler), std::align_val_t{64});
        sched = new (memory) Scheduler;
        g->on_timer = [] { sched->on_timer(); };
        g->interrupt_end = [] { sched->on_interrupt_end(); };
        g->preempt_point = [] {
            if constexpr (Policy::kPreempts)
                sched->preempt_point();
        };
        g->any_ready = [] {
            bool found = false;
            for (const uk::Thread& thread : sched->threads())
                found = found || thread.is_queued();
            return found;
        };
        std::vector<uk::ThreadStack> stacks;
        for (unsigned i = 0; i < kCount; i++) {
            g->cpus[i].irqs_on = false;
            stacks.push_back(UK_MUST(M::stack_get(M::kStackBytes, "idle")));
            if (i == 0)
                continue;
            g->cpus[i].executing = g->fibers.at(stacks[i].base + stacks[i].size).get();
            sim::fiber_make(
                *g->cpus[i].executing, [](void*) { sched->run_cpu(); }, nullptr);
        }
        sched->start("main", stacks[0]);
        here().irqs_on = true;
        for (unsigned i = 0; i < kCount; i++) { // until they run
            while (!sched->set_affinity(M::current(), uint64_t{1} << i).ok())
                sched->yield();
            EXPECT_EQ(g->at, i);
        }
        stay_on(~uint64_t{0});
        body();
        for (int i = 0; i < 1000 && (g->stacks != kCount || g->blocks != 0); i++) {
            sleep(1000); // who was joined may still be on its way out
            sched->trim();
        }
        EXPECT_EQ(sched->thread_count(), 1u) << "seed " << seed;
        EXPECT_EQ(g->stacks, kCount) << "seed " << seed;
        EXPECT_EQ(g->blocks, 0u) << "seed " << seed;
        EXPECT_EQ(g->locals, 0u) << "seed " << seed;
        EXPECT_EQ(here().preempt_count, 0u) << "seed " << seed;
        for (uk::ThreadStack stack : stacks) { // without their ends: a system is never taken down
            sim::fiber_drop(*g->fibers.at(stack.base + stack.size));
            std::free(stack.base);
        }
        ::operator delete (memory, std::align_val_t{64});
    }
};

} // namespace many
