// SPDX-License-Identifier: BSD-3-Clause
// Host tests of netdev.ip=.
#include <uk/lwip/settings.hpp>
#include <uk/lwip/status.hpp>

#include <gtest/gtest.h>

#include <arpa/inet.h>

#include <cstring>
#include <random>
#include <string>

using namespace uk::lwip;

namespace {

// As the host reads it; our own reading refuses what the standard does not name.
void expect_like_host(const std::string& text) {
    Address ours;
    uint8_t theirs[16] = {};
    const bool is_v6 = text.find(':') != std::string::npos;
    const bool good = inet_pton(is_v6 ? AF_INET6 : AF_INET, text.c_str(), theirs) == 1;
    ASSERT_EQ(parse_address(text, ours), good) << text;
    if (good) {
        ASSERT_EQ(ours.size, is_v6 ? 16 : 4) << text;
        ASSERT_EQ(memcmp(ours.bytes, theirs, ours.size), 0) << text;
    }
}

TEST(Address, ReadsWhatTheHostReads) {
    for (const char* text : {"1.2.3.4",
                             "0.0.0.0",
                             "255.255.255.255",
                             "256.1.1.1",
                             "1.2.3",
                             "1.2.3.4.5",
                             "1..2.3",
                             "",
                             "a.b.c.d",
                             "::",
                             "::1",
                             "1::",
                             "fe80::1",
                             "1:2:3:4:5:6:7:8",
                             "1:2:3:4:5:6:7",
                             "1:2:3:4:5:6:7::",
                             "1:2:3:4:5:6:7:8:9",
                             "::ffff:1.2.3.4",
                             "1.2.3.4::",
                             "::1.2.3",
                             ":::",
                             "1::2::3",
                             ":1",
                             "1:",
                             "12345::",
                             "g::",
                             "1:2:3:4:5:6:1.2.3.4",
                             "1:2:3:4:5:6:7:1.2.3.4",
                             "::1:2:3:4:5:6:7:8"})
        expect_like_host(text);
    std::minstd_rand random(5);
    for (int i = 0; i < 20'000; i++) {
        std::string text;
        for (unsigned size = random() % 20; size != 0; size--)
            text += "1a:.:f0."[random() % 8];
        const bool has_zeros =
            text.find("00") != std::string::npos || text.find(".0") != std::string::npos;
        if (!has_zeros) // 01.2.3.4: the host refuses leading zeros, as they may mean octal
            expect_like_host(text);
    }
}

TEST(Settings, ReadsEachField) {
    Settings out;
    EXPECT_EQ(parse_settings("10.0.0.2/24:10.0.0.1:8.8.8.8:8.8.4.4:box:example.org", out).problem,
              nullptr);
    EXPECT_EQ(out.address.bytes[3], 2);
    EXPECT_EQ(out.prefix, 24);
    EXPECT_EQ(out.gateway.bytes[3], 1);
    EXPECT_EQ(out.dns[1].bytes[2], 4);
    EXPECT_STREQ(out.host, "box");
    EXPECT_STREQ(out.domain, "example.org");
    EXPECT_EQ(parse_settings("10.0.0.2/24", out).problem, nullptr);
    EXPECT_EQ(out.gateway.size, 0);
    EXPECT_EQ(parse_settings("10.0.0.2/24::1.1.1.1::box", out).problem, nullptr);
    EXPECT_EQ(out.gateway.size, 0);
    EXPECT_EQ(out.dns[0].size, 4);
    EXPECT_STREQ(out.host, "box");
    EXPECT_EQ(parse_settings("[fd00::2]/64:[fd00::1]:[2001:db8::53]", out).problem, nullptr);
    EXPECT_TRUE(out.address.is_v6());
    EXPECT_EQ(out.prefix, 64);
    EXPECT_EQ(out.gateway.bytes[15], 1);
}

TEST(Settings, SaysWhatIsWrongAndWhere) {
    Settings out;
    const std::string long_name(64, 'x');
    const std::pair<std::string, std::string> wrong[] = {
        {"", ""},
        {"10.0.0/24", "10.0.0"},
        {"10.0.0.2", ""},
        {"10.0.0.2/33", "33"},
        {"10.0.0.2/0", "0"},
        {"10.0.0.2/x", "x"},
        {"10.0.0.2/24:router", "router"},
        {"10.0.0.2/24:[fd00::1]", "[fd00::1]"},
        {"10.0.0.2/24::dns", "dns"},
        {"10.0.0.2/24::::a b", "a b"},
        {"10.0.0.2/24::::" + long_name, long_name},
        {"10.0.0.2/24::::a:b:c", "c"},
        {"fd00::2/64", "fd00"},
        {"[fd00::2/64", "[fd00::2"},
    };
    for (const auto& [text, where] : wrong) {
        const SettingsError error = parse_settings(text, out);
        ASSERT_NE(error.problem, nullptr) << text;
        EXPECT_EQ(error.where, where) << text;
    }
}

TEST(Address, AsText) {
    const auto again = [](const char* text) {
        Address address;
        EXPECT_TRUE(parse_address(text, address)) << text;
        return std::string(text_of(address).text);
    };
    EXPECT_EQ(again("10.0.2.255"), "10.0.2.255");
    EXPECT_EQ(again("2001:DB8:0:0:1:0:0:1"), "2001:db8::1:0:0:1");
    EXPECT_EQ(again("fe80::"), "fe80::");
    EXPECT_EQ(again("::"), "::");
    EXPECT_EQ(again("::1"), "::1");
    EXPECT_EQ(again("1:2:3:0:5:6:7:8"), "1:2:3:0:5:6:7:8");
    EXPECT_EQ(again("1111:2222:3333:4444:5555:6666:7777:8888"),
              "1111:2222:3333:4444:5555:6666:7777:8888");
}

} // namespace
