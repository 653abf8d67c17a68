// SPDX-License-Identifier: BSD-3-Clause
// Processes beside this one: there are none, so what would start one ends as fork() does, and what
// only prepares it works.
#include <spawn.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <uk/syscall.h>

// Programs have one of their own.
#pragma weak daemon

int posix_spawn(pid_t* __restrict /*process*/, const char* __restrict /*path*/,
                const posix_spawn_file_actions_t* /*actions*/,
                const posix_spawnattr_t* __restrict /*attributes*/, char* const /*arguments*/[],
                char* const /*environment*/[]) {
    return static_cast<int>(-uk_sys_fork());
}

int posix_spawnp(pid_t* __restrict process, const char* __restrict file,
                 const posix_spawn_file_actions_t* actions,
                 const posix_spawnattr_t* __restrict attributes, char* const arguments[],
                 char* const environment[]) {
    return posix_spawn(process, file, actions, attributes, arguments, environment);
}

int posix_spawnattr_init(posix_spawnattr_t* attributes) {
    *attributes = {};
    return 0;
}

int posix_spawnattr_destroy(posix_spawnattr_t* /*attributes*/) {
    return 0;
}

int posix_spawnattr_getflags(const posix_spawnattr_t* __restrict attributes,
                             short* __restrict flags) {
    *flags = attributes->uk_flags;
    return 0;
}

int posix_spawnattr_setflags(posix_spawnattr_t* attributes, short flags) {
    constexpr int kAll = POSIX_SPAWN_RESETIDS | POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF |
                         POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSCHEDPARAM |
                         POSIX_SPAWN_SETSCHEDULER;
    if ((flags & ~kAll) != 0) {
        return EINVAL;
    }
    attributes->uk_flags = flags;
    return 0;
}

int posix_spawnattr_getpgroup(const posix_spawnattr_t* __restrict attributes,
                              pid_t* __restrict group) {
    *group = attributes->uk_group;
    return 0;
}

int posix_spawnattr_setpgroup(posix_spawnattr_t* attributes, pid_t group) {
    attributes->uk_group = group;
    return 0;
}

int posix_spawnattr_getsigdefault(const posix_spawnattr_t* __restrict attributes,
                                  sigset_t* __restrict signals) {
    *signals = attributes->uk_default;
    return 0;
}

int posix_spawnattr_setsigdefault(posix_spawnattr_t* __restrict attributes,
                                  const sigset_t* __restrict signals) {
    attributes->uk_default = *signals;
    return 0;
}

int posix_spawnattr_getsigmask(const posix_spawnattr_t* __restrict attributes,
                               sigset_t* __restrict mask) {
    *mask = attributes->uk_mask;
    return 0;
}

int posix_spawnattr_setsigmask(posix_spawnattr_t* __restrict attributes,
                               const sigset_t* __restrict mask) {
    attributes->uk_mask = *mask;
    return 0;
}

int posix_spawnattr_getschedparam(const posix_spawnattr_t* __restrict attributes,
                                  struct sched_param* __restrict parameters) {
    *parameters = {};
    parameters->sched_priority = attributes->uk_priority;
    return 0;
}

int posix_spawnattr_setschedparam(posix_spawnattr_t* __restrict attributes,
                                  const struct sched_param* __restrict parameters) {
    attributes->uk_priority = parameters->sched_priority;
    return 0;
}

int posix_spawnattr_getschedpolicy(const posix_spawnattr_t* __restrict attributes,
                                   int* __restrict policy) {
    *policy = attributes->uk_policy;
    return 0;
}

int posix_spawnattr_setschedpolicy(posix_spawnattr_t* attributes, int policy) {
    attributes->uk_policy = policy;
    return 0;
}

int posix_spawn_file_actions_init(posix_spawn_file_actions_t* actions) {
    *actions = {};
    return 0;
}

int posix_spawn_file_actions_destroy(posix_spawn_file_actions_t* /*actions*/) {
    return 0;
}

int posix_spawn_file_actions_addopen(posix_spawn_file_actions_t* __restrict /*actions*/, int fd,
                                     const char* __restrict /*path*/, int /*flags*/,
                                     mode_t /*mode*/) {
    return fd < 0 ? EBADF : 0;
}

int posix_spawn_file_actions_addclose(posix_spawn_file_actions_t* /*actions*/, int fd) {
    return fd < 0 ? EBADF : 0;
}

int posix_spawn_file_actions_adddup2(posix_spawn_file_actions_t* /*actions*/, int fd, int wanted) {
    return fd < 0 || wanted < 0 ? EBADF : 0;
}

FILE* popen(const char* /*command*/, const char* mode) {
    if ((*mode != 'r' && *mode != 'w') || (mode[1] != 0 && (mode[1] != 'e' || mode[2] != 0))) {
        errno = EINVAL;
        return nullptr;
    }
    fork();
    return nullptr;
}

// No stream comes from popen().
int pclose(FILE* /*stream*/) {
    errno = ECHILD;
    return -1;
}

int daemon(int /*stays*/, int /*keeps_streams*/) {
    return fork();
}
