// SPDX-License-Identifier: BSD-3-Clause
// Guest tests of a PC's interrupt lines: COM1's transmitter, and a message that the CPU sends.
#include <uk/hal/clock.hpp>
#include <uk/hal/cpu.hpp>
#include <uk/hal/irq.hpp>
#include <uk/hal/memory.hpp>
#include <uk/hal_arch/port_io.hpp>
#include <uk/test.hpp>
#include <uk/test/irq_device.hpp>

namespace {

constexpr uint16_t kInterruptEnable = 0x3f9;
constexpr uint16_t kInterruptIdentification = 0x3fa;
constexpr uint8_t kTransmitterEmpty = 2; // in both
constexpr unsigned kCom1 = 4;

bool count(void* counter) {
    static_cast<uk::Atomic<unsigned>*>(counter)->fetch_add_relaxed(1);
    return true;
}

} // namespace

uk::Result<uk::hal::IrqLine> uk::test::irq_device_line() {
    return hal::irq_line_of_isa(kCom1);
}

// The transmitter is empty all the time but while the console writes.
void uk::test::irq_device_raise() {
    hal::port_write<uint8_t>(kInterruptEnable, 0);
    hal::port_write<uint8_t>(kInterruptEnable, kTransmitterEmpty);
}

bool uk::test::irq_device_quiet() {
    const auto what = hal::port_read<uint8_t>(kInterruptIdentification);
    hal::port_write<uint8_t>(kInterruptEnable, 0);
    return (what & 0xf) == kTransmitterEmpty;
}

bool uk::test::irq_device_may_storm() {
    return true;
}

UK_TEST(there_are_no_lines_but_those_of_the_machine)
{
    using uk::Errno;
    using uk::hal::IrqTrigger;
    if (!uk::test::irq_device_line().ok())
        UK_TEST_SKIP("no interrupt controller");
    UK_TEST_EXPECT(uk::hal::irq_line(100'000, IrqTrigger::level_low).code() == Errno::inval);
    UK_TEST_EXPECT(uk::hal::irq_line(~0U, IrqTrigger::level_low).code() == Errno::inval);
    UK_TEST_EXPECT(uk::hal::irq_line_of_isa(16).code() == Errno::inval);
    uk::hal::IrqAction action(count, nullptr);
    UK_TEST_EXPECT(uk::hal::irq_attach({1}, action).code() == Errno::inval); // the timer's
    UK_TEST_EXPECT(uk::hal::irq_attach({1000}, action).code() == Errno::inval);
}

// QEMU's APIC takes a store of the CPU there for a message.
UK_TEST(a_message_calls_its_handler)
{
    auto msi = uk::hal::irq_msi_allocate();
    if (!msi.ok())
        UK_TEST_SKIP(msi.error().name());
    auto at = uk::hal::map_device(uk::Paddr{msi.value().address.value()}, 4);
    UK_TEST_ASSERT(at.ok());
    auto* message = static_cast<volatile uint32_t*>(at.take());
    uk::Atomic<unsigned> calls{0};
    uk::hal::IrqAction action(count, &calls);
    UK_TEST_ASSERT(uk::hal::irq_attach(msi.value().line, action).ok());
    const uk::hal::IrqState state = uk::hal::irq_save();
    uk::hal::irq_enable();
    for (unsigned i = 1; i <= 3; i++) {
        *message = msi.value().data;
        const uint64_t end = uk::hal::clock_monotonic_ns() + 100'000'000;
        while (calls.load_relaxed() < i && uk::hal::clock_monotonic_ns() < end)
            uk::hal::cpu_relax();
    }
    const unsigned seen = calls.load_relaxed();
    uk::hal::irq_mask(msi.value().line);
    *message = msi.value().data;
    const uint64_t end = uk::hal::clock_monotonic_ns() + 5'000'000;
    while (uk::hal::clock_monotonic_ns() < end)
        uk::hal::cpu_relax();
    const unsigned masked = calls.load_relaxed();
    uk::hal::irq_unmask(msi.value().line);
    while (seen != 0 && calls.load_relaxed() == masked &&
           uk::hal::clock_monotonic_ns() < end + 100'000'000)
        uk::hal::cpu_relax();
    uk::hal::irq_disable();
    uk::hal::irq_restore(state);
    uk::hal::irq_detach(msi.value().line, action);
    uk::hal::irq_msi_free(msi.value());
    if (seen == 0)
        UK_TEST_SKIP("this machine takes no messages from the CPU");
    UK_TEST_EXPECT_EQ(seen, 3u);
    UK_TEST_EXPECT_EQ(masked, 3u);
    UK_TEST_EXPECT_EQ(calls.load_relaxed(), 4u);
}
