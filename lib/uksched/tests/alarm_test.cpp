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
        EXPECT_LE(sim::g->now, deadline + 2 * kStep) << "busy threads are stopped for the sleeper";

        stop = true;
        Prio::join(equal);
        Prio::join(other);
        const uint64_t before = sim::g->interrupts;
        Prio::sched->sleep_until(sim::g->now + 1000 * kMs);
        EXPECT_LE(sim::g->interrupts, before + 2) << "idle";
        sim::g->ns_per_point = 0;
    });
}

} // namespace
