// SPDX-License-Identifier: BSD-3-Clause
// Architecture contract 5 of 8: the application's half of the address space, pages that come and
// go.
//
// For lib/ukvmem alone; exists in images that select it. Provided by whoever owns the page tables:
// the architecture where the image owns the processor, drivers/linuxabi where a Linux host does.
#pragma once

#include <span>

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

// Takes out the pages of `ranges`, and hands each to `taken`, of each range in ascending order,
// when no CPU can reach any of them any more. Other CPUs are asked to forget once, however many
// ranges and pages there are, so whoever has several gives them together. Pages without a frame are
// passed over. `taken` may not call any of these. Cannot fail.
void pages_unmap(std::span<const VirtRange> ranges, const pagetable::PageSink& taken);

// Changes the protection of those pages of `range` that have a frame; `device` must stay as it was.
// Errors: ENOMEM (linuxu: the host's limit; some pages may have changed).
[[nodiscard]] Result<> pages_protect(VirtRange range, pagetable::Protection protection);

// What `page` has; `used` is false if nothing. Cannot fail.
[[nodiscard]] pagetable::PageEntry pages_find(Vaddr page);

} // namespace uk::hal
