// SPDX-License-Identifier: BSD-3-Clause
// The scheduler with both policies under simulated interrupts: many seeds, each another order.
#include <cstring>

#include <uk/fakes/effort.hpp>
#include <uk/fakes/log.hpp>
#include <uk/schedcoop/coop_policy.hpp>
#include <uk/schedprio/prio_policy.hpp>

#include "sim.hpp"

namespace {

using uk::Ref;
using uk::Thread;
using uk::Wake;

void* word(uintptr_t value) {
    return reinterpret_cast<void*>(value);
}
uintptr_t number(void* value) {
    return reinterpret_cast<uintptr_t>(value);
}

template <class P>
class SchedulerTest : public testing::Test {
  protected:
    using System = sim::System<P>;
    void seeds(unsigned count, sim::Body body) {
        count = uk::fakes::effort(count);
#ifdef SIM_TSAN
        count = (count + 9) / 10; // one CPU has no races; and it is slow
#endif
        for (unsigned seed = 1; seed <= count && !this->HasFailure(); seed++) {
            SCOPED_TRACE(seed);
            System::run(seed, body);
        }
    }
};
using Policies = testing::Types<uk::CoopPolicy, uk::PrioPolicy>;
TYPED_TEST_SUITE(SchedulerTest, Policies);

TYPED_TEST(SchedulerTest, JoinGivesWhatTheThreadLeft) {
    using S = typename TestFixture::System;
    this->seeds(30, [] {
        Ref<Thread> returns = S::start([](void* a) { return a; }, word(7));
        Ref<Thread> exits =
            S::start([](void* a) -> void* { return S::sched->exit(a), nullptr; }, word(8));
        EXPECT_EQ(S::join(exits), word(8));
        EXPECT_EQ(S::join(returns), word(7));
        EXPECT_EQ(S::join(returns), word(7)) << "again";
        Thread& self = S::M::current();
        EXPECT_EQ(S::sched->join(self, uk::kNever).code(), uk::Errno::deadlk);
    });
}

TYPED_TEST(SchedulerTest, BadRequestsAreRefused) {
    using S = typename TestFixture::System;
    this->seeds(1, [] {
        auto entry = [](void* a) { return a; };
        auto create = [&](uk::ThreadOptions options) {
            return S::sched->create(options, entry, nullptr).code();
        };
        EXPECT_EQ(create({.priority = uk::kThreadPriorities}), uk::Errno::inval);
        EXPECT_EQ(create({.affinity = 2}), uk::Errno::inval);
        EXPECT_EQ(create({.affinity = 0}), uk::Errno::inval);
        EXPECT_EQ(create({.stack_bytes = size_t{1} << 60}), uk::Errno::nomem);
        EXPECT_EQ(S::sched->create({}, nullptr, nullptr).code(), uk::Errno::inval);
        Thread& self = S::M::current();
        EXPECT_EQ(S::sched->set_priority(self, 32).code(), uk::Errno::inval);
        EXPECT_EQ(S::sched->set_affinity(self, 2).code(), uk::Errno::inval);
        EXPECT_TRUE(S::sched->set_affinity(self, 1).ok());
        EXPECT_EQ(self.affinity(), 1u);
    });
}

TYPED_TEST(SchedulerTest, NoMemoryLeavesNothingBehind) {
    using S = typename TestFixture::System;
    this->seeds(5, [] {
        unsigned k = 1;
        for (;; k++) {
            sim::g->fail_in = k;
            auto thread = S::sched->create(
                {}, [](void* a) { return a; }, nullptr);
            const bool all_there = sim::g->fail_in != 0;
            sim::g->fail_in = 0;
            EXPECT_EQ(thread.ok(), all_there);
            if (thread.ok()) {
                S::join(thread.take());
                break;
            }
            EXPECT_EQ(thread.code(), uk::Errno::nomem);
            EXPECT_EQ(sim::g->blocks, 0u);
        }
        EXPECT_GE(k, 2u);
    });
}

// A permit is never lost: otherwise both wait, and that is reported as a deadlock.
TYPED_TEST(SchedulerTest, UnparkIsNeverLost) {
    using S = typename TestFixture::System;
    this->seeds(300, [] {
        struct Ball {
            Thread* players[2];
            unsigned hits = 0;
        };
        static Ball ball;
        ball = {};
        auto play = [](void* me) -> void* {
            const auto self = number(me);
            while (ball.hits < 60) {
                if (ball.hits % 2 == self) {
                    ball.hits++;
                    S::sched->unpark(*ball.players[1 - self]);
                } else {
                    S::sched->park(uk::kNever, {});
                }
            }
            S::sched->unpark(*ball.players[1 - self]);
            return nullptr;
        };
        ball.players[0] = &S::M::current();
        Ref<Thread> other = S::start(play, word(1));
        ball.players[1] = other.get();
        play(word(0));
        S::join(other);
    });
}

// Bounded buffer: every item arrives once, whoever waits, with deadlines that may strike.
TYPED_TEST(SchedulerTest, WaitQueuesDeliverEverything) {
    using S = typename TestFixture::System;
    this->seeds(300, [] {
        static constexpr unsigned kItems = 20;
        static constexpr unsigned kThreads = 3;
        struct Shared {
            typename S::WaitQueue filled, drained;
            std::vector<unsigned> ring;
            std::vector<unsigned> arrived = std::vector<unsigned>(kItems * kThreads);
        };
        static Shared* shared;
        Shared now;
        shared = &now;
        auto produce = [](void* me) -> void* {
            for (unsigned i = 0; i < kItems; i++) {
                const unsigned item = static_cast<unsigned>(number(me)) * kItems + i;
                while (!shared->drained
                            .wait_until(
                                [&] {
                                    if (shared->ring.size() == 2)
                                        return false;
                                    shared->ring.push_back(item);
                                    return true;
                                },
                                sim::g->now + sim::g->random() % 2'000'000)
                            .ok()) {
                }
                shared->filled.wake_one();
            }
            return nullptr;
        };
        auto consume = [](void*) -> void* {
            for (unsigned i = 0; i < kItems; i++) {
                EXPECT_TRUE(shared->filled
                                .wait_until([] {
                                    if (shared->ring.empty())
                                        return false;
                                    shared->arrived[shared->ring.front()]++;
                                    shared->ring.erase(shared->ring.begin());
                                    return true;
                                })
                                .ok());
                shared->drained.wake_one();
            }
            return nullptr;
        };
        std::vector<Ref<Thread>> threads;
        for (unsigned i = 0; i < kThreads; i++) {
            threads.push_back(S::start(produce, word(i), 10 + i));
            threads.push_back(S::start(consume, nullptr, 11));
        }
        for (const Ref<Thread>& thread : threads)
            S::join(thread);
        for (unsigned count : now.arrived)
            EXPECT_EQ(count, 1u);
        EXPECT_TRUE(now.filled.empty() && now.drained.empty());
    });
}

TYPED_TEST(SchedulerTest, HandlersWake) {
    using S = typename TestFixture::System;
    this->seeds(60, [] {
        static typename S::WaitQueue* queue;
        static unsigned pending;
        typename S::WaitQueue now;
        queue = &now;
        pending = 0;
        sim::g->woken_from_outside = true;
        sim::g->handler = [] {
            pending++;
            queue->wake_one();
        };
        for (int i = 0; i < 20; i++)
            EXPECT_TRUE(now.wait_until([] { return pending != 0 && pending-- != 0; }).ok());
        sim::g->handler = nullptr;
    });
}

TYPED_TEST(SchedulerTest, NobodySleepsTooShort) {
    using S = typename TestFixture::System;
    this->seeds(60, [] {
        auto sleeper = [](void* ms) -> void* {
            for (int i = 0; i < 5; i++) {
                const uint64_t until = sim::g->now + number(ms) * 1'000'000;
                S::sched->sleep_until(until);
                EXPECT_GE(sim::g->now, until);
            }
            return nullptr;
        };
        std::vector<Ref<Thread>> threads;
        for (unsigned i = 0; i < 6; i++)
            threads.push_back(S::start(sleeper, word(i)));
        for (const Ref<Thread>& thread : threads)
            S::sched->unpark(*thread); // no sleeper minds
        for (const Ref<Thread>& thread : threads)
            S::join(thread);
    });
}

TYPED_TEST(SchedulerTest, JoinAgainstExitAndDeadline) {
    using S = typename TestFixture::System;
    this->seeds(200, [] {
        Ref<Thread> thread = S::start(
            [](void* us) -> void* {
                S::sched->sleep_until(sim::g->now + number(us) * 1000);
                return word(5);
            },
            word(sim::g->random() % 3000));
        for (;;) {
            auto result = S::sched->join(*thread, sim::g->now + sim::g->random() % 1'000'000);
            if (result.ok()) {
                EXPECT_EQ(result.take(), word(5));
                break;
            }
            EXPECT_EQ(result.code(), uk::Errno::timedout);
        }
    });
}

TYPED_TEST(SchedulerTest, OnlyOneMayJoin) {
    using S = typename TestFixture::System;
    this->seeds(20, [] {
        static Thread* target;
        Ref<Thread> waits = S::start([](void*) -> void* {
            while (S::sched->park(uk::kNever, {}) != Wake::unparked || number(target) != 0) {
            }
            return nullptr;
        });
        target = waits.get();
        Ref<Thread> joins = S::start(
            [](void*) -> void* { return word(S::sched->join(*target, uk::kNever).ok() ? 1 : 0); });
        while (joins->state() != uk::ThreadState::parked)
            S::sched->sleep_until(sim::g->now + 1000);
        EXPECT_EQ(S::sched->join(*waits, uk::kNever).code(), uk::Errno::inval);
        target = nullptr;
        S::sched->unpark(*waits);
        EXPECT_EQ(S::join(joins), word(1));
    });
}

// Whoever exits frees those that went before, also when nobody is created or joined and the CPU is
// never idle.
TYPED_TEST(SchedulerTest, ExitedThreadsDoNotPileUp) {
    using S = typename TestFixture::System;
    this->seeds(5, [] {
        for (int i = 0; i < 50; i++)
            S::start([](void*) -> void* {
                S::sched->yield();
                return nullptr;
            });
        while (S::sched->thread_count() != 1)
            S::sched->yield();
        EXPECT_LE(sim::g->stacks, 1 + uk::StackCache<typename S::M>::kKept + 2);
    });
}

// Everything at once. Threads make threads, most of them detached.
TYPED_TEST(SchedulerTest, Torture) {
    using S = typename TestFixture::System;
    this->seeds(250, [] {
        struct Shared {
            typename S::WaitQueue queue;
            unsigned alive = 0;
            unsigned born = 0;
        };
        static Shared* shared;
        static uk::ThreadEntry live;
        Shared now;
        shared = &now;
        live = [](void*) -> void* {
            for (int i = 0; i < 12; i++) {
                auto& random = sim::g->random;
                switch (random() % 7) {
                case 0:
                    S::sched->yield();
                    break;
                case 1:
                    S::sched->sleep_until(sim::g->now + random() % 2'000'000);
                    break;
                case 2:
                    EXPECT_TRUE(S::sched->set_priority(S::M::current(), random() % 32).ok());
                    break;
                case 3:
                    (void)shared->queue.wait(sim::g->now + random() % 1'000'000);
                    break;
                case 4:
                    shared->queue.wake_all();
                    break;
                case 5:
                    (void)S::sched->park(sim::g->now + random() % 1'000'000, {});
                    break;
                default:
                    if (shared->born < 60) {
                        shared->born++;
                        shared->alive++;
                        Ref<Thread> child = S::start(live, nullptr, random() % 32);
                        S::sched->unpark(*child);
                        if (random() % 3 == 0)
                            S::join(child);
                    }
                }
            }
            shared->alive--;
            return nullptr;
        };
        for (int i = 0; i < 4; i++) {
            shared->born++;
            shared->alive++;
            S::start(live);
        }
        while (now.alive != 0 || S::sched->thread_count() != 1)
            S::sched->sleep_until(sim::g->now + 100'000);
        EXPECT_GT(sim::g->interrupts, 50u);
    });
}

TYPED_TEST(SchedulerTest, DeadlockNamesThreads) {
    using S = typename TestFixture::System;
    EXPECT_DEATH(S::run(3,
                        [] {
                            Ref<Thread> stuck = S::start(
                                [](void*) -> void* {
                                    S::sched->park(uk::kNever, {"a key"});
                                    std::abort();
                                },
                                nullptr, 4, "locksmith");
                            S::join(stuck);
                        }),
                 "deadlock: all 2 threads wait");
    S::run(4, [] {
        Ref<Thread> stuck = S::start(
            [](void*) -> void* {
                S::sched->park(uk::kNever, {"a key"});
                return nullptr;
            },
            nullptr, 4, "locksmith with a long name");
        while (stuck->state() != uk::ThreadState::parked)
            S::sched->sleep_until(sim::g->now + 1000);
        uk::report_threads(S::sched->threads());
        EXPECT_NE(uk::fakes::log_text().find("thread 'locksmith with ' is parked, waits for a key"),
                  std::string::npos)
            << uk::fakes::log_text();
        S::sched->unpark(*stuck);
        S::join(stuck);
    });
}

TYPED_TEST(SchedulerTest, OverflowNamesTheThread) {
    using S = typename TestFixture::System;
    EXPECT_DEATH(S::run(1,
                        [] {
                            Ref<Thread> deep = S::start(
                                [](void*) -> void* {
                                    S::sched->yield();
                                    return nullptr;
                                },
                                nullptr, uk::kDefaultPriority, "deep");
                            for (auto& [top, fiber] : sim::g->fibers)
                                std::memset(fiber->base, 0, 8);
                            S::join(deep);
                        }),
                 "thread 'deep' overflowed its stack");
}

TYPED_TEST(SchedulerTest, LastThreadEndsTheImage) {
    using S = typename TestFixture::System;
    EXPECT_DEATH(S::run(1,
                        [] {
                            auto wait = [](void*) -> void* {
                                (void)S::sched->park(uk::kNever, {});
                                return nullptr;
                            };
                            auto service = S::sched->create({.service = true}, wait, nullptr);
                            EXPECT_TRUE(service.ok());
                            EXPECT_EQ(S::sched->thread_count(), 1u);
                            S::sched->exit(nullptr);
                        }),
                 "the last thread exited");
}

using Prio = sim::System<uk::PrioPolicy>;

TEST(PreemptiveScheduler, TheMostUrgentRunsAtOnce) {
    for (unsigned seed = 1; seed <= 50; seed++) {
        Prio::run(seed, [] {
            static std::vector<int> order;
            order.clear();
            auto note = [](void* n) -> void* {
                order.push_back(static_cast<int>(number(n)));
                return nullptr;
            };
            Ref<Thread> high = Prio::start(note, word(1), 20);
            order.push_back(2);
            Prio::M::preempt_disable();
            Ref<Thread> held = Prio::start(note, word(4), 20);
            order.push_back(3);
            Prio::M::preempt_enable();
            order.push_back(5);
            Ref<Thread> low = Prio::start(note, word(6), 10);
            EXPECT_EQ(order, (std::vector<int>{1, 2, 3, 4, 5}));
            EXPECT_TRUE(Prio::sched->set_priority(*low, 17).ok());
            EXPECT_EQ(order.back(), 6);
            Ref<Thread> equal = Prio::start(note, word(7), 10);
            EXPECT_TRUE(Prio::sched->set_priority(Prio::M::current(), 9).ok());
            EXPECT_EQ(order.back(), 7) << "who gets less urgent lets others go first";
            for (const Ref<Thread>& thread : {high, held, low, equal})
                Prio::join(thread);
        });
    }
}

// Busy equals share the CPU although none of them ever waits.
TEST(PreemptiveScheduler, SlicesEnd) {
    for (unsigned seed = 1; seed <= 20; seed++) {
        Prio::run(seed, [] {
            static bool stop;
            static uint64_t work[3];
            stop = false;
            auto busy = [](void* n) -> void* {
                while (!stop) {
                    work[number(n)]++;
                    sim::point();
                }
                return nullptr;
            };
            std::vector<Ref<Thread>> threads;
            for (unsigned i = 0; i < 3; i++) {
                work[i] = 0;
                threads.push_back(Prio::start(busy, word(i), 10));
            }
            Prio::sched->sleep_until(sim::g->now + 3'000'000'000);
            stop = true;
            for (const Ref<Thread>& thread : threads)
                Prio::join(thread);
            const uint64_t all = work[0] + work[1] + work[2];
            for (uint64_t part : work) {
                EXPECT_GT(part, all / 5) << work[0] << " " << work[1] << " " << work[2];
                EXPECT_LT(part, all / 2);
            }
        });
    }
}

TEST(PreemptiveScheduler, WaitQueuesServeTheMostUrgentFirst) {
    Prio::run(1, [] {
        static Prio::WaitQueue* queue;
        static std::vector<unsigned> order;
        Prio::WaitQueue now;
        queue = &now;
        order.clear();
        std::vector<Ref<Thread>> threads;
        for (unsigned priority : {18, 20, 18, 25, 20}) {
            threads.push_back(Prio::start(
                [](void* n) -> void* {
                    EXPECT_TRUE(queue->wait().ok());
                    order.push_back(static_cast<unsigned>(number(n)));
                    return nullptr;
                },
                word(priority * 10 + static_cast<unsigned>(threads.size())), priority));
        }
        while (now.wake_one()) {
        }
        EXPECT_EQ(order, (std::vector<unsigned>{253, 201, 204, 180, 182}));
        for (const Ref<Thread>& thread : threads)
            Prio::join(thread);
    });
}

} // namespace
