// SPDX-License-Identifier: BSD-3-Clause
// The default heap as metrics.
#include <uk/alloc/heap.hpp>
#include <uk/config.h>
#include <uk/metrics.hpp>

namespace uk::heap {

using metrics::Kind;

UK_METRIC({.name = "heap_bytes",
           .help = "Memory that the heap holds",
           .kind = Kind::gauge,
           .read = [] { return uint64_t{stats().total_bytes}; }});
UK_METRIC({.name = "heap_free_bytes",
           .help = "Memory of the heap that can be allocated",
           .kind = Kind::gauge,
           .read = [] { return uint64_t{stats().free_bytes}; }});
#ifdef CONFIG_LIBUKALLOC_STATS
UK_METRIC({.name = "heap_allocations_total",
           .help = "Blocks allocated",
           .kind = Kind::counter,
           .read = [] { return stats().allocations; }});
UK_METRIC({.name = "heap_failures_total",
           .help = "Requests for memory that were refused",
           .kind = Kind::counter,
           .read = [] { return stats().failures; }});
#endif

} // namespace uk::heap
