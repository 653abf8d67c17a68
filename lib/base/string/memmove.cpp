// SPDX-License-Identifier: BSD-3-Clause
// memmove for machines without their own.
#include "string_impl.hpp"

#include "small_copy.hpp"

using namespace uk::detail;

extern "C" UK_CALLED_BY_COMPILER void* memmove(void* dst, const void* src, size_t n) {
    auto* d = static_cast<char*>(dst);
    const auto* s = static_cast<const char*>(src);
    if (n <= kSmallCopy) {
        copy_small(d, s, n);
        return dst;
    }
    const size_t last = n - 32;
    uint64_t edge[4]; // the block at the far end, read before anything is written over it
    if (reinterpret_cast<uintptr_t>(d) - reinterpret_cast<uintptr_t>(s) >= n) {
        for (unsigned k = 0; k < 4; k++)
            edge[k] = load64(s + last + 8 * k);
        for (size_t i = 0; i < last; i = opaque(i + 32))
            copy_words<4>(d + i, s + i);
        for (unsigned k = 0; k < 4; k++)
            store64(d + last + 8 * k, edge[k]);
    } else { // dst lies inside the source: from the end
        for (unsigned k = 0; k < 4; k++)
            edge[k] = load64(s + 8 * k);
        for (size_t i = n; i > 32; i = opaque(i - 32)) // stops with 1..32 bytes left
            copy_words<4>(d + i - 32, s + i - 32);
        for (unsigned k = 0; k < 4; k++)
            store64(d + 8 * k, edge[k]);
    }
    return dst;
}
