// SPDX-License-Identifier: BSD-3-Clause
// Provider of <uk/hal/context.hpp> for x86_64; the switch itself is thread/switch.S.
#pragma once

#include <cstddef>
#include <cstdint>

extern "C" {
void uk_context_switch(); // not to be called from C++
void uk_context_start();
}

// Files for interrupt handlers have none.
#ifdef __SSE__
#define UK_VECTOR_REGISTERS                                                                        \
    , "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10",     \
        "xmm11", "xmm12", "xmm13", "xmm14", "xmm15"
#else
#define UK_VECTOR_REGISTERS
#endif

namespace uk::hal {

struct Context {
    uintptr_t sp = 0;
};

using ContextEntry = void (*)(void* argument);

// What lies on a stack before its context starts, lowest address first. The first three are what
// uk_context_switch leaves on any.
struct ContextFrame {
    uint32_t mxcsr;
    uint16_t x87_control;
    uint16_t unused;
    uint64_t rbp;
    uint64_t pc;
    ContextEntry entry;
    void* argument;
    uint64_t padding[3];
};
static_assert(sizeof(ContextFrame) == 64);

inline Context context_make(void* top, ContextEntry entry, void* argument) {
    const uintptr_t aligned = reinterpret_cast<uintptr_t>(top) & ~uintptr_t{15};
    auto* frame = reinterpret_cast<ContextFrame*>(aligned) - 1;
    *frame = ContextFrame{};
    asm volatile("stmxcsr %0" : "=m"(frame->mxcsr));
    asm volatile("fnstcw %0" : "=m"(frame->x87_control));
    frame->entry = entry;
    frame->argument = argument;
    frame->pc = reinterpret_cast<uint64_t>(&uk_context_start);
    return Context{reinterpret_cast<uintptr_t>(&frame->rbp)};
}

// The compiler saves what is in use of the registers that a function keeps: most callers save them
// anyhow, and would do it twice. There is no red zone below the call.
[[gnu::always_inline]] inline void context_switch(Context& from, const Context& to) {
    uintptr_t* save = &from.sp;
    uintptr_t sp = to.sp;
    asm volatile("call uk_context_switch"
                 : "+D"(save), "+S"(sp)
                 :
                 : "rax", "rbx", "rcx", "rdx", "r8", "r9", "r10", "r11", "r12", "r13", "r14",
                   "r15" UK_VECTOR_REGISTERS, "cc", "memory");
}

} // namespace uk::hal

#undef UK_VECTOR_REGISTERS
