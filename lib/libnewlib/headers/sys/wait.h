/* SPDX-License-Identifier: BSD-3-Clause */
/* Waiting for children. */
#pragma once

#include <signal.h>
#include <sys/types.h>
#include <uk/abi/wait.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum { P_ALL = UK_P_ALL, P_PID = UK_P_PID, P_PGID = UK_P_PGID } idtype_t;

pid_t wait(int* status);
pid_t waitpid(pid_t pid, int* status, int options);
#if __MISC_VISIBLE
struct rusage; /* <sys/resource.h> */
pid_t wait3(int* status, int options, struct rusage* usage);
pid_t wait4(pid_t pid, int* status, int options, struct rusage* usage);
#endif
int waitid(idtype_t kind, id_t id, siginfo_t* info, int options);

#ifdef __cplusplus
}
#endif

#define WNOHANG UK_WNOHANG
#define WSTOPPED UK_WSTOPPED
#define WUNTRACED UK_WUNTRACED
#define WEXITED UK_WEXITED
#define WCONTINUED UK_WCONTINUED
#define WNOWAIT UK_WNOWAIT

/* A status: 7 bits of a signal, a bit of a memory dump, 8 bits of an exit status. */
#define WEXITSTATUS(status) (((status) >> 8) & 0xff)
#define WTERMSIG(status) ((status)&0x7f)
#define WSTOPSIG(status) WEXITSTATUS(status)
#define WIFEXITED(status) (WTERMSIG(status) == 0)
#define WIFSTOPPED(status) (((status)&0xff) == 0x7f)
#define WIFSIGNALED(status) (((status)&0xffff) - 1U < 0xffU)
#define WIFCONTINUED(status) ((status) == 0xffff)
#define WCOREDUMP(status) (((status)&0x80) != 0)
