// SPDX-License-Identifier: BSD-3-Clause
// The application's address space: the one of this image.
//
//     Vaddr heap = UK_TRY(uk::vmem::map({.size = 64 << 20, .name = "heap"}));
//     *heap.as<int>() = 1;                       // takes a frame
//     UK_TRY(uk::vmem::unmap(heap, 64 << 20));   // gives it back
//
// What each function does and how it fails: AddressSpace in <uk/vmem/address_space.hpp>. Thread
// context, interrupts on, no spinlock held; from level `lib` of the init table on. ENOSYS: the
// machine has no address space for applications.
//
// Memory that comes from here may fault at any access. Kernel code touches it where it could fault,
// and nowhere else: never in handlers, never under a spinlock, never as a stack of its own. What
// was populated does not fault until it is discarded: stacks of threads are
// (LIBUKSCHED_STACK_GUARD).
#pragma once

#include <span>

#include <uk/vmem/types.hpp>

namespace uk::vmem {

[[nodiscard]] Result<Vaddr> map(const MapRequest& request);
[[nodiscard]] Result<> unmap(Vaddr start, uint64_t size);
[[nodiscard]] Result<> unmap_all(std::span<const VirtRange> ranges);
[[nodiscard]] Result<> unmap_stack(Vaddr start);
[[nodiscard]] Result<> rename_stack(Vaddr start, const char* name);
[[nodiscard]] Result<> protect(Vaddr start, uint64_t size, Protection protection);
[[nodiscard]] Result<> populate(Vaddr start, uint64_t size);
[[nodiscard]] Result<> discard(Vaddr start, uint64_t size);
[[nodiscard]] Result<> sync(Vaddr start, uint64_t size);
[[nodiscard]] Result<Vaddr> first_present(Vaddr start, uint64_t size);
[[nodiscard]] Result<AreaInfo> find(Vaddr at);
[[nodiscard]] Stats stats();
[[nodiscard]] VirtRange range();

} // namespace uk::vmem
