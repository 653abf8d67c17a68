// SPDX-License-Identifier: BSD-3-Clause
// memmem and strstr: short needles in a register, others by the two-way algorithm (Crochemore and
// Perrin, 1991); linear time and no memory.
#include "string_impl.hpp"

namespace {

struct Factor {
    size_t start;  // the critical position: needle = left[0, start) right[start, n)
    size_t period; // of the right part
};

/// The largest suffix of the needle in byte order (reversed when asked), and its period.
Factor largest_suffix(const unsigned char* needle, size_t n, bool reversed) {
    size_t start = 0;
    size_t candidate = 1;
    size_t k = 0; // bytes in which both agree
    size_t period = 1;
    while (candidate + k < n) {
        const unsigned char a = needle[candidate + k];
        const unsigned char b = needle[start + k];
        if (a == b) {
            if (++k == period) {
                candidate += period;
                k = 0;
            }
        } else if ((a < b) != reversed) {
            candidate += k + 1;
            k = 0;
            period = candidate - start;
        } else {
            start = candidate++;
            k = 0;
            period = 1;
        }
    }
    return {start, period};
}

/// 1 < needle_len <= hay_len.
const unsigned char* two_way(const unsigned char* hay, size_t hay_len, const unsigned char* needle,
                             size_t n) {
    Factor factor = largest_suffix(needle, n, false);
    const Factor other = largest_suffix(needle, n, true);
    if (other.start > factor.start)
        factor = other;
    const bool periodic = factor.start + factor.period <= n &&
                          memcmp(needle, needle + factor.period, factor.start) == 0;
    if (!periodic) {
        const size_t longer = factor.start > n - factor.start ? factor.start : n - factor.start;
        factor.period = longer + 1;
    }
    size_t known = 0; // bytes at the front of the needle that are known to match
    for (size_t at = 0; at <= hay_len - n;) {
        size_t i = factor.start > known ? factor.start : known;
        while (i < n && needle[i] == hay[at + i])
            i++;
        if (i < n) {
            at += i - factor.start + 1;
            known = 0;
            continue;
        }
        i = factor.start;
        while (i > known && needle[i - 1] == hay[at + i - 1])
            i--;
        if (i <= known)
            return hay + at;
        at += factor.period;
        known = periodic ? n - factor.period : 0;
    }
    return nullptr;
}

/// 1 < n <= 8, n <= hay_len: the last n bytes as a number.
const unsigned char* short_needle(const unsigned char* hay, size_t hay_len,
                                  const unsigned char* needle, size_t n) {
    const uint64_t mask = ~uint64_t{0} >> (64 - 8 * n);
    uint64_t wanted = 0;
    uint64_t window = 0;
    for (size_t i = 0; i < n; i++) {
        wanted = wanted << 8 | needle[i];
        window = window << 8 | hay[i];
    }
    const unsigned char* next = hay + n;
    for (const unsigned char* const end = hay + hay_len; window != wanted;) {
        if (next == end)
            return nullptr;
        window = (window << 8 | *next++) & mask;
    }
    return next - n;
}

} // namespace

extern "C" void* memmem(const void* hay, size_t hay_len, const void* needle, size_t needle_len) {
    const auto* h = static_cast<const unsigned char*>(hay);
    const auto* n = static_cast<const unsigned char*>(needle);
    if (needle_len == 0)
        return const_cast<unsigned char*>(h);
    if (needle_len > hay_len)
        return nullptr;
    // Up to the first byte of the needle the fast way; often there is none.
    const auto* first =
        static_cast<const unsigned char*>(memchr(h, n[0], hay_len - needle_len + 1));
    if (first == nullptr || needle_len == 1)
        return const_cast<unsigned char*>(first);
    const size_t left = hay_len - static_cast<size_t>(first - h);
    return const_cast<unsigned char*>(needle_len <= 8 ? short_needle(first, left, n, needle_len)
                                                      : two_way(first, left, n, needle_len));
}

extern "C" char* strstr(const char* hay, const char* needle) {
    return static_cast<char*>(memmem(hay, strlen(hay), needle, strlen(needle)));
}
