// SPDX-License-Identifier: BSD-3-Clause
// Guest tests: threads on this machine, with its real switch, stacks, clock and idle.
#include <uk/hal/clock.hpp>
#include <uk/hal/cpus.hpp>
#include <uk/hal/irq.hpp>
#include <uk/sched.hpp>
#include <uk/sched/kernel_machine.hpp>
#include <uk/sched/test.hpp>
#include <uk/test.hpp>

namespace {

using uk::Ref;
using uk::Thread;
using uk::Wake;
namespace sched = uk::sched;

constexpr uint64_t kMs = 1'000'000;

Ref<Thread> start(uk::ThreadEntry entry, void* argument, unsigned priority = uk::kDefaultPriority,
                  size_t stack = 0) {
    return UK_MUST(sched::create({"test", stack, priority}, entry, argument));
}
Ref<Thread> start_here(uk::ThreadEntry entry, void* argument,
                       unsigned priority = uk::kDefaultPriority) {
    return UK_MUST(sched::create({.name = "test", .priority = priority, .affinity = sched::kOneCpu},
                                 entry, argument));
}
void* join(const Ref<Thread>& thread) {
    return UK_MUST(sched::join(*thread));
}
void* word(uintptr_t value) {
    return reinterpret_cast<void*>(value);
}

struct Trace {
    int count = 0;
    char text[64] = {};
    void add(char c) { text[count++] = c; }
    bool is(const char* expected) const {
        int i = 0;
        while (expected[i] != '\0' && text[i] == expected[i])
            i++;
        return expected[i] == '\0' && i == count;
    }
};

// False from every depth but the last, which does not return.
[[gnu::noinline]] bool nested_exit(int depth) {
    if (depth == 0)
        sched::exit(word(42));
    return depth > 100 || !nested_exit(depth - 1);
}

} // namespace

UK_TEST(threads_return_what_join_gives)
{
    UK_TEST_NEEDS_THREADS;
    Ref<Thread> thread = start([](void* argument) { return argument; }, word(7));
    UK_TEST_EXPECT(thread->name()[0] == 't' && thread->name()[4] == '\0');
    UK_TEST_EXPECT(join(thread) == word(7));
    UK_TEST_EXPECT(join(thread) == word(7));
    UK_TEST_EXPECT(thread->state() == uk::ThreadState::exited || sched::thread_count() >= 1);
}

UK_TEST(exit_works_from_nested_calls)
{
    UK_TEST_NEEDS_THREADS;
    Ref<Thread> thread =
        start([](void*) -> void* { return word(nested_exit(20) ? 1 : 2); }, nullptr);
    UK_TEST_EXPECT(join(thread) == word(42));
}

UK_TEST(equals_take_turns_by_yield)
{
    UK_TEST_NEEDS_THREADS;
    sched::StayOnOneCpu stay;
    static Trace trace;
    trace = {};
    auto letters = [](void* letter) -> void* {
        for (int i = 0; i < 3; i++) {
            trace.add(static_cast<char>(reinterpret_cast<uintptr_t>(letter)));
            sched::yield();
        }
        return nullptr;
    };
    Ref<Thread> a = start_here(letters, word('a'));
    Ref<Thread> b = start_here(letters, word('b'));
    join(a);
    join(b);
    UK_TEST_EXPECT(trace.is("ababab"));
}

UK_TEST(unpark_before_park_is_not_lost)
{
    sched::unpark(sched::current());
    sched::unpark(sched::current());
    UK_TEST_EXPECT(sched::park() == Wake::unparked);
    const uint64_t soon = uk::hal::clock_monotonic_ns() + kMs;
    UK_TEST_EXPECT(sched::park(soon) == Wake::timed_out);
    UK_TEST_EXPECT(uk::hal::clock_monotonic_ns() >= soon);
    UK_TEST_EXPECT(sched::park(1) == Wake::timed_out);
}

UK_TEST(sleepers_wake_in_order_of_their_deadlines)
{
    UK_TEST_NEEDS_THREADS;
    sched::StayOnOneCpu stay; // CPUs that a host runs in turn wake theirs in any order
    static Trace trace;
    static uint64_t start_ns;
    static uint64_t unit_ns;
    auto sleeper = [](void* units) -> void* {
        const uint64_t until = start_ns + reinterpret_cast<uintptr_t>(units) * unit_ns;
        sched::sleep_until(until);
        trace.add(static_cast<char>('0' + reinterpret_cast<uintptr_t>(units)));
        return word(uk::hal::clock_monotonic_ns() >= until ? 1 : 0);
    };
    bool in_time = false; // a busy host may stop us until the first deadline is over
    for (unit_ns = 10 * kMs; !in_time; unit_ns *= 2) {
        trace = {};
        start_ns = uk::hal::clock_monotonic_ns();
        Ref<Thread> threads[3] = {start_here(sleeper, word(3)), start_here(sleeper, word(1)),
                                  start_here(sleeper, word(2))};
        while (threads[2]->state() == uk::ThreadState::ready)
            sched::yield();
        in_time = uk::hal::clock_monotonic_ns() < start_ns + unit_ns;
        for (Ref<Thread>& thread : threads)
            UK_TEST_EXPECT(join(thread) == word(1));
        UK_TEST_EXPECT(!in_time || trace.is("123"));
    }
}

UK_TEST(a_sleeper_wakes_while_others_only_yield)
{
    UK_TEST_NEEDS_THREADS;
    static bool woken;
    woken = false;
    Ref<Thread> sleeper = start(
        [](void*) -> void* {
            sched::sleep_for(5 * kMs);
            woken = true;
            return nullptr;
        },
        nullptr);
    uint64_t rounds = 0;
    while (!woken && rounds < 1'000'000'000) {
        sched::yield();
        rounds++;
    }
    UK_TEST_EXPECT(woken);
    join(sleeper);
}

UK_TEST(join_gives_up_at_its_deadline)
{
    UK_TEST_NEEDS_THREADS;
    Ref<Thread> thread = start(
        [](void*) -> void* {
            while (sched::park() != Wake::unparked) {
            }
            return nullptr;
        },
        nullptr);
    auto early = sched::join(*thread, uk::hal::clock_monotonic_ns() + kMs);
    UK_TEST_EXPECT(early.code() == uk::Errno::timedout);
    UK_TEST_EXPECT(sched::join(sched::current()).code() == uk::Errno::deadlk);
    sched::unpark(*thread);
    join(thread);
}

UK_TEST(wait_queues_wake_the_most_urgent_then_the_first)
{
    UK_TEST_NEEDS_THREADS;
    sched::StayOnOneCpu stay;
    static uk::WaitQueue queue;
    static Trace trace;
    trace = {};
    auto waiter = [](void* c) -> void* {
        if (queue.wait().ok())
            trace.add(static_cast<char>(reinterpret_cast<uintptr_t>(c)));
        return nullptr;
    };
    Ref<Thread> threads[3] = {start_here(waiter, word('a'), 10), start_here(waiter, word('b'), 10),
                              start_here(waiter, word('c'), 12)};
    for (Ref<Thread>& thread : threads)
        while (thread->state() != uk::ThreadState::parked)
            sched::sleep_for(kMs);
    UK_TEST_EXPECT(!queue.empty());
    for (int i = 0; i < 3; i++) {
        UK_TEST_EXPECT(queue.wake_one());
        while (trace.count == i)
            sched::sleep_for(kMs);
    }
    UK_TEST_EXPECT(!queue.wake_one());
    UK_TEST_EXPECT(trace.is("cab"));
    UK_TEST_EXPECT(queue.wait(uk::hal::clock_monotonic_ns() + kMs).code() == uk::Errno::timedout);
    for (Ref<Thread>& thread : threads)
        join(thread);
}

// The floating-point control words and callee-saved registers of each survive the others.
UK_TEST(threads_keep_their_registers)
{
    UK_TEST_NEEDS_THREADS;
    auto sum = [](void* seed) -> void* {
        const auto first = reinterpret_cast<uintptr_t>(seed);
        uintptr_t total = 0;
        volatile double scaled = 0;
        for (uintptr_t i = 0; i < 200; i++) {
            total += first * i;
            scaled = scaled + static_cast<double>(first) * 0.5;
            sched::yield();
        }
        return word(scaled == static_cast<double>(first) * 100 ? total : 0);
    };
    Ref<Thread> threads[4];
    for (uintptr_t i = 0; i < 4; i++)
        threads[i] = start(sum, word(i + 3));
    for (uintptr_t i = 0; i < 4; i++)
        UK_TEST_EXPECT(join(threads[i]) == word((i + 3) * 199 * 100));
}

// Interrupts that a thread has switched off put a switch off, until they are on again.
UK_TEST(who_has_interrupts_off_is_not_switched)
{
    if (!uk::KernelMachine::alarm_works)
        UK_TEST_SKIP("no preemption");
    sched::StayOnOneCpu stay;
    static unsigned runs;
    auto runs_now = [] { return __atomic_load_n(&runs, __ATOMIC_RELAXED); };
    __atomic_store_n(&runs, 0, __ATOMIC_RELAXED);
    Ref<Thread> urgent = start_here(
        [](void*) -> void* {
            for (unsigned i = 0; i < 2; i++) {
                __atomic_fetch_add(&runs, 1, __ATOMIC_RELAXED);
                sched::park();
            }
            return nullptr;
        },
        nullptr, uk::kDefaultPriority + 1);
    while (runs_now() == 0 || urgent->state() != uk::ThreadState::parked)
        sched::yield();
    const uk::hal::IrqState irqs = uk::hal::irq_save();
    sched::unpark(*urgent);
    uk::preempt_disable();
    uk::preempt_enable();
    const unsigned held = runs_now();
    uk::hal::irq_restore(irqs);
    const uint64_t end = uk::hal::clock_monotonic_ns() + 1000 * kMs;
    while (runs_now() == held && uk::hal::clock_monotonic_ns() < end) {
    }
    UK_TEST_EXPECT_EQ(held, 1);
    UK_TEST_EXPECT_EQ(runs_now(), 2);
    sched::unpark(*urgent);
    join(urgent);
}

UK_TEST(thousands_of_threads_live_at_once)
{
    UK_TEST_NEEDS_THREADS;
    static uk::WaitQueue gate;
    static bool open;
    static unsigned through;
    open = false;
    through = 0;
    // Each that ends has all CPUs forget its stack, which an emulator makes slow.
    constexpr unsigned kThreads = uk::hal::kMostCpus > 1 ? 2'000 : 10'000;
    constexpr size_t kOwn = uk::KernelMachine::kGuards ? 2048 : 1152; // of the heap
    if (uk::falloc::stats().free_bytes <
        kThreads * (uk::KernelMachine::kKernelStackBytes + 4096 + kOwn))
        UK_TEST_SKIP("needs more memory for stacks: MEM=256M");
    const size_t before = sched::thread_count();
    unsigned created = 0;
    for (; created < kThreads; created++) {
        auto thread = sched::create(
            {"one of many", 4096},
            [](void*) -> void* {
                (void)gate.wait_until([] { return open; });
                __atomic_fetch_add(&through, 1, __ATOMIC_RELAXED);
                return nullptr;
            },
            nullptr);
        if (!thread.ok())
            break; // detached otherwise: nobody keeps the handle
    }
    sched::yield();
    UK_TEST_EXPECT_EQ(created, kThreads);
    UK_TEST_EXPECT_EQ(sched::thread_count() - before, created);
    open = true;
    gate.wake_all();
    while (sched::thread_count() != before)
        sched::yield();
    UK_TEST_EXPECT_EQ(through, created);
}
