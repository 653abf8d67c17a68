// SPDX-License-Identifier: BSD-3-Clause
// The one place where the system's -errno results become C's -1 and errno.
#pragma once

#include <errno.h>

namespace nolibc {

/// A result of the kernel's C edge or of our own internals (>= 0, or -errno) as C has it.
inline long ret(long result) {
    if (result >= 0) {
        return result;
    }
    errno = static_cast<int>(-result);
    return -1;
}

} // namespace nolibc
