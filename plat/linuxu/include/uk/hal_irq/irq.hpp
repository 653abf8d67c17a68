// SPDX-License-Identifier: BSD-3-Clause
// Interrupts on linuxu: the host's alarm signal, and a soft mask. A signal that comes while the
// mask is closed is remembered and delivered when it opens. Applications may include this: no
// <atomic>, which brings the toolchain's hosted headers with it.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <uk/linuxu/state.hpp>

namespace uk::linuxabi {
struct Timespec;
}

namespace uk::linuxu {

// Takes the interrupt that is pending, and switches threads if that is wanted.
void deliver_pending();

// Waits for an interrupt, or until the time is over if one is given; may return earlier. Blocks.
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
    return linuxu::InHandler::load();
}

inline bool irq_enabled() {
    return linuxu::IrqsOn::load();
}

inline void irq_disable() {
    linuxu::IrqsOn::store(false);
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}

// A signal between the store and the load is taken at once.
inline void irq_enable() {
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    linuxu::IrqsOn::store(true);
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    if (linuxu::IrqPending::load()) [[unlikely]] {
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
    linuxu::KernelStack::store(reinterpret_cast<uintptr_t>(top));
}

inline void cpu_halt() {
    linuxu::wait_for_interrupt(nullptr);
}

[[noreturn]] inline void cpu_stop() {
    irq_disable();
    linuxu::stop();
}

} // namespace uk::hal
