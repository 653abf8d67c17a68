// SPDX-License-Identifier: BSD-3-Clause
// RegionFrameAllocator: the common suite, and what only this provider promises.
#include <uk/falloc/conformance.hpp>
#include <uk/fallocregion/region_frame_allocator.hpp>

namespace {

using uk::fakes::Ram;
using uk::fakes::RamStore;
using Frames = uk::RegionFrameAllocator<Ram>;

using Providers = testing::Types<Frames>;
INSTANTIATE_TYPED_TEST_SUITE_P(Region, FrameConformance, Providers);

constexpr uint64_t kGiB = uint64_t{1} << 30;

TEST(RegionFrames, SixteenGigabytesCostOneArena) {
    RamStore ram(17 * kGiB);
    Frames frames(Ram{&ram});
    ASSERT_TRUE(frames.add_range({uk::Paddr{0x100000}, 3 * kGiB - 0x100000}).ok());
    ASSERT_TRUE(frames.add_range({uk::Paddr{4 * kGiB}, 13 * kGiB}).ok());
    EXPECT_TRUE(frames.allocate_run(16).ok());
    EXPECT_EQ(ram.opens(), 1u);
    EXPECT_LE(ram.opened_bytes(), Frames::kArena);
    // One block of 12 GiB is there, and opened in one go.
    EXPECT_TRUE(frames.allocate_run(12 * kGiB / uk::kPageSize).ok());
    EXPECT_EQ(ram.opens(), 2u);
}

TEST(RegionFrames, ArenasEndOnTheirOwnMultiples) {
    RamStore ram(1 * kGiB);
    Frames frames(Ram{&ram});
    ASSERT_TRUE(frames.add_range({uk::Paddr{0x123000}, kGiB - 0x123000}).ok());
    ASSERT_TRUE(frames.allocate_run(1).ok());
    EXPECT_EQ(ram.opened_bytes(), Frames::kArena - 0x123000);
    ASSERT_TRUE(frames.allocate_run(Frames::kArena / uk::kPageSize).ok());
    EXPECT_EQ(ram.opened_bytes(), 2 * Frames::kArena - 0x123000);
}

TEST(RegionFrames, ARangeThatCannotBeOpenedDoesNotHideAnother) {
    for (uint64_t second : {1, 2, 3}) { // smaller, equal, larger
        RamStore ram(64 << 20);
        Frames frames(Ram{&ram});
        ASSERT_TRUE(frames.add_range({uk::Paddr{0}, 2 << 20}).ok());
        ASSERT_TRUE(frames.add_range({uk::Paddr{32 << 20}, second << 20}).ok());
        ram.fail_opens(2);
        EXPECT_EQ(frames.allocate_run(16).code(), uk::Errno::nomem) << "neither";
        ram.fail_opens(1);
        EXPECT_TRUE(frames.allocate_run(16).ok()) << second << " MiB";
    }
}

TEST(RegionFrames, BestFit) {
    RamStore ram(16 << 20);
    Frames frames(Ram{&ram});
    ASSERT_TRUE(frames.add_range({uk::Paddr{0}, 256 * uk::kPageSize}).ok());
    char* base = static_cast<char*>(frames.allocate_run(256).take());
    const auto page = [base](size_t n) { return base + n * uk::kPageSize; };
    frames.free_run(page(10), 8);
    frames.free_run(page(30), 3);
    frames.free_run(page(50), 4);
    EXPECT_EQ(frames.allocate_run(3).take(), page(30));
    EXPECT_EQ(frames.allocate_run(3).take(), page(50));
    EXPECT_EQ(frames.allocate_run(1).take(), page(53));
    EXPECT_EQ(frames.stats().largest_free_pages, 8u);
}

TEST(RegionFrames, TooManyRangesAreRefusedNotLost) {
    RamStore ram(16 << 20);
    Frames frames(Ram{&ram});
    for (uint64_t i = 0; i < Frames::kMaxRanges; i++)
        ASSERT_TRUE(frames.add_range({uk::Paddr{i * 0x4000}, 0x1000}).ok());
    EXPECT_EQ(frames.add_range({uk::Paddr{0xf00000}, 0x1000}).code(), uk::Errno::nomem);
    EXPECT_TRUE(frames.add_range({uk::Paddr{0x1000}, 0x1000}).ok()) << "continues one";
    EXPECT_EQ(frames.stats().total_bytes, (Frames::kMaxRanges + 1) * 0x1000);
}

} // namespace
