// SPDX-License-Identifier: BSD-3-Clause
// Timers that send signals: timer_create() and its relatives, setitimer(), alarm().
#include <uk/syscall.h>

#include <new>

#include <uk/abi/signal.h>
#include <uk/abi/time.h>
#include <uk/alloc/heap.hpp>
#include <uk/hal/clock.hpp>
#include <uk/posix/time.hpp>
#include <uk/signal.hpp>
#include <uk/spinlock.hpp>
#include <uk/syscall/edge.hpp>
#include <uk/timer.hpp>
#include <uk/user.hpp>

namespace uk::signal {
namespace {

using posix::to_ns;

constexpr unsigned kMost = 32;

// When a timer ends, in nanoseconds: from now, and again each so often. 0: never.
struct Period {
    uint64_t first = 0;
    uint64_t interval = 0;
};

// Guarded by g_lock_of_timers, but for `timer`, which guards itself.
struct SignalTimer {
    static void fire(void* argument);

    constexpr SignalTimer() : timer(fire, this) {}

    Timer timer;
    uint64_t interval = 0;
    uint64_t deadline = 0; // 0: not armed
    int clock = UK_CLOCK_MONOTONIC;
    int notify = UK_SIGEV_SIGNAL;
    uint32_t thread = 0; // of SIGEV_THREAD_ID
    uint32_t overruns = 0;
    Info info; // what is sent
};

using TimersLock = Spinlock<LockRank::subsystem>;
constinit TimersLock g_lock_of_timers;
constinit SignalTimer* g_timers[kMost] = {};
constinit SignalTimer g_alarm;

// In the thread of the timers. Whoever was late by whole intervals is told how many.
void SignalTimer::fire(void* argument) {
    auto& self = *static_cast<SignalTimer*>(argument);
    Info info;
    int notify = 0;
    uint32_t thread = 0;
    {
        LockGuard guard(g_lock_of_timers);
        if (self.deadline == 0)
            return;
        self.overruns = 0;
        if (self.interval != 0) {
            const uint64_t late = hal::clock_monotonic_ns() - self.deadline;
            self.overruns = static_cast<uint32_t>(late / self.interval);
            self.deadline += (uint64_t{self.overruns} + 1) * self.interval;
            (void)self.timer.start_at(self.deadline); // cannot fail here
        } else {
            self.deadline = 0;
        }
        info = self.info;
        info.extra = info.code == UK_SI_TIMER ? self.overruns : 0;
        notify = self.notify;
        thread = self.thread;
    }
    if (notify == UK_SIGEV_SIGNAL) {
        (void)send(info); // one that finds no room is lost, as an overrun
    } else if (notify == UK_SIGEV_THREAD_ID) {
        if (const Ref<Thread> to = sched::find(thread))
            (void)send(*to, info);
    }
}

Period left_of(const SignalTimer& timer) {
    const uint64_t now = hal::clock_monotonic_ns();
    if (timer.deadline == 0)
        return {0, timer.interval};
    return {timer.deadline > now ? timer.deadline - now : 1, timer.interval};
}

// At `deadline`, 0: not at all. Returns what was left. With the lock held.
Result<Period> arm(SignalTimer& timer, uint64_t deadline, uint64_t interval) {
    const Period before = left_of(timer);
    if (deadline != 0)
        UK_TRY(timer.timer.start_at(deadline));
    else
        (void)timer.timer.try_cancel();
    timer.deadline = deadline;
    timer.interval = interval;
    return before;
}

uint64_t in(uint64_t ns) {
    return ns == 0 ? 0 : posix::add_ns(hal::clock_monotonic_ns(), ns);
}

// --- the alarm ---

Result<Period> set_alarm(Period wanted) {
    UK_TRY(timers_prepare());
    LockGuard guard(g_lock_of_timers);
    g_alarm.info = {UK_SIGALRM, UK_SI_KERNEL, 0, 0, 0};
    return arm(g_alarm, in(wanted.first), wanted.interval);
}

// The other two measure CPU time, of which there is no account.
Result<> check_kind(int which) {
    if (which == UK_ITIMER_VIRTUAL || which == UK_ITIMER_PROF)
        return Errno::nosys;
    return which == UK_ITIMER_REAL ? Errno::ok : Errno::inval;
}

Result<> write_interval(uk_itimerval* to, Period period) {
    return user::write(Vaddr::of(to), uk_itimerval{posix::to_timeval(period.interval),
                                                   posix::to_timeval(period.first)});
}

Result<> get_interval(int which, uk_itimerval* now) {
    UK_TRY(check_kind(which));
    Period period;
    {
        LockGuard guard(g_lock_of_timers);
        period = left_of(g_alarm);
    }
    return write_interval(now, period);
}

Result<> set_interval(int which, const uk_itimerval* wanted, uk_itimerval* before) {
    UK_TRY(check_kind(which));
    const auto given = UK_TRY(user::read<uk_itimerval>(Vaddr::of(wanted)));
    const Period period{UK_TRY(to_ns(given.it_value)), UK_TRY(to_ns(given.it_interval))};
    const Period last = UK_TRY(set_alarm(period));
    return before == nullptr ? ok() : write_interval(before, last);
}

// What was left, in seconds: at least one.
Result<unsigned> alarm_in(unsigned seconds) {
    const Period last = UK_TRY(set_alarm({seconds * posix::kSecondNs, 0}));
    const uint64_t rounded = (last.first + posix::kSecondNs / 2) / posix::kSecondNs;
    return static_cast<unsigned>(last.first != 0 && rounded == 0 ? 1 : rounded);
}

// --- timers by number ---

Result<SignalTimer*> timer_of(int number) {
    const auto index = static_cast<unsigned>(number);
    if (index >= kMost || g_timers[index] == nullptr)
        return Errno::inval;
    return g_timers[index];
}

Result<> describe(SignalTimer& timer, const uk_sigevent* event, int number) {
    const auto id = static_cast<uint64_t>(number);
    timer.info = {UK_SIGALRM, UK_SI_TIMER, number, 0, id};
    if (event == nullptr)
        return ok();
    const auto given = UK_TRY(user::read<uk_sigevent>(Vaddr::of(event)));
    timer.notify = given.sigev_notify;
    timer.thread = static_cast<uint32_t>(given.how.tid);
    timer.info.number = given.sigev_signo;
    timer.info.value = reinterpret_cast<uint64_t>(given.sigev_value.sival_ptr);
    switch (given.sigev_notify) {
    case UK_SIGEV_NONE:
        return ok();
    case UK_SIGEV_THREAD_ID:
        if (!sched::find(timer.thread))
            return Errno::inval;
        [[fallthrough]];
    case UK_SIGEV_SIGNAL:
        return is_signal(given.sigev_signo) ? Errno::ok : Errno::inval;
    default:
        return Errno::inval;
    }
}

Result<int> put(SignalTimer& timer) {
    LockGuard guard(g_lock_of_timers);
    for (unsigned i = 0; i < kMost; i++) {
        if (g_timers[i] == nullptr) {
            g_timers[i] = &timer;
            return static_cast<int>(i);
        }
    }
    return Errno::again;
}

void drop(SignalTimer& timer) {
    timer.timer.cancel();
    heap::deallocate(&timer);
}

SignalTimer* take_out(int number) {
    LockGuard guard(g_lock_of_timers);
    const Result<SignalTimer*> timer = timer_of(number);
    if (!timer.ok())
        return nullptr;
    g_timers[number] = nullptr;
    timer.value()->deadline = 0;
    return timer.value();
}

Result<> finish_creating(SignalTimer& timer, int number, int clock, const uk_sigevent* event,
                         int* out) {
    UK_TRY(posix::deadline_at(clock, 0));
    UK_TRY(timers_prepare());
    timer.clock = clock;
    UK_TRY(describe(timer, event, number));
    return user::write(Vaddr::of(out), number);
}

Result<> create(int clock, const uk_sigevent* event, int* out) {
    void* memory = heap::allocate(sizeof(SignalTimer));
    if (memory == nullptr)
        return Errno::nomem;
    auto* timer = ::new (memory) SignalTimer;
    const Result<int> number = put(*timer);
    if (!number.ok()) {
        heap::deallocate(timer);
        return number.error();
    }
    const Result<> done = finish_creating(*timer, number.value(), clock, event, out);
    if (!done.ok() && take_out(number.value()) != nullptr)
        drop(*timer);
    return done;
}

Result<> remove(int number) {
    SignalTimer* const timer = take_out(number);
    if (timer == nullptr)
        return Errno::inval;
    drop(*timer);
    return ok();
}

Result<> write_period(uk_itimerspec* to, Period period) {
    return user::write(Vaddr::of(to), uk_itimerspec{posix::to_timespec(period.interval),
                                                    posix::to_timespec(period.first)});
}

Result<> get(int number, uk_itimerspec* now) {
    Period period;
    {
        LockGuard guard(g_lock_of_timers);
        period = left_of(*UK_TRY(timer_of(number)));
    }
    return write_period(now, period);
}

Result<uint64_t> moment(int number, int flags, uint64_t ns) {
    int clock = 0;
    {
        LockGuard guard(g_lock_of_timers);
        clock = UK_TRY(timer_of(number))->clock;
    }
    if (ns == 0 || flags != UK_TIMER_ABSTIME)
        return in(ns);
    const uint64_t deadline = UK_TRY(posix::deadline_at(clock, ns));
    return deadline == 0 ? 1 : deadline; // over: at once
}

Result<> set(int number, int flags, const uk_itimerspec* wanted, uk_itimerspec* before) {
    const auto given = UK_TRY(user::read<uk_itimerspec>(Vaddr::of(wanted)));
    const uint64_t deadline = UK_TRY(moment(number, flags, UK_TRY(to_ns(given.it_value))));
    const uint64_t interval = UK_TRY(to_ns(given.it_interval));
    Period last;
    {
        LockGuard guard(g_lock_of_timers);
        SignalTimer& timer = *UK_TRY(timer_of(number));
        last = UK_TRY(arm(timer, deadline, interval));
    }
    return before == nullptr ? ok() : write_period(before, last);
}

Result<uint32_t> overruns(int number) {
    LockGuard guard(g_lock_of_timers);
    return UK_TRY(timer_of(number))->overruns;
}

} // namespace
} // namespace uk::signal

extern "C" long uk_sys_alarm(unsigned seconds) {
    return uk::syscall([&] { return uk::signal::alarm_in(seconds); });
}
extern "C" long uk_sys_getitimer(int which, uk_itimerval* now) {
    return uk::syscall([&] { return uk::signal::get_interval(which, now); });
}
extern "C" long uk_sys_setitimer(int which, const uk_itimerval* wanted, uk_itimerval* before) {
    return uk::syscall([&] { return uk::signal::set_interval(which, wanted, before); });
}
extern "C" long uk_sys_timer_create(int clock, uk_sigevent* event, int* timer) {
    return uk::syscall([&] { return uk::signal::create(clock, event, timer); });
}
extern "C" long uk_sys_timer_delete(int timer) {
    return uk::syscall([&] { return uk::signal::remove(timer); });
}
extern "C" long uk_sys_timer_getoverrun(int timer) {
    return uk::syscall([&] { return uk::signal::overruns(timer); });
}
extern "C" long uk_sys_timer_gettime(int timer, uk_itimerspec* now) {
    return uk::syscall([&] { return uk::signal::get(timer, now); });
}
extern "C" long uk_sys_timer_settime(int timer, int flags, const uk_itimerspec* wanted,
                                     uk_itimerspec* before) {
    return uk::syscall([&] { return uk::signal::set(timer, flags, wanted, before); });
}
