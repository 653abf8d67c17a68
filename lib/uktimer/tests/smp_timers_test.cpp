// SPDX-License-Identifier: BSD-3-Clause
// Timers with four CPUs at once: for the thread sanitizer, which sees whether cancel() orders what
// the function did before what its caller does. The counters are plain.
#include <uk/timer/timers.hpp>

#include "../../uksched/tests/smp.hpp"

namespace {

using namespace smp;
using uk::Timer;

std::atomic<bool> g_end;

struct TimersFace : Face {
    static uint64_t now() { return SmpMachine::now(); }
    static bool may_block() { return SmpMachine::may_switch(); }
    static bool stopping() { return g_end; }
    static uk::Result<Ref<Thread>> create(uk::ThreadEntry entry, void* argument) {
        return g_sched->create({.name = "timers", .priority = 30, .affinity = 4}, entry, argument);
    }
};
uk::BasicTimers<TimersFace>* g_timers;

unsigned random_number() {
    return static_cast<unsigned>(here().random());
}

struct Mine {
    Timer timer{called, this};
    unsigned calls = 0;
    unsigned period = 0;
    static void called(void* self) {
        auto& mine = *static_cast<Mine*>(self);
        mine.calls++;
        if (mine.period != 0) {
            (void)g_timers->start(mine.timer, mine.timer.deadline() + mine.period);
        }
    }
};

void* use(void* /*unused*/) {
    unsigned all = 0;
    for (int round = 0; round < 100; round++) {
        Mine mine;
        mine.period = random_number() % 2 * 20'000;
        UK_MUST(g_timers->start_after(mine.timer, random_number() % 50'000));
        switch (random_number() % 3) {
        case 0:
            g_sched->yield();
            break;
        case 1:
            g_sched->sleep_until(SmpMachine::now() + random_number() % 100'000);
            break;
        default:
            break;
        }
        if (random_number() % 2 != 0 || !g_timers->try_cancel(mine.timer))
            g_timers->cancel(mine.timer);
        all += mine.calls;
        mine.calls = 0; // nobody else may touch it now
        mine.period = 0;
    }
    return reinterpret_cast<void*>(uintptr_t{all});
}

TEST_F(SmpTest, TimersOfAllCpus) {
    uintptr_t calls = 0;
    auto body = [&calls] {
        uk::BasicTimers<TimersFace> timers;
        g_timers = &timers;
        g_end = false;
        std::vector<Ref<Thread>> threads; // four of them start the first timer at once
        for (unsigned i = 0; i < 2 * kCpuCount; i++)
            threads.push_back(start(i % kCpuCount, use, nullptr, 14 + i % 4));
        for (const Ref<Thread>& thread : threads)
            calls += reinterpret_cast<uintptr_t>(join(thread));
        g_end = true;
        Ref<Thread> thread = Ref<Thread>::adopt(*timers.thread());
        g_sched->unpark(*thread);
        join(thread);
    };
    run(body);
    EXPECT_GT(calls, 10u);
}

} // namespace
