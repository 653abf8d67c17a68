/* SPDX-License-Identifier: BSD-3-Clause */
/* The printf engine of the whole system, for C11 and C++.
 *
 * One core serves the kernel log, buffers and every C library. It never allocates, never blocks,
 * keeps no state, may be called from anywhere (interrupt handlers too) and uses no floating-point
 * register.
 *
 * Understood: flags - + space # 0 (and ', which changes nothing), width and precision as digits or
 * *, lengths hh h l ll q j z Z t L, conversions d i u o x X c s p C S %, and, when floating point
 * is in the image (CONFIG_LIBBASE_FORMAT_FLOAT), a A e E f F g G for double and long double,
 * correctly rounded (to nearest, ties to even of the exact value) at any precision. %lc and %ls
 * write UTF-8; an invalid wide character ends the call with -EILSEQ. %s of NULL prints "(null)", %p
 * of NULL "(nil)", as on Linux.
 *
 * Refused: %n never writes; it takes its argument and prints nothing. An unknown conversion
 * (positional arguments such as %1$d among them), and floating point when it is not in the image,
 * is printed as it stands in the format and takes no argument.
 */
#ifndef UK_FORMAT_H
#define UK_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Receives the next `len` > 0 bytes of output. Returns 0, or a negative value that stops formatting
 * and becomes the result of uk_vformat. */
typedef int (*uk_format_sink)(void* ctx, const char* data, size_t len);

/* Formats into `sink`. Returns the number of bytes handed over, a negative value from the sink,
 * -EOVERFLOW (-75) when a width, a precision or the whole output exceeds INT_MAX (output up to
 * there may have been handed over), or -EILSEQ (-84) for an invalid wide character. */
__attribute__((format(printf, 3, 0))) int uk_vformat(uk_format_sink sink, void* ctx,
                                                     const char* fmt, va_list ap);

/* snprintf: writes at most size - 1 bytes and a final NUL (nothing when size is 0; buf may then be
 * NULL); returns the length the whole text has, or a negative value as uk_vformat does (the buffer
 * then still ends in NUL). */
__attribute__((format(printf, 3, 0))) int uk_vsnprintf(char* buf, size_t size, const char* fmt,
                                                       va_list ap);
__attribute__((format(printf, 3, 4))) int uk_snprintf(char* buf, size_t size, const char* fmt, ...);

/* As uk_snprintf, but returns the number of bytes that stand in the buffer before the NUL (0 on
 * error): never more than size - 1, so that results can be added up. */
__attribute__((format(printf, 3, 0))) size_t uk_vscnprintf(char* buf, size_t size, const char* fmt,
                                                           va_list ap);
__attribute__((format(printf, 3, 4))) size_t uk_scnprintf(char* buf, size_t size, const char* fmt,
                                                          ...);

#ifdef __cplusplus
}
#endif

#endif /* UK_FORMAT_H */
