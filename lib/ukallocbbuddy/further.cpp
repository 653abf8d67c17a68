// SPDX-License-Identifier: BSD-3-Clause
// Further buddy heaps on a caller's buffer.
#include <uk/alloc/c_handle.hpp>
#include <uk/allocbbuddy.h>
#include <uk/allocbbuddy/bbuddy_heap.hpp>

namespace {

template <class Pages>
using FurtherHeap = uk::BuddyHeap<Pages>;

} // namespace

uk_alloc* uk_allocbbuddy_init(void* base, size_t len) {
    return uk::heap_in_buffer<FurtherHeap>(base, len, "bbuddy");
}
