// SPDX-License-Identifier: BSD-3-Clause
// How a CPU knows itself on arm64.
#pragma once

namespace uk::linuxu {

// Lets <uk/linuxu/state.hpp> find the block of this CPU.
inline void set_cpu(const void* cpu) {
    asm volatile("mov x18, %0" : : "r"(cpu) : "memory");
}

} // namespace uk::linuxu
