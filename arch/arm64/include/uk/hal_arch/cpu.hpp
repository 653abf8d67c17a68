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

// Only a load or store of one register without write-back tells a hypervisor what it did
// (ESR_EL2.ISV; Arm ARM, D17.2.37), so the compiler must not choose.
template <class T>
inline T device_read(const volatile T* at) {
    static_assert(sizeof(T) <= 8);
    uint64_t value;
    if constexpr (sizeof(T) == 8) {
        asm volatile("ldr %0, %1" : "=r"(value) : "Q"(*at));
    } else if constexpr (sizeof(T) == 4) {
        asm volatile("ldr %w0, %1" : "=r"(value) : "Q"(*at));
    } else if constexpr (sizeof(T) == 2) {
        asm volatile("ldrh %w0, %1" : "=r"(value) : "Q"(*at));
    } else {
        asm volatile("ldrb %w0, %1" : "=r"(value) : "Q"(*at));
    }
    return static_cast<T>(value);
}
template <class T>
inline void device_write(volatile T* at, T value) {
    static_assert(sizeof(T) <= 8);
    auto wide = static_cast<uint64_t>(value);
    if constexpr (sizeof(T) == 8) {
        asm volatile("str %1, %0" : "=Q"(*at) : "rZ"(wide));
    } else if constexpr (sizeof(T) == 4) {
        asm volatile("str %w1, %0" : "=Q"(*at) : "rZ"(wide));
    } else if constexpr (sizeof(T) == 2) {
        asm volatile("strh %w1, %0" : "=Q"(*at) : "rZ"(wide));
    } else {
        asm volatile("strb %w1, %0" : "=Q"(*at) : "rZ"(wide));
    }
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
