// SPDX-License-Identifier: BSD-3-Clause
// strcat and strncat.
#include "string_impl.hpp"

extern "C" char* strcat(char* __restrict dst, const char* __restrict src) {
    stpcpy(dst + strlen(dst), src);
    return dst;
}

extern "C" char* strncat(char* __restrict dst, const char* __restrict src, size_t n) {
    char* end = dst + strlen(dst);
    const size_t len = strnlen(src, n);
    memcpy(end, src, len);
    end[len] = '\0';
    return dst;
}
