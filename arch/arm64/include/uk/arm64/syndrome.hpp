// SPDX-License-Identifier: BSD-3-Clause
// What the processor tells of an exception (ESR_ELx; Arm ARM, D17.2.37), and what can be learnt
// from the instruction where nobody tells. Pure; callable from anywhere.
#pragma once

#include <cstdint>

#include <uk/hal/trap.hpp>

namespace uk::arm64 {

// Exception classes: bits 31 to 26 of the syndrome.
inline constexpr unsigned kInstructionAbortLower = 0x20; // from a lower exception level
inline constexpr unsigned kInstructionAbort = 0x21;
inline constexpr unsigned kDataAbortLower = 0x24;
inline constexpr unsigned kDataAbort = 0x25;

constexpr unsigned exception_class(uint64_t syndrome) {
    return static_cast<unsigned>(syndrome >> 26 & 0x3f);
}

constexpr hal::Access access_by_syndrome(uint64_t syndrome) {
    constexpr uint64_t kWrite = 1 << 6;
    switch (exception_class(syndrome)) {
    case kInstructionAbort:
    case kInstructionAbortLower:
        return hal::Access::execute;
    case kDataAbort:
    case kDataAbortLower:
        return (syndrome & kWrite) != 0 ? hal::Access::write : hal::Access::read;
    default:
        return hal::Access::unknown;
    }
}

// What a load or store does (Arm ARM, C4.1.94): pairs and exclusives say it in one bit, single
// registers in the two of opc, where vectors have a second store.
constexpr hal::Access access_by_instruction(uint32_t instruction) {
    if ((instruction & 0x0a000000) != 0x08000000) {
        return hal::Access::unknown;
    }
    bool single = (instruction & 0x38000000) == 0x38000000;
    bool vector = (instruction & 1 << 26) != 0;
    bool literal = (instruction & 0x3b000000) == 0x18000000;
    unsigned opc = instruction >> 22 & 3;
    bool load = literal || (single ? opc != 0 && !(vector && opc == 2) : (opc & 1) != 0);
    return load ? hal::Access::read : hal::Access::write;
}

} // namespace uk::arm64
