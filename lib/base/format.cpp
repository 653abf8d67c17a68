// SPDX-License-Identifier: BSD-3-Clause
// The printf engine: parsing, integers, strings, characters. No floating point (see
// format_float.cpp).
#include "format_impl.hpp"

#include <uk/base/errno.hpp>

#include <cstdint>

namespace uk::detail {

#ifdef UK_HOST_TEST
static bool has_float() {
    return true; // the common archive of sources: only a strong reference links a member
}
#else
// Weak: an image without floating-point formatting has no such function, and the core does not ask
// the configuration.
[[gnu::weak]] void format_float(FormatOutput& out, const FormatSpec& spec, FormatArgs& args);
static bool has_float() {
    return &format_float != nullptr;
}
#endif

void FormatOutput::write(const char* data, std::size_t len) {
    if (len == 0 || failed())
        return;
    if (len > static_cast<std::size_t>(INT_MAX) - total_)
        return fail(-static_cast<int>(Errno::overflow));
    const int status = sink_(ctx_, data, len);
    if (status < 0)
        return fail(status);
    total_ += len;
}

void FormatOutput::fill(char c, long long n) {
    static constexpr char kBlanks[] = "                                ";
    static constexpr char kZeros[] = "00000000000000000000000000000000";
    constexpr long long kChunk = sizeof(kBlanks) - 1;
    if (n > INT_MAX)
        return fail(-static_cast<int>(Errno::overflow));
    const char* chunk = c == ' ' ? kBlanks : kZeros;
    for (; n > 0 && !failed(); n -= kChunk)
        write(chunk, static_cast<std::size_t>(n < kChunk ? n : kChunk));
}

namespace {

using Length = FormatSpec::Length;
using Unsigned = std::uint64_t;
__extension__ using Wide = unsigned __int128;

// What the length modifiers mean here: hh 8, h 16, none 32, everything else 64 bits.
static_assert(sizeof(long) == 8 && sizeof(std::ptrdiff_t) == 8 && sizeof(void*) == 8);

/// The next integer or pointer argument. Every such argument takes 64 bits on the ABIs that we
/// have, with nothing said about the bits above its type; the callers drop those.
[[gnu::noinline]] std::uint64_t next_word(FormatArgs& args) {
    return va_arg(args.ap, std::uint64_t);
}

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Reads digits at p. Values past INT_MAX become -1 (an overflow).
int parse_number(const char*& p) {
    unsigned value = 0;
    bool fits = true;
    for (; is_digit(*p); p++) {
        const auto digit = static_cast<unsigned>(*p - '0');
        fits = fits && value <= (INT_MAX - digit) / 10;
        value = fits ? value * 10 + digit : 0;
    }
    return fits ? static_cast<int>(value) : -1;
}

/// The flag bit of a character, 0 for none: kFlagChars[i] stands for 1 << i.
unsigned flag_of(char c) {
    constexpr char kFlagChars[] = {'-', '+', ' ', '#', '0'};
    static_assert(FormatSpec::kLeft == 1 && FormatSpec::kPlus == 2 && FormatSpec::kSpace == 4 &&
                  FormatSpec::kAlt == 8 && FormatSpec::kZero == 16);
    for (unsigned i = 0; i < sizeof(kFlagChars); i++)
        if (c == kFlagChars[i])
            return 1U << i;
    return 0;
}

Length parse_length(const char*& p) {
    switch (*p) {
    case 'h':
        p++;
        return *p == 'h' ? (p++, Length::hh) : Length::h;
    case 'l':
        p++;
        return *p == 'l' ? (p++, Length::ll) : Length::l;
    case 'q':
    case 'L':
        p++;
        return Length::ll;
    case 'j':
        p++;
        return Length::j;
    case 'z':
    case 'Z':
        p++;
        return Length::z;
    case 't':
        p++;
        return Length::t;
    default:
        return Length::none;
    }
}

/// Parses the conversion behind a '%'. Returns false when a width or precision overflows.
bool parse_spec(const char*& p, FormatSpec& spec, FormatArgs& args) {
    for (unsigned flag = flag_of(*p); flag != 0 || *p == '\''; flag = flag_of(*++p))
        spec.flags |= flag;
    if (*p == '*') {
        p++;
        spec.width = static_cast<int>(next_word(args));
        if (spec.width < 0) {
            spec.flags |= FormatSpec::kLeft;
            if (spec.width == INT_MIN)
                return false;
            spec.width = -spec.width;
        }
    } else if (is_digit(*p)) {
        spec.width = parse_number(p);
        if (spec.width < 0)
            return false;
    }
    if (*p == '.') {
        p++;
        if (*p == '*') {
            p++;
            spec.precision = static_cast<int>(next_word(args));
            if (spec.precision < 0)
                spec.precision = -1;
        } else {
            spec.precision = parse_number(p);
            if (spec.precision < 0)
                return false;
        }
    }
    spec.length = parse_length(p);
    spec.conversion = *p;
    if (*p != '\0')
        p++;
    return true;
}

/// How far to shift left, then right again, to be left with the bits of the type.
unsigned unused_bits(Length length) {
    return length == Length::none ? 32 : length == Length::hh ? 56 : length == Length::h ? 48 : 0;
}

// Digit writers: fill the buffer from `end` downwards, return the first digit; nothing for 0.

constexpr char kPairs[] =
    "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
    "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
    "8081828384858687888990919293949596979899";

char* put_decimal(char* end, Unsigned value) {
    while (value >= 10) {
        end -= 2;
        // value / 100, spelled out because compilers that optimise for size divide
        const auto rest =
            static_cast<Unsigned>((value >> 2) * static_cast<Wide>(0x28f5c28f5c28f5c3) >> 66);
        __builtin_memcpy(end, kPairs + (value - rest * 100) * 2, 2);
        value = rest;
    }
    if (value != 0)
        *--end = static_cast<char>('0' + value);
    return end;
}

char* put_power2(char* end, Unsigned value, unsigned shift, bool upper) {
    const char* digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    for (; value != 0; value >>= shift)
        *--end = digits[value & ((1U << shift) - 1)];
    return end;
}

/// Room for 64 bits in octal, a prefix and a few leading zeros, so that most numbers leave in one
/// piece.
constexpr int kNumberBuffer = 48;

/// Writes prefix, leading zeros and the digits at [digits, end), padded; digits stand at the end of
/// a buffer that begins at `buffer`.
void write_number(FormatOutput& out, const FormatSpec& spec, const char* buffer, char* digits,
                  const char* end, const char* prefix, int prefix_len) {
    const long long count = end - digits;
    long long zeros = spec.precision > count ? spec.precision - count : 0;
    long long pad = spec.width - (zeros + count + prefix_len);
    if (spec.has(FormatSpec::kZero) && !spec.has(FormatSpec::kLeft) && spec.precision < 0 &&
        pad > 0) {
        zeros += pad;
        pad = 0;
    }
    if (!spec.has(FormatSpec::kLeft))
        out.fill(' ', pad);
    if (zeros + prefix_len <= digits - buffer) {
        for (; zeros > 0; zeros--)
            *--digits = '0';
        for (int i = prefix_len; i > 0; i--)
            *--digits = prefix[i - 1];
    } else {
        out.write(prefix, static_cast<std::size_t>(prefix_len));
        out.fill('0', zeros);
    }
    out.write(digits, static_cast<std::size_t>(end - digits));
    if (spec.has(FormatSpec::kLeft))
        out.fill(' ', pad);
}

void format_signed(FormatOutput& out, const FormatSpec& spec, FormatArgs& args) {
    char buffer[kNumberBuffer];
    char* const end = buffer + sizeof(buffer);
    const unsigned unused = unused_bits(spec.length);
    const auto value = static_cast<std::int64_t>(next_word(args) << unused) >> unused;
    char* digits =
        put_decimal(end, value < 0 ? -static_cast<Unsigned>(value) : static_cast<Unsigned>(value));
    if (value == 0 && spec.precision != 0)
        *--digits = '0';
    const char sign = spec.sign(value < 0);
    write_number(out, spec, buffer, digits, end, &sign, sign != 0);
}

void format_unsigned(FormatOutput& out, const FormatSpec& spec, Unsigned value, const char* prefix,
                     int prefix_len) {
    char buffer[kNumberBuffer];
    char* const end = buffer + sizeof(buffer);
    char* digits = end;
    if (spec.conversion == 'u')
        digits = put_decimal(end, value);
    else
        digits = put_power2(end, value, spec.conversion == 'o' ? 3 : 4, spec.conversion == 'X');
    if (spec.conversion == 'o' && spec.has(FormatSpec::kAlt)) {
        if (spec.precision <= end - digits)
            *--digits = '0'; // '#': the first digit is a zero, also for the value zero
    } else if (value == 0 && spec.precision != 0) {
        *--digits = '0';
    }
    write_number(out, spec, buffer, digits, end, prefix, prefix_len);
}

/// u o x X
void format_number(FormatOutput& out, const FormatSpec& spec, FormatArgs& args) {
    const unsigned unused = unused_bits(spec.length);
    const Unsigned value = next_word(args) << unused >> unused;
    const bool prefix = (spec.conversion | 0x20) == 'x' && spec.has(FormatSpec::kAlt) && value != 0;
    format_unsigned(out, spec, value, spec.conversion == 'X' ? "0X" : "0x", prefix ? 2 : 0);
}

/// Text padded with blanks.
void write_text(FormatOutput& out, const FormatSpec& spec, const char* text, std::size_t len) {
    const long long pad = spec.width - static_cast<long long>(len);
    if (!spec.has(FormatSpec::kLeft))
        out.fill(' ', pad);
    out.write(text, len);
    if (spec.has(FormatSpec::kLeft))
        out.fill(' ', pad);
}

void format_pointer(FormatOutput& out, const FormatSpec& spec, FormatArgs& args) {
    const Unsigned value = next_word(args);
    if (value == 0)
        return write_text(out, spec, "(nil)", 5);
    const char sign = spec.sign(false); // glibc honours + and blank here
    const char prefix[3] = {sign != 0 ? sign : '0', sign != 0 ? '0' : 'x', 'x'};
    format_unsigned(out, spec, value, prefix, sign != 0 ? 3 : 2);
}

/// Length of the string, at most `limit`; reads no byte behind the limit.
std::size_t text_length(const char* text, std::size_t limit) {
    std::size_t n = 0;
    while (n < limit && text[n] != '\0')
        n++;
    return n;
}

/// Encodes a wide character as UTF-8. Returns the number of bytes, 0 when it is none (surrogate,
/// too large).
std::size_t encode_utf8(char (&bytes)[4], std::uint32_t c) {
    if (c < 0x80) {
        bytes[0] = static_cast<char>(c);
        return 1;
    }
    if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
        return 0;
    const std::size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (std::size_t i = n - 1; i > 0; i--)
        bytes[i] = static_cast<char>(0x80 | (c >> (6 * (n - 1 - i)) & 0x3f));
    bytes[0] = static_cast<char>((0xf0 << (4 - n) & 0xff) | c >> (6 * (n - 1)));
    return n;
}

void format_wide_text(FormatOutput& out, const FormatSpec& spec, const wchar_t* text) {
    const std::size_t limit = spec.precision < 0 ? INT_MAX : static_cast<unsigned>(spec.precision);
    char bytes[4];
    std::size_t total = 0; // first the length, because of padding in front
    std::size_t count = 0;
    for (; total < limit && text[count] != 0; count++) {
        const std::size_t n = encode_utf8(bytes, static_cast<std::uint32_t>(text[count]));
        if (n == 0)
            return out.fail(-static_cast<int>(Errno::ilseq));
        if (n > limit - total)
            break; // no part of a character is written
        total += n;
    }
    const long long pad = spec.width - static_cast<long long>(total);
    if (!spec.has(FormatSpec::kLeft))
        out.fill(' ', pad);
    for (std::size_t i = 0; i < count && !out.failed(); i++)
        out.write(bytes, encode_utf8(bytes, static_cast<std::uint32_t>(text[i])));
    if (spec.has(FormatSpec::kLeft))
        out.fill(' ', pad);
}

void format_text(FormatOutput& out, const FormatSpec& spec, FormatArgs& args) {
    const bool wide = spec.length >= Length::l || spec.conversion == 'S';
    const auto* text = reinterpret_cast<const void*>(next_word(args));
    if (text == nullptr) // as glibc does: all of it, or nothing
        return write_text(out, spec, "(null)", spec.precision < 0 || spec.precision >= 6 ? 6 : 0);
    if (wide)
        return format_wide_text(out, spec, static_cast<const wchar_t*>(text));
    const char* bytes = static_cast<const char*>(text);
    write_text(out, spec, bytes,
               spec.precision < 0 ? __builtin_strlen(bytes)
                                  : text_length(bytes, static_cast<unsigned>(spec.precision)));
}

void format_character(FormatOutput& out, const FormatSpec& spec, FormatArgs& args) {
    char bytes[4];
    std::size_t n = 1;
    if (spec.length >= Length::l || spec.conversion == 'C') {
        n = encode_utf8(bytes, static_cast<std::uint32_t>(next_word(args)));
        if (n == 0)
            return out.fail(-static_cast<int>(Errno::ilseq));
    } else {
        bytes[0] = static_cast<char>(next_word(args));
    }
    write_text(out, spec, bytes, n);
}

/// Formats one parsed conversion. False: not understood.
bool format_one(FormatOutput& out, const FormatSpec& spec, FormatArgs& args) {
    switch (spec.conversion) {
    case 'd':
    case 'i':
        format_signed(out, spec, args);
        return true;
    case 'u':
    case 'o':
    case 'x':
    case 'X':
        format_number(out, spec, args);
        return true;
    case 's':
    case 'S':
        format_text(out, spec, args);
        return true;
    case 'c':
    case 'C':
        format_character(out, spec, args);
        return true;
    case 'p':
        format_pointer(out, spec, args);
        return true;
    case 'n':
        (void)next_word(args);
        return true;
    case '%':
        out.write("%", 1);
        return true;
    case 'a':
    case 'A':
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
        if (!has_float())
            return false;
        format_float(out, spec, args);
        return true;
    default:
        return false;
    }
}

void format_all(FormatOutput& out, const char* p, FormatArgs& args) {
    while (!out.failed()) {
        const char* text = p;
        while (*p != '%' && *p != '\0')
            p++;
        out.write(text, static_cast<std::size_t>(p - text));
        if (*p == '\0')
            return;
        const char* start = p++;
        FormatSpec spec;
        if (!parse_spec(p, spec, args))
            return out.fail(-static_cast<int>(Errno::overflow));
        if (!format_one(out, spec, args))
            out.write(start, static_cast<std::size_t>(p - start));
    }
}

/// The sink of the snprintf family.
struct Buffer {
    char* at;
    std::size_t room; // without the final NUL

    static int sink(void* ctx, const char* data, std::size_t len) {
        auto& self = *static_cast<Buffer*>(ctx);
        const std::size_t n = len < self.room ? len : self.room;
        if (n != 0)
            __builtin_memcpy(self.at, data, n);
        self.at += n;
        self.room -= n;
        return 0;
    }
};

} // namespace

} // namespace uk::detail

using namespace uk::detail;

extern "C" {

int uk_vformat(uk_format_sink sink, void* ctx, const char* fmt, va_list ap) {
    FormatOutput out(sink, ctx);
    FormatArgs args;
    va_copy(args.ap, ap);
    format_all(out, fmt, args);
    va_end(args.ap);
    return out.result();
}

int uk_vsnprintf(char* buf, size_t size, const char* fmt, va_list ap) {
    Buffer buffer{buf, size == 0 ? 0 : size - 1};
    const int result = uk_vformat(Buffer::sink, &buffer, fmt, ap);
    if (size != 0)
        *buffer.at = '\0';
    return result;
}

int uk_snprintf(char* buf, size_t size, const char* fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    const int result = uk_vsnprintf(buf, size, fmt, ap);
    va_end(ap);
    return result;
}

size_t uk_vscnprintf(char* buf, size_t size, const char* fmt, va_list ap) {
    const int wanted = uk_vsnprintf(buf, size, fmt, ap);
    if (wanted <= 0 || size == 0)
        return 0;
    return static_cast<size_t>(wanted) < size ? static_cast<size_t>(wanted) : size - 1;
}

size_t uk_scnprintf(char* buf, size_t size, const char* fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    const size_t result = uk_vscnprintf(buf, size, fmt, ap);
    va_end(ap);
    return result;
}

} // extern "C"
