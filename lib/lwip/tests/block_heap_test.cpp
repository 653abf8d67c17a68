// SPDX-License-Identifier: BSD-3-Clause
// Host tests of lwIP's memory.
#include <uk/lwip/block_heap.hpp>

#include <uk/fakes/frames.hpp>

#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <random>

using uk::lwip::BlockHeap;

namespace {

TEST(BlockHeap, GivesBlocksThatDoNotMeet) {
    const size_t before = uk::fakes::frames_live();
    BlockHeap heap(16 << 20);
    std::map<char*, size_t> blocks;
    std::minstd_rand random(1);
    for (unsigned i = 0; i < 20'000; i++) {
        if (blocks.size() < 200 || random() % 2 != 0) {
            const size_t size = 1 + random() % (i % 100 == 0 ? 70'000 : 3'000);
            auto* block = static_cast<char*>(heap.allocate(size));
            ASSERT_NE(block, nullptr);
            ASSERT_EQ(reinterpret_cast<uintptr_t>(block) % 16, 0u);
            std::memset(block, static_cast<int>(size), size);
            auto [at, is_new] = blocks.emplace(block, size);
            ASSERT_TRUE(is_new);
            if (at != blocks.begin()) {
                ASSERT_LE(std::prev(at)->first + std::prev(at)->second, block);
            }
            if (std::next(at) != blocks.end()) {
                ASSERT_LE(block + size, std::next(at)->first);
            }
        } else {
            auto at = std::next(blocks.begin(), static_cast<long>(random() % blocks.size()));
            for (size_t k = 0; k < at->second; k += 61)
                ASSERT_EQ(at->first[k], static_cast<char>(at->second));
            heap.deallocate(at->first);
            blocks.erase(at);
        }
    }
    for (auto [block, size] : blocks)
        heap.deallocate(block);
    EXPECT_EQ(heap.stats().used_bytes, 0u);
    heap.trim();
    EXPECT_EQ(heap.stats().held_bytes, 0u);
    EXPECT_EQ(uk::fakes::frames_live(), before);
}

TEST(BlockHeap, RefusesBeyondItsLimitAndRecovers) {
    BlockHeap heap(64 << 10);
    void* first = heap.allocate(16'000);
    void* others[3] = {heap.allocate(16'000), heap.allocate(16'000), heap.allocate(16'000)};
    for (void* other : others)
        ASSERT_NE(other, nullptr);
    EXPECT_EQ(heap.allocate(16'000), nullptr);
    EXPECT_EQ(heap.allocate(1 << 20), nullptr);
    EXPECT_GE(heap.stats().refused, 1u);
    heap.deallocate(first);
    first = heap.allocate(16'000);
    EXPECT_NE(first, nullptr);
    heap.deallocate(first);
    for (void* other : others)
        heap.deallocate(other);
    heap.deallocate(nullptr);
    heap.trim();
}

TEST(BlockHeap, RefusesWithoutFrames) {
    BlockHeap heap(1 << 20);
    uk::fakes::frames_fail_at(1);
    EXPECT_EQ(heap.allocate(100), nullptr);
    uk::fakes::frames_fail_at(1);
    EXPECT_EQ(heap.allocate(100'000), nullptr);
    uk::fakes::frames_fail_at(0);
    void* block = heap.allocate(100);
    EXPECT_NE(block, nullptr);
    heap.deallocate(block);
    heap.trim();
    EXPECT_EQ(heap.stats().refused, 2u);
}

// A burst's chunks go back by themselves; one stays, so that the next block is cheap.
TEST(BlockHeap, KeepsOneFreeChunkOfASize) {
    BlockHeap heap(16 << 20);
    void* blocks[100];
    for (void*& block : blocks)
        block = heap.allocate(1'600);
    EXPECT_GE(heap.stats().held_bytes, 160'000u);
    for (void* block : blocks)
        heap.deallocate(block);
    EXPECT_EQ(heap.stats().held_bytes, 32u << 10);
    heap.trim();
}

} // namespace
