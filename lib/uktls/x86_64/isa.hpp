// SPDX-License-Identifier: BSD-3-Clause
// Private: thread-local variables on x86_64 (System V ABI, variant II). The head begins with its
// own address; code that was compiled with a stack protector finds its canary at 40.
#pragma once

#include <uk/tls/layout.hpp>

namespace uk::tls {
inline constexpr Abi kAbi{.below = true, .head_bytes = 48};
} // namespace uk::tls
