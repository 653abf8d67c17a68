// SPDX-License-Identifier: BSD-3-Clause
// Two trees over the same areas: by address, and by the size of the gap behind each.
#include <uk/vmem/area_map.hpp>

#include <uk/assert.h>
#include <uk/string.h>

namespace uk::vmem {
namespace {

// Stacks stay what was asked for, so that they can be named and given back as such.
bool may_merge(const Area& low, const Area& high) {
    if (low.end() != high.start || low.kind != high.kind || low.kind == Kind::guard ||
        low.protection != high.protection || low.shared != high.shared ||
        low.write_allowed != high.write_allowed || low.pager != high.pager) {
        return false;
    }
    if (low.kind == Kind::stack) {
        return false;
    }
    bool has_offset = low.kind == Kind::file || low.kind == Kind::device;
    if (has_offset && low.offset + low.size != high.offset) {
        return false;
    }
    return __builtin_strcmp(low.name, high.name) == 0;
}

} // namespace

void AreaMap::init(VirtRange range, Vaddr search) {
    UK_VERIFY(range_.empty() && range.contains(search));
    range_ = range;
    search_ = search;
    head_.start = range.start;
    measure_gap(head_, nullptr);
}

void AreaMap::measure_gap(Area& area, const Area* next) {
    if (area.by_gap.is_linked()) {
        gaps_.erase(area);
    }
    Vaddr start = gap_start(area);
    Vaddr end = next != nullptr ? next->start : range_.end();
    area.gap = end > start ? end - start : 0;
    if (area.gap != 0) {
        gaps_.insert_multi(area);
    }
}

Area& AreaMap::before(Area& area) {
    Area* previous = areas_.prev(area);
    return previous != nullptr ? *previous : head_;
}

Area* AreaMap::at(Vaddr at) const {
    Area* area = areas_.find_at_or_below(at);
    return area != nullptr && area->contains(at) ? area : nullptr;
}

Area* AreaMap::from(Vaddr at) const {
    Area* area = areas_.find_at_or_below(at);
    if (area != nullptr && area->contains(at)) {
        return area;
    }
    return areas_.lower_bound(at);
}

bool AreaMap::is_free(VirtRange range) const {
    const Area* area = from(range.start);
    return area == nullptr || area->start >= range.end();
}

Result<Vaddr> AreaMap::find_gap(uint64_t size, uint64_t align) const {
    Area* area = gaps_.lower_bound(size);
    if (area == nullptr) {
        return Errno::nomem;
    }
    Vaddr start = gap_start(*area).align_up(align);
    if (start - gap_start(*area) <= area->gap - size) {
        return start;
    }
    uint64_t surely = 0;
    if (__builtin_add_overflow(size, align - kPageSize, &surely)) {
        return Errno::nomem;
    }
    area = gaps_.lower_bound(surely);
    if (area == nullptr) {
        return Errno::nomem;
    }
    return gap_start(*area).align_up(align);
}

void AreaMap::insert(Area& area) {
    UK_ASSERT(area.size != 0 && range_.contains(area.range()) && is_free(area.range()));
    Area* there = areas_.insert(area);
    UK_VERIFY(there == nullptr);
    count_++;
    measure_gap(before(area), &area);
    measure_gap(area, areas_.next(area));
}

void AreaMap::erase(Area& area) {
    Area& previous = before(area);
    if (area.by_gap.is_linked()) {
        gaps_.erase(area);
    }
    Area* next = areas_.next(area);
    areas_.erase(area);
    count_--;
    measure_gap(previous, next);
}

void AreaMap::split(Area& area, Vaddr at, Area& upper) {
    UK_ASSERT(at > area.start && at < area.end());
    uint64_t lower_size = at - area.start;
    upper.start = at;
    upper.size = area.size - lower_size;
    upper.protection = area.protection;
    upper.kind = area.kind;
    upper.shared = area.shared;
    upper.write_allowed = area.write_allowed;
    upper.pager = area.pager;
    upper.offset = area.offset + lower_size;
    memcpy(upper.name, area.name, sizeof upper.name);
    area.size = lower_size;
    insert(upper);
}

Area* AreaMap::merge_with_next(Area& area) {
    Area* next = areas_.next(area);
    if (next == nullptr || !may_merge(area, *next)) {
        return nullptr;
    }
    erase(*next);
    area.size += next->size;
    measure_gap(area, areas_.next(area));
    return next;
}

} // namespace uk::vmem
