// SPDX-License-Identifier: BSD-3-Clause
// The default heap: a slot, so every call is direct. Contract: HeapAllocator in concepts.hpp.
#pragma once

#include <cstddef>

#include <uk/alloc/concepts.hpp>

// Defined by exactly one provider's slot.cpp (`choice UKALLOC_DEFAULT`); zero or two providers are
// link errors. Needs no set-up: the first allocation fetches pages from ukfalloc.
// Thread context, never from interrupt handlers; never blocks. Any number of threads, under locks
// of ranks above heap.
namespace uk::heap {

[[nodiscard]] void* allocate(size_t size);               // aligned to kHeapAlign; the fast one
[[nodiscard]] void* allocate(size_t size, size_t align); // nullptr also when align is no power of 2
void deallocate(void* block);
[[nodiscard]] void* reallocate(void* block, size_t size);
[[nodiscard]] size_t usable_size(const void* block);
[[nodiscard]] HeapStats stats();
size_t trim();
[[nodiscard]] bool verify();
[[nodiscard]] const char* name(); // "tlsf", "bbuddy", "region", ...

} // namespace uk::heap
