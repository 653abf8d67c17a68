// SPDX-License-Identifier: BSD-3-Clause
// BuddyHeap: the common suite, and what only this heap promises.
#include <uk/alloc.h>
#include <uk/alloc/conformance.hpp>
#include <uk/allocbbuddy.h>
#include <uk/allocbbuddy/bbuddy_heap.hpp>

namespace {

using uk::BuddyHeap;
using uk::BuddyOptions;
using uk::fakes::FakePages;
using uk::fakes::PageStore;

using Plain = BuddyHeap<FakePages>;
using Checked = BuddyHeap<FakePages, BuddyOptions{.checks = true}>;
using Heaps = testing::Types<Plain, Checked>;
INSTANTIATE_TYPED_TEST_SUITE_P(Buddy, HeapConformance, Heaps);

TEST(Slab, EachClassFitsItsPageAndIsAligned) {
    for (unsigned c = 0; c < uk::bbuddy::kSlabSizes.size(); c++) {
        const size_t size = uk::bbuddy::kSlabSizes[c];
        const size_t first = uk::bbuddy::slab_first(c);
        EXPECT_GE(first, sizeof(uk::bbuddy::Slab));
        EXPECT_LE(first + uk::bbuddy::slab_capacity(c) * size, uk::kPageSize);
        EXPECT_EQ(first % 16, 0u);
        if ((size & (size - 1)) == 0) {
            EXPECT_EQ(first % size, 0u);
        }
    }
    for (size_t size = 0; size <= uk::bbuddy::kSlabMax; size++) {
        const unsigned c = uk::bbuddy::slab_class(size);
        ASSERT_GE(uk::bbuddy::kSlabSizes[c], size);
        ASSERT_TRUE(c == 0 || uk::bbuddy::kSlabSizes[c - 1] < size);
    }
}

TEST(Buddy, ManySmallBlocksShareAPage) {
    PageStore store(64);
    Plain heap(FakePages{&store});
    std::set<uintptr_t> pages;
    for (int i = 0; i < 63; i++)
        pages.insert(reinterpret_cast<uintptr_t>(heap.allocate(64)) / uk::kPageSize);
    EXPECT_EQ(pages.size(), 1u);
}

TEST(Buddy, PageBlocksAreAlignedToTheirSize) {
    PageStore store(1024);
    Plain heap(FakePages{&store});
    for (size_t size = 4096; size <= 512 * 1024; size *= 2) {
        void* block = heap.allocate(size);
        EXPECT_EQ(reinterpret_cast<uintptr_t>(block) % size, 0u) << size;
        EXPECT_EQ(heap.usable_size(block), size);
    }
}

TEST(Buddy, BuddiesMergeAgain) {
    PageStore store(300);
    Checked heap(FakePages{&store});
    void* large = heap.allocate(128 * 1024);
    heap.deallocate(large);
    const size_t before = heap.stats().largest_free;
    std::vector<void*> pages;
    for (int i = 0; i < 40; i++)
        pages.push_back(heap.allocate(4096));
    for (int i = 0; i < 40; i++)
        heap.deallocate(pages[static_cast<size_t>(i * 7 % 40)]);
    EXPECT_EQ(heap.stats().largest_free, before);
    EXPECT_TRUE(heap.verify());
}

TEST(Buddy, VeryLargeBlocksAreExactRuns) {
    PageStore store(1024);
    Plain heap(FakePages{&store});
    void* block = heap.allocate(700 * 4096);
    ASSERT_NE(block, nullptr);
    EXPECT_EQ(store.live_pages(), 701u);
    heap.deallocate(block);
    EXPECT_EQ(store.live_pages(), 0u);
}

TEST(Buddy, ReallocateUsesTheFreeUpperBuddy) {
    PageStore store(64);
    Plain heap(FakePages{&store});
    void* block = heap.allocate(4 * 4096);
    EXPECT_EQ(heap.reallocate(block, 4096), block);
    EXPECT_EQ(heap.reallocate(block, 2 * 4096), block);
    EXPECT_EQ(heap.reallocate(block, 4 * 4096), block);
    EXPECT_TRUE(heap.verify());
}

TEST(Buddy, AHeapInACallersBuffer) {
    std::vector<char> buffer(100000);
    uk_alloc* heap = uk_allocbbuddy_init(buffer.data(), buffer.size());
    ASSERT_NE(heap, nullptr);
    EXPECT_STREQ(uk_alloc_name(heap), "bbuddy");
    for (int round = 0; round < 3; round++) {
        std::vector<void*> blocks;
        while (void* block = uk_malloc(heap, 3000))
            blocks.push_back(block);
        EXPECT_GE(blocks.size(), 15u) << round;
        for (void* block : blocks)
            uk_free(heap, block);
    }
    EXPECT_EQ(uk_allocbbuddy_init(buffer.data(), 50), nullptr);
}

TEST(BuddyDeath, BadFreesAreFound) {
    PageStore store(1024);
    Checked heap(FakePages{&store});
    char* pages = static_cast<char*>(heap.allocate(3 * 4096));
    EXPECT_DEATH(heap.deallocate(pages + 4096), "never allocated");
    heap.deallocate(pages);
    EXPECT_DEATH(heap.deallocate(pages), "freed twice");
    char* small = static_cast<char*>(heap.allocate(100));
    EXPECT_DEATH(heap.deallocate(small + 16), "never allocated");
    EXPECT_DEATH(heap.deallocate(small + 128), "never allocated");
    void* other = heap.allocate(100);
    heap.deallocate(small);
    EXPECT_DEATH(heap.deallocate(small), "freed twice");
    heap.deallocate(other);
    char* large = static_cast<char*>(heap.allocate(1 << 20));
    EXPECT_DEATH(heap.deallocate(large + 64), "never allocated");
    heap.deallocate(large);
}

} // namespace
