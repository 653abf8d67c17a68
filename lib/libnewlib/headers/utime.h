/* SPDX-License-Identifier: BSD-3-Clause */
/* Times of files in seconds, <utime.h>. */
#pragma once

#include <sys/types.h>
#include <sys/utime.h>

#ifdef __cplusplus
extern "C" {
#endif

int utime(const char* path, const struct utimbuf* times); /* NULL: now */

#ifdef __cplusplus
}
#endif
