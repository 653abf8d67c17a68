// SPDX-License-Identifier: BSD-3-Clause
// TlsfHeap: the common suite in three configurations, and what only this heap promises.
#include <uk/alloc/conformance.hpp>
#include <uk/alloctlsf.h>
#include <uk/alloctlsf/tlsf_heap.hpp>

#include <uk/alloc.h>

namespace {

using uk::TlsfHeap;
using uk::TlsfOptions;
using uk::fakes::FakePages;
using uk::fakes::PageStore;
using uk::tlsf::Index;

using Plain = TlsfHeap<FakePages>;
using Strict = TlsfHeap<FakePages, TlsfOptions{.waiting_blocks = 0}>;
using Checked = TlsfHeap<FakePages, TlsfOptions{.waiting_blocks = 64, .checks = true}>;
using StrictChecked = TlsfHeap<FakePages, TlsfOptions{.waiting_blocks = 0, .checks = true}>;
using Heaps = testing::Types<Plain, Strict, Checked, StrictChecked>;
INSTANTIATE_TYPED_TEST_SUITE_P(Tlsf, HeapConformance, Heaps);

TEST(TlsfIndex, ClassesCoverAllSizesInOrder) {
    unsigned last = 0;
    for (size_t bytes = 32; bytes <= Index::kMaxBlock / 2; bytes += 16 + bytes / 64 / 16 * 16) {
        const unsigned size_class = Index::class_of(bytes);
        ASSERT_GE(size_class, last);
        ASSERT_LT(size_class, Index::kClasses);
        // A search for `bytes` starts at a class in which no block is smaller.
        const unsigned search = Index::class_at_least(bytes);
        ASSERT_GE(search, size_class);
        ASSERT_LE(search, size_class + 1);
        ASSERT_LT(Index::class_of(bytes - 16), search) << bytes;
        last = size_class;
    }
}

TEST(TlsfIndex, FindsTheNextClassInAnyWord) {
    Index index;
    alignas(16) uk::tlsf::Word memory[2][8] = {};
    auto* low = reinterpret_cast<uk::tlsf::Block*>(&memory[0][1]);
    auto* high = reinterpret_cast<uk::tlsf::Block*>(&memory[1][1]);
    EXPECT_EQ(index.find(0), Index::kNone);
    index.insert(low, 3);
    index.insert(high, 500);
    EXPECT_EQ(index.find(0), 3u);
    EXPECT_EQ(index.find(3), 3u);
    EXPECT_EQ(index.find(4), 500u);
    EXPECT_EQ(index.find(500), 500u);
    EXPECT_EQ(index.find(501), Index::kNone);
    EXPECT_TRUE(index.bitmaps_agree());
    index.remove(high, 500);
    EXPECT_EQ(index.find(4), Index::kNone);
    EXPECT_TRUE(index.bitmaps_agree());
}

TEST(Tlsf, FreedBlockOfTheSameSizeComesBackAtOnce) {
    PageStore store(64);
    Plain heap(FakePages{&store});
    for (size_t size : {1, 64, 1000, 4096, 65536}) {
        void* block = heap.allocate(size);
        heap.deallocate(block);
        EXPECT_EQ(heap.allocate(size), block) << size;
        heap.deallocate(block);
    }
}

// All that get the least block, however little they ask for.
TEST(Tlsf, TheSmallestBlocksComeBackAtOnceToo) {
    PageStore store(64);
    Plain heap(FakePages{&store});
    for (size_t freed : {0, 1, 8, 9, 24}) {
        for (size_t wanted : {0, 1, 8, 9, 24}) {
            void* block = heap.allocate(freed);
            void* behind = heap.allocate(100);
            heap.deallocate(block);
            void* again = heap.allocate(wanted);
            EXPECT_EQ(again, block) << freed << ", then " << wanted;
            EXPECT_TRUE(heap.verify());
            heap.deallocate(again);
            heap.deallocate(behind);
        }
    }
}

TEST(Tlsf, WaitingBlocksAreMergedBeforePagesAreAsked) {
    PageStore store(16);
    Plain heap(FakePages{&store});
    std::vector<void*> blocks;
    while (void* block = heap.allocate(512))
        blocks.push_back(block);
    const size_t keep = blocks.size() > 100 ? blocks.size() - 100 : 0;
    for (size_t i = keep; i < blocks.size(); i++)
        heap.deallocate(blocks[i]);
    EXPECT_NE(heap.allocate(50 * 512), nullptr);
    EXPECT_TRUE(heap.verify());
}

TEST(Tlsf, NoMoreBlocksWaitThanConfigured) {
    PageStore store(64);
    Checked heap(FakePages{&store});
    std::vector<void*> blocks;
    for (int i = 0; i < 200; i++)
        blocks.push_back(heap.allocate(100));
    void* behind = heap.allocate(100);
    for (void* block : blocks)
        heap.deallocate(block);
    // 200 adjacent blocks of 112 bytes; all but 64 at most have become one.
    EXPECT_GE(heap.stats().largest_free, size_t{(200 - 65) * 112});
    heap.deallocate(behind);
}

TEST(Tlsf, AdjacentRunsBecomeOne) {
    PageStore store(2048);
    Strict heap(FakePages{&store});
    std::vector<void*> blocks;
    while (void* block = heap.allocate(3000))
        blocks.push_back(block);
    EXPECT_EQ(heap.stats().runs, 1u);
    for (void* block : blocks)
        heap.deallocate(block);
    EXPECT_EQ(heap.stats().largest_free, 2048 * uk::kPageSize - uk::tlsf::kRunOverhead);
}

// Hands out runs from the top down.
struct Downwards {
    PageStore* store;
    char* top;
    uk::Result<void*> allocate_pages(size_t pages) {
        if (size_t(top - store->base()) < pages * uk::kPageSize)
            return uk::Errno::nomem;
        return top -= pages * uk::kPageSize;
    }
    void free_pages(void*, size_t) {}
    static constexpr bool kReturnable = false;
};

TEST(Tlsf, RunsThatGrowDownwardsMergeToo) {
    PageStore store(512);
    TlsfHeap<Downwards, TlsfOptions{.checks = true}> heap(
        Downwards{&store, const_cast<char*>(store.base()) + 512 * uk::kPageSize});
    uk::heap_test::Shadow shadow(heap);
    while (shadow.allocate(7000)) {
    }
    EXPECT_EQ(heap.stats().runs, 1u);
    shadow.check_all();
    shadow.deallocate_all();
    heap.trim();
    EXPECT_TRUE(heap.verify());
    EXPECT_GE(heap.stats().largest_free, 511 * uk::kPageSize);
}

TEST(Tlsf, LargeRunGoesBackWhenItsBlockIsFreed) {
    PageStore store(4096, PageStore::Order::scattered);
    Plain heap(FakePages{&store});
    void* small = heap.allocate(60000);
    const size_t before = store.live_pages();
    void* large = heap.allocate(8 << 20);
    EXPECT_GE(store.live_pages(), before + 2048);
    heap.deallocate(large);
    EXPECT_EQ(store.live_pages(), before);
    heap.deallocate(small);
    EXPECT_EQ(store.live_pages(), before) << "a small run is kept until trim()";
    EXPECT_EQ(heap.trim(), before * uk::kPageSize);
    EXPECT_EQ(store.live_pages(), 0u);
}

TEST(Tlsf, ReallocateGrowsIntoTheFreeNeighbour) {
    PageStore store(64);
    Strict heap(FakePages{&store});
    void* first = heap.allocate(500);
    void* second = heap.allocate(500);
    void* third = heap.allocate(500);
    heap.deallocate(second);
    EXPECT_EQ(heap.reallocate(first, 900), first);
    EXPECT_NE(heap.reallocate(first, 2000), first);
    heap.deallocate(third);
    EXPECT_TRUE(heap.verify());
}

TEST(Tlsf, AHeapInACallersBuffer) {
    std::vector<char> buffer(200000);
    uk_alloc* heap = uk_alloctlsf_init(buffer.data() + 5, buffer.size() - 5);
    ASSERT_NE(heap, nullptr);
    EXPECT_STREQ(uk_alloc_name(heap), "tlsf");
    char* block = static_cast<char*>(uk_malloc(heap, 100000));
    ASSERT_NE(block, nullptr);
    EXPECT_GE(block, buffer.data());
    EXPECT_LE(block + 100000, buffer.data() + buffer.size());
    EXPECT_EQ(uk_malloc(heap, 100000), nullptr);
    uk_free(heap, block);
    EXPECT_EQ(uk_alloc_trim(heap), 0u) << "a buffer takes nothing back";
    EXPECT_NE(uk_malloc(heap, 120000), nullptr);
    EXPECT_EQ(uk_alloctlsf_init(buffer.data(), 100), nullptr);
    EXPECT_EQ(uk_alloctlsf_init(nullptr, 100000), nullptr);
}

class TlsfDeath : public testing::Test {
  protected:
    PageStore store_{256};
    Checked heap_{FakePages{&store_}};
    Plain plain_{FakePages{&store_}};
};

TEST_F(TlsfDeath, DoubleFreeIsAlwaysFound) {
    for (size_t size : {10, 500, 5000, 200000}) {
        void* block = plain_.allocate(size);
        void* wall = plain_.allocate(size);
        plain_.deallocate(block);
        EXPECT_DEATH(plain_.deallocate(block), "freed twice") << size;
        plain_.deallocate(wall);
        EXPECT_DEATH(plain_.deallocate(wall), "freed twice") << size;
    }
}

TEST_F(TlsfDeath, DoubleFreeAfterMergingIsFound) {
    void* first = plain_.allocate(300000);
    void* second = plain_.allocate(300000);
    void* wall = plain_.allocate(300000);
    plain_.deallocate(first);
    plain_.deallocate(second); // merged into the first: its header is inside a free block now
    EXPECT_DEATH(plain_.deallocate(second), "freed twice");
    plain_.deallocate(wall);
}

TEST_F(TlsfDeath, PointerIntoABlock) {
    char* block = static_cast<char*>(heap_.allocate(100));
    std::memset(block, 0, 100);
    EXPECT_DEATH(heap_.deallocate(block + 16), "damaged block header");
    EXPECT_DEATH(heap_.deallocate(block + 5), "never allocated");
    EXPECT_DEATH((void)heap_.reallocate(block + 32, 50), "damaged block header");
}

TEST_F(TlsfDeath, WriteBeforeTheBlock) {
    auto* block = static_cast<uint64_t*>(heap_.allocate(100));
    block[-1] += 16;
    EXPECT_DEATH(heap_.deallocate(block), "damaged block header");
}

TEST_F(TlsfDeath, WriteBehindTheBlockIsFoundWhenItIsFreed) {
    auto* block = static_cast<char*>(heap_.allocate(100));
    block[heap_.usable_size(block)] ^= 0x20;
    EXPECT_DEATH(heap_.deallocate(block), "damaged block header");
}

TEST_F(TlsfDeath, VerifyFindsAWriteIntoAFreeBlock) {
    auto* block = static_cast<uint64_t*>(heap_.allocate(300000));
    void* wall = heap_.allocate(1000);
    heap_.deallocate(block);
    EXPECT_TRUE(heap_.verify());
    block[1] = 0x1234;
    EXPECT_FALSE(heap_.verify());
    heap_.deallocate(wall);
}

} // namespace
