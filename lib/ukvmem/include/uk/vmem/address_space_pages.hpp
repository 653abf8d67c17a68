// SPDX-License-Identifier: BSD-3-Clause
// AddressSpace: pages of areas get their frames. Included by address_space.hpp only.
#pragma once

#include <uk/vmem/address_space.hpp>

namespace uk::vmem {

// Of a page as the tables have it. `written`: will_write() was asked.
template <Backend B>
Protection AddressSpace<B>::page_protection(const Area& area, bool written) {
    Protection protection = area.protection;
    protection.write = protection.write && (!area.shared || written);
    return protection;
}

template <Backend B>
bool AddressSpace<B>::all_mapped(VirtRange range) const {
    for (Vaddr at = range.start; at < range.end();) {
        const Area* area = areas_.at(at);
        if (area == nullptr) {
            return false;
        }
        at = area->end();
    }
    return true;
}

template <Backend B>
Result<> AddressSpace<B>::bring_in_private(Area& area, Vaddr page) {
    Paddr frame = UK_TRY(backend_.take_frame());
    Result<> done;
    if (area.pager != nullptr) {
        done = area.pager->fill(area.offset_of(page), {backend_.bytes(frame), kPageSize});
    }
    if (done.ok()) {
        done = backend_.map(page, frame, area.protection);
    }
    if (!done.ok()) {
        backend_.give_frame(frame);
        return done;
    }
    stats_.private_pages++;
    return {};
}

template <Backend B>
Result<> AddressSpace<B>::bring_in_shared(Area& area, Vaddr page, bool write) {
    const uint64_t offset = area.offset_of(page);
    Paddr frame = UK_TRY(area.pager->share(offset));
    Result<> done;
    if (write) {
        done = area.pager->will_write(offset);
    }
    if (done.ok()) {
        done = backend_.map(page, frame, page_protection(area, write));
    }
    if (!done.ok()) {
        area.pager->unshare(offset, frame);
    }
    return done;
}

template <Backend B>
Fault AddressSpace<B>::bring_in(Area& area, Vaddr page, bool write) {
    if (area.pager != nullptr && area.pager->may_block()) {
        return Fault::no_data;
    }
    Result<> done = area.shared ? bring_in_shared(area, page, write)
                    : area.owns_frames()
                        ? bring_in_private(area, page)
                        : backend_.map(page, Paddr{area.offset_of(page)}, area.protection);
    if (done.ok()) {
        repairs_++;
        return Fault::repaired;
    }
    return done.code() == Errno::nomem ? Fault::no_memory : Fault::no_data;
}

// Another CPU was faster, or this one remembers what was: once or twice that is well. Never ends
// what never ends: many in a row on one page while nobody repairs anything. Each CPU counts its own
// faults, so the patience with it does not depend on how many meet at a page.
template <Backend B>
Fault AddressSpace<B>::found_repaired(Vaddr page) {
    constexpr unsigned kPatience = 16;
    Futile& futile = futile_[backend_.cpu()];
    const bool again = futile.page == page && futile.at == repairs_;
    futile = {page, again ? futile.times + 1 : 0, repairs_};
    return futile.times < kPatience ? Fault::repaired : Fault::stuck;
}

// The page has a frame, and the area permits the access.
template <Backend B>
Fault AddressSpace<B>::repair(Area& area, Vaddr page, Access access, const PageEntry& entry) {
    const bool write =
        access == Access::write || (access == Access::unknown && area.protection.write);
    const Protection wanted = page_protection(area, write || entry.protection.write);
    if (entry.protection == wanted) {
        return found_repaired(page);
    }
    if (area.shared && wanted.write && !entry.protection.write &&
        !area.pager->will_write(area.offset_of(page)).ok()) {
        return Fault::no_data;
    }
    if (!backend_.protect({page, kPageSize}, wanted).ok()) {
        return Fault::no_memory;
    }
    repairs_++;
    return Fault::repaired;
}

template <Backend B>
Result<Vaddr> AddressSpace<B>::first_present(Vaddr start, uint64_t size) {
    const VirtRange range = UK_TRY(check(start, size));
    Guard locked(lock_);
    for (Vaddr at = range.start; at < range.end();) {
        const Area* area = areas_.from(at);
        if (area == nullptr || area->start >= range.end()) {
            break;
        }
        at = area->start > at ? area->start : at;
        for (; at < area->end() && at < range.end(); at += kPageSize) {
            if (backend_.find(at).used) {
                return at;
            }
        }
    }
    return Errno::noent;
}

template <Backend B>
Fault AddressSpace<B>::fault(Vaddr at, Access access) {
    Guard locked(lock_);
    Area* area = areas_.at(at);
    if (area == nullptr) {
        return Fault::unmapped;
    }
    const Protection allowed = area->protection;
    if (area->kind == Kind::guard) {
        return Fault::guard;
    }
    if (!allowed.read || (access == Access::write && !allowed.write) ||
        (access == Access::execute && !allowed.execute)) {
        return Fault::forbidden;
    }
    const Vaddr page = at.align_down(kPageSize);
    const PageEntry entry = backend_.find(page);
    const Fault outcome = entry.used ? repair(*area, page, access, entry)
                                     : bring_in(*area, page, access == Access::write);
    stats_.faults += outcome == Fault::repaired ? 1 : 0;
    return outcome;
}

// The pager is asked without the lock, so the area may be another one afterwards; then what it gave
// goes back, and the page is looked at anew.
template <Backend B>
Result<> AddressSpace<B>::populate_waiting(Pager& pager, bool shared, uint64_t offset, Vaddr page) {
    Paddr frame;
    if (shared) {
        frame = UK_TRY(pager.share(offset));
    } else {
        {
            Guard locked(lock_);
            frame = UK_TRY(backend_.take_frame());
        }
        Result<> filled = pager.fill(offset, {backend_.bytes(frame), kPageSize});
        if (!filled.ok()) {
            Guard locked(lock_);
            backend_.give_frame(frame);
            return filled;
        }
    }
    Guard locked(lock_);
    Area* area = areas_.at(page);
    Result<> done = Errno::again;
    if (area != nullptr && area->pager == &pager && area->shared == shared &&
        area->offset_of(page) == offset && !backend_.find(page).used) {
        done = backend_.map(page, frame, page_protection(*area, false));
    }
    if (done.ok()) {
        stats_.private_pages += shared ? 0 : 1;
    } else if (shared) {
        pager.unshare(offset, frame);
    } else {
        backend_.give_frame(frame);
    }
    return done;
}

// EAGAIN: it was changed by another thread meanwhile.
template <Backend B>
Result<> AddressSpace<B>::populate_page(Vaddr page) {
    Pager* pager = nullptr;
    bool shared = false;
    uint64_t offset = 0;
    {
        Guard locked(lock_);
        Area* area = areas_.at(page);
        if (area == nullptr) {
            return Errno::nomem;
        }
        if (area->kind == Kind::guard) {
            return Errno::acces;
        }
        if (backend_.find(page).used) {
            return {};
        }
        if (area->pager == nullptr) {
            return bring_in_private(*area, page);
        }
        if (!area->pager->may_block()) {
            return area->shared ? bring_in_shared(*area, page, false)
                                : bring_in_private(*area, page);
        }
        pager = area->pager;
        shared = area->shared;
        offset = area->offset_of(page);
        pager->hold();
    }
    Result<> done = populate_waiting(*pager, shared, offset, page);
    pager->drop();
    return done;
}

template <Backend B>
Result<> AddressSpace<B>::populate(Vaddr start, uint64_t size) {
    VirtRange range = UK_TRY(check(start, size));
    for (Vaddr page = range.start; page < range.end();) {
        Result<> done = populate_page(page);
        if (done.ok()) {
            page += kPageSize;
        } else if (done.code() != Errno::again) {
            return done;
        }
    }
    return {};
}

template <Backend B>
Result<> AddressSpace<B>::discard(Vaddr start, uint64_t size) {
    VirtRange range = UK_TRY(check(start, size));
    Guard locked(lock_);
    if (!all_mapped(range)) {
        return Errno::nomem;
    }
    for (Area* area = areas_.from(range.start); area != nullptr && area->start < range.end();
         area = areas_.next(*area)) {
        // A pager that may block could not bring them in again.
        if (area->owns_frames() && (area->pager == nullptr || !area->pager->may_block())) {
            const VirtRange part = range.intersect(area->range());
            remove_pages({&part, 1});
        }
    }
    return {};
}

// Writes back what lies in one area from the start of the range on; returns where that ends.
template <Backend B>
Result<Vaddr> AddressSpace<B>::sync_one(VirtRange range) {
    Pager* pager = nullptr;
    uint64_t offset = 0;
    VirtRange part;
    {
        Guard locked(lock_);
        Area* area = areas_.at(range.start);
        if (area == nullptr) {
            return Errno::nomem;
        }
        part = range.intersect(area->range());
        if (!area->shared) {
            return part.end();
        }
        UK_TRY(backend_.protect(part, page_protection(*area, false)));
        pager = area->pager;
        offset = area->offset_of(part.start);
        pager->hold();
    }
    Result<> done = pager->write_back(offset, part.size);
    pager->drop();
    UK_TRY(done);
    return part.end();
}

template <Backend B>
Result<> AddressSpace<B>::sync(Vaddr start, uint64_t size) {
    VirtRange range = UK_TRY(check(start, size));
    for (Vaddr at = range.start; at < range.end();) {
        at = UK_TRY(sync_one({at, range.end() - at}));
    }
    return {};
}

template <Backend B>
Result<AreaInfo> AddressSpace<B>::find(Vaddr at) {
    Guard locked(lock_);
    return find_unlocked(at);
}

template <Backend B>
Result<AreaInfo> AddressSpace<B>::find_unlocked(Vaddr at) const {
    const Area* area = areas_.from(at);
    if (area == nullptr) {
        return Errno::noent;
    }
    AreaInfo info{area->range(), area->protection, area->kind, area->shared, area->offset, ""};
    __builtin_memcpy(info.name, area->name, sizeof info.name);
    return info;
}

template <Backend B>
Stats AddressSpace<B>::stats() {
    Guard locked(lock_);
    Stats stats = stats_;
    stats.areas = areas_.count();
    return stats;
}

} // namespace uk::vmem
