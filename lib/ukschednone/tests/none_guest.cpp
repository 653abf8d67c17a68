// SPDX-License-Identifier: BSD-3-Clause
// Guest tests: the only thread waits for this machine's clock and interrupts.
#include <uk/hal/clock.hpp>
#include <uk/hal/irq.hpp>
#include <uk/sched.hpp>
#include <uk/test.hpp>

namespace {

using uk::Errno;
using uk::Wake;
namespace sched = uk::sched;

constexpr uint64_t kMs = 1'000'000;

unsigned g_alarms = 0;
void on_alarm() {
    g_alarms++;
    sched::unpark(sched::current());
}

} // namespace

UK_TEST(there_is_one_thread_and_none_can_be_created)
{
    constexpr uk::ThreadEntry kNothing = [](void* argument) { return argument; };
    UK_TEST_EXPECT(sched::create({}, kNothing, nullptr).code() == Errno::nosys);
    UK_TEST_EXPECT_EQ(sched::thread_count(), 1);
    UK_TEST_EXPECT(sched::started());
    UK_TEST_EXPECT(sched::current().name()[0] == 'm');
    UK_TEST_EXPECT(sched::join(sched::current()).code() == Errno::deadlk);
    sched::yield();
    sched::trim();
    { auto handle = uk::Ref<uk::Thread>::share(sched::current()); }
    UK_TEST_EXPECT(sched::current().state() == uk::ThreadState::ready);
}

UK_TEST(waiting_halts_until_the_deadline)
{
    const uint64_t start = uk::hal::clock_monotonic_ns();
    sched::sleep_for(3 * kMs);
    UK_TEST_EXPECT(uk::hal::clock_monotonic_ns() >= start + 3 * kMs);
    const uint64_t soon = uk::hal::clock_monotonic_ns() + 3 * kMs;
    UK_TEST_EXPECT(sched::park(soon) == Wake::timed_out);
    UK_TEST_EXPECT(uk::hal::clock_monotonic_ns() >= soon);
    static uk::WaitQueue queue;
    UK_TEST_EXPECT(queue.wait(soon).code() == Errno::timedout);
    UK_TEST_EXPECT(queue.empty());
}

UK_TEST(an_early_wake_up_is_not_lost)
{
    sched::unpark(sched::current());
    sched::unpark(sched::current());
    sched::sleep_for(1); // does not take it
    UK_TEST_EXPECT(sched::park() == Wake::unparked);
    UK_TEST_EXPECT(sched::park(1) == Wake::timed_out);
}

UK_TEST(an_interrupt_ends_a_wait_without_deadline)
{
    if (!uk::hal::clock_alarm_start(on_alarm).ok())
        UK_TEST_SKIP("no timer that interrupts");
    sched::wake_source_add();
    for (unsigned i = 1; i <= 3; i++) {
        const uk::hal::IrqState irqs = uk::hal::irq_save();
        uk::hal::clock_alarm_set(uk::hal::clock_monotonic_ns() + 2 * kMs);
        uk::hal::irq_restore(irqs);
        UK_TEST_EXPECT(sched::park() == Wake::unparked);
        UK_TEST_EXPECT_EQ(g_alarms, i);
    }
    sched::wake_source_remove();
}
