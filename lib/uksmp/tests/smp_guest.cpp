// SPDX-License-Identifier: BSD-3-Clause
// Threads on all the CPUs that the machine has.
#include <uk/base/atomic.hpp>
#include <uk/hal/clock.hpp>
#include <uk/hal/cpu.hpp>
#include <uk/hal/cpus.hpp>
#include <uk/lock.hpp>
#include <uk/sched.hpp>
#include <uk/smp.hpp>
#include <uk/test.hpp>

namespace {

using uk::sched::create;
using uk::sched::join;

void* as_word(uintptr_t number) {
    return reinterpret_cast<void*>(number); // NOLINT(performance-no-int-to-ptr)
}

uint64_t only(unsigned cpu) {
    return uint64_t{1} << cpu;
}

// Where the caller is, told by the CPU itself.
void* where(void* /*argument*/) {
    return as_word(uk::hal::cpu_index());
}

UK_TEST(a_thread_runs_where_it_must)
{
    for (unsigned cpu = 0; cpu < uk::smp::cpu_count(); cpu++) {
        for (unsigned round = 0; round < 50; round++) {
            auto thread = create({.name = "where", .affinity = only(cpu)}, where, nullptr);
            UK_TEST_ASSERT(thread.ok());
            UK_TEST_ASSERT(join(*thread.value()).value() == as_word(cpu));
        }
    }
}

UK_TEST(all_cpus_run_at_the_same_time)
{
    static uk::Atomic<unsigned> arrived;
    arrived.store_relaxed(0);
    const unsigned count = uk::smp::cpu_count();
    uk::Ref<uk::Thread> threads[uk::hal::kMostCpus];
    // None of them yields: they all come through only if each has a CPU.
    for (unsigned i = 0; i < count; i++) {
        auto thread = create(
            {.name = "meet", .affinity = only(i)},
            [](void* all) -> void* {
                arrived.fetch_add_relaxed(1);
                while (arrived.load_acquire() != reinterpret_cast<uintptr_t>(all)) {
                    uk::hal::cpus_serve();
                    uk::hal::cpu_relax();
                }
                return all;
            },
            as_word(count));
        UK_TEST_ASSERT(thread.ok());
        threads[i] = thread.take();
    }
    for (unsigned i = 0; i < count; i++)
        UK_TEST_EXPECT(join(*threads[i]).value() == as_word(count));
}

UK_TEST(a_mutex_keeps_cpus_apart)
{
    static uk::Mutex mutex{"counter"};
    static uint64_t counter;
    counter = 0;
    constexpr uint64_t kRounds = 20'000;
    uk::Ref<uk::Thread> threads[2 * uk::hal::kMostCpus];
    const unsigned count = 2 * uk::smp::cpu_count();
    for (unsigned i = 0; i < count; i++) {
        auto thread = create(
            {.name = "count"},
            [](void*) -> void* {
                for (uint64_t n = 0; n < kRounds; n++) {
                    mutex.lock();
                    counter = counter + 1;
                    mutex.unlock();
                }
                return nullptr;
            },
            nullptr);
        UK_TEST_ASSERT(thread.ok());
        threads[i] = thread.take();
    }
    for (unsigned i = 0; i < count; i++)
        UK_TEST_EXPECT(join(*threads[i]).ok());
    UK_TEST_EXPECT_EQ(counter, count * kRounds);
}

UK_TEST(wakes_cross_cpus)
{
    static uk::Semaphore ping{0};
    static uk::Semaphore pong{0};
    constexpr unsigned kRounds = 200; // of two wakes: emulated CPUs take milliseconds for one
    const unsigned last = uk::smp::cpu_count() - 1;
    auto thread = create(
        {.name = "pong", .affinity = only(last)},
        [](void*) -> void* {
            for (unsigned i = 0; i < kRounds; i++) {
                ping.acquire();
                pong.release();
            }
            return nullptr;
        },
        nullptr);
    UK_TEST_ASSERT(thread.ok());
    for (unsigned i = 0; i < kRounds; i++) {
        ping.release();
        pong.acquire();
    }
    UK_TEST_EXPECT(join(*thread.value()).ok());
}

UK_TEST(every_cpu_sleeps_and_is_woken_by_its_own_timer)
{
    for (unsigned cpu = 0; cpu < uk::smp::cpu_count(); cpu++) {
        auto thread = create(
            {.name = "sleep", .affinity = only(cpu)},
            [](void*) -> void* {
                const uint64_t start = uk::hal::clock_monotonic_ns();
                uk::sched::sleep_for(2'000'000);
                const uint64_t slept = uk::hal::clock_monotonic_ns() - start;
                return as_word(slept >= 2'000'000 ? 1 : 0);
            },
            nullptr);
        UK_TEST_ASSERT(thread.ok());
        UK_TEST_EXPECT(join(*thread.value()).value() == as_word(1));
    }
}

} // namespace
