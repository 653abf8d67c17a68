// SPDX-License-Identifier: BSD-3-Clause
// Several CPUs see that nothing can ever happen again, and only then.
#include <uk/schedcoop/coop_policy.hpp>
#include <uk/schedprio/prio_policy.hpp>

#include "many.hpp"

namespace {

using many::g;
using uk::Ref;
using uk::Thread;

template <class S>
class ManyDeadlockTest : public testing::Test {};
using Systems = testing::Types<many::System<uk::PrioPolicy, 2>, many::System<uk::PrioPolicy, 4>,
                               many::System<uk::CoopPolicy, 4>>;
TYPED_TEST_SUITE(ManyDeadlockTest, Systems);

// The last steps are on any CPU, some of which slept, with deadlines that never come.
TYPED_TEST(ManyDeadlockTest, IsReported) {
    using S = TypeParam;
    for (unsigned seed = 1; seed <= 6; seed++) {
        EXPECT_DEATH(S::run(seed, {.early_alarms = seed % 2 == 0},
                            [] {
                                auto stuck = [](void*) -> void* {
                                    S::sleep(g->random() % 1000);
                                    (void)S::sched->park(g->now + (uint64_t{1} << 60), {});
                                    S::sched->park(uk::kNever, {"a key"});
                                    std::abort();
                                };
                                std::vector<Ref<Thread>> threads;
                                for (unsigned i = 0; i < 6; i++)
                                    threads.push_back(S::start(stuck));
                                for (const Ref<Thread>& thread : threads) {
                                    while (thread->state() != uk::ThreadState::parked)
                                        S::sleep(100);
                                    S::sched->unpark(*thread);
                                }
                                S::join(threads[0]);
                            }),
                     "deadlock: all 7 threads wait");
    }
}

// A handler wakes a thread that takes the source of wake-ups away and hands work to others, while
// all CPUs look whether they still have something to wait for.
TYPED_TEST(ManyDeadlockTest, IsNotSeenWhereThereIsNone) {
    using S = TypeParam;
    for (unsigned seed = 1; seed <= 60 && !testing::Test::HasFailure(); seed++) {
        S::run(seed, {}, [] {
            struct Shared {
                Thread* main;
                Thread* other;
                unsigned turn = 0;
                bool asked = false;
            };
            static Shared* shared;
            Shared now{&S::M::current(), nullptr};
            shared = &now;
            g->handler = [] {
                if (shared->asked)
                    S::sched->unpark(*shared->main);
            };
            Ref<Thread> other = S::start([](void*) -> void* {
                while (shared->turn < 40) {
                    while (shared->turn % 2 == 0)
                        S::sched->park(uk::kNever, {});
                    shared->turn++;
                    S::sched->unpark(*shared->main);
                }
                return nullptr;
            });
            now.other = other.get();
            while (now.turn < 40) {
                g->woken_from_outside = now.asked = true;
                S::sched->park(uk::kNever, {});
                g->woken_from_outside = now.asked = false;
                now.turn++;
                S::sched->unpark(*now.other);
                while (now.turn % 2 != 0)
                    S::sched->park(uk::kNever, {});
            }
            g->handler = nullptr;
            S::join(other);
        });
    }
}

} // namespace
