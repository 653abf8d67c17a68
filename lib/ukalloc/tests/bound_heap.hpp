// SPDX-License-Identifier: BSD-3-Clause
// The default heap of this folder's tests: a real provider on fake pages, counted, bound as
// slot.cpp would. Included by exactly one test file.
#pragma once

#include <uk/alloc/counted_heap.hpp>
#include <uk/alloc/heap.hpp>
#include <uk/alloc/heap_provider.hpp>
#include <uk/alloctlsf/tlsf_heap.hpp>
#include <uk/fakes/pages.hpp>

namespace uk::heap_test {

// Pages of a store that is made on first use.
struct GlobalPages {
    static fakes::PageStore& store() {
        static fakes::PageStore pages(2048);
        return pages;
    }
    Result<void*> allocate_pages(size_t pages) { return store().allocate(pages); }
    void free_pages(void* run, size_t pages) { store().free(run, pages); }
};

inline constinit CountedHeap<TlsfHeap<GlobalPages, TlsfOptions{.checks = true}>> g_default;

} // namespace uk::heap_test

UK_DEFAULT_HEAP(uk::heap_test::g_default, "tested")
