/* SPDX-License-Identifier: BSD-3-Clause */
/* gcc's <limits.h> needs a C library's. */
#ifndef UK_MIMALLOC_ENV_LIMITS_H
#define UK_MIMALLOC_ENV_LIMITS_H

#define LONG_MAX __LONG_MAX__
#define ULONG_MAX (__LONG_MAX__ * 2UL + 1UL)
#define UINT_MAX (__INT_MAX__ * 2U + 1U)

#endif
