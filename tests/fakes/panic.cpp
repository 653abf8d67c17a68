// SPDX-License-Identifier: BSD-3-Clause
// uk_panic of host tests: the message on standard error, then abort, so EXPECT_DEATH sees both.
#include <cstdarg>
#include <cstdio>
#include <cstdlib>

#include <uk/assert.h>

extern "C" void uk_panic(const char* file, int line, const char* func, const char* fmt, ...) {
    std::fprintf(stderr, "panic: %s:%d: %s: ", file, line, func);
    va_list ap;
    va_start(ap, fmt);
    std::vfprintf(stderr, fmt, ap);
    va_end(ap);
    std::fputc('\n', stderr);
    std::abort();
}
