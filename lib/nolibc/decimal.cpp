// SPDX-License-Identifier: BSD-3-Clause
// Correctly rounded conversion of decimal digits: an exact division of big integers.
//
// Numbers of at most 15 digits whose power of ten is exact in a double take one operation of the
// processor; everything else is divided bit by bit, a few microseconds.
#include "decimal.hpp"

#include <limits.h>

namespace nolibc {

// --- BigNumber ----------------------------------------------------------------------------------

void BigNumber::push(uint64_t word) {
    if (word != 0) {
        words_[count_++] = word;
    }
}

void BigNumber::multiply_add(uint64_t factor, uint64_t summand) {
    uint64_t carry = summand;
    for (size_t i = 0; i < count_; i++) {
        unsigned __int128 product = static_cast<unsigned __int128>(words_[i]) * factor + carry;
        words_[i] = static_cast<uint64_t>(product);
        carry = static_cast<uint64_t>(product >> 64);
    }
    push(carry);
}

void BigNumber::multiply_power10(unsigned power) {
    constexpr uint64_t k10To19 = 10'000'000'000'000'000'000U;
    for (; power >= 19; power -= 19) {
        multiply_add(k10To19, 0);
    }
    uint64_t rest = 1;
    for (; power > 0; power--) {
        rest *= 10;
    }
    multiply_add(rest, 0);
}

void BigNumber::shift_left(unsigned bits) {
    size_t words = bits / 64;
    unsigned part = bits % 64;
    if (part != 0) {
        multiply_add(uint64_t{1} << part, 0);
    }
    if (words == 0 || zero()) {
        return;
    }
    for (size_t i = count_; i > 0; i--) {
        words_[i - 1 + words] = words_[i - 1];
    }
    for (size_t i = 0; i < words; i++) {
        words_[i] = 0;
    }
    count_ += words;
}

void BigNumber::subtract(const BigNumber& other) {
    bool borrow = false;
    for (size_t i = 0; i < count_; i++) {
        uint64_t word = i < other.count_ ? other.words_[i] : 0;
        uint64_t less;
        bool under = __builtin_sub_overflow(words_[i], word, &less);
        bool under_borrow = __builtin_sub_overflow(less, static_cast<uint64_t>(borrow), &words_[i]);
        borrow = under || under_borrow;
    }
    while (count_ > 0 && words_[count_ - 1] == 0) {
        count_--;
    }
}

int BigNumber::compare(const BigNumber& other) const {
    if (count_ != other.count_) {
        return count_ < other.count_ ? -1 : 1;
    }
    for (size_t i = count_; i > 0; i--) {
        if (words_[i - 1] != other.words_[i - 1]) {
            return words_[i - 1] < other.words_[i - 1] ? -1 : 1;
        }
    }
    return 0;
}

unsigned BigNumber::bit_length() const {
    if (count_ == 0) {
        return 0;
    }
    unsigned top = 64 - static_cast<unsigned>(__builtin_clzll(words_[count_ - 1]));
    return static_cast<unsigned>(count_ - 1) * 64 + top;
}

// --- rounding -----------------------------------------------------------------------------------

uint64_t round_to(const FloatFormat& format, uint64_t significand, int exponent, bool sticky,
                  bool& range) {
    if (significand == 0) {
        return 0;
    }
    int leading = __builtin_clzll(significand);
    significand <<= leading;
    int top = exponent - leading + 63; // the exponent of the first bit
    if (top > format.max_exponent) {
        range = true;
        return format.infinity();
    }
    int kept = format.precision; // bits that stay; fewer for subnormal numbers
    if (top < format.min_exponent) {
        kept -= format.min_exponent - top;
    }
    if (kept < 0) { // less than half of the smallest number
        range = true;
        return 0;
    }
    auto round = [&](int bits, bool& inexact) {
        uint64_t half = uint64_t{1} << (63 - bits);
        uint64_t rest = significand & (half | (half - 1));
        uint64_t result = bits == 0 ? 0 : significand >> (64 - bits);
        inexact = rest != 0 || sticky;
        bool up = rest > half || (rest == half && (sticky || (result & 1) != 0));
        return result + (up ? 1 : 0);
    };
    bool inexact = false;
    uint64_t result = round(kept, inexact);
    if (top >= format.min_exponent) {
        // The hidden bit adds one to the biased exponent; a carry of the rounding another one.
        result += static_cast<uint64_t>(top - format.min_exponent) << (format.precision - 1);
        range = range || result >= format.infinity();
        return result;
    }
    // Tiny as the processor has it: still below the smallest normal number if it were rounded to
    // full precision.
    bool ignored = false;
    bool tiny =
        top < format.min_exponent - 1 || round(format.precision, ignored) >> format.precision == 0;
    range = range || (inexact && tiny);
    return result;
}

// --- Decimal ------------------------------------------------------------------------------------

// Digits past the room, and what they mean for the scale.
void Decimal::add(unsigned digit, unsigned base, unsigned limit, bool fraction) {
    if (digit == 0 && significant_ == 0) { // a leading zero
        scale_ -= fraction && scale_ > INT_MIN / 8 ? 1 : 0;
        return;
    }
    if (significant_ == limit) {
        sticky_ = sticky_ || digit != 0;
        scale_ += !fraction && scale_ < INT_MAX / 8 ? 1 : 0;
        return;
    }
    significant_++;
    chunk_ = chunk_ * base + digit;
    scale_ -= fraction && scale_ > INT_MIN / 8 ? 1 : 0;
}

void Decimal::add_hex(unsigned digit, bool fraction) {
    add(digit, 16, 16, fraction);
}

void Decimal::add_decimal(unsigned digit, bool fraction) {
    constexpr uint64_t k10To18 = 1'000'000'000'000'000'000U;
    unsigned before = significant_;
    add(digit, 10, kDigits, fraction);
    if (significant_ != before) {
        chunk_scale_ *= 10;
        if (chunk_scale_ == k10To18) {
            big_.multiply_add(chunk_scale_, chunk_);
            chunk_ = 0;
            chunk_scale_ = 1;
        }
    }
}

bool Decimal::simple(int exponent, double& value) const {
    static constexpr double kPowers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                         1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                         1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    constexpr uint64_t kExact = uint64_t{1} << 53;
    int power = scale_ + exponent;
    if (!big_.zero() || sticky_ || chunk_ > kExact || power < -22 || power > 22) {
        return false;
    }
    value = static_cast<double>(chunk_);
    value = power < 0 ? value / kPowers[-power] : value * kPowers[power];
    return true;
}

uint64_t Decimal::hex_bits(const FloatFormat& format, int exponent, bool& range) const {
    return round_to(format, chunk_, scale_ * 4 + exponent, sticky_, range);
}

uint64_t Decimal::decimal_bits(const FloatFormat& format, int exponent, bool& range) const {
    int power = scale_ + exponent;
    // The position of the decimal point; far out of range the exact value does not matter.
    int magnitude = static_cast<int>(significant_) + power;
    if (zero() || magnitude < -345) {
        return round_to(format, zero() ? 0 : 1, -2000, true, range);
    }
    if (magnitude > 310) {
        return round_to(format, 1, 2000, true, range);
    }
    BigNumber numerator = big_;
    numerator.multiply_add(chunk_scale_, chunk_);
    BigNumber denominator;
    denominator.multiply_add(0, 1);
    if (power >= 0) {
        numerator.multiply_power10(static_cast<unsigned>(power));
    } else {
        denominator.multiply_power10(static_cast<unsigned>(-power));
    }
    // Scaled so that the quotient has 63 or 64 bits.
    int shift = 63 - (static_cast<int>(numerator.bit_length()) -
                      static_cast<int>(denominator.bit_length()));
    unsigned up = shift > 0 ? static_cast<unsigned>(shift) : 0;
    unsigned down = shift < 0 ? static_cast<unsigned>(-shift) : 0;
    numerator.shift_left(up);
    denominator.shift_left(down + 63);
    uint64_t quotient = 0;
    for (int i = 0; i < 64; i++) {
        quotient <<= 1;
        if (numerator.compare(denominator) >= 0) {
            numerator.subtract(denominator);
            quotient |= 1;
        }
        numerator.shift_left(1);
    }
    return round_to(format, quotient, -shift, sticky_ || !numerator.zero(), range);
}

} // namespace nolibc
