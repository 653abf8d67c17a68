// SPDX-License-Identifier: BSD-3-Clause
// The frame of a signal handler on arm64.
#pragma once

#include <uk/linuxabi/context.hpp>

namespace uk::linuxabi {

using SignalFrame = Arm64;
inline constexpr uintptr_t kBeforeContext = 128; // in a copy: struct siginfo
inline constexpr uintptr_t kRedZone = 0;         // what a function may use below its stack pointer

} // namespace uk::linuxabi
