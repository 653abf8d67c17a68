// SPDX-License-Identifier: BSD-3-Clause
// BuddyFrameAllocator's member functions. Included by buddy_frame_allocator.hpp only.
#pragma once

#include <uk/fallocbuddy/buddy_frame_allocator.hpp>

namespace uk {

template <DirectMapPolicy M>
Result<> BuddyFrameAllocator<M>::add_range(PhysRange given) {
    uint64_t last = 0;
    if (__builtin_add_overflow(given.start.value(), given.size, &last))
        return Errno::inval;
    const PhysRange range = given.shrink_to_pages();
    if (range.empty())
        return ok();
    for (size_t i = 0; i < range_count_; i++)
        if (range.overlaps({ranges_[i].start, ranges_[i].end - ranges_[i].start}))
            return Errno::exist;
    for (size_t i = 0; i < range_count_; i++) {
        if (ranges_[i].end == range.start) { // continues one we have
            ranges_[i].end = range.end();
            total_bytes_ += range.size;
            return ok();
        }
    }
    if (range_count_ == kMaxRanges)
        return Errno::nomem;
    total_bytes_ += range.size;
    ranges_[range_count_++] = Range{range.start, range.start, range.end()};
    return ok();
}

// Whether the wish can be met inside frames [from, to), and where: as low as possible.
template <DirectMapPolicy M>
bool BuddyFrameAllocator<M>::fits(Frame from, Frame to, const FrameRequest& wish, Frame& at) {
    const uint64_t skip = -from & (wish.align_pages - 1);
    if (from > to || skip > to - from || to - from - skip < wish.pages)
        return false;
    at = from + skip;
    return at + wish.pages <= wish.below >> kPageShift;
}

// order + 1 of the free block that starts at `frame`, with kWaiting if it waits; 0 if none does.
template <DirectMapPolicy M>
unsigned BuddyFrameAllocator<M>::head(const Arena& arena, Frame frame) {
    const uint8_t large = *large_of(arena, frame);
    if (frame % kWindow == 0 && (large & ~kSmallValid) != 0)
        return large & ~kSmallValid;
    return (large & kSmallValid) != 0 ? arena.small[frame - arena.base] : 0;
}

template <DirectMapPolicy M>
void BuddyFrameAllocator<M>::mark(const Arena& arena, Frame frame, unsigned order) {
    uint8_t* large = large_of(arena, frame);
    if (order >= kWindowOrder) {
        *large = static_cast<uint8_t>((*large & kSmallValid) | (order + 1));
        return;
    }
    if ((*large & kSmallValid) == 0) { // the window is split for the first time
        const Frame start = align_down(frame, kWindow);
        const Frame from = start > arena.base ? start : arena.base;
        const Frame to = start + kWindow < arena.end ? start + kWindow : arena.end;
        memset(&arena.small[from - arena.base], 0, to - from);
        *large |= kSmallValid;
    }
    arena.small[frame - arena.base] = static_cast<uint8_t>(order + 1);
}

template <DirectMapPolicy M>
void BuddyFrameAllocator<M>::unmark(const Arena& arena, Frame frame, unsigned order) {
    if (order >= kWindowOrder)
        *large_of(arena, frame) &= kSmallValid;
    else
        arena.small[frame - arena.base] = 0;
}

// Whether any frame of the block is free: a free block around it, or one that starts inside.
template <DirectMapPolicy M>
bool BuddyFrameAllocator<M>::overlaps_free(const Arena& arena, Frame frame, unsigned order) {
    if ((*large_of(arena, frame) & kSmallValid) != 0) {
        for (unsigned k = 0; k < kWindowOrder; k++) {
            const Frame around = frame >> k << k;
            if (around < arena.first)
                break;
            if ((arena.small[around - arena.base] & ~kWaiting) > k)
                return true;
        }
    }
    for (uint64_t rest = nonempty_ >> kWindowOrder << kWindowOrder; rest != 0; rest &= rest - 1) {
        const unsigned k = static_cast<unsigned>(__builtin_ctzll(rest));
        const Frame around = frame >> k << k;
        if (around < arena.first)
            break;
        if ((*large_of(arena, around) & ~kSmallValid) > k)
            return true;
    }
    const Frame end = frame + (Frame{1} << order);
    for (Frame at = frame; at < end; at = align_down(at, kWindow) + kWindow) {
        const uint8_t large = *large_of(arena, at);
        if (at % kWindow == 0 && (large & ~kSmallValid) != 0)
            return true;
        if ((large & kSmallValid) == 0)
            continue;
        const Frame window_end = align_down(at, kWindow) + kWindow;
        const uint8_t* states = &arena.small[at - arena.base];
        if (!all_zero(states, (window_end < end ? window_end : end) - at))
            return true;
    }
    return false;
}

template <DirectMapPolicy M>
bool BuddyFrameAllocator<M>::all_zero(const uint8_t* bytes, size_t count) {
    for (; count >= sizeof(uint64_t); count -= sizeof(uint64_t), bytes += sizeof(uint64_t)) {
        uint64_t word;
        __builtin_memcpy(&word, bytes, sizeof(word));
        if (word != 0)
            return false;
    }
    for (; count != 0; count--)
        if (*bytes++ != 0)
            return false;
    return true;
}

template <DirectMapPolicy M>
void BuddyFrameAllocator<M>::push(Arena& arena, Frame frame, unsigned order) {
    Block* block = block_at(frame);
    Block* next = free_[order];
    block->next = next;
    block->prev = nullptr;
    block->arena = &arena;
    if (next)
        next->prev = block;
    free_[order] = block;
    nonempty_ |= uint64_t{1} << order;
    mark(arena, frame, order);
}

template <DirectMapPolicy M>
void BuddyFrameAllocator<M>::pop(Block* block, Frame frame, unsigned order) {
    if (block->next)
        block->next->prev = block->prev;
    if (block->prev)
        block->prev->next = block->next;
    else if ((free_[order] = block->next) == nullptr)
        nonempty_ &= ~(uint64_t{1} << order);
    unmark(*block->arena, frame, order);
}

// Lets a free block wait, if it is one that may and there is room.
template <DirectMapPolicy M>
bool BuddyFrameAllocator<M>::wait(Arena& arena, Frame frame, size_t pages) {
    if (pages > size_t{1} << kWaitingOrder || !is_pow2(pages) || !is_aligned(frame, pages) ||
        waiting_count_ == kMostWaiting)
        return false;
    const unsigned order = log2_floor(pages);
    Block* block = block_at(frame);
    block->next = waiting_[order];
    block->arena = &arena;
    waiting_[order] = block;
    waiting_count_++;
    free_frames_ += pages;
    mark(arena, frame, order);
    arena.small[frame - arena.base] |= kWaiting;
    return true;
}

template <DirectMapPolicy M>
void* BuddyFrameAllocator<M>::take_waiting(unsigned order) {
    Block* block = waiting_[order];
    waiting_[order] = block->next;
    waiting_count_--;
    free_frames_ -= size_t{1} << order;
    unmark(*block->arena, frame_of(block), order);
    return block;
}

template <DirectMapPolicy M>
void BuddyFrameAllocator<M>::merge_waiting() {
    for (unsigned order = 0; order <= kWaitingOrder; order++) {
        while (waiting_[order]) {
            Arena& arena = *waiting_[order]->arena;
            const Frame frame = frame_of(take_waiting(order));
            release_all(arena, frame, frame + (Frame{1} << order));
        }
    }
}

// Makes a block free and merges it with its buddies as far as they are free, too.
template <DirectMapPolicy M>
void BuddyFrameAllocator<M>::release(Arena& arena, Frame frame, unsigned order) {
    for (; order + 1 < kOrders; order++) {
        const Frame size = Frame{1} << order;
        const Frame buddy = frame ^ size;
        if (buddy < arena.first || buddy >= arena.end || head(arena, buddy) != order + 1)
            break;
        pop(block_at(buddy), buddy, order);
        frame &= ~size;
    }
    push(arena, frame, order);
}

template <DirectMapPolicy M>
void BuddyFrameAllocator<M>::release_all(Arena& arena, Frame from, Frame to) {
    free_frames_ += to - from;
    while (from < to) {
        unsigned order = log2_floor(to - from);
        if (from != 0 && static_cast<unsigned>(__builtin_ctzll(from)) < order)
            order = static_cast<unsigned>(__builtin_ctzll(from));
        release(arena, from, order);
        from += Frame{1} << order;
    }
}

// A free block of at least 2^order frames whose start meets the wish's limit.
template <DirectMapPolicy M>
typename BuddyFrameAllocator<M>::Block*
BuddyFrameAllocator<M>::find(unsigned order, const FrameRequest& wish, unsigned& found) {
    for (uint64_t rest = nonempty_ >> order << order; rest != 0; rest &= rest - 1) {
        found = static_cast<unsigned>(__builtin_ctzll(rest));
        for (Block* block = free_[found]; block; block = block->next)
            if (wish.below == ~uint64_t{0} ||
                frame_of(block) + wish.pages <= wish.below >> kPageShift)
                return block;
    }
    return nullptr;
}

// Takes the run out of one free block that covers its size and alignment.
template <DirectMapPolicy M>
Result<void*> BuddyFrameAllocator<M>::take_block(const FrameRequest& wish) {
    const size_t cover = wish.pages > wish.align_pages ? wish.pages : wish.align_pages;
    const unsigned order = log2_ceil(cover);
    if (order <= kWaitingOrder && wish.pages == size_t{1} << order && waiting_[order] &&
        wish.below == ~uint64_t{0})
        return take_waiting(order);
    unsigned found = 0;
    Block* block = order < kOrders ? find(order, wish, found) : nullptr;
    if (!block)
        return Errno::nomem;
    Arena& arena = *block->arena;
    const Frame frame = frame_of(block);
    pop(block, frame, found);
    free_frames_ -= Frame{1} << found;
    while (found > order) { // the upper halves stay
        found--;
        push(arena, frame + (Frame{1} << found), found);
        free_frames_ += Frame{1} << found;
    }
    if (wish.pages < Frame{1} << order)
        release_all(arena, frame + wish.pages, frame + (Frame{1} << order));
    return static_cast<void*>(block);
}

// Takes the run out of free blocks that lie side by side: the lowest place of the first arena.
template <DirectMapPolicy M>
Result<void*> BuddyFrameAllocator<M>::take_neighbours(const FrameRequest& wish) {
    if (wish.pages > free_frames_)
        return Errno::nomem;
    for (size_t i = 0; i < arena_count_; i++) {
        Arena& arena = arenas_[i];
        Frame from = arena.first; // all of [from, frame) is free
        for (Frame frame = from; frame < arena.end;) {
            const unsigned block = head(arena, frame);
            if (block != 0) {
                frame += Frame{1} << (block - 1);
                Frame at = 0;
                if (fits(from, frame, wish, at))
                    return carve(arena, from, at, wish.pages);
                continue;
            }
            // Nothing smaller than a window is free in a window that was never split.
            const bool split = (*large_of(arena, frame) & kSmallValid) != 0;
            frame = split ? frame + 1 : align_down(frame, kWindow) + kWindow;
            from = frame;
        }
    }
    return Errno::nomem;
}

// [from, at + pages) is free and starts with a block: takes [at, at + pages), the rest stays.
template <DirectMapPolicy M>
void* BuddyFrameAllocator<M>::carve(Arena& arena, Frame from, Frame at, size_t pages) {
    Frame frame = from;
    while (frame < at + pages) {
        const unsigned order = head(arena, frame) - 1;
        pop(block_at(frame), frame, order);
        frame += Frame{1} << order;
        free_frames_ -= Frame{1} << order;
    }
    release_all(arena, from, at);
    release_all(arena, at + pages, frame);
    return map_.pointer(Paddr::of_page(at));
}

template <DirectMapPolicy M>
typename BuddyFrameAllocator<M>::Arena* BuddyFrameAllocator<M>::arena_of(Frame frame) {
    for (size_t i = 0; i <= arena_count_; i++) { // the last one first
        Arena& arena = arenas_[i == 0 ? last_arena_ : i - 1];
        if (frame >= arena.first && frame < arena.end) {
            last_arena_ = static_cast<size_t>(&arena - arenas_);
            return &arena;
        }
    }
    return nullptr;
}

// The range with the smallest rest that fits, none of those whose bits are set in `except`, and how
// far to open it.
template <DirectMapPolicy M>
typename BuddyFrameAllocator<M>::Range*
BuddyFrameAllocator<M>::best_range(const FrameRequest& wish, uint64_t except, Paddr& stop) {
    Range* best = nullptr;
    for (size_t i = 0; i < range_count_; i++) {
        Range& range = ranges_[i];
        const uint64_t size = range.end - range.opened;
        if (size == 0 || (except >> i & 1) != 0 || (best && size >= best->end - best->opened))
            continue;
        const Frame from = range.opened.page_number();
        Frame at = 0;
        if (!fits(from + meta_pages(size / kPageSize), range.end.page_number(), wish, at))
            continue;
        best = &range;
        const uint64_t least = opened_bytes_ > kArena ? opened_bytes_ : kArena;
        const Paddr needed = Paddr::of_page(at + wish.pages);
        const Paddr usual = size > least ? range.opened + least : range.end;
        stop = needed > usual ? needed : usual;
        const uint64_t rest = -stop.value() & (kArena - 1); // arenas end on their own multiples
        stop = range.end - stop > rest ? stop + rest : range.end;
    }
    return best;
}

template <DirectMapPolicy M>
Result<> BuddyFrameAllocator<M>::open(Range& range, Paddr stop) {
    if (arena_count_ == kMaxArenas)
        return Errno::nomem;
    const PhysRange wanted{range.opened, stop - range.opened};
    const PhysRange usable = UK_TRY(map_.open(wanted)).shrink_to_pages();
    range.opened = stop;
    opened_bytes_ += wanted.size;
    if (usable.empty())
        return ok();
    UK_VERIFY(wanted.contains(usable));
    make_arena(usable);
    return ok();
}

template <DirectMapPolicy M>
void BuddyFrameAllocator<M>::make_arena(PhysRange usable) {
    const size_t pages = usable.size / kPageSize;
    const size_t kept = meta_pages(pages);
    auto* meta = kept ? static_cast<uint8_t*>(map_.pointer(usable.start)) : spare_;
    const size_t room = kept ? kept * kPageSize : spare_bytes_;
    Arena arena;
    arena.base = usable.start.page_number();
    arena.first = arena.base + kept;
    arena.end = arena.base + pages;
    const size_t windows = ((arena.end - 1) >> kWindowOrder) - (arena.base >> kWindowOrder) + 1;
    arena.large = meta;
    arena.small = meta + windows;
    const bool any = arena.first < arena.end; // a single frame is of use to the arenas after it
    const size_t used = any ? windows + pages : 0;
    if (!kept || room - used > spare_bytes_) {
        spare_ = meta + used;
        spare_bytes_ = room - used;
    }
    if (!any)
        return;
    memset(arena.large, 0, windows);
    arenas_[arena_count_] = arena;
    release_all(arenas_[arena_count_++], arena.first, arena.end);
}

template <DirectMapPolicy M>
Result<void*> BuddyFrameAllocator<M>::allocate_run(FrameRequest wish) {
    constexpr size_t kMostPages = size_t{1} << (kOrders - 1);
    if (wish.pages == 0 || !is_pow2(wish.align_pages))
        return Errno::inval;
    if (wish.pages > kMostPages || wish.align_pages > kMostPages)
        return Errno::nomem;
    static_assert(kMaxRanges <= 64);
    uint64_t failed = 0; // a bit for each range that could not be opened
    Errno error = Errno::nomem;
    for (;;) {
        if (Result<void*> run = take_block(wish); run.ok())
            return run;
        if (waiting_count_ != 0) {
            merge_waiting();
            continue;
        }
        if (wish.pages != 1 || wish.align_pages != 1) {
            if (Result<void*> run = take_neighbours(wish); run.ok())
                return run;
        }
        Paddr stop;
        Range* range = best_range(wish, failed, stop);
        if (!range)
            return error;
        // Page tables may have come out of the arena; then what is left is looked at again.
        const Result<> opened = open(*range, stop);
        if (!opened.ok()) {
            failed |= uint64_t{1} << (range - ranges_);
            error = opened.code();
        }
    }
}

template <DirectMapPolicy M>
void BuddyFrameAllocator<M>::free_run(void* memory, size_t pages) {
    UK_VERIFY(memory && is_aligned(memory, kPageSize));
    UK_VERIFY(pages != 0 && pages <= total_bytes_ / kPageSize);
    const Frame from = frame_of(memory);
    Arena* arena = arena_of(from);
    UK_VERIFY(arena && pages <= arena->end - from); // a run never spans two
    // First all is looked at, then all is freed: what is freed merges with what was free.
    for (Frame frame = from, end = from + pages; frame < end;) {
        unsigned order = log2_floor(end - frame);
        if (frame != 0 && static_cast<unsigned>(__builtin_ctzll(frame)) < order)
            order = static_cast<unsigned>(__builtin_ctzll(frame));
        if (overlaps_free(*arena, frame, order))
            UK_PANIC("frames at %p freed twice", memory);
        frame += Frame{1} << order;
    }
    if (!wait(*arena, from, pages))
        release_all(*arena, from, from + pages);
}

template <DirectMapPolicy M>
FrameStats BuddyFrameAllocator<M>::stats() const {
    FrameStats all;
    all.total_bytes = total_bytes_;
    all.ranges = range_count_;
    all.arenas = arena_count_;
    for (size_t i = 0; i < range_count_; i++)
        all.unopened_bytes += ranges_[i].end - ranges_[i].opened;
    all.free_bytes = free_frames_ * kPageSize + all.unopened_bytes;
    if (nonempty_ != 0)
        all.largest_free_pages = size_t{1} << log2_floor(nonempty_);
    for (size_t k = 0; k <= kWaitingOrder; k++)
        if (waiting_[k] && all.largest_free_pages < size_t{1} << k)
            all.largest_free_pages = size_t{1} << k;
    return all;
}

} // namespace uk
