// SPDX-License-Identifier: BSD-3-Clause
// Private: the one place where -errno of a system call becomes C's -1 and errno.
#pragma once

#include <errno.h>

namespace newlib {

// Linux's range of errors; a pointer or a large offset is none.
inline constexpr long kErrors = -4095;

// Apart, so that calls that succeed keep nothing across it.
[[gnu::cold, gnu::noinline]] inline long fail(long value) {
    errno = static_cast<int>(-value);
    return -1;
}

inline long result(long value) {
    if (value < 0 && value >= kErrors) [[unlikely]] {
        return fail(value);
    }
    return value;
}

inline int status(long value) {
    return static_cast<int>(result(value));
}

} // namespace newlib
