// SPDX-License-Identifier: BSD-3-Clause
// strcmp and strncmp.
#include "string_impl.hpp"

using namespace uk::detail;

extern "C" UK_READS_WORDS int strcmp(const char* a, const char* b) {
    const auto* x = reinterpret_cast<const unsigned char*>(a);
    const auto* y = reinterpret_cast<const unsigned char*>(b);
    if ((reinterpret_cast<uintptr_t>(x) ^ reinterpret_cast<uintptr_t>(y)) % 8 == 0) {
        for (; reinterpret_cast<uintptr_t>(x) % 8 != 0; x++, y++)
            if (*x != *y || *x == 0)
                return *x - *y;
        // Both aligned: whole words, until they differ or hold the end.
        for (;; x += 8, y += 8) {
            const uint64_t u = word_at(reinterpret_cast<const char*>(x));
            if (u != word_at(reinterpret_cast<const char*>(y)) || zero_bytes(u) != 0)
                break;
        }
    }
    for (; *x == *y && *x != 0; x++)
        y = opaque(y + 1);
    return *x - *y;
}

extern "C" int strncmp(const char* a, const char* b, size_t n) {
    const auto* x = reinterpret_cast<const unsigned char*>(a);
    const auto* y = reinterpret_cast<const unsigned char*>(b);
    for (; n != 0; x++, y++, n = opaque(n - 1))
        if (*x != *y || *x == 0)
            return *x - *y;
    return 0;
}
