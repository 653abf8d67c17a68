/* SPDX-License-Identifier: BSD-3-Clause */
/* The one intrinsic of it that mimalloc uses: the compiler's header needs a C library. */
#ifndef UK_MIMALLOC_ENV_EMMINTRIN_H
#define UK_MIMALLOC_ENV_EMMINTRIN_H

#define _mm_pause() __builtin_ia32_pause()

#endif
