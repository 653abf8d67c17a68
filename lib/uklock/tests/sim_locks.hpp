// SPDX-License-Identifier: BSD-3-Clause
// The locks over the simulated machine, and a fixture that runs a body under many seeds.
#pragma once

#include <string>

#include <uk/fakes/effort.hpp>
#include <uk/lock/completion.hpp>
#include <uk/lock/cond_var.hpp>
#include <uk/lock/event_set.hpp>
#include <uk/lock/mutex.hpp>
#include <uk/lock/rw_lock.hpp>
#include <uk/lock/semaphore.hpp>
#include <uk/schedcoop/coop_policy.hpp>
#include <uk/schedprio/prio_policy.hpp>

#include "../../uksched/tests/sim.hpp"

using uk::Errno;
using uk::kNever;
using uk::LockGuard;
using uk::Ref;
using uk::Thread;

// Which scheduler, and whether cycles are looked for.
template <class P, bool kChecked>
struct Kind {
    using Policy = P;
    static constexpr bool kChecks = kChecked;
};

template <class K>
class LockTest : public testing::Test {
  public:
    using System = sim::System<typename K::Policy>;
    struct Face : System::Face {
        static constexpr bool kLockChecks = K::kChecks;
    };
    using Mutex = uk::BasicMutex<Face>;
    using RecursiveMutex = uk::BasicRecursiveMutex<Face>;
    using Semaphore = uk::BasicSemaphore<Face>;
    using CondVar = uk::BasicCondVar<Face>;
    using RwLock = uk::BasicRwLock<Face>;
    using Completion = uk::BasicCompletion<Face>;
    using EventSet = uk::BasicEventSet<Face>;

    // Another order of interrupts and preemption for each seed.
    static void seeds(unsigned count, sim::Body body) {
        count = uk::fakes::effort(count);
#ifdef SIM_TSAN
        count = (count + 9) / 10; // one CPU has no races; and it is slow
#endif
        for (unsigned seed = 1; seed <= count && !testing::Test::HasFailure(); seed++) {
            SCOPED_TRACE(seed);
            System::run(seed, body);
        }
    }

    // Starts a thread that runs body(), which must stay until the thread is joined.
    template <class Body>
    static Ref<Thread> spawn(Body& body, unsigned priority = uk::kDefaultPriority,
                             const char* name = "test") {
        return System::start(
            [](void* argument) -> void* {
                (*static_cast<Body*>(argument))();
                return nullptr;
            },
            &body, priority, name);
    }
    static void join(const Ref<Thread>& thread) {
        System::join(thread);
    }
    static void yield() {
        System::sched->yield();
    }
    static uint64_t now() {
        return sim::g->now;
    }
    static unsigned random() {
        return static_cast<unsigned>(sim::g->random());
    }
    // Until the thread waits for something.
    static void until_parked(const Ref<Thread>& thread) {
        while (thread->state() != uk::ThreadState::parked)
            System::sched->sleep_until(now() + 1000);
    }
    // Some time for others, now and then.
    static void pause() {
        if (random() % 3 == 0)
            yield();
        else if (random() % 3 == 0)
            System::sched->sleep_until(now() + random() % 100'000);
        else
            sim::point();
    }
};
using Kinds = testing::Types<Kind<uk::CoopPolicy, false>, Kind<uk::PrioPolicy, false>,
                             Kind<uk::PrioPolicy, true>>;
