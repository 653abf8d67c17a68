// SPDX-License-Identifier: BSD-3-Clause
// RegionFrameAllocator's member functions. Included by region_frame_allocator.hpp only.
#pragma once

#include <uk/fallocregion/region_frame_allocator.hpp>

namespace uk {

template <DirectMapPolicy M>
Result<> RegionFrameAllocator<M>::add_range(PhysRange given) {
    uint64_t last = 0;
    if (__builtin_add_overflow(given.start.value(), given.size, &last))
        return Errno::inval;
    PhysRange range = given.shrink_to_pages();
    if (range.empty())
        return ok();
    for (size_t i = 0; i < range_count_; i++)
        if (range.overlaps({ranges_[i].start, ranges_[i].end - ranges_[i].start}))
            return Errno::exist;
    total_bytes_ += range.size;
    for (size_t i = 0; i < range_count_; i++) {
        if (ranges_[i].end == range.start) { // continues one we have
            ranges_[i].end = range.end();
            return ok();
        }
    }
    if (range_count_ == kMaxRanges) {
        total_bytes_ -= range.size;
        return Errno::nomem;
    }
    ranges_[range_count_++] = Range{range.start, range.start, range.end()};
    return ok();
}

// Whether the wish can be met inside `space`, and where: as low as possible.
template <DirectMapPolicy M>
bool RegionFrameAllocator<M>::fits(PhysRange space, const FrameRequest& wish, Paddr& at) {
    const uint64_t align = wish.align_pages * kPageSize;
    const uint64_t skip = -space.start.value() & (align - 1);
    const uint64_t bytes = wish.pages * kPageSize;
    if (skip > space.size || space.size - skip < bytes)
        return false;
    at = space.start + skip;
    return wish.below >= bytes && at.value() <= wish.below - bytes;
}

// The smallest opened run that fits, the lowest among equals.
template <DirectMapPolicy M>
typename RegionFrameAllocator<M>::FreeRun*
RegionFrameAllocator<M>::best_run(const FrameRequest& wish, Paddr& at) {
    FreeRun* best = nullptr;
    for (FreeRun* run = first_; run; run = run->next) {
        Paddr here;
        if (run->pages < wish.pages || (best && run->pages >= best->pages))
            continue;
        if (!fits({map_.address(run), run->pages * kPageSize}, wish, here))
            continue;
        best = run;
        at = here;
        if (run->pages == wish.pages)
            break;
    }
    return best;
}

// Where the free space at the end of the opened part starts.
template <DirectMapPolicy M>
Paddr RegionFrameAllocator<M>::tail_of(const Range& range) {
    for (FreeRun* run = first_; run; run = run->next) {
        const Paddr start = map_.address(run);
        if (start + run->pages * kPageSize == range.opened && start >= range.start)
            return start;
    }
    return range.opened;
}

// The range whose free end (opened or not) is the smallest that fits, counted in bytes and smaller
// than `below`; none of those whose bits are set in `except`.
template <DirectMapPolicy M>
typename RegionFrameAllocator<M>::Range*
RegionFrameAllocator<M>::best_range(const FrameRequest& wish, uint64_t except, uint64_t below,
                                    Paddr& at) {
    Range* best = nullptr;
    for (size_t i = 0; i < range_count_; i++) {
        Range& range = ranges_[i];
        if (range.opened == range.end || (except >> i & 1) != 0)
            continue;
        const Paddr start = tail_of(range);
        const uint64_t size = range.end - start;
        Paddr here;
        if (size >= below || !fits({start, size}, wish, here))
            continue;
        best = &range;
        below = size;
        at = here;
    }
    return best;
}

// Opens whole arenas until `end` is reached.
template <DirectMapPolicy M>
Result<> RegionFrameAllocator<M>::open_up_to(Range& range, Paddr end) {
    const uint64_t rest = -end.value() & (kArena - 1);
    Paddr stop = range.end - end > rest ? end + rest : range.end;
    const PhysRange arena{range.opened, stop - range.opened};
    const PhysRange usable = UK_TRY(map_.open(arena)).shrink_to_pages();
    range.opened = stop;
    arena_count_++;
    if (usable.empty())
        return ok();
    UK_VERIFY(arena.contains(usable));
    free_run(map_.pointer(usable.start), usable.size / kPageSize);
    return ok();
}

template <DirectMapPolicy M>
Result<void*> RegionFrameAllocator<M>::allocate_run(FrameRequest wish) {
    constexpr size_t kMostPages = size_t{1} << 40;
    if (wish.pages == 0 || !is_pow2(wish.align_pages))
        return Errno::inval;
    if (wish.pages > kMostPages || wish.align_pages > kMostPages)
        return Errno::nomem;
    static_assert(kMaxRanges <= 64);
    uint64_t failed = 0; // a bit for each range that could not be opened
    Errno error = Errno::nomem;
    for (;;) {
        Paddr at;
        FreeRun* run = best_run(wish, at);
        const uint64_t run_bytes = run ? run->pages * kPageSize : ~uint64_t{0};
        Paddr beyond;
        Range* range = best_range(wish, failed, run_bytes, beyond);
        if (!range)
            return run ? Result<void*>(cut(run, at, wish.pages)) : Result<void*>(error);
        const Paddr end = beyond + wish.pages * kPageSize;
        // Page tables may have come out of the arena; then what is left is looked at again.
        const Result<> opened = open_up_to(*range, end > range->opened ? end : range->opened + 1);
        if (!opened.ok()) {
            failed |= uint64_t{1} << (range - ranges_);
            error = opened.code();
        }
    }
}

// Takes `pages` frames at `at` out of a free run; what is left on both sides stays.
template <DirectMapPolicy M>
void* RegionFrameAllocator<M>::cut(FreeRun* run, Paddr at, size_t pages) {
    const size_t before = (at - map_.address(run)) / kPageSize;
    const size_t behind = run->pages - before - pages;
    char* result = bytes_of(run) + before * kPageSize;
    FreeRun* prev = run->prev;
    FreeRun* next = run->next;
    if (before != 0) {
        run->pages = before;
        prev = run;
    } else {
        unlink(run);
    }
    if (behind != 0)
        link(result + pages * kPageSize, behind, prev, next);
    free_bytes_ -= pages * kPageSize;
    return result;
}

template <DirectMapPolicy M>
void RegionFrameAllocator<M>::link(void* memory, size_t pages, FreeRun* prev, FreeRun* next) {
    auto* run = static_cast<FreeRun*>(memory);
    run->next = next;
    run->prev = prev;
    run->pages = pages;
    (prev ? prev->next : first_) = run;
    if (next)
        next->prev = run;
}

template <DirectMapPolicy M>
void RegionFrameAllocator<M>::unlink(FreeRun* run) {
    (run->prev ? run->prev->next : first_) = run->next;
    if (run->next)
        run->next->prev = run->prev;
}

// Whether all of `part` was opened. Ranges that touch count as one.
template <DirectMapPolicy M>
bool RegionFrameAllocator<M>::is_ours(PhysRange part) const {
    while (!part.empty()) {
        const Range* found = nullptr;
        for (size_t i = 0; i < range_count_; i++)
            if (part.start >= ranges_[i].start && part.start < ranges_[i].opened)
                found = &ranges_[i];
        if (!found)
            return false;
        const uint64_t here = found->opened - part.start;
        if (here >= part.size)
            return true;
        part = {part.start + here, part.size - here};
    }
    return false;
}

template <DirectMapPolicy M>
void RegionFrameAllocator<M>::free_run(void* memory, size_t pages) {
    auto* run = static_cast<FreeRun*>(memory);
    UK_VERIFY(memory && is_aligned(memory, kPageSize));
    UK_VERIFY(pages != 0 && pages <= total_bytes_ / kPageSize);
    UK_VERIFY(is_ours({map_.address(memory), pages * kPageSize}));
    FreeRun* prev = nullptr;
    FreeRun* next = first_;
    while (next && next < run) {
        prev = next;
        next = next->next;
    }
    char* end = static_cast<char*>(memory) + pages * kPageSize;
    if ((prev && end_of(prev) > memory) || (next && bytes_of(next) < end))
        UK_PANIC("frames at %p freed twice", memory);
    free_bytes_ += pages * kPageSize;
    if (next && bytes_of(next) == end) {
        pages += next->pages;
        FreeRun* behind = next->next;
        unlink(next);
        next = behind;
    }
    if (prev && end_of(prev) == memory)
        prev->pages += pages;
    else
        link(memory, pages, prev, next);
}

template <DirectMapPolicy M>
FrameStats RegionFrameAllocator<M>::stats() const {
    FrameStats all;
    all.total_bytes = total_bytes_;
    all.ranges = range_count_;
    all.arenas = arena_count_;
    for (size_t i = 0; i < range_count_; i++)
        all.unopened_bytes += ranges_[i].end - ranges_[i].opened;
    all.free_bytes = free_bytes_ + all.unopened_bytes;
    for (const FreeRun* run = first_; run; run = run->next)
        if (run->pages > all.largest_free_pages)
            all.largest_free_pages = run->pages;
    return all;
}

} // namespace uk
