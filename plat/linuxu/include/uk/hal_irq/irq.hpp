// SPDX-License-Identifier: BSD-3-Clause
// Interrupts on linuxu: the host's alarm signal, and a soft mask. A signal that comes while the
// mask is closed is remembered and delivered when it opens. Applications may include this: no
// <atomic>, which brings the toolchain's hosted headers with it.
#pragma once

#include <stddef.h>
#include <stdint.h>

// Touched through __atomic_* only, since the signal handler changes them; entry.S uses them too.
extern "C" {
inline constinit bool uk_linuxu_irqs_on = false;
inline constinit bool uk_linuxu_irq_pending = false;
}

namespace uk::linuxabi {
struct Timespec;
}

namespace uk::linuxu {

inline constinit bool g_in_handler = false;
inline constinit uintptr_t g_kernel_stack = 0; // its top; 0 = none yet

// Takes the interrupt that is pending, and switches threads if that is wanted.
void deliver_pending();

// Waits for an interrupt and takes it, or until the time is over if one is given; may return
// earlier. Blocks.
void wait_for_interrupt(const linuxabi::Timespec* timeout);

// Waits for the end of the process.
[[noreturn]] void stop();

} // namespace uk::linuxu

namespace uk::hal {

inline constexpr bool kIrqPreempts = true;

// What the host saves of a thread's registers, which is 3.2 KiB with AVX-512, and what act() uses.
inline constexpr size_t kKernelStackBytes = 8192;

struct IrqState {
    bool enabled;
};

inline bool in_interrupt() {
    return __atomic_load_n(&linuxu::g_in_handler, __ATOMIC_RELAXED);
}

inline bool irq_enabled() {
    return __atomic_load_n(&uk_linuxu_irqs_on, __ATOMIC_RELAXED);
}

inline void irq_disable() {
    __atomic_store_n(&uk_linuxu_irqs_on, false, __ATOMIC_RELAXED);
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}

// A signal between the store and the load is taken at once.
inline void irq_enable() {
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    __atomic_store_n(&uk_linuxu_irqs_on, true, __ATOMIC_RELAXED);
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    if (__atomic_load_n(&uk_linuxu_irq_pending, __ATOMIC_RELAXED)) [[unlikely]] {
        linuxu::deliver_pending();
    }
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

void irq_on_exit(bool (*wanted)(), void (*act)());

inline void kernel_stack_set(void* top) {
    linuxu::g_kernel_stack = reinterpret_cast<uintptr_t>(top);
}

inline void cpu_halt() {
    linuxu::wait_for_interrupt(nullptr);
}

[[noreturn]] inline void cpu_stop() {
    irq_disable();
    linuxu::stop();
}

} // namespace uk::hal
