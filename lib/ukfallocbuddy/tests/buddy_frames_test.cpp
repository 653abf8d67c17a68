// SPDX-License-Identifier: BSD-3-Clause
// BuddyFrameAllocator: the common suite, and what only this provider promises.
#include <algorithm>
#include <random>
#include <utility>
#include <vector>

#include <uk/fakes/effort.hpp>
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
class Model : public testing::TestWithParam<unsigned> {
  protected:
    static constexpr size_t kAll = 24 * kMiB / uk::kPageSize;

    RamStore ram_{24 * kMiB};
    Frames frames_{Ram{&ram_}};
    std::mt19937 random_{GetParam()};
    std::vector<bool> ours_ = std::vector<bool>(kAll, false);
    std::vector<bool> taken_ = std::vector<bool>(kAll, false);

    void* at(size_t frame) { return ram_.pointer(uk::Paddr::of_page(frame)); }

    // Opens all, so that what the bookkeeping keeps is known: the frames never handed out.
    void SetUp() override {
        std::vector<bool> given(kAll, false);
        for (auto [from, to] : {std::pair{3, 7}, {9, 10}, {100, 611}, {1030, 6000}}) {
            const auto start = static_cast<uint64_t>(from) * uk::kPageSize;
            const auto end = static_cast<uint64_t>(to) * uk::kPageSize;
            ASSERT_TRUE(frames_.add_range({uk::Paddr{start}, end - start}).ok());
            std::fill(given.begin() + from, given.begin() + to, true);
        }
        std::vector<size_t> mine;
        for (auto run = frames_.allocate_run(1); run.ok(); run = frames_.allocate_run(1)) {
            mine.push_back(ram_.address(run.value()).page_number());
            ASSERT_TRUE(given[mine.back()] && !ours_[mine.back()]);
            ours_[mine.back()] = true;
        }
        EXPECT_GE(mine.size(), 4u + 1 + 511 + 4970 - 4);
        std::shuffle(mine.begin(), mine.end(), random_);
        for (size_t frame : mine)
            frames_.free_run(at(frame), 1);
    }

    bool possible(const uk::FrameRequest& wish) const {
        size_t run = 0;
        for (size_t f = 0; f < kAll && (f + 1) * uk::kPageSize <= wish.below; f++) {
            run = ours_[f] && !taken_[f] ? run + 1 : 0;
            if (run >= wish.pages && (f + 1 - wish.pages) % wish.align_pages == 0)
                return true;
        }
        return false;
    }

    void allocate() {
        uk::FrameRequest wish;
        wish.pages = random_() % 30 ? 1 + random_() % 12 : 1 + random_() % 900;
        wish.align_pages = random_() % 4 ? 1 : size_t{1} << random_() % 8;
        wish.below = random_() % 5 ? ~uint64_t{0} : random_() % (24 * kMiB);
        auto got = frames_.allocate_run(wish);
        ASSERT_EQ(got.ok(), possible(wish))
            << wish.pages << " " << wish.align_pages << " " << wish.below;
        if (!got.ok())
            return;
        const size_t first = ram_.address(got.value()).page_number();
        ASSERT_EQ(first % wish.align_pages, 0u);
        ASSERT_LE((first + wish.pages) * uk::kPageSize, wish.below);
        for (size_t f = first; f < first + wish.pages; f++) {
            ASSERT_TRUE(ours_[f] && !taken_[f]);
            taken_[f] = true;
        }
        std::memset(got.value(), 0x5a, wish.pages * uk::kPageSize);
    }

    // Frees part of a run, a run, or several that lie side by side.
    void free() {
        size_t from = random_() % kAll;
        while (from < kAll && !taken_[from])
            from++;
        size_t end = from;
        for (const size_t most = 1 + random_() % 40;
             end < kAll && taken_[end] && end - from < most;)
            taken_[end++] = false;
        if (end != from)
            frames_.free_run(at(from), end - from);
    }
};

TEST_P(Model, Agrees) {
    const auto most = static_cast<size_t>(std::count(ours_.begin(), ours_.end(), true));
    for (unsigned i = 0; i < uk::fakes::effort(6000) && !HasFatalFailure(); i++) {
        if (random_() % 100 < 52)
            allocate();
        else
            free();
        const auto used = static_cast<size_t>(std::count(taken_.begin(), taken_.end(), true));
        ASSERT_EQ(frames_.stats().free_bytes, (most - used) * uk::kPageSize);
    }
}

INSTANTIATE_TEST_SUITE_P(Buddy, Model, testing::Range(1u, 7u));

} // namespace
