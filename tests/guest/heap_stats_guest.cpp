// SPDX-License-Identifier: BSD-3-Clause
// What heaps count (LIBUKALLOC_STATS): the default one, a further one, and when threads share it.
#include <uk/alloc.h>
#include <uk/alloc/heap.hpp>
#include <uk/alloc/interface.hpp>
#include <uk/sched.hpp>
#include <uk/sched/test.hpp>
#include <uk/test.hpp>

#include <stddef.h>
#include <stdint.h>

namespace {

// A heap class that fetches its blocks from the default heap.
struct Borrowing {
    void* allocate(size_t size) { return uk::heap::allocate(size); }
    void* allocate(size_t size, size_t align) { return uk::heap::allocate(size, align); }
    void deallocate(void* block) { uk::heap::deallocate(block); }
    void* reallocate(void* block, size_t size) { return uk::heap::reallocate(block, size); }
    size_t usable_size(const void* block) const { return uk::heap::usable_size(block); }
    uk::HeapStats stats() const { return {}; }
    size_t trim() { return 0; }
    bool verify() const { return true; }
};
constinit Borrowing g_borrowing;
constinit uk::AllocatorOf<Borrowing, uk::Spinlock<uk::LockRank::subsystem>> g_face{g_borrowing,
                                                                                   "borrowing"};
uk::Heap& g_heap = g_face;

constexpr unsigned kThreads = 4;
constexpr unsigned kRounds = 2000;

// Blocks of changing sizes, some alive at any time; several refused.
void* churn(void* seed) {
    void* blocks[16] = {};
    auto random = static_cast<unsigned>(reinterpret_cast<uintptr_t>(seed));
    for (unsigned round = 0; round < kRounds; round++) {
        random = random * 1664525 + 1013904223;
        void*& block = blocks[random >> 28];
        if (round % 3 == 0) {
            void* other = g_heap.reallocate(block, 1 + random % 3000);
            block = other != nullptr ? other : block;
        } else {
            g_heap.deallocate(block);
            block = g_heap.allocate(random % 3000);
        }
        if (round % 500 == 0)
            (void)g_heap.allocate(uk::kHeapMaxRequest + 1);
    }
    for (void* block : blocks)
        g_heap.deallocate(block);
    return nullptr;
}

} // namespace

// Others may free what threads of earlier tests have left.
UK_TEST(heap_stats_of_the_default_heap)
{
    const uk::HeapStats before = uk::heap::stats();
    void* block = uk::heap::allocate(5000);
    UK_TEST_ASSERT(block != nullptr);
    const uk::HeapStats during = uk::heap::stats();
    UK_TEST_EXPECT(during.allocations > before.allocations);
    UK_TEST_EXPECT(during.live_blocks() >= 1);
    UK_TEST_EXPECT(during.used_bytes >= uk::heap::usable_size(block));
    UK_TEST_EXPECT(during.peak_bytes >= during.used_bytes);
    uk::heap::deallocate(block);
    UK_TEST_EXPECT(uk::heap::stats().deallocations > during.deallocations);
    UK_TEST_EXPECT(uk::heap::stats().used_bytes <= during.used_bytes - 5000);
    UK_TEST_EXPECT(uk::heap::stats().peak_bytes >= during.peak_bytes);
    UK_TEST_EXPECT(uk::heap::allocate(uk::kHeapMaxRequest + 1) == nullptr);
    UK_TEST_EXPECT_EQ(uk::heap::stats().failures, before.failures + 1);
    uk_alloc_report(nullptr);
}

UK_TEST(heap_stats_of_threads_that_share_a_heap)
{
    UK_TEST_NEEDS_THREADS;
    const uk::HeapStats before = g_heap.stats();
    UK_TEST_EXPECT_EQ(before.live_blocks(), uint64_t{0});
    uk::Ref<uk::Thread> threads[kThreads];
    for (uintptr_t i = 0; i < kThreads; i++) {
        uk::Result<uk::Ref<uk::Thread>> made =
            uk::sched::create({.name = "churn"}, churn, reinterpret_cast<void*>(i + 1));
        UK_TEST_ASSERT(made.ok());
        threads[i] = made.take();
    }
    for (uk::Ref<uk::Thread>& thread : threads)
        UK_TEST_EXPECT(uk::sched::join(*thread).ok());
    const uk::HeapStats after = g_heap.stats();
    UK_TEST_EXPECT_EQ(after.allocations - before.allocations, uint64_t{kThreads} * kRounds);
    UK_TEST_EXPECT_EQ(after.failures - before.failures, uint64_t{kThreads} * kRounds / 500);
    UK_TEST_EXPECT_EQ(after.live_blocks(), uint64_t{0});
    UK_TEST_EXPECT_EQ(after.used_bytes, size_t{0});
    UK_TEST_EXPECT(after.peak_bytes > 3000);
}
