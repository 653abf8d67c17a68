// SPDX-License-Identifier: BSD-3-Clause
// What announces things (semaphores, condition variables, completions, event sets), by threads and
// by interrupt handlers: many seeds, each another order.
#include "sim_locks.hpp"

namespace {

template <class K>
class SignalTest : public LockTest<K> {};
TYPED_TEST_SUITE(SignalTest, Kinds);

TYPED_TEST(SignalTest, SemaphoresNeitherLoseNorInvent) {
    using T = TestFixture;
    T::seeds(200, [] {
        static typename T::Semaphore* slots;
        static int inside, most;
        typename T::Semaphore now(2, "slots");
        slots = &now;
        inside = most = 0;
        auto work = [] {
            for (int i = 0; i < 8; i++) {
                if (T::random() % 3 == 0) {
                    if (!slots->acquire_until(T::now() + T::random() % 300'000).ok())
                        continue;
                } else {
                    slots->acquire();
                }
                most = std::max(most, ++inside);
                T::pause();
                inside--;
                slots->release();
            }
        };
        Ref<Thread> threads[4];
        for (unsigned i = 0; i < 4; i++)
            threads[i] = T::spawn(work, 15 + i % 2);
        for (const Ref<Thread>& thread : threads)
            T::join(thread);
        EXPECT_LE(most, 2);
        EXPECT_EQ(now.units(), 2u);
        EXPECT_TRUE(now.try_acquire()) << "no mark of waiters is left";
    });
}

TYPED_TEST(SignalTest, SemaphoresServeInOrderAndSeveralAtOnce) {
    using T = TestFixture;
    T::seeds(60, [] {
        static typename T::Semaphore* items;
        static std::string order;
        typename T::Semaphore now(0);
        items = &now;
        order.clear();
        struct Taker {
            char letter;
            void operator()() const {
                items->acquire();
                order += letter;
            }
        };
        Taker takers[] = {{'a'}, {'b'}, {'c'}};
        const unsigned priorities[] = {16, 17, 16};
        Ref<Thread> threads[3];
        for (unsigned i = 0; i < 3; i++) {
            threads[i] = T::spawn(takers[i], priorities[i]);
            T::until_parked(threads[i]);
        }
        now.release();
        EXPECT_FALSE(now.try_acquire()) << "it is the waiter's already";
        T::join(threads[1]);
        now.release(5);
        T::join(threads[0]);
        T::join(threads[2]);
        EXPECT_EQ(order, "bac");
        EXPECT_EQ(now.units(), 3u);
    });
}

TYPED_TEST(SignalTest, TooManyUnitsPanic) {
    using T = TestFixture;
    T::seeds(1, [] {
        typename T::Semaphore most(T::Semaphore::kMost, "full");
        EXPECT_DEATH(most.release(), "semaphore 'full' has 2147483647 units and is given 1 more");
        most.acquire();
        most.release();
        EXPECT_EQ(most.units(), T::Semaphore::kMost);
    });
}

// A handler releases, sets and wakes at random moments, also while the locks' lists change.
TYPED_TEST(SignalTest, HandlersMayAnnounce) {
    using T = TestFixture;
    T::seeds(150, [] {
        struct Shared {
            typename T::Semaphore items{0, "items"};
            typename T::EventSet events{"events"};
            typename T::Completion done{"done"};
            unsigned released = 0, taken = 0;
        };
        static Shared* shared;
        Shared now;
        shared = &now;
        sim::g->woken_from_outside = true;
        sim::g->handler = [] {
            if (shared->released < 40) {
                shared->items.release();
                shared->released++;
                shared->events.set(1);
            } else {
                shared->done.complete();
            }
        };
        auto take = [] {
            for (int i = 0; i < 20; i++) {
                shared->items.acquire();
                shared->taken++;
            }
        };
        Ref<Thread> threads[] = {T::spawn(take), T::spawn(take, 18)};
        for (int i = 0; i < 5; i++) {
            EXPECT_EQ(shared->events.wait_any(3, uk::EventClear::yes, T::now() + 1'000'000'000)
                          .value_or(0),
                      1u);
            if (shared->released == 40)
                break;
        }
        EXPECT_TRUE(now.done.wait().ok());
        for (const Ref<Thread>& thread : threads)
            T::join(thread);
        sim::g->handler = nullptr;
        EXPECT_EQ(now.taken, 40u);
        EXPECT_EQ(now.items.units(), 0u);
    });
}

TYPED_TEST(SignalTest, ConditionsGuardARing) {
    using T = TestFixture;
    T::seeds(150, [] {
        struct Shared {
            typename T::Mutex mutex{"ring"};
            typename T::CondVar filled{"filled"}, drained{"drained"};
            int count = 0, produced = 0, consumed = 0;
        };
        static Shared* shared;
        Shared now;
        shared = &now;
        auto produce = [] {
            for (int i = 0; i < 10; i++) {
                LockGuard guard(shared->mutex);
                while (!shared->drained
                            .wait_until(
                                shared->mutex, [] { return shared->count < 2; },
                                T::now() + T::random() % 500'000)
                            .ok())
                    EXPECT_TRUE(shared->mutex.held_by_me());
                shared->count++;
                shared->produced++;
                T::pause();
                shared->filled.wake_one();
            }
        };
        auto consume = [] {
            for (int i = 0; i < 10; i++) {
                {
                    LockGuard guard(shared->mutex);
                    EXPECT_TRUE(
                        shared->filled.wait_until(shared->mutex, [] { return shared->count > 0; })
                            .ok());
                    EXPECT_TRUE(shared->mutex.held_by_me());
                    shared->count--;
                    shared->consumed++;
                    T::pause();
                }
                shared->drained.wake_one(); // without the mutex
            }
        };
        Ref<Thread> threads[] = {T::spawn(produce), T::spawn(consume, 17), T::spawn(produce, 17),
                                 T::spawn(consume)};
        for (const Ref<Thread>& thread : threads)
            T::join(thread);
        EXPECT_EQ(now.produced, 20);
        EXPECT_EQ(now.consumed, 20);
        EXPECT_FALSE(now.filled.wake_one());
    });
}

TYPED_TEST(SignalTest, ConditionsWakeOneOrAll) {
    using T = TestFixture;
    T::seeds(60, [] {
        struct Shared {
            typename T::Mutex mutex;
            typename T::CondVar changed;
            int woken = 0;
        };
        static Shared* shared;
        Shared now;
        shared = &now;
        auto waiter = [] {
            LockGuard guard(shared->mutex);
            EXPECT_TRUE(shared->changed.wait(shared->mutex).ok());
            shared->woken++;
        };
        Ref<Thread> threads[] = {T::spawn(waiter, 16), T::spawn(waiter, 17), T::spawn(waiter, 16)};
        for (const Ref<Thread>& thread : threads)
            T::until_parked(thread);
        EXPECT_TRUE(now.changed.wake_one());
        T::join(threads[1]);
        EXPECT_EQ(now.woken, 1);
        EXPECT_EQ(now.changed.wake_all(), 2u);
        for (const Ref<Thread>& thread : threads)
            T::join(thread);
        EXPECT_EQ(now.woken, 3);
        LockGuard guard(now.mutex);
        const uint64_t deadline = T::now() + 10'000;
        EXPECT_EQ(now.changed.wait(now.mutex, deadline).code(), Errno::timedout);
        EXPECT_GE(T::now(), deadline);
    });
}

TYPED_TEST(SignalTest, CompletionsMayGoWithTheWaitersStack) {
    using T = TestFixture;
    T::seeds(200, [] {
        static typename T::Completion* done;
        auto complete = [] {
            T::pause();
            done->complete();
        };
        for (int i = 0; i < 5; i++) {
            auto now = std::make_unique<typename T::Completion>("here");
            done = now.get();
            Ref<Thread> thread = T::spawn(complete, 15 + i % 3);
            while (!now->wait(T::now() + T::random() % 200'000).ok()) {
            }
            EXPECT_TRUE(now->is_complete());
            now.reset();
            T::join(thread);
        }
        typename T::Completion again;
        EXPECT_EQ(again.wait(0).code(), Errno::timedout);
        again.complete();
        again.complete();
        EXPECT_TRUE(again.wait().ok() && again.wait(0).ok());
        again.reset();
        EXPECT_EQ(again.wait(0).code(), Errno::timedout);
    });
}

TYPED_TEST(SignalTest, EventsAreSeenByThoseWhoWaitForThem) {
    using T = TestFixture;
    using uk::EventClear;
    T::seeds(60, [] {
        static typename T::EventSet* events;
        static std::string order;
        typename T::EventSet now("events");
        events = &now;
        order.clear();
        auto any = [] { // less urgent: finds what the other left
            EXPECT_EQ(events->wait_any(0b1100).value_or(0), 0b0100u);
            order += 'y';
        };
        auto all = [] {
            EXPECT_EQ(events->wait_all(0b1010, EventClear::yes).value_or(0), 0b1010u);
            order += 'l';
        };
        Ref<Thread> threads[] = {T::spawn(any, 16), T::spawn(all, 17)};
        for (const Ref<Thread>& thread : threads)
            T::until_parked(thread);
        now.set(0b0010);
        EXPECT_EQ(now.events(), 0b0010u);
        T::until_parked(threads[1]);
        now.set(0b1000);
        T::join(threads[1]);
        EXPECT_EQ(now.events(), 0u) << "cleared before the other saw it";
        T::until_parked(threads[0]);
        now.set(0b0101);
        T::join(threads[0]);
        EXPECT_EQ(order, "ly");
        EXPECT_EQ(now.clear(0b0110), 0b0100u);
        EXPECT_EQ(now.events(), 1u);
        EXPECT_EQ(now.wait_any(3).value_or(0), 1u);
        EXPECT_EQ(now.wait_all(3, EventClear::yes, T::now() + 10).code(), Errno::timedout);
        EXPECT_EQ(now.events(), 1u) << "a wait that fails clears nothing";
        EXPECT_EQ(now.wait_all(0).code(), Errno::inval);
    });
}

// Each event that was set is cleared by exactly one of those who take it.
TYPED_TEST(SignalTest, EventsAreTakenOnce) {
    using T = TestFixture;
    T::seeds(150, [] {
        static typename T::EventSet* events;
        static unsigned set, taken;
        typename T::EventSet now;
        events = &now;
        set = taken = 0;
        auto take = [] {
            for (;;) {
                auto seen = events->wait_any(0x80000007, uk::EventClear::yes,
                                             T::now() + T::random() % 400'000);
                if (!seen.ok())
                    continue;
                taken += static_cast<unsigned>(__builtin_popcount(seen.value() & 7));
                if ((seen.value() >> 31) != 0) {
                    events->set(0x80000000); // for the other
                    return;
                }
            }
        };
        Ref<Thread> threads[] = {T::spawn(take), T::spawn(take, 17)};
        for (int i = 0; i < 20; i++) {
            const uint32_t event = 1u << T::random() % 3;
            if ((now.events() & event) == 0) {
                sim::g->interrupt_one_in = 0; // nobody comes between looking and setting
                if ((now.events() & event) == 0) {
                    set++;
                    now.set(event);
                }
                sim::g->interrupt_one_in = 4;
            }
            T::pause();
        }
        while ((now.events() & 7) != 0)
            T::System::sched->sleep_until(T::now() + 100'000);
        now.set(0x80000000);
        for (const Ref<Thread>& thread : threads)
            T::join(thread);
        EXPECT_EQ(taken, set);
    });
}

} // namespace
