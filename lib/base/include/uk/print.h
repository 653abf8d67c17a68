/* SPDX-License-Identifier: BSD-3-Clause */
/* Kernel log, for C11 and C++: uk_pr_info("mapped %zu pages\n", n).
 *
 * A line carries a level, the library it comes from (UK_LIBNAME, a string literal given by the
 * build; "app" when undefined) and its place in the source. Levels above UK_LOG_LEVEL (the option
 * LIBUKPRINT_LEVEL, unless the build gives the library another; 3 = info without either) are
 * type-checked but cost nothing in the image. Messages end in "\n"; a message without it is
 * continued by the next one of the same library. May be called from anywhere, interrupt handlers
 * included, from the first instruction of uk::boot on; never blocks, never fails.
 */
#ifndef UK_PRINT_H
#define UK_PRINT_H

#include <stdarg.h>

#define UK_KLVL_CRIT 0  /* the system is about to stop, or data was lost */
#define UK_KLVL_ERR 1   /* something that was asked for does not work */
#define UK_KLVL_WARN 2  /* works, but not as the user may expect */
#define UK_KLVL_INFO 3  /* worth one line in a normal boot */
#define UK_KLVL_DEBUG 4 /* for the developers of the library itself */

/* Unikraft's names */
#define KLVL_CRIT UK_KLVL_CRIT
#define KLVL_ERR UK_KLVL_ERR
#define KLVL_WARN UK_KLVL_WARN
#define KLVL_INFO UK_KLVL_INFO
#define KLVL_DEBUG UK_KLVL_DEBUG

#if !defined(UK_LOG_LEVEL) && defined(CONFIG_LIBUKPRINT_LEVEL)
#define UK_LOG_LEVEL CONFIG_LIBUKPRINT_LEVEL
#elif !defined(UK_LOG_LEVEL)
#define UK_LOG_LEVEL UK_KLVL_INFO
#endif
#ifndef UK_LIBNAME
#define UK_LIBNAME "app"
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The two entry points, defined by lib/ukprint, on the host by tests/fakes. `libname` and `srcfile`
 * must live for ever; either may be NULL. Called through the macros below, which add them. */
__attribute__((format(printf, 5, 6))) void
uk_printk(int level, const char* libname, const char* srcfile, int line, const char* fmt, ...);
__attribute__((format(printf, 5, 0))) void uk_vprintk(int level, const char* libname,
                                                      const char* srcfile, int line,
                                                      const char* fmt, va_list ap);

#ifdef __cplusplus
}
#endif

#ifdef __FILE_NAME__
#define UK_PRINT_FILE __FILE_NAME__
#else
#define UK_PRINT_FILE __FILE__
#endif

#define UK_LOG_ENABLED(level) ((level) <= UK_LOG_LEVEL)

#define uk_pr_level(level, ...)                                                                    \
    do {                                                                                           \
        if (UK_LOG_ENABLED(level))                                                                 \
            uk_printk((level), UK_LIBNAME, UK_PRINT_FILE, __LINE__, __VA_ARGS__);                  \
    } while (0)

#define uk_pr_crit(...) uk_pr_level(UK_KLVL_CRIT, __VA_ARGS__)
#define uk_pr_err(...) uk_pr_level(UK_KLVL_ERR, __VA_ARGS__)
#define uk_pr_warn(...) uk_pr_level(UK_KLVL_WARN, __VA_ARGS__)
#define uk_pr_info(...) uk_pr_level(UK_KLVL_INFO, __VA_ARGS__)
#define uk_pr_debug(...) uk_pr_level(UK_KLVL_DEBUG, __VA_ARGS__)

#endif /* UK_PRINT_H */
