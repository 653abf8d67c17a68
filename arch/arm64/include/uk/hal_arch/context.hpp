// SPDX-License-Identifier: BSD-3-Clause
// Provider of <uk/hal/context.hpp> for arm64; the switch itself is thread/switch.S.
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
    uint64_t x19_to_x28[10];
    uint64_t frame_pointer; // x29
    uint64_t pc;            // x30
    uint64_t d8_to_d15[8];
    uint64_t fpcr;
    uint64_t unused;
};
static_assert(sizeof(ContextFrame) == 176);

inline Context context_make(void* top, ContextEntry entry, void* argument) {
    const uintptr_t aligned = reinterpret_cast<uintptr_t>(top) & ~uintptr_t{15};
    auto* frame = reinterpret_cast<ContextFrame*>(aligned) - 1;
    *frame = ContextFrame{};
    asm volatile("mrs %0, fpcr" : "=r"(frame->fpcr));
    frame->x19_to_x28[0] = reinterpret_cast<uint64_t>(entry);
    frame->x19_to_x28[1] = reinterpret_cast<uint64_t>(argument);
    frame->pc = reinterpret_cast<uint64_t>(&uk_context_start);
    return Context{reinterpret_cast<uintptr_t>(frame)};
}

inline void context_switch(Context& from, const Context& to) {
    uk_context_switch(&from.sp, to.sp);
}

} // namespace uk::hal
