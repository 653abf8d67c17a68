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
#include <uk/config.h>

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

#ifdef CONFIG_LIBSYSCALL_SHIM_C
/* For a C library: the second face of those that programs call most. An error is what uk_c_failed()
 * makes of it. The body is in both faces, so that neither is a call of the other; the image has
 * those that somebody calls. Of the type that POSIX's function has, which then is a jump. */
long uk_c_read(int fd, void* data, size_t size);
long uk_c_write(int fd, const void* data, size_t size);
long uk_c_pread64(int fd, void* data, size_t size, int64_t offset);
long uk_c_pwrite64(int fd, const void* data, size_t size, int64_t offset);
long uk_c_readv(int fd, const struct uk_iovec* pieces, unsigned long count);
long uk_c_writev(int fd, const struct uk_iovec* pieces, unsigned long count);
long uk_c_lseek(int fd, int64_t offset, int whence);
int uk_c_fcntl(int fd, int command, unsigned long argument);

/* Defined by the C library: puts the error of `result`, which is -errno, into errno; returns -1.
 * Called when all handlers of signals have run. */
long uk_c_failed(long result);
#endif

/* The system call that has this number on Linux of this architecture (<uk/abi/syscall.h>). What
 * there is no row for is -ENOSYS; the log names each such number once. */
long uk_syscall(long number, long a, long b, long c, long d, long e, long f);

#ifdef __cplusplus
}
#endif
