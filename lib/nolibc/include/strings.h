/* SPDX-License-Identifier: BSD-3-Clause */
/* <strings.h>: case-insensitive comparison (ASCII, in lib/base), first bit set, BSD's old names. */
#pragma once

#include <stddef.h>

#include <uk/string.h>

#ifdef __cplusplus
extern "C" {
#endif

int ffs(int value);
int ffsl(long value);
int ffsll(long long value);
void bcopy(const void* src, void* dst, size_t n);
void bzero(void* dst, size_t n);
char* index(const char* s, int c);
char* rindex(const char* s, int c);

#ifdef __cplusplus
}
#endif
