// SPDX-License-Identifier: BSD-3-Clause
// Products and quotients of complex numbers (C11, Annex G.5.1): infinite operands give infinite
// results, where plain arithmetic would give none.
#pragma once

namespace newlib::complex {

template <class T>
struct Pair {
    T re, im;
};

template <class T>
struct Most;
template <>
struct Most<float> {
    static constexpr float kValue = __FLT_MAX__;
};
template <>
struct Most<double> {
    static constexpr double kValue = __DBL_MAX__;
};
template <>
struct Most<long double> {
    static constexpr long double kValue = __LDBL_MAX__;
};

template <class T>
bool is_nan(T x) {
    return x != x;
}
template <class T>
bool is_inf(T x) {
    return !is_nan(x) && is_nan(x - x);
}
template <class T>
bool is_finite(T x) {
    return !is_nan(x - x);
}
inline float with_sign(float x, float sign) {
    return __builtin_copysignf(x, sign);
}
inline double with_sign(double x, double sign) {
    return __builtin_copysign(x, sign);
}
inline long double with_sign(long double x, long double sign) {
    return __builtin_copysignl(x, sign);
}
template <class T>
T size(T x) {
    return with_sign(x, T{1});
}

// 1 or 0 for infinite or not, and 0 where there is no number; with the sign.
template <class T>
T boxed(T x) {
    return with_sign(is_inf(x) ? T{1} : T{0}, x);
}
template <class T>
void no_nan(T& x) {
    if (is_nan(x)) {
        x = with_sign(T{0}, x);
    }
}

template <class T>
Pair<T> multiply(T a, T b, T c, T d) {
    constexpr T kInf = static_cast<T>(__builtin_inf());
    const T ac = a * c, bd = b * d, ad = a * d, bc = b * c;
    const Pair<T> plain = {ac - bd, ad + bc};
    if (!is_nan(plain.re) || !is_nan(plain.im)) {
        return plain;
    }
    bool again = false;
    if (is_inf(a) || is_inf(b)) {
        a = boxed(a), b = boxed(b);
        no_nan(c), no_nan(d);
        again = true;
    }
    if (is_inf(c) || is_inf(d)) {
        c = boxed(c), d = boxed(d);
        no_nan(a), no_nan(b);
        again = true;
    }
    if (!again && (is_inf(ac) || is_inf(bd) || is_inf(ad) || is_inf(bc))) {
        no_nan(a), no_nan(b), no_nan(c), no_nan(d);
        again = true;
    }
    return again ? Pair<T>{kInf * (a * c - b * d), kInf * (a * d + b * c)} : plain;
}

// By the larger part of the divisor (Smith, CACM 5, 435), which spares the squares' overflow; what
// is so large that its sum overflows is halved before.
template <class T>
Pair<T> quotient(T a, T b, T c, T d) {
    constexpr T kHalf = T{1} / 2;
    constexpr T kLarge = Most<T>::kValue * kHalf;
    if (size(a) > kLarge || size(b) > kLarge || size(c) > kLarge || size(d) > kLarge) {
        a *= kHalf, b *= kHalf, c *= kHalf, d *= kHalf;
    }
    if (size(c) < size(d)) {
        const T ratio = c / d, whole = c * ratio + d;
        return {(a * ratio + b) / whole, (b * ratio - a) / whole};
    }
    const T ratio = d / c, whole = d * ratio + c;
    return {(b * ratio + a) / whole, (b - a * ratio) / whole};
}

template <class T>
Pair<T> divide(T a, T b, T c, T d) {
    constexpr T kInf = static_cast<T>(__builtin_inf());
    const Pair<T> plain = quotient(a, b, c, d);
    if (!is_nan(plain.re) || !is_nan(plain.im)) {
        return plain;
    }
    if (c == 0 && d == 0 && (!is_nan(a) || !is_nan(b))) {
        return {with_sign(kInf, c) * a, with_sign(kInf, c) * b};
    }
    if ((is_inf(a) || is_inf(b)) && is_finite(c) && is_finite(d)) {
        a = boxed(a), b = boxed(b);
        return {kInf * (a * c + b * d), kInf * (b * c - a * d)};
    }
    if ((is_inf(c) || is_inf(d)) && is_finite(a) && is_finite(b)) {
        c = boxed(c), d = boxed(d);
        a /= 2, b /= 2; // no sum may overflow
        return {T{0} * (a * c + b * d), T{0} * (b * c - a * d)};
    }
    return plain;
}

} // namespace newlib::complex

// Definitions of what the compiler calls.
#define UK_COMPLEX_OF(type)                                                                        \
    static _Complex type joined(Pair<type> pair) {                                                 \
        _Complex type value;                                                                       \
        __real__ value = pair.re;                                                                  \
        __imag__ value = pair.im;                                                                  \
        return value;                                                                              \
    }
#define UK_COMPLEX(type, multiply_name, divide_name)                                               \
    extern "C" _Complex type multiply_name(type a, type b, type c, type d) {                       \
        return joined(multiply(a, b, c, d));                                                       \
    }                                                                                              \
    extern "C" _Complex type divide_name(type a, type b, type c, type d) {                         \
        return joined(divide(a, b, c, d));                                                         \
    }
