// SPDX-License-Identifier: BSD-3-Clause
// The console above a fake platform: counts, waiting, end of input.
#include <gtest/gtest.h>

#include <cerrno>
#include <string>

#include <uk/console.h>
#include <uk/fakes/hal.hpp>
#include <uk/hal/clock.hpp>

namespace {

class Console : public testing::Test {
  protected:
    Console() { uk::fakes::console_clear(); }
    char buffer_[16] = {};
};

TEST_F(Console, WritesBytesUnchanged) {
    const char text[] = "a\nb\0c\r";
    EXPECT_EQ(uk_console_out(text, sizeof(text)), static_cast<ptrdiff_t>(sizeof(text)));
    EXPECT_EQ(uk::fakes::console_output(), std::string(text, sizeof(text)));
}

TEST_F(Console, ReadsWithoutWaiting) {
    EXPECT_EQ(uk_console_in(buffer_, sizeof(buffer_)), 0);
    uk::fakes::console_type("hello");
    EXPECT_EQ(uk_console_in(buffer_, 3), 3);
    EXPECT_EQ(std::string(buffer_, 3), "hel");
    EXPECT_EQ(uk_console_in(buffer_, sizeof(buffer_)), 2);
    uk::fakes::console_hang_up();
    EXPECT_EQ(uk_console_in(buffer_, sizeof(buffer_)), -EPIPE);
}

TEST_F(Console, WaitingEndsWithTheInput) {
    uk::fakes::console_type("xy");
    uk::fakes::console_hang_up();
    EXPECT_EQ(uk_console_in_wait(buffer_, 1), 1);
    EXPECT_EQ(uk_console_in_wait(buffer_, sizeof(buffer_)), 1);
    EXPECT_EQ(uk_console_in_wait(buffer_, sizeof(buffer_)), 0);
    EXPECT_EQ(uk_console_in_wait(buffer_, 0), 0);
}

} // namespace
