// SPDX-License-Identifier: BSD-3-Clause
// The frame of a signal handler on x86_64.
#pragma once

#include <uk/linuxabi/context.hpp>

namespace uk::linuxabi {

using SignalFrame = Amd64;
inline constexpr uintptr_t kBeforeContext = 0; // in a copy
inline constexpr uintptr_t kRedZone = 128;     // what a function may use below its stack pointer

} // namespace uk::linuxabi
