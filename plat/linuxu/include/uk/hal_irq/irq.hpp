// SPDX-License-Identifier: BSD-3-Clause
// Interrupts on linuxu: a soft mask. The host delivers nothing but faults to this process, so
// nothing can become pending while it is closed. Applications may include this: no <atomic>, which
// brings the toolchain's hosted headers with it.
#pragma once

namespace uk::linuxu {

inline constinit bool g_irq_enabled = false; // touched through __atomic_* only

// Waits until a host signal has been handled. Blocks.
void wait_for_signal();

} // namespace uk::linuxu

namespace uk::hal {

struct IrqState {
    bool enabled;
};

inline bool in_interrupt() {
    return false; // a host signal is a crash
}

inline bool irq_enabled() {
    return __atomic_load_n(&linuxu::g_irq_enabled, __ATOMIC_RELAXED);
}

inline void irq_disable() {
    __atomic_store_n(&linuxu::g_irq_enabled, false, __ATOMIC_RELAXED);
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}

inline void irq_enable() {
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    __atomic_store_n(&linuxu::g_irq_enabled, true, __ATOMIC_RELAXED);
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
