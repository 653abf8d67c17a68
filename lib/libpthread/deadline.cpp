// SPDX-License-Identifier: BSD-3-Clause
// Times of applications as deadlines of the scheduler.
#include <uk/abi/time.h>
#include <uk/posix/time.hpp>

#include "face.hpp"

namespace uk::pthread {

// A wall clock that is set while somebody waits does not move the deadline. A time before 1970 is
// one that has come.
Result<uint64_t> deadline_of(clockid_t clock, const timespec* when) {
    if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC)
        return Errno::inval;
    const uint64_t ns =
        UK_TRY(posix::to_ns(uk_timespec{when->tv_sec < 0 ? 0 : when->tv_sec, when->tv_nsec}));
    return posix::deadline_at(clock, when->tv_sec < 0 ? 0 : ns);
}

} // namespace uk::pthread
