// SPDX-License-Identifier: BSD-3-Clause
// For a provider's slot.cpp only: binds a heap object to the functions of <uk/alloc/heap.hpp>.
#pragma once

#include <type_traits>

#include <uk/alloc/counted_heap.hpp>
#include <uk/alloc/heap.hpp>
#include <uk/alloc/heap_count.hpp>
#include <uk/alloc/interface.hpp>
#include <uk/alloc/locked_heap.hpp>
#include <uk/config.hpp>
#include <uk/spinlock.hpp>

namespace uk {

// The heap class to instantiate: with counters when the configuration asks for them, and behind a
// lock, which is empty unless threads are preempted.
template <HeapAllocator H>
using DefaultHeapOf = LockedHeap<std::conditional_t<cfg::libukalloc_stats, CountedHeap<H>, H>,
                                 Spinlock<LockRank::heap>>;

namespace heap_detail {

// What the default heap answered; a refusal is logged if it counts.
template <class H>
void* answer(H& heap, void* block, size_t size) {
    if constexpr (kCounts<H>) {
        if (!block && heap.take_news()) [[unlikely]]
            report_refusal(default_heap(), size);
    }
    return block;
}

} // namespace heap_detail
} // namespace uk

// Defines the slot. `object` is a constinit object of a DefaultHeapOf<...>, `text` its name.
#define UK_DEFAULT_HEAP(object, text)                                                              \
    void* uk::heap::allocate(size_t size) {                                                        \
        return uk::heap_detail::answer(object, object.allocate(size), size);                       \
    }                                                                                              \
    void* uk::heap::allocate(size_t size, size_t align) {                                          \
        return uk::heap_detail::answer(object, object.allocate(size, align), size);                \
    }                                                                                              \
    void uk::heap::deallocate(void* block) {                                                       \
        object.deallocate(block);                                                                  \
    }                                                                                              \
    void* uk::heap::reallocate(void* block, size_t size) {                                         \
        return uk::heap_detail::answer(object, object.reallocate(block, size), size);              \
    }                                                                                              \
    size_t uk::heap::usable_size(const void* block) {                                              \
        return object.usable_size(block);                                                          \
    }                                                                                              \
    uk::HeapStats uk::heap::stats() {                                                              \
        return object.stats();                                                                     \
    }                                                                                              \
    size_t uk::heap::trim() {                                                                      \
        return object.trim();                                                                      \
    }                                                                                              \
    bool uk::heap::verify() {                                                                      \
        return object.verify();                                                                    \
    }                                                                                              \
    const char* uk::heap::name() {                                                                 \
        return text;                                                                               \
    }
