// SPDX-License-Identifier: BSD-3-Clause
// AddressSpace: areas come, go and change. Included by address_space.hpp only.
#pragma once

#include <uk/base/bits.hpp>
#include <uk/string.h>
#include <uk/vmem/address_space.hpp>

namespace uk::vmem {

constexpr bool is_writable_code(Protection protection) {
    return protection.write && protection.execute;
}

template <Backend B>
Result<VirtRange> AddressSpace<B>::check(Vaddr start, uint64_t size) const {
    if (!start.is_aligned(kPageSize) || size == 0) {
        return Errno::inval;
    }
    if (size > range().size) { // before it is rounded, which could wrap
        return Errno::nomem;
    }
    VirtRange wanted{start, align_up(size, kPageSize)};
    if (!range().contains(wanted)) {
        return Errno::nomem;
    }
    return wanted;
}

// The request's size in whole pages, guard included.
template <Backend B>
Result<uint64_t> AddressSpace<B>::check(const MapRequest& request) const {
    const bool is_file = request.kind == Kind::file;
    const bool is_stack = request.kind == Kind::stack;
    if (request.size == 0 || !is_pow2(request.align) || request.align < kPageSize ||
        request.kind == Kind::guard || is_file != (request.pager != nullptr) ||
        is_stack != (request.guard != 0) || (request.shared && !is_file)) {
        return Errno::inval;
    }
    if (request.placement != Placement::anywhere && !request.where.is_aligned(kPageSize)) {
        return Errno::inval;
    }
    if (is_writable_code(request.protection) ||
        (request.protection.write && !request.write_allowed)) {
        return Errno::acces;
    }
    if (request.kind == Kind::device && request.protection.execute) {
        return Errno::acces;
    }
    if (request.size > range().size || request.guard > range().size) {
        return Errno::nomem;
    }
    const uint64_t size = align_up(request.size, kPageSize);
    if (is_file || request.kind == Kind::device) {
        uint64_t end = 0;
        if (request.offset % kPageSize != 0) {
            return Errno::inval;
        }
        if (__builtin_add_overflow(request.offset, size, &end)) {
            return Errno::overflow;
        }
    }
    const bool takes_frames = request.kind != Kind::device && !request.shared;
    if (takes_frames && request.protection.write && !request.reserve_only &&
        size > backend_.memory_size()) {
        return Errno::nomem;
    }
    return size + align_up(request.guard, kPageSize);
}

template <Backend B>
Result<VirtRange> AddressSpace<B>::place(const MapRequest& request, uint64_t size) const {
    if (request.placement != Placement::anywhere) {
        VirtRange wanted = UK_TRY(check(request.where, size));
        if (request.placement == Placement::exact && !areas_.is_free(wanted)) {
            return Errno::exist;
        }
        return wanted;
    }
    if (!request.where.is_null()) {
        Result<VirtRange> hint = check(request.where.align_down(request.align), size);
        if (hint.ok() && areas_.is_free(hint.value())) {
            return hint;
        }
    }
    return VirtRange{UK_TRY(areas_.find_gap(size, request.align)), size};
}

template <Backend B>
Area& AddressSpace<B>::add(const MapRequest& request, VirtRange range, Area& area) {
    area.start = range.start;
    area.size = range.size;
    area.protection = request.protection;
    area.protection.device = request.kind == Kind::device && !request.cached;
    area.kind = request.kind;
    area.shared = request.shared;
    area.write_allowed = request.write_allowed;
    area.pager = request.pager;
    area.offset = request.offset;
    strlcpy(area.name, request.name, sizeof area.name);
    areas_.insert(area);
    stats_.mapped_bytes += range.size;
    if (area.pager != nullptr) {
        area.pager->hold();
    }
    return area;
}

// A device has all its pages from the start: drivers touch it where no fault may be taken.
template <Backend B>
Result<> AddressSpace<B>::map_device(Area& area) {
    for (Vaddr page = area.start; page < area.end(); page += kPageSize) {
        Result<> done = backend_.map(page, Paddr{area.offset_of(page)}, area.protection);
        if (!done.ok()) {
            remove(area.range());
            return done;
        }
    }
    return {};
}

template <Backend B>
Result<Vaddr> AddressSpace<B>::map(const MapRequest& request) {
    const uint64_t size = UK_TRY(check(request));
    const uint64_t guard = align_up(request.guard, kPageSize);
    VirtRange range;
    {
        Guard locked(lock_);
        range = UK_TRY(place(request, size));
        Spares spares(backend_);
        UK_TRY(spares.take((guard != 0 ? 2 : 1) + cuts(range)));
        if (request.placement == Placement::replace) {
            cut(range, spares);
            remove(range);
        }
        if (guard != 0) {
            MapRequest below{.protection = kNoAccess, .kind = Kind::guard, .name = request.name};
            add(below, {range.start, guard}, spares.use());
            range = {range.start + guard, range.size - guard};
        }
        Area& area = add(request, range, spares.use());
        if (area.kind == Kind::device) {
            UK_TRY(map_device(area));
        }
        merge_around(area);
    }
    if (request.populate || (request.pager != nullptr && request.pager->may_block())) {
        Result<> done = populate(range.start, range.size);
        if (!done.ok()) {
            Guard locked(lock_);
            Spares spares(backend_);
            VirtRange all{range.start - guard, range.size + guard};
            UK_TRY(spares.take(cuts(all)));
            cut(all, spares);
            remove(all);
            return done.error();
        }
    }
    return range.start;
}

// How many areas must be cut in two so that each lies inside the range or outside.
template <Backend B>
size_t AddressSpace<B>::cuts(VirtRange range) const {
    const Area* first = areas_.at(range.start);
    const Area* last = areas_.at(range.end() - 1);
    size_t count = 0;
    count += first != nullptr && first->start != range.start ? 1 : 0;
    count += last != nullptr && last->end() != range.end() ? 1 : 0;
    return count;
}

template <Backend B>
void AddressSpace<B>::cut(VirtRange range, Spares& spares) {
    for (Vaddr at : {range.start, range.end()}) {
        Area* area = areas_.at(at);
        if (area != nullptr && area->start != at) {
            Area& upper = spares.use();
            areas_.split(*area, at, upper);
            if (upper.pager != nullptr) {
                upper.pager->hold();
            }
        }
    }
}

// Of areas that lie in a range as a whole.
template <Backend B>
void AddressSpace<B>::remove(std::span<const VirtRange> ranges) {
    remove_pages(ranges);
    for (VirtRange range : ranges) {
        Area* area = areas_.from(range.start);
        while (area != nullptr && area->start < range.end()) {
            Area* next = areas_.next(*area);
            areas_.erase(*area);
            stats_.mapped_bytes -= area->size;
            drop(*area);
            area = next;
        }
    }
}

template <Backend B>
void AddressSpace<B>::remove_pages(std::span<const VirtRange> ranges) {
    Area* area = nullptr;
    auto give_back = [&](Vaddr page, Paddr frame) {
        if (area == nullptr || !area->contains(page)) {
            area = areas_.at(page);
        }
        if (area->shared) {
            area->pager->unshare(area->offset_of(page), frame);
        } else if (area->owns_frames()) {
            backend_.give_frame(frame);
            stats_.private_pages--;
        }
    };
    backend_.unmap(ranges, PageSink(give_back));
}

template <Backend B>
void AddressSpace<B>::drop(Area& area) {
    if (area.pager != nullptr) {
        area.pager->drop();
    }
    backend_.give_area(&area);
}

template <Backend B>
void AddressSpace<B>::merge_around(Area& area) {
    Area* low = areas_.previous(area);
    if (Area* next = areas_.merge_with_next(area)) {
        drop(*next);
    }
    if (low != nullptr) {
        if (Area* next = areas_.merge_with_next(*low)) {
            drop(*next);
        }
    }
}

// Merges all neighbours in the range and at its ends.
template <Backend B>
void AddressSpace<B>::merge_range(VirtRange range) {
    Area* area = areas_.from(range.start);
    if (area != nullptr && areas_.previous(*area) != nullptr) {
        area = areas_.previous(*area);
    }
    while (area != nullptr && area->start < range.end()) {
        Area* next = areas_.merge_with_next(*area);
        if (next == nullptr) {
            area = areas_.next(*area);
        } else {
            drop(*next);
        }
    }
}

template <Backend B>
Result<> AddressSpace<B>::unmap(Vaddr start, uint64_t size) {
    Result<VirtRange> range = check(start, size);
    if (!range.ok()) {
        return Errno::inval; // nothing can be there
    }
    Guard locked(lock_);
    Spares spares(backend_);
    UK_TRY(spares.take(cuts(range.value())));
    cut(range.value(), spares);
    remove(range.value());
    return {};
}

template <Backend B>
Result<> AddressSpace<B>::unmap_all(std::span<const VirtRange> ranges) {
    Guard locked(lock_);
    for (VirtRange range : ranges) {
        if (!check(range.start, range.size).ok() || range.size % kPageSize != 0 ||
            cuts(range) != 0) {
            return Errno::inval;
        }
    }
    remove(ranges);
    return {};
}

template <Backend B>
Area* AddressSpace<B>::stack_at(Vaddr start) const {
    Area* area = areas_.at(start);
    const bool found = area != nullptr && area->kind == Kind::stack && area->start == start;
    return found ? area : nullptr;
}

template <Backend B>
Area* AddressSpace<B>::guard_below(Area& stack) const {
    Area* below = areas_.previous(stack);
    const bool found =
        below != nullptr && below->kind == Kind::guard && below->end() == stack.start;
    return found ? below : nullptr;
}

template <Backend B>
Result<> AddressSpace<B>::rename_stack(Vaddr start, const char* name) {
    Guard locked(lock_);
    Area* area = stack_at(start);
    if (area == nullptr) {
        return Errno::noent;
    }
    strlcpy(area->name, name, sizeof area->name);
    if (Area* guard = guard_below(*area)) {
        strlcpy(guard->name, name, sizeof guard->name);
    }
    return {};
}

template <Backend B>
Result<> AddressSpace<B>::unmap_stack(Vaddr start) {
    Guard locked(lock_);
    Area* area = stack_at(start);
    if (area == nullptr) {
        return Errno::noent;
    }
    const Area* guard = guard_below(*area);
    Vaddr end = area->end();
    // What protect() made of one stack are several areas side by side.
    for (Area* more = areas_.next(*area);
         more != nullptr && more->kind == Kind::stack && more->start == end;
         more = areas_.next(*more)) {
        end = more->end();
    }
    Vaddr from = guard != nullptr ? guard->start : start;
    remove({from, end - from});
    return {};
}

template <Backend B>
Result<> AddressSpace<B>::may_protect(VirtRange range, Protection protection) const {
    for (Vaddr at = range.start; at < range.end();) {
        const Area* area = areas_.at(at);
        if (area == nullptr) {
            return Errno::nomem;
        }
        if (area->kind == Kind::guard || (protection.write && !area->write_allowed) ||
            (protection.execute && area->kind == Kind::device)) {
            return Errno::acces;
        }
        at = area->end();
    }
    return {};
}

// Shared pages become writable one by one, as will_write() is asked.
template <Backend B>
Result<> AddressSpace<B>::protect_pages(Area& area, Protection protection) {
    protection.device = area.protection.device;
    const Protection before = area.protection;
    area.protection = protection;
    Result<> done = backend_.protect(area.range(), page_protection(area, false));
    if (!done.ok()) {
        area.protection = before;
        (void)backend_.protect(area.range(), page_protection(area, false)).ok();
    }
    return done;
}

template <Backend B>
Result<> AddressSpace<B>::protect(Vaddr start, uint64_t size, Protection protection) {
    VirtRange range = UK_TRY(check(start, size));
    if (is_writable_code(protection)) {
        return Errno::acces;
    }
    Guard locked(lock_);
    UK_TRY(may_protect(range, protection));
    Spares spares(backend_);
    UK_TRY(spares.take(cuts(range)));
    cut(range, spares);
    Result<> done;
    for (Area* area = areas_.at(start); done.ok() && area != nullptr && area->start < range.end();
         area = areas_.next(*area)) {
        done = protect_pages(*area, protection);
    }
    merge_range(range);
    return done;
}

template <Backend B>
void AddressSpace<B>::clear() {
    Guard locked(lock_);
    remove(range());
}

} // namespace uk::vmem
