// SPDX-License-Identifier: BSD-3-Clause
// Walks the usable part of an untrusted memory map.
#include <uk/boot/memory_map.hpp>

#include <uk/base/bits.hpp>

namespace uk::bootup {

UsableMemory::Extent UsableMemory::extent_of(const hal::MemoryRange& range) {
    uint64_t start = range.start.value();
    if (start >= kPhysicalLimit) {
        return {kPhysicalLimit, kPhysicalLimit};
    }
    uint64_t room = kPhysicalLimit - start;
    return {start, start + (range.size < room ? range.size : room)};
}

// The usable range that offers the lowest whole page at or above `from`.
UsableMemory::Extent UsableMemory::lowest_usable(uint64_t from) const {
    Extent best{kPhysicalLimit, kPhysicalLimit};
    for (const hal::MemoryRange& range : map_) {
        if (range.kind != hal::MemoryKind::usable) {
            continue;
        }
        Extent extent = extent_of(range);
        uint64_t start = align_up(extent.start > from ? extent.start : from, kPageSize);
        uint64_t end = align_down(extent.end, kPageSize);
        if (start < end && start < best.start) {
            best = {start, end};
        }
    }
    return best;
}

// Cuts `candidate` at the first page that something else claims. If that is its first page, the
// result is empty and its end is where the claim ends.
UsableMemory::Extent UsableMemory::cut(Extent candidate) const {
    for (const hal::MemoryRange& range : map_) {
        Extent claim = extent_of(range);
        if (range.kind == hal::MemoryKind::usable || claim.start == claim.end) {
            continue;
        }
        uint64_t start = align_down(claim.start, kPageSize);
        uint64_t end = align_up(claim.end, kPageSize);
        if (start <= candidate.start && candidate.start < end) {
            return {end, end};
        }
        if (candidate.start < start && start < candidate.end) {
            candidate.end = start;
        }
    }
    return candidate;
}

PhysRange UsableMemory::next() {
    while (from_ < kPhysicalLimit) {
        Extent candidate = lowest_usable(from_);
        if (candidate.start == kPhysicalLimit) {
            from_ = kPhysicalLimit;
            break;
        }
        Extent free = cut(candidate);
        from_ = free.end;
        if (free.start < free.end) {
            return PhysRange{Paddr{free.start}, static_cast<size_t>(free.end - free.start)};
        }
    }
    return PhysRange{Paddr{0}, 0};
}

} // namespace uk::bootup
