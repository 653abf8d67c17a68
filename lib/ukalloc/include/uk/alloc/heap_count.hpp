// SPDX-License-Identifier: BSD-3-Clause
// Counts what passes through one heap (LIBUKALLOC_STATS). For what wraps heaps.
#pragma once

#include <cstddef>

#include <uk/alloc/concepts.hpp>
#include <uk/base/bits.hpp>
#include <uk/config.hpp>

namespace uk {

// Passes requests on to a heap, always the same one, and counts them. Whoever guards the heap
// guards this, too. Functions as HeapAllocator.
class HeapCount {
  public:
    static constexpr bool kOn = true;

    template <class H>
    void* allocate(H& heap, size_t size) {
        return enter(heap, heap.allocate(size));
    }
    template <class H>
    void* allocate(H& heap, size_t size, size_t align) {
        return enter(heap, heap.allocate(size, align));
    }
    template <class H>
    void deallocate(H& heap, void* block) {
        if (block)
            leave(heap.usable_size(block));
        heap.deallocate(block);
    }
    template <class H>
    void* reallocate(H& heap, void* block, size_t size) {
        const size_t old_bytes = heap.usable_size(block);
        void* moved = heap.reallocate(block, size);
        const bool freed = !moved && block && size == 0;
        if (block && (moved || freed))
            leave(old_bytes);
        return freed ? nullptr : enter(heap, moved);
    }

    void add_to(HeapStats& stats) const {
        stats.used_bytes = used_bytes_;
        stats.peak_bytes = peak_bytes_;
        stats.allocations = allocations_;
        stats.deallocations = deallocations_;
        stats.failures = failures_;
    }

    // Whether there is a refusal that the log shall tell: the first one, the second, the fourth and
    // so on, so that a program which lives with refusals does not drown it. True once for each.
    [[nodiscard]] bool take_news() {
        const bool news = news_;
        news_ = false;
        return news;
    }

  private:
    template <class H>
    void* enter(H& heap, void* block) {
        if (!block) {
            failures_++;
            news_ = news_ || is_pow2(failures_);
            return nullptr;
        }
        allocations_++;
        used_bytes_ += heap.usable_size(block);
        if (used_bytes_ > peak_bytes_)
            peak_bytes_ = used_bytes_;
        return block;
    }
    void leave(size_t bytes) {
        deallocations_++;
        used_bytes_ -= bytes;
    }

    size_t used_bytes_ = 0;
    size_t peak_bytes_ = 0;
    uint64_t allocations_ = 0;
    uint64_t deallocations_ = 0;
    uint64_t failures_ = 0;
    bool news_ = false;
};

// The same without counting: nothing is left of it.
struct NoHeapCount {
    static constexpr bool kOn = false;

    template <class H>
    void* allocate(H& heap, size_t size) {
        return heap.allocate(size);
    }
    template <class H>
    void* allocate(H& heap, size_t size, size_t align) {
        return heap.allocate(size, align);
    }
    template <class H>
    void deallocate(H& heap, void* block) {
        heap.deallocate(block);
    }
    template <class H>
    void* reallocate(H& heap, void* block, size_t size) {
        return heap.reallocate(block, size);
    }
    void add_to(HeapStats& /*stats*/) const {}
};

// Whether objects of this heap class count already, and have take_news().
template <class H>
inline constexpr bool kCounts = false;
template <class H>
requires requires {
    { H::kCounted } -> std::convertible_to<bool>;
}
inline constexpr bool kCounts<H> = H::kCounted;

} // namespace uk
