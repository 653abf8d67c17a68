// SPDX-License-Identifier: BSD-3-Clause
// The Linux system call instruction of x86_64 and the numbers that this platform uses.
#pragma once

#include <cstdint>

namespace uk::linuxabi {

enum class Sys : long {
    read = 0,
    write = 1,
    close = 3,
    lseek = 8,
    mmap = 9,
    mprotect = 10,
    munmap = 11,
    rt_sigaction = 13,
    rt_sigprocmask = 14,
    ioctl = 16,
    pread64 = 17,
    pwrite64 = 18,
    readv = 19,
    writev = 20,
    sched_yield = 24,
    dup = 32,
    getpid = 39,
    socket = 41,
    connect = 42,
    clone = 56,
    execve = 59,
    kill = 62,
    fcntl = 72,
    fsync = 74,
    fdatasync = 75,
    ftruncate = 77,
    umask = 95,
    rt_sigtimedwait = 128,
    sigaltstack = 131,
    fstatfs = 138,
    arch_prctl = 158,
    sched_getaffinity = 204,
    getdents64 = 217,
    timer_create = 222,
    timer_settime = 223,
    clock_gettime = 228,
    exit_group = 231,
    epoll_ctl = 233,
    tgkill = 234,
    openat = 257,
    mkdirat = 258,
    mknodat = 259,
    fchownat = 260,
    unlinkat = 263,
    linkat = 265,
    symlinkat = 266,
    readlinkat = 267,
    fchmodat = 268,
    ppoll = 271,
    utimensat = 280,
    epoll_pwait = 281,
    fallocate = 285,
    eventfd2 = 290,
    epoll_create1 = 291,
    syncfs = 306,
    renameat2 = 316,
    getrandom = 318,
    memfd_create = 319,
    statx = 332,
};

// The vDSO's clock_gettime.
inline constexpr char kVdsoClock[] = "__vdso_clock_gettime";

// One system call: its result, or -errno. Blocks as that call does; from anywhere. The kernel takes
// each argument in a register of its own, so pointers go as integers (see call.hpp).
inline long raw_syscall(Sys number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0,
                        long f = 0) {
    long result;
    register long r10 asm("r10") = d;
    register long r8 asm("r8") = e;
    register long r9 asm("r9") = f;
    asm volatile("syscall"
                 : "=a"(result)
                 : "0"(static_cast<long>(number)), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8),
                   "r"(r9)
                 : "rcx", "r11", "memory");
    return result;
}

} // namespace uk::linuxabi
