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

// As the functions of pagetable::PageTable, which see for the contract; protect() may fail, too.
// From threads and from uk_page_fault(), not from interrupt handlers; none waits. Callers
// serialise. Errors of all: ENOMEM; of map() EEXIST as well, ENOSYS (a device, where there are
// none).
[[nodiscard]] Result<> pages_map(Vaddr page, Paddr frame, pagetable::Protection protection);
[[nodiscard]] Vaddr pages_unmap(VirtRange range, pagetable::Removed& out);
[[nodiscard]] Result<> pages_protect(VirtRange range, pagetable::Protection protection);
[[nodiscard]] pagetable::PageEntry pages_find(Vaddr page);

} // namespace uk::hal
