// SPDX-License-Identifier: BSD-3-Clause
// What ping understands, and what it says about the rest.
#include "../ping_words.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using uk::shell::PingMistake;
using uk::shell::PingWords;

std::string said(const std::vector<const char*>& words, PingWords* out = nullptr) {
    PingWords read;
    const PingMistake wrong = uk::shell::read_ping(words, read);
    if (out != nullptr)
        *out = read;
    return wrong.text + std::string(wrong.misused ? " (usage)" : "");
}

TEST(PingWords, OptionsStandAnywhere) {
    for (const std::vector<const char*>& words : {std::vector<const char*>{"-c", "3", "box"},
                                                  {"box", "-c", "3"},
                                                  {"-c3", "box"},
                                                  {"-c", "3", "--", "box"}}) {
        PingWords out;
        EXPECT_EQ(said(words, &out), "");
        EXPECT_EQ(out.times, 3U);
        EXPECT_STREQ(out.name, "box");
    }
    PingWords out;
    EXPECT_EQ(said({"--", "-c"}, &out), "");
    EXPECT_STREQ(out.name, "-c");
    EXPECT_EQ(out.times, PingWords::kMost);
    EXPECT_EQ(said({"-c", "9223372036854775807", "box"}), "");
}

TEST(PingWords, SaysWhatIsWrong) {
    EXPECT_EQ(said({"-x", "box"}), "invalid option -- 'x' (usage)");
    EXPECT_EQ(said({"--count", "3", "box"}), "invalid option -- '-' (usage)");
    EXPECT_EQ(said({"box", "-c"}), "option requires an argument -- 'c' (usage)");
    EXPECT_EQ(said({}), "Destination address required (usage)");
    EXPECT_EQ(said({"-c", "3"}), "Destination address required (usage)");
    EXPECT_EQ(said({"box", "other"}), "one destination only, not 'other', too (usage)");
    const std::string range = ": out of range: 1 <= value <= 9223372036854775807";
    for (const char* number : {"0", "-1", "9223372036854775808", "18446744073709551616"})
        EXPECT_EQ(said({"-c", number, "box"}),
                  "invalid argument: '" + std::string(number) + "'" + range);
    for (const char* text : {"x", "", "3x", "-", "--"})
        EXPECT_EQ(said({"-c", text, "box"}), "invalid argument: '" + std::string(text) + "'");
    EXPECT_EQ(said({"-c", std::string(300, '7').c_str(), "box"}),
              "invalid argument: '" + std::string(20, '7') + "'" + range);
}

TEST(PingWords, InterfacesStandBehindAPercentSign) {
    const char* zone = nullptr;
    EXPECT_EQ(uk::shell::split_zone("fe80::1%net0", zone), 7U);
    EXPECT_STREQ(zone, "net0");
    EXPECT_EQ(uk::shell::split_zone("fe80::1%", zone), 7U);
    EXPECT_STREQ(zone, "");
    EXPECT_EQ(uk::shell::split_zone("box", zone), 3U);
    EXPECT_EQ(zone, nullptr);
}

} // namespace
