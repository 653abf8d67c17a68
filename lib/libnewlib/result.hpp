// SPDX-License-Identifier: BSD-3-Clause
// Private: the one place where -errno of a system call becomes C's -1 and errno.
#pragma once

#include <errno.h>

namespace newlib {

// Linux's range of errors: what a pointer is told from them by.
inline constexpr long kErrors = -4095;

// Apart, so that calls that succeed keep nothing across it. Of the type of the answer: then both
// compilers end with a jump to it, and the answer stays where it is.
template <class T>
[[gnu::cold, gnu::noinline]] T fail(long value) {
    errno = static_cast<int>(-value);
    return -1;
}

// Of calls that answer a count, a position or 0, as nearly all do: a look at the sign is one
// instruction on arm64, a look at the range two.
inline long result(long value) {
    if (value < 0) [[unlikely]] {
        return fail<long>(value);
    }
    return value;
}

// Of those that may answer an address, which can be in the upper half.
inline long address(long value) {
    if (value < 0 && value >= kErrors) [[unlikely]] {
        return fail<long>(value);
    }
    return value;
}

inline int status(long value) {
    if (value < 0) [[unlikely]] {
        return fail<int>(value);
    }
    return static_cast<int>(value);
}

} // namespace newlib
