// SPDX-License-Identifier: BSD-3-Clause
// What the log counts in images with LIBUKMETRICS.
#pragma once

#include <uk/metrics/counter.hpp>
#include <uk/print.h>

namespace uk::log {

// Calls of each level that is compiled in, shown or not.
inline constinit metrics::Counter messages[UK_KLVL_DEBUG + 1];

} // namespace uk::log
