// SPDX-License-Identifier: BSD-3-Clause
// Provider of <uk/hal/context.hpp> for x86_64; the switch itself is thread/switch.S.
#pragma once

#include <cstddef>
#include <cstdint>

extern "C" {
void uk_context_switch(uintptr_t* from, uintptr_t to);
void uk_context_start();
}

namespace uk::hal {

struct Context {
    uintptr_t sp = 0;
};

using ContextEntry = void (*)(void* argument);

// What uk_context_switch leaves on a stopped stack, lowest address first.
struct ContextFrame {
    uint32_t mxcsr;
    uint16_t x87_control;
    uint16_t unused;
    uint64_t r15, r14, r13, r12, rbx, rbp;
    uint64_t pc;
};
static_assert(sizeof(ContextFrame) == 64);

inline Context context_make(void* top, ContextEntry entry, void* argument) {
    const uintptr_t aligned = reinterpret_cast<uintptr_t>(top) & ~uintptr_t{15};
    auto* frame = reinterpret_cast<ContextFrame*>(aligned) - 1;
    *frame = ContextFrame{};
    asm volatile("stmxcsr %0" : "=m"(frame->mxcsr));
    asm volatile("fnstcw %0" : "=m"(frame->x87_control));
    frame->rbx = reinterpret_cast<uint64_t>(entry);
    frame->r12 = reinterpret_cast<uint64_t>(argument);
    frame->pc = reinterpret_cast<uint64_t>(&uk_context_start);
    return Context{reinterpret_cast<uintptr_t>(frame)};
}

inline void context_switch(Context& from, const Context& to) {
    uk_context_switch(&from.sp, to.sp);
}

} // namespace uk::hal
