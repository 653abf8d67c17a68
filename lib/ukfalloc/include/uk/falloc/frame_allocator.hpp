// SPDX-License-Identifier: BSD-3-Clause
// The frame allocator slot: who owns physical memory, page by page.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

#include <uk/base/address.hpp>
#include <uk/base/result.hpp>

namespace uk {

// Optional wishes about a run of frames.
struct FrameRequest {
    size_t pages = 1;              // how many consecutive frames; 0 is EINVAL
    size_t align_pages = 1;        // physical alignment in frames, a power of two
    uint64_t below = ~uint64_t{0}; // the last byte lies below this physical address (old DMA)
};

struct FrameStats {
    uint64_t total_bytes = 0;    // all that was added
    uint64_t free_bytes = 0;     // free now, opened or not; page tables of the direct map are gone
    uint64_t unopened_bytes = 0; // of these, not yet in the direct map
    size_t ranges = 0;           // ranges recorded
    size_t arenas = 0;           // pieces opened so far
    size_t largest_free_pages = 0; // a run of this length can be had without opening more
};

// What a provider's class offers. The contract in words stands at the functions of uk::falloc.
template <class A>
concept FrameAllocator = requires(A& a, const A& ca, PhysRange range, FrameRequest wish, void* run,
                                  size_t pages) {
    { a.add_range(range) } -> std::same_as<Result<>>;
    { a.allocate_run(pages) } -> std::same_as<Result<void*>>;
    { a.allocate_run(wish) } -> std::same_as<Result<void*>>;
    { a.free_run(run, pages) } -> std::same_as<void>;
    { ca.stats() } -> std::same_as<FrameStats>;
    { A::most_kept(pages) } -> std::same_as<size_t>; // for the suite: most pages bookkeeping takes
};

// The slot: defined by exactly one provider (`choice UKFALLOC_DEFAULT`), so zero or two providers
// are link errors and calls are direct. Boot and thread context, never from interrupt handlers; any
// number of threads, under locks of ranks above reclaim. No function blocks; a Reclaimer
// (<uk/falloc/reclaim.hpp>) may run inside allocate_run(). The lock is in
// <uk/falloc/slot_binding.hpp>, not in providers, and empty unless threads are preempted.
namespace falloc {

// Gives RAM to the allocator. Only recorded: nothing in the range is touched until it is needed, so
// the cost does not depend on its size. Partial pages at the ends are dropped; an empty rest is no
// error. Errors: EEXIST (overlaps a range given before), ENOMEM (more ranges than the provider can
// record), EINVAL (the range wraps around).
[[nodiscard]] Result<> add_range(PhysRange range);

// Returns `pages` frames in one piece, as an address in the direct map: readable and writable,
// contents undefined. The caller owns them until free_run(). Errors: ENOMEM (also after the caches
// were asked and the request was tried once more), EINVAL.
// Small requests are served from the smallest piece that fits, so large pieces stay large.
[[nodiscard]] Result<void*> allocate_run(size_t pages);
[[nodiscard]] Result<void*> allocate_run(FrameRequest wish);

// Takes frames back: a whole run, any page-aligned part of one, or several runs that lie side by
// side in one piece. A run that is free already, or was never given out, panics.
void free_run(void* run, size_t pages);

[[nodiscard]] FrameStats stats();

} // namespace falloc
} // namespace uk
