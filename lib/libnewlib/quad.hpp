// SPDX-License-Identifier: BSD-3-Clause
// Private: IEEE 754 binary128 in software, to nearest, ties to even. long double of arm64 is that,
// and its processor has no instructions for it; the compiler's own functions use a register (x18)
// that belongs to the kernel. Values are their bits.
#pragma once

#include <stdint.h>

namespace newlib::quad {

using Bits = unsigned __int128;

inline constexpr int kFraction = 112;
inline constexpr int kBias = 16383;
inline constexpr int kMaxExponent = 0x7fff;
inline constexpr Bits kOne = 1;
inline constexpr Bits kHidden = kOne << kFraction;
inline constexpr Bits kSign = kOne << 127;
inline constexpr Bits kInfinity = static_cast<Bits>(kMaxExponent) << kFraction;
inline constexpr Bits kQuiet = kOne << (kFraction - 1);
inline constexpr Bits kNan = kInfinity | kQuiet;

constexpr bool is_negative(Bits a) {
    return (a & kSign) != 0;
}
constexpr Bits magnitude(Bits a) {
    return a & ~kSign;
}
constexpr bool is_nan(Bits a) {
    return magnitude(a) > kInfinity;
}
constexpr bool is_infinite(Bits a) {
    return magnitude(a) == kInfinity;
}
constexpr bool is_zero(Bits a) {
    return magnitude(a) == 0;
}

/// The position of the highest 1; `a` is not 0.
constexpr int highest(Bits a) {
    const auto high = static_cast<uint64_t>(a >> 64);
    return high != 0 ? 127 - __builtin_clzll(high) : 63 - __builtin_clzll(static_cast<uint64_t>(a));
}

/// A finite number: significand * 2^(exponent - bias - 112), the hidden bit set unless it is 0.
struct Number {
    bool negative;
    int exponent;
    Bits significand;
};

constexpr Number unpack(Bits a) {
    Number number{is_negative(a), static_cast<int>(magnitude(a) >> kFraction), a & (kHidden - 1)};
    if (number.exponent != 0) {
        number.significand |= kHidden;
    } else if (number.significand != 0) {
        const int shift = kFraction - highest(number.significand);
        number.significand <<= shift;
        number.exponent = 1 - shift;
    }
    return number;
}

/// Shifts right; what falls out leaves a 1 in the lowest bit.
constexpr Bits shift_sticky(Bits a, int by) {
    if (by <= 0) {
        return a;
    }
    if (by > 127) {
        return a != 0 ? 1 : 0;
    }
    return (a >> by) | ((a & ((kOne << by) - 1)) != 0 ? 1 : 0);
}

inline constexpr int kGuard = 3; // bits below the significand, the lowest one sticky

/// Rounds a number whose significand has kGuard more bits and its highest 1 at or below bit
/// kFraction + kGuard + 1.
constexpr Bits round(bool negative, int exponent, Bits significand) {
    const Bits sign = negative ? kSign : 0;
    if (significand == 0) {
        return sign;
    }
    const int above = highest(significand) - (kFraction + kGuard);
    significand = above > 0 ? shift_sticky(significand, above) : significand << -above;
    exponent += above;
    if (exponent < 1) {
        significand = shift_sticky(significand, 1 - exponent);
        exponent = 0;
    }
    const auto rest = static_cast<unsigned>(significand) & ((1U << kGuard) - 1);
    constexpr unsigned kHalf = 1U << (kGuard - 1);
    significand >>= kGuard;
    if (rest > kHalf || (rest == kHalf && (significand & 1) != 0)) {
        significand++; // a carry goes on into the exponent
    }
    if (exponent == 0) {
        return sign | significand;
    }
    const Bits whole = (static_cast<Bits>(exponent - 1) << kFraction) + significand;
    return sign | (exponent >= kMaxExponent || whole >= kInfinity ? kInfinity : whole);
}

constexpr Bits nan_of(Bits a, Bits b) {
    return (is_nan(a) ? a : b) | kQuiet;
}

constexpr Bits add(Bits a, Bits b) {
    if (is_nan(a) || is_nan(b)) {
        return nan_of(a, b);
    }
    if (is_infinite(a)) {
        return is_infinite(b) && is_negative(a) != is_negative(b) ? kNan : a;
    }
    if (is_infinite(b)) {
        return b;
    }
    if (magnitude(a) < magnitude(b)) {
        const Bits smaller = a;
        a = b;
        b = smaller;
    }
    if (is_zero(b)) {
        return is_zero(a) && is_negative(a) != is_negative(b) ? 0 : a;
    }
    const Number x = unpack(a), y = unpack(b);
    const Bits large = x.significand << kGuard;
    const Bits small = shift_sticky(y.significand << kGuard, x.exponent - y.exponent);
    const Bits sum = x.negative == y.negative ? large + small : large - small;
    return round(sum != 0 && x.negative, x.exponent, sum);
}

constexpr Bits subtract(Bits a, Bits b) {
    return add(a, is_nan(b) ? b : b ^ kSign);
}

/// The product of two significands, its lower half only as a sticky bit: 114 or 113 bits and
/// kGuard.
constexpr Bits multiply_significands(Bits a, Bits b) {
    const Bits al = static_cast<uint64_t>(a), ah = a >> 64;
    const Bits bl = static_cast<uint64_t>(b), bh = b >> 64;
    const Bits low = al * bl, middle1 = ah * bl, middle2 = al * bh;
    const Bits carry =
        (low >> 64) + static_cast<uint64_t>(middle1) + static_cast<uint64_t>(middle2);
    const Bits high = ah * bh + (middle1 >> 64) + (middle2 >> 64) + (carry >> 64);
    const Bits rest = (carry << 64) | static_cast<uint64_t>(low);
    // The whole is high * 2^128 + rest; the lowest bit wanted is 112 - kGuard.
    constexpr int kDrop = kFraction - kGuard;
    return (high << (128 - kDrop)) | shift_sticky(rest, kDrop);
}

constexpr Bits multiply(Bits a, Bits b) {
    const bool negative = is_negative(a) != is_negative(b);
    if (is_nan(a) || is_nan(b)) {
        return nan_of(a, b);
    }
    if (is_infinite(a) || is_infinite(b)) {
        return is_zero(a) || is_zero(b) ? kNan : (negative ? kSign : 0) | kInfinity;
    }
    if (is_zero(a) || is_zero(b)) {
        return negative ? kSign : 0;
    }
    const Number x = unpack(a), y = unpack(b);
    return round(negative, x.exponent + y.exponent - kBias,
                 multiply_significands(x.significand, y.significand));
}

constexpr Bits divide(Bits a, Bits b) {
    const bool negative = is_negative(a) != is_negative(b);
    const Bits sign = negative ? kSign : 0;
    if (is_nan(a) || is_nan(b)) {
        return nan_of(a, b);
    }
    if (is_infinite(a)) {
        return is_infinite(b) ? kNan : sign | kInfinity;
    }
    if (is_infinite(b)) {
        return sign;
    }
    if (is_zero(b)) {
        return is_zero(a) ? kNan : sign | kInfinity;
    }
    if (is_zero(a)) {
        return sign;
    }
    const Number x = unpack(a), y = unpack(b);
    Bits rest = x.significand, quotient = 0;
    for (int i = 0; i <= kFraction + kGuard; i++) {
        quotient <<= 1;
        if (rest >= y.significand) {
            rest -= y.significand;
            quotient |= 1;
        }
        rest <<= 1;
    }
    return round(negative, x.exponent - y.exponent + kBias, quotient | (rest != 0 ? 1 : 0));
}

/// -1, 0, 1: less, equal, greater; 2: one of them is no number.
constexpr int compare(Bits a, Bits b) {
    if (is_nan(a) || is_nan(b)) {
        return 2;
    }
    if (is_zero(a) && is_zero(b)) {
        return 0;
    }
    if (is_negative(a) != is_negative(b)) {
        return is_negative(a) ? -1 : 1;
    }
    if (a == b) {
        return 0;
    }
    return (magnitude(a) < magnitude(b)) != is_negative(a) ? -1 : 1;
}

/// From a narrower format with `fraction` bits of fraction and `exponent_bits` of exponent.
constexpr Bits extend(uint64_t bits, int fraction, int exponent_bits) {
    const int top = (1 << exponent_bits) - 1;
    const Bits sign = (bits >> (fraction + exponent_bits)) != 0 ? kSign : 0;
    const int exponent = static_cast<int>(bits >> fraction) & top;
    const uint64_t rest = bits & ((uint64_t{1} << fraction) - 1);
    const Bits wide = static_cast<Bits>(rest) << (kFraction - fraction);
    if (exponent == top) {
        return sign | kInfinity | wide | (rest != 0 ? kQuiet : 0);
    }
    if (exponent != 0) {
        return sign | (static_cast<Bits>(exponent - (top >> 1) + kBias) << kFraction) | wide;
    }
    return round(sign != 0, 1 - (top >> 1) + kBias, wide << kGuard);
}

/// To a narrower format, rounded.
constexpr uint64_t truncate(Bits a, int fraction, int exponent_bits) {
    const int top = (1 << exponent_bits) - 1;
    const uint64_t sign = is_negative(a) ? uint64_t{1} << (fraction + exponent_bits) : 0;
    const uint64_t infinity = static_cast<uint64_t>(top) << fraction;
    if (is_nan(a)) {
        const auto payload = static_cast<uint64_t>((a & (kHidden - 1)) >> (kFraction - fraction));
        return sign | infinity | payload | (uint64_t{1} << (fraction - 1));
    }
    if (is_zero(a)) {
        return sign;
    }
    const Number x = unpack(a);
    int exponent = x.exponent - kBias + (top >> 1);
    if (is_infinite(a) || exponent >= top) {
        return sign | infinity;
    }
    Bits kept = shift_sticky(x.significand, kFraction - fraction - kGuard);
    if (exponent < 1) {
        kept = shift_sticky(kept, 1 - exponent);
        exponent = 0;
    }
    auto value = static_cast<uint64_t>(kept);
    const uint64_t rest = value & ((uint64_t{1} << kGuard) - 1);
    constexpr uint64_t kHalf = uint64_t{1} << (kGuard - 1);
    value >>= kGuard;
    if (rest > kHalf || (rest == kHalf && (value & 1) != 0)) {
        value++;
    }
    return sign |
           (exponent == 0 ? value : (static_cast<uint64_t>(exponent - 1) << fraction) + value);
}

/// From an integer.
constexpr Bits from_unsigned(uint64_t value, bool negative = false) {
    return value == 0 ? 0 : round(negative, kBias + kFraction, static_cast<Bits>(value) << kGuard);
}
constexpr Bits from_signed(int64_t value) {
    return value < 0 ? from_unsigned(~static_cast<uint64_t>(value) + 1, true)
                     : from_unsigned(static_cast<uint64_t>(value));
}

/// Towards 0, to a number of `bits` bits; what does not fit becomes the nearest that does, no
/// number becomes 0, as the processor has it with double.
constexpr uint64_t to_unsigned(Bits a, int bits) {
    const int exponent = static_cast<int>(magnitude(a) >> kFraction) - kBias;
    const uint64_t most = ~uint64_t{0} >> (64 - bits);
    if (is_nan(a) || is_negative(a) || exponent < 0) {
        return 0;
    }
    if (exponent >= bits) {
        return most;
    }
    return static_cast<uint64_t>(((a & (kHidden - 1)) | kHidden) >> (kFraction - exponent));
}
constexpr int64_t to_signed(Bits a, int bits) {
    const uint64_t limit = uint64_t{1} << (bits - 1);
    const uint64_t size = to_unsigned(is_nan(a) ? a : magnitude(a), 64);
    if (is_negative(a)) {
        return static_cast<int64_t>(~(size < limit ? size : limit) + 1);
    }
    return static_cast<int64_t>(size < limit ? size : limit - 1);
}

} // namespace newlib::quad
