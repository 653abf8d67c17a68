// SPDX-License-Identifier: BSD-3-Clause
// Private: the C library's structures as the system calls name them. They are the same, which
// abi.cpp proves.
#pragma once

#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <time.h>

#include <uk/abi/poll.h>
#include <uk/abi/resource.h>
#include <uk/abi/signal.h>
#include <uk/abi/socket.h>
#include <uk/abi/stat.h>
#include <uk/abi/statfs.h>
#include <uk/abi/sysinfo.h>
#include <uk/abi/time.h>
#include <uk/abi/uio.h>
#include <uk/abi/utsname.h>

namespace newlib {

#define NEWLIB_SAME(ours, theirs)                                                                  \
    inline theirs* abi(ours* one) {                                                                \
        return reinterpret_cast<theirs*>(one);                                                     \
    }                                                                                              \
    inline const theirs* abi(const ours* one) {                                                    \
        return reinterpret_cast<const theirs*>(one);                                               \
    }
NEWLIB_SAME(struct stat, uk_stat)
NEWLIB_SAME(struct statx, uk_statx)
NEWLIB_SAME(struct statfs, uk_statfs)
NEWLIB_SAME(struct timespec, uk_timespec)
NEWLIB_SAME(struct timeval, uk_timeval)
NEWLIB_SAME(struct itimerval, uk_itimerval)
NEWLIB_SAME(struct itimerspec, uk_itimerspec)
NEWLIB_SAME(struct tms, uk_tms)
NEWLIB_SAME(struct rlimit, uk_rlimit)
NEWLIB_SAME(struct rusage, uk_rusage)
NEWLIB_SAME(struct utsname, uk_utsname)
NEWLIB_SAME(struct iovec, uk_iovec)
NEWLIB_SAME(struct pollfd, uk_pollfd)
NEWLIB_SAME(struct sockaddr, uk_sockaddr)
NEWLIB_SAME(struct msghdr, uk_msghdr)
NEWLIB_SAME(struct mmsghdr, uk_mmsghdr)
NEWLIB_SAME(struct sysinfo, uk_sysinfo)
NEWLIB_SAME(struct sigaction, uk_sigaction)
NEWLIB_SAME(siginfo_t, uk_siginfo)
NEWLIB_SAME(stack_t, uk_stack)
NEWLIB_SAME(sigset_t, uk_sigset)
NEWLIB_SAME(struct sigevent, uk_sigevent)
#undef NEWLIB_SAME

} // namespace newlib
