// SPDX-License-Identifier: BSD-3-Clause
// BuddyFrameAllocator: frames in blocks of 2^k pages, split and merged in O(log n).
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/assert.h>
#include <uk/base/address.hpp>
#include <uk/base/bits.hpp>
#include <uk/base/result.hpp>
#include <uk/falloc/direct_map_policy.hpp>
#include <uk/falloc/frame_allocator.hpp>
#include <uk/string.h>

namespace uk {

// Contract: FrameAllocator. RAM that was given but never needed is two numbers in a table. When no
// opened block fits, an arena is opened: at least kArena bytes, at least what the request takes,
// and as much as is open already, so a terabyte is some twenty arenas. An arena keeps a byte for
// each of its frames, in its own first frames (1/4096 of it; small arenas share a frame), and of
// these only the 512 bytes of a window of 2 MiB that is split are ever written.
//
// allocate_run(), free_run(): O(log n) for a run whose size and alignment a free block covers. Free
// neighbours that no block covers together (a run larger than what its alignment allows) are found
// by walking the arenas, O(free blocks + opened windows), before more is opened.
// A run never spans two arenas.
//
// Blocks of up to 2^kWaitingOrder pages that are freed whole wait unmerged for a request of their
// size, kMostWaiting of them; when no block fits a request, those that wait are merged.
template <DirectMapPolicy DirectMap>
class BuddyFrameAllocator {
  public:
    static constexpr size_t kMaxRanges = 64;
    static constexpr size_t kMaxArenas = 96; // kMaxRanges + one for each doubling up to 2^48 bytes
    static constexpr uint64_t kArena = 64 << 20;
    static constexpr unsigned kWaitingOrder = 5;
    static constexpr unsigned kMostWaiting = 32;

    constexpr BuddyFrameAllocator() = default;
    constexpr explicit BuddyFrameAllocator(DirectMap map) : map_(map) {}
    BuddyFrameAllocator(const BuddyFrameAllocator&) = delete;
    BuddyFrameAllocator& operator=(const BuddyFrameAllocator&) = delete;

    // The most pages of a range of this size that bookkeeping may take.
    static constexpr size_t most_kept(size_t pages) {
        return div_round_up(meta_bytes(pages), kPageSize);
    }

    [[nodiscard]] Result<> add_range(PhysRange range);
    [[nodiscard]] Result<void*> allocate_run(size_t pages) {
        if (pages - 1 < size_t{1} << kWaitingOrder && is_pow2(pages) && waiting_[log2_floor(pages)])
            return take_waiting(log2_floor(pages));
        return allocate_run(FrameRequest{.pages = pages});
    }
    [[nodiscard]] Result<void*> allocate_run(FrameRequest wish);
    void free_run(void* run, size_t pages);
    [[nodiscard]] FrameStats stats() const;

  private:
    using Frame = uint64_t; // physical frame number

    static constexpr unsigned kOrders = 37;     // up to 2^48 bytes
    static constexpr unsigned kWindowOrder = 9; // 512 frames, 2 MiB
    static constexpr Frame kWindow = Frame{1} << kWindowOrder;
    static constexpr uint8_t kSmallValid = 0x80; // in `large`: the window's bytes in `small` count

    struct Arena {
        Frame base = 0;           // frame that small[0] is about
        Frame first = 0, end = 0; // frames that are ours to give out
        uint8_t* large = nullptr; // a byte for each window: order + 1 of a free block of >= 2 MiB
        uint8_t* small = nullptr; // a byte for each frame: order + 1 of a smaller free block
    };
    static constexpr uint8_t kWaiting = 0x40; // in `small`: the block is not to be merged
    // Lies in the first frame of a free block.
    struct [[gnu::may_alias]] Block {
        Block* next;
        Block* prev;
        Arena* arena;
    };
    // Recorded RAM: [start, opened) is in the direct map, [opened, end) is not yet.
    struct Range {
        Paddr start, opened, end;
    };

    static constexpr size_t meta_bytes(size_t pages) { return pages + pages / kWindow + 2; }
    size_t meta_pages(size_t pages) const {
        return meta_bytes(pages) <= spare_bytes_ ? 0 : most_kept(pages);
    }
    Block* block_at(Frame frame) {
        return static_cast<Block*>(map_.pointer(Paddr::of_page(frame)));
    }
    Frame frame_of(const void* memory) { return map_.address(memory).page_number(); }
    static bool fits(Frame from, Frame to, const FrameRequest& wish, Frame& at);

    static uint8_t* large_of(const Arena& arena, Frame frame) {
        return &arena.large[(frame >> kWindowOrder) - (arena.base >> kWindowOrder)];
    }
    static unsigned head(const Arena& arena, Frame frame);
    static void mark(const Arena& arena, Frame frame, unsigned order);
    static void unmark(const Arena& arena, Frame frame, unsigned order);
    static bool all_zero(const uint8_t* bytes, size_t count);
    bool overlaps_free(const Arena& arena, Frame frame, unsigned order);

    void push(Arena& arena, Frame frame, unsigned order);
    void pop(Block* block, Frame frame, unsigned order);
    bool wait(Arena& arena, Frame frame, size_t pages);
    void* take_waiting(unsigned order);
    [[gnu::cold]] void merge_waiting();
    void release(Arena& arena, Frame frame, unsigned order);
    void release_all(Arena& arena, Frame from, Frame to);
    Block* find(unsigned order, const FrameRequest& wish, unsigned& found);
    Result<void*> take_block(const FrameRequest& wish);
    [[gnu::cold]] Result<void*> take_neighbours(const FrameRequest& wish);
    void* carve(Arena& arena, Frame from, Frame at, size_t pages);

    Arena* arena_of(Frame frame);
    Range* best_range(const FrameRequest& wish, uint64_t except, Paddr& stop);
    Result<> open(Range& range, Paddr stop);
    void make_arena(PhysRange usable);

    Block* free_[kOrders] = {};
    uint64_t nonempty_ = 0;                  // bit k: free_[k] is not empty
    Block* waiting_[kWaitingOrder + 1] = {}; // linked by `next` only
    unsigned waiting_count_ = 0;
    uint64_t free_frames_ = 0;
    uint64_t total_bytes_ = 0;
    uint64_t opened_bytes_ = 0;
    uint8_t* spare_ = nullptr; // the unused end of a frame of bookkeeping
    size_t spare_bytes_ = 0;
    size_t range_count_ = 0;
    size_t arena_count_ = 0;
    size_t last_arena_ = 0;
    Range ranges_[kMaxRanges] = {};
    Arena arenas_[kMaxArenas] = {};
    [[no_unique_address]] DirectMap map_{};
};

} // namespace uk

#include <uk/fallocbuddy/buddy_frame_allocator_impl.hpp>
