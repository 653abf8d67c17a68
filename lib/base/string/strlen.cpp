// SPDX-License-Identifier: BSD-3-Clause
// strlen and strnlen.
#include "string_impl.hpp"

using namespace uk::detail;

extern "C" UK_CALLED_BY_COMPILER UK_READS_WORDS size_t strlen(const char* s) {
    const char* word = word_of(s);
    const unsigned skip = reinterpret_cast<uintptr_t>(s) % 8;
    // Bytes in front of the string are made not zero.
    uint64_t zeros = zero_bytes(word_at(word) | ((uint64_t{1} << 8 * skip) - 1));
    while (zeros == 0)
        zeros = zero_bytes(word_at(word = opaque(word + 8)));
    return static_cast<size_t>(word + first_byte(zeros) - s);
}

extern "C" size_t strnlen(const char* s, size_t n) {
    const void* end = memchr(s, 0, n);
    return end == nullptr ? n : static_cast<size_t>(static_cast<const char*>(end) - s);
}
