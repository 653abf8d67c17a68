// SPDX-License-Identifier: BSD-3-Clause
// What mmap() and its relatives ask for, in words of the address space. Pure: a template over an
// address space with the functions of <uk/vmem.hpp>.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

#include <uk/abi/mman.h>
#include <uk/base/bits.hpp>
#include <uk/base/result.hpp>
#include <uk/vmem/types.hpp>

namespace uk::mmap {

using vmem::AreaInfo;
using vmem::Kind;
using vmem::MapRequest;
using vmem::Placement;
using vmem::Protection;

// copy_page() copies a page that can be read to one that has a frame and can be written.
template <class Space>
concept AddressSpace = requires(const Space& space, const MapRequest& request, Vaddr at,
                                uint64_t size, Protection protection) {
    { space.map(request) } -> std::same_as<Result<Vaddr>>;
    { space.unmap(at, size) } -> std::same_as<Result<>>;
    { space.protect(at, size, protection) } -> std::same_as<Result<>>;
    { space.populate(at, size) } -> std::same_as<Result<>>;
    { space.discard(at, size) } -> std::same_as<Result<>>;
    { space.sync(at, size) } -> std::same_as<Result<>>;
    { space.first_present(at, size) } -> std::same_as<Result<Vaddr>>;
    { space.find(at) } -> std::same_as<Result<AreaInfo>>;
    { space.range() } -> std::same_as<VirtRange>;
    { space.copy_page(at, at) } -> std::same_as<Result<>>;
};

// PROT_* as a protection: memory that can be written or executed can be read. Errors: EINVAL (other
// bits), EACCES (to be written and executed).
[[nodiscard]] Result<Protection> protection_of(int prot);

// The arguments of mmap(), but for what only an address space or a file can tell. Errors: EINVAL,
// EACCES, ENOTSUP (MAP_GROWSDOWN; with MAP_SHARED_VALIDATE also flags that are not known), ENOMEM
// (MAP_32BIT), EOVERFLOW (the offset).
[[nodiscard]] Result<MapRequest> request_of(Vaddr start, uint64_t size, int prot, int flags,
                                            int64_t offset);

// Arguments as they come from the application; sizes are rounded up to pages. For threads without
// locks. Memory that others than mmap() have put into the address space, stacks of threads for
// example, is not touched (EPERM). A range without anything mapped is ENOMEM where nothing else is
// said. What each returns and how it fails beyond that is in Linux's manual.
template <AddressSpace Space>
class Calls {
  public:
    constexpr explicit Calls(Space space) : space_(space) {}

    // Without MAP_ANONYMOUS: ENODEV.
    [[nodiscard]] Result<Vaddr> map(Vaddr start, uint64_t size, int prot, int flags,
                                    int64_t offset) const;
    // Of a file, with a map() as that of uk::File.
    template <class File>
    [[nodiscard]] Result<Vaddr> map_file(Vaddr start, uint64_t size, int prot, int flags,
                                         int64_t offset, File& file) const;
    [[nodiscard]] Result<> unmap(Vaddr start, uint64_t size) const;
    [[nodiscard]] Result<> protect(Vaddr start, uint64_t size, int prot) const;
    [[nodiscard]] Result<> advise(Vaddr start, uint64_t size, int advice) const;
    [[nodiscard]] Result<> sync(Vaddr start, uint64_t size, int flags) const;
    // Moves by copying the pages that have frames. Errors: as the manual says, EINVAL also for what
    // is no anonymous memory.
    [[nodiscard]] Result<Vaddr> remap(Vaddr start, uint64_t size, uint64_t new_size, int flags,
                                      Vaddr new_start) const;
    // All pages in memory; they never leave it. `start` need not be aligned.
    [[nodiscard]] Result<> lock(Vaddr start, uint64_t size) const;
    [[nodiscard]] Result<> unlock(Vaddr start, uint64_t size) const;

  private:
    static constexpr uint64_t kPage = kPageSize;

    static Result<VirtRange> pages(Vaddr start, uint64_t size);
    Result<> all_mapped(VirtRange range) const;
    Result<> ours(VirtRange range) const;
    Result<> all_writable(VirtRange range) const;
    Result<AreaInfo> one_area(VirtRange range) const;
    Result<Vaddr> move(VirtRange old, uint64_t new_size, int flags, Vaddr new_start,
                       const AreaInfo& area) const;
    Result<> copy(VirtRange from, Vaddr to) const;

    [[no_unique_address]] Space space_;
};

// The range in whole pages. Errors: EINVAL (not aligned), ENOMEM (there are no such addresses).
template <AddressSpace Space>
Result<VirtRange> Calls<Space>::pages(Vaddr start, uint64_t size) {
    if (!start.is_aligned(kPage))
        return Errno::inval;
    const uint64_t whole = align_up(size, kPage);
    if (whole < size || whole > ~start.value())
        return Errno::nomem;
    return VirtRange{start, whole};
}

template <AddressSpace Space>
Result<> Calls<Space>::all_mapped(VirtRange range) const {
    for (Vaddr at = range.start; at < range.end();) {
        Result<AreaInfo> area = space_.find(at);
        if (!area.ok() || area.value().range.start > at)
            return Errno::nomem;
        at = area.value().range.end();
    }
    return ok();
}

// Nothing but what mmap() makes lies there.
template <AddressSpace Space>
Result<> Calls<Space>::ours(VirtRange range) const {
    for (Vaddr at = range.start; at < range.end();) {
        Result<AreaInfo> area = space_.find(at);
        if (!area.ok() || area.value().range.start >= range.end())
            return ok();
        if (area.value().kind != Kind::anonymous && area.value().kind != Kind::file)
            return Errno::perm;
        at = area.value().range.end();
    }
    return ok();
}

template <AddressSpace Space>
Result<> Calls<Space>::all_writable(VirtRange range) const {
    UK_TRY(all_mapped(range));
    for (Vaddr at = range.start; at < range.end();) {
        const AreaInfo area = UK_TRY(space_.find(at));
        if (!area.protection.write)
            return Errno::inval;
        at = area.range.end();
    }
    return ok();
}

template <AddressSpace Space>
Result<Vaddr> Calls<Space>::map(Vaddr start, uint64_t size, int prot, int flags,
                                int64_t offset) const {
    const MapRequest request = UK_TRY(request_of(start, size, prot, flags, offset));
    if ((flags & UK_MAP_ANONYMOUS) == 0)
        return Errno::nodev;
    if (request.placement == Placement::replace)
        UK_TRY(ours(UK_TRY(pages(start, size))));
    return space_.map(request);
}

template <AddressSpace Space>
template <class File>
Result<Vaddr> Calls<Space>::map_file(Vaddr start, uint64_t size, int prot, int flags,
                                     int64_t offset, File& file) const {
    MapRequest request = UK_TRY(request_of(start, size, prot, flags, offset));
    UK_TRY(file.map(request));
    if (request.placement == Placement::replace)
        UK_TRY(ours(UK_TRY(pages(start, size))));
    return space_.map(request);
}

template <AddressSpace Space>
Result<> Calls<Space>::unmap(Vaddr start, uint64_t size) const {
    Result<VirtRange> range = pages(start, size);
    if (!range.ok() || size == 0)
        return Errno::inval;
    UK_TRY(ours(range.value()));
    return space_.unmap(start, size);
}

template <AddressSpace Space>
Result<> Calls<Space>::protect(Vaddr start, uint64_t size, int prot) const {
    const VirtRange range = UK_TRY(pages(start, size));
    const Protection protection = UK_TRY(protection_of(prot));
    if (range.size == 0)
        return ok();
    UK_TRY(ours(range));
    return space_.protect(start, size, protection);
}

template <AddressSpace Space>
Result<> Calls<Space>::advise(Vaddr start, uint64_t size, int advice) const {
    Result<VirtRange> range = pages(start, size);
    if (!range.ok())
        return Errno::inval;
    switch (advice) {
    case UK_MADV_NORMAL: // hints, and what concerns processes, of which there is one
    case UK_MADV_RANDOM:
    case UK_MADV_SEQUENTIAL:
    case UK_MADV_WILLNEED:
    case UK_MADV_DONTFORK:
    case UK_MADV_DOFORK:
    case UK_MADV_MERGEABLE:
    case UK_MADV_UNMERGEABLE:
    case UK_MADV_HUGEPAGE:
    case UK_MADV_NOHUGEPAGE:
    case UK_MADV_DONTDUMP:
    case UK_MADV_DODUMP:
    case UK_MADV_WIPEONFORK:
    case UK_MADV_KEEPONFORK:
    case UK_MADV_COLD:
    case UK_MADV_PAGEOUT:
        return all_mapped(range.value());
    case UK_MADV_DONTNEED:
    case UK_MADV_DONTNEED_LOCKED:
    case UK_MADV_FREE:
        UK_TRY(all_mapped(range.value()));
        UK_TRY(ours(range.value()));
        return size == 0 ? ok() : space_.discard(start, size);
    case UK_MADV_POPULATE_WRITE:
        UK_TRY(all_writable(range.value()));
        [[fallthrough]];
    case UK_MADV_POPULATE_READ:
        return size == 0 ? ok() : space_.populate(start, size);
    default:
        return Errno::inval;
    }
}

template <AddressSpace Space>
Result<> Calls<Space>::sync(Vaddr start, uint64_t size, int flags) const {
    constexpr int kKnown = UK_MS_ASYNC | UK_MS_INVALIDATE | UK_MS_SYNC;
    constexpr int kBoth = UK_MS_ASYNC | UK_MS_SYNC;
    if ((flags & ~kKnown) != 0 || (flags & kBoth) == kBoth)
        return Errno::inval;
    const VirtRange range = UK_TRY(pages(start, size));
    UK_TRY(all_mapped(range));
    return (flags & UK_MS_SYNC) != 0 && size != 0 ? space_.sync(start, size) : ok();
}

template <AddressSpace Space>
Result<> Calls<Space>::lock(Vaddr start, uint64_t size) const {
    const Vaddr first = start.align_down(kPage);
    const VirtRange range = UK_TRY(pages(first, size + (start - first)));
    return range.size == 0 ? ok() : space_.populate(range.start, range.size);
}

template <AddressSpace Space>
Result<> Calls<Space>::unlock(Vaddr start, uint64_t size) const {
    const Vaddr first = start.align_down(kPage);
    return all_mapped(UK_TRY(pages(first, size + (start - first))));
}

} // namespace uk::mmap

#include <uk/mmap/remap_impl.hpp>
