// SPDX-License-Identifier: BSD-3-Clause
// Faults that the application's address space repairs.
#include <uk/hal/trap.hpp>

#include "frame.hpp"

// On the exception's stack. What repairs faults is ordinary code, which uses the vector registers
// that every x86_64 has; the application may be anywhere between two uses of its own. Wider parts
// of them are left alone by instructions for these.
bool uk::x86::repair_page_fault(const hal::TrapFrame& frame) {
    struct alignas(16) State {
        unsigned char bytes[512]; // Intel SDM 1, 10.5
    } state;
    hal::TrapInfo info;
    describe_page_fault(frame, info);
    asm volatile("fxsave64 %0" : "=m"(state));
    const bool repaired = uk_page_fault(info.fault_address, info.access);
    asm volatile("fxrstor64 %0" : : "m"(state));
    return repaired;
}
