// SPDX-License-Identifier: BSD-3-Clause
// Which signal an exception of an x86_64 processor is (Intel SDM 3A, 6.15).
#include "../cause.hpp"

uk::signal::Info uk::signal::cause_of(const hal::TrapInfo& trap) {
    const uint64_t pc = trap.pc;
    switch (trap.number) {
    case 0: // divide error: also a quotient that is too large
        return {UK_SIGFPE, UK_FPE_INTDIV, 0, 0, pc};
    case 1:
        return {UK_SIGTRAP, UK_TRAP_TRACE, 0, 0, pc};
    case 3:
        return {UK_SIGTRAP, UK_SI_KERNEL, 0, 0, 0};
    case 6:
        return {UK_SIGILL, UK_ILL_ILLOPN, 0, 0, pc};
    case 12: // stack fault: an address that is none
        return {UK_SIGBUS, UK_SI_KERNEL, 0, 0, 0};
    case 4: // overflow, bound: instructions of old
    case 5:
    case 13: // general protection: an address that is none, a privileged instruction
        return {UK_SIGSEGV, UK_SI_KERNEL, 0, 0, 0};
    case 14:
        return {UK_SIGSEGV, trap.mapped ? UK_SEGV_ACCERR : UK_SEGV_MAPERR, 0, 0,
                trap.fault_address};
    case 16: // x87, SSE: which of its exceptions it was is in the registers
    case 19:
        return {UK_SIGFPE, UK_FPE_FLTUNK, 0, 0, pc};
    case 17:
        return {UK_SIGBUS, UK_BUS_ADRALN, 0, 0, 0};
    default:
        return {};
    }
}
