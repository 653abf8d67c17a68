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

// The functions call these, not one another: a program may have its own of one of them.
void say_reason(const char* format, va_list arguments) {
    say(format, arguments, strerror(errno));
}

void say_text(const char* format, va_list arguments) {
    say(format, arguments, nullptr);
}

} // namespace

void vwarn(const char* format, va_list arguments) {
    say_reason(format, arguments);
}

void vwarnx(const char* format, va_list arguments) {
    say_text(format, arguments);
}

void verr(int status, const char* format, va_list arguments) {
    say_reason(format, arguments);
    exit(status);
}

void verrx(int status, const char* format, va_list arguments) {
    say_text(format, arguments);
    exit(status);
}

void warn(const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    say_reason(format, arguments);
    va_end(arguments);
}

void warnx(const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    say_text(format, arguments);
    va_end(arguments);
}

void err(int status, const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    say_reason(format, arguments);
    exit(status);
}

void errx(int status, const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    say_text(format, arguments);
    exit(status);
}
