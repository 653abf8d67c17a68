// SPDX-License-Identifier: BSD-3-Clause
// The assembly memcpy, memmove and memset under the suite of lib/base.
#include "lib/base/tests/mem_suite.hpp"

extern "C" {
void* uk_arch_memcpy(void*, const void*, size_t);
void* uk_arch_memmove(void*, const void*, size_t);
void* uk_arch_memset(void*, int, size_t);
}

namespace {

TEST(ArchMem, Copy) {
    mem_suite::check_copy(uk_arch_memcpy);
}

TEST(ArchMem, Move) {
    mem_suite::check_move(uk_arch_memmove);
}

TEST(ArchMem, Set) {
    mem_suite::check_set(uk_arch_memset);
}

// Both ways of large blocks: fast strings, and the loop where they would be slow.
TEST(ArchMem, CopyAtEveryOffsetInAPage) {
    std::mt19937 random(7);
    mem_suite::Guarded from(16384);
    mem_suite::Guarded to(4096);
    mem_suite::fill_random(from.begin(), from.size(), random);
    for (size_t offset = 0; offset < 4096; offset += offset < 80 ? 1 : 37)
        mem_suite::copy_once(uk_arch_memcpy, to, 100, from.begin() + offset, 3000 + offset % 60);
}

} // namespace
