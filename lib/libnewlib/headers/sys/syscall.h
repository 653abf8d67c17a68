/* SPDX-License-Identifier: BSD-3-Clause */
/* Numbers of system calls: Linux's. */
#pragma once

#include <uk/abi/syscall.h>

#ifdef __cplusplus
extern "C" {
#endif

long syscall(long number, ...);
#ifdef __cplusplus
}
#endif
