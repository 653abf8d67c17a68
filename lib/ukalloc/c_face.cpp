// SPDX-License-Identifier: BSD-3-Clause
// <uk/alloc.h> over the C++ heaps. The default heap is called directly, others through the
// interface.
#include <uk/alloc.h>
#include <uk/alloc/c_handle.hpp>
#include <uk/alloc/heap.hpp>
#include <uk/alloc/interface.hpp>
#include <uk/base/address.hpp>
#include <uk/base/bits.hpp>
#include <uk/string.h>

namespace {

bool is_default(const uk_alloc* a) {
    return a == uk::c_handle(uk::default_heap());
}

void* allocate(uk_alloc* a, size_t size) {
    if (is_default(a)) [[likely]]
        return uk::heap::allocate(size);
    return a ? uk::heap_of(a).allocate(size) : nullptr;
}

void* allocate(uk_alloc* a, size_t size, size_t align) {
    if (is_default(a)) [[likely]]
        return uk::heap::allocate(size, align);
    return a ? uk::heap_of(a).allocate(size, align) : nullptr;
}

} // namespace

uk_alloc* uk_alloc_get_default() {
    return uk::c_handle(uk::default_heap());
}

void* uk_malloc(uk_alloc* a, size_t size) {
    return allocate(a, size);
}

void* uk_calloc(uk_alloc* a, size_t nmemb, size_t size) {
    size_t bytes = 0;
    if (__builtin_mul_overflow(nmemb, size, &bytes))
        return nullptr;
    void* block = allocate(a, bytes);
    return block ? memset(block, 0, bytes) : nullptr;
}

void* uk_realloc(uk_alloc* a, void* ptr, size_t size) {
    if (is_default(a)) [[likely]]
        return uk::heap::reallocate(ptr, size);
    return a ? uk::heap_of(a).reallocate(ptr, size) : nullptr;
}

void uk_free(uk_alloc* a, void* ptr) {
    if (is_default(a)) [[likely]]
        uk::heap::deallocate(ptr);
    else if (a)
        uk::heap_of(a).deallocate(ptr);
}

void* uk_memalign(uk_alloc* a, size_t align, size_t size) {
    return allocate(a, size, align);
}

int uk_posix_memalign(uk_alloc* a, void** memptr, size_t align, size_t size) {
    if (!a || !uk::is_pow2(align) || align % sizeof(void*) != 0)
        return static_cast<int>(uk::Errno::inval);
    void* block = allocate(a, size, align);
    if (!block)
        return static_cast<int>(uk::Errno::nomem);
    *memptr = block;
    return 0;
}

size_t uk_malloc_usable_size(uk_alloc* a, const void* ptr) {
    return a ? uk::heap_of(a).usable_size(ptr) : 0;
}

void* uk_palloc(uk_alloc* a, unsigned long num_pages) {
    size_t bytes = 0;
    if (num_pages == 0 || __builtin_mul_overflow(num_pages, uk::kPageSize, &bytes))
        return nullptr;
    return allocate(a, bytes, uk::kPageSize);
}

void uk_pfree(uk_alloc* a, void* ptr, unsigned long) {
    uk_free(a, ptr);
}

size_t uk_alloc_availmem(uk_alloc* a) {
    return a ? uk::heap_of(a).stats().free_bytes : 0;
}

size_t uk_alloc_maxalloc(uk_alloc* a) {
    return a ? uk::heap_of(a).stats().largest_free : 0;
}

size_t uk_alloc_trim(uk_alloc* a) {
    return a ? uk::heap_of(a).trim() : 0;
}

const char* uk_alloc_name(uk_alloc* a) {
    return a ? uk::heap_of(a).name() : "";
}
