// SPDX-License-Identifier: BSD-3-Clause
// Proof that the C library's structures and constants are those of the system calls: sizes, and the
// place and size of every member.
#include "abi.hpp"

#include <sys/dirent.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/fcntl.h>
#include <sys/ioctl.h>
#include <sys/termios.h>

#include <uk/abi/dirent.h>
#include <uk/abi/epoll.h>
#include <uk/abi/signalfd.h>
#include <uk/abi/fcntl.h>
#include <uk/abi/termios.h>

#include "same.hpp"

SIZE(stat);
SAME(stat, st_dev);
SAME(stat, st_ino);
SAME(stat, st_nlink);
SAME(stat, st_mode);
SAME(stat, st_uid);
SAME(stat, st_gid);
SAME(stat, st_rdev);
SAME(stat, st_size);
SAME(stat, st_blksize);
SAME(stat, st_blocks);
SAME(stat, st_atim);
SAME(stat, st_mtim);
SAME(stat, st_ctim);
SIZE(statx);
SAME(statx, stx_mask);
SAME(statx, stx_blksize);
SAME(statx, stx_attributes);
SAME(statx, stx_nlink);
SAME(statx, stx_uid);
SAME(statx, stx_gid);
SAME(statx, stx_mode);
SAME(statx, stx_ino);
SAME(statx, stx_size);
SAME(statx, stx_blocks);
SAME(statx, stx_attributes_mask);
SAME(statx, stx_atime);
SAME(statx, stx_btime);
SAME(statx, stx_ctime);
SAME(statx, stx_mtime);
SAME(statx, stx_rdev_major);
SAME(statx, stx_rdev_minor);
SAME(statx, stx_dev_major);
SAME(statx, stx_dev_minor);
SAME(statx, stx_mnt_id);
SAME(statx, stx_dio_mem_align);
SAME(statx, stx_dio_offset_align);
SIZE(statx_timestamp);
SAME(statx_timestamp, tv_sec);
SAME(statx_timestamp, tv_nsec);
SIZE(statfs);
SAME(statfs, f_type);
SAME(statfs, f_bsize);
SAME(statfs, f_blocks);
SAME(statfs, f_bfree);
SAME(statfs, f_bavail);
SAME(statfs, f_files);
SAME(statfs, f_ffree);
SAME(statfs, f_fsid);
SAME(statfs, f_namelen);
SAME(statfs, f_frsize);
SAME(statfs, f_flags);
SIZE(timespec);
SAME(timespec, tv_sec);
SAME(timespec, tv_nsec);
SIZE(timeval);
SAME(timeval, tv_sec);
SAME(timeval, tv_usec);
SIZE(itimerval);
SAME(itimerval, it_interval);
SAME(itimerval, it_value);
SIZE(itimerspec);
SAME(itimerspec, it_interval);
SAME(itimerspec, it_value);
SIZE(tms);
SAME(tms, tms_utime);
SAME(tms, tms_stime);
SAME(tms, tms_cutime);
SAME(tms, tms_cstime);
SIZE(rlimit);
SAME(rlimit, rlim_cur);
SAME(rlimit, rlim_max);
SIZE(rusage);
SAME(rusage, ru_utime);
SAME(rusage, ru_stime);
SAME(rusage, ru_maxrss);
SAME(rusage, ru_minflt);
SAME(rusage, ru_majflt);
SAME(rusage, ru_nvcsw);
SAME(rusage, ru_nivcsw);
SIZE(utsname);
SAME(utsname, sysname);
SAME(utsname, nodename);
SAME(utsname, release);
SAME(utsname, version);
SAME(utsname, machine);
SAME(utsname, domainname);
SIZE(iovec);
SAME(iovec, iov_base);
SAME(iovec, iov_len);
SIZE(pollfd);
SAME(pollfd, fd);
SAME(pollfd, events);
SAME(pollfd, revents);
SIZE(sysinfo);
SAME(sysinfo, uptime);
SAME(sysinfo, loads);
SAME(sysinfo, totalram);
SAME(sysinfo, freeram);
SAME(sysinfo, procs);
SAME(sysinfo, totalhigh);
SAME(sysinfo, mem_unit);
SIZE(flock);
SAME(flock, l_type);
SAME(flock, l_whence);
SAME(flock, l_start);
SAME(flock, l_len);
SAME(flock, l_pid);
SIZE(termios);
SAME(termios, c_iflag);
SAME(termios, c_oflag);
SAME(termios, c_cflag);
SAME(termios, c_lflag);
SAME(termios, c_line);
SAME(termios, c_cc);
SIZE(winsize);
SAME(winsize, ws_row);
SAME(winsize, ws_col);
SIZE(epoll_event);
SAME(epoll_event, events);
SAME(epoll_event, data);
SIZE(signalfd_siginfo);
SAME(signalfd_siginfo, ssi_band);
SAME(signalfd_siginfo, ssi_ptr);
SAME(signalfd_siginfo, ssi_arch);
SIZE(sigevent);
SAME(sigevent, sigev_value);
SAME(sigevent, sigev_signo);
SAME(sigevent, sigev_notify);
MEMBER(struct sigevent, sigev_notify_function, uk_sigevent, how.thread.function);
MEMBER(struct sigevent, sigev_notify_thread_id, uk_sigevent, how.tid);
static_assert(sizeof(sigset_t) == sizeof(uk_sigset_t));
static_assert(sizeof(fd_set) == sizeof(uk_fd_set));
static_assert(sizeof(stack_t) == sizeof(uk_stack));
MEMBER(stack_t, ss_sp, uk_stack, ss_sp);
MEMBER(stack_t, ss_flags, uk_stack, ss_flags);
MEMBER(stack_t, ss_size, uk_stack, ss_size);
SIZE(sigaction);
MEMBER(struct sigaction, sa_handler, uk_sigaction, handler);
MEMBER(struct sigaction, sa_sigaction, uk_sigaction, handler);
MEMBER(struct sigaction, sa_flags, uk_sigaction, flags);
MEMBER(struct sigaction, sa_restorer, uk_sigaction, restorer);
MEMBER(struct sigaction, sa_mask, uk_sigaction, mask);
static_assert(sizeof(sigevent) == sizeof(uk_sigevent));
MEMBER(sigevent, sigev_value, uk_sigevent, sigev_value);
MEMBER(sigevent, sigev_signo, uk_sigevent, sigev_signo);
MEMBER(sigevent, sigev_notify, uk_sigevent, sigev_notify);
static_assert(sizeof(siginfo_t) == sizeof(uk_siginfo));
MEMBER(siginfo_t, si_signo, uk_siginfo, si_signo);
MEMBER(siginfo_t, si_errno, uk_siginfo, si_errno);
MEMBER(siginfo_t, si_code, uk_siginfo, si_code);
MEMBER(siginfo_t, si_pid, uk_siginfo, fields.rt.pid);
MEMBER(siginfo_t, si_uid, uk_siginfo, fields.rt.uid);
MEMBER(siginfo_t, si_value, uk_siginfo, fields.rt.value);
MEMBER(siginfo_t, si_timerid, uk_siginfo, fields.timer.timerid);
MEMBER(siginfo_t, si_overrun, uk_siginfo, fields.timer.overrun);
static_assert(offsetof(siginfo_t, si_value) == offsetof(uk_siginfo, fields.timer.value));
MEMBER(siginfo_t, si_status, uk_siginfo, fields.child.status);
MEMBER(siginfo_t, si_utime, uk_siginfo, fields.child.utime);
MEMBER(siginfo_t, si_stime, uk_siginfo, fields.child.stime);
MEMBER(siginfo_t, si_addr, uk_siginfo, fields.fault.addr);
MEMBER(siginfo_t, si_addr_lsb, uk_siginfo, fields.fault.addr_lsb);
MEMBER(siginfo_t, si_lower, uk_siginfo, fields.fault.lower);
MEMBER(siginfo_t, si_upper, uk_siginfo, fields.fault.upper);
MEMBER(siginfo_t, si_band, uk_siginfo, fields.poll.band);
MEMBER(siginfo_t, si_fd, uk_siginfo, fields.poll.fd);
// A program's entries have room for any name; the system writes shorter ones.
static_assert(offsetof(struct dirent, d_name) == offsetof(uk_dirent64, d_name));
MEMBER(struct dirent, d_ino, uk_dirent64, d_ino);
MEMBER(struct dirent, d_off, uk_dirent64, d_off);
MEMBER(struct dirent, d_reclen, uk_dirent64, d_reclen);
MEMBER(struct dirent, d_type, uk_dirent64, d_type);
