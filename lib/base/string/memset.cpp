// SPDX-License-Identifier: BSD-3-Clause
// memset for machines without their own.
#include "string_impl.hpp"

using namespace uk::detail;

extern "C" UK_CALLED_BY_COMPILER void* memset(void* dst, int c, size_t n) {
    auto* d = static_cast<char*>(dst);
    const uint64_t word = kOnes * static_cast<unsigned char>(c);
    if (n >= 8) {
        const size_t last = n - 8;
        size_t i = 0;
        for (; i + 32 <= last; i = opaque(i + 32)) {
            store64(d + i, word);
            store64(d + i + 8, word);
            store64(d + i + 16, word);
            store64(d + i + 24, word);
        }
        for (; i < last; i = opaque(i + 8))
            store64(d + i, word);
        store64(d + last, word);
    } else if (n >= 4) {
        const auto half = static_cast<uint32_t>(word);
        __builtin_memcpy(d, &half, 4);
        __builtin_memcpy(d + n - 4, &half, 4);
    } else if (n != 0) {
        d[0] = static_cast<char>(c);
        d[n / 2] = static_cast<char>(c);
        d[n - 1] = static_cast<char>(c);
    }
    return dst;
}
