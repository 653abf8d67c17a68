/* SPDX-License-Identifier: BSD-3-Clause */
/* Counters that can be waited for. */
#pragma once

#include <stdint.h>
#include <uk/abi/eventfd.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef uint64_t eventfd_t;
int eventfd(unsigned value, int flags);
int eventfd_read(int fd, eventfd_t* value);
int eventfd_write(int fd, eventfd_t value);
#ifdef __cplusplus
}
#endif

#define EFD_SEMAPHORE UK_EFD_SEMAPHORE
#define EFD_CLOEXEC UK_EFD_CLOEXEC
#define EFD_NONBLOCK UK_EFD_NONBLOCK
