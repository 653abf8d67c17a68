// SPDX-License-Identifier: BSD-3-Clause
// mimalloc over a window: the common suite, and what several CPUs do to it.
#include <uk/alloc/conformance.hpp>
#include <uk/fakes/effort.hpp>

#include "machine.hpp"

using uk::mimalloc_test::TestHeap;

using MimallocHeaps = testing::Types<TestHeap>;
INSTANTIATE_TYPED_TEST_SUITE_P(Mimalloc, HeapConformance, MimallocHeaps);

namespace {

using namespace uk::mimalloc_test;
using uk::fakes::PageStore;

class MimallocTest : public testing::Test {
  protected:
    PageStore store_{16384};
    TestHeap heap_{uk::fakes::FakePages{&store_}};
};

TEST_F(MimallocTest, UnusedMemoryGoesBackAfterAWhile) {
    void* kept = heap_.allocate(100);
    void* large = heap_.allocate(4 << 20);
    void* other = heap_.allocate(200'000);
    const size_t with = heap_.stats().total_bytes;
    EXPECT_GE(with, size_t{4} << 20);
    heap_.deallocate(large);
    EXPECT_EQ(heap_.stats().total_bytes, with) << "it may be wanted again";
    g_clock_ms += 100;
    EXPECT_EQ(heap_.stats().total_bytes, with) << "nobody came by";
    heap_.deallocate(other);
    EXPECT_LT(heap_.stats().total_bytes, size_t{1} << 20);
    heap_.deallocate(kept);
}

TEST_F(MimallocTest, BlocksLargerThanASegment) {
    if (uk::fakes::kOnlyThreads)
        GTEST_SKIP();
    const size_t before = heap_.stats().total_bytes;
    auto* block = static_cast<char*>(heap_.allocate(40 << 20));
    ASSERT_NE(block, nullptr);
    block[0] = block[(40 << 20) - 1] = 1;
    EXPECT_TRUE(heap_.verify());
    EXPECT_EQ(heap_.allocate(40 << 20), nullptr);
    heap_.deallocate(block);
    EXPECT_EQ(heap_.stats().total_bytes, before) << "at once";
    for (int i = 0; i < 300; i++) // addresses do not get lost either: there are 256 pieces
        EXPECT_EQ(heap_.allocate(70 << 20), nullptr);
    heap_.deallocate(heap_.allocate(40 << 20));
}

TEST_F(MimallocTest, AlignmentsBeyondASegment) {
    for (size_t align = size_t{1} << 25; align <= size_t{1} << 31; align *= 2) {
        void* block = heap_.allocate(100'000, align);
        ASSERT_NE(block, nullptr) << align;
        EXPECT_EQ(reinterpret_cast<uintptr_t>(block) % align, 0u);
        EXPECT_GE(heap_.usable_size(block), 100'000u);
        std::memset(block, 1, 100'000);
        EXPECT_LT(heap_.stats().total_bytes, size_t{1} << 20) << align;
        heap_.deallocate(block);
    }
}

TEST_F(MimallocTest, FailuresLoseNoAddresses) {
    if (uk::fakes::kOnlyThreads)
        GTEST_SKIP();
    store_.fail_at(1);
    EXPECT_NE(heap_.allocate(100), nullptr) << "is tried again";
    PageStore none(15);
    TestHeap poor(uk::fakes::FakePages{&none});
    for (int i = 0; i < 300; i++)
        EXPECT_EQ(poor.allocate(100), nullptr);
    EXPECT_EQ(poor.stats().total_bytes, 0u);
    PageStore head(20); // a segment's head, but no page
    TestHeap hardly(uk::fakes::FakePages{&head});
    for (int i = 0; i < 300; i++)
        EXPECT_EQ(hardly.allocate(100), nullptr);
}

TEST_F(MimallocTest, VerifySeesDamage) {
    void* first = heap_.allocate(64);
    void* second = heap_.allocate(64);
    heap_.deallocate(first);
    ASSERT_TRUE(heap_.verify());
    uintptr_t saved = 0;
    std::memcpy(&saved, first, sizeof saved);
    const uintptr_t wrong = reinterpret_cast<uintptr_t>(second) + 8;
    std::memcpy(first, &wrong, sizeof wrong);
    EXPECT_FALSE(heap_.verify());
    std::memcpy(first, &saved, sizeof saved);
    EXPECT_TRUE(heap_.verify());
    heap_.deallocate(second);
}

TEST_F(MimallocTest, StatisticsSeeTheLargestPiece) {
    void* block = heap_.allocate(3 << 20);
    void* kept = heap_.allocate(100);
    heap_.deallocate(block);
    const uk::HeapStats stats = heap_.stats();
    EXPECT_GE(stats.largest_free, size_t{3} << 20);
    EXPECT_LE(stats.largest_free, stats.free_bytes);
    EXPECT_LE(stats.free_bytes, stats.total_bytes);
    heap_.deallocate(kept);
}

// --- several CPUs
// ----------------------------------------------------------------------------------

// What CPUs give one another to free.
class Mailbox {
  public:
    void put(unsigned char* block) {
        std::lock_guard guard(mutex_);
        blocks_.push_back(block);
    }
    unsigned char* take() {
        std::lock_guard guard(mutex_);
        if (blocks_.empty())
            return nullptr;
        unsigned char* block = blocks_.back();
        blocks_.pop_back();
        return block;
    }

  private:
    std::mutex mutex_;
    std::vector<unsigned char*> blocks_;
};

// Allocates, writes, frees, and gives away. The first bytes of a block say how it is filled.
class Cpu {
  public:
    Cpu(TestHeap& heap, std::vector<Mailbox>& boxes, unsigned number)
        : heap_(heap), boxes_(boxes), number_(number), random_(number) {}

    void run(int steps) {
        t_cpu = number_;
        for (int i = 0; i < steps; i++) {
            if (random_() % 2 != 0 || mine_.empty())
                take();
            else if (random_() % 2 != 0)
                boxes_[random_() % boxes_.size()].put(any());
            else
                give(any());
            if (unsigned char* block = boxes_[number_].take())
                give(block);
            if (i % 500 == 0) {
                EXPECT_TRUE(heap_.verify());
                (void)heap_.stats();
            }
        }
        while (!mine_.empty())
            give(any());
    }
    void finish() {
        t_cpu = number_;
        while (unsigned char* block = boxes_[number_].take())
            give(block);
        heap_.trim();
    }

  private:
    void take() {
        const uint32_t size = 8 + random_() % (random_() % 16 == 0 ? 200'000 : 3000);
        auto* block = static_cast<unsigned char*>(heap_.allocate(size));
        if (block == nullptr)
            return;
        std::memset(block, static_cast<int>(number_ + 1), size);
        std::memcpy(block, &size, sizeof size);
        mine_.push_back(block);
    }
    unsigned char* any() {
        std::swap(mine_[random_() % mine_.size()], mine_.back());
        unsigned char* block = mine_.back();
        mine_.pop_back();
        return block;
    }
    void give(unsigned char* block) {
        uint32_t size = 0;
        std::memcpy(&size, block, sizeof size);
        EXPECT_GE(heap_.usable_size(block), size);
        for (uint32_t at = sizeof size + 1; at < size; at++)
            ASSERT_EQ(block[at], block[sizeof size]);
        heap_.deallocate(block);
    }

    TestHeap& heap_;
    std::vector<Mailbox>& boxes_;
    const unsigned number_;
    std::minstd_rand random_;
    std::vector<unsigned char*> mine_;
};

TEST_F(MimallocTest, CpusShareItWithoutALock) {
    constexpr unsigned kCpus = 4;
    heap_.deallocate(heap_.allocate(1)); // the first CPU comes first, as in a boot
    std::vector<Mailbox> boxes(kCpus);
    std::vector<std::thread> threads;
    std::vector<std::unique_ptr<Cpu>> cpus;
    for (unsigned i = 0; i < kCpus; i++)
        cpus.push_back(std::make_unique<Cpu>(heap_, boxes, i));
    for (auto& cpu : cpus)
        threads.emplace_back([&cpu] { cpu->run(uk::fakes::kOnlyThreads ? 1000 : 4000); });
    for (std::thread& thread : threads)
        thread.join();
    for (int round = 0; round < 2; round++) // what the others have freed comes back to its CPU
        for (auto& cpu : cpus)
            cpu->finish();
    t_cpu = 0;
    EXPECT_EQ(heap_.stats().total_bytes, 0u);
}

} // namespace
