// SPDX-License-Identifier: BSD-3-Clause
// <uk/alloc.h>: the default heap and a further one through the same C functions.
#include <gtest/gtest.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

#include <uk/alloc.h>
#include <uk/alloc/c_handle.hpp>
#include <uk/allocregion/region_heap.hpp>

#include "bound_heap.hpp"

namespace {

using Further = uk::RegionHeap<uk::SpanPages>;

class CFace : public testing::TestWithParam<bool> {
  protected:
    std::vector<char> buffer_ = std::vector<char>(1 << 20);
    Further heap_{uk::SpanPages(buffer_.data(), buffer_.size())};
    uk::AllocatorOf<Further> face_{heap_, "further"};
    uk_alloc* a_ = GetParam() ? uk_alloc_get_default() : uk::c_handle(face_);
};

TEST_P(CFace, AllocatesAndFrees) {
    auto* block = static_cast<char*>(uk_malloc(a_, 100));
    ASSERT_NE(block, nullptr);
    EXPECT_GE(uk_malloc_usable_size(a_, block), 100u);
    std::memset(block, 7, 100);
    block = static_cast<char*>(uk_realloc(a_, block, 5000));
    ASSERT_NE(block, nullptr);
    EXPECT_EQ(block[99], 7);
    uk_free(a_, block);
    uk_free(a_, nullptr);
    EXPECT_NE(uk_malloc(a_, 0), nullptr);
}

TEST_P(CFace, CallocClearsAndChecksTheProduct) {
    void* dirty = uk_malloc(a_, 640);
    std::memset(dirty, 0xff, 640);
    uk_free(a_, dirty);
    auto* block = static_cast<unsigned char*>(uk_calloc(a_, 80, 8));
    ASSERT_NE(block, nullptr);
    for (int i = 0; i < 640; i++)
        ASSERT_EQ(block[i], 0);
    EXPECT_EQ(uk_calloc(a_, SIZE_MAX / 2, 3), nullptr);
    EXPECT_EQ(uk_calloc(a_, (size_t{1} << 32) + 1, size_t{1} << 32), nullptr);
    EXPECT_NE(uk_calloc(a_, 0, SIZE_MAX), nullptr);
}

TEST_P(CFace, AlignedBlocks) {
    for (size_t align = 1; align <= 65536; align *= 2) {
        void* block = uk_memalign(a_, align, 10);
        ASSERT_NE(block, nullptr) << align;
        EXPECT_EQ(reinterpret_cast<uintptr_t>(block) % align, 0u);
    }
    EXPECT_EQ(uk_memalign(a_, 48, 10), nullptr);
    void* block = &a_;
    EXPECT_EQ(uk_posix_memalign(a_, &block, 4, 10), EINVAL);
    EXPECT_EQ(uk_posix_memalign(a_, &block, 24, 10), EINVAL);
    EXPECT_EQ(uk_posix_memalign(a_, &block, 0, 10), EINVAL);
    EXPECT_EQ(uk_posix_memalign(a_, &block, 64, SIZE_MAX), ENOMEM);
    EXPECT_EQ(block, &a_) << "written on success only";
    EXPECT_EQ(uk_posix_memalign(a_, &block, 64, 10), 0);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(block) % 64, 0u);
}

TEST_P(CFace, Pages) {
    void* pages = uk_palloc(a_, 3);
    ASSERT_NE(pages, nullptr);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(pages) % 4096, 0u);
    uk_pfree(a_, pages, 3);
    EXPECT_EQ(uk_palloc(a_, 0), nullptr);
    EXPECT_EQ(uk_palloc(a_, ~0ul), nullptr);
    EXPECT_EQ(uk_palloc(a_, ~0ul / 4096 + 2), nullptr);
}

TEST_P(CFace, Figures) {
    uk_free(a_, uk_malloc(a_, 1000));
    EXPECT_GT(uk_alloc_availmem(a_), 1000u);
    EXPECT_GE(uk_alloc_availmem(a_), uk_alloc_maxalloc(a_));
    EXPECT_STREQ(uk_alloc_name(a_), GetParam() ? "tested" : "further");
}

INSTANTIATE_TEST_SUITE_P(Heaps, CFace, testing::Bool());

TEST(CFaceNull, NoHeapIsNoMemory) {
    void* block = nullptr;
    EXPECT_EQ(uk_malloc(nullptr, 1), nullptr);
    EXPECT_EQ(uk_calloc(nullptr, 1, 1), nullptr);
    EXPECT_EQ(uk_realloc(nullptr, nullptr, 1), nullptr);
    EXPECT_EQ(uk_memalign(nullptr, 16, 1), nullptr);
    EXPECT_EQ(uk_palloc(nullptr, 1), nullptr);
    EXPECT_EQ(uk_posix_memalign(nullptr, &block, 16, 1), EINVAL);
    EXPECT_EQ(uk_malloc_usable_size(nullptr, nullptr), 0u);
    EXPECT_EQ(uk_alloc_availmem(nullptr) + uk_alloc_maxalloc(nullptr) + uk_alloc_trim(nullptr), 0u);
    uk_free(nullptr, nullptr);
}

TEST(CFaceTrim, GivesPagesBack) {
    uk_alloc* a = uk_alloc_get_default();
    uk_free(a, uk_malloc(a, 300000));
    const size_t before = uk::heap_test::GlobalPages::store().live_pages();
    const size_t bytes = uk_alloc_trim(a);
    EXPECT_EQ(before - uk::heap_test::GlobalPages::store().live_pages(), bytes / 4096);
}

} // namespace
