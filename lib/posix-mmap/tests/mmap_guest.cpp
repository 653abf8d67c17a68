// SPDX-License-Identifier: BSD-3-Clause
// Guest tests: what mmap() gives, touched through this machine's page tables.
#include <uk/abi/errno.h>
#include <uk/abi/mman.h>
#include <uk/base/address.hpp>
#include <uk/hal/trap.hpp>
#include <uk/syscall.h>
#include <uk/test.hpp>
#include <uk/vmem.hpp>

namespace {

using namespace uk;

constexpr size_t kPage = kPageSize;
constexpr int kAnonymous = UK_MAP_PRIVATE | UK_MAP_ANONYMOUS;
constexpr int kReadWrite = UK_PROT_READ | UK_PROT_WRITE;

using Bytes = volatile uint8_t*;

long map(size_t pages, int prot = kReadWrite, int flags = kAnonymous, void* at = nullptr) {
    return uk_sys_mmap(at, pages * kPage, prot, flags, -1, 0);
}
void* pointer(Bytes at) {
    return const_cast<uint8_t*>(at);
}
bool readable(Bytes at) {
    uint8_t byte = 0;
    return hal::probe_read(&byte, reinterpret_cast<uintptr_t>(at), 1) == 1;
}

} // namespace

UK_TEST(mmap_gives_zeros_and_takes_frames_back)
{
    const uint64_t before = vmem::stats().private_pages;
    const long start = map(64);
    UK_TEST_ASSERT(start > 0);
    auto* at = reinterpret_cast<Bytes>(start);
    for (int page = 0; page < 64; page += 7) {
        UK_TEST_EXPECT_EQ(at[page * kPage + 9], 0);
        at[page * kPage + 9] = static_cast<uint8_t>(page + 1);
    }
    UK_TEST_EXPECT_EQ(vmem::stats().private_pages - before, 10u);
    UK_TEST_EXPECT_EQ(uk_sys_munmap(pointer(at), 8 * kPage), 0);
    UK_TEST_EXPECT(!readable(at + 7 * kPage));
    UK_TEST_EXPECT_EQ(at[14 * kPage + 9], 15);
    UK_TEST_EXPECT_EQ(uk_sys_madvise(pointer(at + 8 * kPage), 8 * kPage, UK_MADV_DONTNEED), 0);
    UK_TEST_EXPECT_EQ(at[14 * kPage + 9], 0);
    UK_TEST_EXPECT_EQ(uk_sys_munmap(pointer(at), 64 * kPage), 0);
    UK_TEST_EXPECT_EQ(vmem::stats().private_pages, before);
}

UK_TEST(mmap_protections_are_the_processor_s)
{
    const long start = map(3);
    UK_TEST_ASSERT(start > 0);
    auto* at = reinterpret_cast<Bytes>(start);
    at[kPage] = 42;
    UK_TEST_EXPECT_EQ(uk_sys_mprotect(pointer(at + kPage), kPage, UK_PROT_NONE), 0);
    UK_TEST_EXPECT(!readable(at + kPage) && readable(at) && readable(at + 2 * kPage));
    UK_TEST_EXPECT_EQ(uk_sys_mprotect(pointer(at), 3 * kPage, kReadWrite | UK_PROT_EXEC),
                      -UK_EACCES);
    UK_TEST_EXPECT_EQ(uk_sys_mprotect(pointer(at), 3 * kPage, UK_PROT_READ | UK_PROT_EXEC), 0);
    UK_TEST_EXPECT_EQ(at[kPage], 42);
    UK_TEST_EXPECT_EQ(uk_sys_mprotect(pointer(at), 4 * kPage, UK_PROT_READ), -UK_ENOMEM);
    UK_TEST_EXPECT_EQ(uk_sys_munmap(pointer(at), 3 * kPage), 0);
}

UK_TEST(mmap_refusals)
{
    static uint8_t global[2 * kPage];
    UK_TEST_EXPECT_EQ(map(0), -UK_EINVAL);
    UK_TEST_EXPECT_EQ(map(1, kReadWrite, UK_MAP_PRIVATE), -UK_EBADF);
    UK_TEST_EXPECT_EQ(map(1, kReadWrite, kAnonymous | UK_MAP_GROWSDOWN), -UK_EOPNOTSUPP);
    UK_TEST_EXPECT_EQ(map(1, kReadWrite, kAnonymous | UK_MAP_FIXED, global + 1), -UK_EINVAL);
    UK_TEST_EXPECT_EQ(map(size_t{1} << 40), -UK_ENOMEM);
    UK_TEST_EXPECT_EQ(uk_sys_mlock(global + 100, kPage), 0);
    UK_TEST_EXPECT_EQ(uk_sys_munlock(global + 100, kPage), 0);
    UK_TEST_EXPECT_EQ(uk_sys_mlock(reinterpret_cast<void*>(16), 8), -UK_ENOMEM);
    const long reserved = map(size_t{1} << 22, UK_PROT_NONE, kAnonymous | UK_MAP_NORESERVE);
    UK_TEST_EXPECT(reserved > 0);
    if (reserved > 0)
        UK_TEST_EXPECT_EQ(
            uk_sys_munmap(reinterpret_cast<void*>(reserved), (size_t{1} << 22) * kPage), 0);
}

UK_TEST(mremap_moves_what_was_written)
{
    const long start = map(16);
    UK_TEST_ASSERT(start > 0);
    auto* at = reinterpret_cast<Bytes>(start);
    at[0] = 1;
    at[5 * kPage] = 2;
    at[15 * kPage] = 3;
    const long behind = map(1, UK_PROT_READ, kAnonymous | UK_MAP_FIXED, pointer(at + 16 * kPage));
    UK_TEST_ASSERT(behind == start + static_cast<long>(16 * kPage));
    UK_TEST_EXPECT_EQ(uk_sys_mremap(pointer(at), 16 * kPage, 32 * kPage, 0, nullptr), -UK_ENOMEM);
    const long moved =
        uk_sys_mremap(pointer(at), 16 * kPage, 32 * kPage, UK_MREMAP_MAYMOVE, nullptr);
    UK_TEST_ASSERT(moved > 0);
    auto* there = reinterpret_cast<Bytes>(moved);
    UK_TEST_EXPECT(there[0] == 1 && there[5 * kPage] == 2 && there[15 * kPage] == 3);
    UK_TEST_EXPECT_EQ(there[31 * kPage], 0);
    UK_TEST_EXPECT(!readable(at));
    UK_TEST_EXPECT_EQ(uk_sys_mremap(pointer(there), 32 * kPage, kPage, 0, nullptr), moved);
    UK_TEST_EXPECT(!readable(there + kPage));
    UK_TEST_EXPECT_EQ(uk_sys_munmap(pointer(there), kPage), 0);
    UK_TEST_EXPECT_EQ(uk_sys_munmap(reinterpret_cast<void*>(behind), kPage), 0);
}

UK_TEST(brk_moves_the_end_of_a_heap)
{
    const long start = uk_sys_brk(nullptr);
    UK_TEST_ASSERT(start > 0);
    auto* at = reinterpret_cast<Bytes>(start);
    UK_TEST_EXPECT_EQ(uk_sys_brk(pointer(at + 3 * kPage)), start + static_cast<long>(3 * kPage));
    at[3 * kPage - 1] = 77;
    UK_TEST_EXPECT(!readable(at + 3 * kPage));
    UK_TEST_EXPECT_EQ(uk_sys_brk(pointer(at)), start);
    UK_TEST_EXPECT(!readable(at));
}
