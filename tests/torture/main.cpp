// SPDX-License-Identifier: BSD-3-Clause
// Lets threads act at random for the time that is asked for, then looks what is left behind.
#include <stdio.h>
#include <stdlib.h>

#include <uk/alloc/heap.hpp>
#include <uk/base/atomic.hpp>
#include <uk/config.hpp>
#include <uk/falloc/frame_allocator.hpp>
#include <uk/hal/clock.hpp>
#include <uk/lock.hpp>
#include <uk/sched.hpp>
#include <uk/vmem.hpp>
#if CONFIG_HAL_CPUS > 1
#include <uk/smp.hpp>
#endif

#include "torture.hpp"

namespace torture {
namespace {

constexpr uint64_t kSecond = 1'000'000'000;
constexpr unsigned kMostWorkers = 64;

constinit uint64_t g_seed = 1;
constinit uint64_t g_end = 0;
constinit uk::Atomic<uint64_t> g_acts{0};

unsigned cpu_count() {
#if CONFIG_HAL_CPUS > 1
    return uk::smp::cpu_count();
#else
    return 1;
#endif
}

void* work(void* number) {
    Random random(g_seed * kMostWorkers + reinterpret_cast<uintptr_t>(number));
    const std::span<const Act> all[] = {thread_acts(), lock_acts(), memory_acts(), compute_acts()};
    uint64_t acts = 0;
    while (uk::hal::clock_monotonic_ns() < g_end) {
        const auto& some = all[random.below(4)];
        some[random.below(some.size())].run(random);
        acts++;
    }
    g_acts.fetch_add_relaxed(acts);
    return nullptr;
}

struct Usage {
    uint64_t heap;
    uint64_t areas;
    uint64_t threads;
    bool operator==(const Usage&) const = default;
};

Usage usage() {
    return {uk::heap::stats().used_bytes, uk::vmem::stats().areas, uk::sched::thread_count()};
}

// As it was at the start, when nothing had been acted yet, or as it is if that does not come. A
// thread that ends is no longer counted while it is still on its way out, for as long as the host
// has stopped its CPU.
Usage usage_at_rest(const Usage& start) {
    constexpr unsigned kRounds = 1'000;
    Usage now{};
    unsigned equal = 0; // rounds in a row: too few of something must be seen, too
    for (unsigned i = 0; i < kRounds && equal < 3; i++) {
        uk::sched::sleep_for(kSecond / 100);
        uk::sched::trim();
        now = usage();
        equal = now == start ? equal + 1 : 0;
    }
    return now;
}

void run(uint64_t seconds) {
    const unsigned workers = cpu_count() * 3 < kMostWorkers ? cpu_count() * 3 : kMostWorkers;
    uk::Ref<uk::Thread> threads[kMostWorkers];
    printf("torture: %llu s with seed %llu by %u threads on %u CPUs\n",
           static_cast<unsigned long long>(seconds), static_cast<unsigned long long>(g_seed),
           workers, cpu_count());
    fflush(stdout);
    g_end = uk::hal::clock_monotonic_ns() + seconds * kSecond;
    for (uintptr_t i = 0; i < workers; i++) {
        auto thread = uk::sched::create({.name = "worker"}, work,
                                        reinterpret_cast<void*>(i)); // NOLINT
        expect(thread.ok(), "a worker starts");
        threads[i] = thread.take();
    }
    for (unsigned i = 0; i < workers; i++) {
        expect(uk::sched::join(*threads[i]).ok(), "a worker ends");
    }
    for (auto& thread : threads) {
        thread = {};
    }
    check_locks();
    printf("torture: %llu acts in %llu s by %u threads on %u CPUs\n",
           static_cast<unsigned long long>(g_acts.load_relaxed()),
           static_cast<unsigned long long>(seconds), workers, cpu_count());
}

} // namespace

void finding(const char* what, uint64_t is, uint64_t should) {
    printf("finding in thread '%s' on CPU %u: %s: is 0x%llx, should be 0x%llx\n",
           uk::sched::current().name(), uk::sched::current().cpu(), what,
           static_cast<unsigned long long>(is), static_cast<unsigned long long>(should));
    fflush(stdout);
    _Exit(1);
}

} // namespace torture

int main(int argc, char* argv[]) {
    using namespace torture;
    const uint64_t seconds = argc > 1 ? strtoull(argv[1], nullptr, 10) : 10;
    g_seed = argc > 2 ? strtoull(argv[2], nullptr, 10) : 1;
    const Usage before = usage();
    run(seconds);
    const Usage after = usage_at_rest(before);
    printf("heap %llu bytes before, %llu after; areas %llu, %llu\n",
           static_cast<unsigned long long>(before.heap),
           static_cast<unsigned long long>(after.heap),
           static_cast<unsigned long long>(before.areas),
           static_cast<unsigned long long>(after.areas));
    expect_equal(after.threads, before.threads, "threads left");
    expect_equal(after.areas, before.areas, "areas of the address space in use");
    expect_equal(after.heap, before.heap, "bytes of the heap in use");
    return 0;
}
