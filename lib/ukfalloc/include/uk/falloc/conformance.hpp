// SPDX-License-Identifier: BSD-3-Clause
// Host tests only: the suite that every frame allocator passes. A provider's test file is
//     #include <uk/falloc/conformance.hpp>
//     using Mine = testing::Types<uk::MyFrames<uk::fakes::Ram>>;
//     INSTANTIATE_TYPED_TEST_SUITE_P(My, FrameConformance, Mine);
#pragma once

#ifdef UK_HOST_TEST

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <random>
#include <utility>
#include <vector>

#include <uk/assert.h>
#include <uk/base/address.hpp>
#include <uk/base/result.hpp>
#include <uk/fakes/ram.hpp>
#include <uk/falloc/frame_allocator.hpp>

template <class F>
class FrameConformance : public testing::Test {
  protected:
    static constexpr uint64_t kMiB = 1 << 20;

    struct Run {
        char* memory;
        size_t pages;
        char mark;
    };

    // Physical addresses 0 ... 64 MiB.
    uk::fakes::RamStore ram_{64 * kMiB};
    F frames_{uk::fakes::Ram{&ram_}};

    static uk::PhysRange range(uint64_t start, uint64_t size) { return {uk::Paddr{start}, size}; }
    void add(uint64_t start, uint64_t size) {
        ASSERT_TRUE(frames_.add_range(range(start, size)).ok());
    }
    uint64_t physical(void* run) const { return ram_.address(run).value(); }

    Run take(size_t pages) {
        uk::Result<void*> run = frames_.allocate_run(pages);
        if (!run.ok())
            return {nullptr, 0, 0};
        Run taken{static_cast<char*>(run.take()), pages, ++mark_};
        UK_VERIFY(ram_.is_open(taken.memory, pages));
        std::memset(taken.memory, taken.mark, pages * uk::kPageSize);
        return taken;
    }
    void give(const Run& run) {
        for (size_t i = 0; i < run.pages * uk::kPageSize; i += 64)
            UK_VERIFY(run.memory[i] == run.mark);
        frames_.free_run(run.memory, run.pages);
    }
    // Pages of a range that are left when the provider's bookkeeping took the most it may.
    static size_t left(uint64_t bytes) {
        return bytes / uk::kPageSize - F::most_kept(bytes / uk::kPageSize);
    }
    size_t take_all_single() {
        size_t count = 0;
        while (frames_.allocate_run(1).ok())
            count++;
        return count;
    }

  private:
    char mark_ = 0;
};

TYPED_TEST_SUITE_P(FrameConformance);

TYPED_TEST_P(FrameConformance, EmptyHasNothing) {
    static_assert(uk::FrameAllocator<TypeParam>);
    EXPECT_EQ(this->frames_.allocate_run(1).code(), uk::Errno::nomem);
    EXPECT_EQ(this->frames_.stats().free_bytes, 0u);
}

TYPED_TEST_P(FrameConformance, AddingTouchesNothing) {
    this->add(0, 64 * this->kMiB);
    EXPECT_EQ(this->ram_.opened_bytes(), 0u);
    EXPECT_EQ(this->frames_.stats().total_bytes, 64 * this->kMiB);
    EXPECT_EQ(this->frames_.stats().free_bytes, 64 * this->kMiB);
}

TYPED_TEST_P(FrameConformance, BadRequests) {
    this->add(0, this->kMiB);
    EXPECT_EQ(this->frames_.allocate_run(0).code(), uk::Errno::inval);
    EXPECT_EQ(this->frames_.allocate_run({.pages = 1, .align_pages = 0}).code(), uk::Errno::inval);
    EXPECT_EQ(this->frames_.allocate_run({.pages = 1, .align_pages = 3}).code(), uk::Errno::inval);
    EXPECT_EQ(this->frames_.allocate_run(257).code(), uk::Errno::nomem);
    EXPECT_EQ(this->frames_.allocate_run(~size_t{0}).code(), uk::Errno::nomem);
    EXPECT_EQ(this->frames_.allocate_run(~size_t{0} / uk::kPageSize + 1).code(), uk::Errno::nomem);
    EXPECT_TRUE(this->frames_.allocate_run(this->left(this->kMiB)).ok());
}

TYPED_TEST_P(FrameConformance, RangesAreChecked) {
    auto& frames = this->frames_;
    this->add(0x10800, 0x3000); // partial pages at both ends are dropped
    EXPECT_EQ(frames.stats().total_bytes, 0x2000u);
    EXPECT_EQ(frames.add_range(this->range(0x12000, 0x1000)).code(), uk::Errno::exist);
    EXPECT_EQ(frames.add_range(this->range(0, 0x100000)).code(), uk::Errno::exist);
    EXPECT_EQ(frames.add_range(this->range(~uint64_t{0} - 100, 200)).code(), uk::Errno::inval);
    EXPECT_TRUE(frames.add_range(this->range(0x20100, 0x1000)).ok()) << "no whole page: nothing";
    EXPECT_TRUE(frames.add_range(this->range(0x30000, 0)).ok());
    EXPECT_EQ(frames.stats().total_bytes, 0x2000u);
    EXPECT_EQ(this->take_all_single(), this->left(0x2000));
}

TYPED_TEST_P(FrameConformance, AllOfLowMemoryIsUsable) {
    this->add(0x1000, 0x9f000 - 0x1000); // as a PC with 1280 KiB: 632 KiB below, 184 KiB above
    this->add(0x110000, 0x13e000 - 0x110000);
    const size_t pages = this->take_all_single();
    EXPECT_GE(pages, this->left(0x9e000) + this->left(0x2e000));
    EXPECT_LE(pages, (0x9e000u + 0x2e000u) / uk::kPageSize);
    EXPECT_EQ(this->frames_.stats().free_bytes, 0u);
}

TYPED_TEST_P(FrameConformance, SmallRequestsSpareTheLargeRange) {
    this->add(32 * this->kMiB, 32 * this->kMiB);
    this->add(0x1000, 0x9e000);
    for (int i = 0; i < 100; i++)
        ASSERT_LT(this->physical(this->frames_.allocate_run(1).take()), 0xa0000u);
    EXPECT_TRUE(this->frames_.allocate_run(this->left(32 * this->kMiB)).ok());
}

TYPED_TEST_P(FrameConformance, TouchingRangesMakeOneRun) {
    this->add(4 * this->kMiB, 4 * this->kMiB);
    this->add(8 * this->kMiB, 4 * this->kMiB);
    EXPECT_TRUE(this->frames_.allocate_run(this->left(8 * this->kMiB)).ok());
}

TYPED_TEST_P(FrameConformance, AlignmentAndLimit) {
    this->add(0x1000, 60 * this->kMiB);
    for (size_t align = 1; align <= 2048; align *= 2) {
        uk::Result<void*> run = this->frames_.allocate_run({.pages = 3, .align_pages = align});
        ASSERT_TRUE(run.ok()) << align;
        EXPECT_EQ(this->physical(run.value()) % (align * uk::kPageSize), 0u);
    }
    uk::Result<void*> low = this->frames_.allocate_run({.pages = 4, .below = this->kMiB});
    ASSERT_TRUE(low.ok());
    EXPECT_LE(this->physical(low.value()) + 4 * uk::kPageSize, this->kMiB);
    EXPECT_EQ(this->frames_.allocate_run({.pages = 300, .below = this->kMiB}).code(),
              uk::Errno::nomem);
    EXPECT_EQ(this->frames_.allocate_run({.pages = 1, .below = 100}).code(), uk::Errno::nomem);
}

TYPED_TEST_P(FrameConformance, PartsAndNeighboursMayBeFreed) {
    this->add(0, 32 * uk::kPageSize);
    char* first = static_cast<char*>(this->frames_.allocate_run(8).take());
    char* second = static_cast<char*>(this->frames_.allocate_run(8).take());
    ASSERT_EQ(first + 8 * uk::kPageSize, second);
    const uint64_t before = this->frames_.stats().free_bytes;
    this->frames_.free_run(first + 2 * uk::kPageSize, 3);
    EXPECT_EQ(this->frames_.stats().free_bytes, before + 3 * uk::kPageSize);
    this->frames_.free_run(first + 5 * uk::kPageSize, 11);
    this->frames_.free_run(first, 2);
    EXPECT_TRUE(this->frames_.allocate_run(this->left(32 * uk::kPageSize)).ok());
}

TYPED_TEST_P(FrameConformance, RandomRunsStayApartAndComeBack) {
    this->add(0x1000, 0x9e000);
    this->add(this->kMiB, 40 * this->kMiB);
    const uint64_t all = this->frames_.stats().free_bytes;
    std::mt19937 random(7);
    std::vector<typename FrameConformance<TypeParam>::Run> runs;
    for (int i = 0; i < 4000; i++) {
        if (runs.empty() || random() % 100 < 55) {
            const size_t pages = random() % 20 ? 1 + random() % 20 : 1 + random() % 1500;
            if (auto run = this->take(pages); run.memory)
                runs.push_back(run);
            continue;
        }
        const size_t which = random() % runs.size();
        this->give(runs[which]);
        runs[which] = runs.back();
        runs.pop_back();
    }
    for (const auto& run : runs)
        this->give(run);
    const uint64_t kept = all - this->frames_.stats().free_bytes;
    EXPECT_LE(kept / uk::kPageSize, TypeParam::most_kept(0x9e) + TypeParam::most_kept(10240));
    EXPECT_TRUE(this->frames_.allocate_run(this->left(40 * this->kMiB)).ok());
}

TYPED_TEST_P(FrameConformance, PageTablesMayComeOutOfTheRange) {
    this->ram_.take_for_tables(2); // the first two pages of whatever is opened
    this->add(0, 16 * this->kMiB);
    auto run = this->take(100);
    ASSERT_NE(run.memory, nullptr);
    EXPECT_GE(this->physical(run.memory), 2 * uk::kPageSize);
    this->give(run);
    const size_t taken = this->ram_.opens() * 2;
    const size_t pages = this->take_all_single();
    EXPECT_LE(pages, 4096 - taken);
    EXPECT_GE(pages, 4096 - taken - TypeParam::most_kept(4096));
}

TYPED_TEST_P(FrameConformance, FailureToOpenIsAnErrorAndPasses) {
    this->add(0, 32 * this->kMiB);
    this->add(40 * this->kMiB, this->kMiB);
    this->ram_.fail_opens(2);
    EXPECT_EQ(this->frames_.allocate_run(10).code(), uk::Errno::nomem);
    EXPECT_TRUE(this->frames_.allocate_run(10).ok());
    this->ram_.fail_opens(1);
    EXPECT_TRUE(this->frames_.allocate_run(300).ok() || this->frames_.allocate_run(300).ok());
}

TYPED_TEST_P(FrameConformance, EachFailureToOpenLosesNothing) {
    const uk::PhysRange ranges[] = {this->range(0x1000, 0x9e000),
                                    this->range(this->kMiB, 8 * this->kMiB),
                                    this->range(16 * this->kMiB, 4 * this->kMiB),
                                    this->range(32 * this->kMiB, 32 * this->kMiB)};
    bool failed = true;
    size_t k = 0;
    while (failed) {
        k++;
        uk::fakes::RamStore ram(64 * this->kMiB);
        TypeParam frames(uk::fakes::Ram{&ram});
        size_t least = 0;
        for (const uk::PhysRange& each : ranges) {
            ASSERT_TRUE(frames.add_range(each).ok());
            least += this->left(each.size);
        }
        ram.fail_open_in(k);
        std::vector<std::pair<void*, size_t>> runs;
        for (const size_t pages : {1, 300, 5000, 2, 1200, 900}) {
            uk::Result<void*> run = frames.allocate_run(pages);
            if (!run.ok()) {
                EXPECT_EQ(run.code(), uk::Errno::nomem);
                EXPECT_FALSE(ram.failure_is_to_come()) << k << ": " << pages << " pages are there";
                run = frames.allocate_run(pages); // as if nothing had been
            }
            ASSERT_TRUE(run.ok()) << k << ": " << pages << " pages";
            runs.emplace_back(run.value(), pages);
        }
        for (const auto& [run, pages] : runs)
            frames.free_run(run, pages);
        failed = !ram.failure_is_to_come();
        ram.fail_open_in(0);
        size_t count = 0;
        while (frames.allocate_run(1).ok())
            count++;
        EXPECT_GE(count, least) << k;
    }
    EXPECT_GE(k, 4u);
}

TYPED_TEST_P(FrameConformance, FreeingTwicePanics) {
    this->add(0, this->kMiB);
    char* run = static_cast<char*>(this->frames_.allocate_run(4).take());
    (void)this->frames_.allocate_run(1);
    this->frames_.free_run(run, 4);
    EXPECT_DEATH(this->frames_.free_run(run, 4), "");
    EXPECT_DEATH(this->frames_.free_run(run + uk::kPageSize, 1), "");
    EXPECT_DEATH(this->frames_.free_run(run + 100, 1), "");
    EXPECT_DEATH(this->frames_.free_run(run + 2 * this->kMiB, 1), "");
}

TYPED_TEST_P(FrameConformance, FreeingOverAFreePartPanics) {
    this->add(0, 8 * this->kMiB);
    char* run = static_cast<char*>(this->frames_.allocate_run(1200).take());
    for (size_t hole : {1, 600, 1198}) {
        this->frames_.free_run(run + hole * uk::kPageSize, 1);
        EXPECT_DEATH(this->frames_.free_run(run, 1200), "freed twice");
        void* again = this->frames_.allocate_run(1).take();
        ASSERT_EQ(again, run + hole * uk::kPageSize) << "the smallest piece that fits";
    }
    EXPECT_DEATH(this->frames_.free_run(run, 4096), "");
    this->frames_.free_run(run, 1200);
}

TYPED_TEST_P(FrameConformance, AllOfItComesBack) {
    this->add(0x1000, 0x9e000);
    this->add(this->kMiB, 20 * this->kMiB);
    std::vector<void*> runs;
    for (auto run = this->frames_.allocate_run(1); run.ok(); run = this->frames_.allocate_run(1))
        runs.push_back(run.take());
    EXPECT_GE(runs.size(), this->left(0x9e000) + this->left(20 * this->kMiB));
    const uk::FrameStats none = this->frames_.stats();
    EXPECT_EQ(none.free_bytes, 0u);
    EXPECT_EQ(none.unopened_bytes, 0u);
    EXPECT_EQ(none.largest_free_pages, 0u);
    EXPECT_GE(none.arenas, 2u);
    std::shuffle(runs.begin(), runs.end(), std::mt19937(3));
    for (void* run : runs)
        this->frames_.free_run(run, 1);
    EXPECT_EQ(this->frames_.stats().free_bytes, runs.size() * uk::kPageSize);
    EXPECT_TRUE(this->frames_.allocate_run(this->frames_.stats().largest_free_pages).ok());
    EXPECT_TRUE(this->frames_.allocate_run(this->left(0x9e000)).ok());
}

REGISTER_TYPED_TEST_SUITE_P(FrameConformance, EmptyHasNothing, AddingTouchesNothing, BadRequests,
                            RangesAreChecked, AllOfLowMemoryIsUsable,
                            SmallRequestsSpareTheLargeRange, TouchingRangesMakeOneRun,
                            AlignmentAndLimit, PartsAndNeighboursMayBeFreed,
                            RandomRunsStayApartAndComeBack, PageTablesMayComeOutOfTheRange,
                            FailureToOpenIsAnErrorAndPasses, EachFailureToOpenLosesNothing,
                            FreeingTwicePanics, FreeingOverAFreePartPanics, AllOfItComesBack);

#endif // UK_HOST_TEST
