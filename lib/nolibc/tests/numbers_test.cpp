// SPDX-License-Identifier: BSD-3-Clause
// strtol's and strtod's families against the host's.
#include <gtest/gtest.h>

#include <bit>
#include <cerrno>
#include <cmath>
#include <random>
#include <string>

#include <uk/fakes/effort.hpp>

#include "nolibc.hpp"

namespace {

std::mt19937_64 g_random(20261121);

uint64_t below(uint64_t limit) {
    return g_random() % limit;
}

std::string random_text(const char* letters, size_t longest) {
    size_t count = strlen(letters);
    std::string text;
    for (size_t n = below(longest + 1); n > 0; n--) {
        text += letters[below(count)];
    }
    return text;
}

void compare_integers(const std::string& text, int base) {
    char* ours;
    char* theirs;
    nolibc_errno = errno = 0;
    EXPECT_EQ(nolibc_strtol(text.c_str(), &ours, base), strtol(text.c_str(), &theirs, base))
        << text << " base " << base;
    EXPECT_EQ(ours, theirs) << text << " base " << base;
    EXPECT_EQ(nolibc_errno, errno) << text << " base " << base;
    nolibc_errno = errno = 0;
    EXPECT_EQ(nolibc_strtoul(text.c_str(), &ours, base), strtoul(text.c_str(), &theirs, base))
        << text << " base " << base;
    EXPECT_EQ(ours, theirs);
    EXPECT_EQ(nolibc_errno, errno) << text << " base " << base;
}

TEST(Strtol, IsTheHosts) {
    for (const char* text : {"",
                             " ",
                             "+",
                             "-",
                             "0",
                             "0x",
                             "0xg",
                             "-0x1",
                             " \t\n\v\f\r+12",
                             "08",
                             "0x7fffffffffffffff",
                             "9223372036854775807",
                             "9223372036854775808",
                             "-9223372036854775808",
                             "-9223372036854775809",
                             "18446744073709551615",
                             "18446744073709551616",
                             "-18446744073709551615",
                             "-18446744073709551616",
                             "99999999999999999999999",
                             "zZ",
                             "--1",
                             "+-1",
                             "0x0x1",
                             "00x1",
                             "1_000"}) {
        for (int base : {0, 2, 8, 10, 16, 36}) {
            compare_integers(text, base);
        }
    }
    for (unsigned i = 0; i < uk::fakes::effort(200'000); i++) {
        int base = static_cast<int>(below(36)) + 1;
        compare_integers(random_text(" +-0123456789xXabfzAZ", 24), base == 1 ? 0 : base);
    }
}

TEST(Strtol, RefusesBases) {
    for (int base : {-1, 1, 37}) {
        const char* text = "12";
        char* end = nullptr;
        nolibc_errno = 0;
        EXPECT_EQ(nolibc_strtol(text, &end, base), 0);
        EXPECT_EQ(end, text);
        EXPECT_EQ(nolibc_errno, EINVAL);
    }
    EXPECT_EQ(nolibc_atoi(" -42abc"), -42);
}

// --- floating point -----------------------------------------------------------------------------

template <class Float>
void compare_values(Float ours, Float theirs, const std::string& text) {
    if (std::isnan(theirs)) {
        EXPECT_TRUE(std::isnan(ours)) << text;
        return;
    }
    EXPECT_TRUE(ours == theirs && std::signbit(ours) == std::signbit(theirs))
        << text.substr(0, 200) << ": " << ours << " instead of " << theirs;
}

void compare_floats(const std::string& text) {
    char* ours;
    char* theirs;
    nolibc_errno = errno = 0;
    double our_double = nolibc_strtod(text.c_str(), &ours);
    compare_values(our_double, strtod(text.c_str(), &theirs), text);
    EXPECT_EQ(ours - text.c_str(), theirs - text.c_str()) << text;
    EXPECT_EQ(nolibc_errno, errno) << "double " << text;
    nolibc_errno = errno = 0;
    float our_float = nolibc_strtof(text.c_str(), &ours);
    compare_values(our_float, strtof(text.c_str(), &theirs), text);
    EXPECT_EQ(ours - text.c_str(), theirs - text.c_str()) << text;
    EXPECT_EQ(nolibc_errno, errno) << "float " << text;
}

std::string print(const char* format, int precision, double value) {
    char text[1300];
    snprintf(text, sizeof(text), format, precision, value);
    return text;
}

TEST(Strtod, KnownHardCases) {
    for (const char* text : {"2.2250738585072011e-308",
                             "2.2250738585072012e-308",
                             "2.2250738585072014e-308",
                             "4.9e-324",
                             "2.4703282292062327208e-324",
                             "2.4703282292062328e-324",
                             "2.47032822920623272088e-324",
                             "1.7976931348623157e308",
                             "1.7976931348623158e308",
                             "1.7976931348623159e308",
                             "1.797693134862315807e308",
                             "9007199254740993",
                             "9007199254740992.999999999999999999999",
                             "9007199254740993.00000000000000000001",
                             "6.631236846766476e-316",
                             "3.2378839133029012895883524125015321748630094e-322",
                             "1e23",
                             "8.41e21",
                             "9.5e-5",
                             "179769313486231580793e289",
                             "0x1.fffffffffffff8p1023",
                             "0x1.fffffffffffff7fp1023",
                             "0x1p-1074",
                             "0x1p-1075",
                             "0x1.000001p-1075",
                             "0x0.fffffffffffff8p-1022",
                             "0x0.fffffffffffff7p-1022",
                             "1e-400",
                             "1e400",
                             "-1e400",
                             "1e99999999999",
                             "1e-99999999999",
                             "0e99999999999",
                             "0x1p99999999999",
                             "1.1754943e-38",
                             "1.17549431e-38",
                             "3.4028235e38",
                             "3.4028236e38",
                             "340282356779733661637539395458142568448",
                             "1.40129846e-45",
                             "7.0064923e-46",
                             "7.00649232162408535461864791644958065640e-46"}) {
        compare_floats(text);
        compare_floats(std::string("-") + text);
    }
}

TEST(Strtod, ReadsTheSameText) {
    for (const char* text :
         {"",      ".",      "+.",   "e1",       ".e1",      "1.",           ".1",      "1.e",
          "1.e+",  "1e+x",   "1e5",  "0x",       "0x.",      "0x.p1",        "0x1p",    "0x1p+",
          "0x1.8", "0x.8p1", "0xg",  "inf",      "-InF",     "infi",         "infinit", "iNFINITYx",
          "nan",   "-nan",   "nan(", "nan(a_1)", "nan(a-1)", "nan()",        "na",      "i",
          "1..2",  "1.2.3",  "00",   "0001",     "000.001",  "0x000.0008p4", "1e0005",  " \t1",
          "- 1",   "0x1.P",  "1E5",  "0X1P3"}) {
        compare_floats(text);
    }
    for (unsigned i = 0; i < uk::fakes::effort(200'000); i++) {
        compare_floats(random_text(" +-0123456789.eEpPxXabf", 14));
    }
}

TEST(Strtod, RoundsAnyDoubleAndItsNeighbours) {
    for (unsigned i = 0; i < uk::fakes::effort(30'000); i++) {
        double value = std::bit_cast<double>(g_random());
        if (!std::isfinite(value)) {
            continue;
        }
        compare_floats(print("%.*e", static_cast<int>(below(25)), value));
        compare_floats(print("%.*g", 17, value));
        // The host's strtof is wrong for some subnormal hexadecimal numbers (glibc 2.36 makes
        // 0x4b6b88p-149 of 0x1.2dae23p-127); 13 digits are exact in a double, so this is right.
        std::string hex = print("%.*a", static_cast<int>(below(14)), value);
        compare_values(nolibc_strtod(hex.c_str(), nullptr), strtod(hex.c_str(), nullptr), hex);
        compare_values(nolibc_strtof(hex.c_str(), nullptr),
                       static_cast<float>(strtod(hex.c_str(), nullptr)), hex);
        compare_floats(print("%.*e", 16, static_cast<float>(value)));
    }
}

TEST(Strtod, RoundsHalfwayPoints) {
    for (int i = 0; i < 3'000; i++) {
        uint64_t bits = g_random();
        if (i % 3 == 0) {
            bits &= (uint64_t{1} << (52 + below(4))) - 1; // subnormal, or nearly
        }
        double value = std::fabs(std::bit_cast<double>(bits));
        double next = std::nextafter(value, INFINITY);
        if (!std::isfinite(next)) {
            continue;
        }
        // The exact middle, in up to 770 digits, and texts a little off.
        char text[1300];
        snprintf(text, sizeof(text), "%.1100Lg", (static_cast<long double>(value) + next) / 2);
        std::string middle = text;
        compare_floats(middle);
        size_t exponent = middle.find('e');
        std::string digits = middle.substr(0, exponent);
        std::string tail = exponent == std::string::npos ? "" : middle.substr(exponent);
        if (digits.find('.') == std::string::npos) {
            digits += '.';
        }
        compare_floats(digits + std::string(below(100), '0') + "1" + tail);
        digits.back() = digits.back() == '.' ? '.' : static_cast<char>(digits.back() - 1);
        compare_floats(digits + "9" + tail);
    }
}

TEST(Strtod, RoundsLongTexts) {
    for (int i = 0; i < 2'000; i++) {
        std::string digits;
        for (size_t n = 1 + below(1500); n > 0; n--) {
            digits += static_cast<char>('0' + below(10));
        }
        digits.insert(below(digits.size() + 1), ".");
        compare_floats(digits);
        compare_floats(digits + "e" + std::to_string(static_cast<int>(below(2400)) - 1800));
        compare_floats("0." + std::string(below(1200), '0') + digits.substr(digits.find('.') + 1));
    }
}

TEST(Div, IsTheHosts) {
    EXPECT_EQ(nolibc_div(-7, 2).quot, -3);
    EXPECT_EQ(nolibc_div(-7, 2).rem, -1);
    EXPECT_EQ(nolibc_lldiv(-7'000'000'000'000, 2'000).quot, -3'500'000'000);
}

} // namespace
