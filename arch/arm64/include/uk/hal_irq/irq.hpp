// SPDX-License-Identifier: BSD-3-Clause
// Provider of <uk/hal/irq.hpp> for arm64 where the image owns the processor.
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/hal/cpus.hpp>

namespace uk::hal {

struct IrqState {
    uint64_t daif;
};

inline constexpr uint64_t kDaifI = 1 << 7;

inline constexpr bool kIrqPreempts = true;

// Both frames and a context are 1 KiB; the rest is for handlers, act() and a panic.
inline constexpr size_t kKernelStackBytes = 4096;

inline bool in_interrupt() {
    return handlers() != 0;
}

inline void irq_enable() {
    asm volatile("msr daifclr, #2" ::: "memory");
}

inline void irq_disable() {
    asm volatile("msr daifset, #2" ::: "memory");
}

inline IrqState irq_state() {
    IrqState state;
    asm volatile("mrs %0, daif" : "=r"(state.daif) : : "memory");
    return state;
}

inline bool irq_enabled() {
    return (irq_state().daif & kDaifI) == 0;
}

inline IrqState irq_save() {
    IrqState state = irq_state();
    irq_disable();
    return state;
}

inline void irq_restore(IrqState state) {
    if ((state.daif & kDaifI) == 0) {
        irq_enable();
    } else {
        irq_disable();
    }
}

void irq_on_exit(bool (*wanted)(), void (*act)());

// SP_EL1, seen from code that runs on SP_EL0.
inline void kernel_stack_set(void* top) {
    asm volatile("msr spsel, #1\n\tmov sp, %0\n\tmsr spsel, #0" : : "r"(top) : "memory");
}

// With interrupts off WFI still ends when one is pending; the window after it lets the handler run.
inline void cpu_halt() {
    IrqState state = irq_save();
    asm volatile("dsb sy\n\twfi\n\tmsr daifclr, #2\n\tisb" ::: "memory");
    irq_restore(state);
}

[[noreturn]] inline void cpu_stop() {
    for (;;) {
        asm volatile("msr daifset, #15\n\twfi" ::: "memory");
    }
}

} // namespace uk::hal
