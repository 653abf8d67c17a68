// SPDX-License-Identifier: BSD-3-Clause
// Guest tests: mimalloc on this machine's page tables.
#include <uk/alloc/heap.hpp>
#include <uk/falloc/frame_allocator.hpp>
#include <uk/string.h>
#include <uk/test.hpp>
#include <uk/vmem.hpp>
#include <uk/vmem/kernel_window.hpp>

UK_TEST(mimalloc_lives_in_the_window)
{
    void* block = uk::heap::allocate(100);
    UK_TEST_ASSERT(block != nullptr);
    UK_TEST_EXPECT(uk::vmem::window::range().contains(uk::Vaddr::of(block)));
    UK_TEST_EXPECT(!uk::vmem::range().contains(uk::Vaddr::of(block)));
    uk::heap::deallocate(block);
}

UK_TEST(mimalloc_gives_frames_back)
{
    (void)uk::heap::trim();
    const uint64_t before = uk::falloc::stats().free_bytes;
    const size_t held = uk::heap::stats().total_bytes;
    void* block = uk::heap::allocate(20 << 20); // a segment of its own
    UK_TEST_ASSERT(block != nullptr);
    memset(block, 1, 20 << 20);
    UK_TEST_EXPECT(uk::falloc::stats().free_bytes <= before - (20 << 20));
    uk::heap::deallocate(block);
    UK_TEST_EXPECT_EQ(uk::heap::stats().total_bytes, held);
    UK_TEST_EXPECT(uk::falloc::stats().free_bytes + (1 << 20) >= before);
}

// All RAM is asked for in pieces; what is there is used, the rest refused, and all comes back.
UK_TEST(mimalloc_runs_out_and_recovers)
{
    constexpr size_t kSize = 1 << 20;
    (void)uk::heap::trim();
    const size_t held = uk::heap::stats().total_bytes;
    void* list = nullptr;
    size_t count = 0;
    for (void* block; (block = uk::heap::allocate(kSize)) != nullptr; count++) {
        memcpy(block, &list, sizeof list);
        list = block;
    }
    UK_TEST_EXPECT(count > 0);
    UK_TEST_EXPECT(uk::falloc::stats().free_bytes < 2 * kSize);
    UK_TEST_EXPECT(uk::heap::allocate(kSize) == nullptr);
    UK_TEST_EXPECT(uk::heap::verify());
    while (list != nullptr) {
        void* block = list;
        memcpy(&list, block, sizeof list);
        uk::heap::deallocate(block);
    }
    (void)uk::heap::trim();
    UK_TEST_EXPECT(uk::heap::stats().total_bytes <= held + (1 << 20));
    void* again = uk::heap::allocate(kSize);
    UK_TEST_EXPECT(again != nullptr);
    uk::heap::deallocate(again);
}
