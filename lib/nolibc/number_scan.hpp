// SPDX-License-Identifier: BSD-3-Clause
// Private: state machines that read a number one character at a time, shared by strtol/strtod
// (which fall back to the last complete number) and scanf (where an incomplete one is a matching
// failure).
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "decimal.hpp"

namespace nolibc {

/// An integer: sign, prefix, digits. Leading white space is the caller's.
class IntegerScanner {
    enum class State : uint8_t { start, sign, zero, prefix, digits };

    uint64_t value_ = 0;
    size_t length_ = 0;
    size_t good_ = 0;
    int base_;
    State state_ = State::start;
    bool negative_ = false;
    bool overflow_ = false;

    bool add_digit(int c);
    bool begin_digits(int c);

  public:
    /// `base`: 0 (by prefix) or 2..36.
    explicit IntegerScanner(int base) : base_(base) {}

    /// Takes `c` if the number can go on with it; false: `c` (or EOF) stands behind the number.
    bool feed(int c);

    size_t length() const { return length_; } // characters taken
    size_t good() const { return good_; }     // of them the longest complete number; 0: none
    bool negative() const { return negative_; }
    bool overflow() const { return overflow_; } // the magnitude does not fit 64 bits
    uint64_t magnitude() const { return value_; }
};

/// The value in the range of long long or unsigned long long, as strtoll and strtoull have it.
/// `range` is set when it does not fit.
int64_t signed_value(const IntegerScanner& number, bool& range);
uint64_t unsigned_value(const IntegerScanner& number, bool& range);

/// A floating-point number: decimal, hexadecimal, infinity, NaN.
class FloatScanner {
    enum class State : uint8_t {
        start,
        sign,
        word,
        nan_text,
        zero,
        integer,
        point,
        fraction,
        exponent,
        exponent_sign,
        exponent_digits,
        done
    };

    Decimal digits_;
    size_t length_ = 0;
    size_t good_ = 0;
    const char* word_ = nullptr; // what is left of "infinity" or "nan"
    int exponent_ = 0;
    State state_ = State::start;
    bool hex_ = false;
    bool any_digit_ = false;
    bool negative_ = false;
    bool exponent_negative_ = false;
    bool infinite_ = false;
    bool nan_ = false;

    bool start_number(int c);
    bool take_digit(int c, bool fraction);
    bool in_word(int c);
    bool in_mantissa(int c);
    bool in_exponent(int c);
    bool accepts(int c);
    bool complete() const;

  public:
    /// As IntegerScanner::feed.
    bool feed(int c);

    size_t length() const { return length_; }
    size_t good() const { return good_; }

    /// The value of the first good() characters, rounded to the format. `range` is set when it
    /// overflows (the value is infinite then) or is tiny and inexact.
    double to_double(bool& range) const;
    float to_float(bool& range) const;

  private:
    uint64_t bits(const FloatFormat& format, bool& range) const;
};

} // namespace nolibc
