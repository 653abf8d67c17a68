// SPDX-License-Identifier: BSD-3-Clause
// What this platform knows of its only CPU. (With several: smp/include/uk/linuxu/state.hpp.)
#pragma once

#include <stdint.h>

// Touched through __atomic_* only, since the signal handler changes them; entry.S uses them too.
extern "C" {
inline constinit bool uk_linuxu_irqs_on = false;
inline constinit bool uk_linuxu_irq_pending = false;
}

namespace uk::linuxu {

inline constinit bool g_in_handler = false;
inline constinit uintptr_t g_kernel_stack = 0; // its top; 0 = none yet

template <bool& kFlag>
struct Flag {
    [[gnu::always_inline]] static bool load() { return __atomic_load_n(&kFlag, __ATOMIC_RELAXED); }
    [[gnu::always_inline]] static void store(bool to) {
        __atomic_store_n(&kFlag, to, __ATOMIC_RELAXED);
    }
};
using IrqsOn = Flag<uk_linuxu_irqs_on>;
using IrqPending = Flag<uk_linuxu_irq_pending>;
using InHandler = Flag<g_in_handler>;
struct KernelStack { // which handlers only read
    static uintptr_t load() { return g_kernel_stack; }
    static void store(uintptr_t top) { g_kernel_stack = top; }
};

} // namespace uk::linuxu
