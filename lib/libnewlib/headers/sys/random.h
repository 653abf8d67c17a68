/* SPDX-License-Identifier: BSD-3-Clause */
/* Random bytes. */
#pragma once

#include <sys/types.h>
#include <uk/abi/random.h>

#ifdef __cplusplus
extern "C" {
#endif

ssize_t getrandom(void* buffer, size_t length, unsigned flags);
int getentropy(void* buffer, size_t length);
#ifdef __cplusplus
}
#endif

#define GRND_NONBLOCK UK_GRND_NONBLOCK
#define GRND_RANDOM UK_GRND_RANDOM
#define GRND_INSECURE UK_GRND_INSECURE
