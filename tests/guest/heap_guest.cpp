// SPDX-License-Identifier: BSD-3-Clause
// Guest tests: the default heap over the machine's real memory.
#include <uk/alloc.h>
#include <uk/test.hpp>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

namespace {

uint32_t g_random = 1;

uint32_t next_random() {
    g_random = g_random * 1664525 + 1013904223;
    return g_random >> 8;
}

} // namespace

UK_TEST(heap_blocks_keep_their_contents)
{
    constexpr size_t kSlots = 64;
    static unsigned char* blocks[kSlots];
    static size_t sizes[kSlots];
    unsigned damaged = 0;
    unsigned refused = 0;
    for (int round = 0; round < 5000; round++) {
        const size_t i = next_random() % kSlots;
        if (blocks[i] != nullptr) {
            for (size_t at = 0; at < sizes[i]; at++) {
                damaged += blocks[i][at] == static_cast<unsigned char>(i + sizes[i]) ? 0 : 1;
            }
            free(blocks[i]);
        }
        sizes[i] = 1 + next_random() % 2000;
        blocks[i] = static_cast<unsigned char*>(malloc(sizes[i]));
        if (blocks[i] == nullptr) {
            refused++;
        } else {
            memset(blocks[i], static_cast<int>(i + sizes[i]), sizes[i]);
        }
    }
    for (unsigned char*& block : blocks) {
        free(block);
        block = nullptr;
    }
    UK_TEST_EXPECT_EQ(damaged, 0);
    UK_TEST_EXPECT_EQ(refused, 0);
}

UK_TEST(heap_aligns)
{
    for (size_t align = sizeof(void*); align <= 4096; align *= 2) {
        void* block = aligned_alloc(align, align);
        UK_TEST_ASSERT(block != nullptr);
        UK_TEST_EXPECT_EQ(reinterpret_cast<uintptr_t>(block) % align, 0);
        free(block);
    }
}

UK_TEST(heap_says_no_and_goes_on)
{
    volatile size_t most = SIZE_MAX; // what the compiler sees, it warns about
    // An allocation that is only compared needs not be made.
    void* volatile got[] = {malloc(most), malloc(most / 2), calloc(most / 2, 4)};
    UK_TEST_EXPECT(got[0] == nullptr);
    UK_TEST_EXPECT(got[1] == nullptr);
    UK_TEST_EXPECT(got[2] == nullptr);
    void* block = malloc(100);
    UK_TEST_EXPECT(block != nullptr);
    free(block);
}

UK_TEST(calloc_gives_zeros_in_used_memory)
{
    constexpr size_t kSize = 3000;
    void* dirty = malloc(kSize);
    UK_TEST_ASSERT(dirty != nullptr);
    memset(dirty, 0xff, kSize);
    free(dirty);
    auto* clean = static_cast<unsigned char*>(calloc(kSize / 4, 4));
    UK_TEST_ASSERT(clean != nullptr);
    unsigned ones = 0;
    for (size_t i = 0; i < kSize; i++) {
        ones += clean[i] == 0 ? 0 : 1;
    }
    free(clean);
    UK_TEST_EXPECT_EQ(ones, 0);
}
