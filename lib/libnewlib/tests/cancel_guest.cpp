// SPDX-License-Identifier: BSD-3-Clause
// Guest tests: functions of the C library that POSIX calls cancellation points. Most wait for ever
// here, so that only being cancelled ends them.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <termios.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#include <uk/sched/test.hpp>
#include <uk/test.hpp>

namespace {

constexpr timespec kLong = {1'000'000, 0};
volatile bool g_there = false;
volatile bool g_cleaned = false;
sem_t g_nobody_posts;
char g_byte;

void wait_read() {
    (void)read(STDIN_FILENO, &g_byte, 0);
}
void wait_readv() {
    const iovec piece = {&g_byte, 0};
    (void)readv(STDIN_FILENO, &piece, 1);
}
void wait_write() {
    (void)write(STDOUT_FILENO, &g_byte, 0);
}
void wait_open() {
    (void)open("/nothing", O_RDONLY);
}
void wait_close() {
    (void)close(-1);
}
void wait_poll() {
    (void)poll(nullptr, 0, -1);
}
void wait_select() {
    (void)select(0, nullptr, nullptr, nullptr, nullptr);
}
void wait_nanosleep() {
    (void)nanosleep(&kLong, nullptr);
}
void wait_clock_nanosleep() {
    (void)clock_nanosleep(CLOCK_MONOTONIC, 0, &kLong, nullptr);
}
void wait_sleep() {
    (void)sleep(1'000'000);
}
void wait_pause() {
    (void)pause();
}
void wait_sigsuspend() {
    const sigset_t none = 0;
    (void)sigsuspend(&none);
}
void wait_sigwait() {
    const sigset_t never = sigset_t{1} << (SIGRTMAX - 1);
    int number;
    (void)sigwait(&never, &number);
}
void wait_sigtimedwait() {
    const sigset_t never = sigset_t{1} << (SIGRTMAX - 1);
    (void)sigtimedwait(&never, nullptr, &kLong);
}
void wait_sem() {
    (void)sem_wait(&g_nobody_posts);
}
void wait_waitpid() {
    (void)waitpid(-1, nullptr, 0);
}
void wait_tcdrain() {
    (void)tcdrain(STDOUT_FILENO);
}
void wait_msync() {
    (void)msync(nullptr, 0, MS_SYNC);
}
void wait_thrd_sleep() {
    (void)thrd_sleep(&kLong, nullptr);
}

constexpr struct {
    const char* name;
    void (*wait)();
} kPoints[] = {{"read", wait_read},
               {"readv", wait_readv},
               {"write", wait_write},
               {"open", wait_open},
               {"close", wait_close},
               {"poll", wait_poll},
               {"select", wait_select},
               {"nanosleep", wait_nanosleep},
               {"clock_nanosleep", wait_clock_nanosleep},
               {"sleep", wait_sleep},
               {"pause", wait_pause},
               {"sigsuspend", wait_sigsuspend},
               {"sigwait", wait_sigwait},
               {"sigtimedwait", wait_sigtimedwait},
               {"sem_wait", wait_sem},
               {"waitpid", wait_waitpid},
               {"tcdrain", wait_tcdrain},
               {"msync", wait_msync},
               {"thrd_sleep", wait_thrd_sleep}};

// Those that do not wait are called again and again.
void* stay(void* argument) {
    const auto wait = reinterpret_cast<void (*)()>(argument);
    pthread_cleanup_push([](void*) { g_cleaned = true; }, nullptr);
    for (;;) {
        g_there = true;
        wait();
        sched_yield();
    }
    pthread_cleanup_pop(0);
    return nullptr;
}

// Cancelled while it waits, and once more before it comes to it.
bool is_point(void (*wait)(), bool waits_first) {
    g_there = false;
    g_cleaned = false;
    pthread_t thread;
    if (pthread_create(&thread, nullptr, stay, reinterpret_cast<void*>(wait)) != 0)
        return false;
    const timespec moment = {0, 2'000'000};
    while (waits_first && !g_there)
        nanosleep(&moment, nullptr);
    if (waits_first)
        nanosleep(&moment, nullptr);
    void* result = nullptr;
    return pthread_cancel(thread) == 0 && pthread_join(thread, &result) == 0 &&
           result == PTHREAD_CANCELED && g_cleaned == g_there;
}

} // namespace

UK_TEST(cancellation_points_of_the_c_library)
{
    UK_TEST_NEEDS_THREADS;
    sem_init(&g_nobody_posts, 0, 0);
    for (const auto& point : kPoints) {
        const bool both = is_point(point.wait, true) && is_point(point.wait, false);
        if (!both)
            printf("# %s is none\n", point.name);
        UK_TEST_EXPECT(both);
    }
}

UK_TEST(streams_are_no_cancellation_points)
{
    UK_TEST_NEEDS_THREADS;
    pthread_t thread;
    UK_TEST_ASSERT(pthread_create(
                       &thread, nullptr,
                       [](void*) -> void* {
                           pthread_cancel(pthread_self());
                           fflush(stdout);
                           return reinterpret_cast<void*>(uintptr_t{5});
                       },
                       nullptr) == 0);
    void* result = nullptr;
    UK_TEST_EXPECT_EQ(pthread_join(thread, &result), 0);
    UK_TEST_EXPECT(result == reinterpret_cast<void*>(uintptr_t{5}));
}
