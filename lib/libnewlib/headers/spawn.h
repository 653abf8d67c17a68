/* SPDX-License-Identifier: BSD-3-Clause */
/* Starting other programs: there is one process, so posix_spawn() and posix_spawnp() are ENOSYS, as
 * fork() is. Attributes keep what they are told; file actions are checked and forgotten, as nobody
 * can ever act. All functions return 0 or an error's number. */
#pragma once

#include <sched.h>
#include <signal.h>
#include <sys/types.h>

#define POSIX_SPAWN_RESETIDS 0x01
#define POSIX_SPAWN_SETPGROUP 0x02
#define POSIX_SPAWN_SETSIGDEF 0x04
#define POSIX_SPAWN_SETSIGMASK 0x08
#define POSIX_SPAWN_SETSCHEDPARAM 0x10
#define POSIX_SPAWN_SETSCHEDULER 0x20

typedef struct {
    short uk_flags;
    pid_t uk_group;
    sigset_t uk_default;
    sigset_t uk_mask;
    int uk_priority;
    int uk_policy;
} posix_spawnattr_t;

typedef struct {
    int uk_none;
} posix_spawn_file_actions_t;

#ifdef __cplusplus
extern "C" {
#endif

int posix_spawn(pid_t* __restrict process, const char* __restrict path,
                const posix_spawn_file_actions_t* actions,
                const posix_spawnattr_t* __restrict attributes, char* const arguments[],
                char* const environment[]);
int posix_spawnp(pid_t* __restrict process, const char* __restrict file,
                 const posix_spawn_file_actions_t* actions,
                 const posix_spawnattr_t* __restrict attributes, char* const arguments[],
                 char* const environment[]);

int posix_spawnattr_init(posix_spawnattr_t* attributes);
int posix_spawnattr_destroy(posix_spawnattr_t* attributes);
int posix_spawnattr_getflags(const posix_spawnattr_t* __restrict attributes,
                             short* __restrict flags);
int posix_spawnattr_setflags(posix_spawnattr_t* attributes, short flags);
int posix_spawnattr_getpgroup(const posix_spawnattr_t* __restrict attributes,
                              pid_t* __restrict group);
int posix_spawnattr_setpgroup(posix_spawnattr_t* attributes, pid_t group);
int posix_spawnattr_getsigdefault(const posix_spawnattr_t* __restrict attributes,
                                  sigset_t* __restrict signals);
int posix_spawnattr_setsigdefault(posix_spawnattr_t* __restrict attributes,
                                  const sigset_t* __restrict signals);
int posix_spawnattr_getsigmask(const posix_spawnattr_t* __restrict attributes,
                               sigset_t* __restrict mask);
int posix_spawnattr_setsigmask(posix_spawnattr_t* __restrict attributes,
                               const sigset_t* __restrict mask);
int posix_spawnattr_getschedparam(const posix_spawnattr_t* __restrict attributes,
                                  struct sched_param* __restrict parameters);
int posix_spawnattr_setschedparam(posix_spawnattr_t* __restrict attributes,
                                  const struct sched_param* __restrict parameters);
int posix_spawnattr_getschedpolicy(const posix_spawnattr_t* __restrict attributes,
                                   int* __restrict policy);
int posix_spawnattr_setschedpolicy(posix_spawnattr_t* attributes, int policy);

/* EBADF: a descriptor that cannot be. */
int posix_spawn_file_actions_init(posix_spawn_file_actions_t* actions);
int posix_spawn_file_actions_destroy(posix_spawn_file_actions_t* actions);
int posix_spawn_file_actions_addopen(posix_spawn_file_actions_t* __restrict actions, int fd,
                                     const char* __restrict path, int flags, mode_t mode);
int posix_spawn_file_actions_addclose(posix_spawn_file_actions_t* actions, int fd);
int posix_spawn_file_actions_adddup2(posix_spawn_file_actions_t* actions, int fd, int wanted);

#ifdef __cplusplus
}
#endif
