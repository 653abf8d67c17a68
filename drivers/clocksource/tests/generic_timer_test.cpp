// SPDX-License-Identifier: BSD-3-Clause
// Host tests of the generic timer against a model of its registers.
#include <uk/clocksource/generic_timer.hpp>

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace {

using uk::Errno;
using uk::clocksource::GenericTimer;

struct Cpu {
    uint64_t frequency = 62'500'000;
    uint64_t count = 0;
    uint64_t compare = 0;
    uint32_t control = 1; // as firmware may have left it

    bool condition() const { return count >= compare; }
    bool line() const { return (control & 3) == 1 && condition(); }
};

struct Registers {
    Cpu* cpu;
    uint64_t frequency() { return cpu->frequency; }
    uint64_t count() { return cpu->count; }
    void set_compare(uint64_t value) { cpu->compare = value; }
    uint32_t control() {
        bool shows = (cpu->control & 1) != 0 && cpu->condition();
        return cpu->control | (shows ? 4U : 0U);
    }
    void set_control(uint32_t bits) { cpu->control = bits & 3; }
};

using Timer = GenericTimer<Registers>;

TEST(GenericTimer, StartsQuietly) {
    Cpu cpu{.count = 1000};
    Timer timer(Registers{&cpu});
    EXPECT_TRUE(cpu.line());
    ASSERT_TRUE(timer.start().ok());
    EXPECT_FALSE(cpu.line());
    EXPECT_FALSE(timer.expired());
    EXPECT_EQ(timer.now(), 0u);
    EXPECT_EQ(timer.hz(), 62'500'000u);
    EXPECT_EQ(timer.scale().to_ns(62'500'000), 1'000'000'000u);
}

TEST(GenericTimer, KnowsANonsenseRate) {
    for (uint64_t hz : {uint64_t{0}, uint64_t{1}, uint64_t{32'767}, uint64_t{10'000'000'001},
                        std::numeric_limits<uint64_t>::max()}) {
        Cpu cpu{.frequency = hz};
        Timer timer(Registers{&cpu});
        EXPECT_EQ(timer.start().code(), Errno::nodev) << hz;
        EXPECT_EQ(timer.start(hz).code(), Errno::nodev) << hz;
        EXPECT_TRUE(timer.start(24'000'000).ok());
        EXPECT_EQ(timer.hz(), 24'000'000u);
        cpu.count = 24'000'000;
        EXPECT_NEAR(static_cast<double>(timer.now()), 1e9, 1);
    }
}

TEST(GenericTimer, PrefersWhatTheCpuSays) {
    Cpu cpu;
    Timer timer(Registers{&cpu});
    ASSERT_TRUE(timer.start(24'000'000).ok());
    EXPECT_EQ(timer.hz(), 62'500'000u);
}

TEST(GenericTimer, RaisesItsLineInTime) {
    for (uint64_t hz : {uint64_t{32'768}, uint64_t{19'200'000}, uint64_t{24'000'000},
                        uint64_t{62'500'000}, uint64_t{1'000'000'000}, uint64_t{10'000'000'000}}) {
        std::mt19937_64 random(hz);
        for (int i = 0; i < 2000; i++) {
            Cpu cpu{.frequency = hz, .count = random() >> 2};
            uint64_t first = cpu.count;
            Timer timer(Registers{&cpu});
            ASSERT_TRUE(timer.start().ok());
            uint64_t ns = random() >> (20 + random() % 44); // to 4.8 hours
            timer.arm(ns);
            // The tick before `ns` is quiet, and soon after it the line is up.
            uint64_t tick = 1'000'000'000 / hz + 1;
            cpu.count = cpu.compare - 1;
            EXPECT_FALSE(cpu.line());
            EXPECT_FALSE(timer.expired());
            cpu.count++;
            EXPECT_TRUE(cpu.line());
            EXPECT_TRUE(timer.expired());
            EXPECT_GE(timer.now() + tick, ns) << hz << " " << first;
            EXPECT_LE(timer.now(), ns + 2 * tick) << hz << " " << first;
            timer.disarm();
            EXPECT_FALSE(cpu.line());
            EXPECT_FALSE(timer.expired());
        }
    }
}

TEST(GenericTimer, RaisesItsLineAtOnceForThePast) {
    Cpu cpu;
    Timer timer(Registers{&cpu});
    ASSERT_TRUE(timer.start().ok());
    cpu.count = 1'000'000;
    timer.arm(5000);
    EXPECT_TRUE(cpu.line());
}

TEST(GenericTimer, NeverRaisesItForTimesThatDoNotCome) {
    Cpu cpu{.frequency = 10'000'000'000, .count = uint64_t{1} << 63};
    Timer timer(Registers{&cpu});
    ASSERT_TRUE(timer.start().ok());
    const uint64_t first = cpu.count;
    for (uint64_t ns = uint64_t{1} << 60; ns != 0; ns <<= 1) { // the product has up to 67 bits
        for (uint64_t more : {uint64_t{0}, uint64_t{1}, uint64_t{12'345'678'901}}) {
            cpu.count = first;
            timer.arm(ns + more);
            EXPECT_FALSE(cpu.line());
            cpu.count = first + (uint64_t{3} << 61);
            EXPECT_FALSE(cpu.line()) << ns;
        }
    }
    cpu.count = first;
    timer.arm(std::numeric_limits<uint64_t>::max());
    EXPECT_FALSE(cpu.line());
    cpu.count += uint64_t{1} << 62;
    EXPECT_FALSE(cpu.line());
}

} // namespace
