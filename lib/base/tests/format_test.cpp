// SPDX-License-Identifier: BSD-3-Clause
// The format engine against the host's printf: corner cases by hand, then random formats and
// values.
#include <uk/base/format.hpp>
#include <uk/fakes/effort.hpp>

#include <gtest/gtest.h>

#include <bit>
#include <cfloat>
#include <climits>
#include <clocale>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace {

/// Formats with both and compares text and result, in a buffer that is large enough and in one of
/// `cut` bytes.
template <class... Args>
void expect_same(const char* fmt, size_t cut, Args... args) {
    static std::vector<char> ours(40000);
    static std::vector<char> theirs(40000);
    const int wanted = snprintf(theirs.data(), theirs.size(), fmt, args...);
    const int got = uk_snprintf(ours.data(), ours.size(), fmt, args...);
    ASSERT_EQ(got, wanted) << "format " << fmt << "\nours   " << ours.data() << "\ntheirs "
                           << theirs.data();
    ASSERT_STREQ(ours.data(), theirs.data()) << "format " << fmt;
    ASSERT_EQ(memcmp(ours.data(), theirs.data(), static_cast<size_t>(got) + 1), 0) << fmt;
    if (cut > static_cast<size_t>(got))
        return;
    memset(ours.data(), 'x', cut + 1);
    ASSERT_EQ(uk_snprintf(ours.data(), cut, fmt, args...), wanted) << "format " << fmt;
    if (cut != 0) {
        ASSERT_EQ(memcmp(ours.data(), theirs.data(), cut - 1), 0) << "format " << fmt;
        ASSERT_EQ(ours[cut - 1], '\0');
    }
    ASSERT_EQ(ours[cut], 'x') << "wrote behind the buffer, format " << fmt;
}

std::string ours(const char* fmt, ...) {
    char text[256];
    va_list ap;
    va_start(ap, fmt);
    const int n = uk_vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    return n < 0 ? "error " + std::to_string(n) : std::string(text, static_cast<size_t>(n));
}

TEST(Format, LiteralText) {
    EXPECT_EQ(ours("plain"), "plain");
    EXPECT_EQ(ours("%s", ""), "");
    EXPECT_EQ(ours("100%%"), "100%");
    EXPECT_EQ(ours("%-5d|%5d|%05d|%+d|% d|%x|%#X|%o", 42, 42, 42, 42, 42, 255u, 255u, 8u),
              "42   |   42|00042|+42| 42|ff|0XFF|10");
}

TEST(Format, NullPointers) {
    const char* none = nullptr;
    EXPECT_EQ(ours("%s", none), "(null)");
    EXPECT_EQ(ours("%.3s|", none), "|");
    EXPECT_EQ(ours("%.6s|", none), "(null)|");
    EXPECT_EQ(ours("%9s|", none), "   (null)|");
    EXPECT_EQ(ours("%p", nullptr), "(nil)");
    EXPECT_EQ(ours("%7p|%-7p|", nullptr, nullptr), "  (nil)|(nil)  |");
}

TEST(Format, WritesNoCounts) {
    int count = 77;
    const char* fmt = "ab%ncd %d"; // not a literal: compilers warn about %n here and there
    EXPECT_EQ(ours(fmt, &count, 5), "abcd 5");
    EXPECT_EQ(count, 77);
}

TEST(Format, UnknownConversionsStandAsTheyAre) {
    EXPECT_EQ(ours("%y %d", 5), "%y 5");
    EXPECT_EQ(ours("%-08.3lk|"), "%-08.3lk|");
    EXPECT_EQ(ours("end %"), "end %");
    EXPECT_EQ(ours("end %-5.2l"), "end %-5.2l");
    EXPECT_EQ(ours("%1$d"), "%1$d");
}

TEST(Format, TooLongIsAnError) {
    EXPECT_EQ(ours("%2147483648d", 1), "error -75");
    EXPECT_EQ(ours("%.2147483648d", 1), "error -75");
    EXPECT_EQ(ours("%99999999999999999999d", 1), "error -75");
    EXPECT_EQ(ours("%*d", INT_MIN, 1), "error -75");
    EXPECT_EQ(ours("a%2147483647d", 1), "error -75");
    EXPECT_EQ(ours("%.2147483647d", -1), "error -75");
    EXPECT_EQ(ours("%.2147483647f", 1.0), "error -75");
    EXPECT_EQ(uk_snprintf(nullptr, 0, "%16777216d", 1), 16777216);
    if (std::getenv("UK_CHECK_ALL") != nullptr) { // two thousand million digits each
        EXPECT_EQ(uk_snprintf(nullptr, 0, "%2147483647d", 1), INT_MAX);
        EXPECT_EQ(uk_snprintf(nullptr, 0, "%.2147483640d", -1), 2147483641);
        EXPECT_EQ(uk_snprintf(nullptr, 0, "%.2147483645f", 1.0), INT_MAX);
    }
}

TEST(Format, BufferKeepsItsEnd) {
    char text[4] = {'x', 'x', 'x', 'x'};
    EXPECT_EQ(uk_snprintf(text, 0, "abc"), 3);
    EXPECT_EQ(text[0], 'x');
    EXPECT_EQ(uk_snprintf(text, 1, "abc"), 3);
    EXPECT_EQ(text[0], '\0');
    EXPECT_EQ(text[1], 'x');
    EXPECT_EQ(uk_snprintf(nullptr, 0, "%s", "abc"), 3);
    EXPECT_EQ(uk_scnprintf(text, 3, "abcdef"), 2u);
    EXPECT_STREQ(text, "ab");
    EXPECT_EQ(uk_scnprintf(text, 0, "abcdef"), 0u);
    volatile int width = INT_MIN; // too long; volatile hides it from the compiler's own check
    EXPECT_EQ(uk_scnprintf(text, 4, "%*d", width, 1), 0u);
    EXPECT_STREQ(text, "");
}

TEST(Format, SinkStopsFormatting) {
    int calls = 0;
    auto sink = [&](std::string_view) { return ++calls == 2 ? -5 : 0; };
    auto run = [&](const char* fmt, ...) {
        va_list ap;
        va_start(ap, fmt);
        const int result = uk::vformat_to(sink, fmt, ap);
        va_end(ap);
        return result;
    };
    EXPECT_EQ(run("%d %d %d", 1, 2, 3), -5);
    EXPECT_EQ(calls, 2);
}

TEST(Format, WideTextIsUtf8) {
    ASSERT_NE(setlocale(LC_CTYPE, "C.UTF-8"), nullptr);
    const wchar_t text[] = L"a\u00e9\u20ac\U0001f600";
    for (int precision = -1; precision < 13; precision++)
        expect_same("%.*ls|", 3, precision, text);
    for (int width = -14; width < 14; width++)
        expect_same("%*ls|%*lc|%*S|%*C", 5, width, text, width, wint_t{0x20ac}, width, text, width,
                    wint_t{'a'});
    expect_same("%lc|", 0, wint_t{0});
    const wchar_t* none = nullptr;
    expect_same("%ls|%.4ls", 1, none, none);
    const wchar_t surrogate[] = {L'a', 0xd800, 0};
    const wchar_t large[] = {0x110000, 0};
    EXPECT_EQ(ours("%ls", surrogate), "error -84");
    EXPECT_EQ(ours("%ls", large), "error -84");
    EXPECT_EQ(ours("%lc", wint_t{0xdfff}), "error -84");
    EXPECT_EQ(ours("%.1ls", surrogate), "a"); // stops in front of it
}

TEST(Format, PrecisionBoundsTheRead) {
    std::vector<char> text = {'a', 'b', 'c'}; // no NUL: ASan sees a read behind the end
    char result[8];
    EXPECT_EQ(uk_snprintf(result, sizeof(result), "%.3s", text.data()), 3);
    EXPECT_STREQ(result, "abc");
    std::vector<wchar_t> wide = {L'a', L'b'};
    EXPECT_EQ(uk_snprintf(result, sizeof(result), "%.2ls", wide.data()), 2);
}

TEST(Format, TextBuffer) {
    uk::TextBuffer<8> text;
    text.append("%d", 123).append("%s", "45");
    EXPECT_EQ(text.view(), "12345");
    EXPECT_FALSE(text.cut());
    text.append("%s", "67");
    EXPECT_FALSE(text.cut());
    text.append("8");
    EXPECT_TRUE(text.cut());
    EXPECT_STREQ(text.c_str(), "1234567");
    char small[4];
    EXPECT_EQ(uk::format(small, "%d", 12345), "123");
    EXPECT_EQ(uk::format({}, "%d", 12345), "");
}

// Random formats. One generator makes flags, width, precision; the callers choose length and
// conversion.

class Generator {
    std::mt19937_64 random_;

  public:
    explicit Generator(uint64_t seed) : random_(seed) {}
    uint64_t bits() { return random_(); }
    unsigned below(unsigned n) { return static_cast<unsigned>(random_() % n); }
    bool one_in(unsigned n) { return below(n) == 0; }

    std::string spec(const char* flags, int max_precision) {
        std::string text = "%";
        while (one_in(2))
            text += flags[below(static_cast<unsigned>(strlen(flags)))];
        if (one_in(2))
            text += std::to_string(1 + below(one_in(10) ? 300 : 30));
        if (one_in(2)) {
            text += '.';
            if (!one_in(8))
                text +=
                    std::to_string(below(static_cast<unsigned>(one_in(10) ? max_precision : 24)));
        }
        return text;
    }
    /// Few bits, many bits, powers of ten and their neighbours.
    uint64_t number() {
        switch (below(4)) {
        case 0:
            return bits() >> below(64);
        case 1:
            return ~(bits() >> below(64));
        case 2: {
            uint64_t power = 1;
            for (unsigned i = below(20); i > 0; i--)
                power *= 10;
            return power + below(3) - 1;
        }
        default:
            return (uint64_t{1} << below(64)) - below(2);
        }
    }
};

TEST(FormatRandom, Integers) {
    Generator g(1);
    static const char* const kLengths[] = {"hh", "h", "", "l", "ll", "j", "z", "t"};
    for (unsigned i = 0; i < uk::fakes::effort(200'000); i++) {
        const unsigned length = g.below(8);
        const char conversion = "diuoxX"[g.below(6)];
        const std::string fmt = g.spec("-+ #0'", 400) + kLengths[length] + conversion;
        const uint64_t value = g.number();
        const size_t cut = g.below(24);
        if (length < 3)
            expect_same(fmt.c_str(), cut, static_cast<int>(value));
        else
            expect_same(fmt.c_str(), cut, static_cast<long>(value));
        if (HasFatalFailure())
            return;
    }
}

TEST(FormatRandom, StarsMixedWithText) {
    Generator g(2);
    for (int i = 0; i < 50000; i++) {
        const std::string fmt = "<" + std::string(g.below(9), 'q') + "%*.*ld%%%-*s%c|%.*s";
        const std::string text(g.below(20), 'k');
        const int width = static_cast<int>(g.below(80)) - 40;
        const int precision = static_cast<int>(g.below(40)) - 10;
        expect_same(fmt.c_str(), g.below(60), width, precision, static_cast<long>(g.number()),
                    static_cast<int>(g.below(30)), text.c_str(), static_cast<int>(1 + g.below(255)),
                    precision, text.c_str());
        if (HasFatalFailure())
            return;
    }
}

TEST(FormatRandom, TextAndPointers) {
    Generator g(3);
    for (int i = 0; i < 50000; i++) {
        const std::string text(g.below(40), static_cast<char>('a' + g.below(26)));
        expect_same((g.spec("-", 60) + "s").c_str(), g.below(40), text.c_str());
        expect_same((g.spec("-", 60) + "c").c_str(), g.below(4), static_cast<int>(g.below(256)));
        expect_same((g.spec("-+ 0#", 60) + "p").c_str(), g.below(20),
                    reinterpret_cast<void*>(g.number() | 1));
        if (HasFatalFailure())
            return;
    }
}

double any_double(Generator& g) {
    switch (g.below(6)) {
    case 0: // any bit pattern: all magnitudes, denormals, infinities, NaNs
        return std::bit_cast<double>(g.bits());
    case 1: // what people print, many of them ties
        return static_cast<double>(static_cast<int64_t>(g.number() >> g.below(60))) /
               static_cast<double>(1 << g.below(12));
    case 2:
        return static_cast<double>(g.below(100000)) / 1000.0;
    case 3: { // runs of nines
        double power = 1;
        for (unsigned i = g.below(25); i > 0; i--)
            power *= 10;
        return (g.one_in(2) ? power : 1 / power) * (1 - (g.one_in(2) ? DBL_EPSILON / 2 : 0));
    }
    case 4: { // special values
        static const double kSpecial[] = {0.0,
                                          -0.0,
                                          DBL_MIN,
                                          DBL_MAX,
                                          DBL_TRUE_MIN,
                                          -DBL_TRUE_MIN,
                                          0.5,
                                          1.5,
                                          2.5,
                                          1e21,
                                          9.5,
                                          0.05,
                                          std::numeric_limits<double>::infinity(),
                                          -std::numeric_limits<double>::infinity(),
                                          std::numeric_limits<double>::quiet_NaN(),
                                          -std::numeric_limits<double>::quiet_NaN()};
        return kSpecial[g.below(sizeof(kSpecial) / sizeof(kSpecial[0]))];
    }
    default: // denormals
        return std::bit_cast<double>(g.bits() & 0x800fffffffffffff);
    }
}

/// glibc drops zeros of %#g when rounding adds a digit (999999.9 gives "1.e+06"); there we go by
/// the C standard, which defines %#g through %#e and %#f. Returns the format for the host that does
/// so.
template <class Float>
std::string standard_general(const std::string& fmt, Float value) {
    const size_t letter = fmt.find_first_of("gG");
    if (letter == std::string::npos || fmt.find('#') == std::string::npos || !std::isfinite(value))
        return fmt;
    const size_t head = fmt.find_first_of(".L") < letter ? fmt.find_first_of(".L") : letter;
    const size_t dot = fmt.find('.');
    int precision = dot == std::string::npos ? 6 : atoi(fmt.c_str() + dot + 1);
    precision = precision == 0 ? 1 : precision;
    char text[20000];
    snprintf(text, sizeof(text), sizeof(Float) == 8 ? "%.*e" : "%.*Le", precision - 1, value);
    const int exponent = atoi(strchr(text, 'e') + 1);
    const bool fixed = exponent >= -4 && exponent < precision;
    const char upper = fmt[letter] == 'G' ? 0 : 0x20;
    return fmt.substr(0, head) + "." +
           std::to_string(fixed ? precision - 1 - exponent : precision - 1) +
           (sizeof(Float) == 8 ? "" : "L") + static_cast<char>((fixed ? 'F' : 'E') | upper);
}

template <class Float>
void expect_same_float(const std::string& fmt, size_t cut, Float value) {
    const std::string host = standard_general(fmt, value);
    if (host == fmt)
        return expect_same(fmt.c_str(), cut, value);
    std::vector<char> got(40000);
    std::vector<char> wanted(40000);
    EXPECT_EQ(uk_snprintf(got.data(), got.size(), fmt.c_str(), value),
              snprintf(wanted.data(), wanted.size(), host.c_str(), value));
    ASSERT_STREQ(got.data(), wanted.data()) << "format " << fmt;
}

TEST(FormatRandom, Doubles) {
    Generator g(4);
    for (unsigned i = 0; i < uk::fakes::effort(200'000); i++) {
        const std::string fmt = g.spec("-+ #0", 1200) + "fFeEgGaA"[g.below(8)];
        expect_same_float(fmt, g.below(40), any_double(g));
        if (HasFatalFailure())
            return;
    }
}

long double any_long_double(Generator& g) {
    if (g.one_in(3))
        return static_cast<long double>(any_double(g));
    long double value = 0; // a normalised x87 number, or a denormal
    const uint64_t mantissa = g.one_in(8) ? g.bits() | 0xffffffff : g.bits();
    uint16_t head = static_cast<uint16_t>(g.bits());
    if (g.one_in(2))
        head = static_cast<uint16_t>((head & 0x8000) | (16383 - 100 + g.below(200)));
    if (g.one_in(50))
        head &= 0x8000;
    const bool denormal = (head & 0x7fff) == 0;
    const uint64_t stored = denormal ? mantissa >> 1 : mantissa | uint64_t{1} << 63;
    memcpy(&value, &stored, 8);
    memcpy(reinterpret_cast<char*>(&value) + 8, &head, 2);
    return value;
}

TEST(FormatRandom, LongDoubles) {
    static_assert(LDBL_MANT_DIG == 64, "any_long_double builds x87 numbers");
    Generator g(5);
    for (unsigned i = 0; i < uk::fakes::effort(15'000); i++) {
        const std::string fmt =
            g.spec("-+ #0", g.one_in(20) ? 17000 : 300) + "L" + "fFeEgGaA"[g.below(8)];
        expect_same_float(fmt, g.below(40), any_long_double(g));
        if (HasFatalFailure())
            return;
    }
}

TEST(Format, ExactToTheLastDigit) {
    expect_same("%.1100f|%.1100e", 5, DBL_TRUE_MIN, DBL_TRUE_MIN);
    expect_same("%.1100f|%.0f|%.0f", 5, 0.1, 0.5, 1.5);
    expect_same("%f %.20g", 5, DBL_MAX, DBL_MAX);
    expect_same("%.17000Lf", 5, std::numeric_limits<long double>::denorm_min());
    expect_same("%.17000Le", 5, LDBL_MIN);
    expect_same("%Lf", 5, LDBL_MAX);
    expect_same("%.17000Lg", 5, LDBL_MAX);
    expect_same("%.17000Lf", 5, LDBL_MAX);
}

} // namespace
