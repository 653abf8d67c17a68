/* SPDX-License-Identifier: BSD-3-Clause */
/* What libfdt wants of its surroundings (it is written to be given this header by them). */
#ifndef UK_LIBFDT_ENV_H
#define UK_LIBFDT_ENV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uk/string.h>

#include "renamed.h"

#ifndef INT_MAX
#define INT_MAX __INT_MAX__ /* gcc's <limits.h> needs a C library's */
#endif

typedef uint16_t fdt16_t;
typedef uint32_t fdt32_t;
typedef uint64_t fdt64_t;

/* Trees are big-endian, the machines that we run on little-endian. */
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error libfdt_env.h is for little-endian machines
#endif
static inline uint16_t fdt16_to_cpu(fdt16_t x) {
    return __builtin_bswap16(x);
}
static inline uint32_t fdt32_to_cpu(fdt32_t x) {
    return __builtin_bswap32(x);
}
static inline uint64_t fdt64_to_cpu(fdt64_t x) {
    return __builtin_bswap64(x);
}
#define cpu_to_fdt16 fdt16_to_cpu
#define cpu_to_fdt32 fdt32_to_cpu
#define cpu_to_fdt64 fdt64_to_cpu

#endif
