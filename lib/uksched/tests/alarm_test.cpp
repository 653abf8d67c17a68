// SPDX-License-Identifier: BSD-3-Clause
// The scheduler's alarm: early enough for sleepers and slices, and never for nobody.
#include <uk/schedprio/prio_policy.hpp>

#include "sim.hpp"

namespace {

using Prio = sim::System<uk::PrioPolicy>;
using uk::Ref;
using uk::Thread;

// Interrupts come at the alarm and at no other moment, and time passes only where one could come.
TEST(PreemptiveScheduler, AlarmsAreEnoughAndNoneIsWasted) {
    constexpr uint64_t kMs = 1'000'000;
    constexpr uint64_t kStep = 10'000;
    Prio::run(1, [] {
        static bool stop;
        static uint64_t longest;
        sim::g->ns_per_point = kStep;
        auto busy = [](void*) -> void* {
            while (!stop) {
                const uint64_t before = sim::g->now;
                sim::point();
                longest = std::max(longest, sim::g->now - before);
            }
            return nullptr;
        };
        auto run_for = [](uint64_t ns) {
            for (const uint64_t end = sim::g->now + ns; sim::g->now < end;)
                sim::point();
        };
        run_for(1000 * kMs);
        EXPECT_EQ(sim::g->interrupts, 0u) << "nobody else wants the CPU";

        stop = false;
        longest = 0;
        Ref<Thread> equal = Prio::start(busy);
        Ref<Thread> other = Prio::start(busy);
        run_for(1000 * kMs);
        EXPECT_LE(longest, 2 * uk::PrioPolicy::kSliceNs + kMs) << "two others had their slices";
        EXPECT_GE(longest, 2 * uk::PrioPolicy::kSliceNs - kMs);
        EXPECT_NEAR(static_cast<double>(sim::g->interrupts), 100, 5) << "one for each slice";

        const uint64_t deadline = sim::g->now + 1'234'567;
        EXPECT_TRUE(Prio::sched->set_priority(Prio::M::current(), 20).ok());
        Prio::sched->sleep_until(deadline);
        EXPECT_LE(sim::g->now, deadline + 4 * kStep) << "busy threads are stopped for the sleeper";

        stop = true;
        Prio::join(equal);
        Prio::join(other);
        const uint64_t before = sim::g->interrupts;
        Prio::sched->sleep_until(sim::g->now + 1000 * kMs);
        EXPECT_LE(sim::g->interrupts, before + 2) << "idle";
        sim::g->ns_per_point = 0;
    });
}

// Who has switched interrupts off is not switched, and does not lose the wish of others.
TEST(PreemptionPoint, WaitsUntilInterruptsAreOn) {
    Prio::run(1, [] {
        static unsigned runs;
        runs = 0;
        sim::g->ns_per_point = 1'000;
        Ref<Thread> urgent = Prio::start([](void*) -> void* {
            for (unsigned i = 0; i < 3; i++) {
                runs++;
                Prio::sched->park(uk::kNever, {});
            }
            return nullptr;
        });
        EXPECT_TRUE(Prio::sched->set_priority(*urgent, 20).ok());
        EXPECT_EQ(runs, 1u);
        const auto irqs = Prio::M::irq_save();
        Prio::sched->unpark(*urgent);
        EXPECT_EQ(runs, 1u) << "switched by a wake";
        Prio::M::preempt_disable();
        Prio::M::preempt_enable();
        EXPECT_EQ(runs, 1u) << "switched by a preemption point";
        const uint64_t interrupts = sim::g->interrupts;
        Prio::M::irq_restore(irqs);
        EXPECT_EQ(runs, 2u) << "the wish was lost";
        EXPECT_EQ(sim::g->interrupts, interrupts + 1);
        Prio::sched->unpark(*urgent);
        EXPECT_EQ(runs, 3u) << "at once with interrupts on";
        EXPECT_EQ(sim::g->interrupts, interrupts + 1);
        Prio::sched->unpark(*urgent);
        Prio::join(urgent);
        sim::g->ns_per_point = 0;
    });
}

bool g_stop;
uint64_t g_work[2];

void* busy(void* n) {
    while (!g_stop) {
        g_work[reinterpret_cast<uintptr_t>(n)]++;
        sim::point();
    }
    return nullptr;
}

// Who is stopped again and again by an urgent thread uses up its slice nevertheless.
TEST(Slices, EqualsShareAlthoughAnUrgentThreadKeepsStoppingThem) {
    for (unsigned seed = 1; seed <= 20; seed++) {
        for (uint64_t period_ns : {3'000'000, 9'000'000, 10'000'000, 12'000'000}) {
            Prio::run(seed, [period_ns] {
                g_stop = false;
                Thread& self = Prio::M::current();
                EXPECT_TRUE(Prio::sched->set_priority(self, 20).ok());
                Ref<Thread> threads[2];
                for (uintptr_t i = 0; i < 2; i++) {
                    g_work[i] = 0;
                    threads[i] = Prio::start(busy, reinterpret_cast<void*>(i), 10);
                }
                for (uint64_t next = sim::g->now; next < 2'000'000'000; next += period_ns)
                    Prio::sched->sleep_until(next);
                g_stop = true;
                for (const Ref<Thread>& thread : threads)
                    Prio::join(thread);
                for (uint64_t part : g_work)
                    EXPECT_GT(part, (g_work[0] + g_work[1]) / 4)
                        << g_work[0] << " " << g_work[1] << ", period " << period_ns;
            });
        }
    }
}

// The running thread makes one that waits its equal: nobody is switched, but the slice begins.
TEST(Slices, AnEqualByChangedPrioritySharesTheCpu) {
    Prio::run(1, [] {
        g_stop = false;
        g_work[0] = g_work[1] = 0;
        sim::g->ns_per_point = 10'000;
        EXPECT_TRUE(Prio::sched->set_priority(Prio::M::current(), 20).ok());
        Ref<Thread> waits = Prio::start(busy, reinterpret_cast<void*>(1), 5);
        Ref<Thread> runs = Prio::start(
            [](void* other) -> void* {
                EXPECT_TRUE(Prio::sched->set_priority(*static_cast<Thread*>(other), 10).ok());
                return busy(nullptr);
            },
            waits.get(), 10);
        Prio::sched->sleep_until(sim::g->now + 1'000'000'000);
        EXPECT_GT(g_work[0], 40'000u);
        EXPECT_GT(g_work[1], 40'000u);
        EXPECT_TRUE(Prio::sched->set_priority(*waits, 5).ok());
        const uint64_t before = g_work[1];
        Prio::sched->sleep_until(sim::g->now + 100'000'000);
        EXPECT_EQ(g_work[1], before);
        g_stop = true;
        Prio::join(runs);
        Prio::join(waits);
        sim::g->ns_per_point = 0;
    });
}

} // namespace
