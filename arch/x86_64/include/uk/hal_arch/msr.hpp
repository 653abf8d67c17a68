// SPDX-License-Identifier: BSD-3-Clause
// Model-specific registers. Reading or writing one that does not exist is a general protection
// fault.
#pragma once

#include <cstdint>

namespace uk::hal {

inline uint64_t msr_read(uint32_t number) {
    uint32_t low;
    uint32_t high;
    asm volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(number));
    return uint64_t{high} << 32 | low;
}

inline void msr_write(uint32_t number, uint64_t value) {
    asm volatile("wrmsr"
                 :
                 : "c"(number), "a"(static_cast<uint32_t>(value)),
                   "d"(static_cast<uint32_t>(value >> 32))
                 : "memory");
}

} // namespace uk::hal
