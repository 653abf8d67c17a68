// SPDX-License-Identifier: BSD-3-Clause
// Guest tests of the host's descriptors and signals as interrupt lines: counters (eventfd), which
// can be read when they are not 0, and a signal of this process to itself.
#include <uk/hal/clock.hpp>
#include <uk/hal/cpu.hpp>
#include <uk/hal/irq.hpp>
#include <uk/linuxabi/lines.hpp>
#include <uk/test.hpp>
#include <uk/test/irq_device.hpp>

#include "plat/linuxu/host.hpp"

namespace {

using namespace uk::linuxu;
using uk::Atomic;
using uk::Errno;
using uk::hal::irq_attach;
using uk::hal::irq_detach;
using uk::hal::irq_line;
using uk::hal::IrqLine;
using uk::hal::IrqTrigger;

constexpr int kNoWaiting = 0x800; // EFD_NONBLOCK
constexpr int kSigurg = 23;       // not one of those that posix-hostsignal takes
constexpr uint64_t kFull = ~uint64_t{1};
constexpr uint64_t kMs = 1'000'000;

constinit int g_device = -1;

int new_counter() {
    return static_cast<int>(syscall(Sys::eventfd2, 0, kNoWaiting));
}
void add(int counter, uint64_t value) {
    syscall(Sys::write, counter, &value, sizeof value);
}
bool take(int counter) {
    uint64_t value = 0;
    return syscall(Sys::read, counter, &value, sizeof value) > 0;
}

// Attached while it lives, to a counter of its own that is closed afterwards.
struct Listener {
    int counter = new_counter();
    Atomic<unsigned> calls{0};
    unsigned takes_at = ~0U; // at this call
    uk::hal::IrqAction action{called, this};

    Listener() = default;
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    ~Listener() { syscall(Sys::close, counter); }

    static bool called(void* self) {
        auto& listener = *static_cast<Listener*>(self);
        if (listener.calls.fetch_add_relaxed(1) + 1 >= listener.takes_at)
            take(listener.counter);
        return true;
    }
    // Whether it comes to so many calls and no more.
    bool comes_to(unsigned count) {
        const uint64_t end = uk::hal::clock_monotonic_ns() + 2000 * kMs;
        while (calls.load_acquire() < count && uk::hal::clock_monotonic_ns() < end)
            uk::hal::clock_idle_until(uk::hal::clock_monotonic_ns() + kMs);
        const uint64_t quiet = uk::hal::clock_monotonic_ns() + 5 * kMs;
        while (uk::hal::clock_monotonic_ns() < quiet)
            uk::hal::clock_idle_until(quiet);
        return calls.load_acquire() == count;
    }
};

uint32_t number_of(int descriptor) {
    return static_cast<uint32_t>(descriptor);
}

} // namespace

uk::Result<uk::hal::IrqLine> uk::test::irq_device_line() {
    if (g_device < 0)
        g_device = new_counter();
    return irq_line(number_of(g_device), IrqTrigger::level_high);
}

void uk::test::irq_device_raise() {
    add(g_device, 1);
}

bool uk::test::irq_device_quiet() {
    return take(g_device);
}

bool uk::test::irq_device_may_storm() {
    return true;
}

UK_TEST(a_level_interrupts_until_it_is_quiet)
{
    Listener listener;
    listener.takes_at = 3;
    auto line = irq_line(number_of(listener.counter), IrqTrigger::level_high);
    UK_TEST_ASSERT(line.ok());
    add(listener.counter, 1); // before somebody listens
    UK_TEST_ASSERT(irq_attach(line.value(), listener.action).ok());
    UK_TEST_EXPECT(listener.comes_to(3));
    irq_detach(line.value(), listener.action);
}

UK_TEST(an_edge_interrupts_once_for_all_that_has_come)
{
    Listener listener;
    auto line = irq_line(number_of(listener.counter), IrqTrigger::edge_rising);
    UK_TEST_ASSERT(line.ok());
    UK_TEST_ASSERT(irq_attach(line.value(), listener.action).ok());
    UK_TEST_EXPECT(listener.comes_to(0));
    add(listener.counter, 1);
    UK_TEST_EXPECT(listener.comes_to(1));
    add(listener.counter, 1);
    UK_TEST_EXPECT(listener.comes_to(2));
    UK_TEST_EXPECT(irq_line(number_of(listener.counter), IrqTrigger::level_high).code() ==
                   Errno::busy);
    irq_detach(line.value(), listener.action);
    UK_TEST_EXPECT(irq_line(number_of(listener.counter), IrqTrigger::level_high).ok());
}

UK_TEST(room_to_write_interrupts)
{
    Listener listener;
    add(listener.counter, kFull);
    auto line = irq_line(number_of(listener.counter) | kLineToWrite, IrqTrigger::edge_rising);
    UK_TEST_ASSERT(line.ok());
    UK_TEST_ASSERT(irq_attach(line.value(), listener.action).ok());
    UK_TEST_EXPECT(listener.comes_to(0));
    take(listener.counter);
    UK_TEST_EXPECT(listener.comes_to(1));
    irq_detach(line.value(), listener.action);
}

UK_TEST(signals_interrupt)
{
    Listener listener;
    auto line = irq_line(kSigurg | kLineOfSignal, IrqTrigger::edge_rising);
    UK_TEST_ASSERT(line.ok());
    UK_TEST_EXPECT(irq_line(kSigurg | kLineOfSignal, IrqTrigger::level_high).value() ==
                   line.value()); // all signals are the same
    UK_TEST_ASSERT(irq_attach(line.value(), listener.action).ok());
    const long process = syscall(Sys::getpid);
    syscall(Sys::kill, process, kSigurg);
    UK_TEST_EXPECT(listener.comes_to(1));
    uk::hal::irq_mask(line.value());
    syscall(Sys::kill, process, kSigurg);
    UK_TEST_EXPECT(listener.comes_to(1));
    uk::hal::irq_unmask(line.value());
    UK_TEST_EXPECT(listener.comes_to(2));
    irq_detach(line.value(), listener.action);
}

UK_TEST(there_are_no_lines_but_those_of_the_machine)
{
    UK_TEST_EXPECT(irq_line(0, IrqTrigger::level_low).code() == Errno::inval);
    UK_TEST_EXPECT(irq_line(0, IrqTrigger::edge_falling).code() == Errno::inval);
    UK_TEST_EXPECT(irq_line(1U << 18, IrqTrigger::level_high).code() == Errno::inval);
    UK_TEST_EXPECT(irq_line(~0U, IrqTrigger::level_high).code() == Errno::inval);
    UK_TEST_EXPECT(uk::hal::irq_line_of_isa(4).code() == Errno::nosys);
    UK_TEST_EXPECT(uk::hal::irq_msi_allocate().code() == Errno::nosys);
    Listener listener;
    const auto refusal = [&](uint32_t number) {
        auto line = irq_line(number, IrqTrigger::edge_rising);
        return line.ok() ? irq_attach(line.value(), listener.action).code() : line.code();
    };
    UK_TEST_EXPECT(refusal(kLineToWrite - 1) == Errno::badf);
    UK_TEST_EXPECT(refusal(kLineOfSignal | kSigalrm) == Errno::busy);
    UK_TEST_EXPECT(refusal(kLineOfSignal | 9) == Errno::inval); // SIGKILL
    UK_TEST_EXPECT(refusal(kLineOfSignal | 0) == Errno::inval);
    UK_TEST_EXPECT(refusal(kLineOfSignal | 65) == Errno::inval);
    constexpr char kName[] = "file";
    const long file = syscall(Sys::memfd_create, kName, 0L);
    UK_TEST_EXPECT(refusal(static_cast<uint32_t>(file)) == Errno::perm); // is always ready
    syscall(Sys::close, file);
}
