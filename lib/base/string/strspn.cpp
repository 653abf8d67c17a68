// SPDX-License-Identifier: BSD-3-Clause
// strspn, strcspn and strpbrk, by a set of 256 bits.
#include "string_impl.hpp"

namespace {

class ByteSet {
    uint64_t bits_[4] = {0, 0, 0, 0};

  public:
    explicit ByteSet(const char* members) {
        for (; *members != '\0'; members++) {
            const auto c = static_cast<unsigned char>(*members);
            bits_[c / 64] |= uint64_t{1} << c % 64;
        }
    }
    void add_end() { bits_[0] |= 1; }
    bool has(char c) const {
        const auto u = static_cast<unsigned char>(c);
        return (bits_[u / 64] >> u % 64 & 1) != 0;
    }
};

} // namespace

extern "C" size_t strspn(const char* s, const char* accept) {
    const ByteSet set(accept); // never holds the NUL
    size_t n = 0;
    while (set.has(s[n]))
        n++;
    return n;
}

extern "C" size_t strcspn(const char* s, const char* reject) {
    ByteSet set(reject);
    set.add_end();
    size_t n = 0;
    while (!set.has(s[n]))
        n++;
    return n;
}

extern "C" char* strpbrk(const char* s, const char* accept) {
    s += strcspn(s, accept);
    return *s != '\0' ? const_cast<char*>(s) : nullptr;
}
