// SPDX-License-Identifier: BSD-3-Clause
// The clocks of applications, on the platform's.
#include <uk/posix/time.hpp>

#include <uk/base/atomic.hpp>
#include <uk/config.hpp>
#include <uk/hal/clock.hpp>
#include <uk/init.hpp>
#include <uk/syscall/edge.hpp>
#ifdef CONFIG_LIBUKSCHED
#include <uk/sched.hpp>
#endif
#ifdef CONFIG_LIBUKVFS
#include <uk/vfs/moment.hpp>
#endif

namespace uk::posix {
namespace {

// What clock_settime() made of the machine's wall clock.
constinit Atomic<uint64_t> g_wall_shift{0};
constinit Atomic<WallClockHook> g_hook{nullptr};

Result<uint64_t> wall_now() {
    return UK_TRY(hal::clock_wall_ns()) + g_wall_shift.load_relaxed();
}

// The monotonic clock may count from any moment, on linuxu from the host's start.
constinit uint64_t g_start = 0;

void note_start() {
    g_start = hal::clock_monotonic_ns();
}
UK_INIT(bus, "clock of CPU time", note_start);

} // namespace

Result<uint64_t> clock_now(int clock) {
    switch (clock) {
    case UK_CLOCK_MONOTONIC:
    case UK_CLOCK_MONOTONIC_RAW:
    case UK_CLOCK_MONOTONIC_COARSE:
    case UK_CLOCK_BOOTTIME:
        return hal::clock_monotonic_ns();
    case UK_CLOCK_REALTIME:
    case UK_CLOCK_REALTIME_COARSE:
    case UK_CLOCK_TAI:
        return wall_now();
    case UK_CLOCK_PROCESS_CPUTIME_ID:
    case UK_CLOCK_THREAD_CPUTIME_ID:
        return cpu_time_ns();
    default:
        return Errno::inval;
    }
}

Result<uint64_t> deadline_at(int clock, uint64_t ns) {
    const uint64_t shown = UK_TRY(clock_now(clock));
    if (clock == UK_CLOCK_PROCESS_CPUTIME_ID || clock == UK_CLOCK_THREAD_CPUTIME_ID)
        return Errno::opnotsupp;
    return ns <= shown ? 0 : add_ns(hal::clock_monotonic_ns(), ns - shown);
}

Result<> sleep_until(uint64_t deadline_ns) {
    while (hal::clock_monotonic_ns() < deadline_ns) {
        if (interrupted())
            return Errno::intr;
#ifdef CONFIG_LIBUKSCHED
        sched::park(deadline_ns, {"sleep"});
#else
        hal::clock_idle_until(deadline_ns);
#endif
    }
    return ok();
}

Result<> set_wall_clock(uint64_t ns) {
    const uint64_t shift = ns - UK_TRY(hal::clock_wall_ns());
    g_wall_shift.store_relaxed(shift);
#ifdef CONFIG_LIBUKVFS
    vfs::set_clock_shift(shift); // times of files follow
#endif
    if (const WallClockHook hook = g_hook.load_acquire())
        hook();
    return ok();
}

uint64_t wall_clock_shift() {
    return g_wall_shift.load_relaxed();
}

void set_wall_clock_hook(WallClockHook hook) {
    g_hook.store_release(hook);
}

// Since the image started, idle times included: the scheduler keeps no accounts.
uint64_t cpu_time_ns() {
    return hal::clock_monotonic_ns() - g_start;
}

} // namespace uk::posix
