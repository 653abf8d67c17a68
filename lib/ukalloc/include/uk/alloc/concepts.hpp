// SPDX-License-Identifier: BSD-3-Clause
// What a heap class must offer (HeapAllocator), and what it may ask for (PageSource).
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

#include <uk/base/address.hpp>
#include <uk/base/result.hpp>

namespace uk {

inline constexpr size_t kHeapAlign = 16; // every block is aligned at least so, bytes

// Requests above this many bytes fail at once; it keeps every later sum free of overflow.
inline constexpr size_t kHeapMaxRequest = size_t{1} << 40;

// What a heap says about itself. The first four are always there and cost nothing until asked for
// (asking walks the free lists). The others are counted only under LIBUKALLOC_STATS, else 0.
struct HeapStats {
    size_t total_bytes = 0;   // held from the page source, bookkeeping included
    size_t free_bytes = 0;    // can be allocated without asking the page source, headers included
    size_t largest_free = 0;  // largest free block, bytes
    size_t runs = 0;          // page runs held, where the heap counts them; else 0
    size_t used_bytes = 0;    // usable bytes of live blocks
    size_t peak_bytes = 0;    // highest used_bytes so far
    uint64_t allocations = 0; // a reallocate counts as an allocation and a deallocation
    uint64_t deallocations = 0;
    uint64_t failures = 0; // requests answered with nullptr

    [[nodiscard]] constexpr uint64_t live_blocks() const { return allocations - deallocations; }
};

// Where a heap gets page runs from. A policy, so that the same heap class runs on frames in the
// kernel, on a caller's buffer, and on a fake that fails the k-th request on the host.
//   allocate_pages(n): n consecutive pages of kPageSize, page-aligned, contents undefined; or
//       ENOMEM.
//   free_pages(run, n): takes back any page-aligned part of what was given; adjacent runs may come
//       back as one. Never fails.
// A source may define `static constexpr bool kReturnable = false`: then free_pages is never called.
template <class P>
concept PageSource = requires(P& p, void* run, size_t pages) {
    { p.allocate_pages(pages) } -> std::same_as<Result<void*>>;
    { p.free_pages(run, pages) } -> std::same_as<void>;
};

template <PageSource P>
inline constexpr bool kPagesReturnable = true;
template <PageSource P>
requires requires {
    { P::kReturnable } -> std::convertible_to<bool>;
}
inline constexpr bool kPagesReturnable<P> = P::kReturnable;

// What a heap class offers. Contract, checked by <uk/alloc/conformance.hpp>:
//   allocate(size): at least `size` bytes aligned to kHeapAlign, contents undefined. size 0 gives a
//       block of its own, distinct from all others. nullptr when memory is out or size is absurd.
//   allocate(size, align): as above, aligned to `align`, a power of two of any size; nullptr for
//       any other `align` (0 included).
//   deallocate(p): p from this heap, or nullptr (does nothing).
//   reallocate(p, size): grows or shrinks, in place where it can; contents up to the smaller size
//       stay; on failure returns nullptr and p stays valid. p null = allocate(size); size 0 = frees
//       p and returns nullptr. The alignment of the result is kHeapAlign.
//   usable_size(p): bytes that may be used at p, >= what was asked for; 0 for nullptr.
//   stats(); trim(): gives wholly free page runs back to the source, returns bytes given back.
//   verify(): walks everything the heap can reach and returns false if it is damaged.
// No function blocks. Callers serialise. Not from interrupt handlers.
template <class H>
concept HeapAllocator = requires(H& h, const H& ch, void* p, const void* cp, size_t n) {
    { h.allocate(n) } -> std::same_as<void*>;
    { h.allocate(n, n) } -> std::same_as<void*>;
    { h.deallocate(p) } -> std::same_as<void>;
    { h.reallocate(p, n) } -> std::same_as<void*>;
    { ch.usable_size(cp) } -> std::same_as<size_t>;
    { ch.stats() } -> std::same_as<HeapStats>;
    { h.trim() } -> std::same_as<size_t>;
    { ch.verify() } -> std::same_as<bool>;
};

} // namespace uk
