// SPDX-License-Identifier: BSD-3-Clause
// Interrupt gates, the register that points to their table, and the stacks that they enter on.
// Intel SDM 3A, 6.14.1 and 2.4.3.
#pragma once

#include <cstdint>

#include <uk/x86/layout.h>

namespace uk::x86 {

struct Gate {
    uint64_t low;
    uint64_t high;
};

// What lidt and sidt read and write.
struct [[gnu::packed]] TablePointer {
    uint16_t limit;
    uint64_t base;
};

// A present 64-bit interrupt gate to `address` that enters on stack `ist` of the task state.
constexpr Gate gate_to(uint64_t address, uint64_t ist) {
    constexpr uint64_t kInterruptGate = 0x8e00;
    return {(address & 0xffff) | UK_SELECTOR_CODE << 16 | (kInterruptGate | ist) << 32 |
                (address >> 16 & 0xffff) << 48,
            address >> 32};
}

template <unsigned kCount>
void load_gates(const Gate (&gates)[kCount]) {
    TablePointer pointer{sizeof gates - 1, reinterpret_cast<uint64_t>(gates)};
    asm volatile("lidt %0" : : "m"(pointer), "m"(gates));
}

inline constexpr uint32_t kGsBaseMsr = 0xc0000101;

// Task state in 64-bit mode. Intel SDM 3A, 7.7.
struct [[gnu::packed]] TaskState {
    uint32_t reserved0;
    uint64_t rsp[3];
    uint64_t reserved1;
    uint64_t ist[7];
    uint64_t reserved2;
    uint16_t reserved3;
    uint16_t io_map;
};
static_assert(sizeof(TaskState) == 104);

// One CPU's task state, with the small stacks on which its gates enter; lives while it runs.
struct Task {
    alignas(16) char stacks[UK_IST_COUNT][UK_IST_STACK_SIZE];
    TaskState state;

    // Once; `descriptor` are the two words of the descriptor table that shall name it.
    void fill(uint64_t* descriptor) {
        constexpr uint64_t kType = 0x89;
        for (unsigned i = 0; i < UK_IST_COUNT; i++) {
            state.ist[i] = reinterpret_cast<uint64_t>(stacks[i] + UK_IST_STACK_SIZE);
        }
        state.io_map = sizeof(TaskState);
        auto base = reinterpret_cast<uint64_t>(&state);
        descriptor[0] = (sizeof(TaskState) - 1) | (base & 0xffffff) << 16 | kType << 40 |
                        (base >> 24 & 0xff) << 56;
        descriptor[1] = base >> 32;
    }
};

} // namespace uk::x86
