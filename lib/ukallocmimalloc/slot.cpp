// SPDX-License-Identifier: BSD-3-Clause
// mimalloc as the default heap.
#include <uk/alloc/heap_provider.hpp>
#include <uk/allocmimalloc/mimalloc_heap.hpp>
#include <uk/spinlock.hpp>
#include <uk/vmem/kernel_window.hpp>

namespace {

// CPUs do not wait for one another; a thread stays on its own.
struct StayOnCpu {
    struct State {};
    State lock() {
        uk::preempt_disable();
        return {};
    }
    void unlock(State /*state*/) { uk::preempt_enable(); }
};

using Heap = uk::MimallocHeap<uk::vmem::window::committed_bytes>;
// Counters are not made for several at once.
using DefaultHeap = std::conditional_t<uk::cfg::libukalloc_stats, uk::DefaultHeapOf<Heap>,
                                       uk::LockedHeap<Heap, StayOnCpu>>;
static_assert(uk::HeapAllocator<DefaultHeap>);

constinit DefaultHeap g_heap;

} // namespace

UK_DEFAULT_HEAP(g_heap, "mimalloc")
