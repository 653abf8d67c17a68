/* SPDX-License-Identifier: BSD-3-Clause */
/* Messages with the program's name on the standard error output, as BSD has them. Those without x
 * end with the text of errno; those of err() end the program with a status. */
#pragma once

#include <stdarg.h>

#ifdef __cplusplus
extern "C" {
#endif

void warn(const char* format, ...) __attribute__((__format__(__printf__, 1, 2)));
void warnx(const char* format, ...) __attribute__((__format__(__printf__, 1, 2)));
void vwarn(const char* format, va_list arguments) __attribute__((__format__(__printf__, 1, 0)));
void vwarnx(const char* format, va_list arguments) __attribute__((__format__(__printf__, 1, 0)));
void err(int status, const char* format, ...)
    __attribute__((__noreturn__, __format__(__printf__, 2, 3)));
void errx(int status, const char* format, ...)
    __attribute__((__noreturn__, __format__(__printf__, 2, 3)));
void verr(int status, const char* format, va_list arguments)
    __attribute__((__noreturn__, __format__(__printf__, 2, 0)));
void verrx(int status, const char* format, va_list arguments)
    __attribute__((__noreturn__, __format__(__printf__, 2, 0)));

#ifdef __cplusplus
}
#endif
