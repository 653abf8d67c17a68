// SPDX-License-Identifier: BSD-3-Clause
// memcpy for machines without their own.
#include "string_impl.hpp"

#include "small_copy.hpp"

using namespace uk::detail;

extern "C" UK_CALLED_BY_COMPILER void* memcpy(void* __restrict dst, const void* __restrict src,
                                              size_t n) {
    auto* d = static_cast<char*>(dst);
    const auto* s = static_cast<const char*>(src);
    if (n <= kSmallCopy) {
        copy_small(d, s, n);
        return dst;
    }
    const size_t last = n - 32;
    for (size_t i = 0; i < last; i = opaque(i + 32))
        copy_words<4>(d + i, s + i);
    copy_words<4>(d + last, s + last);
    return dst;
}
