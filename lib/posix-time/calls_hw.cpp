// SPDX-License-Identifier: BSD-3-Clause
// The system calls of clocks and sleep.
#include <uk/syscall.h>

#include <uk/hal/clock.hpp>
#include <uk/posix/time.hpp>
#include <uk/syscall/edge.hpp>
#include <uk/user.hpp>

namespace uk::posix {
namespace {

Result<> get_time(int clock, uk_timespec* now) {
    return user::write(Vaddr::of(now), to_timespec(UK_TRY(clock_now(clock))));
}

Result<> set_time(int clock, const uk_timespec* now) {
    const uk_timespec time = UK_TRY(user::read<uk_timespec>(Vaddr::of(now)));
    return clock == UK_CLOCK_REALTIME ? set_wall_clock(UK_TRY(to_ns(time))) : Errno::inval;
}

Result<> get_resolution(int clock, uk_timespec* resolution) {
    UK_TRY(clock_now(clock));
    return resolution == nullptr ? ok() : user::write(Vaddr::of(resolution), to_timespec(1));
}

// An interrupted wait for a length of time tells what is left of it.
Result<> sleep(int clock, int flags, const uk_timespec* wanted, uk_timespec* left) {
    const uint64_t ns = UK_TRY(to_ns(UK_TRY(user::read<uk_timespec>(Vaddr::of(wanted)))));
    if (clock == UK_CLOCK_THREAD_CPUTIME_ID) // POSIX: the caller sleeps, so it would never end
        return Errno::inval;
    if (flags == UK_TIMER_ABSTIME)
        return sleep_until(UK_TRY(deadline_at(clock, ns)));
    UK_TRY(deadline_at(clock, 0)); // that there is such a clock
    const uint64_t deadline = add_ns(hal::clock_monotonic_ns(), ns);
    const Result<> result = sleep_until(deadline);
    if (!result.ok() && left != nullptr) {
        const uint64_t now = hal::clock_monotonic_ns();
        UK_TRY(user::write(Vaddr::of(left), to_timespec(deadline > now ? deadline - now : 0)));
    }
    return result;
}

Result<> get_day(uk_timeval* now, struct uk_timezone* zone) {
    if (now != nullptr)
        UK_TRY(user::write(Vaddr::of(now), to_timeval(UK_TRY(clock_now(UK_CLOCK_REALTIME)))));
    if (zone != nullptr)
        UK_TRY(user::write(Vaddr::of(zone), uk_timezone{}));
    return ok();
}

// A zone is accepted and means nothing, as it does on Linux but once at boot.
Result<> set_day(const uk_timeval* now, const struct uk_timezone* zone) {
    if (zone != nullptr)
        UK_TRY(user::read<uk_timezone>(Vaddr::of(zone)));
    if (now == nullptr)
        return ok();
    return set_wall_clock(UK_TRY(to_ns(UK_TRY(user::read<uk_timeval>(Vaddr::of(now))))));
}

Result<int64_t> seconds(int64_t* now) {
    const auto time = static_cast<int64_t>(UK_TRY(clock_now(UK_CLOCK_REALTIME)) / kSecondNs);
    if (now != nullptr)
        UK_TRY(user::write(Vaddr::of(now), time));
    return time;
}

[[gnu::noinline]] long get_time_at_edge(int clock, uk_timespec* now) {
    return syscall([&] { return get_time(clock, now); });
}

} // namespace
} // namespace uk::posix

// Asked often: no detour for the clock that most programs want. A wrong pointer faults in the
// application's name, as in Linux's vDSO, instead of EFAULT.
extern "C" long uk_sys_clock_gettime(int clock, uk_timespec* now) {
    if (clock == UK_CLOCK_MONOTONIC) [[likely]] {
        *now = uk::posix::to_timespec(uk::hal::clock_monotonic_ns());
        return 0;
    }
    return uk::posix::get_time_at_edge(clock, now);
}

extern "C" long uk_sys_clock_settime(int clock, const uk_timespec* now) {
    return uk::syscall([&] { return uk::posix::set_time(clock, now); });
}

extern "C" long uk_sys_clock_getres(int clock, uk_timespec* resolution) {
    return uk::syscall([&] { return uk::posix::get_resolution(clock, resolution); });
}

extern "C" long uk_sys_clock_nanosleep(int clock, int flags, const uk_timespec* wanted,
                                       uk_timespec* left) {
    return uk::syscall([&] { return uk::posix::sleep(clock, flags, wanted, left); });
}

extern "C" long uk_sys_nanosleep(const uk_timespec* wanted, uk_timespec* left) {
    return uk::syscall([&] { return uk::posix::sleep(UK_CLOCK_MONOTONIC, 0, wanted, left); });
}

extern "C" long uk_sys_gettimeofday(uk_timeval* now, struct uk_timezone* zone) {
    return uk::syscall([&] { return uk::posix::get_day(now, zone); });
}

extern "C" long uk_sys_settimeofday(const uk_timeval* now, const struct uk_timezone* zone) {
    return uk::syscall([&] { return uk::posix::set_day(now, zone); });
}

extern "C" long uk_sys_time(int64_t* now) {
    return uk::syscall([&] { return uk::posix::seconds(now); });
}
