// SPDX-License-Identifier: BSD-3-Clause
// Arithmetic of binary128 against the compiler's own, on chosen and random numbers.
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include <uk/fakes/effort.hpp>

#include "lib/libnewlib/quad.hpp"

namespace quad = newlib::quad;
using quad::Bits;

#ifdef __SIZEOF_FLOAT128__ // the build machine's compiler has such a type

namespace {

using Real = __float128;

Real real(Bits bits) {
    return __builtin_bit_cast(Real, bits);
}

Bits bits(Real value) {
    return __builtin_bit_cast(Bits, value);
}

std::string hex(Bits value) {
    char text[40];
    snprintf(text, sizeof(text), "%016lx'%016lx", static_cast<unsigned long>(value >> 64),
             static_cast<unsigned long>(value));
    return text;
}

// The payload of a NaN is nobody's business.
testing::AssertionResult same(Bits ours, Bits theirs) {
    if (ours == theirs || (quad::is_nan(ours) && quad::is_nan(theirs))) {
        return testing::AssertionSuccess();
    }
    return testing::AssertionFailure() << hex(ours) << " is not " << hex(theirs);
}

std::mt19937_64 g_random(20261121);

Bits random_bits() {
    return static_cast<Bits>(g_random()) << 64 | g_random();
}

// Zeros, ones, edges of every kind, and random numbers, half of them of similar size.
std::vector<Bits> numbers() {
    std::vector<Bits> all = {0,
                             1,
                             2,
                             quad::kHidden - 1,
                             quad::kHidden,
                             quad::kHidden + 1,
                             static_cast<Bits>(quad::kBias) << quad::kFraction,
                             (static_cast<Bits>(quad::kBias) << quad::kFraction) + 1,
                             (static_cast<Bits>(quad::kBias + 112) << quad::kFraction) - 1,
                             quad::kInfinity - 1,
                             quad::kInfinity,
                             quad::kInfinity + 1,
                             quad::kNan};
    for (unsigned i = 0; i < uk::fakes::effort(400); i++) {
        Bits some = random_bits();
        if (i % 2 == 0) {
            some &= quad::kSign | (quad::kHidden - 1);
            some |= static_cast<Bits>(quad::kBias - 60 + static_cast<int>(g_random() % 120))
                    << quad::kFraction;
        }
        if (i % 8 == 1) {
            some &= quad::kSign | (quad::kHidden - 1); // subnormal
        }
        if (i % 5 == 0) {
            some &= ~Bits{0} << (g_random() % 112); // few digits: exact results, ties
        }
        all.push_back(some);
    }
    for (size_t i = 0, n = all.size(); i < n; i++) {
        all.push_back(all[i] ^ quad::kSign);
    }
    return all;
}

TEST(Quad, ArithmeticIsTheCompilers) {
    const std::vector<Bits> all = numbers();
    for (const Bits a : all) {
        for (const Bits b : all) {
            const auto what = [&] { return hex(a) + " and " + hex(b); };
            ASSERT_TRUE(same(quad::add(a, b), bits(real(a) + real(b)))) << what();
            ASSERT_TRUE(same(quad::subtract(a, b), bits(real(a) - real(b)))) << what();
            ASSERT_TRUE(same(quad::multiply(a, b), bits(real(a) * real(b)))) << what();
            ASSERT_TRUE(same(quad::divide(a, b), bits(real(a) / real(b)))) << what();
        }
    }
}

TEST(Quad, ComparisonIsTheCompilers) {
    const std::vector<Bits> all = numbers();
    for (const Bits a : all) {
        for (const Bits b : all) {
            const Real x = real(a), y = real(b);
            const int expected = x < y ? -1 : x > y ? 1 : x == y ? 0 : 2;
            ASSERT_EQ(quad::compare(a, b), expected) << hex(a) << " and " << hex(b);
        }
    }
}

TEST(Quad, NarrowingIsTheCompilers) {
    std::vector<Bits> all = numbers();
    for (int i = 0; i < 20'000; i++) { // around the ends of both formats, subnormals included
        const int exponent =
            static_cast<int>(g_random() % (i % 2 == 0 ? 320 : 2'300)) - (i % 2 == 0 ? 160 : 1'150);
        all.push_back((random_bits() & (quad::kSign | (quad::kHidden - 1))) |
                      static_cast<Bits>(quad::kBias + exponent) << quad::kFraction);
    }
    for (const Bits a : all) {
        if (quad::is_nan(a)) {
            EXPECT_NE(__builtin_bit_cast(double, quad::truncate(a, 52, 11)),
                      __builtin_bit_cast(double, quad::truncate(a, 52, 11)));
            continue;
        }
        ASSERT_EQ(quad::truncate(a, 52, 11),
                  __builtin_bit_cast(uint64_t, static_cast<double>(real(a))))
            << hex(a);
        ASSERT_EQ(quad::truncate(a, 23, 8),
                  __builtin_bit_cast(uint32_t, static_cast<float>(real(a))))
            << hex(a);
    }
}

TEST(Quad, WideningIsTheCompilers) {
    for (int i = 0; i < 50'000; i++) {
        const uint64_t wide = i < 4
                                  ? uint64_t{1} << i
                                  : g_random() & (i % 9 == 0 ? ~0xfff0000000000000 : ~uint64_t{0});
        const auto narrow = static_cast<uint32_t>(i % 7 == 0 ? wide & 0x807fffff : wide);
        ASSERT_TRUE(same(quad::extend(wide, 52, 11),
                         bits(static_cast<Real>(__builtin_bit_cast(double, wide)))));
        ASSERT_TRUE(same(quad::extend(narrow, 23, 8),
                         bits(static_cast<Real>(__builtin_bit_cast(float, narrow)))));
    }
}

TEST(Quad, IntegersAreTheCompilers) {
    for (int i = 0; i < 20'000; i++) {
        const uint64_t value = g_random() >> (g_random() % 64);
        ASSERT_EQ(quad::from_unsigned(value), bits(static_cast<Real>(value)));
        const auto number = static_cast<int64_t>(value);
        ASSERT_EQ(quad::from_signed(number), bits(static_cast<Real>(number)));
        ASSERT_EQ(quad::to_unsigned(quad::from_unsigned(value), 64), value);
        ASSERT_EQ(quad::to_signed(quad::from_signed(number), 64), number);
        const Real half = static_cast<Real>(number) / 4;
        ASSERT_EQ(quad::to_signed(bits(half), 64), static_cast<int64_t>(half));
    }
    EXPECT_EQ(quad::to_signed(bits(static_cast<Real>(3e30)), 64),
              std::numeric_limits<int64_t>::max());
    EXPECT_EQ(quad::to_signed(bits(static_cast<Real>(-3e30)), 32),
              std::numeric_limits<int32_t>::min());
    EXPECT_EQ(quad::to_unsigned(bits(static_cast<Real>(3e30)), 32), 0xffffffffU);
    EXPECT_EQ(quad::to_unsigned(bits(static_cast<Real>(-1)), 64), 0U);
    EXPECT_EQ(quad::to_signed(quad::kNan, 64), 0);
}

} // namespace

#else

// Where long double is binary128 itself, its users test it.
TEST(Quad, OneIsOne) {
    EXPECT_EQ(quad::from_unsigned(1), static_cast<Bits>(quad::kBias) << quad::kFraction);
}

#endif
