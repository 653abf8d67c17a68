// SPDX-License-Identifier: BSD-3-Clause
// What signals need of x86_64.
#pragma once

#include <cstddef>

namespace uk::signal {

inline constexpr size_t kLeastAltStack = 2048; // MINSIGSTKSZ

} // namespace uk::signal
