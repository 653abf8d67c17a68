// SPDX-License-Identifier: BSD-3-Clause
// Counts what passes through a heap: wraps any heap class and is one itself.
#pragma once

#include <cstddef>
#include <utility>

#include <uk/alloc/concepts.hpp>

namespace uk {

// Owns the heap it wraps. Costs about 15 instructions for each allocation and each deallocation.
template <HeapAllocator H>
class CountedHeap {
  public:
    template <class... Args>
    constexpr explicit CountedHeap(Args&&... args) : heap_(std::forward<Args>(args)...) {}

    void* allocate(size_t size) { return enter(heap_.allocate(size)); }
    void* allocate(size_t size, size_t align) { return enter(heap_.allocate(size, align)); }
    void deallocate(void* block) {
        if (block)
            leave(heap_.usable_size(block));
        heap_.deallocate(block);
    }

    void* reallocate(void* block, size_t size) {
        const size_t old_bytes = heap_.usable_size(block);
        void* moved = heap_.reallocate(block, size);
        if (moved) {
            if (block)
                leave(old_bytes);
            return enter(moved);
        }
        if (block && size == 0)
            leave(old_bytes);
        else
            count_.failures++;
        return nullptr;
    }

    size_t usable_size(const void* block) const { return heap_.usable_size(block); }
    size_t trim() { return heap_.trim(); }
    bool verify() const { return heap_.verify(); }

    HeapStats stats() const {
        HeapStats all = heap_.stats();
        all.used_bytes = count_.used_bytes;
        all.peak_bytes = count_.peak_bytes;
        all.allocations = count_.allocations;
        all.deallocations = count_.deallocations;
        all.failures = count_.failures;
        return all;
    }

  private:
    void* enter(void* block) {
        if (!block) {
            count_.failures++;
            return nullptr;
        }
        count_.allocations++;
        count_.used_bytes += heap_.usable_size(block);
        if (count_.used_bytes > count_.peak_bytes)
            count_.peak_bytes = count_.used_bytes;
        return block;
    }
    void leave(size_t bytes) {
        count_.deallocations++;
        count_.used_bytes -= bytes;
    }

    H heap_;
    HeapStats count_;
};

} // namespace uk
