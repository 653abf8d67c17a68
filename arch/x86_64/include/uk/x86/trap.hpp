// SPDX-License-Identifier: BSD-3-Clause
// Exceptions of a native x86_64 image, as its platform sees them.
#pragma once

#include <cstdint>

#include <uk/hal/cpus.hpp>
#include <uk/x86/layout.h>

extern "C" char uk_trap_stack[UK_TRAP_STACK_SIZE]; // of CPU 0

namespace uk::x86 {

// Loads the descriptor tables; from here on exceptions are reported (uk_crash). Once, at boot.
void trap_init();

// Whether `sp` lies on the stack on which this CPU handles exceptions.
inline bool on_trap_stack(uintptr_t sp) {
#if CONFIG_HAL_CPUS > 1
    uintptr_t top;
    asm volatile("movq %%gs:%c1, %0" : "=r"(top) : "i"(UK_CPU_TRAP_STACK));
    return top - sp <= UK_TRAP_STACK_SIZE;
#else
    return sp - reinterpret_cast<uintptr_t>(uk_trap_stack) <= UK_TRAP_STACK_SIZE;
#endif
}

// Takes the descriptor tables away and faults: resets the machine. Comes back only from a
// hypervisor that ignores it.
void trap_triple_fault();

} // namespace uk::x86
