// SPDX-License-Identifier: BSD-3-Clause
// mimalloc as a heap class. There is one mimalloc, so all objects are the same heap; it is meant to
// be the default heap (slot.cpp).
#pragma once

#include <cstddef>

#include <uk/alloc/concepts.hpp>
#include <uk/allocmimalloc/mimalloc.h>
#include <uk/base/bits.hpp>

namespace uk {

// Contract: HeapAllocator, but that callers on different CPUs need not be serialised; on one CPU
// they are when preemption is disabled. stats() and verify() see what this CPU has, besides
// total_bytes; trim() gives back what this CPU has. A block may be freed on any CPU.
//
// Committed tells how many bytes of memory are behind mimalloc's addresses now.
template <uint64_t (*Committed)()>
class MimallocHeap {
  public:
    static constexpr bool kShrinksInPlace = false; // but to half of the size
    static constexpr size_t kGrainPages = 16;      // takes 64 KiB at a time

    [[nodiscard]] void* allocate(size_t size) {
        return size <= kHeapMaxRequest ? uk_mimalloc_allocate(size) : nullptr;
    }
    [[nodiscard]] void* allocate(size_t size, size_t align) {
        if (!is_pow2(align) || size > kHeapMaxRequest || align > kHeapMaxRequest)
            return nullptr;
        return uk_mimalloc_allocate_aligned(size, align < kHeapAlign ? kHeapAlign : align);
    }
    void deallocate(void* block) {
        if (block)
            uk_mimalloc_deallocate(block);
    }
    [[nodiscard]] void* reallocate(void* block, size_t size) {
        if (!block)
            return allocate(size);
        if (size == 0) {
            uk_mimalloc_deallocate(block);
            return nullptr;
        }
        return size <= kHeapMaxRequest ? uk_mimalloc_reallocate(block, size) : nullptr;
    }
    [[nodiscard]] size_t usable_size(const void* block) const {
        return block ? uk_mimalloc_usable_size(block) : 0;
    }
    [[nodiscard]] HeapStats stats() const {
        HeapStats stats{.total_bytes = Committed()};
        uk_mimalloc_free_bytes(&stats.free_bytes, &stats.largest_free);
        return stats;
    }
    size_t trim() {
        const uint64_t before = Committed();
        uk_mimalloc_trim();
        const uint64_t after = Committed();
        return before > after ? before - after : 0;
    }
    [[nodiscard]] bool verify() const { return uk_mimalloc_verify(); }
};

} // namespace uk
