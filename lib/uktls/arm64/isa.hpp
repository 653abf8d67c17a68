// SPDX-License-Identifier: BSD-3-Clause
// Private: thread-local variables on arm64 (ELF for the Arm 64-bit Architecture, variant I).
#pragma once

#include <uk/tls/layout.hpp>

namespace uk::tls {
inline constexpr Abi kAbi{.below = false, .head_bytes = 16};
} // namespace uk::tls
