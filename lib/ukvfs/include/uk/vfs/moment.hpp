// SPDX-License-Identifier: BSD-3-Clause
// Moments: the times that files have.
#pragma once

#include <cstdint>

namespace uk::vfs {

// Nanoseconds since 1970; what does not fit (before 1677, after 2262) is the nearest.
using Moment = int64_t;

// The present; where the machine has no wall clock, as if it had booted in 1970. Thread context.
[[nodiscard]] Moment now();

// What clock_settime() has moved the wall clock by.
void set_clock_shift(uint64_t ns);

} // namespace uk::vfs
