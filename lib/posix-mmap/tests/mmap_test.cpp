// SPDX-License-Identifier: BSD-3-Clause
// What mmap() and its relatives make of an address space: a real one, over frames of the host.
#include <gtest/gtest.h>

#include <uk/mmap/calls.hpp>
#include <uk/mmap/program_break.hpp>

#include "../../ukvmem/tests/machine.hpp"

namespace {

using namespace uk;
using namespace uk::mmap;
using vmem::Access;
using vmem::tests::Machine;

constexpr uint64_t kPage = kPageSize;
constexpr Vaddr kHere{0x40'0000};
constexpr int kPrivate = UK_MAP_PRIVATE | UK_MAP_ANONYMOUS;
constexpr int kFixed = kPrivate | UK_MAP_FIXED;
constexpr int kReadWrite = UK_PROT_READ | UK_PROT_WRITE;

struct Space {
    Machine* m;

    [[nodiscard]] Result<Vaddr> map(const MapRequest& request) const {
        return m->space.map(request);
    }
    [[nodiscard]] Result<> unmap(Vaddr at, uint64_t size) const { return m->space.unmap(at, size); }
    [[nodiscard]] Result<> protect(Vaddr at, uint64_t size, Protection protection) const {
        return m->space.protect(at, size, protection);
    }
    [[nodiscard]] Result<> populate(Vaddr at, uint64_t size) const {
        return m->space.populate(at, size);
    }
    [[nodiscard]] Result<> discard(Vaddr at, uint64_t size) const {
        return m->space.discard(at, size);
    }
    [[nodiscard]] Result<> sync(Vaddr at, uint64_t size) const { return m->space.sync(at, size); }
    [[nodiscard]] Result<Vaddr> first_present(Vaddr at, uint64_t size) const {
        return m->space.first_present(at, size);
    }
    [[nodiscard]] Result<AreaInfo> find(Vaddr at) const { return m->space.find(at); }
    [[nodiscard]] VirtRange range() const { return m->space.range(); }
    [[nodiscard]] Result<> copy_page(Vaddr to, Vaddr from) const {
        EXPECT_TRUE(m->space.backend().find(to).used) << "a fault inside the kernel";
        std::byte* source = m->access(from, Access::read);
        if (source == nullptr)
            return Errno::fault;
        memcpy(m->access(to, Access::write), source, kPage);
        return ok();
    }
};

class MmapTest : public ::testing::Test {
  protected:
    Machine m;
    Calls<Space> calls{Space{&m}};

    Vaddr map(uint64_t pages, int flags = kPrivate, Vaddr at = {}, int prot = kReadWrite) {
        Result<Vaddr> start = calls.map(at, pages * kPage, prot, flags, 0);
        EXPECT_TRUE(start.ok()) << errno_name(start.code());
        return start.ok() ? start.value() : Vaddr{};
    }
    Errno map_error(int prot, int flags, uint64_t size = kPage, Vaddr at = {},
                    int64_t offset = 0) const {
        return calls.map(at, size, prot, flags, offset).code();
    }
    uint64_t pages() { return m.space.stats().private_pages; }
};

TEST_F(MmapTest, MapsAnonymousMemory) {
    for (int flags :
         {kPrivate, UK_MAP_SHARED | UK_MAP_ANONYMOUS, UK_MAP_SHARED_VALIDATE | UK_MAP_ANONYMOUS,
          kPrivate | UK_MAP_STACK, kPrivate | UK_MAP_NORESERVE, kPrivate | UK_MAP_DENYWRITE}) {
        const Vaddr at = map(2, flags);
        EXPECT_EQ(pages(), 0u);
        EXPECT_EQ(m.read(at + kPage), 0);
        EXPECT_TRUE(m.write(at, 1));
        ASSERT_TRUE(calls.unmap(at, 2 * kPage).ok());
    }
    for (int flags : {UK_MAP_POPULATE, UK_MAP_LOCKED}) {
        const Vaddr at = map(3, kPrivate | flags);
        EXPECT_EQ(pages(), 3u);
        ASSERT_TRUE(calls.unmap(at, 3 * kPage).ok());
    }
    EXPECT_EQ(map(1, kPrivate, kHere), kHere) << "a hint that can be followed";
    EXPECT_NE(map(1, kPrivate, kHere), kHere);
}

TEST_F(MmapTest, ProtectionsAreThoseOfMmap) {
    const auto access = [&](int prot) {
        const Vaddr at = map(1, kPrivate, {}, prot);
        return std::string(m.access(at, Access::read) != nullptr ? "r" : "-") +
               (m.access(at, Access::write) != nullptr ? "w" : "-") +
               (m.access(at, Access::execute) != nullptr ? "x" : "-");
    };
    EXPECT_EQ(access(UK_PROT_NONE), "---");
    EXPECT_EQ(access(UK_PROT_READ), "r--");
    EXPECT_EQ(access(UK_PROT_WRITE), "rw-");
    EXPECT_EQ(access(UK_PROT_EXEC), "r-x");
    EXPECT_EQ(access(UK_PROT_READ | UK_PROT_EXEC), "r-x");
    EXPECT_EQ(map_error(kReadWrite | UK_PROT_EXEC, kPrivate), Errno::acces);
    EXPECT_EQ(map_error(8, kPrivate), Errno::inval);
}

TEST_F(MmapTest, RefusesWhatItCannotDo) {
    EXPECT_EQ(map_error(kReadWrite, kPrivate, 0), Errno::inval);
    EXPECT_EQ(map_error(kReadWrite, kPrivate, kPage, {}, 100), Errno::inval);
    EXPECT_EQ(map_error(kReadWrite, kPrivate, kPage, {}, 2 * kPage), Errno::ok);
    EXPECT_EQ(map_error(kReadWrite, UK_MAP_ANONYMOUS), Errno::inval) << "neither";
    EXPECT_EQ(map_error(kReadWrite, UK_MAP_ANONYMOUS | 4), Errno::inval);
    EXPECT_EQ(map_error(kReadWrite, UK_MAP_PRIVATE), Errno::nodev);
    EXPECT_EQ(map_error(kReadWrite, kPrivate | UK_MAP_GROWSDOWN), Errno::opnotsupp);
    EXPECT_EQ(map_error(kReadWrite, kPrivate | UK_MAP_HUGETLB), Errno::inval);
    EXPECT_EQ(map_error(kReadWrite, UK_MAP_SHARED_VALIDATE | UK_MAP_ANONYMOUS | UK_MAP_SYNC),
              Errno::opnotsupp);
    EXPECT_EQ(map_error(kReadWrite, kFixed, kPage, kHere + 1), Errno::inval);
    EXPECT_EQ(map_error(kReadWrite, kPrivate, ~uint64_t{0}), Errno::nomem);
    EXPECT_EQ(map_error(kReadWrite, kPrivate, m.store.ram + kPage), Errno::nomem);
    EXPECT_EQ(map_error(kReadWrite, kPrivate | UK_MAP_NORESERVE, m.store.ram + kPage), Errno::ok);
    EXPECT_EQ(map_error(kReadWrite, kPrivate | UK_MAP_POPULATE, m.store.ram), Errno::nomem);
    EXPECT_EQ(pages(), 0u);
#ifdef UK_MAP_32BIT
    EXPECT_EQ(map_error(kReadWrite, kPrivate | UK_MAP_32BIT), Errno::nomem);
#endif
}

TEST_F(MmapTest, FixedReplacesAndNoreplaceDoesNot) {
    EXPECT_EQ(map(4, kFixed, kHere), kHere);
    m.write(kHere + kPage, 7);
    EXPECT_EQ(map_error(kReadWrite, kFixed | UK_MAP_FIXED_NOREPLACE, kPage, kHere), Errno::exist);
    EXPECT_EQ(map_error(kReadWrite, kPrivate | UK_MAP_FIXED_NOREPLACE, kPage, kHere + 3 * kPage),
              Errno::exist);
    EXPECT_EQ(m.read(kHere + kPage), 7);
    EXPECT_EQ(map(1, kFixed, kHere + kPage), kHere + kPage);
    EXPECT_EQ(m.read(kHere + kPage), 0);
    EXPECT_EQ(map(1, kPrivate | UK_MAP_FIXED_NOREPLACE, kHere + 4 * kPage), kHere + 4 * kPage);
}

TEST_F(MmapTest, UnmapsParts) {
    map(8, kFixed, kHere);
    EXPECT_TRUE(calls.unmap(kHere + 2 * kPage, 2 * kPage - 5).ok());
    EXPECT_EQ(m.read(kHere + 2 * kPage), -1);
    EXPECT_EQ(m.read(kHere + 4 * kPage), 0);
    EXPECT_TRUE(calls.unmap(kHere, 8 * kPage).ok()) << "with a hole";
    EXPECT_TRUE(calls.unmap(kHere, 8 * kPage).ok()) << "nothing is there";
    EXPECT_EQ(calls.unmap(kHere + 8, kPage).code(), Errno::inval);
    EXPECT_EQ(calls.unmap(kHere, 0).code(), Errno::inval);
    EXPECT_EQ(calls.unmap(Vaddr{uint64_t{1} << 63}, kPage).code(), Errno::inval);
    EXPECT_EQ(calls.unmap(kHere, ~uint64_t{0}).code(), Errno::inval);
    EXPECT_EQ(calls.unmap(kHere, ~uint64_t{0} - kPage).code(), Errno::inval);
}

TEST_F(MmapTest, StacksOfThreadsAreNotTheApplications) {
    const Vaddr stack = UK_MUST(m.space.map(
        {.size = 4 * kPage, .kind = vmem::Kind::stack, .name = "thread", .guard = kPage}));
    const Vaddr below = stack - kPage;
    ASSERT_EQ(map(2, kFixed, stack + 4 * kPage), stack + 4 * kPage);
    for (const Vaddr at : {below, stack, stack + 3 * kPage}) {
        EXPECT_EQ(calls.unmap(at, 2 * kPage).code(), Errno::perm);
        EXPECT_EQ(calls.protect(at, 2 * kPage, UK_PROT_NONE).code(), Errno::perm);
        EXPECT_EQ(calls.advise(at, 2 * kPage, UK_MADV_DONTNEED).code(), Errno::perm);
        EXPECT_EQ(map_error(kReadWrite, kFixed, 2 * kPage, at), Errno::perm);
        EXPECT_EQ(calls.remap(at, kPage, 2 * kPage, UK_MREMAP_MAYMOVE, {}).code(), Errno::perm);
    }
    EXPECT_TRUE(calls.unmap(stack + 4 * kPage, 2 * kPage).ok());
    UK_MUST(m.space.unmap_stack(stack));
}

TEST_F(MmapTest, ProtectsParts) {
    map(4, kFixed, kHere);
    m.write(kHere + kPage, 5);
    EXPECT_TRUE(calls.protect(kHere + kPage, 1, UK_PROT_NONE).ok());
    EXPECT_EQ(m.read(kHere + kPage), -1);
    EXPECT_TRUE(calls.protect(kHere, 4 * kPage, kReadWrite).ok());
    EXPECT_EQ(m.read(kHere + kPage), 5);
    EXPECT_TRUE(calls.protect(kHere, 0, UK_PROT_NONE).ok());
    EXPECT_EQ(m.read(kHere), 0);
    EXPECT_EQ(calls.protect(kHere + 1, kPage, UK_PROT_NONE).code(), Errno::inval);
    EXPECT_EQ(calls.protect(kHere, kPage, UK_PROT_READ | UK_PROT_GROWSDOWN).code(), Errno::inval);
    EXPECT_EQ(calls.protect(kHere, 5 * kPage, UK_PROT_READ).code(), Errno::nomem);
    EXPECT_EQ(calls.protect(kHere, kPage, kReadWrite | UK_PROT_EXEC).code(), Errno::acces);
    EXPECT_EQ(calls.protect(kHere, ~uint64_t{0}, UK_PROT_READ).code(), Errno::nomem);
}

TEST_F(MmapTest, Advice) {
    map(4, kFixed, kHere);
    for (int page = 0; page < 4; page++)
        m.write(kHere + page * kPage, 9);
    for (int advice : {UK_MADV_NORMAL, UK_MADV_RANDOM, UK_MADV_SEQUENTIAL, UK_MADV_WILLNEED,
                       UK_MADV_HUGEPAGE, UK_MADV_DONTFORK, UK_MADV_COLD}) {
        EXPECT_TRUE(calls.advise(kHere, 4 * kPage, advice).ok());
        EXPECT_EQ(calls.advise(kHere, 5 * kPage, advice).code(), Errno::nomem);
    }
    EXPECT_EQ(pages(), 4u);
    EXPECT_TRUE(calls.advise(kHere, kPage, UK_MADV_DONTNEED).ok());
    EXPECT_TRUE(calls.advise(kHere + kPage, kPage, UK_MADV_FREE).ok());
    EXPECT_EQ(pages(), 2u);
    EXPECT_EQ(m.read(kHere), 0);
    EXPECT_EQ(m.read(kHere + 2 * kPage), 9);
    EXPECT_EQ(calls.advise(kHere, 5 * kPage, UK_MADV_DONTNEED).code(), Errno::nomem);
    EXPECT_EQ(m.read(kHere + 2 * kPage), 9);
    EXPECT_TRUE(calls.advise(kHere, 0, UK_MADV_DONTNEED).ok());
    EXPECT_TRUE(calls.advise(kHere, 4 * kPage, UK_MADV_POPULATE_WRITE).ok());
    EXPECT_EQ(pages(), 4u);
    ASSERT_TRUE(calls.protect(kHere, kPage, UK_PROT_READ).ok());
    EXPECT_EQ(calls.advise(kHere, 4 * kPage, UK_MADV_POPULATE_WRITE).code(), Errno::inval);
    EXPECT_TRUE(calls.advise(kHere, 4 * kPage, UK_MADV_POPULATE_READ).ok());
    EXPECT_EQ(calls.advise(kHere + 1, kPage, UK_MADV_NORMAL).code(), Errno::inval);
    for (int advice : {UK_MADV_REMOVE, UK_MADV_HWPOISON, 5, -1, 1000})
        EXPECT_EQ(calls.advise(kHere, kPage, advice).code(), Errno::inval) << advice;
}

TEST_F(MmapTest, LocksAndSyncs) {
    map(4, kFixed, kHere);
    EXPECT_TRUE(calls.lock(kHere + kPage + 5, kPage).ok());
    EXPECT_EQ(pages(), 2u);
    EXPECT_TRUE(calls.unlock(kHere + kPage + 5, kPage).ok());
    EXPECT_EQ(calls.lock(kHere + 4 * kPage, 1).code(), Errno::nomem);
    EXPECT_EQ(calls.unlock(kHere + 3 * kPage, 2 * kPage).code(), Errno::nomem);
    EXPECT_TRUE(calls.lock(kHere, 0).ok());
    EXPECT_TRUE(calls.sync(kHere, 4 * kPage, UK_MS_SYNC).ok());
    EXPECT_TRUE(calls.sync(kHere, 4 * kPage, UK_MS_ASYNC | UK_MS_INVALIDATE).ok());
    EXPECT_EQ(calls.sync(kHere, 5 * kPage, UK_MS_ASYNC).code(), Errno::nomem);
    EXPECT_EQ(calls.sync(kHere, kPage, UK_MS_ASYNC | UK_MS_SYNC).code(), Errno::inval);
    EXPECT_EQ(calls.sync(kHere, kPage, 8).code(), Errno::inval);
    EXPECT_EQ(calls.sync(kHere + 1, kPage, UK_MS_SYNC).code(), Errno::inval);
}

TEST_F(MmapTest, RemapShrinksAndGrowsInPlace) {
    map(8, kFixed, kHere);
    m.write(kHere, 1);
    EXPECT_EQ(UK_MUST(calls.remap(kHere, 8 * kPage, 3 * kPage - 1, 0, {})), kHere);
    EXPECT_EQ(m.read(kHere + 3 * kPage), -1);
    EXPECT_EQ(UK_MUST(calls.remap(kHere, 3 * kPage, 5 * kPage, 0, {})), kHere);
    EXPECT_TRUE(m.write(kHere + 4 * kPage, 2));
    EXPECT_EQ(UK_MUST(calls.remap(kHere, 5 * kPage, 5 * kPage, 0, {})), kHere);
    map(1, kFixed, kHere + 5 * kPage);
    ASSERT_TRUE(calls.protect(kHere + 5 * kPage, kPage, UK_PROT_READ).ok());
    EXPECT_EQ(calls.remap(kHere, 5 * kPage, 6 * kPage, 0, {}).code(), Errno::nomem);
    EXPECT_EQ(m.read(kHere), 1);
}

TEST_F(MmapTest, RemapMovesWhatIsThere) {
    map(600, kFixed | UK_MAP_NORESERVE, kHere);
    map(1, kFixed, kHere + 600 * kPage, UK_PROT_READ);
    for (uint64_t page : {0, 3, 511, 512, 599})
        m.write(kHere + page * kPage + 9, 1 + page % 100);
    ASSERT_TRUE(calls.protect(kHere, 600 * kPage, UK_PROT_READ).ok());
    const Vaddr to = UK_MUST(calls.remap(kHere, 600 * kPage, 700 * kPage, UK_MREMAP_MAYMOVE, {}));
    EXPECT_NE(to, kHere);
    EXPECT_EQ(pages(), 5u) << "what was not there is not there";
    for (uint64_t page : {0, 3, 511, 512, 599})
        EXPECT_EQ(m.read(to + page * kPage + 9), static_cast<int>(1 + page % 100));
    EXPECT_EQ(m.read(to + 699 * kPage), 0);
    EXPECT_FALSE(m.write(to, 1)) << "the protection moves with it";
    EXPECT_EQ(m.read(kHere), -1);
}

TEST_F(MmapTest, RemapToAPlace) {
    constexpr int kFlags = UK_MREMAP_MAYMOVE | UK_MREMAP_FIXED;
    map(4, kFixed, kHere);
    m.write(kHere, 3);
    const Vaddr there = kHere + 100 * kPage;
    map(4, kFixed, there);
    m.write(there + 3 * kPage, 4);
    ASSERT_TRUE(calls.protect(kHere, 4 * kPage, UK_PROT_NONE).ok());
    EXPECT_EQ(UK_MUST(calls.remap(kHere, 4 * kPage, 2 * kPage, kFlags, there)), there);
    EXPECT_EQ(m.read(kHere), -1);
    ASSERT_TRUE(calls.protect(there, 2 * kPage, kReadWrite).ok());
    EXPECT_EQ(m.read(there), 3);
    EXPECT_EQ(m.read(there + 3 * kPage), 4);
    EXPECT_EQ(calls.remap(there, 4 * kPage, 4 * kPage, kFlags, there + kPage).code(), Errno::inval);
    const Vaddr copy = UK_MUST(
        calls.remap(there, 2 * kPage, 2 * kPage, UK_MREMAP_MAYMOVE | UK_MREMAP_DONTUNMAP, {}));
    EXPECT_EQ(m.read(copy), 3);
    EXPECT_EQ(m.read(there), 0);
}

TEST_F(MmapTest, RemapRefuses) {
    map(4, kFixed, kHere);
    const auto error = [&](Vaddr at, uint64_t size, uint64_t new_size, int flags, Vaddr to = {}) {
        return calls.remap(at, size, new_size, flags, to).code();
    };
    EXPECT_EQ(error(kHere + 1, kPage, kPage, 0), Errno::inval);
    EXPECT_EQ(error(kHere, 0, kPage, UK_MREMAP_MAYMOVE), Errno::inval);
    EXPECT_EQ(error(kHere, kPage, 0, 0), Errno::inval);
    EXPECT_EQ(error(kHere, kPage, ~uint64_t{0}, UK_MREMAP_MAYMOVE), Errno::inval);
    EXPECT_EQ(error(kHere, kPage, kPage, 8), Errno::inval);
    EXPECT_EQ(error(kHere, kPage, kPage, UK_MREMAP_FIXED, kHere + 50 * kPage), Errno::inval);
    EXPECT_EQ(error(kHere, kPage, kPage, UK_MREMAP_DONTUNMAP), Errno::inval);
    EXPECT_EQ(error(kHere, kPage, 2 * kPage, UK_MREMAP_DONTUNMAP | UK_MREMAP_MAYMOVE),
              Errno::inval);
    EXPECT_EQ(error(kHere, 5 * kPage, 6 * kPage, UK_MREMAP_MAYMOVE), Errno::fault);
    EXPECT_EQ(error(kHere + 9 * kPage, kPage, 2 * kPage, UK_MREMAP_MAYMOVE), Errno::fault);
    EXPECT_EQ(error(kHere, kPage, uint64_t{1} << 60, UK_MREMAP_MAYMOVE), Errno::nomem);
}

// Whatever request fails on the way, the old mapping is as it was.
TEST_F(MmapTest, RemapWithoutMemoryChangesNothing) {
    constexpr int kMove = UK_MREMAP_MAYMOVE | UK_MREMAP_DONTUNMAP;
    bool done = false;
    for (size_t k = 1; !done; k++) {
        map(4, kFixed, kHere);
        for (int page = 0; page < 4; page++)
            m.write(kHere + page * kPage, static_cast<uint8_t>(page + 1));
        ASSERT_TRUE(calls.protect(kHere, 4 * kPage, UK_PROT_READ).ok());
        m.store.fail_at = m.store.requests + k;
        Result<Vaddr> to = calls.remap(kHere, 4 * kPage, 4 * kPage, kMove, {});
        m.store.fail_at = 0;
        done = to.ok();
        const Vaddr at = done ? to.value() : kHere;
        EXPECT_EQ(to.code(), done ? Errno::ok : Errno::nomem);
        for (int page = 0; page < 4; page++)
            EXPECT_EQ(m.read(at + page * kPage), page + 1) << k;
        EXPECT_FALSE(m.write(at, 1));
        ASSERT_TRUE(calls.unmap(kHere, 4 * kPage).ok());
        ASSERT_TRUE(calls.unmap(at, 4 * kPage).ok()) << "or nothing is there any more";
        EXPECT_EQ(pages(), 0u);
        ASSERT_LT(k, 200u);
    }
}

TEST_F(MmapTest, TheBreakMoves) {
    ProgramBreak<Space> end(Space{&m}, 16 * kPage);
    const Vaddr start = end.set({});
    ASSERT_FALSE(start.is_null());
    EXPECT_FALSE(m.write(start, 1));
    EXPECT_EQ(end.set(start + 100), start + 100);
    EXPECT_TRUE(m.write(start + kPage - 1, 5));
    EXPECT_FALSE(m.write(start + kPage, 1));
    EXPECT_EQ(end.set(start + 3 * kPage + 1), start + 3 * kPage + 1);
    EXPECT_TRUE(m.write(start + 4 * kPage - 1, 6));
    EXPECT_EQ(m.read(start + kPage - 1), 5);
    EXPECT_EQ(end.set(start + 17 * kPage), start + 3 * kPage + 1) << "too far";
    EXPECT_EQ(end.set(start - 1), start + 3 * kPage + 1);
    EXPECT_EQ(end.set(Vaddr{~uint64_t{0}}), start + 3 * kPage + 1);
    EXPECT_EQ(end.set(start + 1), start + 1);
    EXPECT_EQ(pages(), 1u);
    EXPECT_FALSE(m.write(start + 3 * kPage, 1));
    EXPECT_EQ(end.set(start + 16 * kPage), start + 16 * kPage);
    EXPECT_EQ(m.read(start + 4 * kPage - 1), 0) << "zeros again";
    EXPECT_EQ(m.read(start + kPage - 1), 5);
    EXPECT_EQ(end.set({}), start + 16 * kPage);
}

} // namespace
