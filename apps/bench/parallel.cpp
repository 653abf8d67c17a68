// SPDX-License-Identifier: BSD-3-Clause
// What several CPUs do together, how equals share one, and how late an urgent thread runs. These
// are times, not instructions: they are printed and compared with each other.
#include <uk/base/atomic.hpp>
#include <uk/base/minmax.hpp>
#include <uk/hal/clock.hpp>
#include <uk/hal/cpu.hpp>
#include <uk/lock.hpp>
#include <uk/sched.hpp>
#ifdef CONFIG_LIBUKSMP
#include <uk/smp.hpp>
#endif

#include "measure.hpp"

namespace {

constexpr unsigned kMost = 4;
constexpr uint64_t kRunNs = 300'000'000;
constexpr unsigned kUrgent = uk::kThreadPriorities - 1;
constexpr unsigned kStepsBetween = 500; // of a thread's own work, between what it shares

struct alignas(64) Worker {
    uint64_t rounds = 0;
    void (*share)() = nullptr;
};

constinit uk::Atomic<bool> g_go{false};
constinit uk::Atomic<bool> g_stop{false};
constinit uk::Atomic<uint64_t> g_counter{0};
constinit uk::Mutex g_mutex("parallel");
uint64_t g_locked = 0;
Worker g_workers[kMost];

unsigned cpus() {
#ifdef CONFIG_LIBUKSMP
    return uk::smp::cpu_count();
#else
    return 1;
#endif
}

void own_work() {
    for (unsigned i = 0; i < kStepsBetween; i++) {
        asm volatile("" ::: "memory");
    }
}

void* work(void* argument) {
    auto& worker = *static_cast<Worker*>(argument);
    while (!g_go.load_acquire()) {
        uk::sched::yield();
    }
    while (!g_stop.load_relaxed()) {
        own_work();
        worker.share();
        worker.rounds++;
    }
    return nullptr;
}

// Lets `count` equal threads run, each on the CPU that cpu_of() names; their rounds are in
// g_workers.
template <class CpuOf>
void run(unsigned count, void (*share)(), CpuOf cpu_of) {
    uk::Ref<uk::Thread> threads[kMost];
    g_go.store_relaxed(false);
    g_stop.store_relaxed(false);
    for (unsigned i = 0; i < count; i++) {
        g_workers[i].rounds = 0;
        g_workers[i].share = share;
        threads[i] =
            UK_MUST(uk::sched::create({.affinity = uint64_t{1} << cpu_of(i)}, work, &g_workers[i]));
    }
    g_go.store_release(true);
    uk::sched::sleep_until(uk::hal::clock_monotonic_ns() + kRunNs);
    g_stop.store_relaxed(true);
    for (unsigned i = 0; i < count; i++) {
        (void)UK_MUST(uk::sched::join(*threads[i]));
    }
}

void throughput(const char* name, void (*share)()) {
    uint64_t alone = 0;
    for (unsigned count = 1; count <= uk::min(cpus(), kMost); count *= 2) {
        run(count, share, [](unsigned i) { return i; });
        uint64_t rounds = 0;
        for (unsigned i = 0; i < count; i++) {
            rounds += g_workers[i].rounds;
        }
        alone = count == 1 ? uk::max(rounds, uint64_t{1}) : alone;
        printf("parallel %s cpus %u thousands/s %llu percent %llu\n", name, count,
               static_cast<unsigned long long>(rounds * 1'000'000 / kRunNs),
               static_cast<unsigned long long>(rounds * 100 / alone));
    }
}

// Shares of CPU 0 in percent of what each of them should have.
void fairness() {
    run(
        kMost, [] {}, [](unsigned) { return 0U; });
    uint64_t all = 0;
    uint64_t least = ~uint64_t{0};
    uint64_t most = 0;
    for (const Worker& worker : g_workers) {
        all += worker.rounds;
        least = uk::min(least, worker.rounds);
        most = uk::max(most, worker.rounds);
    }
    all = uk::max(all, uint64_t{1});
    printf("share of %u equal threads, percent of a fair one: least %llu most %llu\n", kMost,
           static_cast<unsigned long long>(least * 100 * kMost / all),
           static_cast<unsigned long long>(most * 100 * kMost / all));
}

// How late a sleeper runs on CPU 0 among `kMost - 1` others that compute.
void lateness(const char* name, unsigned priority, bool busy) {
    constexpr unsigned kSleeps = 100;
    constexpr uint64_t kPeriodNs = 2'000'000;
    static uint64_t late[kSleeps];
    uk::Ref<uk::Thread> others[kMost - 1];
    g_go.store_relaxed(true);
    g_stop.store_relaxed(false);
    for (unsigned i = 0; busy && i < kMost - 1; i++) {
        g_workers[i].share = [] {};
        others[i] = UK_MUST(uk::sched::create({.affinity = 1}, work, &g_workers[i]));
    }
    uk::Ref<uk::Thread> sleeper = UK_MUST(uk::sched::create(
        {.priority = priority, .affinity = 1},
        [](void*) -> void* {
            uint64_t next = uk::hal::clock_monotonic_ns();
            for (uint64_t& each : late) {
                next += kPeriodNs;
                uk::sched::sleep_until(next);
                each = uk::hal::clock_monotonic_ns() - next;
                next += each;
            }
            return nullptr;
        },
        nullptr));
    (void)UK_MUST(uk::sched::join(*sleeper));
    g_stop.store_relaxed(true);
    uint64_t worst = 0;
    uint64_t sum = 0;
    for (uint64_t each : late) {
        worst = uk::max(worst, each);
        sum += each;
    }
    for (unsigned i = 0; busy && i < kMost - 1; i++) {
        (void)UK_MUST(uk::sched::join(*others[i]));
    }
    printf("late %s: mean %llu ns worst %llu ns\n", name,
           static_cast<unsigned long long>(sum / kSleeps), static_cast<unsigned long long>(worst));
}

} // namespace

void bench::measure_parallel() {
    throughput("lock-free", [] { (void)g_counter.fetch_add_relaxed(1); });
    throughput("locked", [] {
        uk::LockGuard guard(g_mutex);
        g_locked++;
    });
    fairness();
    lateness("urgent, alone", kUrgent, false);
    lateness("urgent, 3 compute", kUrgent, true);
    lateness("equal, 3 compute", uk::kDefaultPriority, true);
}
