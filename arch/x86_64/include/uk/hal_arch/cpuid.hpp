// SPDX-License-Identifier: BSD-3-Clause
// CPUID: leaves are read only if the processor says that it has them.
#pragma once

#include <cstdint>

namespace uk::hal {

struct Cpuid {
    uint32_t eax = 0;
    uint32_t ebx = 0;
    uint32_t ecx = 0;
    uint32_t edx = 0;
};

inline Cpuid cpuid_unchecked(uint32_t leaf, uint32_t subleaf = 0) {
    Cpuid r;
    asm("cpuid" : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx) : "a"(leaf), "c"(subleaf));
    return r;
}

// All zero if the leaf is above the highest of its range (0, 0x40000000, 0x80000000). Intel SDM 2A,
// CPUID: a leaf above the highest basic one returns the data of the highest instead.
inline Cpuid cpuid(uint32_t leaf, uint32_t subleaf = 0) {
    uint32_t highest = cpuid_unchecked(leaf & 0xc0000000).eax;
    return leaf <= highest ? cpuid_unchecked(leaf, subleaf) : Cpuid{};
}

} // namespace uk::hal
