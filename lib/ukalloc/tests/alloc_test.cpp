// SPDX-License-Identifier: BSD-3-Clause
// Box and make, the register of heaps, the counting wrapper, page sources.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <uk/alloc.h>
#include <uk/alloc/box.hpp>
#include <uk/alloc/conformance.hpp>
#include <uk/alloc/counted_heap.hpp>
#include <uk/alloc/heap.hpp>
#include <uk/alloc/interface.hpp>
#include <uk/alloc/locked_heap.hpp>
#include <uk/alloc/pages.hpp>
#include <uk/alloc/report.hpp>
#include <uk/alloctlsf/tlsf_heap.hpp>
#include <uk/fakes/log.hpp>
#include <uk/fakes/pages.hpp>

namespace {

using uk::fakes::FakePages;
using uk::fakes::PageStore;
using Tlsf = uk::TlsfHeap<FakePages, uk::TlsfOptions{.checks = true}>;

// The wrapper is a heap like any other.
using Wrapped = testing::Types<uk::CountedHeap<Tlsf>>;
INSTANTIATE_TYPED_TEST_SUITE_P(Counted, HeapConformance, Wrapped);

struct Probe {
    static inline int alive = 0;
    int value;
    explicit Probe(int number) : value(number) { alive++; }
    ~Probe() { alive--; }
    Probe(const Probe&) = delete;
    Probe& operator=(const Probe&) = delete;
};

struct alignas(256) Wide {
    char bytes[256];
};

class BoxTest : public testing::Test {
  protected:
    PageStore store_{16};
    Tlsf heap_{FakePages{&store_}};
    uk::AllocatorOf<Tlsf> face_{heap_, "box"};
};

TEST_F(BoxTest, OwnsOneObject) {
    {
        uk::Result<uk::Box<Probe>> made = uk::make<Probe>(face_, 42);
        ASSERT_TRUE(made.ok());
        uk::Box<Probe> box = made.take();
        EXPECT_EQ(Probe::alive, 1);
        EXPECT_EQ(box->value, 42);
        uk::Box<Probe> other = std::move(box);
        EXPECT_FALSE(box);
        EXPECT_EQ((*other).value, 42);
        box = std::move(other);
        EXPECT_EQ(box.get()->value, 42);
        EXPECT_EQ(box.heap(), &face_);
        uk::Box<Probe> second = uk::make<Probe>(face_, 1).take();
        EXPECT_EQ(Probe::alive, 2);
        box = std::move(second);
        EXPECT_EQ(Probe::alive, 1);
    }
    EXPECT_EQ(Probe::alive, 0);
    heap_.trim();
    EXPECT_EQ(store_.live_pages(), 0u);
}

TEST_F(BoxTest, ReleaseGivesOwnershipAway) {
    uk::Box<Probe> box = uk::make<Probe>(face_, 5).take();
    Probe* probe = box.release();
    EXPECT_FALSE(box);
    EXPECT_EQ(Probe::alive, 1);
    uk::Box<Probe> again(probe, face_);
    again.reset();
    EXPECT_EQ(Probe::alive, 0);
}

TEST_F(BoxTest, NoMemoryIsAnErrorAndConstructsNothing) {
    while (heap_.allocate(sizeof(Probe))) {
    }
    EXPECT_EQ(uk::make<Probe>(face_, 1).code(), uk::Errno::nomem);
    EXPECT_EQ(Probe::alive, 0);
}

TEST_F(BoxTest, RespectsAlignment) {
    uk::Box<Wide> box = uk::make<Wide>(face_).take();
    EXPECT_EQ(reinterpret_cast<uintptr_t>(box.get()) % 256, 0u);
}

TEST_F(BoxTest, OnTheDefaultHeap) {
    EXPECT_EQ(uk::make<Probe>(uk::default_heap(), 3).take()->value, 3);
    EXPECT_EQ(Probe::alive, 0);
    EXPECT_TRUE(uk::default_heap().verify());
    EXPECT_STREQ(uk::default_heap().name(), uk::heap::name());
}

TEST(HeapRegistry, KeepsHeapsNewestFirst) {
    PageStore store(1);
    Tlsf heap(FakePages{&store});
    uk::AllocatorOf<Tlsf> first(heap, "first");
    uk::AllocatorOf<Tlsf> second(heap, "second");
    uk::HeapRegistry registry;
    const auto names = [&registry] {
        std::string all;
        registry.for_each([&all](uk::Heap& each) { all += std::string(each.name()) + " "; });
        return all;
    };
    EXPECT_EQ(names(), "");
    EXPECT_TRUE(registry.add(first).ok());
    EXPECT_TRUE(registry.add(second).ok());
    EXPECT_EQ(names(), "second first ");
    EXPECT_EQ(registry.add(first).code(), uk::Errno::exist);
    EXPECT_TRUE(registry.remove(first).ok());
    EXPECT_EQ(registry.remove(first).code(), uk::Errno::noent);
    EXPECT_EQ(names(), "second ");
    EXPECT_TRUE(registry.remove(second).ok());
    EXPECT_EQ(names(), "");
}

TEST(CountedHeap, Counts) {
    PageStore store(64);
    uk::CountedHeap<Tlsf> heap(FakePages{&store});
    void* first = heap.allocate(100);
    void* second = heap.allocate(100, 512);
    const uk::HeapStats two = heap.stats();
    EXPECT_EQ(two.allocations, 2u);
    EXPECT_EQ(two.deallocations, 0u);
    EXPECT_GE(two.used_bytes, 200u);
    EXPECT_EQ(two.used_bytes, heap.usable_size(first) + heap.usable_size(second));
    heap.deallocate(first);
    heap.deallocate(nullptr);
    second = heap.reallocate(second, 10000);
    EXPECT_EQ(heap.stats().used_bytes, heap.usable_size(second));
    EXPECT_EQ(heap.allocate(SIZE_MAX), nullptr);
    EXPECT_EQ(heap.reallocate(second, SIZE_MAX), nullptr);
    EXPECT_EQ(heap.reallocate(second, 0), nullptr);
    const uk::HeapStats none = heap.stats();
    EXPECT_EQ(none.used_bytes, 0u);
    EXPECT_GE(none.peak_bytes, 10000u);
    EXPECT_EQ(none.allocations, none.deallocations);
    EXPECT_EQ(none.failures, 2u);
    EXPECT_GT(none.total_bytes, 0u);
}

// --- further heaps, and the log ------------------------------------------------------------------

using Counted = uk::AllocatorOf<Tlsf, uk::Spinlock<uk::LockRank::heap>, uk::HeapCount>;
using Uncounted = uk::AllocatorOf<Tlsf, uk::Spinlock<uk::LockRank::heap>, uk::NoHeapCount>;

TEST(HeapCount, EachHeapHasItsOwn) {
    PageStore store(64);
    Tlsf one(FakePages{&store});
    Tlsf two(FakePages{&store});
    Tlsf three(FakePages{&store});
    Counted first(one, "first");
    Counted second(two, "second");
    Uncounted third(three, "third");
    uk::Heap* const heaps[] = {&first, &second, &third};
    void* blocks[3];
    for (size_t i = 0; i < 3; i++)
        blocks[i] = heaps[i]->allocate(100 * (i + 1), i == 1 ? 256 : uk::kHeapAlign);
    blocks[1] = second.reallocate(blocks[1], 3000);
    EXPECT_EQ(first.stats().live_blocks(), 1u);
    EXPECT_EQ(first.stats().used_bytes, first.usable_size(blocks[0]));
    EXPECT_EQ(second.stats().live_blocks(), 1u);
    EXPECT_EQ(second.stats().allocations, 2u);
    EXPECT_EQ(second.stats().used_bytes, second.usable_size(blocks[1]));
    EXPECT_EQ(third.stats().allocations, 0u);
    EXPECT_GT(third.stats().total_bytes, 0u);
    for (size_t i = 0; i < 3; i++)
        heaps[i]->deallocate(blocks[i]);
    EXPECT_EQ(second.stats().live_blocks(), 0u);
    EXPECT_EQ(second.stats().used_bytes, 0u);
    EXPECT_GE(second.stats().peak_bytes, 3000u);
}

// A heap that counts by itself is not counted twice; who asks past the Heap is counted there.
TEST(HeapCount, IsOneForEachHeap) {
    static_assert(!uk::HeapCountFor<uk::CountedHeap<Tlsf>>::kOn);
    static_assert(uk::HeapCountFor<Tlsf>::kOn, "the host tests are built with LIBUKALLOC_STATS");
    using Locked = uk::LockedHeap<uk::CountedHeap<Tlsf>, uk::Spinlock<uk::LockRank::heap>>;
    static_assert(!uk::HeapCountFor<Locked>::kOn);
    PageStore store(16);
    uk::CountedHeap<Tlsf> heap(FakePages{&store});
    uk::AllocatorOf<uk::CountedHeap<Tlsf>> face(heap, "counted");
    void* block = face.allocate(10, uk::kHeapAlign);
    EXPECT_EQ(face.stats().allocations, 1u);
    face.deallocate(block);
    EXPECT_EQ(face.stats().live_blocks(), 0u);
}

size_t times(const std::string& what) {
    const std::string text = uk::fakes::log_text();
    size_t found = 0;
    for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
        found++;
    return found;
}

TEST(HeapReport, RefusalsAreLoggedEverMoreSeldom) {
    PageStore store(16);
    Tlsf heap(FakePages{&store});
    Counted face(heap, "narrow");
    uk::fakes::log_clear();
    void* block = face.allocate(1000, uk::kHeapAlign);
    EXPECT_EQ(face.reallocate(block, 0), nullptr) << "which is no refusal";
    EXPECT_EQ(uk::fakes::log_text(), "");
    block = face.allocate(1000, uk::kHeapAlign);
    EXPECT_EQ(face.allocate(1'000'000, uk::kHeapAlign), nullptr);
    EXPECT_EQ(times("heap 'narrow': no memory for 1000000 bytes"), 1u);
    EXPECT_EQ(times("blocks of " + std::to_string(face.usable_size(block)) + " bytes"), 1u);
    EXPECT_EQ(times("2 allocations, 1 frees, 1 refusals"), 1u);
    EXPECT_EQ(times("frames: "), 1u);
    EXPECT_EQ(face.reallocate(block, 2'000'000), nullptr);
    EXPECT_EQ(times("heap 'narrow': no memory for 2000000 bytes"), 1u);
    for (int i = 3; i < 100; i++)
        EXPECT_EQ(face.allocate(3'000'000, 4096), nullptr);
    EXPECT_EQ(times("heap 'narrow': no memory for 3000000 bytes"), 5u) << "4, 8, 16, 32, 64";
    EXPECT_EQ(face.stats().failures, 99u);
    face.deallocate(block);
}

TEST(HeapReport, NamesAllHeaps) {
    PageStore store(16);
    Tlsf heap(FakePages{&store});
    Counted face(heap, "further");
    ASSERT_TRUE(uk::heap_registry().add(face).ok());
    void* block = uk::heap::allocate(100);
    uk::fakes::log_clear();
    uk_alloc_report(nullptr);
    EXPECT_EQ(times("heap 'tested': holds "), 1u);
    EXPECT_EQ(times("heap 'further': holds 0 bytes, 0 free, 0 in one piece\n"), 1u);
    EXPECT_EQ(times("heap 'further': 0 blocks of 0 bytes, at most 0; 0 allocations"), 1u);
    EXPECT_EQ(times("frames: "), 1u);
    EXPECT_TRUE(uk::heap_registry().remove(face).ok());
    uk::fakes::log_clear();
    uk_alloc_report(uk_alloc_get_default());
    EXPECT_EQ(times("heap 'tested': "), 2u);
    EXPECT_EQ(times("heap 'further': "), 0u);
    EXPECT_EQ(uk::heap::allocate(uk::kHeapMaxRequest + 1), nullptr);
    EXPECT_EQ(times("heap 'tested': no memory for 1099511627777 bytes"), 1u);
    uk::heap::deallocate(block);
}

TEST(SpanPages, UsesWholePagesOnly) {
    std::vector<char> buffer(5 * uk::kPageSize);
    uk::SpanPages pages(buffer.data() + 1, 4 * uk::kPageSize);
    const size_t had = pages.pages_left();
    EXPECT_GE(had, 3u);
    EXPECT_FALSE(pages.allocate_pages(had + 1).ok());
    EXPECT_FALSE(pages.allocate_pages(0).ok());
    char* first = static_cast<char*>(pages.allocate_pages(1).take());
    EXPECT_EQ(reinterpret_cast<uintptr_t>(first) % uk::kPageSize, 0u);
    EXPECT_EQ(pages.allocate_pages(had - 1).take(), first + uk::kPageSize);
    EXPECT_FALSE(pages.allocate_pages(1).ok());
    EXPECT_EQ(uk::SpanPages(buffer.data(), 100).pages_left(), 0u);
    EXPECT_EQ(uk::SpanPages(nullptr, 0).pages_left(), 0u);
    EXPECT_EQ(uk::SpanPages(reinterpret_cast<void*>(~uintptr_t{0} - 100), 50).pages_left(), 0u);
}

} // namespace
