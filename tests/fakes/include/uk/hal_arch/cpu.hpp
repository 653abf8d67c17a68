// SPDX-License-Identifier: BSD-3-Clause
// The CPU of host tests: the architecture slot of <uk/hal/cpu.hpp> in portable C++.
#pragma once

#include <atomic>
#include <cstdint>

namespace uk::hal {

// A counter that advances by one at each look, so that loops which wait for it end.
inline uint64_t cpu_cycles() {
    static std::atomic<uint64_t> counter{0};
    return counter.fetch_add(1, std::memory_order_relaxed) + 1;
}

inline void cpu_relax() {}

inline void barrier_full() {
    std::atomic_thread_fence(std::memory_order_seq_cst);
}

inline void barrier_read() {
    std::atomic_thread_fence(std::memory_order_acquire);
}

inline void barrier_write() {
    std::atomic_thread_fence(std::memory_order_release);
}

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

template <unsigned N>
inline void benchmark_mark() {
    static_assert(N <= 0xffff);
}

} // namespace uk::hal
