// SPDX-License-Identifier: BSD-3-Clause
// The system calls that wait for signals.
#include <uk/syscall.h>

#include <uk/abi/time.h>
#include <uk/hal/clock.hpp>
#include <uk/posix/time.hpp>
#include <uk/signal.hpp>
#include <uk/user.hpp>

#include "image.hpp"

namespace uk::signal {
namespace {

// Until a handler wants to run. Somebody else may have taken what the thread was told of.
void wait_for_work(ThreadSignals& self) {
    for (;;) {
        {
            LockGuard guard(g_lock);
            update_work(self);
            if (interrupted())
                return;
        }
        sched::park(kNever, {"signal"});
    }
}

Result<> suspend(const uk_sigset_t* mask, size_t mask_bytes) {
    if (mask_bytes != sizeof *mask)
        return Errno::inval;
    const auto wanted = UK_TRY(user::read<uk_sigset_t>(Vaddr::of(mask)));
    lend_mask(wanted.bits);
    wait_for_work(*own_signals());
    return Errno::intr;
}

Result<> pause() {
    wait_for_work(*own_signals());
    return Errno::intr;
}

Result<int> finish(ThreadSignals& self, Result<int> result) {
    LockGuard guard(g_lock);
    g_model.end_wait(self);
    update_work(self);
    return result;
}

Result<int> wait_until(ThreadSignals& self, uint64_t set, Info& info, uint64_t deadline) {
    for (;;) {
        {
            LockGuard guard(g_lock);
            if (g_model.take_waited(self, set, info)) {
                update_work(self);
                return info.number;
            }
            update_work(self);
        }
        if (interrupted())
            return finish(self, Errno::intr);
        if (deadline != kNever && hal::clock_monotonic_ns() >= deadline)
            return finish(self, Errno::again);
        sched::park(deadline, {"signal"});
    }
}

Result<int> timed_wait(const uk_sigset_t* wanted, uk_siginfo* out, const uk_timespec* timeout,
                       size_t mask_bytes) {
    if (mask_bytes != sizeof *wanted)
        return Errno::inval;
    const auto set = UK_TRY(user::read<uk_sigset_t>(Vaddr::of(wanted)));
    uint64_t deadline = kNever;
    if (timeout != nullptr) {
        const auto time = UK_TRY(user::read<uk_timespec>(Vaddr::of(timeout)));
        deadline = posix::add_ns(hal::clock_monotonic_ns(), UK_TRY(posix::to_ns(time)));
    }
    Info info;
    const int number = UK_TRY(wait_until(*own_signals(), set.bits, info, deadline));
    if (out != nullptr)
        UK_TRY(user::write(Vaddr::of(out), to_siginfo(info)));
    return number;
}

} // namespace
} // namespace uk::signal

extern "C" long uk_sys_rt_sigsuspend(const uk_sigset_t* mask, size_t mask_bytes) {
    return uk::syscall([&] { return uk::signal::suspend(mask, mask_bytes); });
}
extern "C" long uk_sys_pause() {
    return uk::syscall([&] { return uk::signal::pause(); });
}
extern "C" long uk_sys_rt_sigtimedwait(const uk_sigset_t* wanted, uk_siginfo* info,
                                       const uk_timespec* timeout, size_t mask_bytes) {
    return uk::syscall([&] { return uk::signal::timed_wait(wanted, info, timeout, mask_bytes); });
}
