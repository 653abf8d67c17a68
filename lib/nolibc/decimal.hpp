// SPDX-License-Identifier: BSD-3-Clause
// Private: an exact decimal or binary number on its way to a floating-point format.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace nolibc {

/// An IEEE 754 binary interchange format of at most 64 bits.
struct FloatFormat {
    int precision;    // bits of the significand, the hidden one included
    int min_exponent; // of the smallest normal number, 1.0 * 2^min_exponent
    int max_exponent;
    int width;

    uint64_t infinity() const {
        return static_cast<uint64_t>(max_exponent - min_exponent + 2) << (precision - 1);
    }
};
inline constexpr FloatFormat kBinary64{53, -1022, 1023, 64};
inline constexpr FloatFormat kBinary32{24, -126, 127, 32};

/// `significand` * 2^exponent, a little more if `sticky`, rounded to nearest, ties to even; the
/// bits without sign. `range` is set as FloatScanner says. significand 0 is zero.
uint64_t round_to(const FloatFormat& format, uint64_t significand, int exponent, bool sticky,
                  bool& range);

/// An unsigned integer of fixed room, for exact comparisons; operations must fit.
class BigNumber {
  public:
    // The largest: 770 digits by 10^(770 + 345), shifted by 64 and some.
    static constexpr size_t kWords = 62;

    void multiply_add(uint64_t factor, uint64_t summand);
    void multiply_power10(unsigned power);
    void shift_left(unsigned bits);
    void subtract(const BigNumber& other); // other <= *this
    int compare(const BigNumber& other) const;
    unsigned bit_length() const;
    uint64_t low() const { return count_ != 0 ? words_[0] : 0; }
    bool zero() const { return count_ == 0; }

  private:
    uint64_t words_[kWords] = {};
    size_t count_ = 0; // words in use, the last of them not 0

    void push(uint64_t word);
};

/// Digits collected one by one.
class Decimal {
    // More significant digits than any halfway point between two doubles has (767); of those behind
    // it only matters whether one is not 0.
    static constexpr unsigned kDigits = 769;

    BigNumber big_;      // all digits but those in chunk_
    uint64_t chunk_ = 0; // of a hexadecimal number: its first 16 digits
    uint64_t chunk_scale_ = 1;
    unsigned significant_ = 0;
    int scale_ = 0; // power of ten (of 16) to multiply the digits with
    bool sticky_ = false;

    void add(unsigned digit, unsigned base, unsigned limit, bool fraction);

  public:
    void add_decimal(unsigned digit, bool fraction);
    void add_hex(unsigned digit, bool fraction);
    bool zero() const { return significant_ == 0; }

    /// True if the number times 10^exponent takes one exact operation; it is in `value` then.
    bool simple(int exponent, double& value) const;

    /// The number times 10^exponent (2^exponent if hexadecimal) in `format`.
    uint64_t decimal_bits(const FloatFormat& format, int exponent, bool& range) const;
    uint64_t hex_bits(const FloatFormat& format, int exponent, bool& range) const;
};

} // namespace nolibc
