// SPDX-License-Identifier: BSD-3-Clause
// Signals: POSIX's and C's functions as system calls. Sets are plain numbers: bit n - 1 is signal
// n.
#include <errno.h>
#include <reent.h>
#include <setjmp.h>
#include <signal.h>
#include <unistd.h>

#include <uk/cancel_point.h>
#include <uk/syscall.h>

#include "abi.hpp"
#include "result.hpp"

using newlib::abi;
using newlib::result;
using newlib::status;

static constexpr size_t kMaskBytes = sizeof(sigset_t);

static bool exists(int number) {
    if (number < 1 || number > UK_NSIG) {
        errno = EINVAL;
        return false;
    }
    return true;
}

static sigset_t bit(int number) {
    return sigset_t{1} << (number - 1);
}

int sigemptyset(sigset_t* set) {
    *set = 0;
    return 0;
}

int sigfillset(sigset_t* set) {
    *set = ~sigset_t{0};
    return 0;
}

int sigaddset(sigset_t* set, int number) {
    if (!exists(number)) {
        return -1;
    }
    *set |= bit(number);
    return 0;
}

int sigdelset(sigset_t* set, int number) {
    if (!exists(number)) {
        return -1;
    }
    *set &= ~bit(number);
    return 0;
}

int sigismember(const sigset_t* set, int number) {
    return !exists(number) ? -1 : (*set & bit(number)) != 0;
}

int sigaction(int number, const struct sigaction* wanted, struct sigaction* before) {
    return status(uk_sys_rt_sigaction(number, abi(wanted), abi(before), kMaskBytes));
}

// As BSD and Linux have it: the handler stays, and system calls go on after it.
_sig_func_ptr signal(int number, _sig_func_ptr handler) {
    struct sigaction wanted = {}, before = {};
    wanted.sa_handler = handler;
    wanted.sa_flags = SA_RESTART;
    return sigaction(number, &wanted, &before) == 0 ? before.sa_handler : SIG_ERR;
}

int siginterrupt(int number, int interrupt) {
    struct sigaction action;
    if (sigaction(number, nullptr, &action) != 0) {
        return -1;
    }
    if (interrupt != 0) {
        action.sa_flags &= ~static_cast<unsigned long>(SA_RESTART);
    } else {
        action.sa_flags |= SA_RESTART;
    }
    return sigaction(number, &action, nullptr);
}

int sigprocmask(int how, const sigset_t* set, sigset_t* before) {
    return status(uk_sys_rt_sigprocmask(how, abi(set), abi(before), kMaskBytes));
}

int sigpending(sigset_t* set) {
    return status(uk_sys_rt_sigpending(abi(set), kMaskBytes));
}

int sigsuspend(const sigset_t* mask) {
    return status(UK_CANCELLABLE(uk_sys_rt_sigsuspend(abi(mask), kMaskBytes)));
}

int sigtimedwait(const sigset_t* __restrict set, siginfo_t* __restrict info,
                 const struct timespec* __restrict timeout) {
    return status(
        UK_CANCELLABLE(uk_sys_rt_sigtimedwait(abi(set), abi(info), abi(timeout), kMaskBytes)));
}

int sigwaitinfo(const sigset_t* __restrict set, siginfo_t* __restrict info) {
    return sigtimedwait(set, info, nullptr);
}

// The number of the error, and never EINTR.
int sigwait(const sigset_t* __restrict set, int* __restrict number) {
    long came;
    do {
        came = UK_CANCELLABLE(uk_sys_rt_sigtimedwait(abi(set), nullptr, nullptr, kMaskBytes));
    } while (came == -EINTR);
    if (came < 0) {
        return static_cast<int>(-came);
    }
    *number = static_cast<int>(came);
    return 0;
}

int sigqueue(pid_t process, int number, union sigval value) {
    siginfo_t info = {};
    info.si_signo = number;
    info.si_code = SI_QUEUE;
    info.si_pid = getpid();
    info.si_uid = getuid();
    info.si_value = value;
    return status(uk_sys_rt_sigqueueinfo(process, number, abi(&info)));
}

int sigaltstack(const stack_t* __restrict wanted, stack_t* __restrict before) {
    return status(uk_sys_sigaltstack(abi(wanted), abi(before)));
}

int kill(pid_t process, int number) {
    return status(uk_sys_kill(process, number));
}

int killpg(pid_t group, int number) {
    return group >= 0 ? kill(-group, number) : status(-EINVAL);
}

// To the calling thread, whose handler has run when this returns.
int raise(int number) {
    return status(uk_sys_tgkill(static_cast<int>(uk_sys_getpid()),
                                static_cast<int>(uk_sys_gettid()), number));
}

int pause() {
    return status(UK_CANCELLABLE(uk_sys_pause()));
}

void __sigsetjmp_mask(sigjmp_buf place, int save) {
    place->__has_mask = save;
    if (save != 0) {
        (void)uk_sys_rt_sigprocmask(SIG_SETMASK, nullptr, abi(&place->__mask), kMaskBytes);
    }
}

void siglongjmp(sigjmp_buf place, int value) {
    if (place->__has_mask != 0) {
        (void)uk_sys_rt_sigprocmask(SIG_SETMASK, abi(&place->__mask), nullptr, kMaskBytes);
    }
    longjmp(place->__place, value);
}
