// SPDX-License-Identifier: BSD-3-Clause
// Numbers read one character at a time.
#include "number_scan.hpp"

#include <ctype.h>
#include <limits.h>

#include <bit>

namespace nolibc {
namespace {

// The value of a digit or letter in bases up to 36; 36 for anything else.
int digit_value(int c) {
    if (isdigit(c)) {
        return c - '0';
    }
    return isalpha(c) ? (c | 0x20) - 'a' + 10 : 36;
}

} // namespace

// --- integers -----------------------------------------------------------------------------------

bool IntegerScanner::add_digit(int c) {
    int digit = digit_value(c);
    if (digit >= base_) {
        return false;
    }
    overflow_ = __builtin_mul_overflow(value_, static_cast<uint64_t>(base_), &value_) || overflow_;
    overflow_ = __builtin_add_overflow(value_, static_cast<uint64_t>(digit), &value_) || overflow_;
    state_ = State::digits;
    good_ = ++length_;
    return true;
}

bool IntegerScanner::begin_digits(int c) {
    if (c == '0' && (base_ == 0 || base_ == 16)) {
        state_ = State::zero;
        good_ = ++length_;
        return true;
    }
    if (base_ == 0) {
        base_ = 10;
    }
    return add_digit(c);
}

bool IntegerScanner::feed(int c) {
    switch (state_) {
    case State::start:
        if (c == '+' || c == '-') {
            negative_ = c == '-';
            state_ = State::sign;
            length_++;
            return true;
        }
        return begin_digits(c);
    case State::sign:
        return begin_digits(c);
    case State::zero:
        if (c == 'x' || c == 'X') {
            base_ = 16;
            state_ = State::prefix;
            length_++;
            return true;
        }
        base_ = base_ == 0 ? 8 : base_;
        return add_digit(c);
    case State::prefix:
    case State::digits:
        return add_digit(c);
    }
    return false;
}

int64_t signed_value(const IntegerScanner& number, bool& range) {
    uint64_t limit = static_cast<uint64_t>(INT64_MAX) + (number.negative() ? 1 : 0);
    uint64_t magnitude = number.magnitude();
    if (number.overflow() || magnitude > limit) {
        range = true;
        magnitude = limit;
    }
    return static_cast<int64_t>(number.negative() ? 0 - magnitude : magnitude);
}

uint64_t unsigned_value(const IntegerScanner& number, bool& range) {
    if (number.overflow()) {
        range = true;
        return UINT64_MAX;
    }
    return number.negative() ? 0 - number.magnitude() : number.magnitude();
}

// --- floating point -----------------------------------------------------------------------------

bool FloatScanner::take_digit(int c, bool fraction) {
    int digit = digit_value(c);
    if (digit >= (hex_ ? 16 : 10)) {
        return false;
    }
    any_digit_ = true;
    if (hex_) {
        digits_.add_hex(static_cast<unsigned>(digit), fraction);
    } else {
        digits_.add_decimal(static_cast<unsigned>(digit), fraction);
    }
    state_ = fraction ? State::fraction : State::integer;
    return true;
}

bool FloatScanner::start_number(int c) {
    switch (c) {
    case '0':
        any_digit_ = true;
        state_ = State::zero;
        return true;
    case '.':
        state_ = State::point;
        return true;
    case 'i':
    case 'I':
        infinite_ = true;
        word_ = "nfinity";
        state_ = State::word;
        return true;
    case 'n':
    case 'N':
        nan_ = true;
        word_ = "an";
        state_ = State::word;
        return true;
    default:
        return take_digit(c, false);
    }
}

bool FloatScanner::in_word(int c) {
    if (state_ == State::nan_text) {
        if (c == ')') {
            state_ = State::done;
            return true;
        }
        return isalnum(c) || c == '_';
    }
    if (*word_ == '\0') {
        state_ = State::nan_text;
        return nan_ && c == '(';
    }
    return tolower(c) == *word_++;
}

bool FloatScanner::in_mantissa(int c) {
    if (state_ == State::zero) {
        if (c == 'x' || c == 'X') {
            hex_ = true;
            any_digit_ = false;
            state_ = State::integer;
            return true;
        }
        state_ = State::integer;
    }
    bool fraction = state_ != State::integer;
    if (c == '.' && !fraction) {
        state_ = any_digit_ ? State::fraction : State::point;
        return true;
    }
    if ((c | 0x20) == (hex_ ? 'p' : 'e') && any_digit_) {
        state_ = State::exponent;
        return true;
    }
    return take_digit(c, fraction);
}

bool FloatScanner::in_exponent(int c) {
    constexpr int kEnough = 100'000'000; // beyond it only the sign matters
    if (state_ == State::exponent && (c == '+' || c == '-')) {
        exponent_negative_ = c == '-';
        state_ = State::exponent_sign;
        return true;
    }
    if (!isdigit(c)) {
        return false;
    }
    state_ = State::exponent_digits;
    exponent_ = exponent_ < kEnough ? exponent_ * 10 + (c - '0') : exponent_;
    return true;
}

bool FloatScanner::accepts(int c) {
    switch (state_) {
    case State::start:
        if (c == '+' || c == '-') {
            negative_ = c == '-';
            state_ = State::sign;
            return true;
        }
        return start_number(c);
    case State::sign:
        return start_number(c);
    case State::word:
    case State::nan_text:
        return in_word(c);
    case State::zero:
    case State::integer:
    case State::point:
    case State::fraction:
        return in_mantissa(c);
    case State::exponent:
    case State::exponent_sign:
    case State::exponent_digits:
        return in_exponent(c);
    case State::done:
        return false;
    }
    return false;
}

bool FloatScanner::complete() const {
    switch (state_) {
    case State::word:
        return *word_ == '\0' || (infinite_ && *word_ == 'i' && word_[1] == 'n' && word_[2] == 'i');
    case State::zero:
    case State::exponent_digits:
    case State::done:
        return true;
    case State::integer:
    case State::fraction:
        return any_digit_;
    default:
        return false;
    }
}

bool FloatScanner::feed(int c) {
    if (!accepts(c)) {
        return false;
    }
    length_++;
    if (complete()) {
        good_ = length_;
    }
    return true;
}

uint64_t FloatScanner::bits(const FloatFormat& format, bool& range) const {
    uint64_t sign = static_cast<uint64_t>(negative_ && good_ != 0) << (format.width - 1);
    if (good_ == 0) {
        return 0;
    }
    if (infinite_) {
        return sign | format.infinity();
    }
    if (nan_) {
        return sign | format.infinity() | uint64_t{1} << (format.precision - 2);
    }
    int exponent = exponent_negative_ ? -exponent_ : exponent_;
    return sign | (hex_ ? digits_.hex_bits(format, exponent, range)
                        : digits_.decimal_bits(format, exponent, range));
}

double FloatScanner::to_double(bool& range) const {
    double value;
    int exponent = exponent_negative_ ? -exponent_ : exponent_;
    if (good_ != 0 && !hex_ && !infinite_ && !nan_ && digits_.simple(exponent, value)) {
        return negative_ ? -value : value;
    }
    return std::bit_cast<double>(bits(kBinary64, range));
}

float FloatScanner::to_float(bool& range) const {
    return std::bit_cast<float>(static_cast<uint32_t>(bits(kBinary32, range)));
}

} // namespace nolibc
