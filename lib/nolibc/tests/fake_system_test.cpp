// SPDX-License-Identifier: BSD-3-Clause
// What stands below the library in its host tests besides tests/fakes: a heap that can fail, and
// the end of the image; and the tests of malloc's family.
#include <gtest/gtest.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <malloc.h>
#include <unistd.h>

#include <uk/alloc/heap.hpp>
#include <uk/boot.h>

#include "nolibc.hpp"

static long g_successes = -1; // allocations that still succeed; negative: all

void fake_heap_fail_after(long successes) {
    g_successes = successes;
}

static bool refuse(size_t size) {
    if (g_successes > 0) {
        g_successes--;
        return size > (size_t{1} << 40);
    }
    return g_successes == 0 || size > (size_t{1} << 40);
}

void* uk::heap::allocate(size_t size) {
    return refuse(size) ? nullptr : malloc(size);
}

void* uk::heap::allocate(size_t size, size_t align) {
    void* block = nullptr;
    if (!refuse(size) && posix_memalign(&block, align < 16 ? 16 : align, size) != 0) {
        block = nullptr;
    }
    return block;
}

void uk::heap::deallocate(void* block) {
    free(block);
}

void* uk::heap::reallocate(void* block, size_t size) {
    if (block != nullptr && size == 0) {
        free(block);
        return nullptr;
    }
    return refuse(size) ? nullptr : realloc(block, size);
}

size_t uk::heap::usable_size(const void* block) {
    return malloc_usable_size(const_cast<void*>(block));
}

extern "C" void uk_run_destructors() {
    fprintf(stderr, "destructors\n");
}

extern "C" void uk_exit(int status) {
    fprintf(stderr, "uk_exit(%d)\n", status);
    fflush(stderr);
    _exit(status);
}

namespace {

class Malloc : public testing::Test {
  protected:
    Malloc() { nolibc_errno = 0; }
    ~Malloc() override { fake_heap_fail_after(-1); }
};

TEST_F(Malloc, GivesMemory) {
    void* block = nolibc_malloc(100);
    ASSERT_NE(block, nullptr);
    memset(block, 1, 100);
    block = nolibc_realloc(block, 1000);
    ASSERT_NE(block, nullptr);
    EXPECT_EQ(static_cast<char*>(block)[99], 1);
    EXPECT_EQ(nolibc_realloc(block, 0), nullptr);
    EXPECT_EQ(nolibc_errno, 0);
    nolibc_free(nullptr);
}

TEST_F(Malloc, CallocClearsAndChecksTheProduct) {
    void* dirty = nolibc_malloc(64);
    memset(dirty, 0xff, 64);
    nolibc_free(dirty);
    char* block = static_cast<char*>(nolibc_calloc(8, 8));
    ASSERT_NE(block, nullptr);
    EXPECT_EQ(std::string(block, 64), std::string(64, '\0'));
    nolibc_free(block);
    EXPECT_EQ(nolibc_calloc(SIZE_MAX / 2, 3), nullptr);
    EXPECT_EQ(nolibc_errno, ENOMEM);
    nolibc_errno = 0;
    EXPECT_EQ(nolibc_reallocarray(nullptr, SIZE_MAX / 2, 3), nullptr);
    EXPECT_EQ(nolibc_errno, ENOMEM);
}

TEST_F(Malloc, FailureSetsErrnoAndKeepsTheBlock) {
    void* block = nolibc_malloc(10);
    fake_heap_fail_after(0);
    EXPECT_EQ(nolibc_malloc(10), nullptr);
    EXPECT_EQ(nolibc_errno, ENOMEM);
    nolibc_errno = 0;
    EXPECT_EQ(nolibc_realloc(block, 20), nullptr);
    EXPECT_EQ(nolibc_errno, ENOMEM);
    nolibc_errno = 0;
    EXPECT_EQ(nolibc_realloc(nullptr, 0), nullptr);
    EXPECT_EQ(nolibc_errno, ENOMEM);
    EXPECT_EQ(nolibc_calloc(1, 1), nullptr);
    EXPECT_EQ(nolibc_strdup("a"), nullptr);
    char* text = &reinterpret_cast<char&>(nolibc_errno);
    EXPECT_EQ(nolibc_asprintf(&text, "a"), -1);
    EXPECT_EQ(text, nullptr);
    nolibc_free(block);
}

TEST_F(Malloc, Aligned) {
    for (size_t align = 1; align <= 8192; align *= 2) {
        void* block = nolibc_aligned_alloc(align, 24);
        EXPECT_EQ(reinterpret_cast<uintptr_t>(block) % align, 0U);
        nolibc_free(block);
    }
    EXPECT_EQ(nolibc_aligned_alloc(24, 24), nullptr);
    EXPECT_EQ(nolibc_errno, EINVAL);
    EXPECT_EQ(nolibc_aligned_alloc(0, 24), nullptr);
    void* block = &block;
    void* before = block;
    EXPECT_EQ(nolibc_posix_memalign(&block, 4, 8), EINVAL);
    EXPECT_EQ(nolibc_posix_memalign(&block, 48, 8), EINVAL);
    fake_heap_fail_after(0);
    EXPECT_EQ(nolibc_posix_memalign(&block, 64, 8), ENOMEM);
    EXPECT_EQ(block, before);
    fake_heap_fail_after(-1);
    EXPECT_EQ(nolibc_posix_memalign(&block, 64, 8), 0);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(block) % 64, 0U);
    nolibc_free(block);
}

} // namespace
