// SPDX-License-Identifier: BSD-3-Clause
// The arguments of mmap() and mprotect().
#include <uk/mmap/calls.hpp>

namespace uk::mmap {

namespace {

#ifdef UK_MAP_32BIT
constexpr int kBelow4GiB = UK_MAP_32BIT;
#else
constexpr int kBelow4GiB = 0;
#endif

// What means nothing here, where memory is not swapped, and what has long meant nothing.
constexpr int kIgnored = UK_MAP_DENYWRITE | UK_MAP_EXECUTABLE | UK_MAP_STACK | UK_MAP_NONBLOCK;
constexpr int kKnown = UK_MAP_TYPE | UK_MAP_FIXED | UK_MAP_FIXED_NOREPLACE | UK_MAP_ANONYMOUS |
                       UK_MAP_NORESERVE | UK_MAP_POPULATE | UK_MAP_LOCKED | kIgnored;

Result<> check_flags(int flags) {
    const int type = flags & UK_MAP_TYPE;
    if (type != UK_MAP_SHARED && type != UK_MAP_PRIVATE && type != UK_MAP_SHARED_VALIDATE)
        return Errno::inval;
    if ((flags & UK_MAP_GROWSDOWN) != 0)
        return Errno::opnotsupp;
    if ((flags & UK_MAP_HUGETLB) != 0)
        return Errno::inval;
    if ((flags & kBelow4GiB) != 0)
        return Errno::nomem;
    if (type == UK_MAP_SHARED_VALIDATE && (flags & ~kKnown) != 0)
        return Errno::opnotsupp;
    return ok();
}

} // namespace

Result<Protection> protection_of(int prot) {
    if ((prot & ~(UK_PROT_READ | UK_PROT_WRITE | UK_PROT_EXEC)) != 0)
        return Errno::inval;
    const bool write = (prot & UK_PROT_WRITE) != 0;
    const bool execute = (prot & UK_PROT_EXEC) != 0;
    if (write && execute)
        return Errno::acces;
    return Protection{.write = write, .execute = execute, .read = prot != 0};
}

Result<MapRequest> request_of(Vaddr start, uint64_t size, int prot, int flags, int64_t offset) {
    if (size == 0 || offset % static_cast<int64_t>(kPageSize) != 0)
        return Errno::inval;
    UK_TRY(check_flags(flags));
    MapRequest request{.size = size, .protection = UK_TRY(protection_of(prot)), .where = start};
    if ((flags & UK_MAP_FIXED_NOREPLACE) != 0)
        request.placement = Placement::exact;
    else if ((flags & UK_MAP_FIXED) != 0)
        request.placement = Placement::replace;
    request.name = "mmap";
    if ((flags & UK_MAP_ANONYMOUS) == 0) {
        if (offset < 0 || static_cast<uint64_t>(offset) + size < size)
            return Errno::overflow;
        request.offset = static_cast<uint64_t>(offset);
        request.shared = (flags & UK_MAP_TYPE) != UK_MAP_PRIVATE;
    }
    request.populate = (flags & (UK_MAP_POPULATE | UK_MAP_LOCKED)) != 0;
    request.reserve_only = (flags & UK_MAP_NORESERVE) != 0;
    return request;
}

} // namespace uk::mmap
