// SPDX-License-Identifier: BSD-3-Clause
// Host tests only: the suite that every heap class passes. A provider's test file is
//     #include <uk/alloc/conformance.hpp>
//     using MyHeaps = testing::Types<uk::MyHeap<uk::fakes::FakePages>>;
//     INSTANTIATE_TYPED_TEST_SUITE_P(My, HeapConformance, MyHeaps);
#pragma once

#ifdef UK_HOST_TEST

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <random>
#include <set>
#include <vector>

#include <uk/alloc/concepts.hpp>
#include <uk/alloc/shadow.hpp>
#include <uk/base/address.hpp>
#include <uk/fakes/effort.hpp>
#include <uk/fakes/pages.hpp>

template <class H>
class HeapConformance : public testing::Test {
  protected:
    using Shadow = uk::heap_test::Shadow<H>;
    static constexpr bool kReuses = uk::heap_test::kReuses<H>;
    static constexpr size_t kPages = 4096;
    static constexpr size_t kGrain = uk::heap_test::kGrainPages<H>;

    // How many of the seeds are tried: all in `make check-all`, one in `make check`.
    static unsigned seeds(unsigned all) {
#ifdef __SANITIZE_THREAD__ // only threads matter
        return all != 0;
#else
        return std::getenv("UK_CHECK_ALL") != nullptr ? all : 1;
#endif
    }
    static std::vector<uint8_t> script(unsigned seed, size_t bytes) {
        std::mt19937 random(seed);
#ifdef __SANITIZE_THREAD__
        bytes /= 4; // one thread has no races; and it is slow
#endif
        std::vector<uint8_t> text(bytes);
        for (uint8_t& byte : text)
            byte = static_cast<uint8_t>(random());
        return text;
    }

    uk::fakes::PageStore store_{kPages};
    H heap_{uk::fakes::FakePages{&store_}};
    Shadow shadow_{heap_};
};

TYPED_TEST_SUITE_P(HeapConformance);

TYPED_TEST_P(HeapConformance, MeetsTheConcept) {
    static_assert(uk::HeapAllocator<TypeParam>);
    EXPECT_EQ(this->store_.requests(), 0u) << "set-up must not fetch pages";
    EXPECT_TRUE(this->heap_.verify());
}

TYPED_TEST_P(HeapConformance, AllSizesAreAlignedUsableAndApart) {
    for (size_t size = 0; size <= 2100; size++)
        ASSERT_TRUE(this->shadow_.allocate(size)) << size;
    for (size_t size = 4000; size <= 200000; size = size * 9 / 8 + 1)
        ASSERT_TRUE(this->shadow_.allocate(size)) << size;
    this->shadow_.check_all();
    this->shadow_.deallocate_all();
    this->shadow_.check_all();
}

TYPED_TEST_P(HeapConformance, ZeroSizeGivesDistinctBlocks) {
    std::set<void*> blocks;
    for (int i = 0; i < 100; i++)
        blocks.insert(this->heap_.allocate(0));
    EXPECT_EQ(blocks.size(), 100u);
    EXPECT_EQ(blocks.count(nullptr), 0u);
    for (void* block : blocks)
        this->heap_.deallocate(block);
}

TYPED_TEST_P(HeapConformance, AbsurdSizesFailAndDoNoHarm) {
    constexpr size_t kMost = std::numeric_limits<size_t>::max();
    ASSERT_TRUE(this->shadow_.allocate(100));
    for (size_t less : {0ul, 1ul, 7ul, 8ul, 15ul, 16ul, 23ul, 24ul, 31ul, 4095ul, 4096ul, 8192ul}) {
        EXPECT_EQ(this->heap_.allocate(kMost - less), nullptr);
        EXPECT_EQ(this->heap_.allocate(kMost - less, 64), nullptr);
        EXPECT_EQ(this->heap_.allocate(kMost / 2 - less), nullptr);
        EXPECT_EQ(this->heap_.allocate(uk::kHeapMaxRequest - less), nullptr); // no such memory
        EXPECT_EQ(this->heap_.reallocate(this->shadow_.memory(0), kMost - less), nullptr);
    }
    EXPECT_EQ(this->heap_.allocate(16, size_t{1} << 63), nullptr);
    EXPECT_EQ(this->heap_.allocate(kMost, size_t{1} << 63), nullptr);
    EXPECT_EQ(this->heap_.allocate(uk::kHeapMaxRequest, uk::kHeapMaxRequest), nullptr);
    this->shadow_.check_all();
    EXPECT_TRUE(this->shadow_.allocate(1000));
}

TYPED_TEST_P(HeapConformance, AlignmentsThatAreNoPowerOfTwoFail) {
    for (size_t align : {size_t{0}, size_t{3}, size_t{24}, size_t{4097}, ~size_t{0}})
        EXPECT_EQ(this->heap_.allocate(64, align), nullptr) << align;
}

TYPED_TEST_P(HeapConformance, AllAlignments) {
    for (size_t align = 1; align <= size_t{1} << 18; align *= 2)
        for (size_t size : {0ul, 1ul, 8ul, 24ul, 100ul, 2048ul, 4096ul, 70000ul, align}) {
            if (this->shadow_.count() > 12)
                this->shadow_.deallocate(this->shadow_.count() / 2);
            ASSERT_TRUE(this->shadow_.allocate(size, align)) << size << " at " << align;
        }
    ASSERT_TRUE(this->shadow_.allocate(100, size_t{1} << 20));
    this->shadow_.check_all();
}

TYPED_TEST_P(HeapConformance, NullArguments) {
    this->heap_.deallocate(nullptr);
    EXPECT_EQ(this->heap_.usable_size(nullptr), 0u);
    void* block = this->heap_.reallocate(nullptr, 50);
    ASSERT_NE(block, nullptr);
    EXPECT_EQ(this->heap_.reallocate(block, 0), nullptr);
    EXPECT_TRUE(this->heap_.verify());
}

TYPED_TEST_P(HeapConformance, ReallocateKeepsContents) {
    ASSERT_TRUE(this->shadow_.allocate(1));
    ASSERT_TRUE(this->shadow_.allocate(1));
    // The shadow moves a block to the end, so the two take turns.
    for (size_t size = 3; size < 100000; size = size * 5 / 4 + 1)
        ASSERT_TRUE(this->shadow_.reallocate(0, size));
    for (size_t size = 100000; size > 1; size = size * 4 / 5)
        ASSERT_TRUE(this->shadow_.reallocate(0, size));
    this->shadow_.check_all();
}

TYPED_TEST_P(HeapConformance, ReallocateOfTheLastBlockStaysInPlace) {
    void* block = this->heap_.allocate(8000);
    EXPECT_EQ(this->heap_.reallocate(block, 6000), block);
    if (uk::heap_test::kShrinksInPlace<TypeParam>) {
        EXPECT_EQ(this->heap_.reallocate(block, 100), block);
    }
    EXPECT_EQ(this->heap_.reallocate(block, 7000), block);
}

TYPED_TEST_P(HeapConformance, FailedReallocateKeepsTheBlock) {
    ASSERT_TRUE(this->shadow_.allocate(3000));
    this->store_.fail_at(1);
    EXPECT_FALSE(this->shadow_.reallocate(0, this->kPages * uk::kPageSize));
    this->shadow_.check_all();
}

TYPED_TEST_P(HeapConformance, RandomOperationsAgainstAShadow) {
    for (unsigned seed = 1; seed <= this->seeds(6); seed++)
        this->shadow_.play(this->script(seed, 24000));
}

TYPED_TEST_P(HeapConformance, RandomOperationsOnScatteredRuns) {
    uk::fakes::PageStore scattered(this->kPages, uk::fakes::PageStore::Order::scattered);
    TypeParam heap(uk::fakes::FakePages{&scattered});
    uk::heap_test::Shadow<TypeParam> shadow(heap);
    for (unsigned seed = 11; seed <= 10 + this->seeds(4); seed++)
        shadow.play(this->script(seed, 24000));
    if (this->kReuses) {
        heap.trim();
        EXPECT_EQ(scattered.live_pages(), 0u);
    }
}

TYPED_TEST_P(HeapConformance, SurvivesRunningOut) {
    uk::fakes::PageStore small(40 * this->kGrain);
    TypeParam heap(uk::fakes::FakePages{&small});
    uk::heap_test::Shadow<TypeParam> shadow(heap);
    for (unsigned seed = 21; seed <= 20 + this->seeds(4); seed++)
        shadow.play(this->script(seed, 24000));
}

TYPED_TEST_P(HeapConformance, SurvivesTheFailureOfEachPageRequest) {
    if (uk::fakes::kOnlyThreads)
        GTEST_SKIP();
    const std::vector<uint8_t> script = this->script(31, 6000);
    const size_t most = std::getenv("UK_CHECK_ALL") != nullptr ? 20 : 4;
    size_t k = 1;
    for (bool failed = true; failed; k++) {
        uk::fakes::PageStore store(1024, k % 2 ? uk::fakes::PageStore::Order::adjacent
                                               : uk::fakes::PageStore::Order::scattered);
        store.fail_at(k);
        TypeParam heap(uk::fakes::FakePages{&store});
        uk::heap_test::Shadow<TypeParam> shadow(heap);
        shadow.play(script);
        failed = store.failed() && k < most; // a heap that forgets runs out by itself
        if (this->kReuses) {
            heap.trim();
            ASSERT_EQ(store.live_pages(), 0u) << "leak after failure " << k;
        }
    }
    EXPECT_GT(k, 3u) << "the script must ask for pages more than once";
}

TYPED_TEST_P(HeapConformance, GivesAllPagesBack) {
    if (uk::fakes::kOnlyThreads)
        GTEST_SKIP();
    for (int round = 0; round < 3; round++) {
        while (this->shadow_.allocate(5000)) {
        }
        this->shadow_.deallocate_all();
        this->heap_.trim();
        EXPECT_EQ(this->heap_.stats().total_bytes, this->store_.live_pages() * uk::kPageSize);
        if (this->kReuses) {
            EXPECT_EQ(this->store_.live_pages(), 0u);
        }
    }
}

TYPED_TEST_P(HeapConformance, UsesNearlyAllOfASmallStore) {
    for (size_t size : {48, 64, 200, 1000}) {
        const size_t pages = 62 * this->kGrain; // 248 KiB
        uk::fakes::PageStore small(pages);
        TypeParam heap(uk::fakes::FakePages{&small});
        size_t asked = 0;
        while (heap.allocate(size))
            asked += size;
        EXPECT_GT(asked, pages * uk::kPageSize * 6 / 10) << size;
        EXPECT_GE(small.live_pages(), pages - this->kGrain) << "the last pages must be used too";
    }
}

TYPED_TEST_P(HeapConformance, ALargeBlockMayTakeMostOfMemory) {
    ASSERT_TRUE(this->shadow_.allocate(64));
    ASSERT_TRUE(this->shadow_.allocate(this->kPages * uk::kPageSize * 3 / 4));
    this->shadow_.check_all();
    this->shadow_.deallocate_all();
    if (this->kReuses) {
        EXPECT_TRUE(this->shadow_.allocate(this->kPages * uk::kPageSize * 3 / 4 + 5000));
    }
}

TYPED_TEST_P(HeapConformance, StatisticsAddUp) {
    ASSERT_TRUE(this->shadow_.allocate(30000));
    ASSERT_TRUE(this->shadow_.allocate(100));
    const uk::HeapStats with = this->heap_.stats();
    EXPECT_EQ(with.total_bytes, this->store_.live_pages() * uk::kPageSize);
    EXPECT_GE(with.total_bytes, with.free_bytes + 30100);
    EXPECT_LE(with.largest_free, with.free_bytes);
    this->shadow_.deallocate_all();
    if (this->kReuses) {
        EXPECT_GE(this->heap_.stats().free_bytes, with.free_bytes + 30100);
    }
}

REGISTER_TYPED_TEST_SUITE_P(HeapConformance, MeetsTheConcept, AllSizesAreAlignedUsableAndApart,
                            ZeroSizeGivesDistinctBlocks, AbsurdSizesFailAndDoNoHarm,
                            AlignmentsThatAreNoPowerOfTwoFail, AllAlignments, NullArguments,
                            ReallocateKeepsContents, ReallocateOfTheLastBlockStaysInPlace,
                            FailedReallocateKeepsTheBlock, RandomOperationsAgainstAShadow,
                            RandomOperationsOnScatteredRuns, SurvivesRunningOut,
                            SurvivesTheFailureOfEachPageRequest, GivesAllPagesBack,
                            UsesNearlyAllOfASmallStore, ALargeBlockMayTakeMostOfMemory,
                            StatisticsAddUp);

#endif // UK_HOST_TEST
