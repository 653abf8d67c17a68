// SPDX-License-Identifier: BSD-3-Clause
// The clock of host tests: it moves only when a test says so.
#include <atomic>

#include <uk/fakes/hal.hpp>
#include <uk/hal/clock.hpp>

namespace {

std::atomic<uint64_t> g_monotonic{0};
std::atomic<uint64_t> g_wall{0};

} // namespace

void uk::fakes::clock_set(uint64_t monotonic_ns) {
    g_monotonic = monotonic_ns;
}

void uk::fakes::clock_set_wall(uint64_t wall_ns) {
    g_wall = wall_ns;
}

uint64_t uk::hal::clock_monotonic_ns() {
    return g_monotonic;
}

uk::Result<uint64_t> uk::hal::clock_wall_ns() {
    if (g_wall == 0) {
        return Errno::nodev;
    }
    return g_wall.load();
}

const char* uk::hal::clock_name() {
    return "fake";
}

void uk::hal::clock_idle_until(uint64_t deadline_ns) {
    if (deadline_ns > g_monotonic) {
        g_monotonic = deadline_ns;
    }
}
