// SPDX-License-Identifier: BSD-3-Clause
// The Linux system call instruction of arm64 and the numbers that this platform uses.
#pragma once

#include <cstdint>

namespace uk::linuxabi {

enum class Sys : long {
    eventfd2 = 19,
    epoll_create1 = 20,
    epoll_ctl = 21,
    epoll_pwait = 22,
    dup = 23,
    fcntl = 25,
    ioctl = 29,
    mknodat = 33,
    mkdirat = 34,
    unlinkat = 35,
    symlinkat = 36,
    linkat = 37,
    fstatfs = 44,
    ftruncate = 46,
    fallocate = 47,
    fchmodat = 53,
    fchownat = 54,
    openat = 56,
    close = 57,
    getdents64 = 61,
    lseek = 62,
    read = 63,
    write = 64,
    readv = 65,
    writev = 66,
    pread64 = 67,
    pwrite64 = 68,
    ppoll = 73,
    readlinkat = 78,
    fsync = 82,
    fdatasync = 83,
    utimensat = 88,
    exit_group = 94,
    timer_create = 107,
    timer_settime = 110,
    clock_gettime = 113,
    sched_getaffinity = 123,
    sched_yield = 124,
    kill = 129,
    tgkill = 131,
    sigaltstack = 132,
    rt_sigaction = 134,
    rt_sigprocmask = 135,
    rt_sigtimedwait = 137,
    umask = 166,
    getpid = 172,
    socket = 198,
    connect = 203,
    munmap = 215,
    clone = 220,
    execve = 221,
    mmap = 222,
    mprotect = 226,
    syncfs = 267,
    renameat2 = 276,
    getrandom = 278,
    memfd_create = 279,
    statx = 291,
};

// The vDSO's clock_gettime.
inline constexpr char kVdsoClock[] = "__kernel_clock_gettime";

// One system call: its result, or -errno. Blocks as that call does; from anywhere. The kernel takes
// each argument in a register of its own, so pointers go as integers (see call.hpp).
inline long raw_syscall(Sys number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0,
                        long f = 0) {
    register long x8 asm("x8") = static_cast<long>(number);
    register long x0 asm("x0") = a;
    register long x1 asm("x1") = b;
    register long x2 asm("x2") = c;
    register long x3 asm("x3") = d;
    register long x4 asm("x4") = e;
    register long x5 asm("x5") = f;
    asm volatile("svc #0"
                 : "+r"(x0)
                 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                 : "memory", "cc");
    return x0;
}

} // namespace uk::linuxabi
