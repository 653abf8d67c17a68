// SPDX-License-Identifier: BSD-3-Clause
// Private to memcpy and memmove: short blocks by a few loads and stores that overlap in the middle,
// without a loop. All loads come before the first store, so source and destination may overlap,
// too.
#pragma once

#include "string_impl.hpp"

namespace uk::detail {

inline constexpr size_t kSmallCopy = 64;

/// N words from s to d.
template <unsigned N>
[[gnu::always_inline]] inline void copy_words(char* d, const char* s) {
    uint64_t w[N];
    for (unsigned i = 0; i < N; i++)
        w[i] = load64(s + 8 * i);
    for (unsigned i = 0; i < N; i++)
        store64(d + 8 * i, w[i]);
}

/// The first N words and the last N words of n bytes, 8 * N <= n <= 16 * N.
template <unsigned N>
[[gnu::always_inline]] inline void copy_both_ends(char* d, const char* s, size_t n) {
    uint64_t head[N];
    uint64_t tail[N];
    for (unsigned i = 0; i < N; i++) {
        head[i] = load64(s + 8 * i);
        tail[i] = load64(s + n - 8 * (i + 1));
    }
    for (unsigned i = 0; i < N; i++) {
        store64(d + 8 * i, head[i]);
        store64(d + n - 8 * (i + 1), tail[i]);
    }
}

/// The same with one T at each end.
template <class T>
[[gnu::always_inline]] inline void copy_ends_of(char* d, const char* s, size_t n) {
    T head;
    T tail;
    __builtin_memcpy(&head, s, sizeof(T));
    __builtin_memcpy(&tail, s + n - sizeof(T), sizeof(T));
    __builtin_memcpy(d, &head, sizeof(T));
    __builtin_memcpy(d + n - sizeof(T), &tail, sizeof(T));
}

[[gnu::always_inline]] inline void copy_small(char* d, const char* s, size_t n) {
    if (n >= 16) {
        if (n > 32)
            copy_both_ends<4>(d, s, n);
        else
            copy_both_ends<2>(d, s, n);
    } else if (n >= 8) {
        copy_both_ends<1>(d, s, n);
    } else if (n >= 4) {
        copy_ends_of<uint32_t>(d, s, n);
    } else if (n >= 2) {
        copy_ends_of<uint16_t>(d, s, n);
    } else if (n != 0) {
        *d = *s;
    }
}

} // namespace uk::detail
