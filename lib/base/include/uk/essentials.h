/* SPDX-License-Identifier: BSD-3-Clause */
/* Everyday macros under the names that Unikraft code uses, for C11 and C++.
 *
 * C++ of this system prefers <uk/base/bits.hpp>; this header is for C files and ported folders.
 * Each name is defined only when nobody (a C library, say) defined it before.
 */
#ifndef UK_ESSENTIALS_H
#define UK_ESSENTIALS_H

#include <stddef.h>
#include <stdint.h>

#ifndef __unused
#define __unused __attribute__((unused))
#endif
#ifndef __maybe_unused
#define __maybe_unused __attribute__((unused))
#endif
#ifndef __used
#define __used __attribute__((used))
#endif
#ifndef __packed
#define __packed __attribute__((packed))
#endif
#ifndef __weak
#define __weak __attribute__((weak))
#endif
#ifndef __noreturn
#define __noreturn __attribute__((noreturn))
#endif
#ifndef __noinline
#define __noinline __attribute__((noinline))
#endif
#ifndef __align
#define __align(n) __attribute__((aligned(n)))
#endif
#ifndef __section
#define __section(name) __attribute__((section(name)))
#endif
#ifndef __printf
#define __printf(fmt, args) __attribute__((format(printf, fmt, args)))
#endif

#ifndef likely
#define likely(x) __builtin_expect(!!(x), 1)
#endif
#ifndef unlikely
#define unlikely(x) __builtin_expect(!!(x), 0)
#endif

#ifndef STRINGIFY
#define UK_STRINGIFY_IMPL(x) #x
#define STRINGIFY(x) UK_STRINGIFY_IMPL(x)
#endif
#ifndef CONCAT
#define UK_CONCAT_IMPL(a, b) a##b
#define CONCAT(a, b) UK_CONCAT_IMPL(a, b)
#endif

/* Arguments are evaluated once; both must have one arithmetic type after promotion. */
#ifndef MIN
#define MIN(a, b)                                                                                  \
    __extension__({                                                                                \
        __typeof__((a) + 0) uk_min_a_ = (a);                                                       \
        __typeof__((b) + 0) uk_min_b_ = (b);                                                       \
        uk_min_a_ < uk_min_b_ ? uk_min_a_ : uk_min_b_;                                             \
    })
#endif
#ifndef MAX
#define MAX(a, b)                                                                                  \
    __extension__({                                                                                \
        __typeof__((a) + 0) uk_max_a_ = (a);                                                       \
        __typeof__((b) + 0) uk_max_b_ = (b);                                                       \
        uk_max_a_ > uk_max_b_ ? uk_max_a_ : uk_max_b_;                                             \
    })
#endif

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#endif

/* `a` is a power of two. The result has the type of `v` after promotion. */
#ifndef ALIGN_UP
#define ALIGN_UP(v, a) (((v) + ((__typeof__((v) + 0))(a)-1)) & ~((__typeof__((v) + 0))(a)-1))
#endif
#ifndef ALIGN_DOWN
#define ALIGN_DOWN(v, a) ((v) & ~((__typeof__((v) + 0))(a)-1))
#endif
#ifndef IS_ALIGNED
#define IS_ALIGNED(v, a) (((v) & ((__typeof__((v) + 0))(a)-1)) == 0)
#endif
#ifndef POWER_OF_2
#define POWER_OF_2(v) ((v) != 0 && (((v) & ((v)-1)) == 0))
#endif
#ifndef DIV_ROUND_UP
#define DIV_ROUND_UP(n, d) (((n) + (d)-1) / (d))
#endif

/* The structure of which `ptr` points to `member`. */
#ifndef __containerof
#define __containerof(ptr, type, member)                                                           \
    ((type*)(void*)((char*)(uintptr_t)(ptr)-offsetof(type, member)))
#endif
#ifndef container_of
#define container_of(ptr, type, member) __containerof(ptr, type, member)
#endif

#endif /* UK_ESSENTIALS_H */
