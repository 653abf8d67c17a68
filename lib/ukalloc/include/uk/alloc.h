// SPDX-License-Identifier: BSD-3-Clause
// C face of the heaps, in Unikraft's words. Thread context, never from interrupt handlers.
#pragma once

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// A heap. Opaque: get one from uk_alloc_get_default() or from a provider's *_init().
struct uk_alloc;

// The heap behind malloc(). Never NULL.
struct uk_alloc* uk_alloc_get_default(void);

// As the C standard's functions, on heap `a`; they do not touch errno. NULL when memory is out,
// when a product overflows, and when `a` is NULL. A size of 0 gives a block of its own (uk_realloc:
// frees `ptr` and returns NULL). Blocks are aligned to 16 bytes.
void* uk_malloc(struct uk_alloc* a, size_t size);
void* uk_calloc(struct uk_alloc* a, size_t nmemb, size_t size);
void* uk_realloc(struct uk_alloc* a, void* ptr, size_t size);
void uk_free(struct uk_alloc* a, void* ptr);

// `align`: a power of two, else NULL.
void* uk_memalign(struct uk_alloc* a, size_t align, size_t size);
// 0, or the error as a positive number as POSIX has it: EINVAL (align is no power of two or no
// multiple of sizeof(void*), or `a` is NULL), ENOMEM. *memptr is written on success only.
int uk_posix_memalign(struct uk_alloc* a, void** memptr, size_t align, size_t size);

size_t uk_malloc_usable_size(struct uk_alloc* a, const void* ptr);

// Whole pages of 4096 bytes, page-aligned.
void* uk_palloc(struct uk_alloc* a, unsigned long num_pages);
void uk_pfree(struct uk_alloc* a, void* ptr, unsigned long num_pages);

// Bytes free in the heap now, and of them the largest piece. A heap that can grow may give more.
// Both walk the heap's free lists.
size_t uk_alloc_availmem(struct uk_alloc* a);
size_t uk_alloc_maxalloc(struct uk_alloc* a);

// Gives wholly free page runs back to where they came from; returns the number of bytes.
size_t uk_alloc_trim(struct uk_alloc* a);

const char* uk_alloc_name(struct uk_alloc* a);

// Logs how much this heap holds, has given out and has free; with NULL the same of all heaps, and
// the frames that are left. With LIBUKALLOC_STATS a heap that refuses a request does so by itself.
void uk_alloc_report(struct uk_alloc* a);

#ifdef __cplusplus
}
#endif
