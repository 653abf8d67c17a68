// SPDX-License-Identifier: BSD-3-Clause
// One timer for the alarm and for halts, over a timer that interrupts too early as it likes.
#include <random>

#include <gtest/gtest.h>

#include <uk/clocksource/alarm.hpp>

namespace {

struct Timer {
    static constexpr uint64_t kNone = ~uint64_t{0};
    uint64_t time = 1000;
    uint64_t fires = kNone;
    unsigned early = 0; // the timer ends by this part of 256 before its time
    uint64_t now() const { return time; }
    void arm(uint64_t deadline, uint64_t now) {
        EXPECT_EQ(now, time);
        const uint64_t left = deadline > now ? deadline - now : 0;
        fires = now + left - left * early / 256;
    }
};
Timer g_timer;
using Alarm = uk::clocksource::Alarm<Timer>;
uint64_t g_called_at;
unsigned g_calls;

// Time passes until `end` or, if nothing is armed before, to it; tells the number of interrupts.
unsigned pass(Alarm& alarm, uint64_t end) {
    unsigned interrupts = 0;
    while (g_timer.fires <= end) {
        g_timer.time = std::max(g_timer.time, g_timer.fires);
        g_timer.fires = Timer::kNone;
        interrupts++;
        alarm.fired();
        EXPECT_LT(interrupts, 1000u);
    }
    g_timer.time = end;
    return interrupts;
}

struct AlarmTest : testing::Test {
    void SetUp() override {
        g_timer = {};
        g_calls = 0;
        alarm.set_handler([] {
            g_calls++;
            g_called_at = g_timer.time;
        });
    }
    Alarm alarm{g_timer};
};

TEST_F(AlarmTest, IsCalledOnceAndNotBefore) {
    for (unsigned early : {0u, 2u, 128u}) {
        g_timer = {};
        g_calls = 0;
        g_timer.early = early;
        alarm.set(50'000);
        pass(alarm, 49'999);
        EXPECT_EQ(g_calls, 0u);
        pass(alarm, 200'000);
        EXPECT_EQ(g_calls, 1u);
        EXPECT_EQ(g_called_at, 50'000u);
        EXPECT_EQ(pass(alarm, 1'000'000), 0u) << "nothing is left";
    }
}

TEST_F(AlarmTest, ALaterOneReplacesAnEarlierOne) {
    alarm.set(5'000);
    alarm.set(9'000);
    pass(alarm, 8'999);
    EXPECT_EQ(g_calls, 0u);
    alarm.set(Alarm::kNever);
    pass(alarm, 100'000);
    EXPECT_EQ(g_calls, 0u);
}

TEST_F(AlarmTest, HaltsAndAlarmsDoNotDisturbEachOther) {
    alarm.set(9'000);
    alarm.begin_halt(5'000);
    EXPECT_EQ(pass(alarm, 8'000), 1u) << "ends the halt";
    EXPECT_EQ(g_calls, 0u);
    alarm.end_halt();
    pass(alarm, 10'000);
    EXPECT_EQ(g_calls, 1u);
    alarm.set(11'000);
    alarm.begin_halt(20'000);
    pass(alarm, 12'000);
    EXPECT_EQ(g_calls, 2u) << "during a halt";
    EXPECT_EQ(pass(alarm, 30'000), 1u) << "and the halt still ends";
}

TEST_F(AlarmTest, TimesThatAreOverComeAtOnce) {
    alarm.set(1);
    EXPECT_GE(pass(alarm, g_timer.time), 1u);
    EXPECT_EQ(g_calls, 1u);
}

} // namespace
