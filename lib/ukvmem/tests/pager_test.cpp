// SPDX-License-Identifier: BSD-3-Clause
// Host tests of file-shaped mappings: private copies, shared pages, write-back, pagers that wait.
#include <gtest/gtest.h>

#include "machine.hpp"

namespace {

using namespace uk;
using namespace uk::vmem;
using namespace uk::vmem::tests;

constexpr uint64_t kPage = kPageSize;

class PagerTest : public ::testing::Test {
  public:
    Machine m;
    FakeFile file{m, 8};
    AddressSpace<FakeBackend>& space = m.space;

    ~PagerTest() override { space.clear(); }
    Result<Vaddr> try_map(bool shared, uint64_t offset = 0, uint64_t pages = 8,
                          Protection protection = kReadWrite) {
        return space.map({.size = pages * kPage,
                          .protection = protection,
                          .kind = Kind::file,
                          .pager = &file,
                          .offset = offset,
                          .shared = shared});
    }
    Vaddr map(bool shared, uint64_t offset = 0, uint64_t pages = 8,
              Protection protection = kReadWrite) {
        Result<Vaddr> at = try_map(shared, offset, pages, protection);
        EXPECT_TRUE(at.ok());
        return at.ok() ? at.value() : Vaddr{};
    }
};

TEST_F(PagerTest, PrivatePagesAreCopies) {
    Vaddr at = map(false, 2 * kPage, 4);
    EXPECT_EQ(m.read(at), 3);
    EXPECT_TRUE(m.write(at, 99));
    EXPECT_EQ(std::to_integer<int>(file.disk[2 * kPage]), 3);
    EXPECT_EQ(space.stats().private_pages, 1u);
    ASSERT_TRUE(space.discard(at, kPage).ok());
    EXPECT_EQ(m.read(at), 3) << "read anew";
    ASSERT_TRUE(space.unmap(at, 4 * kPage).ok());
    EXPECT_EQ(file.users, 0);
}

TEST_F(PagerTest, BeyondTheEndAreZeros) {
    Vaddr at = map(false, 0, 9);
    EXPECT_EQ(m.read(at + 8 * kPage), 0);
    Vaddr shared = map(true, 0, 9);
    EXPECT_EQ(m.read(shared + 8 * kPage), -1);
    EXPECT_EQ(m.last, Fault::no_data);
}

TEST_F(PagerTest, SharedPagesAreOne) {
    Vaddr first = map(true);
    Vaddr second = map(true);
    EXPECT_EQ(m.read(first + kPage), 2);
    EXPECT_TRUE(m.write(second + kPage, 77));
    EXPECT_EQ(m.read(first + kPage), 77);
    EXPECT_EQ(std::to_integer<int>(file.disk[kPage]), 2) << "not written back yet";
    ASSERT_TRUE(space.sync(second, 8 * kPage).ok());
    EXPECT_EQ(std::to_integer<int>(file.disk[kPage]), 77);
    EXPECT_EQ(file.written, 1);
    EXPECT_TRUE(m.write(second + kPage, 78)) << "is noticed again";
    ASSERT_TRUE(space.sync(second, 8 * kPage).ok());
    EXPECT_EQ(file.written, 2);
    EXPECT_EQ(space.stats().private_pages, 0u);
    ASSERT_TRUE(space.unmap(first, 8 * kPage).ok());
    EXPECT_EQ(m.read(second + kPage), 78);
}

TEST_F(PagerTest, AFullDiskFaultsTheWriteOnly) {
    Vaddr at = map(true);
    file.full = true;
    EXPECT_EQ(m.read(at), 1);
    EXPECT_FALSE(m.write(at, 2));
    EXPECT_EQ(m.last, Fault::no_data);
    EXPECT_FALSE(m.write(at + kPage, 2)) << "a page that was never read";
    EXPECT_EQ(file.shares, 1);
    file.full = false;
    EXPECT_TRUE(m.write(at, 2));
}

TEST_F(PagerTest, ReadOnlyFilesStaySo) {
    Vaddr at = space
                   .map({.size = kPage,
                         .protection = kReadOnly,
                         .kind = Kind::file,
                         .pager = &file,
                         .shared = true,
                         .write_allowed = false})
                   .take();
    EXPECT_FALSE(m.write(at, 1));
    EXPECT_EQ(m.last, Fault::forbidden);
    EXPECT_EQ(space.protect(at, kPage, kReadWrite).code(), Errno::acces);
}

TEST_F(PagerTest, PartsKeepTheirOffsets) {
    Vaddr at = map(false);
    ASSERT_TRUE(space.unmap(at + 2 * kPage, kPage).ok());
    EXPECT_EQ(file.users, 2);
    EXPECT_EQ(m.read(at + kPage), 2);
    EXPECT_EQ(m.read(at + 3 * kPage), 4);
    ASSERT_TRUE(space.protect(at + 4 * kPage, kPage, kReadOnly).ok());
    EXPECT_EQ(m.read(at + 4 * kPage), 5);
    EXPECT_EQ(file.users, 4);
    ASSERT_TRUE(space.protect(at + 4 * kPage, kPage, kReadWrite).ok());
    EXPECT_EQ(file.users, 2) << "merged";
    EXPECT_EQ(space.find(at + 3 * kPage).take().offset, 3 * kPage);
}

TEST_F(PagerTest, NeighboursMergeOnlyWhereTheFileGoesOn) {
    Vaddr at = map(false, 0, 2);
    auto next = [&](Vaddr where, uint64_t offset) {
        return space
            .map({.size = kPage,
                  .where = where,
                  .placement = Placement::exact,
                  .kind = Kind::file,
                  .pager = &file,
                  .offset = offset})
            .ok();
    };
    ASSERT_TRUE(next(at + 2 * kPage, 2 * kPage));
    EXPECT_EQ(space.stats().areas, 1u);
    ASSERT_TRUE(next(at + 3 * kPage, 5 * kPage));
    EXPECT_EQ(space.stats().areas, 2u);
    EXPECT_EQ(m.read(at + 2 * kPage), 3);
    EXPECT_EQ(m.read(at + 3 * kPage), 6);
}

TEST_F(PagerTest, OneThatWaitsIsReadAtOnceAndWithoutTheLock) {
    file.blocks = true;
    for (bool shared : {false, true}) {
        Vaddr at = map(shared, kPage, 3);
        const uint64_t faults = space.stats().faults;
        EXPECT_EQ(m.read(at), 2);
        EXPECT_EQ(m.read(at + 2 * kPage), 4);
        EXPECT_EQ(space.stats().faults, faults);
        ASSERT_TRUE(space.discard(at, kPage).ok());
        EXPECT_EQ(m.read(at), 2) << "it could not come again";
        EXPECT_TRUE(m.write(at, 9));
        ASSERT_TRUE(space.unmap(at, 3 * kPage).ok());
    }
}

TEST_F(PagerTest, OneThatWaitsAndFailsLeavesNoMapping) {
    file.blocks = true;
    EXPECT_EQ(try_map(true, 6 * kPage, 4).code(), Errno::io);
    EXPECT_EQ(space.stats().areas, 0u);
    EXPECT_EQ(file.users, 0);
    EXPECT_EQ(file.shares, 0);
}

// The thread that fills pages is overtaken by one that maps something else there.
class Overtaken final : public Pager {
  public:
    explicit Overtaken(Machine& machine) : m(machine) {}
    void hold() override { users++; }
    void drop() override { users--; }
    bool may_block() const override { return true; }
    Result<> fill(uint64_t offset, std::span<std::byte> page) override {
        page[0] = std::byte{5};
        if (offset == kPage && !done) {
            done = true;
            at = m.space.find(kSearch).take().range.start;
            EXPECT_TRUE(
                m.space.map({.size = kPage, .where = at + kPage, .placement = Placement::replace})
                    .ok());
        }
        return {};
    }
    Result<Paddr> share(uint64_t /*offset*/) override { return Errno::nodev; }
    void unshare(uint64_t /*offset*/, Paddr /*frame*/) override {}
    Result<> will_write(uint64_t /*offset*/) override { return Errno::nodev; }
    Result<> write_back(uint64_t /*offset*/, uint64_t /*size*/) override { return Errno::nodev; }
    Machine& m;
    int users = 0;
    bool done = false;
    Vaddr at{};
};

TEST_F(PagerTest, WhatAnotherThreadPutThereStays) {
    Overtaken pager(m);
    Vaddr at = space.map({.size = 3 * kPage, .kind = Kind::file, .pager = &pager}).take();
    EXPECT_EQ(at, pager.at);
    EXPECT_EQ(m.read(at), 5);
    EXPECT_EQ(m.read(at + kPage), 0);
    EXPECT_EQ(m.read(at + 2 * kPage), 5);
    EXPECT_EQ(pager.users, 2);
    space.clear();
    EXPECT_EQ(pager.users, 0);
}

} // namespace
