// SPDX-License-Identifier: BSD-3-Clause
// The window of this image: addresses that are apart from the application's, LIBUKVMEM_WINDOW_GIB
// of them at the upper end of its half. What each function does and how it fails: Window in
// <uk/vmem/window.hpp>; in addition ENOSYS, if the machine has no address space for applications.
//
// From level plat on, thread context, under locks of ranks above page_tables. Nothing in it faults,
// so what is committed may be touched wherever the heap's memory may. No device sees it: these are
// not addresses of the direct map.
#pragma once

#include <uk/vmem/types.hpp>

namespace uk::vmem::window {

[[nodiscard]] Result<Vaddr> reserve(uint64_t size, uint64_t align, uint64_t offset);
void release(Vaddr start, uint64_t size);
[[nodiscard]] Result<> commit(Vaddr start, uint64_t size);
void decommit(Vaddr start, uint64_t size);
[[nodiscard]] uint64_t committed_bytes();
[[nodiscard]] VirtRange range();

} // namespace uk::vmem::window
