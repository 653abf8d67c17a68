// SPDX-License-Identifier: BSD-3-Clause
// For the machine of the scheduler: what it counts in images with LIBUKMETRICS.
#pragma once

#include <uk/metrics/counter.hpp>

namespace uk::sched::detail {

inline constinit metrics::Counter switches;
inline constinit metrics::Counter interrupts;

} // namespace uk::sched::detail
