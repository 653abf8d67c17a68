// SPDX-License-Identifier: BSD-3-Clause
// Guest tests: threads as C11 names them.
#include <threads.h>

#include <uk/sched/test.hpp>
#include <uk/test.hpp>

namespace {

mtx_t g_mutex;
cnd_t g_changed;
tss_t g_key;
int g_count = 0;
int g_destroyed = 0;
int g_made = 0;
once_flag g_once = ONCE_FLAG_INIT;

int count(void* argument) {
    const int rounds = *static_cast<int*>(argument);
    call_once(&g_once, [] { g_made++; });
    tss_set(g_key, argument);
    for (int i = 0; i < rounds; i++) {
        mtx_lock(&g_mutex);
        g_count++;
        mtx_unlock(&g_mutex);
        thrd_yield();
    }
    cnd_broadcast(&g_changed);
    if (tss_get(g_key) != argument)
        return 0;
    thrd_exit(-rounds);
}

timespec soon() {
    timespec when;
    (void)clock_gettime(CLOCK_REALTIME, &when);
    when.tv_nsec += 2'000'000;
    when.tv_sec += when.tv_nsec / 1'000'000'000;
    when.tv_nsec %= 1'000'000'000;
    return when;
}

} // namespace

UK_TEST(threads_of_c11)
{
    UK_TEST_NEEDS_THREADS;
    int rounds = 100;
    UK_TEST_EXPECT_EQ(mtx_init(&g_mutex, mtx_plain), thrd_success);
    UK_TEST_EXPECT_EQ(cnd_init(&g_changed), thrd_success);
    UK_TEST_EXPECT_EQ(tss_create(&g_key, [](void*) { __atomic_fetch_add(&g_destroyed, 1, 5); }),
                      thrd_success);
    thrd_t threads[4];
    for (thrd_t& thread : threads)
        UK_TEST_ASSERT(thrd_create(&thread, count, &rounds) == thrd_success);
    mtx_lock(&g_mutex);
    while (g_count != 4 * rounds)
        UK_TEST_EXPECT_EQ(cnd_wait(&g_changed, &g_mutex), thrd_success);
    mtx_unlock(&g_mutex);
    for (thrd_t& thread : threads) {
        int result = 0;
        UK_TEST_EXPECT_EQ(thrd_join(thread, &result), thrd_success);
        UK_TEST_EXPECT_EQ(result, -rounds);
    }
    UK_TEST_EXPECT_EQ(g_made, 1);
    UK_TEST_EXPECT_EQ(g_destroyed, 4);
    tss_delete(g_key);
    cnd_destroy(&g_changed);
    mtx_destroy(&g_mutex);
}

UK_TEST(mutexes_of_c11)
{
    mtx_t mutex;
    UK_TEST_EXPECT_EQ(mtx_init(&mutex, 77), thrd_error);
    UK_TEST_EXPECT_EQ(mtx_init(&mutex, mtx_recursive | mtx_timed), thrd_success);
    UK_TEST_EXPECT_EQ(mtx_lock(&mutex), thrd_success);
    UK_TEST_EXPECT_EQ(mtx_trylock(&mutex), thrd_success);
    mtx_unlock(&mutex);
    mtx_unlock(&mutex);
    UK_TEST_EXPECT_EQ(mtx_init(&mutex, mtx_timed), thrd_success);
    mtx_lock(&mutex);
    UK_TEST_EXPECT_EQ(mtx_trylock(&mutex), thrd_busy);
    cnd_t nobody;
    cnd_init(&nobody);
    const timespec when = soon();
    UK_TEST_EXPECT_EQ(cnd_timedwait(&nobody, &mutex, &when), thrd_timedout);
    mtx_unlock(&mutex);
    const timespec none = {0, -1}, little = {0, 1'000};
    UK_TEST_EXPECT_EQ(thrd_sleep(&none, nullptr), -2);
    UK_TEST_EXPECT_EQ(thrd_sleep(&little, nullptr), 0);
    UK_TEST_EXPECT(thrd_equal(thrd_current(), thrd_current()) != 0);
}
