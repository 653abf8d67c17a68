// SPDX-License-Identifier: BSD-3-Clause
// Timers by their descriptors: once, again and again, by the wall clock, and when that is set.
#include <uk/abi/eventfd.h>
#include <uk/abi/poll.h>
#include <uk/abi/time.h>
#include <uk/hal/clock.hpp>
#include <uk/posix/time.hpp>
#include <uk/sched.hpp>
#include <uk/syscall.h>
#include <uk/test.hpp>

namespace {

using uk::Errno;
using uk::posix::to_timespec;

constexpr uint64_t kMs = 1'000'000;

constexpr long neg(Errno error) {
    return -static_cast<long>(error);
}
long get(int fd) {
    uint64_t value = 0;
    const long got = uk_sys_read(fd, &value, sizeof(value));
    return got == sizeof(value) ? static_cast<long>(value) : got;
}
struct Timer {
    Timer(int clock, int flags) : fd(static_cast<int>(uk_sys_timerfd_create(clock, flags))) {}
    ~Timer() { uk_sys_close(fd); }
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;
    long set(uint64_t value, uint64_t interval, int flags = 0, uk_itimerspec* before = nullptr) {
        const uk_itimerspec wanted = {to_timespec(interval), to_timespec(value)};
        return uk_sys_timerfd_settime(fd, flags, &wanted, before);
    }
    int fd;
};

} // namespace

UK_TEST(timerfd_ends_once)
{
    Timer timer(UK_CLOCK_MONOTONIC, UK_TFD_NONBLOCK);
    UK_TEST_ASSERT(timer.fd >= 0);
    UK_TEST_EXPECT(get(timer.fd) == neg(Errno::again));
    const uint64_t start = uk::hal::clock_monotonic_ns();
    UK_TEST_EXPECT(timer.set(15 * kMs, 0) == 0);
    uk_itimerspec now{};
    UK_TEST_EXPECT(uk_sys_timerfd_gettime(timer.fd, &now) == 0);
    UK_TEST_EXPECT(now.it_value.tv_sec == 0 && now.it_value.tv_nsec <= 15'000'000);
    UK_TEST_EXPECT(uk_sys_fcntl(timer.fd, 4, 0) == 0); // F_SETFL: reads wait
    UK_TEST_EXPECT(get(timer.fd) == 1);
    UK_TEST_EXPECT(uk::hal::clock_monotonic_ns() - start >= 15 * kMs);
    UK_TEST_EXPECT(uk_sys_timerfd_gettime(timer.fd, &now) == 0 && now.it_value.tv_nsec == 0);
    uint32_t small = 0;
    UK_TEST_EXPECT(uk_sys_read(timer.fd, &small, 4) == neg(Errno::inval));
    UK_TEST_EXPECT(uk_sys_write(timer.fd, &now, 8) == neg(Errno::inval));
    UK_TEST_EXPECT(timer.set(1, 0, 4) == neg(Errno::inval));
    UK_TEST_EXPECT(timer.set(1000 * kMs, 0) == 0);
    UK_TEST_EXPECT(timer.set(0, 0, 0, &now) == 0);
    UK_TEST_EXPECT(now.it_value.tv_sec == 0 && now.it_value.tv_nsec > 0);
    UK_TEST_EXPECT(uk_sys_timerfd_create(UK_CLOCK_PROCESS_CPUTIME_ID, 0) == neg(Errno::inval));
    UK_TEST_EXPECT(uk_sys_timerfd_create(UK_CLOCK_MONOTONIC, 1) == neg(Errno::inval));
    UK_TEST_EXPECT(uk_sys_timerfd_gettime(4000, &now) == neg(Errno::badf));
}

UK_TEST(timerfd_ends_again_and_again)
{
    Timer timer(UK_CLOCK_MONOTONIC, 0);
    const uint64_t start = uk::hal::clock_monotonic_ns();
    UK_TEST_EXPECT(timer.set(start + 4 * kMs, 2 * kMs, UK_TFD_TIMER_ABSTIME) == 0);
    UK_TEST_EXPECT(get(timer.fd) >= 1);
    uk::sched::sleep_until(start + 21 * kMs);
    UK_TEST_EXPECT(get(timer.fd) >= 1);
    long ends = 0;
    for (int i = 0; i < 3; i++)
        ends += get(timer.fd);
    UK_TEST_EXPECT(ends >= 3);
    uk_pollfd fd = {timer.fd, UK_POLLIN, 0};
#ifdef CONFIG_LIBPOSIX_POLL
    UK_TEST_EXPECT(uk_sys_poll(&fd, 1, 1000) == 1 && fd.revents == UK_POLLIN);
#endif
    // Ten intervals ago: they count.
    const uint64_t now = uk::hal::clock_monotonic_ns();
    UK_TEST_EXPECT(timer.set(now - 10 * kMs, 1000 * kMs, UK_TFD_TIMER_ABSTIME) == 0);
    UK_TEST_EXPECT(get(timer.fd) == 1);
    UK_TEST_EXPECT(timer.set(now - 20 * kMs, 4 * kMs, UK_TFD_TIMER_ABSTIME) == 0);
    UK_TEST_EXPECT(get(timer.fd) >= 6);
    (void)fd;
}

UK_TEST(timerfd_follows_the_wall_clock)
{
    const auto wall = [] { return uk::posix::clock_now(UK_CLOCK_REALTIME).value_or(uint64_t{0}); };
    const uint64_t start = wall();
    if (start == 0)
        UK_TEST_SKIP("there is no wall clock");
    constexpr uint64_t kHour = 3600 * uk::posix::kSecondNs;
    Timer timer(UK_CLOCK_REALTIME, UK_TFD_NONBLOCK), watcher(UK_CLOCK_REALTIME, 0),
        relative(UK_CLOCK_REALTIME, UK_TFD_NONBLOCK);
    UK_TEST_EXPECT(timer.set(start + kHour, 0, UK_TFD_TIMER_ABSTIME) == 0);
    UK_TEST_EXPECT(relative.set(kHour, 0) == 0);
    UK_TEST_EXPECT(
        watcher.set(start + 3 * kHour, 0, UK_TFD_TIMER_ABSTIME | UK_TFD_TIMER_CANCEL_ON_SET) == 0);
    UK_TEST_EXPECT(uk::posix::set_wall_clock(wall() + 2 * kHour).ok());
    UK_TEST_EXPECT(get(watcher.fd) == neg(Errno::canceled));
    long passed = get(timer.fd); // another CPU may have the alarm
    for (int tries = 0; passed == neg(Errno::again) && tries < 5000; tries++) {
        uk::sched::sleep_for(kMs);
        passed = get(timer.fd);
    }
    UK_TEST_EXPECT_EQ(passed, 1);
    UK_TEST_EXPECT(get(relative.fd) == neg(Errno::again));
    uk_itimerspec left{};
    UK_TEST_EXPECT(uk_sys_timerfd_gettime(watcher.fd, &left) == 0);
    UK_TEST_EXPECT(left.it_value.tv_sec > 3000 && left.it_value.tv_sec <= 3600);
    UK_TEST_EXPECT(uk::posix::set_wall_clock(wall() - 2 * kHour).ok());
}
