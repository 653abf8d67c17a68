// SPDX-License-Identifier: BSD-3-Clause
// Provider of <uk/hal/irq.hpp> for x86_64 where the image owns the processor.
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/hal/cpus.hpp>
#include <uk/x86/layout.h>

extern "C" {
extern void* uk_kernel_stack; // irq/irq_hw.cpp
}

namespace uk::hal {

inline constexpr bool kIrqPreempts = true;

// The frame and, with AVX-512, 2.7 KiB of registers; the rest is for act() and a panic.
inline constexpr size_t kKernelStackBytes = UK_KERNEL_STACK_SIZE;

struct IrqState {
    uint64_t rflags;
};

inline constexpr uint64_t kRflagsIf = 1 << 9;

inline bool in_interrupt() {
    return handlers() != 0;
}

inline void irq_enable() {
    asm volatile("sti" ::: "memory");
}

inline void irq_disable() {
    asm volatile("cli" ::: "memory");
}

inline IrqState irq_state() {
    IrqState state;
    asm volatile("pushfq\n\tpopq %0" : "=r"(state.rflags) : : "memory");
    return state;
}

inline bool irq_enabled() {
    return (irq_state().rflags & kRflagsIf) != 0;
}

inline IrqState irq_save() {
    IrqState state = irq_state();
    irq_disable();
    return state;
}

inline void irq_restore(IrqState state) {
    if ((state.rflags & kRflagsIf) != 0) {
        irq_enable();
    } else {
        irq_disable();
    }
}

void irq_on_exit(bool (*wanted)(), void (*act)());

inline void kernel_stack_set(void* top) {
#if CONFIG_HAL_CPUS > 1
    asm volatile("movq %0, %%gs:%c1" : : "r"(top), "i"(UK_CPU_KERNEL_STACK) : "memory");
#else
    uk_kernel_stack = top;
#endif
}

// With interrupts off, "sti; hlt" opens the window and waits in one: an interrupt that is pending
// or arrives in between ends the wait.
inline void cpu_halt() {
    IrqState state = irq_state();
    asm volatile("sti\n\thlt" ::: "memory");
    if ((state.rflags & kRflagsIf) == 0) {
        irq_disable();
    }
}

[[noreturn]] inline void cpu_stop() {
    for (;;) {
        asm volatile("cli\n\thlt" ::: "memory");
    }
}

} // namespace uk::hal
