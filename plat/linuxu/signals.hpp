// SPDX-License-Identifier: BSD-3-Clause
// Host signals of linuxu: how they are set, and the frame that a fault leaves.
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/hal/trap.hpp>

#include "frame.hpp" // of the architecture's folder

namespace uk::linuxu {

inline constexpr uintptr_t kSigDefault = 0;
inline constexpr uintptr_t kSigIgnore = 1;

// Sets the disposition of `signal`: kSigDefault or kSigIgnore.
void set_signal(int signal, uintptr_t disposition);

} // namespace uk::linuxu

struct uk::hal::TrapFrame {
    int signal;
    int code;
    uintptr_t address;
    bool nested;
    uint64_t words[linuxsignal::kWords];
};
