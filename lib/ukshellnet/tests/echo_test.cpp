// SPDX-License-Identifier: BSD-3-Clause
// Host tests of ping's echoes and figures.
#include "../echo.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

using namespace uk::shell;

namespace {

TEST(Echo, ReplyIsWhatWasSent) {
    for (const bool v6 : {false, true}) {
        uint8_t message[kEchoSize];
        make_echo(message, v6, 0x1234);
        EXPECT_EQ(message[0], v6 ? 128 : 8);
        EXPECT_EQ(read_reply(message, v6).code(), uk::Errno::proto); // still a request
        message[0] = v6 ? 129 : 0;
        message[2] = message[4] = 0xee; // sum and identifier are the socket's
        EXPECT_EQ(read_reply(message, v6).value(), 0x1234);
        EXPECT_EQ(read_reply(message, !v6).code(), uk::Errno::proto);
        EXPECT_EQ(read_reply({message, kEchoSize - 1}, v6).code(), uk::Errno::proto);
        EXPECT_EQ(read_reply({}, v6).code(), uk::Errno::proto);
        message[kEchoSize - 1] ^= 1;
        EXPECT_EQ(read_reply(message, v6).code(), uk::Errno::proto);
    }
}

TEST(RoundTrips, LeastMeanMost) {
    RoundTrips trips;
    EXPECT_EQ(trips.least() + trips.mean() + trips.most(), 0U);
    for (const uint64_t each : {30, 10, 20})
        trips.add(each);
    EXPECT_EQ(trips.count(), 3U);
    EXPECT_EQ(trips.least(), 10U);
    EXPECT_EQ(trips.mean(), 20U);
    EXPECT_EQ(trips.most(), 30U);
}

TEST(Milliseconds, HaveThreePlaces) {
    EXPECT_STREQ(milliseconds_text(0).text, "0.000");
    EXPECT_STREQ(milliseconds_text(12'345'999).text, "12.345");
    EXPECT_STREQ(milliseconds_text(~uint64_t{0}).text, "18446744073709.551");
}

} // namespace
