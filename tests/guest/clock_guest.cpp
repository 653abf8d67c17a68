// SPDX-License-Identifier: BSD-3-Clause
// Guest tests: time goes on, never back.
#include <uk/hal/clock.hpp>
#include <uk/hal/cpu.hpp>
#include <uk/test.hpp>

UK_TEST(clock_never_steps_back)
{
    uint64_t last = uk::hal::clock_monotonic_ns();
    const uint64_t start = last;
    unsigned back = 0;
    constexpr uint64_t kLong = 200'000'000; // where each look is an exit to an emulated hypervisor
    for (int i = 0; i < 200000 && (i < 10000 || last - start < kLong); i++) {
        const uint64_t now = uk::hal::clock_monotonic_ns();
        back += now < last ? 1 : 0;
        last = now;
    }
    UK_TEST_EXPECT_EQ(back, 0);
    UK_TEST_EXPECT(last > start);
}

UK_TEST(clock_waits_until_a_moment)
{
    constexpr uint64_t kWait = 20'000'000;
    const uint64_t start = uk::hal::clock_monotonic_ns();
    unsigned rounds = 0;
    while (uk::hal::clock_monotonic_ns() < start + kWait && rounds < 100'000'000) {
        uk::hal::clock_idle_until(start + kWait);
        rounds++;
    }
    const uint64_t took = uk::hal::clock_monotonic_ns() - start;
    UK_TEST_EXPECT(took >= kWait);
    UK_TEST_EXPECT(took < 50 * kWait); // a busy host may be late, but not by seconds
}

UK_TEST(clock_wall_is_in_this_century_or_absent)
{
    auto now = uk::hal::clock_wall_ns();
    if (!now.ok()) {
        UK_TEST_EXPECT(now.error() == uk::Errno::nodev);
        UK_TEST_SKIP("this machine has no wall clock");
    }
    constexpr uint64_t kYear2020 = 1'577'836'800ull * 1'000'000'000;
    constexpr uint64_t kYear2100 = 4'102'444'800ull * 1'000'000'000;
    UK_TEST_EXPECT(now.value() > kYear2020);
    UK_TEST_EXPECT(now.value() < kYear2100);
}

UK_TEST(cycle_counter_advances)
{
    const uint64_t before = uk::hal::cpu_cycles();
    UK_TEST_EXPECT(uk::hal::cpu_cycles() - before < UINT64_MAX / 2);
    UK_TEST_EXPECT(uk::hal::clock_name()[0] != '\0');
}
