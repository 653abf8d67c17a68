// SPDX-License-Identifier: BSD-3-Clause
// Memory of the machine as metrics.
#include <uk/falloc/frame_allocator.hpp>
#include <uk/metrics.hpp>

namespace uk::falloc {

using metrics::Kind;

UK_METRIC({.name = "memory_total_bytes",
           .help = "Memory that the frame allocator manages",
           .kind = Kind::gauge,
           .read = [] { return uint64_t{stats().total_bytes}; }});
UK_METRIC({.name = "memory_free_bytes",
           .help = "Memory that nobody uses",
           .kind = Kind::gauge,
           .read = [] { return uint64_t{stats().free_bytes}; }});

} // namespace uk::falloc
