// SPDX-License-Identifier: BSD-3-Clause
// The present.
#include <uk/vfs/moment.hpp>

#include <uk/base/atomic.hpp>
#include <uk/hal/clock.hpp>

namespace uk::vfs {

namespace {

constinit Atomic<uint64_t> g_shift{0};

} // namespace

Moment now() {
    const Result<uint64_t> wall = hal::clock_wall_ns();
    const uint64_t ns =
        (wall.ok() ? wall.value() : hal::clock_monotonic_ns()) + g_shift.load_relaxed();
    return static_cast<Moment>(ns < INT64_MAX ? ns : INT64_MAX);
}

void set_clock_shift(uint64_t ns) {
    g_shift.store_relaxed(ns);
}

} // namespace uk::vfs
