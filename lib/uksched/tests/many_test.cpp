// SPDX-License-Identifier: BSD-3-Clause
// Threads that move between CPUs, on the simulated machine: many seeds, each another order.
#include <uk/fakes/effort.hpp>
#include <uk/schedcoop/coop_policy.hpp>
#include <uk/schedprio/prio_policy.hpp>

#include "many.hpp"

namespace {

using many::g;
using uk::Ref;
using uk::Thread;

void* word(uintptr_t value) {
    return reinterpret_cast<void*>(value);
}
uintptr_t number(void* value) {
    return reinterpret_cast<uintptr_t>(value);
}
unsigned any(unsigned below) {
    return static_cast<unsigned>(g->random()) % below;
}

template <class S>
class ManyTest : public testing::Test {
  protected:
    void seeds(unsigned count, sim::Body body) {
        count = uk::fakes::effort(count);
#ifdef SIM_TSAN
        count = (count + 9) / 10; // one host thread has no races; and it is slow
#endif
        for (unsigned seed = 1; seed <= count && !this->HasFailure(); seed++) {
            SCOPED_TRACE(seed);
            S::run(seed, {.early_alarms = seed % 2 == 0}, body);
        }
    }
};
using Systems = testing::Types<many::System<uk::PrioPolicy, 2>, many::System<uk::PrioPolicy, 4>,
                               many::System<uk::CoopPolicy, 2>, many::System<uk::CoopPolicy, 4>>;
TYPED_TEST_SUITE(ManyTest, Systems);

TYPED_TEST(ManyTest, WhoChangesItsAffinityIsThereAtOnce) {
    using S = TypeParam;
    this->seeds(60, [] {
        auto wander = [](void*) -> void* {
            for (int i = 0; i < 15; i++) {
                const uint64_t mask = 1 + any(S::kAll);
                S::stay_on(mask);
                EXPECT_NE(mask >> g->at & 1, 0u);
                if (any(2) == 0)
                    S::sched->yield();
                EXPECT_NE(mask >> g->at & 1, 0u);
            }
            return nullptr;
        };
        std::vector<Ref<Thread>> threads;
        for (unsigned i = 0; i < 2 * S::kCpus; i++)
            threads.push_back(S::start(wander));
        for (const Ref<Thread>& thread : threads)
            S::join(thread);
    });
}

TYPED_TEST(ManyTest, OnlyCpusThatRunMayBeAskedFor) {
    using S = TypeParam;
    this->seeds(1, [] {
        Thread& self = S::M::current();
        EXPECT_EQ(S::sched->set_affinity(self, 0).code(), uk::Errno::inval);
        EXPECT_EQ(S::sched->set_affinity(self, uint64_t{1} << S::kCpus).code(), uk::Errno::inval);
        EXPECT_EQ(self.affinity(), ~uint64_t{0}) << "refused: nothing has changed";
        auto entry = [](void* a) { return a; };
        EXPECT_EQ(S::sched->create({.affinity = ~S::kAll}, entry, nullptr).code(),
                  uk::Errno::inval);
        S::join(S::start(entry, nullptr, 16, ~S::kAll | 2));
    });
}

// Others change the affinity of threads that run, wait in queues, park and sleep.
TYPED_TEST(ManyTest, EverybodyIsMovedByOthers) {
    using S = TypeParam;
    this->seeds(60, [] {
        struct Shared {
            std::vector<Ref<Thread>> threads;
            bool stop = false;
        };
        static Shared* shared;
        Shared now;
        shared = &now;
        auto live = [](void*) -> void* {
            while (!shared->stop) {
                switch (any(4)) {
                case 0:
                    S::sched->yield();
                    break;
                case 1:
                    S::sleep(any(1'000'000));
                    break;
                case 2:
                    (void)S::sched->park(g->now + any(1'000'000), {});
                    break;
                default:
                    many::point();
                }
            }
            return nullptr;
        };
        for (unsigned i = 0; i < 3 * S::kCpus; i++)
            now.threads.push_back(S::start(live, nullptr, 15 + i % 3));
        for (int i = 0; i < 100; i++) {
            Thread& thread = *now.threads[any(3 * S::kCpus)];
            EXPECT_TRUE(S::sched->set_affinity(thread, 1 + any(S::kAll)).ok());
            if (any(3) == 0)
                S::sched->unpark(thread);
            if (any(8) == 0)
                S::sched->yield();
        }
        now.stop = true;
        for (const Ref<Thread>& thread : now.threads)
            S::join(thread);
        EXPECT_GT(g->kicks, 2u);
    });
}

// One that runs elsewhere and never calls the scheduler leaves at its next interrupt.
TEST(Migration, ARunningThreadIsSentAway) {
    using S = many::System<uk::PrioPolicy, 4>;
    for (unsigned seed = 1; seed <= 20; seed++) {
        S::run(seed, {.early_alarms = false}, [] {
            static unsigned where;
            static bool stop;
            stop = false;
            S::stay_on(1);
            Ref<Thread> busy = S::start(
                [](void*) -> void* {
                    while (!stop) {
                        many::point();
                        where = g->at;
                    }
                    return nullptr;
                },
                nullptr, 16, 2);
            for (unsigned goal : {3u, 1u, 2u}) {
                EXPECT_TRUE(S::sched->set_affinity(*busy, uint64_t{1} << goal).ok());
                S::sleep(50'000);
                EXPECT_EQ(where, goal);
                EXPECT_EQ(busy->cpu(), goal);
            }
            stop = true;
            S::join(busy);
        });
    }
}

TYPED_TEST(ManyTest, UnparkIsNeverLost) {
    using S = TypeParam;
    this->seeds(150, [] {
        struct Ball {
            Thread* players[2];
            unsigned hits = 0;
        };
        static Ball ball;
        ball = {};
        auto play = [](void* me) -> void* {
            const auto self = number(me);
            while (ball.hits < 40) {
                if (ball.hits % 2 == self) {
                    ball.hits++;
                    S::sched->unpark(*ball.players[1 - self]);
                    if (any(4) == 0)
                        (void)S::sched->set_affinity(*ball.players[any(2)], 1 + any(S::kAll));
                } else {
                    S::sched->park(uk::kNever, {});
                }
            }
            S::sched->unpark(*ball.players[1 - self]);
            return nullptr;
        };
        ball.players[0] = &S::M::current();
        static uk::ThreadEntry entry;
        entry = play;
        Ref<Thread> other = S::start([](void*) -> void* {
            while (ball.players[1] == nullptr)
                S::sched->yield();
            return entry(word(1));
        });
        ball.players[1] = other.get();
        play(word(0));
        S::join(other);
    });
}

template <class S>
struct Crowd {
    static inline Crowd* now = nullptr;
    typename S::WaitQueue queue;
    unsigned alive = 0, born = 0;

    static void bear() {
        now->born++;
        now->alive++;
        Ref<Thread> child = S::start(live, nullptr, any(32), 1 + any(S::kAll));
        S::sched->unpark(*child);
        EXPECT_TRUE(S::sched->set_affinity(*child, 1 + any(S::kAll)).ok());
        EXPECT_TRUE(S::sched->set_priority(*child, any(32)).ok());
        if (any(3) == 0)
            S::join(child);
    }
    static void* live(void*) {
        Thread& self = S::M::current();
        for (int i = 0; i < 12; i++) {
            switch (any(9)) {
            case 0:
                S::sched->yield();
                break;
            case 1:
                S::sleep(any(2'000'000));
                break;
            case 2:
                EXPECT_TRUE(S::sched->set_priority(self, any(32)).ok());
                break;
            case 3:
                (void)now->queue.wait(g->now + any(1'000'000));
                break;
            case 4:
                now->queue.wake_all();
                break;
            case 5:
                (void)S::sched->park(g->now + any(1'000'000), {});
                break;
            case 6:
                S::stay_on(1 + any(S::kAll));
                break;
            case 7:
                S::sched->set_policy_word(self, any(100));
                break;
            default:
                if (now->born < 40)
                    bear();
            }
        }
        now->alive--;
        return nullptr;
    }
};

// Everything at once. Threads make threads, most of them detached.
TYPED_TEST(ManyTest, Torture) {
    using S = TypeParam;
    this->seeds(60, [] {
        Crowd<S> crowd;
        Crowd<S>::now = &crowd;
        for (unsigned i = 0; i < 2 * S::kCpus; i++) {
            crowd.born++;
            crowd.alive++;
            S::start(Crowd<S>::live);
        }
        while (crowd.alive != 0 || S::sched->thread_count() != 1)
            S::sleep(100'000);
    });
}

} // namespace
