// SPDX-License-Identifier: BSD-3-Clause
// Guest tests: malloc and its family as the image's C library has them.
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <uk/test.hpp>

namespace {

// The compiler knows these functions: it warns of sizes, and leaves out what is only compared.
template <class T>
T hidden(T value) {
    T volatile same = value;
    return same;
}

bool is_aligned(const void* block, uintptr_t to) {
    return reinterpret_cast<uintptr_t>(block) % to == 0;
}

} // namespace

UK_TEST(sizes_that_overflow_are_enomem)
{
    errno = 0;
    UK_TEST_EXPECT(hidden(calloc(hidden(SIZE_MAX / 2), 3)) == nullptr);
    UK_TEST_EXPECT_EQ(errno, ENOMEM);
    void* block = malloc(8);
    errno = 0;
    UK_TEST_EXPECT(hidden(reallocarray(block, hidden(SIZE_MAX / 2), 3)) == nullptr);
    UK_TEST_EXPECT_EQ(errno, ENOMEM);
    free(block); // it is still there
    errno = 0;
    UK_TEST_EXPECT(hidden(malloc(hidden(SIZE_MAX / 2))) == nullptr);
    UK_TEST_EXPECT_EQ(errno, ENOMEM);
}

UK_TEST(arrays_grow_and_keep_what_is_in_them)
{
    auto* numbers = static_cast<unsigned*>(reallocarray(nullptr, 10, sizeof(unsigned)));
    UK_TEST_ASSERT(numbers != nullptr);
    for (unsigned i = 0; i < 10; i++)
        numbers[i] = i * 7;
    numbers = static_cast<unsigned*>(reallocarray(numbers, 10'000, sizeof(unsigned)));
    UK_TEST_ASSERT(numbers != nullptr);
    for (unsigned i = 0; i < 10; i++)
        UK_TEST_EXPECT_EQ(numbers[i], i * 7);
    UK_TEST_EXPECT(realloc(numbers, hidden<size_t>(0)) == nullptr);
}

UK_TEST(calloc_gives_zeros)
{
    void* dirty = malloc(500);
    memset(dirty, 0xa5, 500);
    free(dirty);
    auto* block = static_cast<unsigned char*>(calloc(5, 100));
    UK_TEST_ASSERT(block != nullptr);
    unsigned sum = 0;
    for (size_t i = 0; i < 500; i++)
        sum += block[i];
    UK_TEST_EXPECT_EQ(sum, 0U);
    free(block);
}

UK_TEST(alignments)
{
    for (size_t alignment = 1; alignment <= 65536; alignment *= 2) {
        void* block = aligned_alloc(alignment, 100);
        UK_TEST_EXPECT(block != nullptr && is_aligned(block, alignment));
        free(block);
    }
    errno = 0;
    UK_TEST_EXPECT(hidden(aligned_alloc(hidden<size_t>(24), 48)) == nullptr);
    UK_TEST_EXPECT_EQ(errno, EINVAL);
    errno = 0;
    void* block = &errno;
    UK_TEST_EXPECT_EQ(posix_memalign(&block, hidden<size_t>(4), 8), EINVAL); // less than a pointer
    UK_TEST_EXPECT_EQ(posix_memalign(&block, 64, hidden(SIZE_MAX / 2)), ENOMEM);
    UK_TEST_EXPECT(block == &errno && errno == 0);
    UK_TEST_EXPECT_EQ(posix_memalign(&block, 64, 8), 0);
    UK_TEST_EXPECT(is_aligned(block, 64));
    free(block);
}
