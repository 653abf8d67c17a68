// SPDX-License-Identifier: BSD-3-Clause
// Interrupt gates and the register that points to their table. Intel SDM 3A, 6.14.1 and 2.4.3.
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

} // namespace uk::x86
