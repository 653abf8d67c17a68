// SPDX-License-Identifier: BSD-3-Clause
// Guest tests: everything of threads at once, on all CPUs: locks of all kinds, keys, cancellation,
// streams and the heap, while signals come to all of them.
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <uk/config.hpp>
#include <uk/sched/test.hpp>
#include <uk/test.hpp>

namespace {

constexpr unsigned kWorkers = 6;
// Images for several CPUs are for the long check, and meet more there.
constexpr unsigned kRounds = uk::cfg::libuksmp ? 4000 : 200;

struct Shared {
    pthread_mutex_t normal = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_t recursive;
    pthread_mutex_t checked;
    pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
    pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
    pthread_barrier_t barrier;
    pthread_key_t key;
    sem_t never;
    uint64_t plain = 0, twice = 0, by_owner = 0; // each behind its mutex
    uint64_t left = 0, right = 0;                // equal outside of the write lock
    unsigned turn = 0;                           // behind `normal`: whose it is
    unsigned destroyed = 0, cleaned = 0, handled = 0, wrong = 0;
    bool over = false;
    pthread_t workers[kWorkers];
};
Shared* g_shared;

void count(unsigned& number) {
    __atomic_fetch_add(&number, 1, __ATOMIC_RELAXED);
}
void expect(bool holds) {
    if (!holds)
        count(g_shared->wrong);
}
void handle(int) {
    count(g_shared->handled);
}
void destroy(void* value) {
    free(value);
    count(g_shared->destroyed);
}
void clean(void*) {
    count(g_shared->cleaned);
}

// Text through a stream in memory and back, with a block from the heap that grows.
void write_and_read(unsigned who, unsigned round) {
    char* text = nullptr;
    size_t size = 0;
    FILE* stream = open_memstream(&text, &size);
    expect(stream != nullptr);
    for (unsigned i = 0; i < 20; i++)
        fprintf(stream, "%u %u %.3f %*d\n", who, i, round + i / 8.0, static_cast<int>(i), 7);
    expect(fclose(stream) == 0);
    const char* at = text;
    for (unsigned i = 0; i < 20; i++) {
        unsigned read_who = 0, read_i = 0;
        double number = 0;
        int seven = 0;
        expect(sscanf(at, "%u %u %lf %d", &read_who, &read_i, &number, &seven) == 4);
        expect(read_who == who && read_i == i && seven == 7 && number > round - 0.01);
        at = strchr(at, '\n') + 1;
    }
    free(text);
    unsigned char* block = nullptr;
    for (size_t length = 16; length < 20000; length = length * 2 + who) {
        block = static_cast<unsigned char*>(realloc(block, length));
        expect(block != nullptr);
        memset(block + length / 2, static_cast<int>(who), length - length / 2);
        expect(block[length - 1] == who && (length == 16 || block[8] == who));
    }
    free(block);
}

void lock_all(unsigned who) {
    Shared& s = *g_shared;
    pthread_mutex_lock(&s.normal);
    s.plain++;
    pthread_mutex_unlock(&s.normal);
    pthread_mutex_lock(&s.recursive);
    pthread_mutex_lock(&s.recursive);
    s.twice++;
    pthread_mutex_unlock(&s.recursive);
    pthread_mutex_unlock(&s.recursive);
    expect(pthread_mutex_unlock(&s.checked) == EPERM);
    pthread_mutex_lock(&s.checked);
    expect(pthread_mutex_lock(&s.checked) == EDEADLK);
    s.by_owner++;
    pthread_mutex_unlock(&s.checked);
    if (who % 2 == 0) {
        pthread_rwlock_wrlock(&s.rwlock);
        s.left++;
        s.right++;
    } else {
        pthread_rwlock_rdlock(&s.rwlock);
        expect(s.left == s.right);
    }
    pthread_rwlock_unlock(&s.rwlock);
}

// One after another, in the order of their numbers.
void wait_for_turn(unsigned who) {
    Shared& s = *g_shared;
    pthread_mutex_lock(&s.normal);
    while (s.turn % kWorkers != who)
        pthread_cond_wait(&s.cond, &s.normal);
    s.turn++;
    pthread_cond_broadcast(&s.cond);
    pthread_mutex_unlock(&s.normal);
}

void* work(void* argument) {
    const auto who = static_cast<unsigned>(reinterpret_cast<uintptr_t>(argument));
    Shared& s = *g_shared;
    pthread_setspecific(s.key, malloc(who + 1));
    for (unsigned round = 0; round < kRounds; round++) {
        lock_all(who);
        write_and_read(who, round);
        if (round % 4 == 0)
            wait_for_turn(who);
        if (round % 8 == 0)
            pthread_barrier_wait(&s.barrier);
        if (round % 16 == 0)
            raise(SIGUSR2);
    }
    return pthread_getspecific(s.key) != nullptr ? argument : nullptr;
}

void* wait_for_ever(void*) {
    pthread_cleanup_push(clean, nullptr);
    pthread_setspecific(g_shared->key, malloc(1));
    for (;;)
        sem_wait(&g_shared->never); // a handler without SA_RESTART ends it
    pthread_cleanup_pop(0);
    return nullptr;
}

// Sends signals to everybody, and makes threads only to cancel them.
void* disturb(void*) {
    Shared& s = *g_shared;
    uintptr_t made = 0;
    for (unsigned i = 0; !__atomic_load_n(&s.over, __ATOMIC_ACQUIRE); i++) {
        expect(pthread_kill(s.workers[i % kWorkers], SIGUSR1) == 0);
        if (i % 8 == 0) {
            pthread_t thread;
            void* result = nullptr;
            if (pthread_create(&thread, nullptr, wait_for_ever, nullptr) != 0)
                continue;
            made++;
            if (i % 16 == 0)
                sched_yield();
            pthread_kill(thread, SIGUSR2);
            expect(pthread_cancel(thread) == 0);
            expect(pthread_join(thread, &result) == 0 && result == PTHREAD_CANCELED);
        }
        const timespec moment{0, 100'000};
        nanosleep(&moment, nullptr);
    }
    return reinterpret_cast<void*>(made);
}

void make_mutex(pthread_mutex_t& mutex, int kind) {
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, kind);
    pthread_mutex_init(&mutex, &attributes);
    pthread_mutexattr_destroy(&attributes);
}

} // namespace

UK_TEST(threads_and_signals_under_load)
{
    UK_TEST_NEEDS_THREADS;
    Shared shared;
    g_shared = &shared;
    make_mutex(shared.recursive, PTHREAD_MUTEX_RECURSIVE);
    make_mutex(shared.checked, PTHREAD_MUTEX_ERRORCHECK);
    pthread_barrier_init(&shared.barrier, nullptr, kWorkers);
    sem_init(&shared.never, 0, 0);
    UK_TEST_ASSERT(pthread_key_create(&shared.key, destroy) == 0);
    struct sigaction action = {}, first, second;
    action.sa_handler = handle;
    action.sa_flags = SA_RESTART;
    sigaction(SIGUSR1, &action, &first);
    action.sa_flags = 0;
    sigaction(SIGUSR2, &action, &second);

    for (uintptr_t i = 0; i < kWorkers; i++)
        UK_TEST_ASSERT(
            pthread_create(&shared.workers[i], nullptr, work, reinterpret_cast<void*>(i)) == 0);
    pthread_t disturber;
    UK_TEST_ASSERT(pthread_create(&disturber, nullptr, disturb, nullptr) == 0);
    // Until the disturber is gone nobody is joined: it may signal threads that have ended.
    pthread_mutex_lock(&shared.normal);
    while (shared.turn < kWorkers * ((kRounds + 3) / 4))
        pthread_cond_wait(&shared.cond, &shared.normal);
    pthread_mutex_unlock(&shared.normal);
    __atomic_store_n(&shared.over, true, __ATOMIC_RELEASE);
    void* made = nullptr;
    UK_TEST_EXPECT_EQ(pthread_join(disturber, &made), 0);
    for (uintptr_t i = 0; i < kWorkers; i++) {
        void* result = nullptr;
        UK_TEST_EXPECT_EQ(pthread_join(shared.workers[i], &result), 0);
        UK_TEST_EXPECT(result == reinterpret_cast<void*>(i));
    }
    sigaction(SIGUSR1, &first, nullptr);
    sigaction(SIGUSR2, &second, nullptr);

    UK_TEST_EXPECT_EQ(shared.wrong, 0U);
    UK_TEST_EXPECT_EQ(shared.plain, uint64_t{kWorkers} * kRounds);
    UK_TEST_EXPECT_EQ(shared.twice, uint64_t{kWorkers} * kRounds);
    UK_TEST_EXPECT_EQ(shared.by_owner, uint64_t{kWorkers} * kRounds);
    UK_TEST_EXPECT_EQ(shared.left, uint64_t{kWorkers} / 2 * kRounds);
    UK_TEST_EXPECT(shared.left == shared.right && made != nullptr && shared.handled > kWorkers);
    // A thread that was cancelled before it began has neither.
    UK_TEST_EXPECT(shared.cleaned <= reinterpret_cast<uintptr_t>(made));
    UK_TEST_EXPECT_EQ(shared.destroyed, kWorkers + shared.cleaned);
    pthread_key_delete(shared.key);
    pthread_barrier_destroy(&shared.barrier);
    pthread_mutex_destroy(&shared.recursive);
    pthread_mutex_destroy(&shared.checked);
    sem_destroy(&shared.never);
}
