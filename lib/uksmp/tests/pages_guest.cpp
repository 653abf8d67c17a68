// SPDX-License-Identifier: BSD-3-Clause
// Page tables that one CPU changes and all use.
#include <uk/base/atomic.hpp>
#include <uk/hal/cpu.hpp>
#include <uk/hal/cpus.hpp>
#include <uk/hal/irq.hpp>
#include <uk/hal/trap.hpp>
#include <uk/sched.hpp>
#include <uk/sched/test.hpp>
#include <uk/smp.hpp>
#include <uk/test.hpp>
#include <uk/vmem.hpp>

namespace {

using namespace uk;
using sched::create;
using sched::join;

constexpr uint64_t kPage = kPageSize;
constexpr unsigned kRounds = 25;
constexpr uint64_t kAbsent = ~uint64_t{0};

// What the others shall find at `g_at` from the step on whose number is in g_step.
constinit uint64_t* g_at = nullptr;
constinit uint64_t g_expected = 0;
constinit Atomic<unsigned> g_step{0};
constinit Atomic<unsigned> g_seen{0};
constinit Atomic<unsigned> g_wrong{0};

void* watch(void* /*argument*/) {
    for (unsigned step = 1; step <= 2 * kRounds; step++) {
        while (g_step.load_acquire() != step) {
            hal::cpus_serve();
            hal::cpu_relax();
        }
        uint64_t found = kAbsent;
        if (hal::probe_read(&found, reinterpret_cast<uintptr_t>(g_at), sizeof(found)) == 0)
            found = kAbsent;
        if (found != g_expected)
            g_wrong.fetch_add_relaxed(1);
        g_seen.fetch_sub_acq_rel(1);
    }
    return nullptr;
}

void show(unsigned step, uint64_t expected, unsigned watchers) {
    g_expected = expected;
    g_seen.store_relaxed(watchers);
    g_step.store_release(step);
    while (g_seen.load_acquire() != 0) {
        hal::cpus_serve();
        hal::cpu_relax();
    }
}

UK_TEST(what_one_cpu_unmaps_is_gone_on_all)
{
    auto page = vmem::map({.size = kPage});
    if (page.code() == Errno::nosys)
        UK_TEST_SKIP("no address space");
    UK_TEST_ASSERT(page.ok());
    const Vaddr at = page.value();
    g_at = at.as<uint64_t>();
    g_step.store_relaxed(0);
    g_wrong.store_relaxed(0);
    sched::StayOnOneCpu stay; // who is on a watcher's CPU may not keep it from there
    const unsigned watchers = smp::cpu_count() - 1;
    Ref<Thread> threads[hal::kMostCpus];
    for (unsigned i = 0; i < watchers; i++) {
        auto thread = create({.name = "watch", .affinity = uint64_t{2} << i}, watch, nullptr);
        UK_TEST_ASSERT(thread.ok());
        threads[i] = thread.take();
    }
    for (unsigned round = 0; round < kRounds; round++) {
        *g_at = round;
        show(2 * round + 1, round, watchers);
        UK_TEST_EXPECT(vmem::unmap(at, kPage).ok());
        show(2 * round + 2, kAbsent, watchers);
        auto again = vmem::map({.size = kPage, .where = at, .placement = vmem::Placement::exact});
        UK_TEST_ASSERT(again.ok());
    }
    for (unsigned i = 0; i < watchers; i++)
        UK_TEST_EXPECT(join(*threads[i]).ok());
    UK_TEST_EXPECT_EQ(g_wrong.load_relaxed(), 0);
    UK_TEST_EXPECT(vmem::unmap(at, kPage).ok());
}

// All touch the same pages, each of which only one can bring in.
UK_TEST(all_cpus_fault_in_the_same_pages)
{
    constexpr uint64_t kPages = 256;
    auto pages = vmem::map({.size = kPages * kPage});
    if (pages.code() == Errno::nosys)
        UK_TEST_SKIP("no address space");
    UK_TEST_ASSERT(pages.ok());
    g_at = pages.value().as<uint64_t>();
    Ref<Thread> threads[hal::kMostCpus];
    for (unsigned i = 0; i < smp::cpu_count(); i++) {
        auto thread = create(
            {.name = "touch", .affinity = uint64_t{1} << i},
            [](void*) -> void* {
                for (uint64_t page = 0; page < kPages; page++)
                    __atomic_fetch_add(g_at + page * (kPage / sizeof(uint64_t)), 1,
                                       __ATOMIC_RELAXED);
                return nullptr;
            },
            nullptr);
        UK_TEST_ASSERT(thread.ok());
        threads[i] = thread.take();
    }
    for (unsigned i = 0; i < smp::cpu_count(); i++)
        UK_TEST_EXPECT(join(*threads[i]).ok());
    unsigned wrong = 0;
    for (uint64_t page = 0; page < kPages; page++)
        wrong += g_at[page * (kPage / sizeof(uint64_t))] != smp::cpu_count() ? 1 : 0;
    UK_TEST_EXPECT_EQ(wrong, 0);
    UK_TEST_EXPECT(vmem::unmap(pages.value(), kPages * kPage).ok());
}

// While one CPU brings a page in, another that has not asked for it comes by, a little later each
// time: what it writes must not land in something that was there before the page.
UK_TEST(what_is_written_to_a_page_that_just_comes_stays)
{
    constexpr uint64_t kPages = 400;
    constexpr uint64_t kLonger = 100; // how much later with each page
    if (smp::cpu_count() < 2)
        UK_TEST_SKIP("one CPU");
    auto pages = vmem::map({.size = kPages * kPage});
    if (pages.code() == Errno::nosys)
        UK_TEST_SKIP("no address space");
    UK_TEST_ASSERT(pages.ok());
    g_at = pages.value().as<uint64_t>();
    g_step.store_relaxed(0);
    g_seen.store_relaxed(0);
    const auto touch = [](void* late) -> void* {
        for (uint64_t page = 0; page < kPages; page++) {
            g_seen.fetch_add_relaxed(1);
            while (g_seen.load_acquire() < 2 * (page + 1)) {
                hal::cpus_serve();
                hal::cpu_relax();
            }
            for (uint64_t i = 0; late != nullptr && i < page * kLonger; i++)
                asm volatile("");
            __atomic_fetch_add(g_at + page * (kPage / sizeof(uint64_t)), 1, __ATOMIC_RELAXED);
        }
        return nullptr;
    };
    auto first = create({.name = "first", .affinity = 1}, touch, nullptr);
    auto second = create({.name = "late", .affinity = 2}, touch, &g_at);
    UK_TEST_ASSERT(first.ok());
    UK_TEST_ASSERT(second.ok());
    UK_TEST_EXPECT(join(*first.value()).ok());
    UK_TEST_EXPECT(join(*second.value()).ok());
    unsigned wrong = 0;
    for (uint64_t page = 0; page < kPages; page++)
        wrong += g_at[page * (kPage / sizeof(uint64_t))] != 2 ? 1 : 0;
    UK_TEST_EXPECT_EQ(wrong, 0);
    UK_TEST_EXPECT(vmem::unmap(pages.value(), kPages * kPage).ok());
}

// Interrupts are on whatever the scheduler: who only computes answers others all the same.
UK_TEST(who_computes_lets_others_unmap)
{
    if (smp::cpu_count() < 2)
        UK_TEST_SKIP("one CPU");
    UK_TEST_ASSERT(hal::irq_enabled());
    g_step.store_relaxed(0);
    const uint64_t other = uint64_t{1} << (smp::cpu_count() - 1);
    auto computing = create(
        {.name = "compute", .affinity = other},
        [](void*) -> void* {
            const bool enabled = hal::irq_enabled();
            g_step.store_release(1);
            while (enabled && g_step.load_relaxed() != 2)
                asm volatile("");
            return enabled ? &g_step : nullptr;
        },
        nullptr);
    UK_TEST_ASSERT(computing.ok());
    sched::StayOnOneCpu stay;
    while (g_step.load_acquire() == 0)
        sched::yield();
    for (unsigned i = 0; i < 10; i++) {
        auto page = vmem::map({.size = kPage, .populate = true});
        UK_TEST_EXPECT(!page.ok() || vmem::unmap(page.value(), kPage).ok());
    }
    g_step.store_release(2);
    UK_TEST_EXPECT(join(*computing.value()).value() == &g_step);
}

} // namespace
