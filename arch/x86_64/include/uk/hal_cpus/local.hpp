// SPDX-License-Identifier: BSD-3-Clause
// Provider of what is inline in <uk/hal/cpus.hpp>, where the image owns the processors: GS points
// to what belongs to this one.
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/config.hpp>
#include <uk/x86/layout.h>

namespace uk::hal {
struct ThreadHead;
} // namespace uk::hal

namespace uk::x86 {

// Assembly knows it by the numbers of layout.h.
struct CpuBlock {
    hal::ThreadHead* thread;
    void* kernel_stack; // its top
    char* trap_stack;   // its top
    uint64_t index;
};
static_assert(offsetof(CpuBlock, thread) == UK_CPU_THREAD);
static_assert(offsetof(CpuBlock, kernel_stack) == UK_CPU_KERNEL_STACK);
static_assert(offsetof(CpuBlock, trap_stack) == UK_CPU_TRAP_STACK);
static_assert(offsetof(CpuBlock, index) == UK_CPU_INDEX);

// Defined by platforms with ARCH_X86_64_VCPUS: the caller waits for another CPU, and may have done
// so for long; that one may be stopped in its favour. From anywhere.
void wait_a_little();

// The rest is for the other platforms.
void serve_flush();

// Bit n: CPU n shall forget what it remembers of page tables.
inline constinit uint64_t g_flush_wanted = 0; // atomic

} // namespace uk::x86

namespace uk::hal {

inline constexpr size_t kCpuBytes = 12288;

inline ThreadHead* cpu_thread() {
    ThreadHead* thread;
    asm volatile("movq %%gs:%c1, %0" : "=r"(thread) : "i"(UK_CPU_THREAD));
    return thread;
}

inline void cpu_thread_set(ThreadHead* thread) {
    asm volatile("movq %0, %%gs:%c1" : : "r"(thread), "i"(UK_CPU_THREAD) : "memory");
}

inline unsigned cpu_index() {
    unsigned index;
    asm volatile("movl %%gs:%c1, %0" : "=r"(index) : "i"(UK_CPU_INDEX));
    return index;
}

void cpu_rest_begin();
void cpu_rest_end();

inline void cpus_serve() {
    if constexpr (cfg::arch_x86_64_vcpus) {
        x86::wait_a_little();
    } else if (__atomic_load_n(&x86::g_flush_wanted, __ATOMIC_RELAXED) != 0) [[unlikely]] {
        x86::serve_flush();
    }
}

} // namespace uk::hal
