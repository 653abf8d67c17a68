// SPDX-License-Identifier: BSD-3-Clause
// The body of a heap's fuzz target.
//
//     extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
//         uk::heap_test::fuzz<uk::MyHeap<uk::fakes::FakePages, ...>>(data, size);
//         return 0;
//     }
#pragma once

#include <uk/alloc/shadow.hpp>
#include <uk/fakes/pages.hpp>

namespace uk::heap_test {

// Plays any sequence of operations on a new heap, on page runs that touch or do not, with one page
// request that fails. Afterwards everything is freed: the heap must know what it still holds, which
// is at most `most_left` pages.
template <class Heap>
void fuzz(const uint8_t* data, size_t size, size_t most_left = SIZE_MAX) {
    using fakes::PageStore;
    if (size < 2) {
        return;
    }
    PageStore store(600,
                    (data[0] & 1) != 0 ? PageStore::Order::scattered : PageStore::Order::adjacent);
    store.fail_at(data[1] % 16);
    Heap heap(fakes::FakePages{&store});
    Shadow<Heap> shadow(heap);
    shadow.play(std::span<const uint8_t>(data + 2, size - 2));
    heap.trim();
    UK_VERIFY(heap.stats().total_bytes == store.live_pages() * kPageSize);
    UK_VERIFY(store.live_pages() <= most_left);
}

} // namespace uk::heap_test
