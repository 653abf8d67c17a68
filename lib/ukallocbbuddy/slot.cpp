// SPDX-License-Identifier: BSD-3-Clause
// The buddy heap as the default heap.
#include <uk/alloc/heap_provider.hpp>
#include <uk/alloc/pages.hpp>
#include <uk/allocbbuddy/bbuddy_heap.hpp>

namespace {

constexpr uk::BuddyOptions kOptions{.checks = uk::cfg::libukalloc_checks};
using DefaultHeap = uk::DefaultHeapOf<uk::BuddyHeap<uk::FramePages, kOptions>>;
static_assert(uk::HeapAllocator<DefaultHeap>);

constinit DefaultHeap g_heap;

} // namespace

UK_DEFAULT_HEAP(g_heap, "bbuddy")
