// SPDX-License-Identifier: BSD-3-Clause
// What is known of an image without any library: how long it runs.
#include <uk/metrics.hpp>

#include <uk/hal/clock.hpp>
#include <uk/init.hpp>

namespace uk::metrics {

namespace {

// The clock may count from any moment.
constinit uint64_t g_start_ns = 0;

void note_start() {
    g_start_ns = hal::clock_monotonic_ns();
}
UK_INIT(bus, "metrics", note_start);

UK_METRIC({.name = "uptime_seconds",
           .help = "Time since the image began",
           .kind = Kind::gauge,
           .read = uptime_ns,
           .unit = Unit::nanoseconds});

} // namespace

uint64_t uptime_ns() {
    return hal::clock_monotonic_ns() - g_start_ns;
}

} // namespace uk::metrics
