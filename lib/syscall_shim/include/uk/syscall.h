/* SPDX-License-Identifier: BSD-3-Clause */
/* The system calls as functions: uk_sys_read(), uk_sys_mmap() and so on.
 *
 * Each takes what Linux's of that name takes and returns what Linux returns in the register: 0 or
 * more, or -errno. A pointer that is not mapped is -EFAULT. Three doors lead here: the glue of a C
 * library, which is the only place that sets errno; C code that calls these directly; later the
 * trap of unmodified binaries.
 *
 * Thread context, without locks, from application code only: libraries below the edge call each
 * other's C++ interfaces. May block where the manual says so, and may run handlers of signals.
 *
 * A call that no library of the image provides is there all the same: it returns -ENOSYS and is
 * named in the log the first time.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <uk/abi/signal.h>

/* Their layouts are in <uk/abi/...>. */
struct uk_epoll_event;
struct uk_iovec;
struct uk_itimerspec;
struct uk_itimerval;
struct uk_mmsghdr;
struct uk_msghdr;
struct uk_open_how;
struct uk_pollfd;
struct uk_rlimit;
struct uk_rusage;
struct uk_sched_param;
struct uk_sigaction;
struct uk_sigevent;
struct uk_siginfo;
struct uk_sockaddr;
struct uk_stack;
struct uk_stat;
struct uk_statfs;
struct uk_statx;
struct uk_sysinfo;
struct uk_timespec;
struct uk_timeval;
struct uk_timezone;
struct uk_tms;
struct uk_utimbuf;
struct uk_utsname;

#ifdef __cplusplus
extern "C" {
#endif

#define UK_SYSCALL(name, parameters) long uk_sys_##name parameters;
#include <uk/syscall/list.inc>
#undef UK_SYSCALL

/* The system call that has this number on Linux of this architecture (<uk/abi/syscall.h>). What
 * there is no row for is -ENOSYS; the log names each such number once. */
long uk_syscall(long number, long a, long b, long c, long d, long e, long f);

#ifdef __cplusplus
}
#endif
