// SPDX-License-Identifier: BSD-3-Clause
// Architecture contract 5 of 8: the application's half of the address space, pages that come and
// go.
//
// For lib/ukvmem alone; exists in images that select it. Provided by whoever owns the page tables:
// the architecture where the image owns the processor, drivers/linuxabi where a Linux host does.
#pragma once

#include <uk/base/address.hpp>
#include <uk/base/result.hpp>
#include <uk/pagetable/page_table.hpp>

namespace uk::hal {

// Where page tables come from and go to.
struct TableFrames {
    Result<Paddr> (*take)(); // a frame of zeros, or ENOMEM
    void (*give)(Paddr frame);
};

// The half, and from where on there is room for what may lie anywhere.
struct PagesRange {
    VirtRange range;
    Vaddr search;
};

// Once, before all others, thread context. Nothing is mapped in the range then. Errors: ENOMEM,
// ENOSYS (the host refuses what this takes).
[[nodiscard]] Result<PagesRange> pages_init(const TableFrames& frames);

// All: page-aligned addresses inside the range of pages_init(). From threads and from
// uk_page_fault(), not from interrupt handlers; none waits. They take no lock: callers serialise.

// Gives `page` (4 KiB) a frame. Errors: EEXIST (it has one), ENOMEM (no tables, or the host's
// limit), ENOSYS (protection.device, where there are no devices). After an error no page has
// changed.
[[nodiscard]] Result<> pages_map(Vaddr page, Paddr frame, pagetable::Protection protection);

// Takes out pages of `range` from its start on, at most Removed::kMost (32), and names them in
// `out`, which must be empty (count 0). Returns where it stopped: the end of `range`, or earlier
// because `out` is full, so callers loop. Pages without a frame are passed over. Cannot fail.
[[nodiscard]] Vaddr pages_unmap(VirtRange range, pagetable::Removed& out);

// Changes the protection of those pages of `range` that have a frame; `device` must stay as it was.
// Errors: ENOMEM (linuxu: the host's limit; some pages may have changed).
[[nodiscard]] Result<> pages_protect(VirtRange range, pagetable::Protection protection);

// What `page` has; `used` is false if nothing. Cannot fail.
[[nodiscard]] pagetable::PageEntry pages_find(Vaddr page);

} // namespace uk::hal
