// SPDX-License-Identifier: BSD-3-Clause
// A weak function for every system call: whoever provides one replaces it. Each is a section of its
// own, so only those that somebody calls are in the image.
#include <uk/syscall.h>

#include <uk/base/errno.hpp>
#include <uk/print.h>

#include "absent.hpp"

long uk::detail::syscall_absent(const char* name, Atomic<bool>& told) {
    if (!told.exchange_acquire(true))
        uk_pr_warn("system call %s: ENOSYS, no library of this image provides it\n", name);
    return -static_cast<long>(Errno::nosys);
}

#pragma GCC diagnostic ignored "-Wunused-parameter"
#define UK_SYSCALL(name, parameters)                                                               \
    extern "C" [[gnu::weak]] long uk_sys_##name parameters {                                       \
        static constinit uk::Atomic<bool> told;                                                    \
        return uk::detail::syscall_absent(#name, told);                                            \
    }
#include <uk/syscall/list.inc>
#undef UK_SYSCALL
