// SPDX-License-Identifier: BSD-3-Clause
// Between the address space of this image and its window; for this library alone.
#pragma once

#include <uk/config.hpp>
#include <uk/hal/pages.hpp>
#include <uk/spinlock.hpp>
#include <uk/vmem/types.hpp>

namespace uk::vmem::detail {

struct NoLock {
    struct State {};
    State lock() { return {}; }
    void unlock(State /*state*/) {}
};

// The address space's own lock guards the page tables, unless others change them, too.
using TablesLock =
    std::conditional_t<cfg::libukvmem_window, Spinlock<LockRank::page_tables>, NoLock>;
extern TablesLock g_tables;

Result<Paddr> take_frame();
void give_frame(Paddr frame);

// Before all else; done once, whoever comes first. Errors: ENOSYS, ENOMEM.
Result<> start();

// The window takes its part of the application's addresses; returns what is left. With the window.
VirtRange set_aside(hal::PagesRange pages);

} // namespace uk::vmem::detail
