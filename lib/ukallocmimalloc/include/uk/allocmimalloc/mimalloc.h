/* SPDX-License-Identifier: BSD-3-Clause */
/* mimalloc as C: what uk::MimallocHeap calls (upstream.c), and what mimalloc wants of the machine
 * (machine_hw.cpp; in host tests their own).
 *
 * A CPU, not a thread, is what mimalloc takes for a thread: each has a heap of its own, whoever
 * runs there. So none of the first group may be called by a thread that could be switched or moved
 * meanwhile: preemption is disabled, or there are no threads. Thread context only; none waits but
 * for other CPUs that are inside at the same time.
 */
#ifndef UK_ALLOCMIMALLOC_MIMALLOC_H
#define UK_ALLOCMIMALLOC_MIMALLOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* As uk::HeapAllocator says; `align` a power of two, `size` and `align` at most 1 TiB, `block`
 * never null. reallocate(): `size` is not 0. */
void* uk_mimalloc_allocate(size_t size);
void* uk_mimalloc_allocate_aligned(size_t size, size_t align);
void uk_mimalloc_deallocate(void* block);
void* uk_mimalloc_reallocate(void* block, size_t size);
size_t uk_mimalloc_usable_size(const void* block);

/* Of this CPU's heap; what others have free is not counted, nor given back. */
void uk_mimalloc_free_bytes(size_t* free_bytes, size_t* largest);
void uk_mimalloc_trim(void);
bool uk_mimalloc_verify(void);

#ifdef UK_HOST_TEST
/* Forgets all blocks of this CPU's heap. */
void uk_mimalloc_destroy(void);
#endif

/* --- what the machine provides; called from inside the functions above -------------------------
 */

/* Addresses, without memory, such that `offset` bytes behind their start is a multiple of `align`,
 * which is at least 32 MiB. Null: there are none. */
void* uk_mimalloc_reserve(size_t size, size_t align, size_t offset);
void uk_mimalloc_release(void* start, size_t size); /* as they were reserved; with the memory */
/* Memory for whole pages of them, contents undefined; pages that have some stay as they are. False:
 * there is none, and nothing has changed. */
bool uk_mimalloc_commit(void* start, size_t size);
void uk_mimalloc_decommit(void* start, size_t size);

/* Zeros that are kept for ever, for each CPU; null: there are none. */
void* uk_mimalloc_pages(size_t size);

uint64_t uk_mimalloc_clock_ms(void); /* monotonic; may stand still before the clock is started */
uint64_t uk_mimalloc_seed(void);

#ifndef UK_MIMALLOC_CPUS
#if defined(CONFIG_HAL_CPUS)
#define UK_MIMALLOC_CPUS CONFIG_HAL_CPUS
#else
#define UK_MIMALLOC_CPUS 1
#endif
#endif
#if UK_MIMALLOC_CPUS > 1
unsigned uk_mimalloc_cpu(void); /* which one runs this, from 0 on */
void uk_mimalloc_relax(void);   /* in loops that wait for another CPU */
#endif

#ifdef __cplusplus
}
#endif

#endif
