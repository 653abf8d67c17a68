// SPDX-License-Identifier: BSD-3-Clause
// mremap(). Included by calls.hpp only.
#pragma once

#include <uk/mmap/calls.hpp>

namespace uk::mmap {

// The area that has all of the range. Errors: EFAULT (none), EPERM, EINVAL (not anonymous).
template <AddressSpace Space>
Result<AreaInfo> Calls<Space>::one_area(VirtRange range) const {
    Result<AreaInfo> area = space_.find(range.start);
    if (!area.ok() || !area.value().range.contains(range))
        return Errno::fault;
    UK_TRY(ours(range));
    if (area.value().kind != Kind::anonymous)
        return Errno::inval;
    return area;
}

// Of pages that are not there, nothing: they read as zeros on both sides.
template <AddressSpace Space>
Result<> Calls<Space>::copy(VirtRange from, Vaddr to) const {
    constexpr uint64_t kAtOnce = 512 * kPage; // the address space is locked so long
    for (uint64_t done = 0; done < from.size;) {
        const uint64_t left = from.size - done;
        const uint64_t some = left < kAtOnce ? left : kAtOnce;
        Result<Vaddr> page = space_.first_present(from.start + done, some);
        if (!page.ok()) {
            done += some;
            continue;
        }
        done = page.value() - from.start;
        UK_TRY(space_.populate(to + done, kPage));
        UK_TRY(space_.copy_page(to + done, from.start + done));
        done += kPage;
    }
    return ok();
}

template <AddressSpace Space>
Result<Vaddr> Calls<Space>::move(VirtRange old, uint64_t new_size, int flags, Vaddr new_start,
                                 const AreaInfo& area) const {
    const bool fixed = (flags & UK_MREMAP_FIXED) != 0;
    const uint64_t kept = old.size < new_size ? old.size : new_size;
    const Vaddr to =
        UK_TRY(space_.map({.size = new_size,
                           .where = fixed ? new_start : Vaddr{},
                           .placement = fixed ? Placement::replace : Placement::anywhere,
                           .name = area.name,
                           .reserve_only = true}));
    const auto fill = [&]() -> Result<> {
        if (!area.protection.read)
            UK_TRY(space_.protect(old.start, old.size, vmem::kReadOnly));
        UK_TRY(copy({old.start, kept}, to));
        return space_.protect(to, new_size, area.protection);
    };
    Result<> done = fill();
    if (done.ok() && (flags & UK_MREMAP_DONTUNMAP) == 0)
        done = space_.unmap(old.start, old.size);
    else if (done.ok())
        done = space_.discard(old.start, old.size);
    if (!area.protection.read && (!done.ok() || (flags & UK_MREMAP_DONTUNMAP) != 0))
        (void)space_.protect(old.start, old.size, area.protection);
    if (!done.ok()) {
        (void)space_.unmap(to, new_size);
        return done.error();
    }
    return to;
}

template <AddressSpace Space>
Result<Vaddr> Calls<Space>::remap(Vaddr start, uint64_t size, uint64_t new_size, int flags,
                                  Vaddr new_start) const {
    constexpr int kKnown = UK_MREMAP_MAYMOVE | UK_MREMAP_FIXED | UK_MREMAP_DONTUNMAP;
    const bool may_move = (flags & UK_MREMAP_MAYMOVE) != 0;
    const bool elsewhere = (flags & (UK_MREMAP_FIXED | UK_MREMAP_DONTUNMAP)) != 0;
    if ((flags & ~kKnown) != 0 || (elsewhere && !may_move) || size == 0 || new_size == 0)
        return Errno::inval;
    Result<VirtRange> old = pages(start, size);
    Result<VirtRange> wanted = pages(new_start, new_size);
    const bool fixed = (flags & UK_MREMAP_FIXED) != 0;
    if (!old.ok() || (fixed && !wanted.ok()))
        return Errno::inval;
    const uint64_t whole = align_up(new_size, kPage);
    if (whole < new_size)
        return Errno::inval;
    const VirtRange from = old.value();
    if ((flags & UK_MREMAP_DONTUNMAP) != 0 && whole != from.size)
        return Errno::inval;
    if (fixed && wanted.value().overlaps(from))
        return Errno::inval;
    const AreaInfo area = UK_TRY(one_area(from));
    if (fixed)
        UK_TRY(ours(wanted.value()));
    if (elsewhere)
        return move(from, whole, flags, new_start, area);
    if (whole == from.size)
        return start;
    if (whole < from.size) {
        UK_TRY(space_.unmap(start + whole, from.size - whole));
        return start;
    }
    Result<Vaddr> more = space_.map({.size = whole - from.size,
                                     .protection = area.protection,
                                     .where = from.end(),
                                     .placement = Placement::exact,
                                     .name = area.name});
    if (more.ok())
        return start;
    if (!may_move)
        return Errno::nomem;
    return move(from, whole, flags, new_start, area);
}

} // namespace uk::mmap
