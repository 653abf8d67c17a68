// SPDX-License-Identifier: BSD-3-Clause
// Guest tests: mutexes, condition variables, rwlocks, barriers, semaphores as applications use
// them.
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <uk/hal/clock.hpp>
#include <uk/sched.hpp>
#include <uk/sched/test.hpp>
#include <uk/test.hpp>

namespace {

constexpr long kMs = 1'000'000;

void sleep_ms(long ms) {
    const timespec time = {0, ms * kMs};
    nanosleep(&time, nullptr);
}
timespec after(clockid_t clock, long ns) {
    timespec time = {};
    clock_gettime(clock, &time);
    time.tv_nsec += ns;
    time.tv_sec += time.tv_nsec / 1'000'000'000;
    time.tv_nsec %= 1'000'000'000;
    return time;
}
bool has_wall_clock() {
    timespec now;
    return clock_gettime(CLOCK_REALTIME, &now) == 0;
}
pthread_t start(void* (*work)(void*), void* argument = nullptr) {
    pthread_t thread = 0;
    (void)pthread_create(&thread, nullptr, work, argument);
    return thread;
}
uintptr_t result_of(pthread_t thread) {
    void* result = nullptr;
    return pthread_join(thread, &result) == 0 ? reinterpret_cast<uintptr_t>(result) : ~uintptr_t{0};
}
template <class T>
void* as_result(T value) {
    return reinterpret_cast<void*>(static_cast<uintptr_t>(value));
}

pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t g_cond = PTHREAD_COND_INITIALIZER;
pthread_rwlock_t g_rwlock = PTHREAD_RWLOCK_INITIALIZER;
pthread_barrier_t g_barrier;
pthread_spinlock_t g_spin;
sem_t g_sem;
long g_counter;
unsigned g_turn;

} // namespace

UK_TEST(mutexes_let_one_in)
{
    UK_TEST_NEEDS_THREADS;
    auto add = [](void*) -> void* {
        for (int i = 0; i < 1000; i++) {
            pthread_mutex_lock(&g_mutex);
            const long before = g_counter;
            if (i % 64 == 0)
                sched_yield();
            g_counter = before + 1;
            pthread_mutex_unlock(&g_mutex);
        }
        return nullptr;
    };
    g_counter = 0;
    pthread_t threads[4];
    for (pthread_t& thread : threads)
        thread = start(add);
    for (pthread_t thread : threads)
        UK_TEST_EXPECT_EQ(result_of(thread), 0u);
    UK_TEST_EXPECT_EQ(g_counter, 4000);
}

UK_TEST(mutex_kinds)
{
    UK_TEST_NEEDS_THREADS;
    pthread_mutexattr_t attr;
    pthread_mutex_t recursive, careful;
    int kind = 9;
    UK_TEST_EXPECT_EQ(pthread_mutexattr_init(&attr), 0);
    UK_TEST_EXPECT_EQ(pthread_mutexattr_settype(&attr, 3), EINVAL);
    UK_TEST_EXPECT_EQ(pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE), 0);
    UK_TEST_EXPECT_EQ(pthread_mutexattr_gettype(&attr, &kind), 0);
    UK_TEST_EXPECT_EQ(kind, PTHREAD_MUTEX_RECURSIVE);
    UK_TEST_EXPECT_EQ(pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT), EOPNOTSUPP);
    UK_TEST_EXPECT_EQ(pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST), EOPNOTSUPP);
    UK_TEST_EXPECT_EQ(pthread_mutex_init(&recursive, &attr), 0);
    pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ERRORCHECK);
    UK_TEST_EXPECT_EQ(pthread_mutex_init(&careful, &attr), 0);

    auto try_it = [](void* mutex) -> void* {
        return as_result(pthread_mutex_trylock(static_cast<pthread_mutex_t*>(mutex)));
    };
    auto unlock_it = [](void* mutex) -> void* {
        return as_result(pthread_mutex_unlock(static_cast<pthread_mutex_t*>(mutex)));
    };
    for (int i = 0; i < 3; i++)
        UK_TEST_EXPECT_EQ(pthread_mutex_lock(&recursive), 0);
    UK_TEST_EXPECT_EQ(pthread_mutex_trylock(&recursive), 0);
    for (int i = 0; i < 3; i++)
        UK_TEST_EXPECT_EQ(pthread_mutex_unlock(&recursive), 0);
    UK_TEST_EXPECT_EQ(result_of(start(try_it, &recursive)), unsigned{EBUSY});
    UK_TEST_EXPECT_EQ(result_of(start(unlock_it, &recursive)), unsigned{EPERM});
    UK_TEST_EXPECT_EQ(pthread_mutex_destroy(&recursive), EBUSY);
    UK_TEST_EXPECT_EQ(pthread_mutex_unlock(&recursive), 0);
    UK_TEST_EXPECT_EQ(pthread_mutex_unlock(&recursive), EPERM);
    UK_TEST_EXPECT_EQ(pthread_mutex_destroy(&recursive), 0);
    UK_TEST_EXPECT_EQ(pthread_mutex_lock(&recursive), EINVAL);

    UK_TEST_EXPECT_EQ(pthread_mutex_unlock(&careful), EPERM);
    UK_TEST_EXPECT_EQ(pthread_mutex_lock(&careful), 0);
    UK_TEST_EXPECT_EQ(pthread_mutex_lock(&careful), EDEADLK);
    UK_TEST_EXPECT_EQ(pthread_mutex_trylock(&careful), EBUSY);
    UK_TEST_EXPECT_EQ(result_of(start(unlock_it, &careful)), unsigned{EPERM});
    UK_TEST_EXPECT_EQ(pthread_mutex_unlock(&careful), 0);
}

UK_TEST(mutex_deadlines)
{
    UK_TEST_NEEDS_THREADS;
    static const auto wait = [](void*) -> void* {
        const timespec bad = {0, -1};
        const timespec soon = after(CLOCK_MONOTONIC, 2 * kMs);
        if (pthread_mutex_clocklock(&g_mutex, CLOCK_MONOTONIC, &bad) != EINVAL)
            return as_result(1);
        if (pthread_mutex_clocklock(&g_mutex, 99, &soon) != EINVAL)
            return as_result(2);
        const int how = pthread_mutex_clocklock(&g_mutex, CLOCK_MONOTONIC, &soon);
        const timespec now = after(CLOCK_MONOTONIC, 0);
        const bool late =
            now.tv_sec > soon.tv_sec || (now.tv_sec == soon.tv_sec && now.tv_nsec >= soon.tv_nsec);
        if (how != ETIMEDOUT || !late)
            return as_result(3);
        if (!has_wall_clock())
            return nullptr;
        const timespec wall = after(CLOCK_REALTIME, 2 * kMs);
        return as_result(pthread_mutex_timedlock(&g_mutex, &wall) == ETIMEDOUT ? 0 : 4);
    };
    pthread_mutex_lock(&g_mutex);
    UK_TEST_EXPECT_EQ(result_of(start(wait)), 0u);
    pthread_mutex_unlock(&g_mutex);
    const timespec bad = {0, -1};
    UK_TEST_EXPECT_EQ(pthread_mutex_timedlock(&g_mutex, &bad), 0);
    pthread_mutex_unlock(&g_mutex);
}

UK_TEST(conditions_pass_a_turn_round)
{
    UK_TEST_NEEDS_THREADS;
    auto work = [](void* number) -> void* {
        const auto me = static_cast<unsigned>(reinterpret_cast<uintptr_t>(number));
        for (int round = 0; round < 100; round++) {
            pthread_mutex_lock(&g_mutex);
            while (g_turn % 3 != me) {
                const timespec soon = after(CLOCK_MONOTONIC, 20 * kMs);
                if (round % 4 == 0)
                    pthread_cond_clockwait(&g_cond, &g_mutex, CLOCK_MONOTONIC, &soon);
                else
                    pthread_cond_wait(&g_cond, &g_mutex);
            }
            g_turn++;
            pthread_cond_broadcast(&g_cond);
            pthread_mutex_unlock(&g_mutex);
        }
        return nullptr;
    };
    g_turn = 0;
    pthread_t threads[3];
    for (unsigned i = 0; i < 3; i++)
        threads[i] = start(work, as_result(i));
    for (pthread_t thread : threads)
        UK_TEST_EXPECT_EQ(result_of(thread), 0u);
    UK_TEST_EXPECT_EQ(g_turn, 300u);
}

UK_TEST(conditions_time_out_by_their_clock)
{
    UK_TEST_NEEDS_THREADS;
    pthread_condattr_t attr;
    pthread_cond_t cond;
    clockid_t clock = 9;
    pthread_condattr_init(&attr);
    UK_TEST_EXPECT_EQ(pthread_condattr_setclock(&attr, 77), EINVAL);
    UK_TEST_EXPECT_EQ(pthread_condattr_setclock(&attr, CLOCK_MONOTONIC), 0);
    UK_TEST_EXPECT_EQ(pthread_condattr_getclock(&attr, &clock), 0);
    UK_TEST_EXPECT_EQ(clock, CLOCK_MONOTONIC);
    UK_TEST_EXPECT_EQ(pthread_cond_init(&cond, &attr), 0);
    pthread_mutex_lock(&g_mutex);
    const uint64_t before = uk::hal::clock_monotonic_ns();
    timespec soon = after(CLOCK_MONOTONIC, 2 * kMs);
    UK_TEST_EXPECT_EQ(pthread_cond_timedwait(&cond, &g_mutex, &soon), ETIMEDOUT);
    UK_TEST_EXPECT(uk::hal::clock_monotonic_ns() - before >= 1 * kMs);
    if (has_wall_clock()) {
        soon = after(CLOCK_REALTIME, 2 * kMs);
        UK_TEST_EXPECT_EQ(pthread_cond_timedwait(&g_cond, &g_mutex, &soon), ETIMEDOUT);
    }
    soon.tv_nsec = 1'000'000'000;
    UK_TEST_EXPECT_EQ(pthread_cond_timedwait(&cond, &g_mutex, &soon), EINVAL);
    UK_TEST_EXPECT_EQ(pthread_mutex_trylock(&g_mutex), EBUSY);
    pthread_mutex_unlock(&g_mutex);
    UK_TEST_EXPECT_EQ(pthread_cond_destroy(&cond), 0);
}

// A recursive mutex comes back as deep as it was; a condition may go right after the broadcast.
UK_TEST(conditions_with_recursive_mutexes)
{
    UK_TEST_NEEDS_THREADS;
    static pthread_mutex_t mutex = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
    static pthread_cond_t* cond;
    static int waiting;
    auto wait = [](void*) -> void* {
        pthread_mutex_lock(&mutex);
        pthread_mutex_lock(&mutex);
        waiting++;
        pthread_cond_wait(cond, &mutex);
        const int first = pthread_mutex_unlock(&mutex);
        const int second = pthread_mutex_unlock(&mutex);
        return as_result(first + second);
    };
    for (int round = 0; round < 20; round++) {
        cond = static_cast<pthread_cond_t*>(malloc(sizeof(*cond)));
        UK_TEST_ASSERT(pthread_cond_init(cond, nullptr) == 0);
        waiting = 0;
        pthread_t threads[] = {start(wait), start(wait)};
        for (int there = 0; there < 2; sched_yield()) {
            pthread_mutex_lock(&mutex);
            there = waiting;
            pthread_mutex_unlock(&mutex);
        }
        UK_TEST_EXPECT_EQ(pthread_cond_destroy(cond), EBUSY);
        UK_TEST_EXPECT_EQ(pthread_cond_broadcast(cond), 0);
        UK_TEST_EXPECT_EQ(pthread_cond_destroy(cond), 0);
        memset(cond, 0x5a, sizeof(*cond));
        free(cond);
        for (pthread_t thread : threads)
            UK_TEST_EXPECT_EQ(result_of(thread), 0u);
    }
    UK_TEST_EXPECT_EQ(pthread_cond_wait(&g_cond, &mutex), EPERM);
}

UK_TEST(rwlocks_share_and_exclude)
{
    UK_TEST_NEEDS_THREADS;
    auto read_it = [](void*) -> void* { return as_result(pthread_rwlock_tryrdlock(&g_rwlock)); };
    auto write_it = [](void*) -> void* { return as_result(pthread_rwlock_trywrlock(&g_rwlock)); };
    auto read_soon = [](void*) -> void* {
        const timespec soon = after(CLOCK_MONOTONIC, 1 * kMs);
        return as_result(pthread_rwlock_clockrdlock(&g_rwlock, CLOCK_MONOTONIC, &soon));
    };
    UK_TEST_EXPECT_EQ(pthread_rwlock_rdlock(&g_rwlock), 0);
    UK_TEST_EXPECT_EQ(result_of(start(read_it)), 0u);
    UK_TEST_EXPECT_EQ(result_of(start(write_it)), unsigned{EBUSY});
    UK_TEST_EXPECT_EQ(pthread_rwlock_destroy(&g_rwlock), EBUSY);
    UK_TEST_EXPECT_EQ(pthread_rwlock_unlock(&g_rwlock), 0);
    UK_TEST_EXPECT_EQ(pthread_rwlock_unlock(&g_rwlock), 0); // for the thread that is gone
    UK_TEST_EXPECT_EQ(pthread_rwlock_wrlock(&g_rwlock), 0);
    UK_TEST_EXPECT_EQ(pthread_rwlock_wrlock(&g_rwlock), EDEADLK);
    UK_TEST_EXPECT_EQ(pthread_rwlock_rdlock(&g_rwlock), EDEADLK);
    UK_TEST_EXPECT_EQ(result_of(start(read_it)), unsigned{EBUSY});
    UK_TEST_EXPECT_EQ(result_of(start(read_soon)), unsigned{ETIMEDOUT});
    UK_TEST_EXPECT_EQ(pthread_rwlock_unlock(&g_rwlock), 0);

    auto work = [](void*) -> void* {
        uintptr_t wrong = 0;
        for (int i = 0; i < 200; i++) {
            if (i % 8 == 0) {
                pthread_rwlock_wrlock(&g_rwlock);
                g_counter++;
                sched_yield();
                g_counter++;
            } else {
                pthread_rwlock_rdlock(&g_rwlock);
                wrong += g_counter % 2 != 0 ? 1 : 0;
            }
            pthread_rwlock_unlock(&g_rwlock);
        }
        return as_result(wrong);
    };
    g_counter = 0;
    pthread_t threads[4];
    for (pthread_t& thread : threads)
        thread = start(work);
    for (pthread_t thread : threads)
        UK_TEST_EXPECT_EQ(result_of(thread), 0u);
    UK_TEST_EXPECT_EQ(g_counter, 4 * 25 * 2);
}

UK_TEST(barriers_let_all_go_together)
{
    UK_TEST_NEEDS_THREADS;
    static unsigned came[20];
    auto work = [](void*) -> void* {
        uintptr_t serial = 0;
        for (unsigned& round : came) {
            __atomic_fetch_add(&round, 1, __ATOMIC_RELAXED);
            const int how = pthread_barrier_wait(&g_barrier);
            serial += how == PTHREAD_BARRIER_SERIAL_THREAD ? 1 : 0;
            serial += __atomic_load_n(&round, __ATOMIC_RELAXED) == 4 ? 0 : 1000;
        }
        return as_result(serial);
    };
    memset(came, 0, sizeof came);
    UK_TEST_EXPECT_EQ(pthread_barrier_init(&g_barrier, nullptr, 0), EINVAL);
    UK_TEST_EXPECT_EQ(pthread_barrier_init(&g_barrier, nullptr, 4), 0);
    pthread_t threads[4];
    uintptr_t serial = 0;
    for (pthread_t& thread : threads)
        thread = start(work);
    for (pthread_t thread : threads)
        serial += result_of(thread);
    UK_TEST_EXPECT_EQ(serial, 20u);
    UK_TEST_EXPECT_EQ(pthread_barrier_destroy(&g_barrier), 0);
}

UK_TEST(spinning_locks_let_one_in)
{
    UK_TEST_NEEDS_THREADS;
    auto add = [](void*) -> void* {
        for (int i = 0; i < 500; i++) {
            pthread_spin_lock(&g_spin);
            const long before = g_counter;
            if (i % 64 == 0)
                sched_yield();
            g_counter = before + 1;
            pthread_spin_unlock(&g_spin);
        }
        return nullptr;
    };
    g_counter = 0;
    pthread_spin_init(&g_spin, 0);
    pthread_t threads[] = {start(add), start(add), start(add)};
    for (pthread_t thread : threads)
        UK_TEST_EXPECT_EQ(result_of(thread), 0u);
    UK_TEST_EXPECT_EQ(g_counter, 1500);
    UK_TEST_EXPECT_EQ(pthread_spin_trylock(&g_spin), 0);
    UK_TEST_EXPECT_EQ(pthread_spin_trylock(&g_spin), EBUSY);
}

UK_TEST(semaphores_count)
{
    UK_TEST_NEEDS_THREADS;
    int value = 9;
    UK_TEST_EXPECT(sem_init(&g_sem, 0, 0x80000000U) == -1 && errno == EINVAL);
    UK_TEST_EXPECT_EQ(sem_init(&g_sem, 0, 1), 0);
    UK_TEST_EXPECT_EQ(sem_wait(&g_sem), 0);
    UK_TEST_EXPECT(sem_trywait(&g_sem) == -1 && errno == EAGAIN);
    timespec soon = after(CLOCK_MONOTONIC, 1 * kMs);
    UK_TEST_EXPECT(sem_clockwait(&g_sem, CLOCK_MONOTONIC, &soon) == -1 && errno == ETIMEDOUT);
    soon.tv_nsec = -1;
    UK_TEST_EXPECT(sem_timedwait(&g_sem, &soon) == -1 && errno == EINVAL);
    auto take = [](void*) -> void* {
        for (int i = 0; i < 100; i++)
            sem_wait(&g_sem);
        return nullptr;
    };
    pthread_t threads[] = {start(take), start(take)};
    for (int i = 0; i < 201; i++)
        UK_TEST_EXPECT_EQ(sem_post(&g_sem), 0);
    for (pthread_t thread : threads)
        UK_TEST_EXPECT_EQ(result_of(thread), 0u);
    UK_TEST_EXPECT_EQ(sem_getvalue(&g_sem, &value), 0);
    UK_TEST_EXPECT_EQ(value, 1);
    UK_TEST_EXPECT_EQ(sem_destroy(&g_sem), 0);
    UK_TEST_EXPECT_EQ(sem_init(&g_sem, 1, SEM_VALUE_MAX), 0);
    UK_TEST_EXPECT(sem_post(&g_sem) == -1 && errno == EOVERFLOW);
    UK_TEST_EXPECT(sem_open("/name", 0) == SEM_FAILED && errno == ENOSYS);
}

// With signals in the image a thread is cancelled while it waits; without, at its next point.
UK_TEST(waits_of_this_library_are_cancellation_points)
{
    UK_TEST_NEEDS_THREADS;
    static int cleaned;
    cleaned = 0;
    auto unlock = [](void*) {
        cleaned += pthread_mutex_trylock(&g_mutex) == EBUSY ? 1 : 100; // we hold it
        pthread_mutex_unlock(&g_mutex);
    };
    static void (*cleanup)(void*) = unlock;
    auto wait = [](void*) -> void* {
        pthread_mutex_lock(&g_mutex);
        pthread_cleanup_push(cleanup, nullptr);
        for (;;) {
            const timespec soon = after(CLOCK_MONOTONIC, 5 * kMs);
            pthread_cond_clockwait(&g_cond, &g_mutex, CLOCK_MONOTONIC, &soon);
        }
        pthread_cleanup_pop(0);
        return nullptr;
    };
    const pthread_t thread = start(wait);
    sleep_ms(2);
    UK_TEST_EXPECT_EQ(pthread_cancel(thread), 0);
    void* result = nullptr;
    UK_TEST_EXPECT_EQ(pthread_join(thread, &result), 0);
    UK_TEST_EXPECT(result == PTHREAD_CANCELED);
    UK_TEST_EXPECT_EQ(cleaned, 1);
    UK_TEST_EXPECT_EQ(pthread_mutex_trylock(&g_mutex), 0);
    pthread_mutex_unlock(&g_mutex);
}
