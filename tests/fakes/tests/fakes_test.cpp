// SPDX-License-Identifier: BSD-3-Clause
// The fakes themselves: what they promise is what other tests stand on.
#include <gtest/gtest.h>

#include <uk/assert.h>
#include <uk/fakes/hal.hpp>
#include <uk/fakes/log.hpp>
#include <uk/hal/clock.hpp>
#include <uk/hal/console.hpp>
#include <uk/hal/irq.hpp>
#include <uk/hal/memory.hpp>
#include <uk/hal/power.hpp>
#include <uk/print.h>

TEST(FakeLog, CapturesLevelLibraryAndText) {
    uk_printk(UK_KLVL_WARN, "ukx", nullptr, 0, "%d of %s\n", 3, "four");
    EXPECT_EQ(uk::fakes::log_text(), "warn ukx: 3 of four\n");
    uk_printk(UK_KLVL_INFO, "ukx", nullptr, 0, "half ");
    uk_printk(UK_KLVL_INFO, "ukx", nullptr, 0, "line\n");
    EXPECT_EQ(uk::fakes::log_text(), "warn ukx: 3 of four\ninfo ukx: half line\n");
}

TEST(FakeLog, StartsEmptyForEachTest) {
    EXPECT_EQ(uk::fakes::log_text(), "");
}

TEST(FakePanic, SaysWhereAndWhyAndAborts) {
    EXPECT_DEATH(UK_PANIC("broken: %d", 7), "panic: .*fakes_test.cpp:[0-9]+: .*broken: 7");
    EXPECT_DEATH(UK_VERIFY(1 + 1 == 3), "1 \\+ 1 == 3");
}

TEST(FakeConsole, GivesWhatWasTypedThenTheEnd) {
    uk::fakes::console_clear();
    uk::hal::console_write("abc", 3);
    EXPECT_EQ(uk::fakes::console_output(), "abc");
    char byte = 0;
    EXPECT_EQ(uk::hal::console_read(&byte, 1).take(), 0u);
    uk::fakes::console_type("x");
    uk::fakes::console_hang_up();
    EXPECT_EQ(uk::hal::console_read(&byte, 1).take(), 1u);
    EXPECT_EQ(byte, 'x');
    EXPECT_FALSE(uk::hal::console_read(&byte, 1).ok());
    uk::fakes::console_clear();
}

TEST(FakeClock, MovesOnlyWhenTold) {
    uk::fakes::clock_set(5);
    EXPECT_EQ(uk::hal::clock_monotonic_ns(), 5u);
    uk::hal::clock_idle_until(9);
    EXPECT_EQ(uk::hal::clock_monotonic_ns(), 9u);
    uk::hal::clock_idle_until(4);
    EXPECT_EQ(uk::hal::clock_monotonic_ns(), 9u);
    EXPECT_FALSE(uk::hal::clock_wall_ns().ok());
}

TEST(FakeMemory, MapsBothWays) {
    static char bytes[64];
    uk::fakes::memory_set(bytes, 0x1000);
    EXPECT_EQ(uk::hal::direct_map(uk::Paddr{0x1004}), bytes + 4);
    EXPECT_EQ(uk::hal::direct_map_paddr(bytes + 8).value(), 0x1008u);
    uk::fakes::memory_set(nullptr, 0);
}

TEST(FakeIrq, RemembersWhatWasSwitched) {
    EXPECT_TRUE(uk::hal::irq_enabled());
    uk::hal::IrqState state = uk::hal::irq_save();
    EXPECT_FALSE(uk::hal::irq_enabled());
    uk::hal::irq_restore(state);
    EXPECT_TRUE(uk::hal::irq_enabled());
}

TEST(FakePower, EndsWithTheStatus) {
    EXPECT_EXIT(uk::hal::shutdown(uk::hal::Shutdown::exit, 3), testing::ExitedWithCode(3),
                "shutdown: exit");
    EXPECT_DEATH(uk::hal::shutdown(uk::hal::Shutdown::panic, 0), "shutdown: panic");
}
