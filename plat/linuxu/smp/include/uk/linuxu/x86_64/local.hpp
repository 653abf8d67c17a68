// SPDX-License-Identifier: BSD-3-Clause
// A variable of this CPU on x86_64: GS has the address of its block, which rt_sigreturn leaves
// alone.
#pragma once

#include <stddef.h>

namespace uk::linuxu {

// Each access is one instruction; interrupts may move the thread before and after it.
template <class T, size_t kOffset>
struct Local {
    [[gnu::always_inline]] static T load() {
        T value;
        asm volatile("mov %%gs:%c1, %0" : "=q"(value) : "i"(kOffset));
        return value;
    }
    [[gnu::always_inline]] static void store(T value) {
        if constexpr (sizeof(T) == 1) // NOLINT(bugprone-sizeof-expression)
            asm volatile("movb %0, %%gs:%c1" : : "qi"(value), "i"(kOffset) : "memory");
        else
            asm volatile("mov %0, %%gs:%c1" : : "q"(value), "i"(kOffset) : "memory");
    }
};

} // namespace uk::linuxu
