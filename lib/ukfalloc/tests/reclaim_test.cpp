// SPDX-License-Identifier: BSD-3-Clause
// Reclaim over both providers, and runs for devices.
#include <gtest/gtest.h>

#include <functional>
#include <utility>
#include <vector>

#include <uk/fakes/hal.hpp>
#include <uk/fakes/ram.hpp>
#include <uk/falloc/dma.hpp>
#include <uk/falloc/slot_binding.hpp>
#include <uk/fallocbuddy/buddy_frame_allocator.hpp>
#include <uk/fallocregion/region_frame_allocator.hpp>

// The slot of this test: what a slot.cpp is, with memory that the test brings.
namespace {
uk::fakes::RamStore* g_store;
uk::ReclaimList* g_caches;
uk::ReclaimList& test_caches() {
    return *g_caches;
}
struct TestRam {
    uk::Result<uk::PhysRange> open(uk::PhysRange range) { return g_store->open(range); }
    void* pointer(uk::Paddr address) { return uk::hal::direct_map(address); }
    uk::Paddr address(const void* pointer) { return uk::hal::direct_map_paddr(pointer); }
};
uk::BuddyFrameAllocator<TestRam> g_frames;
} // namespace
UK_FRAME_SLOT(g_frames)

namespace {

using uk::fakes::Ram;
using uk::fakes::RamStore;

class Cache final : public uk::Reclaimer {
  public:
    explicit Cache(std::function<size_t(size_t)> give) : give_(std::move(give)) {}
    size_t reclaim(size_t bytes) override {
        asked.push_back(bytes);
        return give_(bytes);
    }
    std::vector<size_t> asked;

  private:
    std::function<size_t(size_t)> give_;
};

template <class F>
class Reclaim : public testing::Test {
  protected:
    RamStore ram_{4 << 20};
    F frames_{Ram{&ram_}};
    uk::ReclaimList caches_;
    std::vector<void*> held_;

    void SetUp() override {
        ASSERT_TRUE(frames_.add_range({uk::Paddr{0}, 1 << 20}).ok());
        for (auto run = frames_.allocate_run(1); run.ok(); run = frames_.allocate_run(1))
            held_.push_back(run.take());
    }
    uk::Result<void*> allocate(size_t pages) {
        g_caches = &caches_;
        uk::Spinlock<uk::LockRank::frames> lock;
        return uk::falloc::allocate(frames_, lock, test_caches, pages);
    }
    size_t give(size_t pages) {
        for (size_t i = 0; i < pages; i++, held_.pop_back())
            frames_.free_run(held_.back(), 1);
        return pages * uk::kPageSize;
    }
};

using Providers = testing::Types<uk::BuddyFrameAllocator<Ram>, uk::RegionFrameAllocator<Ram>>;
TYPED_TEST_SUITE(Reclaim, Providers);

TYPED_TEST(Reclaim, AsksInOrderUntilEnoughIsBack) {
    Cache first([](size_t) { return 0; });
    Cache second([&](size_t) { return this->give(1); });
    Cache third([&](size_t) { return this->give(1); });
    Cache fourth([&](size_t) { return this->give(1); });
    for (Cache* cache : {&first, &second, &third, &fourth})
        ASSERT_TRUE(this->caches_.add(*cache).ok());
    EXPECT_TRUE(this->allocate(2).ok());
    EXPECT_EQ(first.asked, std::vector<size_t>{2 * uk::kPageSize});
    EXPECT_EQ(second.asked, std::vector<size_t>{2 * uk::kPageSize});
    EXPECT_EQ(third.asked, std::vector<size_t>{uk::kPageSize});
    EXPECT_TRUE(fourth.asked.empty());
    for (Cache* cache : {&third, &first, &fourth, &second})
        EXPECT_TRUE(this->caches_.remove(*cache).ok());
    EXPECT_EQ(this->allocate(1).code(), uk::Errno::nomem) << "no cache is left";
}

TYPED_TEST(Reclaim, TriesOnceMoreAndNoOftener) {
    Cache liar([](size_t bytes) { return bytes; }); // says it gave and did not
    ASSERT_TRUE(this->caches_.add(liar).ok());
    EXPECT_EQ(this->allocate(1).code(), uk::Errno::nomem);
    EXPECT_EQ(liar.asked.size(), 1u);
    EXPECT_TRUE(this->caches_.remove(liar).ok());
}

TYPED_TEST(Reclaim, IsNotAskedForNothing) {
    Cache cache([&](size_t) { return this->give(1); });
    ASSERT_TRUE(this->caches_.add(cache).ok());
    EXPECT_EQ(this->allocate(0).code(), uk::Errno::inval);
    EXPECT_EQ(this->allocate(257).code(), uk::Errno::nomem) << "more than all of RAM";
    EXPECT_EQ(this->allocate(~size_t{0}).code(), uk::Errno::nomem);
    this->give(1);
    EXPECT_TRUE(this->allocate(1).ok()) << "there is memory";
    EXPECT_TRUE(cache.asked.empty());
    EXPECT_TRUE(this->caches_.remove(cache).ok());
}

TYPED_TEST(Reclaim, IsNeverReentered) {
    uk::Errno inner{};
    Cache cache([&](size_t) {
        inner = this->allocate(1).code();
        return this->give(1);
    });
    ASSERT_TRUE(this->caches_.add(cache).ok());
    EXPECT_TRUE(this->allocate(1).ok());
    EXPECT_EQ(inner, uk::Errno::nomem);
    EXPECT_EQ(cache.asked.size(), 1u);
    EXPECT_TRUE(this->allocate(1).ok()) << "and may be asked again later";
    EXPECT_EQ(cache.asked.size(), 2u);
    EXPECT_TRUE(this->caches_.remove(cache).ok());
}

TYPED_TEST(Reclaim, RegistrationIsChecked) {
    Cache once([&](size_t) {
        (void)this->caches_.remove(once);
        return size_t{0};
    });
    Cache other([&](size_t) { return this->give(1); });
    EXPECT_EQ(this->caches_.remove(once).code(), uk::Errno::noent);
    ASSERT_TRUE(this->caches_.add(once).ok());
    EXPECT_EQ(this->caches_.add(once).code(), uk::Errno::exist);
    ASSERT_TRUE(this->caches_.add(other).ok());
    EXPECT_TRUE(this->allocate(1).ok()) << "one that leaves does not hide the next";
    EXPECT_EQ(this->caches_.remove(once).code(), uk::Errno::noent);
    EXPECT_TRUE(this->caches_.remove(other).ok());
}

TEST(Dma, RunsLieWhereTheDeviceReaches) {
    RamStore ram(64 << 20);
    g_store = &ram;
    uk::fakes::memory_set(ram.pointer(uk::Paddr{0}), 0);
    ASSERT_TRUE(uk::falloc::add_range({uk::Paddr{32 << 20}, 32 << 20}).ok());
    ASSERT_TRUE(uk::falloc::add_range({uk::Paddr{1 << 20}, 15 << 20}).ok());
    using uk::falloc::allocate_dma;
    const uint64_t all = uk::falloc::stats().free_bytes;
    uk::DmaRun run = allocate_dma({.bytes = 100'001, .align = 1 << 16, .below = 16 << 20}).take();
    EXPECT_EQ(run.pages, 25u);
    EXPECT_TRUE(run.address.is_aligned(1 << 16));
    EXPECT_LE(run.address.value() + 100'001, 16u << 20);
    EXPECT_EQ(run.memory, ram.pointer(uk::Paddr{run.address.value()}));
    EXPECT_TRUE(ram.is_open(static_cast<char*>(run.memory), run.pages));
    EXPECT_EQ(allocate_dma({.bytes = 16 << 20, .below = 16 << 20}).code(), uk::Errno::nomem);
    EXPECT_EQ(allocate_dma({.bytes = 0}).code(), uk::Errno::inval);
    EXPECT_EQ(allocate_dma({.bytes = 1, .align = 3}).code(), uk::Errno::inval);
    EXPECT_EQ(allocate_dma({.bytes = 1, .align = 0}).code(), uk::Errno::inval);
    EXPECT_EQ(allocate_dma({.bytes = ~size_t{0}}).code(), uk::Errno::nomem);
    uk::DmaRun small = allocate_dma({.bytes = 1, .align = 64}).take();
    EXPECT_EQ(small.pages, 1u);
    uk::falloc::free_dma(small);
    uk::falloc::free_dma(run);
    EXPECT_LE(all - uk::falloc::stats().free_bytes, 8 * uk::kPageSize) << "bookkeeping";
    uk::fakes::memory_set(nullptr, 0);
}

} // namespace
