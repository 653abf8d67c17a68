// SPDX-License-Identifier: BSD-3-Clause
// Guest tests of the GIC's shared lines: the clock PL031, whose alarm is a level.
#include <uk/base/late.hpp>
#include <uk/hal/clock.hpp>
#include <uk/hal/cpu.hpp>
#include <uk/hal/irq.hpp>
#include <uk/hal/memory.hpp>
#include <uk/intctlr/gic.hpp>
#include <uk/io/reg.hpp>
#include <uk/test.hpp>
#include <uk/test/irq_device.hpp>

#include "../kvm.hpp"

namespace {

using uk::Errno;
using uk::hal::IrqTrigger;

// ARM DDI 0224, 3.3.
constexpr uint32_t kNow = 0x00;
constexpr uint32_t kMatch = 0x04;
constexpr uint32_t kMask = 0x10; // 1: lets the interrupt out
constexpr uint32_t kRaised = 0x14;
constexpr uint32_t kClear = 0x1c;

constinit uk::Late<uk::io::Mmio> g_clock;

} // namespace

uk::Result<uk::hal::IrqLine> uk::test::irq_device_line() {
    constexpr const char* kKnown[] = {"arm,pl031"};
    if (kvm::g_tree == nullptr) {
        return Errno::nodev;
    }
    const devicetree::Device device = UK_TRY(devicetree::find(*kvm::g_tree, kKnown));
    if (device.reg_count == 0 || device.interrupt_cells != 3 || device.interrupt_words < 3) {
        return Errno::nodev;
    }
    if (!g_clock.ready()) {
        g_clock.emplace(UK_TRY(hal::map_device(device.regs[0].start, 0x1000)));
    }
    const bool edge = intctlr::gic_trigger(device.interrupts[2]) == intctlr::Trigger::edge;
    return hal::irq_line(UK_TRY(intctlr::gic_line(device.interrupts[0], device.interrupts[1])),
                         edge ? IrqTrigger::edge_rising : IrqTrigger::level_high);
}

// It rings when it is as late as the match says; the second may end between the two.
void uk::test::irq_device_raise() {
    g_clock->write<uint32_t>(kMask, 0);
    g_clock->write<uint32_t>(kClear, 1);
    for (unsigned i = 0; i < 1000 && (g_clock->read<uint32_t>(kRaised) & 1) == 0; i++) {
        g_clock->write<uint32_t>(kMatch, g_clock->read<uint32_t>(kNow));
    }
    g_clock->write<uint32_t>(kMask, 1);
}

bool uk::test::irq_device_quiet() {
    const bool raised = (g_clock->read<uint32_t>(kRaised) & 1) != 0;
    g_clock->write<uint32_t>(kMask, 0);
    g_clock->write<uint32_t>(kClear, 1);
    return raised;
}

bool uk::test::irq_device_may_storm() {
    return true;
}

UK_TEST(there_are_no_lines_but_those_of_the_machine)
{
    if (!uk::test::irq_device_line().ok())
        UK_TEST_SKIP("no interrupt controller");
    UK_TEST_EXPECT(uk::hal::irq_line(27, IrqTrigger::level_high).code() == Errno::inval);
    UK_TEST_EXPECT(uk::hal::irq_line(1020, IrqTrigger::level_high).code() == Errno::inval);
    UK_TEST_EXPECT(uk::hal::irq_line(~0U, IrqTrigger::level_high).code() == Errno::inval);
    UK_TEST_EXPECT(uk::hal::irq_line(40, IrqTrigger::level_low).code() == Errno::inval);
    UK_TEST_EXPECT(uk::hal::irq_line_of_isa(4).code() == Errno::nosys);
}

// The frame takes a store of the CPU for a device's.
UK_TEST(a_message_calls_its_handler)
{
    auto msi = uk::hal::irq_msi_allocate();
    if (!msi.ok()) {
        UK_TEST_EXPECT(msi.code() == Errno::nodev);
        UK_TEST_SKIP("this machine has no frame for messages (GICv2m)");
    }
    auto other = uk::hal::irq_msi_allocate();
    UK_TEST_ASSERT(other.ok());
    UK_TEST_EXPECT(other.value().data != msi.value().data);
    uk::hal::irq_msi_free(other.value());
    const uk::Paddr page = uk::Paddr{msi.value().address.value()}.align_down(uk::kPageSize);
    auto at = uk::hal::map_device(page, uk::kPageSize);
    UK_TEST_ASSERT(at.ok());
    const uk::io::Mmio frame(at.take());
    const auto offset = static_cast<uint32_t>(msi.value().address.page_offset());
    uk::Atomic<unsigned> calls{0};
    uk::hal::IrqAction action(
        [](void* count) {
            static_cast<uk::Atomic<unsigned>*>(count)->fetch_add_relaxed(1);
            return true;
        },
        &calls);
    UK_TEST_ASSERT(uk::hal::irq_attach(msi.value().line, action).ok());
    const uk::hal::IrqState state = uk::hal::irq_save();
    uk::hal::irq_enable();
    for (unsigned i = 1; i <= 3; i++) {
        frame.write<uint32_t>(offset, msi.value().data);
        const uint64_t end = uk::hal::clock_monotonic_ns() + 1'000'000'000;
        while (calls.load_relaxed() < i && uk::hal::clock_monotonic_ns() < end)
            uk::hal::cpu_relax();
    }
    uk::hal::irq_restore(state);
    uk::hal::irq_detach(msi.value().line, action);
    uk::hal::irq_msi_free(msi.value());
    UK_TEST_EXPECT_EQ(calls.load_relaxed(), 3u);
}
