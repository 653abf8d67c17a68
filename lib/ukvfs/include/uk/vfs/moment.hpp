// SPDX-License-Identifier: BSD-3-Clause
// Moments: the times that files have.
#pragma once

#include <cstdint>

namespace uk::vfs {

// Nanoseconds since 1970; what does not fit (before 1677, after 2262) is the nearest.
using Moment = int64_t;

// The present; 0 where the machine has no wall clock. Thread context. Defined by the image
// (now_hw.cpp) or the tests.
[[nodiscard]] Moment now();

// What clock_settime() has moved the wall clock by.
void set_clock_shift(uint64_t ns);

} // namespace uk::vfs
