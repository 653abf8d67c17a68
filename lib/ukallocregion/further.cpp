// SPDX-License-Identifier: BSD-3-Clause
// Further region heaps on a caller's buffer.
#include <uk/alloc/c_handle.hpp>
#include <uk/allocregion.h>
#include <uk/allocregion/region_heap.hpp>

namespace {

template <class Pages>
using FurtherHeap = uk::RegionHeap<Pages>;

} // namespace

uk_alloc* uk_allocregion_init(void* base, size_t len) {
    return uk::heap_in_buffer<FurtherHeap>(base, len, "region");
}
