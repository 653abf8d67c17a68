// SPDX-License-Identifier: BSD-3-Clause
// libFuzzer: any sequence of operations on a RegionHeap, on page runs that touch and that do not,
// with a failing page request.
#include <uk/alloc/shadow.hpp>
#include <uk/allocregion/region_heap.hpp>
#include <uk/fakes/pages.hpp>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using uk::fakes::PageStore;
    if (size < 2)
        return 0;
    PageStore store(600, data[0] & 1 ? PageStore::Order::scattered : PageStore::Order::adjacent);
    store.fail_at(data[1] % 16);
    using H = uk::RegionHeap<uk::fakes::FakePages, uk::RegionOptions{.checks = true}>;
    H heap(uk::fakes::FakePages{&store});
    uk::heap_test::Shadow<H> shadow(heap);
    shadow.play(std::span<const uint8_t>(data + 2, size - 2));
    heap.trim();
    UK_VERIFY(heap.stats().total_bytes == store.live_pages() * uk::kPageSize);
    return 0;
}
