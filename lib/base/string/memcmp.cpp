// SPDX-License-Identifier: BSD-3-Clause
// memcmp and bcmp: eight bytes at a time.
#include "string_impl.hpp"

using namespace uk::detail;

extern "C" UK_CALLED_BY_COMPILER int memcmp(const void* a, const void* b, size_t n) {
    const auto* x = static_cast<const unsigned char*>(a);
    const auto* y = static_cast<const unsigned char*>(b);
    if (n >= 8) {
        for (size_t i = 0;;) {
            const uint64_t u = load64(x + i);
            const uint64_t v = load64(y + i);
            if (u != v) // the first byte in memory counts most
                return __builtin_bswap64(u) < __builtin_bswap64(v) ? -1 : 1;
            if (i == n - 8)
                return 0;
            i = opaque(n - i >= 16 ? i + 8 : n - 8); // the last step overlaps
        }
    }
    for (size_t i = 0; i < n; i = opaque(i + 1))
        if (x[i] != y[i])
            return x[i] < y[i] ? -1 : 1;
    return 0;
}

extern "C" UK_CALLED_BY_COMPILER int bcmp(const void* a, const void* b, size_t n) {
    return memcmp(a, b, n);
}
