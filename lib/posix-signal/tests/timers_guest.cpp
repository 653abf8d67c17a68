// SPDX-License-Identifier: BSD-3-Clause
// Timers that send signals, on this machine.
#include <uk/syscall.h>

#include <uk/abi/errno.h>
#include <uk/abi/signal.h>
#include <uk/abi/time.h>
#include <uk/hal/clock.hpp>
#include <uk/signal.hpp>
#include <uk/test.hpp>

namespace {

volatile int g_calls = 0;
volatile int g_code = 0;
volatile uint64_t g_value = 0;

void note(int /*number*/, uk_siginfo* info, void* /*context*/) {
    g_calls = g_calls + 1;
    g_code = info->si_code;
    g_value = reinterpret_cast<uint64_t>(info->fields.timer.value.sival_ptr);
}

bool handle(int number) {
    const uk_sigaction action{note, UK_SA_SIGINFO, nullptr, {0}};
    g_calls = 0;
    return uk_sys_rt_sigaction(number, &action, nullptr, sizeof(uk_sigset_t)) == 0;
}

void unhandle(int number) {
    const uk_sigaction action{};
    (void)uk_sys_rt_sigaction(number, &action, nullptr, sizeof(uk_sigset_t));
}

// Until there were so many calls, or half a minute is over.
bool wait_for(int calls) {
    const uint64_t end = uk::hal::clock_monotonic_ns() + 30'000'000'000;
    const uk_timespec little{0, 1'000'000};
    while (g_calls < calls && uk::hal::clock_monotonic_ns() < end)
        (void)uk_sys_nanosleep(&little, nullptr);
    return g_calls >= calls;
}

UK_TEST(setitimer_sends_again_and_again)
{
    UK_TEST_ASSERT(handle(UK_SIGALRM));
    const uk_itimerval wanted{{0, 2000}, {0, 1000}};
    uk_itimerval before{};
    UK_TEST_EXPECT_EQ(uk_sys_setitimer(UK_ITIMER_REAL, &wanted, nullptr), 0);
    UK_TEST_EXPECT(wait_for(3));
    const uk_itimerval none{};
    UK_TEST_EXPECT_EQ(uk_sys_setitimer(UK_ITIMER_REAL, &none, &before), 0);
    UK_TEST_EXPECT(before.it_interval.tv_usec == 2000 && before.it_value.tv_usec <= 2000);
    UK_TEST_EXPECT_EQ(uk_sys_getitimer(UK_ITIMER_REAL, &before), 0);
    UK_TEST_EXPECT(before.it_value.tv_sec == 0 && before.it_value.tv_usec == 0);
    UK_TEST_EXPECT_EQ(uk_sys_setitimer(UK_ITIMER_PROF, &wanted, nullptr), -UK_ENOSYS);
    UK_TEST_EXPECT_EQ(uk_sys_setitimer(9, &wanted, nullptr), -UK_EINVAL);
    unhandle(UK_SIGALRM);
}

UK_TEST(alarm_tells_what_was_left)
{
    UK_TEST_EXPECT_EQ(uk_sys_alarm(100), 0);
    const long left = uk_sys_alarm(0);
    UK_TEST_EXPECT(left >= 90 && left <= 100);
    UK_TEST_EXPECT_EQ(uk_sys_alarm(0), 0);
}

UK_TEST(timers_by_number)
{
    UK_TEST_ASSERT(handle(45));
    uk_sigevent event{};
    event.sigev_notify = UK_SIGEV_SIGNAL;
    event.sigev_signo = 45;
    event.sigev_value.sival_ptr = reinterpret_cast<void*>(0x77);
    int timer = -1;
    UK_TEST_ASSERT(uk_sys_timer_create(UK_CLOCK_MONOTONIC, &event, &timer) == 0);
    const uk_itimerspec wanted{{0, 2'000'000}, {0, 1'000'000}};
    uk_itimerspec now{};
    UK_TEST_EXPECT_EQ(uk_sys_timer_settime(timer, 0, &wanted, nullptr), 0);
    UK_TEST_EXPECT(wait_for(3));
    UK_TEST_EXPECT(g_code == UK_SI_TIMER && g_value == 0x77);
    UK_TEST_EXPECT_EQ(uk_sys_timer_gettime(timer, &now), 0);
    UK_TEST_EXPECT(now.it_interval.tv_nsec == 2'000'000 && now.it_value.tv_nsec > 0);
    UK_TEST_EXPECT(uk_sys_timer_getoverrun(timer) >= 0);
    UK_TEST_EXPECT_EQ(uk_sys_timer_delete(timer), 0);
    UK_TEST_EXPECT_EQ(uk_sys_timer_delete(timer), -UK_EINVAL);
    UK_TEST_EXPECT_EQ(uk_sys_timer_gettime(timer, &now), -UK_EINVAL);
    event.sigev_signo = 99;
    UK_TEST_EXPECT_EQ(uk_sys_timer_create(UK_CLOCK_MONOTONIC, &event, &timer), -UK_EINVAL);
    UK_TEST_EXPECT_EQ(uk_sys_timer_create(77, nullptr, &timer), -UK_EINVAL);
    unhandle(45);
}

UK_TEST(a_moment_that_is_over_comes_at_once)
{
    UK_TEST_ASSERT(handle(UK_SIGALRM));
    int timer = -1;
    UK_TEST_ASSERT(uk_sys_timer_create(UK_CLOCK_MONOTONIC, nullptr, &timer) == 0);
    const uk_itimerspec wanted{{0, 0}, {0, 1}};
    UK_TEST_EXPECT_EQ(uk_sys_timer_settime(timer, UK_TIMER_ABSTIME, &wanted, nullptr), 0);
    UK_TEST_EXPECT(wait_for(1));
    UK_TEST_EXPECT_EQ(uk_sys_timer_delete(timer), 0);
    unhandle(UK_SIGALRM);
}

} // namespace
