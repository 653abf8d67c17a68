// SPDX-License-Identifier: BSD-3-Clause
// The smaller and the larger of two values. <algorithm>, which has them too, is no freestanding
// header: in some configurations it needs a C library.
#pragma once

namespace uk {

template <class T>
constexpr T min(T a, T b) {
    return b < a ? b : a;
}

template <class T>
constexpr T max(T a, T b) {
    return a < b ? b : a;
}

} // namespace uk
