// SPDX-License-Identifier: BSD-3-Clause
// RegionFrameAllocator: frames as one list of free runs in address order, best fit.
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/assert.h>
#include <uk/base/address.hpp>
#include <uk/base/bits.hpp>
#include <uk/base/result.hpp>
#include <uk/falloc/direct_map_policy.hpp>
#include <uk/falloc/frame_allocator.hpp>

namespace uk {

// Contract: FrameAllocator. RAM that was given but never needed is two numbers in a table; it is
// opened in arenas of kArena bytes, when no opened run fits. A free run keeps its length and links
// in its own first frame, so there is no other bookkeeping and it does not grow with RAM. Finding
// and freeing walk the list: O(free runs), which stay few as long as callers take long runs (heaps
// do).
template <DirectMapPolicy DirectMap>
class RegionFrameAllocator {
  public:
    static constexpr size_t kMaxRanges = 64;
    static constexpr uint64_t kArena = 32 << 20;

    constexpr RegionFrameAllocator() = default;
    constexpr explicit RegionFrameAllocator(DirectMap map) : map_(map) {}
    RegionFrameAllocator(const RegionFrameAllocator&) = delete;
    RegionFrameAllocator& operator=(const RegionFrameAllocator&) = delete;

    // The most pages of a range of this size that bookkeeping may take.
    static constexpr size_t most_kept(size_t /*pages*/) { return 0; }

    [[nodiscard]] Result<> add_range(PhysRange range);
    [[nodiscard]] Result<void*> allocate_run(size_t pages) {
        return allocate_run(FrameRequest{.pages = pages});
    }
    [[nodiscard]] Result<void*> allocate_run(FrameRequest wish);
    void free_run(void* run, size_t pages);
    [[nodiscard]] FrameStats stats() const;

  private:
    struct [[gnu::may_alias]] FreeRun {
        FreeRun* next;
        FreeRun* prev;
        size_t pages;
    };
    // Recorded RAM: [start, opened) is in the direct map, [opened, end) is not yet.
    struct Range {
        Paddr start, opened, end;
    };

    static char* bytes_of(FreeRun* run) { return reinterpret_cast<char*>(run); }
    static char* end_of(FreeRun* run) { return bytes_of(run) + run->pages * kPageSize; }

    static bool fits(PhysRange space, const FrameRequest& wish, Paddr& at);
    FreeRun* best_run(const FrameRequest& wish, Paddr& at);
    Range* best_range(const FrameRequest& wish, uint64_t except, uint64_t below, Paddr& at);
    Paddr tail_of(const Range& range);
    Result<> open_up_to(Range& range, Paddr end);
    void* cut(FreeRun* run, Paddr at, size_t pages);
    void link(void* run, size_t pages, FreeRun* prev, FreeRun* next);
    void unlink(FreeRun* run);
    bool is_ours(PhysRange part) const;

    FreeRun* first_ = nullptr;
    uint64_t total_bytes_ = 0;
    uint64_t free_bytes_ = 0; // opened part only
    size_t range_count_ = 0;
    size_t arena_count_ = 0;
    Range ranges_[kMaxRanges] = {};
    [[no_unique_address]] DirectMap map_{};
};

} // namespace uk

#include <uk/fallocregion/region_frame_allocator_impl.hpp>
