// SPDX-License-Identifier: BSD-3-Clause
// What a timer counts, against its definition.
#include <random>

#include <gtest/gtest.h>

#include <uk/timerfd/timer_count.hpp>

namespace {

using uk::TimerCount;

TEST(TimerCount, EndsOnce) {
    TimerCount timer;
    EXPECT_EQ(timer.wakes_at(), 0u);
    EXPECT_FALSE(timer.end(100));
    timer.set(50, 0);
    EXPECT_EQ(timer.wakes_at(), 50u);
    EXPECT_EQ(timer.left(20), 30u);
    EXPECT_FALSE(timer.end(49));
    EXPECT_EQ(timer.take(49), 0u);
    EXPECT_TRUE(timer.end(51));
    EXPECT_FALSE(timer.end(52));
    EXPECT_EQ(timer.wakes_at(), 0u);
    EXPECT_EQ(timer.left(60), 0u);
    EXPECT_EQ(timer.take(1000), 1u);
    EXPECT_EQ(timer.take(2000), 0u);
}

// Whoever reads whenever, woken however late: in all it is one for each end that is over.
TEST(TimerCount, CountsEveryEnd) {
    std::minstd_rand random(3);
    for (int round = 0; round < 300; round++) {
        const uint64_t first = 1 + random() % 100, interval = 1 + random() % 20;
        TimerCount timer;
        timer.set(first, interval);
        uint64_t now = 0, read = 0;
        for (int step = 0; step < 200; step++) {
            now += random() % 30;
            if (timer.wakes_at() != 0 && timer.wakes_at() <= now) {
                EXPECT_TRUE(timer.end(now));
                EXPECT_TRUE(timer.any());
            }
            if (random() % 3 == 0) {
                read += timer.take(now);
                EXPECT_EQ(read, now < first ? 0 : (now - first) / interval + 1);
                EXPECT_GT(timer.wakes_at(), now);
                EXPECT_LE(timer.left(now), std::max(interval, first));
            }
        }
    }
}

TEST(TimerCount, FollowsItsClock) {
    TimerCount timer;
    timer.set(100, 10);
    timer.move(30);
    EXPECT_EQ(timer.wakes_at(), 70u);
    timer.move(-50);
    EXPECT_EQ(timer.wakes_at(), 120u);
    timer.move(1000);
    EXPECT_EQ(timer.wakes_at(), 1u);
    timer.set(0, 0);
    timer.move(-5);
    EXPECT_EQ(timer.wakes_at(), 0u);
}

} // namespace
