// SPDX-License-Identifier: BSD-3-Clause
// The system calls of clocks and sleep on this machine.
#include <uk/syscall.h>

#include <uk/abi/errno.h>
#include <uk/abi/time.h>
#include <uk/hal/clock.hpp>
#include <uk/posix/time.hpp>
#include <uk/test.hpp>

namespace {

using namespace uk::posix;

uint64_t now_of(int clock) {
    uk_timespec now{};
    return uk_sys_clock_gettime(clock, &now) == 0 ? to_ns(now).value_or(0U) : 0;
}

UK_TEST(clocks_go_on)
{
    const uint64_t before = uk::hal::clock_monotonic_ns();
    const uint64_t shown = now_of(UK_CLOCK_MONOTONIC);
    UK_TEST_EXPECT(before <= shown && shown <= uk::hal::clock_monotonic_ns());
    UK_TEST_EXPECT(now_of(UK_CLOCK_PROCESS_CPUTIME_ID) != 0);
    uk_timespec now{};
    UK_TEST_EXPECT_EQ(uk_sys_clock_gettime(77, &now), -UK_EINVAL);
    UK_TEST_EXPECT_EQ(uk_sys_clock_getres(UK_CLOCK_MONOTONIC, &now), 0);
    UK_TEST_EXPECT_EQ(now.tv_nsec, 1);
    UK_TEST_EXPECT_EQ(uk_sys_clock_getres(UK_CLOCK_MONOTONIC, nullptr), 0);
    UK_TEST_EXPECT_EQ(uk_sys_clock_getres(-1, nullptr), -UK_EINVAL);
}

UK_TEST(wrong_pointers_are_efault)
{
    auto* wrong = reinterpret_cast<uk_timespec*>(8);
    UK_TEST_EXPECT_EQ(uk_sys_nanosleep(wrong, nullptr), -UK_EFAULT);
    UK_TEST_EXPECT_EQ(uk_sys_clock_getres(UK_CLOCK_MONOTONIC, wrong), -UK_EFAULT);
    UK_TEST_EXPECT_EQ(uk_sys_gettimeofday(reinterpret_cast<uk_timeval*>(8), nullptr), -UK_EFAULT);
}

UK_TEST(the_wall_clock_can_be_set)
{
    const uint64_t before = now_of(UK_CLOCK_REALTIME);
    if (before == 0)
        UK_TEST_SKIP("no wall clock");
    const uk_timespec other{1'000'000'000, 5};
    UK_TEST_EXPECT_EQ(uk_sys_clock_settime(UK_CLOCK_REALTIME, &other), 0);
    const uint64_t after = now_of(UK_CLOCK_REALTIME);
    UK_TEST_EXPECT(after >= 1'000'000'000 * kSecondNs && after < 1'000'000'060 * kSecondNs);
    UK_TEST_EXPECT(uk_sys_time(nullptr) - 1'000'000'000 < 60);
    UK_TEST_EXPECT_EQ(uk_sys_clock_settime(UK_CLOCK_MONOTONIC, &other), -UK_EINVAL);
    const uk_timespec bad{1, 2'000'000'000};
    UK_TEST_EXPECT_EQ(uk_sys_clock_settime(UK_CLOCK_REALTIME, &bad), -UK_EINVAL);
    const uk_timespec back = to_timespec(before);
    UK_TEST_EXPECT_EQ(uk_sys_clock_settime(UK_CLOCK_REALTIME, &back), 0);
}

UK_TEST(sleep_lasts_as_long_as_asked)
{
    const uk_timespec wanted{0, 3'000'000};
    const uint64_t before = uk::hal::clock_monotonic_ns();
    UK_TEST_EXPECT_EQ(uk_sys_nanosleep(&wanted, nullptr), 0);
    UK_TEST_EXPECT(uk::hal::clock_monotonic_ns() - before >= 3'000'000);
    const uk_timespec moment = to_timespec(uk::hal::clock_monotonic_ns() + 2'000'000);
    UK_TEST_EXPECT_EQ(
        uk_sys_clock_nanosleep(UK_CLOCK_MONOTONIC, UK_TIMER_ABSTIME, &moment, nullptr), 0);
    UK_TEST_EXPECT(uk::hal::clock_monotonic_ns() >= to_ns(moment).take());
    const uk_timespec past{0, 1};
    UK_TEST_EXPECT_EQ(uk_sys_clock_nanosleep(UK_CLOCK_MONOTONIC, UK_TIMER_ABSTIME, &past, nullptr),
                      0);
    const uk_timespec bad{0, -1};
    UK_TEST_EXPECT_EQ(uk_sys_nanosleep(&bad, nullptr), -UK_EINVAL);
    UK_TEST_EXPECT_EQ(uk_sys_clock_nanosleep(99, 0, &wanted, nullptr), -UK_EINVAL);
}

} // namespace
