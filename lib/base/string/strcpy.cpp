// SPDX-License-Identifier: BSD-3-Clause
// strcpy, stpcpy, strncpy and stpncpy: find the end, then copy in blocks.
#include "string_impl.hpp"

extern "C" char* stpcpy(char* __restrict dst, const char* __restrict src) {
    const size_t n = strlen(src);
    memcpy(dst, src, n + 1);
    return dst + n;
}

extern "C" char* strcpy(char* __restrict dst, const char* __restrict src) {
    stpcpy(dst, src);
    return dst;
}

extern "C" char* stpncpy(char* __restrict dst, const char* __restrict src, size_t n) {
    const size_t len = strnlen(src, n);
    memcpy(dst, src, len);
    memset(dst + len, 0, n - len);
    return dst + len;
}

extern "C" char* strncpy(char* __restrict dst, const char* __restrict src, size_t n) {
    stpncpy(dst, src, n);
    return dst;
}
