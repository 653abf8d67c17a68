// SPDX-License-Identifier: BSD-3-Clause
// Sends threads away to handlers of signals, at the end of interrupts and faults.
#include <uk/hal/signal_frame.hpp>

#include <uk/hal/irq.hpp>

#include "../trap/frame.hpp"

extern "C" {
void uk_signal_at_trap_return(uk::hal::TrapFrame* frame);
}

namespace uk {
namespace {

bool is_of_thread(const hal::TrapFrame& frame) {
    return !arm64::trap_is_nested(frame) &&
           (!hal::kThreadsOpenIrqs || (frame.pstate & hal::kDaifI) == 0);
}

void send_away(hal::TrapFrame& frame, uintptr_t top) {
    hal::Detour& from = *uk_signal_detour();
    from.pc = frame.pc;
    from.sp = frame.sp;
    from.flags = frame.pstate;
    frame.pc = reinterpret_cast<uintptr_t>(uk_signal_entry);
    frame.pstate |= hal::kDaifI;
    asm volatile("msr sp_el0, %0" : : "r"(top));
}

} // namespace

bool arm64::signal_at_fault(hal::TrapFrame& frame) {
    const uintptr_t top = is_of_thread(frame) ? uk_signal_at_fault(&frame, frame.sp) : 0;
    if (top != 0)
        send_away(frame, top);
    return top != 0;
}

} // namespace uk

// On SP_EL1, interrupts off: after a fault, too, which has sent the thread away or was repaired.
void uk_signal_at_trap_return(uk::hal::TrapFrame* frame) {
    const uintptr_t top = uk::is_of_thread(*frame) ? uk_signal_at_interrupt(frame->sp) : 0;
    if (top != 0)
        uk::send_away(*frame, top);
}
