// SPDX-License-Identifier: BSD-3-Clause
// Signals of one thread: the signal library's.
#include <uk/syscall.h>

#include <uk/abi/signal.h>
#include <uk/base/errno.hpp>

#include "thread.hpp"
#ifdef CONFIG_HAVE_LIBC
#include <signal.h>
#endif

using namespace uk;
using namespace uk::pthread;

// As <signal.h> declares it, where there is one: its sets are those of the system calls.
#ifdef CONFIG_HAVE_LIBC
using Set = sigset_t;
#else
using Set = uk_sigset_t;
#endif

extern "C" {

int pthread_sigmask(int how, const Set* wanted, Set* before) {
    static_assert(sizeof(Set) == sizeof(uk_sigset_t));
    return static_cast<int>(
        -uk_sys_rt_sigprocmask(how, reinterpret_cast<const uk_sigset_t*>(wanted),
                               reinterpret_cast<uk_sigset_t*>(before), sizeof(Set)));
}

// Of a thread that has ended and is not joined yet there is nothing to signal: 0, as on Linux.
int pthread_kill(pthread_t thread, int signal) {
    if (control_of(thread).ended.is_complete())
        return 0;
#ifdef CONFIG_LIBUKSCHED_IDS
    const int id = static_cast<int>(thread_of(thread).id);
    const long how = -uk_sys_tgkill(static_cast<int>(uk_sys_getpid()), id, signal);
    return static_cast<int>(how);
#else
    return signal == 0 ? 0 : static_cast<int>(Errno::nosys);
#endif
}

} // extern "C"
