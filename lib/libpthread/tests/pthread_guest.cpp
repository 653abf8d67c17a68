// SPDX-License-Identifier: BSD-3-Clause
// Guest tests: POSIX threads as an application uses them. Locks and semaphores: locks_guest.cpp.
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <uk/alloc/heap.hpp>
#include <uk/falloc/frame_allocator.hpp>
#include <uk/sched.hpp>
#include <uk/sched/test.hpp>
#include <uk/test.hpp>

namespace {

void* pointer(uintptr_t value) {
    return reinterpret_cast<void*>(value);
}
void* give_back(void* argument) {
    return argument;
}
void sleep_ms(long ms) {
    const timespec time = {0, ms * 1'000'000};
    nanosleep(&time, nullptr);
}
bool joins(pthread_t thread, void* wanted) {
    void* result = nullptr;
    return pthread_join(thread, &result) == 0 && result == wanted;
}

// What moved between heap and frames counts once.
size_t free_memory() {
    return uk::falloc::stats().free_bytes + uk::heap::stats().total_bytes;
}
constexpr size_t kStackBytes = CONFIG_LIBPTHREAD_STACK_KIB * size_t{1024};

pthread_key_t g_key, g_other;
unsigned g_destroyed, g_again;

void destroy(void* value) {
    g_destroyed += static_cast<unsigned>(reinterpret_cast<uintptr_t>(value));
}
void set_again(void* value) {
    g_again++;
    (void)pthread_setspecific(g_other, value);
}

unsigned g_cleaned[4], g_cleanups;
void clean(void* number) {
    g_cleaned[g_cleanups++ % 4] = static_cast<unsigned>(reinterpret_cast<uintptr_t>(number));
}

} // namespace

UK_TEST(threads_give_their_results)
{
    UK_TEST_NEEDS_THREADS;
    pthread_t threads[8];
    for (uintptr_t i = 0; i < 8; i++)
        UK_TEST_ASSERT(pthread_create(&threads[i], nullptr, give_back, pointer(i)) == 0);
    for (uintptr_t i = 0; i < 8; i++)
        UK_TEST_EXPECT(joins(threads[i], pointer(i)));
    pthread_t thread;
    UK_TEST_ASSERT(
        pthread_create(
            &thread, nullptr, [](void*) -> void* { pthread_exit(pointer(77)); }, nullptr) == 0);
    UK_TEST_EXPECT(joins(thread, pointer(77)));
    UK_TEST_EXPECT_EQ(pthread_join(pthread_self(), nullptr), EDEADLK);
    UK_TEST_EXPECT(pthread_equal(pthread_self(), pthread_self()) != 0);
}

UK_TEST(many_threads_come_and_go)
{
    UK_TEST_NEEDS_THREADS;
    constexpr int kThreads = 300;
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    const size_t before = uk::sched::thread_count();
    uk::sched::trim();
    const size_t free_before = free_memory();
    static int count;
    count = 0;
    auto add = [](void*) -> void* {
        __atomic_fetch_add(&count, 1, __ATOMIC_RELAXED);
        return nullptr;
    };
    for (int i = 0; i < kThreads; i++) {
        pthread_t thread;
        UK_TEST_ASSERT(pthread_create(&thread, &attr, add, nullptr) == 0);
        UK_TEST_EXPECT(i % 2 != 0 ? pthread_join(thread, nullptr) == 0
                                  : pthread_detach(thread) == 0);
    }
    while (uk::sched::thread_count() > before)
        sleep_ms(1);
    UK_TEST_EXPECT_EQ(__atomic_load_n(&count, __ATOMIC_RELAXED), kThreads);
    // Those that are just ending may still have their stacks.
    uk::sched::trim();
    UK_TEST_EXPECT(free_memory() + 16 * kStackBytes >= free_before);
}

UK_TEST(who_may_be_joined)
{
    UK_TEST_NEEDS_THREADS;
    pthread_attr_t attr;
    int state = 9;
    UK_TEST_EXPECT_EQ(pthread_attr_init(&attr), 0);
    UK_TEST_EXPECT_EQ(pthread_attr_getdetachstate(&attr, &state), 0);
    UK_TEST_EXPECT_EQ(state, PTHREAD_CREATE_JOINABLE);
    UK_TEST_EXPECT_EQ(pthread_attr_setdetachstate(&attr, 7), EINVAL);
    UK_TEST_EXPECT_EQ(pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED), 0);
    static bool stop;
    stop = false;
    auto wait = [](void*) -> void* {
        while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE))
            sleep_ms(1);
        return nullptr;
    };
    pthread_t detached, thread;
    UK_TEST_ASSERT(pthread_create(&detached, &attr, wait, nullptr) == 0);
    UK_TEST_EXPECT_EQ(pthread_join(detached, nullptr), EINVAL);
    UK_TEST_EXPECT_EQ(pthread_detach(detached), EINVAL);
    UK_TEST_ASSERT(pthread_create(&thread, nullptr, wait, nullptr) == 0);
    UK_TEST_EXPECT_EQ(pthread_tryjoin_np(thread, nullptr), EBUSY);
    timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) == 0)
        UK_TEST_EXPECT_EQ(pthread_timedjoin_np(thread, nullptr, &now), ETIMEDOUT);
    __atomic_store_n(&stop, true, __ATOMIC_RELEASE);
    UK_TEST_EXPECT(joins(thread, nullptr));
    sleep_ms(5);
}

UK_TEST(attributes_of_threads)
{
    UK_TEST_NEEDS_THREADS;
    pthread_attr_t attr, seen;
    size_t size = 0;
    sched_param param = {5};
    int policy = 9;
    pthread_attr_init(&attr);
    UK_TEST_EXPECT_EQ(pthread_attr_setstacksize(&attr, 100), EINVAL);
    UK_TEST_EXPECT_EQ(pthread_attr_setstacksize(&attr, 128 * 1024), 0);
    UK_TEST_EXPECT_EQ(pthread_attr_setschedpolicy(&attr, 99), EINVAL);
    UK_TEST_EXPECT_EQ(pthread_attr_setschedpolicy(&attr, SCHED_FIFO), 0);
    UK_TEST_EXPECT_EQ(pthread_attr_setschedparam(&attr, &param), 0);
    UK_TEST_EXPECT_EQ(pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED), 0);
    UK_TEST_EXPECT_EQ(pthread_attr_setstack(&attr, &attr, 65536), EOPNOTSUPP);
    auto look = [](void* out) -> void* {
        char local = 0;
        pthread_getattr_np(pthread_self(), static_cast<pthread_attr_t*>(out));
        void* low = nullptr;
        size_t bytes = 0;
        pthread_attr_getstack(static_cast<pthread_attr_t*>(out), &low, &bytes);
        const auto at = reinterpret_cast<uintptr_t>(&local);
        const auto from = reinterpret_cast<uintptr_t>(low);
        return pointer(at >= from && at < from + bytes ? 1 : 0);
    };
    pthread_t thread;
    UK_TEST_ASSERT(pthread_create(&thread, &attr, look, &seen) == 0);
    UK_TEST_EXPECT(joins(thread, pointer(1)));
    UK_TEST_EXPECT_EQ(pthread_attr_getstacksize(&seen, &size), 0);
    UK_TEST_EXPECT_EQ(size, 128u * 1024);
    UK_TEST_EXPECT_EQ(pthread_attr_getschedpolicy(&seen, &policy), 0);
    UK_TEST_EXPECT_EQ(policy, SCHED_FIFO);
    param.sched_priority = 0;
    UK_TEST_EXPECT_EQ(pthread_setschedparam(pthread_self(), SCHED_FIFO, &param), EINVAL);
    param.sched_priority = 50;
    UK_TEST_EXPECT_EQ(pthread_setschedparam(pthread_self(), SCHED_RR, &param), 0);
    UK_TEST_EXPECT(uk::sched::current().priority > uk::kDefaultPriority);
    param.sched_priority = 0;
    UK_TEST_EXPECT_EQ(pthread_getschedparam(pthread_self(), &policy, &param), 0);
    UK_TEST_EXPECT(policy == SCHED_RR && param.sched_priority == 50);
    param.sched_priority = 0;
    UK_TEST_EXPECT_EQ(pthread_setschedparam(pthread_self(), SCHED_OTHER, &param), 0);
    UK_TEST_EXPECT_EQ(uk::sched::current().priority, uk::kDefaultPriority);
}

UK_TEST(names_and_cpus_of_threads)
{
    UK_TEST_NEEDS_THREADS;
    char name[16] = "", before[16] = "";
    UK_TEST_EXPECT_EQ(pthread_getname_np(pthread_self(), before, sizeof before), 0);
    UK_TEST_EXPECT_EQ(pthread_setname_np(pthread_self(), "sixteen letters!"), ERANGE);
    UK_TEST_EXPECT_EQ(pthread_setname_np(pthread_self(), "renamed"), 0);
    UK_TEST_EXPECT_EQ(pthread_getname_np(pthread_self(), name, 4), ERANGE);
    UK_TEST_EXPECT_EQ(pthread_getname_np(pthread_self(), name, sizeof name), 0);
    UK_TEST_EXPECT(strcmp(name, "renamed") == 0);
    pthread_setname_np(pthread_self(), before);
    cpu_set_t all, one;
    UK_TEST_EXPECT_EQ(pthread_getaffinity_np(pthread_self(), sizeof all, &all), 0);
    UK_TEST_EXPECT(CPU_ISSET(0, &all) && CPU_COUNT(&all) >= 1);
    CPU_ZERO(&one);
    UK_TEST_EXPECT_EQ(pthread_setaffinity_np(pthread_self(), sizeof one, &one), EINVAL);
    CPU_SET(0, &one);
    UK_TEST_EXPECT_EQ(pthread_setaffinity_np(pthread_self(), sizeof one, &one), 0);
    UK_TEST_EXPECT_EQ(uk::sched::current().cpu(), 0u);
    UK_TEST_EXPECT_EQ(pthread_getaffinity_np(pthread_self(), sizeof one, &one), 0);
    UK_TEST_EXPECT_EQ(CPU_COUNT(&one), 1);
    UK_TEST_EXPECT_EQ(pthread_setaffinity_np(pthread_self(), sizeof all, &all), 0);
}

UK_TEST(keys_have_destructors)
{
    UK_TEST_NEEDS_THREADS;
    g_destroyed = g_again = 0;
    UK_TEST_ASSERT(pthread_key_create(&g_key, destroy) == 0);
    UK_TEST_ASSERT(pthread_key_create(&g_other, set_again) == 0);
    auto use = [](void*) -> void* {
        void* before = pthread_getspecific(g_key);
        (void)pthread_setspecific(g_key, pointer(5));
        (void)pthread_setspecific(g_other, pointer(1));
        return before;
    };
    UK_TEST_EXPECT_EQ(pthread_setspecific(g_key, pointer(9)), 0);
    pthread_t thread;
    for (int i = 0; i < 3; i++) {
        UK_TEST_ASSERT(pthread_create(&thread, nullptr, use, nullptr) == 0);
        UK_TEST_EXPECT(joins(thread, nullptr));
    }
    UK_TEST_EXPECT_EQ(g_destroyed, 15u);
    UK_TEST_EXPECT_EQ(g_again, 3u * PTHREAD_DESTRUCTOR_ITERATIONS);
    UK_TEST_EXPECT(pthread_getspecific(g_key) == pointer(9));
    UK_TEST_EXPECT_EQ(pthread_key_delete(g_key), 0);
    UK_TEST_EXPECT_EQ(pthread_key_delete(g_key), EINVAL);
    UK_TEST_EXPECT_EQ(pthread_key_delete(g_other), 0);
    UK_TEST_EXPECT_EQ(pthread_setspecific(g_key, nullptr), EINVAL);
    // A thread of the system's own has them, too.
    if constexpr (uk::cfg::libuktls) {
        UK_TEST_ASSERT(pthread_key_create(&g_key, destroy) == 0);
        uk::Ref<uk::Thread> foreign = UK_MUST(uk::sched::create(
            {"foreign"},
            [](void*) -> void* {
                (void)pthread_setspecific(g_key, pointer(100));
                return nullptr;
            },
            nullptr));
        (void)UK_MUST(uk::sched::join(*foreign));
        for (int i = 0; i < 100 && g_destroyed != 115; i++)
            sleep_ms(1);
        UK_TEST_EXPECT_EQ(g_destroyed, 115u);
        UK_TEST_EXPECT_EQ(pthread_key_delete(g_key), 0);
    }
}

UK_TEST(errno_belongs_to_the_thread)
{
    UK_TEST_NEEDS_THREADS;
    errno = 33;
    auto change = [](void*) -> void* {
        errno = 44;
        sleep_ms(2);
        return pointer(static_cast<uintptr_t>(errno));
    };
    pthread_t thread;
    UK_TEST_ASSERT(pthread_create(&thread, nullptr, change, nullptr) == 0);
    sleep_ms(1);
    UK_TEST_EXPECT_EQ(errno, 33);
    UK_TEST_EXPECT(joins(thread, pointer(44)));
}

UK_TEST(once_is_once)
{
    UK_TEST_NEEDS_THREADS;
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    static int calls;
    auto call = [](void*) -> void* {
        pthread_once(&once, [] {
            sleep_ms(2);
            calls++;
        });
        return pointer(static_cast<uintptr_t>(calls));
    };
    pthread_t threads[4];
    for (pthread_t& thread : threads)
        UK_TEST_ASSERT(pthread_create(&thread, nullptr, call, nullptr) == 0);
    for (pthread_t thread : threads)
        UK_TEST_EXPECT(joins(thread, pointer(1)));
}

UK_TEST(cleanup_handlers_run_at_exit_and_pop)
{
    UK_TEST_NEEDS_THREADS;
    g_cleanups = 0;
    auto leave = [](void*) -> void* {
        pthread_cleanup_push(clean, pointer(1));
        pthread_cleanup_push(clean, pointer(2));
        pthread_cleanup_push(clean, pointer(3));
        pthread_cleanup_pop(1);
        pthread_cleanup_push(clean, pointer(4));
        pthread_cleanup_pop(0);
        pthread_exit(pointer(8));
        pthread_cleanup_pop(0);
        pthread_cleanup_pop(0);
        return nullptr;
    };
    pthread_t thread;
    UK_TEST_ASSERT(pthread_create(&thread, nullptr, leave, nullptr) == 0);
    UK_TEST_EXPECT(joins(thread, pointer(8)));
    UK_TEST_EXPECT_EQ(g_cleanups, 3u);
    UK_TEST_EXPECT(g_cleaned[0] == 3 && g_cleaned[1] == 2 && g_cleaned[2] == 1);
}

UK_TEST(cancelled_threads_end_at_their_next_point)
{
    UK_TEST_NEEDS_THREADS;
    static bool ready, tried;
    ready = tried = false;
    g_cleanups = 0;
    auto work = [](void*) -> void* {
        int before = 9;
        pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
        pthread_cleanup_push(clean, pointer(6));
        __atomic_store_n(&ready, true, __ATOMIC_RELEASE);
        while (!__atomic_load_n(&tried, __ATOMIC_ACQUIRE))
            sleep_ms(1);
        pthread_testcancel();
        pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &before);
        if (before == PTHREAD_CANCEL_DISABLE)
            pthread_testcancel();
        pthread_cleanup_pop(0);
        return pointer(1);
    };
    pthread_t thread;
    UK_TEST_ASSERT(pthread_create(&thread, nullptr, work, nullptr) == 0);
    while (!__atomic_load_n(&ready, __ATOMIC_ACQUIRE))
        sleep_ms(1);
    UK_TEST_EXPECT_EQ(pthread_cancel(thread), 0);
    __atomic_store_n(&tried, true, __ATOMIC_RELEASE);
    UK_TEST_EXPECT(joins(thread, PTHREAD_CANCELED));
    UK_TEST_EXPECT_EQ(g_cleanups, 1u);
    UK_TEST_EXPECT_EQ(pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, nullptr), 0);
    UK_TEST_EXPECT_EQ(pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, nullptr), EOPNOTSUPP);
    UK_TEST_EXPECT_EQ(pthread_setcancelstate(5, nullptr), EINVAL);
}

#ifdef CONFIG_LIBPOSIX_PROCESS
UK_TEST(policies_of_threads_by_number)
{
    cpu_set_t set;
    memset(&set, 0xff, sizeof(set));
    UK_TEST_EXPECT_EQ(sched_getaffinity(0, sizeof(set), &set), 0);
    UK_TEST_EXPECT(CPU_ISSET(0, &set) && !CPU_ISSET(CPU_SETSIZE - 1, &set));
    UK_TEST_EXPECT_EQ(sched_setaffinity(0, sizeof(set), &set), 0);
    UK_TEST_EXPECT(sched_getaffinity(0, 1, &set) == -1 && errno == EINVAL);
    UK_TEST_EXPECT(sched_getaffinity(12345, sizeof(set), &set) == -1 && errno == ESRCH);
    UK_TEST_EXPECT_EQ(sched_getscheduler(0), SCHED_OTHER);
    sched_param param{7};
    UK_TEST_EXPECT(sched_getparam(0, &param) == 0 && param.sched_priority == 0);
    UK_TEST_EXPECT_EQ(sched_get_priority_max(SCHED_FIFO), 99);
    UK_TEST_EXPECT_EQ(sched_get_priority_min(SCHED_RR), 1);
    UK_TEST_EXPECT(sched_setscheduler(0, SCHED_FIFO, &param) == -1 && errno == ENOSYS);
}
#endif
