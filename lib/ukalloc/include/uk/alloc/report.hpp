// SPDX-License-Identifier: BSD-3-Clause
// What heaps say about themselves, in the log.
#pragma once

#include <cstddef>

#include <uk/alloc/interface.hpp>

namespace uk {

// One heap: what it holds and has free, and with LIBUKALLOC_STATS what passed through it. Two
// lines:
//
//     heap 'tlsf': holds 131072 bytes, 40960 free, 32768 in one piece
//     heap 'tlsf': 120 blocks of 87000 bytes, at most 91000; 5000 allocations, 4880 frees, 3
//     refusals
//
// Thread context, under locks of ranks above heap.
void report_heap(const Heap& heap);

// The default heap, those of heap_registry(), and the frames that are left for all of them. Thread
// context, under locks of ranks above heap_list.
void report_heaps();

} // namespace uk
