// SPDX-License-Identifier: BSD-3-Clause
// A variable of this CPU on arm64: x18, which the image's code leaves alone, has the address of its
// block. A signal frame has it, too: whoever goes back to one on another CPU writes it there.
#pragma once

#include <stddef.h>

namespace uk::linuxu {

// Each access is one instruction; interrupts may move the thread before and after it.
template <class T, size_t kOffset>
struct Local {
    [[gnu::always_inline]] static T load() {
        T value;
        if constexpr (sizeof(T) == 1)
            asm volatile("ldrb %w0, [x18, %1]" : "=r"(value) : "i"(kOffset));
        else if constexpr (sizeof(T) == 4)
            asm volatile("ldr %w0, [x18, %1]" : "=r"(value) : "i"(kOffset));
        else
            asm volatile("ldr %0, [x18, %1]" : "=r"(value) : "i"(kOffset));
        return value;
    }
    [[gnu::always_inline]] static void store(T value) {
        if constexpr (sizeof(T) == 1)
            asm volatile("strb %w0, [x18, %1]" : : "rZ"(value), "i"(kOffset) : "memory");
        else if constexpr (sizeof(T) == 4)
            asm volatile("str %w0, [x18, %1]" : : "rZ"(value), "i"(kOffset) : "memory");
        else
            asm volatile("str %0, [x18, %1]" : : "r"(value), "i"(kOffset) : "memory");
    }
};

} // namespace uk::linuxu
