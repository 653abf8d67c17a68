// SPDX-License-Identifier: BSD-3-Clause
// Private: the decimal digits of a binary number, exactly. Any number of this form ends in decimal;
// its digits are counted in limbs of nine, multiplied by 2 or by 5 as often as the exponent says.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace newlib::decimal {

using Bits = unsigned __int128;

// `mantissa` times 2 to the `exponent`; not zero.
struct Binary {
    Bits mantissa;
    int exponent;
};

// Of the bits of a long double, 80 of x86_64 or 128 (binary128), without its sign; finite, not
// zero.
template <bool kHidden>
constexpr Binary parts(Bits bits) {
    constexpr int kFraction = kHidden ? 112 : 64; // x86_64 writes the bit before the point down
    const int biased = static_cast<int>(bits >> kFraction) & 0x7fff;
    const Bits fraction = bits & ((Bits{1} << kFraction) - 1);
    const bool hidden = kHidden && biased != 0;
    return {fraction | (Bits{hidden} << kFraction),
            (biased != 0 ? biased : 1) - 16383 - (kHidden ? 112 : 63)};
}

inline constexpr uint32_t kLimb = 1'000'000'000;
inline constexpr int kLimbDigits = 9;

// More limbs than any number with this exponent has: 39 digits of a mantissa, and for each step of
// the exponent 0.31 more of the product with 2 or 0.7 of that with 5.
constexpr size_t limbs_of(int exponent) {
    const int digits = 39 + (exponent < 0 ? -exponent * 7 / 10 : exponent * 31 / 100);
    return static_cast<size_t>(digits) / kLimbDigits + 2;
}

// The least significant limb comes first. Its user has room for limbs_of() of them.
class Limbs {
  public:
    constexpr explicit Limbs(uint32_t* limbs) : limbs_(limbs) {}

    // `factor` and `add` below kLimb.
    constexpr void multiply(uint32_t factor, uint32_t add) {
        uint64_t carry = add;

        for (size_t i = 0; i < count_; i++) {
            carry += uint64_t{limbs_[i]} * factor;
            limbs_[i] = static_cast<uint32_t>(carry % kLimb);
            carry /= kLimb;
        }
        if (carry != 0)
            limbs_[count_++] = static_cast<uint32_t>(carry);
    }

    // Writes the digits, the most significant first, and answers their number; the first is not 0.
    constexpr size_t write(char* text) const {
        size_t length = 0;

        for (size_t i = count_; i-- > 0;) {
            uint32_t rest = limbs_[i];
            for (uint32_t place = kLimb / 10; place != 0; place /= 10) {
                const uint32_t digit = rest / place;
                rest %= place;
                if (length != 0 || digit != 0)
                    text[length++] = static_cast<char>('0' + digit);
            }
        }
        return length;
    }

  private:
    uint32_t* limbs_;
    size_t count_ = 0;
};

// A number is 0.DIGITS times 10 to the `point`; `length` digits, the last of which is not 0.
struct Digits {
    size_t length;
    int point;
};

// All digits of `value` into `text` (kLimbDigits for each of limbs_of()); zeros may be at the end.
constexpr Digits all_digits(Binary value, uint32_t* room, char* text) {
    for (; (value.mantissa & 1) == 0; value.mantissa >>= 1)
        value.exponent++;
    Limbs limbs{room};
    for (int at = 112; at >= 0; at -= 16)
        limbs.multiply(1 << 16, static_cast<uint32_t>(value.mantissa >> at) & 0xffff);

    const uint32_t base = value.exponent < 0 ? 5 : 2;
    int left = value.exponent < 0 ? -value.exponent : value.exponent;
    while (left > 0) {
        uint32_t factor = 1;
        for (; left > 0 && factor < kLimb / 5; left--)
            factor *= base;
        limbs.multiply(factor, 0);
    }
    const size_t length = limbs.write(text);
    return {length, static_cast<int>(length) + (value.exponent < 0 ? value.exponent : 0)};
}

// Keeps the first `keep` digits, which may be none or fewer, to nearest, ties to even.
constexpr Digits rounded(char* text, Digits digits, int keep) {
    size_t length = digits.length;

    if (keep < 0)
        return {0, digits.point};
    if (static_cast<size_t>(keep) < length) {
        const size_t end = static_cast<size_t>(keep);
        bool odd = end != 0 && ((text[end - 1] - '0') & 1) != 0;
        for (size_t i = end + 1; i < length && !odd; i++)
            odd = text[i] != '0'; // no tie
        bool up = text[end] > '5' || (text[end] == '5' && odd);
        length = end;
        while (up && length > 0 && text[length - 1] == '9')
            length--;
        if (up && length == 0) {
            text[length++] = '1';
            digits.point++;
        } else if (up) {
            text[length - 1]++;
        }
    }
    while (length > 0 && text[length - 1] == '0')
        length--;
    return {length, digits.point};
}

} // namespace newlib::decimal
