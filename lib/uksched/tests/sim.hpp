// SPDX-License-Identifier: BSD-3-Clause
// A simulated machine for the scheduler: one CPU, stacks that the host switches, a clock that moves
// when it is told, and timer interrupts at random moments wherever interrupts are open. A run is
// determined by its seed.
#pragma once

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

namespace sim {

struct State {
    std::mt19937 random;
    unsigned interrupt_one_in = 4; // at each place where one could come; 0: never
    uint64_t now = 1;
    uint64_t alarm = uk::kNever; // what the scheduler set
    uint64_t ns_per_point = 0;   // not 0: time passes by this, and interrupts are alarms
    bool irqs_on = true;
    unsigned preempt_count = 0;
    bool need_resched = false;
    uk::HeldRanks held;
    uk::Thread* current = nullptr;
    uk::Thread* before = nullptr;
    std::map<void*, std::unique_ptr<Fiber>> fibers; // by the top of their stacks
    size_t stacks = 0;
    size_t last_stack = 0; // bytes that were asked for last
    size_t blocks = 0;
    size_t locals = 0;                       // threads that have thread-local variables
    const uk::Thread* locals_seen = nullptr; // whose were made visible last
    unsigned fail_in = 0;                    // the k-th request for memory from now on fails
    bool woken_from_outside = false;
    std::function<void()> on_timer;      // the scheduler's
    std::function<void()> preempt_point; // the scheduler's
    std::function<void()> on_exit;       // the scheduler's, of interrupts
    std::function<bool()> any_ready;     // somebody is in the run queue
    std::function<void()> handler;       // a test's interrupt handler
    uint64_t interrupts = 0;
    Fiber boot;
};
inline std::unique_ptr<State> g;

inline void interrupt() {
    g->interrupts++;
    g->irqs_on = false;
    g->preempt_count++;
    if (g->ns_per_point == 0)
        g->now += g->random() % 3'000'000;
    g->alarm = uk::kNever;
    g->on_timer();
    if (g->handler)
        g->handler();
    g->preempt_count--;
    if (g->preempt_count == 0 && g->need_resched)
        g->on_exit();
    g->irqs_on = true;
}

// Every place where an interrupt could come.
inline void point() {
    g->now += g->ns_per_point;
    if (g->ns_per_point != 0) {
        if (g->irqs_on && g->now >= g->alarm)
            interrupt();
        return;
    }
    if (g->irqs_on && g->interrupt_one_in != 0 && g->random() % g->interrupt_one_in == 0)
        interrupt();
}

inline Fiber* fiber_of(const uk::hal::Context& context) {
    return context.sp == 0 ? &g->boot : reinterpret_cast<Fiber*>(context.sp);
}

template <class Policy>
struct Machine {
    struct IrqState {
        bool on;
    };
    static constexpr bool kManyCpus = false;
    static constexpr bool kPreempts = Policy::kPreempts;
    static constexpr bool kChecks = true;
    static constexpr unsigned kCpus = 1;
    static constexpr size_t kStackBytes = 64 * 1024;
    static constexpr bool kStackChecks = true;
    static constexpr size_t kKernelStackBytes = 0;
    static constexpr size_t kStackBatch = 1;
    static constexpr size_t kInnerGuardBytes = 0;
    static constexpr bool kAlarm = Policy::kPreempts;

    static IrqState irq_save() {
        point();
        const bool was = g->irqs_on;
        g->irqs_on = false;
        return {was};
    }
    static void irq_restore(IrqState state) {
        g->irqs_on = state.on;
        point();
    }
    static void relax() {}
    static void preempt_disable() { g->preempt_count++; }
    static void preempt_enable() {
        if (--g->preempt_count == 0 && g->need_resched)
            g->preempt_point();
        point();
    }
    static void rank_push(uk::LockRank rank) { g->held.push(rank); }
    static void rank_pop(uk::LockRank rank) { g->held.pop(rank); }

    static unsigned cpu() { return 0; }
    static uk::Thread& current() { return *g->current; }
    static void set_current(uk::Thread& thread) {
        g->before = g->current;
        g->current = &thread;
    }
    static bool need_resched() { return g->need_resched; }
    static void set_need_resched(bool flag) { g->need_resched = flag; }
    static void kick(unsigned /*cpu*/) { g->need_resched = true; }
    static bool may_switch() { return g->preempt_count == 0; }
    static bool irqs_held() { return !g->irqs_on; }
    static uint64_t now() { return g->now; }
    static void set_kernel_stack(void* /*top*/) {}
    static void set_alarm(uint64_t deadline) {
        EXPECT_FALSE(g->irqs_on);
        g->alarm = deadline;
    }
    static void idle(uint64_t deadline) {
        if (kAlarm) {
            EXPECT_LE(g->alarm, deadline) << "who ends this wait?";
        }
        EXPECT_FALSE(g->irqs_on) << "a wake-up could be lost";
        EXPECT_EQ(g->held.count(), 0u);
        EXPECT_FALSE(g->any_ready()) << "somebody was woken: this is no time to wait";
        if (g->ns_per_point != 0 && deadline != uk::kNever)
            g->now = std::max(g->now, g->alarm);
        else if (deadline != uk::kNever && g->random() % 2 == 0)
            g->now = std::max(g->now, deadline);
        interrupt();
        g->irqs_on = false;
    }
    static bool may_be_woken() { return g->woken_from_outside; }
    static bool stopping() { return false; }

    static uk::hal::Context context_make(void* top, uk::hal::ContextEntry entry, void* argument) {
        Fiber& fiber = *g->fibers.at(top);
        fiber_make(fiber, entry, argument);
        return {reinterpret_cast<uintptr_t>(&fiber)};
    }
    static void context_switch(uk::hal::Context& from_context, const uk::hal::Context& to_context) {
        EXPECT_FALSE(g->irqs_on);
        EXPECT_EQ(g->held.count(), 1u) << "the run queue's lock and no other";
        EXPECT_EQ(g->locals_seen, g->current);
        fiber_switch(*fiber_of(from_context), *fiber_of(to_context),
                     g->before->state() == uk::ThreadState::exited);
    }

    static bool fails() { return g->fail_in != 0 && --g->fail_in == 0; }
    static uk::Result<uk::ThreadStack> stack_get(size_t bytes, const char* /*name*/) {
        g->last_stack = bytes;
        if (fails())
            return uk::Errno::nomem;
        g->stacks++;
        auto* base = static_cast<char*>(std::aligned_alloc(16, bytes));
        auto fiber = std::make_unique<Fiber>();
        fiber->base = base;
        fiber->size = bytes;
        g->fibers[base + bytes] = std::move(fiber);
        return uk::ThreadStack{base, bytes};
    }
    static void stack_rename(uk::ThreadStack stack, const char* /*name*/) {
        EXPECT_EQ(g->held.count(), 0u) << "the machine may take locks for it";
        EXPECT_TRUE(g->fibers.contains(stack.base + stack.size));
    }
    static void stack_put(uk::ThreadStack stack) {
        fiber_drop(*g->fibers.at(stack.base + stack.size));
        g->fibers.erase(stack.base + stack.size);
        g->stacks--;
        std::free(stack.base);
    }
    static void* allocate(size_t bytes) {
        if (fails())
            return nullptr;
        g->blocks++;
        return std::malloc(bytes);
    }
    static void deallocate(void* memory) {
        EXPECT_NE(memory, static_cast<void*>(g->current)) << "a thread freed itself";
        g->blocks--;
        std::free(memory);
    }
    static bool locals_make(uk::Thread& /*thread*/) {
        if (fails())
            return false;
        g->locals++;
        return true;
    }
    static void locals_enter(const uk::Thread& thread) {
        EXPECT_FALSE(g->irqs_on);
        g->locals_seen = &thread;
    }
    static void locals_end() {
        EXPECT_TRUE(may_switch()) << "destructors are ordinary code";
        point();
    }
    static void locals_free(uk::Thread& thread) {
        EXPECT_NE(&thread, g->current);
        EXPECT_EQ(thread.state(), uk::ThreadState::exited);
        g->locals--;
    }
    static void last_thread_exited() { UK_PANIC("the last thread exited"); }
};

// A system: made new for each run. `Face` is what wait queues take.
template <class Policy>
struct System {
    using M = Machine<Policy>;
    using Scheduler = uk::Scheduler<M, Policy>;
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
                                     const char* name = "test") {
        return UK_MUST(sched->create({.name = name, .priority = priority}, entry, argument));
    }
    static void* join(const uk::Ref<uk::Thread>& thread) {
        return UK_MUST(sched->join(*thread, uk::kNever));
    }

    // Runs body() as the first thread; it ends its threads itself. Then nothing may be left.
    static void run(unsigned seed, Body body) {
        g = std::make_unique<State>();
        g->random.seed(seed);
        fiber_adopt(g->boot);
        void* memory = ::operator new(sizeof(Scheduler));
        sched = new (memory) Scheduler;
        g->on_timer = [] { sched->on_timer(); };
        g->preempt_point = [] {
            if constexpr (Policy::kPreempts)
                sched->preempt_point();
        };
        g->on_exit = [] {
            EXPECT_FALSE(g->irqs_on);
            if constexpr (Policy::kPreempts)
                sched->on_interrupt_end();
            EXPECT_FALSE(g->irqs_on);
        };
        g->any_ready = [] {
            bool found = false;
            for (const uk::Thread& thread : sched->threads())
                found = found || thread.is_queued();
            return found;
        };
        uk::ThreadStack idle = UK_MUST(M::stack_get(M::kStackBytes, "idle"));
        sched->start("main", idle);
        body();
        for (int i = 0; i < 100 && g->stacks != 1;
             i++) { // who was joined may still be on its way out
            sched->sleep_until(g->now + 1000);
            sched->trim();
        }
        g->interrupt_one_in = 0;
        EXPECT_EQ(sched->thread_count(), 1u) << "seed " << seed;
        EXPECT_EQ(g->stacks, 1u) << "seed " << seed;
        EXPECT_EQ(g->blocks, 0u) << "seed " << seed;
        EXPECT_EQ(g->locals, 0u) << "seed " << seed;
        EXPECT_EQ(g->preempt_count, 0u) << "seed " << seed;
        ::operator delete(memory); // without its destructor: a system is never taken down
        M::stack_put(idle);
    }
};

} // namespace sim
