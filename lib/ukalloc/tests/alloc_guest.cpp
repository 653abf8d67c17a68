// SPDX-License-Identifier: BSD-3-Clause
// The image's real heap on its real frames: what the host's fakes cannot show.
#include <uk/alloc/heap.hpp>
#include <uk/falloc/frame_allocator.hpp>
#include <uk/string.h>
#include <uk/test.hpp>

UK_TEST(default_heap_serves_all_sizes)
{
    constexpr size_t kBlocks = 64;
    unsigned char* blocks[kBlocks] = {};
    size_t size = 1;
    for (size_t i = 0; i < kBlocks; i++, size = size * 5 / 4 + 1) {
        blocks[i] = static_cast<unsigned char*>(uk::heap::allocate(size % 20000));
        UK_TEST_ASSERT(blocks[i] != nullptr);
        memset(blocks[i], static_cast<int>(i), size % 20000);
    }
    UK_TEST_EXPECT(uk::heap::verify());
    size = 1;
    for (size_t i = 0; i < kBlocks; i++, size = size * 5 / 4 + 1) {
        for (size_t at = 0; at < size % 20000; at += 61)
            UK_TEST_EXPECT(blocks[i][at] == i);
        uk::heap::deallocate(blocks[i]);
    }
    UK_TEST_EXPECT(uk::heap::verify());
}

// Every frame can be had, written, and given back; then the heap can still grow.
UK_TEST(quarter_of_memory_is_writable_in_one_block)
{
    const size_t quarter = static_cast<size_t>(uk::falloc::stats().free_bytes) / 4;
    auto* block = static_cast<unsigned char*>(uk::heap::allocate(quarter));
    UK_TEST_ASSERT(block != nullptr);
    for (size_t at = 0; at < quarter; at += uk::kPageSize)
        block[at] = static_cast<unsigned char>(at >> uk::kPageShift);
    for (size_t at = 0; at < quarter; at += uk::kPageSize)
        UK_TEST_EXPECT(block[at] == static_cast<unsigned char>(at >> uk::kPageShift));
    uk::heap::deallocate(block);
    UK_TEST_EXPECT(uk::heap::verify());
}

UK_TEST(no_memory_is_a_null_pointer)
{
    const size_t all = static_cast<size_t>(uk::falloc::stats().total_bytes);
    UK_TEST_EXPECT(uk::heap::allocate(all + 1) == nullptr);
    void* block = uk::heap::allocate(100);
    UK_TEST_EXPECT(block != nullptr);
    UK_TEST_EXPECT(uk::heap::reallocate(block, all + 1) == nullptr);
    uk::heap::deallocate(block);
}
