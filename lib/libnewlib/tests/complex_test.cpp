// SPDX-License-Identifier: BSD-3-Clause
// Host tests: products and quotients of complex numbers, beside those of the build machine's
// compiler.
#include "lib/libnewlib/complex.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>

#include <gtest/gtest.h>

namespace {

using newlib::complex::Pair;

template <class T>
bool same(T a, T b) {
    return std::isnan(a) ? std::isnan(b) : a == b && std::signbit(a) == std::signbit(b);
}

_Complex double make(double re, double im) {
    _Complex double z;
    __real__ z = re;
    __imag__ z = im;
    return z;
}
_Complex float make(float re, float im) {
    _Complex float z;
    __real__ z = re;
    __imag__ z = im;
    return z;
}

template <class T>
const T kOdd[] = {0,
                  -T{0},
                  1,
                  -2.5,
                  std::numeric_limits<T>::max(),
                  std::numeric_limits<T>::denorm_min(),
                  std::numeric_limits<T>::infinity(),
                  -std::numeric_limits<T>::infinity(),
                  std::numeric_limits<T>::quiet_NaN()};

template <class T, class Check>
void for_each_odd(Check check) {
    for (T a : kOdd<T>)
        for (T b : kOdd<T>)
            for (T c : kOdd<T>)
                for (T d : kOdd<T>)
                    check(a, b, c, d);
}

bool is_infinite(Pair<double> z) {
    return std::isinf(z.re) || std::isinf(z.im);
}

} // namespace

template <class T>
void products_are_those_of_the_compiler() {
    for_each_odd<T>([](T a, T b, T c, T d) {
        const auto wanted = make(a, b) * make(c, d);
        const Pair<T> got = newlib::complex::multiply(a, b, c, d);
        EXPECT_TRUE(same(__real__ wanted, got.re) && same(__imag__ wanted, got.im))
            << a << " " << b << " times " << c << " " << d << " is " << __real__ wanted << " "
            << __imag__ wanted << ", not " << got.re << " " << got.im;
    });
}

TEST(Complex, ProductsAreThoseOfTheCompiler) {
    products_are_those_of_the_compiler<double>();
    products_are_those_of_the_compiler<float>();
}

// Annex G.5.1, 4: what division has to say of infinities and zeros.
TEST(Complex, QuotientsOfInfinitiesAndZeros) {
    for_each_odd<double>([](double a, double b, double c, double d) {
        const Pair<double> got = newlib::complex::divide(a, b, c, d);
        const bool above_inf = std::isinf(a) || std::isinf(b),
                   below_inf = std::isinf(c) || std::isinf(d);
        const bool below_finite = std::isfinite(c) && std::isfinite(d);
        const bool above_finite = std::isfinite(a) && std::isfinite(b);
        const bool above_zero = a == 0 && b == 0, below_zero = c == 0 && d == 0;
        EXPECT_TRUE(!(above_inf && below_finite) || (is_infinite(got)))
            << a << " " << b << " by " << c << " " << d;
        EXPECT_TRUE(!(above_finite && below_inf) || (got.re == 0 && got.im == 0))
            << a << " " << b << " by " << c << " " << d;
        EXPECT_TRUE(!(below_zero && !above_zero && !std::isnan(a) && !std::isnan(b)) ||
                    (is_infinite(got)))
            << a << " " << b << " by " << c << " " << d;
    });
}

TEST(Complex, QuotientsOfNumbers) {
    std::mt19937_64 random(1);
    std::uniform_real_distribution<double> part(-1e6, 1e6);
    for (int i = 0; i < 10000; i++) {
        const double a = part(random), b = part(random), c = part(random), d = part(random);
        const _Complex double wanted = make(a, b) / make(c, d);
        const Pair<double> got = newlib::complex::divide(a, b, c, d);
        const double size = std::hypot(__real__ wanted, __imag__ wanted);
        EXPECT_NEAR(__real__ wanted, got.re, size * 1e-14);
        EXPECT_NEAR(__imag__ wanted, got.im, size * 1e-14);
    }
    const Pair<double> large = newlib::complex::divide(1e308, 1e308, 1e308, 1e308);
    EXPECT_TRUE(large.re == 1 && large.im == 0);
}
