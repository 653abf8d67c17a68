// SPDX-License-Identifier: BSD-3-Clause
// Counts what passes through a heap: wraps any heap class and is one itself.
#pragma once

#include <cstddef>
#include <utility>

#include <uk/alloc/concepts.hpp>
#include <uk/alloc/heap_count.hpp>

namespace uk {

// Owns the heap it wraps. Whatever guards this guards both.
template <HeapAllocator H>
class CountedHeap {
  public:
    static constexpr bool kCounted = true;

    template <class... Args>
    constexpr explicit CountedHeap(Args&&... args) : heap_(std::forward<Args>(args)...) {}

    void* allocate(size_t size) { return count_.allocate(heap_, size); }
    void* allocate(size_t size, size_t align) { return count_.allocate(heap_, size, align); }
    void deallocate(void* block) { count_.deallocate(heap_, block); }
    void* reallocate(void* block, size_t size) { return count_.reallocate(heap_, block, size); }
    size_t usable_size(const void* block) const { return heap_.usable_size(block); }
    size_t trim() { return heap_.trim(); }
    bool verify() const { return heap_.verify(); }

    HeapStats stats() const {
        HeapStats all = heap_.stats();
        count_.add_to(all);
        return all;
    }
    bool take_news() { return count_.take_news(); } // see HeapCount

  private:
    H heap_;
    HeapCount count_;
};

} // namespace uk
