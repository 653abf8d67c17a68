// SPDX-License-Identifier: BSD-3-Clause
// Timers with interrupts and preemption wherever they could come: when functions are called, and
// what is true after cancel().
#include "sim_timers.hpp"

namespace {

using namespace simtimers;

TYPED_TEST_SUITE(TimerTest, Policies);

template <class T>
struct Probe {
    Timer timer{called, this};
    unsigned calls = 0;
    uint64_t at = 0;
    std::vector<Probe*>* trace = nullptr;

    static void called(void* self) {
        auto& probe = *static_cast<Probe*>(self);
        EXPECT_TRUE(sim::g->irqs_on);
        EXPECT_EQ(sim::g->held.count(), 0u);
        EXPECT_GE(T::now(), probe.timer.deadline());
        EXPECT_FALSE(T::timers->is_armed(probe.timer));
        probe.calls++;
        probe.at = T::now();
        if (probe.trace != nullptr)
            probe.trace->push_back(&probe);
    }
};

TYPED_TEST(TimerTest, IsCalledOnceWhenItsMomentHasCome) {
    using T = TestFixture;
    T::seeds(100, [] {
        Probe<T> probe;
        EXPECT_EQ(T::timers->thread(), nullptr) << "no thread before the first start";
        EXPECT_EQ(probe.timer.deadline(), 0u);
        const uint64_t deadline = T::now() + 1'000'000;
        T::start(probe.timer, deadline);
        if (probe.calls == 0 && T::now() < deadline) {
            EXPECT_TRUE(T::timers->is_armed(probe.timer) || T::now() >= deadline);
        }
        while (probe.calls == 0)
            T::sleep(10'000);
        EXPECT_GE(probe.at, deadline);
        T::sleep(100'000'000);
        EXPECT_EQ(probe.calls, 1u);
        EXPECT_FALSE(T::timers->cancel(probe.timer));

        T::start(probe.timer, 0); // over since ever
        while (probe.calls == 1)
            T::sleep(1000);
        UK_MUST(T::timers->start_after(probe.timer, kNever));
        EXPECT_EQ(probe.timer.deadline(), kNever);
        T::sleep(100'000'000);
        EXPECT_EQ(probe.calls, 2u);
        EXPECT_TRUE(T::timers->cancel(probe.timer));
    });
}

TYPED_TEST(TimerTest, TheyGoInTheOrderOfTheirMomentsThenOfTheirStarts) {
    using T = TestFixture;
    T::seeds(100, [] {
        constexpr unsigned kCount = 60;
        Probe<T> probes[kCount];
        std::vector<Probe<T>*> trace;
        const uint64_t first = T::now() + 1'000'000'000; // none comes while they are started
        std::vector<Probe<T>*> expected;
        for (Probe<T>& probe : probes) {
            probe.trace = &trace;
            T::start(probe.timer, first + T::random() % 10 * 1'000'000);
            expected.push_back(&probe);
            if (T::random() % 4 == 0) { // moved
                Probe<T>* other = expected[T::random() % expected.size()];
                T::start(other->timer, first + T::random() % 10 * 1'000'000);
                std::erase(expected, other);
                expected.push_back(other);
            }
        }
        std::stable_sort(expected.begin(), expected.end(), [](Probe<T>* a, Probe<T>* b) {
            return a->timer.deadline() < b->timer.deadline();
        });
        EXPECT_TRUE(trace.empty());
        while (trace.size() != kCount)
            T::sleep(100'000'000);
        EXPECT_EQ(trace, expected);
    });
}

TYPED_TEST(TimerTest, AnEarlierOneDoesNotWaitForTheLaterOnes) {
    using T = TestFixture;
    T::seeds(50, [] {
        Probe<T> late, early;
        T::start(late.timer, T::now() + 1'000'000'000'000);
        T::sleep(1'000'000); // the thread waits for it now
        const uint64_t deadline = T::now() + 50'000'000;
        T::start(early.timer, deadline);
        T::System::sched->sleep_until(deadline + 100'000'000);
        EXPECT_EQ(early.calls, 1u);
        EXPECT_EQ(late.calls, 0u);
        T::start(late.timer, T::now()); // moved to now
        T::sleep(100'000'000);
        EXPECT_EQ(late.calls, 1u);
    });
}

TYPED_TEST(TimerTest, PeriodsDoNotDrift) {
    using T = TestFixture;
    T::seeds(50, [] {
        static constexpr uint64_t kPeriod = 10'000'000;
        struct Beat {
            Timer timer{called, this};
            unsigned calls = 0;
            static void called(void* self) {
                auto& beat = *static_cast<Beat*>(self);
                beat.calls++;
                T::start(beat.timer, beat.timer.deadline() + kPeriod);
            }
        } beat;
        const uint64_t first = T::now() + kPeriod;
        T::start(beat.timer, first);
        T::System::sched->sleep_until(first + 100 * kPeriod);
        while (beat.calls < 101) // a moment for the last one
            T::sleep(1000);
        EXPECT_TRUE(T::timers->cancel(beat.timer));
        EXPECT_EQ(beat.timer.deadline(), first + beat.calls * kPeriod);
        const unsigned calls = beat.calls;
        T::sleep(10 * kPeriod);
        EXPECT_EQ(beat.calls, calls);
    });
}

// The function takes its time and starts the timer again, each time.
template <class T>
struct Slow {
    Timer timer{called, this};
    bool inside = false;
    bool alive = true;
    bool seen_running = false;
    unsigned calls = 0;
    static void called(void* self) {
        auto& slow = *static_cast<Slow*>(self);
        EXPECT_TRUE(slow.alive);
        EXPECT_FALSE(T::timers->try_cancel(slow.timer)) << "it runs";
        slow.inside = true;
        for (int i = 0; i < 4; i++)
            T::pause();
        T::start(slow.timer, T::now() + T::random() % 100'000);
        T::pause();
        EXPECT_TRUE(slow.alive);
        slow.calls++;
        slow.inside = false;
    }
};

TYPED_TEST(TimerTest, CancelWaitsForTheFunctionAndIsFinal) {
    using T = TestFixture;
    T::seeds(300, [] {
        Slow<T> slow;
        T::start(slow.timer, T::now());
        for (int i = T::random() % 8; i > 0; i--)
            T::pause();
        auto cancel = [&] {
            T::timers->cancel(slow.timer);
            EXPECT_FALSE(slow.inside);
        };
        Ref<Thread> threads[] = {T::spawn(cancel), T::spawn(cancel, 31)};
        cancel();
        for (const Ref<Thread>& thread : threads)
            T::join(thread);
        EXPECT_FALSE(T::timers->is_armed(slow.timer));
        slow.alive = false;
        const unsigned calls = slow.calls;
        T::sleep(10'000'000);
        EXPECT_EQ(slow.calls, calls);

        slow.alive = true; // it can be used again
        T::start(slow.timer, T::now());
        while (slow.calls == calls)
            T::sleep(1000);
        while (!T::timers->try_cancel(slow.timer))
            T::sleep(1000);
        slow.alive = false;
        T::sleep(10'000'000);
    });
}

TYPED_TEST(TimerTest, InItsFunctionCancelOnlyUnarms) {
    using T = TestFixture;
    T::seeds(50, [] {
        struct Self {
            Timer timer{called, this};
            Timer other{[](void* self) { static_cast<Self*>(self)->others++; }, this};
            unsigned calls = 0, others = 0;
            static void called(void* of) {
                auto& self = *static_cast<Self*>(of);
                EXPECT_FALSE(T::timers->cancel(self.timer));
                T::start(self.timer, T::now() + 1000);
                EXPECT_TRUE(T::timers->is_armed(self.timer));
                EXPECT_TRUE(T::timers->cancel(self.timer));
                EXPECT_TRUE(T::timers->cancel(self.other));
                self.calls++;
            }
        } self;
        const uint64_t deadline = T::now() + 100'000'000;
        T::start(self.timer, deadline);
        T::start(self.other, deadline);
        T::System::sched->sleep_until(deadline + 100'000'000);
        EXPECT_EQ(self.calls, 1u);
        EXPECT_EQ(self.others, 0u);
    });
}

TYPED_TEST(TimerTest, AFunctionMayDestroyItsTimer) {
    using T = TestFixture;
    T::seeds(50, [] {
        static unsigned gone;
        gone = 0;
        struct Own {
            Timer timer{[](void* self) { delete static_cast<Own*>(self); }, this};
            char fill[64] = {};
            ~Own() { gone++; }
        };
        for (int i = 0; i < 20; i++)
            T::start((new Own)->timer, T::now() + T::random() % 1'000'000);
        while (gone != 20)
            T::sleep(100'000);
    });
}

TYPED_TEST(TimerTest, HandlersStartAndCancel) {
    using T = TestFixture;
    T::seeds(100, [] {
        static Timer* timer;
        static unsigned starts, refused, calls;
        Timer mine([](void*) { calls++; }, nullptr);
        timer = &mine;
        starts = refused = calls = 0;
        sim::g->handler = [] {
            if (T::timers->is_armed(*timer)) {
                if (T::random() % 4 == 0)
                    (void)T::timers->try_cancel(*timer);
                return;
            }
            const uk::Result<> done = T::timers->start_after(*timer, 1000);
            refused += done.code() == Errno::again ? 1 : 0;
            starts += done.ok() ? 1 : 0;
        };
        T::sleep(50'000'000);
        EXPECT_EQ(calls, 0u);
        EXPECT_GT(refused, 0u);
        UK_MUST(T::timers->prepare());
        sim::g->woken_from_outside = true;
        while (calls < 5)
            T::sleep(1'000'000);
        EXPECT_GE(starts, 5u);
        sim::g->handler = nullptr;
        T::timers->cancel(mine);
    });
}

TYPED_TEST(TimerTest, WithoutMemoryForItsThreadStartingFails) {
    using T = TestFixture;
    T::seeds(20, [] {
        Probe<T> probe;
        sim::g->fail_in = 1 + T::random() % 2;
        EXPECT_EQ(T::timers->start(probe.timer, T::now()).code(), Errno::nomem);
        EXPECT_FALSE(T::timers->is_armed(probe.timer));
        sim::g->fail_in = 0;
        T::start(probe.timer, T::now());
        while (probe.calls == 0)
            T::sleep(1000);
    });
}

TYPED_TEST(TimerTest, TheThreadIsMadeOnce) {
    using T = TestFixture;
    T::seeds(200, [] {
        sim::g->fail_in = T::random() % 12; // one of the threads, or that of the timers, or none
        Probe<T> probes[4];
        unsigned failed = 0;
        unsigned next = 0;
        auto body = [&] {
            Probe<T>& mine = probes[next++];
            const uk::Result<> done = T::timers->start(mine.timer, T::now());
            failed += done.ok() ? 0 : 1;
            while (done.ok() && mine.calls == 0)
                T::sleep(1000);
        };
        std::vector<Ref<Thread>> threads;
        for (unsigned i = 0; i < 4; i++) {
            auto made = T::System::sched->create(
                {"test"},
                [](void* argument) -> void* {
                    (*static_cast<decltype(body)*>(argument))();
                    return nullptr;
                },
                &body);
            if (made.ok())
                threads.push_back(std::move(made.value()));
        }
        for (const Ref<Thread>& thread : threads)
            T::join(thread);
        EXPECT_LE(failed, 1u) << "who failed leaves it to the next";
        EXPECT_LE(T::System::sched->thread_count(), 2u + 4u);
        sim::g->fail_in = 0;
    });
}

// Several threads start, move and cancel their own timers and wait for one another's functions.
TYPED_TEST(TimerTest, Torture) {
    using T = TestFixture;
    T::seeds(200, [] {
        struct Mine {
            Timer timer{called, this};
            bool may_run = false;
            bool again = false;
            unsigned calls = 0;
            static void called(void* self) {
                auto& mine = *static_cast<Mine*>(self);
                EXPECT_TRUE(mine.may_run);
                if (T::random() % 4 == 0)
                    T::pause();
                if (mine.again)
                    T::start(mine.timer, T::now() + T::random() % 200'000);
                if (T::random() % 4 == 0)
                    T::pause();
                EXPECT_TRUE(mine.may_run);
                mine.calls++;
            }
        };
        auto body = [] {
            Mine mine[3];
            for (int i = 0; i < 40; i++) {
                Mine& one = mine[T::random() % 3];
                one.again = T::random() % 2 == 0;
                if (T::random() % 2 == 0) {
                    one.may_run = true;
                    T::start(one.timer, T::now() + T::random() % 300'000);
                } else if (T::random() % 3 != 0) {
                    T::timers->cancel(one.timer);
                    one.may_run = false;
                } else if (T::timers->try_cancel(one.timer)) {
                    one.may_run = false;
                }
                T::pause();
            }
            for (Mine& one : mine) {
                T::timers->cancel(one.timer);
                one.may_run = false;
            }
        };
        Ref<Thread> threads[] = {T::spawn(body), T::spawn(body, 20), T::spawn(body, 31)};
        body();
        for (const Ref<Thread>& thread : threads)
            T::join(thread);
    });
}

// Interrupts come at alarms only, and time passes only where one could come.
TEST(IdleTimers, OneInterruptForEachMoment) {
    using T = TimerTest<uk::PrioPolicy>;
    T::seeds(1, [] {
        sim::g->ns_per_point = 1000;
        Probe<T> probes[3];
        T::start(probes[0].timer, T::now() + 1'000'000'000);
        T::start(probes[1].timer, T::now() + 2'000'000'000);
        T::start(probes[2].timer, T::now() + 1'000'000'000'000);
        const uint64_t before = sim::g->interrupts;
        T::sleep(100'000'000'000);
        EXPECT_EQ(probes[0].calls + probes[1].calls + probes[2].calls, 2u);
        EXPECT_LE(probes[1].at, probes[1].timer.deadline() + 100'000);
        EXPECT_LE(sim::g->interrupts - before, 3u) << "two timers and this sleep";
        T::timers->cancel(probes[2].timer);
        sim::g->ns_per_point = 0;
    });
}

TEST(TimersDeath, AnArmedTimerMayNotGo) {
    using T = TimerTest<uk::PrioPolicy>;
    EXPECT_DEATH(T::seeds(1,
                          [] {
                              Probe<T> probe;
                              T::start(probe.timer, T::now() + 1'000'000'000);
                          }),
                 "timer destroyed while it is armed");
}

} // namespace
