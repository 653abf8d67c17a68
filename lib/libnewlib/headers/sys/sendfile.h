/* SPDX-License-Identifier: BSD-3-Clause */
/* From one descriptor to another, as on Linux. */
#pragma once

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

ssize_t sendfile(int to, int from, off_t* start, size_t size);

#ifdef __cplusplus
}
#endif
