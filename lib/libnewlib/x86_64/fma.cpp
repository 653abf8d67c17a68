// SPDX-License-Identifier: BSD-3-Clause
// fma() and fmaf() with one rounding, for processors without the instruction: newlib's own multiply
// and add. Products are exact in 128 bits; what is shifted out of them leaves its trace in the last
// bit; a long double takes the upper 63 bits as they are, and the conversion of it is the one
// rounding, in whatever direction is set.
#include <bit>
#include <cstdint>

#include <math.h>

namespace {

using Wide = unsigned __int128;

// `mantissa` times 2 to the `exponent`; the top bit of 53 is set.
struct Parts {
    std::uint64_t mantissa;
    int exponent;
    bool negative;
};

// Of a finite number that is not zero.
Parts split(double value) {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    const bool negative = (bits >> 63) != 0;
    const int biased = static_cast<int>((bits >> 52) & 0x7ff);
    const std::uint64_t fraction = bits & ((std::uint64_t{1} << 52) - 1);
    if (biased != 0) {
        return {fraction | (std::uint64_t{1} << 52), biased - 1075, negative};
    }
    const int missing = std::countl_zero(fraction) - 11;
    return {fraction << missing, -1074 - missing, negative};
}

// To the right; bits that are lost set the last one.
Wide shift(Wide value, int count) {
    if (count >= 128) {
        return value != 0;
    }
    return (value >> count) | static_cast<Wide>((value >> count << count) != value);
}

long double scale(std::uint64_t mantissa, int exponent, bool negative) {
    struct {
        std::uint64_t mantissa;
        std::uint16_t exponent;
    } power = {std::uint64_t{1} << 63, static_cast<std::uint16_t>(16383 + exponent)};
    long double factor;
    __builtin_memcpy(&factor, &power, 10);
    const long double value = static_cast<long double>(mantissa) * factor;
    return negative ? -value : value;
}

bool is_plain(double value) {
    return isfinite(value) && value != 0;
}

// The sum, which is not zero, to 63 bits, the last of which says whether there would be more.
long double sum_of(Wide product, bool negative, Wide addend, bool addend_negative, int exponent) {
    if (negative == addend_negative) {
        product += addend;
    } else if (product >= addend) {
        product -= addend;
    } else {
        product = addend - product;
        negative = addend_negative;
    }
    const auto high = static_cast<std::uint64_t>(product >> 64);
    const int bits = high != 0 ? 128 - std::countl_zero(high)
                               : 64 - std::countl_zero(static_cast<std::uint64_t>(product));
    if (bits > 63) {
        product = shift(product, bits - 63);
        exponent += bits - 63;
    }
    return scale(static_cast<std::uint64_t>(product), exponent, negative);
}

template <typename Float>
Float fused(Float x, Float y, Float z) {
    if (!isfinite(z) && isfinite(x) && isfinite(y)) {
        return z + z; // the product is finite, even one that a Float cannot hold
    }
    if (!is_plain(x) || !is_plain(y) || !isfinite(z)) {
        return x * y + z;
    }
    const Parts a = split(x), b = split(y);
    const bool negative = a.negative != b.negative;
    // Both with their top bits at 124 or 125, so that the smaller one loses bits only where the
    // larger one's upper half is out of its reach.
    Wide product = (static_cast<Wide>(a.mantissa) * b.mantissa) << 20;
    int exponent = a.exponent + b.exponent - 20;
    if (z == 0) {
        return static_cast<Float>(sum_of(product, negative, 0, negative, exponent));
    }
    const Parts c = split(z);
    Wide addend = static_cast<Wide>(c.mantissa) << 73;
    const int above = exponent - (c.exponent - 73);
    if (above >= 0) {
        addend = shift(addend, above);
    } else {
        product = shift(product, -above);
        exponent -= above;
    }
    if (product == addend && negative != c.negative) {
        return z - z; // the zero that the rounding direction asks for
    }
    return static_cast<Float>(sum_of(product, negative, addend, c.negative, exponent));
}

} // namespace

extern "C" double fma(double x, double y, double z) {
    return fused(x, y, z);
}

extern "C" float fmaf(float x, float y, float z) {
    return fused(x, y, z);
}
