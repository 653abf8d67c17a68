// SPDX-License-Identifier: BSD-3-Clause
// System calls with arguments of any type, over the architecture's raw_syscall().
#pragma once

#include <cstddef>

#include <uk/base/errno.hpp>

namespace uk::linuxabi {

constexpr long arg(long value) {
    return value;
}
constexpr long arg(int value) {
    return value;
}
constexpr long arg(size_t value) {
    return static_cast<long>(value);
}
inline long arg(const void* value) {
    return reinterpret_cast<long>(value);
}

// raw_syscall() with pointers and integers of any width. `Number` is the architecture's Sys.
template <class Number, class... Args>
long syscall(Number number, Args... args) {
    return raw_syscall(number, arg(args)...);
}

constexpr bool failed_with(long result, Errno error) {
    return result == -static_cast<long>(error);
}

} // namespace uk::linuxabi
