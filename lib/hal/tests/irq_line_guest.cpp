// SPDX-License-Identifier: BSD-3-Clause
// Guest tests of interrupt lines, with the one device that each platform offers for it.
#include <uk/hal/clock.hpp>
#include <uk/hal/cpu.hpp>
#include <uk/hal/irq.hpp>
#include <uk/hal/irq_line.hpp>
#include <uk/sched/test.hpp>
#include <uk/test.hpp>
#include <uk/test/irq_device.hpp>

namespace {

using uk::Atomic;
using uk::hal::IrqAction;
using uk::hal::IrqLine;
using uk::hal::irq_attach;
using uk::hal::irq_detach;
using uk::test::irq_device_quiet;
using uk::test::irq_device_raise;

constexpr uint64_t kMs = 1'000'000;

// Interrupts are on while it lives.
class Open {
  public:
    Open() : state_(uk::hal::irq_save()) { uk::hal::irq_enable(); }
    ~Open() {
        uk::hal::irq_disable();
        uk::hal::irq_restore(state_);
    }

  private:
    uk::hal::IrqState state_;
};

struct Counter {
    Atomic<unsigned> calls{0};
    Atomic<unsigned> in_thread{0}; // calls that were not in an interrupt
    bool answers = true;
    bool quiets = true;
    IrqAction action{called, this};

    static bool called(void* self) {
        auto& counter = *static_cast<Counter*>(self);
        if (!uk::hal::in_interrupt() || uk::hal::irq_enabled())
            counter.in_thread.fetch_add_relaxed(1);
        if (counter.quiets)
            irq_device_quiet();
        counter.calls.fetch_add_relaxed(1);
        return counter.answers;
    }
    // Whether it comes to so many calls within this time.
    bool comes_to(unsigned count, uint64_t ns = 2000 * kMs) {
        const uint64_t end = uk::hal::clock_monotonic_ns() + ns;
        while (calls.load_acquire() < count) {
            if (uk::hal::clock_monotonic_ns() > end)
                return false;
            uk::hal::cpu_relax();
        }
        return calls.load_acquire() == count;
    }
};

} // namespace

UK_TEST(a_line_calls_its_handler_once_for_each_interrupt)
{
    auto line = uk::test::irq_device_line();
    if (!line.ok())
        UK_TEST_SKIP(line.error().name());
    UK_TEST_EXPECT(uk::test::irq_device_line().value() == line.value());
    Counter counter;
    UK_TEST_ASSERT(irq_attach(line.value(), counter.action).ok());
    unsigned lost = 0;
    {
        Open open;
        for (unsigned i = 0; i < 100; i++) {
            irq_device_raise();
            lost += counter.comes_to(i + 1) ? 0 : 1;
        }
    }
    irq_detach(line.value(), counter.action);
    UK_TEST_EXPECT_EQ(lost, 0u);
    UK_TEST_EXPECT_EQ(counter.in_thread.load_relaxed(), 0u);
    Open open;
    irq_device_raise();
    UK_TEST_EXPECT(!counter.comes_to(101, 5 * kMs)); // nobody listens
    irq_device_quiet();
}

UK_TEST(a_line_ends_a_wait)
{
    auto line = uk::test::irq_device_line();
    if (!line.ok())
        UK_TEST_SKIP(line.error().name());
    uk::sched::StayOnOneCpu stay; // the one that takes interrupts of devices
    Counter counter;
    UK_TEST_ASSERT(irq_attach(line.value(), counter.action).ok());
    const uk::hal::IrqState state = uk::hal::irq_save();
    const uint64_t start = uk::hal::clock_monotonic_ns();
    irq_device_raise(); // pending when the wait begins
    while (counter.calls.load_acquire() == 0 && uk::hal::clock_monotonic_ns() < start + 2000 * kMs)
        uk::hal::clock_idle_until(start + 2000 * kMs);
    uk::hal::irq_restore(state);
    irq_detach(line.value(), counter.action);
    UK_TEST_EXPECT_EQ(counter.calls.load_relaxed(), 1u);
    UK_TEST_EXPECT(uk::hal::clock_monotonic_ns() < start + 1000 * kMs);
}

UK_TEST(what_comes_while_a_line_is_masked_is_delivered_afterwards)
{
    auto line = uk::test::irq_device_line();
    if (!line.ok())
        UK_TEST_SKIP(line.error().name());
    Counter counter;
    UK_TEST_ASSERT(irq_attach(line.value(), counter.action).ok());
    {
        Open open;
        uk::hal::irq_mask(line.value());
        uk::hal::irq_mask(line.value());
        irq_device_raise();
        uk::hal::irq_unmask(line.value());
        UK_TEST_EXPECT(!counter.comes_to(1, 5 * kMs));
        uk::hal::irq_unmask(line.value());
        UK_TEST_EXPECT(counter.comes_to(1));
        irq_device_raise();
        UK_TEST_EXPECT(counter.comes_to(2));
    }
    irq_detach(line.value(), counter.action);
}

UK_TEST(a_line_is_shared)
{
    auto line = uk::test::irq_device_line();
    if (!line.ok())
        UK_TEST_SKIP(line.error().name());
    Counter other, counter;
    other.answers = other.quiets = false;
    UK_TEST_ASSERT(irq_attach(line.value(), other.action).ok());
    UK_TEST_ASSERT(irq_attach(line.value(), counter.action).ok());
    Open open;
    irq_device_raise();
    UK_TEST_EXPECT(counter.comes_to(1));
    UK_TEST_EXPECT(other.comes_to(1));
    irq_detach(line.value(), other.action);
    irq_device_raise();
    UK_TEST_EXPECT(counter.comes_to(2));
    UK_TEST_EXPECT(other.comes_to(1));
    irq_detach(line.value(), counter.action);
}

UK_TEST(a_line_that_nobody_answers_for_is_closed)
{
    auto line = uk::test::irq_device_line();
    if (!line.ok())
        UK_TEST_SKIP(line.error().name());
    if (!uk::test::irq_device_may_storm())
        UK_TEST_SKIP("not on this machine");
    Counter deaf;
    deaf.answers = false;
    UK_TEST_ASSERT(irq_attach(line.value(), deaf.action).ok());
    unsigned sent = 0;
    Open open;
    while (sent < 2 * uk::hal::kMostUnansweredIrqs) {
        irq_device_raise();
        // linuxu: the host may run others first, for long.
        const uint64_t patience = sent < uk::hal::kMostUnansweredIrqs ? 20'000 * kMs : 200 * kMs;
        if (!deaf.comes_to(++sent, patience))
            break;
    }
    UK_TEST_EXPECT_EQ(deaf.calls.load_relaxed(), uk::hal::kMostUnansweredIrqs);
    irq_device_quiet();
    Counter counter; // opens it again
    UK_TEST_ASSERT(irq_attach(line.value(), counter.action).ok());
    const unsigned before = counter.calls.load_relaxed(); // what was raised meanwhile may come
    irq_device_raise();
    UK_TEST_EXPECT(counter.comes_to(before + 1) || counter.comes_to(before + 2));
    irq_detach(line.value(), counter.action);
    irq_detach(line.value(), deaf.action);
}
