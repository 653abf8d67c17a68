/* SPDX-License-Identifier: BSD-3-Clause */
/* System calls by number: Linux's numbers. */
#pragma once

#include <asm/unistd.h>
#include <sys/_syscall_names.h>

#ifdef __cplusplus
extern "C" {
#endif

/* -1 and errno, ENOSYS for what no library of the image provides. Puts all those that are provided
 * into the image. */
long syscall(long number, ...);

#ifdef __cplusplus
}
#endif
