// SPDX-License-Identifier: BSD-3-Clause
// Provider of <uk/hal/cpu.hpp> for x86_64: instructions that need no privilege.
#pragma once

#include <cstdint>

namespace uk::hal {

[[gnu::always_inline]] inline uint64_t cpu_cycles() {
    uint32_t low;
    uint32_t high;
    asm volatile("rdtsc" : "=a"(low), "=d"(high));
    return uint64_t{high} << 32 | low;
}

inline void cpu_relax() {
    asm volatile("pause" ::: "memory");
}

inline void barrier_full() {
    asm volatile("mfence" ::: "memory");
}
inline void barrier_read() {
    asm volatile("lfence" ::: "memory");
}
inline void barrier_write() {
    asm volatile("sfence" ::: "memory");
}

// Any access that the compiler chooses can be emulated.
template <class T>
inline T device_read(const volatile T* at) {
    return *at;
}
template <class T>
inline void device_write(volatile T* at, T value) {
    *at = value;
}

[[gnu::always_inline]] inline uintptr_t frame_pointer() {
    return reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
}

// "nopl imm32(%rax)": 0f 1f 80 and the number under the mask 0x4d4b0000, which no compiler emits.
template <uint16_t kNumber>
[[gnu::always_inline]] inline void benchmark_mark() {
    asm volatile(".byte 0x0f, 0x1f, 0x80\n\t.long %c0" : : "i"(0x4d4b0000 | kNumber) : "memory");
}

} // namespace uk::hal
