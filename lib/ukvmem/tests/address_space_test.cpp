// SPDX-License-Identifier: BSD-3-Clause
// Host tests of the address space: what each request does, and what it refuses.
#include <gtest/gtest.h>

#include "machine.hpp"

namespace {

using namespace uk;
using namespace uk::vmem;
using namespace uk::vmem::tests;

constexpr uint64_t kPage = kPageSize;
constexpr Vaddr kHere{0x40'0000};

class VmemTest : public ::testing::Test {
  public:
    Machine m;
    AddressSpace<FakeBackend>& space = m.space;

    Vaddr map(MapRequest request) {
        Result<Vaddr> start = space.map(request);
        EXPECT_TRUE(start.ok()) << errno_name(start.code());
        return start.ok() ? start.value() : Vaddr{};
    }
    Vaddr map_here(uint64_t pages, Protection protection = kReadWrite) {
        return map({.size = pages * kPage,
                    .protection = protection,
                    .where = kHere,
                    .placement = Placement::exact});
    }
};

TEST_F(VmemTest, MemoryIsZerosAndGetsItsFrameWhenTouched) {
    Vaddr at = map({.size = 10 * kPage});
    EXPECT_GE(at, kSearch);
    EXPECT_EQ(m.frames(), 1u);
    EXPECT_EQ(m.read(at + 5 * kPage + 7), 0);
    EXPECT_EQ(m.frames(), 1u + 3 + 1) << "a page and the tables that lead there";
    EXPECT_TRUE(m.write(at + 5 * kPage + 7, 99));
    EXPECT_EQ(m.read(at + 5 * kPage + 7), 99);
    EXPECT_EQ(space.stats().private_pages, 1u);
    EXPECT_EQ(space.stats().mapped_bytes, 10 * kPage);
    EXPECT_EQ(space.stats().faults, 1u);
    ASSERT_TRUE(space.unmap(at, 10 * kPage).ok());
    EXPECT_EQ(m.frames(), 1u);
    EXPECT_EQ(m.read(at), -1);
    EXPECT_EQ(m.last, Fault::unmapped);
}

TEST_F(VmemTest, PagesWithFramesAreFound) {
    const Vaddr at = map_here(10);
    const auto first = [&](uint64_t from, uint64_t pages) {
        Result<Vaddr> found = space.first_present(at + from * kPage, pages * kPage);
        EXPECT_TRUE(found.ok() || found.code() == Errno::noent);
        return found.ok() ? static_cast<int>((found.value() - at) / kPage) : -1;
    };
    EXPECT_EQ(first(0, 10), -1);
    m.write(at + 4 * kPage, 1);
    m.write(at + 9 * kPage, 1);
    EXPECT_EQ(first(0, 10), 4);
    EXPECT_EQ(first(4, 1), 4);
    EXPECT_EQ(first(5, 4), -1);
    EXPECT_EQ(first(5, 100), 9);
    ASSERT_TRUE(space.unmap(at + 3 * kPage, 3 * kPage).ok());
    EXPECT_EQ(first(0, 20), 9);
    EXPECT_EQ(first(10, 20), -1);
    EXPECT_EQ(space.first_present(at + 1, kPage).code(), Errno::inval);
    EXPECT_EQ(space.first_present(Vaddr{0}, kPage).code(), Errno::nomem);
}

TEST_F(VmemTest, SizesAreRoundedUp) {
    Vaddr at = map({.size = 1});
    EXPECT_TRUE(m.write(at + 4095, 1));
    EXPECT_FALSE(m.write(at + 4096, 1));
    EXPECT_TRUE(space.unmap(at, 4095).ok());
    EXPECT_FALSE(m.write(at, 1));
}

TEST_F(VmemTest, BadRequestsAreRefused) {
    auto code = [&](MapRequest r) { return space.map(r).code(); };
    const uint64_t huge = ~uint64_t{0};
    EXPECT_EQ(code({.size = 0}), Errno::inval);
    EXPECT_EQ(code({.size = huge}), Errno::nomem);
    EXPECT_EQ(code({.size = huge - 4094}), Errno::nomem);
    EXPECT_EQ(code({.size = kRange.size + kPage, .reserve_only = true}), Errno::nomem);
    EXPECT_EQ(code({.size = 1, .align = 0}), Errno::inval);
    EXPECT_EQ(code({.size = 1, .align = 2048}), Errno::inval);
    EXPECT_EQ(code({.size = 1, .align = 3 * kPage}), Errno::inval);
    EXPECT_EQ(code({.size = 1, .align = uint64_t{1} << 63}), Errno::nomem);
    EXPECT_EQ(code({.size = 1, .protection = {.write = true, .execute = true}}), Errno::acces);
    EXPECT_EQ(code({.size = 1, .write_allowed = false}), Errno::acces);
    EXPECT_EQ(code({.size = 1, .kind = Kind::guard}), Errno::inval);
    EXPECT_EQ(code({.size = 1, .kind = Kind::file}), Errno::inval);
    EXPECT_EQ(code({.size = 1, .kind = Kind::stack}), Errno::inval) << "no guard";
    EXPECT_EQ(code({.size = 1, .guard = kPage}), Errno::inval) << "no stack";
    EXPECT_EQ(code({.size = 1, .kind = Kind::stack, .guard = huge}), Errno::nomem);
    EXPECT_EQ(code({.size = 1, .shared = true}), Errno::inval);
    EXPECT_EQ(code({.size = 1, .kind = Kind::device, .offset = 77}), Errno::inval);
    EXPECT_EQ(code({.size = 2 * kPage, .kind = Kind::device, .offset = huge & ~0xfffULL}),
              Errno::overflow);
    EXPECT_EQ(code({.size = 1, .protection = kReadExecute, .kind = Kind::device}), Errno::acces);
    for (Placement placement : {Placement::exact, Placement::replace}) {
        EXPECT_EQ(code({.size = 1, .where = kHere + 1, .placement = placement}), Errno::inval);
        EXPECT_EQ(code({.size = 1, .where = Vaddr{0}, .placement = placement}), Errno::nomem);
        EXPECT_EQ(code({.size = 1, .where = kRange.end(), .placement = placement}), Errno::nomem);
        EXPECT_EQ(code({.size = 2 * kPage, .where = kRange.end() - kPage, .placement = placement}),
                  Errno::nomem);
        EXPECT_EQ(code({.size = huge - kPage, .where = Vaddr{2 * kPage}, .placement = placement}),
                  Errno::nomem);
    }
    EXPECT_EQ(space.stats().areas, 0u);
}

TEST_F(VmemTest, BadRangesAreRefused) {
    map_here(4);
    const uint64_t huge = ~uint64_t{0};
    for (auto [at, size] : {std::pair{kHere.value() + 1, kPage}, {kHere.value(), uint64_t{0}}}) {
        EXPECT_EQ(space.unmap(Vaddr{at}, size).code(), Errno::inval);
        EXPECT_EQ(space.protect(Vaddr{at}, size, kReadOnly).code(), Errno::inval);
        EXPECT_EQ(space.populate(Vaddr{at}, size).code(), Errno::inval);
        EXPECT_EQ(space.discard(Vaddr{at}, size).code(), Errno::inval);
        EXPECT_EQ(space.sync(Vaddr{at}, size).code(), Errno::inval);
    }
    for (auto [at, size] : {std::pair{kHere.value(), huge},
                            {uint64_t{0}, kPage},
                            {kHere.value(), huge - kHere.value()},
                            {huge & ~0xfffULL, kPage},
                            {huge & ~0xfffULL, 2 * kPage}}) {
        EXPECT_EQ(space.unmap(Vaddr{at}, size).code(), Errno::inval);
        EXPECT_EQ(space.protect(Vaddr{at}, size, kReadOnly).code(), Errno::nomem);
        EXPECT_EQ(space.populate(Vaddr{at}, size).code(), Errno::nomem);
        EXPECT_EQ(space.discard(Vaddr{at}, size).code(), Errno::nomem);
        EXPECT_EQ(space.sync(Vaddr{at}, size).code(), Errno::nomem);
    }
    EXPECT_EQ(space.protect(kHere, 4 * kPage, {.write = true, .execute = true}).code(),
              Errno::acces);
    EXPECT_EQ(space.stats().mapped_bytes, 4 * kPage);
}

TEST_F(VmemTest, PlacesAreTakenAsAsked) {
    EXPECT_EQ(map({.size = kPage, .where = kHere + 123}), kHere) << "a hint";
    Vaddr other = map({.size = kPage, .where = kHere});
    EXPECT_GE(other, kSearch) << "it is taken";
    EXPECT_EQ(map({.size = kPage}), other + kPage) << "right behind";
    EXPECT_EQ(space.stats().areas, 2u) << "which makes one area of both";
    EXPECT_EQ(space.map({.size = kPage, .where = kHere, .placement = Placement::exact}).code(),
              Errno::exist);
    Vaddr aligned = map({.size = kPage, .align = 1 << 21});
    EXPECT_TRUE(aligned.is_aligned(1 << 21));
    EXPECT_GE(map({.size = kPage, .where = Vaddr{~uint64_t{0}}}), kSearch) << "a silly hint";
}

TEST_F(VmemTest, TheSmallestGapThatFitsIsFilled) {
    const uint64_t end = kRange.end() - kSearch;
    Vaddr all = map({.size = end, .protection = kNoAccess});
    EXPECT_EQ(all, kSearch);
    EXPECT_EQ(space.map({.size = kPage}).code(), Errno::nomem);
    ASSERT_TRUE(space.unmap(kSearch + 10 * kPage, 8 * kPage).ok());
    ASSERT_TRUE(space.unmap(kSearch + 30 * kPage, 3 * kPage).ok());
    ASSERT_TRUE(space.unmap(kSearch + 50 * kPage, 5 * kPage).ok());
    EXPECT_EQ(map({.size = 4 * kPage, .protection = kReadOnly}), kSearch + 50 * kPage);
    EXPECT_EQ(map({.size = 3 * kPage, .protection = kReadOnly}), kSearch + 30 * kPage);
    EXPECT_EQ(map({.size = 4 * kPage, .protection = kReadOnly, .align = 4 * kPage}),
              kSearch + 12 * kPage);
    EXPECT_EQ(space.map({.size = 4 * kPage}).code(), Errno::nomem);
}

TEST_F(VmemTest, ReplacingUnmapsWhatWasThere) {
    map_here(8);
    for (int i = 0; i < 8; i++) {
        m.write(kHere + i * kPage, i + 1);
    }
    EXPECT_EQ(map({.size = 3 * kPage,
                   .protection = kReadOnly,
                   .where = kHere + 2 * kPage,
                   .placement = Placement::replace}),
              kHere + 2 * kPage);
    const int expected[] = {1, 2, 0, 0, 0, 6, 7, 8};
    for (int i = 0; i < 8; i++) {
        EXPECT_EQ(m.read(kHere + i * kPage), expected[i]) << i;
    }
    EXPECT_FALSE(m.write(kHere + 2 * kPage, 1));
    EXPECT_EQ(m.last, Fault::forbidden);
    EXPECT_EQ(space.stats().areas, 3u);
}

TEST_F(VmemTest, ProtectionSplitsAndMerges) {
    map_here(8);
    ASSERT_TRUE(space.populate(kHere, 8 * kPage).ok());
    ASSERT_TRUE(space.protect(kHere + 2 * kPage, 2 * kPage, kReadOnly).ok());
    EXPECT_EQ(space.stats().areas, 3u);
    EXPECT_FALSE(m.write(kHere + 3 * kPage, 1));
    EXPECT_TRUE(m.write(kHere + 4 * kPage, 1));
    ASSERT_TRUE(space.protect(kHere, 8 * kPage, kReadExecute).ok());
    EXPECT_EQ(space.stats().areas, 1u);
    EXPECT_TRUE(m.run(kHere));
    EXPECT_FALSE(m.write(kHere, 1));
    ASSERT_TRUE(space.protect(kHere, 8 * kPage, kReadWrite).ok());
    EXPECT_FALSE(m.run(kHere));
    EXPECT_EQ(m.last, Fault::forbidden);
    EXPECT_EQ(space.protect(kHere + 4 * kPage, 8 * kPage, kReadOnly).code(), Errno::nomem);
    EXPECT_EQ(space.stats().areas, 1u) << "nothing changed";
}

TEST_F(VmemTest, HiddenPagesKeepTheirContents) {
    map_here(2);
    m.write(kHere, 42);
    ASSERT_TRUE(space.protect(kHere, 2 * kPage, kNoAccess).ok());
    EXPECT_EQ(m.read(kHere), -1);
    EXPECT_EQ(m.last, Fault::forbidden);
    EXPECT_EQ(m.read(kHere + kPage), -1);
    ASSERT_TRUE(space.protect(kHere, 2 * kPage, kReadOnly).ok());
    EXPECT_EQ(m.read(kHere), 42);
    EXPECT_EQ(m.read(kHere + kPage), 0);
}

TEST_F(VmemTest, AStackHasAGuardBelow) {
    Vaddr stack = map({.size = 16 * kPage,
                       .kind = Kind::stack,
                       .name = "a worker's long name",
                       .guard = kPage + 1});
    EXPECT_TRUE(m.write(stack, 1));
    EXPECT_FALSE(m.write(stack - 1, 1));
    EXPECT_EQ(m.last, Fault::guard);
    EXPECT_FALSE(m.write(stack - 2 * kPage, 1));
    EXPECT_EQ(m.last, Fault::guard);
    AreaInfo guard = space.find(stack - 1).take();
    EXPECT_EQ(guard.kind, Kind::guard);
    EXPECT_EQ(guard.range, (VirtRange{stack - 2 * kPage, 2 * kPage}));
    EXPECT_STREQ(guard.name, "a worker's long");
    EXPECT_EQ(space.protect(stack - kPage, kPage, kReadWrite).code(), Errno::acces);
    EXPECT_EQ(space.populate(stack - kPage, kPage).code(), Errno::acces);

    Vaddr second = map({.size = 4 * kPage, .kind = Kind::stack, .guard = kPage});
    EXPECT_EQ(second, stack + 17 * kPage);
    ASSERT_TRUE(space.rename_stack(stack, "a name that is too long").ok());
    EXPECT_STREQ(space.find(stack + 15 * kPage).take().name, "a name that is ");
    EXPECT_STREQ(space.find(stack - kPage).take().name, "a name that is ");
    EXPECT_STREQ(space.find(second).take().name, "");
    EXPECT_EQ(space.rename_stack(stack + kPage, "").code(), Errno::noent);
    EXPECT_EQ(space.rename_stack(stack - kPage, "").code(), Errno::noent);
    EXPECT_EQ(space.unmap_stack(stack + kPage).code(), Errno::noent);
    EXPECT_EQ(space.unmap_stack(stack - kPage).code(), Errno::noent);
    ASSERT_TRUE(space.protect(stack + kPage, kPage, kReadOnly).ok());
    ASSERT_TRUE(space.unmap_stack(stack).ok());
    EXPECT_EQ(space.stats().mapped_bytes, 5 * kPage);
    ASSERT_TRUE(space.unmap_stack(second).ok());
    EXPECT_EQ(space.stats().mapped_bytes, 0u);
}

// All processors are asked to forget once, whatever a request takes away.
TEST_F(VmemTest, OneUnmapIsOneFlush) {
    constexpr uint64_t kMany = 600 * kPage;
    Vaddr stacks[4];
    for (Vaddr& stack : stacks) {
        stack = map({.size = kMany, .kind = Kind::stack, .guard = kPage, .populate = true});
    }
    const Vaddr plain = map({.size = 3 * kPage, .populate = true});
    ASSERT_TRUE(m.space.protect(plain + kPage, kPage, kReadOnly).ok());
    const size_t frames = m.frames();
    m.store.flushes = 0;
    ASSERT_TRUE(m.space.unmap_stack(stacks[0]).ok());
    EXPECT_EQ(m.store.flushes, 1u);
    ASSERT_TRUE(m.space.unmap(plain, 3 * kPage).ok()); // three areas
    EXPECT_EQ(m.store.flushes, 2u);
    VirtRange rest[3];
    for (int i = 0; i < 3; i++) {
        rest[i] = {stacks[3 - i] - kPage, kMany + kPage};
    }
    const VirtRange part{rest[0].start, kPage * 2};
    EXPECT_EQ(m.space.unmap_all({&part, 1}).code(), Errno::inval);
    rest[1].size--;
    EXPECT_EQ(m.space.unmap_all(rest).code(), Errno::inval);
    rest[1].size++;
    EXPECT_EQ(m.store.flushes, 2u);
    EXPECT_EQ(m.space.stats().private_pages, 3 * 600u);
    ASSERT_TRUE(m.space.unmap_all(rest).ok());
    EXPECT_EQ(m.store.flushes, 3u);
    EXPECT_LE(m.frames(), frames - 2403);
    EXPECT_EQ(m.space.stats().areas, 0u);
}

TEST_F(VmemTest, DevicesAreThereAtOnceAndTakeNoFrames) {
    Vaddr at = map({.size = 3 * kPage, .kind = Kind::device, .offset = 0xfee0'0000});
    for (int i = 0; i < 3; i++) {
        PageEntry entry = space.backend().find(at + i * kPage);
        EXPECT_EQ(entry.frame.value(), 0xfee0'0000 + i * kPage);
        EXPECT_EQ(entry.protection, pagetable::kDevice);
    }
    EXPECT_EQ(space.stats().private_pages, 0u);
    ASSERT_TRUE(space.protect(at, kPage, kReadOnly).ok());
    EXPECT_TRUE(space.backend().find(at).protection.device);
    EXPECT_EQ(space.protect(at, kPage, kReadExecute).code(), Errno::acces);
    ASSERT_TRUE(space.discard(at, kPage).ok());
    EXPECT_TRUE(space.backend().find(at).used);
    Vaddr cached = map({.size = kPage, .kind = Kind::device, .offset = 0x1000, .cached = true});
    EXPECT_FALSE(space.backend().find(cached).protection.device);
}

TEST_F(VmemTest, DiscardedPagesAreNewOnes) {
    map_here(4);
    for (int i = 0; i < 4; i++) {
        m.write(kHere + i * kPage, 7);
    }
    ASSERT_TRUE(space.discard(kHere + kPage, 2 * kPage).ok());
    EXPECT_EQ(space.stats().private_pages, 2u);
    EXPECT_EQ(m.read(kHere), 7);
    EXPECT_EQ(m.read(kHere + kPage), 0);
    EXPECT_EQ(space.discard(kHere, 5 * kPage).code(), Errno::nomem);
}

TEST_F(VmemTest, OutOfMemoryIsAnAnswer) {
    m.store.ram = 10 * kPage;
    EXPECT_EQ(space.map({.size = 11 * kPage}).code(), Errno::nomem) << "never possible";
    EXPECT_EQ(space.map({.size = 10 * kPage, .populate = true}).code(), Errno::nomem);
    EXPECT_EQ(m.frames(), 1u) << "all came back";
    Vaddr at = map({.size = 1000 * kPage, .reserve_only = true});
    unsigned pages = 0;
    while (m.write(at + pages * kPage, 1)) {
        pages++;
    }
    EXPECT_EQ(pages, 6u);
    EXPECT_EQ(m.last, Fault::no_memory);
    EXPECT_EQ(space.populate(at, 1000 * kPage).code(), Errno::nomem);
    ASSERT_TRUE(space.discard(at, kPage).ok());
    EXPECT_TRUE(m.write(at + 6 * kPage, 1)) << "the page that came back";
}

TEST_F(VmemTest, AFaultThatRepairsNothingEnds) {
    map_here(1);
    m.write(kHere, 1);
    Fault last = Fault::repaired;
    for (int i = 0; i < 100 && last == Fault::repaired; i++) {
        last = space.fault(kHere, Access::write);
    }
    EXPECT_EQ(last, Fault::stuck);
}

// All CPUs fault at a page that only one of them repairs, time and again.
TEST_F(VmemTest, FaultsOfManyCpusAtOneTimeAreRepaired) {
    map_here(2);
    for (int round = 0; round < 100; round++) {
        for (unsigned cpu = 0; cpu < FakeBackend::kCpus; cpu++) {
            m.store.cpu = cpu;
            ASSERT_EQ(space.fault(kHere, Access::write), Fault::repaired);
        }
        ASSERT_TRUE(space.discard(kHere, kPage).ok());
    }
}

// Nor do two that are stuck at different pages keep each other going.
TEST_F(VmemTest, CpusThatAreStuckEndEachByItself) {
    map_here(2);
    m.write(kHere, 1);
    m.write(kHere + kPage, 1);
    Fault last = Fault::repaired;
    for (unsigned i = 0; i < 100 && last == Fault::repaired; i++) {
        m.store.cpu = i % 2;
        last = space.fault(kHere + i % 2 * kPage, Access::write);
    }
    EXPECT_EQ(last, Fault::stuck);
}

TEST_F(VmemTest, AnAccessOfUnknownKindIsRepaired) {
    map_here(1);
    EXPECT_EQ(space.fault(kHere, Access::unknown), Fault::repaired);
    EXPECT_TRUE(space.backend().find(kHere).protection.write);
}

TEST_F(VmemTest, HalfAProtectionIsUndone) {
    map_here(4);
    ASSERT_TRUE(space.populate(kHere, 4 * kPage).ok());
    m.store.fail_at = m.store.requests + 1;
    EXPECT_EQ(space.protect(kHere, 4 * kPage, kReadOnly).code(), Errno::nomem);
    for (int i = 0; i < 4; i++) {
        EXPECT_TRUE(m.write(kHere + i * kPage, 1)) << i;
    }
}

TEST_F(VmemTest, ListsItsAreas) {
    map_here(1);
    map({.size = 2 * kPage, .name = "heap"});
    AreaInfo first = space.find(Vaddr{0}).take();
    EXPECT_EQ(first.range, (VirtRange{kHere, kPage}));
    AreaInfo second = space.find(first.range.end()).take();
    EXPECT_STREQ(second.name, "heap");
    EXPECT_EQ(space.find(second.range.end()).code(), Errno::noent);
}

} // namespace
