/* SPDX-License-Identifier: BSD-3-Clause */
/* <string.h>. The mem and str functions that need no state are lib/base's. */
#pragma once

#include <stddef.h>

#include <uk/string.h>

#include <strings.h>

#ifdef __cplusplus
extern "C" {
#endif

/* In the C locale: strcmp, and a copy. */
int strcoll(const char* a, const char* b);
size_t strxfrm(char* __restrict dst, const char* __restrict src, size_t n);

char* strtok(char* __restrict s, const char* __restrict delim);

/* From malloc; NULL with ENOMEM. */
char* strdup(const char* s);
char* strndup(const char* s, size_t n);

/* Linux's texts; "Unknown error N" for others, in a buffer that the next call overwrites. */
char* strerror(int number);
/* POSIX's: 0, EINVAL (unknown number, text written all the same) or ERANGE (cut). */
int strerror_r(int number, char* buffer, size_t size);

#ifdef __cplusplus
}
#endif
