// SPDX-License-Identifier: BSD-3-Clause
// memchr and memrchr: eight bytes at a time, never a byte outside the block.
#include "string_impl.hpp"

using namespace uk::detail;

extern "C" void* memchr(const void* s, int c, size_t n) {
    const auto* p = static_cast<const char*>(s);
    const uint64_t pattern = kOnes * static_cast<unsigned char>(c);
    for (; n >= 8; p += 8, n -= 8) {
        const uint64_t hits = zero_bytes(load64(p) ^ pattern);
        if (hits != 0)
            return const_cast<char*>(p) + first_byte(hits);
    }
    for (; n != 0; p = opaque(p + 1), n--)
        if (*p == static_cast<char>(c))
            return const_cast<char*>(p);
    return nullptr;
}

extern "C" void* memrchr(const void* s, int c, size_t n) {
    const auto* p = static_cast<const char*>(s);
    const uint64_t pattern = kOnes * static_cast<unsigned char>(c);
    // Words without a hit are skipped; the bytes of a word with one are looked at one by one.
    while (n >= 8 && zero_bytes(load64(p + n - 8) ^ pattern) == 0)
        n -= 8;
    for (; n != 0; n = opaque(n - 1))
        if (p[n - 1] == static_cast<char>(c))
            return const_cast<char*>(p) + n - 1;
    return nullptr;
}
