// SPDX-License-Identifier: BSD-3-Clause
// Platform contract 2 of 6: the direct map, the kernel's window on physical memory.
#pragma once

#include <uk/base/address.hpp>
#include <uk/base/result.hpp>

namespace uk::hal {

// Address at which the frame `address` is (or will be, once opened) readable and writable by the
// kernel. Pure arithmetic: callable from anywhere, never blocks, says nothing about whether the
// range is open.
[[nodiscard]] void* direct_map(Paddr address);

// The inverse, for pointers into the direct map only (others: panic in debug builds).
[[nodiscard]] Paddr direct_map_paddr(const void* pointer);

// The address at which a device reaches the frame `address`. No platform of ours puts an IOMMU that
// translates between the two, so it is the same number; memory that a Xen guest shares goes by
// grants instead. Callable from anywhere.
[[nodiscard]] constexpr DmaAddr dma_address(Paddr address) {
    return DmaAddr{address.value()};
}

// Makes the RAM in `range` (page-aligned) accessible at direct_map(): present, writable, never
// executable. Opening a range twice is allowed and cheap. Page tables that this needs come from
// memory the platform set aside, or from the start of `range` itself, in which case the frames
// used are taken away from the caller: the returned range is what is left to use. If it fails after
// that, what could not be mapped is left out of the returned range as well.
// Boot or thread context, not from interrupt handlers; on any number of CPUs at once, but in an
// image for one CPU one caller at a time: there it takes no lock. Does not block. Errors: EINVAL
// (not aligned, outside physical memory, overlapping the image, or mapped as a device), ENOMEM (no
// room for page tables).
[[nodiscard]] Result<PhysRange> direct_map_open(PhysRange range);

// Maps device registers at `start` uncached and returns the address of its first byte. The mapping
// lives for ever; mapping it again is allowed and costs no tables. Context as above. Exceptions:
// the platform's own shutdown() and its first console_write(), which call it from wherever they are
// called. They may find a mapping half made by whoever they interrupted; at the end of the machine
// that is accepted, and each way of shutdown() survives a crash. Errors: EINVAL, ENOMEM, ENOSYS
// (the platform has no devices).
[[nodiscard]] Result<volatile void*> map_device(Paddr start, size_t size);

} // namespace uk::hal
