// SPDX-License-Identifier: BSD-3-Clause
// Locks of ranges of bytes.
#include <uk/vfs/range_locks.hpp>

#include <new>

#include <uk/alloc/heap.hpp>

namespace uk::vfs {

RangeLocks::~RangeLocks() {
    while (Range* range = ranges_.pop_front())
        free(*range);
}

RangeLocks::Range* RangeLocks::make() {
    void* memory = heap::allocate(sizeof(Range));
    return memory == nullptr ? nullptr : new (memory) Range;
}

// Out of the list already.
void RangeLocks::free(Range& range) {
    range.~Range();
    heap::deallocate(&range);
}

const RangeLocks::Range* RangeLocks::conflict(const void* owner, uint64_t first, uint64_t last,
                                              bool exclusive) const {
    for (const Range& range : ranges_) {
        if (range.owner != owner && range.first <= last && first <= range.last &&
            (exclusive || range.exclusive))
            return &range;
    }
    return nullptr;
}

void RangeLocks::insert(Range& range) {
    for (Range& each : ranges_) {
        if (each.first > range.first)
            return ranges_.insert_before(each, range);
    }
    ranges_.push_back(range);
}

// Takes a piece out of what the owner has; `spare` is for the rest of a range that is cut in two.
// Whether it was used; without it such a range stays as it is.
bool RangeLocks::cut(const void* owner, uint64_t first, uint64_t last, Range* spare) {
    for (Range* range = ranges_.front(); range != nullptr;) {
        Range* next = ranges_.next(*range);
        if (range->owner == owner && range->first <= last && first <= range->last) {
            const bool before = range->first < first;
            const bool behind = last < range->last;
            if (before && behind) {
                if (spare == nullptr)
                    return false;
                spare->owner = owner;
                spare->first = last + 1;
                spare->last = range->last;
                spare->exclusive = range->exclusive;
                range->last = first - 1;
                insert(*spare);
                return true; // no other overlaps
            }
            ranges_.erase(*range);
            if (before) {
                range->last = first - 1;
                insert(*range);
            } else if (behind) {
                range->first = last + 1;
                insert(*range);
            } else {
                free(*range);
            }
        }
        range = next;
    }
    return false;
}

Result<> RangeLocks::set(const void* owner, uint64_t first, uint64_t last, bool exclusive) {
    Range* made = make();
    Range* spare = make();
    if (made == nullptr || spare == nullptr) {
        if (made != nullptr)
            free(*made);
        if (spare != nullptr)
            free(*spare);
        return Errno::nolck;
    }
    if (!cut(owner, first, last, spare))
        free(*spare);
    for (Range* range = ranges_.front(); range != nullptr;) {
        Range* next = ranges_.next(*range);
        const bool touches = (range->last != kEnd && range->last + 1 == first) ||
                             (last != kEnd && last + 1 == range->first);
        if (range->owner == owner && range->exclusive == exclusive && touches) {
            first = range->first < first ? range->first : first;
            last = range->last > last ? range->last : last;
            ranges_.erase(*range);
            free(*range);
        }
        range = next;
    }
    made->owner = owner;
    made->first = first;
    made->last = last;
    made->exclusive = exclusive;
    insert(*made);
    return ok();
}

Result<> RangeLocks::clear(const void* owner, uint64_t first, uint64_t last) {
    for (const Range& range : ranges_) {
        if (range.owner != owner || range.first >= first || range.last <= last)
            continue;
        Range* spare = make();
        if (spare == nullptr)
            return Errno::nolck;
        (void)cut(owner, first, last, spare); // uses it: this is the one that is cut in two
        return ok();
    }
    (void)cut(owner, first, last, nullptr);
    return ok();
}

bool RangeLocks::drop(const void* owner) {
    const bool had = [&] {
        for (const Range& range : ranges_) {
            if (range.owner == owner)
                return true;
        }
        return false;
    }();
    (void)cut(owner, 0, kEnd, nullptr);
    return had;
}

} // namespace uk::vfs
