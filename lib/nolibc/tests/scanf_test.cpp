// SPDX-License-Identifier: BSD-3-Clause
// sscanf against the host's, with random formats and texts made for each other.
#include <gtest/gtest.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <random>
#include <string>

#include <uk/fakes/effort.hpp>

#include "nolibc.hpp"

namespace {

std::mt19937 g_random(4711);

unsigned below(unsigned limit) {
    return static_cast<unsigned>(g_random() % limit);
}

// Room for four arguments of any kind, the same before and after unless a conversion stored there.
struct Places {
    alignas(16) char bytes[4][64];
    Places() { memset(bytes, 0x55, sizeof(bytes)); }
    bool operator==(const Places& other) const = default;
};

void compare(const std::string& text, const std::string& format) {
    Places ours;
    Places theirs;
    nolibc_errno = errno = 0;
    int our_count = nolibc_sscanf(text.c_str(), format.c_str(), ours.bytes[0], ours.bytes[1],
                                  ours.bytes[2], ours.bytes[3]);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    int their_count = sscanf(text.c_str(), format.c_str(), theirs.bytes[0], theirs.bytes[1],
                             theirs.bytes[2], theirs.bytes[3]);
#pragma GCC diagnostic pop
    ASSERT_EQ(our_count, their_count) << "'" << text << "' by '" << format << "'";
    // Text conversions write before they fail; only what was assigned counts.
    for (int i = 0; i < our_count; i++) {
        bool is_text = strpbrk(format.c_str(), "sc[") != nullptr;
        int difference = is_text ? strncmp(ours.bytes[i], theirs.bytes[i], sizeof(ours.bytes[i]))
                                 : memcmp(ours.bytes[i], theirs.bytes[i], sizeof(ours.bytes[i]));
        ASSERT_EQ(difference, 0) << "'" << text << "' by '" << format << "', argument " << i;
    }
}

template <size_t kCount>
const char* one_of(const char* const (&list)[kCount]) {
    return list[below(kCount)];
}

std::string random_format() {
    static const char* const kLengths[] = {"", "", "", "hh", "h", "l", "ll", "j", "z", "t"};
    static const char* const kIntegers[] = {"d", "i", "u", "o", "x", "X"};
    static const char* const kWidths[] = {"", "", "", "", "1", "4", "5", "9"}; // see cut_prefix
    static const char* const kTexts[] = {"s", "[a-f0-9]", "[^,]", "[]x-]", "[^]]", "[0-9-]"};
    static const char* const kFloats[] = {"f", "e", "g", "lf", "le", "lg", "la"};
    static const char* const kBetween[] = {"", " ", ",", " , ", "%%", "x", "\n"};
    std::string format;
    for (unsigned n = 1 + below(4); n > 0; n--) {
        format += one_of(kBetween);
        format += '%';
        format += below(6) == 0 ? "*" : "";
        switch (below(5)) {
        case 0:
            if (below(4) == 0) {
                format += 'c'; // with a width see ExactlyTheWidth
            } else {
                format += std::to_string(1 + below(30)) + one_of(kTexts); // must fit a place
            }
            break;
        case 1:
            format += one_of(kFloats);
            break;
        case 2:
            format += 'n';
            if (format[format.size() - 2] == '*') {
                format.erase(format.size() - 2, 1);
            }
            break;
        default:
            format += one_of(kWidths);
            format += one_of(kLengths);
            format += one_of(kIntegers);
            break;
        }
    }
    return format;
}

std::string random_text() {
    static const char* const kPieces[] = {"0",
                                          "1",
                                          "12",
                                          "-7",
                                          "+3",
                                          "0x1f",
                                          "077",
                                          "abc",
                                          ",",
                                          " ",
                                          "  ",
                                          "\n",
                                          ".",
                                          "e5",
                                          "1e2",
                                          "9999999999",
                                          "99999999999999999999",
                                          "-99999999999999999999",
                                          "inf",
                                          "nan",
                                          "%",
                                          "x",
                                          "1.5",
                                          "-2.25e-3",
                                          "]",
                                          "-",
                                          "0x",
                                          "0x1.8p3",
                                          "infin",
                                          "+"};
    std::string text;
    for (unsigned n = below(8); n > 0; n--) {
        text += one_of(kPieces);
    }
    return text;
}

// "0x" without a digit behind it: a matching failure in C, a zero to the host (glibc bug 12701).
bool cut_prefix(const std::string& text) {
    for (size_t at = text.find("0x"); at != std::string::npos; at = text.find("0x", at + 1)) {
        if (at + 2 == text.size() || strchr("0123456789abcdef", text[at + 2]) == nullptr) {
            return true;
        }
    }
    return false;
}

TEST(Sscanf, IsTheHosts) {
    for (unsigned i = 0; i < uk::fakes::effort(300'000); i++) {
        std::string text = random_text();
        if (!cut_prefix(text)) {
            ASSERT_NO_FATAL_FAILURE(compare(text, random_format()));
        }
    }
}

TEST(Sscanf, CutExponent) { // likewise
    float value = 5;
    EXPECT_EQ(nolibc_sscanf("1e", "%f", &value), 0);
    EXPECT_EQ(nolibc_sscanf("1e+x", "%f", &value), 0);
    EXPECT_EQ(nolibc_sscanf("0x1.8p3", "%6a", &value), 0);
    EXPECT_EQ(nolibc_sscanf("0x1.8p3", "%5a", &value), 1);
    EXPECT_EQ(value, 1.5F);
}

TEST(Sscanf, CutPrefix) {
    int value = 5;
    EXPECT_EQ(nolibc_sscanf("0x", "%x", &value), 0);
    EXPECT_EQ(nolibc_sscanf("0xg", "%i", &value), 0);
    EXPECT_EQ(nolibc_sscanf("-0x1", "%3x", &value), 0);
    EXPECT_EQ(nolibc_sscanf("-0x12", "%4x2", &value), 1);
    EXPECT_EQ(value, -1);
}

TEST(Sscanf, EndOfInput) {
    for (const char* text : {"", " ", "a", "1", "1 ", "1 a", "1 2"}) {
        for (const char* format : {"", " ", "%d", "%d%d", "%d %d", "%*d%d", "%c", "%s", "%s%s",
                                   "%[a]", "%*c%c", "a", "%n", "%d%n", "1%d", "%%", "a%d"}) {
            compare(text, format);
        }
    }
}

TEST(Sscanf, ExactlyTheWidth) { // the host's takes fewer characters; C does not
    char text[4] = "...";
    EXPECT_EQ(nolibc_sscanf("abcd", "%3c", text), 1);
    EXPECT_STREQ(text, "abc");
    EXPECT_EQ(nolibc_sscanf("ab", "%3c", text), 0);
    EXPECT_EQ(nolibc_sscanf("", "%3c", text), EOF);
}

TEST(Sscanf, Pointers) {
    char text[64];
    void* ours = nullptr;
    snprintf(text, sizeof(text), "%p", static_cast<void*>(text));
    EXPECT_EQ(nolibc_sscanf(text, "%p", &ours), 1);
    EXPECT_EQ(ours, text);
}

TEST(Sscanf, StopsAtWhatIsAbsent) {
    int value = 5;
    EXPECT_EQ(nolibc_sscanf("1 2", "%d %ls", &value, &value), 1);
    EXPECT_EQ(nolibc_sscanf("1 2", "%d %", &value), 1);
    EXPECT_EQ(nolibc_sscanf("1 2", "%d %[a", &value, &value), 1);
    EXPECT_EQ(nolibc_sscanf("1 2", "%1$d", &value), 0);
    EXPECT_EQ(value, 1);
}

} // namespace
