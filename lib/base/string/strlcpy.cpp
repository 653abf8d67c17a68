// SPDX-License-Identifier: BSD-3-Clause
// strlcpy and strlcat.
#include "string_impl.hpp"

extern "C" size_t strlcpy(char* __restrict dst, const char* __restrict src, size_t size) {
    const size_t len = strlen(src);
    if (size != 0) {
        const size_t n = len < size ? len : size - 1;
        memcpy(dst, src, n);
        dst[n] = '\0';
    }
    return len;
}

extern "C" size_t strlcat(char* __restrict dst, const char* __restrict src, size_t size) {
    const size_t used = strnlen(dst, size);
    return used + strlcpy(dst + used, src, size - used);
}
