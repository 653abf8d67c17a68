// SPDX-License-Identifier: BSD-3-Clause
// Box and make, the register of heaps, the counting wrapper, page sources.
#include <gtest/gtest.h>

#include <vector>

#include <uk/alloc/box.hpp>
#include <uk/alloc/conformance.hpp>
#include <uk/alloc/counted_heap.hpp>
#include <uk/alloc/heap.hpp>
#include <uk/alloc/interface.hpp>
#include <uk/alloc/pages.hpp>
#include <uk/alloctlsf/tlsf_heap.hpp>
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
