// SPDX-License-Identifier: BSD-3-Clause
// Provider of <uk/hal/cpu.hpp> for arm64: instructions that need no privilege.
#pragma once

#include <cstdint>

namespace uk::hal {

// The generic timer's virtual counter (Arm ARM, D13.8). Not ordered against what stands before it:
// that would cost an ISB, and the clock takes the larger of two readings anyway.
inline uint64_t cpu_cycles() {
    uint64_t count;
    asm volatile("mrs %0, cntvct_el0" : "=r"(count));
    return count;
}

inline void cpu_relax() {
    asm volatile("yield" ::: "memory");
}

// Outer shareable, as devices may be observers.
inline void barrier_full() {
    asm volatile("dmb osh" ::: "memory");
}
inline void barrier_read() {
    asm volatile("dmb oshld" ::: "memory");
}
inline void barrier_write() {
    asm volatile("dmb oshst" ::: "memory");
}

[[gnu::always_inline]] inline uintptr_t frame_pointer() {
    return reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
}

// "movz xzr, #number": writes nowhere, and no compiler emits it.
template <uint16_t kNumber>
[[gnu::always_inline]] inline void benchmark_mark() {
    asm volatile(".inst 0xd280001f | (%c0 << 5)" : : "i"(kNumber) : "memory");
}

} // namespace uk::hal
