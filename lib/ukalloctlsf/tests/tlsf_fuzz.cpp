// SPDX-License-Identifier: BSD-3-Clause
// libFuzzer: any sequence of operations on a TLSF heap, with and without waiting blocks, on page
// runs that touch and that do not, with a failing page request.
#include <uk/alloc/shadow.hpp>
#include <uk/alloctlsf/tlsf_heap.hpp>
#include <uk/fakes/pages.hpp>

namespace {

template <class H>
void play(std::span<const uint8_t> script, uk::fakes::PageStore& store) {
    H heap(uk::fakes::FakePages{&store});
    uk::heap_test::Shadow<H> shadow(heap);
    shadow.play(script);
    heap.trim();
    UK_VERIFY(store.live_pages() == 0);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using uk::TlsfHeap;
    using uk::TlsfOptions;
    using uk::fakes::FakePages;
    using uk::fakes::PageStore;
    if (size < 2)
        return 0;
    PageStore store(600, data[0] & 1 ? PageStore::Order::scattered : PageStore::Order::adjacent);
    store.fail_at(data[1] % 16);
    const std::span<const uint8_t> script(data + 2, size - 2);
    if (data[0] & 2)
        play<TlsfHeap<FakePages, TlsfOptions{.waiting_blocks = 0, .checks = true}>>(script, store);
    else
        play<TlsfHeap<FakePages, TlsfOptions{.waiting_blocks = 16, .checks = true}>>(script, store);
    return 0;
}
