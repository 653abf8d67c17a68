// SPDX-License-Identifier: BSD-3-Clause
// Messages of programs: <err.h>.
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Programs have functions of their own by such names.
#pragma weak err
#pragma weak errx
#pragma weak verr
#pragma weak verrx
#pragma weak vwarn
#pragma weak vwarnx
#pragma weak warn
#pragma weak warnx

namespace {

// "program: text: reason"; without a format the text is left out.
void say(const char* format, va_list arguments, const char* reason) {
    fprintf(stderr, "%s: ", program_invocation_short_name);
    if (format != nullptr) {
        vfprintf(stderr, format, arguments);
        fputs(reason != nullptr ? ": " : "", stderr);
    }
    fprintf(stderr, "%s\n", reason != nullptr ? reason : "");
}

} // namespace

void vwarn(const char* format, va_list arguments) {
    say(format, arguments, strerror(errno));
}

void vwarnx(const char* format, va_list arguments) {
    say(format, arguments, nullptr);
}

void verr(int status, const char* format, va_list arguments) {
    vwarn(format, arguments);
    exit(status);
}

void verrx(int status, const char* format, va_list arguments) {
    vwarnx(format, arguments);
    exit(status);
}

void warn(const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vwarn(format, arguments);
    va_end(arguments);
}

void warnx(const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vwarnx(format, arguments);
    va_end(arguments);
}

void err(int status, const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    verr(status, format, arguments);
}

void errx(int status, const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    verrx(status, format, arguments);
}
