// SPDX-License-Identifier: BSD-3-Clause
// Signals of one thread: the signal library's.
#include <uk/syscall.h>

#include <uk/abi/signal.h>
#include <uk/base/errno.hpp>

#include "thread.hpp"

using namespace uk;
using namespace uk::pthread;

extern "C" {

// As <signal.h> of the C library declares it, whose sigset_t is that of the system calls.
int pthread_sigmask(int how, const uk_sigset_t* wanted, uk_sigset_t* before) {
    return static_cast<int>(-uk_sys_rt_sigprocmask(how, wanted, before, sizeof(uint64_t)));
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
