// SPDX-License-Identifier: BSD-3-Clause
// Time on linuxu: the host's clocks, through its vDSO where it has one.
#include <uk/hal/clock.hpp>

#include <uk/base/atomic.hpp>
#include <uk/clocksource/vdso.hpp>
#include <uk/hal/irq.hpp>

#include "host.hpp"

namespace uk {
namespace {

using namespace linuxu;

using ClockGettime = int (*)(int clock, Timespec* time);

int gettime_by_call(int clock, Timespec* time) {
    return static_cast<int>(syscall(Sys::clock_gettime, clock, time));
}

// Null until the first use, so that a program which asks for no time never touches the vDSO.
constinit Atomic<ClockGettime> g_gettime{nullptr};

ClockGettime gettime() {
    ClockGettime function = g_gettime.load_relaxed();
    if (function == nullptr) {
        const void* found =
            g_vdso == nullptr ? nullptr : clocksource::vdso_find(g_vdso, kVdsoClock);
        function = found == nullptr ? gettime_by_call
                                    : reinterpret_cast<ClockGettime>(const_cast<void*>(found));
        g_gettime.store_relaxed(function);
    }
    return function;
}

uint64_t read_clock(int clock) {
    Timespec time{0, 0};
    gettime()(clock, &time);
    return to_ns(time);
}

} // namespace

uint64_t hal::clock_monotonic_ns() {
    return read_clock(kMonotonic);
}

Result<uint64_t> hal::clock_wall_ns() {
    return read_clock(kRealtime);
}

const char* hal::clock_name() {
    return gettime() == gettime_by_call ? "clock_gettime" : "vdso";
}

void hal::clock_idle_until(uint64_t deadline_ns) {
    const uint64_t now = clock_monotonic_ns();
    const Timespec timeout = to_timespec(deadline_ns > now ? deadline_ns - now : 0);
    wait_for_interrupt(&timeout);
}

} // namespace uk
