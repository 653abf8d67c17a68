// SPDX-License-Identifier: BSD-3-Clause
// <ctype.h> against the host's, for every character and EOF.
#include <gtest/gtest.h>

#include <cctype>

// clang-format off
#define NOLIBC_CHARACTERS(X)                                                                       \
    X(isalnum) X(isalpha) X(isblank) X(iscntrl) X(isdigit) X(isgraph) X(islower) X(isprint)        \
    X(ispunct) X(isspace) X(isupper) X(isxdigit)
// clang-format on

extern "C" {
#define X(name) int nolibc_##name(int c);
NOLIBC_CHARACTERS(X)
#undef X
int nolibc_tolower(int c);
int nolibc_toupper(int c);
}

namespace {

TEST(Ctype, ClassesAreTheHosts) {
    for (int c = -1; c < 256; c++) {
#define X(name) EXPECT_EQ(nolibc_##name(c) != 0, (name)(c) != 0) << #name << ' ' << c;
        NOLIBC_CHARACTERS(X)
#undef X
        EXPECT_EQ(nolibc_tolower(c), (tolower)(c)) << c;
        EXPECT_EQ(nolibc_toupper(c), (toupper)(c)) << c;
    }
}

TEST(Ctype, OtherNumbersAreNoCharacters) {
    for (int c : {INT32_MIN, -1000, 256, 0x141, INT32_MAX}) {
#define X(name) EXPECT_EQ(nolibc_##name(c), 0) << #name << ' ' << c;
        NOLIBC_CHARACTERS(X)
#undef X
        EXPECT_EQ(nolibc_toupper(c), c);
    }
}

} // namespace
