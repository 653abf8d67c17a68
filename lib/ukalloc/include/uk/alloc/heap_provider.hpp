// SPDX-License-Identifier: BSD-3-Clause
// For a provider's slot.cpp only: binds a heap object to the functions of <uk/alloc/heap.hpp>.
#pragma once

#include <type_traits>

#include <uk/alloc/counted_heap.hpp>
#include <uk/alloc/heap.hpp>
#include <uk/alloc/locked_heap.hpp>
#include <uk/config.hpp>
#include <uk/spinlock.hpp>

namespace uk {

// The heap class to instantiate: with counters when the configuration asks for them, and behind a
// lock, which is empty unless threads are preempted.
template <HeapAllocator H>
using DefaultHeapOf = LockedHeap<std::conditional_t<cfg::libukalloc_stats, CountedHeap<H>, H>,
                                 Spinlock<LockRank::heap>>;

} // namespace uk

// Defines the slot. `object` is a constinit object of a DefaultHeapOf<...>, `text` its name.
#define UK_DEFAULT_HEAP(object, text)                                                              \
    void* uk::heap::allocate(size_t size) {                                                        \
        return object.allocate(size);                                                              \
    }                                                                                              \
    void* uk::heap::allocate(size_t size, size_t align) {                                          \
        return object.allocate(size, align);                                                       \
    }                                                                                              \
    void uk::heap::deallocate(void* block) {                                                       \
        object.deallocate(block);                                                                  \
    }                                                                                              \
    void* uk::heap::reallocate(void* block, size_t size) {                                         \
        return object.reallocate(block, size);                                                     \
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
