/* SPDX-License-Identifier: BSD-3-Clause */
/* <sys/time.h>: wall time in microseconds. */
#pragma once

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct timeval {
    time_t tv_sec;
    suseconds_t tv_usec;
};

/* The second argument is the obsolete time zone: must be NULL. Errors: ENODEV (no wall clock). */
int gettimeofday(struct timeval* __restrict now, void* __restrict zone);

#ifdef __cplusplus
}
#endif
