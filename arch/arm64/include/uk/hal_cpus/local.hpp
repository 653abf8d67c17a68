// SPDX-License-Identifier: BSD-3-Clause
// Provider of what is inline in <uk/hal/cpus.hpp>, where the image owns the processors: TPIDR_EL1
// tells this one, TPIDRRO_EL0, which only EL1 can write, its thread.
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/arm64/layout.h>

namespace uk::hal {
struct ThreadHead;
}

namespace uk::arm64 {

// Where TPIDR_EL1 points to: the top of the trap stack. Assembly knows it by the numbers of
// layout.h. All but the index is for the start of a further CPU.
struct CpuBlock {
    uint64_t index;
    uint64_t tcr;
    uint64_t ttbr0;
    void* stack;
    hal::ThreadHead* thread;
    void (*entry)();
};
static_assert(sizeof(CpuBlock) == UK_CPU_BLOCK_SIZE);
static_assert(offsetof(CpuBlock, index) == 0 && offsetof(CpuBlock, tcr) == UK_CPU_CONTROL &&
              offsetof(CpuBlock, stack) == UK_CPU_BEGIN);

inline CpuBlock* cpu_block() {
    CpuBlock* block;
    asm volatile("mrs %0, tpidr_el1" : "=r"(block));
    return block;
}

} // namespace uk::arm64

namespace uk::hal {

// The trap stack, which prepare_cpu() shows where nothing lies below it.
inline constexpr size_t kCpuBytes = UK_TRAP_STACK_SIZE;

inline ThreadHead* cpu_thread() {
    ThreadHead* thread;
    asm volatile("mrs %0, tpidrro_el0" : "=r"(thread));
    return thread;
}

inline void cpu_thread_set(ThreadHead* thread) {
    asm volatile("msr tpidrro_el0, %0" : : "r"(thread) : "memory");
}

inline unsigned cpu_index() {
    return static_cast<unsigned>(arm64::cpu_block()->index);
}

// Others need no help with their TLBs: the processor tells them (TLBI ...IS).
inline void cpu_rest_begin() {}
inline void cpu_rest_end() {}
inline void cpus_serve() {}

} // namespace uk::hal
