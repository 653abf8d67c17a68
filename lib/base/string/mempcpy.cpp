// SPDX-License-Identifier: BSD-3-Clause
// mempcpy and memccpy.
#include "string_impl.hpp"

extern "C" void* mempcpy(void* __restrict dst, const void* __restrict src, size_t n) {
    return static_cast<char*>(memcpy(dst, src, n)) + n;
}

extern "C" void* memccpy(void* __restrict dst, const void* __restrict src, int c, size_t n) {
    const void* stop = memchr(src, c, n);
    if (stop == nullptr) {
        memcpy(dst, src, n);
        return nullptr;
    }
    const auto count =
        static_cast<size_t>(static_cast<const char*>(stop) - static_cast<const char*>(src)) + 1;
    return mempcpy(dst, src, count);
}
