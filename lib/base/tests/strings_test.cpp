// SPDX-License-Identifier: BSD-3-Clause
// Number parsers and "did you mean".
#include <uk/base/strings.hpp>

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace {

using uk::Errno;

TEST(Strings, Unsigned) {
    EXPECT_EQ(uk::parse_u64("0").take(), 0u);
    EXPECT_EQ(uk::parse_u64("18446744073709551615").take(), UINT64_MAX);
    EXPECT_EQ(uk::parse_u64("18446744073709551616").code(), Errno::range);
    EXPECT_EQ(uk::parse_u64("99999999999999999999999").code(), Errno::range);
    EXPECT_EQ(uk::parse_u64("0xffffFFFFffffFFFF").take(), UINT64_MAX);
    EXPECT_EQ(uk::parse_u64("0x10000000000000000").code(), Errno::range);
    EXPECT_EQ(uk::parse_u64("0b101").take(), 5u);
    EXPECT_EQ(uk::parse_u64("0o17").take(), 15u);
    EXPECT_EQ(uk::parse_u64("017").take(), 17u);
    EXPECT_EQ(uk::parse_u64("ff", 16).take(), 255u);
    EXPECT_EQ(uk::parse_u64("zZ", 36).take(), 35u * 36 + 35);
    for (const char* bad : {"", "0x", "x", "12a", " 1", "1 ", "-1", "+1", "0b2", "1_000", "0xg",
                            "99999999999999999999x"})
        EXPECT_EQ(uk::parse_u64(bad).code(), Errno::inval) << bad;
    EXPECT_EQ(uk::parse_u64("0x10", 16).code(), Errno::inval);
    EXPECT_EQ(uk::parse_u64("1", 1).code(), Errno::inval);
    EXPECT_EQ(uk::parse_u64("1", 37).code(), Errno::inval);
}

TEST(Strings, Signed) {
    EXPECT_EQ(uk::parse_i64("-9223372036854775808").take(), INT64_MIN);
    EXPECT_EQ(uk::parse_i64("-9223372036854775809").code(), Errno::range);
    EXPECT_EQ(uk::parse_i64("9223372036854775807").take(), INT64_MAX);
    EXPECT_EQ(uk::parse_i64("9223372036854775808").code(), Errno::range);
    EXPECT_EQ(uk::parse_i64("+0x10").take(), 16);
    EXPECT_EQ(uk::parse_i64("-0").take(), 0);
    for (const char* bad : {"", "-", "+", "--1", "- 1"})
        EXPECT_EQ(uk::parse_i64(bad).code(), Errno::inval) << bad;
}

TEST(Strings, Sizes) {
    EXPECT_EQ(uk::parse_size("4096").take(), 4096u);
    EXPECT_EQ(uk::parse_size("4K").take(), 4096u);
    EXPECT_EQ(uk::parse_size("4k").take(), 4096u);
    EXPECT_EQ(uk::parse_size("4KiB").take(), 4096u);
    EXPECT_EQ(uk::parse_size("4kb").take(), 4096u);
    EXPECT_EQ(uk::parse_size("64M").take(), 64u << 20);
    EXPECT_EQ(uk::parse_size("3G").take(), uint64_t{3} << 30);
    EXPECT_EQ(uk::parse_size("2T").take(), uint64_t{2} << 40);
    EXPECT_EQ(uk::parse_size("0x1b").take(), 27u);
    EXPECT_EQ(uk::parse_size("0x10K").take(), 16384u);
    EXPECT_EQ(uk::parse_size("12b").take(), 12u);
    EXPECT_EQ(uk::parse_size("16777215T").take(), uint64_t{16777215} << 40);
    EXPECT_EQ(uk::parse_size("16777216T").code(), Errno::range);
    for (const char* bad : {"", "K", "KiB", "b", "4iB", "4KK", "4KBB", "4 K", "-4K", "0xK", "iB"})
        EXPECT_EQ(uk::parse_size(bad).code(), Errno::inval) << bad;
}

TEST(Strings, Booleans) {
    for (const char* yes : {"1", "y", "Yes", "on", "TRUE"})
        EXPECT_TRUE(uk::parse_bool(yes).take()) << yes;
    for (const char* no : {"0", "N", "no", "Off", "false"})
        EXPECT_FALSE(uk::parse_bool(no).take()) << no;
    for (const char* bad : {"", "2", "yess", "t"})
        EXPECT_EQ(uk::parse_bool(bad).code(), Errno::inval) << bad;
}

TEST(Strings, EditDistance) {
    EXPECT_EQ(uk::edit_distance("", "", 3), 0u);
    EXPECT_EQ(uk::edit_distance("abc", "", 3), 3u);
    EXPECT_EQ(uk::edit_distance("", "abcd", 3), 4u); // over the limit
    EXPECT_EQ(uk::edit_distance("kitten", "sitting", 9), 3u);
    EXPECT_EQ(uk::edit_distance("netdev.pi", "netdev.ip", 9), 1u); // neighbours swapped
    EXPECT_EQ(uk::edit_distance("abcdef", "ghijkl", 2), 3u);
    const std::string long_text(64, 'a');
    EXPECT_EQ(uk::edit_distance(long_text, long_text, 2), 0u);
    EXPECT_EQ(uk::edit_distance(long_text, long_text + "b", 2), 3u);
    EXPECT_EQ(uk::edit_distance(std::string(63, 'a'), std::string(63, 'b'), 99), 63u);
}

TEST(Strings, EditDistanceIsAMeasure) {
    std::mt19937 random(1);
    for (int i = 0; i < 20000; i++) {
        std::string a(random() % 12, ' ');
        for (char& c : a)
            c = static_cast<char>('a' + random() % 3);
        std::string b = a;
        unsigned changes = random() % 4;
        for (unsigned k = 0; k < changes; k++) {
            const size_t at = b.empty() ? 0 : random() % b.size();
            switch (random() % 3) {
            case 0:
                b.insert(at, 1, 'x');
                break;
            case 1:
                if (!b.empty())
                    b.erase(at, 1);
                break;
            default:
                if (!b.empty())
                    b[at] = 'y';
                break;
            }
        }
        ASSERT_LE(uk::edit_distance(a, b, 99), changes);
        ASSERT_EQ(uk::edit_distance(a, b, 99), uk::edit_distance(b, a, 99));
        ASSERT_EQ(uk::edit_distance(a, b, 99) == 0, a == b);
    }
}

TEST(Strings, ClosestMatch) {
    const std::string_view names[] = {"netdev.ip", "vfs.fstab", "env.vars", "ip", "log.level"};
    EXPECT_EQ(uk::closest_match("netdev.pi", names), "netdev.ip");
    EXPECT_EQ(uk::closest_match("vfs.fstabs", names), "vfs.fstab");
    EXPECT_EQ(uk::closest_match("env.var", names), "env.vars");
    EXPECT_EQ(uk::closest_match("log.level", names), "log.level");
    EXPECT_EQ(uk::closest_match("zzz", names), "");
    EXPECT_EQ(uk::closest_match("up", names), "ip");
    EXPECT_EQ(uk::closest_match("", names), "");
    EXPECT_EQ(uk::closest_match("x", {}), "");
}

TEST(Strings, Trim) {
    EXPECT_EQ(uk::trim(" \t a b\r\n"), "a b");
    EXPECT_EQ(uk::trim(" \n"), "");
    EXPECT_EQ(uk::trim(""), "");
}

} // namespace
