// SPDX-License-Identifier: BSD-3-Clause
// What signals need of arm64.
#pragma once

#include <cstddef>

namespace uk::signal {

inline constexpr size_t kLeastAltStack = 5120; // MINSIGSTKSZ

} // namespace uk::signal
