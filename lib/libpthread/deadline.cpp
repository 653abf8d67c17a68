// SPDX-License-Identifier: BSD-3-Clause
// Times of applications as deadlines of the scheduler.
#include <uk/hal/clock.hpp>

#include "face.hpp"

namespace uk::pthread {

// A wall clock that is set while somebody waits does not move the deadline.
Result<uint64_t> deadline_of(clockid_t clock, const timespec* when) {
    constexpr int64_t kSecondNs = 1'000'000'000;
    if (when->tv_nsec < 0 || when->tv_nsec >= kSecondNs)
        return Errno::inval;
    uint64_t ns = 0;
    if (when->tv_sec < 0)
        ns = 0;
    else if (when->tv_sec > INT64_MAX / kSecondNs - 1)
        return kNever;
    else
        ns = static_cast<uint64_t>(when->tv_sec * kSecondNs + when->tv_nsec);
    if (clock == CLOCK_MONOTONIC)
        return ns;
    if (clock != CLOCK_REALTIME)
        return Errno::inval;
    const uint64_t wall = UK_TRY(hal::clock_wall_ns());
    return ns > wall ? hal::clock_monotonic_ns() + (ns - wall) : 0;
}

} // namespace uk::pthread
