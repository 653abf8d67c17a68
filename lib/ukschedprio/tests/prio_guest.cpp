// SPDX-License-Identifier: BSD-3-Clause
// Guest tests: what priorities mean on this machine.
#include <uk/hal/clock.hpp>
#include <uk/hal/irq.hpp>
#include <uk/sched.hpp>
#include <uk/sched/test.hpp>
#include <uk/spinlock.hpp>
#include <uk/string.h>
#include <uk/test.hpp>

namespace {

using uk::kDefaultPriority;
using uk::Ref;
using uk::Thread;
namespace sched = uk::sched;

char g_order[16]; // zeros at the end
unsigned g_count;

void note(char c) {
    g_order[g_count++] = c;
}
Ref<Thread> noting(char c, unsigned priority) {
    auto entry = [](void* letter) -> void* {
        note(static_cast<char>(reinterpret_cast<uintptr_t>(letter)));
        return nullptr;
    };
    return UK_MUST(sched::create({.name = "test", .priority = priority, .affinity = sched::kOneCpu},
                                 entry, reinterpret_cast<void*>(static_cast<uintptr_t>(c))));
}

} // namespace

UK_TEST(urgent_threads_run_at_once)
{
    sched::StayOnOneCpu stay;
    g_count = 0;
    Ref<Thread> low = noting('l', kDefaultPriority - 1);
    note('1');
    Ref<Thread> high = noting('h', kDefaultPriority + 1);
    note('2');
    uk::preempt_disable();
    Ref<Thread> held = noting('d', kDefaultPriority + 1);
    note('3');
    uk::preempt_enable();
    note('4');
    UK_TEST_EXPECT(sched::set_priority(*low, kDefaultPriority + 2).ok());
    note('5');
    UK_TEST_EXPECT(memcmp(g_order, "1h23d4l5", sizeof("1h23d4l5")) == 0);
    for (const Ref<Thread>& thread : {low, high, held})
        (void)UK_MUST(sched::join(*thread));
}

namespace {

constexpr uint64_t kMs = 1'000'000;
constexpr uint64_t kLong = 5'000 * kMs; // far more than slices and sleeps, in an emulator too

volatile bool g_seen;
volatile bool g_answered;

// Calls nothing that could switch threads.
bool spin_until(const volatile bool& flag) {
    const uint64_t end = uk::hal::clock_monotonic_ns() + kLong;
    while (!flag && uk::hal::clock_monotonic_ns() < end) {
    }
    return flag;
}

} // namespace

UK_TEST(equals_take_turns_though_nobody_yields)
{
    if (!uk::hal::kIrqPreempts)
        UK_TEST_SKIP("no interrupt preempts threads on this platform yet");
    sched::StayOnOneCpu stay;
    UK_TEST_EXPECT(uk::hal::irq_enabled());
    g_seen = false;
    g_answered = false;
    Ref<Thread> other = UK_MUST(sched::create(
        {.name = "test", .affinity = sched::kOneCpu},
        [](void*) -> void* {
            g_seen = true;
            return spin_until(g_answered) ? &g_order : nullptr;
        },
        nullptr));
    UK_TEST_EXPECT(spin_until(g_seen)); // now the other spins, until it is our turn again
    g_answered = true;
    UK_TEST_EXPECT(UK_MUST(sched::join(*other)) == &g_order);
}

UK_TEST(an_urgent_sleeper_stops_who_computes)
{
    if (!uk::hal::kIrqPreempts)
        UK_TEST_SKIP("no interrupt preempts threads on this platform yet");
    sched::StayOnOneCpu stay;
    g_seen = false;
    auto sleeper = [](void*) -> void* {
        sched::sleep_for(2 * kMs);
        g_seen = true;
        return nullptr;
    };
    Ref<Thread> first = UK_MUST(sched::create(
        {.name = "test", .priority = kDefaultPriority + 1, .affinity = sched::kOneCpu}, sleeper,
        nullptr));
    UK_TEST_EXPECT(spin_until(g_seen));
    // Not while preemption is disabled, and soon afterwards: a loaded host raises alarms late.
    g_seen = false;
    Ref<Thread> second = UK_MUST(sched::create(
        {.name = "test", .priority = kDefaultPriority + 1, .affinity = sched::kOneCpu}, sleeper,
        nullptr));
    uk::preempt_disable();
    const bool early = g_seen; // the host had stopped this CPU for so long
    const uint64_t end = uk::hal::clock_monotonic_ns() + 20 * kMs;
    while (uk::hal::clock_monotonic_ns() < end) {
    }
    UK_TEST_EXPECT(g_seen == early);
    uk::preempt_enable();
    UK_TEST_EXPECT(spin_until(g_seen));
    for (const Ref<Thread>& thread : {first, second})
        (void)UK_MUST(sched::join(*thread));
}
