// SPDX-License-Identifier: BSD-3-Clause
// Timers over the simulated machine, and a fixture that runs a body under many seeds.
#pragma once

#include <uk/fakes/effort.hpp>
#include <uk/schedcoop/coop_policy.hpp>
#include <uk/schedprio/prio_policy.hpp>
#include <uk/timer/timers.hpp>

#include "../../uksched/tests/sim.hpp"

namespace simtimers {

using uk::Errno;
using uk::kNever;
using uk::Ref;
using uk::Thread;
using uk::Timer;

inline bool g_stop;

template <class Policy>
class TimerTest : public testing::Test {
  public:
    using System = sim::System<Policy>;
    struct Face : System::Face {
        static uint64_t now() { return sim::g->now; }
        static bool may_block() { return System::M::may_switch(); }
        static bool stopping() { return g_stop; }
        static uk::Result<Ref<Thread>> create(uk::ThreadEntry entry, void* argument) {
            return System::sched->create({.name = "timers", .priority = 30}, entry, argument);
        }
    };
    using Timers = uk::BasicTimers<Face>;
    static inline Timers* timers = nullptr;

    // Another order of interrupts and preemption for each seed. The body leaves no timer armed.
    static void seeds(unsigned count, sim::Body body) {
        count = uk::fakes::effort(count);
#ifdef SIM_TSAN
        count = (count + 9) / 10; // one CPU has no races; and it is slow
#endif
        for (unsigned seed = 1; seed <= count && !testing::Test::HasFailure(); seed++) {
            SCOPED_TRACE(seed);
            System::run(seed, [&] {
                Timers all;
                timers = &all;
                g_stop = false;
                body();
                g_stop = true;
                if (all.thread() != nullptr) {
                    Ref<Thread> thread = Ref<Thread>::adopt(*all.thread());
                    System::sched->unpark(*thread);
                    System::join(thread);
                }
            });
        }
    }

    // Starts a thread that runs body(), which must stay until the thread is joined.
    template <class Body>
    static Ref<Thread> spawn(Body& body, unsigned priority = uk::kDefaultPriority) {
        return System::start(
            [](void* argument) -> void* {
                (*static_cast<Body*>(argument))();
                return nullptr;
            },
            &body, priority);
    }
    static void join(const Ref<Thread>& thread) {
        System::join(thread);
    }
    static uint64_t now() {
        return sim::g->now;
    }
    static unsigned random() {
        return static_cast<unsigned>(sim::g->random());
    }
    static void sleep(uint64_t ns) {
        System::sched->sleep_until(now() + ns);
    }
    static void start(Timer& timer, uint64_t deadline) {
        UK_MUST(timers->start(timer, deadline));
    }
    // Some time for others, now and then.
    static void pause() {
        if (random() % 3 == 0)
            System::sched->yield();
        else if (random() % 3 == 0)
            sleep(random() % 100'000);
        else
            sim::point();
    }
};
using Policies = testing::Types<uk::CoopPolicy, uk::PrioPolicy>;

} // namespace simtimers
