// SPDX-License-Identifier: BSD-3-Clause
// Running another program: there is nothing to run, so all of <unistd.h> for it end as execve()
// does, without a look at PATH and at a list of arguments.
#include <unistd.h>

#include <uk/syscall.h>

#include "result.hpp"

// Not POSIX's: programs may have their own.
#pragma weak execlpe
#pragma weak execvpe

using newlib::status;

namespace {

char* const kNone[] = {nullptr};

} // namespace

int execve(const char* path, char* const arguments[], char* const environment[]) {
    return status(uk_sys_execve(path, arguments, environment));
}

int execv(const char* path, char* const arguments[]) {
    return execve(path, arguments, environ);
}

int execvp(const char* file, char* const arguments[]) {
    return execve(file, arguments, environ);
}

int execvpe(const char* file, char* const arguments[], char* const environment[]) {
    return execve(file, arguments, environment);
}

int fexecve(int /*fd*/, char* const arguments[], char* const environment[]) {
    return execve("", arguments, environment);
}

int execl(const char* path, const char* /*first*/, ...) {
    return execve(path, kNone, environ);
}

int execle(const char* path, const char* /*first*/, ...) {
    return execve(path, kNone, environ);
}

int execlp(const char* file, const char* /*first*/, ...) {
    return execve(file, kNone, environ);
}

int execlpe(const char* file, const char* /*first*/, ...) {
    return execve(file, kNone, environ);
}
