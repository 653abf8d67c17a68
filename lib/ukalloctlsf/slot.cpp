// SPDX-License-Identifier: BSD-3-Clause
// TLSF as the default heap.
#include <uk/alloc/heap_provider.hpp>
#include <uk/alloc/pages.hpp>
#include <uk/alloctlsf/tlsf_heap.hpp>

namespace {

constexpr uk::TlsfOptions kOptions{
    .waiting_blocks = uk::cfg::libukalloctlsf_waiting_blocks,
    .checks = uk::cfg::libukalloc_checks,
};
using DefaultHeap = uk::DefaultHeapOf<uk::TlsfHeap<uk::FramePages, kOptions>>;
static_assert(uk::HeapAllocator<DefaultHeap>);

constinit DefaultHeap g_heap;

} // namespace

UK_DEFAULT_HEAP(g_heap, "tlsf")
