// SPDX-License-Identifier: BSD-3-Clause
// The clocks of <time.h> and <sys/time.h>, on the platform's.
#include <errno.h>
#include <stdint.h>
#include <sys/time.h>
#include <time.h>

#include <uk/base/atomic.hpp>
#include <uk/config.hpp>
#include <uk/hal/clock.hpp>
#ifdef CONFIG_LIBUKSCHED_THREADS
#include <uk/sched.hpp>
#endif

#include "ret.hpp"

namespace {

constexpr uint64_t kSecond = 1'000'000'000;

// The time of a clock in nanoseconds, or the error.
uk::Result<uint64_t> read_clock(clockid_t clock) {
    switch (clock) {
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_BOOTTIME:
        return uk::hal::clock_monotonic_ns();
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
        return uk::hal::clock_wall_ns();
    default:
        return uk::Errno::inval;
    }
}

timespec split(uint64_t ns) {
    return {.tv_sec = static_cast<time_t>(ns / kSecond),
            .tv_nsec = static_cast<long>(ns % kSecond)};
}

// The second of monotonic time that was asked about last: any value is good.
constinit uk::Atomic<uint64_t> g_second{0};

[[gnu::noinline]] int next_second(timespec* now) {
    *now = split(uk::hal::clock_monotonic_ns());
    g_second.store_relaxed(static_cast<uint64_t>(now->tv_sec));
    return 0;
}

// False if the time must be asked for by a call.
[[gnu::always_inline]] inline bool monotonic(uint64_t& ns) {
#ifdef CONFIG_HAL_CLOCK_FAST
    return uk::hal::clock_fast(uk::hal::g_clock_page, ns);
#else
    ns = uk::hal::clock_monotonic_ns();
    return true;
#endif
}

[[gnu::noinline]] int ask(clockid_t clock, timespec* now) {
    uk::Result<uint64_t> ns = read_clock(clock);
    if (!ns.ok()) {
        return static_cast<int>(nolibc::ret(ns.error().neg()));
    }
    *now = split(ns.value());
    return 0;
}

// Other threads run meanwhile, if there are any.
void sleep_until(uint64_t deadline) {
#ifdef CONFIG_LIBUKSCHED_THREADS
    uk::sched::sleep_until(deadline);
#else
    while (uk::hal::clock_monotonic_ns() < deadline) {
        uk::hal::clock_idle_until(deadline);
    }
#endif
}

} // namespace

// Monotonic time is asked for often: nothing is called, saved or divided then.
int clock_gettime(clockid_t clock, struct timespec* now) {
    uint64_t ns = 0;
    if (clock != CLOCK_MONOTONIC || !monotonic(ns)) [[unlikely]] {
        return ask(clock, now);
    }
    const uint64_t second = g_second.load_relaxed();
    const uint64_t rest = ns - second * kSecond;
    if (rest >= kSecond) [[unlikely]] {
        return next_second(now);
    }
    *now = {.tv_sec = static_cast<time_t>(second), .tv_nsec = static_cast<long>(rest)};
    return 0;
}
int clock_getres(clockid_t clock, struct timespec* resolution) {
    uk::Result<uint64_t> ns = read_clock(clock);
    if (!ns.ok()) {
        return static_cast<int>(nolibc::ret(ns.error().neg()));
    }
    if (resolution != nullptr) {
        *resolution = {.tv_sec = 0, .tv_nsec = 1};
    }
    return 0;
}

int timespec_get(struct timespec* now, int base) {
    return base == TIME_UTC && clock_gettime(CLOCK_REALTIME, now) == 0 ? base : 0;
}

time_t time(time_t* now) {
    timespec wall;
    time_t seconds = clock_gettime(CLOCK_REALTIME, &wall) == 0 ? wall.tv_sec : -1;
    if (now != nullptr) {
        *now = seconds;
    }
    return seconds;
}

int gettimeofday(struct timeval* now, void* zone) {
    timespec wall;
    if (zone != nullptr) {
        return static_cast<int>(nolibc::ret(-EINVAL));
    }
    if (clock_gettime(CLOCK_REALTIME, &wall) != 0) {
        return -1;
    }
    *now = {.tv_sec = wall.tv_sec, .tv_usec = wall.tv_nsec / 1'000};
    return 0;
}

int nanosleep(const struct timespec* wanted, struct timespec* left) {
    uint64_t ns;
    uint64_t deadline;
    if (wanted->tv_sec < 0 || wanted->tv_nsec < 0 ||
        wanted->tv_nsec >= static_cast<long>(kSecond)) {
        return static_cast<int>(nolibc::ret(-EINVAL));
    }
    if (__builtin_mul_overflow(static_cast<uint64_t>(wanted->tv_sec), kSecond, &ns) ||
        __builtin_add_overflow(ns, static_cast<uint64_t>(wanted->tv_nsec), &ns) ||
        __builtin_add_overflow(ns, uk::hal::clock_monotonic_ns(), &deadline)) {
        deadline = UINT64_MAX; // six centuries
    }
    sleep_until(deadline);
    if (left != nullptr) {
        *left = {.tv_sec = 0, .tv_nsec = 0};
    }
    return 0;
}
