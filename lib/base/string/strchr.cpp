// SPDX-License-Identifier: BSD-3-Clause
// strchr, strchrnul and strrchr.
#include "string_impl.hpp"

using namespace uk::detail;

extern "C" UK_READS_WORDS char* strchrnul(const char* s, int c) {
    const char* word = word_of(s);
    const uint64_t pattern = kOnes * static_cast<unsigned char>(c);
    const unsigned skip = reinterpret_cast<uintptr_t>(s) % 8;
    const uint64_t before = (uint64_t{1} << 8 * skip) - 1; // the bytes in front of the string
    // Hits above the first one may be false (a borrow); the first never is, and only it is used.
    uint64_t bytes = word_at(word);
    uint64_t hits = zero_bytes(bytes | before) | zero_bytes((bytes ^ pattern) | before);
    while (hits == 0) {
        word = opaque(word + 8);
        bytes = word_at(word);
        hits = zero_bytes(bytes) | zero_bytes(bytes ^ pattern);
    }
    return const_cast<char*>(word) + first_byte(hits);
}

extern "C" char* strchr(const char* s, int c) {
    char* at = strchrnul(s, c);
    return *at == static_cast<char>(c) ? at : nullptr;
}

extern "C" char* strrchr(const char* s, int c) {
    return static_cast<char*>(memrchr(s, c, strlen(s) + 1));
}
