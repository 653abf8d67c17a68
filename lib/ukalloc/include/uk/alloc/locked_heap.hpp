// SPDX-License-Identifier: BSD-3-Clause
// Puts a lock around a heap: wraps any heap class and is one itself, for any number of threads.
#pragma once

#include <cstddef>
#include <utility>

#include <uk/alloc/concepts.hpp>
#include <uk/alloc/heap_count.hpp>
#include <uk/spinlock/basic.hpp>

namespace uk {

// Owns the heap it wraps, which stays free of locks. With a lock that is empty it is the heap.
template <HeapAllocator H, class Lock>
class LockedHeap {
  public:
    static constexpr bool kCounted = kCounts<H>;

    template <class... Args>
    constexpr explicit LockedHeap(Args&&... args) : heap_(std::forward<Args>(args)...) {}

    void* allocate(size_t size) {
        LockGuard guard(lock_);
        return heap_.allocate(size);
    }
    void* allocate(size_t size, size_t align) {
        LockGuard guard(lock_);
        return heap_.allocate(size, align);
    }
    void deallocate(void* block) {
        LockGuard guard(lock_);
        heap_.deallocate(block);
    }
    void* reallocate(void* block, size_t size) {
        LockGuard guard(lock_);
        return heap_.reallocate(block, size);
    }
    // Locked, too: in the word that says the size others keep notes about the block's neighbours.
    size_t usable_size(const void* block) const {
        LockGuard guard(lock_);
        return heap_.usable_size(block);
    }
    HeapStats stats() const {
        LockGuard guard(lock_);
        return heap_.stats();
    }
    size_t trim() {
        LockGuard guard(lock_);
        return heap_.trim();
    }
    bool verify() const {
        LockGuard guard(lock_);
        return heap_.verify();
    }
    bool take_news() requires kCounted {
        LockGuard guard(lock_);
        return heap_.take_news();
    }

  private:
    [[no_unique_address]] mutable Lock lock_;
    H heap_;
};

} // namespace uk
