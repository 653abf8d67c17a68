// SPDX-License-Identifier: BSD-3-Clause
// Times as Linux writes them, and the clocks of applications. For libraries of the posix floor.
#pragma once

#include <cstdint>

#include <uk/abi/time.h>
#include <uk/base/result.hpp>

namespace uk::posix {

inline constexpr uint64_t kSecondNs = 1'000'000'000;

constexpr uk_timespec to_timespec(uint64_t ns) {
    return {static_cast<int64_t>(ns / kSecondNs), static_cast<int64_t>(ns % kSecondNs)};
}
constexpr uk_timeval to_timeval(uint64_t ns) {
    return {static_cast<int64_t>(ns / kSecondNs), static_cast<int64_t>(ns % kSecondNs / 1000)};
}

// In nanoseconds; what does not fit is the largest there is, which never comes. Errors: EINVAL
// (negative, or the part below a second is a second or more).
constexpr Result<uint64_t> to_ns(const uk_timespec& time) {
    if (time.tv_sec < 0 || time.tv_nsec < 0 || time.tv_nsec >= static_cast<int64_t>(kSecondNs))
        return Errno::inval;
    uint64_t ns = 0;
    if (__builtin_mul_overflow(static_cast<uint64_t>(time.tv_sec), kSecondNs, &ns) ||
        __builtin_add_overflow(ns, static_cast<uint64_t>(time.tv_nsec), &ns))
        return ~uint64_t{0};
    return ns;
}
constexpr Result<uint64_t> to_ns(const uk_timeval& time) {
    if (time.tv_usec < 0 || time.tv_usec >= 1'000'000)
        return Errno::inval;
    return to_ns(uk_timespec{time.tv_sec, time.tv_usec * 1000});
}

constexpr uint64_t add_ns(uint64_t a, uint64_t b) {
    uint64_t sum = 0;
    return __builtin_add_overflow(a, b, &sum) ? ~uint64_t{0} : sum;
}

// What the clock shows. Thread context (the wall clock may be a slow device the first time).
// Errors: EINVAL (no such clock), ENODEV (the machine has no wall clock).
[[nodiscard]] Result<uint64_t> clock_now(int clock);

// From now on UK_CLOCK_REALTIME shows `ns` since 1970. Errors: ENODEV.
[[nodiscard]] Result<> set_wall_clock(uint64_t ns);

// How much more the wall clock shows than the machine's, modulo 2^64: what set_wall_clock() did.
[[nodiscard]] uint64_t wall_clock_shift();
// Called when that has changed, in thread context without locks. There is one: whoever sets it
// sets the same each time.
using WallClockHook = void (*)();
void set_wall_clock_hook(WallClockHook hook);

// The moment of the monotonic clock at which `clock` shows `ns`; in the past: 0. A wall clock that
// is set afterwards does not move it. Errors: as clock_now(), and EOPNOTSUPP (a clock of CPU time).
[[nodiscard]] Result<uint64_t> deadline_at(int clock, uint64_t ns);

// Waits until the monotonic clock shows that. Thread context, blocks. Errors: EINTR (a signal wants
// the thread).
[[nodiscard]] Result<> sleep_until(uint64_t deadline_ns);

// What the process has used of its CPUs so far, in nanoseconds.
[[nodiscard]] uint64_t cpu_time_ns();

} // namespace uk::posix
