/* SPDX-License-Identifier: BSD-3-Clause */
/* select(): sets of 1,024 descriptors. */
#pragma once

#include <sys/_sigset.h>
#include <sys/_timeval.h>
#include <sys/cdefs.h>
#include <sys/timespec.h>
#include <uk/abi/poll.h>

#if !defined(_SIGSET_T_DECLARED)
#define _SIGSET_T_DECLARED
typedef __sigset_t sigset_t;
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define _SYS_TYPES_FD_SET
#define FD_SETSIZE UK_FD_SETSIZE
typedef unsigned long fd_mask;
#define NFDBITS (8 * (int)sizeof(fd_mask))
typedef struct {
    fd_mask fds_bits[FD_SETSIZE / (8 * sizeof(fd_mask))];
} fd_set;

#define __FD_WORD(n, set) ((set)->fds_bits[(unsigned)(n) / NFDBITS])
#define __FD_BIT(n) (1UL << ((unsigned)(n) % NFDBITS))
#define FD_SET(n, set) ((void)(__FD_WORD(n, set) |= __FD_BIT(n)))
#define FD_CLR(n, set) ((void)(__FD_WORD(n, set) &= ~__FD_BIT(n)))
#define FD_ISSET(n, set) ((__FD_WORD(n, set) & __FD_BIT(n)) != 0)
#define FD_ZERO(set) ((void)__builtin_memset((set), 0, sizeof(fd_set)))

int select(int count, fd_set* __restrict readable, fd_set* __restrict writable,
           fd_set* __restrict exceptional, struct timeval* __restrict timeout);
int pselect(int count, fd_set* __restrict readable, fd_set* __restrict writable,
            fd_set* __restrict exceptional, const struct timespec* __restrict timeout,
            const sigset_t* __restrict mask);
#ifdef __cplusplus
}
#endif
