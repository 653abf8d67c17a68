// SPDX-License-Identifier: BSD-3-Clause
// Addresses as text, against the host's C library: by hand and at random.
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include <arpa/inet.h>

#include <gtest/gtest.h>

#include <uk/netdb/text.hpp>

namespace {

using namespace uk::netdb;

void same_parse(const std::string& text) {
    uint8_t ours[16] = {}, host[16] = {};
    const bool v4 = inet_pton(AF_INET, text.c_str(), host) == 1;
    EXPECT_EQ(parse_v4(text, ours), v4) << text;
    if (v4) {
        EXPECT_EQ(memcmp(ours, host, 4), 0) << text;
    }
    const bool v6 = inet_pton(AF_INET6, text.c_str(), host) == 1;
    EXPECT_EQ(parse_v6(text, ours), v6) << text;
    if (v6) {
        EXPECT_EQ(memcmp(ours, host, 16), 0) << text;
    }
    in_addr address{};
    const bool loose = inet_aton(text.c_str(), &address) == 1;
    EXPECT_EQ(parse_v4_loose(text, ours), loose) << text;
    if (loose) {
        EXPECT_EQ(memcmp(ours, &address, 4), 0) << text;
    }
}

TEST(NetdbText, ParsesAsTheHostDoes) {
    for (const char* text : {"",
                             "0.0.0.0",
                             "127.0.0.1",
                             "255.255.255.255",
                             "256.0.0.1",
                             "1.2.3",
                             "1.2.3.4.5",
                             "01.2.3.4",
                             "1.2.3.4 ",
                             "1..3.4",
                             "0x7f.1",
                             "0x7f000001",
                             "017700000001",
                             "1.65535",
                             "1.2.65536",
                             "1.2.65535",
                             "4294967296",
                             "0x",
                             "08",
                             "1.2.3.4x",
                             "::",
                             "::1",
                             "1::",
                             "1:2:3:4:5:6:7:8",
                             "1:2:3:4:5:6:7::",
                             "::2:3:4:5:6:7:8",
                             "1:2:3:4:5:6:7:8:9",
                             ":1",
                             "1:",
                             "1:::2",
                             "1::2::3",
                             "12345::",
                             "::ffff:1.2.3.4",
                             "::1.2.3.4",
                             "1:2:3:4:5:6:1.2.3.4",
                             "1:2:3:4:5:6:7:1.2.3.4",
                             "fe80::1%eth0",
                             "::g",
                             "1.2.3.4::",
                             "::01.2.3.4"})
        same_parse(text);
    std::minstd_rand random(7);
    const std::string letters = "0123456789abcfxF:::::.... ";
    for (int round = 0; round < 200'000; round++) {
        std::string text(random() % 24, ' ');
        for (char& c : text)
            c = letters[random() % letters.size()];
        same_parse(text);
        if (HasFailure())
            return;
    }
}

TEST(NetdbText, FormatsAsTheHostDoes) {
    std::minstd_rand random(9);
    for (int round = 0; round < 50'000; round++) {
        uint8_t address[16];
        for (int i = 0; i < 16; i += 2) {
            const bool zero = random() % 2 == 0;
            address[i] = zero ? 0 : static_cast<uint8_t>(random() % (random() % 2 == 0 ? 3 : 256));
            address[i + 1] = zero ? 0 : static_cast<uint8_t>(random());
        }
        if (round % 8 == 0) {
            memset(address, 0, 10);
            memset(address + 10, 0xff, 2);
        }
        char ours[kTextV6], host[INET6_ADDRSTRLEN];
        size_t size = format_v6(address, ours);
        EXPECT_EQ(size, strlen(ours));
        ASSERT_STREQ(ours, inet_ntop(AF_INET6, address, host, sizeof(host)));
        size = format_v4(address, ours);
        EXPECT_EQ(size, strlen(ours));
        ASSERT_STREQ(ours, inet_ntop(AF_INET, address, host, sizeof(host)));
        same_parse(ours);
    }
}

TEST(NetdbText, PortsServicesAndNames) {
    EXPECT_EQ(parse_port("80"), 80);
    EXPECT_EQ(parse_port("65535"), 65'535);
    for (const char* text : {"", "65536", "-1", "80x", "000080", " 80"})
        EXPECT_FALSE(parse_port(text)) << text;
    EXPECT_EQ(find_service("https")->port, 443);
    EXPECT_STREQ(find_service(uint16_t{53})->name, "domain");
    EXPECT_EQ(find_service("nonsense"), nullptr);
    EXPECT_EQ(find_protocol("tcp")->number, 6);
    EXPECT_EQ(find_protocol("UDP")->number, 17);
    EXPECT_STREQ(find_protocol(58)->name, "ipv6-icmp");
    EXPECT_EQ(find_protocol("Tcp"), nullptr); // letter for letter, as Linux
    EXPECT_EQ(find_protocol(6 + 256), nullptr);
    Words words("  10.0.0.1\thost alias.example # the gateway\n");
    EXPECT_EQ(words.next(), "10.0.0.1");
    EXPECT_EQ(words.next(), "host");
    EXPECT_EQ(words.next(), "alias.example");
    EXPECT_EQ(words.next(), "");
    EXPECT_TRUE(same_name("Host", "hOST") && !same_name("host", "hos"));
    EXPECT_TRUE(is_host_name("a-b.example") && !is_host_name("a b") && !is_host_name(""));
}

} // namespace
