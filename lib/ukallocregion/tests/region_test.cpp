// SPDX-License-Identifier: BSD-3-Clause
// RegionHeap: the common suite, and what only this heap promises.
#include <uk/alloc.h>
#include <uk/alloc/conformance.hpp>
#include <uk/allocregion.h>
#include <uk/allocregion/region_heap.hpp>

namespace {

using uk::RegionHeap;
using uk::RegionOptions;
using uk::fakes::FakePages;
using uk::fakes::PageStore;

using Plain = RegionHeap<FakePages>;
using Checked = RegionHeap<FakePages, RegionOptions{.checks = true}>;
using Heaps = testing::Types<Plain, Checked>;
INSTANTIATE_TYPED_TEST_SUITE_P(Region, HeapConformance, Heaps);

TEST(Region, BlocksFollowEachOther) {
    PageStore store(64);
    Plain heap(FakePages{&store});
    char* first = static_cast<char*>(heap.allocate(40));
    EXPECT_EQ(heap.allocate(1), first + 48);
    EXPECT_EQ(heap.allocate(24), first + 64);
    EXPECT_EQ(heap.allocate(24), first + 96);
}

TEST(Region, OnlyTheLastBlockComesBack) {
    PageStore store(64);
    Plain heap(FakePages{&store});
    void* first = heap.allocate(100);
    void* second = heap.allocate(100);
    heap.deallocate(first);
    void* third = heap.allocate(100);
    EXPECT_NE(third, first);
    heap.deallocate(third);
    EXPECT_EQ(heap.allocate(100), third);
    heap.deallocate(second);
    EXPECT_TRUE(heap.verify());
}

TEST(Region, LastBlockGrowsInPlaceOverManyRuns) {
    PageStore store(1024);
    Plain heap(FakePages{&store});
    void* block = heap.allocate(100);
    (void)heap.reallocate(block, 60000);
    EXPECT_EQ(heap.reallocate(block, 61000), block);
}

TEST(Region, ALargeBlockDoesNotWasteTheRestOfTheRun) {
    PageStore store(1024, PageStore::Order::scattered);
    Plain heap(FakePages{&store});
    char* first = static_cast<char*>(heap.allocate(100));
    (void)heap.allocate(100000); // a run of its own
    EXPECT_EQ(heap.allocate(100), first + 112);
}

TEST(Region, TrimGivesUntouchedPagesBack) {
    PageStore store(64);
    Plain heap(FakePages{&store});
    void* block = heap.allocate(5000);
    EXPECT_EQ(store.live_pages(), 16u);
    EXPECT_EQ(heap.trim(), 14 * uk::kPageSize);
    EXPECT_EQ(store.live_pages(), 2u);
    EXPECT_EQ(heap.trim(), 0u);
    EXPECT_NE(heap.reallocate(block, 5100), nullptr);
    EXPECT_NE(heap.allocate(5000), nullptr);
    EXPECT_TRUE(heap.verify());
}

TEST(Region, AHeapInACallersBuffer) {
    std::vector<char> buffer(40000);
    uk_alloc* heap = uk_allocregion_init(buffer.data(), buffer.size());
    ASSERT_NE(heap, nullptr);
    EXPECT_STREQ(uk_alloc_name(heap), "region");
    EXPECT_NE(uk_malloc(heap, 30000), nullptr);
    EXPECT_EQ(uk_malloc(heap, 30000), nullptr);
    EXPECT_EQ(uk_allocregion_init(buffer.data(), 50), nullptr);
}

TEST(RegionDeath, ChecksFindBadFrees) {
    PageStore store(64);
    Checked heap(FakePages{&store});
    auto* block = static_cast<uint64_t*>(heap.allocate(100));
    void* wall = heap.allocate(10);
    EXPECT_DEATH(heap.deallocate(block + 2), "damaged block header");
    EXPECT_DEATH(heap.deallocate(reinterpret_cast<char*>(block) + 3), "damaged block header");
    heap.deallocate(block);
    EXPECT_DEATH(heap.deallocate(block), "freed twice");
    block[13] = 0; // past its end
    EXPECT_DEATH(heap.deallocate(wall), "damaged block header");
}

} // namespace
