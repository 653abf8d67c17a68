// SPDX-License-Identifier: BSD-3-Clause
// Which signal an exception of an arm64 processor is (Arm ARM, D17.2.37: ESR_EL1).
#include "../cause.hpp"

uk::signal::Info uk::signal::cause_of(const hal::TrapInfo& trap) {
    constexpr uint64_t kStatus = 0x3f; // of an abort
    constexpr uint64_t kAlignment = 0x21;
    constexpr uint64_t kExternal = 0x10;
    const uint64_t pc = trap.pc;
    switch (trap.number) { // the class
    case 0x00:             // undefined
    case 0x0e:             // illegal state
        return {UK_SIGILL, UK_ILL_ILLOPC, 0, 0, pc};
    case 0x21: // abort of an instruction, of data
    case 0x25:
        if ((trap.error_code & kStatus) == kAlignment)
            return {UK_SIGBUS, UK_BUS_ADRALN, 0, 0, trap.fault_address};
        if ((trap.error_code & kStatus) == kExternal)
            return {UK_SIGBUS, UK_BUS_OBJERR, 0, 0, trap.fault_address};
        return {UK_SIGSEGV, trap.mapped ? UK_SEGV_ACCERR : UK_SEGV_MAPERR, 0, 0,
                trap.fault_address};
    case 0x22: // alignment of pc, of sp
        return {UK_SIGBUS, UK_BUS_ADRALN, 0, 0, pc};
    case 0x26:
        return {UK_SIGBUS, UK_BUS_ADRALN, 0, 0, trap.sp};
    case 0x2c: // floating point
        return {UK_SIGFPE, UK_FPE_FLTUNK, 0, 0, pc};
    case 0x3c: // brk
        return {UK_SIGTRAP, UK_TRAP_BRKPT, 0, 0, pc};
    default:
        return {};
    }
}
