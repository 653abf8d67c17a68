/* SPDX-License-Identifier: BSD-3-Clause */
/* What lwIP wants of its compiler and its surroundings. */
#ifndef UK_LWIP_ARCH_CC_H
#define UK_LWIP_ARCH_CC_H

#include <stdint.h>

#include <uk/assert.h>
#include <uk/format.h>
#include <uk/print.h>
#include <uk/string.h>

/* The kernel has no <inttypes.h>, <ctype.h>, <limits.h> and <unistd.h>. */
#define LWIP_NO_INTTYPES_H 1
#define LWIP_NO_CTYPE_H 1
#define LWIP_NO_LIMITS_H 1
#define LWIP_NO_UNISTD_H 1
#define X8_F "02x"
#define U16_F "u"
#define S16_F "d"
#define X16_F "x"
#define U32_F "u"
#define S32_F "d"
#define X32_F "x"
#define SZT_F "zu"
#ifndef INT_MAX
#define INT_MAX __INT_MAX__
#endif
#ifndef UK_HOST_TEST
#define SSIZE_MAX __PTRDIFF_MAX__ /* keeps lwIP from defining ssize_t */
typedef __PTRDIFF_TYPE__ ssize_t;
#else
#include <limits.h>
#include <sys/types.h>
#endif

#ifndef BYTE_ORDER
#define LITTLE_ENDIAN 1234
#define BIG_ENDIAN 4321
#define BYTE_ORDER LITTLE_ENDIAN
#endif
#define LWIP_CHKSUM uk_lwip_sum
#define lwip_htons(x) __builtin_bswap16(x)
#define lwip_htonl(x) __builtin_bswap32(x)
#ifndef UK_HOST_TEST
/* base has them. */
#define lwip_stricmp(a, b) strcasecmp(a, b)
#define lwip_strnicmp(a, b, most) strncasecmp(a, b, most)
#define lwip_strnstr(text, part, most)                                                             \
    ((char*)memmem(text, strnlen(text, most), part, strlen(part)))
#define lwip_itoa(text, size, number) (void)uk_snprintf(text, size, "%d", number)
#endif

#define LWIP_PLATFORM_DIAG(x) uk_lwip_say x
#define LWIP_PLATFORM_ASSERT(text) UK_PANIC("lwIP: %s", text)
/* What an argument or a packet fails is refused by the handler, and news in the log. */
#define LWIP_ERROR(message, expression, handler)                                                   \
    do {                                                                                           \
        if (__builtin_expect(!(expression), 0)) {                                                  \
            uk_pr_debug("lwIP: %s\n", message);                                                    \
            handler;                                                                               \
        }                                                                                          \
    } while (0)
#if !defined(CONFIG_LIBUKDEBUG_ENABLE_ASSERT) && !defined(UK_HOST_TEST)
#define LWIP_NOASSERT
#endif

#ifdef __cplusplus
extern "C" {
#endif

__attribute__((format(printf, 1, 2))) void uk_lwip_say(const char* format, ...);
/* 32 bits that nobody can guess. */
uint32_t uk_lwip_random(void);
/* The 16 bits of ones' complement sum over the bytes, in the byte order of the machine, not
 * inverted. */
uint16_t uk_lwip_sum(const void* data, int size);
/* Lets sys_now() be that of `now_ns` until it is 0 again, so that a pass reads the clock once. */
void uk_lwip_set_now(uint64_t now_ns);
/* lwIP has started a timer: the stack's thread may sleep for too long. */
void uk_lwip_timer_started(void);
/* A packet to the machine itself waits for netif_poll(). */
void uk_lwip_packet_looped(void);

/* Blocks aligned to 16 that devices reach. NULL: the limit is reached, or there is no
 * memory. */
void* uk_lwip_allocate(__SIZE_TYPE__ size);
void uk_lwip_free(void* block);

#ifdef __cplusplus
}
#endif

#define LWIP_RAND() uk_lwip_random()

#endif
