// SPDX-License-Identifier: BSD-3-Clause
// Descriptors as a metric.
#include <uk/metrics.hpp>
#include <uk/posix/fdtab.hpp>

namespace uk::posix {

UK_METRIC({.name = "open_descriptors",
           .help = "Descriptors that are open",
           .kind = metrics::Kind::gauge,
           .read = [] { return uint64_t{fd_table().count()}; }});

} // namespace uk::posix
