// SPDX-License-Identifier: BSD-3-Clause
// Guest tests of the interrupt flag, whoever provides it.
#include <uk/hal/clock.hpp>
#include <uk/hal/irq.hpp>
#include <uk/test.hpp>

UK_TEST(interrupts_are_restored_to_what_they_were)
{
    // Nothing may come in that nobody handles: whoever waits sets the controllers up.
    uk::hal::clock_idle_until(uk::hal::clock_monotonic_ns() + 1'000'000);
    const uk::hal::IrqState before = uk::hal::irq_save();
    UK_TEST_EXPECT(!uk::hal::irq_enabled());
    const uk::hal::IrqState off = uk::hal::irq_save();
    uk::hal::irq_enable();
    UK_TEST_EXPECT(uk::hal::irq_enabled());
    const uk::hal::IrqState on = uk::hal::irq_save();
    UK_TEST_EXPECT(!uk::hal::irq_enabled());
    uk::hal::irq_restore(on);
    UK_TEST_EXPECT(uk::hal::irq_enabled());
    uk::hal::irq_restore(off);
    UK_TEST_EXPECT(!uk::hal::irq_enabled());
    uk::hal::irq_restore(before);
}
