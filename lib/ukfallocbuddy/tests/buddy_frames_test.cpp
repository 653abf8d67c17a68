// SPDX-License-Identifier: BSD-3-Clause
// BuddyFrameAllocator: the common suite, and what only this provider promises.
#include <algorithm>
#include <random>
#include <utility>
#include <vector>

#include <uk/falloc/conformance.hpp>
#include <uk/fallocbuddy/buddy_frame_allocator.hpp>

namespace {

using uk::fakes::Ram;
using uk::fakes::RamStore;
using Frames = uk::BuddyFrameAllocator<Ram>;

using Providers = testing::Types<Frames>;
INSTANTIATE_TYPED_TEST_SUITE_P(Buddy, FrameConformance, Providers);

constexpr uint64_t kMiB = uint64_t{1} << 20;
constexpr uint64_t kGiB = uint64_t{1} << 30;

TEST(BuddyFrames, SixteenGigabytesCostOneArena) {
    RamStore ram(17 * kGiB);
    Frames frames(Ram{&ram});
    ASSERT_TRUE(frames.add_range({uk::Paddr{0x100000}, 3 * kGiB - 0x100000}).ok());
    ASSERT_TRUE(frames.add_range({uk::Paddr{4 * kGiB}, 13 * kGiB}).ok());
    EXPECT_TRUE(frames.allocate_run(16).ok());
    EXPECT_EQ(ram.opens(), 1u);
    EXPECT_LE(ram.opened_bytes(), 2 * Frames::kArena);
    // One run of 12 GiB is there, and opened in one go.
    EXPECT_TRUE(frames.allocate_run(12 * kGiB / uk::kPageSize).ok());
    EXPECT_EQ(ram.opens(), 2u);
}

TEST(BuddyFrames, ArenasDoubleAndEndOnTheirOwnMultiples) {
    RamStore ram(8 * kGiB);
    Frames frames(Ram{&ram});
    ASSERT_TRUE(frames.add_range({uk::Paddr{0x123000}, 8 * kGiB - 0x123000}).ok());
    size_t arenas = 0;
    while (frames.allocate_run(512).ok())
        if (frames.stats().arenas != arenas) {
            arenas = frames.stats().arenas;
            EXPECT_EQ((ram.opened_bytes() + 0x123000) % Frames::kArena, 0u);
        }
    EXPECT_LE(arenas, 8u);
    EXPECT_EQ(frames.stats().unopened_bytes, 0u);
}

TEST(BuddyFrames, TinyRangesShareAFrameOfBookkeeping) {
    RamStore ram(16 * kMiB);
    Frames frames(Ram{&ram});
    for (uint64_t i = 0; i < 20; i++)
        ASSERT_TRUE(frames.add_range({uk::Paddr{0x10000 + i * 0x8000}, (1 + i % 4) * 0x1000}).ok());
    size_t pages = 0;
    while (frames.allocate_run(1).ok())
        pages++;
    EXPECT_EQ(frames.stats().total_bytes / uk::kPageSize, 50u);
    EXPECT_EQ(pages, 49u);
}

TEST(BuddyFrames, SplitsTheSmallestBlockAndMergesBack) {
    RamStore ram(16 * kMiB);
    Frames frames(Ram{&ram});
    ASSERT_TRUE(frames.add_range({uk::Paddr{0}, 16 * kMiB}).ok());
    void* first = frames.allocate_run(1).take();
    const size_t largest = frames.stats().largest_free_pages;
    EXPECT_EQ(largest, 2048u) << "the small blocks at the start were used";
    void* big = frames.allocate_run(2048).take();
    EXPECT_LT(frames.stats().largest_free_pages, largest);
    frames.free_run(big, 2048);
    frames.free_run(first, 1);
    EXPECT_EQ(frames.stats().largest_free_pages, largest);
}

// Every frame's owner in a vector: what is handed out must be free, aligned and below the limit,
// and ENOMEM must be true.
TEST(BuddyFrames, AgreesWithAModel) {
    for (unsigned seed = 1; seed <= 6; seed++) {
        RamStore ram(24 * kMiB);
        Frames frames(Ram{&ram});
        constexpr size_t kAll = 24 * kMiB / uk::kPageSize;
        std::vector<bool> ours(kAll, false), taken(kAll, false);
        for (auto [from, to] :
             {std::pair<size_t, size_t>{3, 7}, {9, 10}, {100, 611}, {1030, 6000}}) {
            ASSERT_TRUE(frames.add_range({uk::Paddr{from * 4096}, (to - from) * 4096}).ok());
            std::fill(ours.begin() + static_cast<long>(from), ours.begin() + static_cast<long>(to),
                      true);
        }
        // Open all, so that what the bookkeeping keeps is known: the frames never handed out.
        std::vector<size_t> mine;
        while (true) {
            auto run = frames.allocate_run(1);
            if (!run.ok())
                break;
            mine.push_back(ram.address(run.value()).page_number());
            ASSERT_TRUE(ours[mine.back()] && !taken[mine.back()]);
            taken[mine.back()] = true;
        }
        ours = taken;
        const uint64_t most = mine.size();
        EXPECT_GE(most, 4u + 1 + 511 + 4970 - 4);
        std::mt19937 random(seed);
        std::shuffle(mine.begin(), mine.end(), random);
        for (size_t frame : mine)
            frames.free_run(ram.pointer(uk::Paddr::of_page(frame)), 1);
        taken.assign(kAll, false);
        EXPECT_EQ(frames.stats().free_bytes, most * uk::kPageSize);
        for (int i = 0; i < 6000; i++) {
            if (random() % 100 < 52) {
                uk::FrameRequest wish;
                wish.pages = random() % 30 ? 1 + random() % 12 : 1 + random() % 900;
                wish.align_pages = random() % 4 ? 1 : size_t{1} << random() % 8;
                wish.below = random() % 5 ? ~uint64_t{0} : random() % (24 * kMiB);
                size_t run = 0, possible = 0;
                for (size_t f = 0; f < kAll && !possible; f++) {
                    run = ours[f] && !taken[f] ? run + 1 : 0;
                    if (run >= wish.pages && (f + 1 - wish.pages) % wish.align_pages == 0 &&
                        (f + 1) * 4096 <= wish.below)
                        possible = 1;
                }
                auto got = frames.allocate_run(wish);
                ASSERT_EQ(got.ok(), possible == 1)
                    << wish.pages << " " << wish.align_pages << " " << wish.below;
                if (!got.ok())
                    continue;
                const size_t at = ram.address(got.value()).page_number();
                ASSERT_EQ(at % wish.align_pages, 0u);
                ASSERT_LE((at + wish.pages) * 4096, wish.below);
                for (size_t f = at; f < at + wish.pages; f++) {
                    ASSERT_TRUE(ours[f] && !taken[f]);
                    taken[f] = true;
                }
                std::memset(got.value(), 0x5a, wish.pages * 4096);
            } else {
                size_t from = random() % kAll, length = 1 + random() % 40, end = from;
                while (from < kAll && !taken[from])
                    from++;
                for (end = from; end < kAll && taken[end] && end - from < length; end++)
                    taken[end] = false;
                if (end != from)
                    frames.free_run(ram.pointer(uk::Paddr::of_page(from)), end - from);
            }
            const auto used = std::count(taken.begin(), taken.end(), true);
            ASSERT_EQ(frames.stats().free_bytes / 4096, most - static_cast<size_t>(used));
        }
    }
}

} // namespace
