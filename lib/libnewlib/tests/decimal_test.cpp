// SPDX-License-Identifier: BSD-3-Clause
// Digits of long doubles against the host's C library, which knows all of them.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <uk/fakes/effort.hpp>

#include "lib/libnewlib/decimal.hpp"

namespace decimal = newlib::decimal;
using decimal::Bits;

#if __LDBL_MANT_DIG__ == 64 // the build machine's long double is that of x86_64

namespace {

constexpr int kAll = 12000; // more than the smallest number has

// The digits and the place of the point, as text; `keep` counts from the first digit.
std::string ours(decimal::Binary value, int keep) {
    const size_t limbs = decimal::limbs_of(value.exponent);
    std::vector<uint32_t> room(limbs);
    std::string text(limbs * decimal::kLimbDigits, '?');
    decimal::Digits digits = decimal::all_digits(value, room.data(), text.data());
    digits = decimal::rounded(text.data(), digits, keep);
    text.resize(digits.length);
    return text + " " + std::to_string(digits.point);
}

std::string theirs(long double value, int keep) {
    char text[kAll + 20];
    std::snprintf(text, sizeof(text), "%.*Le", keep - 1, value);
    char* const exponent = std::strchr(text, 'e');
    std::string digits(text, exponent);
    std::erase(digits, '.');
    digits.erase(digits.find_last_not_of('0') + 1);
    return digits + " " + std::to_string(std::atoi(exponent + 1) + 1);
}

decimal::Binary of_80_bits(long double value) {
    Bits bits = 0;
    std::memcpy(&bits, &value, 10);
    return decimal::parts<false>(bits);
}

decimal::Binary of_128_bits(long double value) {
    const auto wide = static_cast<__float128>(value);
    return decimal::parts<true>(__builtin_bit_cast(Bits, wide));
}

void expect_same(long double value, int keep) {
    const std::string expected = theirs(value, keep);
    EXPECT_EQ(ours(of_80_bits(value), keep), expected) << value << " to " << keep;
    EXPECT_EQ(ours(of_128_bits(value), keep), expected) << value << " to " << keep;
}

// The host's for binary128, under a name that headers do not declare otherwise.
extern "C" int text_of_quad(char* text, size_t room, const char* format,
                            __float128 value) asm("strfromf128");

std::string theirs_of_quad(Bits bits) {
    char text[kAll + 20];
    text_of_quad(text, sizeof(text), "%.11999e", __builtin_bit_cast(__float128, bits));
    char* const exponent = std::strchr(text, 'e');
    std::string digits(text, exponent);
    std::erase(digits, '.');
    digits.erase(digits.find_last_not_of('0') + 1);
    return digits + " " + std::to_string(std::atoi(exponent + 1) + 1);
}

// All 113 bits, and numbers below the normal ones: the longest there are.
TEST(Decimal, EdgesOfBinary128) {
    constexpr Bits kOnes = (Bits{1} << 112) - 1;
    for (const Bits exponent : {0, 1, 2, 0x3fff, 0x406f, 0x7ffe}) {
        const Bits bits = exponent << 112 | kOnes;
        EXPECT_EQ(ours(decimal::parts<true>(bits), kAll), theirs_of_quad(bits));
    }
    EXPECT_EQ(ours(decimal::parts<true>(1), kAll), theirs_of_quad(1));
}

TEST(Decimal, EdgesOfTheFormat) {
    using Limits = std::numeric_limits<long double>;

    for (const long double value : {Limits::min(), Limits::max(), Limits::denorm_min(),
                                    Limits::epsilon(), 1.0L, 0.1L, 1e27L, 1e28L, 0.5L, 9.5L}) {
        expect_same(value, kAll);
        for (int keep = 1; keep < 25; keep++)
            expect_same(value, keep);
    }
}

TEST(Decimal, RandomNumbersToRandomPlaces) {
    std::mt19937_64 random(20261122);

    for (unsigned i = 0; i < uk::fakes::effort(2000); i++) {
        Bits bits = random() | uint64_t{1} << 63;
        bits &= ~Bits{0} << (random() % 2 * (random() % 64)); // few digits: ties
        const uint64_t biased = i % 50 == 0 ? random() % 0x7fff : 16383 - 80 + random() % 160;
        bits |= static_cast<Bits>(biased != 0 ? biased : 1) << 64;
        long double value = 0;
        std::memcpy(&value, &bits, 10);
        expect_same(value, 1 + static_cast<int>(random() % 80));
    }
}

TEST(Decimal, NinesCarryIntoANewDigit) {
    EXPECT_EQ(ours(of_80_bits(999.75L), 3), "1 4");
    EXPECT_EQ(ours(of_80_bits(999.75L), 4), "9998 3"); // a tie: to the even one
    EXPECT_EQ(ours(of_80_bits(0.625L), 2), "62 0");
}

TEST(Decimal, NoDigitsAreLeftOfWhatIsTooSmall) {
    EXPECT_EQ(ours(of_80_bits(0.75L), 0), "1 1");
    EXPECT_EQ(ours(of_80_bits(0.5L), 0), " 0");
    EXPECT_EQ(ours(of_80_bits(0.25L), 0), " 0");
    EXPECT_EQ(ours(of_80_bits(0.75L), -1), " 0");
}

} // namespace

#endif
