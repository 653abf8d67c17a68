// SPDX-License-Identifier: BSD-3-Clause
// On linuxu: which signal a signal of the host is. The same, if it was a fault.
#include "cause.hpp"

uk::signal::Info uk::signal::cause_of(const hal::TrapInfo& trap) {
    const auto number = static_cast<int>(trap.number);
    switch (number) {
    case UK_SIGSEGV:
        if (!trap.has_fault_address)
            return {number, UK_SI_KERNEL, 0, 0, 0};
        return {number, trap.mapped ? UK_SEGV_ACCERR : UK_SEGV_MAPERR, 0, 0, trap.fault_address};
    case UK_SIGBUS:
        return {number, UK_BUS_ADRALN, 0, 0, trap.fault_address};
    case UK_SIGFPE:
        return {number, UK_FPE_INTDIV, 0, 0, trap.pc};
    case UK_SIGILL:
        return {number, UK_ILL_ILLOPN, 0, 0, trap.pc};
    case UK_SIGTRAP:
        return {number, UK_TRAP_BRKPT, 0, 0, trap.pc};
    default:
        return {};
    }
}
