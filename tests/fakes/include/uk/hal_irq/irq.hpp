// SPDX-License-Identifier: BSD-3-Clause
// Interrupts of host tests: a flag for each thread, so that a test sees what was switched.
#pragma once

#include <cstddef>
#include <cstdlib>

namespace uk::hal {

// No interrupt ever comes, so none ends in a switch.
inline constexpr bool kIrqPreempts = false;
inline constexpr size_t kKernelStackBytes = 0;
inline void irq_on_exit(bool (* /*wanted*/)(), void (* /*act*/)()) {}
inline void kernel_stack_set(void* /*top*/) {}

struct IrqState {
    bool enabled;
};

namespace detail {
inline thread_local bool g_irq_enabled = true;
} // namespace detail

inline bool irq_enabled() {
    return detail::g_irq_enabled;
}

inline bool in_interrupt() {
    return false;
}

inline void irq_enable() {
    detail::g_irq_enabled = true;
}

inline void irq_disable() {
    detail::g_irq_enabled = false;
}

inline IrqState irq_save() {
    IrqState state{detail::g_irq_enabled};
    detail::g_irq_enabled = false;
    return state;
}

inline void irq_restore(IrqState state) {
    detail::g_irq_enabled = state.enabled;
}

inline void cpu_halt() {}

[[noreturn]] inline void cpu_stop() {
    std::abort();
}

} // namespace uk::hal
