// SPDX-License-Identifier: BSD-3-Clause
// Reader-writer locks under simulated interrupts: many seeds, each another order.
#include "sim_locks.hpp"

namespace {

template <class K>
class RwLockTest : public LockTest<K> {};
TYPED_TEST_SUITE(RwLockTest, Kinds);

TYPED_TEST(RwLockTest, ManyReadersOrOneWriter) {
    using T = TestFixture;
    T::seeds(200, [] {
        static typename T::RwLock* lock;
        static int readers, writers, together, written;
        typename T::RwLock now("data");
        lock = &now;
        readers = writers = together = written = 0;
        auto read = [] {
            for (int i = 0; i < 8; i++) {
                if (T::random() % 3 != 0)
                    lock->lock_shared();
                else if (!lock->lock_shared_until(T::now() + T::random() % 300'000).ok())
                    continue;
                EXPECT_EQ(writers, 0);
                together = std::max(together, ++readers);
                T::pause();
                readers--;
                lock->unlock_shared();
            }
        };
        auto write = [] {
            for (int i = 0; i < 8; i++) {
                if (T::random() % 3 != 0)
                    lock->lock();
                else if (!lock->lock_until(T::now() + T::random() % 300'000).ok())
                    continue;
                EXPECT_EQ(readers, 0);
                EXPECT_EQ(writers++, 0);
                T::pause();
                writers--;
                written++;
                lock->unlock();
            }
        };
        Ref<Thread> threads[] = {T::spawn(read), T::spawn(write), T::spawn(read, 17),
                                 T::spawn(read), T::spawn(write, 17)};
        for (const Ref<Thread>& thread : threads)
            T::join(thread);
        EXPECT_GT(written, 0);
        EXPECT_TRUE(now.try_lock()) << "free, with no mark left";
        now.unlock();
    });
}

struct Log {
    std::string text;
};
Log g_log;

// Waits in the order of starting; each says when it is in, holds the lock until told.
TYPED_TEST(RwLockTest, WritersFirstThenTheReadersThatWaited) {
    using T = TestFixture;
    T::seeds(60, [] {
        static typename T::RwLock* lock;
        typename T::RwLock now("order");
        lock = &now;
        g_log.text.clear();
        auto read = [] {
            uk::SharedGuard guard(*lock);
            g_log.text += 'r';
        };
        auto write = [] {
            LockGuard guard(*lock);
            g_log.text += 'W';
        };
        now.lock_shared();
        EXPECT_TRUE(now.try_lock_shared()) << "readers share";
        now.unlock_shared();
        Ref<Thread> threads[5];
        threads[0] = T::spawn(write);
        T::until_parked(threads[0]);
        EXPECT_FALSE(now.try_lock_shared()) << "a writer waits";
        threads[1] = T::spawn(read);
        T::until_parked(threads[1]);
        threads[2] = T::spawn(write);
        T::until_parked(threads[2]);
        threads[3] = T::spawn(read);
        T::until_parked(threads[3]);
        threads[4] = T::spawn(write);
        T::until_parked(threads[4]);
        now.unlock_shared();
        for (const Ref<Thread>& thread : threads)
            T::join(thread);
        EXPECT_EQ(g_log.text, "WrrWW") << "readers wait for one writer at most";
    });
}

// Writers without a pause between them do not keep a reader out, nor readers a writer.
TYPED_TEST(RwLockTest, NobodyStarves) {
    using T = TestFixture;
    T::seeds(40, [] {
        static typename T::RwLock* lock;
        static bool stop;
        static int rounds;
        typename T::RwLock now;
        lock = &now;
        for (const bool writers : {true, false}) {
            stop = false;
            rounds = 0;
            auto crowd_writes = [] {
                while (!stop && rounds < 2000) {
                    LockGuard guard(*lock);
                    rounds++;
                    T::yield();
                }
            };
            auto crowd_reads = [] {
                while (!stop && rounds < 2000) {
                    uk::SharedGuard guard(*lock);
                    rounds++;
                    T::yield();
                }
            };
            Ref<Thread> crowd[3];
            for (Ref<Thread>& thread : crowd)
                thread = writers ? T::spawn(crowd_writes) : T::spawn(crowd_reads);
            T::yield();
            if (writers)
                now.lock_shared();
            else
                now.lock();
            stop = true;
            EXPECT_LT(rounds, 100);
            if (writers)
                now.unlock_shared();
            else
                now.unlock();
            for (const Ref<Thread>& thread : crowd)
                T::join(thread);
        }
    });
}

// A writer that gives up lets the readers in that it kept out.
TYPED_TEST(RwLockTest, GivingUpLetsReadersIn) {
    using T = TestFixture;
    T::seeds(60, [] {
        static typename T::RwLock* lock;
        static bool read_it;
        typename T::RwLock now;
        lock = &now;
        read_it = false;
        auto write = [] {
            EXPECT_EQ(lock->lock_until(T::now() + 60'000'000).code(), Errno::timedout);
        };
        auto read = [] {
            uk::SharedGuard guard(*lock);
            read_it = true;
        };
        now.lock_shared();
        Ref<Thread> writer = T::spawn(write);
        T::until_parked(writer);
        Ref<Thread> reader = T::spawn(read);
        T::join(writer);
        T::join(reader);
        EXPECT_TRUE(read_it);
        now.unlock_shared();
        EXPECT_TRUE(now.try_lock());
        now.unlock();
    });
}

TYPED_TEST(RwLockTest, MisuseIsSaid) {
    using T = TestFixture;
    T::seeds(1, [] {
        typename T::RwLock now("data");
        EXPECT_DEATH(now.unlock(), "gives back rwlock 'data', which nobody holds");
        EXPECT_DEATH(now.unlock_shared(), "gives back rwlock 'data', which nobody holds");
        now.lock();
        EXPECT_EQ(now.lock_until(0).code(), Errno::deadlk);
        EXPECT_EQ(now.lock_shared_until(0).code(), Errno::deadlk);
        EXPECT_DEATH(now.lock(), "waits for rwlock 'data', which it holds itself");
        EXPECT_DEATH(now.lock_shared(), "waits for rwlock 'data', which it holds itself");
        EXPECT_DEATH(now.unlock_shared(), "gives back rwlock 'data', which is held by 'main'");
        EXPECT_FALSE(now.try_lock());
        EXPECT_FALSE(now.try_lock_shared());
        now.unlock();
        now.lock_shared();
        EXPECT_EQ(now.lock_until(0).code(), Errno::timedout);
        EXPECT_DEATH(now.unlock(), "gives back rwlock 'data', which nobody holds");
        now.unlock_shared();
    });
}

} // namespace
