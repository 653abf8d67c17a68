// SPDX-License-Identifier: BSD-3-Clause
// Further TLSF heaps on a caller's buffer.
#include <uk/alloc/c_handle.hpp>
#include <uk/alloctlsf.h>
#include <uk/alloctlsf/tlsf_heap.hpp>

namespace {

// Strict, so small: no quick lists for a heap that is not on everybody's path.
template <class Pages>
using FurtherHeap = uk::TlsfHeap<Pages, uk::TlsfOptions{.waiting_blocks = 0}>;

} // namespace

uk_alloc* uk_alloctlsf_init(void* base, size_t len) {
    return uk::heap_in_buffer<FurtherHeap>(base, len, "tlsf");
}
