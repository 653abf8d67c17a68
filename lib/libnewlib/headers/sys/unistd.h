/* SPDX-License-Identifier: BSD-3-Clause */
/* newlib's, and what programs for Linux find there. */
#pragma once

#include_next <sys/unistd.h>

#include <uk/abi/unistd.h>

#ifdef __cplusplus
extern "C" {
#endif

extern char* program_invocation_name;
extern char* program_invocation_short_name;

int faccessat(int folder, const char* path, int mode, int flags);
int dup3(int fd, int wanted, int flags);
pid_t gettid(void);
int pipe2(int fds[2], int flags);
int getresgid(gid_t* real, gid_t* effective, gid_t* saved);
int getresuid(uid_t* real, uid_t* effective, uid_t* saved);
int setresgid(gid_t real, gid_t effective, gid_t saved);
int setresuid(uid_t real, uid_t effective, uid_t saved);
int syncfs(int fd);
long syscall(long number, ...);
ssize_t copy_file_range(int from, off_t* from_start, int to, off_t* to_start, size_t length,
                        unsigned flags);

#ifdef __cplusplus
}
#endif

#define SEEK_DATA UK_SEEK_DATA
#define SEEK_HOLE UK_SEEK_HOLE

/* Of confstr(). */
#define _CS_PATH 0
