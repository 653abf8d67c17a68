// SPDX-License-Identifier: BSD-3-Clause
// Mutexes under simulated interrupts: many seeds, each another order.
#include <uk/fakes/log.hpp>

#include "sim_locks.hpp"

namespace {

template <class K>
class MutexTest : public LockTest<K> {};
TYPED_TEST_SUITE(MutexTest, Kinds);

TYPED_TEST(MutexTest, OneAtATime) {
    using T = TestFixture;
    T::seeds(200, [] {
        static typename T::Mutex* mutex;
        static int inside, rounds;
        typename T::Mutex now("counter");
        mutex = &now;
        inside = rounds = 0;
        auto work = [] {
            for (int i = 0; i < 12; i++) {
                LockGuard guard(*mutex);
                EXPECT_EQ(inside++, 0);
                EXPECT_TRUE(mutex->held_by_me());
                T::pause();
                rounds++;
                inside--;
            }
            EXPECT_FALSE(mutex->held_by_me());
        };
        Ref<Thread> threads[4];
        for (unsigned i = 0; i < 4; i++)
            threads[i] = T::spawn(work, 14 + i);
        for (const Ref<Thread>& thread : threads)
            T::join(thread);
        EXPECT_EQ(rounds, 48);
        EXPECT_TRUE(now.try_lock()) << "free, with no mark left";
        now.unlock();
    });
}

TYPED_TEST(MutexTest, MixedWithDeadlinesAndTrying) {
    using T = TestFixture;
    T::seeds(200, [] {
        static typename T::Mutex* mutex;
        static int inside, got;
        typename T::Mutex now;
        mutex = &now;
        inside = got = 0;
        auto work = [] {
            for (int i = 0; i < 12; i++) {
                bool locked = true;
                switch (T::random() % 3) {
                case 0:
                    mutex->lock();
                    break;
                case 1:
                    locked = mutex->try_lock();
                    break;
                default:
                    auto result = mutex->lock_until(T::now() + T::random() % 300'000);
                    locked = result.ok();
                    EXPECT_TRUE(locked || result.code() == Errno::timedout);
                }
                if (!locked)
                    continue;
                EXPECT_EQ(inside++, 0);
                T::pause();
                got++;
                inside--;
                mutex->unlock();
            }
        };
        Ref<Thread> threads[4];
        for (unsigned i = 0; i < 4; i++)
            threads[i] = T::spawn(work, 15 + i % 2);
        for (const Ref<Thread>& thread : threads)
            T::join(thread);
        EXPECT_GT(got, 4);
        EXPECT_TRUE(now.try_lock());
        now.unlock();
    });
}

// The holder gives back and takes again without a pause: the waiter gets it all the same.
TYPED_TEST(MutexTest, NobodyIsOvertakenForEver) {
    using T = TestFixture;
    T::seeds(60, [] {
        static typename T::Mutex* mutex;
        static bool got;
        typename T::Mutex now;
        mutex = &now;
        got = false;
        now.lock();
        auto waiter = [] {
            mutex->lock();
            got = true;
            mutex->unlock();
        };
        Ref<Thread> thread = T::spawn(waiter);
        T::until_parked(thread);
        int rounds = 0;
        for (; !got && rounds < 1000; rounds++) {
            T::yield();
            now.unlock();
            now.lock();
        }
        EXPECT_LE(rounds, 3);
        now.unlock();
        T::join(thread);
    });
}

TYPED_TEST(MutexTest, TheMostUrgentThenTheFirst) {
    using T = TestFixture;
    T::seeds(60, [] {
        static typename T::Mutex* mutex;
        static std::string order;
        typename T::Mutex now;
        mutex = &now;
        order.clear();
        struct Waiter {
            char letter;
            void operator()() const {
                LockGuard guard(*mutex);
                order += letter;
            }
        };
        Waiter waiters[] = {{'a'}, {'b'}, {'c'}, {'d'}};
        const unsigned priorities[] = {16, 18, 16, 18};
        Ref<Thread> threads[4];
        now.lock();
        for (unsigned i = 0; i < 4; i++) {
            threads[i] = T::spawn(waiters[i], priorities[i]);
            T::until_parked(threads[i]);
        }
        now.unlock();
        for (const Ref<Thread>& thread : threads)
            T::join(thread);
        EXPECT_EQ(order, "bdac");
    });
}

TYPED_TEST(MutexTest, DeadlinesAndOwnersAreSaid) {
    using T = TestFixture;
    T::seeds(30, [] {
        static typename T::Mutex* mutex;
        typename T::Mutex now;
        mutex = &now;
        now.lock();
        EXPECT_FALSE(now.try_lock());
        EXPECT_EQ(now.lock_until(T::now() + 100).code(), Errno::deadlk);
        auto other = [] {
            EXPECT_FALSE(mutex->try_lock());
            EXPECT_FALSE(mutex->held_by_me());
            const uint64_t deadline = T::now() + 5'000'000;
            EXPECT_EQ(mutex->lock_until(deadline).code(), Errno::timedout);
            EXPECT_GE(T::now(), deadline);
            EXPECT_EQ(mutex->lock_until(0).code(), Errno::timedout);
        };
        T::join(T::spawn(other));
        now.unlock();
        EXPECT_TRUE(now.lock_until(0).ok()) << "free: the deadline does not matter";
        now.unlock();
    });
}

// Somebody gave up waiting, so unlock() looks at an empty list; just then somebody else comes.
TYPED_TEST(MutexTest, NobodyIsLostWhileTheMarkOfWaitersGoes) {
    using T = TestFixture;
    T::seeds(150, [] {
        static typename T::Mutex* mutex;
        static Thread* urgent;
        typename T::Mutex now;
        mutex = &now;
        auto gives_up = [] {
            EXPECT_EQ(mutex->lock_until(T::now() + 1000).code(), Errno::timedout);
        };
        auto comes = [] {
            T::Face::park(kNever, {});
            LockGuard guard(*mutex);
        };
        now.lock();
        T::join(T::spawn(gives_up));
        Ref<Thread> thread = T::spawn(comes, 20);
        T::until_parked(thread);
        urgent = thread.get();
        sim::g->handler = [] {
            if (urgent != nullptr)
                T::System::sched->unpark(*std::exchange(urgent, nullptr));
        };
        now.unlock();
        sim::g->handler = nullptr;
        if (urgent != nullptr)
            T::System::sched->unpark(*urgent);
        T::join(thread);
    });
}

// Whoever unlocks last takes the memory away.
TYPED_TEST(MutexTest, MayGoAfterTheLastUnlock) {
    using T = TestFixture;
    T::seeds(100, [] {
        struct Object {
            typename T::Mutex mutex;
            int references = 3;
        };
        static Object* object;
        object = new Object;
        auto drop = [] {
            if (T::random() % 2 == 0) {
                while (!object->mutex.lock_until(T::now() + T::random() % 100'000).ok()) {
                }
            } else {
                object->mutex.lock();
            }
            T::pause();
            const bool last = --object->references == 0;
            object->mutex.unlock();
            if (last)
                delete object;
        };
        Ref<Thread> threads[] = {T::spawn(drop), T::spawn(drop), T::spawn(drop)};
        for (const Ref<Thread>& thread : threads)
            T::join(thread);
    });
}

TYPED_TEST(MutexTest, RecursiveOnesCount) {
    using T = TestFixture;
    T::seeds(60, [] {
        static typename T::RecursiveMutex* mutex;
        static int value;
        typename T::RecursiveMutex now("again");
        mutex = &now;
        value = 0;
        auto work = [] {
            for (int i = 0; i < 6; i++) {
                LockGuard outer(*mutex);
                const int before = value;
                EXPECT_TRUE(mutex->try_lock());
                EXPECT_TRUE(mutex->lock_until(0).ok());
                T::pause();
                mutex->unlock();
                mutex->unlock();
                EXPECT_TRUE(mutex->held_by_me());
                T::pause();
                value = before + 1;
            }
        };
        Ref<Thread> threads[] = {T::spawn(work), T::spawn(work)};
        for (const Ref<Thread>& thread : threads)
            T::join(thread);
        EXPECT_EQ(value, 12);
        EXPECT_FALSE(now.held_by_me());
    });
}

TYPED_TEST(MutexTest, GuardsData) {
    using T = TestFixture;
    T::seeds(30, [] {
        using Data = uk::Guarded<int, typename T::Mutex>;
        static Data* data;
        Data now(5);
        data = &now;
        auto work = [] {
            for (int i = 0; i < 10; i++) {
                auto access = data->lock();
                const int before = *access;
                T::pause();
                *access = before + 1;
            }
        };
        Ref<Thread> threads[] = {T::spawn(work), T::spawn(work)};
        for (const Ref<Thread>& thread : threads)
            T::join(thread);
        EXPECT_EQ(now.with([](int& value) { return value; }), 25);
    });
}

TYPED_TEST(MutexTest, MisuseNamesWhoAndWhat) {
    using T = TestFixture;
    T::seeds(1, [] {
        static typename T::Mutex* mutex;
        typename T::Mutex now("table");
        mutex = &now;
        EXPECT_DEATH(now.unlock(), "thread 'main' gives back mutex 'table', which nobody holds");
        now.lock();
        EXPECT_DEATH(now.lock(), "thread 'main' waits for mutex 'table', which it holds itself");
        auto stranger = [] {
            EXPECT_DEATH(mutex->unlock(),
                         "'thief' gives back mutex 'table', which is held by 'main'");
        };
        T::join(T::spawn(stranger, 16, "thief"));
        now.unlock();
    });
}

TYPED_TEST(MutexTest, TheDeadlockReportNamesHolders) {
    using T = TestFixture;
    T::seeds(1, [] {
        static typename T::Mutex* mutex;
        typename T::Mutex now("table");
        mutex = &now;
        now.lock();
        auto waiter = [] { LockGuard guard(*mutex); };
        Ref<Thread> thread = T::spawn(waiter, 16, "waiter");
        T::until_parked(thread);
        uk::fakes::log_clear();
        uk::report_threads(T::System::sched->threads());
        EXPECT_NE(uk::fakes::log_text().find("thread 'waiter' is parked, waits for mutex 'table' "
                                             "held by 'main'\n"),
                  std::string::npos)
            << uk::fakes::log_text();
#ifndef SIM_TSAN // which does not follow fibers across fork()
        EXPECT_DEATH(T::join(thread), "deadlock: all 2 threads wait");
#endif
        now.unlock();
        T::join(thread);
    });
}

using Checked = LockTest<Kind<uk::PrioPolicy, true>>;

TEST(MutexCycles, OfTwoAndThreeAreFound) {
    Checked::seeds(1, [] {
        static Checked::Mutex *a, *b, *c;
        Checked::Mutex first("a"), second("b"), third("c");
        a = &first, b = &second, c = &third;
        first.lock();
        auto two = [] {
            b->lock();
            a->lock();
            a->unlock();
            b->unlock();
        };
        Ref<Thread> holder = Checked::spawn(two, 16, "holder");
        Checked::until_parked(holder);
        EXPECT_DEATH(second.lock(), "lock cycle: thread 'main' waits for mutex 'b' held by "
                                    "'holder', which waits for 'a'");
        EXPECT_EQ(second.lock_until(Checked::now() + 10).code(), Errno::timedout)
            << "a deadline ends the cycle by itself";
        auto three = [] {
            c->lock();
            b->lock();
            b->unlock();
            c->unlock();
        };
        Ref<Thread> far = Checked::spawn(three, 16, "far");
        Checked::until_parked(far);
        EXPECT_DEATH(third.lock(), "lock cycle: thread 'main' waits for mutex 'c' held by "
                                   "'far', which waits for 'b'");
        first.unlock();
        Checked::join(holder);
        Checked::join(far);
        third.lock();
        third.unlock();
    });
}

} // namespace
