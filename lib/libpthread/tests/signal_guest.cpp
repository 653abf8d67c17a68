// SPDX-License-Identifier: BSD-3-Clause
// Guest tests: handlers of signals and cancellation come to threads that wait. In images with
// signals only.
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>

#include <uk/abi/signal.h>
#include <uk/sched.hpp>
#include <uk/sched/test.hpp>
#include <uk/syscall.h>
#include <uk/test.hpp>

namespace {

constexpr int kSignal = UK_SIGUSR1;

pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t g_cond = PTHREAD_COND_INITIALIZER;
pthread_barrier_t g_barrier;
sem_t g_sem;
bool g_go;
unsigned g_handled;
pthread_t g_handler_thread;

void handle(int /*signal*/, uk_siginfo* /*info*/, void* /*context*/) {
    __atomic_fetch_add(&g_handled, 1, __ATOMIC_RELAXED);
    g_handler_thread = pthread_self();
}
unsigned handled() {
    return __atomic_load_n(&g_handled, __ATOMIC_RELAXED);
}

// The action while it lives.
class Action {
  public:
    explicit Action(uint64_t flags) {
        const uk_sigaction action{handle, flags, nullptr, {0}};
        (void)uk_sys_rt_sigaction(kSignal, &action, &before_, sizeof(uint64_t));
        __atomic_store_n(&g_handled, 0, __ATOMIC_RELAXED);
    }
    ~Action() { (void)uk_sys_rt_sigaction(kSignal, &before_, nullptr, sizeof(uint64_t)); }
    Action(const Action&) = delete;
    Action& operator=(const Action&) = delete;

  private:
    uk_sigaction before_{};
};

pthread_t start(void* (*work)(void*), void* argument = nullptr) {
    pthread_t thread = 0;
    (void)pthread_create(&thread, nullptr, work, argument);
    return thread;
}
bool joins(pthread_t thread, void* wanted) {
    void* result = nullptr;
    return pthread_join(thread, &result) == 0 && result == wanted;
}
void pause_a_moment() {
    uk::sched::sleep_for(3'000'000);
}
// Signals the thread and waits for its handler.
bool disturb(pthread_t thread) {
    pause_a_moment();
    const unsigned before = handled();
    if (pthread_kill(thread, kSignal) != 0)
        return false;
    for (int i = 0; i < 1000 && handled() == before; i++)
        uk::sched::sleep_for(1'000'000);
    return handled() == before + 1 && g_handler_thread == thread;
}

} // namespace

UK_TEST(waits_that_have_no_end_are_cancelled)
{
    UK_TEST_NEEDS_THREADS;
    static pthread_t sleeper;
    sem_init(&g_sem, 0, 0);
    void* (*const waits[])(void*) = {
        [](void*) -> void* {
            pthread_mutex_lock(&g_mutex);
            pthread_cleanup_push([](void*) { pthread_mutex_unlock(&g_mutex); }, nullptr);
            for (;;)
                pthread_cond_wait(&g_cond, &g_mutex);
            pthread_cleanup_pop(0);
            return nullptr;
        },
        [](void*) -> void* {
            sem_wait(&g_sem);
            return nullptr;
        },
        [](void*) -> void* {
            pthread_join(sleeper, nullptr);
            return nullptr;
        },
    };
    sleeper = start(waits[1]);
    for (auto* wait : waits) {
        const pthread_t thread = start(wait);
        pause_a_moment();
        UK_TEST_EXPECT_EQ(pthread_cancel(thread), 0);
        UK_TEST_EXPECT(joins(thread, PTHREAD_CANCELED));
    }
    UK_TEST_EXPECT_EQ(pthread_mutex_trylock(&g_mutex), 0);
    pthread_mutex_unlock(&g_mutex);
    UK_TEST_EXPECT_EQ(sem_post(&g_sem), 0);
    UK_TEST_EXPECT(joins(sleeper, nullptr));
}

// A thread that has refused is not disturbed; waits that are no cancellation points go on.
UK_TEST(cancellation_waits_for_its_points)
{
    UK_TEST_NEEDS_THREADS;
    auto work = [](void*) -> void* {
        pthread_mutex_lock(&g_mutex); // no point
        pthread_mutex_unlock(&g_mutex);
        pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, nullptr);
        sem_wait(&g_sem);
        __atomic_store_n(&g_go, true, __ATOMIC_RELEASE);
        pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, nullptr);
        sem_wait(&g_sem);
        return nullptr;
    };
    g_go = false;
    sem_init(&g_sem, 0, 0);
    pthread_mutex_lock(&g_mutex);
    const pthread_t thread = start(work);
    pause_a_moment();
    UK_TEST_EXPECT_EQ(pthread_cancel(thread), 0);
    pause_a_moment();
    pthread_mutex_unlock(&g_mutex);
    pause_a_moment();
    UK_TEST_EXPECT(!__atomic_load_n(&g_go, __ATOMIC_ACQUIRE));
    sem_post(&g_sem);
    UK_TEST_EXPECT(joins(thread, PTHREAD_CANCELED));
    UK_TEST_EXPECT(__atomic_load_n(&g_go, __ATOMIC_ACQUIRE));
}

UK_TEST(handlers_run_while_threads_wait_for_locks)
{
    UK_TEST_NEEDS_THREADS;
    const Action action(0);
    auto lock = [](void*) -> void* {
        if (pthread_mutex_lock(&g_mutex) != 0)
            return nullptr;
        pthread_mutex_unlock(&g_mutex);
        return &g_mutex;
    };
    pthread_mutex_lock(&g_mutex);
    pthread_t thread = start(lock);
    UK_TEST_EXPECT(disturb(thread));
    UK_TEST_EXPECT(disturb(thread));
    pthread_mutex_unlock(&g_mutex);
    UK_TEST_EXPECT(joins(thread, &g_mutex));

    auto wait = [](void*) -> void* {
        pthread_mutex_lock(&g_mutex);
        while (!g_go)
            (void)pthread_cond_wait(&g_cond, &g_mutex);
        pthread_mutex_unlock(&g_mutex);
        return &g_cond;
    };
    g_go = false;
    thread = start(wait);
    UK_TEST_EXPECT(disturb(thread));
    UK_TEST_EXPECT(disturb(thread));
    pthread_mutex_lock(&g_mutex);
    g_go = true;
    pthread_cond_signal(&g_cond);
    pthread_mutex_unlock(&g_mutex);
    UK_TEST_EXPECT(joins(thread, &g_cond));

    auto meet = [](void*) -> void* {
        pthread_barrier_wait(&g_barrier);
        return &g_barrier;
    };
    pthread_barrier_init(&g_barrier, nullptr, 2);
    thread = start(meet);
    UK_TEST_EXPECT(disturb(thread));
    pthread_barrier_wait(&g_barrier);
    UK_TEST_EXPECT(joins(thread, &g_barrier));
    pthread_barrier_destroy(&g_barrier);
}

UK_TEST(handlers_end_waits_for_semaphores_unless_they_restart)
{
    UK_TEST_NEEDS_THREADS;
    auto wait = [](void*) -> void* {
        const int how = sem_wait(&g_sem);
        return reinterpret_cast<void*>(static_cast<uintptr_t>(how == 0 ? 0 : errno));
    };
    sem_init(&g_sem, 0, 0);
    {
        const Action action(0);
        const pthread_t thread = start(wait);
        UK_TEST_EXPECT(disturb(thread));
        UK_TEST_EXPECT(joins(thread, reinterpret_cast<void*>(uintptr_t{EINTR})));
    }
    const Action action(UK_SA_RESTART);
    const pthread_t thread = start(wait);
    UK_TEST_EXPECT(disturb(thread));
    UK_TEST_EXPECT(disturb(thread));
    sem_post(&g_sem);
    UK_TEST_EXPECT(joins(thread, nullptr));
}

UK_TEST(masks_belong_to_threads)
{
    UK_TEST_NEEDS_THREADS;
    const Action action(0);
    auto wait = [](void*) -> void* {
        sem_wait(&g_sem);
        return nullptr;
    };
    sem_init(&g_sem, 0, 0);
    uk_sigset_t wanted{};
    uk_sigset_t before{};
    wanted.bits = uint64_t{1} << (kSignal - 1);
    UK_TEST_EXPECT_EQ(uk_sys_rt_sigprocmask(UK_SIG_BLOCK, &wanted, &before, sizeof(uint64_t)), 0);
    const pthread_t thread = start(wait); // begins with our mask
    UK_TEST_EXPECT_EQ(uk_sys_rt_sigprocmask(UK_SIG_SETMASK, &before, nullptr, sizeof(uint64_t)), 0);
    pause_a_moment();
    UK_TEST_EXPECT_EQ(pthread_kill(thread, kSignal), 0);
    pause_a_moment();
    UK_TEST_EXPECT_EQ(handled(), 0u);
    UK_TEST_EXPECT_EQ(pthread_kill(thread, 1000), EINVAL);
    sem_post(&g_sem);
    UK_TEST_EXPECT(joins(thread, nullptr));
    UK_TEST_EXPECT_EQ(handled(), 0u);
}
