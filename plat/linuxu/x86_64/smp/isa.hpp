// SPDX-License-Identifier: BSD-3-Clause
// How a CPU knows itself on x86_64.
#pragma once

#include <uk/linuxabi/call.hpp>
#include <uk/linuxabi/x86_64/syscall.hpp>

namespace uk::linuxu {

// Lets <uk/linuxu/state.hpp> find the block of this CPU.
inline void set_cpu(const void* cpu) {
    constexpr int kSetGs = 0x1001;
    linuxabi::syscall(linuxabi::Sys::arch_prctl, kSetGs, cpu);
}

} // namespace uk::linuxu
