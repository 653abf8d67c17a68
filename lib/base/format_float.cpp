// SPDX-License-Identifier: BSD-3-Clause
// Floating-point conversions of the printf engine: exact, correctly rounded, without heap and
// without floating-point arithmetic (only fetching the argument touches a floating-point register).
//
// A finite value is mantissa * 2^exponent with integers. Its decimal expansion is finite, too:
// integer digits come from repeated multiplication of the mantissa by powers of two in base 10^9,
// fraction digits from repeated multiplication of the binary fraction by 10^9, as many as the
// precision asks for and no more. Rounding looks at the digits after the cut and at whether
// anything is left: to nearest, ties to even.
#include "format_impl.hpp"

#include "format_decimal.hpp"

#include <bit>
#include <cfloat>
#include <cstdint>

namespace uk::detail {

namespace {

/// Takes a value apart by its bits.
template <class Float>
struct FloatBits;

template <>
struct FloatBits<double> {
    using Mantissa = std::uint64_t;
    using Digits = Decimal<Mantissa, 96, 36>; // 767 significant digits, 1074 fraction bits

    Mantissa mantissa = 0; // value = mantissa * 2^exponent
    int exponent = 0;
    bool negative = false;
    enum class Kind : unsigned char { finite, infinite, nan } kind = Kind::finite;
    // For %a: the digit before the point, and the rest as fraction bits of that many nibbles.
    static constexpr int kFractionBits = 52;

    explicit FloatBits(double value) {
        const auto bits = std::bit_cast<std::uint64_t>(value);
        mantissa = bits & ((std::uint64_t{1} << 52) - 1);
        const int biased = static_cast<int>(bits >> 52 & 0x7ff);
        negative = bits >> 63 != 0;
        if (biased == 0x7ff)
            kind = mantissa == 0 ? Kind::infinite : Kind::nan;
        else if (biased != 0)
            mantissa |= std::uint64_t{1} << 52;
        exponent = (biased == 0 ? 1 : biased) - 1075;
    }
};

#if LDBL_MANT_DIG == 64
template <>
struct FloatBits<long double> {
    using Mantissa = std::uint64_t;
    using Digits = Decimal<Mantissa, 1296, 520>; // 11,514 significant digits, 16,445 fraction bits

    Mantissa mantissa = 0;
    int exponent = 0;
    bool negative = false;
    enum class Kind : unsigned char { finite, infinite, nan } kind = Kind::finite;
    static constexpr int kFractionBits = 60; // x87 has no hidden bit: the first digit is a nibble

    explicit FloatBits(const long double& value) {
        std::uint16_t head = 0;
        __builtin_memcpy(&mantissa, &value, 8);
        __builtin_memcpy(&head, reinterpret_cast<const char*>(&value) + 8, 2);
        const int biased = head & 0x7fff;
        negative = head >> 15 != 0;
        if (biased == 0x7fff)
            kind = mantissa << 1 == 0 ? Kind::infinite : Kind::nan;
        exponent = (biased == 0 ? 1 : biased) - 16383 - 63;
    }
};
#elif LDBL_MANT_DIG == 113
template <>
struct FloatBits<long double> {
    __extension__ using Mantissa = unsigned __int128;
    using Digits = Decimal<Mantissa, 1296, 520>; // 11,563 significant digits, 16,494 fraction bits

    Mantissa mantissa = 0;
    int exponent = 0;
    bool negative = false;
    enum class Kind : unsigned char { finite, infinite, nan } kind = Kind::finite;
    static constexpr int kFractionBits = 112;

    explicit FloatBits(const long double& value) {
        Mantissa bits = 0;
        __builtin_memcpy(&bits, &value, 16);
        mantissa = bits & ((Mantissa{1} << 112) - 1);
        const int biased = static_cast<int>(bits >> 112 & 0x7fff);
        negative = bits >> 127 != 0;
        if (biased == 0x7fff)
            kind = mantissa == 0 ? Kind::infinite : Kind::nan;
        else if (biased != 0)
            mantissa |= Mantissa{1} << 112;
        exponent = (biased == 0 ? 1 : biased) - 16383 - 112;
    }
};
#elif LDBL_MANT_DIG != 53
#error "unknown long double format"
#endif

/// Opens and closes a field: blanks in front, sign and prefix, zeros in front, later blanks behind.
class Field {
    FormatOutput& out_;
    long long behind_ = 0;

  public:
    Field(FormatOutput& out, const FormatSpec& spec, bool zeros_allowed, const char* prefix,
          int prefix_len, long long body_len)
        : out_(out) {
        const long long pad = spec.width - body_len - prefix_len;
        const bool left = spec.has(FormatSpec::kLeft);
        const bool zeros = zeros_allowed && !left && spec.has(FormatSpec::kZero);
        if (left)
            behind_ = pad;
        else if (!zeros)
            out.fill(' ', pad);
        out.write(prefix, static_cast<std::size_t>(prefix_len));
        if (zeros)
            out.fill('0', pad);
    }
    void close() { out_.fill(' ', behind_); }
};

void format_special(FormatOutput& out, const FormatSpec& spec, bool infinite, bool negative) {
    const char sign = spec.sign(negative);
    const char* text = infinite ? (spec.upper() ? "INF" : "inf") : (spec.upper() ? "NAN" : "nan");
    Field field(out, spec, false, &sign, sign != 0, 3);
    out.write(text, 3);
    field.close();
}

/// "e+05": at least `min_digits` digits. Returns the length.
int exponent_text(char (&text)[8], char letter, int exponent, int min_digits) {
    int n = 0;
    text[n++] = letter;
    text[n++] = exponent < 0 ? '-' : '+';
    unsigned value = static_cast<unsigned>(exponent < 0 ? -exponent : exponent);
    int digits = min_digits;
    for (unsigned limit = min_digits == 2 ? 100 : 10; value >= limit; limit *= 10)
        digits++;
    for (int i = digits - 1; i >= 0; i--, value /= 10)
        text[n + i] = static_cast<char>('0' + value % 10);
    return n + digits;
}

/// Writes [first, first + count) of the digit stream: stored digits, zeros outside.
template <class Digits>
void write_digits(FormatOutput& out, Digits& digits, long long first, long long count) {
    if (first < 0) {
        const long long zeros = -first < count ? -first : count;
        out.fill('0', zeros);
        first += zeros;
        count -= zeros;
    }
    char text[9 * 8];
    while (count > 0 && first < digits.stored() && !out.failed()) {
        int n = 0;
        while (count > n && first + n < digits.stored() && n + 9 <= int{sizeof(text)}) {
            const int skip = static_cast<int>((first + n) % 9);
            n += digits.limb_text(static_cast<int>((first + n) / 9), skip, text + n);
        }
        if (n > count)
            n = static_cast<int>(count);
        out.write(text, static_cast<std::size_t>(n));
        first += n;
        count -= n;
    }
    out.fill('0', count);
}

/// 123.456: `fraction` digits after the point.
template <class Digits>
void write_fixed(FormatOutput& out, const FormatSpec& spec, Digits& digits, char sign,
                 long long fraction) {
    const long long point = digits.point();
    const long long lead = digits.lead();
    const bool has_integer = point > lead;
    const bool dot = fraction > 0 || spec.has(FormatSpec::kAlt);
    const long long integer = has_integer ? point - lead : 1;
    Field field(out, spec, true, &sign, sign != 0, integer + dot + fraction);
    if (has_integer)
        write_digits(out, digits, lead, integer);
    else
        out.write("0", 1);
    out.write(".", dot);
    write_digits(out, digits, point, fraction);
    field.close();
}

/// 1.23456e+02: `fraction` digits after the point.
template <class Digits>
void write_scientific(FormatOutput& out, const FormatSpec& spec, Digits& digits, char sign,
                      long long fraction) {
    char exponent[8];
    const int exponent_len =
        exponent_text(exponent, spec.upper() ? 'E' : 'e', digits.exponent10(), 2);
    const bool dot = fraction > 0 || spec.has(FormatSpec::kAlt);
    Field field(out, spec, true, &sign, sign != 0, 1 + dot + fraction + exponent_len);
    write_digits(out, digits, digits.lead(), 1);
    out.write(".", dot);
    write_digits(out, digits, digits.lead() + 1, fraction);
    out.write(exponent, static_cast<std::size_t>(exponent_len));
    field.close();
}

template <class Digits>
void write_general(FormatOutput& out, const FormatSpec& spec, Digits& digits, char sign,
                   long long significant) {
    digits.round_at(digits.lead() + significant);
    const long long exponent = digits.exponent10();
    if (!spec.has(FormatSpec::kAlt)) { // no trailing zeros
        const long long kept = digits.significant();
        significant = kept < significant ? (kept == 0 ? 1 : kept) : significant;
    }
    const long long asked = spec.precision < 0 ? 6 : spec.precision == 0 ? 1 : spec.precision;
    if (exponent >= -4 && exponent < asked) {
        const long long fraction = significant - 1 - exponent;
        write_fixed(out, spec, digits, sign, fraction > 0 ? fraction : 0);
    } else {
        write_scientific(out, spec, digits, sign, significant - 1);
    }
}

/// Apart from format_hex, because of the stack it needs: 0.6 KiB for double, 8 KiB for long double.
template <class Float>
[[gnu::noinline]] void format_decimal(FormatOutput& out, const FormatSpec& spec,
                                      const FloatBits<Float>& bits) {
    typename FloatBits<Float>::Digits digits(bits.mantissa, bits.exponent);
    const char sign = spec.sign(bits.negative);
    const long long precision = spec.precision < 0 ? 6 : spec.precision;
    switch (spec.conversion | 0x20) {
    case 'f':
        digits.round_at(digits.point() + precision);
        return write_fixed(out, spec, digits, sign, precision);
    case 'e':
        digits.round_at(digits.lead() + precision + 1);
        return write_scientific(out, spec, digits, sign, precision);
    default:
        return write_general(out, spec, digits, sign, precision == 0 ? 1 : precision);
    }
}

/// %a: the mantissa in base 16, the exponent of two in base 10.
template <class Float>
void format_hex_float(FormatOutput& out, const FormatSpec& spec, FloatBits<Float> bits) {
    using Mantissa = typename FloatBits<Float>::Mantissa;
    int fraction_bits = FloatBits<Float>::kFractionBits;
    int exponent = bits.mantissa == 0 ? 0 : bits.exponent + fraction_bits;
    if (spec.precision >= 0 &&
        spec.precision * 4LL < fraction_bits) { // round to nearest, ties to even
        const int drop = fraction_bits - spec.precision * 4;
        const Mantissa rest = bits.mantissa & ((Mantissa{1} << drop) - 1);
        const Mantissa half = Mantissa{1} << (drop - 1);
        bits.mantissa >>= drop;
        if (rest > half || (rest == half && (bits.mantissa & 1) != 0))
            bits.mantissa++;
        fraction_bits -= drop;
        if (bits.mantissa >> fraction_bits > 15) { // only x87's leading nibble can overflow
            bits.mantissa >>= 4;
            exponent += 4;
        }
    }
    const char* digit = spec.upper() ? "0123456789ABCDEF" : "0123456789abcdef";
    char text[40];
    int n = 0;
    for (int shift = fraction_bits; shift >= 0; shift -= 4)
        text[n++] = digit[static_cast<unsigned>(bits.mantissa >> shift) & 15];
    if (spec.precision < 0)
        while (n > 1 && text[n - 1] == '0')
            n--;
    const long long zeros = spec.precision > n - 1 ? spec.precision - (n - 1) : 0;
    const bool dot = n > 1 || zeros > 0 || spec.has(FormatSpec::kAlt);
    char tail[8];
    const int tail_len = exponent_text(tail, spec.upper() ? 'P' : 'p', exponent, 1);
    char prefix[3];
    int prefix_len = 0;
    if (const char sign = spec.sign(bits.negative); sign != 0)
        prefix[prefix_len++] = sign;
    prefix[prefix_len++] = '0';
    prefix[prefix_len++] = spec.upper() ? 'X' : 'x';
    Field field(out, spec, true, prefix, prefix_len, n + dot + zeros + tail_len);
    out.write(text, 1);
    out.write(".", dot);
    out.write(text + 1, static_cast<std::size_t>(n - 1));
    out.fill('0', zeros);
    out.write(tail, static_cast<std::size_t>(tail_len));
    field.close();
}

template <class Float>
void format_value(FormatOutput& out, const FormatSpec& spec, const Float& value) {
    const FloatBits<Float> bits(value);
    using Kind = typename FloatBits<Float>::Kind;
    if (bits.kind != Kind::finite)
        format_special(out, spec, bits.kind == Kind::infinite, bits.negative);
    else if ((spec.conversion | 0x20) == 'a')
        format_hex_float<Float>(out, spec, bits);
    else
        format_decimal<Float>(out, spec, bits);
}

} // namespace

void format_float(FormatOutput& out, const FormatSpec& spec, FormatArgs& args) {
#if LDBL_MANT_DIG != 53
    if (spec.length == FormatSpec::Length::ll)
        return format_value<long double>(out, spec, va_arg(args.ap, long double));
#endif
    format_value<double>(out, spec, va_arg(args.ap, double));
}

} // namespace uk::detail
