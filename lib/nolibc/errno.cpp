// SPDX-License-Identifier: BSD-3-Clause
// errno and the texts of error numbers.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <uk/base/errno.hpp>
#ifdef CONFIG_LIBUKSCHED_THREADS
#include <uk/sched.hpp>
#endif

#ifdef CONFIG_LIBUKSCHED_THREADS
// Before there are threads, and in images that start none, this one.
static constinit int g_errno = 0;

int* nolibc_errno_location() {
    return uk::sched::started() ? &uk::sched::current().c_errno : &g_errno;
}
#else
int errno = 0;
#endif

int strerror_r(int number, char* buffer, size_t size) {
    const char* known = uk::errno_text(static_cast<uk::Errno>(number));
    int length = known != nullptr ? snprintf(buffer, size, "%s", known)
                                  : snprintf(buffer, size, "Unknown error %d", number);
    if (static_cast<size_t>(length) >= size) {
        return ERANGE;
    }
    return known != nullptr ? 0 : EINVAL;
}

char* strerror(int number) {
    static char text[80];
    strerror_r(number, text, sizeof(text));
    return text;
}

void perror(const char* prefix) {
    char text[80];
    strerror_r(errno, text, sizeof(text));
    bool named = prefix != nullptr && prefix[0] != '\0';
    fprintf(stderr, "%s%s%s\n", named ? prefix : "", named ? ": " : "", text);
}
