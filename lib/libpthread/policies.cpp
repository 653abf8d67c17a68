// SPDX-License-Identifier: BSD-3-Clause
// <sched.h> of whole threads by number, as system calls.
#include <errno.h>
#include <sched.h>
#include <string.h>

#include <uk/abi/sched.h>
#include <uk/syscall.h>

static_assert(sizeof(struct sched_param) == sizeof(uk_sched_param));
static_assert(sizeof(cpu_set_t::__bits[0]) == sizeof(unsigned long));

// As in lib/libnewlib: errno is the C library's, and each that there is has one.
static int status(long value) {
    if (value < 0) {
        errno = static_cast<int>(-value);
        return -1;
    }
    return static_cast<int>(value);
}

static uk_sched_param* abi(struct sched_param* param) {
    return reinterpret_cast<uk_sched_param*>(param);
}
static const uk_sched_param* abi(const struct sched_param* param) {
    return reinterpret_cast<const uk_sched_param*>(param);
}

// The call says how many bytes it has filled; those behind are of CPUs that there are not.
int sched_getaffinity(pid_t thread, size_t size, cpu_set_t* set) {
    const long filled = uk_sys_sched_getaffinity(thread, size, set->__bits);
    if (filled < 0) {
        return status(filled);
    }
    const auto bytes = static_cast<size_t>(filled);
    memset(reinterpret_cast<char*>(set) + bytes, 0, size - bytes);
    return 0;
}

int sched_setaffinity(pid_t thread, size_t size, const cpu_set_t* set) {
    return status(uk_sys_sched_setaffinity(thread, size, set->__bits));
}

int sched_getscheduler(pid_t thread) {
    return status(uk_sys_sched_getscheduler(thread));
}

int sched_setscheduler(pid_t thread, int policy, const struct sched_param* param) {
    return status(uk_sys_sched_setscheduler(thread, policy, abi(param)));
}

int sched_getparam(pid_t thread, struct sched_param* param) {
    return status(uk_sys_sched_getparam(thread, abi(param)));
}

int sched_setparam(pid_t thread, const struct sched_param* param) {
    return status(uk_sys_sched_setparam(thread, abi(param)));
}

int sched_get_priority_max(int policy) {
    return status(uk_sys_sched_get_priority_max(policy));
}

int sched_get_priority_min(int policy) {
    return status(uk_sys_sched_get_priority_min(policy));
}
