// SPDX-License-Identifier: BSD-3-Clause
// mimalloc in one piece, as its static.c has it, but with our own surroundings; and the functions
// of <uk/allocmimalloc/mimalloc.h>, which see its insides.
//
// Not compiled are os.c (instead: what that header asks of the machine), arena.c, bitmap.c and
// segment-cache.c (segments are given back at once, and lie in ukvmem's window, which knows what is
// in use), options.c (constants, below), stats.c (counts nothing), random.c (no secrets depend on
// it). Upstream declares their functions; macros of the same names take the calls.
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uk/allocmimalloc/mimalloc.h>
#include <uk/assert.h>
#include <uk/format.h>

/* --- what upstream's headers look at --- */

#define __wasi__ 1         /* no pthreads, no realpath() */
#define __thread           /* what belongs to a thread is in mi_tls_slot() */
#define MI_TLS_SLOT 0      /* so that it is asked */
#define constructor unused /* mimalloc starts with the first allocation */
#define atexit(function) ((void)(function))
#define MI_STAT 0
#if defined(CONFIG_LIBUKALLOC_CHECKS) || defined(UK_MIMALLOC_CHECKS)
#define MI_DEBUG 1
#else
#define MI_DEBUG 0
#endif
#if defined(__SANITIZE_THREAD__)
#define MI_TSAN 1
#endif
#undef __GLIBC__ /* host tests: the thread's number is ours, too */

#ifndef UK_HOST_TEST
#include <renamed.h>
#endif
#include <mimalloc.h>

#include <mimalloc-internal.h>

/* The least that is committed at once: 64 KiB instead of 1 MiB. */
#undef MI_MINIMAL_COMMIT_SIZE
#define MI_MINIMAL_COMMIT_SIZE MI_SEGMENT_SLICE_SIZE

/* --- CPUs instead of threads --- */

static mi_heap_t* uk_mi_heaps[UK_MIMALLOC_CPUS] = {[0 ... UK_MIMALLOC_CPUS - 1] =
                                                       (mi_heap_t*)&_mi_heap_empty};

static inline unsigned uk_mi_cpu(void) {
#if UK_MIMALLOC_CPUS > 1
    return uk_mimalloc_cpu();
#else
    return 0;
#endif
}
static inline void* mi_tls_slot(size_t slot) {
    (void)slot;
    return uk_mi_heaps[uk_mi_cpu()];
}
static inline void mi_tls_slot_set(size_t slot, void* heap) {
    (void)slot;
    uk_mi_heaps[uk_mi_cpu()] = heap;
}
#define _mi_thread_id() ((mi_threadid_t)uk_mi_cpu() + 1)
#if UK_MIMALLOC_CPUS > 1
#define mi_atomic_yield() uk_mimalloc_relax()
#endif

/* --- os.c, arena.c --- */

#define _mi_os_init() ((void)0)
#define _mi_os_page_size() ((size_t)4096)
#define _mi_os_good_alloc_size(size) _mi_align_up(size, 4096)
#define _mi_os_alloc(size, stats) uk_mimalloc_pages(size)
#define _mi_os_free(start, size, stats) ((void)(start)) /* a CPU's data; CPUs do not end */
#define _mi_os_commit(start, size, is_zero, stats) (*(is_zero) = false, uk_mi_commit(start, size))
#define _mi_os_reset(start, size, stats) ((void)0)

/* When a page cannot be committed, upstream tries another segment, and another, each with a head of
 * 64 KiB, until there is no memory at all. So no new segments after a failure, until uk_mi_refused
 * is taken back (upstream.c). */
static bool uk_mi_refused[UK_MIMALLOC_CPUS];

static inline bool uk_mi_commit(void* start, size_t size) {
    if (uk_mimalloc_commit(start, size))
        return true;
    uk_mi_refused[uk_mi_cpu()] = true;
    return false;
}

/* What lies wholly inside, since upstream also asks for less than pages. */
static inline bool _mi_os_decommit_pages(void* start, size_t size) {
    const uintptr_t first = _mi_align_up((uintptr_t)start, 4096);
    const uintptr_t end = _mi_align_down((uintptr_t)start + size, 4096);
    if (end > first)
        uk_mimalloc_decommit((void*)first, end - first);
    return true;
}
#define _mi_os_decommit(start, size, stats) _mi_os_decommit_pages(start, size)

/* A segment's addresses. Its head is committed here, because upstream would lose the addresses if
 * that failed later. With `align_offset` the head and the one block of a huge segment lie apart,
 * and between them is nothing but the block's first word. */
static void* uk_mi_segment_reserve(size_t size, size_t align, size_t align_offset, bool commit) {
    const size_t head = MI_SEGMENT_SLICE_SIZE;
    if (!commit && uk_mi_refused[uk_mi_cpu()])
        return NULL;
    void* start = uk_mimalloc_reserve(size, align, align_offset);
    if (start == NULL)
        return NULL;
    const size_t first = !commit ? head : align_offset != 0 ? head + 4096 : size;
    if (uk_mimalloc_commit(start, first) &&
        (!commit || align_offset == 0 ||
         uk_mimalloc_commit((uint8_t*)start + align_offset, size - align_offset)))
        return start;
    uk_mimalloc_release(start, size);
    return NULL;
}
_Static_assert(sizeof(mi_segment_t) <= MI_SEGMENT_SLICE_SIZE, "the head of a segment is one slice");
#define _mi_arena_alloc_aligned(size, align, offset, commit, large, pinned, zero, arena, memid,    \
                                tld)                                                               \
    (*(large) = false, *(pinned) = false, *(zero) = false, *(memid) = 0, (void)(tld),              \
     uk_mi_segment_reserve(size, align, offset, *(commit)))
#define _mi_arena_free(start, size, align, offset, memid, committed, stats)                        \
    uk_mimalloc_release(start, size)
#define _mi_arena_memid_is_suitable(memid, arena) ((void)(memid), (void)(arena), true)
#define _mi_arena_id_none() 0

/* --- segment-cache.c --- */

#define _mi_segment_cache_pop(...) NULL
#define _mi_segment_cache_push(...) false
#define _mi_segment_cache_collect(force, tld) ((void)0)
#define _mi_segment_cache_free_all(tld) ((void)0)
#define _mi_segment_map_allocated_at(segment) ((void)0)
#define _mi_segment_map_freed_at(segment) ((void)0)
#define mi_is_in_heap_region(block) true /* only asked for a warning */

/* --- options.c: unused memory is given back after 25 ms, when its CPU comes by --- */

#define mi_option_get(option) ((long)uk_##option)
#define mi_option_is_enabled(option) (uk_##option != 0)
#define mi_option_get_clamp(option, least, most) ((long)uk_##option)
#define uk_mi_option_allow_decommit 1
#define uk_mi_option_decommit_delay 25
#define uk_mi_option_decommit_extend_delay 1
#define uk_mi_option_abandoned_page_decommit 0
#define uk_mi_option_max_segment_reclaim 8
#define uk_mi_option_eager_commit 0
#define uk_mi_option_eager_commit_delay 0
#define uk_mi_option_page_reset 0
#define uk_mi_option_reserve_huge_os_pages 0
#define uk_mi_option_reserve_huge_os_pages_at 0
#define uk_mi_option_reserve_os_memory 0
#define uk_mi_option_destroy_on_exit 0
#define uk_mi_option_show_errors 0
#define uk_mi_option_show_stats 0
#define uk_mi_option_verbose 0
#define _mi_options_init() ((void)0)
#define _mi_verbose_message(...) ((void)0)
#define _mi_warning_message(...) ((void)0)
#define _mi_fputs(...) ((void)0)
#define _mi_assert_fail(text, file, line, function)                                                \
    uk_panic(file, (int)(line), function, "heap: %s", text)

/* --- stats.c --- */

#define _mi_stat_increase(stat, amount) ((void)(amount))
#define _mi_stat_decrease(stat, amount) ((void)(amount))
#define _mi_stat_counter_increase(stat, amount) ((void)(amount))
#define _mi_stats_done(stats) ((void)0)
#define mi_stats_reset() ((void)0)
#define mi_stats_print(out) ((void)0)
#define _mi_clock_now() ((mi_msecs_t)uk_mimalloc_clock_ms())

/* --- random.c: for cookies that tell a segment from other memory --- */

static inline uintptr_t _mi_random_word(mi_random_ctx_t* random) {
    uint64_t word = 0;
    memcpy(&word, random->input, sizeof word);
    word += 0x9e3779b97f4a7c15u;
    memcpy(random->input, &word, sizeof word);
    word = (word ^ word >> 30) * 0xbf58476d1ce4e5b9u;
    word = (word ^ word >> 27) * 0x94d049bb133111ebu;
    return word ^ word >> 31;
}
static inline void _mi_random_start(mi_random_ctx_t* random, uint64_t seed) {
    memcpy(random->input, &seed, sizeof seed);
}
#define _mi_random_init(random) _mi_random_start(random, uk_mimalloc_seed())
#define _mi_random_init_weak(random) _mi_random_init(random)
#define _mi_random_reinit_if_weak(random) ((void)0)
#define _mi_random_next(random) _mi_random_word(random)
#define _mi_random_split(random, other) _mi_random_start(other, _mi_random_word(random))

// --- upstream
// ----------------------------------------------------------------------------------------

// Out of memory is a null pointer; the rest is a block that somebody has damaged or freed twice.
void _mi_error_message(int error, const char* format, ...) {
    if (error == ENOMEM || error == EOVERFLOW)
        return;
    char text[160];
    va_list arguments;
    va_start(arguments, format);
    const size_t size = uk_vscnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    UK_PANIC("heap: %.*s", size > 0 ? (int)size - 1 : 0, text); // it ends with a newline
}

#include <segment.c>

#include <page.c>

#include <heap.c>

#include <alloc.c>

#include <alloc-aligned.c>

#include <init.c>

// Blocks of up to 8 bytes would be aligned to 8 only.
static inline size_t at_least_aligned(size_t size) {
    return size > 8 ? size : 9;
}

// Segments without a page: those whose first page could not be committed.
static void free_empty_segments(mi_segments_tld_t* tld) {
    for (size_t i = 0; i <= MI_SEGMENT_BIN_MAX; i++) {
        mi_slice_t* next = NULL;
        for (mi_slice_t* slice = tld->spans[i].first; slice != NULL; slice = next) {
            next = slice->next;
            mi_segment_t* segment = _mi_ptr_segment(slice);
            if (segment->used == 0) // so this span is all of it
                mi_segment_free(segment, true, tld);
        }
    }
}

// Frees are kept for 25 ms in case the memory is wanted again; mimalloc does not look at them when
// it runs out. Their pages are part of free spans, and these are in queues.
static void decommit_now(mi_segments_tld_t* tld) {
    for (size_t i = 0; i <= MI_SEGMENT_BIN_MAX; i++)
        for (mi_slice_t* slice = tld->spans[i].first; slice != NULL; slice = slice->next)
            mi_segment_delayed_decommit(_mi_ptr_segment(slice), true, tld->stats);
}

void uk_mimalloc_trim(void) {
    mi_heap_t* heap = uk_mi_heaps[uk_mi_cpu()];
    if (!mi_heap_is_initialized(heap))
        return;
    mi_heap_collect(heap, true);
    free_empty_segments(&heap->tld->segments);
    decommit_now(&heap->tld->segments);
}

// Memory is out, or addresses. `block`: to be reallocated, or null; `align`: or 0.
static mi_decl_noinline void* try_again(void* block, size_t size, size_t align) {
    uk_mimalloc_trim();
    uk_mi_refused[uk_mi_cpu()] = false;
    mi_heap_t* heap = mi_get_default_heap();
    void* result = block != NULL ? mi_heap_realloc(heap, block, size)
                   : align != 0  ? mi_heap_malloc_aligned_at(heap, size, align, 0)
                                 : mi_heap_malloc(heap, size);
    if (result == NULL) {
        uk_mi_refused[uk_mi_cpu()] = false;
        heap = mi_get_default_heap();
        if (mi_heap_is_initialized(heap))
            free_empty_segments(&heap->tld->segments);
    }
    return result;
}

void* uk_mimalloc_allocate(size_t size) {
    size = at_least_aligned(size);
    void* block = mi_heap_malloc(uk_mi_heaps[uk_mi_cpu()], size);
    return mi_likely(block != NULL) ? block : try_again(NULL, size, 0);
}

void* uk_mimalloc_allocate_aligned(size_t size, size_t align) {
    size = at_least_aligned(size);
    // Not mi_heap_malloc_aligned(), which takes blocks of 256 to 1024 bytes for aligned (2.0.9).
    void* block = mi_heap_malloc_aligned_at(mi_get_default_heap(), size, align, 0);
    return mi_likely(block != NULL) ? block : try_again(NULL, size, align);
}

void uk_mimalloc_deallocate(void* block) {
    mi_free(block);
}

void* uk_mimalloc_reallocate(void* block, size_t size) {
    size = at_least_aligned(size);
    void* moved = mi_heap_realloc(mi_get_default_heap(), block, size);
    return mi_likely(moved != NULL) ? moved : try_again(block, size, 0);
}

size_t uk_mimalloc_usable_size(const void* block) {
    return mi_usable_size(block);
}

// --- walks over what this CPU's heap has
// -----------------------------------------------------------

static void add_span(const mi_slice_t* slice, size_t* free_bytes, size_t* largest) {
    const mi_segment_t* segment = _mi_ptr_segment(slice);
    const size_t first = (size_t)(slice - segment->slices);
    size_t run = 0;
    for (size_t i = first; i < first + slice->slice_count; i++) {
        const bool there = segment->commit_mask.mask[i / MI_COMMIT_MASK_FIELD_BITS] >>
                               i % MI_COMMIT_MASK_FIELD_BITS &
                           1;
        run = there ? run + MI_COMMIT_SIZE : 0;
        *free_bytes += there ? MI_COMMIT_SIZE : 0;
        *largest = run > *largest ? run : *largest;
    }
}

void uk_mimalloc_free_bytes(size_t* free_bytes, size_t* largest) {
    *free_bytes = 0;
    *largest = 0;
    mi_heap_t* heap = uk_mi_heaps[uk_mi_cpu()];
    if (!mi_heap_is_initialized(heap))
        return;
    for (size_t i = 0; i <= MI_BIN_FULL; i++) {
        for (mi_page_t* page = heap->pages[i].first; page != NULL; page = page->next) {
            size_t bytes = 0;
            (void)_mi_page_start(_mi_page_segment(page), page, &bytes);
            const size_t each = mi_page_block_size(page);
            const size_t left = bytes - (page->used * each < bytes ? page->used * each : bytes);
            *free_bytes += left;
            if (left >= each && each > *largest)
                *largest = each;
        }
    }
    for (size_t i = 0; i <= MI_SEGMENT_BIN_MAX; i++) {
        const mi_slice_t* slice = heap->tld->segments.spans[i].first;
        for (; slice != NULL; slice = slice->next)
            add_span(slice, free_bytes, largest);
    }
}

// How many blocks a list has, or more than the page if one is not a block of it.
static size_t count_blocks(const mi_page_t* page, const uint8_t* start, const mi_block_t* block) {
    const size_t each = mi_page_block_size(page);
    size_t count = 0;
    for (; block != NULL && count <= page->capacity; block = mi_block_next(page, block)) {
        const uint8_t* at = (const uint8_t*)block;
        if (at < start || at >= start + page->capacity * each || (size_t)(at - start) % each != 0)
            return (size_t)page->capacity + 1;
        count++;
    }
    return count;
}

static bool page_is_sound(const mi_page_t* page) {
    const mi_segment_t* segment = _mi_page_segment(page);
    if (segment->cookie != _mi_ptr_cookie(segment) || page->used > page->capacity ||
        page->capacity > page->reserved)
        return false;
    const uint8_t* start = _mi_page_start(segment, page, NULL);
    const size_t free = count_blocks(page, start, page->free);
    return free <= page->capacity &&
           free + count_blocks(page, start, page->local_free) + page->used == page->capacity;
}

bool uk_mimalloc_verify(void) {
    mi_heap_t* heap = uk_mi_heaps[uk_mi_cpu()];
    if (!mi_heap_is_initialized(heap))
        return true;
    size_t pages = 0;
    for (size_t i = 0; i <= MI_BIN_FULL; i++) {
        const mi_page_t* before = NULL;
        for (const mi_page_t* page = heap->pages[i].first; page != NULL; page = page->next) {
            if (page->prev != before || !page_is_sound(page))
                return false;
            before = page;
            pages++;
        }
        if (heap->pages[i].last != before)
            return false;
    }
    return pages == heap->page_count;
}

#ifdef UK_HOST_TEST
void uk_mimalloc_destroy(void) {
    mi_heap_t* heap = uk_mi_heaps[uk_mi_cpu()];
    if (!mi_heap_is_initialized(heap))
        return;
    mi_heap_collect(heap, true);
    _mi_heap_destroy_pages(heap); // and makes the heap unusable
    memcpy(heap->pages_free_direct, _mi_heap_empty.pages_free_direct,
           sizeof heap->pages_free_direct);
    heap->page_retired_min = MI_BIN_FULL;
    heap->page_retired_max = 0;
    uk_mimalloc_trim();
}
#endif
