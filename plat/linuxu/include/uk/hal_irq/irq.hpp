// SPDX-License-Identifier: BSD-3-Clause
// Interrupts on linuxu: a soft mask. The host delivers nothing but faults to this process, so
// nothing can become pending while it is closed.
#pragma once

#include <atomic>

namespace uk::linuxu {

inline constinit std::atomic<bool> g_irq_enabled{false};

// Waits until a host signal has been handled. Blocks.
void wait_for_signal();

} // namespace uk::linuxu

namespace uk::hal {

struct IrqState {
    bool enabled;
};

inline bool irq_enabled() {
    return linuxu::g_irq_enabled.load(std::memory_order_relaxed);
}

inline void irq_disable() {
    linuxu::g_irq_enabled.store(false, std::memory_order_relaxed);
    std::atomic_signal_fence(std::memory_order_seq_cst);
}

inline void irq_enable() {
    std::atomic_signal_fence(std::memory_order_seq_cst);
    linuxu::g_irq_enabled.store(true, std::memory_order_relaxed);
}

inline IrqState irq_save() {
    IrqState state{irq_enabled()};
    irq_disable();
    return state;
}

inline void irq_restore(IrqState state) {
    if (state.enabled) {
        irq_enable();
    } else {
        irq_disable();
    }
}

inline void cpu_halt() {
    linuxu::wait_for_signal();
}

[[noreturn]] inline void cpu_stop() {
    for (;;) {
        linuxu::wait_for_signal();
    }
}

} // namespace uk::hal
