// SPDX-License-Identifier: BSD-3-Clause
// memchr and memrchr: eight bytes at a time.
#include "string_impl.hpp"

using namespace uk::detail;

// Aligned words only: where the byte is found, n may reach into memory that is not there
// (C11 7.24.5.1).
extern "C" UK_READS_WORDS void* memchr(const void* s, int c, size_t n) {
    if (n == 0)
        return nullptr;
    const auto* start = static_cast<const char*>(s);
    const char* word = word_of(start);
    const uint64_t pattern = kOnes * static_cast<unsigned char>(c);
    const unsigned skip = reinterpret_cast<uintptr_t>(start) % 8;
    uint64_t hits = zero_bytes((word_at(word) ^ pattern) | ((uint64_t{1} << 8 * skip) - 1));
    while (hits == 0) {
        word = opaque(word + 8);
        if (static_cast<size_t>(word - start) >= n)
            return nullptr;
        hits = zero_bytes(word_at(word) ^ pattern);
    }
    const char* at = word + first_byte(hits);
    return static_cast<size_t>(at - start) < n ? const_cast<char*>(at) : nullptr;
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
