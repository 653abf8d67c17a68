// SPDX-License-Identifier: BSD-3-Clause
// Who a process is: identities, groups, sessions, priorities.
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <uk/cancel_point.h>
#include <uk/syscall.h>

#include "abi.hpp"
#include "result.hpp"

// Not POSIX's: programs may have their own.
#pragma weak issetugid
#pragma weak secure_getenv
#pragma weak wait3
#pragma weak wait4

using newlib::abi;
using newlib::status;

pid_t getpid() {
    return static_cast<pid_t>(uk_sys_getpid());
}

pid_t getppid() {
    return static_cast<pid_t>(uk_sys_getppid());
}

pid_t gettid() {
    return static_cast<pid_t>(uk_sys_gettid());
}

pid_t getpgrp() {
    return status(uk_sys_getpgid(0));
}

pid_t getpgid(pid_t process) {
    return status(uk_sys_getpgid(process));
}

pid_t getsid(pid_t process) {
    return status(uk_sys_getsid(process));
}

pid_t setsid() {
    return status(uk_sys_setsid());
}

int setpgid(pid_t process, pid_t group) {
    return status(uk_sys_setpgid(process, group));
}

int setpgrp() {
    return setpgid(0, 0);
}

uid_t getuid() {
    return static_cast<uid_t>(uk_sys_getuid());
}

uid_t geteuid() {
    return static_cast<uid_t>(uk_sys_geteuid());
}

gid_t getgid() {
    return static_cast<gid_t>(uk_sys_getgid());
}

gid_t getegid() {
    return static_cast<gid_t>(uk_sys_getegid());
}

int setuid(uid_t user) {
    return status(uk_sys_setuid(user));
}

int setgid(gid_t group) {
    return status(uk_sys_setgid(group));
}

int seteuid(uid_t user) {
    return status(uk_sys_setresuid(~0U, user, ~0U));
}

int setegid(gid_t group) {
    return status(uk_sys_setresgid(~0U, group, ~0U));
}

int setreuid(uid_t real, uid_t effective) {
    return status(uk_sys_setreuid(real, effective));
}

int setregid(gid_t real, gid_t effective) {
    return status(uk_sys_setregid(real, effective));
}

int setresuid(uid_t real, uid_t effective, uid_t saved) {
    return status(uk_sys_setresuid(real, effective, saved));
}

int setresgid(gid_t real, gid_t effective, gid_t saved) {
    return status(uk_sys_setresgid(real, effective, saved));
}

int getresuid(uid_t* real, uid_t* effective, uid_t* saved) {
    return status(uk_sys_getresuid(real, effective, saved));
}

int getresgid(gid_t* real, gid_t* effective, gid_t* saved) {
    return status(uk_sys_getresgid(real, effective, saved));
}

int getgroups(int most, gid_t groups[]) {
    return status(uk_sys_getgroups(most, groups));
}

int setgroups(int count, const gid_t* groups) {
    return status(uk_sys_setgroups(count, groups));
}

// The system call answers 20 - priority, so that a result below 0 is an error.
int getpriority(int which, id_t who) {
    const long given = uk_sys_getpriority(which, static_cast<int>(who));
    return given < 0 ? status(given) : 20 - static_cast<int>(given);
}

int setpriority(int which, id_t who, int priority) {
    return status(uk_sys_setpriority(which, static_cast<int>(who), priority));
}

int nice(int more) {
    errno = 0;
    const int now = getpriority(PRIO_PROCESS, 0);
    if ((now == -1 && errno != 0) || setpriority(PRIO_PROCESS, 0, now + more) != 0) {
        return -1;
    }
    return getpriority(PRIO_PROCESS, 0);
}

int sched_yield() {
    return status(uk_sys_sched_yield());
}

pid_t fork() {
    return status(uk_sys_fork());
}

pid_t vfork() {
    return fork();
}

pid_t wait(int* how) {
    return status(UK_CANCELLABLE(uk_sys_wait4(-1, how, 0, nullptr)));
}

pid_t waitpid(pid_t process, int* how, int options) {
    return status(UK_CANCELLABLE(uk_sys_wait4(process, how, options, nullptr)));
}

pid_t wait4(pid_t process, int* how, int options, struct rusage* usage) {
    return status(UK_CANCELLABLE(uk_sys_wait4(process, how, options, abi(usage))));
}

pid_t wait3(int* how, int options, struct rusage* usage) {
    return status(UK_CANCELLABLE(uk_sys_wait4(-1, how, options, abi(usage))));
}

// What differs from waitpid() is what is told of a child, and there is none.
int waitid(idtype_t kind, id_t id, siginfo_t* /*info*/, int options) {
    constexpr int kEnds = WEXITED | WSTOPPED | WCONTINUED;
    if ((options & kEnds) == 0 || (options & ~(kEnds | WNOHANG | WNOWAIT)) != 0 ||
        (kind != P_ALL && kind != P_PID && kind != P_PGID)) {
        errno = EINVAL;
        return -1;
    }
    const int process = kind == P_PID ? static_cast<int>(id) : -1;
    return status(UK_CANCELLABLE(uk_sys_wait4(process, nullptr, options & WNOHANG, nullptr)));
}

// Nothing that runs has more rights than who started it.
int issetugid() {
    return 0;
}

char* secure_getenv(const char* name) {
    return getenv(name);
}
