// SPDX-License-Identifier: BSD-3-Clause
// Faults that the application's address space repairs.
#include <uk/hal/trap.hpp>

#include "frame.hpp"

#define EACH_VECTOR(instruction)                                                                   \
    ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31" \
    "\n\t" instruction " q\\n, [%0, #\\n * 16]\n\t.endr"

// On SP_EL1. What repairs faults is ordinary code, which uses vector registers; the application may
// be anywhere between two uses of its own.
bool uk::arm64::repair_page_fault(const hal::TrapFrame& frame) {
    alignas(16) unsigned char vectors[32 * 16];
    uint64_t control;
    uint64_t status;
    hal::TrapInfo info;
    describe_abort(frame, info);
    if (!info.has_fault_address) {
        return false;
    }
    asm volatile(EACH_VECTOR("str")::"r"(vectors) : "memory");
    asm volatile("mrs %0, fpcr\n\tmrs %1, fpsr" : "=r"(control), "=r"(status));
    const bool repaired = uk_page_fault(info.fault_address, info.access);
    asm volatile("msr fpcr, %0\n\tmsr fpsr, %1" ::"r"(control), "r"(status));
    asm volatile(EACH_VECTOR("ldr")::"r"(vectors) : "memory");
    return repaired;
}
